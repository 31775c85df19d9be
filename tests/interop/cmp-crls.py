#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""cmp-crls.py URL REFERENCE SECRET CA.PEM LIST-URL: asks for a newer revocation list.

A client by another hand: from RFC 9810 (messages, 5.1.3.1 the MAC), RFC 9480 2.16 and
RFC 9483 4.3.4 (the question), with openssl(1) to read what comes.  openssl cmp of
OpenSSL 3.0 does not know this question.
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
COUNT = 500
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


def mac(salt, count, protected):
    key = SECRET.encode() + salt
    for _ in range(count):
        key = hashlib.sha256(key).digest()
    return hmac.new(key, protected, 'sha256').digest()


def check(answer):
    """RFC 9810 5.1.3.1: over the sequence of header and body."""
    header, body, bits = answer.parts()[:3]
    algorithm = header.part(0xa1).parts()[0]
    same('algorithm', algorithm.parts()[0].all, oid(PASSWORD_MAC))
    salt, _, count = algorithm.parts()[1].parts()[:3]
    same('MAC', bits.parts()[0].value[1:],
         mac(salt.value, count.number(), seq(header.all, body.all)))


def ask(*infos):
    """The answer's body."""
    salt, transaction, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    nobody = tlv(0xa4, seq())
    header = seq(
        integer(2), nobody, nobody,
        tlv(0xa1, seq(oid(PASSWORD_MAC), seq(octets(salt), SHA256, integer(COUNT), HMAC))),
        tlv(0xa2, octets(REFERENCE.encode())), tlv(0xa4, octets(transaction)),
        tlv(0xa5, octets(nonce)))
    body = tlv(0xb5, seq(*infos))
    message = seq(header, body, tlv(0xa0, tlv(3, b'\0' + mac(salt, COUNT, seq(header, body)))))
    request = urllib.request.Request(URL, data=message,
                                     headers={'Content-Type': 'application/pkixcmp'})
    with urllib.request.urlopen(request, timeout=20) as answer:
        whole = Node(answer.read())
    check(whole)
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
print('crls: %d comparisons held' % held)
