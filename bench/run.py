"""make bench: measures the limit beside ours in the same run, prints a table and writes build/bench.json.

    bench/run.py [quick]      quick: shorter turns, for looking whether it works
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
sys.path.insert(0, str(ROOT / "tests" / "http"))
import server  # noqa: E402

PROGRAMS = ("keiin", "keiin-workers", "keiin-pdfd")
QUICK = "quick" in sys.argv
ROWS = []


def row(name, value, unit, limit, limit_value, ratio, n):
    ROWS.append({"name": name, "value": value, "unit": unit, "limit": limit, "limit_value": limit_value, "ratio": ratio, "n": n})
    print(f"{name:58} {value:>12,.1f} {unit:22} limit {limit}: {limit_value:,.1f}  ratio {ratio:.3f}  n={n}", flush=True)


def output(*command, **more):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True, **more).stdout


# ---- sealing ----
def openssl_signs(algorithm):
    """Signatures a second by `openssl speed`."""
    text = subprocess.run(["openssl", "speed", "-seconds", "1", algorithm], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    line = text.splitlines()[-1].split()
    return float(line[-2])


def sealing(folder, pdf):
    """In turns with `openssl speed`, so that a noisy neighbour meets both; medians."""
    ours, speed = {}, {"P-256": [], "RSA-3072": []}
    for _ in range(1 if QUICK else 5):
        for line in output(BUILD / "bench/seal_bench", folder, pdf, 1).splitlines():
            r = json.loads(line)
            ours.setdefault(r["name"], []).append(r)
        speed["P-256"].append(openssl_signs("ecdsap256"))
        speed["RSA-3072"].append(openssl_signs("rsa3072"))
    for name, turns in ours.items():
        value, limit, ratio = (statistics.median(t[k] for t in turns) for k in ("value", "limit_value", "ratio"))
        n, key = sum(t["n"] for t in turns), name.split(", ")[1]
        row(name, value, turns[0]["unit"], turns[0]["limit"], limit, ratio, n)
        if "B-B" in name:
            beside = statistics.median(t["value"] / s for t, s in zip(turns, speed[key]))
            row(f"the same against openssl speed, {key}", value, turns[0]["unit"], "openssl speed", statistics.median(speed[key]), beside, n)


# ---- verifying ----
def verifying(folder, pdf):
    turns = {}
    for i in range(1 if QUICK else 5):
        place = pathlib.Path(folder) / f"verify{i}"
        place.mkdir()
        for line in output(BUILD / "bench/verify_bench", "bench/certificate_bench", place, pdf, 2).splitlines():
            r = json.loads(line)
            turns.setdefault(r["name"], []).append(r)
    for name, all_of in turns.items():
        value, limit, ratio = (statistics.median(t[k] for t in all_of) for k in ("value", "limit_value", "ratio"))
        row(name, value, all_of[0]["unit"], all_of[0]["limit"], limit, ratio, sum(t["n"] for t in all_of))


# ---- certificates ----
def certificates(folder):
    for line in output(BUILD / "bench/certificate_bench", folder, 1 if QUICK else 4).splitlines():
        r = json.loads(line)
        row(r["name"], r["value"], r["unit"], r["limit"], r["limit_value"], r["ratio"], r["n"])


# ---- processes ----
def pids(keiin):
    return {"supervisor": keiin.process.pid, **keiin.roles()}


def cpu_s(pid):
    """CPU seconds of all threads, to the nanosecond; children that ended are added by waited_s()."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            pass
    return total / 1e9


def waited_s(pid):
    """CPU seconds of children that ended: the sandbox's, one a document."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def cpu_by_role(keiin):
    return {role: cpu_s(pid) + (waited_s(pid) if role == "pdfd" else 0) for role, pid in pids(keiin).items()}


def memory_mb(keiin):
    """RSS added up, which counts shared pages once a process, and PSS added up, which counts each page once."""
    rss = pss = 0
    for pid in pids(keiin).values():
        rss += int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])
        pss += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])
    return rss / 1024, pss / 1024


def memory(keiin, when, limit_mb):
    rss, pss = memory_mb(keiin)
    row(f"memory of all roles, {when}: RSS added up", rss, "MB", "bar", limit_mb, rss / limit_mb, 1)
    row(f"memory of all roles, {when}: each page once (PSS)", pss, "MB", "bar", limit_mb, pss / limit_mb, 1)


# ---- one signer page against nginx ----
def wrk(url, *headers):
    command = ["wrk", "-t1", "-c8", f"-d{2 if QUICK else 5}s", *[a for h in headers for a in ("-H", h)], url]
    text = output(*command)
    return int(re.search(r"(\d+) requests in", text)[1]), "Non-2xx" in text


def nginx(folder, keiin, size):
    """`return 200` of the same size over the same TLS: the port and a process to stop."""
    port = server.free_port()
    conf = pathlib.Path(folder) / "nginx.conf"
    conf.write_text(f"""{"user root;" if os.getuid() == 0 else ""} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
