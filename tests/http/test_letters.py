"""Every letter in both languages as its reader's mail program sees it, and sent through a real SMTP server."""
import datetime
import email
import email.policy
import html.parser
import json
import logging
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

import checks
from checks import add, equal, test

LETTERS = checks.PROGRAMS / "letters"
URL = "https://keiin.example/l/q3JZ0c9Kx7vW2mB5tY8nLr4H?a=1&b=2"
JAPANESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
# The subjects of the product's table of mails, filled with the sample's names.
SUBJECTS = {
    "request-ja": "【署名依頼】「業務委託<基本>契約書」のご確認をお願いします（株式会社青空商事）",
    "request-en": "Signature requested: Master <service> agreement (Aozora Trading Co., Ltd.)",
    "code-ja": "【認証コード】電子契約の本人確認",
    "code-en": "Your verification code",
    "returned-ja": "【差し戻し】「業務委託<基本>契約書」が差し戻されました（乙 山田 太郎様）",
    "returned-en": "Returned: Master <service> agreement (Taro Yamada)",
    "return-receipt-ja": "【差し戻し受付】「業務委託<基本>契約書」の差し戻しを受け付けました",
    "return-receipt-en": "We received your return: Master <service> agreement",
    "revised-ja": "【修正版】「業務委託<基本>契約書（第2版）」のご確認をお願いします",
    "revised-en": "Revised version: Master <service> agreement (version 2)",
    "forwarded-ja": "【署名依頼・転送】乙 鈴木 一郎様から「業務委託<基本>契約書」の確認を依頼されました",
    "forwarded-en": "Forwarded to you: Master <service> agreement (by Ichiro Suzuki)",
    "forward-notice-ja": "【転送通知】署名者が変更されました",
    "forward-notice-en": "Signer changed",
    "signed-ja": "【署名済】乙 山田 太郎様が署名しました（1／2名）",
    "signed-en": "Signed: Taro Yamada (1/2): Master <service> agreement",
    "completed-ja": "【締結完了】「業務委託<基本>契約書」の締結が完了しました",
    "completed-en": "Completed: Master <service> agreement",
    "withdrawn-ja": "【取消】「業務委託<基本>契約書」の署名依頼は取り下げられました",
    "withdrawn-en": "Withdrawn: Master <service> agreement",
    "resend-ja": "【リンク再送】契約書の閲覧リンク",
    "resend-en": "Your contract link",
}
BUTTONS = {
    "request": ("確認する", "Review"), "revised": ("確認する", "Review"), "forwarded": ("確認する", "Review"),
    "returned": ("理由を確認して修正", "See the reason and revise"), "forward-notice": ("詳細を見る", "See the details"),
    "signed": ("詳細を見る", "See the details"), "completed": ("契約書を見る", "See the contract"),
    "resend": ("契約書を見る", "See the contract"),
}
TO_SENDER = ("returned", "forward-notice", "signed")
logging.disable(logging.CRITICAL)  # the server is told of every broken handshake
kept = tempfile.TemporaryDirectory(prefix="keiin-letters-")
folder = pathlib.Path(kept.name)


class Sheet(html.parser.HTMLParser):
    """The text of an HTML part, its links, and what no mail may hold."""

    def __init__(self, text):
        super().__init__()
        self.words, self.links, self.faults, self.open, self.hidden = [], [], [], [], 0
        self.feed(text)
        self.close()
        self.faults += self.open
        self.text = re.sub(r"\s+", " ", "".join(self.words))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag not in ("br", "meta"):
            self.open.append(tag)
        self.hidden += tag in ("style", "title")
        if tag in ("img", "script", "iframe", "form", "link", "object", "base") or any(n.startswith("on") for n in named):
            self.faults.append(tag)
        if "url(" in (named.get("style") or "") or "src" in named or "background" in named:
            self.faults.append(f"<{tag}> fetches something")
        if "href" in named:
            self.links.append(named["href"])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def read(name):
    octets = (folder / f"{name}.eml").read_bytes()
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    for part in mail.walk():
        equal(part.defects, [], "defects")
        for header in part.values():
            equal(list(header.defects), [], f"defects of {header.name}")
    return octets, mail, mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def as_bytes(name):
    octets, mail, _, _ = read(name)
    assert octets.isascii() and b"\0" not in octets
    equal(re.findall(rb"(?<!\r)\n|\r(?!\n)", octets), [], "bare CR or LF")
    assert max(len(line) for line in octets.split(b"\r\n")) <= 78
    equal(mail.get_content_type(), "multipart/alternative")
    equal([p.get_content_type() for p in mail.iter_parts()], ["text/plain", "text/html"], "order of the parts")
    equal([p.get_content_charset() for p in mail.iter_parts()], ["utf-8", "utf-8"])
    equal(sorted({k for k in mail.keys() if mail.keys().count(k) > 1}), [], "headers that come twice")


