#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: authority-fill.py STORE ROWS SAMPLE

Copies the one application in STORE (a file of SQLite's or an address of
PostgreSQL's), its certificate and its audit entries until there are ROWS of
them, under numbers and hashes of their own, and prints SAMPLE of the numbers
and the size of it all.  The audit chain is not kept: it is a bench.  Hashes
are spread evenly and written in their order, each step through all of an index
once: ten million rows in minutes instead of hours.
"""
import os
import random
import re
import sqlite3
import subprocess
import sys

store, rows, sample = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


class SQLite:
    hash = "printf('%016X%08X', (i - {0}) * (9223372036854775807 / ({1} - {0})), i)"
    series = "WITH RECURSIVE n(i) AS (SELECT {0} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {1})"
    source = "n"

    def __init__(self):
        self.db = sqlite3.connect(store, timeout=60)
        self.db.execute("PRAGMA cache_size = -500000")
        self.db.execute("PRAGMA synchronous = OFF")

    def ask(self, sql):
        with self.db:
            return [[str(v) for v in row] for row in self.db.execute(sql)]

    def columns(self, table):
        return [r[0] for r in self.ask(f"SELECT name FROM pragma_table_info('{table}')")]

    def size(self):
        self.ask("PRAGMA wal_checkpoint(TRUNCATE)")
        return os.path.getsize(store)


class PostgreSQL:
    hash = "upper(lpad(to_hex((i - {0}) * (9223372036854775807 / ({1} - {0}))), 16, '0')||lpad(to_hex(i), 8, '0'))"
    series = ""
    source = "generate_series({0}, {1} - 1) AS n(i)"

    def ask(self, sql):
        out = subprocess.run([os.environ["TAMGA_TEST_PG_PSQL"], "-qXAt", "-v", "ON_ERROR_STOP=1", store, "-c", sql],
                             check=True, capture_output=True, text=True).stdout
        return [line.split("|") for line in out.splitlines()]

    def columns(self, table):
        return [r[0] for r in self.ask("SELECT column_name FROM information_schema.columns"
                                       f" WHERE table_name = '{table}' ORDER BY ordinal_position")]

    def size(self):
        return int(self.ask("SELECT pg_database_size(current_database())")[0][0])


db = PostgreSQL() if "://" in store else SQLite()


def number(i):
    """A number that the i-th copy has in every table."""
    text = f"(1000000000000000 + {i})"
    text = f"CAST({text} AS TEXT)"
    return "||'-'||".join(f"substr({text}, {k}, 4)" for k in (1, 5, 9, 13))


def copies(table, first, last, change):
    columns = db.columns(table)
    values = ", ".join(change.get(c, "a." + c) for c in columns)
    source = db.source.format(first, last)
    db.ask(f"{db.series.format(first, last)} INSERT INTO {table} ({', '.join(columns)})"
           f" SELECT {values} FROM {source}, (SELECT * FROM {table} WHERE {change['']}) AS a")


seed = db.ask("SELECT id FROM application ORDER BY created, id")[0][0]
there = int(db.ask("SELECT count(*) FROM application")[0][0])
top = int(db.ask("SELECT max(seq) FROM audit")[0][0])
step = 1000000
for first in range(there, rows, step):
    last = min(first + step, rows)
    own = db.hash.format(first, last)
    copies("application", first, last, {"": f"id = '{seed}'", "id": number("i"),
           "csr_hash": own, "spki_hash": own, "created": "a.created - i", "changed": "a.changed - i"})
    copies("certificate", first, last, {"": f"application = '{seed}'", "serial": f"'40'||{own}",
           "application": number("i")})
    copies("audit", first, last, {"": f"application = '{seed}' AND event = 'issue'",
           "seq": f"{top} + i", "application": number("i"), "hash": own})
if "://" in store:
    db.ask("ANALYZE")

random.seed(rows)
for i in random.sample(range(min(there, rows - 1), rows), min(sample, rows - there)) if there < rows else []:
    digits = str(1000000000000000 + i)
    print("-".join(re.findall("....", digits)))
print(f"#{db.size() / 1048576:.0f}")
