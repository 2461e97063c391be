"""証拠一式: one ZIP with everything that proves a contract, checked by `keiin verify` and by the commands of its own page."""
import hashlib
import html
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

import checks
import server
import stub_tsa
from checks import BINARY, add, equal, test

keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off", KEIIN_LEDGER_CHECKPOINT_EVERY="1", KEIIN_SEAL_ARCHIVE_AFTER="0")
sender = server.sender_of(keiin)
folder = pathlib.Path(tempfile.mkdtemp(prefix="keiin-package-"))
ROOT = keiin.data / "keys" / "ca.pem"
GUIDE, SUMS = "確かめ方.html", "SHA256SUMS"


def archived(envelope):
    return server.until("the package", lambda: (p := sender.get(f"/c/{envelope}").text) and "長期検証の情報" in p and "package.zip" in p)


def fetch(envelope):
    archived(envelope)
    answer = sender.get(f"/c/{envelope}/package.zip")
    equal(answer.status, 200, answer.text[:300])
    return answer.body


ENVELOPE, SIGNER, PARTICIPANT, KEEP = server.concluded_contract(keiin, sender, request="登記事項証明書", submitted=("履歴<事項>:全部.pdf", server.plain_pdf()))
sender.get("/verification")
RUN = sender.post("/verification", {"from": "2020-01-01", "to": "2020-01-02"}).location  # its events lie in the log between the two contracts'
server.until("the end of the run", lambda: "問題はありませんでした" in sender.get(RUN).text)
sender.get("/new")
OTHER_ENVELOPE = server.concluded_contract(keiin, sender, request="印鑑証明", submitted=("other.pdf", server.plain_pdf(page="/Rotate 90")), address="tanaka@hei.example")[0]
WHOLE, OTHER = fetch(ENVELOPE), fetch(OTHER_ENVELOPE)


def unpack(octets):
    with zipfile.ZipFile(io.BytesIO(octets)) as z:
        return {i.filename: z.read(i) for i in z.infolist()}


FILES, OTHERS = unpack(WHOLE), unpack(OTHER)


def pack(files, sums=True, method=zipfile.ZIP_STORED):
    """As a forger would: with a list of digests that fits."""
    files = dict(files)
    if sums:
        files[SUMS] = "".join(f"{hashlib.sha256(v).hexdigest()}  {k}\n" for k, v in files.items() if k != SUMS).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, octets in files.items():
            z.writestr(name, octets)
    return out.getvalue()


