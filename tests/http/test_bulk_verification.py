"""一括検証: all contracts of a period and their certificates verified again in the background; results as CSV and as sealed PDF."""
import contextlib
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import checks
import server
from checks import BINARY, equal, test

keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off", KEIIN_SEAL_ARCHIVE_AFTER="0")
sender = server.sender_of(keiin)
TITLES = ["業務委託基本契約書", '=HYPERLINK("http://evil","x")', "秘密保持契約書"]
ENVELOPES = [server.concluded_contract(keiin, sender, title=t, address=f"s{i}@hei.example")[0] for i, t in enumerate(TITLES)]
for envelope in ENVELOPES:
    server.until("the archive", lambda: "長期検証の情報" in sender.get(f"/c/{envelope}").text)
DAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 9 * 3600))


def rows(query, *values):
    with sqlite3.connect(f"file:{keiin.data / 'store' / 'keiin.db'}?mode=ro", uri=True) as db:
        return db.execute(query, values).fetchall()


ENGLISH = {"Accept-Language": "en"}


def begin(first=DAY, last=DAY, **headers):
    sender.get("/verification")
    answer = sender.post("/verification", {"from": first, "to": last}, **headers)
    equal(answer.status, 303, answer.text)
    return answer.location


def ended(run):
    return server.until("the end of the run", lambda: "検証しています" not in (p := sender.get(run)).text and p)


def blob_of(sha256):
    return next(p for p in (keiin.data / "blobs").rglob("*") if p.is_file() and p.read_bytes() and sha256 in str(p).replace("/", ""))


def table(run):
    text = sender.get(f"{run}/report.csv").body
    assert text.startswith(b"\xef\xbb\xbf\"") and text.endswith(b"\"\r\n"), text[:50]
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def report_text(run):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as f:
        f.write(sender.get(f"{run}/report.pdf").body)
        f.flush()
        return subprocess.run(["pdftotext", "-layout", f.name, "-"], stdout=subprocess.PIPE, text=True).stdout


