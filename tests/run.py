"""Runs every test there is and closes with `N passed, N failed, N skipped`.

Stages: the house rules (formatting, dependencies), unit tests (meson, cmocka), the same under AddressSanitizer and
UndefinedBehaviorSanitizer, the concurrent ones built by clang under ThreadSanitizer, the fuzzers, black-box tests over HTTP
(tests/http/test_*.py) and at the command line (tests/cli/test_*.py), and the browser (tests/browser/*.test.mjs).  A stage that
cannot run counts as failed, never as passed.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()

    def add(self, passed, failed, skipped=0):
        with self.lock:
            self.passed += passed
            self.failed += failed
            self.skipped += skipped


def say(name, passed, failed, skipped, seconds):
    print(f"{'ok  ' if not failed else 'FAIL'} {name}: {passed} passed, {failed} failed, {skipped} skipped ({seconds:.0f} s)", flush=True)


def run(command, **more):
    return subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", **more)


def lint(tally):
    done = run(["make", "lint"])
    if done.returncode:
        print(done.stdout[-4000:])
    failed = int(done.returncode != 0)
    tally.add(1 - failed, failed)
    say("lint", 1 - failed, failed, 0, 0)


def meson(tally, folder, name, setup, *choice, **environment):
    began = time.monotonic()
    if not (ROOT / folder / "build.ninja").exists():
        done = run(["meson", "setup", folder, *setup], env={**os.environ, **environment})
        if done.returncode:
            print(done.stdout)
            tally.add(0, 1)
            return
    done = run(["ninja", "-C", folder, "--quiet"])
    if done.returncode:
        print(done.stdout[-6000:])
        tally.add(0, 1)
        return
    log = ROOT / folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    run(["meson", "test", "-C", folder, "--num-processes", "2", "--timeout-multiplier", "3", *choice])
    passed = failed = skipped = 0
    for line in log.read_text().splitlines() if log.exists() else []:
        test = json.loads(line)
        if test["result"] in ("OK", "EXPECTEDFAIL"):
            said = test.get("stdout", "") + test.get("stderr", "")
            counted = re.findall(r"\[  PASSED  \] (\d+) test", said)
            missing = re.findall(r"\[  SKIPPED \] (\d+) test", said)
            expected = test["result"] == "EXPECTEDFAIL"
            passed += 1 if expected or not counted else sum(map(int, counted))
            skipped += 0 if expected else sum(map(int, missing))
        elif test["result"] == "SKIP":
            skipped += 1
            print(f"     skipped: {test['name']}")
        else:
            failed += 1
            print(f"--- {name}: {test['name']}: {test['result']}\n{test.get('stdout', '')[-3000:]}{test.get('stderr', '')[-3000:]}")
    if passed + failed == 0:
        failed = 1
    tally.add(passed, failed, skipped)
    say(name, passed, failed, skipped, time.monotonic() - began)


def script(tally, command, name, limit):
    began = time.monotonic()
    try:
        done = run(command, timeout=limit, env={**os.environ, "KEIIN_BINARY": str(BUILD / "keiin")})
        out, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        out, code = (late.stdout or b"").decode(errors="replace") if isinstance(late.stdout, bytes) else late.stdout or "", 1
        out += f"\ntimed out after {limit} s"
    closing = CLOSING.findall(out)
    passed, failed, skipped = (int(n or 0) for n in closing[-1]) if closing else (0, 0, 0)
    if not closing or (code and not failed):
        failed += 1
    if failed:
        print(f"--- {name}\n{out[-8000:]}")
    tally.add(passed, failed, skipped)
    say(name, passed, failed, skipped, time.monotonic() - began)


def fuzz(tally):
    """Each target counts as one test: FUZZ_SECONDS (60) without a crash, a leak or an input that takes too long. All side by side, so that the
    whole takes minutes: on a small machine each has its share of the processors only (`make fuzz` runs one after the other)."""
    began, shell = time.monotonic(), str(ROOT / "tests" / "fuzz" / "run.sh")
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    seeds = run([shell, "seeds"])
    if seeds.returncode:
        print(f"--- fuzz seeds\n{seeds.stdout[-4000:]}")
    names = run([shell, "list"]).stdout.split()

    def one(name):
        try:
            done = run([shell, name], timeout=seconds * 2 + 600, env={**os.environ, "FUZZ_PATIENCE": "30"})
            return name, done.returncode, done.stdout
        except subprocess.TimeoutExpired:
            return name, 1, "it did not end"

    with concurrent.futures.ThreadPoolExecutor(max(1, len(names))) as pool:
        results = list(pool.map(one, names))
    for name, code, out in results:
        if code:
            print(f"--- fuzz {name}: " + " ".join(re.findall(r"Test unit written to (\S+)", out)) + f"\n{out[-4000:]}")
    passed = sum(code == 0 for _, code, _ in results)
    failed = len(results) - passed + (seeds.returncode != 0)
    tally.add(passed, failed)
    say("fuzz", passed, failed, 0, time.monotonic() - began)


def browser_modules():
    folder = ROOT / "tests" / "browser"
    stamp = folder / "node_modules" / ".package-lock.json"
    lock = folder / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return True
    done = run(["npm", "ci", "--prefix", str(folder), "--no-audit", "--no-fund"])
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


def scripts(wants):
    """What runs by itself against a server or a program: command, name, limit in seconds; the longest first."""
    found = {}
    if any(wants(f"browser/{p.name.removesuffix('.test.mjs')}") for p in (ROOT / "tests" / "browser").glob("*.test.mjs")):
        ready = browser_modules()
        for path in sorted((ROOT / "tests" / "browser").glob("*.test.mjs")):
            command = ["node", str(path)] if ready else ["sh", "-c", "echo npm ci failed; exit 1"]
            found[f"browser/{path.name.removesuffix('.test.mjs')}"] = (command, 300)
    for folder in ("cli", "http"):
        for path in sorted((ROOT / "tests" / folder).glob("test_*.py")):
            found[f"{folder}/{path.stem}"] = (["/usr/bin/python3", str(path)], 900)
    order = sorted(found, key=lambda name: not name.startswith("cli/test_corpus"))
    return [(found[name][0], name, found[name][1]) for name in order if wants(name)]


def main():
    only = sys.argv[1:]
    wants = lambda name: not only or any(name.startswith(o) for o in only)
    tally = Tally()
    if wants("lint"):
        lint(tally)
    if wants("unit"):
        meson(tally, "build", "unit", [])
    if wants("asan"):
        meson(tally, "build-asan", "asan", ["-Db_sanitize=address,undefined", "-Db_lundef=false"], "--no-suite", "slow")
    if wants("tsan"):
        meson(tally, "build-tsan", "tsan", ["-Db_sanitize=thread", "-Db_lundef=false"], "--suite", "concurrent", CC="clang")
    if wants("fuzz"):
        fuzz(tally)
    # Each has servers and ports of its own and mostly waits: two at once, those that take longest first.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(script, tally, *task) for task in scripts(wants)]:
            done.result()
    print(f"\n{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
