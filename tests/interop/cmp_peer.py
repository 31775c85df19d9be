# SPDX-License-Identifier: BSD-2-Clause
"""General messages to a CMP server, for scripts whose arguments begin URL REFERENCE SECRET.

A client by another hand: from RFC 9810 (messages, 5.1.3.1 the MAC), RFC 9481 6.1.2 and
RFC 8018 (PBMAC1).
"""
import hashlib
import hmac
import os
import sys
import urllib.request

from der import Node, integer, oid, tlv

URL, REFERENCE, SECRET = sys.argv[1:4]
ID_IT = '1.3.6.1.5.5.7.4.'
SHA256 = tlv(0x30, oid('2.16.840.1.101.3.4.2.1'), b'\x05\x00')
HMAC = tlv(0x30, oid('1.2.840.113549.2.9'), b'\x05\x00')
PASSWORD_MAC = '1.2.840.113533.7.66.13'
PBMAC1, PBKDF2 = '1.2.840.113549.1.5.14', '1.2.840.113549.1.5.12'
HASHES = {'1.2.840.113549.2.%d' % n: name
          for n, name in ((7, 'sha1'), (9, 'sha256'), (10, 'sha384'), (11, 'sha512'))}
held = 0


def seq(*parts):
    return tlv(0x30, *parts)


def octets(value):
    return tlv(4, value)


def same(what, got, wanted):
    global held
    held += 1
    if got != wanted:
        sys.exit('FAILED: %s: got %r, wanted %r' % (what, got, wanted))


def old_mac(salt):
    return seq(oid(PASSWORD_MAC), seq(octets(salt), SHA256, integer(500), HMAC))


def new_mac(salt, count=2000, size=b'', prf=9, scheme=9):
    hmacs = [seq(oid('1.2.840.113549.2.%d' % n), b'\x05\x00') for n in (prf, scheme)]
    return seq(oid(PBMAC1), seq(
        seq(oid(PBKDF2), seq(octets(salt), integer(count), size, hmacs[0])), hmacs[1]))


def name_of(algorithm):
    return next(name for text, name in HASHES.items() if oid(text) == algorithm.parts()[0].all)


def mac(algorithm, protected, secret=None):
    secret = (secret or SECRET).encode()
    kind, params = Node(algorithm).parts()
    if kind.all == oid(PASSWORD_MAC):
        salt, _, count = params.parts()[:3]
        key = secret + salt.value
        for _ in range(count.number()):
            key = hashlib.sha256(key).digest()
        return hmac.new(key, protected, 'sha256').digest()
    same('PBMAC1', kind.all, oid(PBMAC1))
    derivation, scheme = params.parts()
    salt, count, *size, prf = derivation.parts()[1].parts()
    size = size[0].number() if size else hashlib.new(name_of(scheme)).digest_size
    key = hashlib.pbkdf2_hmac(name_of(prf), secret, salt.value, count.number(), size)
    return hmac.new(key, protected, name_of(scheme)).digest()


def check(answer, asked):
    """RFC 9810 5.1.3.1: over the sequence of header and body."""
    header, body, bits = answer.parts()[:3]
    algorithm = header.part(0xa1).parts()[0].all
    same('a salt of its own, and nothing else',
         (algorithm != asked, len(algorithm), algorithm[:14]), (True, len(asked), asked[:14]))
    same('MAC', bits.parts()[0].value[1:], mac(algorithm, seq(header.all, body.all)))


def ask(*infos, secret=None, believed=True, protect=old_mac):
    """The answer's body."""
    transaction, nonce = os.urandom(16), os.urandom(16)
    algorithm = protect(os.urandom(16))
    nobody = tlv(0xa4, seq())
    header = seq(
        integer(2), nobody, nobody,
        tlv(0xa1, algorithm),
        tlv(0xa2, octets(REFERENCE.encode())), tlv(0xa4, octets(transaction)),
        tlv(0xa5, octets(nonce)))
    body = tlv(0xb5, seq(*infos))
    bits = mac(algorithm, seq(header, body), secret)
    message = seq(header, body, tlv(0xa0, tlv(3, b'\0' + bits)))
    request = urllib.request.Request(URL, data=message,
                                     headers={'Content-Type': 'application/pkixcmp'})
    with urllib.request.urlopen(request, timeout=20) as answer:
        whole = Node(answer.read())
    if believed:
        check(whole, algorithm)
    head, told = whole.parts()[:2]
    fields = {part.tag: part for part in head.parts()[3:]}      # after the names
    same('transaction', fields[0xa4].parts()[0].value, transaction)
    same('nonce', fields[0xa6].parts()[0].value, nonce)
    return told
