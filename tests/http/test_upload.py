"""Uploads: what arrives is what was sent, at the sizes where it moves from memory to disk; what intake removes is said."""
import random
import re
import sys

import checks
import server
from checks import add, equal, test

keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off")
sender = server.sender_of(keiin)
envelope, mail_token, _ = server.sent_contract(keiin, sender)
signer, participant = server.signer_of(keiin, mail_token)
BASE = f"/s/{participant}"
IN_MEMORY = 256 * 1024


def review():
    page = signer.get(f"{BASE}/review")
    assert signer.post(f"{BASE}/review", server.Forms(page.text).forms[f"{BASE}/review"]).status == 303
    return re.search(rf'action="{BASE}/documents/([^"/]+)"', signer.get(f"{BASE}/documents").text)[1]


request = review()


def arrives_whole(size):
    octets = b"%PDF-1.7\n" + random.Random(size).randbytes(size - 9)
    assert signer.upload(f"{BASE}/documents/{request}", {}, "file", "書類.pdf", octets).status == 303
    submission = re.search(r'href="(/submission/[^"]+)"', sender.get(f"/c/{envelope}").text)[1]
    equal(sender.get(submission).body == octets, True, f"{size} bytes come back as they were sent")


for size in (10, IN_MEMORY - 1, IN_MEMORY, IN_MEMORY + 1, 3 * IN_MEMORY):
    add(f"{size} bytes arrive whole", arrives_whole, size)


@test
def large_uploads_leave_nothing_behind():
    server.until("no temporary file", lambda: not keiin.temporary_files())


@test
def what_intake_removes_is_said_in_both_languages():
    octets = server.plain_pdf("/OpenAction << /S /JavaScript /JS (secret) >>", "/Annots [<< /Subtype /Link /Rect [0 0 9 9] >>]")
    sender.get("/new")
    edit = sender.upload("/new", {}, "file", "契約書.pdf", octets).location
    page = sender.get(edit).text
    assert "スクリプトと自動で動く操作を取り除きました。" in page and "リンクを取り除きました。" in page and "添付" not in page, page
    english = sender.get(edit, **{"Cookie": "; ".join(f"{k}={v}" for k, v in {**sender.cookies, "__Host-lang": "en"}.items())}).text
    assert "Scripts and automatic actions were removed." in english, english


@test
def a_plain_document_is_taken_in_without_a_word():
    sender.get("/new")
    edit = sender.upload("/new", {}, "file", "契約書.pdf", server.plain_pdf()).location
    assert 'id="notes"' not in sender.get(edit).text


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
