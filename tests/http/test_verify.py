"""契約書を検証: anybody, any file, without an account and without JavaScript; nothing is kept."""
import re
import subprocess
import sys
import tempfile

import checks
import server
from checks import BINARY, equal, test

keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off", KEIIN_SEAL_ARCHIVE_AFTER="0")
sender = server.sender_of(keiin)
envelope, _, _, _ = server.concluded_contract(keiin, sender)
server.until("the archive timestamp", lambda: "長期検証の情報" in sender.get(f"/c/{envelope}").text)
CONTRACT = sender.get(f"/c/{envelope}/contract.pdf").body
CERTIFICATE = sender.get(f"/c/{envelope}/certificate.pdf").body
ROOT = (keiin.data / "keys" / "ca.pem").read_bytes()
keiin.idle()
folder = tempfile.TemporaryDirectory(prefix="keiin-verify-")


def other_root():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Other",
                    "-keyout", f"{folder.name}/key", "-out", f"{folder.name}/pem"], check=True, stderr=subprocess.DEVNULL)
    with open(f"{folder.name}/pem", "rb") as f:
        return f.read()


def judged(octets, anchors=b"", english=False, status=200):
    """What a stranger's browser shows."""
    person = server.Person(keiin)
    if english:
        person.cookies["__Host-lang"] = "en"
    csrf = person.get("/verify").csrf()
    mark = "keiin-verify"
    part = '--{}\r\nContent-Disposition: form-data; name="{}"; filename="{}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = (f'--{mark}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'.encode()
            + part.format(mark, "file", "契約書.pdf").encode() + octets + b"\r\n"
            + part.format(mark, "anchors", "root.pem" if anchors else "").encode() + anchors + f"\r\n--{mark}--\r\n".encode())
    answer = person.send("POST", "/verify", body, {"Content-Type": f"multipart/form-data; boundary={mark}", "Origin": keiin.base})
    equal(answer.status, status, answer.text)
    return answer.text


def signatures(page):
    return page.count('class="card stack signature"')


@test
def our_contract_is_sound_ours_and_known():
    page = judged(CONTRACT)
    assert "問題ありません" in page and "このサーバー）の証明書によるものです" in page and "契約書と、1バイトも違いません" in page, page
    equal(signatures(page), 4)
    equal(page.count("B-LTA"), 2)
    assert "契約書.pdf" in page


@test
def our_certificate_is_known_as_one():
    page = judged(CERTIFICATE)
    assert "問題ありません" in page and "合意証明書と、1バイトも違いません" in page, page


@test
def one_bit_is_enough():
    for at in (100, len(CONTRACT) // 2, len(CONTRACT) - 10):
        altered = bytearray(CONTRACT)
        altered[at] ^= 1
        page = judged(bytes(altered))
        assert "問題ありません" not in page and 'id="known"' not in page, at
        assert re.search(r'role="alert" id="verdict"', page), page


@test
def an_earlier_form_is_sound_but_no_longer_the_newest():
    ends = [m.end() for m in re.finditer(rb"%%EOF\n?", CONTRACT)]
    page = judged(CONTRACT[:ends[-3]])
    assert "問題ありません" in page and 'id="known"' in page, page  # as it was at the conclusion: issued, too


@test
def somebody_elses_seal_is_never_shown_as_sound():
    keys, forged = f"{folder.name}/keys", f"{folder.name}/forged.pdf"
    plain = f"{folder.name}/plain.pdf"
    with open(plain, "wb") as out:
        out.write(server.plain_pdf())
    subprocess.run([BINARY, "seal", plain, "-o", forged, "--keys", keys, "--name", "契印 Keiin"], check=True, stderr=subprocess.DEVNULL)
    with open(forged, "rb") as f:
        page = judged(f.read())
    assert "問題ありません" not in page and "誰の証明書による署名かは確かめられていません" in page and "発行元は未確認" in page, page
    assert 'notice success' not in page


@test
def trust_in_somebody_else_is_respected():
    page = judged(CONTRACT, other_root())
    assert "問題ありません" not in page and "信頼点に至りません" in page, page
    page = judged(CONTRACT, ROOT)
    assert "指定された証明書につながっています" in page, page


@test
def files_that_are_none_get_a_clear_answer():
    assert "読み取れません" in judged(b"not a PDF at all")
    assert "PDFファイルを選んでください" in judged(b"", status=422)
    assert "証明書が見つかりません" in judged(CONTRACT, b"no certificate", status=422)


@test
def it_speaks_english():
    page = judged(CONTRACT, english=True)
    assert "SOUND: 2 signatures and 2 timestamps fit" in page and "Byte for byte a contract" in page, page


@test
def what_stands_in_a_file_is_only_text():
    name = b"<script>alert(1)</script>"
    page = judged(CONTRACT.replace(b"/Name ", b"/Name (" + name + b") /X ", 1))
    assert "<script>alert" not in page


@test
def nothing_is_kept():
    before, blobs = keiin.dump(), sorted(p.name for p in (keiin.data / "blobs").rglob("*"))
    judged(CONTRACT + b"\n")
    equal(keiin.dump(), before)
    equal(sorted(p.name for p in (keiin.data / "blobs").rglob("*")), blobs)
    server.until("no temporary file", lambda: not keiin.temporary_files())


@test
def the_root_can_be_taken_home():
    answer = server.Person(keiin).get("/verify/root.pem")
    equal(answer.body, ROOT)


@test
def every_page_leads_there():
    assert 'href="/verify"' in server.Person(keiin).get("/resend").text


try:
    code = checks.run_all()
finally:
    keiin.stop()
sys.exit(code)
