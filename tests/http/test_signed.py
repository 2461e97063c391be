"""A document that arrives signed: a cover page, a copy of its pages, and the file itself attached byte for byte, all of it sealed."""
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

import checks
import server
from checks import BINARY, equal, test

keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off", KEIIN_SEAL_ARCHIVE_AFTER="0")
sender = server.sender_of(keiin)
kept = tempfile.TemporaryDirectory(prefix="keiin-signed-")
folder = pathlib.Path(kept.name)
SAID = "すでに電子署名のあるPDFです。原本をそのまま添付し"


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    equal(done.returncode, 0, done.stdout)
    return done.stdout


def sealed(name, octets, *more):
    (folder / name).write_bytes(octets)
    run(BINARY, "seal", folder / name, "-o", folder / "sealed.pdf", "--keys", folder / "keys", *more)
    return (folder / "sealed.pdf").read_bytes()


def draft_of(name, octets):
    sender.get("/new")
    answer = sender.upload("/new", {}, "file", name, octets)
    equal(answer.status, 303, re.sub(r"<[^>]+>", "", answer.text)[-400:])
    return answer.location


def text_of(octets, *pages):
    (folder / "text.pdf").write_bytes(octets)
    return run("pdftotext", *pages, folder / "text.pdf", "-")


def attached(octets):
    """The name and the bytes of every attached file."""
    (folder / "whole.pdf").write_bytes(octets)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        run("pdfdetach", "-saveall", "-o", out, folder / "whole.pdf")
        return {p.name: p.read_bytes() for p in pathlib.Path(out).iterdir()}


ORIGINAL = sealed("plain.pdf", server.plain_pdf(), "--name", "山田 太郎")
DRAFT = draft_of("../発注:契約書.pdf", ORIGINAL)
PAGE = sender.get(DRAFT).text
ENVELOPE = server.concluded_contract(keiin, sender, draft=DRAFT)[0]
server.until("the archive timestamp", lambda: "長期検証の情報" in sender.get(f"/c/{ENVELOPE}").text)
CONTRACT = sender.get(f"/c/{ENVELOPE}/contract.pdf").body
(folder / "contract.pdf").write_bytes(CONTRACT)


@test
def the_draft_says_that_it_is_under_a_cover():
    assert SAID in PAGE, PAGE
    equal(PAGE.count("<li>", PAGE.index('id="notes"'), PAGE.index('id="edit"')), 1)
    english = sender.get(draft_of("b.pdf", ORIGINAL), Cookie="; ".join(f"{k}={v}" for k, v in {**sender.cookies, "__Host-lang": "en"}.items()))
    assert "The PDF was already signed." in english.text, english.text


@test
def the_concluded_contract_is_sound():
    said = run(BINARY, "verify", folder / "contract.pdf", "--trust", keiin.data / "keys" / "ca.pem")
    assert "B-LTA" in said, said
    run("qpdf", "--check", folder / "contract.pdf")
    said = run("pdfsig", folder / "contract.pdf")
    assert "Signature is Valid" in said and "invalid" not in said.lower(), said


@test
def the_original_comes_out_as_it_went_in():
    files = attached(CONTRACT)
    equal(list(files), ["発注_契約書.pdf"])
    equal(files["発注_契約書.pdf"] == ORIGINAL, True)
    (folder / "out.pdf").write_bytes(files["発注_契約書.pdf"])
    assert "Signature is Valid" in run("pdfsig", folder / "out.pdf")


@test
def the_attachment_is_covered_by_every_signature():
    first = CONTRACT[:re.search(rb"%%EOF\n?", CONTRACT).end()]
    equal(attached(first), attached(CONTRACT))
    place = first.index(b"/EmbeddedFile")
    altered = CONTRACT[:place + 40] + bytes([CONTRACT[place + 40] ^ 1]) + CONTRACT[place + 41:]
    (folder / "altered.pdf").write_bytes(altered)
    equal(subprocess.run([BINARY, "verify", folder / "altered.pdf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode, 1)


@test
def the_cover_tells_what_the_original_is():
    cover, copy = text_of(CONTRACT, "-l", "1"), text_of(CONTRACT, "-f", "2")
    for word in ("発注_契約書.pdf", hashlib.sha256(ORIGINAL).hexdigest(), f"{len(ORIGINAL)}バイト", "山田 太郎", "keiin-seal", "pdfdetach", "KEIIN "):
        assert word in cover, (word, cover)
    assert "写し" in copy and "KEIIN " in copy, copy
    assert not re.search(r"^\s*写し\s", cover, re.M), "the cover is no copy"


def newest_document():
    """The PDF that was taken in last."""
    blobs = [p for p in (keiin.data / "blobs").rglob("*") if p.is_file()]
    return next(octets for p in sorted(blobs, key=lambda p: -p.stat().st_mtime_ns) if (octets := p.read_bytes()).startswith(b"%PDF-"))


@test
def what_the_original_says_is_only_text():
    field = "<< /FT /Sig /T (a\\(\\) >> endobj) /V << /Type /Sig /Name (Eve\\012Mallory) /M (tomorrow) >> >>"
    draft_of('<script>"x".pdf', server.plain_pdf(f"/AcroForm << /Fields [{field} {field.replace('Eve', 'E' * 5000)}] >>"))
    octets = newest_document()
    cover = text_of(octets, "-l", "1")
    assert "<script>" in cover or "_script_" in cover, cover
    assert "Mallory" not in cover and "tomorrow" not in cover and "a() >> endobj" in cover and "E" * 200 in cover.replace("\n", ""), cover
    run("qpdf", "--check", folder / "text.pdf")


@test
def signed_in_an_unusual_file_it_is_still_attached_as_it_came():
    (folder / "o.pdf").write_bytes(ORIGINAL)
    for name, how in (("encrypted", ["--encrypt", "", "owner", "256", "--"]), ("linearised", ["--linearize"]), ("streams", ["--object-streams=generate"])):
        run("qpdf", *how, folder / "o.pdf", folder / f"{name}.pdf")
        assert SAID in sender.get(draft_of("c.pdf", (folder / f"{name}.pdf").read_bytes())).text, name


@test
def a_covered_document_can_be_the_original_of_another():
    page = sender.get(draft_of("締結済み.pdf", CONTRACT)).text
    assert SAID in page and "添付ファイルを取り除きました" in page, page


@test
def portfolios_stay_refused():
    sender.get("/new")
    octets = server.plain_pdf("/Collection << /View /D >> /AcroForm << /Fields [<< /FT /Sig /T (a) /V << /Type /Sig >> >>] >>")
    equal(sender.upload("/new", {}, "file", "a.pdf", octets).status, 422)


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
