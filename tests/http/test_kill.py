"""Roles are killed while contracts are concluded: what was acknowledged is there, and everything happens exactly once.

    test_kill.py          a short storm        test_kill.py long    a longer one
"""
import hashlib
import http.client
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import server
from checks import BINARY, equal, run_all, test

LONG = "long" in sys.argv
CONTRACTS, SEED = (120 if LONG else 16), 20261125
PATIENCE_S = 60  # half a lease (JOB_LEASE_MS): whoever waits for one to run out is too late
ROLES = ("jobs", "web", "keyd", "pdfd")
kills = dict.fromkeys((*ROLES, "supervisor"), 0)
hit_pending = 0
silent = []  # requests that got neither an answer nor an end
acknowledged = []  # participants whose 「締結を確定」 was answered
world = {}


def database():
    return sqlite3.connect(f"file:{world['keiin'].data / 'store' / 'keiin.db'}?mode=ro", uri=True)


def pending(*states):
    """How many jobs are due (0) or leased (1)."""
    with database() as db:
        return db.execute(f"SELECT count(*) FROM job WHERE due_ms <= ? AND state IN ({', '.join(map(str, states or (0, 1)))})",
                          (int(time.time() * 1000),)).fetchone()[0]


def ready_to_confirm(number):
    """A contract with one signer, who stands before 「締結を確定」."""
    keiin, sender, address = world["keiin"], world["sender"], f"suzuki{number}@hei.example"
    draft = sender.post("/sample").location
    form = server.Forms(sender.get(draft).text).forms[draft]
    removed = sender.post(draft, {**form, "do": "remove-2"})
    form = server.Forms(sender.get(draft).text if removed.status == 303 else removed.text).forms[draft]
    form.update({"p1-mail": address, "p1-entry-mail": "1", "do": "send"})
    equal(sender.post(draft, form).status, 303, "sending")
    signer, participant = server.signer_of(keiin, keiin.link_to(address, "【署名依頼】"))
    base = f"/s/{participant}"
    page = signer.get(f"{base}/review")
    equal(signer.post(f"{base}/review", server.Forms(page.text).forms[f"{base}/review"]).status, 303, "next")
    page = signer.get(f"{base}/seal")
    form = server.Forms(page.text).forms[f"{base}/seal"]
    equal(signer.upload(f"{base}/seal", {**form, "method": "text", "do": "next"}, "image", "", b"").status, 303, "seal")
    page = signer.get(f"{base}/confirm")
    return signer, participant, address, server.Forms(page.text).forms[f"{base}/confirm"]


def confirm_all(waiting, done):
    """As a person would: presses, and presses again when no answer came."""
    for signer, participant, _, form in waiting:
        signer.patience_s = 3

        def pressed():
            began = time.monotonic()
            try:
                return signer.post(f"/s/{participant}/confirm", form).status == 303
            except TimeoutError:
                silent.append(f"{time.monotonic() - began:.1f}")
                return False
            except (OSError, http.client.HTTPException):  # no answer, or half of one
                return False
        server.until("an answer to 締結を確定", pressed, 60)
        acknowledged.append(participant)
    done.set()


def kill_role(role):
    keiin = world["keiin"]
    pid = server.until(f"the role {role}", lambda: keiin.roles_if_whole().get(role), 60)
    os.kill(pid, signal.SIGKILL)
    kills[role] += 1


def kill_everything():
    """The supervisor and with it all roles; then a new one on the same data."""
    keiin = world["keiin"]
    children = [pid for pid in keiin.roles_if_whole().values()]
    keiin.process.kill()
    keiin.process.wait()
    keiin.process.stdout.close()
    server.until("the roles to follow their supervisor", lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in children))
    keiin.process = subprocess.Popen([BINARY, "serve", "--data", keiin.data, "--listen", f"127.0.0.1:{keiin.port}"],
                                     env={**os.environ, **world["environment"]}, stdout=subprocess.PIPE, stderr=keiin.log, text=True)
    kills["supervisor"] += 1


@test
def a_lease_dies_with_its_holder():
    """The jobs are killed while one of them waits for the key: the next ones take it at once, not when its lease has run out."""
    world["environment"] = {"KEIIN_SERVER_RATE_LIMITS": "off", "KEIIN_SEAL_ARCHIVE_AFTER": "0", "KEIIN_LEDGER_CHECKPOINT_EVERY": "1"}
    world["keiin"] = keiin = server.Keiin(**world["environment"])
    world["sender"] = server.sender_of(keiin)
    signer, participant, _, form = first = ready_to_confirm("-first")
    world["waiting"] = [first]
    keyd = keiin.roles()["keyd"]
    os.kill(keyd, signal.SIGSTOP)
    equal(signer.post(f"/s/{participant}/confirm", form).status, 303, "confirm")
    acknowledged.append(participant)
    server.until("a leased job", lambda: pending(1))
    kill_role("jobs")
    os.kill(keyd, signal.SIGCONT)
    server.until("the leased job", lambda: pending() == 0, PATIENCE_S)


