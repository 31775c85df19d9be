#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: coverage.py SOURCE-FOLDER BUILD-FOLDER [WORST]

Line coverage of each room after tests ran in BUILD-FOLDER, which was
configured with --enable-coverage; then the WORST (10) files.  A line that was
compiled into several programs counts once, as covered when one of them ran it.
"""
import collections
import json
import os
import subprocess
import sys

ROOMS = ("src", "drivers", "pkcs11", "tools")


def notes(build):
    """Every object's graph, also of those that no test ran."""
    for folder, inner, names in os.walk(build):
        inner[:] = [name for name in inner if name not in ("tests", "stage")]
        for name in names:
            if name.endswith(".gcno"):
                yield os.path.join(folder, name)


def lines_of(note):
    """What gcov says of one object: (source file, line, how often)."""
    told = subprocess.run(["gcov", "--json-format", "--stdout", note],
        cwd=os.path.dirname(note), capture_output=True, check=False)
    for document in told.stdout.splitlines():
        data = json.loads(document)
        for source in data["files"]:
            path = os.path.join(data["current_working_directory"], source["file"])
            for line in source["lines"]:
                yield os.path.realpath(path), line["line_number"], line["count"]


def read(top, build):
    """{file under top: {line: how often}}, rooms only."""
    seen = collections.defaultdict(lambda: collections.defaultdict(int))
    for note in notes(build):
        # gcov finds sources from the folder that was compiled in
        for path, line, count in lines_of(note):
            name = os.path.relpath(path, top)
            if name.split(os.sep)[0] in ROOMS:
                seen[name][line] += count
    return seen


def room_of(name):
    parts = name.split(os.sep)
    return parts[0] if parts[0] == "pkcs11" else os.sep.join(parts[:2])


def row(name, lines):
    total = len(lines)
    ran = sum(1 for count in lines if count > 0)
    return (100.0 * ran / total if total else 100.0, ran, total, name)


def show(what, rows):
    print("%-36s %7s %7s %7s" % (what, "lines", "ran", "%"))
    for share, ran, total, name in rows:
        print("%-36s %7d %7d %6.1f" % (name, total, ran, share))


def main(top, build, worst=10):
    top, build = os.path.realpath(top), os.path.realpath(build)
    seen = read(top, build)
    if not seen:
        sys.exit("coverage.py: nothing ran in " + build +
            "; configure it with --enable-coverage and run the tests")
    rooms = collections.defaultdict(list)
    for name, lines in seen.items():
        rooms[room_of(name)].extend(lines.values())
    show("room", [row(name, rooms[name]) for name in sorted(rooms)])
    show("all", [row("", [c for lines in rooms.values() for c in lines])])
    print()
    files = sorted(row(name, lines.values()) for name, lines in seen.items()
        if name.endswith(".c"))
    show("worst files", files[:int(worst)])


main(*sys.argv[1:])
