"""The embedded authority over HTTP: timestamps, answers about certificates, the list of revoked ones; judged by openssl."""
import base64
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import checks
import server
from checks import add, equal, test

keiin = server.Keiin(KEIIN_TSA_SERVE="on", KEIIN_SERVER_RATE_LIMITS="off")
stranger = server.Person(keiin)
folder = tempfile.TemporaryDirectory(prefix="keiin-authority-")
KEYS = keiin.data / "keys"
POLICY = "2.25.292146183305741820915477064912563712853"


def path(name, octets=None):
    at = f"{folder.name}/{name}"
    if octets is not None:
        with open(at, "wb") as out:
            out.write(octets)
    return at


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors="replace")


def post(where, octets, kind):
    return stranger.send("POST", where, octets, {"Content-Type": kind})


def query(*options, text=b"contract", name="q"):
    code, said = openssl("ts", "-query", "-data", path(name + ".txt", text), "-out", path(name + ".tsq"), *options)
    equal(code, 0, said)
    with open(path(name + ".tsq"), "rb") as f:
        return f.read()


def stamp(octets):
    answer = post("/tsa", octets, "application/timestamp-query")
    equal(answer.status, 200, answer.text)
    equal(answer.headers["content-type"], "application/timestamp-reply")
    return answer.body


def text_of(reply, name="r"):
    return openssl("ts", "-reply", "-in", path(name + ".tsr", reply), "-text")[1]


def is_verified(reply, name="q", *options):
    code, said = openssl("ts", "-verify", "-in", path(name + ".tsr", reply), "-queryfile", path(name + ".tsq"), "-CAfile",
                         KEYS / "ca.pem", *options)
    equal(code, 0, said)
    assert "Verification: OK" in said, said


def openssl_accepts_a_token(digest, certificates, nonce):
    octets = query(f"-{digest}", *(["-cert"] if certificates else []), *([] if nonce else ["-no_nonce"]))
    reply = stamp(octets)
    is_verified(reply, "q", *([] if certificates else ["-untrusted", KEYS / "tsa.pem"]))
    said = text_of(reply)
    assert f"Policy OID: {POLICY}" in said and "Accuracy: 0x01 seconds" in said, said
    equal("Nonce: unspecified" in said, not nonce, said)
    holds = openssl("x509", "-in", KEYS / "tsa.pem", "-outform", "DER", "-out", path("tsa.der"))
    equal(holds[0], 0)
    with open(path("tsa.der"), "rb") as f:
        equal(f.read() in reply, certificates)


for digest in ("sha256", "sha384", "sha512"):
    for certificates in (True, False):
        add(f"openssl accepts a token over {digest}, certificates {certificates}", openssl_accepts_a_token, digest, certificates,
            certificates)


@test
def our_policy_may_be_asked_for():
    is_verified(stamp(query("-sha256", "-cert", "-tspolicy", POLICY)))


def is_refused(what, octets, failure):
    said = text_of(stamp(octets))
    assert "Status: Rejected." in said and "TST info:\nNot included." in said, said
    assert f"Failure info: {failure}" in said, f"{what}: {said}"


GOOD = query("-sha256", "-cert")
AT = GOOD.index(bytes.fromhex("0420"))  # the imprint
REFUSED = {
    "a digest that is too weak": (query("-sha1", name="weak"), "unrecognized or unsupported algorithm identifier"),
    "somebody else's policy": (query("-sha256", "-tspolicy", "1.2.3.4", name="policy"),
                               "the requested TSA policy is not supported by the TSA"),
    "nothing": (b"", "the data submitted has the wrong format"),
    "no query": (b"<html>It works!</html>", "the data submitted has the wrong format"),
    "half a query": (GOOD[:-1], "the data submitted has the wrong format"),
    "bytes behind it": (GOOD + b"\0", "the data submitted has the wrong format"),
    "an imprint that is too short": (b"\x30\x2a\x02\x01\x01\x30\x25" + GOOD[7:AT] + b"\x04\x14" + b"x" * 20,
                                     "the data submitted has the wrong format"),
    "another version": (GOOD.replace(b"\x02\x01\x01", b"\x02\x01\x02", 1), "transaction not permitted or supported"),
}
for what, (octets, failure) in REFUSED.items():
    add(f"refused: {what}", is_refused, what, octets, failure)


@test
def a_query_with_an_extension_is_refused():
    extension = bytes.fromhex("a00b3009060323040504023000")
    octets = bytes([0x30, len(GOOD) - 2 + len(extension)]) + GOOD[2:] + extension
    is_refused("an extension", octets, "the requested extension is not supported by the TSA")


@test
def what_is_not_called_a_query_is_not_taken():
    equal(post("/tsa", GOOD, "text/plain").status, 422)
    equal(post("/tsa", b"x" * 9000, "application/timestamp-query").status, 413)
    equal(stranger.get("/tsa").status, 405)


def serial_of(reply, name):
    return re.search(r"Serial number: (0x[0-9A-F]+)", text_of(reply, name))[1]


