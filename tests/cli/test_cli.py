"""keiin seal, verify and inkan as typed: what they write is judged by pdfsig, qpdf and openssl, what they refuse leaves no file."""
import concurrent.futures
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from formats import Png, Signer, pdf, signatures
from programs import ENVIRONMENT, is_encrypted, pdfsig_verdicts, qpdf_complaints, run

import checks
from checks import BINARY, add, equal, test

kept = tempfile.TemporaryDirectory(prefix="keiin-cli-")
folder = pathlib.Path(kept.name)
# What openssl calls each kind of key and its signatures.
ALGORITHMS = {"p256": ("prime256v1", "ecdsa-with-SHA256"), "p384": ("secp384r1", "ecdsa-with-SHA256"),
              **{f"rsa{bits}{pss}": (f"({bits} bit)", "rsassaPss" if pss else "sha256WithRSAEncryption")
                 for bits in (2048, 3072, 4096) for pss in ("", "-pss")}}
KEYS = {algorithm: folder / f"keys-{algorithm}" for algorithm in ALGORITHMS}
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE_V2, TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.16.2.14"
LEVELS = [(level, algorithm) for algorithm in ALGORITHMS for level in ("b-b", "b-t")]
MM = 72 / 25.4
IN = folder / "in.pdf"
IN.write_bytes(pdf(("First", "Second")))


def keiin(*arguments, **more):
    return run([BINARY, *arguments], **more)


def seal(name, *arguments, algorithm="p256", of=IN, said=""):
    """A sealed document, its path; whatever else than that is said on stderr is a fault."""
    out = folder / f"{name}.pdf"
    done = keiin("seal", of, "-o", out, "--keys", KEYS[algorithm], "--algorithm", algorithm, *arguments)
    equal((done.returncode, done.stdout), (0, ""), done.stderr)
    assert said in done.stderr if said else not done.stderr, done.stderr
    return out


def refused(done, code, *words):
    """Nothing on stdout, and an explanation with these words."""
    equal((done.returncode, done.stdout), (code, ""), done.stderr)
    assert done.stderr.startswith("keiin: ") and all(w in done.stderr for w in words), done.stderr


def listing():
    return sorted(folder.rglob("*"))


def nothing_written(code, words, *arguments, **more):
    before = listing()
    refused(keiin(*arguments, **more), code, *words)
    equal(listing(), before, "files")


def report(path, *arguments, code=0):
    """keiin verify's JSON."""
    done = keiin("verify", path, "--json", *arguments)
    equal(done.returncode, code, done.stdout + done.stderr)
    return json.loads(done.stdout)


# ---- sealed documents, by other programs' standards ----

def container_of(path, name):
    (signed, container), = signatures(path.read_bytes())
    (folder / f"{name}.signed").write_bytes(signed)
    (folder / f"{name}.cms").write_bytes(container)
    return signed, container


def judged_by_openssl(name, algorithm):
    """The container's signature, its chain, and that it names its certificate (-cades checks signing-certificate-v2)."""
    command = ["openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", folder / f"{name}.cms", "-content",
               folder / f"{name}.signed", "-CAfile", KEYS[algorithm] / "ca.pem", "-purpose", "any", "-out", os.devnull]
    return run(command)


def sealed_at(level, algorithm):
    name = f"{level}-{algorithm}"
    path = seal(name, "--level", level, "--name", "山田 太郎", algorithm=algorithm)
    equal(pdfsig_verdicts(path), ["Signature is Valid."], "pdfsig")
    equal(qpdf_complaints(path), set(), "qpdf --check")
    said = run(["pdfsig", "-nocert", path]).stdout
    assert "ETSI.CAdES.detached" in said and "Total document signed" in said, said
    _, container = container_of(path, name)
    signer = Signer(container)
    equal(sorted(signer.signed), sorted([CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2]), "signed attributes")
    equal(sorted(signer.unsigned), [TIMESTAMP_TOKEN] if level == "b-t" else [], "unsigned attributes")
    done = judged_by_openssl(name, algorithm)
    equal(done.returncode, 0, done.stderr)
    printed = run(["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", folder / f"{name}.cms"]).stdout
    signed = printed[printed.index("signedAttrs:"):printed.index("unsignedAttrs:")]
    assert SIGNING_CERTIFICATE_V2 in signed and SIGNING_TIME not in signed and ALGORITHMS[algorithm][1] in printed, printed
    equal(report(path)["signatures"][0]["level"], level.upper(), "level")


for arguments in LEVELS:
    add(f"sealed {' '.join(arguments)}", sealed_at, *arguments)


