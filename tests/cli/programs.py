"""What the command line's tests share: running keiin, and the opinions of programs that are not ours (pdfsig, qpdf, openssl)."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "http"))

from checks import ROOT

ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "ASAN_OPTIONS": "abort_on_error=1",
               "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:abort_on_error=1",
               "LSAN_OPTIONS": f"suppressions={ROOT / 'tests' / 'unit' / 'inkan' / 'lsan.supp'}:print_suppressions=0"}


def run(command, limit_s=60, **more):
    """A finished process, its outputs as text."""
    return subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", errors="replace", timeout=limit_s,
                          **{"env": ENVIRONMENT, **more})


def pdfsig_verdicts(path):
    """What pdfsig says of each signature; an empty list when there is none."""
    return re.findall(r"Signature Validation: (.*)", run(["pdfsig", "-nocert", path]).stdout)


def qpdf_complaints(path):
    """What qpdf --check finds wrong, without the places: empty when it is clean."""
    done = run(["qpdf", "--check", path])
    if done.returncode == 0:
        return set()
    return {line.rsplit(": ", 1)[-1] for line in done.stderr.splitlines()} or {f"exit {done.returncode}"}


def is_encrypted(path):
    return run(["qpdf", "--is-encrypted", path]).returncode == 0
