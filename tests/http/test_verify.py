"""契約書を検証: anybody, any file, without an account and without JavaScript; nothing is kept."""
import json
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
ENDS = [m.end() for m in re.finditer(rb"%%EOF\n?", CERTIFICATE)]
OTHER = sender.get(f"/c/{server.concluded_contract(keiin, sender, 'honda@tei.example')[0]}/contract.pdf").body
ROOT = (keiin.data / "keys" / "ca.pem").read_bytes()
keiin.idle()
folder = tempfile.TemporaryDirectory(prefix="keiin-verify-")


def other_root():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Other",
                    "-keyout", f"{folder.name}/key", "-out", f"{folder.name}/pem"], check=True, stderr=subprocess.DEVNULL)
    with open(f"{folder.name}/pem", "rb") as f:
        return f.read()


def judged(octets, anchors=b"", english=False, status=200, other=b""):
    """What a stranger's browser shows."""
    person = server.Person(keiin)
    if english:
        person.cookies["__Host-lang"] = "en"
    csrf = person.get("/verify").csrf()
    mark = "keiin-verify"
    part = '--{}\r\nContent-Disposition: form-data; name="{}"; filename="{}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = (f'--{mark}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'.encode()
            + part.format(mark, "file", "契約書.pdf").encode() + octets + b"\r\n"
            + part.format(mark, "other", "合意証明書.pdf" if other else "").encode() + other + b"\r\n"
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
    assert "知っておきたいこと" not in page, page
    equal(signatures(page), 4)
    equal(page.count("B-LTA"), 2)
    assert "契約書.pdf" in page


@test
def our_certificate_is_known_as_one():
    page = judged(CERTIFICATE)
    assert "問題ありません" in page and "合意証明書と、1バイトも違いません" in page, page
    assert "知っておきたいこと" in page and "添付ファイルがあります" in page, page


FITS = "この契約書と合意証明書は組です"


@test
def a_contract_and_its_certificate_are_a_pair():
    for first, second in ((CONTRACT, CERTIFICATE), (CERTIFICATE, CONTRACT)):
        page = judged(first, other=second)
        assert FITS in page and 'notice success' in page and "このサーバー）の証明書によるものです" in page, page
        equal(signatures(page), 6)
    assert "belong together" in judged(CONTRACT, other=CERTIFICATE, english=True)


@test
def the_certificate_as_it_was_before_archiving_fits_the_archived_contract():
    assert FITS in judged(CONTRACT, other=CERTIFICATE[:ENDS[-3]])


@test
def a_pair_that_is_none_says_which_file_does_not_fit():
    ends = [m.end() for m in re.finditer(rb"%%EOF\n?", CONTRACT)]
    altered = {what: octets[:200] + bytes([octets[200] ^ 1]) + octets[201:] for what, octets in (("contract", CONTRACT), ("certificate", CERTIFICATE))}
    for first, second, words in ((OTHER, CERTIFICATE, "別の契約書のものです"), (CONTRACT[:ends[0]], CERTIFICATE, "契約書に問題があります"),
                                 (CONTRACT[:ends[1]], CERTIFICATE, "締結された契約書そのものではありません"),
                                 (altered["contract"], CERTIFICATE, "契約書に問題があります"), (CONTRACT, altered["certificate"], "合意証明書に問題があります"),
                                 (CONTRACT, OTHER, "どちらも、読み取れる合意証明書ではありません"), (CERTIFICATE, CERTIFICATE, "契約書を選んでください")):
        page = judged(first, other=second)
        assert words in page and FITS not in page and re.search(r'role="alert" id="verdict"', page), (words, page)


@test
def a_pair_by_somebody_else_is_not_trusted():
    page = judged(CONTRACT, other_root(), other=CERTIFICATE)
    assert FITS not in page and "信頼点に至りません" in page, page
    assert "指定された証明書につながっています" in judged(CONTRACT, ROOT, other=CERTIFICATE)


@test
def the_command_line_says_the_same():
    paths = {}
    for name, octets in (("contract", CONTRACT), ("certificate", CERTIFICATE), ("other", OTHER), ("root", ROOT)):
        paths[name] = f"{folder.name}/pair-{name}"
        with open(paths[name], "wb") as out:
            out.write(octets)

    def said(*names, code):
        done = subprocess.run([BINARY, "verify", *[paths[n] for n in names], "--trust", paths["root"], "--json"], stdout=subprocess.PIPE, text=True)
        equal(done.returncode, code, done.stdout)
        return json.loads(done.stdout)["pair"]

    equal(said("contract", "certificate", code=0), "fits")
    equal(said("certificate", "contract", code=0), "fits")
    equal(said("other", "certificate", code=1), "other_contract")
    equal(said("contract", "other", code=1), "no_certificate")


@test
def the_code_of_a_certificate_asks_for_its_contract():
    code = re.search(rb"verify\?contract=([0-9a-f]{64})", scanned()).group(1).decode()
    page = server.Person(keiin).get(f"/verify?contract={code}").text
    assert "締結された記録があります" in page and code in page, page
    assert "締結の記録がありません" in server.Person(keiin).get(f"/verify?contract={'0' * 64}").text
    for junk in ("%3Cscript%3E", "0" * 63, "g" * 64):
        assert 'id="asked"' not in server.Person(keiin).get(f"/verify?contract={junk}").text


def scanned():
    """What a telephone reads on the first page of the certificate."""
    path = f"{folder.name}/scanned.pdf"
    with open(path, "wb") as out:
        out.write(CERTIFICATE)
    picture = subprocess.run(["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-png", path], check=True, stdout=subprocess.PIPE).stdout
    return subprocess.run(["zbarimg", "-q", "--raw", "-"], input=picture, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


@test
def one_bit_is_enough():
    for at in (100, len(CONTRACT) // 2, len(CONTRACT) - 10):
        altered = bytearray(CONTRACT)
        altered[at] ^= 1
        page = judged(bytes(altered))
        assert "問題ありません" not in page and 'notice known' not in page, at
        assert re.search(r'role="alert" id="verdict"', page), page


@test
def an_earlier_form_is_sound_but_no_longer_the_newest():
    ends = [m.end() for m in re.finditer(rb"%%EOF\n?", CONTRACT)]
    page = judged(CONTRACT[:ends[-3]])
    assert "問題ありません" in page and 'notice known' in page, page  # as it was at the conclusion: issued, too


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
