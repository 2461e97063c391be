"""A timestamp authority over HTTP for tests, made of `openssl ts`, that can be told to misbehave: by the path it is asked at."""
import base64
import http.server
import pathlib
import subprocess
import threading

CONFIG = """
oid_section = oids
[oids]
own = 1.2.3.4.1
other = 1.2.3.4.2
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/{name}.pem
{certs}signer_key = {folder}/{name}.key
signer_digest = sha256
default_policy = {policy}
other_policies = {policy}
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def run(*command, **more):
    return subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more).stdout


class Stub:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.works = False  # what /switch does
        self.asked = {}
        self.seen = {}  # the Authorization header by path
        self.lock = threading.Lock()
        for name in ("good", "stranger"):
            self.make_certificates(name)
        (self.folder / "serial").write_text("01\n")
        for name, policy in (("good", "own"), ("stranger", "own"), ("policy", "other"), ("rootless", "own")):
            key = "stranger" if name == "stranger" else "good"
            certs = "" if name == "rootless" else f"certs = {folder}/{key}-ca.pem\n"
            text = CONFIG.format(folder=folder, name=key, policy=policy, certs=certs)
            (self.folder / f"{name}.cnf").write_text(text)
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                stub.asked[self.path] = stub.asked.get(self.path, 0) + 1
                stub.seen[self.path] = self.headers.get("Authorization")
                status, reply = stub.answer(self.path, query)
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                try:
                    self.wfile.write(reply)
                except OSError:
                    pass  # hung up on, as it should be

            def log_message(self, *what):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def make_certificates(self, name):
        at = self.folder / name
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{at}-ca.key",
            "-out", f"{at}-ca.pem", "-days", "30", "-subj", f"/CN=Stub {name} root")
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{at}.key", "-out",
            f"{at}.csr", "-subj", f"/CN=Stub {name} TSA")
        (self.folder / "ext").write_text("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                                         "extendedKeyUsage=critical,timeStamping\n")
        run("openssl", "x509", "-req", "-in", f"{at}.csr", "-CA", f"{at}-ca.pem", "-CAkey", f"{at}-ca.key", "-CAcreateserial", "-days",
            "30", "-extfile", self.folder / "ext", "-out", f"{at}.pem")

    def stamp(self, query, name="good"):
        with self.lock:
            (self.folder / "q.tsq").write_bytes(query)
            run("openssl", "ts", "-reply", "-config", self.folder / f"{name}.cnf", "-section", "here", "-queryfile", self.folder / "q.tsq",
                "-out", self.folder / "r.tsr")
            return (self.folder / "r.tsr").read_bytes()

    def another(self, text, *options):
        """The reply to a question that nobody asked."""
        with self.lock:
            (self.folder / "data").write_bytes(text)
            run("openssl", "ts", "-query", "-data", self.folder / "data", "-sha256", "-cert", "-out", self.folder / "other.tsq", *options)
        return self.stamp((self.folder / "other.tsq").read_bytes())

    def answer(self, path, query):
        if path == "/500" or (path == "/switch" and not self.works):
            return 500, b"out of order"
        if path == "/another":  # neither the imprint nor the nonce
            return 200, self.another(b"something else")
        if path == "/policy":
            return 200, self.stamp(query, "policy")
        if path in ("/stranger", "/rootless"):  # rootless: a token with the authority's certificate alone, as is usual
            return 200, self.stamp(query, path[1:])
        if path == "/huge":
            return 200, bytes(8 << 20)
        if path == "/locked" and self.seen[path] != "Basic " + base64.b64encode(b"user:secret").decode():
            return 401, b""
        return 200, self.stamp(query)
