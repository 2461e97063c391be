"""The traps that real files hold (structure), and what deceives a reader (content), hidden in every way a PDF offers: each in a file made here.

A trap is sealed well, by the judgement of qpdf, pdfsig and keiin verify, and what was taken out is said; or it is refused with its reason.
"""
import pathlib
import sys
import tempfile

from programs import ENVIRONMENT, pdfsig_verdicts, qpdf_complaints, run

from checks import BINARY, add, equal, run_all

kept = tempfile.TemporaryDirectory(prefix="keiin-traps-")
folder = pathlib.Path(kept.name)
KEYS = folder / "keys"
SCRIPTS, REVISIONS, DECRYPTED = "Scripts and automatic actions", "Earlier revisions", "Encryption that opens"
CONTENT = "BT /F1 24 Tf 72 700 Td (Hello) Tj ET"
JAVASCRIPT = "/OpenAction << /S /JavaScript /JS (secret) >>"


def stream(text, more=""):
    return f"<< /Length {len(text)} {more} >>\nstream\n{text}\nendstream"


def objects(catalog="", pages="/MediaBox [0 0 595 842]", page="", *others):
    """From 1: catalog, page tree, page, content, font, others."""
    return [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>", f"<< /Type /Pages /Kids [3 0 R] /Count 1 {pages} >>",
            f"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> {page} >>", stream(CONTENT),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", *others]


def body(texts, header="%PDF-1.7\n", generation=0):
    out, places = header.encode("latin-1"), []
    for number, text in enumerate(texts, 1):
        places.append(len(out))
        out += f"{number} {generation if number == 5 else 0} obj\n{text}\nendobj\n".encode("latin-1")
    return out, places


def table(texts, trailer="", size=None, generation=0, **more):
    """A file with a cross-reference table."""
    out, places = body(texts, generation=generation, **more)
    rows = "".join(f"{at:010} {generation if n == 5 else 0:05} n \n" for n, at in enumerate(places, 1))
    return out + (f"xref\n0 {len(texts) + 1}\n0000000000 65535 f \n{rows}trailer\n<< /Size {size or len(texts) + 1} /Root 1 0 R {trailer} >>\n"
                  f"startxref\n{len(out)}\n%%EOF\n").encode()


def packed(texts):
    """A file whose objects, but for streams, stand in an object stream; neither that nor the cross-reference stream is filtered."""
    inside = [n for n, text in enumerate(texts, 1) if "stream\n" not in text]
    head, data = "", ""
    for n in inside:
        head += f"{n} {len(data)} "
        data += texts[n - 1] + " "
    last = len(texts)
    outside = {n: texts[n - 1] for n in range(1, last + 1) if n not in inside}
    outside[last + 1] = stream(head + data, f"/Type /ObjStm /N {len(inside)} /First {len(head)}")
    out, at = b"%PDF-1.7\n", {}
    for n, text in outside.items():
        at[n] = len(out)
        out += f"{n} 0 obj\n{text}\nendobj\n".encode("latin-1")
    at[last + 2] = len(out)
    rows = b"\0\0\0\xff"
    for n in range(1, last + 3):
        rows += bytes([1]) + at[n].to_bytes(2, "big") + b"\0" if n in at else bytes([2]) + (last + 1).to_bytes(2, "big") + bytes([inside.index(n)])
    return out + (f"{last + 2} 0 obj\n<< /Type /XRef /W [1 2 1] /Size {last + 3} /Root 1 0 R /Length {len(rows)} >>\nstream\n".encode() + rows
                  + f"\nendstream\nendobj\nstartxref\n{at[last + 2]}\n%%EOF\n".encode())


def revised(data, number, text):
    """The same file, an object defined anew in an incremental update."""
    previous = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    at = len(data)
    data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    return data + (f"xref\n{number} 1\n{at:010} 00000 n \ntrailer\n<< /Size 40 /Root 1 0 R /Prev {previous} >>\n"
                   f"startxref\n{len(data)}\n%%EOF\n").encode()


def hybrid(texts):
    """The content's cross-reference stands in a stream that only newer readers look at (7.5.8.4)."""
    out, places = body(texts)
    stream_at = len(out)
    rows = bytes([1]) + places[3].to_bytes(2, "big") + b"\0"
    out += (f"9 0 obj\n<< /Type /XRef /W [1 2 1] /Index [4 1] /Size 10 /Root 1 0 R /Length {len(rows)} >>\nstream\n".encode() + rows
            + b"\nendstream\nendobj\n")
    at = len(out)
    entries = "".join(f"{places[n - 1]:010} 00000 n \n" if n != 4 else "0000000000 00000 f \n" for n in range(1, len(texts) + 1))
    return out + (f"xref\n0 {len(texts) + 1}\n0000000000 65535 f \n{entries}trailer\n<< /Size 10 /Root 1 0 R /XRefStm {stream_at} >>\n"
                  f"startxref\n{at}\n%%EOF\n").encode()


def by_qpdf(data, *arguments):
    source, made = folder / "source.pdf", folder / "made.pdf"
    source.write_bytes(data)
    done = run(["qpdf", *arguments, source, made])
    equal(done.returncode, 0, done.stderr)
    return made.read_bytes()


def encrypted(user):
    source, made = folder / "source.pdf", folder / "made.pdf"
    source.write_bytes(table(objects()))
    equal(run(["qpdf", "--encrypt", user, "owner", "256", "--print=none", "--", source, made]).returncode, 0, "qpdf")
    return made.read_bytes()


PLAIN = table(objects())
STRUCTURES = {
    "hybrid cross-references": (hybrid(objects()), []),
    "unfiltered object and cross-reference streams": (packed(objects()), []),
    "NUL bytes inside strings": (table(objects("/Lang <FEFF006A0061>", "/MediaBox [0 0 595 842]", "", "<< /Title <FEFF5951002800290000> >>"),
                                       "/Info 6 0 R"), []),
    "junk before the header": (b"\x89junk\r\n\0" * 9 + PLAIN, []),
    "no startxref": (PLAIN[:PLAIN.rindex(b"startxref")], []),
    "bytes after the end": (PLAIN + b"\0\xffjunk\n" * 50, []),
    "encrypted, opens without a password": (encrypted(""), [DECRYPTED]),
    "linearised": (by_qpdf(PLAIN, "--linearize"), []),
    "object streams by qpdf": (by_qpdf(PLAIN, "--object-streams=generate"), []),
    "PDF 2.0": (table(objects(), header="%PDF-2.0\n"), []),
    "PDF 1.2": (table(objects(), header="%PDF-1.2\n"), []),
    "turned, cropped, in other units": (table(objects("", "/MediaBox [0 0 595 842]", "/Rotate -270 /CropBox [50 50 400 500] /UserUnit 2.5")), []),
    "inherited resources, boxes and rotation": (table([*objects()[:1],
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] /CropBox [9 9 500 800] /Rotate 90 /Resources << /Font << /F1 5 0 R >> >> >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>", *objects()[3:]]), []),
    "direct form, fields and annotations": (table(objects("/AcroForm << /Fields [] /NeedAppearances true >>", page="/Annots []")), []),
    "indirect form, fields and annotations": (table(objects("/AcroForm 6 0 R", "/MediaBox [0 0 595 842]", "/Annots 7 0 R", "<< /Fields 7 0 R >>",
                                                            "[]")), []),
    "extensions of others": (table(objects("/Extensions << /ADBE << /BaseVersion /1.7 /ExtensionLevel 8 >> >>")), []),
    "generation numbers": (table([t.replace("5 0 R", "5 7 R") for t in objects()], generation=7), []),
    "/Size lies": (table(objects(), size=3), []),
    "/Count lies": (table(objects(pages="/MediaBox [0 0 595 842]")).replace(b"/Count 1", b"/Count 9"), []),
    "identifiers": (table(objects(), "/ID [<00112233445566778899AABBCCDDEEFF> <FF>]"), []),
    "an earlier revision": (revised(PLAIN, 4, stream(CONTENT.replace("Hello", "Newer"))), [REVISIONS]),
}
CONTENTS = {
    "a script": (table(objects(JAVASCRIPT)), [SCRIPTS]),
    "a script in an object stream": (packed(objects(JAVASCRIPT)), [SCRIPTS]),
    "a script with escaped names": (table(objects("/Open#41ction << /S /J#61vaScript /J#53 (secret) >>")), [SCRIPTS]),
    "a script in a later revision": (revised(PLAIN, 1, objects(JAVASCRIPT)[0]), [SCRIPTS, REVISIONS]),
    "escaped attachments": (table(objects("/Names << /Emb#65ddedFiles << /Names [(secret) << /Type /Filespec /F (secret) >>] >> >>")),
                            ["Attached files"]),
    "a program to launch": (packed(objects("/OpenAction << /S /L#61unch /F (secret) >>")), [SCRIPTS]),
    "an XFA form": (packed(objects("/AcroForm << /Fields [] /XF#41 (secret) >>")), ["The XFA form"]),
    "links elsewhere": (table(objects(page="/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /GoToR /F (secret.pdf) /D [0 /Fit] >> >>"
                                           " << /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://secret.test) >> >>]")), ["Links were"]),
    "a hidden annotation": (packed(objects(page="/Annots [<< /Subtype /Square /Rect [0 0 9 9] /F 2 /Contents (secret) >>]")), ["Annotations set"]),
}
REFUSED = {
    "encrypted with a password": (encrypted("user"), "ERR_PDF_ENCRYPTED"),
    "a portfolio": (packed(objects("/Collecti#6fn << >>")), "ERR_PDF_ACTIVE"),
    "a dynamic form": (table(objects("/NeedsRendering true")), "ERR_PDF_ACTIVE"),
    "content in another file": (table([*objects()[:3], stream("", "/F (secret.bin)"), objects()[4]]), "ERR_PDF_ACTIVE"),
    "1,001 pages that say they are one": (table([objects()[0], f"<< /Type /Pages /Kids [{'3 0 R ' * 1001}] /Count 1 /MediaBox [0 0 9 9] >>",
                                                *objects()[2:]]), "ERR_PDF_LIMIT"),
    "a page without end": (table([*objects()[:3], stream(CONTENT), "null"]).replace(b"[0 0 595 842]", b"[0 0 99999 9]"), "ERR_PDF_LIMIT"),
}


def seal(name, data):
    source, out = folder / "in.pdf", folder / "out.pdf"
    source.write_bytes(data)
    out.unlink(missing_ok=True)
    return run([BINARY, "seal", source, "-o", out, "--keys", KEYS], env={**ENVIRONMENT, "LC_ALL": "C.UTF-8"}), out


def sealed_well(name, data, words):
    done, out = seal(name, data)
    equal(done.returncode, 0, f"{name}: {done.stderr}")
    equal(len(done.stderr.splitlines()), len(words), f"{name}: {done.stderr}")
    assert all(w in done.stderr for w in words), f"{name}: {done.stderr}"
    equal(pdfsig_verdicts(out), ["Signature is Valid."], name)
    equal(qpdf_complaints(out), set(), name)
    judged = run([BINARY, "verify", out])
    equal(judged.returncode, 0, f"{name}: {judged.stdout}")
    return out.read_bytes()


def structure_is_sealed(name, data, words):
    out = sealed_well(name, data, words)
    assert b"/NeedAppearances" not in out and (b"/ESIC" in out) == (name != "PDF 2.0"), name


def deception_is_removed_and_said(name, data, words):
    assert b"secret" not in sealed_well(name, data, words), name


def refused(name, data, reason):
    done, out = seal(name, data)
    equal(done.returncode, 1, name)
    assert reason in done.stderr and not out.exists(), f"{name}: {done.stderr}"


for function, cases in ((structure_is_sealed, STRUCTURES), (deception_is_removed_and_said, CONTENTS), (refused, REFUSED)):
    for name, (data, expected) in cases.items():
        add(f"{function.__name__}: {name}", function, name, data, expected)

if __name__ == "__main__":
    sys.exit(run_all())
