"""Who may do what, over HTTP: every route of routes.def with a forged form, without a session, and with GET; cookies and headers."""
import re
import sys
import urllib.parse
import xml.etree.ElementTree

import checks
import server
from checks import add, equal, test

ROUTES = re.findall(r'ROUTE\((GET|POST), +"([^"]+)", +(\w+), (\w+), (\w+),', (checks.ROOT / "src/web/routes.def").read_text())
# A small PDF is not needed: every forged upload must be refused before anyone looks at its file.
PDF = b"%PDF-1.7\n%%EOF\n"

keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off")
sender = server.sender_of(keiin)
concluded, keeper, kept_participant, keep_token = server.concluded_contract(keiin, sender)
envelope, mail_token, shared_token = server.sent_contract(keiin, sender)
signer, participant = server.signer_of(keiin, mail_token)
draft = sender.post("/sample").location.split("/")[2]
stranger = server.Person(keiin)
stranger.get("/login")
keiin.idle()
outbox = sorted(p.stem for p in (keiin.data / "outbox").glob("*.eml"))


def fill(path, token=None, contract=None, party=None):
    """A path with the braces filled by what exists."""
    path = path.replace("/l/{}", f"/l/{token or mail_token}").replace("/s/{}", f"/s/{party or participant}")
    path = path.replace("/c/{}", f"/c/{contract or envelope}").replace("/page/{}", "/page/1.png").replace("/text/{}", "/text/1")
    path = path.replace("/outbox/{}", f"/outbox/{outbox[0]}").replace("/documents/{}", "/documents/r1")
    return path.replace("{}", "none")


def who(kind):
    return {"USER": sender, "SIGNER": signer, "LINK": stranger, "ANYONE": stranger}[kind]


def kept_the_same(before, what):
    """Nothing but the cache of drawn pages may differ."""
    after = keiin.dump()
    for table in before:
        if table != "page_image":
            equal(sorted(set(after[table]) ^ set(before[table])), [], f"{what}: {table}")


def page_token(person, kind, path):
    """The token a page of this session holds."""
    look = {"SIGNER": f"/s/{participant}/review", "USER": "/new", "LINK": f"/l/{mail_token}", "ANYONE": "/guide"}[kind]
    return person.get(look).csrf()


# ---- forged forms ----
def forge(path, kind, body, csrf, origin, **headers):
    person = who(kind)
    at = fill(path)
    if body == "UPLOAD":
        return person.upload(at, {"method": "text"}, "file", "x.pdf", PDF, csrf=csrf, origin=origin, **headers)
    return person.post(at, {"lang": "en", "to": "/", "mail": "a@b.example", "reason": "forged", "do": "send"}, csrf=csrf,
                       origin=origin, **headers)


def refuses_forgery(path, kind, body):
    before = keiin.dump()
    right = page_token(who(kind), kind, path)
    other = stranger.get("/guide").csrf() if kind in ("USER", "SIGNER") else sender.get("/new").csrf()
    assert right != other, "a token belongs to one session"
    forgeries = {
        "no token": ("", True), "an empty token": (" ", True), "a wrong token": ("A" * 43, True), "half a token": (right[:20], True),
        "a longer token": (right + "A", True), "the token of another session": (other, True),
        "another origin": (right, "https://evil.example"), "an opaque origin, from another site": (right, "null"),
        "a like origin": (right, f"https://evil-{keiin.host}"), "the origin without TLS": (right, f"http://{keiin.host}"),
        "another port": (right, "https://localhost:1"),
    }
    for name, (csrf, origin) in forgeries.items():
        answer = forge(path, kind, body, csrf, origin, **({"Sec-Fetch-Site": "cross-site"} if origin == "null" else {}))
        equal(answer.status, 403, name)
        assert "有効期限" in answer.text, name
    kept_the_same(before, "after forged forms")
    # and the guard is not simply closed: the same request with the right token comes further
    if path not in ("/logout", "/sample", "/s/{}/return", "/s/{}/forward", "/c/{}/withdraw", "/l/{}/open", "/s/{}/review",
                    "/s/{}/seen-all"):
        answer = forge(path, kind, body, right, True)
        assert answer.status != 403, f"the right token was refused too: {answer.status}"
        if path == "/lang":
            who(kind).cookies.pop("__Host-lang", None)