@test
def the_key_is_of_the_algorithm_asked_for():
    for algorithm, (word, signature) in ALGORITHMS.items():
        seal("key", algorithm=algorithm)
        _, container = container_of(folder / "key.pdf", "key")
        certificate = run(["openssl", "x509", "-in", KEYS[algorithm] / "seal.pem", "-noout", "-text"]).stdout
        assert word in certificate and certificate.count(f"Signature Algorithm: {signature}") == 2, certificate
        if algorithm.endswith("-pss"):
            equal((certificate.count("Public Key Algorithm: rsaEncryption"), certificate.count("Salt Length: 0x20")), (1, 2), certificate)
        der = subprocess.run(["openssl", "x509", "-in", KEYS[algorithm] / "seal.pem", "-outform", "DER"], capture_output=True).stdout
        assert der in Signer(container).certificates, "the certificate is in the container"


@test
def the_timestamp_is_accepted_by_openssl():
    for algorithm in KEYS:
        _, container = container_of(seal("stamped", "--level", "b-t", algorithm=algorithm), "stamped")
        signer = Signer(container)
        (folder / "token").write_bytes(signer.unsigned[TIMESTAMP_TOKEN].whole)
        (folder / "value").write_bytes(signer.signature)
        (folder / "other").write_bytes(signer.signature[:-1] + bytes([signer.signature[-1] ^ 1]))
        command = ["openssl", "ts", "-verify", "-token_in", "-in", folder / "token"]
        right = run([*command, "-data", folder / "value", "-CAfile", KEYS[algorithm] / "ca.pem"])
        assert right.returncode == 0 and "Verification: OK" in right.stdout, right.stdout + right.stderr
        for data, anchor in (("other", algorithm), ("value", "rsa3072" if algorithm == "p256" else "p256")):
            wrong = run([*command, "-data", folder / data, "-CAfile", KEYS[anchor] / "ca.pem"])
            assert wrong.returncode != 0, "the judge would accept anything"


@test
def the_judges_see_a_changed_byte():
    path = seal("judged")
    octets = bytearray(path.read_bytes())
    octets[octets.index(b"/Catalog") + 1] ^= 0x20
    path.write_bytes(octets)
    assert pdfsig_verdicts(path) != ["Signature is Valid."], "pdfsig"
    container_of(path, "judged")
    assert judged_by_openssl("judged", "p256").returncode != 0, "openssl"


@test
def names_and_mails_stand_in_the_signature():
    for name in ("山田 太郎", "𠮷野 髙子", "O'Brien (Legal) \\ Co", "Åsa Ünal", "契" * 200):
        path = seal("named", "--name", name, "--mail", "yamada@mirai.example")
        equal(report(path)["signatures"][0]["signer"], name, "signer")
        values = re.findall(r'"/(Name|ContactInfo)": "u:([^\n]*)"', run(["qpdf", "--json", path]).stdout)
        equal({k: json.loads(f'"{v}"') for k, v in values}, {"Name": name, "ContactInfo": "yamada@mirai.example"}, "qpdf")
        equal(pdfsig_verdicts(path), ["Signature is Valid."], "pdfsig")


@test
def without_a_name_there_is_none():
    octets = seal("nameless").read_bytes()
    assert b"/ContactInfo" not in octets and report(folder / "nameless.pdf")["signatures"][0]["signer"] == ""


