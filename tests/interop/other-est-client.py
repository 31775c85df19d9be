#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An EST client written from RFC 7030, 8951, 5272, 2986 and 9110 to 9112.

usage: other-est-client.py [--only TEXT] [--load N]

It judges tamga-ra and shares no line with tamga.  tests/with-ra tells it where
the authority is.  Each check is a function whose first line cites the clause;
it prints one line for each that fails and exits 1 when any does.
"""

import argparse
import base64
import os
import re
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

URL = os.environ['TAMGA_TEST_RA_URL']
PORT = int(URL.rsplit(':', 1)[1])
CA = os.environ['TAMGA_TEST_RA_CA']
DIR = os.environ['TAMGA_TEST_RA_DIR']
USER, PASSWORD = os.environ['TAMGA_TEST_RA_USER'], os.environ['TAMGA_TEST_RA_PASSWORD']
OFFICER = os.environ['TAMGA_TEST_RA_OFFICER']
EST = '/.well-known/est/'
BASIC = 'Basic ' + base64.b64encode(('%s:%s' % (USER, PASSWORD)).encode()).decode()
WORK = tempfile.TemporaryDirectory(prefix='peer-client.')
CHECKS = []


class Wrong(Exception):
    pass


def check(f):
    CHECKS.append(f)
    return f


def want(truth, *words):
    if not truth:
        raise Wrong(' '.join(map(str, words)))


def path(name):
    return os.path.join(WORK.name, name)


# ---- openssl(1) and DER ------------------------------------------------------------
def openssl(*words, data=None, ok=True):
    run = subprocess.run(['openssl', *words], input=data, capture_output=True)
    if ok and run.returncode:
        raise RuntimeError('openssl %s: %s' % (' '.join(words), run.stderr.decode()))
    return run.stdout


def tlv(tag, *parts):
    body = b''.join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, 'big')
    return bytes([tag, 0x80 | len(size)]) + size + body


def split(der):
    """The elements side by side in der, each as (tag, whole, content)."""
    out = []
    while der:
        n, at = der[1], 2
        if n & 0x80:
            at += n & 0x7f
            n = int.from_bytes(der[2:at], 'big')
        out.append((der[0], der[:at + n], der[at:at + n]))
        der = der[at + n:]
    return out


KINDS = {
    'p256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    'p384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    'p521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
    'rsa2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    'rsa4096': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:4096'],
    'rsa1024': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
    'ed25519': ['-algorithm', 'ED25519'],
}


def key(kind='p256'):
    name = path('key-' + secrets.token_hex(6))
    openssl('genpkey', *KINDS[kind], '-out', name)
    return name


def csr(k, subject=None, *more, ext=None):
    subject = subject or '/CN=Peer %s' % secrets.token_hex(4)
    words = list(more)
    if ext:
        words += ['-addext', ext]
    return openssl('req', '-new', '-utf8', '-key', k, '-subj', subject, '-outform', 'DER', *words)


def raw_csr(k, *, version=0, subject='Peer raw', attributes=tlv(0xa0), digest='sha256',
            signature=None, spki=None):
    """A request built by hand: what openssl(1) would not write."""
    algorithm = bytes.fromhex('300a06082a8648ce3d040302')
    name = tlv(0x30, tlv(0x31, tlv(0x30, bytes.fromhex('0603550403'),
                                   tlv(12, subject.encode()))))
    spki = spki or openssl('pkey', '-in', k, '-pubout', '-outform', 'DER')
    info = tlv(0x30, tlv(2, bytes([version])), name, spki, attributes)
    with open(path('info'), 'wb') as f:
        f.write(info)
    made = openssl('dgst', '-' + digest, '-sign', k, path('info'))
    return tlv(0x30, info, algorithm, tlv(3, b'\0' + (made if signature is None else signature)))


# ---- HTTP over TLS by hand -----------------------------------------------------------
class Answer:
    def __init__(self, status, rows, body, version):
        self.status, self.rows, self.body, self.version = status, rows, body, version
        self.header = {n.lower(): v for n, v in rows}


def connect(cert=None, name='localhost', tls_version=None):
    tls = ssl.create_default_context(cafile=CA)
    tls.check_hostname = name is not None
    if tls_version:
        tls.minimum_version = tls.maximum_version = tls_version
    if cert:
        tls.load_cert_chain(*cert)
    plain = socket.create_connection(('127.0.0.1', PORT), timeout=15)
    return tls.wrap_socket(plain, server_hostname=name)


def read_answer(f, head=False):
    line = f.readline().decode('latin-1')
    want(line, 'the connection ended without an answer')
    version, status = line.split()[:2]
    rows = []
    while (row := f.readline()) not in (b'\r\n', b''):
        want(row.endswith(b'\r\n'), 'RFC 9112 2.2: a bare LF ends', row)
        name, _, value = row.decode('latin-1').partition(':')
        want(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name), 'RFC 9110 5.1:', row)
        rows.append((name, value.strip()))
    answer = Answer(int(status), rows, b'', version)
    if head or answer.status in (204, 304) or answer.status < 200:
        return answer
    if answer.header.get('transfer-encoding', '').lower() == 'chunked':
        while size := int(f.readline().split(b';')[0], 16):
            answer.body += f.read(size)
            f.readline()
        f.readline()
    elif 'content-length' in answer.header:
        answer.body = f.read(int(answer.header['content-length']))
    else:
        answer.body = f.read()
    return answer


def wire(method, target, headers=(), body=None, version='HTTP/1.1'):
    rows = ['%s %s %s' % (method, target, version), 'Host: localhost:%d' % PORT]
    rows += ['%s: %s' % row for row in headers]
    if body is not None and not any(n.lower() in ('content-length', 'transfer-encoding')
                                    for n, _ in headers):
        rows.append('Content-Length: %d' % len(body))
    return ('\r\n'.join(rows) + '\r\n\r\n').encode('latin-1') + (body or b'')


def ask(method, target, headers=(), body=None, version='HTTP/1.1', **tls):
    with connect(**tls) as s, s.makefile('rb') as f:
        s.sendall(wire(method, target, headers, body, version))
        answer = read_answer(f, method == 'HEAD')
        while answer.status < 200:
            answer = read_answer(f, method == 'HEAD')
        return answer


def lines(der, width=64, end=b'\n', last=True):
    text = base64.b64encode(der)
    if not width:
        return text + (end if last else b'')
    rows = [text[i:i + width] for i in range(0, len(text), width)]
    return end.join(rows) + (end if last else b'')


PKCS10 = [('Content-Type', 'application/pkcs10')]
CREDENTIALS = [('Authorization', BASIC)]


def enroll(der, op='simpleenroll', body=None, headers=None, credentials=True, **tls):
    rows = (PKCS10 if headers is None else headers) + (CREDENTIALS if credentials else [])
    return ask('POST', EST + op, rows, lines(der) if body is None else body, **tls)


def unbase64(body):
    text = re.sub(rb'[ \t\r\n]', b'', body)
    return base64.b64decode(text, validate=True)


def certificates(answer, status=200):
    """The certificates of an answer, everything else about it asserted."""
    want(answer.status == status, 'status', answer.status, answer.body[:200])
    want(answer.version == 'HTTP/1.1', 'not HTTP/1.1')
    kind = [p.strip() for p in answer.header.get('content-type', '').split(';')]
    want(kind[0] == 'application/pkcs7-mime', 'RFC 7030 4.2.3: content type', kind)
    want(not kind[1:] or kind[1:] == ['smime-type=certs-only'], 'RFC 7030 4.1.3:', kind)
    cte = answer.header.get('content-transfer-encoding', 'base64')
    want(cte.lower() == 'base64', 'RFC 7030 4.1.3: transfer encoding', cte)
    der = unbase64(answer.body)
    (tag, whole, content), = split(der)
    want(tag == 0x30, 'no ContentInfo')
    oid, explicit = split(content)
    want(oid[2].hex() == '2a864886f70d010702', 'RFC 5652 5.1: not signedData')
    (_, _, signed), = split(explicit[2])
    parts = split(signed)
    want(parts[0][2] == b'\1', 'RFC 5652 5.1: version', parts[0][2])
    want(parts[1][2] == b'', 'RFC 5272 4.1: digest algorithms in a certs-only message')
    want(parts[2][2] == bytes.fromhex('06092a864886f70d010701'), 'RFC 5272 4.1: content')
    want(parts[3][0] == 0xa0, 'no certificates')
    want(parts[-1][0] == 0x31 and parts[-1][2] == b'', 'RFC 5272 4.1: somebody signed')
    return [whole for _, whole, _ in split(parts[3][2])]


def issued(answer, k):
    """The certificate for key k, verified by openssl(1)."""
    mine = openssl('pkey', '-in', k, '-pubout', '-outform', 'DER')
    for der in certificates(answer):
        pem = openssl('x509', '-inform', 'DER', data=der)
        spki = openssl('x509', '-noout', '-pubkey', data=pem)
        if openssl('pkey', '-pubin', '-outform', 'DER', data=spki) == mine:
            name = path('cert-' + secrets.token_hex(6))
            with open(name, 'wb') as f:
                f.write(pem)
            said = openssl('verify', '-x509_strict', '-CAfile', CA, name)
            want(said.endswith(b': OK\n'), said)
            return name
    raise Wrong('RFC 7030 4.2.3: no certificate for our key')


def refused(answer, *statuses):
    want(answer.status in statuses, 'status', answer.status, 'not', statuses, answer.body[:100])
    if answer.body:
        kind = answer.header.get('content-type', '')
        want(kind.startswith('text/plain'), 'RFC 8951 5: error of type', kind)
        want(answer.body.decode('utf-8').isprintable() or
             answer.body.decode('utf-8').strip().isprintable(), 'not readable', answer.body)


def new(kind='p256', **more):
    k = key(kind)
    return k, issued(enroll(csr(k, **more)), k)


def text(cert):
    return openssl('x509', '-in', cert, '-noout', '-text').decode()


# ---- checks: cacerts and csrattrs ---------------------------------------------------
@check
def cacerts():
    """RFC 7030 4.1: the root is there, with and without a label, nobody is asked who"""
    root = openssl('x509', '-in', CA, '-outform', 'DER')
    for target in ('cacerts', 'employee/cacerts', OFFICER + '/cacerts'):
        answer = ask('GET', EST + target)
        want(root in certificates(answer), 'the root is missing')
        want(b'\n' not in answer.body.strip(), 'wrapped lines break clients in the field')


@check
def head():
    """RFC 9110 9.3.2: HEAD as GET without content"""
    a, b = ask('HEAD', EST + 'cacerts'), ask('GET', EST + 'cacerts')
    want(a.status == b.status == 200, 'status', a.status)
    want(a.header.get('content-type') == b.header.get('content-type'), a.rows)
    want(a.header.get('content-length', b.header.get('content-length')) ==
         b.header.get('content-length'), 'lengths differ')


@check
def attributes():
    """RFC 7030 4.5.2, RFC 8951 3.2: csrattrs is base64 of CsrAttrs, or 204 or 404"""
    for target in ('csrattrs', 'employee/csrattrs', OFFICER + '/csrattrs', 'device/csrattrs'):
        answer = ask('GET', EST + target)
        if answer.status in (204, 404):
            continue
        want(answer.status == 200, 'status', answer.status)
        want(answer.header['content-type'].split(';')[0] == 'application/csrattrs', answer.rows)
        (tag, _, content), = split(unbase64(answer.body))
        want(tag == 0x30, 'not a SEQUENCE')
        for element, _, inside in split(content):
            want(element in (6, 0x30), 'neither OID nor Attribute')
            if element == 0x30:
                kind, values = split(inside)
                want(kind[0] == 6 and values[0] == 0x31 and values[2], 'not an Attribute')


@check
def paths():
    """RFC 9110 15.5: unknown paths 404, wrong methods 405 with Allow"""
    for target in (EST, EST + 'nothing', EST + 'no-label/cacerts', '/x',
                   EST + 'employee/employee/cacerts', EST + '../../etc/passwd',
                   EST + '%2e%2e/cacerts', EST + 'cacerts%00', EST + 'cacerts/'):
        answer = ask('GET', target)
        want(answer.status in (400, 404), target, answer.status)
        refused(answer, 400, 404)
    for method, target in (('POST', 'cacerts'), ('GET', 'simpleenroll'), ('PUT', 'simpleenroll'),
                           ('DELETE', 'cacerts'), ('BREW', 'cacerts')):
        answer = ask(method, EST + target, body=b'x' if method in ('POST', 'PUT') else None)
        refused(answer, 405, 501)
        if answer.status == 405:
            want(answer.header.get('allow'), 'RFC 9110 15.5.6: 405 without Allow')
    answer = ask('POST', EST + 'fullcmc', [('Content-Type', 'application/pkcs7-mime')], b'MA==')
    refused(answer, 404, 501)
    answer = ask('POST', EST + 'serverkeygen', PKCS10 + CREDENTIALS, lines(csr(key())))
    refused(answer, 404, 501)


@check
def query():
    """RFC 3986 3.4: a query does not change the operation"""
    want(ask('GET', EST + 'cacerts?a=b').status in (200, 400, 404), 'status')
    absolute = ask('GET', URL.replace('127.0.0.1', 'localhost') + EST + 'cacerts')
    want(absolute.status == 200, 'RFC 9112 3.2.2: absolute form', absolute.status)


# ---- checks: the message --------------------------------------------------------------
@check
def who():
    """RFC 7030 3.2.3, RFC 9110 11.6.1: 401 with a challenge; 403 never hides it"""
    der = csr(key())
    for headers in ([], [('Authorization', 'Basic !!!')], [('Authorization', 'Basic')],
                    [('Authorization', 'Negotiate abc')],
                    [('Authorization', 'Basic ' + base64.b64encode(b'nobody').decode())]):
        answer = enroll(der, headers=PKCS10 + headers, credentials=False)
        refused(answer, 401)
        want('basic' in answer.header.get('www-authenticate', '').lower(), 'no challenge')
    answer = enroll(der, headers=PKCS10 + [('authorization', BASIC.replace('Basic', 'bAsIc'))],
                    credentials=False)
    want(answer.status == 200, 'RFC 9110 11.1: the scheme has no case', answer.status)


@check
def bodies():
    """RFC 8951 3.1: any base64 white space, with or without a transfer encoding"""
    for body in (lambda d: lines(d, 0, last=False), lambda d: lines(d, 0), lambda d: lines(d, 76, b'\r\n'),
                 lambda d: lines(d, 64, b'\n', False), lambda d: lines(d, 1, b'\t'),
                 lambda d: b'\r\n \t' + lines(d, 60, b' \r\n ') + b'\n\n',
                 lambda d: lines(d, 61)):
        k = key()
        der = csr(k)
        issued(enroll(der, body=body(der)), k)
    for cte in ('base64', 'Base64', 'binary', '8bit', 'quoted-printable'):
        k = key()
        issued(enroll(csr(k), headers=PKCS10 + [('Content-Transfer-Encoding', cte)]), k)


@check
def not_bodies():
    """RFC 7030 4.2.1: what is not a base64 PKCS#10 is refused, in words"""
    good = csr(key())
    pem = b'-----BEGIN CERTIFICATE REQUEST-----\n' + lines(good) + \
        b'-----END CERTIFICATE REQUEST-----\n'
    for body in (b'', b'\n', b'A', b'====', b'MA', good, b'\0' * 40, b'MIIB' * 30, lines(good)[:-9],
                 lines(good + b'\0'), lines(good) + b'!!', lines(tlv(0x30)), lines(good[:-3]),
                 lines(good).replace(b'A', b'-', 1), b'=' + lines(good)):
        refused(enroll(good, body=body), 400)
    answer = enroll(good, body=pem)
    want(answer.status in (200, 400), 'PEM', answer.status)


