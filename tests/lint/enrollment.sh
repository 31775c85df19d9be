#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/enrollment.md: each test that a cell names is there, and is run.
set -u
cd "$top_srcdir" || exit 1
python3 - <<'PY'
import pathlib, re, sys

named = set(re.findall(r"`([a-z0-9-]+\.sh)`", pathlib.Path("doc/enrollment.md").read_text()))
lists = "".join(p.read_text() for p in pathlib.Path("tests").rglob("*.am")) + \
    "".join(p.read_text() for p in pathlib.Path("doc").rglob("*.am"))
wrong = [f"doc/enrollment.md names {t}, which is no test" for t in sorted(named)
    if not pathlib.Path("tests/interop", t).is_file()]
wrong += [f"doc/enrollment.md names {t}, which is not run" for t in sorted(named)
    if f"tests/interop/{t}" not in lists]
print(f"{len(named)} tests named")
print("\n".join(wrong), file=sys.stderr)
sys.exit(bool(wrong) or len(named) < 20)
PY
