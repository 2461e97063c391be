"""A whole Keiin for black-box tests: its own data folder and port, a client that behaves like a browser, and one that does not."""
import atexit
import hashlib
import http.client
import http.cookies
import email
import email.policy
import html.parser
import os
import pathlib
import re
import select
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import urllib.parse

from checks import BINARY

WAIT_S = 30


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, look, limit_s=WAIT_S):
    """What look() gives, as soon as it is true."""
    end = time.monotonic() + limit_s
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited in vain for {what}"
        select.select([], [], [], 0.05)


# Nothing happens by the clock alone, unless a test asks for it.
QUIET = {"KEIIN_LEDGER_CHECKPOINT_EVERY": "1000000"}


class Keiin:
    def __init__(self, **environment):
        self.kept = tempfile.TemporaryDirectory(prefix="keiin-http-")
        self.data = pathlib.Path(self.kept.name) / "data"
        self.port = free_port()
        self.host = f"localhost:{self.port}"
        self.base = f"https://{self.host}"
        self.log = open(self.data.parent / "log", "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen([BINARY, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"],
                                        env={**os.environ, **QUIET, **environment}, stdout=subprocess.PIPE, stderr=self.log, text=True)
        atexit.register(self.stop)  # also when preparing a test fails
        for line in self.process.stdout:
            if self.base in line:
                break
        else:
            raise AssertionError("the server did not start: " + self.logged())
        self.trust = ssl.create_default_context(cafile=self.data / "tls" / "own.pem")
        self.roles_at_start = until("the four roles", lambda: set(r := self.roles()) == {"web", "jobs", "keyd", "pdfd"} and r)

    def logged(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def stop(self, clean=True):
        atexit.unregister(self.stop)
        self.process.terminate()
        self.process.wait(WAIT_S)
        self.process.stdout.close()
        self.log.close()
        if clean:
            self.kept.cleanup()

    def roles(self):
        """Process ids by role."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0].removeprefix("keiin-"): int(pid) for pid in children}

    def roles_if_whole(self):
        """The same while roles come and go: those that can be looked at."""
        try:
            return {role: pid for role, pid in self.roles().items() if role in ("web", "jobs", "keyd", "pdfd")}
        except (FileNotFoundError, ProcessLookupError):
            return {}

    def memory_mb(self, role):
        status = pathlib.Path(f"/proc/{self.roles()[role]}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def temporary_files(self):
        """Names in the folder for uploads, and uploads open though they have no name, there or in memory."""
        named = [p.name for p in (self.data / "tmp").iterdir()]
        for link in pathlib.Path(f"/proc/{self.roles()['web']}/fd").iterdir():
            try:
                target = os.readlink(link)
            except FileNotFoundError:
                continue
            if target.startswith((str(self.data / "tmp") + "/", "/memfd:keiin-upload")):
                named.append(target)
        return named

    def dump(self):
        """All rows but what merely says when a session was last seen, and the state of jobs, which the jobs change by themselves."""
        with sqlite3.connect(f"file:{self.data / 'store' / 'keiin.db'}?mode=ro", uri=True) as db:
            tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            rows = {}
            for table in tables:
                columns = [c[1] for c in db.execute(f"PRAGMA table_info({table})")]
                columns = [c for c in columns if c not in ("seen_ms", "lease_until_ms", "fence")]
                rows[table] = sorted(map(repr, db.execute(f"SELECT {', '.join(columns)} FROM {table}")))
        return rows

    def idle(self):
        """Once no job is running, or due and waiting."""
        def done():
            with sqlite3.connect(f"file:{self.data / 'store' / 'keiin.db'}?mode=ro", uri=True) as db:
                return db.execute("SELECT count(*) FROM job WHERE state < 2 AND due_ms <= ?", (int(time.time() * 1000),)).fetchone()[0] == 0
        until("the jobs to be done", done)

    def outbox(self):
        return [email.message_from_bytes(p.read_bytes(), policy=email.policy.default)
                for p in sorted((self.data / "outbox").glob("*.eml"))]

    def link_to(self, address, subject, limit_s=WAIT_S):
        def found():
            for mail in self.outbox():
                if mail["To"].addresses[0].addr_spec == address and subject in mail["Subject"]:
                    return re.search(r"https://\S+/l/(\S+)", mail.get_body(("plain",)).get_content())[1]
            return None
        return until(f"a mail to {address} about {subject}", found, limit_s)

    def raw(self, timeout_s=WAIT_S, context=None):
        """A TLS connection for bytes no browser would send."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)
        try:
            return (context or self.trust).wrap_socket(plain, server_hostname="localhost")
        except BaseException:
            plain.close()
            raise

    def say(self, octets, timeout_s=WAIT_S):
        """Sends, and reads until the server closes or the first answer is whole; b'' if it closed without a word."""
        with self.raw(timeout_s) as connection:
            got = b""
            try:
                for at in range(0, len(octets), 65536):
                    connection.sendall(octets[at:at + 65536])
            except (OSError, ssl.SSLError):
                pass  # it may refuse while we still speak; what it said is still to be read
            try:
                while not whole(got):
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    got += piece
            except TimeoutError:
                raise
            except (OSError, ssl.SSLError):
                pass
            return got


def whole(answer):
    head, blank, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return bool(blank) and length is not None and len(body) >= int(length[1]) and not head.startswith(b"HTTP/1.1 100")


def status(answer):
    """Of a raw answer; 0 when the connection was closed without one."""
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    assert found or not answer, f"no HTTP: {answer[:80]!r}"
    return int(found[1]) if found else 0


class Forms(html.parser.HTMLParser):
    """The forms of a page as a browser would send them untouched."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.loose, self.text_name, self.form = {}, [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self.form = self.forms.setdefault(a.get("action", ""), {})
        if self.form is None or "name" not in a:
            return
        if tag == "input" and (a.get("type") not in ("checkbox", "radio") or "checked" in a) and a.get("type") != "file":
            self.form[a["name"]] = a.get("value", "")
        elif tag == "textarea":
            self.text_name = a["name"]
            self.form[self.text_name] = ""

    def handle_data(self, data):
        if self.text_name:
            self.form[self.text_name] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.text_name = None
        elif tag == "form":
            self.form = None


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.body = response.read()
        self.text = self.body.decode("utf-8", "replace")
        self.location = self.headers.get("Location")

    def csrf(self):
        return re.search(r'name="csrf" value="([^"]+)"', self.text)[1]


class Person:
    """A browser: cookies, the token of the page it looks at, no redirects of its own accord."""

    def __init__(self, keiin):
        self.keiin, self.cookies, self.set_cookies, self.page, self.patience_s = keiin, {}, [], None, 60

    def send(self, method, path, body=None, headers=None):
        connection = http.client.HTTPSConnection("localhost", self.keiin.port, context=self.keiin.trust, timeout=self.patience_s)
        headers = dict(headers or {})
        if self.cookies and "Cookie" not in headers:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        connection.request(method, path, body, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.set_cookies.append(line)
            name, value = re.match(r"([^=]+)=([^;]*)", line).groups()
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def get(self, path, **headers):
        answer = self.send("GET", path, headers=headers)
        if 'name="csrf"' in answer.text:
            self.page = answer
        return answer

    def post(self, path, fields=None, csrf=None, origin=True, **headers):
        fields = {**(fields or {}), "csrf": self.page.csrf() if csrf is None else csrf}
        if csrf == "":
            del fields["csrf"]
        if origin:
            headers["Origin"] = self.keiin.base if origin is True else origin
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.send("POST", path, urllib.parse.urlencode(fields), headers)

    def upload(self, path, fields, name, file_name, octets, csrf=None, origin=True, **headers):
        fields = {**fields, "csrf": self.page.csrf() if csrf is None else csrf}
        if csrf == "":
            del fields["csrf"]
        body, kind = multipart(fields, name, file_name, octets)
        headers["Content-Type"] = kind
        if origin:
            headers["Origin"] = self.keiin.base if origin is True else origin
        return self.send("POST", path, body, headers)


def multipart(fields, name, file_name, octets):
    mark = "keiin-" + hashlib.sha256(repr(sorted(fields)).encode()).hexdigest()[:20]
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
                 "Content-Type: application/pdf\r\n\r\n".encode())
    return b"".join(parts) + octets + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def plain_pdf(catalog="", page=""):
    """One empty page; what more the catalog and the page hold."""
    objects = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {page} >>",
               "<< /Length 0 >>\nstream\n\nendstream"]
    out, at = "%PDF-1.7\n", []
    for n, body in enumerate(objects, 1):
        at.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in at)
    return (out + f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n").encode()


ADMIN = {"organisation": "株式会社青空商事", "name": "佐藤 花子", "mail": "sato@aozora.example", "password": "correct horse battery"}
SIGNER = "yamada@mirai.example"


def sender_of(keiin):
    """Sets the server up; the administrator, logged in."""
    person = Person(keiin)
    person.get("/setup")
    answer = person.post("/setup", ADMIN)
    assert answer.status == 303, answer.text
    person.get("/")
    return person


def sent_contract(keiin, sender):
    """The sample contract, sent by mail to SIGNER first and by 締結用URL to another: the envelope's id, the two links' tokens."""
    draft = sender.post("/sample").location
    envelope = draft.split("/")[2]
    page = sender.get(draft)
    form = Forms(page.text).forms[draft]
    form.update({"p1-mail": SIGNER, "p1-entry-mail": "1", "p1-ink": "1", "p1-request1-name": "登記事項証明書", "p1-order": "1",
                 "p2-order": "1", "p2-entry-url": "1", "p2-mail": "", "do": "send"})
    form.pop("p2-entry-mail", None)
    answer = sender.post(draft, form)
    assert answer.status == 303 and answer.location == f"/c/{envelope}", (answer.status, answer.location, answer.text)
    mailed = keiin.link_to(SIGNER, "【署名依頼】")
    page = until("the 締結用URL", lambda: [p for p in [sender.get(f"/c/{envelope}")] if "data-shared-url" in p.text])[0]
    shared = re.search(r'value="https://[^"]+/l/([^"]+)"', page.text)[1]
    return envelope, mailed, shared


def signer_of(keiin, token):
    """Whoever pressed 「契約書を開く」: the person and the participant's id."""
    person = Person(keiin)
    person.get(f"/l/{token}")
    answer = person.post(f"/l/{token}/open")
    assert answer.status == 303 and answer.location.startswith("/s/"), (answer.status, answer.text)
    return person, answer.location.split("/")[2]


def concluded_contract(keiin, sender, address="suzuki@hei.example", request="", submitted=None, title="", meanwhile=lambda: None,
                       limit_s=WAIT_S, draft=None):
    """The sample contract (or a draft with one participant) with one signer, signed and concluded: the envelope's id, the signer, the participant's id, the token of
    the link that keeps. request: the name of a document asked for; submitted: its file name and bytes; meanwhile() happens after it
    was sent."""
    if draft:
        form = Forms(sender.get(draft).text).forms[draft]
    else:
        draft = sender.post("/sample").location
        form = Forms(sender.get(draft).text).forms[draft]
        removed = sender.post(draft, {**form, "do": "remove-2"})
        form = Forms(sender.get(draft).text if removed.status == 303 else removed.text).forms[draft]
    assert "p2-name" not in form, "one participant is left"
    form.update({"p1-mail": address, "p1-entry-mail": "1", "do": "send"})
    form["p1-name"] = form["p1-name"] or "鈴木 一郎"
    if request:
        form.update({"p1-request1-name": request, "p1-request1-required": "1"})
    if title:
        form["title"] = title
    assert sender.post(draft, form).status == 303
    token = keiin.link_to(address, "【署名依頼】")
    meanwhile()
    signer, participant = signer_of(keiin, token)
    base = f"/s/{participant}"
    page = signer.get(f"{base}/review")
    assert signer.post(f"{base}/review", Forms(page.text).forms[f"{base}/review"]).status == 303
    if request:
        page = signer.get(f"{base}/documents")
        upload = re.search(rf'action="({base}/documents/[^"/]+)"', page.text)[1]
        answer = signer.upload(upload, {}, "file", *submitted)
        assert answer.status == 303, answer.text
        page = signer.get(f"{base}/documents")
        assert signer.post(f"{base}/documents", Forms(page.text).forms[f"{base}/documents"]).status == 303
    page = signer.get(f"{base}/seal")
    form = Forms(page.text).forms[f"{base}/seal"]
    answer = signer.upload(f"{base}/seal", {**form, "method": "text", "do": "next"}, "image", "", b"")
    assert answer.status == 303, answer.text
    page = signer.get(f"{base}/confirm")
    assert page.status == 200, page.location
    answer = signer.post(f"{base}/confirm", Forms(page.text).forms[f"{base}/confirm"])
    assert answer.status == 303, answer.text
    return draft.split("/")[2], signer, participant, keiin.link_to(address, "【締結完了】", limit_s)