@check
def content_type():
    """RFC 7030 4.2.1: application/pkcs10, parameters and case aside; else 400 or 415"""
    for kind in ('application/pkcs10; charset=utf-8', 'Application/PKCS10', 'application/pkcs10;x="y;z"'):
        k = key()
        issued(enroll(csr(k), headers=[('Content-Type', kind)]), k)
    for headers in ([], [('Content-Type', 'text/plain')], [('Content-Type', 'application/pkcs10x')],
                    [('Content-Type', 'application/x-www-form-urlencoded')]):
        refused(enroll(csr(key()), headers=headers), 400, 415)


@check
def chunked():
    """RFC 9112 7.1: a chunked request, extensions and trailer included"""
    k = key()
    body = lines(csr(k))
    cuts = [body[i:i + 50] for i in range(0, len(body), 50)]
    coded = b''.join(b'%x;a=b\r\n%s\r\n' % (len(c), c) for c in cuts) + b'0\r\nX-T: 1\r\n\r\n'
    issued(ask('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS +
               [('Transfer-Encoding', 'chunked')], coded), k)


@check
def expects():
    """RFC 9110 10.1.1: 100 before the body is sent, or a final status"""
    k = key()
    body = lines(csr(k))
    head = wire('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS + [
        ('Expect', '100-continue'), ('Content-Length', str(len(body)))])
    with connect() as s, s.makefile('rb') as f:
        s.sendall(head)
        first = read_answer(f)
        want(first.status == 100, 'status', first.status)
        s.sendall(body)
        issued(read_answer(f), k)


