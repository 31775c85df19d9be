#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/procedures.md: each row names a test and words that stand in it.
set -u
cd "$top_srcdir" || exit 1
python3 - <<'PY'
import pathlib, re, sys

rows = held = 0
wrong = []
for number, line in enumerate(pathlib.Path("doc/procedures.md").read_text().splitlines(), 1):
    if not line.startswith("| ") or "held by" in line:
        continue
    rows += 1
    found = re.findall(r"`([\w./-]+)` “(.*?)”(?=;| \|)", line)
    if not found:
        wrong.append(f"line {number}: no test")
    for path, words in found:
        held += 1
        file = pathlib.Path(path)
        if not file.is_file():
            wrong.append(f"line {number}: there is no {path}")
        elif words not in file.read_text():
            wrong.append(f"line {number}: {path} does not say {words!r}")
print(f"{rows} rows, {held} places")
print("\n".join(wrong), file=sys.stderr)
sys.exit(bool(wrong) or rows < 40)
PY