def headers(name, kind, english):
    _, mail, _, _ = read(name)
    equal(mail["Subject"], SUBJECTS[name], "Subject")
    sender = mail["From"].addresses
    equal([(a.display_name, a.addr_spec) for a in sender],
          [("Aozora Trading Co., Ltd. (契印 Keiin)" if english else "株式会社青空商事（契印 Keiin）", "no-reply@keiin.example")], "From")
    equal([(a.display_name, a.addr_spec) for a in mail["To"].addresses],
          [("Taro Yamada" if english else "山田 太郎", "yamada@mirai.example")], "To")
    if kind in TO_SENDER:
        equal(mail["Reply-To"], None, "Reply-To of a mail to the sender")
    else:
        equal([(a.display_name, a.addr_spec) for a in mail["Reply-To"].addresses],
              [("Hanako Sato" if english else "佐藤 花子", "sato@aozora.example")], "Reply-To")
    equal(mail["Date"].datetime, datetime.datetime(2026, 11, 23, 11, 45, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=9))), "Date")
    equal(mail["Message-ID"], f"<{name}@keiin.example>", "Message-ID")
    equal(mail["Auto-Submitted"], "auto-generated")
    equal(mail["Content-Language"], "en" if english else "ja")
    equal(mail["MIME-Version"], "1.0")


def says_what_it_must(name, kind, english):
    _, mail, text, page = read(name)
    sheet = Sheet(page)
    equal(sheet.faults, [], "HTML")
    lines = text.splitlines()
    if kind in BUTTONS:
        label = BUTTONS[kind][english]
        assert URL in lines, "the address stands on a line of its own in the text"
        assert sheet.links.count(URL) == 2 and label in sheet.text and URL in sheet.text, "a button, and its address in words"
        assert label in text
    else:
        equal([x for x in sheet.links if "/l/" in x], [], "a link in a mail that needs none")
    if kind == "code":
        equal(lines[0], "048213", "the code comes first")
        assert "048213" not in mail["Subject"]
    else:
        assert "048213" not in text + page, "codes only in code mails"
    for wanted in ("sato@aozora.example", "If you did not expect this mail" if english else "お心当たりがない場合"):
        assert wanted in text and wanted in sheet.text, wanted
    if kind in ("returned", "return-receipt"):
        for row in ("Please make the term two years.", "See article 3.") if english else ("契約期間を2年にしてください。", "第3条です。"):
            assert row in text and row in sheet.text
    if kind == "completed":
        for words in ("Mirai Design LLC Taro Yamada", "never expires") if english else ("みらい設計合同会社 山田 太郎", "期限はありません"):
            assert words in text and words in sheet.text
    assert "<b>" not in page, "a person's words are no markup"
    assert ("<基本>" in text or "<service>" in text or kind in ("code",)) and "<基本>" not in page and "<service>" not in page
    assert f'<html lang="{"en" if english else "ja"}">' in page
    if english:
        equal(JAPANESE.findall((text + sheet.text).replace("契印 Keiin", "")), [], "Japanese in an English letter")


def bare_is_whole(name):
    as_bytes(name)
    _, mail, text, page = read(name)
    equal(Sheet(page).faults, [], "HTML")
    for empty in ("（）", "()", "「」", "<>", " 様\n", ": \n", "：\n", "株式会社 様"):
        assert empty not in mail["Subject"] + "\n" + text, f"{empty!r} in {mail['Subject']}\n{text}"


# ---- sending ----
def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """An SMTP server that answers as told; `with` gives its URL."""

    def __init__(self, answers=None, **more):
        self.answers, self.more, self.mails, self.logins = answers or {}, more, [], []

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 fine")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 fine")

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(envelope)
        return self.answers.get("DATA", "250 2.0.0 kept as 4711")

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password, session.ssl is not None))
        return AuthResult(success=not self.answers.get("AUTH"))

    def __enter__(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), **self.more)
        self.controller.start()
        return f"smtp://127.0.0.1:{self.controller.port}"

    def __exit__(self, *_):
        self.controller.stop()


def send(url, to="yamada@mirai.example", ca="-"):
    done = subprocess.run([LETTERS, "send", url, to, str(ca)], capture_output=True, text=True, timeout=60)
    equal(done.returncode, 0, done.stderr)
    return done.stdout.splitlines()[0], done.stdout.partition("\n")[2].strip()


@test
def a_mail_arrives_as_it_was_composed():
    server = Server()
    with server as url:
        equal(send(url), ("OK", "250 2.0.0 kept as 4711"))
    (got,) = server.mails
    equal(got.mail_from, "no-reply@keiin.example")
    equal(got.rcpt_tos, ["yamada@mirai.example"])
    mail = email.message_from_bytes(got.content, policy=email.policy.default)
    equal(mail["Subject"], SUBJECTS["request-ja"])
    equal(mail["Message-ID"], "<job-42@keiin.example>")
    composed = email.message_from_bytes((folder / "request-ja.eml").read_bytes(), policy=email.policy.default)
    for kind in ("plain", "html"):
        equal(mail.get_body((kind,)).get_content(), composed.get_body((kind,)).get_content(), kind)


