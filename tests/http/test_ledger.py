"""The log of all events: signed checkpoints, an export, and a check of it that names the first event that is not as it was."""
import base64
import hashlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import checks
import server
from checks import BINARY, add, equal, test

keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off", KEIIN_LEDGER_CHECKPOINT_EVERY="1")
sender = server.sender_of(keiin)
folder = pathlib.Path(tempfile.mkdtemp(prefix="keiin-ledger-"))
ROOT = keiin.data / "keys" / "ca.pem"


def checkpoint(least):
    def made():
        with sqlite3.connect(f"file:{keiin.data / 'store' / 'keiin.db'}?mode=ro", uri=True) as db:
            size = db.execute("SELECT max(size) FROM checkpoint").fetchone()[0] or 0
            return size if size >= least and size == db.execute("SELECT count(*) FROM ledger").fetchone()[0] else 0
    return server.until(f"a checkpoint of {least} events", made)


def export(name):
    out = folder / name
    done = subprocess.run([BINARY, "audit", "export", "--data", keiin.data, "-o", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    equal(done.returncode, 0, done.stderr)
    return out


server.concluded_contract(keiin, sender)
keiin.idle()
checkpoint(10)
OLDER = export("older.jsonl")
server.sent_contract(keiin, sender)
keiin.idle()
checkpoint(15)
WHOLE = export("whole.jsonl")
LINES = WHOLE.read_text().splitlines()
EVENTS = [i for i, line in enumerate(LINES) if '"event":' in line]


def verify(path, *more, language="C.UTF-8"):
    done = subprocess.run([BINARY, "audit", "verify", path, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": language})
    return done.returncode, done.stdout + done.stderr


def forged(lines, *more):
    path = folder / "forged.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return verify(path, "--trust", ROOT, *more)


def canonical(event):
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@test
def the_whole_log_is_sound():
    code, said = verify(WHOLE, "--trust", ROOT)
    equal(code, 0, said)
    assert f"SOUND: {len(EVENTS)} events" in said and f"up to event {len(EVENTS)} under signature" in said, said
    assert "not checked" not in said and "not checked" in verify(WHOLE)[1]
    assert "問題ありません" in verify(WHOLE, language="ja_JP.UTF-8")[1]


@test
def hashes_are_what_others_compute():
    """RFC 9162 2.1.1, from the export alone."""
    leaves = []
    for line in LINES:
        o = json.loads(line)
        if "event" in o:
            equal(hashlib.sha256(canonical(o["event"]).encode()).hexdigest(), o["hash"])
            leaves.append(hashlib.sha256(b"\0" + o["hash"].encode()).digest())
        else:
            def root(part):
                if len(part) == 1:
                    return part[0]
                k = 1
                while k * 2 < len(part):
                    k *= 2
                return hashlib.sha256(b"\1" + root(part[:k]) + root(part[k:])).digest()
            equal(root(leaves).hex(), o["root"], f"size {o['size']}")


@test
def openssl_accepts_a_checkpoint():
    o = json.loads([line for line in LINES if '"signature"' in line][-1])
    (folder / "note").write_text(o["note"])
    (folder / "note.p7s").write_bytes(base64.b64decode(o["signature"]))
    done = subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "note.p7s", "-content", folder / "note",
                           "-CAfile", ROOT, "-purpose", "any", "-out", "/dev/null"], stderr=subprocess.PIPE, text=True)
    equal(done.returncode, 0, done.stderr)
    assert o["root"] in o["note"]


def every_event_altered_is_named(i):
    o = json.loads(LINES[i])
    o["event"]["detail"] = o["event"]["detail"] + "x"
    line = f'{{"position":{o["position"]},"hash":"{o["hash"]}","event":{canonical(o["event"])}}}'
    code, said = forged(LINES[:i] + [line] + LINES[i + 1:])
    equal(code, 1, said)
    assert f"event {o['position']} (contract or organisation {o['event']['envelope']}" in said and "was altered" in said, said


def every_event_altered_with_its_hash_is_noticed(i):
    o = json.loads(LINES[i])
    o["event"]["actor"] = "Mallory"
    text = canonical(o["event"])
    line = f'{{"position":{o["position"]},"hash":"{hashlib.sha256(text.encode()).hexdigest()}","event":{text}}}'
    code, said = forged(LINES[:i] + [line] + LINES[i + 1:])
    equal(code, 1, said)
    assert "does not follow the event before it" in said or "does not fit its checkpoint" in said, said


def every_event_missing_is_named(i):
    position = json.loads(LINES[i])["position"]
    code, said = forged(LINES[:i] + LINES[i + 1:])
    equal(code, 1, said)
    assert "missing" in said or "another event than it was made for" in said, (position, said)


for n in EVENTS:
    add(f"event {n} altered is named", every_event_altered_is_named, n)
    add(f"event {n} altered with its hash is noticed", every_event_altered_with_its_hash_is_noticed, n)
    add(f"event {n} missing is named", every_event_missing_is_named, n)


@test
def reordered_and_inserted_events_are_named():
    a, b = EVENTS[3], EVENTS[4]
    swapped = list(LINES)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    code, said = forged(swapped)
    assert code == 1 and "missing" in said, said  # the one that comes too early stands where another is missing
    code, said = forged(LINES[:b] + [LINES[a]] + LINES[b:])
    assert code == 1 and "in the wrong place, or twice" in said, said


def rewritten(lines, position, change):
    """A forger who makes every hash anew from one event on, but cannot sign."""
    heads, out = {}, []
    for line in lines:
        o = json.loads(line)
        if "event" not in o:
            out.append(line)
            continue
        e = o["event"]
        if o["position"] == position:
            e[change] = "Mallory"
        e["prev"] = heads.get(e["envelope"], "")
        text = canonical(e)
        heads[e["envelope"]] = hashlib.sha256(text.encode()).hexdigest()
        out.append(f'{{"position":{o["position"]},"hash":"{heads[e["envelope"]]}","event":{text}}}')
    return out


@test
def a_log_made_anew_does_not_fit_its_checkpoints():
    code, said = forged(rewritten(LINES, len(EVENTS), "actor"))
    assert code == 1 and "does not fit its checkpoint" in said, said
    equal(forged(rewritten(LINES, -1, "actor"))[0], 0, "made anew without a change, it is the same log")


@test
def a_log_without_its_checkpoints_is_held_to_an_older_copy():
    bare = [line for line in LINES if '"event":' in line]
    equal(forged(bare)[0], 0)
    equal(forged(bare, "--checkpoint", OLDER)[0], 0)
    code, said = forged(rewritten(bare, 2, "actor"), "--checkpoint", OLDER)
    assert code == 1 and "does not fit its checkpoint" in said, said


@test
def truncation_is_caught_by_any_older_checkpoint():
    bare = [line for line in LINES if '"event":' in line]
    code, said = forged(bare[:3], "--checkpoint", OLDER)
    assert code == 1 and "event 4 and what followed are missing" in said, said
    equal(forged(bare[:3])[0], 0, "without a checkpoint nobody could tell")


@test
def a_forged_checkpoint_is_refused():
    i = next(k for k, line in enumerate(LINES) if '"signature"' in line)
    o = json.loads(LINES[i])
    o["note"] = o["note"].replace(o["root"], "0" * 64)
    code, said = forged(LINES[:i] + [json.dumps(o)] + LINES[i + 1:])
    assert code == 1 and f"line {i + 1}" in said, said
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Other",
                    "-keyout", folder / "key", "-out", folder / "pem"], check=True, stderr=subprocess.DEVNULL)
    code, said = verify(WHOLE, "--trust", folder / "pem")
    assert code == 1 and "anchor" in said, said


@test
def reasons_come_in_japanese_too():
    path = folder / "forged.jsonl"
    bare = [line for line in LINES if '"event":' in line]  # checkpoints may stand anywhere between
    for lines, words in ((["{"], "1行目：JSONオブジェクトとして読めません"), (bare[:1] + bare[2:], "これより前の記録が欠けています")):
        path.write_text("\n".join(lines) + "\n")
        code, said = verify(path, language="ja_JP.UTF-8")
        assert code == 1 and words in said, said
    code, said = verify(WHOLE, "--trust", folder / "pem", language="ja_JP.UTF-8")
    assert code == 1 and "信頼点に至りません" in said, said


@test
def junk_is_refused_in_words():
    for junk in ('{"event":"' + "x" * (1 << 21) + '"}', "{", "[]", '{"event":1}', '{"position":1,"hash":"x","event":{}}', '{"size":1}', "\0"):
        code, said = forged([junk])
        assert code == 1 and "line 1" in said, (junk[:80], said)
    equal(verify(folder / "absent.jsonl")[0], 2)


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
