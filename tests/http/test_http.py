"""Requests no browser sends, too many, too slow, too large: each is refused, nothing is left behind, and the server goes on."""
import os
import re
import select
import socket
import ssl
import sys
import threading
import time
import warnings

import checks
import server
from checks import add, equal, test

warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0, which is to be refused
keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off")
sender = server.sender_of(keiin)
HOST = f"Host: {keiin.host}\r\n".encode()
MB = 1024 * 1024
LEAK = re.compile(rb"root:[x*]?:0:|PRIVATE KEY|SQLite format")


def still_answers():
    """A browser's request is answered as before."""
    answer = server.Person(keiin).get("/login")
    equal((answer.status, "csrf" in answer.text), (200, True))


def get(path=b"/login", head=b"", method=b"GET", version=b"HTTP/1.1", host=HOST):
    return method + b" " + path + b" " + version + b"\r\n" + host + head + b"\r\n"


def post(body, head=b"", path=b"/login", length=None):
    length = str(len(body) if length is None else length).encode()
    return get(path, b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + length + b"\r\n" + head, b"POST") + body


def refused(octets, *allowed):
    """The request is refused (4xx, or the connection closed), or answered with one of the allowed codes; never a 5xx."""
    answer = keiin.say(octets)
    code = server.status(answer)
    assert code == 0 or 400 <= code < 500 or code in allowed, (code, octets[:200], answer[:300])
    assert not LEAK.search(answer)
    still_answers()
    return answer


