"""Holds the source tree against the dependency rule: which room may include which, and who may touch which library."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "src"
MAY = {  # room -> rooms whose headers it may include, besides its own
    "base": set(),
    "cli": {"base"},
    "ipc": {"base"},
    "pdf": {"base"},
    "domain": {"base"},
    "evidence": {"base", "cli", "pdf", "port", "inkan"},
    "verify": {"base", "evidence"},
    "inkan": {"base", "cli"},
    "package": {"base", "domain", "port", "pdf", "evidence"},
    "paper": {"base", "port", "inkan"},
    "pdfd": {"base", "ipc", "pdf", "port"},
    "ident": {"base", "port"},
    "mail": {"base", "port"},
    "store": {"base", "port"},
    "app": {"base", "domain", "port"},
    "job": {"base", "domain", "port", "app"},
    "web": {"base", "domain", "port", "app", "inkan"},
}
ONLY = {  # header prefix -> the only place that may include it
    "microhttpd": "web/http/mhd.c",
    "mupdf/": "pdfd/",
    "qpdf/": "pdfd/",
    "jpeglib": "pdfd/",
    "sqlite3": "store/",
    "zip.h": "package/",
    "curl/": ("mail/", "evidence/"),
}


def room_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[:2] == ("app", "port"):
        return "port"
    return parts[0] if len(parts) > 1 else "main"


def main():
    home = {}
    faults = []
    for header in ROOT.rglob("*.h"):
        if header.name in home:
            faults.append(f"{header.relative_to(ROOT)}: the name {header.name} is taken by {home[header.name]}")
        home[header.name] = room_of(header)
    for path in sorted([*ROOT.rglob("*.c"), *ROOT.rglob("*.h")]):
        room, name = room_of(path), str(path.relative_to(ROOT))
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if not found:
                continue
            target = found[2]
            for prefix, places in ONLY.items():
                places = (places,) if isinstance(places, str) else places
                if found[1] == "<" and target.startswith(prefix) and not any(name.startswith(p) for p in places):
                    faults.append(f"{name}:{number}: <{target}> belongs to {' and '.join(places)} alone")
            other = home.get(target)
            if found[1] == '"' and other and room in MAY and other != room and other not in MAY[room]:
                faults.append(f"{name}:{number}: {room} must not include {target} of {other}")
    for fault in faults:
        print(fault)
    print(f"depcheck: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