def acts_for_nobody(path):
    """What is taken without a token must have no effect, whoever's browser is made to send it."""
    before = keiin.dump()
    for kind in ("text/plain", "application/timestamp-query", "application/ocsp-request"):
        answer = sender.send("POST", path, b"x" * 100, {"Content-Type": kind, "Origin": "https://evil.example"})
        assert answer.status in (200, 404, 422) and not answer.headers.get_all("Set-Cookie"), answer.status
    kept_the_same(before, "after raw bodies")


for method, route, name, kind, body in ROUTES:
    if method == "POST" and body == "RAW":
        add(f"raw POST {route}", acts_for_nobody, route)
    elif method == "POST":
        add(f"forged POST {route}", refuses_forgery, route, kind, body)


@test
def a_token_in_the_address_is_none():
    before = keiin.dump()
    right = sender.get("/new").csrf()
    equal(sender.post(f"/sample?csrf={right}", {}, csrf="").status, 403)
    kept_the_same(before, "after a token in the query")


@test
def a_form_of_another_type_is_no_form():
    before = keiin.dump()
    right = sender.get("/new").csrf()
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=x"):
        headers = {"Content-Type": kind}
        answer = sender.send("POST", "/sample", f'{{"csrf":"{right}"}}', headers)
        assert 400 <= answer.status < 500, (kind, answer.status)
    kept_the_same(before, "after bodies that are no forms")


# ---- GET ----
def get_changes_nothing(path, kind):
    before = keiin.dump()
    for method in ("GET", "HEAD"):
        for contract, party, token in ((envelope, participant, mail_token), (concluded, kept_participant, keep_token),
                                       (draft, participant, shared_token)):
            person = keeper if kind == "SIGNER" and party == kept_participant else who(kind)
            answer = person.send(method, fill(path, token, contract, party))
            assert answer.status < 500, (method, answer.status, answer.text[:200])
            if method == "HEAD":
                equal(answer.body, b"", "the body of HEAD")
    kept_the_same(before, f"after GET {path}")


def needs_its_session(path, kind):
    """Without a session, with a made-up one, and with that of somebody else there is nothing to see."""
    own = who(kind).get(fill(path))
    strangers = [server.Person(keiin), server.Person(keiin), server.Person(keiin)]
    strangers[1].cookies = {"__Host-user": "A" * 43, f"__Host-s-{participant}": "A" * 43}
    strangers[2].cookies = {f"__Host-s-{participant}": keeper.cookies[f"__Host-s-{kept_participant}"],
                            "__Host-user": signer.cookies[f"__Host-s-{participant}"]}
    for person in strangers:
        answer = person.get(fill(path))
        if kind == "USER":
            assert (answer.status, answer.location.split("?")[0]) == (303, "/login"), (answer.status, answer.location)
        else:
            equal(answer.status, 401)
        assert "業務委託" not in answer.text and (own.body != answer.body or not own.body)


for method, route, name, kind, body in ROUTES:
    if method == "GET":
        add(f"GET {route} changes nothing", get_changes_nothing, route, kind)
        if kind in ("USER", "SIGNER"):
            add(f"GET {route} needs its session", needs_its_session, route, kind)


@test
def a_post_without_a_session_does_nothing():
    before = keiin.dump()
    for method, path, name, kind, body in ROUTES:
        if method == "POST" and kind in ("USER", "SIGNER"):
            nobody = server.Person(keiin)
            right = nobody.get("/login").csrf()
            send = nobody.upload if body == "UPLOAD" else nobody.post
            more = ({}, "file", "x.pdf", PDF) if body == "UPLOAD" else ({"reason": "x"},)
            answer = send(fill(path), *more, csrf=right)
            assert answer.status in (401, 303) and answer.location in (None, "/login"), (path, answer.status, answer.location)
    kept_the_same(before, "after POSTs without a session")