def red_of(path, page, resolution=72):
    """Bounds (left, top, right, bottom) in pixels of what is red on a page as poppler draws it, or None."""
    drawn = subprocess.run(["pdftoppm", "-r", str(resolution), "-f", str(page), "-l", str(page), path], capture_output=True).stdout
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", drawn)
    width, pixels = int(head[1]), drawn[head.end():]
    red = [i // 3 for i in range(0, len(pixels), 3) if pixels[i] > 150 and pixels[i + 1] < 120 and pixels[i + 2] < 120]
    return (min(i % width for i in red), red[0] // width, max(i % width for i in red), red[-1] // width) if red else None


@test
def the_impression_stands_at_the_lower_right_of_the_last_page():
    path = seal("impressed", "--impression", "山田", "--name", "山田", "--level", "b-t")
    equal(red_of(path, 1), None, "red on the first page")
    left, top, right, bottom = red_of(path, 2)
    assert left > 400 and top > 650 and right < 595 and bottom < 842, (left, top, right, bottom)
    assert 10 * MM < right - left < 19 * MM and abs((right - left) - (bottom - top)) < 3, "a round seal of 12 to 18 mm"
    equal(pdfsig_verdicts(path), ["Signature is Valid."], "pdfsig")
    equal(qpdf_complaints(path), set(), "qpdf --check")
    equal(red_of(seal("plain"), 2), None, "red without an impression")


@test
def the_impression_fits_on_a_page_of_any_size():
    for width, height in ((200, 200), (80, 300), (40, 40), (2384, 3370)):
        (folder / "size.pdf").write_bytes(pdf(("x",), width, height))
        path = seal("sized", "--impression", "山田", of=folder / "size.pdf")
        resolution = 72 if width > 100 else 288
        left, top, right, bottom = (v * 72 / resolution for v in red_of(path, 1, resolution))
        assert 0 <= left < right <= width and 0 <= top < bottom <= height, (width, height, left, top, right, bottom)
        equal(qpdf_complaints(path), set(), "qpdf --check")


@test
def pipes_devices_links_and_folders_are_what_they_are():
    sealed = subprocess.run([BINARY, "seal", "-", "-o", "-", "--keys", KEYS["p256"]], input=IN.read_bytes(), capture_output=True,
                            env=ENVIRONMENT)
    equal(sealed.returncode, 0, sealed.stderr)
    judged = subprocess.run([BINARY, "verify", "-"], input=sealed.stdout, capture_output=True, env=ENVIRONMENT)
    equal(judged.returncode, 0, judged.stdout)
    os.mkfifo(folder / "fifo")
    reader = subprocess.Popen(["cat", folder / "fifo"], stdout=subprocess.PIPE)
    equal(keiin("seal", IN, "-o", folder / "fifo", "--keys", KEYS["p256"]).returncode, 0)
    assert reader.communicate(timeout=30)[0].startswith(b"%PDF-") and (folder / "fifo").is_fifo(), "a pipe stays a pipe"
    (folder / "target.pdf").write_bytes(b"old")
    (folder / "target.pdf").chmod(0o640)
    (folder / "link.pdf").symlink_to("target.pdf")
    seal("link")
    assert (folder / "link.pdf").is_symlink(), "a link stays a link"
    equal((folder / "target.pdf").stat().st_mode & 0o777, 0o640, "mode of a file that was there")
    equal(pdfsig_verdicts(folder / "target.pdf"), ["Signature is Valid."], "pdfsig")


@test
def a_new_file_has_the_usual_mode():
    for mask in (0o022, 0o077):
        out = folder / f"mode-{mask}.pdf"
        done = run(["sh", "-c", f'umask {mask:o}; "$0" seal "$1" -o "$2" --keys "$3"', BINARY, IN, out, KEYS["p256"]])
        equal((done.returncode, out.stat().st_mode & 0o777), (0, 0o666 & ~mask), done.stderr)


@test
def the_document_may_be_sealed_in_place():
    shutil.copy(IN, folder / "place.pdf")
    seal("place", of=folder / "place.pdf")
    equal(report(folder / "place.pdf")["verdict"], "sound")


# ---- keys ----

@test
def keys_are_made_once_and_only_the_owner_reads_them():
    seal("once")
    before = {p.name: p.read_bytes() for p in KEYS["p256"].iterdir()}
    equal(sorted(before), ["ca.key", "ca.pem", "seal.key", "seal.pem", "tsa.key", "tsa.pem"], "files")
    seal("twice")
    equal({p.name: p.read_bytes() for p in KEYS["p256"].iterdir()}, before, "the keys")
    for path in KEYS["p256"].glob("*.key"):
        equal(path.stat().st_mode & 0o777, 0o400, path.name)
    equal(KEYS["p256"].stat().st_mode & 0o777, 0o700, "the folder")


@test
def keys_live_in_the_users_data_folder():
    for variable, place in (("XDG_DATA_HOME", "keiin/keys"), ("HOME", ".local/share/keiin/keys")):
        home = folder / variable
        environment = {k: v for k, v in ENVIRONMENT.items() if k not in ("XDG_DATA_HOME", "HOME")}
        home.mkdir()
        done = keiin("seal", IN, "-o", folder / "home.pdf", env={**environment, variable: str(home)})
        equal((done.returncode, (home / place / "seal.pem").exists()), (0, True), done.stderr)


@test
def another_algorithm_than_the_keys_is_not_silently_ignored():
    seal("algorithm")
    nothing_written(2, ["p256", "--keys", "rsa3072"], "seal", IN, "-o", folder / "none.pdf", "--keys", KEYS["p256"],
                    "--algorithm", "rsa3072")
    done = keiin("seal", IN, "-o", folder / "taken.pdf", "--keys", KEYS["rsa3072"])
    equal(done.returncode, 0, "without --algorithm the keys are taken as they are")


@test
def two_first_commands_at_once_agree_on_the_keys():
    for turn in range(5):
        keys = folder / f"race-{turn}"
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            outs = [folder / f"race-{turn}-{n}.pdf" for n in range(4)]
            done = list(pool.map(lambda out: keiin("seal", IN, "-o", out, "--keys", keys, "--level", "b-t"), outs))
        equal([d.returncode for d in done], [0] * 4, [d.stderr for d in done])
        for out in outs:
            equal(report(out, "--trust", keys / "ca.pem")["verdict"], "sound")


@test
def keys_that_cannot_be_are_explained():
    out = folder / "none.pdf"
    nothing_written(2, ["/proc/keiin"], "seal", IN, "-o", out, "--keys", "/proc/keiin/keys")
    nothing_written(2, ["folder"], "seal", IN, "-o", out, "--keys", "")
    nothing_written(2, [str(IN)], "seal", IN, "-o", out, "--keys", IN)
    shutil.copytree(KEYS["p256"], folder / "incomplete")
    (folder / "incomplete" / "seal.key").unlink()
    nothing_written(2, ["incomplete", "missing"], "seal", IN, "-o", out, "--keys", folder / "incomplete")
    shutil.copytree(KEYS["p256"], folder / "junk")
    (folder / "junk" / "seal.key").unlink()
    (folder / "junk" / "seal.key").write_text("junk")
    nothing_written(2, ["junk"], "seal", IN, "-o", out, "--keys", folder / "junk")


# ---- what is refused ----

@test
def wrong_usage_of_seal_is_explained():
    out = folder / "none.pdf"
    for words, arguments in (
            (["which document"], []), (["which document"], ["-o", out]), (["-o"], [IN]),
            (["one document", "b.pdf"], [IN, "b.pdf", "-o", out]),
            (["--bogus"], [IN, "-o", out, "--bogus"]), (["-x"], ["-x", IN, "-o", out]), (["-o needs a value"], [IN, "-o"]),
            (["--level needs a value"], [IN, "-o", out, "--level"]), (["level b-lt"], [IN, "-o", out, "--level", "b-lt"]),
            (["level B-T"], [IN, "-o", out, "--level", "B-T"]), (["algorithm ed25519"], [IN, "-o", out, "--algorithm", "ed25519"]),
            (["one line"], [IN, "-o", out, "--name", "a\nb"]), (["one line"], [IN, "-o", out, "--name", b"\xff\xfe"]),
            (["one line"], [IN, "-o", out, "--name", "x" * 201]), (["one line"], [IN, "-o", out, "--name", "a\u202eb"]),
            (["not a mail address: x y"], [IN, "-o", out, "--mail", "x y"])):
        before = listing()
        done = subprocess.run([BINARY, "seal", *arguments], capture_output=True, encoding="utf-8", errors="replace", env=ENVIRONMENT)
        refused(done, 2, *words)
        assert "usage: keiin seal" in done.stderr and "unrecognized" not in done.stderr, done.stderr
        equal(listing(), before, "files")


@test
def documents_that_cannot_be_sealed_are_refused():
    (folder / "text.pdf").write_text("not a PDF at all\n" * 100)
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n" + random.Random(1).randbytes(5000))
    (folder / "folio.pdf").write_bytes(pdf().replace(b"/Type /Catalog", b"/Collection << /View /D >> /Type /Catalog"))
    run(["qpdf", "--encrypt", "user", "owner", "256", "--", IN, folder / "locked.pdf"])
    seal("already")
    for name, reason in (("text", "ERR_NOT_PDF"), ("empty", "ERR_NOT_PDF"), ("broken", "ERR_PDF_BROKEN"), ("folio", "ERR_PDF_ACTIVE"),
                         ("locked", "ERR_PDF_ENCRYPTED"), ("already", "ERR_PDF_SIGNED")):
        nothing_written(1, [f"{name}.pdf: ", reason], "seal", folder / f"{name}.pdf", "-o", folder / "none.pdf", "--keys", KEYS["p256"])


@test
def what_is_removed_is_said_in_the_readers_language():
    script, out = folder / "script.pdf", folder / "unscripted.pdf"
    script.write_bytes(pdf().replace(b"/Type /Catalog", b"/OpenAction << /S /JavaScript /JS (secret) >> /Type /Catalog"))
    for language, word in (("C.UTF-8", "Scripts and automatic actions were removed."), ("ja_JP.UTF-8", "スクリプトと自動で動く操作を取り除きました。")):
        done = keiin("seal", script, "-o", out, "--keys", KEYS["p256"], env={**ENVIRONMENT, "LC_ALL": language})
        equal(done.returncode, 0, done.stderr)
        assert word in done.stderr, done.stderr
        assert b"secret" not in out.read_bytes()


@test
def reasons_come_in_the_readers_language():
    for variables, japanese in (({"LC_ALL": "ja_JP.UTF-8"}, True), ({"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, True),
                                ({"LC_ALL": "C.UTF-8", "LANG": "ja_JP.UTF-8"}, False),
                                ({"LC_ALL": "", "LC_MESSAGES": "en_US.UTF-8", "LANG": "ja_JP.UTF-8"}, False)):
        environment = {**ENVIRONMENT, **variables}
        for done in (keiin("seal", pathlib.Path(__file__), "-o", folder / "none.pdf", env=environment),
                     keiin("inkan", "--text", "あいうえおかきく", "-o", folder / "none.png", env=environment),
                     keiin("inkan", "--text", "\U0002FFFF", "-o", folder / "none.png", env=environment),
                     keiin("verify", __file__, env=environment), keiin("verify", IN, env=environment)):
            reason = (done.stderr + done.stdout).splitlines()[0].replace("あいうえおかきく", "")
            equal(bool(re.search("[ぁ-ん]", reason)), japanese, reason)


@test
def files_that_cannot_be_read_or_written_are_named():
    (folder / "folder.pdf").mkdir()
    for target in ("/nonexistent/x.pdf", folder / "folder.pdf", "/proc/x.pdf", "", folder / ("x" * 300)):
        nothing_written(2, ["cannot write"], "seal", IN, "-o", target, "--keys", KEYS["p256"])
    for source in ("/nonexistent/x.pdf", folder, ""):
        nothing_written(2, ["cannot read"], "seal", source, "-o", folder / "none.pdf", "--keys", KEYS["p256"])
        nothing_written(2, ["cannot read"], "verify", source)
    nothing_written(2, ["cannot write"], "inkan", "--text", "山田", "-o", "/nonexistent/x.png")
    nothing_written(2, ["/dev/full"], "seal", IN, "-o", "/dev/full", "--keys", KEYS["p256"])


@test
def an_old_file_survives_a_refusal():
    (folder / "old.pdf").write_bytes(b"old")
    equal(keiin("seal", pathlib.Path(__file__), "-o", folder / "old.pdf", "--keys", KEYS["p256"]).returncode, 1)
    equal((folder / "old.pdf").read_bytes(), b"old")


@test
def a_document_that_opens_without_a_password_is_decrypted_first():
    run(["qpdf", "--encrypt", "", "owner", "256", "--", IN, folder / "open.pdf"])
    assert is_encrypted(folder / "open.pdf")
    path = seal("decrypted", of=folder / "open.pdf", said="Encryption that opens without a password")
    equal((is_encrypted(path), pdfsig_verdicts(path), qpdf_complaints(path)), (False, ["Signature is Valid."], set()))


# ---- keiin verify ----

def flipped(octets, at, turn):
    return octets[:at] + bytes([octets[at] ^ (0x01, 0x20, 0x80)[turn % 3]]) + octets[at + 1:]


def overlooked(octets, changes):
    """Which of the changed files verify as sound, by number."""
    def exit_of(n):
        path = folder / f"changed-{n}.pdf"
        path.write_bytes(changes[n])
        done = keiin("verify", path)
        path.unlink()
        assert done.returncode in (0, 1, 2), done
        return done.returncode
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [n for n, code in enumerate(pool.map(exit_of, range(len(changes)))) if code == 0 and changes[n] != octets]


def no_byte_may_change(level, algorithm):
    octets = seal("flip", "--level", level, "--name", "山田", "--impression", "山田", algorithm=algorithm).read_bytes()
    places = random.Random(20261124).sample(range(len(octets)), 200)
    equal([places[n] for n in overlooked(octets, [flipped(octets, at, turn) for turn, at in enumerate(places)])], [], "bytes")
    equal(report(folder / "flip.pdf")["verdict"], "sound", "the unchanged one")


for arguments in LEVELS:
    if arguments[1] in ("p256", "rsa3072", "rsa2048-pss"):
        add(f"no byte may change {' '.join(arguments)}", no_byte_may_change, *arguments)


@test
def nothing_may_be_added_or_cut_off():
    octets = seal("cut").read_bytes()
    places = random.Random(7).sample(range(len(octets)), 40)
    changes = [octets[:n] for n in [*places, len(octets) - 1]] + [octets + more for more in (b"\n", b" ", b"\0", b"%%EOF\n", octets)]
    changes += [octets[:n] + b" " + octets[n:] for n in places]
    equal(overlooked(octets, changes), [], "changes")


@test
def what_follows_the_seal_is_told():
    path = seal("follow")
    octets = path.read_bytes()
    root = re.findall(rb"/Root (\d+) 0 R", octets)[-1]
    last = re.findall(rb"startxref\s+(\d+)", octets)[-1]
    size = int(re.findall(rb"/Size (\d+)", octets)[-1])
    at = len(octets)
    added = b"%d 0 obj\n<< /Note (x) >>\nendobj\n" % size
    path.write_bytes(octets + added + b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %s 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n"
                     % (size, at, size + 1, root, last, at + len(added)))
    said = report(path, code=1)
    equal((said["verdict"], said["signatures"][0]["sound"]), ("unsound", False))
    assert said["signatures"][0]["problem"] and said["problem"], said
    assert "NOT SOUND" in keiin("verify", path).stdout


@test
def the_unsigned_and_the_unreadable_are_told_apart():
    equal(report(IN, code=1)["problem"], "the document is not signed")
    (folder / "junk.pdf").write_bytes(random.Random(2).randbytes(1000))
    (folder / "nothing.pdf").write_bytes(b"")
    run(["qpdf", "--encrypt", "user", "owner", "256", "--", IN, folder / "closed.pdf"])
    for name in ("junk", "nothing", "closed"):
        equal(report(folder / f"{name}.pdf", code=2)["verdict"], "unreadable")
        assert keiin("verify", folder / f"{name}.pdf").stdout.startswith("UNREADABLE: ")


@test
def a_given_root_must_be_the_one_that_issued():
    for level in ("b-b", "b-t"):
        path = seal("trusted", "--level", level)
        equal([report(path)["signatures"][0]["trusted"], report(path, "--trust", KEYS["p256"] / "ca.pem")["signatures"][0]["trusted"]],
              [False, True], "trusted")
        said = report(path, "--trust", KEYS["rsa3072"] / "ca.pem", code=1)
        equal((said["verdict"], said["signatures"][0]["trusted"]), ("unsound", False))
    (folder / "both.pem").write_text("".join((keys / "ca.pem").read_text() for keys in KEYS.values()))
    equal(report(path, "--trust", folder / "both.pem")["verdict"], "sound")
    (folder / "none.pem").write_text("")
    for anchors in (IN, folder / "none.pem"):
        nothing_written(2, ["no certificate", anchors.name], "verify", path, "--trust", anchors)
    nothing_written(2, ["cannot read", "nope"], "verify", path, "--trust", folder / "nope.pem")


LABELS = {
    "problem": ("problem", "問題"), "signer": ("signer", "署名者"), "reason": ("reason", "内容"),
    "claimed_time": ("claimed time", "申告時刻"), "timestamp": ("timestamp", "タイムスタンプ"), "level": ("level", "形式"),
    "certificate": ("certificate", "証明書"), "issuer": ("issued by", "発行者"), "certificate_sha256": ("SHA-256", "SHA-256"),
    "field": ("field", "署名欄")}


def facts(text):
    """The labelled lines of each paragraph: the headline, the signatures, the file."""
    return [dict(re.match(r"   (.+?)  +(.+)", line).groups() for line in paragraph.splitlines()[1:] if line.startswith("   "))
            for paragraph in text.split("\n\n")]


def same_facts(path, *arguments, code=0):
    said = report(path, *arguments, code=code)
    for language, option in enumerate(("--english", "--japanese")):
        done = keiin("verify", path, option, *arguments)
        equal(done.returncode, code)
        _, *signed, file = facts(done.stdout)
        equal(len(signed), len(said["signatures"]), "signatures")
        for text, fact in zip(signed, said["signatures"]):
            for key, labels in LABELS.items():
                if key != "problem" or language == 0:
                    equal(text.get(labels[language], ""), fact[key], key)
            numbers = re.findall(r"\d+", text[("covers", "対象範囲")[language]])
            equal(list(map(int, numbers)), [fact["revision"], fact["covered_bytes"]], "covers")
            equal(text[("followed by", "その後")[language]], fact["followed_by"] if language == 0 else
                  {"nothing": "この署名のあと変更はありません"}[fact["followed_by"]], "followed by")
            equal(text[("trusted", "信頼")[language]].startswith(("yes", "指定された信頼点まで確認済み")), fact["trusted"], "trusted")
        equal(file["SHA-256"], said["sha256"])
        equal(list(map(int, re.findall(r"\d+", file[("size", "大きさ")[language]]))), [said["bytes"], said["revisions"]], "size")
        headline = done.stdout.splitlines()[0]
        assert headline.startswith({0: ("SOUND: ", "問題ありません：")}.get(code, ("NOT SOUND: ", "問題があります："))[language]), headline


@test
def json_and_text_hold_the_same_facts():
    for level, algorithm in LEVELS:
        path = seal("facts", "--level", level, "--name", "山田 太郎", algorithm=algorithm)
        same_facts(path)
        same_facts(path, "--trust", KEYS[algorithm] / "ca.pem")
    same_facts(path, "--trust", KEYS["p256"] / "ca.pem", code=1)
    octets = path.read_bytes()
    path.write_bytes(octets[:20] + b"?" + octets[21:])
    same_facts(path, code=1)


@test
def the_report_says_what_was_signed_by_whom_and_when():
    said = report(seal("told", "--level", "b-t", "--name", "山田 太郎"), "--trust", KEYS["p256"] / "ca.pem")
    digest = run(["sha256sum", folder / "told.pdf"]).stdout.split()[0]
    fingerprint = run(["openssl", "x509", "-in", KEYS["p256"] / "seal.pem", "-noout", "-fingerprint", "-sha256"]).stdout
    signature, = said["signatures"]
    equal((said["sha256"], said["bytes"], said["revisions"]), (digest, (folder / "told.pdf").stat().st_size, 2))
    equal((signature["signer"], signature["kind"], signature["followed_by"]), ("山田 太郎", "approval", "nothing"))
    equal(signature["certificate_sha256"], fingerprint.strip().split("=")[1].replace(":", "").lower())
    times = run(["pdfsig", "-nocert", folder / "told.pdf"], env={**ENVIRONMENT, "TZ": "UTC"}).stdout
    clock = signature["claimed_time"][11:19]
    assert clock in times and signature["timestamp"] >= signature["claimed_time"], (times, signature)
    text = keiin("verify", folder / "told.pdf").stdout
    assert text.startswith("SOUND: 1 signature and 1 timestamp fit"), text


@test
def text_of_the_file_does_not_command_the_terminal():
    path = seal("terminal", "--name", "XXXXXXXX")
    path.write_bytes(path.read_bytes().replace(b"(XXXXXXXX)", b"(X\x1b[31mXX)"))
    done = keiin("verify", path)
    assert done.returncode == 1 and "\x1b" not in done.stdout and "[31m" in done.stdout, done.stdout


@test
def wrong_usage_of_verify_is_explained():
    for words, arguments in ((["which file"], []), (["at most", "c.pdf"], [IN, "b.pdf", "c.pdf"]), (["--bogus"], [IN, "--bogus"]), (["-x"], ["-x"]),
                             (["--trust needs a value"], [IN, "--trust"])):
        nothing_written(2, [*words, "usage: keiin verify"], "verify", *arguments)


# ---- keiin inkan ----

def inkan(name, *arguments):
    out = folder / name
    done = keiin("inkan", "-o", out, *arguments)
    equal((done.returncode, done.stdout, done.stderr), (0, "", ""), "inkan")
    return out.read_bytes()


@test
def the_png_is_a_round_red_seal():
    for millimetres in (12, 18):
        png = Png(inkan("seal.png", "--text", "山田", "--size", str(millimetres)))
        side = png.width
        equal(png.height, side, "square")
        assert abs(side / (600 / 25.4) - millimetres) < 0.5, f"{side} pixels at 600 a inch"
        inked = [(x, y) for y in range(side) for x in range(side) if png.pixel(x, y)[3] > 128]
        red, green, blue = (sum(png.pixel(x, y)[i] for x, y in inked) / len(inked) for i in range(3))
        assert red > 170 and green < 90 and blue < 90, (red, green, blue)
        middle = (side - 1) / 2
        assert max(math.hypot(x - middle, y - middle) for x, y in inked) <= side / 2 + 1, "nothing outside the circle"
        ring = {round(math.degrees(math.atan2(y - middle, x - middle)) / 10) % 36 for x, y in inked
                if math.hypot(x - middle, y - middle) > 0.44 * side}
        assert len(ring) >= 34, f"the ring is closed: {sorted(ring)}"
        inside = sum(math.hypot(x - middle, y - middle) < 0.4 * side for x, y in inked) / (math.pi * (0.4 * side) ** 2)
        assert 0.15 < inside < 0.75, f"characters inside: {inside}"


@test
def the_svg_says_what_it_is():
    text = inkan("seal.svg", "--text", "山田", "--size", "15").decode()
    root = xml.etree.ElementTree.fromstring(text)
    equal((root.tag, root.get("width"), root.get("height")), ("{http://www.w3.org/2000/svg}svg", "15mm", "15mm"))
    assert "山田" in root.find("{http://www.w3.org/2000/svg}title").text and "script" not in text
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) > 0, "something is drawn"
    equal(keiin("inkan", "--text", "A&B", "-o", folder / "markup.svg").returncode, 0)
    markup = xml.etree.ElementTree.parse(folder / "markup.svg").getroot()
    assert "A&B" in markup.find("{http://www.w3.org/2000/svg}title").text


@test
def the_pdf_has_its_true_size():
    inkan("seal.pdf", "--text", "山田", "--size", "12")
    equal(qpdf_complaints(folder / "seal.pdf"), set(), "qpdf --check")
    width, height = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", run(["pdfinfo", folder / "seal.pdf"]).stdout).groups())
    assert abs(width - 12 * MM) < 0.1 and abs(height - 12 * MM) < 0.1, (width, height)
    left, top, right, bottom = (v / 10 for v in red_of(folder / "seal.pdf", 1, 720))
    assert left < 2 and top < 2 and right > 12 * MM - 2 and bottom > 12 * MM - 2, "it fills the page"


@test
def every_face_is_another_and_the_same_again():
    faces = [inkan("face.svg", "--text", "山田", "--face", face) for face in ("kointai", "gyosho", "kaisho", "mincho")]
    equal(len(set(faces)), 4, "faces")
    equal(inkan("face.svg", "--text", "山田"), faces[0], "kointai unless another is asked for")
    assert inkan("face.svg", "--text", "佐藤") != faces[0]
    equal(inkan("a.png", "--text", "山田"), inkan("b.png", "--text", "山田"), "the same picture for the same text")


@test
def names_of_all_lengths_are_drawn():
    for text in ("林", "山田", "佐々木", "長谷川 潤", "勅使河原", "一二三四五六", "すずき", "サトウ", "Smith", "O'Neil", "髙﨑", "𠮷田",
                 "辻\U000E0100"):
        done = keiin("inkan", "--text", text, "-o", folder / "name.svg")
        equal(done.returncode, 0, f"{text}: {done.stderr}")
        equal(qpdf_complaints(seal("drawn", "--impression", text)), set(), text)


@test
def wrong_usage_of_inkan_is_explained():
    png = folder / "none.png"
    text = ["--text", "山田"]
    for words, arguments in (
            (["--text"], []), (["--text"], ["-o", png]), (["-o"], text), (["none.jpg"], [*text, "-o", "none.jpg"]),
            (["face comic"], [*text, "-o", png, "--face", "comic"]), (["size", "big"], [*text, "-o", png, "--size", "big"]),
            (["size", "1000"], [*text, "-o", png, "--size", "1000"]), (["size", "-1"], [*text, "-o", png, "--size", "-1"]),
            (["size", "1e1"], [*text, "-o", png, "--size", "1e1"]), (["--bogus"], ["--bogus"]), (["more"], [*text, "-o", png, "more"])):
        nothing_written(2, [*words, "usage: keiin inkan"], "inkan", *arguments)


@test
def texts_that_make_no_seal_are_refused():
    for command in (["inkan", "--text"], ["seal", IN, "--keys", KEYS["p256"], "--impression"]):
        for text in ("", "  ", "一二三四五六七", "\U0001F600", "山\n田", "山\u202e田", "<svg>"):
            nothing_written(1, ["1 to 6", "ERR_INVALID"], *command, text, "-o", folder / "none.png")
        nothing_written(1, ["ERR_GLYPH"], *command, "\U000323AF", "-o", folder / "none.png")


# ---- the whole program ----

@test
def help_is_given_where_it_is_asked_for():
    for arguments, word in ((["help"], "keiin seal"), (["--help"], "keiin verify"), (["-h"], "keiin inkan"),
                            (["serve", "--help"], "keiin serve"), (["seal", "--help"], "usage: keiin seal"), (["verify", "--help"], "usage: keiin verify"),
                            (["inkan", "--help"], "usage: keiin inkan"), (["version"], "keiin "), (["--version"], "keiin ")):
        done = keiin(*arguments)
        equal((done.returncode, done.stderr), (0, ""))
        assert word in done.stdout, done.stdout


@test
def every_option_is_in_the_help():
    usage = keiin("help").stdout
    for command in ("seal", "verify", "inkan"):
        for option in re.findall(r"--?[a-z]+", keiin(command, "--help").stdout.split("usage:")[1]):
            assert option in usage, f"{command} {option}"


@test
def unknown_commands_are_named():
    for arguments, words in (([], ["what shall I do?"]), (["bogus"], ["bogus", "keiin seal"]), (["serve", "--bogus", "x"], ["--bogus"]),
                             (["serve", "--data"], ["--data"]), (["role"], ["role"])):
        nothing_written(2, words, *arguments)


sys.exit(checks.run_all())
