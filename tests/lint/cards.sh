#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The table driver × capability × test of doc/cards.md: every driver has a column; a
# cell names tests that are there, stand in a list, run that driver and do that; one
# with - stands where the driver's own table has none, or where a note says why.
set -eu
exec python3 - "$top_srcdir" <<'END'
import glob, os, re, sys

top = sys.argv[1]
wrong = []


def text(path):
    with open(os.path.join(top, path), encoding="utf-8") as f:
        return f.read()


# A capability, the row of tmg_driver without which there is none, and what a test says
# that has it done: to our programs, or to the row itself.
CAPABILITIES = {
    "enrolled": ("generate", r"\benroll\b"),
    "key made": ("generate", r"key generate|generate\(|\bborn\b"),
    "key imported": ("import", r"key import|import\("),
    "key deleted": ("key_delete", r"key delete|key_delete\("),
    "signed": ("sign", r"tamga\"? sign|->sign\(|\.sign\(|\bsigns\b|sign \$with|assert_installed"),
    "decrypted": ("decrypt", r"decrypt"),
    "key agreed": ("derive", r"derive\(|--peer|agreed|\bagrees\b"),
    "certificate installed": ("cert_write", r"cert install|cert_write\(|\benroll"),
    "certificate deleted": ("cert_delete", r"cert delete|cert_delete\("),
    "PIN changed": ("change", r"pin change|change\("),
    "PIN unblocked": ("unblock", r"pin unblock|unblock\("),
    "tries told": ("tries", r"tries\(|tries_left|tries left|tells no tries|is locked"),
    "attested": ("attest", r"attest"),
    "data kept": ("data_write", r"data_write\("),
    "random": ("random", r"random\(|C_GenerateRandom"),
    "reset": ("reset", r"reset\(|tamga\"? reset"),
    "our module": (None, r"p11-judge|pkcs11-tool|p11tool"),
    "faults": (None, r"fault|refused|damaged|SIGKILL|crash|tries left|wrong PIN|truncat|0x69|status"),
    "bad input": (None, r"LLVMFuzzer"),
}
# What a test says that has the driver before it.
DRIVERS = {
    "piv": r"kind=piv|kind=\$\{1:-piv\}|--card piv|piv-desk|tmg_driver_piv|tests/piv|src/piv|drivers/piv|--yubikey",
    "openpgp": r"openpgp-desk|tmg_driver_openpgp|openpgp",
    "pkcs15": r"pkcs15-desk|tmg_driver_pkcs15|myeid|isoapplet|pkcs15",
    "gids": r"gids",
    "module": r"module:",
    "file": r"file(\+legacy)?:|tmg_driver_file|drivers/file",
}
KINDS = ["tests/unit/%s.c", "tests/interop/%s.sh", "tests/fault/%s.sh", "tests/fuzz/%s.c", "tests/%s.sh"]
LISTS = "".join(text(os.path.relpath(p, top)) for p in glob.glob(top + "/tests/*/*.am"))


def whole(path):
    """A test and what it is made of."""
    said = text(path)
    for folder, name in re.findall(r"(tests/interop|tests/fault|\./)/?([\w-]+\.(?:sh|py))", said):
        beside = os.path.join("tests/interop" if folder == "./" else folder, name)
        if os.path.exists(os.path.join(top, beside)):
            said += text(beside)
    return said


def verbs_of(driver):
    said = text("drivers/%s/%s.c" % (driver, driver))
    said = said[said.index("const tmg_driver tmg_driver_"):]
    return dict(re.findall(r"\.(\w+) = (\w+),", said))


def look(capability, driver, name):
    verb, done = CAPABILITIES[capability]
    where = "%s, %s: %s" % (driver, capability, name)
    paths = [k % name for k in KINDS if os.path.exists(os.path.join(top, k % name))]
    if not paths:
        wrong.append(where + " is not there")
        return
    if os.path.splitext(paths[0])[0] not in LISTS:
        wrong.append(where + " is in no list of tests")
    said = whole(paths[0])
    if not re.search(DRIVERS[driver], said):
        wrong.append(where + " does not run that driver")
    if not re.search(done, said):
        wrong.append(where + " does not do that")


