"""Outside timestamp authorities: asked in order, believed with care, waited for without anybody being held up."""
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import checks
import server
import stub_tsa
from checks import BINARY, equal, test

folder = tempfile.TemporaryDirectory(prefix="keiin-timestamping-")
stub = stub_tsa.Stub(folder.name)
LIST = f"{folder.name}/tsa.ini"
BAD = ["500", "another", "policy", "stranger", "huge", "locked"]


def write_list(*sections):
    with open(LIST, "w", encoding="utf-8") as out:
        for name, lines in sections:
            out.write(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) + "\n")


TRUST = f"trust = {folder.name}/good-ca.pem"
write_list(("down", ["url = http://127.0.0.1:1/"]), *((name, [f"url = {stub.url}/{name}", TRUST, "policy = 1.2.3.4.1"]) for name in BAD),
           ("switch", [f"url = {stub.url}/switch", TRUST, "quota_month = 1000", "cost = 12.5"]))
SETTINGS = {"KEIIN_TSA_LIST": LIST, "KEIIN_TSA_REST": "0", "KEIIN_TSA_ALARM_AFTER": "5", "KEIIN_SEAL_ARCHIVE_AFTER": "1000000"}
keiin = server.Keiin(**SETTINGS)
sender = server.sender_of(keiin)


def tsa(*arguments):
    done = subprocess.run([BINARY, "tsa", *arguments, "--data", keiin.data], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, **SETTINGS, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout


def agreed(mail):
    """A contract that its one signer has agreed to: the envelope's id, the signer, the path of their pages."""
    draft = sender.post("/sample").location
    page = sender.get(draft)
    form = server.Forms(page.text).forms[draft]
    removed = sender.post(draft, {**form, "do": "remove-2"})
    form = server.Forms(sender.get(draft).text if removed.status == 303 else removed.text).forms[draft]
    form.update({"p1-mail": mail, "p1-entry-mail": "1", "do": "send"})
    equal(sender.post(draft, form).status, 303)
    signer, participant = server.signer_of(keiin, keiin.link_to(mail, "【署名依頼】"))
    base = f"/s/{participant}"
    equal(signer.post(f"{base}/review", server.Forms(signer.get(f"{base}/review").text).forms[f"{base}/review"]).status, 303)
    form = server.Forms(signer.get(f"{base}/seal").text).forms[f"{base}/seal"]
    equal(signer.upload(f"{base}/seal", {**form, "method": "text", "do": "next"}, "image", "", b"").status, 303)
    form = server.Forms(signer.get(f"{base}/confirm").text).forms[f"{base}/confirm"]
    equal(signer.post(f"{base}/confirm", form).status, 303)
    sender.get("/new")
    return draft.split("/")[2], signer, base


sender.get("/new")
envelope, signer, base = agreed("suzuki@hei.example")


def job(columns):
    with sqlite3.connect(f"file:{keiin.data / 'store' / 'keiin.db'}?mode=ro", uri=True) as db:
        return db.execute(f"SELECT {columns} FROM job WHERE dedup = ?", (f"approve {envelope}",)).fetchone()


server.until("the first try", lambda: job("last_error")[0] == "ERR_TSA")


@test
def everyone_is_told_that_the_timestamp_is_waited_for():
    for page in (sender.get(f"/c/{envelope}"), sender.get("/")):
        assert "タイムスタンプ待ち" in page.text, page.text
    assert "失われるものはありません" in sender.get(f"/c/{envelope}").text
    for path in (f"{base}/done", f"{base}/keep"):
        page = signer.get(path)
        equal(page.status, 200, path)
        assert "タイムスタンプを待っています" in page.text and "失われるものはありません" in page.text, page.text
    equal(signer.get(f"{base}/keep/contract.pdf").status, 409)


@test
def each_was_asked_and_none_believed():
    for name in BAD + ["switch"]:
        assert stub.asked.get("/" + name, 0) >= 1, name
    said = keiin.logged()
    for why in ("the server answers with another status", "over other bytes", "the answer is no timestamp", "is not trusted", "Failed writing"):
        assert re.search(f"event=tsa .*{why}", said), f"{why}: {said}"


@test
def after_a_while_the_alarm_sounds():
    server.until("the alarm", lambda: "timestamp-late" in keiin.logged(), 60)
    assert "keiin tsa test" in sender.get(f"/c/{envelope}").text
    assert "タイムスタンプを長く待っている契約書が1件あります" in sender.get("/").text


@test
def the_state_of_the_authorities_is_shown():
    code, said = tsa("status")
    equal(code, 0, said)
    assert re.search(r"8\. switch +http", said) and re.search(r"tokens in 20\d\d-\d\d: 0 of 1000, cost 0\.00", said), said
    code, said = tsa("test")
    equal(code, 1, said)
    assert "switch: no timestamp" in said, said


@test
def it_is_concluded_by_itself_when_an_authority_comes_back():
    stub.works = True
    server.until("the next try", lambda: job("state")[0] == 2, 150)  # tries are a minute apart in the end
    keep = keiin.link_to("suzuki@hei.example", "【締結完了】")
    assert keep
    page = sender.get(f"/c/{envelope}")
    assert "締結済" in page.text and "タイムスタンプ待ち" not in page.text
    certificate = f"{folder.name}/certificate.pdf"
    with open(certificate, "wb") as out:
        out.write(sender.get(f"/c/{envelope}/certificate.pdf").body)
    text = subprocess.run(["pdftotext", "-layout", certificate, "-"], stdout=subprocess.PIPE, text=True).stdout
    assert "Stub good TSA" in text, text
    contract = f"{folder.name}/contract.pdf"
    with open(contract, "wb") as out:
        out.write(sender.get(f"/c/{envelope}/contract.pdf").body)
    done = subprocess.run([BINARY, "verify", contract, "--json"], stdout=subprocess.PIPE, text=True)
    equal(done.returncode, 0, done.stdout)
    equal({s["level"] for s in json.loads(done.stdout)["signatures"]}, {"B-T", "DTS"})


@test
def tokens_are_counted():
    code, said = tsa("status")
    equal(code, 0, said)
    assert re.search(r"tokens in 20\d\d-\d\d: 2 of 1000, cost 25\.00", said), said


@test
def an_organisation_may_choose():
    code, said = tsa("use", "nobody")
    equal(code, 1, said)
    equal(tsa("use", "switch")[0], 0)
    assert "uses switch" in tsa("status")[1]
    before = stub.asked["/500"]
    chosen, _, _ = agreed("takahashi@tei.example")
    keiin.link_to("takahashi@tei.example", "【締結完了】")
    equal(stub.asked["/500"], before)
    equal(tsa("use", "--any")[0], 0)
    assert "uses" not in tsa("status")[1]


@test
def a_good_list_is_tried_and_a_bad_one_told():
    write_list(("locked", [f"url = {stub.url}/locked", TRUST, "user = user", "password = secret"]), ("own", ["url = embedded"]))
    code, said = tsa("test")
    equal(code, 0, said)
    assert re.search(r"locked: good\. Made by Stub good TSA at 20", said) and re.search(r"own: good\. Made by", said), said
    for bad, why in (("colour = blue", "unknown key"), (f"trust = {folder.name}/absent", "cannot read"), ("policy = nonsense", "policy")):
        write_list(("x", [f"url = {stub.url}/x", bad]))
        code, said = tsa("test")
        assert code != 0 and why in said, (code, said)


try:
    code = checks.run_all()
finally:
    keiin.stop()
    stub.stop()
sys.exit(code)
