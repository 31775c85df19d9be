#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The commands of a page, as a reader would type them.

usage: page.py split PAGE FOLDER	each block marked sh, and what it shall say
       page.py match WANT GOT		0 when GOT is what WANT says
       page.py count PAGE LINE APDUS PINS	writes what was counted into a fence

A block is run when its fence says "sh"; further words there are what is
expected: status=N, apdus=N, pins=N.  A block marked "text" that
follows is what is seen.  In it an ellipsis stands for anything within a line,
and alone on a line for any lines.
"""
import pathlib
import re
import sys

ELLIPSIS = "…"
EXPECTED = {"status": "0", "apdus": "", "pins": ""}


def blocks(text):
    """(line, words of the fence, body) of every fenced block."""
    fence = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.M | re.S)
    for found in fence.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield line, found.group(1).split(), found.group(2)


def options(line, words):
    said = dict(EXPECTED, line=str(line))
    for word in words:
        key, equals, value = word.partition("=")
        if key not in EXPECTED or not equals or not value.isdigit():
            sys.exit(f"line {line}: what is {word}?")
        said[key] = value
    return "".join(f"want_{key}={value}\n" for key, value in said.items())


def split(page, folder):
    folder = pathlib.Path(folder)
    stem = None
    for number, (line, words, body) in enumerate(blocks(pathlib.Path(page).read_text())):
        if words[:1] == ["sh"]:
            stem = folder / f"{number:03}"
            stem.with_suffix(".sh").write_text(body)
            stem.with_suffix(".options").write_text(options(line, words[1:]))
        elif words[:1] == ["text"]:
            if stem is None:
                sys.exit(f"line {line}: which command says this?")
            stem.with_suffix(".want").write_text(body)
            stem = None
    if not list(folder.glob("*.sh")):
        sys.exit(f"{page}: no command")
    return True


def pattern(want):
    lines = []
    for line in want.splitlines():
        if line.strip() == ELLIPSIS:
            lines.append(r"(?:.*\n)*?")
        else:
            parts = line.rstrip().split(ELLIPSIS)
            lines.append(".*".join(re.escape(part) for part in parts) + r"[ \r]*\n")
    return "".join(lines)


def match(want, got):
    said = pathlib.Path(got).read_text(errors="replace")
    if said and not said.endswith("\n"):
        said += "\n"
    return re.fullmatch(pattern(pathlib.Path(want).read_text()), said) is not None


def count(page, line, apdus, pins):
    page = pathlib.Path(page)
    lines = page.read_text().split("\n")
    words = [word for word in lines[int(line) - 1].split()
             if not word.startswith(("apdus=", "pins="))]
    words.append(f"apdus={apdus}")
    if pins != "0":
        words.append(f"pins={pins}")
    lines[int(line) - 1] = " ".join(words)
    page.write_text("\n".join(lines))
    return True


if __name__ == "__main__":
    verbs = {"split": (split, 2), "match": (match, 2), "count": (count, 4)}
    verb, arguments = verbs.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if verb is None or len(sys.argv) != 2 + arguments:
        sys.exit(__doc__)
    if not verb(*sys.argv[2:]):
        sys.exit(1)