@test
def serials_are_unique_among_ten_clients_and_after_a_restart_of_the_keeper():
    def client(number):
        own = server.Person(keiin)
        return [own.send("POST", "/tsa", GOOD, {"Content-Type": "application/timestamp-query"}).body for _ in range(8)]

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        replies = [reply for some in pool.map(client, range(10)) for reply in some]
    keeper = keiin.roles()["keyd"]
    os.kill(keeper, signal.SIGKILL)
    server.until("the keeper's successor", lambda: keiin.roles_if_whole().get("keyd", keeper) != keeper)
    replies += client(0)
    granted = [reply for reply in replies if b"\x30\x03\x02\x01\x00" in reply[:12]]
    assert len(granted) >= 80, len(granted)
    equal(len({serial_of(reply, "serial") for reply in granted}), len(granted))


# ---- answers about certificates ----
def ocsp_request(certificate, *options):
    code, said = openssl("ocsp", *options, "-issuer", KEYS / "ca.pem", "-cert", certificate, "-reqout", path("q.ocsp"))
    equal(code, 0, said)
    with open(path("q.ocsp"), "rb") as f:
        return f.read()


def judged(response, certificate, *options):
    return openssl("ocsp", *options, "-respin", path("r.ocsp", response), "-issuer", KEYS / "ca.pem", "-cert", certificate,
                   "-CAfile", KEYS / "ca.pem")[1]


def answered(octets):
    answer = post("/ocsp", octets, "application/ocsp-request")
    equal(answer.status, 200, answer.text)
    equal(answer.headers["content-type"], "application/ocsp-response")
    return answer.body


def openssl_accepts_an_answer(*options):
    said = judged(answered(ocsp_request(KEYS / "seal.pem", *options)), KEYS / "seal.pem", *options)
    assert "Response verify OK" in said and "seal.pem: good" in said, said


add("openssl accepts an answer", openssl_accepts_an_answer)
add("openssl accepts an answer by sha-256", openssl_accepts_an_answer, "-sha256")
add("openssl accepts an answer without a nonce", openssl_accepts_an_answer, "-no_nonce")


@test
def a_get_answers_the_same():
    octets = ocsp_request(KEYS / "seal.pem", "-no_nonce")
    text = base64.b64encode(octets).decode()
    for written in (urllib.parse.quote(text, safe=""), urllib.parse.quote(text, safe="/")):
        answer = stranger.get("/ocsp/" + written)
        equal(answer.status, 200)
        equal(answer.body, answered(octets))
    equal(stranger.get("/ocsp/!!!").status, 422)


@test
def what_cannot_be_answered_is_said():
    equal(answered(b"nonsense"), bytes.fromhex("30030a0101"))  # malformedRequest
    # of a certificate that the root did not issue, and of another root's: unauthorized
    equal(answered(serial_unknown()), bytes.fromhex("30030a0106"))
    octets = bytearray(ocsp_request(KEYS / "seal.pem", "-no_nonce"))
    at = octets.index(bytes.fromhex("0414"))
    octets[at + 2] ^= 1
    equal(answered(bytes(octets)), bytes.fromhex("30030a0106"))


def serial_unknown():
    code, said = openssl("ocsp", "-issuer", KEYS / "ca.pem", "-serial", "0x123456789A", "-reqout", path("s.ocsp"), "-no_nonce")
    equal(code, 0, said)
    with open(path("s.ocsp"), "rb") as f:
        return f.read()


@test
def many_questions_make_one_signature():
    def made():
        return len(re.findall(r"public what=ocsp result=OK", keiin.logged()))

    octets = ocsp_request(KEYS / "seal.pem", "-no_nonce")
    answered(octets)
    before = made()
    for _ in range(20):
        answered(octets)
    equal(made(), before)


@test
def a_revoked_certificate_is_told_of():
    serial = openssl("x509", "-in", KEYS / "tsa.pem", "-noout", "-serial")[1].strip().removeprefix("serial=")
    (KEYS / "revoked").write_text(f"{serial} {time.strftime('%Y%m%d%H%M%SZ', time.gmtime())}\n")
    keeper = keiin.roles()["keyd"]
    os.kill(keeper, signal.SIGKILL)
    server.until("the keeper's successor", lambda: keiin.roles_if_whole().get("keyd", keeper) != keeper)
    said = judged(answered(ocsp_request(KEYS / "tsa.pem", "-no_nonce")), KEYS / "tsa.pem", "-no_nonce")
    assert "Response verify OK" in said and "tsa.pem: revoked" in said, said
    code, said = openssl("crl", "-inform", "DER", "-in", path("list.crl", stranger.get("/crl").body), "-CAfile", KEYS / "ca.pem",
                         "-noout", "-text")
    equal(code, 0, said)
    assert "verify OK" in said and serial in said, said


@test
def timestamps_are_for_strangers_only_where_that_is_said():
    other = server.Keiin()
    try:
        answer = server.Person(other).send("POST", "/tsa", GOOD, {"Content-Type": "application/timestamp-query"})
        equal(answer.status, 404)
    finally:
        other.stop()


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
