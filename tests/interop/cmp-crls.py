#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""cmp-crls.py URL REFERENCE SECRET CA.PEM LIST-URL: asks for a newer revocation list.

A client by another hand: from RFC 9810 (messages, 5.1.3.1 the MAC), RFC 9481 6.1.2 and
RFC 8018 (PBMAC1), RFC 9480 2.16 and RFC 9483 4.3.4 (the question), with openssl(1) to read
what comes.  openssl cmp of OpenSSL 3.0 knows neither this question nor PBMAC1.
"""
import hashlib
import hmac
import os
import subprocess
import sys
import urllib.request

from der import Node, integer, oid, tlv

URL, REFERENCE, SECRET, CA, PLACE = sys.argv[1:]
ID_IT = '1.3.6.1.5.5.7.4.'
STATUS_LIST, CRLS = oid(ID_IT + '22'), oid(ID_IT + '23')
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


protect = old_mac


def ask(*infos, secret=None, believed=True):
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


def status(source, since=b''):
    return seq(STATUS_LIST, seq(seq(source, since)))


def point(url):
    return tlv(0xa0, tlv(0xa0, tlv(0x86, url.encode())))


def issuer(name):
    return tlv(0xa1, seq(tlv(0xa4, name)))


def lists(*infos):
    """The lists of the one answer, DER."""
    told = ask(*infos)
    same('genp', told.tag, 0xb6)
    one, = told.parts()[0].parts()
    type_, *value = one.parts()
    same('id-it-crls', type_.all, CRLS)
    return [part.all for part in value[0].parts()] if value else []


def crl_text(der, *what):
    return subprocess.run(('openssl', 'crl', '-inform', 'DER', '-noout') + what, input=der,
                          check=True, capture_output=True).stdout.decode()


pem = subprocess.run(('openssl', 'x509', '-in', CA, '-outform', 'DER'), check=True,
                     capture_output=True).stdout
subject = Node(pem).parts()[0].parts()[5].all

for source in (point(PLACE), issuer(subject)):
    found, = lists(status(source))
    crl_text(found, '-CAfile', CA)      # verifies, or it would have ended here
    update = next(p for p in Node(found).parts()[0].parts() if p.tag in (0x17, 0x18))
    same('the same is no news', lists(status(source, update.all)), [])
    same('an older one is', lists(status(source, tlv(0x17, b'200101000000Z'))), [found])
    same('so it is in the other form of time',
         lists(status(source, tlv(0x18, b'20200101000000Z'))), [found])
    same('one from the future has no successor',
         lists(status(source, tlv(0x18, b'20990101000000Z'))), [])
same("somebody else's place", lists(status(point('http://elsewhere.test/x.crl'))), [])
same("somebody else's name", lists(status(issuer(seq()))), [])
both = seq(STATUS_LIST, seq(seq(point('http://elsewhere.test/x.crl')), seq(issuer(subject))))
same('ours among others', len(lists(both)), 1)
# what is no such question is refused, and nothing else happens
for bad in (seq(STATUS_LIST), seq(STATUS_LIST, seq()), seq(STATUS_LIST, seq(seq())),
            seq(STATUS_LIST, seq(seq(integer(1)))), seq(STATUS_LIST, octets(b'x')),
            status(point(PLACE), tlv(0x17, b'yesterday')), status(point(PLACE), integer(5)),
            status(tlv(0xa1, octets(b''))), seq(STATUS_LIST, seq(*[seq(point(PLACE))] * 17))):
    same(bad.hex(), ask(bad).tag, 0xb7)

# ---- PBMAC1, each hash, and what protects too little or costs too much ----
for more in ({}, {'scheme': 11}, {'prf': 11, 'scheme': 10}, {'size': integer(16)},
             {'count': 100000}, {'size': integer(64), 'prf': 10}):
    protect = lambda salt: new_mac(salt, **more)
    same('PBMAC1 %s' % more, len(lists(status(issuer(subject)))), 1)
    same('by another secret', ask(status(issuer(subject)), secret='x' + SECRET,
                                  believed=False).tag, 0xb7)
for what, protect in (
        ('few rounds', lambda salt: new_mac(salt, count=999)),
        ('too many', lambda salt: new_mac(salt, count=100001)),
        ('a short salt', lambda salt: new_mac(salt[:7])),
        ('a short key', lambda salt: new_mac(salt, size=integer(15))),
        ('a long key', lambda salt: new_mac(salt, size=integer(65))),
        ('SHA-1', lambda salt: new_mac(salt, prf=7)),
        ('HMAC-SHA-1', lambda salt: new_mac(salt, scheme=7))):
    same(what, ask(status(issuer(subject)), believed=False).tag, 0xb7)
print('crls: %d comparisons held' % held)
