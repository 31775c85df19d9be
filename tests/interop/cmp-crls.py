#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""cmp-crls.py URL REFERENCE SECRET CA.PEM LIST-URL: asks for a newer revocation list.

A client by another hand: cmp_peer.py, and RFC 9480 2.16 and RFC 9483 4.3.4 for the question,
with openssl(1) to read what comes.  openssl cmp of OpenSSL 3.0 knows neither this question nor
PBMAC1.
"""
import subprocess
import sys

from cmp_peer import ID_IT, SECRET, ask, new_mac, same, seq, octets
from der import Node, integer, oid, tlv

CA, PLACE = sys.argv[4:]
STATUS_LIST, CRLS = oid(ID_IT + '22'), oid(ID_IT + '23')
def status(source, since=b''):
    return seq(STATUS_LIST, seq(seq(source, since)))


def point(url):
    return tlv(0xa0, tlv(0xa0, tlv(0x86, url.encode())))


def issuer(name):
    return tlv(0xa1, seq(tlv(0xa4, name)))


def lists(*infos, **how):
    """The lists of the one answer, DER."""
    told = ask(*infos, **how)
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
    same('PBMAC1 %s' % more, len(lists(status(issuer(subject)), protect=protect)), 1)
    same('by another secret', ask(status(issuer(subject)), secret='x' + SECRET,
                                  believed=False, protect=protect).tag, 0xb7)
for what, protect in (
        ('few rounds', lambda salt: new_mac(salt, count=999)),
        ('too many', lambda salt: new_mac(salt, count=100001)),
        ('a short salt', lambda salt: new_mac(salt[:7])),
        ('a short key', lambda salt: new_mac(salt, size=integer(15))),
        ('a long key', lambda salt: new_mac(salt, size=integer(65))),
        ('SHA-1', lambda salt: new_mac(salt, prf=7)),
        ('HMAC-SHA-1', lambda salt: new_mac(salt, scheme=7))):
    same(what, ask(status(issuer(subject)), believed=False, protect=protect).tag, 0xb7)
print('crls: all held')
