#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/procedures.md and the table of doc/design/ra-api.md: each row names a test and
# words that stand in it.  In the latter stand all pages of an applicant and all calls.
set -u
cd "$top_srcdir" || exit 1
python3 - <<'PY'
import pathlib, re, sys

wrong = []


def read(page, least):
    """The rows of the tables of page that say what they are held by."""
    rows, places, inside = [], 0, False
    for number, line in enumerate(pathlib.Path(page).read_text().splitlines(), 1):
        inside = line.startswith("|") and (inside or "held by" in line)
        if not inside or "held by" in line or line.startswith("|--"):
            continue
        rows.append(line)
        found = re.findall(r"`([\w./-]+)` “(.*?)”(?=;| \|)", line)
        if not found:
            wrong.append(f"{page}:{number}: no test")
        for path, words in found:
            places += 1
            file = pathlib.Path(path)
            if not file.is_file():
                wrong.append(f"{page}:{number}: there is no {path}")
            elif words not in file.read_text():
                wrong.append(f"{page}:{number}: {path} does not say {words!r}")
    print(f"{page}: {len(rows)} rows, {places} places")
    if len(rows) < least:
        wrong.append(f"{page}: {len(rows)} rows")
    return rows


def named(table, column, first):
    cells = "\n".join(row.split("|")[column] for row in table)
    return set(re.findall(r"`([A-Z]+ " + first + r"[^`]*)`", cells))


def rows_of(file, like, **words):
    text = pathlib.Path(file).read_text()
    for macro, value in words.items():
        text = re.sub(macro + r'(?: "|(?=,))', lambda m: '"' + value + ("" if m.group().endswith('"') else '"'), text)
    return {f"{method} {path}" for method, path in re.findall(like, text)}


read("doc/procedures.md", 40)
table = read("doc/design/ra-api.md", 15)
pages = rows_of("tools/ra/pages/site.c", r'\{ "(\w+)", "(/(?!desk)[^"]*)", RA_DOOR_(?:ALL|APPLICANT),',
                RA_SITE_FILES="/my/documents", RA_SITE_IDENTITY="/my/identity")
calls = rows_of("tools/ra/route.c", r'\{ "(\w+)", "([a-z][^"]*)", ra_api_', RA_API="", CASE="applications/{}")
for what, has, wants in ("page", named(table, 1, "/"), pages), ("call", named(table, 2, "[a-z]"), calls):
    wrong += [f"doc/design/ra-api.md lacks the {what} {one}" for one in sorted(wants - has)]
    wrong += [f"doc/design/ra-api.md has {one}, which is no {what}" for one in sorted(has - wants)]
    print(f"{len(wants)} {what}s")
    if len(wants) < 20:
        wrong.append(f"only {len(wants)} {what}s are found")
print("\n".join(wrong), file=sys.stderr)
sys.exit(bool(wrong))
PY
