# SPDX-License-Identifier: BSD-2-Clause
"""The vcard protocol as doc/design/vcard-protocol.md has it, and what is left
after kill -9.  Usage: vcard-protocol.py TAMGA-VCARD FOLDER"""
import os
import random
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

PROGRAM, FOLDER = sys.argv[1:3]
SELECT = bytes.fromhex("00A404000BA000000308000010000100")
STATUS = bytes.fromhex("00200080")


class Card:
    """One tamga-vcard and its sockets."""

    def __init__(self, *options):
        self.listen = os.path.join(FOLDER, "card")
        self.control = os.path.join(FOLDER, "ctl")
        ready, theirs = os.pipe()
        self.process = subprocess.Popen(
            [PROGRAM, "--listen", self.listen, "--control", self.control,
             "--exit-with-parent", "--ready-fd", str(theirs), *options],
            pass_fds=[theirs])
        os.close(theirs)
        assert os.read(ready, 6) == b"ready\n", "the card does not start"
        os.close(ready)

    def link(self):
        return Link(self.listen)

    def ctl(self, *words):
        return subprocess.run([PROGRAM, "ctl", self.control, *words], check=True,
                              capture_output=True, text=True).stdout

    def end(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        return self.process.wait(10)


class Link:
    """One connection."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)  # waits while the queue is full
        self.socket.settimeout(10)

    def put(self, frame):
        self.socket.sendall(struct.pack(">H", len(frame)) + frame)

    def get(self):
        size, = struct.unpack(">H", self.take(2))
        return self.take(size)

    def take(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def ask(self, frame):
        self.put(frame)
        return self.get()

    def silent(self, seconds=0.15):
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b"?"
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(10)

    def close(self):
        self.socket.close()


def same(got, want, what):
    if got != want:
        sys.exit(f"FAILED: {what}: {got!r}, not {want!r}")


def turns():
    card = Card("--yubikey", "--serial", "1")
    for path in (card.listen, card.control):
        same(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode of " + path)
    one, two = card.link(), card.link()
    same(len(one.ask(b"\x04")), 23, "ATR")
    same(one.ask(b"\x10"), b"\x01", "first turn")
    same(one.ask(SELECT)[-2:], b"\x90\x00", "SELECT")
    two.put(b"\x10")
    same(two.silent(), True, "two waits for its turn")
    same(len(one.ask(b"\x04")), 23, "ATR inside a turn")
    one.put(b"\x11")
    same(two.get(), b"\x01", "two's first turn")
    one.put(b"\x10")
    same(one.silent(), True, "one waits now")
    two.close()
    same(one.get(), b"\x00", "a closed connection gives its turn back")
    same(one.ask(STATUS), b"\x63\xc3", "the selection lives on")
    one.put(b"\x02")
    same(one.ask(STATUS), b"\x6d\x00", "a reset of our own: selection lost, no silence")
    card.ctl("reset")
    same(one.ask(STATUS), b"", "a reset behind our back")
    same(one.ask(b"\x10"), b"\x01", "begins again")
    same(one.ask(STATUS), b"\x6d\x00", "answers again")
    card.ctl("remove")
    same(one.ask(STATUS), b"", "no card")
    same(one.ask(b"\x04"), b"", "no ATR")
    same(one.ask(b"\x10"), b"\x02", "no card, no turn")
    three = card.link()
    same(three.ask(b"\x10"), b"\x02", "nobody has the turn")
    card.ctl("insert")
    same(three.ask(b"\x10"), b"\x01", "a new card")
    same(card.end(), 0, "exit status")
    same(os.path.exists(card.listen), False, "the socket is gone")


def changes():
    card = Card()
    watch, other = card.link(), card.link()
    watch.put(b"\x12")
    same(watch.silent(), True, "nothing changed")
    same(other.ask(b"\x10"), b"\x01", "waiting holds nobody up")
    card.ctl("remove")
    same(watch.get(), b"\x00", "told of the removal")
    watch.put(b"\x12")
    same(watch.silent(), True, "told once")
    card.ctl("insert")
    same(watch.get(), b"\x00", "told of the insertion")
    card.ctl("remove")
    card.ctl("insert")
    same(watch.ask(b"\x12"), b"\x00", "told of what happened meanwhile")
    card.end()


def slow_and_pulled():
    card = Card("--yubikey", "--touch-time", "300", "--provision")
    link, other = card.link(), card.link()
    link.ask(b"\x10")
    link.ask(SELECT)
    card.ctl("fault", "1:slow=400")
    began = time.monotonic()
    same(link.ask(STATUS), b"\x63\xc3", "slow")
    same(time.monotonic() - began >= 0.4, True, "as slow as asked")
    card.ctl("fault", "1:slow=60000")
    link.put(STATUS)
    same(link.silent(), True, "working")
    card.ctl("remove")
    same(link.get(), b"", "pulled while working")
    link.put(b"\x11")
    card.ctl("insert")
    same(other.ask(b"\x10"), b"\x01", "the next one")
    card.ctl("mark")
    other.ask(SELECT)
    other.ask(bytes.fromhex("0020008008313233343536FFFF"))
    same(card.ctl("count"), "2\n", "count")
    same("313233" in card.ctl("log") or "123456" in card.ctl("log"), False, "PIN in the log")
    card.end()


def hostile_clients():
    card = Card()
    for frame in (b"", b"\x7f", b"\x00\x01", b"\x00" * 3, os.urandom(65535)):
        link = card.link()
        link.put(frame)
        link.close()
    for _ in range(200):
        link = card.link()
        link.socket.sendall(os.urandom(random.randrange(1, 400)))
        link.close()
    half = card.link()
    half.socket.sendall(b"\x00")
    crowd = [socket.socket(socket.AF_UNIX) for _ in range(80)]
    for one in crowd:
        one.connect(card.listen)
    for one in crowd:
        one.close()
    link = card.link()
    same(link.ask(b"\x10"), b"\x01", "still serves")
    card.end()


def full_house():
    """Who comes after everybody left is let in, also when the card sees both
    at once."""
    card = Card()
    crowd = [card.link() for _ in range(64)]
    for one in crowd:
        same(len(one.ask(b"\x04")) > 0, True, "ATR for everybody")
    late = card.link()
    try:
        late.ask(b"\x04")
        sys.exit("FAILED: one more than the house holds")
    except (EOFError, ConnectionError):
        pass
    card.process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, card.process.pid, os.WSTOPPED)
    for one in crowd:
        one.close()
    link = card.link()
    link.put(b"\x10")
    card.process.send_signal(signal.SIGCONT)
    same(link.get(), b"\x01", "let in")
    card.end()


def seeded():
    made = []
    for seed in ("a", "a", "b"):
        state = os.path.join(FOLDER, "seeded")
        run = Card("--yubikey", "--insecure-seed", seed, "--state", state, "--provision")
        run.end()
        with open(state, "rb") as file:
            made.append(file.read())
        os.unlink(state)
    same(made[0] == made[2], False, "two seeds")
    same(made[0] == made[1], True, "one seed")


def pin(number):
    return b"%08d" % number


def killed():
    """Changes the PIN again and again and kills the card at any moment: what
    was acknowledged is never lost."""
    state = os.path.join(FOLDER, "durable")
    known, tried = 0, 0
    card = Card("--yubikey", "--state", state)
    link = card.link()
    link.ask(SELECT)
    first = b"123456\xff\xff" + pin(0)
    same(link.ask(bytes([0, 0x24, 0, 0x80, 16]) + first), b"\x90\x00", "first change")
    for _ in range(25):
        victim = card.process
        limit = time.monotonic() + random.uniform(0.001, 0.03)
        try:
            while True:
                tried = known + 1
                link.put(bytes([0, 0x24, 0, 0x80, 16]) + pin(known) + pin(tried))
                if time.monotonic() > limit:
                    victim.kill()
                same(link.get(), b"\x90\x00", "change")
                known = tried
        except (EOFError, ConnectionError):
            victim.wait(10)
        card = Card("--yubikey", "--state", state)
        link = card.link()
        link.ask(SELECT)
        verify = bytes([0, 0x20, 0, 0x80, 8])
        if link.ask(verify + pin(known)) != b"\x90\x00":
            same(link.ask(verify + pin(tried)), b"\x90\x00", "neither the old nor the new PIN")
            known = tried
    same(known > 25, True, "changes were made")
    card.end()
    print(f"{known} changes of the PIN, 25 kills, none lost")


for test in (turns, changes, slow_and_pulled, hostile_clients, full_house, seeded,
             killed):
    print("==", test.__name__, flush=True)
    test()
print("all as it should be")