CHUNKED = b"Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n"
# Requests that two readers could understand in two ways, or that no reader should.
MALFORMED = {
    "no Host": get(host=b""),
    "an empty Host": get(host=b"Host: \r\n"),
    "two Hosts": get(host=HOST + HOST),
    "two different Hosts": get(host=HOST + b"Host: evil.example\r\n"),
    "two Content-Lengths": post(b"a=b", b"Content-Length: 3\r\n"),
    "two different Content-Lengths": post(b"a=b", b"Content-Length: 30\r\n"),
    "Content-Length and Transfer-Encoding": get(head=CHUNKED + b"Content-Length: 5\r\n", method=b"POST") + b"0\r\n\r\n",
    "Transfer-Encoding and Content-Length": get(head=b"Content-Length: 5\r\n" + CHUNKED, method=b"POST") + b"0\r\n\r\n",
    "Transfer-Encoding twice": get(head=CHUNKED + CHUNKED, method=b"POST") + b"0\r\n\r\n",
    "an unknown Transfer-Encoding": get(head=b"Transfer-Encoding: gzip, chunked\r\n", method=b"POST") + b"0\r\n\r\n",
    "Transfer-Encoding xchunked": get(head=b"Transfer-Encoding: xchunked\r\n", method=b"POST") + b"0\r\n\r\n",
    "a negative Content-Length": post(b"", length=-1),
    "a Content-Length with a plus": get(head=b"Content-Length: +3\r\n", method=b"POST") + b"a=b",
    "a hexadecimal Content-Length": get(head=b"Content-Length: 0x3\r\n", method=b"POST") + b"a=b",
    "a Content-Length in two words": get(head=b"Content-Length: 3 3\r\n", method=b"POST") + b"a=b",
    "a Content-Length as a list": get(head=b"Content-Length: 3, 3\r\n", method=b"POST") + b"a=b",
    "a Content-Length beyond 64 bits": get(head=b"Content-Length: 99999999999999999999999\r\n", method=b"POST") + b"a=b",
    "a chunk that is no number": get(head=CHUNKED, method=b"POST") + b"zz\r\nabc\r\n0\r\n\r\n",
    "a negative chunk": get(head=CHUNKED, method=b"POST") + b"-1\r\nabc\r\n0\r\n\r\n",
    "a chunk beyond 64 bits": get(head=CHUNKED, method=b"POST") + b"FFFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
    "a header name with a space": get(head=b"X y: z\r\n"),
    "a space before the colon": get(head=b"Content-Length : 3\r\n", method=b"POST") + b"a=b",
    "a header name with a control byte": get(head=b"X\x01y: z\r\n"),
    "a NUL in the path": get(b"/lo\0gin"),
    "an encoded NUL in the path": get(b"/login%00.css"),
    "an encoded NUL in the query": get(b"/login?next=%00"),
    "a control byte in the path": get(b"/log\x01in"),
    "a space in the path": get(b"/log in"),
    "a lone percent sign": get(b"/%"),
    "an unfinished escape": get(b"/login%2"),
    "an escape that is no number": get(b"/%zz"),
    "an escape that is no number in the query": get(b"/login?next=%zz"),
    "bytes that are no UTF-8 in the path": get(b"/\xff\xfe"),
    "escapes that are no UTF-8": get(b"/%ff%fe"),
    "an overlong slash": get(b"/assets%c0%af..%c0%afkeys"),
    "a surrogate": get(b"/%ed%a0%80"),
    "escapes that are no UTF-8 in the query": get(b"/login?next=%ff"),
    "the absolute form": get(b"https://" + keiin.host.encode() + b"/login"),
    "the absolute form of another": get(b"http://evil.example/"),
    "the asterisk form": get(b"*", method=b"OPTIONS"),
    "the authority form": get(b"evil.example:443", method=b"CONNECT"),
    "a path without a slash": get(b"login"),
    "an empty path": get(b""),
    "200 headers": get(head=b"".join(b"X-%d: y\r\n" % i for i in range(200))),
    "a header of 64 KB": get(head=b"X-Long: " + b"y" * 65536 + b"\r\n"),
    "a cookie of 64 KB": get(head=b"Cookie: a=" + b"y" * 65536 + b"\r\n"),
    "a header name of 64 KB": get(head=b"X" * 65536 + b": y\r\n"),
    "a path of 8 KB": get(b"/" + b"a" * 8192),
    "a path of 64 KB": get(b"/" + b"a" * 65536),
    "a path of 2,000 folders": get(b"/a" * 2000),
    "a query of 1,000 fields": get(b"/login?" + b"a=b&" * 1000),
    "a method of 8 KB": get(method=b"A" * 8192),
    "only CRLFs": b"\r\n" * 5000 + get(b"/nothing"),
    "a form of too many fields": post(b"a=b&" * 4000),
    "a form with a NUL": post(b"mail=a%00b&password=x"),
    "a form that is no UTF-8": post(b"mail=%ff%fe&password=%ed%a0%80"),
    "a form with a broken escape": post(b"mail=%&password=%zz"),
    "an unknown Expect": post(b"a=b", b"Expect: the-unexpected\r\n"),
}
# Old or lenient syntax that may be answered, as long as it is answered as what it says.
TOLERATED = {
    "HTTP/1.0": get(version=b"HTTP/1.0"),
    "a folded header": get(head=b"X-Folded: a\r\n b\r\n"),
    "a bare LF": get().replace(b"\r\n", b"\n"),
    "a header without a colon": get(head=b"nonsense\r\n"),
    "an empty header name": get(head=b": z\r\n"),
    "a header with a NUL": get(head=b"X-Nul: a\0b\r\n"),
    "a header that is no UTF-8": get(head=b"User-Agent: \xff\xfe\r\nAccept-Language: \x80\r\n"),
    "400 cookies": get(head=b"Cookie: " + b"; ".join(b"a%d=b" % i for i in range(400)) + b"\r\n"),
    "cookies of nothing": get(head=b"Cookie: ;;;=;==;__Host-;__Host-=;__Host-user;__Host-user=\r\n"),
    "a long language": get(head=b"Accept-Language: " + b"en," * 2000 + b"\r\n"),
    "a wild range": get(head=b"Range: bytes=0-,1-2,-3,9999999999999999999-\r\n"),
    "a chunk extension": get(head=CHUNKED, method=b"POST") + b'3;a="b"\r\na=b\r\n0\r\n\r\n',
    "trailers": get(head=CHUNKED, method=b"POST") + b"3\r\na=b\r\n0\r\nX-Late: 1\r\nCookie: a=b\r\n\r\n",
    "an upgrade to HTTP/2": get(head=b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"),
    "an upgrade to WebSocket": get(head=b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
}
NONSENSE = {
    "nothing at all": b"",
    "HTTP/0.9": b"GET /login\r\n\r\n",
    "HTTP/2": get(version=b"HTTP/2.0"),
    "HTTP/9": get(version=b"HTTP/9.9"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a chunk size that fills 64 bits": get(head=CHUNKED, method=b"POST") + b"FFFFFFFFFFFFFFFE\r\nabc",
    "zeros": b"\0" * 4096,
    "noise": bytes((i * 7919 + 13) % 256 for i in range(20000)),
    "SMTP": b"EHLO evil.example\r\nMAIL FROM:<a@b>\r\n",
}


def nonsense(octets):
    """May be met with silence; so say all of it, hang up, and see that the server has not minded."""
    with keiin.raw() as connection:
        try:
            connection.sendall(octets)
            connection.unwrap()
        except (OSError, ssl.SSLError):
            pass
    still_answers()


for label, request in MALFORMED.items():
    add(f"malformed: {label}", refused, request)
for label, request in TOLERATED.items():
    add(f"tolerated: {label}", refused, request, 200, 303)
for label, request in NONSENSE.items():
    add(f"nonsense: {label}", nonsense, request)


@test
def unknown_methods():
    for method in (b"BREW", b"PROPFIND", b"TRACE", b"OPTIONS", b"PUT", b"DELETE", b"PATCH", b"LOCK", b"get", b"Get", b"GETT", b"M-SEARCH"):
        answer = refused(get(method=method))
        assert server.status(answer) in (400, 405), (method, answer[:100])
        assert b"X-Echo" not in refused(get(method=method, head=b"X-Echo: yes\r\n")), "TRACE says what it heard"


@test
def paths_that_climb():
    secrets = [b"keys/seal.key", b"tls/own.key", b"secret/link.key", b"store/keiin.db", b"../../../../../../etc/passwd"]
    cookies = "; ".join(f"{k}={v}" for k, v in sender.cookies.items()).encode()
    for secret in secrets:
        for climb in (b"/%s", b"/../%s", b"/../../%s", b"/assets/../%s", b"/assets/..%%2f%s", b"/assets/%%2e%%2e/%s", b"/outbox/../%s",
                      b"/outbox/..%%2f%s", b"/outbox/%%2e%%2e%%2f%s", b"//%s", b"/./%s", b"/assets/..\\%s", b"/assets/..%%5c%s",
                      b"/submission/..%%2f..%%2f%s", b"/c/..%%2f%s/contract.pdf"):
            refused(get(climb % secret, b"Cookie: " + cookies + b"\r\n"), 303)


@test
def ten_megabytes_of_headers():
    before = keiin.memory_mb("web")
    refused(get(head=b"".join(b"X-%06d: %s\r\n" % (i, b"y" * 1000) for i in range(10000))))
    assert keiin.memory_mb("web") < before + 30


@test
def a_body_in_chunks_that_never_ends():
    body = b"".join(b"2000\r\n" + b"x" * 8192 + b"\r\n" for _ in range(40))
    before = keiin.memory_mb("web")
    answer = refused(get(head=CHUNKED, method=b"POST") + body + b"0\r\n\r\n")
    assert server.status(answer) in (0, 413), answer[:100]
    assert keiin.memory_mb("web") < before + 30


@test
def a_form_larger_than_its_route_allows():
    answer = refused(post(b"mail=" + b"x" * 20000))
    equal(server.status(answer), 413)


@test
def a_smuggled_request_is_not_answered():
    inner = b"GET /assets/smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
    for first in (get(head=CHUNKED + b"Content-Length: 6\r\n", method=b"POST") + b"0\r\n\r\n",
                  post(b"", b"Content-Length: %d\r\n" % len(inner)),
                  get(host=b"") + b"",
                  get(head=b"Content-Length: 0\r\nTransfer-Encoding : chunked\r\n", method=b"POST")):
        with keiin.raw() as connection:
            connection.sendall(first + inner)
            got = b""
            try:
                while piece := connection.recv(65536):
                    got += piece
            except (ConnectionError, ssl.SSLError):
                pass
        assert 400 <= server.status(got) < 500 and b"Connection: close" in got, got
        assert b"HTTP/1.1 404" not in got, "the second request was answered"
    still_answers()


@test
def requests_one_after_another_on_one_connection():
    with keiin.raw() as connection:
        connection.sendall(get() * 50 + get(head=b"Connection: close\r\n"))
        got = b""
        while piece := connection.recv(65536):
            got += piece
    equal(got.count(b"HTTP/1.1 200 OK\r\n"), 51)


@test
def the_head_is_that_of_get_without_a_body():
    one, other = (server.Person(keiin).send(m, "/login", headers={"Accept-Encoding": "identity"}) for m in ("GET", "HEAD"))
    equal((other.status, other.body, other.headers["Content-Type"]), (one.status, b"", one.headers["Content-Type"]))
    equal(other.headers["Content-Length"], str(len(one.body)))


# ---- multipart ----
def multipart_is_refused(kind, body, *allowed):
    head = b"Content-Type: " + kind + b"\r\nContent-Length: %d\r\n" % len(body)
    cookies = "; ".join(f"{k}={v}" for k, v in sender.cookies.items()).encode()
    refused(get(b"/new", head + b"Cookie: " + cookies + b"\r\n", b"POST") + body, *allowed)
    server.until("no temporary file", lambda: not keiin.temporary_files())


DISPOSITION = b'Content-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'
FORM = b"multipart/form-data; boundary=b"
for label, arguments in {
    "no boundary": (b"multipart/form-data", b"x"),
    "an empty boundary": (b"multipart/form-data; boundary=", b"----\r\n"),
    "a boundary of 10 KB": (b"multipart/form-data; boundary=" + b"b" * 10000, b"x"),
    "a boundary with CR": (b'multipart/form-data; boundary="a\rb"', b"x"),
    "no end": (FORM, b"--b\r\n" + DISPOSITION + b"%PDF"),
    "no beginning": (FORM, b"%PDF\r\n--b--\r\n"),
    "10,000 parts": (FORM, b"".join(b'--b\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nx\r\n' % i for i in range(10000)) + b"--b--\r\n"),
    "500 files": (FORM, b"".join(b"--b\r\n" + DISPOSITION + b"x\r\n" for i in range(500)) + b"--b--\r\n"),
    "a part with headers of 1 MB": (FORM, b"--b\r\nX: " + b"y" * MB + b"\r\n\r\nx\r\n--b--\r\n"),
    "a field of 2 MB": (FORM, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 2 * MB + b"\r\n--b--\r\n"),
    "a part without a name": (FORM, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    "a file name that is no UTF-8": (FORM, b'--b\r\nContent-Disposition: form-data; name="file"; filename="\xff"\r\n\r\nx\r\n--b--\r\n'),
    "a file name that climbs": (FORM, b'--b\r\nContent-Disposition: form-data; name="file"; filename="../../../keys/seal.key"\r\n\r\nx\r\n--b--\r\n'),
    "nested multipart": (FORM, b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n--c--\r\n--b--\r\n'),
    "only dashes": (FORM, b"-" * 100000),
}.items():
    add(f"multipart: {label}", multipart_is_refused, *arguments)


# ---- uploads ----
@test
def an_upload_of_51_MB_is_refused_in_words():
    before = keiin.memory_mb("web")
    sender.get("/new")
    answer = sender.upload("/new", {}, "file", "big.pdf", b"%PDF-1.7\n" + b"x" * (51 * MB))
    equal(answer.status, 413)
    assert "50MB" in answer.text, answer.text[:500]
    server.until("no temporary file", lambda: not keiin.temporary_files())
    assert keiin.memory_mb("web") < before + 30, "an upload is not kept in memory"
    still_answers()


@test
def an_upload_that_says_it_is_huge_is_refused():
    head = b"Content-Type: " + FORM + b"\r\nContent-Length: 1099511627776\r\n"
    with keiin.raw() as connection:
        connection.sendall(get(b"/new", head, b"POST") + b"--b\r\n" + DISPOSITION + b"%PDF")
    server.until("no temporary file", lambda: not keiin.temporary_files())
    still_answers()


@test
def an_upload_cut_in_the_middle_leaves_nothing():
    cookies = "; ".join(f"{k}={v}" for k, v in sender.cookies.items()).encode()
    before = keiin.dump()
    for cut in (0, 10, 5000, 300000, 3 * MB):
        body = b"--b\r\n" + DISPOSITION + b"%PDF-1.7\n" + b"x" * (4 * MB) + b"\r\n--b--\r\n"
        head = b"Content-Type: " + FORM + b"\r\nContent-Length: %d\r\nCookie: %s\r\n" % (len(body), cookies)
        with keiin.raw() as connection:
            connection.sendall(get(b"/new", head, b"POST") + body[:cut])
            if cut > 1000:
                server.until("the temporary file, so that there is something to leave", keiin.temporary_files)
        server.until("no temporary file", lambda: not keiin.temporary_files())
    equal(keiin.dump(), before)
    still_answers()


@test
def eight_uploads_at_once_do_not_grow_the_server():
    before = keiin.memory_mb("web")
    answers = []

    def send():
        person = server.Person(keiin)
        person.cookies = dict(sender.cookies)
        person.get("/new")
        answers.append(person.upload("/new", {}, "file", "x.pdf", b"no PDF " * MB).status)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(server.WAIT_S)
    equal(len(answers), 8)
    assert set(answers) <= {413, 422, 503}, answers
    assert keiin.memory_mb("web") < before + 100, (before, keiin.memory_mb("web"))
    server.until("no temporary file", lambda: not keiin.temporary_files())


# ---- slow ones ----
def closed(connection):
    """Whether the server has hung up; reads what there is."""
    try:
        while connection.recv(65536):
            pass
        return True
    except (BlockingIOError, ssl.SSLWantReadError, TimeoutError):
        return False
    except OSError:
        return True


@test
def slow_ones_do_not_keep_others_waiting_and_are_cut():
    began = time.monotonic()
    slow = []
    for i in range(200):
        plain = socket.create_connection(("127.0.0.1", keiin.port), timeout=server.WAIT_S)
        if i % 4 == 1:
            plain.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a ClientHello
        elif i % 4 >= 2:
            plain = keiin.trust.wrap_socket(plain, server_hostname="localhost")
            plain.sendall(b"GET /login HTTP/1.1\r\nHost: loc" if i % 4 == 2 else post(b"mail=", length=16000))
        slow.append((i, plain))
    for _ in range(20):
        still_answers()
    for i, connection in slow:
        connection.setblocking(False)
    waiting = {i: c for i, c in slow if i % 4 < 3}  # a slow body has two minutes
    drips = [c for i, c in waiting.items() if i % 4 == 2][:25]
    while waiting and time.monotonic() < began + 60:
        for connection in drips:
            try:
                connection.send(b"a")  # a byte now and then must not help
            except OSError:
                pass
        waiting = {i: c for i, c in waiting.items() if not closed(c)}
        select.select([], [], [], 0.5)
    equal(len(waiting), 0, "connections that were silent or slow and still stand")
    for _, connection in slow:
        connection.close()
    still_answers()


@test
def connections_beyond_the_limit_of_an_address_do_not_harm():
    many = []
    try:
        for _ in range(600):
            many.append(socket.create_connection(("127.0.0.1", keiin.port), timeout=server.WAIT_S))
    finally:
        for connection in many:
            connection.close()
    server.until("an answer", lambda: not still_answers())


# ---- TLS ----
def handshake(lowest, highest, ciphers=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(keiin.data / "tls" / "own.pem")
    context.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = lowest, highest
    with keiin.raw(context=context) as connection:
        return connection.version(), connection.cipher()[0]


@test
def tls_1_2_and_1_3_are_spoken():
    equal(handshake(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)[0], "TLSv1.2")
    equal(handshake(ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)[0], "TLSv1.3")
    equal(handshake(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)[0], "TLSv1.3", "the better one")


def refuses(lowest, highest, ciphers=None):
    try:
        got = handshake(lowest, highest, ciphers)
    except (ssl.SSLError, ConnectionError):
        return
    raise AssertionError(f"spoken: {got}")


@test
def older_tls_is_refused():
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        refuses(version, version)


@test
def weak_ciphers_are_refused():
    for ciphers in ("AES128-SHA", "AES256-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-GCM-SHA256", "NULL", "aNULL"):
        refuses(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, ciphers + ":@SECLEVEL=0")
    equal(handshake(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM:@SECLEVEL=0")[1], "ECDHE-ECDSA-AES256-GCM-SHA384")


@test
def plain_http_is_sent_to_https_without_its_path():
    for octets in (b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", b"GET /l/secret-token HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"POST /login HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", keiin.port), timeout=server.WAIT_S) as connection:
            connection.sendall(octets)
            got = b""
            while piece := connection.recv(65536):
                got += piece
        assert server.status(got) in (301, 308), got
        assert b"\r\nLocation: " + keiin.base.encode() + b"/\r\n" in got, got
        assert b"secret" not in got and b"evil" not in got and b"Set-Cookie" not in got
    still_answers()


@test
def garbage_instead_of_a_handshake():
    for octets in (b"\x16", b"\x16\x03\x01\xff\xff" + b"\0" * 70000, b"\x16\x03\x01\x00\x00", b"\x16" * 5000, b"\x80\x2e\x01\0\x02", os.urandom(3000)):
        with socket.create_connection(("127.0.0.1", keiin.port), timeout=server.WAIT_S) as connection:
            try:
                connection.sendall(octets)
            except OSError:
                pass
    still_answers()


# ---- limits by address ----
@test
def logins_codes_and_uploads_are_limited_by_address():
    limited = server.Keiin()
    try:
        person = server.Person(limited)
        person.get("/login")
        person.get("/setup")
        answers = [person.post("/login", {"mail": f"a{i}@b.example", "password": "x"}) for i in range(45)]
        codes = [a.status for a in answers]
        assert codes[0] == 422 and codes[-1] == 429, codes
        equal(answers[-1].headers["Retry-After"], "5")
        equal(person.get("/guide").status, 200, "other pages are not")
    finally:
        limited.stop()


@test
def a_password_cannot_be_guessed():
    person = server.Person(keiin)
    person.get("/login")
    codes = [person.post("/login", {"mail": server.ADMIN["mail"], "password": f"guess {i}"}).status for i in range(8)]
    equal(codes, [422] * 5 + [429] * 3)
    equal(person.post("/login", {"mail": server.ADMIN["mail"], "password": server.ADMIN["password"]}).status, 429, "locked even for the right one")
    equal(sender.get("/new").status, 200, "who is in stays in")
    equal([person.post("/login", {"mail": "nobody@aozora.example", "password": "x"}).status for i in range(8)], codes, "unknown addresses look alike")


@test
def the_server_has_not_fallen_once():
    equal(keiin.roles(), keiin.roles_at_start)
    log = keiin.logged()
    assert "role-ended" not in log and "ERR_BUG" not in log and "AddressSanitizer" not in log
    assert keiin.memory_mb("web") < 250, keiin.memory_mb("web")
    equal(keiin.temporary_files(), [])


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
