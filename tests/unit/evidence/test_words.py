"""Everything that a verdict can say is there in Japanese, and nothing else is."""
import pathlib
import re
import sys

SRC = pathlib.Path(__file__).resolve().parents[3] / "src"
said = set()
for path in [*sorted((SRC / "evidence").glob("verify*.c")), *((SRC / "evidence" / n) for n in ("signed_data.c", "token.c", "note.c", "pair.c"))]:
    text = path.read_text()
    said |= set(re.findall(r'(?:wrong\(ret_problem,|(?:problem|verify_anchor)\([^;"]*?,)\s*"([^"]+)"', text))
    said |= set(re.findall(r'(?:followed_by|problem|kind) = STR\("([^"]+)"\)', text))
    said |= set(re.findall(r'[?:] STR\("([a-z]+)"\)', text))
said |= set(re.findall(r'offence\(c,\s*"([^"]+)"', (SRC / "pdf/compare.c").read_text()))
words = re.findall(r'^WORDS\("([^"]+)",', (SRC / "evidence/verify_words.def").read_text(), re.M)
wrong = [f"not in Japanese: {w}" for w in sorted(said - set(words))]
wrong += [f"never said: {w}" for w in sorted(set(words) - said)]
wrong += [f"twice: {w}" for w in words if words.count(w) > 1]
print("\n".join(wrong) or f"{len(words)} words")
sys.exit(bool(wrong) or len(said) < 60)
