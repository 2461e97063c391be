"""The generator of queries refuses what it cannot vouch for: sqlgen.py PATH."""
import pathlib
import subprocess
import sys
import tempfile

SQLGEN = sys.argv[1]
GOOD = "-- row p: id str, x real\n-- query p_get(id str) one p\nSELECT @p(t) FROM p t WHERE id = $1;\n"
BAD = {
    "a parameter too many": GOOD.replace("$1", "$1 AND x = $2"),
    "a parameter unused": GOOD.replace("id = $1", "1"),
    "an unknown row": GOOD.replace("one p", "one q"),
    "an unknown expansion": GOOD.replace("@p(t)", "@q"),
    "an unknown type": GOOD.replace("x real", "x float"),
    "two statements": GOOD.replace("$1;", "$1; DELETE FROM p;"),
    "no row for one": GOOD.replace("one p", "one"),
    "a row for exec": GOOD.replace("one p", "exec p"),
    "the same name twice": GOOD + GOOD.split("\n", 1)[1],
    "a row twice": GOOD + GOOD.split("\n", 1)[0],
    "a misspelt head": GOOD.replace("-- query p_get(id str)", "-- query p_get id str"),
}


def run(text):
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        (at / "q.sql").write_text(text)
        done = subprocess.run([sys.executable, SQLGEN, at / "query.h", at / "query.c", at / "q.sql"], capture_output=True, text=True)
        return done.returncode, (at / "query.c").read_text() if done.returncode == 0 else done.stderr


code, source = run(GOOD)
assert code == 0, source
assert "SELECT t.id, t.x FROM p t WHERE id = $1" in source
for name, text in BAD.items():
    code, said = run(text)
    assert code == 1 and "sqlgen: q.sql:" in said, (name, code, said)
    print("refused:", name)