@check
def old_http():
    """RFC 9110 2.5: an HTTP/1.0 request is answered, not chunked, then closed"""
    with connect() as s, s.makefile('rb') as f:
        s.sendall(('GET %scacerts HTTP/1.0\r\n\r\n' % EST).encode())
        answer = read_answer(f)
        want(answer.status == 200, 'status', answer.status)
        want('transfer-encoding' not in answer.header, 'chunked to HTTP/1.0')
        want(f.read() == b'', 'the connection stays open')


@check
def no_host():
    """RFC 9112 3.2: HTTP/1.1 without Host is 400"""
    with connect() as s, s.makefile('rb') as f:
        s.sendall(('GET %scacerts HTTP/1.1\r\n\r\n' % EST).encode())
        want(read_answer(f).status == 400, 'not 400')


@check
def smuggling():
    """RFC 9112 6.1, 6.3: two lengths are not believed"""
    body = b'0\r\n\r\n'
    with connect() as s, s.makefile('rb') as f:
        s.sendall(wire('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS + [
            ('Transfer-Encoding', 'chunked'), ('Content-Length', '5')], body))
        first = read_answer(f)
        want(first.status >= 400, 'status', first.status)
    with connect() as s, s.makefile('rb') as f:
        s.sendall(wire('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS + [
            ('Content-Length', '5'), ('Content-Length', '6')], b'MA==\n\n'))
        want(read_answer(f).status == 400, 'two lengths')
    for length in ('-1', '5x', '99999999999999999999', '+5'):
        with connect() as s, s.makefile('rb') as f:
            s.sendall(wire('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS + [
                ('Content-Length', length)], b'MA==\n'))
            try:
                want(read_answer(f).status in (400, 413), 'length ' + length)
            except (OSError, Wrong) as e:
                want('without an answer' in str(e) or isinstance(e, OSError), e)