@test
def the_sink_of_the_other_tests_keeps_it_too():
    port = free_port()
    inbox = folder / "inbox"
    inbox.mkdir()
    sink = subprocess.Popen([sys.executable, checks.ROOT / "tests" / "http" / "smtp_sink.py", str(port), inbox],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        equal(sink.stdout.readline(), "ready\n")
        equal(send(f"smtp://127.0.0.1:{port}")[0], "OK")
    finally:
        sink.stdin.close()
        sink.wait(20)
    (record,) = [json.loads(p.read_text()) for p in inbox.glob("*.json")]
    equal((record["to"], record["subject"], record["defects"]), ("yamada@mirai.example", SUBJECTS["request-ja"], []))
    assert URL in record["text"].splitlines()


@test
def a_refused_recipient_is_final():
    server = Server({"RCPT": "550 5.1.1 no such mailbox"})
    with server as url:
        equal(send(url), ("ERR_INVALID", "550 5.1.1 no such mailbox"))
    equal(server.mails, [])


@test
def refused_contents_are_final():
    with Server({"DATA": "554 5.7.1 not here"}) as url:
        equal(send(url), ("ERR_INVALID", "554 5.7.1 not here"))


@test
def a_refusal_for_now_is_tried_again():
    for command in ("MAIL", "RCPT", "DATA"):
        with Server({command: "451 4.7.1 greylisted"}) as url:
            equal(send(url), ("ERR_SMTP", "451 4.7.1 greylisted"), command)


@test
def a_refused_sender_is_not_the_mails_fault():
    with Server({"MAIL": "550 5.7.1 who are you"}) as url:
        equal(send(url)[0], "ERR_SMTP")


@test
def a_dead_port_is_tried_again():
    equal(send(f"smtp://127.0.0.1:{free_port()}")[0], "ERR_SMTP")


@test
def a_server_that_hangs_up_is_tried_again():
    for greeting in (b"", b"220 hello\r\n", b"554 5.3.2 no service\r\n", b"\xff\xfe\0garbage\r\n"):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            sender = subprocess.Popen([LETTERS, "send", f"smtp://127.0.0.1:{listening.getsockname()[1]}", "a@b.example", "-"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for _ in range(2 if not greeting else 1):
                connection, _ = listening.accept()
                connection.sendall(greeting)
                connection.close()
                break
            listening.close()
            out, _ = sender.communicate(timeout=60)
            equal(out.splitlines()[0], "ERR_SMTP", repr(greeting))


@test
def a_recipient_that_would_be_a_command_is_never_sent():
    server = Server()
    with server as url:
        for to in ("a@b.example>\r\nRCPT TO:<x@y.example", "a b@c.example", "", "a@b.example,c@d.example"):
            equal(send(url, to)[0], "ERR_INVALID", to)
    equal(server.mails, [])


def certificate(name):
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return cert, context


@test
def the_password_goes_only_over_tls_to_whom_we_trust():
    cert, context = certificate("mail")
    other, _ = certificate("other")
    server = Server(tls_context=context, require_starttls=True, auth_required=True)
    server.more["authenticator"] = server.authenticate
    with server as url:
        equal(send(url, ca=cert)[0], "OK")
        equal(server.logins, [(b"keiin", b"secret", True)])
        equal(send(url, ca=other)[0], "ERR_SMTP", "a certificate of somebody else")
    equal(len(server.logins), 1)
    without = Server(auth_require_tls=False)
    without.more["authenticator"] = without.authenticate
    with without as url:
        equal(send(url, ca=cert)[0], "ERR_SMTP", "a server without STARTTLS")
    equal((without.logins, without.mails), ([], []), "what a server without TLS has heard")


@test
def a_refused_login_is_ours_to_mend():
    cert, context = certificate("login")
    server = Server({"AUTH": True}, tls_context=context, require_starttls=True, auth_required=True)
    server.more["authenticator"] = server.authenticate
    with server as url:
        equal(send(url, ca=cert)[0], "ERR_SMTP")


subprocess.run([LETTERS, "compose", folder], check=True)
for subject in SUBJECTS:
    letter_kind, _, language = subject.rpartition("-")
    arguments = subject, letter_kind, language == "en"
    add(f"{subject} as bytes", as_bytes, subject)
    add(f"{subject} headers", headers, *arguments)
    add(f"{subject} contents", says_what_it_must, *arguments)
    add(f"{subject} without what may be absent", bare_is_whole, f"{letter_kind}-bare-{language}")
if __name__ == "__main__":
    sys.exit(checks.run_all())
