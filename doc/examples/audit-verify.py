#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Verifies the output of `tamga-ra audit export` without tamga-ra.

usage: audit-verify.py [HEAD] < audit.jsonl

Each entry's hash is the SHA-256 of seven texts, each behind its length in
bytes as a 64-bit big-endian number: the hash of the entry before ("" for the
first), then seq, at, actor, event, application and detail.  HEAD is a hash
that was written down earlier: the log must hold it, or its end was cut off.
"""
import base64, hashlib, json, sys


def field(value):
    """Text is UTF-8; what is not came as {"base64": ...}; numbers in decimal."""
    if isinstance(value, dict):
        data = base64.b64decode(value["base64"])
    else:
        data = str(value).encode()
    return len(data).to_bytes(8, "big") + data


before, count, head = "", 0, sys.argv[1] if len(sys.argv) > 1 else ""
seen = head == ""
for line in sys.stdin:
    entry = json.loads(line)
    count += 1
    names = ("seq", "at", "actor", "event", "application", "detail")
    digest = hashlib.sha256(
        field(before) + b"".join(field(entry[name]) for name in names)).hexdigest()
    if entry["seq"] != count:
        sys.exit(f"entry {count} is missing")
    if digest != entry["hash"]:
        sys.exit(f"entry {count} was changed after it was written")
    before, seen = digest, seen or digest == head
if not seen:
    sys.exit(f"the log does not hold {head}: entries were cut off")
print(f"{count} entries, unbroken; head {before}")
