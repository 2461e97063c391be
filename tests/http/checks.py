"""What the black-box tests share: named tests, and the closing line tests/run.py reads."""
import os
import pathlib
import sys
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("KEIIN_BINARY", ROOT / "build" / "keiin"))
PROGRAMS = BINARY.parent / "tests" / "http"
TESTS = []


class Skipped(Exception):
    pass


def test(function):
    """Registers a test; its name is the function's, its verdict an exception or none."""
    TESTS.append((function.__name__.replace("_", " "), function, ()))
    return function


def add(name, function, *arguments):
    TESTS.append((name, function, arguments))


def equal(got, expected, what=""):
    assert got == expected, f"{what}: {got!r}, expected {expected!r}"


def run_all():
    """Runs what is registered, in order (or only names holding an argument of the command line); exits 1 if one failed."""
    passed = failed = skipped = 0
    for name, function, arguments in TESTS:
        if len(sys.argv) > 1 and not any(word in name for word in sys.argv[1:]):
            continue
        try:
            function(*arguments)
        except Skipped as why:
            skipped += 1
            print(f"skip {name}: {why}", flush=True)
        except Exception:
            failed += 1
            print(f"FAIL {name}\n{traceback.format_exc()}", flush=True)
        else:
            passed += 1
            print(f"ok   {name}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or passed == 0 else 0