@check
def keep_alive():
    """RFC 9112 9.3, 9.3.2: requests one after another, and pipelined, in order"""
    k1, k2 = key(), key()
    b1, b2 = lines(csr(k1)), lines(csr(k2))
    with connect() as s, s.makefile('rb') as f:
        s.sendall(wire('GET', EST + 'cacerts') +
                  wire('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS, b1) +
                  wire('GET', EST + 'nothing') +
                  wire('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS, b2) +
                  wire('HEAD', EST + 'cacerts') + wire('GET', EST + 'csrattrs'))
        certificates(read_answer(f))
        issued(read_answer(f), k1)
        want(read_answer(f).status == 404, 'third')
        issued(read_answer(f), k2)
        want(read_answer(f, head=True).status == 200, 'fifth')
        want(read_answer(f).status in (200, 204, 404), 'sixth')


@check
def refused_then_accepted():
    """RFC 9110 15.5.2: after a 401 the same connection goes on"""
    k = key()
    body = lines(csr(k))
    with connect() as s, s.makefile('rb') as f:
        s.sendall(wire('POST', EST + 'simpleenroll', PKCS10, body))
        want(read_answer(f).status == 401, 'not 401')
        s.sendall(wire('POST', EST + 'simpleenroll', PKCS10 + CREDENTIALS, body))
        issued(read_answer(f), k)


@check
def big():
    """RFC 9110 15.5.14, RFC 6585 5: what is too big is refused, and the server lives"""
    for headers in ([('X-Big', 'x' * 200000)], [('X-%d' % i, 'y' * 50) for i in range(5000)]):
        try:
            answer = ask('GET', EST + 'cacerts', headers)
            want(answer.status in (400, 413, 414, 431), 'huge headers', answer.status)
        except (OSError, Wrong) as e:
            want(isinstance(e, OSError) or 'without an answer' in str(e), e)
    try:
        answer = enroll(b'', body=b'A' * (8 << 20))
        want(answer.status in (400, 413), '8 MiB', answer.status)
    except OSError:
        pass
    want(ask('GET', EST + 'cacerts').status == 200, 'not alive')


@check
def slow():
    """A client that dawdles holds up nobody"""
    idle = []
    for _ in range(20):
        s = connect()
        s.sendall(b'POST ' + EST.encode() + b'simpleenroll HTTP/1.1\r\nHost: l')
        idle.append(s)
    started = time.monotonic()
    want(ask('GET', EST + 'cacerts').status == 200, 'status')
    want(time.monotonic() - started < 3, 'held up', time.monotonic() - started)
    for s in idle:
        s.close()


# ---- checks: requests -----------------------------------------------------------------
@check
def key_kinds():
    """RFC 7030 4.2.1: every key type that the profile takes"""
    for kind in ('p256', 'p384', 'rsa2048', 'rsa4096', 'ed25519'):
        new(kind)
    k = key('rsa2048')
    issued(enroll(csr(k, None, '-sigopt', 'rsa_padding_mode:pss', '-sigopt',
                      'rsa_pss_saltlen:32', '-sha384')), k)
    k = key('p384')
    issued(enroll(csr(k, None, '-sha512')), k)


@check
def key_kinds_not():
    """What the profile does not take is 400, with the reason"""
    for kind in ('p521', 'rsa1024'):
        answer = enroll(csr(key(kind)))
        refused(answer, 400)
        want(answer.body.strip(), 'no reason')


@check
def hand_made():
    """RFC 2986 4.1: odd but legal encodings"""
    k = key()
    issued(enroll(raw_csr(k, subject='Empty set')), k)
    k = key()
    long = 'ж' * 64
    issued(enroll(raw_csr(k, subject=long)), k)
    k = key()
    unknown = tlv(0x30, bytes.fromhex('06092b0601040186c69f01'), tlv(0x31, tlv(12, b'?')))
    issued(enroll(raw_csr(k, subject='Unknown attribute', attributes=tlv(0xa0, unknown))), k)
    k = key()
    empty = tlv(0x30, bytes.fromhex('06092a864886f70d01090e'), tlv(0x31, tlv(0x30)))
    answer = enroll(raw_csr(k, subject='No extensions', attributes=tlv(0xa0, empty)))
    want(answer.status in (200, 400), 'empty extensionRequest', answer.status)
    k = key()
    # The field is not OPTIONAL in RFC 2986; old writers leave it out all the same.
    answer = enroll(raw_csr(k, subject='Absent', attributes=b''))
    want(answer.status in (200, 400), 'attributes absent', answer.status)


@check
def hand_made_wrong():
    """RFC 2986 4.2: a request that is not right is never signed"""
    k, other = key(), key()
    flipped = bytearray(raw_csr(k))
    flipped[-6] ^= 1
    stolen = openssl('pkey', '-in', other, '-pubout', '-outform', 'DER')
    refused(enroll(bytes(flipped)), 400)
    for name, how in (('version 1', {'version': 1}), ('version -1', {'version': 0xff}),
                      ('no signature', {'signature': b''}), ('stolen key', {'spki': stolen}),
                      ('empty name', {'subject': ''}), ('NUL in the name', {'subject': 'a\0b'}),
                      ('RFC 5280 A.1 ub-common-name', {'subject': 'x' * 65}),
                      ('a very long name', {'subject': 'x' * 70000}),
                      ('another digest', {'digest': 'sha384'})):
        try:
            refused(enroll(raw_csr(key(), **how)), 400, 413)
        except Wrong as e:
            raise Wrong(name, e)
    point = bytearray(openssl('pkey', '-in', k, '-pubout', '-outform', 'DER'))
    point[-1] ^= 1                              # off the curve
    refused(enroll(raw_csr(k, spki=bytes(point))), 400)


@check
def extensions_not():
    """What nobody may ask for is not in the certificate: CA, other uses, names"""
    for ext in ('basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign',
                'extendedKeyUsage=anyExtendedKeyUsage', 'subjectAltName=DNS:bank.example',
                'subjectAltName=IP:10.0.0.1', 'nameConstraints=permitted;email:x'):
        k = key()
        answer = enroll(csr(k, ext=ext))
        if answer.status == 200:
            said = text(issued(answer, k))
            want('CA:TRUE' not in said and 'Certificate Sign' not in said and
                 'Any Extended' not in said and 'bank.example' not in said and
                 '10.0.0.1' not in said and 'Name Constraints' not in said, ext)
        else:
            refused(answer, 400)


@check
def again():
    """RFC 7030 4.2.3: the identical request is the same application"""
    k = key()
    der = csr(k)
    one, two = issued(enroll(der), k), issued(enroll(der), k)
    want(open(one).read() == open(two).read(), 'two certificates')


@check
def waits():
    """RFC 7030 4.2.3: 202 with Retry-After, the same again, 200 once approved"""
    k = key()
    der = csr(k)
    for _ in range(2):
        answer = enroll(der, OFFICER + '/simpleenroll')
        want(answer.status == 202, 'status', answer.status)
        want(re.fullmatch(r'\d+', answer.header.get('retry-after', '')), 'no Retry-After')
    number = re.search(r'[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}', answer.body.decode())
    if number:
        number = number.group()
    else:
        rows = subprocess.run([os.environ['TAMGA_TEST_RA'], 'list', '--state', 'submitted'],
                              capture_output=True, text=True).stdout
        number = re.search(r'[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}', rows).group()
    subprocess.run([os.environ['TAMGA_TEST_RA'], 'approve', number], check=True,
                   capture_output=True)
    issued(enroll(der, OFFICER + '/simpleenroll'), k)


@check
def certificate_itself():
    """RFC 5280 4.1, 4.2: what is issued"""
    k, c = new()
    said = text(c)
    serial = openssl('x509', '-in', c, '-noout', '-serial').decode().strip()[7:]
    want(0 < int(serial, 16) < 1 << 159, 'serial number', serial)
    for words in ('Version: 3', 'Authority Key Identifier', 'Subject Key Identifier',
                  'Key Usage: critical'):
        want(words in said, words, 'is missing')
    want('CA:TRUE' not in said, 'a CA')
    want('CRL Distribution' not in said, 'a distribution point nobody can reach')
    _, d = new()
    want(openssl('x509', '-in', c, '-noout', '-serial') !=
         openssl('x509', '-in', d, '-noout', '-serial'), 'serial number twice')


# ---- checks: renewal and TLS -------------------------------------------------------------
def same_names(cert):
    """-subj for the subject of a certificate"""
    line = openssl('x509', '-in', cert, '-noout', '-subject', '-nameopt', 'compat,utf8').decode()
    return line.strip().partition('=')[2]


@check
def renewal():
    """RFC 7030 4.2.2: with a new key and with the same, over TLS 1.2 and 1.3"""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        k, c = new(ext='subjectAltName=email:peer@example.org')
        for k2 in (key(), k):
            answer = enroll(csr(k2, '/' + same_names(c).lstrip('/'),
                                ext='subjectAltName=email:peer@example.org'),
                            'simplereenroll', credentials=False, cert=(c, k), tls_version=version)
            c2 = issued(answer, k2)
            want('email:peer@example.org' in text(c2), 'the alternative name is gone')
            want(open(c2).read() != open(c).read(), 'the old certificate again')


@check
def renewal_not():
    """RFC 7030 4.2.2: subject and subjectAltName stay; a certificate is needed"""
    k, c = new(ext='subjectAltName=email:peer@example.org')
    subject = '/' + same_names(c).lstrip('/')
    k2 = key()
    for der in (csr(k2, '/CN=Somebody Else', ext='subjectAltName=email:peer@example.org'),
                csr(k2, subject, ext='subjectAltName=email:other@example.org'),
                csr(k2, subject)):
        refused(enroll(der, 'simplereenroll', credentials=False, cert=(c, k)), 400, 403)
    good = csr(k2, subject, ext='subjectAltName=email:peer@example.org')
    refused(enroll(good, 'simplereenroll', credentials=False), 401, 403)
    refused(enroll(good, 'simplereenroll'), 401, 403)


@check
def change_name():
    """RFC 7030 4.2.2, RFC 6402 2.8: ChangeSubjectName is honoured or refused, not ignored"""
    k, c = new()
    k2 = key()
    name = tlv(0x30, tlv(0x31, tlv(0x30, bytes.fromhex('0603550403'), tlv(12, b'New Name'))))
    wish = tlv(0x30, bytes.fromhex('06082b06010505070724'), tlv(0x31, tlv(0x30, name)))
    subject = same_names(c).split('CN = ')[-1].split('CN=')[-1]
    der = raw_csr(k2, subject=subject, attributes=tlv(0xa0, wish))
    answer = enroll(der, 'simplereenroll', credentials=False, cert=(c, k))
    if answer.status == 200:
        want('New Name' in text(issued(answer, k2)), 'the wish was dropped without a word')
    else:
        refused(answer, 202, 400, 403)


@check
def strangers():
    """RFC 7030 3.3.2: certificates of others, expired, revoked are nobody's"""
    k, c = new()
    subject = '/' + same_names(c).lstrip('/')
    stranger = path('stranger.pem')
    openssl('req', '-x509', '-new', '-key', k, '-subj', subject, '-days', '2', '-out', stranger)
    k2 = key()
    der = csr(k2, subject)
    for cert in (stranger,):
        try:
            answer = enroll(der, 'simplereenroll', credentials=False, cert=(cert, k))
            refused(answer, 401, 403)
        except (ssl.SSLError, ConnectionError):
            pass
    # Strangers with a password are still who the password says.
    k3 = key()
    try:
        answer = enroll(csr(k3), cert=(stranger, k))
        want(answer.status in (200, 401, 403), answer.status)
    except (ssl.SSLError, ConnectionError):
        pass
    serial = openssl('x509', '-in', c, '-noout', '-serial').decode().strip()[7:]
    run = subprocess.run([os.environ['TAMGA_TEST_RA'], 'revoke', serial], capture_output=True)
    want(run.returncode == 0, run.stderr)
    try:
        refused(enroll(der, 'simplereenroll', credentials=False, cert=(c, k)), 401, 403)
    except (ssl.SSLError, ConnectionError):
        pass


@check
def ca_as_client():
    """RFC 7030 3.3.2: a server certificate of the same CA is no applicant"""
    server = [os.path.join(DIR, n) for n in ('tls.pem', 'tls.key')]
    if not all(map(os.path.exists, server)):
        return
    refused(enroll(csr(key()), 'simplereenroll', credentials=False, cert=server), 400, 401, 403)
    refused(enroll(csr(key()), credentials=False, cert=server), 400, 401, 403)


@check
def names_of_server():
    """RFC 6066 3: no SNI and another SNI are served"""
    for name in (None, 'localhost'):
        tls = ssl.create_default_context(cafile=CA)
        tls.check_hostname = False
        with socket.create_connection(('127.0.0.1', PORT), timeout=9) as plain:
            with tls.wrap_socket(plain, server_hostname=name or 'other.example') as s:
                s.sendall(wire('GET', EST + 'cacerts'))
                with s.makefile('rb') as f:
                    certificates(read_answer(f))
    with connect(name=None) as s, s.makefile('rb') as f:
        s.sendall(wire('GET', EST + 'cacerts'))
        certificates(read_answer(f))


@check
def old_tls():
    """RFC 8996: no TLS below 1.2; RFC 7030 3.3 wants no anonymous or null suites"""
    for words in (['-tls1'], ['-tls1_1'],
                  ['-tls1_2', '-cipher', 'aNULL:eNULL:@SECLEVEL=0']):
        run = subprocess.run(['openssl', 's_client', '-connect', '127.0.0.1:%d' % PORT, *words],
                             input=b'', capture_output=True, timeout=20)
        want(run.returncode != 0, *words)


@check
def renegotiation():
    """RFC 5746, RFC 9325 3.4: a client's renegotiation is not carried out"""
    run = subprocess.Popen(['openssl', 's_client', '-connect', '127.0.0.1:%d' % PORT,
                            '-tls1_2', '-CAfile', CA], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(0.5)
    run.stdin.write(b'R\n')
    run.stdin.flush()
    time.sleep(0.5)
    said = run.communicate(timeout=20)[0]
    _, asked, after = said.partition(b'RENEGOTIATING')
    want(asked, 'openssl did not ask:', said[-200:])
    want(b'verify return' not in after, 'renegotiated:', after[-200:])


@check
def plain_http():
    """RFC 7030 3.1: not over plain HTTP"""
    with socket.create_connection(('127.0.0.1', PORT), timeout=9) as s:
        s.sendall(wire('GET', EST + 'cacerts'))
        try:
            said = s.recv(100)
        except ConnectionError:
            said = b''
        want(not said.startswith(b'HTTP/1.1 200'), said)


def load(count, threads=8):
    """COUNT enrollments side by side; seconds they took, and serial numbers."""
    rows = [(k, csr(k)) for k in (key() for _ in range(count))]
    serials, wrong, lock = set(), [], threading.Lock()

    def work(mine):
        for k, der in mine:
            try:
                answer = enroll(der)
                certificates(answer)
                with lock:
                    serials.add(answer.body)
            except Exception as e:
                with lock:
                    wrong.append(repr(e))

    started = time.monotonic()
    pool = [threading.Thread(target=work, args=(rows[i::threads],)) for i in range(threads)]
    for t in pool:
        t.start()
    for t in pool:
        t.join()
    took = time.monotonic() - started
    if wrong or len(serials) != count:
        print('FAILED: load: %d of %d, %s' % (len(serials), count, wrong[:1]))
        return 1
    print('%d enrollments over %d connections in %.2f s' % (count, count, took))
    return 0


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--only', default='')
    p.add_argument('--load', type=int, default=0)
    opt = p.parse_args()
    bad = 0
    for f in CHECKS:
        if opt.only not in f.__name__:
            continue
        try:
            f()
        except Exception as e:
            bad += 1
            print('FAILED: %s (%s): %s %s' % (
                f.__name__, f.__doc__, '' if isinstance(e, Wrong) else type(e).__name__, e))
            if not isinstance(e, Wrong):
                tb = e.__traceback__
                while tb:
                    print('    line %d in %s' % (tb.tb_lineno, tb.tb_frame.f_code.co_name))
                    tb = tb.tb_next
    if opt.load:
        bad += load(opt.load)
    print('%d checks, %d wrong' % (len(CHECKS), bad))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
