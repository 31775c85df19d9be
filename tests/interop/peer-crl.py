#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A reader of revocation lists written from RFC 5280 5, RFC 2585 and from nothing else.

usage: peer-crl.py CA LIST HEADERS [CERTIFICATE=REASON]...

LIST is DER, HEADERS the HTTP headers it came with; all that it may revoke are
named, with the reason ("": none is said).  The number of the last list is kept
in LIST.number: it grows.  "waits" and status 1: the list before is still there.
"""

import calendar
import re
import sys
import time

sys.dont_write_bytecode = True
from cryptography import x509                                           # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization        # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, padding       # noqa: E402

from der import Node, oid, whole                                        # noqa: E402

REASONS = ['unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded',
           'cessationOfOperation', 'certificateHold', None, 'removeFromCRL', 'privilegeWithdrawn',
           'aACompromise']
NUMBER, AKI, REASON, INVALID = '2.5.29.20', '2.5.29.35', '2.5.29.21', '2.5.29.24'
IDP, DELTA, FRESHEST = '2.5.29.28', '2.5.29.27', '2.5.29.46'


def want(true, *words):
    if not true:
        raise SystemExit(' '.join(map(str, words)))


def moment(node):
    """5.1.2.4: UTCTime until 2049, in GMT with seconds"""
    want((node.tag, len(node.value)) in ((0x17, 13), (0x18, 15)), 'a strange time', node.value)
    text = node.value.decode()
    if node.tag == 0x17:
        text = ('20' if text[:2] < '50' else '19') + text
    else:
        want(text[:4] >= '2050', '5.1.2.4: GeneralizedTime before 2050')
    return calendar.timegm(time.strptime(text, '%Y%m%d%H%M%SZ'))


def extensions(node, known):
    """Each once, its criticality as RFC 5280 wants it"""
    rows = {}
    for e in node.parts():
        kind, *rest = e.parts()
        name = next((k for k in known if oid(k) == kind.all), None)
        want(name and name not in rows, 'an extension that is unknown or twice', kind.all.hex())
        critical = len(rest) == 2
        want(critical == (name in (IDP, DELTA)), name, 'criticality')
        rows[name] = whole(rest[-1].value)
    return rows


def check_signature(ca, algorithm, tbs, bits):
    key = ca.public_key()
    want(algorithm.all == tbs.parts()[1].all, '5.1.1.2: two signature algorithms')
    for digest in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512()):
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                return key.verify(bits, tbs.all, ec.ECDSA(digest))
            return key.verify(bits, tbs.all, padding.PKCS1v15(), digest)
        except Exception:
            continue
    raise SystemExit('5.1.1.3: the signature does not verify')


def main():
    ca = x509.load_pem_x509_certificate(open(sys.argv[1], 'rb').read())
    data, headers = open(sys.argv[2], 'rb').read(), open(sys.argv[3]).read()
    want(re.search(r'(?im)^content-type: application/pkix-crl\s*$', headers), 'RFC 2585 4.2', headers)
    tbs, algorithm, signature = whole(data).parts()
    check_signature(ca, algorithm, tbs, signature.value[1:])
    rows = tbs.parts()
    want(rows[0].number() == 1, '5.1.2.1: not version 2')
    want(rows[2].all == ca.subject.public_bytes(), '5.1.2.3: issuer')
    this, following = moment(rows[3]), moment(rows[4])
    want(this <= time.time() + 1 and time.time() < following, 'out of time')
    entries = rows[5].parts() if rows[5].tag == 0x30 else []
    want(rows[5].tag != 0x30 or entries, '5.1.2.6: an empty revokedCertificates')
    more = extensions(rows[-1].parts()[0], (NUMBER, AKI, IDP, DELTA, FRESHEST))
    want(DELTA not in more and FRESHEST not in more, 'a delta')
    want({NUMBER, AKI} <= set(more), '5.2.1, 5.2.3: a number and an authority key identifier')
    want(IDP not in more, '5.2.5: a part of something')
    number = more[NUMBER].number()
    want(more[NUMBER].tag == 2 and 0 <= number < 1 << 159, '5.2.3: number', number)
    ski = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    want(more[AKI].part(0x80).value == ski, '5.2.1: another key')
    compare(entries, this)
    grow(number, data)


def compare(entries, this):
    wanted = {}
    for word in sys.argv[4:]:
        path, _, reason = word.partition('=')
        cert = x509.load_pem_x509_certificate(open(path, 'rb').read())
        wanted[cert.serial_number] = reason
    said = {}
    for e in entries:
        serial, when, *rest = e.parts()
        want(moment(when) <= this, '5.1.2.6: revoked after the list was made')
        more = extensions(rest[0], (REASON, INVALID)) if rest else {}
        reason = REASONS[more[REASON].value[0]] if REASON in more else ''
        want(reason not in ('unspecified', 'removeFromCRL'), '5.3.1:', reason)
        want(serial.number() not in said, 'twice')
        said[serial.number()] = reason
    want(said == wanted, 'waits: says %s instead of %s' % (said, wanted))


def grow(number, data):
    """5.2.3: another list has a higher number"""
    try:
        with open(sys.argv[2] + '.number') as f:
            before, old = f.read().split()
    except OSError:
        before, old = '-1', ''
    same = data.hex() == old
    want(same or number > int(before), '5.2.3: number', number, 'after', before)
    with open(sys.argv[2] + '.number', 'w') as f:
        f.write('%d %s' % (number, data.hex()))


if __name__ == '__main__':
    main()
