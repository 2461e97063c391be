"""Compiles ui/templates/*.html to C functions over typed structures; every value is escaped by the place it stands in.

    tmplc.py OUT.h OUT.c UI_FOLDER PO_FILE

First line: {@ NAME struct TYPE "header.h" @}.  Then HTML with
    {{ .field }} {{ p.field }} {{ *p }}    a struct str; `| int`, `| mm`, `| time`, `| bytes`, `| lines`, `| href` for other kinds
    {% if EXPR %} {% elif EXPR %} {% else %} {% end %}    EXPR is C in which `.name` means v->name
    {% for p in .rows .rows_n %} ... {% end %}    p points to each element, p_i counts from 0
    {% call other .part %} {% call other *p %} {% call other %}    another template over &v->part, p, or v
    {_ 日本語 {{ .n | int }} _}    translated through the .po file; placeholders are {1} {2} there;
                                       a text without English is an error
    {% csrf %} {% asset "file.css" %} {# comment #}
Values are allowed in text, quoted attributes and comments-free tags only.  In href, src, srcset, action the literal before a value must
start with / or #, unless `| href` vouches for a whole value.
"""
import pathlib
import re
import sys

import assets

TOKEN = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{_(.*?)_\}|\{#.*?#\}", re.S)
URL_ATTRIBUTES = {"href", "src", "srcset", "action", "formaction"}
FILTERS = {"int", "mm", "time", "bytes", "lines", "href"}


class Fault(Exception):
    pass


class Html:
    """Where in HTML the text read so far ends."""

    def __init__(self):
        self.state, self.tag, self.name, self.before, self.quote = "text", "", "", "", ""

    def copy(self):
        other = Html()
        other.__dict__.update(self.__dict__)
        return other

    def place(self):
        return (self.state, self.quote, self.name) if self.state == "value" else (self.state,)

    def feed(self, text):
        i = 0
        while i < len(text):
            c = text[i]
            if self.state == "text":
                if text.startswith("<!--", i):
                    self.state = "comment"
                elif self.tag in ("script", "style") and c == "<" and not text.startswith("</" + self.tag, i):
                    pass
                elif c == "<" and re.match(r"</?[a-zA-Z!]", text[i:]):
                    word = re.match(r"<(/?)([a-zA-Z!][\w-]*)", text[i:])
                    self.state, self.tag = "tag", "" if word[1] else word[2].lower()
                    i += word.end() - 1
            elif self.state == "comment":
                if text.startswith("-->", i):
                    self.state = "text"
                    i += 2
            elif self.state == "tag":
                if c == ">":
                    self.state = "text"
                elif attribute := re.match(r"([\w:-]+)\s*=\s*([\"'])", text[i:]):
                    self.state, self.name, self.quote, self.before = "value", attribute[1].lower(), attribute[2], ""
                    i += attribute.end() - 1
                elif re.match(r"[\w:-]+\s*=\s*[^\s\"'>]", text[i:]) or re.match(r"[\w:-]+\s*=\s*$", text[i:]):
                    raise Fault("an attribute without quotes")
            elif self.state == "value":
                if c == self.quote:
                    self.state = "tag"
                else:
                    self.before += c
            i += 1

    def context(self, kind):
        if self.state == "text":
            if self.tag in ("script", "style"):
                raise Fault(f"a value inside <{self.tag}>")
            return "text"
        if self.state == "value":
            if self.name.startswith("on") or self.name == "style":
                raise Fault(f"a value inside the attribute {self.name}")
            if self.name not in URL_ATTRIBUTES:
                return "text"
            if kind == "href":
                if self.before:
                    raise Fault("| href is for whole values")
                return "href"
            if not self.before.startswith(("/", "#")):
                raise Fault(f"a value at the start of {self.name}; begin with / or use | href")
            return "url"
        raise Fault(f"a value in a {self.state}")


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("??", "?\\?") + '"'


def escaped(text):
    return re.sub(r"&(?!#?\w+;)", "&amp;", text).replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def read_po(path):
    table, key, target = {}, None, None
    for line in path.read_text().splitlines() if path.exists() else []:
        match = re.match(r'(msgid|msgstr)? ?"(.*)"$', line)
        if not match:
            continue
        text = match[2].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
        if match[1] == "msgid":
            key, target = text, "key"
        elif match[1] == "msgstr":
            table[key], target = text, "value"
        elif target == "key":
            key += text
        elif target == "value":
            table[key] += text
    return table


class Template:
    def __init__(self, path, shared):
        self.path, self.shared = path, shared
        self.out, self.loops, self.stack, self.html = [], [], [], Html()
        text = path.read_text()
        head = re.match(r'\{@ (\w+) struct (\w+) "([\w.]+)" @\}\n', text)
        if not head:
            raise Fault(f"{path.name}:1: the first line must be {{@ NAME struct TYPE \"header.h\" @}}")
        self.name, self.type, self.header = head.groups()
        self.text, self.start = text, head.end()

    def c(self, line):
        self.out.append("\t" + line)

    def expression(self, text):
        text = text.strip()
        for name in self.loops:
            text = re.sub(rf"(?<![\w.>]){name}\.(?=[a-z_])", f"{name}->", text)
        return re.sub(r"(?<![\w\])>.])\.(?=[a-zA-Z_])", "v->", text)

    def write(self, text):
        self.html.feed(text)
        text = re.sub(r"\s*\n\s*", "\n", text)
        if text:
            self.c(f"LIT(t, {literal(text)});")

    def value(self, text):
        expression, _, kind = (part.strip() for part in text.partition("|"))
        if kind and kind not in FILTERS:
            raise Fault(f"no such filter: {kind}")
        context = self.html.context(kind)
        expression = self.expression(expression)
        if kind in ("int", "mm", "time", "bytes"):
            self.c(f"tmpl_{kind}(t, {expression});")
        elif kind == "lines":
            if self.html.state != "text":
                raise Fault("| lines is for text")
            self.c(f"tmpl_lines(t, {expression});")
        else:
            self.c(f"tmpl_{context}(t, {expression});")
        if self.html.state == "value":
            self.html.before += "x"

    def translated(self, body):
        values = re.findall(r"\{\{(.*?)\}\}", body)
        count = iter(range(1, len(values) + 1))
        key = re.sub(r"\{\{.*?\}\}", lambda _: "{%d}" % next(count), body.strip())
        english = self.shared["po"].get(key)
        if not english:
            self.shared["missing"].add(key)
            english = key
        self.shared["used"].add(key)
        before = self.html.copy()
        for condition, text in (("if (!t->english) {", key), ("} else {", english)):
            self.html = before.copy()
            self.c(condition)
            for i, part in enumerate(re.split(r"\{(\d)\}", text)):
                if i % 2:
                    self.value(values[int(part) - 1])
                elif part:
                    self.html.before += part
                    self.c(f"LIT(t, {literal(escaped(part))});")
        self.c("}")

    def branch(self, line):
        first = self.stack[-1]
        if first[0] != "if":
            raise Fault("else without if")
        self.leave(first)
        self.html = first[1].copy()
        self.c(line)

    def leave(self, first):
        if first[2] is None:
            first[2] = self.html.place()
        elif first[2] != self.html.place():
            raise Fault(f"branches end in different places of the HTML: {first[2]} and {self.html.place()}")

    def directive(self, text):
        word, _, rest = text.strip().partition(" ")
        rest = rest.strip()
        if word == "if":
            self.c(f"if ({self.expression(rest)}) {{")
            self.stack.append(["if", self.html.copy(), None])
        elif word == "elif":
            self.branch(f"}} else if ({self.expression(rest)}) {{")
        elif word == "else":
            self.stack[-1].append("else")
            self.branch("} else {")
        elif word == "end":
            first = self.stack.pop()
            if first[0] == "for":
                if first[1].place() != self.html.place():
                    raise Fault("a loop ends in another place of the HTML than it began")
                self.loops.pop()
                self.c("}")
            else:
                self.leave(first)
                if len(first) == 3 and first[1].place() != first[2]:
                    raise Fault("without the condition the HTML would end in another place")
            self.c("}")
        elif word == "for":
            match = re.fullmatch(r"(\w+) in (\S+) (\S+)", rest)
            if not match:
                raise Fault(f"cannot be read: for {rest}")
            name, rows, n = match[1], self.expression(match[2]), self.expression(match[3])
            self.c(f"{{ const size_t {name}_n_ = (size_t)({n}); for (size_t {name}_i = 0; {name}_i < {name}_n_; {name}_i++) {{")
            self.c(f"__auto_type {name} = &({rows})[{name}_i]; (void){name};")
            self.stack.append(["for", self.html.copy(), None])
            self.loops.append(name)
        elif word == "call":
            name, _, part = rest.partition(" ")
            part = part.strip()
            if not part:
                argument = "v"
            elif part.startswith("*"):
                argument = part[1:]
            else:
                argument = "&" + self.expression(part)
            if self.html.state != "text":
                raise Fault("a template is called in text only")
            self.c(f"tmpl_{name}(t, {argument});")
        elif word == "csrf":
            self.c("tmpl_csrf(t);")
        elif word == "asset":
            name = rest.strip('"')
            if name not in self.shared["assets"]:
                raise Fault(f"no asset {name}")
            self.write(f"/assets/{self.shared['assets'][name][0]}")
        else:
            raise Fault(f"no such directive: {word}")

    def compile(self):
        at = self.start
        self.c("(void)v;")
        try:
            for token in TOKEN.finditer(self.text, self.start):
                self.write(self.text[at:token.start()])
                at = token.end()
                if token[1] is not None:
                    self.value(token[1])
                elif token[2] is not None:
                    self.directive(token[2])
                elif token[3] is not None:
                    self.translated(token[3])
            self.write(self.text[at:])
            if self.stack:
                raise Fault(f"{self.stack[-1][0]} without end")
        except Fault as fault:
            raise Fault(f"{self.path.name}:{self.text.count(chr(10), 0, at) + 1}: {fault}") from None
        signature = f"void\ntmpl_{self.name}(struct tmpl *t, const struct {self.type} *v)"
        return "\n".join([signature, "{", *self.out, "}", ""])


def main():
    to_h, to_c, ui, po = sys.argv[1:]
    shared = {"po": read_po(pathlib.Path(po)), "assets": assets.find(ui), "missing": set(), "used": set()}
    try:
        templates = [Template(p, shared) for p in sorted((pathlib.Path(ui) / "templates").glob("*.html"))]
        bodies = [t.compile() for t in templates]
    except Fault as fault:
        print(f"tmplc: {fault}", file=sys.stderr)
        return 1
    for key in sorted(shared["missing"]):
        print(f"tmplc: no English for: {key}", file=sys.stderr)
    if shared["missing"]:
        return 1
    headers = sorted({t.header for t in templates})
    out = ["/* Generated by tools/tmplc.py from ui/templates. */", "#ifndef WEB_TEMPLATES_H", "#define WEB_TEMPLATES_H", "", '#include "tmpl.h"']
    out += [f'#include "{h}"' for h in headers]
    out += [f"void tmpl_{t.name}(struct tmpl *t, const struct {t.type} *v);" for t in templates]
    pathlib.Path(to_h).write_text("\n".join([*out, "", "#endif", ""]))
    pathlib.Path(to_c).write_text("\n".join(["/* Generated by tools/tmplc.py from ui/templates. */", '#include "templates.h"', "",
                                             "#define LIT(t, text) buf_put((t)->out, STR(text))", "", *bodies]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