keepalive_requests 1000000;
server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {keiin.data}/tls/own.pem; ssl_certificate_key {keiin.data}/tls/own.key;
set $k "{'x' * 1000}"; location / {{ default_type text/html; return 200 "{'${k}' * (size // 1000)}{'x' * (size % 1000)}"; }} }} }}
""")
    process = subprocess.Popen(["nginx", "-c", conf, "-e", f"{folder}/nginx.err"])
    server.until("nginx", lambda: pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
    worker = int(pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    return port, process, worker


def signer_page(folder, keiin, sender):
    _, mailed, _ = server.sent_contract(keiin, sender)
    signer, participant = server.signer_of(keiin, mailed)
    path = f"/s/{participant}/review"
    size = len(signer.get(path).body)
    cookie = "Cookie: " + "; ".join(f"{k}={v}" for k, v in signer.cookies.items())
    port, process, worker = nginx(folder, keiin, size)
    web, ours, limit, n = keiin.roles()["web"], [], [], 0
    try:
        for _ in range(2 if QUICK else 3):
            before = cpu_s(worker)
            requests, _ = wrk(f"https://127.0.0.1:{port}/")
            limit.append((cpu_s(worker) - before) / requests)
            before = cpu_s(web)
            requests, bad = wrk(f"https://127.0.0.1:{keiin.port}{path}", cookie, f"Host: localhost:{keiin.port}")
            assert not bad, "the signer page answered something else than 200"
            ours.append((cpu_s(web) - before) / requests)
            n += requests
    finally:
        process.terminate()
        process.wait()
    mine, base = statistics.median(ours) * 1e6, statistics.median(limit) * 1e6
    row(f"signer page (review, {size} bytes), CPU a request", mine, "us", "nginx return 200", base, mine / base, n)


# ---- whole contracts ----
def load(keiin, smtp_port, pdf, count, flight):
    admin = server.ADMIN
    text = output(BUILD / "bench/load", keiin.base, smtp_port, admin["mail"], admin["password"], pdf, count, flight)
    return json.loads(text)


def contracts(keiin, smtp_port, pdf):
    load(keiin, smtp_port, pdf, 20, 4)  # warms caches and connections
    one = load(keiin, smtp_port, pdf, 20 if QUICK else 100, 1)
    row("last 締結を確定 to sealed PDF, one at a time, p50", one["p50_ms"], "ms", "bar", 60, one["p50_ms"] / 60, one["contracts"])
    row("last 締結を確定 to sealed PDF, one at a time, p95", one["p95_ms"], "ms", "bar", 150, one["p95_ms"] / 150, one["contracts"])
    count, rounds, peak = (100, 1, (0, 0)) if QUICK else (800, 3, (0, 0))
    runs, roles = [], {}
    for _ in range(rounds):
        before = cpu_by_role(keiin)
        with subprocess.Popen(list(map(str, [BUILD / "bench/load", keiin.base, smtp_port, server.ADMIN["mail"], server.ADMIN["password"], pdf, count, 8])),
                              stdout=subprocess.PIPE, text=True) as process:
            while process.poll() is None:
                peak = max(peak, memory_mb(keiin))
                time.sleep(0.1)
            runs.append(json.loads(process.stdout.read()))
        after = cpu_by_role(keiin)
        for role in after:
            roles.setdefault(role, []).append((after[role] - before[role]) / count * 1e3)
    median = sorted(runs, key=lambda r: r["per_minute"])[len(runs) // 2]
    row("whole contracts, 8 in flight", median["per_minute"], "contracts/min", "bar", 1700, median["per_minute"] / 1700, count * rounds)
    row("last 締結を確定 to sealed PDF, 8 in flight, p50", median["p50_ms"], "ms", "bar", 60, median["p50_ms"] / 60, count * rounds)
    row("last 締結を確定 to sealed PDF, 8 in flight, p95", median["p95_ms"], "ms", "bar", 150, median["p95_ms"] / 150, count * rounds)
    total = sum(statistics.median(v) for v in roles.values())
    for role, values in roles.items():
        mine = statistics.median(values)
        row(f"CPU a contract, role {role}", mine, "ms", "all roles", total, mine / total, count * rounds)
    row("memory of all roles, under load: RSS added up, peak", peak[0], "MB", "bar", 250, peak[0] / 250, count * rounds)
    row("memory of all roles, under load: PSS, peak", peak[1], "MB", "bar", 250, peak[1] / 250, count * rounds)


def by_step(keiin, sender, pdf):
    """CPU of all roles for each step of a contract with one signer, one after the other, jobs included."""
    spent, n = {}, 5 if QUICK else 30
    octets = pathlib.Path(pdf).read_bytes()

    def step(name, act):
        keiin.idle()
        before = sum(cpu_by_role(keiin).values())
        result = act()
        keiin.idle()
        spent.setdefault(name, []).append((sum(cpu_by_role(keiin).values()) - before) * 1e3)
        return result

    for i in range(n):
        address = f"suzuki{i}@hei.example"
        sender.get("/new")
        draft = step("upload (intake in the sandbox)", lambda: sender.upload("/new", {}, "file", "契約書.pdf", octets)).location
        form = server.Forms(sender.get(draft).text).forms[draft]
        form.update({"p1-name": "鈴木", "p1-mail": address, "p1-entry-mail": "1", "do": "save"})
        form.pop("p1-seal", None)
        step("save the draft", lambda: sender.post(draft, form))
        form = {**server.Forms(sender.get(draft).text).forms[draft], "do": "send"}
        answer = step("send (certification, mail)", lambda: sender.post(draft, form))
        assert answer.status == 303 and not answer.location.endswith("/edit"), answer.text
        signer, participant = step("open", lambda: server.signer_of(keiin, keiin.link_to(address, "【署名依頼】")))
        review, confirm = f"/s/{participant}/review", f"/s/{participant}/confirm"
        page = step("review page", lambda: signer.get(review))
        step("go on", lambda: signer.post(review, server.Forms(page.text).forms[review]))
        last = step("confirm page", lambda: signer.get(confirm))
        step("締結を確定 (seal, timestamp, certificate, mails)", lambda: signer.post(confirm, server.Forms(last.text).forms[confirm]))
        step("download", lambda: signer.get(f"/s/{participant}/keep/contract.pdf"))
    total = sum(statistics.median(v) for v in spent.values())
    for name, values in spent.items():
        mine = statistics.median(values)
        row(f"CPU by step: {name}", mine, "ms", "whole contract", total, mine / total, n)


def start_time():
    best = []
    for _ in range(3):
        began = time.monotonic()
        keiin = server.Keiin()
        answer = server.Person(keiin).get("/setup")
        best.append(time.monotonic() - began)
        assert answer.status == 200
        if len(best) == 3:
            memory(keiin, "idle", 80)
        keiin.stop(clean=False)
    row("first 200 after start (empty data folder, keys made)", statistics.median(best), "s", "bar", 1, statistics.median(best), len(best))


def installed_size():
    size = sum((BUILD / name).stat().st_size for name in PROGRAMS)
    stripped = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in PROGRAMS:
            output("strip", "-o", f"{folder}/{name}", BUILD / name)
            stripped += pathlib.Path(f"{folder}/{name}").stat().st_size
    row("installed size of the three programs, stripped", stripped / 2**20, "MiB", "not stripped", size / 2**20, stripped / size, 1)


# Data folders stay until the end: a file system looks for places of new files longer for a minute after thousands were deleted
# (ext4 without a journal), which no server in use does.
def main():
    output("ninja", "-C", BUILD, "--quiet", "bench/seal_bench", "bench/verify_bench", "bench/load", "bench/sample_pdf")
    with tempfile.TemporaryDirectory(prefix="keiin-bench-") as folder:
        pdf = pathlib.Path(folder) / "sample.pdf"
        pdf.write_bytes(subprocess.run([BUILD / "bench/sample_pdf"], check=True, stdout=subprocess.PIPE).stdout)
        sealing(folder, pdf)
        verifying(folder, pdf)
        certificates(folder)
        installed_size()
        start_time()
        keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off")
        sender = server.sender_of(keiin)
        by_step(keiin, sender, pdf)
        signer_page(folder, keiin, sender)
        keiin.stop(clean=False)
        smtp_port = server.free_port()
        keiin = server.Keiin(KEIIN_SERVER_RATE_LIMITS="off", KEIIN_MAIL_SMTP_URL=f"smtp://127.0.0.1:{smtp_port}", KEIIN_MAIL_SMTP_STARTTLS="off")
        server.sender_of(keiin)
        contracts(keiin, smtp_port, pdf)
        keiin.stop(clean=False)
    (BUILD / "bench.json").write_text(json.dumps(ROWS, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
