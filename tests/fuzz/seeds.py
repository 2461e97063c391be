"""Small signed files, containers and lists to begin with: seeds.py KEIIN FOLDER"""
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))
keiin, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def put(target, name, octets):
    (folder / f"{target}.seeds").mkdir(parents=True, exist_ok=True)
    (folder / f"{target}.seeds" / name).write_bytes(octets)


def some_list():
    """By the root that issued to the containers."""
    (folder / "index").write_text("")
    (folder / "config").write_text(f"[ca]\ndefault_ca=x\n[x]\ndatabase={folder / 'index'}\ndefault_md=sha256\ndefault_crl_days=9\n")
    subprocess.run(["openssl", "ca", "-gencrl", "-config", folder / "config", "-keyfile", folder / "keys" / "ca.key", "-cert",
                    folder / "keys" / "ca.pem", "-out", folder / "crl.pem"], check=True, stderr=subprocess.DEVNULL)
    return subprocess.run(["openssl", "crl", "-in", folder / "crl.pem", "-outform", "DER"], check=True, stdout=subprocess.PIPE).stdout


def some_answer():
    """About a certificate of that root's."""
    keys = folder / "keys"
    (folder / "index").write_text("")
    subprocess.run(["openssl", "ocsp", "-issuer", keys / "ca.pem", "-cert", keys / "seal.pem", "-reqout", folder / "q.ocsp"], check=True)
    subprocess.run(["openssl", "ocsp", "-index", folder / "index", "-rsigner", keys / "ca.pem", "-rkey", keys / "ca.key", "-CA",
                    keys / "ca.pem", "-reqin", folder / "q.ocsp", "-respout", folder / "r.ocsp", "-ndays", "9"], check=True)
    return (folder / "r.ocsp").read_bytes()


def stating():
    """An unsigned file with what a certificate states."""
    said = b'{"format":"keiin-certificate","version":1,"contract":{"document_id":"A","concluded":{"sha256":"' + b"0" * 64 + b'","bytes":9}}}'
    objects = [b"<</Type/Catalog/Pages 2 0 R/AF[3 0 R]>>", b"<</Type/Pages/Kids[]/Count 0>>", b"<</F(audit.json)/EF<</F 4 0 R>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(said), said)]
    out, at = b"%PDF-1.7\n", []
    for n, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in at)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + table + b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def small(package):
    """A package without its large files, which would only slow the fuzzer down; the list of digests fits."""
    with zipfile.ZipFile(io.BytesIO(package)) as z:
        files = {i.filename: z.read(i)[:4000] for i in z.infolist() if i.filename != "SHA256SUMS"}
    files["SHA256SUMS"] = "".join(f"{hashlib.sha256(v).hexdigest()}  {k}\n" for k, v in files.items()).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, octets in files.items():
            z.writestr(name, octets)
    return out.getvalue()


def main():
    import server
    put("pair", "stating", stating())
    plain = folder / "plain.pdf"
    plain.write_bytes(server.plain_pdf())
    for level in ("b-b", "b-t"):
        out = folder / f"{level}.pdf"
        subprocess.run([keiin, "seal", plain, "-o", out, "--level", level, "--keys", folder / "keys"], check=True, stderr=subprocess.DEVNULL)
        sealed = out.read_bytes()
        put("verify", level, sealed)
        contents = bytes.fromhex(re.search(rb"/Contents ?<([0-9A-F]+)>", sealed)[1].decode())
        length = 4 + int.from_bytes(contents[2:4], "big")
        put("cms", level, contents[:length])
        put("ocsp", level, length.to_bytes(2, "big") + contents[:length] + some_answer())
        put("crl", level, length.to_bytes(2, "big") + contents[:length] + some_list())
    done = server.Keiin(KEIIN_SEAL_ARCHIVE_AFTER="0", KEIIN_LEDGER_CHECKPOINT_EVERY="1")
    try:
        sender = server.sender_of(done)
        envelope, _, _, _ = server.concluded_contract(done, sender)
        server.until("the archive timestamp", lambda: "長期検証の情報" in sender.get(f"/c/{envelope}").text)
        put("verify", "b-lta", sender.get(f"/c/{envelope}/contract.pdf").body)
        put("package", "small", small(server.until("the package", lambda: (p := sender.get(f"/c/{envelope}/package.zip")).status == 200 and p.body)))
    finally:
        done.stop()
    put("authority", "ocsp", (folder / "q.ocsp").read_bytes())
    subprocess.run(["openssl", "ts", "-query", "-data", plain, "-sha256", "-cert", "-out", folder / "q.tsq"], check=True)
    put("authority", "stamp", (folder / "q.tsq").read_bytes())
    put("ledger", "note", b"keiin-checkpoint/1\norigin https://a\nsize 7\nroot " + b"0" * 64 + b"\ntime x\n")
    put("ledger", "tree", b"3 " + b"a" * 64 + b" " + b"b" * 64)


main()
