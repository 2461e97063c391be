"""libkeiinverify as a stranger gets it: installed, and used by a program that knows the header alone."""
import os
import pathlib
import shutil
import sys
import tempfile

from programs import ENVIRONMENT, run

from checks import BINARY, ROOT, Skipped, equal, run_all, test

kept = tempfile.TemporaryDirectory(prefix="keiin-library-")
folder = pathlib.Path(kept.name)
SEALED = folder / "sealed.pdf"
KEYS = folder / "keys"


def document():
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"]
    out, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    return out + b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places) + \
        b"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def done_well(command, **more):
    done = run(command, limit_s=300, **more)
    equal(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def install():
    """The library with all that belongs to it, in a root of its own; the folder that holds the library."""
    root = folder / "root"
    done_well(["meson", "install", "-C", BINARY.parent, "--no-rebuild", "--quiet", "--destdir", root])
    return next(root.rglob("libkeiinverify.so.0")).parent


def build():
    """The example from the documentation, by what pkg-config says."""
    at = install()
    environment = {**ENVIRONMENT, "PKG_CONFIG_PATH": str(at / "pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": str(folder / "root")}
    flags = done_well(["pkg-config", "--cflags", "--libs", "keiinverify"], env=environment).split()
    (folder / "example.c").write_bytes((ROOT / "docs/libkeiinverify/example.c").read_bytes())
    done_well(["cc", "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", folder / "example", folder / "example.c", *flags])
    (folder / "in.pdf").write_bytes(document())
    done_well([BINARY, "seal", folder / "in.pdf", "-o", SEALED, "--keys", KEYS, "--level", "b-t", "--name", "山田"])
    return at


LIBRARY = build()


def example(*arguments):
    return run([folder / "example", *arguments], env={**ENVIRONMENT, "LD_LIBRARY_PATH": str(LIBRARY)})


@test
def a_sound_file_is_told():
    done = example(SEALED)
    equal((done.returncode, done.stderr), (0, ""), done.stdout)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("SOUND: 1 signature ") and lines[1].startswith("問題ありません"), lines
    assert lines[2].startswith("1: sound, ") and "signer 山田" in lines[2] and "level B-T" in lines[2] and "trusted" not in lines[2], lines
    assert ", trusted" in example(SEALED, KEYS / "ca.pem").stdout
    done = example(SEALED, os.devnull)
    equal((done.returncode, done.stdout), (2, ""), "no anchors")


@test
def a_changed_file_is_told():
    octets = SEALED.read_bytes()
    (folder / "changed.pdf").write_bytes(octets.replace(b"595 842", b"595 843", 1))
    done = example(folder / "changed.pdf")
    equal((done.returncode, done.stderr), (1, ""), done.stdout)
    assert done.stdout.startswith("NOT SOUND: the signed bytes were changed"), done.stdout


@test
def junk_is_told():
    for junk in (b"", b"%PDF-1.7", b"\0" * 1000, SEALED.read_bytes()[:400]):
        (folder / "junk.pdf").write_bytes(junk)
        done = example(folder / "junk.pdf")
        equal((done.returncode, done.stderr), (2, ""), done.stdout)
        assert done.stdout.startswith("UNREADABLE: "), done.stdout


@test
def nothing_else_is_exported():
    exported = {line.split()[-1].split("@")[0] for line in done_well(["nm", "-D", "--defined-only", LIBRARY / "libkeiinverify.so.0"]).splitlines()}
    assert "keiinverify_check" in exported, exported
    equal([name for name in sorted(exported) if not name.startswith("keiinverify_") and name != "KEIINVERIFY_0"], [], "exported")


@test
def the_header_serves_cplusplus():
    if not shutil.which("c++"):
        raise Skipped("there is no c++")
    header = next((folder / "root").rglob("keiinverify.h"))
    done_well(["c++", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++", header])


@test
def the_page_shows_the_example():
    assert (ROOT / "docs/libkeiinverify/example.c").read_text() in (ROOT / "docs/libkeiinverify.md").read_text()


if __name__ == "__main__":
    sys.exit(run_all())
