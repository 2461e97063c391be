"""The files below ui/ that browsers fetch, under names that change with their content.  Used by tmplc.py and embed.py."""
import hashlib
import pathlib

FOLDERS = ("styles", "modules", "icons")


def find(ui):
    """name -> (path below /assets/, file)"""
    found = {}
    for folder in FOLDERS:
        for file in sorted((pathlib.Path(ui) / folder).iterdir()):
            if file.name in found:
                raise SystemExit(f"assets: {file.name} exists twice")
            digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
            found[file.name] = (f"{file.stem}.{digest}{file.suffix}", file)
    return found
