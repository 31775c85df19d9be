#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A person at a terminal of his own.

usage: talk.py DIALOGUE COMMAND [ARGUMENT]...

Each line of DIALOGUE is what is waited for, a tab, and what is then typed; the
last may have no tab.  Prints all that was seen; ends with the command's status,
or with 90 when something that is waited for does not come in 30 seconds.
"""
import os
import pathlib
import pty
import select
import sys
import time

PATIENCE_S = 30


def hear(terminal, seen):
    """More of what the command says; False: it said its last."""
    try:
        more = os.read(terminal, 65536)
    except OSError:
        return False
    seen += more
    return bool(more)


def wait_for(terminal, seen, words, start):
    """Where words end in what was said since start; None: they do not come."""
    until = time.monotonic() + PATIENCE_S
    while words not in seen[start:]:
        left = until - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0] or not hear(terminal, seen):
            return None
    return seen.index(words, start) + len(words)


def main():
    lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    seen, start = bytearray(), 0
    for line in lines:
        words, tab, answer = line.partition("\t")
        start = wait_for(terminal, seen, words.encode(), start)
        if start is None:
            os.close(terminal)
            sys.stdout.buffer.write(seen + b"\nnever said: " + words.encode() + b"\n")
            return 90
        if tab:
            os.write(terminal, answer.encode() + b"\n")
    while select.select([terminal], [], [], PATIENCE_S)[0] and hear(terminal, seen):
        pass
    sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
    sys.stdout.flush()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


sys.exit(main())