@test
def a_storm_of_kills():
    global hit_pending
    chance = random.Random(SEED)
    waiting = [ready_to_confirm(i) for i in range(CONTRACTS)]
    world["waiting"] += waiting
    done = threading.Event()
    client = threading.Thread(target=confirm_all, args=(waiting, done))
    client.start()
    turn = 0
    while not done.is_set() or not all(kills[r] for r in ROLES):
        before = pending()
        kill_role(chance.choice(("jobs", "web")) if turn % 3 else ROLES[turn // 3 % 4])
        hit_pending += before > 0
        turn += 1
        done.wait(chance.uniform(0.01, 0.3))
    client.join()
    kill_everything()
    print(f"     kills {kills}, {hit_pending} while jobs were waiting, {len(acknowledged)} acknowledged, {len(silent)} left waiting")
    assert all(kills.values()), kills
    assert hit_pending > 0, "no kill met a job"
    equal(len(acknowledged), len(world["waiting"]), "acknowledged")


@test
def afterwards_everything_is_done():
    server.until("the roles", lambda: set(world["keiin"].roles_if_whole()) == set(ROLES), 60)
    server.until("the jobs to be done", lambda: pending() == 0, PATIENCE_S)
    with database() as db:
        equal(db.execute("SELECT count(*) FROM job WHERE state = 3").fetchone()[0], 0, "jobs given up")
        equal(db.execute("PRAGMA integrity_check").fetchone()[0], "ok", "integrity")


@test
def every_acknowledged_consent_is_there_once():
    with database() as db:
        consents = [r[0] for r in db.execute("SELECT participant_id FROM consent")]
        equal(len(consents), len(set(consents)), "consents")
        equal(set(consents), set(acknowledged), "acknowledged")
        states = dict(db.execute("SELECT id, state FROM envelope WHERE id IN (SELECT envelope_id FROM consent)"))
        equal(set(states.values()), {5}, "every envelope completed")


@test
def every_contract_is_sealed_once():
    with database() as db:
        rows = db.execute("SELECT e.id, e.concluded_sha256, e.certificate_sha256, (SELECT count(*) FROM participant p JOIN impression i"
                          " ON i.participant_id = p.id WHERE p.envelope_id = e.id) FROM envelope e WHERE state = 5").fetchall()
        revisions = {}
        for envelope, digest in db.execute("SELECT envelope_id, sha256 FROM revision ORDER BY number"):
            revisions.setdefault(envelope, []).append(digest)
    equal(len(rows), len(world["waiting"]), "concluded")
    for envelope, contract, certificate, impressions in rows:
        for digest in (contract, certificate):
            found = list(world["keiin"].data.glob(f"**/{digest[:2]}/{digest[2:]}"))
            equal(len(found), 1, "files of " + digest)
            octets = found[0].read_bytes()
            equal(hashlib.sha256(octets).hexdigest(), digest, "the file's hash")
            said = subprocess.run([BINARY, "verify", found[0], "--json"], stdout=subprocess.PIPE, text=True)
            equal(said.returncode, 0, said.stdout)
            if digest == contract:
                signatures = json.loads(said.stdout)["signatures"]
                equal([s["kind"] for s in signatures], ["certification"] + ["approval"] * impressions + ["timestamp"], "signatures")
                equal([hashlib.sha256(octets[:s["covered_bytes"]]).hexdigest() for s in signatures], revisions[envelope], "revisions")


@test
def every_contract_is_archived_once():
    with database() as db:
        rows = db.execute("SELECT archived_sha256, archived_certificate_sha256, (SELECT count(*) FROM audit a WHERE a.envelope_id = e.id"
                          " AND a.event = 'archived') FROM envelope e WHERE state = 5").fetchall()
    for contract, certificate, times in rows:
        equal(times, 1, "archived")
        for digest in (contract, certificate):
            found, = world["keiin"].data.glob(f"**/{digest[:2]}/{digest[2:]}")
            said = subprocess.run([BINARY, "verify", found, "--json"], stdout=subprocess.PIPE, text=True)
            equal({s["level"] for s in json.loads(said.stdout)["signatures"]}, {"B-LTA", "DTS"}, said.stdout)


@test
def the_log_of_all_events_is_whole():
    out = world["keiin"].data.parent / "log.jsonl"
    equal(subprocess.run([BINARY, "audit", "export", "--data", world["keiin"].data, "-o", out]).returncode, 0)
    said = subprocess.run([BINARY, "audit", "verify", out, "--trust", world["keiin"].data / "keys" / "ca.pem"], stdout=subprocess.PIPE, text=True)
    equal(said.returncode, 0, said.stdout)
    with database() as db:
        equal(db.execute("SELECT count(*) FROM ledger").fetchone(), db.execute("SELECT count(*) FROM audit").fetchone(), "events")


@test
def every_file_that_a_row_names_is_there():
    with database() as db:
        for digest, in db.execute("SELECT sha256 FROM document UNION SELECT sha256 FROM page_image UNION"
                                  " SELECT sha256 FROM revision WHERE kind <> 'approval'"):
            assert list(world["keiin"].data.glob(f"**/{digest[:2]}/{digest[2:]}")), digest


@test
def the_audit_chains_are_whole():
    with database() as db:
        previous = {}
        for envelope, seq, prev, own in db.execute("SELECT envelope_id, seq, prev, hash FROM audit ORDER BY envelope_id, seq"):
            number, digest = previous.get(envelope, (0, None))
            equal((seq, prev or None), (number + 1, digest), f"event {seq} of {envelope}")
            previous[envelope] = seq, own
        for envelope, seq, own in db.execute("SELECT id, audit_seq, audit_hash FROM envelope WHERE audit_seq > 0"):
            equal(previous[envelope], (seq, own), "the newest event")


@test
def everybody_got_the_concluding_mail():
    mails = [m for m in world["keiin"].outbox() if "【締結完了】" in m["Subject"]]
    for _, _, address, _ in world["waiting"]:
        identities = {m["Message-ID"] for m in mails if m["To"].addresses[0].addr_spec == address}
        equal(len(identities), 1, "Message-IDs for " + address)


if __name__ == "__main__":
    sys.argv = [a for a in sys.argv if a != "long"]
    code = run_all()
    if "keiin" in world:
        world["keiin"].stop()
    sys.exit(code)
