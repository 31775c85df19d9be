#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An EST server written from RFC 7030, 8951 and 9908 and from nothing else.

usage: other-est-server.py DIR [--option value]...

It judges EST clients, so it shares no line with tamga.  It makes its own
certification authorities in DIR with openssl(1), prints the port it listens
on, and writes what clients did wrong, clause cited, to DIR/violations, and
what they asked to DIR/requests.  Its options are the ways in which servers
in the field differ; --help lists them.

What clients need: DIR/tls-anchor.pem, DIR/ca-anchor.pem.
"""

import argparse
import base64
import binascii
import email.utils
import hashlib
import os
import random
import re
import secrets
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
from der import oid, tlv as plain_tlv                                    # noqa: E402
from http_wire import read_request                                      # noqa: E402

USER, PASSWORD, TOKEN = 'anna', 'correct horse', 'b3ar.er-token'
REALM = 'enrollment "desk"'


# ---- DER -----------------------------------------------------------------------
def tlv(tag, *parts, ber=False):
    if ber:                                     # X.690 8.1.3.6
        return bytes([tag, 0x80]) + b''.join(parts) + b'\0\0'
    return plain_tlv(tag, *parts)


def certs_only(certificates, opt, crls=()):
    """ContentInfo with a SignedData that nobody signed (RFC 5652 5.1)."""
    ber = opt.ber
    content = oid('1.2.840.113549.1.7.1')
    if opt.econtent:
        content += tlv(0xa0, tlv(4), ber=ber)
    digests = b''
    if opt.digests:
        digests = tlv(0x30, oid('2.16.840.1.101.3.4.2.1'))
    parts = [tlv(2, bytes([opt.signed_version])), tlv(0x31, digests),
             tlv(0x30, content, ber=ber),
             tlv(0xa0, *certificates, ber=ber)]
    if crls:
        parts.append(tlv(0xa1, *crls))
    parts.append(tlv(0x31))
    return tlv(0x30, oid('1.2.840.113549.1.7.2'),
               tlv(0xa0, tlv(0x30, *parts, ber=ber), ber=ber), ber=ber)


def extension_request(extensions):
    return tlv(0x30, oid('1.2.840.113549.1.9.14'), tlv(0x31, tlv(0x30, *extensions)))


def csrattrs(kind):
    usage = tlv(0x30, oid('2.5.29.15'), tlv(1, b'\xff'), tlv(4, tlv(3, b'\x07\x80')))
    eku = tlv(0x30, oid('2.5.29.37'), tlv(4, tlv(0x30, oid('1.3.6.1.5.5.7.3.2'))))
    p384 = tlv(0x30, oid('1.2.840.10045.2.1'), tlv(0x31, oid('1.3.132.0.34')))
    p256 = tlv(0x30, oid('1.2.840.10045.2.1'), tlv(0x31, oid('1.2.840.10045.3.1.7')))
    rsa = tlv(0x30, oid('1.2.840.113549.1.1.1'), tlv(0x31, tlv(2, b'\x08\x00')))
    if kind == 'rfc7030':                       # RFC 7030 4.5.2, as printed
        return base64.b64decode(
            'MHwGBysGAQEBARYwIgYDiDcBMRsTGVBhcnNlIFNFVCBhcyAyLjk5OS4xIGRhdGEG'
            'CSqGSIb3DQEJBzAsBgOINwIxJQYDiDcDBgOINwQTGVBhcnNlIFNFVCBhcyAyLjk5'
            'OS4yIGRhdGEGCSskAwMCCAEBCwYJYIZIAWUDBAIC')
    if kind == 'rfc8951':                       # RFC 8951, Updating Section 4.5.2
        return base64.b64decode(
            'MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJ'
            'BgcrBgEBAQEWBggqhkjOPQQDAw==')
    if kind == 'linked':                        # RFC 7030 3.5
        return tlv(0x30, oid('1.2.840.113549.1.9.7'))
    if kind == 'empty':
        return tlv(0x30)
    if kind == 'oids':                          # names only, as libest's default
        return tlv(0x30, oid('1.3.6.1.1.1.1.22'), oid('1.2.840.10045.4.3.2'))
    if kind == 'unknown':
        return tlv(0x30, oid('1.3.6.1.4.1.99999.1'),
                   tlv(0x30, oid('1.3.6.1.4.1.99999.2'), tlv(0x31, tlv(0x30, tlv(5)))))
    if kind == 'extensions':                    # RFC 9908 3.2
        return tlv(0x30, p256, extension_request([usage, eku]))
    if kind == 'p384':
        return tlv(0x30, p384, oid('1.2.840.10045.4.3.3'))
    if kind == 'rsa':                           # RFC 9908: size as INTEGER
        return tlv(0x30, rsa, oid('1.2.840.113549.1.1.11'))
    if kind == 'template':                      # RFC 9908 3.4
        def rdn(kind_, value=None):
            parts = [oid(kind_)] + ([tlv(12, value.encode())] if value else [])
            return tlv(0x31, tlv(0x30, *parts))
        subject = tlv(0x30, rdn('2.5.4.10', 'Other House'), rdn('2.5.4.3'))
        key = tlv(0xa0, tlv(0x30, oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')))
        template = tlv(0x30, tlv(2, b'\0'), subject, key,
                       tlv(0xa1, extension_request([usage, eku])))
        return tlv(0x30, tlv(0x30, oid('1.2.840.113549.1.9.16.2.61'), tlv(0x31, template)))
    raise SystemExit('no such csrattrs: ' + kind)


# ---- authorities -----------------------------------------------------------------
def openssl(*words, data=None, check=True):
    run = subprocess.run(['openssl', *words], input=data, capture_output=True)
    if check and run.returncode:
        raise RuntimeError('openssl %s: %s' % (words[0], run.stderr.decode()))
    return run


class Authorities:
    CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n' \
         'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
    TLS = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n' \
          'extendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n'
    USER = 'basicConstraints=critical,CA:FALSE\nauthorityKeyIdentifier=keyid\n' \
           'subjectKeyIdentifier=hash\n'

    def __init__(self, opt):
        self.opt, self.dir, self.lock = opt, opt.dir, threading.Lock()
        self.make('root', '/O=Other House/CN=Root', self.CA, 'root')
        issuer, self.published = 'root', ['root']
        if opt.depth == 2:
            self.make('sub', '/O=Other House/CN=Issuing', self.CA, 'root')
            issuer, self.published = 'sub', ['sub', 'root']
        if opt.depth == 3:
            self.make('mid', '/O=Other House/CN=Policy', self.CA, 'root')
            self.make('sub', '/O=Other House/CN=Issuing', self.CA, 'mid')
            issuer, self.published = 'sub', ['mid', 'root', 'sub']
        anchors = ['root']
        if opt.rollover:
            self.roll_over()
            issuer = 'new'
            self.published = ['root', 'old-with-new', 'new-with-old', 'new']
        self.issuer = issuer
        tls_issuer = 'root' if opt.rollover else issuer
        tls_anchors = anchors
        if opt.tls_root == 'own':
            self.make('web', '/O=Web House/CN=Web Root', self.CA, 'web')
            tls_issuer, tls_anchors = 'web', ['web']
        self.make('server', '/CN=localhost', self.TLS, tls_issuer)
        chain = ['server'] + ([tls_issuer] if tls_issuer == 'sub' else [])
        if opt.depth == 3 and tls_issuer == 'sub':
            chain.append('mid')
        self.join('server-chain.pem', chain)
        self.join('tls-anchor.pem', tls_anchors)
        self.join('ca-anchor.pem', anchors)
        self.join('both-anchors.pem', dict.fromkeys(tls_anchors + anchors))
        self.join('clients.pem', dict.fromkeys(self.published + ['root']))

    def path(self, name):
        return os.path.join(self.dir, name)

    def make(self, name, subject, extensions, issuer, days=30):
        with open(self.path('ext'), 'w') as f:
            f.write(extensions)
        openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
                '-nodes', '-keyout', self.path(name + '.key'), '-subj', subject,
                '-out', self.path(name + '.csr'))
        self.sign(name, name + '.csr', issuer, days)

    def sign(self, name, csr, issuer, days=30):
        own = ['-signkey', self.path(name + '.key')]
        by = ['-CA', self.path(issuer + '.pem'), '-CAkey', self.path(issuer + '.key')]
        openssl('x509', '-req', '-in', self.path(csr), '-days', str(days),
                '-set_serial', '0x' + '4' + secrets.token_hex(8),
                '-extfile', self.path('ext'), '-out', self.path(name + '.pem'),
                *(own if issuer == name else by))

    def roll_over(self):
        """RFC 4210 4.4: a new key under the old name, and the two cross certificates."""
        self.make('new', '/O=Other House/CN=Root', self.CA, 'new')
        self.sign('old-with-new', 'root.csr', 'new')
        self.sign('new-with-old', 'new.csr', 'root')

    def join(self, out, names):
        with open(self.path(out), 'w') as f:
            for name in names:
                f.write(open(self.path(name + '.pem')).read())

    def der(self, name):
        return openssl('x509', '-in', self.path(name + '.pem'), '-outform', 'DER').stdout

    def crl(self):
        with open(self.path('crl.cnf'), 'w') as f:
            f.write('[ca]\ndefault_ca=a\n[a]\ndatabase=%s\ndefault_md=sha256\n'
                    'default_crl_days=5\n' % self.path('index'))
        open(self.path('index'), 'w').close()
        openssl('ca', '-config', self.path('crl.cnf'), '-gencrl', '-keyfile',
                self.path(self.issuer + '.key'), '-cert', self.path(self.issuer + '.pem'),
                '-out', self.path('crl.pem'))
        return openssl('crl', '-in', self.path('crl.pem'), '-outform', 'DER').stdout

    def issue(self, csr_der):
        """The certificate for a request, its extensions copied."""
        with self.lock:
            with open(self.path('request.der'), 'wb') as f:
                f.write(csr_der)
            with open(self.path('ext'), 'w') as f:
                f.write(self.USER)
            run = openssl('x509', '-req', '-inform', 'DER', '-in', self.path('request.der'),
                          '-copy_extensions', 'copy', '-days', '20',
                          '-CA', self.path(self.issuer + '.pem'),
                          '-CAkey', self.path(self.issuer + '.key'),
                          '-set_serial', '0x' + '4' + secrets.token_hex(8),
                          '-extfile', self.path('ext'), '-outform', 'DER')
        return run.stdout

    def reply(self, leaf):
        """The certificates of an enroll reply, in the order asked for."""
        others = {'none': [], 'issuer': [self.issuer],
                  'all': [n for n in self.published]}[self.opt.enroll_chain]
        bag = [leaf] + [self.der(n) for n in others]
        if self.opt.order == 'last':
            bag.reverse()
        elif self.opt.order == 'shuffled':
            random.Random(7).shuffle(bag)
        return bag

    def cacerts(self):
        bag = [self.der(n) for n in self.published]
        if self.opt.order != 'first':
            random.Random(3).shuffle(bag)
        if self.opt.stray:              # RFC 7030 4.1.3 asks for CAs; some add more
            bag.append(self.der('server'))
        return bag


# ---- what a request must look like -------------------------------------------------
class Bad(Exception):
    """A request that breaks a clause."""


def unbase64(body):
    text = re.sub(rb'[ \t\r\n]', b'', body)     # RFC 8951 3.1
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Bad('RFC 7030 4.2.1: the body is not base64')


def names(der, kind):
    """Subject and subjectAltName of a request or certificate, for comparing."""
    word = 'req' if kind == 'csr' else 'x509'
    text = openssl(word, '-inform', 'DER', '-noout', '-text', '-nameopt', 'RFC2253',
                   data=der).stdout.decode()
    subject = re.search(r'Subject: ?(.*)', text).group(1)
    san = re.search(r'Subject Alternative Name:.*\n\s*(.*)', text)
    return subject, san.group(1) if san else ''


def check_headers(opt, request):
    if request.version != 'HTTP/1.1':
        raise Bad('RFC 7030 3.2.1: not HTTP/1.1')
    if not request.header.get('host'):
        raise Bad('RFC 9112 3.2: no Host')
    if request.count.get('host') != 1 or request.count.get('content-type', 1) != 1:
        raise Bad('RFC 9110 5.3: a header twice')
    if 'transfer-encoding' in request.header and 'content-length' in request.header:
        raise Bad('RFC 9112 6.2: length said twice')


def check_enroll(request):
    kind = request.header.get('content-type', '')
    if kind.split(';')[0].strip().lower() != 'application/pkcs10':
        raise Bad('RFC 7030 4.2.1: content type %r' % kind)
    cte = request.header.get('content-transfer-encoding', 'base64').strip().lower()
    if cte != 'base64':
        raise Bad('RFC 7030 4.2.1: transfer encoding ' + cte)
    lines = request.body.split(b'\n')
    if max(map(len, lines)) > 78:
        raise Bad('RFC 2045 6.8: a line of more than 76 characters')
    if lines[-1] != b'':
        raise Bad('servers in the field want a last newline')
    der = unbase64(request.body)
    run = openssl('req', '-inform', 'DER', '-noout', '-verify', data=der, check=False)
    if run.returncode or b'verify OK' not in run.stderr + run.stdout:
        raise Bad('RFC 2986 4.2: the request is not signed by its own key')
    return der


# ---- HTTP ----------------------------------------------------------------------------
def wrap(der, style):
    text = base64.b64encode(der)
    if style == 'line':
        return text
    if style == 'line-lf':
        return text + b'\n'
    width, end = {'64': (64, b'\n'), '76crlf': (76, b'\r\n'),
                  'spaces': (60, b' \t\r\n  '), 'leading': (64, b'\n   ')}[style]
    rows = [text[i:i + width] for i in range(0, len(text), width)]
    out = end.join(rows) + end
    if style in ('spaces', 'leading'):
        out = b'\r\n  ' + out + b'\n\n'
    return out


class Digest:
    """RFC 7616, algorithm MD5 or SHA-256, qop auth."""

    def __init__(self, name):
        self.name = name
        self.hash = hashlib.md5 if name == 'MD5' else hashlib.sha256
        self.nonces = set()

    def challenge(self):
        nonce = secrets.token_hex(16)
        self.nonces.add(nonce)
        return 'Digest realm="%s", qop="auth", algorithm=%s, nonce="%s", opaque="5ccc"' % (
            REALM.replace('"', r'\"'), self.name, nonce)

    def accepts(self, value, request):
        rows = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', value)
        part = {k: re.sub(r'\\(.)', r'\1', q) if q else w for k, q, w in rows}
        h = lambda s: self.hash(s.encode()).hexdigest()
        want = h(':'.join([h('%s:%s:%s' % (USER, REALM, PASSWORD)), part.get('nonce', ''),
                           part.get('nc', ''), part.get('cnonce', ''), part.get('qop', ''),
                           h('%s:%s' % (request.method, part.get('uri', '')))]))
        return (part.get('nonce') in self.nonces and part.get('response') == want and
                part.get('uri') == request.target and part.get('username') == USER)


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(20)
        try:
            with self.request.makefile('rb') as f:
                while (request := read_request(f, self.request.sendall)) is not None:
                    if not self.answer(request):
                        return
        except (OSError, ValueError, ssl.SSLError) as e:
            self.server.note('connections', repr(e))

    def answer(self, request):
        s, opt = self.server, self.server.opt
        der = self.request.getpeercert(True)
        s.note('requests', '%s %s sni=%s cert=%s tls=%s' % (
            request.method, request.target, getattr(self.request, 'asked_name', None),
            bool(der), self.request.version()))
        try:
            check_headers(opt, request)
            status, kind, body, extra = self.route(request, der)
        except Bad as e:
            s.note('violations', str(e))
            status, kind, body, extra = 400, 'text/plain', str(e).encode() + b'\n', []
        return self.write(request, status, kind, body, extra)

    def write(self, request, status, kind, body, extra):
        opt = self.server.opt
        close = opt.close or getattr(self, 'drop', False) or request.header.get('connection', '').lower() == 'close'
        rows = list(extra)
        if kind:
            rows.append(('Content-Type', kind))
            if kind.lower().startswith('application/') and opt.cte:
                rows.append(('Content-Transfer-Encoding', opt.cte))
        if opt.chunked and body:
            rows.append(('Transfer-Encoding', 'chunked'))
            cuts = [body[i:i + 37] for i in range(0, len(body), 37)] + [b'']
            wire = b''.join(b'%x;x=y\r\n%s\r\n' % (len(c), c) for c in cuts[:-1]) + \
                b'0\r\nX-Trailer: 1\r\n\r\n'
        else:
            if status != 204:
                rows.append(('Content-Length', str(len(body))))
            wire = body
        if close and not getattr(self, 'drop', False):
            rows.append(('Connection', 'close'))
        words = {200: 'OK', 202: 'Accepted', 204: 'No Content', 400: 'Bad Request',
                 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found'}
        phrase = '' if opt.headers == 'bare' else words.get(status, 'x')
        if opt.headers == 'many':
            rows = [('Server', 'other/1.0 (odd)'), ('X-Empty', ''), ('Set-Cookie', 'a=1'),
                    ('Set-Cookie', 'b=2'), ('X-Long', 'l' * 4000)] + rows
        style = {'lower': lambda n, v: n.lower() + ': ' + v,
                 'bare': lambda n, v: n.upper() + ':' + v,
                 'many': lambda n, v: n + ': \t' + v + ' \t',
                 'plain': lambda n, v: n + ': ' + v}[opt.headers]
        head = ''.join(style(n, v) + '\r\n' for n, v in rows)
        early = b'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n' if opt.early else b''
        self.request.sendall(early + ('HTTP/1.1 %d %s\r\n%s\r\n' % (
            status, phrase, head)).encode('latin-1'))
        if request.method != 'HEAD':
            self.request.sendall(wire)
        return not close

    def authenticate(self, request, der):
        """None when the client may go on, else the 401 (RFC 7030 3.2.3)."""
        opt, value = self.server.opt, request.header.get('authorization', '')
        scheme, _, rest = value.partition(' ')
        if opt.auth == 'none' or der and opt.auth in ('cert', 'basic-or-cert'):
            return None
        basic = base64.b64encode(('%s:%s' % (USER, PASSWORD)).encode()).decode()
        if opt.auth in ('basic', 'basic-or-cert', 'basic-digest') and \
                scheme.lower() == 'basic' and rest == basic:
            return None
        if opt.auth == 'bearer' and scheme.lower() == 'bearer' and rest == TOKEN:
            return None
        if self.server.digest and scheme.lower() == 'digest' and \
                self.server.digest.accepts(rest, request):
            return None
        rows = []
        if self.server.digest:
            rows.append(('WWW-Authenticate', self.server.digest.challenge()))
        if opt.auth.startswith('basic'):
            rows.append(('WWW-Authenticate', 'Basic realm="%s", charset="UTF-8"' %
                         REALM.replace('"', r'\"')))
        if opt.auth == 'bearer':
            rows.append(('WWW-Authenticate', 'Bearer realm="est"'))
        if opt.auth == 'cert':
            return 403, 'text/plain', b'a certificate is needed\n', []
        return 401, 'text/plain', b'who are you?\n', rows

    def route(self, request, der):
        s, opt = self.server, self.server.opt
        base = '/.well-known/est/' + (opt.label + '/' if opt.label else '')
        if opt.redirect:
            if request.target.startswith(base) or opt.redirect == 'loop':
                return self.send_on(request)
            if request.header['host'].startswith('127.'):
                raise Bad('RFC 7030 3.2.1: followed to another web origin unasked')
            base = '/moved' + base
        if not request.target.startswith(base):
            return 404, 'text/plain', b'no such label\n', []
        name = request.target[len(base):]
        table = {('GET', 'cacerts'): self.cacerts, ('GET', 'csrattrs'): self.csrattrs,
                 ('POST', 'simpleenroll'): self.enroll,
                 ('POST', 'simplereenroll'): self.reenroll}
        verb = table.get((request.method, name))
        if not verb:
            return 404, 'text/plain', b'no such operation\n', []
        return verb(request, der)

    def send_on(self, request):
        """RFC 7030 3.2.1, RFC 9110 15.4: to somewhere else, in two ways of saying it"""
        opt, to = self.server.opt, '/moved' + request.target
        if opt.redirect == 'other':
            to = 'https://127.0.0.1:%d%s' % (self.server.server_address[1], to)
        elif request.method == 'POST':
            to = 'https://%s%s' % (request.header['host'], to)
        status = {'other': 307, 'loop': 308}.get(opt.redirect) or int(opt.redirect)
        return status, 'text/html', b'<p>elsewhere', [('Location', to)]

    def pkcs7(self, bag):
        opt = self.server.opt
        kind = {'none': 'application/pkcs7-mime',
                'certs-only': 'application/pkcs7-mime; smime-type=certs-only',
                'quoted': 'application/pkcs7-mime; smime-type="certs-only"',
                'case': 'Application/PKCS7-Mime;SMIME-Type=Certs-Only ; name="smime.p7c"',
                }[opt.type_param]
        crls = [self.server.ca.crl()] if opt.crl else []
        return 200, kind, wrap(certs_only(bag, opt, crls), opt.body), []

    def cacerts(self, request, der):
        time.sleep(self.server.opt.slow)
        return self.pkcs7(self.server.ca.cacerts())

    def csrattrs(self, request, der):
        s, opt = self.server, self.server.opt
        if self.request.version() == 'TLSv1.2':
            with s.lock:
                s.asked12 += 1
                self.drop = s.asked12 == opt.drop
        if opt.csrattrs in ('204', '404'):      # RFC 7030 4.5.2
            kind = 'text/plain' if opt.csrattrs == '404' else None
            return int(opt.csrattrs), kind, b'' if kind is None else b'none\n', []
        return 200, 'application/csrattrs', wrap(csrattrs(opt.csrattrs), opt.body), []

    def enroll(self, request, der):
        refused = self.authenticate(request, der)
        if refused or request.body == b'':
            return refused or self.empty(request)
        csr = check_enroll(request)
        if self.server.opt.link and csr not in self.server.pending:
            self.check_link(csr)
        return self.decide(csr)

    def check_link(self, csr):
        """RFC 7030 3.5: challengePassword is base64 of tls-unique (RFC 5929 3)."""
        text = openssl('req', '-inform', 'DER', '-noout', '-text', data=csr).stdout.decode()
        said = re.search(r'challengePassword\s*:(\S+)', text)
        unique = self.request.get_channel_binding('tls-unique')
        want = base64.b64encode(unique).decode() if unique else None
        self.server.note('links', 'said %s, is %s' % (said and said.group(1), want))
        if want is None or said is None or said.group(1) != want:
            raise Bad('RFC 7030 3.5: the request is not linked to this connection')

    def empty(self, request):
        """Nothing is asked for, so no clause is broken and nothing is made."""
        if request.body == b'':
            self.server.note('asked', request.target)
            return 400, 'text/plain', b'no request in the body\n', []
        return None

    def reenroll(self, request, der):
        if self.server.opt.post_handshake and der is None:
            self.request.verify_client_post_handshake()
            self.request.sendall(b'HTTP/1.1 102 Processing\r\n\r\n')
            der = self.request.getpeercert(True)
        if der is None and self.server.opt.auth != 'basic':
            raise Bad('RFC 7030 3.3.2: re-enrollment without client certificate')
        if request.body == b'':
            return self.empty(request)
        csr = check_enroll(request)
        if der and names(csr, 'csr') != names(der, 'cert'):
            raise Bad('RFC 7030 4.2.2: subject and subjectAltName differ: %r, %r' % (
                names(csr, 'csr'), names(der, 'cert')))
        if self.server.opt.stale:
            return self.pkcs7(self.server.ca.reply(der))
        return self.decide(csr)

    def decide(self, csr):
        s, opt = self.server, self.server.opt
        with s.lock:
            left = s.pending.setdefault(csr, opt.pending)
            s.pending[csr] = left - 1
            if opt.pending and len(s.pending) > 1 and not opt.many:
                raise Bad('RFC 7030 4.2.3: another request than the one that waits')
        if left > 0:
            rows = {'none': [], 'seconds': [('Retry-After', '1')],
                    'date': [('Retry-After', email.utils.formatdate(
                        time.time() + 2, usegmt=True))]}[opt.retry]
            return 202, 'text/plain', b'an officer looks at it\n', rows
        leaf = s.ca.issue(csr)
        s.note('issued', hashlib.sha256(leaf).hexdigest())
        return self.pkcs7(s.ca.reply(leaf))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, opt):
        self.opt, self.lock, self.pending = opt, threading.Lock(), {}
        self.asked12 = 0
        if ':' in opt.listen:
            self.address_family = socket.AF_INET6
        self.ca = Authorities(opt)
        name = {'digest-md5': 'MD5', 'digest-sha256': 'SHA-256',
                'basic-digest': 'MD5'}.get(opt.auth)
        self.digest = Digest(name) if name else None
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.ca.path('server-chain.pem'), self.ca.path('server.key'))
        self.tls.load_verify_locations(self.ca.path('clients.pem'))
        self.tls.verify_mode = {'none': ssl.CERT_NONE, 'optional': ssl.CERT_OPTIONAL,
                                'required': ssl.CERT_REQUIRED}[opt.client_cert]
        if opt.post_handshake:
            self.tls.post_handshake_auth = True
        if opt.tls == '1.2':
            self.tls.maximum_version = ssl.TLSVersion.TLSv1_2
        elif opt.tls == '1.3':
            self.tls.minimum_version = ssl.TLSVersion.TLSv1_3
        self.tls.sni_callback = lambda sock, name, ctx: setattr(sock, 'asked_name', name)
        super().__init__((opt.listen, 0), Handler)

    def note(self, name, text):
        with self.lock, open(self.ca.path(name), 'a') as f:
            f.write(text + '\n')

    def finish_request(self, request, client):
        request.settimeout(20)
        try:
            with self.tls.wrap_socket(request, server_side=True) as sock:
                Handler(sock, client, self)
        except (OSError, ssl.SSLError) as e:
            self.note('connections', repr(e))

    def shutdown_request(self, request):
        self.close_request(request)


def options():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    add = p.add_argument
    add('dir')
    add('--listen', default='127.0.0.1')
    add('--label', default='')
    add('--depth', type=int, choices=(1, 2, 3), default=1, help='CAs from root to issuer')
    add('--tls-root', choices=('same', 'own'), default='same')
    add('--rollover', action='store_true', help='the issuer has a new key')
    add('--stray', action='store_true', help='a server certificate among /cacerts')
    add('--enroll-chain', choices=('none', 'issuer', 'all'), default='none')
    add('--order', choices=('first', 'last', 'shuffled'), default='first')
    add('--type-param', choices=('none', 'certs-only', 'quoted', 'case'), default='certs-only')
    add('--cte', default='', help='Content-Transfer-Encoding to say')
    add('--body', default='line',
        choices=('line', 'line-lf', '64', '76crlf', 'spaces', 'leading'))
    add('--chunked', action='store_true')
    add('--close', action='store_true')
    add('--slow', type=float, default=0, help='seconds before each /cacerts')
    add('--stale', action='store_true', help='renewals bring the old certificate back')
    add('--early', action='store_true', help='a 103 before each answer')
    add('--headers', choices=('plain', 'lower', 'bare', 'many'), default='plain')
    add('--pending', type=int, default=0, help='so many times 202')
    add('--many', action='store_true', help='several requests may wait')
    add('--retry', choices=('none', 'seconds', 'date'), default='seconds')
    add('--csrattrs', default='204')
    add('--link', action='store_true', help='requests must hold tls-unique')
    add('--redirect', choices=('301', '302', '303', '307', '308', 'other', 'loop'))
    add('--drop', type=int, default=0,
        help='hang up, unannounced, after so many /csrattrs over TLS 1.2')
    add('--auth', default='basic', choices=(
        'none', 'basic', 'digest-md5', 'digest-sha256', 'basic-digest', 'bearer', 'cert',
        'basic-or-cert'))
    add('--client-cert', choices=('none', 'optional', 'required'), default='optional')
    add('--post-handshake', action='store_true', help='TLS 1.3: ask after the POST')
    add('--tls', choices=('any', '1.2', '1.3'), default='any')
    add('--signed-version', type=int, default=1)
    add('--ber', action='store_true', help='indefinite lengths in the PKCS#7')
    add('--crl', action='store_true', help='a CRL in the PKCS#7')
    add('--econtent', action='store_true', help='empty content in the PKCS#7')
    add('--digests', action='store_true', help='a digest algorithm in the PKCS#7')
    return p.parse_args()


def main():
    opt = options()
    os.makedirs(opt.dir, exist_ok=True)
    with Server(opt) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
