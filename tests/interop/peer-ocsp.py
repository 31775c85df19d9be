#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An OCSP client written from RFC 6960, 5019, 9654 and 5280 and from nothing else.

usage: peer-ocsp.py URL CA GOOD REVOKED [--only NAME]

URL is a responder, CA its authority's certificate, GOOD and REVOKED (for
keyCompromise) two of its certificates; all PEM.  peer-status.sh runs it.
"""

import base64
import calendar
import email.utils
import hashlib
import http.client
import re
import secrets
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True
from cryptography import x509                                           # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization        # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, padding       # noqa: E402

from der import NotDer, Node, integer, oid, tlv, whole                  # noqa: E402

URL = urllib.parse.urlsplit(sys.argv[1])
CA, GOOD, REVOKED = (x509.load_pem_x509_certificate(open(p, 'rb').read()) for p in sys.argv[2:5])
CHECKS = []
HASHES = {'sha1': '1.3.14.3.2.26', 'sha256': '2.16.840.1.101.3.4.2.1',
          'sha384': '2.16.840.1.101.3.4.2.2', 'sha512': '2.16.840.1.101.3.4.2.3'}
NONCE, BASIC = '1.3.6.1.5.5.7.48.1.2', '1.3.6.1.5.5.7.48.1.1'
MALFORMED, INTERNAL, LATER, UNAUTHORIZED = 1, 2, 3, 6      # RFC 6960 4.2.1
SIGNATURES = {'1.2.840.10045.4.3.2': hashes.SHA256, '1.2.840.10045.4.3.3': hashes.SHA384,
              '1.2.840.113549.1.1.11': hashes.SHA256, '1.2.840.113549.1.1.12': hashes.SHA384}


class Wrong(Exception):
    pass


def want(true, *words):
    if not true:
        raise Wrong(' '.join(map(str, words)))


def check(f):
    CHECKS.append(f)
    return f


# ---- questions ----------------------------------------------------------------------
def key_bits(key):
    info = Node(key.public_bytes(serialization.Encoding.DER,
                                 serialization.PublicFormat.SubjectPublicKeyInfo))
    return info.parts()[1].value[1:]


def cert_id(serial, digest='sha1', ca=CA, null=True):
    """RFC 6960 4.1.1"""
    h = lambda data: tlv(4, hashlib.new(digest, data).digest())
    return tlv(0x30, tlv(0x30, oid(HASHES[digest]), tlv(5) if null else b''),
               h(ca.subject.public_bytes()), h(key_bits(ca.public_key())),
               serial if isinstance(serial, bytes) else integer(serial))


def extension(kind, value, critical=False):
    return tlv(0x30, oid(kind), tlv(1, b'\xff') if critical else b'', tlv(4, value))


def nonce_of(data, critical=False):
    return extension(NONCE, tlv(4, data), critical)


def question(*ids, extensions=(), version=b'', who=b'', one=b'', signature=b''):
    rows = [tlv(0x30, i, one) for i in ids]
    more = tlv(0xa2, tlv(0x30, *extensions)) if extensions else b''
    return tlv(0x30, tlv(0x30, version, who, tlv(0x30, *rows), more), signature)


LINE = http.client.HTTPConnection(URL.hostname, URL.port, timeout=20)


def ask(der, method='POST', path='', **headers):
    """The HTTP answer: status, headers, body"""
    rows = {n.replace('_', '-'): v for n, v in headers.items()}
    if method == 'POST':
        rows.setdefault('Content-Type', 'application/ocsp-request')
    LINE.request(method, URL.path + path, der, rows)
    answer = LINE.getresponse()
    body = answer.read()
    return answer.status, {n.lower(): v for n, v in answer.getheaders()}, body


# ---- answers ------------------------------------------------------------------------
def validity(cert):
    return whole(cert.tbs_certificate_bytes).parts()[4].parts()


def moment(node):
    """RFC 5280 4.1.2.5: UTCTime or GeneralizedTime in GMT with seconds, no fractions"""
    if node.tag == 0x17 and len(node.value) == 13:
        node = Node(tlv(0x18, b'20' + node.value))
    want(node.tag == 0x18 and re.fullmatch(rb'\d{14}Z', node.value), 'a strange time', node.value)
    return calendar.timegm(time.strptime(node.value.decode(), '%Y%m%d%H%M%SZ'))


class Basic:
    """A BasicOCSPResponse (4.2.1), held to everything that does not depend on the question"""

    def __init__(self, body):
        outer = whole(body)
        rows = outer.parts()
        want(rows[0].value == b'\0' and len(rows) == 2, 'status', rows[0].value.hex())
        kind, content = rows[1].parts()[0].parts()
        want(kind.all == oid(BASIC), 'another type of answer')
        data, algorithm, signature, *certs = whole(content.value).parts()
        self.data, self.signer = data, self.find_signer(certs)
        self.check_signature(algorithm, signature)
        rows = data.parts()
        want(rows[0].tag in (0xa1, 0xa2), '4.2.1: DER leaves version v1 out')
        self.check_name(rows[0])
        self.made = moment(rows[1])
        want(abs(time.time() - self.made) < 90000, 'producedAt', rows[1].value)
        self.rows = [Single(r) for r in rows[2].parts()]
        more = data.part(0xa1) if len(rows) > 3 else None
        self.extensions = {}
        for e in (rows[3].parts()[0].parts() if more or len(rows) > 3 else ()):
            fields = e.parts()
            self.extensions[fields[0].all] = fields[-1].value

    def find_signer(self, certs):
        """4.2.2.2: the authority itself, or whom it let answer"""
        if not certs:
            return CA
        cert = x509.load_der_x509_certificate(certs[0].parts()[0].parts()[0].all)
        if cert == CA:
            return CA
        want(cert.issuer == CA.subject, 'the deputy is of another authority')
        CA.public_key().verify(cert.signature, cert.tbs_certificate_bytes,
                               *([ec.ECDSA(cert.signature_hash_algorithm)]
                                 if isinstance(CA.public_key(), ec.EllipticCurvePublicKey)
                                 else [padding.PKCS1v15(), cert.signature_hash_algorithm]))
        get = cert.extensions.get_extension_for_class
        want(x509.ExtendedKeyUsageOID.OCSP_SIGNING in get(x509.ExtendedKeyUsage).value,
             '4.2.2.2: no id-kp-OCSPSigning')
        want(get(x509.KeyUsage).value.digital_signature, 'RFC 5280 4.2.1.12: no digitalSignature')
        blank = get(x509.OCSPNoCheck)
        want(not blank.critical, '4.2.2.2.1: nocheck is critical')
        begin, end = (moment(t) for t in validity(cert))
        want(begin <= time.time() <= end, 'the deputy is out of time')
        return cert

    def check_signature(self, algorithm, signature):
        kind = algorithm.parts()[0].all
        digest = next(d for o, d in SIGNATURES.items() if oid(o) == kind)()
        key, bits = self.signer.public_key(), signature.value[1:]
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(bits, self.data.all, ec.ECDSA(digest))
        else:
            key.verify(bits, self.data.all, padding.PKCS1v15(), digest)

    def check_name(self, node):
        inner = node.parts()[0]
        if node.tag == 0xa1:
            want(inner.all == self.signer.subject.public_bytes(), '4.2.1: byName is not the signer')
        else:
            want(inner.value == hashlib.sha1(key_bits(self.signer.public_key())).digest(),
                 '4.2.1: byKey is not the SHA-1 of the signer\'s key')

    def nonce(self):
        value = self.extensions.get(oid(NONCE))
        return None if value is None else whole(value).value


class Single:
    STATUS = {0x80: 'good', 0xa1: 'revoked', 0x82: 'unknown'}

    def __init__(self, node):
        self.id, status, *rest = node.parts()
        want(status.tag in self.STATUS, 'a strange status', status.all.hex())
        self.status, self.reason = self.STATUS[status.tag], None
        if self.status == 'revoked':
            when, *more = status.parts()
            want(moment(when) <= time.time(), 'revoked tomorrow')
            self.reason = more[0].parts()[0].value[0] if more else 0
        self.this = moment(rest[0])
        following = next((moment(r.parts()[0]) for r in rest[1:] if r.tag == 0xa0), None)
        self.next = following
        want(self.this <= time.time() + 1, '4.2.2.1: thisUpdate is to come')
        want(following is None or following > time.time(), '4.2.2.1: nextUpdate is over')


def named(node):
    """RFC 5754 2: NULL or no parameters, that is the same"""
    algorithm, *rest = node.parts()
    return [algorithm.parts()[0].all] + [r.all for r in rest]


def answered(*ids, status=200, **more):
    """What is said of them, each by the name it was asked for"""
    http_status, headers, body = ask(question(*ids, **more))
    want(http_status == status, 'HTTP', http_status)
    want(headers['content-type'] == 'application/ocsp-response', 'RFC 6960 A.2', headers)
    basic = Basic(body)
    want([named(r.id) for r in basic.rows] == [named(Node(i)) for i in ids],
         '3.2: other certificates than asked for')
    basic.headers = headers
    return basic


def failed(body, *statuses):
    node = whole(body)
    want(len(node.parts()) == 1, '4.2.1: an error with responseBytes')
    want(node.parts()[0].value[0] in statuses, 'status', node.parts()[0].value[0])


def refused(der, *statuses):
    http_status, _, body = ask(der)
    if http_status == 200:
        failed(body, *statuses)
    else:
        want(http_status in (400, 413), 'HTTP', http_status)


# ---- checks -------------------------------------------------------------------------
@check
def statuses():
    """4.2.1, 5.3.1 of RFC 5280: good, revoked with its reason, unknown"""
    want(answered(cert_id(GOOD.serial_number)).rows[0].status == 'good', 'not good')
    row = answered(cert_id(REVOKED.serial_number)).rows[0]
    want((row.status, row.reason) == ('revoked', 1), row.status, row.reason)
    want(answered(cert_id(0x4711)).rows[0].status == 'unknown', 'a number never given')


@check
def names():
    """RFC 5754 2: every hash, its parameters NULL or absent"""
    for digest in HASHES:
        for null in (True, False):
            one = cert_id(GOOD.serial_number, digest, null=null)
            want(answered(one).rows[0].status == 'good', digest, null)


@check
def numbers():
    """Serial numbers that nobody gave are never good"""
    for serial in (0, -1, 1, 1 << 158, 1 << 200, GOOD.serial_number + 1, -GOOD.serial_number):
        status, _, body = ask(question(cert_id(serial)))
        want(status == 200, serial, status)
        if whole(body).parts()[0].value == b'\0':
            want(Basic(body).rows[0].status == 'unknown', serial)
        else:
            failed(body, MALFORMED, UNAUTHORIZED)
    padded = tlv(2, b'\0\0' + integer(GOOD.serial_number)[2:])
    status, _, body = ask(question(cert_id(padded)))
    if whole(body).parts()[0].value != b'\0':       # X.690 8.3.2: not DER
        failed(body, MALFORMED)


@check
def several():
    """2.2, 4.1.1: one answer about all of them, in their order"""
    ids = [cert_id(REVOKED.serial_number), cert_id(GOOD.serial_number, 'sha256'),
           cert_id(0x4711), cert_id(GOOD.serial_number), cert_id(GOOD.serial_number)]
    said = [r.status for r in answered(*ids).rows]
    want(said == ['revoked', 'good', 'unknown', 'good', 'good'], said)
    want(len(answered(*ids[:2] * 8).rows) == 16, 'sixteen')
    refused(question(), MALFORMED, UNAUTHORIZED)


@check
def others():
    """2.3, RFC 5019 2.2.3: certificates of another issuer"""
    h = lambda name: tlv(4, hashlib.sha1(name).digest())
    for name, key in ((b'x', b'y'), (CA.subject.public_bytes(), b'y'), (b'x', key_bits(CA.public_key()))):
        other = tlv(0x30, tlv(0x30, oid(HASHES['sha1']), tlv(5)), h(name), h(key),
                    integer(GOOD.serial_number))
        for ids in ((other,), (cert_id(GOOD.serial_number), other)):
            body = ask(question(*ids))[2]
            if whole(body).parts()[0].value == b'\0':
                want(Basic(body).rows[-1].status == 'unknown', 'of another issuer')
            else:
                failed(body, UNAUTHORIZED)
    short = cert_id(GOOD.serial_number).replace(hashlib.sha1(CA.subject.public_bytes()).digest(), b'\0' * 20)
    refused(question(short), UNAUTHORIZED)


@check
def nonces():
    """RFC 9654 2.1: 1 to 128 octets; 16 to 128 must come back, in another answer each"""
    seen = set()
    for size in (1, 15, 16, 31, 32, 33, 64, 127, 128):
        for critical in (False, True):
            sent = secrets.token_bytes(size)
            basic = answered(cert_id(GOOD.serial_number), extensions=[nonce_of(sent, critical)])
            got = basic.nonce()
            want(got == sent or got is None and size < 16, size, 'octets:', got)
            want('max-age' not in basic.headers.get('cache-control', ''), 'RFC 5019 6.2: kept')
            seen.add(basic.data.all)
    want(len(seen) == 18, 'the same answer twice')
    want(answered(cert_id(GOOD.serial_number)).nonce() is None, 'a nonce that nobody sent')


@check
def nonces_not():
    """RFC 9654 2.1: 0 and more than 128 octets are malformed; so is what is no OCTET STRING"""
    one = cert_id(GOOD.serial_number)
    for size in (0, 129, 200, 5000):
        refused(question(one, extensions=[nonce_of(b'n' * size)]), MALFORMED)
    refused(question(one, extensions=[nonce_of(b'n' * 32), nonce_of(b'm' * 32)]), MALFORMED)
    for value in (b'', b'\4', b'\4\x05abc', tlv(4, b'n' * 32) + b'x', tlv(0x30)):
        refused(question(one, extensions=[extension(NONCE, value)]), MALFORMED)


@check
def extensions():
    """4.4: what is not known is left aside, unless it is critical"""
    one = cert_id(GOOD.serial_number)
    unknown = '1.3.6.1.4.1.99999.7'
    types = tlv(0x30, oid(BASIC))
    preferred = tlv(0x30, tlv(0x30, tlv(0x30, oid('1.2.840.10045.4.3.2'))))
    for e in (extension(unknown, tlv(5)), extension('1.3.6.1.5.5.7.48.1.4', types),
              extension('1.3.6.1.5.5.7.48.1.8', preferred)):
        want(answered(one, extensions=[e]).rows[0].status == 'good', e.hex())
        want(answered(one, one=tlv(0xa0, tlv(0x30, e))).rows[0].status == 'good', 'of one', e.hex())
    bad = extension(unknown, tlv(5), critical=True)
    refused(question(one, extensions=[bad]), MALFORMED, INTERNAL, UNAUTHORIZED)
    refused(question(one, one=tlv(0xa0, tlv(0x30, bad))), MALFORMED, INTERNAL, UNAUTHORIZED)


@check
def who_asks():
    """4.1.1, 4.1.2: requestorName, version written out, and signatures"""
    one = cert_id(GOOD.serial_number)
    name = tlv(0xa1, tlv(0xa4, GOOD.subject.public_bytes()))
    want(answered(one, who=name).rows[0].status == 'good', 'requestorName')
    key = ec.generate_private_key(ec.SECP256R1())
    tbs = whole(question(one, who=name)).parts()[0].all
    for bits in (key.sign(tbs, ec.ECDSA(hashes.SHA256())), b'garbage'):
        signature = tlv(0xa0, tlv(0x30, tlv(0x30, oid('1.2.840.10045.4.3.2')), tlv(3, b'\0', bits)))
        status, _, body = ask(question(one, who=name, signature=signature))
        if whole(body).parts()[0].value == b'\0':
            want(Basic(body).rows[0].status == 'good', 'signed')
        else:
            failed(body, MALFORMED, UNAUTHORIZED)
    refused(question(one, version=tlv(0xa0, integer(1))), MALFORMED)


@check
def malformed():
    """4.2.1: cut, lengthened, bent; never a server that fails, never an answer of another"""
    whole_question = question(cert_id(GOOD.serial_number), extensions=[nonce_of(b'n' * 32)])
    for n in range(0, len(whole_question)):
        refused(whole_question[:n], MALFORMED)
    refused(whole_question + b'\0', MALFORMED)
    refused(b'\x30\x84\xff\xff\xff\xff' + whole_question, MALFORMED)
    refused(b'\x30\x80' + whole_question[2:] + b'\0\0', MALFORMED)
    refused(b'0' * 3000, MALFORMED)
    for n in range(0, len(whole_question), 3):
        bent = bytearray(whole_question)
        bent[n] ^= 0x20
        status, _, body = ask(bytes(bent))
        want(status == 200, 'HTTP', status, 'at', n)
        want(whole(body).parts()[0].value[0] in (0, 1, 2, 5, 6), 'at', n)


def by_get(der, style):
    text = base64.b64encode(der).decode()
    if style == 'escaped':                      # A.1, RFC 5019 5
        return urllib.parse.quote(text, safe='')
    if style == 'lower':
        return re.sub('%..', lambda m: m.group().lower(), urllib.parse.quote(text, safe=''))
    return text.replace('+', '%2B') if style == 'slashes' else text


@check
def get():
    """A.1, RFC 5019 5: the question in the path, however its base64 is escaped"""
    plain = question(cert_id(GOOD.serial_number, 'sha256'))
    body = ask(plain)[2]
    for style in ('escaped', 'lower', 'slashes', 'as it is'):
        status, headers, again = ask(None, 'GET', '/' + by_get(plain, style))
        want(status == 200 and again == body, style, status)
    tried = set()
    for n in range(4000):                       # every odd sign of base64, in every place
        der = question(cert_id((0x4711 << 8 * (2 + n % 3)) + n * 13))
        text = base64.b64encode(der).decode()
        kinds = {k for k in ('+', '/', '//', '/+', '==') if k in text} - tried
        if not kinds:
            continue
        tried |= kinds
        for style in ('escaped', 'slashes', 'as it is'):
            status, _, said = ask(None, 'GET', '/' + by_get(der, style))
            want(status == 200 and Basic(said).rows[0].status == 'unknown', text, style, status)
    want({'+', '/', '=='} <= tried, 'not tried', tried)
    for bad in ('/', '/%', '/%zz', '/@@@@', '/' + 'A' * 3000, '/' + by_get(plain, 'escaped')[:-6]):
        status, _, said = ask(None, 'GET', bad)
        want(status in (400, 404, 414) or status == 200 and whole(said).parts()[0].value == b'\1',
             bad, status)


@check
def kept():
    """RFC 5019 6.2, RFC 9111: what caches are told, and what those ask who have it"""
    plain = question(cert_id(GOOD.serial_number, 'sha256'))
    status, headers, body = ask(None, 'GET', '/' + by_get(plain, 'escaped'))
    basic = Basic(body)
    row = basic.rows[0]
    want(row.next is not None, 'RFC 5019 2.2.4: no nextUpdate')
    age = re.search(r'max-age=(\d+)', headers['cache-control'])
    want(age and 0 < int(age.group(1)) <= row.next - time.time() + 1, headers['cache-control'])
    for word in ('public', 'no-transform', 'must-revalidate'):
        want(word in headers['cache-control'], word)
    when = lambda n: email.utils.parsedate_to_datetime(headers[n]).timestamp()
    want(when('expires') <= row.next, 'Expires after nextUpdate')
    want(row.this <= when('last-modified') <= time.time(), 'Last-Modified', headers['last-modified'])
    want(abs(when('date') - time.time()) < 3, 'Date')
    want(re.fullmatch(r'"[^"]+"', headers['etag']), 'ETag', headers.get('etag'))
    status, head, none = ask(None, 'HEAD', '/' + by_get(plain, 'escaped'))
    want((status, none) == (200, b''), 'HEAD', status)
    want(int(head['content-length']) == len(body) and head['etag'] == headers['etag'], 'HEAD', head)
    status, again, none = ask(None, 'GET', '/' + by_get(plain, 'escaped'), If_None_Match=headers['etag'])
    want(status in (200, 304), 'If-None-Match', status)
    if status == 304:
        want(none == b'' and again.get('etag') == headers['etag'], 'RFC 9110 15.4.5', again)


@check
def http_not():
    """RFC 9110: other types and methods, and too much"""
    plain = question(cert_id(GOOD.serial_number))
    want(ask(plain, Content_Type='text/plain')[0] == 415, 'another type')
    want(ask(plain, Content_Type='Application/OCSP-Request; x=y')[0] == 200, 'parameters, case')
    status, headers, _ = ask(plain, 'PUT')
    want(status == 405 and 'POST' in headers.get('allow', ''), 'RFC 9110 15.5.6', status, headers)


def main():
    only = sys.argv[6] if len(sys.argv) > 6 else ''
    bad = 0
    for f in CHECKS:
        if only not in f.__name__:
            continue
        try:
            f()
        except Exception as e:
            bad += 1
            LINE.close()
            line, tb = '', e.__traceback__
            while tb:
                line, tb = '%s:%d' % (tb.tb_frame.f_code.co_name, tb.tb_lineno), tb.tb_next
            print('FAILED: %s (%s) %s: %s %s' % (f.__name__, f.__doc__, line, type(e).__name__, e))
    print('%d checks, %d wrong' % (len(CHECKS), bad))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
