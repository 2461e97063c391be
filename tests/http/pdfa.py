"""The rules of PDF/A-3 (ISO 19005-3, conformance U) that a certificate of ours could break, looked up in the file itself and in what
`qpdf --json` says of it. Not a validator: what our writer never makes (transfer functions, PostScript, optional content ...) is
only required to be absent.

    pdfa.py FILE...        prints what is wrong; the exit status says whether anything is
"""
import json
import re
import subprocess
import sys

FORBIDDEN = {"/AA", "/OCProperties", "/NeedsRendering", "/Requirements", "/PresSteps", "/TR", "/HTP", "/OPI", "/PS", "/Alternates", "/XFA",
             "/Encrypt", "/JavaScript"}


class File:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.octets = f.read()
        self.path = path
        said = json.loads(subprocess.run(["qpdf", "--json=1", "--json-key=objects", path], stdout=subprocess.PIPE, check=True).stdout)
        self.objects = said["objects"]
        self.trailer = self.objects["trailer"]
        self.faults = []

    def must(self, rule, fine, about=""):
        if not fine:
            self.faults.append(f"{rule}: {about}")

    def get(self, value):
        while isinstance(value, str) and re.fullmatch(r"\d+ \d+ R", value):
            value = self.objects.get(value)
        return value

    def stream(self, reference):
        number = reference.split()[0]
        return subprocess.run(["qpdf", f"--show-object={number}", "--filtered-stream-data", self.path], stdout=subprocess.PIPE, check=True).stdout

    def all_of(self, kind):
        return [(name, o) for name, o in self.objects.items() if isinstance(o, dict) and o.get("/Type") == kind]