@test
def what_is_not_there_is_not_found():
    before = keiin.dump()
    for path in ("/c/none", "/c/none/edit", "/c/none/page/1.png", "/c/" + "a" * 26, "/submission/none", "/outbox/none", "/nothing",
                 "/l/none", "/l/" + "A" * 43, "/l/none/keep", "/assets/none.css",
                 f"/s/{participant}/page/1.png?w=999", f"/c/{concluded}/page/0.png", f"/c/{concluded}/page/-1.png"):
        equal(sender.get(path).status, 404, path)
    assert sender.get(f"/c/{concluded}/page/99.png").status in (404, 422)
    kept_the_same(before, "after looking for nothing")


# ---- what every answer carries ----
PRIVATE = {"no-store", "private, no-cache"}


def carries_security_headers(path, kind):
    person = keeper if kind == "SIGNER" and "keep" in path else who(kind)
    party = kept_participant if person is keeper else participant
    token = keep_token if "keep" in path else mail_token
    secure(person.get(fill(path, token, concluded if "certificate" in path else envelope, party)), path)


def secure(answer, path):
    h = answer.headers
    policy = dict(p.strip().partition(" ")[::2] for p in h["Content-Security-Policy"].split(";"))
    equal(policy["default-src"], "'none'")
    equal((policy["frame-ancestors"], policy["base-uri"], policy["form-action"]), ("'none'", "'none'", "'self'"))
    equal(policy["require-trusted-types-for"], "'script'")
    assert "unsafe" not in h["Content-Security-Policy"] and "*" not in h["Content-Security-Policy"]
    assert int(re.search(r"max-age=(\d+)", h["Strict-Transport-Security"])[1]) >= 31536000
    equal(h["X-Content-Type-Options"], "nosniff")
    equal(h["Referrer-Policy"], "no-referrer")
    equal(h["X-Frame-Options"], "DENY")
    assert "noindex" in h["X-Robots-Tag"]
    assert h["Cache-Control"] in PRIVATE, f"{path}: {h['Cache-Control']}"
    assert "Cookie" in h["Vary"]
    for name in ("Content-Security-Policy", "Cache-Control", "Content-Type", "Content-Length"):
        equal(len(h.get_all(name) or []), 1, f"{path}: {name}")
    if h["Content-Type"].startswith("text/"):
        assert "charset=utf-8" in h["Content-Type"]
        equal(h["Cache-Control"], "no-store")
    assert "Server" not in h and "X-Powered-By" not in h
    assert "Access-Control-Allow-Origin" not in h


for method, route, name, kind, body in ROUTES:
    if method == "GET":
        add(f"GET {route} carries the security headers", carries_security_headers, route, kind)


@test
def errors_carry_them_too():
    for answer in (sender.get("/nothing"), sender.post("/sample", csrf="x"), sender.send("PUT", "/"), sender.get("/%ff"),
                   server.Person(keiin).get(f"/s/{participant}")):
        assert answer.status >= 400
        secure(answer, "an error")


@test
def assets_are_kept_for_ever_and_named_by_their_contents():
    page = sender.get("/")
    names = set(re.findall(r"/assets/([^\"#]+)", page.text))
    assert len(names) >= 4
    for name in names:
        answer = stranger.get(f"/assets/{name}")
        equal((answer.status, answer.headers["Cache-Control"]), (200, "public, max-age=31536000, immutable"), name)
        equal(answer.headers["X-Content-Type-Options"], "nosniff")
        assert "Set-Cookie" not in answer.headers


@test
def cookies_are_for_this_host_and_no_script():
    lines = sender.set_cookies + signer.set_cookies + stranger.set_cookies + keeper.set_cookies
    shared = server.Person(keiin)
    equal(shared.get(f"/l/{shared_token}/identify").status, 200)
    shared.post(f"/l/{shared_token}/identify", {"company": "乙社", "name": "乙 一", "mail": "otsu@otsu.example"})
    shared.post("/lang", {"lang": "ja", "to": "/guide"})
    lines += shared.set_cookies
    names = {line.split("=")[0] for line in lines}
    for wanted in ("__Host-user", "__Host-anon", f"__Host-s-{participant}", "__Host-challenge", "__Host-lang"):
        assert any(n.startswith(wanted) for n in names), f"{wanted} was never set: {names}"
    for line in lines:
        attributes = {a.strip().lower() for a in line.split(";")[1:]}
        assert line.startswith("__Host-"), line
        assert {"secure", "httponly", "path=/"} <= attributes and {"samesite=lax", "samesite=strict"} & attributes, line
        assert not any(a.startswith("domain") for a in attributes), line


