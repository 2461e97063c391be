"""The 合意証明書 as it is issued, and once more archived: a file for decades, the JSON in it, both languages."""
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import checks
import pdfa
import server
from checks import add, equal, test

DOC = pathlib.Path(__file__).resolve().parents[2] / "docs" / "certificate-json.md"
keiin = server.Keiin(KEIIN_SEAL_ARCHIVE_AFTER="0", KEIIN_CERTIFICATE_LANGUAGE="both")
sender = server.sender_of(keiin)
envelope, signer, participant, keep = server.concluded_contract(keiin, sender)
server.until("the archive timestamp", lambda: "長期検証の情報" in sender.get(f"/c/{envelope}").text)
kept = tempfile.TemporaryDirectory(prefix="keiin-certificate-")
CONTRACT, ARCHIVED = (sender.get(f"/c/{envelope}/{what}.pdf").body for what in ("contract", "certificate"))


def path_of(name, octets):
    path = f"{kept.name}/{name}.pdf"
    with open(path, "wb") as out:
        out.write(octets)
    return path


ISSUED = ARCHIVED[:[m.end() for m in re.finditer(rb"%%EOF\n?", ARCHIVED)][1]]
PATHS = {"issued": path_of("issued", ISSUED), "archived": path_of("archived", ARCHIVED)}
SAID = pdfa.attached(PATHS["archived"])


def keeps_to_pdfa(name):
    equal(pdfa.faults(PATHS[name]), [])


for form in PATHS:
    add(f"the {form} certificate keeps to the rules of pdf/a-3u", keeps_to_pdfa, form)


@test
def the_rules_can_be_broken():
    for old, new in ((b"<pdfaid:part>3", b"<pdfaid:part>2"), (b"/AFRelationship/Data", b"/AFRelationship/None"), (b"/GTS_PDFA1", b"/GTS_PDFX1"),
                     (b"/CIDToGIDMap/Identity", b"/CIDToGIDMap/Someware"), (b"/FontFile2", b"/FontFile9"), (b"%PDF-1.7\n%\xe2", b"%PDF-1.7\n%a"),
                     (b"/W[0[", b"/W[1[")):
        assert old in ISSUED, old
        assert pdfa.faults(path_of("broken", ISSUED.replace(old, new))), old


@test
def the_json_states_the_contract():
    equal((SAID["format"], SAID["version"]), ("keiin-certificate", 1))
    for form in ("sent", "concluded"):
        stated = SAID["contract"][form]
        equal(hashlib.sha256(CONTRACT[:stated["bytes"]]).hexdigest(), stated["sha256"])
    assert SAID["contract"]["document_id"] in subprocess.run(["pdftotext", path_of("contract", CONTRACT), "-"], stdout=subprocess.PIPE, text=True).stdout
    equal(SAID["parties"][0]["mail"], "suzuki@hei.example")


@test
def the_events_in_it_are_a_chain():
    before = ""
    for e in SAID["events"]:
        text = json.dumps(e["event"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        equal(hashlib.sha256(text.encode()).hexdigest(), e["hash"], text)
        equal(e["event"]["prev"], before)
        before = e["hash"]
    equal(before, SAID["audit_head"])


@test
def signatures_and_mails_are_listed():
    kinds = [s["kind"] for s in SAID["signatures"]]
    equal(kinds, ["Certification", "Approval", "Document timestamp"])
    stamp = SAID["signatures"][-1]
    assert re.fullmatch(r"[0-9A-F]+", stamp["token_serial"]) and stamp["tsa"] and stamp["digest"] == "SHA-256", stamp
    equal(stamp["time"][:16], SAID["contract"]["concluded"]["time"][:16])
    equal([s["level"] for s in SAID["signatures"]], ["B-T", "B-T", "RFC 3161"])
    equal([m["mail"] for m in SAID["mails"]], ["suzuki@hei.example"])


@test
def every_member_is_documented():
    doc = set(re.findall(r"`([a-z0-9_]+)`", DOC.read_text()))
    names = {key for key, value in pdfa.walk({k: v for k, v in SAID.items() if k != "events"})}
    equal(names - doc, set(), "documented")


@test
def it_speaks_both_languages():
    text = re.sub(r"\s+", " ", subprocess.run(["pdftotext", "-layout", PATHS["issued"], "-"], stdout=subprocess.PIPE, text=True).stdout)
    for words in ("証明書番号", "Certificate number", "Certificate of Agreement", "本書は法的助言ではありません", "This certificate is no legal advice",
                  "第1版 / Version 1", "締結を確定（合意） / Agreed"):
        assert words in text, words


@test
def whoever_signed_gets_it_without_an_account():
    stranger = server.Person(keiin)
    page = stranger.get(f"/l/{keep}")
    while page.status == 303:
        page = stranger.get(page.location)
    assert "合意証明書ダウンロード" in page.text, page.text
    stranger.cookies["__Host-lang"] = "en"
    page = stranger.get(f"/l/{keep}")
    while page.status == 303:
        page = stranger.get(page.location)
    assert "certificate.pdf" in page.text and "合意証明書ダウンロード" not in page.text
    path = re.search(r'href="([^"]+certificate\.pdf)"', page.text)[1]
    equal(stranger.get(path).body == ARCHIVED, True)


@test
def a_language_that_is_none_is_refused():
    done = subprocess.run([checks.BINARY, "serve", "--data", f"{kept.name}/data", "--listen", f"127.0.0.1:{server.free_port()}"],
                          env={"KEIIN_CERTIFICATE_LANGUAGE": "fr", "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert done.returncode and "KEIIN_CERTIFICATE_LANGUAGE has no valid value" in done.stdout, done.stdout


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
