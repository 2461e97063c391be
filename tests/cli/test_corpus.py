"""Other people's documents: each is sealed well, or refused with a reason; nothing crashes, nothing hangs.

The documents are not ours to hand on: without their folder (../shared/corpus beside the project, or KEIIN_CORPUS) all is skipped.
`test_corpus.py WORD` looks only at files with WORD in their path, and prints every one.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from programs import ENVIRONMENT, ROOT, is_encrypted, pdfsig_verdicts, qpdf_complaints, run

CORPUS = pathlib.Path(os.environ.get("KEIIN_CORPUS", ROOT.parent / "shared" / "corpus"))
SANITIZED = ROOT / "build-asan" / "keiin"
PLAIN = pathlib.Path(os.environ.get("KEIIN_BINARY", ROOT / "build" / "keiin"))
BINARY = SANITIZED if SANITIZED.exists() else PLAIN
LIMIT_S, AT_ONCE, LEAST_SEALED = 15, 2, 0.99
REFUSAL = re.compile(r"^keiin: .*: \S.* \((ERR_\w+)\)$", re.M)
# Leaks are for the unit tests: looking for them would double the time.
CHECKED = {**ENVIRONMENT, "ASAN_OPTIONS": ENVIRONMENT["ASAN_OPTIONS"] + ":detect_leaks=0"}
REPORTS = ("Sanitizer", "runtime error:")
# The sandbox logs how a document's process ended. 9 and 24 are its limits of time; 6 is the limit of memory, which sanitizers lift.
LIMITS = {"9", "24"} if BINARY == SANITIZED else {"6", "9", "24"}

# plain: qpdf finds nothing wrong, and it is neither encrypted nor signed
Outcome = collections.namedtuple("Outcome", "path plain sealed reason faults seconds")


def depends_on_the_viewer(value):
    """In qpdf's JSON of a document: portfolios, dynamic XFA forms, layers that are off."""
    if isinstance(value, list):
        return any(map(depends_on_the_viewer, value))
    if not isinstance(value, dict):
        return False
    return ("/Collection" in value or bool(value.get("/NeedsRendering")) or bool(value.get("/OFF")) or value.get("/BaseState") == "/OFF"
            or any(map(depends_on_the_viewer, value.values())))


def is_active(path):
    return depends_on_the_viewer(json.loads(run(["qpdf", "--json", "--json-key=qpdf", path]).stdout))


def is_signed(path):
    return b"/ByteRange" in path.read_bytes() or bool(pdfsig_verdicts(path))


def crashes(done):
    """Signals and sanitizers' reports, of the command or of the process in its sandbox."""
    found = [f"killed by signal {-done.returncode}"] if done.returncode < 0 else []
    found += [line for line in done.stderr.splitlines() if any(word in line for word in REPORTS)][:3]
    return found + [f"the sandbox's process ended with signal {n}" for n in re.findall(r"signal=(\d+)", done.stderr) if n not in LIMITS]


def faults_of_sealed(path, known):
    """known: what qpdf said of the content before it was sealed; that much may remain."""
    verdicts = pdfsig_verdicts(path)
    judged = run([PLAIN, "verify", path])
    faults = crashes(judged)
    if verdicts != ["Signature is Valid."]:
        faults.append(f"pdfsig: {verdicts}")
    new = qpdf_complaints(path) - known
    if new:
        faults.append(f"qpdf: {sorted(new)}")
    if judged.returncode:
        faults.append(f"keiin verify: {judged.returncode} {judged.stdout.splitlines()[:1]}")
    return faults


def seal(path, out, keys):
    began = time.monotonic()
    try:
        done = run([BINARY, "seal", path, "-o", out, "--level", "b-t", "--name", "山田 太郎", "--mail", "yamada@mirai.example",
                    "--impression", "山田", "--keys", keys], LIMIT_S, env=CHECKED)
    except subprocess.TimeoutExpired:
        return None, time.monotonic() - began
    return done, time.monotonic() - began


def look_at(path, out, keys):
    complaints = qpdf_complaints(path)
    plain = not complaints and not is_encrypted(path) and not is_signed(path)
    done, seconds = seal(path, out, keys)
    if done is None:
        return Outcome(path, plain, False, "hung", [f"still at it after {LIMIT_S} s"], seconds)
    faults = crashes(done)
    sealed, refusal = done.returncode == 0, REFUSAL.search(done.stderr)
    reason = "" if sealed else refusal[1] if refusal else f"exit {done.returncode}"
    if sealed:
        faults += faults_of_sealed(out, complaints)
        out.unlink()
    elif done.returncode != 1 or not refusal:
        faults.append(f"exit {done.returncode}, {done.stderr.strip()!r}")
    elif out.exists():
        faults.append("refused, yet something was written")
    elif reason == "ERR_PDF_ACTIVE" and not is_active(path):
        faults.append("refused because it depends on the viewer, but it does not")
    return Outcome(path, plain, sealed, reason, faults, seconds)


def look_at_all(paths, folder):
    keys = folder / "keys"  # made once: the first of them costs the others nothing
    look_at(paths[0], folder / "first.pdf", keys)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda n: look_at(paths[n], folder / f"{n}.pdf", keys), range(len(paths))))


def tell(outcomes, plain, good, seconds):
    slowest = max(outcomes, key=lambda o: o.seconds)
    print(f"{len(outcomes)} files, {len(plain)} of them clean, unencrypted and unsigned")
    print(f"sealed {sum(o.sealed for o in outcomes)}; of the clean ones {len(good)} ({len(good) / max(len(plain), 1):.1%})")
    for reason, n in collections.Counter(o.reason for o in outcomes if o.reason).most_common():
        print(f"refused {n}: {reason} ({sum(o.plain and o.reason == reason for o in outcomes)} of them clean)")
    print(f"{seconds:.0f} s with {BINARY.parent.name}; the slowest {slowest.seconds:.1f} s: {slowest.path.relative_to(CORPUS)}")


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    paths = sorted(p for p in CORPUS.rglob("*.pdf") if word in str(p)) if CORPUS.is_dir() else []
    if not paths:
        print(f"there are no documents in {CORPUS}\n0 passed, 0 failed, 1 skipped")
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="keiin-corpus-") as folder:
        outcomes = look_at_all(paths, pathlib.Path(folder))
    plain = [o for o in outcomes if o.plain]
    good = [o for o in plain if o.sealed and not o.faults]
    for o in outcomes:
        if word or o.faults:
            print(f"{'FAIL' if o.faults else 'ok  '} {o.path.relative_to(CORPUS)}: {'; '.join(o.faults) or o.reason or 'sealed'}")
    tell(outcomes, plain, good, time.monotonic() - began)
    failed = sum(bool(o.faults) for o in outcomes)
    if len(good) < LEAST_SEALED * len(plain):
        failed += 1
        print(f"FAIL fewer than {LEAST_SEALED:.0%} of the clean documents were sealed; not these:")
        print("\n".join(f"     {o.path.relative_to(CORPUS)}: {o.reason or 'bad'}" for o in plain if o not in good))
    print(f"{len(outcomes) - sum(bool(o.faults) for o in outcomes)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