@test
def every_session_has_its_own_token():
    tokens = {sender.get("/new").csrf(), signer.get(f"/s/{participant}/review").csrf(), stranger.get("/guide").csrf(),
              keeper.get("/guide").csrf(), server.Person(keiin).get("/login").csrf()}
    equal(len(tokens), 5)


@test
def a_session_is_not_fixed_by_whoever_sets_a_cookie():
    person = server.Person(keiin)
    person.cookies["__Host-user"] = "A" * 43
    person.get("/login")
    answer = person.post("/login", {"mail": server.ADMIN["mail"], "password": server.ADMIN["password"]})
    equal(answer.status, 303)
    assert person.cookies["__Host-user"] != "A" * 43


@test
def logging_out_ends_the_session_everywhere():
    person = server.Person(keiin)
    person.get("/login")
    person.post("/login", {"mail": server.ADMIN["mail"], "password": server.ADMIN["password"]})
    thief = server.Person(keiin)
    thief.cookies = dict(person.cookies)
    equal(thief.get("/new").status, 200)
    person.get("/new")
    equal(person.post("/logout").status, 303)
    assert "__Host-user" not in person.cookies
    equal((thief.get("/new").status, thief.get("/new").location.split("?")[0]), (303, "/login"))


@test
def no_redirect_leaves_the_site():
    for to in ("//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aX: y", "/\r\nX: y", "javascript:alert(1)", "\t//evil"):
        person = server.Person(keiin)
        person.get("/login")
        answer = person.post("/login", {"mail": server.ADMIN["mail"], "password": server.ADMIN["password"], "next": to})
        assert answer.location is None or re.fullmatch(r"/([^/\\].*)?", answer.location), (to, answer.location)
        person.get("/login")
        answer = person.post("/lang", {"lang": "en", "to": to})
        assert answer.location is None or re.fullmatch(r"/([^/\\].*)?", answer.location), (to, answer.location)
        assert "X" not in answer.headers


@test
def what_a_person_wrote_is_never_markup():
    evil = "<script>alert(1)</script>\"'><img src=x onerror=y>&amp;"
    page = sender.get(f"/c/{draft}/edit")
    form = server.Forms(page.text).forms[f"/c/{draft}/edit"]
    form.update({"title": evil, "message": evil, "p1-name": evil[:90], "p1-company": evil[:90], "do": "save"})
    sender.post(f"/c/{draft}/edit", form)
    for path in (f"/c/{draft}/edit", "/", f"/c/{draft}"):
        text = sender.get(path).text
        assert "<script>alert" not in text and "<img src=x" not in text, path
    assert "&lt;script&gt;alert" in sender.get(f"/c/{draft}/edit").text
    for words in ("<script>", "\"/><x>", "&#x3c;", "]]>"):
        answer = keeper.get(f"/s/{kept_participant}/seal.svg?face=0&text={urllib.parse.quote(words)}")
        if answer.status == 200:
            names = {e.tag.rpartition("}")[2] for e in xml.etree.ElementTree.fromstring(answer.body).iter()}
            assert names <= {"svg", "path", "g", "title", "desc", "defs"}, names


@test
def secrets_are_not_logged():
    log = keiin.logged()
    for secret in (mail_token, shared_token, keep_token, server.ADMIN["password"], sender.cookies["__Host-user"],
                   signer.cookies[f"__Host-s-{participant}"]):
        assert secret not in log


@test
def the_server_is_still_the_same():
    equal(keiin.roles(), keiin.roles_at_start)
    assert "role-ended" not in keiin.logged()


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
