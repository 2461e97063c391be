"""Every template renders in both languages: whole HTML, every value escaped, no Japanese left in English."""
import html.parser
import pathlib
import re
import subprocess
import sys
import tempfile

import checks
from checks import ROOT, add, equal, test

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What is Japanese on an English screen on purpose: the product's name, the language switch, the title's separator, and what the
# guide quotes from Japanese mails.
MEANT = ["契印 Keiin", ">日本語</button>", "｜", "&quot;確認する&quot;", "&quot;締結完了&quot;"]
JAPANESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
kept = tempfile.TemporaryDirectory(prefix="keiin-pages-")
folder = pathlib.Path(kept.name)


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.faults, self.ids, self.fors, self.inputs, self.headings, self.lang = [], [], [], [], [], 0, None
        self.posts, self.tokens, self.links = 0, 0, []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if len(named) != len(attributes):
            self.faults.append(f"an attribute twice in <{tag}>")
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.lang = named.get("lang")
        self.headings += tag == "h1"
        self.posts += tag == "form" and named.get("method") == "post"
        self.tokens += tag == "input" and named.get("name") == "csrf"
        if "id" in named:
            self.ids.append(named["id"])
        for name in ("for", "aria-describedby", "aria-labelledby", "form"):
            if name in named:
                self.fors += named[name].split()
        for name in ("href", "src", "action"):
            if name in named:
                self.links.append(named[name])
        for name in named:
            if name.startswith("on") or name == "style":
                self.faults.append(f"inline {name}")

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()


def check(path):
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    equal(page.faults, [], "HTML")
    equal(page.lang, "en" if path.stem.endswith("-en") else "ja", "lang")
    equal(page.headings, 1, "h1")
    equal(page.tokens, page.posts, "a CSRF token in every form")
    equal([i for i in set(page.ids) if page.ids.count(i) > 1], [], "ids that are used twice")
    equal(sorted(set(page.fors) - set(page.ids)), [], "ids that are named but absent")
    equal([x for x in page.links if x.startswith(("http:", "//", "javascript:", "data:"))], [], "addresses")
    equal([x[1:] for x in page.links if x.startswith("#") and x[1:] not in page.ids], [], "jumps to nowhere")
    if path.stem.endswith("-en"):
        for meant in MEANT:
            text = text.replace(meant, "")
        equal(JAPANESE.findall(text), [], "Japanese on an English screen")


@test
def every_template_is_rendered():
    rendered = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests" / "http").glob("render_*.c"))
    parts = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "ui" / "templates").glob("*.html"))
    names = [p.stem for p in (ROOT / "ui" / "templates").glob("*.html")]
    equal([n for n in names if f"tmpl_{n}(" not in rendered and f"{{% call {n} " not in parts], [], "templates nobody renders")


@test
def a_text_without_english_stops_the_build():
    ui, po = folder / "ui", folder / "en.po"
    for name in ("templates", "styles", "modules", "icons"):
        (ui / name).mkdir(parents=True)
    (ui / "templates" / "x.html").write_text('{@ x struct x "x.h" @}\n<p>{_ 訳のない文 _}</p>\n', encoding="utf-8")
    command = [sys.executable, ROOT / "tools" / "tmplc.py", folder / "x.h", folder / "x.c", ui, po]
    po.write_text("", encoding="utf-8")
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode != 0 and "訳のない文" in refused.stderr, refused
    po.write_text('msgid "訳のない文"\nmsgstr "A text"\n', encoding="utf-8")
    equal(subprocess.run(command).returncode, 0)


subprocess.run([checks.PROGRAMS / "render_pages", folder], check=True)
for rendering in sorted(folder.glob("*.html")):
    add(rendering.stem, check, rendering)
sys.exit(checks.run_all())
