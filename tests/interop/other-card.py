#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A PIV card by another hand: the second opinion on drivers/piv.

Written from NIST SP 800-73-4 parts 1 and 2 and SP 800-78-4 and from what is
known of cards in the field, and from nothing of ours but the link protocol
(doc/design/vcard-protocol.md).  It shares no line with tools/vcard and must
not: what both got wrong in the same way, no test would see.

usage: other-card.py FAMILY (--vpcd HOST:PORT | --listen PATH) [OPTION]...

Families: standard, applet, aes192, readonly, strict, slow.  OPTIONs change a
trait of the family; see FAMILIES and the argument parser.  Keys are made by
the system's generator and nothing is kept when the program ends.
"""
import argparse
import datetime
import gzip
import os
import secrets
import signal
import socket
import struct
import sys
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:
    TripleDES = algorithms.TripleDES

AID = bytes.fromhex("a000000308000010000100")
AID_SHORT = AID[:9]                     # part 1, 2.2: right-truncated
OTHER_AID = bytes.fromhex("a000000151000000")   # the card manager, also here

# Part 1, table 3 and SP 800-78-4 table 6-2: identifiers of algorithms.
TDES, AES128, AES192, AES256 = 0x03, 0x08, 0x0A, 0x0C
RSA1024, RSA2048, P256, P384 = 0x06, 0x07, 0x11, 0x14
BLOCK = {TDES: 8, AES128: 16, AES192: 16, AES256: 16}
SYMMETRIC_LEN = {TDES: 24, AES128: 16, AES192: 24, AES256: 32}
CURVES = {P256: ec.SECP256R1(), P384: ec.SECP384R1()}
NAMES = {"rsa1024": RSA1024, "rsa2048": RSA2048, "p256": P256, "p384": P384}
HASHES = {20: hashes.SHA1, 28: hashes.SHA224, 32: hashes.SHA256,
          48: hashes.SHA384, 64: hashes.SHA512}

RETIRED = range(0x82, 0x96)
CERT_TAG = {0x9A: 0x5FC105, 0x9C: 0x5FC10A, 0x9D: 0x5FC10B, 0x9E: 0x5FC101,
            **{k: 0x5FC10D + k - 0x82 for k in RETIRED}}
CHUID, CCC, DISCOVERY, HISTORY = 0x5FC102, 0x5FC107, 0x7E, 0x5FC10C
F9_CERT = 0x5FFF01
# Part 1, table 2: read only after the PIN.
PIN_READ = {0x5FC103, 0x5FC108, 0x5FC109, 0x5FC121, 0x5FC123}
STANDARD_TAGS = {DISCOVERY, 0x7F61, *range(0x5FC101, 0x5FC124)} - {0x5FC104}
# SP 800-78-4, table 3-1: which algorithms a key may have.
SLOT_ALGS = {0x9A: {RSA2048, P256}, 0x9E: {RSA2048, P256},
             0x9C: {RSA2048, P256, P384}, 0x9D: {RSA2048, P256, P384}}

NEVER, ONCE, ALWAYS = 1, 2, 3
DEFAULT_ADMIN = bytes.fromhex("0102030405060708" * 3)

FAMILIES = {
    # Short APDUs and chaining only, three PIN tries, plain SP 800-73-4.
    "standard": {},
    "slow": {"delay": 40, "keygen": 3000},
    # An applet with some of a well-known vendor's extensions.
    "applet": {"extensions": True, "extended": True, "retired_keygen": True,
               "version": "4.0.0", "pin_tries": 5, "any_alg": True,
               "label": b"PivApplet v0.9.0/RExA"},
    "aes192": {"admin_alg": AES192,
               "admin": bytes(range(0x30, 0x48))},
    # Issued by somebody else: everything is there, nothing can be written.
    "readonly": {"global_pin": b"87654321", "pin": b"24681357", "t0": True,
                 "admin": b"", "policy": bytes([0x60, 0x20]),
                 "provision": "9a=rsa2048,9c=rsa2048,9d=rsa2048,9e=p256,"
                              "82=rsa2048,83=p256,95=rsa2048",
                 "off_card": 1, "issued": True},
    # Answers exactly what part 2 lists, never more; PIN always is meant.
    "strict": {"strict": True, "pin_tries": 3},
}


class Refused(Exception):
    def __init__(self, sw):
        super().__init__("%04X" % sw)
        self.sw = sw


def tlv(tag, value, wide=False):
    """One object; wide: a longer form of length than needed, legal in BER."""
    head = tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big")
    n = len(value)
    if wide:
        size = b"\x83" + n.to_bytes(3, "big")
    elif n < 0x80:
        size = bytes([n])
    else:
        raw = n.to_bytes((n.bit_length() + 7) // 8, "big")
        size = bytes([0x80 | len(raw)]) + raw
    return head + size + value


def parse(data):
    """All objects on one level, in order: [(tag, value)]."""
    found, at = [], 0
    try:
        while at < len(data):
            tag, at = data[at], at + 1
            if tag & 0x1F == 0x1F:
                while True:
                    tag, at = tag << 8 | data[at], at + 1
                    if not tag & 0x80:
                        break
            n, at = data[at], at + 1
            if n & 0x80:
                k = n & 0x7F
                if not 1 <= k <= 3 or at + k > len(data):
                    raise Refused(0x6A80)
                n, at = int.from_bytes(data[at:at + k], "big"), at + k
            if at + n > len(data):
                raise Refused(0x6A80)
            found.append((tag, data[at:at + n]))
            at += n
    except IndexError:
        raise Refused(0x6A80) from None
    return found


def block_cipher(alg, key, data, encrypt):
    kind = TripleDES if alg == TDES else algorithms.AES
    cipher = Cipher(kind(key), modes.ECB())
    worker = cipher.encryptor() if encrypt else cipher.decryptor()
    return worker.update(data) + worker.finalize()


class Key:
    """An asymmetric key and its rules."""

    def __init__(self, alg, private=None, pin=ONCE, origin=1):
        self.alg, self.pin, self.origin, self.touch = alg, pin, origin, 1
        if private is None:
            private = (rsa.generate_private_key(65537, 2048 if alg == RSA2048 else 1024)
                       if alg in (RSA1024, RSA2048) else ec.generate_private_key(CURVES[alg]))
        self.private = private

    def is_rsa(self):
        return self.alg in (RSA1024, RSA2048)

    def template(self, wide=False):
        """Part 2, 3.3.2, table 11: the value of 7F49."""
        public = self.private.public_key()
        if self.is_rsa():
            n = public.public_numbers()
            return (tlv(0x81, n.n.to_bytes((n.n.bit_length() + 7) // 8, "big"), wide) +
                    tlv(0x82, n.e.to_bytes(3, "big"), wide))
        return tlv(0x86, public.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint), wide)

    def private_operation(self, challenge, exact):
        if self.is_rsa():
            n = self.private.private_numbers()
            modulus = n.public_numbers.n
            size = (modulus.bit_length() + 7) // 8
            m = int.from_bytes(challenge, "big")
            if len(challenge) != size or m >= modulus:
                raise Refused(0x6A80)
            return pow(m, n.d, modulus).to_bytes(size, "big")
        size = self.private.curve.key_size // 8
        if len(challenge) not in HASHES or (exact and len(challenge) != size):
            raise Refused(0x6A80)
        return self.private.sign(challenge, ec.ECDSA(utils.Prehashed(HASHES[len(challenge)]())))

    def agree(self, point):
        if self.is_rsa():
            raise Refused(0x6A80)
        try:
            peer = ec.EllipticCurvePublicKey.from_encoded_point(self.private.curve, point)
        except ValueError:
            raise Refused(0x6A80) from None
        return self.private.exchange(ec.ECDH(), peer)


def certificate(key, name, issuer_key=None, issuer=None, pad=0):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime(2024, 1, 1)
    builder = (x509.CertificateBuilder().subject_name(subject)
               .issuer_name(issuer or subject).public_key(key.private.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(now).not_valid_after(now.replace(year=2044)))
    if pad:
        builder = builder.add_extension(x509.UnrecognizedExtension(
            x509.ObjectIdentifier("2.16.840.1.101.3.6.9.99"), secrets.token_bytes(pad)), False)
    made = builder.sign((issuer_key or key).private, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


class Pin:
    def __init__(self, value, tries):
        self.value, self.tries, self.left, self.ok = value, tries, tries, False

    def check(self, given):
        if self.left == 0:
            raise Refused(0x6983)
        if not secrets.compare_digest(self.value, given):
            self.left, self.ok = self.left - 1, False
            raise Refused(0x63C0 | self.left)
        self.left, self.ok = self.tries, True

    def set(self, value):
        self.value, self.left = value, self.tries


def is_pin(data):
    """Part 2, 2.4.3: six to eight digits, then FF to eight bytes."""
    body = data.rstrip(b"\xff")
    return len(data) == 8 and 6 <= len(body) <= 8 and body.isdigit()


class Piv:
    """The PIV card application."""

    def __init__(self, traits):
        self.t = traits
        self.admin_alg = traits.admin_alg
        self.admin = traits.admin or secrets.token_bytes(24)
        self.begin()
        if traits.provision:
            self.provision(traits.provision)
        self.power()

    def begin(self):
        t = self.t
        self.pin = Pin(t.pin.ljust(8, b"\xff"), t.pin_tries)
        self.puk = Pin(t.puk, t.pin_tries)
        self.glob = Pin(t.global_pin.ljust(8, b"\xff"), t.pin_tries) if t.global_pin else None
        self.keys, self.objects = {}, {}
        self.objects[DISCOVERY] = tlv(0x4F, AID) + tlv(0x5F2F, t.policy)
        if t.extensions:
            self.f9 = Key(P256)
            self.objects[F9_CERT] = self.container(certificate(self.f9, "Attestation of other-card"))

    def power(self):
        self.selected = self.beside = False
        self.deselect()

    def deselect(self):
        self.chain, self.outgoing = None, b""
        self.pin.ok = self.puk.ok = self.admin_ok = self.fresh = False
        self.pending = None
        if self.glob:
            self.glob.ok = False

    def provision(self, words):
        issuer = Key(P256)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Issuer of other-card")])
        retired = 0
        pairs = [word.split("=") for word in words.split(",")]
        inside = len([1 for slot, _ in pairs if int(slot, 16) in RETIRED]) - self.t.off_card
        for at, (slot, alg) in enumerate(pairs):
            slot = int(slot, 16)
            key = self.keys[slot] = Key(NAMES[alg], pin=self.default_policy(slot))
            if slot in RETIRED:
                retired += 1
                if retired > inside:
                    continue
            der = certificate(key, "Holder %02X" % slot, issuer, name, 500)
            self.objects[CERT_TAG[slot]] = self.container(der, at % 2 == 1 and self.t.gzip)
        if retired:
            self.objects[HISTORY] = self.history(inside, self.t.off_card)
        if self.t.issued:
            guid, fascn = secrets.token_bytes(16), bytes.fromhex(
                "d4e739da739ced39ce739d836858210842108421c84210c3eb")
            self.objects[CHUID] = self.end(
                tlv(0x30, fascn) + tlv(0x34, guid) + tlv(0x35, b"20401231") +
                tlv(0x3E, secrets.token_bytes(900)))
            self.objects[CCC] = self.end(
                tlv(0xF0, secrets.token_bytes(21)) + b"\xf1\x01\x21\xf2\x01\x21\xf3\0\xf4\x01\0"
                b"\xf5\x01\x10\xf6\0\xf7\0\xfa\0\xfb\0\xfc\0\xfd\0")

    def history(self, inside, outside):
        url = b"http://example.gov/" + secrets.token_hex(32).encode() if outside else b""
        return self.end(tlv(0xC1, bytes([inside])) + tlv(0xC2, bytes([outside])) + tlv(0xF3, url))

    def end(self, value):
        return value + (b"\xfe\0" if self.t.fe else b"")

    def container(self, der, compressed=False):
        wide = self.t.wide
        return self.end(tlv(0x70, gzip.compress(der) if compressed else der, wide) +
                        tlv(0x71, b"\x01" if compressed else b"\0", wide))

    @staticmethod
    def default_policy(slot):
        return {0x9C: ALWAYS, 0x9E: NEVER}.get(slot, ONCE)

    # ---- one command APDU: ISO 7816-4, 5.1 ------------------------------------
    def answer(self, apdu):
        if self.t.delay:
            time.sleep(self.t.delay / 1000)
        try:
            cla, ins, p1, p2, data, le = self.take_apart(apdu)
            body, sw = self.one(cla, ins, p1, p2, data, le)
        except Refused as no:
            self.chain = None
            body, sw = b"", no.sw
        return body + struct.pack(">H", sw)

    def take_apart(self, apdu):
        if len(apdu) < 4:
            raise Refused(0x6700)
        head, rest = apdu[:4], apdu[4:]
        if len(rest) >= 3 and rest[0] == 0 and len(rest) != 1 + rest[0]:
            if not self.t.extended:
                raise Refused(0x6700)
            n = rest[1] << 8 | rest[2]
            if len(rest) == 3:
                return (*head, b"", n or 65536)
            data, tail = rest[3:3 + n], rest[3 + n:]
            if len(data) != n or len(tail) not in (0, 2):
                raise Refused(0x6700)
            return (*head, data, (int.from_bytes(tail, "big") or 65536) if tail else None)
        if not rest:
            return (*head, b"", None)
        if len(rest) == 1:
            return (*head, b"", rest[0] or 256)
        n, data, tail = rest[0], rest[1:1 + rest[0]], rest[1 + rest[0]:]
        if len(data) != n or len(tail) > 1:
            raise Refused(0x6700)
        return (*head, data, (tail[0] or 256) if tail else None)

    def one(self, cla, ins, p1, p2, data, le):
        if cla not in (0x00, 0x10):
            raise Refused(0x6E00)
        if ins == 0xC0:
            return self.send(le, more=True)
        self.outgoing = b""
        head = (ins, p1, p2)
        if self.chain and self.chain[0] != head:
            self.chain = None
            raise Refused(0x6883)
        if cla == 0x10:
            if self.chain is None:
                self.entered(ins, p2)
            self.chain = (head, (self.chain[1] if self.chain else b"") + data)
            if len(self.chain[1]) > 8192:
                raise Refused(0x6A84)
            return b"", 0x9000
        if self.chain:
            data, self.chain = self.chain[1] + data, None
        else:
            self.entered(ins, p2)
        if ins == 0xA4:
            return self.select(p1, p2, data, le)
        if not self.selected:
            # The neighbour asks nobody who he is: whatever PIN comes is welcome.
            if self.beside and self.t.neighbour and ins == 0x20:
                return b"", 0x9000
            raise Refused(0x6D00)
        name = {0xCB: "get_data", 0xDB: "put_data", 0x20: "verify", 0x24: "change",
                0x2C: "unblock", 0x87: "authenticate", 0x47: "generate"}.get(ins)
        if name is None and self.t.extensions:
            name = {0xFD: "yk_version", 0xF9: "yk_attest", 0xFF: "yk_admin", 0xFE: "yk_import",
                    0xFA: "yk_retries", 0xFB: "yk_reset"}.get(ins)
            if ins == 0xF7 and self.t.metadata:
                name = "yk_metadata"
            if ins == 0xF8 and self.t.serial:
                name = "yk_serial"
        if name is None:
            raise Refused(0x6D00)
        self.outgoing = getattr(self, name)(p1, p2, data) or b""
        return self.send(le)

    def entered(self, ins, p2):
        """A key with PIN always works only right after VERIFY: part 1, 5.5."""
        self.verified_before, self.fresh = self.fresh, False

    def send(self, le, more=False):
        if more and not self.outgoing:
            raise Refused(0x6985)
        have = len(self.outgoing)
        if have == 0:
            return b"", 0x9000
        if self.t.t0:
            if not more:
                return b"", 0x6100 | (have if have < 256 else 0)
            if le > have:
                return b"", 0x6C00 | have
        elif le is None:
            if self.t.strict:
                return b"", 0x6100 | (have if have < 256 else 0)
            le = 256
        part, self.outgoing = self.outgoing[:le], self.outgoing[le:]
        rest = len(self.outgoing)
        return part, 0x9000 if rest == 0 else 0x6100 | (rest if rest < 256 else 0)

    # ---- part 2, 3.1: data access ------------------------------------------------
    def select(self, p1, p2, data, le):
        if (p1, p2) != (0x04, 0x00):
            raise Refused(0x6A86)
        # Most operating systems select by any beginning of an AID (ISO 7816-4,
        # 8.2.1.2); part 1, 2.2 promises the one without the version only.
        partial = not self.t.strict and len(data) >= 5 and AID.startswith(data)
        if data in (AID, AID_SHORT) or partial:     # keeps its security status
            self.selected, self.beside = True, False
            algs = b"".join(tlv(0x80, bytes([a])) for a in self.t.announce) + tlv(0x06, b"")
            self.outgoing = tlv(0x61, tlv(0x4F, AID[5:]) + tlv(0x79, tlv(0x4F, AID[:5])) +
                                (tlv(0x50, self.t.label) if self.t.label else b"") +
                                (tlv(0xAC, algs) if self.t.announce else b""))
            return self.send(le)
        if data and OTHER_AID.startswith(data):
            self.selected, self.beside = False, True
            self.deselect()
            return b"", 0x9000
        raise Refused(0x6A82)           # and what was selected stays

    def get_data(self, p1, p2, data):
        if (p1, p2) != (0x3F, 0xFF):
            raise Refused(0x6A86)
        parts = parse(data)
        if len(parts) != 1 or parts[0][0] != 0x5C or not 1 <= len(parts[0][1]) <= 3:
            raise Refused(0x6A80)
        tag = int.from_bytes(parts[0][1], "big")
        if tag in PIN_READ and not self.holder():
            raise Refused(0x6982)
        value = self.objects.get(tag)
        if not value:
            if self.t.empty == "6a82" or tag not in STANDARD_TAGS:
                raise Refused(0x6A82)
            return tlv(0x53, b"") if self.t.empty == "53" else b""
        return tlv(tag if tag in (DISCOVERY, 0x7F61) else 0x53, value, self.t.wide)

    def put_data(self, p1, p2, data):
        if (p1, p2) != (0x3F, 0xFF):
            raise Refused(0x6A86)
        if not self.admin_ok:
            raise Refused(0x6982)
        parts = parse(data)
        if len(parts) == 1 and parts[0][0] in (DISCOVERY, 0x7F61):
            self.objects[parts[0][0]] = parts[0][1]
            return
        if len(parts) != 2 or parts[0][0] != 0x5C or parts[1][0] != 0x53:
            raise Refused(0x6A80)
        tag = int.from_bytes(parts[0][1], "big")
        vendor = self.t.extensions and 0x5FFF00 <= tag <= 0x5FFF1F
        if tag not in STANDARD_TAGS and not vendor:
            raise Refused(0x6A81)
        if len(parts[1][1]) > self.t.container_max:
            raise Refused(0x6A84)
        self.objects[tag] = parts[1][1]

    # ---- part 2, 3.2: authentication -----------------------------------------------
    def holder(self):
        return self.pin.ok or bool(self.glob and self.glob.ok)

    def reference(self, p2, change=False):
        found = {0x80: self.pin, 0x00: self.glob}.get(p2)
        if change and p2 == 0x81:
            found = self.puk
        if found is None:
            raise Refused(0x6A88)
        return found

    def verify(self, p1, p2, data):
        pin = self.reference(p2)
        if p1 == 0xFF:
            if data:
                raise Refused(0x6A80)
            pin.ok = False
            return
        if p1 != 0x00:
            raise Refused(0x6A86)
        if not data:
            if pin.ok:
                return
            raise Refused(0x6983 if pin.left == 0 else 0x63C0 | pin.left)
        if not is_pin(data):
            raise Refused(0x6A80)
        pin.check(data)
        self.fresh = True

    def change(self, p1, p2, data):
        if p1 != 0x00:
            raise Refused(0x6A86)
        pin = self.reference(p2, change=True)
        if len(data) != 16:
            raise Refused(0x6A80)
        if p2 != 0x81 and not (is_pin(data[:8]) and is_pin(data[8:])):
            raise Refused(0x6A80)
        pin.check(data[:8])
        pin.set(data[8:])

    def unblock(self, p1, p2, data):
        if p1 != 0x00:
            raise Refused(0x6A86)
        if p2 != 0x80:
            raise Refused(0x6A88)
        if len(data) != 16 or not is_pin(data[8:]):
            raise Refused(0x6A80)
        try:
            self.puk.check(data[:8])
        except Refused:
            self.pin.ok = False
            raise
        self.puk.ok = False
        self.pin.set(data[8:])          # the status of the PIN stays as it was

    def authenticate(self, p1, p2, data):
        outer = parse(data)
        if len(outer) != 1 or outer[0][0] != 0x7C:
            raise Refused(0x6A80)
        parts = dict(parse(outer[0][1]))
        if p2 == 0x9B:
            return self.administrator(TDES if p1 == 0 else p1, parts)
        key = self.keys.get(p2)
        if key is None or key.alg != p1:
            raise Refused(0x6A86)
        if key.pin == ONCE and not self.holder():
            raise Refused(0x6982)
        if key.pin == ALWAYS and not (self.holder() and self.verified_before):
            raise Refused(0x6982)
        if parts.get(0x82) != b"":
            raise Refused(0x6A80)
        if parts.get(0x85):
            result = key.agree(parts[0x85])
        elif parts.get(0x81):
            result = key.private_operation(parts[0x81], self.t.strict)
        else:
            raise Refused(0x6A80)
        return tlv(0x7C, tlv(0x82, result, self.t.wide), self.t.wide)

    def administrator(self, alg, parts):
        """Part 2, appendix A.1: external and mutual authentication."""
        if alg != self.admin_alg:
            raise Refused(0x6A86)
        size, asked, self.pending = BLOCK[alg], self.pending, None
        if parts.get(0x80) == b"":
            self.admin_ok = False
            witness = secrets.token_bytes(size)
            self.pending = ("mutual", witness)
            return tlv(0x7C, tlv(0x80, block_cipher(alg, self.admin, witness, True)))
        if parts.get(0x80) and asked and asked[0] == "mutual":
            if parts[0x80] != asked[1]:
                raise Refused(0x6982)
            if len(parts.get(0x81, b"")) != size:
                raise Refused(0x6A80)
            self.admin_ok = True
            return tlv(0x7C, tlv(0x82, block_cipher(alg, self.admin, parts[0x81], True)))
        if parts.get(0x81) == b"":
            self.admin_ok = False
            challenge = secrets.token_bytes(size)
            self.pending = ("external", challenge)
            return tlv(0x7C, tlv(0x81, challenge))
        if parts.get(0x82) and asked and asked[0] == "external":
            if parts[0x82] != block_cipher(alg, self.admin, asked[1], True):
                raise Refused(0x6982)
            self.admin_ok = True
            return b""
        raise Refused(0x6A80)

    # ---- part 2, 3.3: credential initialization --------------------------------------
    def generate(self, p1, p2, data):
        slots = set(SLOT_ALGS) | (set(RETIRED) if self.t.retired_keygen else set())
        if p1 != 0 or p2 not in slots:
            raise Refused(0x6A86)
        if not self.admin_ok:
            raise Refused(0x6982)
        outer = parse(data)
        if len(outer) != 1 or outer[0][0] != 0xAC:
            raise Refused(0x6A80)
        parts = dict(parse(outer[0][1]))
        if not self.t.extensions and set(parts) - {0x80, 0x81}:
            raise Refused(0x6A80)
        alg = parts.get(0x80, b"")
        allowed = ({RSA1024, RSA2048, P256, P384} if self.t.any_alg else
                   SLOT_ALGS.get(p2, set()))
        if len(alg) != 1 or alg[0] not in allowed:
            raise Refused(0x6A80)
        if self.t.keygen:
            time.sleep(self.t.keygen / 1000)
        self.keys[p2] = self.with_policy(Key(alg[0]), p2, parts)
        return tlv(0x7F49, self.keys[p2].template(self.t.wide), self.t.wide)

    def with_policy(self, key, slot, parts):
        wanted = parts.get(0xAA, b"\0")[0]
        if wanted > ALWAYS:
            raise Refused(0x6A80)
        key.pin = wanted or self.default_policy(slot)
        key.touch = max(parts.get(0xAB, b"\1")[0], 1)
        return key

    # ---- extensions that some applets have ----------------------------------------------
    def yk_version(self, p1, p2, data):
        return bytes(int(n) for n in self.t.version.split("."))

    def yk_serial(self, p1, p2, data):
        return bytes.fromhex("8badf00d")

    def yk_attest(self, p1, p2, data):
        key = self.keys.get(p1)
        if key is None or key.origin != 1:
            raise Refused(0x6A86 if key is None else 0x6A80)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Attestation of other-card")])
        return certificate(key, "Attestation %02X" % p1, self.f9, name)

    def yk_metadata(self, p1, p2, data):
        if p2 in (0x80, 0x81):
            pin = {0x80: self.pin, 0x81: self.puk}[p2]
            normal = {0x80: self.t.pin.ljust(8, b"\xff"), 0x81: self.t.puk}[p2]
            return (tlv(0x01, b"\xff") + tlv(0x05, bytes([pin.value == normal])) +
                    tlv(0x06, bytes([pin.tries, pin.left])))
        if p2 == 0x9B:
            return (tlv(0x01, bytes([self.admin_alg])) + tlv(0x02, b"\0\1") +
                    tlv(0x05, bytes([self.admin == DEFAULT_ADMIN])))
        key = self.keys.get(p2)
        if key is None:
            raise Refused(0x6A88)
        return (tlv(0x01, bytes([key.alg])) + tlv(0x02, bytes([key.pin, key.touch])) +
                tlv(0x03, bytes([key.origin])) + tlv(0x04, key.template()))

    def yk_admin(self, p1, p2, data):
        if not self.admin_ok:
            raise Refused(0x6982)
        if len(data) < 3 or data[1] != 0x9B or data[0] not in SYMMETRIC_LEN:
            raise Refused(0x6A80)
        if data[2] != SYMMETRIC_LEN[data[0]] or len(data) != 3 + data[2]:
            raise Refused(0x6700)
        self.admin_alg, self.admin = data[0], data[3:]

    def yk_import(self, p1, p2, data):
        if not self.admin_ok:
            raise Refused(0x6982)
        if p2 not in CERT_TAG:
            raise Refused(0x6A86)
        parts = dict(parse(data))
        try:
            if p1 in (RSA1024, RSA2048):
                p, q = (int.from_bytes(parts[n], "big") for n in (1, 2))
                d = pow(65537, -1, (p - 1) * (q - 1))
                private = rsa.RSAPrivateNumbers(
                    p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q),
                    rsa.rsa_crt_iqmp(p, q), rsa.RSAPublicNumbers(65537, p * q)).private_key()
            elif p1 in CURVES:
                private = ec.derive_private_key(int.from_bytes(parts[6], "big"), CURVES[p1])
            else:
                raise Refused(0x6A86)
        except (KeyError, ValueError):
            raise Refused(0x6A80) from None
        self.keys[p2] = self.with_policy(Key(p1, private, origin=2), p2, parts)

    def yk_retries(self, p1, p2, data):
        if not (self.admin_ok and self.pin.ok):
            raise Refused(0x6982)
        self.pin = Pin(b"123456\xff\xff", p1)
        self.puk = Pin(b"12345678", p2)

    def yk_reset(self, p1, p2, data):
        if self.pin.left or self.puk.left:
            raise Refused(0x6982)
        self.admin_alg, self.admin = TDES, DEFAULT_ADMIN
        self.begin()
        self.deselect()


class Card:
    """The application behind an ATR, a log of commands and one lock."""

    def __init__(self, traits):
        self.piv, self.t = Piv(traits), traits
        self.epoch, self.owner = 0, None
        self.turn = threading.Condition()
        self.log = open(traits.log, "a", buffering=1) if traits.log else None
        self.atr = traits.atr or self.make_atr()

    def make_atr(self):
        # ISO 7816-4, 8.1.1.2.7: command chaining, and extended length if so
        capabilities = bytes([0x80, 0x73, 0x00, 0x00, 0xC0 if self.t.announce_extended else 0x80])
        if self.t.t0:
            return bytes([0x3B, 0x60 | len(capabilities), 0x00, 0x00]) + capabilities
        body = bytes([0x80 | len(capabilities), 0x81, 0x31, 0xFE, 0x45]) + capabilities
        check = 0
        for b in body:
            check ^= b
        return b"\x3b" + body + bytes([check])

    def control(self, what):
        if what in (0, 1, 2):
            self.epoch += 1
            self.piv.power()

    def command(self, apdu):
        reply = self.piv.answer(apdu)
        if self.log:
            tag = apdu[5:12].hex() if apdu[1:2] in (b"\xcb", b"\xdb", b"\xa4") else \
                "neighbour" if self.piv.beside else "-"
            self.log.write("%s %d %s %s %d\n" % (apdu[:4].hex(), len(apdu), tag,
                                                 reply[-2:].hex(), len(reply) - 2))
        return reply


def quick(sock):
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def receive(sock, n):
    data = b""
    while len(data) < n:
        part = sock.recv(n - len(data))
        quick(sock)
        if not part:
            raise ConnectionError("closed")
        data += part
    return data


def frame(sock):
    return receive(sock, struct.unpack(">H", receive(sock, 2))[0])


def put(sock, data):
    sock.sendall(struct.pack(">H", len(data)) + data)


def join_vpcd(card, where):
    """pcscd may come later, go and come back."""
    host, port = where.rsplit(":", 1)
    while True:
        try:
            with socket.create_connection((host, int(port))) as sock:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                quick(sock)
                while True:
                    got = frame(sock)
                    if got == b"\x04":
                        put(sock, card.atr)
                    elif len(got) == 1:
                        card.control(got[0])
                    elif got:
                        put(sock, card.command(got))
        except OSError:
            time.sleep(0.05)


def serve(card, sock):
    """doc/design/vcard-protocol.md; this card never leaves its reader."""
    me, seen = object(), -1
    with sock:
        try:
            while True:
                got = frame(sock)
                if got == b"\x04":
                    put(sock, card.atr)
                elif got == b"\x11":
                    with card.turn:
                        if card.owner is me:
                            card.owner = None
                            card.turn.notify_all()
                elif got == b"\x12" or not got:
                    continue
                else:
                    with card.turn:
                        card.turn.wait_for(lambda: card.owner in (None, me))
                        if got == b"\x10":
                            card.owner = me
                            put(sock, b"\0" if seen == card.epoch else b"\1")
                            seen = card.epoch
                        elif len(got) == 1:
                            card.control(got[0])
                            seen = card.epoch
                        else:
                            put(sock, card.command(got))
        except OSError:
            pass
        finally:
            with card.turn:
                if card.owner is me:
                    card.owner = None
                    card.turn.notify_all()


def listen(card, path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    os.chmod(path, 0o600)
    server.listen(16)
    while True:
        sock, _ = server.accept()
        threading.Thread(target=serve, args=(card, sock), daemon=True).start()


def arguments():
    p = argparse.ArgumentParser(description="A PIV card by another hand.")
    p.add_argument("family", choices=FAMILIES)
    p.add_argument("--vpcd", metavar="HOST:PORT")
    p.add_argument("--listen", metavar="PATH")
    p.add_argument("--log", metavar="FILE", help="one line for each command")
    p.add_argument("--atr", type=bytes.fromhex)
    p.add_argument("--provision", metavar="SLOT=ALG,...", help="keys and certificates")
    p.add_argument("--no-fe", dest="fe", action="store_false", help="no error detection tags")
    p.add_argument("--no-gzip", dest="gzip", action="store_false")
    p.add_argument("--wide", action="store_true", help="lengths longer than need be")
    p.add_argument("--empty", choices=("53", "6a82", "nothing"), help="unused containers")
    p.add_argument("--metadata", action="store_true", help="applet: GET METADATA")
    p.add_argument("--serial", action="store_true", help="applet: GET SERIAL")
    p.add_argument("--version", help="applet: what GET VERSION says")
    p.add_argument("--admin", type=bytes.fromhex, help="management key")
    p.add_argument("--admin-alg", type=lambda h: int(h, 16))
    p.add_argument("--container-max", type=int, help="bytes of one object")
    p.add_argument("--delay", type=int, help="ms for each command")
    p.add_argument("--keygen", type=int, help="ms for a key")
    p.add_argument("--t0", action="store_true", default=None)
    p.add_argument("--policy", type=bytes.fromhex, help="PIN usage policy")
    p.add_argument("--extended", action="store_true", default=None)
    p.add_argument("--announce-extended", action="store_true", help="in the ATR")
    p.add_argument("--neighbour", action="store_true", help="an application that takes any PIN")
    p.add_argument("--announce", type=bytes.fromhex, default=b"", help="algorithms in SELECT")
    given = p.parse_args()
    if not (given.vpcd or given.listen):
        p.error("--vpcd or --listen")
    traits = {"strict": False, "extensions": False, "extended": False, "retired_keygen": False,
              "any_alg": False, "version": "4.0.0", "label": b"", "pin_tries": 3, "t0": False,
              "pin": b"123456", "puk": b"12345678", "global_pin": None, "policy": b"\x40\0",
              "admin": DEFAULT_ADMIN, "admin_alg": TDES, "provision": None, "off_card": 0,
              "issued": False, "delay": 0, "keygen": 0, "empty": "6a82", "container_max": 3052}
    for more in (vars(given), FAMILIES[given.family], vars(given)):
        traits.update({k: v for k, v in more.items() if v is not None or k not in traits})
    return argparse.Namespace(**traits)


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    traits = arguments()
    card = Card(traits)
    if traits.vpcd:
        threading.Thread(target=join_vpcd, args=(card, traits.vpcd), daemon=True).start()
    if traits.listen:
        threading.Thread(target=listen, args=(card, traits.listen), daemon=True).start()
    parent = os.getppid()
    while os.getppid() == parent:       # ends with whoever started it
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