def events_of(run):
    """What the log of all events says of a run, once `keiin audit verify` has found the log sound."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "log.jsonl"
        equal(subprocess.run([BINARY, "audit", "export", "--data", keiin.data, "-o", out]).returncode, 0)
        said = subprocess.run([BINARY, "audit", "verify", out, "--trust", keiin.data / "keys" / "ca.pem"], stdout=subprocess.PIPE, text=True)
        equal(said.returncode, 0, said.stdout)
        events = [json.loads(line)["event"] for line in out.read_text().splitlines() if '"event":' in line]
    return [e for e in events if e["detail"].split(" ")[0] == run.split("/")[-1]]


@contextlib.contextmanager
def damaged_and_missing():
    """The first contract's file with another byte, the third's certificate gone."""
    damaged = blob_of(rows("SELECT archived_sha256 FROM envelope WHERE id = ?", ENVELOPES[0])[0][0])
    missing = blob_of(rows("SELECT archived_certificate_sha256 FROM envelope WHERE id = ?", ENVELOPES[2])[0][0])
    before = damaged.read_bytes(), missing.read_bytes()
    os.chmod(damaged, 0o600)
    damaged.write_bytes(before[0][:500] + b"X" + before[0][501:])
    missing.unlink()
    try:
        yield
    finally:
        damaged.write_bytes(before[0])
        missing.write_bytes(before[1])


@test
def everything_is_sound():
    run = begin()
    page = ended(run)
    assert "3件の契約に、問題はありませんでした" in page.text, page.text
    found = table(run)
    equal(len(found), 6)
    equal({r["判定"] for r in found}, {"問題なし"})
    equal({r["形式"] for r in found}, {"B-LTA"})
    equal({r["取引年月日"] for r in found}, {DAY})
    for r in found:
        assert "Timestamp Authority" in r["時刻認証局"] and re.match(r"20\d\d-", r["タイムスタンプの有効期限"]), r
        assert re.fullmatch(r"[0-9a-f]{64}", r["SHA-256"])
    equal([r["題名"] for r in found if r["ファイル"] == "契約書"], [TITLES[0], "'" + TITLES[1], TITLES[2]])


@test
def the_report_is_sealed_and_says_it():
    run = begin()
    ended(run)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as f:
        f.write(sender.get(f"{run}/report.pdf").body)
        f.flush()
        said = json.loads(subprocess.run([BINARY, "verify", f.name, "--json", "--trust", keiin.data / "keys" / "ca.pem"], stdout=subprocess.PIPE).stdout)
    text = report_text(run)
    equal((said["verdict"], [s["level"] for s in said["signatures"]]), ("sound", ["B-T"]))
    for words in ("一括検証報告書", "3件", "株式会社青空商事", *TITLES, "問題なし", "B-LTA", "佐藤 花子"):
        assert words in text, (words, text)


@test
def a_damaged_file_is_named_and_the_rest_goes_on():
    with damaged_and_missing():
        run = begin()
        page = ended(run)
    assert "3件の契約のうち、2件に問題" in page.text, page.text
    assert "保存されているファイルが壊れています" in page.text and TITLES[0] in page.text
    found = table(run)
    equal([r["判定"] for r in found], ["問題あり", "問題なし", "問題なし", "問題なし", "問題なし", "問題あり"])
    assert "壊れています" in found[0]["問題"] and "ありません" in found[5]["問題"], found
    text = report_text(run)
    assert text.index(TITLES[2]) < text.index(TITLES[1]), "problems come first"
    assert "問題・要確認の契約" in text
    english = sender.get(run, **ENGLISH).text
    assert "The stored file is damaged" in english and "The file that should be stored is missing" in english, english


@test
def results_are_in_the_language_of_whoever_began():
    with damaged_and_missing():
        run = begin(**ENGLISH)
        page = ended(run)
    assert "保存されているファイルが壊れています" in page.text, "pages are in their reader's language"
    answer = sender.get(f"{run}/report.csv")
    assert "bulk-verification" in answer.headers["Content-Disposition"], answer.headers["Content-Disposition"]
    found = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    equal([r["Verdict"] for r in found], ["not sound", "sound", "sound", "sound", "sound", "not sound"])
    assert "damaged" in found[0]["Problem"] and "missing" in found[5]["Problem"], found
    text = report_text(run)
    for words in ("Bulk verification of electronic contracts", "Contracts to look at", "Sound contracts", "damaged", "Level B-LTA", *TITLES):
        assert words in text, (words, text)
    assert "問題" not in text and "年" not in text, text
    day = time.strftime("%d %b %Y", time.strptime(DAY, "%Y-%m-%d")).lstrip("0")
    assert f"{day} to {day} (" in text and f"{day} – {day}</h1>" in sender.get(run, **ENGLISH).text, text


@test
def a_file_without_record_is_said_in_both_languages():
    """The record of one issued file is gone: sound, yet nothing that this server knows of."""
    sha256 = rows("SELECT archived_sha256 FROM envelope WHERE id = ?", ENVELOPES[1])[0][0]
    with sqlite3.connect(keiin.data / "store" / "keiin.db") as db:
        kept = db.execute("DELETE FROM issued_file WHERE sha256 = ? RETURNING sha256, kind, envelope_id", (sha256,)).fetchone()
    try:
        run = begin()
        page = ended(run)
    finally:
        with sqlite3.connect(keiin.data / "store" / "keiin.db") as db:
            db.execute("INSERT INTO issued_file VALUES (?, ?, ?)", kept)
    assert "発行した記録のない" in page.text and "no record of having issued" in sender.get(run, **ENGLISH).text, page.text


@test
def a_run_is_in_the_log_of_all_events():
    run = begin()
    ended(run)
    begun, end = events_of(run)
    organisation = rows("SELECT id FROM organisation")[0][0]
    equal(({begun["envelope"], end["envelope"]}, begun["event"], end["event"]), ({organisation}, "verification_begun", "verification_ended"))
    equal((begun["actor"], begun["detail"].split(" ")[1:]), ("佐藤 花子 <sato@aozora.example>", [f"{DAY}/{DAY}", "contracts=3"]))
    equal((begun["ip"], end["ip"]), ("127.0.0.1", ""))
    csv_sha256 = hashlib.sha256(sender.get(f"{run}/report.csv").body).hexdigest()
    report = hashlib.sha256(sender.get(f"{run}/report.pdf").body).hexdigest()
    equal(end["detail"].split(" ")[1:], ["contracts=3", "problems=0", f"csv={csv_sha256}", f"report={report}"])
    chain = rows("SELECT seq, prev, hash FROM organisation_audit WHERE organisation_id = ? ORDER BY seq", organisation)
    equal([seq for seq, _, _ in chain], list(range(1, len(chain) + 1)))
    equal([prev for _, prev, _ in chain], [None] + [own for _, _, own in chain[:-1]])
    equal(rows("SELECT audit_seq, audit_hash FROM organisation WHERE id = ?", organisation)[0], (chain[-1][0], chain[-1][2]))


@test
def contracts_and_their_packages_know_nothing_of_it():
    ended(begin())
    equal(rows("SELECT count(*) FROM audit WHERE event LIKE 'verification%'")[0][0], 0)
    assert "一括検証を開始" not in sender.get(f"/c/{ENVELOPES[0]}").text
    equal(rows("SELECT count(*) FROM ledger")[0][0], rows("SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM organisation_audit)")[0][0])


@test
def another_organisation_sees_nothing_of_it():
    run = begin()
    ended(run)
    with sqlite3.connect(keiin.data / "store" / "keiin.db") as db:
        db.execute("INSERT INTO organisation (id, name, created_ms) VALUES ('other', '乙商会', 1)")
        db.execute("INSERT INTO account (id, organisation_id, name, mail, mail_key, password, created_ms) SELECT 'other-account', 'other',"
                   " '乙 次郎', 'jiro@otsu.example', 'jiro@otsu.example', password, 1 FROM account LIMIT 1")
    other = server.Person(keiin)
    other.get("/login")
    equal(other.post("/login", {"mail": "jiro@otsu.example", "password": server.ADMIN["password"]}).status, 303)
    assert run not in other.get("/verification").text and run in sender.get("/verification").text
    before = keiin.dump()
    for path in (run, f"{run}/progress", f"{run}/report.csv", f"{run}/report.pdf"):
        equal((sender.get(path).status, other.get(path).status), (200, 404), path)
    equal(other.post(f"{run}/cancel").status, 404)
    equal(keiin.dump() == before, True)
    other.get("/verification")
    theirs = other.post("/verification", {"from": DAY, "to": DAY}).location
    server.until("the end of their run", lambda: "0件の契約に、問題はありませんでした" in other.get(theirs).text)
    equal({e["envelope"] for e in events_of(theirs)}, {"other"})
    equal(sender.get(theirs).status, 404)


@test
def only_the_period_is_looked_at():
    run = begin("2020-01-01", "2020-02-29")
    assert "0件の契約に、問題はありませんでした" in ended(run).text
    equal(table(run), [])


@test
def periods_that_are_none_are_refused():
    sender.get("/verification")
    for first, last in (("", ""), (DAY, ""), ("2026-02-29", DAY), ("2026-13-01", DAY), ("26-01-01", DAY), (DAY, "2020-01-01"), ("x" * 10, DAY)):
        answer = sender.post("/verification", {"from": first, "to": last})
        equal(answer.status, 422, (first, last))
        assert "してください" in answer.text


@test
def looking_changes_nothing_and_others_see_nothing():
    run = begin()
    ended(run)
    before = keiin.dump()
    for path in ("/verification", run, f"{run}/progress", f"{run}/report.csv", f"{run}/report.pdf"):
        equal(sender.get(path).status, 200, path)
        assert server.Person(keiin).get(path).status in (303, 401), path
    equal(keiin.dump() == before, True)
    equal(sender.get("/verification/none").status, 404)
    o = json.loads(sender.get(f"{run}/progress").text)
    equal((o["done"], o["total"], o["running"]), (3, 3, False))


@test
def an_ended_run_is_not_cancelled():
    run = begin()
    page = ended(run)
    sender.post(f"{run}/cancel")
    equal(rows("SELECT state FROM bulk_verification WHERE id = ?", run.split("/")[-1])[0][0], 1)
    equal([e["event"] for e in events_of(run)], ["verification_begun", "verification_ended"])
    assert "report.pdf" in page.text


@test
def it_survives_kills():
    """The jobs are killed while runs go on; each ends once, with every contract once."""
    runs = [begin() for _ in range(6)]
    for _ in range(3):
        os.kill(keiin.roles()["jobs"], signal.SIGKILL)
        server.until("the jobs to be back", lambda: "jobs" in keiin.roles_if_whole())
    for run in runs:
        server.until("the end of the run", lambda: "検証しています" not in sender.get(run).text, 150)
        found = rows("SELECT number, kind FROM bulk_verified WHERE run_id = ? ORDER BY number, kind", run.split("/")[-1])
        equal(found, [(n, k) for n in (1, 2, 3) for k in (0, 1)])
        equal([e["event"] for e in events_of(run)], ["verification_begun", "verification_ended"])


@test
def a_run_can_be_cancelled():
    """With the jobs stopped nothing can be quicker than the one who cancels."""
    pid = keiin.roles()["jobs"]
    os.kill(pid, signal.SIGSTOP)
    try:
        run = begin()
        page = sender.get(run)
        assert "検証しています" in page.text and "<progress" in page.text
        equal(sender.get(f"{run}/report.csv").status, 409)
        equal([sender.post(f"{run}/cancel").status for _ in range(2)], [303, 303])
    finally:
        os.kill(pid, signal.SIGCONT)
    keiin.idle()
    assert "途中で中止されました" in sender.get(run).text
    equal([e["event"] for e in events_of(run)], ["verification_begun", "verification_cancelled"])
    equal(rows("SELECT count(*) FROM bulk_verified WHERE run_id = ?", run.split("/")[-1])[0][0], 0)


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