def header_and_trailer(f):
    f.must("6.1.2 header", re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", f.octets), f.octets[:20])
    ends = [m.end() for m in re.finditer(rb"%%EOF\r?\n?", f.octets)]
    f.must("6.1.3 nothing follows the end", ends and ends[-1] == len(f.octets))
    f.must("6.1.3 identifier", len(f.trailer.get("/ID", [])) == 2 and all(f.trailer["/ID"]), f.trailer.get("/ID"))
    f.must("6.1.3 not encrypted", "/Encrypt" not in f.trailer)


def objects(f):
    for name, o in f.objects.items():
        for key, value in walk(o):
            f.must("6.1 forbidden key", key not in FORBIDDEN, f"{key} in {name}")
            f.must("6.1.7 external stream", not (key in ("/F", "/FFilter", "/FDecodeParms") and isinstance(o, dict) and "/Length" in o), name)
            if key == "/Filter":
                f.must("6.1.7.2 filters", all(v in ("/FlateDecode", "/DCTDecode") for v in (value if isinstance(value, list) else [value])) or
                       value == "/Adobe.PPKLite", f"{value} in {name}")
            if key == "/S":
                f.must("6.5.1 actions", value not in ("/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide", "/Rendition"), value)
            f.must("6.1.13 string length", not isinstance(value, str) or len(value) < 32768 or key == "/Contents", f"{key} in {name}")
    for match in re.finditer(rb"(?<=[\r\n])\d+ \d+ obj(?=[^\r\n])", f.octets):
        f.must("6.1.9 obj ends a line", False, match[0])


def walk(o):
    if isinstance(o, dict):
        for key, value in o.items():
            yield key, value
            yield from walk(value)
    elif isinstance(o, list):
        for value in o:
            yield from walk(value)


def colours(f, catalog):
    intents = [f.get(i) for i in f.get(catalog.get("/OutputIntents", [])) or []]
    f.must("6.2.3 output intent", any(i.get("/S") == "/GTS_PDFA1" for i in intents), intents)
    for intent in intents:
        profile = f.get(intent.get("/DestOutputProfile"))
        f.must("6.2.3 profile", profile and profile.get("/N") == 3, profile)
        f.must("6.2.3 profile's signature", f.stream(intent["/DestOutputProfile"])[36:40] == b"acsp")
    for name, o in f.objects.items():
        if isinstance(o, dict) and o.get("/Subtype") == "/Image":
            f.must("6.2.8 interpolation", o.get("/Interpolate") is not True, name)
            f.must("6.2.4 colours by the output intent", o.get("/ColorSpace") in ("/DeviceRGB", "/DeviceGray"), name)
        if isinstance(o, dict) and "/BM" in o:
            f.must("6.2.10 blend mode", o["/BM"] in ("/Normal", "/Multiply"), name)


def fonts(f):
    found = f.all_of("/Font")
    f.must("6.2.11 there are fonts", found)
    for name, font in found:
        if font["/Subtype"] == "/Type0":
            f.must("6.2.11.3.3 encoding", font.get("/Encoding") == "/Identity-H", name)
            f.must("6.2.11.7.2 Unicode", f.get(font.get("/ToUnicode")) is not None, name)
            text = f.stream(font["/ToUnicode"])
            f.must("6.2.11.7.2 no U+0000, U+FEFF, U+FFFE", not re.search(rb"> <(0000|FEFF|FFFE)>", text), name)
            continue
        f.must("6.2.11 kind", font["/Subtype"] in ("/CIDFontType0", "/CIDFontType2"), name)
        descriptor = f.get(font["/FontDescriptor"])
        program = descriptor.get("/FontFile2") or descriptor.get("/FontFile3")
        f.must("6.2.11.4 embedded", program is not None, name)
        f.must("6.2.11.4 subset name", re.match(r"/[A-Z]{6}\+", font["/BaseFont"]) and descriptor["/FontName"] == font["/BaseFont"], font["/BaseFont"])
        f.must("6.2.11.3.2 glyph map", font["/Subtype"] != "/CIDFontType2" or font.get("/CIDToGIDMap") == "/Identity", name)
        if font["/Subtype"] == "/CIDFontType2" and program:
            widths(f, font, f.stream(program), name)


def widths(f, font, program, name):
    """6.2.11.5: the widths in the dictionary are those of the font program."""
    tables = {program[12 + 16 * i:16 + 16 * i]: int.from_bytes(program[20 + 16 * i:24 + 16 * i], "big") for i in range(int.from_bytes(program[4:6], "big"))}
    number = lambda table, at: int.from_bytes(program[tables[table] + at:tables[table] + at + 2], "big")
    units, longs = number(b"head", 18), number(b"hhea", 34)
    listed = f.get(font["/W"])
    for i in range(0, len(listed), 2):
        for k, said in enumerate(listed[i + 1]):
            glyph = listed[i] + k
            true = number(b"hmtx", 4 * min(glyph, longs - 1)) * 1000 / units
            f.must("6.2.11.5 widths", abs(said - true) <= 1, f"glyph {glyph} of {name}: {said}, {true}")


def annotations(f):
    for name, o in f.objects.items():
        if not isinstance(o, dict) or o.get("/Subtype") != "/Widget":
            continue
        flags = o.get("/F", 0)
        f.must("6.3.2 printed, not hidden", flags & 4 and not flags & (1 | 2 | 32 | 256), f"/F {flags} of {name}")
        rectangle = f.get(o["/Rect"])
        f.must("6.3.3 appearance", rectangle[0] == rectangle[2] and rectangle[1] == rectangle[3] or "/AP" in o, name)
        f.must("6.4.1 no actions", "/A" not in o and "/AA" not in o, name)


def form(f, catalog):
    fields = f.get(catalog.get("/AcroForm")) or {}
    f.must("6.4.1 appearances are ready", fields.get("/NeedAppearances") is not True)
    f.must("6.4.2 no XFA", "/XFA" not in fields)


def metadata(f, catalog):
    text = f.stream(catalog["/Metadata"])
    f.must("6.6.2 metadata is not packed", "/Filter" not in f.get(catalog["/Metadata"]))
    f.must("6.6.4 part", b"<pdfaid:part>3</pdfaid:part>" in text)
    f.must("6.6.4 conformance", b"<pdfaid:conformance>U</pdfaid:conformance>" in text)
    f.must("6.6.2 packet header", text.startswith(b"<?xpacket begin=") and b"encoding=" not in text[:80] and b"bytes=" not in text[:80])
    information = f.get(f.trailer.get("/Info"))
    title = re.search(r"<dc:title>.*?>([^<>]*)</rdf:li>", text.decode(), re.S)[1]
    f.must("6.6.3 the titles agree", title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == information["/Title"], title)


def attachments(f, catalog):
    files = f.get(catalog.get("/AF")) or []
    named = json.dumps(f.get(f.get(catalog.get("/Names", {})).get("/EmbeddedFiles", {})))
    f.must("6.8 attached", len(files) == 1, files)
    for reference in files:
        o = f.get(reference)
        f.must("6.8 relationship", o.get("/AFRelationship") in ("/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"), o)
        f.must("6.8 both names", o.get("/F") and o.get("/F") == o.get("/UF"), o)
        f.must("6.8 description", o.get("/Desc"), o)
        f.must("6.8 listed", reference in named, named)
        data = f.get(o["/EF"]["/F"])
        f.must("6.8 type", data.get("/Subtype", "").replace("#2f", "/") == "/application/json", data)
        f.must("6.8 date", "/ModDate" in f.get(data["/Params"]), data)
        f.must("the attachment is whole", len(f.stream(o["/EF"]["/F"])) == f.get(data["/Params"])["/Size"])


def faults(path):
    """What is wrong with a file, in words."""
    f = File(path)
    catalog = f.get(f.trailer["/Root"])
    header_and_trailer(f)
    objects(f)
    colours(f, catalog)
    fonts(f)
    annotations(f)
    form(f, catalog)
    metadata(f, catalog)
    attachments(f, catalog)
    return f.faults


def attached(path):
    """The JSON in a certificate."""
    f = File(path)
    files = f.get(f.get(f.trailer["/Root"])["/AF"])
    return json.loads(f.stream(f.get(files[0])["/EF"]["/F"]))


if __name__ == "__main__":
    found = [f"{path}: {fault}" for path in sys.argv[1:] for fault in faults(path)]
    print("\n".join(found) or "nothing wrong")
    sys.exit(bool(found))