page = text("doc/cards.md")
table = re.search(r"^\| capability \|.*?(?=\n\n)", page, re.M | re.S)
if table is None:
    sys.exit("doc/cards.md: no table of capabilities")
rows = [[c.strip() for c in line.strip("|").split("|")] for line in table.group(0).splitlines()]
drivers = rows[0][1:]
if sorted(drivers) != sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob(top + "/drivers/*/*.am")):
    wrong.append("the columns are not the drivers: " + " ".join(drivers))
notes = set(re.findall(r"^\[(\d+)\] ", page, re.M))
cells = {(row[0], d): cell for row in rows[2:] for d, cell in zip(drivers, row[1:])}
named = 0
for capability in CAPABILITIES:
    for driver in drivers:
        cell = cells.pop((capability, driver), "")
        note = re.fullmatch(r"- \[(\d+)\]", cell)
        verb = CAPABILITIES[capability][0]
        none = verb is not None and verbs_of(driver).get(verb, "tmg_no_").startswith("tmg_no_")
        if not cell:
            wrong.append("%s, %s: no cell" % (driver, capability))
        elif cell == "-":
            none or wrong.append("%s, %s: the driver has it, and no test is named" % (driver, capability))
        elif note:
            note.group(1) in notes or wrong.append("there is no note " + cell)
        else:
            if none:
                wrong.append("%s, %s: the driver has it not, and a test is named" % (driver, capability))
            if not re.fullmatch(r"`[\w/-]+`( `[\w/-]+`)*", cell):
                wrong.append("%s, %s: no names of tests: %s" % (driver, capability, cell))
            for name in re.findall(r"`([\w/-]+)`", cell):
                look(capability, driver, name)
                named += 1
for capability, driver in cells:
    wrong.append("no capability is called " + capability)

# The table of kinds: a test that is named is there, in a list, and runs over that kind.
kinds = re.search(r"^\| \| PIV \|.*?(?=\n\n)", page, re.M | re.S)
if kinds is None:
    sys.exit("doc/cards.md: no table of kinds")
for line in kinds.group(0).splitlines()[2:]:
    for driver, cell in zip(("piv", "openpgp", "gids", "pkcs15"), line.strip("|").split("|")[1:]):
        names = re.findall(r"`([\w/*-]+\.sh)`", cell)
        if not names and not re.match(r" -( \[\w\])? $", cell):
            wrong.append("%s: neither a test nor -: %s" % (driver, line))
        for name in names:
            paths = glob.glob(os.path.join(top, "tests/interop", name)) + \
                glob.glob(os.path.join(top, "tests", name)) + \
                glob.glob(os.path.join(top, "tests/fault", name))
            named += len(paths)
            if not paths:
                wrong.append("%s: %s is not there" % (driver, name))
            for path in (os.path.relpath(p, top) for p in paths):
                if path not in LISTS and not path.endswith("-lib.sh"):
                    wrong.append("%s: %s is in no list of tests" % (driver, path))
                if not re.search(r"\bpiv\b" if driver == "piv" else DRIVERS[driver], whole(path)):
                    wrong.append("%s: %s does not run over that kind" % (driver, path))
for note in set(re.findall(r"\[([a-z])\]", kinds.group(0))):
    if not re.search(r"^\[%s\] " % note, page, re.M):
        wrong.append("there is no note [%s]" % note)
if wrong or named == 0:
    sys.exit("doc/cards.md:\n  " + "\n  ".join(wrong))
print("drivers: %d, capabilities: %d, tests named: %d" % (len(drivers), len(CAPABILITIES), named))
END
