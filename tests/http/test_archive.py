"""After the conclusion the contract and its certificate get what they need for the long term (B-LTA); nothing before it changes."""
import hashlib
import json
import re
import sqlite3
import subprocess
import sys
import tempfile

import checks
import server
from checks import BINARY, add, equal, test

keiin = server.Keiin(KEIIN_SEAL_ARCHIVE_AFTER="0")
sender = server.sender_of(keiin)
envelope, signer, participant, keep = server.concluded_contract(keiin, sender)
kept = tempfile.TemporaryDirectory(prefix="keiin-archive-")


def row(columns):
    with sqlite3.connect(f"file:{keiin.data / 'store' / 'keiin.db'}?mode=ro", uri=True) as db:
        return db.execute(f"SELECT {columns} FROM envelope WHERE id = ?", (envelope,)).fetchone()


server.until("the archive timestamp", lambda: row("archived_sha256")[0])
FILES = {what: sender.get(f"/c/{envelope}/{what}.pdf").body for what in ("contract", "certificate")}


def path_of(what):
    path = f"{kept.name}/{what}.pdf"
    with open(path, "wb") as out:
        out.write(FILES[what])
    return path


def is_b_lta(what):
    done = subprocess.run([BINARY, "verify", path_of(what), "--json", "--trust", keiin.data / "keys" / "ca.pem"], stdout=subprocess.PIPE, text=True)
    said = json.loads(done.stdout)
    equal(done.returncode, 0, said)
    levels = {s["level"] for s in said["signatures"] if s["kind"] != "timestamp"}
    equal(levels, {"B-LTA"})
    stamps = [s for s in said["signatures"] if s["kind"] == "timestamp"]
    assert re.match(r"20\d\d-", stamps[-1]["valid_until"]), stamps
    equal(stamps[-1]["followed_by"], "nothing")


def grew_at_its_end(what, column):
    sha256 = row(column)[0]
    ends = [m.end() for m in re.finditer(rb"%%EOF\n?", FILES[what])]
    equal([hashlib.sha256(FILES[what][:end]).hexdigest() for end in ends].count(sha256), 1,
          "the concluded file is, byte for byte, the beginning of the archived one")
    assert len(FILES[what]) not in [end for end in ends if hashlib.sha256(FILES[what][:end]).hexdigest() == sha256]


def others_agree(what):
    said = subprocess.run(["pdfsig", path_of(what)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    equal("is Invalid" in said or "Digest Mismatch" in said, False, said)
    assert "Signature is Valid." in said and said.count("Total document signed") == 1, said
    equal(subprocess.run(["qpdf", "--check", path_of(what)], stdout=subprocess.PIPE).returncode, 0)


for name, column in (("contract", "concluded_sha256"), ("certificate", "certificate_sha256")):
    add(f"the {name} is b-lta", is_b_lta, name)
    add(f"the {name} grew at its end", grew_at_its_end, name, column)
    add(f"other validators agree about the {name}", others_agree, name)


@test
def the_certificates_digests_are_those_of_the_beginning():
    text = subprocess.run(["pdftotext", "-layout", path_of("certificate"), "-"], stdout=subprocess.PIPE, text=True).stdout
    flat = re.sub(r"\s+", "", text)
    lengths = [int(n) for n in re.findall(r"先頭(\d+)バイト", flat)]
    equal(len(lengths), 2, text)
    for n in lengths:
        assert hashlib.sha256(FILES["contract"][:n]).hexdigest() in flat, n


@test
def the_signer_gets_the_same_file():
    equal(signer.get(f"/s/{participant}/keep/contract.pdf").body == FILES["contract"], True)


@test
def the_next_timestamp_is_planned():
    renew, concluded = row("renew_after_ms, concluded_ms")
    years = (renew - concluded) / 1000 / 86400 / 365
    assert 8 < years < 10, years


@test
def the_timeline_tells_of_it():
    assert "長期検証の情報とタイムスタンプを付与" in sender.get(f"/c/{envelope}").text


def renew(*arguments):
    done = subprocess.run([BINARY, "renew", "--data", keiin.data, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


@test
def a_renewal_may_be_ordered():
    equal(renew("--all", "--before", "2030-01-01")[0], 2)
    equal(renew("--before", "tomorrow")[0], 2)
    for arguments in ((), ("--before", "2030-01-01")):
        code, said = renew(*arguments)
        equal(code, 0, said)
        assert "0" in said, said
    before = row("archived_sha256")[0]
    code, said = renew("--all")
    equal(code, 0, said)
    assert "1" in said, said
    server.until("the renewal", lambda: row("archived_sha256")[0] != before, 90)
    FILES["contract"] = sender.get(f"/c/{envelope}/contract.pdf").body
    is_b_lta("contract")


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