def verify(octets, *more, language="C.UTF-8"):
    path = folder / "package.zip"
    path.write_bytes(octets)
    done = subprocess.run([BINARY, "verify", path, "--trust", ROOT, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": language})
    return done.returncode, done.stdout + done.stderr


def refused(octets, words, code=1):
    got, said = verify(octets)
    equal(got, code, said)
    assert words in said.splitlines()[0], said.splitlines()[0]


@test
def the_package_is_sound():
    code, said = verify(WHOLE)
    equal(code, 0, said)
    assert said.startswith("SOUND: the evidence package is whole: contract, certificate, submitted documents (1)"), said
    assert "not checked" not in said
    assert "問題ありません：証拠一式は完全です" in verify(WHOLE, language="ja_JP.UTF-8")[1]


@test
def events_of_the_organisation_may_lie_between():
    equal(verify(OTHER)[0], 0, verify(OTHER)[1])
    assert b"verification_begun" not in WHOLE + OTHER
    equal(first_failing(OTHERS, "other"), -1)


@test
def programs_can_read_the_verdict():
    o = json.loads(verify(WHOLE, "--json")[1])
    equal((o["verdict"], o["problem"], o["anchored"], o["documents"]), ("sound", "", True, 1))
    equal(o["contract"]["verdict"], "sound")
    equal({s["level"] for s in o["certificate"]["signatures"] if s["kind"] != "timestamp"}, {"B-LTA"})
    o = json.loads(verify(pack({**FILES, "more": b""}), "--json")[1])
    equal((o["verdict"], o["problem"]), ("unsound", "the file more does not belong to the package"))


@test
def it_is_the_same_for_everybody_and_every_time():
    equal(sender.get(f"/c/{ENVELOPE}/package.zip").body == WHOLE, True)
    equal(SIGNER.get(f"/s/{PARTICIPANT}/keep/package.zip").body == WHOLE, True)
    stranger = server.Person(keiin).get(f"/l/{KEEP}/keep/package.zip")
    equal(stranger.body == WHOLE, True)
    equal(stranger.headers["Content-Type"], "application/zip")
    assert "%E8%A8%BC%E6%8B%A0%E4%B8%80%E5%BC%8F.zip" in stranger.headers["Content-Disposition"]
    server.until("temporary files to be gone", lambda: not keiin.temporary_files())


@test
def strangers_do_not_get_it():
    equal(server.Person(keiin).get(f"/c/{ENVELOPE}/package.zip").status in (303, 401), True)
    equal(server.Person(keiin).get("/l/unknown/keep/package.zip").status, 404)


@test
def names_are_safe_and_files_are_as_submitted():
    names = [n for n in FILES if n.startswith("documents/")]
    equal(names, ["documents/01_履歴_事項__全部.pdf"])
    equal(FILES[names[0]] == server.plain_pdf(), True)
    equal(FILES["contract.pdf"] == sender.get(f"/c/{ENVELOPE}/contract.pdf").body, True)
    equal(FILES["certificate.pdf"] == sender.get(f"/c/{ENVELOPE}/certificate.pdf").body, True)


@test
def proofs_are_what_others_compute():
    """RFC 9162 2.1.3.2, from the files alone."""
    import base64
    note = dict(line.split(" ", 1) for line in FILES["audit/checkpoint.txt"].decode().splitlines() if " " in line)
    size, lines = int(note["size"]), FILES["audit/proofs.txt"].decode().splitlines()
    equal(len(lines), len(FILES["audit/events.jsonl"].splitlines()))
    for line in lines:
        position, leaf, *path = line.split(" ")
        at, last, node = int(position) - 1, size - 1, hashlib.sha256(b"\0" + leaf.encode()).digest()
        for beside in map(base64.b64decode, path):
            if at % 2 or at == last:
                node = hashlib.sha256(b"\1" + beside + node).digest()
                while at and not at % 2:
                    at, last = at // 2, last // 2
            else:
                node = hashlib.sha256(b"\1" + node + beside).digest()
            at, last = at // 2, last // 2
        equal((node.hex(), last), (note["root"], 0))


# ---- what the page tells to do ----
def commands(files):
    found = [html.unescape(c) for c in re.findall(r'<pre class="command">(.*?)</pre>', files[GUIDE].decode(), re.S)]
    equal(found[:len(found) // 2], found[len(found) // 2:], "both languages give the same commands")
    return found[:len(found) // 2]


def unpacked(files, name):
    to = folder / name
    shutil.rmtree(to, ignore_errors=True)
    for path, octets in files.items():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        (to / path).write_bytes(octets)
    return to


def first_failing(files, name, some=None):
    """The first of the commands, or of the first so many, that fails in the unpacked folder; none: its number is -1."""
    to = unpacked(files, name)
    for n, command in enumerate(commands(files)[:some]):
        if subprocess.run(["sh", "-ec", command], cwd=to, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            return n
    return -1


@test
def the_pages_commands_succeed():
    equal(first_failing(FILES, "whole"), -1)
    assert len(commands(FILES)) >= 12
    said = subprocess.run(["sh", "-ec", "".join(c for c in commands(FILES) if "$good" in c)], cwd=folder / "whole", stdout=subprocess.PIPE, text=True).stdout
    n = len(FILES["audit/events.jsonl"].splitlines())
    equal(said, f"{n} / {n}\n")


def flipped(octets, at):
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1:]


def with_sums(files):
    return unpack(pack(files))


@test
def the_pages_commands_notice_every_damaged_file():
    for name in sorted(set(FILES) - {SUMS, GUIDE}):
        damaged = {**FILES, name: flipped(FILES[name], len(FILES[name]) // 2)}
        equal(first_failing(damaged, "damaged", 1), 0, name)


@test
def the_pages_commands_notice_forgeries_whose_digests_fit():
    line = FILES["audit/events.jsonl"].decode().splitlines()[4]
    o = json.loads(line)
    o["event"]["actor"] = "Mallory"
    text = json.dumps(o["event"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    forged = f'{{"position":{o["position"]},"hash":"{hashlib.sha256(text.encode()).hexdigest()}","event":{text}}}'
    events = FILES["audit/events.jsonl"].decode().replace(line, forged)
    proofs = FILES["audit/proofs.txt"].decode().replace(o["hash"], json.loads(forged)["hash"])
    for name, change in {
            "contract": {"contract.pdf": flipped(FILES["contract.pdf"], 3000)},
            "certificate": {"certificate.pdf": flipped(FILES["certificate.pdf"], 3000)},
            "checkpoint": {"audit/checkpoint.txt": flipped(FILES["audit/checkpoint.txt"], 60)},
            "event": {"audit/events.jsonl": events.encode()},
            "event and proof": {"audit/events.jsonl": events.encode(), "audit/proofs.txt": proofs.encode()},
            "token": {"timestamps/contract-3.tst": FILES["timestamps/certificate-2.tst"]},
            "signature": {"signatures/contract-2.p7s": FILES["signatures/contract-1.p7s"]}}.items():
        assert first_failing(with_sums({**FILES, **change}), "forged") > 0, name


# ---- what `keiin verify` names ----
def every_file_altered_is_named(name):
    damaged = {**FILES, name: flipped(FILES[name], len(FILES[name]) // 2)}
    refused(pack(damaged, sums=False), f"the file {name} was altered")


def every_file_missing_is_named(name):
    some = {k: v for k, v in FILES.items() if k != name}
    refused(pack(some, sums=False), f"the file {name} is missing")
    refused(pack(some), "a submitted document is missing" if name.startswith("documents/") else f"the file {name} is missing")


for file in sorted(set(FILES) - {SUMS}):
    add(f"{file} altered is named", every_file_altered_is_named, file)
    add(f"{file} missing is named", every_file_missing_is_named, file)


def every_file_of_another_contract_is_named(name):
    """With digests that fit; the words name it, or what contradicts it."""
    swapped = {**FILES, name: OTHERS[name]}
    words = {"contract.pdf": "contract.pdf is not the one that the events tell of",
             "certificate.pdf": "the events in the certificate are others than those of the package",
             "audit/events.jsonl": "the checkpoint does not hold event",
             "audit/proofs.txt": "the checkpoint does not hold event",
             "audit/checkpoint.txt": "the checkpoint is not sound",
             "signatures/checkpoint.p7s": "the checkpoint is not sound"}.get(name, f"the file {name} was altered")
    refused(pack(swapped), words)


for file in sorted(set(FILES) & set(OTHERS) - {SUMS, GUIDE}):
    if FILES[file] != OTHERS[file]:
        add(f"{file} of another contract is named", every_file_of_another_contract_is_named, file)


@test
def sound_files_of_two_contracts_are_no_package():
    audit = {k: v for k, v in OTHERS.items() if k.startswith("audit/") or "checkpoint" in k}
    refused(pack({**FILES, **audit}), "the events in the certificate are others")
    refused(pack({**FILES, **audit, "certificate.pdf": OTHERS["certificate.pdf"]}), "contract.pdf is not the one that the events tell of")


@test
def documents_are_those_that_were_submitted():
    name = next(n for n in FILES if n.startswith("documents/"))
    other = next(v for k, v in OTHERS.items() if k.startswith("documents/"))
    refused(pack({**FILES, name: other}), f"no event tells of the document {name}")
    refused(pack({**FILES, "documents/02_more.pdf": other}), "no event tells of the document documents/02_more.pdf")
    equal(verify(pack({**FILES, "documents/09_renamed.pdf": FILES[name]}))[0], 0)


@test
def what_is_added_is_named():
    refused(pack({**FILES, "more.txt": b"x"}, sums=False), "the file more.txt does not belong")
    refused(pack({**FILES, "more.txt": b"x"}), "the file more.txt does not belong")
    refused(pack({**FILES, "timestamps/contract-9.tst": FILES["timestamps/contract-3.tst"]}), "timestamps/contract-9.tst does not belong")


@test
def an_event_altered_missing_or_moved_is_named():
    lines = FILES["audit/events.jsonl"].decode().splitlines(keepends=True)

    def of(some):
        return pack({**FILES, "audit/events.jsonl": "".join(some).encode()})
    refused(of(lines[:3] + [lines[3].replace('"actor":"', '"actor":"x')] + lines[4:]), "event 4 of the contract was altered")
    refused(of(lines[:3] + lines[4:]), "an event is missing, or stands in another's place, before number 4")
    refused(of([lines[1], lines[0], *lines[2:]]), "before number 1")
    refused(of(lines[:3] + [lines[3].replace('"position":', '"position": ')] + lines[4:]), "line 4 of the events cannot be read")
    refused(of(lines[:-1]), f"the checkpoint does not hold event {len(lines)}")
    refused(of([*lines, "{\n"]), f"line {len(lines) + 1} of the events cannot be read")


@test
def events_made_anew_are_not_in_the_checkpoint():
    """A forger who makes every hash anew, but cannot sign."""
    prev, events, proofs = "", [], []
    for line, proof in zip(FILES["audit/events.jsonl"].decode().splitlines(), FILES["audit/proofs.txt"].decode().splitlines()):
        o = json.loads(line)
        o["event"]["prev"] = prev
        if o["event"]["seq"] == 5:
            o["event"]["actor"] = "Mallory"
        text = json.dumps(o["event"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        prev = hashlib.sha256(text.encode()).hexdigest()
        events.append(f'{{"position":{o["position"]},"hash":"{prev}","event":{text}}}\n')
        proofs.append(proof.replace(o["hash"], prev) + "\n")
    refused(pack({**FILES, "audit/events.jsonl": "".join(events).encode(), "audit/proofs.txt": "".join(proofs).encode()}),
            "the checkpoint does not hold event 5")


@test
def other_roots_are_refused():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Other",
                    "-keyout", folder / "key", "-out", folder / "other.pem"], check=True, stderr=subprocess.DEVNULL)
    (folder / "p.zip").write_bytes(WHOLE)
    done = subprocess.run([BINARY, "verify", folder / "p.zip", "--trust", folder / "other.pem"], stdout=subprocess.PIPE, text=True)
    equal(done.returncode, 1)
    assert "contract.pdf is not sound" in done.stdout.splitlines()[0], done.stdout
    done = subprocess.run([BINARY, "verify", folder / "p.zip"], stdout=subprocess.PIPE, text=True)
    equal(done.returncode, 0)
    assert "not checked" in done.stdout
    equal(subprocess.run([BINARY, "verify", folder / "p.zip", "--trust", folder / "key"], stderr=subprocess.DEVNULL).returncode, 2)


@test
def a_package_packed_again_is_the_same():
    equal(verify(pack(FILES, method=zipfile.ZIP_DEFLATED))[0], 0)
    equal(verify(pack({"audit/": b"", **FILES}, sums=False))[0], 0)


@test
def hostile_archives_are_refused():
    refused(WHOLE[:-30], "no ZIP archive, or a damaged or ambiguous one", 2)
    refused(WHOLE[:5000], "no ZIP archive", 2)
    for name in ("../contract.pdf", "/etc/passwd", "a//b", "a\\b", "C:x", "a/../b", "tab\t"):
        refused(pack({**FILES, name: b"x"}), "no ZIP archive, or a damaged or ambiguous one", 2)
    refused(pack({**FILES, "CONTRACT.PDF": b"x"}), "no ZIP archive", 2)
    refused(pack({**FILES, "zeros": bytes(300 << 20)}, method=zipfile.ZIP_DEFLATED), "the archive holds too much", 2)
    refused(pack({f"f{i}": b"" for i in range(2001)}), "the archive holds too much", 2)
    refused(pack({}), "this is no evidence package", 2)
    refused(pack({k: v for k, v in FILES.items() if k != SUMS}, sums=False), "this is no evidence package", 2)
    out = io.BytesIO(WHOLE)
    with zipfile.ZipFile(out, "a") as z:
        z.comment = b"hidden"
    refused(out.getvalue(), "no ZIP archive", 2)
    out = io.BytesIO(WHOLE)
    with zipfile.ZipFile(out, "a") as z:
        import warnings
        warnings.simplefilter("ignore")
        z.writestr("contract.pdf", b"two of a name")
    refused(out.getvalue(), "no ZIP archive", 2)


@test
def a_root_that_is_not_there_is_asked_for():
    """Tokens of an outside authority, its own root not in them."""
    stub = stub_tsa.Stub(folder)
    (folder / "tsa.ini").write_text(f"[outside]\nurl = {stub.url}/rootless\ntrust = {folder}/good-ca.pem\n")
    outside = server.Keiin(KEIIN_TSA_LIST=str(folder / "tsa.ini"), KEIIN_SERVER_RATE_LIMITS="off", KEIIN_LEDGER_CHECKPOINT_EVERY="1",
                           KEIIN_SEAL_ARCHIVE_AFTER="1000000")
    try:
        person = server.sender_of(outside)
        envelope = server.concluded_contract(outside, person)[0]
        answer = server.until("the package", lambda: (a := person.get(f"/c/{envelope}/package.zip")).status == 200 and a)
        files = unpack(answer.body)
        ours = (outside.data / "keys" / "ca.pem").read_bytes()
    finally:
        outside.stop()
        stub.stop()
    root = (folder / "good-ca.pem").read_bytes()
    assert files[GUIDE].decode().count("<li>CN=Stub good root</li>") == 2, "in both languages"
    assert b"<li>CN=" not in FILES[GUIDE]
    (folder / "p.zip").write_bytes(pack(files, sums=False))
    (folder / "both.pem").write_bytes(ours + root)
    (folder / "ours.pem").write_bytes(ours)
    for trust, language, code, words in (((), "C.UTF-8", 1, 'Not in the package, to be had from the authority: CN=Stub good root\n'),
                                         (("--trust", folder / "ours.pem"), "ja_JP.UTF-8", 1, "認証局から入手が必要なもの：CN=Stub good root\n"),
                                         (("--trust", folder / "both.pem"), "C.UTF-8", 0, "SOUND: the evidence package is whole")):
        done = subprocess.run([BINARY, "verify", folder / "p.zip", *trust], stdout=subprocess.PIPE, text=True,
                              env={"PATH": "/usr/bin:/bin", "LC_ALL": language})
        equal(done.returncode, code, done.stdout)
        assert words in done.stdout and (code == 0) != ("--trust" in done.stdout), done.stdout
    assert first_failing(files, "rootless") > 1
    with_root = {**files, "certificates/roots.pem": files["certificates/roots.pem"] + root}
    equal(first_failing(with_sums(with_root), "rootless"), -1)


@test
def before_the_checkpoint_there_is_none():
    waiting = server.Keiin()  # no checkpoint for a long time
    try:
        person = server.sender_of(waiting)
        envelope, signer, participant, _ = server.concluded_contract(waiting, person)
        answer = person.get(f"/c/{envelope}/package.zip")
        equal(answer.status, 409)
        assert "タイムスタンプを付け終えると" in person.get(f"/c/{envelope}").text
        assert "package.zip" not in signer.get(f"/s/{participant}/keep").text
    finally:
        waiting.stop()


try:
    code = checks.run_all()
finally:
    keiin.stop()
    shutil.rmtree(folder)
sys.exit(code)
