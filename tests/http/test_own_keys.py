"""The keys of a running server: renewed in the middle of a contract, brought from outside as a file or in a token, refused when unfit, slowed down."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import checks
import server
from checks import BINARY, equal, test

kept = tempfile.TemporaryDirectory(prefix="keiin-own-keys-")
FOLDER = pathlib.Path(kept.name)
LEAF = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
ISSUER = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"


def run(*command, **more):
    return subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def must(*command, **more):
    done = run(*command, **more)
    equal(done.returncode, 0, done.stdout)
    return done.stdout


class Restartable(server.Keiin):
    """A server whose data folder outlives it."""

    def pause(self):
        self.process.terminate()
        self.process.wait(server.WAIT_S)

    def again(self, **environment):
        self.process.stdout.close()
        self.process = subprocess.Popen([BINARY, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"],
                                        env={**os.environ, **server.QUIET, **environment}, stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert any(self.base in line for line in self.process.stdout), self.logged()


def contract_of(keiin, sender, meanwhile=lambda: None):
    """The concluded and archived contract, as a file."""
    envelope, *_ = server.concluded_contract(keiin, sender, meanwhile=meanwhile)
    server.until("the archive timestamp", lambda: "長期検証の情報とタイムスタンプを付与" in sender.get(f"/c/{envelope}").text)
    path = FOLDER / f"{envelope}.pdf"
    path.write_bytes(sender.get(f"/c/{envelope}/contract.pdf").body)
    return path


def report(path, *trust):
    anchors = FOLDER / "anchors.pem"
    anchors.write_text("".join(t.read_text() for t in trust))
    done = run(BINARY, "verify", path, "--json", "--trust", anchors)
    equal(done.returncode, 0, done.stdout)
    return json.loads(done.stdout)["signatures"]


def pdfsig_agrees(path, signatures):
    said = must("pdfsig", path)
    equal(said.count("Signature is Valid."), signatures, said)


def fingerprint(pem):
    return must("openssl", "x509", "-in", pem, "-noout", "-fingerprint", "-sha256").split("=")[1].strip().replace(":", "").lower()


# ---- roll-over ----

@test
def a_contract_has_signatures_by_old_and_new_keys():
    keiin = Restartable(KEIIN_SEAL_ARCHIVE_AFTER="0")
    try:
        sender = server.sender_of(keiin)
        keys = keiin.data / "keys"
        old = {name: fingerprint(keys / f"{name}.pem") for name in ("seal", "tsa")}

        def roll():
            refused = run(BINARY, "keys", "roll", "--data", keiin.data, env={**os.environ, "LC_ALL": "C.UTF-8"})
            assert refused.returncode == 1 and "stop the server" in refused.stdout, refused.stdout
            keiin.pause()
            must(BINARY, "keys", "roll", "--data", keiin.data)
            keiin.again(KEIIN_SEAL_ARCHIVE_AFTER="0")

        path = contract_of(keiin, sender, roll)
        new = {name: fingerprint(keys / f"{name}.pem") for name in ("seal", "tsa")}
        assert not set(old.values()) & set(new.values()), "the keys are new"
        signatures = report(path, keys / "ca.pem")
        by = [s["certificate_sha256"] for s in signatures if s["kind"] != "timestamp"]
        equal((by[0], set(by[1:])), (old["seal"], {new["seal"]}), "the first by the old key, the rest by the new")
        equal({s["level"] for s in signatures if s["kind"] != "timestamp"}, {"B-LTA"})
        pdfsig_agrees(path, len(by))
        lost = subprocess.run([BINARY, "keys", "status", "--data", "/nonexistent"], capture_output=True, text=True)
        assert lost.returncode and "no keys in /nonexistent/keys" in lost.stderr, lost.stderr
        status = must(BINARY, "keys", "status", "--data", keiin.data)
        for digest in (*old.values(), *new.values(), fingerprint(keys / "ca.pem")):
            assert digest in status, status
        seals, stamps = map(int, re.search(r"seals (\d+), timestamps (\d+)", status).groups())
        assert seals >= 2 and stamps >= 2, status
        assert len(list((keys / "old").glob("*.key"))) == 2, "the old keys are kept"
        logged = keiin.logged()
        assert re.search(r"sign.*key=seal job=\w+.* sha256=[0-9a-f]{64} result=OK", logged), "every signature is logged"
        keiin.pause()
        must(BINARY, "keys", "roll", "--destroy-old", "--data", keiin.data)
        equal((len(list((keys / "old").glob("*.key"))), len(list((keys / "old").glob("*.pem")))), (0, 4))
        report(path, keys / "ca.pem")
    finally:
        keiin.stop()


# ---- certificates that do not serve ----

def issue(name, key, subject, issuer, extensions, days=3650, more=()):
    """A certificate under the issuer (name of its .key and .pem; None: by itself)."""
    extension_file = FOLDER / f"{name}.ext"
    extension_file.write_text(extensions)
    must("openssl", "req", "-new", "-key", key, "-subj", subject, "-out", FOLDER / f"{name}.csr", *more)
    signed = ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-set_serial", str(1000 + len(list(FOLDER.iterdir())))) if issuer else ("-signkey", key)
    must("openssl", "x509", "-req", "-in", FOLDER / f"{name}.csr", "-extfile", extension_file, "-days", str(days), "-out", FOLDER / f"{name}.pem", *signed)
    return FOLDER / f"{name}.pem"


def refuses_to_start(data, words, **environment):
    done = run("timeout", "60", BINARY, "serve", "--data", data, "--listen", f"127.0.0.1:{server.free_port()}",
               env={**os.environ, **server.QUIET, **environment})
    equal(done.returncode, 1, done.stdout)
    assert all(w in done.stdout for w in words), done.stdout


def made_folder():
    """A data folder with keys, as a first start leaves it."""
    data = FOLDER / "unfit"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    (FOLDER / "page.pdf").write_bytes(server.plain_pdf())
    must(BINARY, "seal", FOLDER / "page.pdf", "-o", FOLDER / "sealed.pdf", "--keys", data / "keys")
    return data


@test
def unfit_certificates_are_refused_in_two_languages():
    data = made_folder()
    keys = data / "keys"
    good = {name: (keys / f"{name}.pem").read_bytes() for name in ("seal", "tsa")}

    def put(name, pem):
        (keys / f"{name}.pem").unlink()
        (keys / f"{name}.pem").write_bytes(pem)

    stamping = LEAF.replace(",nonRepudiation", "") + "extendedKeyUsage=critical,timeStamping\n"
    for name, pem, words in (
            ("seal", issue("short", keys / "seal.key", "/CN=Short", keys / "ca", LEAF, days=20), ["まもなく終わります", "ends soon", "seal.allow_short"]),
            ("tsa", issue("tsa-short", keys / "tsa.key", "/CN=Short", keys / "ca", stamping, days=29), ["タイムスタンプ用", "ends soon"]),
            ("seal", issue("ended", keys / "seal.key", "/CN=Ended", keys / "ca", LEAF, days=-1), ["有効期間が終わって", "has ended"]),
            ("seal", issue("other", keys / "tsa.key", "/CN=Other", keys / "ca", LEAF), ["対になっていません", "belongs to another key"]),
            ("seal", issue("use", keys / "seal.key", "/CN=Use", keys / "ca", LEAF.replace("digitalSignature,nonRepudiation", "keyAgreement")),
             ["この用途に使えません", "is not for this use"]),
            ("tsa", issue("tsa-use", keys / "tsa.key", "/CN=Use", keys / "ca", LEAF), ["タイムスタンプ用", "is not for this use"])):
        put(name, pem.read_bytes())
        refuses_to_start(data, words)
        if "has ended" in words or "belongs to another key" in words:
            refuses_to_start(data, words, KEIIN_SEAL_ALLOW_SHORT="on")
        put(name, good[name])


@test
def a_short_certificate_is_tolerated_when_told():
    keiin = Restartable()
    try:
        keiin.pause()
        keys = keiin.data / "keys"
        short = issue("brief", keys / "seal.key", "/CN=Brief", keys / "ca", LEAF, days=20)
        (keys / "seal.pem").unlink()
        shutil.copy(short, keys / "seal.pem")
        keiin.again(KEIIN_SEAL_ALLOW_SHORT="on")
        assert re.search(r"certificate.*seals ends in days=(19|20)", keiin.logged()), keiin.logged()
    finally:
        keiin.stop()


# ---- keys from outside ----

def authority(intermediates):
    """A root and a chain below it: names of .key and .pem files, the root first."""
    chain = []
    for n in range(intermediates + 1):
        name = f"ca{intermediates}-{n}"
        must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", FOLDER / f"{name}.key")
        issue(name, FOLDER / f"{name}.key", f"/CN=Outside CA {n}", chain[-1] if chain else None, ISSUER)
        chain.append(FOLDER / name)
    return chain


def seals_with(environment, chain, algorithm):
    """A whole contract by a key from outside."""
    keiin = Restartable(KEIIN_SEAL_ARCHIVE_AFTER="0", **environment)
    try:
        sender = server.sender_of(keiin)
        path = contract_of(keiin, sender)
        signatures = [s for s in report(path, FOLDER / f"{chain[0].name}.pem", keiin.data / "keys" / "ca.pem") if s["kind"] != "timestamp"]
        equal({(s["certificate"], s["trusted"]) for s in signatures}, {("CN=Outside Seal", True)}, "by the key from outside")
        pdfsig_agrees(path, len(signatures))
        status = must(BINARY, "keys", "status", "--data", keiin.data)
        assert f"outside.pem\n  subject    CN=Outside Seal" in status and f"algorithm  {algorithm}" in status, status
        equal(status.count("outside.pem\n"), len(chain) + 1, "the whole chain")
        for role, pid in keiin.roles().items():  # settings come by another way, and to each role its own
            assert b"KEIIN_" not in pathlib.Path(f"/proc/{pid}/environ").read_bytes(), role
        return keiin
    finally:
        keiin.pause()


@test
def a_pkcs12_file_with_a_long_chain():
    chain = authority(6)
    key = FOLDER / "p12.key"
    must("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key)
    leaf = issue("p12", key, "/CN=Outside Seal", chain[-1], LEAF)
    (FOLDER / "issuers.pem").write_text("".join((FOLDER / f"{c.name}.pem").read_text() for c in chain))  # in any order
    password = FOLDER / "password"
    password.write_text("correct horse\n")
    must("openssl", "pkcs12", "-export", "-inkey", key, "-in", leaf, "-certfile", FOLDER / "issuers.pem", "-out", FOLDER / "seal.p12", "-passout", f"file:{password}")
    environment = {"KEIIN_SEAL_PKCS12": str(FOLDER / "seal.p12"), "KEIIN_SEAL_PKCS12_PASSWORD_FILE": str(password)}
    keiin = seals_with(environment, chain, "rsa2048")
    # without the setting the own key is in use again
    keiin.again()
    assert not (keiin.data / "keys" / "outside.pem").exists()
    kept_chain, = (keiin.data / "keys" / "old").glob("*-outside.pem")
    assert kept_chain.read_text() in server.Person(keiin).get("/verify/root.pem").text, "its seals can still be judged"
    keiin.stop()
    password.write_text("wrong\n")
    refuses_to_start(made_folder(), ["seal.*", "パスワード", "the password"], **environment)


@test
def a_key_that_never_leaves_its_token():
    module = next((p for p in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so") if os.path.exists(p)), None)
    if not module:
        raise checks.Skipped("softhsm2 is not installed")
    tokens = FOLDER / "tokens"
    tokens.mkdir()
    (FOLDER / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    environment = {"SOFTHSM2_CONF": str(FOLDER / "softhsm2.conf")}
    os.environ.update(environment)
    must("softhsm2-util", "--init-token", "--free", "--label", "keiin", "--pin", "4711", "--so-pin", "0815")
    chain = authority(1)
    pin = FOLDER / "pin"
    pin.write_text("4711\n")
    for number, (name, algorithm, options) in enumerate((("ec", "p384", ("EC", "-pkeyopt", "ec_paramgen_curve:P-384")), ("rsa", "rsa2048", ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")),
                                     ("pss", "rsa2048-pss", ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")))):
        key = FOLDER / f"token-{name}.key"
        must("openssl", "genpkey", "-algorithm", *options, "-out", key)
        issuers = chain
        if name == "pss":  # a CA that signs by PSS: the seal follows
            issuers = [FOLDER / "pss-ca"]
            must("openssl", "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_pss_keygen_md:sha256", "-pkeyopt",
                 "rsa_pss_keygen_mgf1_md:sha256", "-pkeyopt", "rsa_pss_keygen_saltlen:32", "-out", FOLDER / "pss-ca.key")
            issue("pss-ca", FOLDER / "pss-ca.key", "/CN=PSS CA", None, ISSUER)
        leaf = issue(f"token-{name}", key, "/CN=Outside Seal", issuers[-1], LEAF)
        bundle = FOLDER / f"bundle-{name}.pem"
        bundle.write_text(leaf.read_text() + "".join((FOLDER / f"{c.name}.pem").read_text() for c in reversed(issuers)))
        must("softhsm2-util", "--import", key, "--token", "keiin", "--label", name, "--id", f"0{number}", "--pin", "4711")
        settings = {**environment, "KEIIN_SEAL_PKCS11_MODULE": module, "KEIIN_SEAL_PKCS11_KEY": f"pkcs11:token=keiin;object={name}",
                    "KEIIN_SEAL_PKCS11_PIN_FILE": str(pin), "KEIIN_SEAL_PKCS11_FILES": str(tokens), "KEIIN_SEAL_CERTIFICATE": str(bundle)}
        keiin = seals_with(settings, issuers, algorithm)
        keiin.stop()
    refuses_to_start(made_folder(), ["seal.pkcs11_key names no private key"], **{**settings, "KEIIN_SEAL_PKCS11_KEY": "pkcs11:token=keiin;object=none"})
    refuses_to_start(made_folder(), ["belongs to another key"], **{**settings, "KEIIN_SEAL_PKCS11_KEY": "pkcs11:token=keiin;object=rsa"})
    pin.write_text("0000\n")
    refuses_to_start(made_folder(), ["login", "PIN"], **settings)


# ---- limits ----

@test
def a_slow_rate_delays_and_loses_nothing():
    keiin = Restartable(KEIIN_SEAL_RATE_PER_MINUTE="2")
    try:
        server.concluded_contract(keiin, server.sender_of(keiin), limit_s=120)
        status = must(BINARY, "keys", "status", "--data", keiin.data)
        assert int(re.search(r"refused by a limit (\d+)", status)[1]) > 0, status
        assert keiin.logged().count("refused for now: seal.rate_per_minute") in (1, 2), "the log says so once a minute"
    finally:
        keiin.stop()


sys.exit(checks.run_all())
