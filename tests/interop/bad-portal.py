#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A portal that misbehaves, written from doc/openapi.json alone.

usage: bad-portal.py DIR

Prints "PORT HASH": where it listens, and what its terms hash to.  DIR/ca.pem is
its authority.  Before each answer it reads DIR/mode, "STEP HOW": at that step of
the applicant's way it answers HOW, everywhere else as it should.  It writes what
it was asked to DIR/asked, and refuses to be handed two requests for one
application.
"""

import base64
import datetime
import hashlib
import http.server
import json
import os
import re
import ssl
import sys
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DIR = sys.argv[1]
TERMS = 'be good'
HASH = hashlib.sha256(TERMS.encode()).hexdigest()
DAY = datetime.timedelta(days=1)
OTHER = 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    def __init__(self, text):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name(text)
        self.cert = self.sign(self.name, self.key.public_key(), ca=True)

    def sign(self, subject, key, ca=False, san=None):
        now = datetime.datetime.utcnow()
        b = (x509.CertificateBuilder().subject_name(subject)
             .issuer_name(self.name).public_key(key)
             .serial_number(x509.random_serial_number())
             .not_valid_before(now - DAY).not_valid_after(now + 30 * DAY)
             .add_extension(x509.BasicConstraints(ca, None), critical=True))
        if san:
            b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName(san)]), False)
        return b.sign(self.key, hashes.SHA256())


def pem(*certs):
    return b''.join(c.public_bytes(serialization.Encoding.PEM) for c in certs)


CA, STRANGER = Authority('Bad Portal CA'), Authority('Somebody else')
APPS = {}


def start():
    key = ec.generate_private_key(ec.SECP256R1())
    with open(DIR + '/tls.pem', 'wb') as f:
        f.write(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        f.write(pem(CA.sign(name('localhost'), key.public_key(), san='localhost')))
    with open(DIR + '/ca.pem', 'wb') as f:
        f.write(pem(CA.cert))


# ---- the right answers -----------------------------------------------------------

PROFILE = {
    'name': 'p', 'title': 'P', 'keys': ['ec:p256'], 'carriers': [],
    'steps': [{'step': 'agreed', 'text': 'a'}, {'step': 'submitted', 'text': 's'}],
    'consent': {'text': TERMS, 'hash': HASH},
    'fields': [{'name': 'who', 'label': 'Who', 'kind': 'name', 'step': 'filled',
                'required': True}],
}


def describe(number):
    app = APPS[number]
    return {'application': number, 'profile': 'p', 'state': app['state'],
            'status': 'Status of ' + app['state'], 'reason': '',
            'request_sha256': app.get('sha', ''), 'steps': [], 'waits_for': [],
            'actions': {'agreed': ['answers'], 'filled': ['request']}.get(app['state'], []),
            'deadline': None, 'created': '', 'changed': ''}


def alphabet(digest):
    letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
    text = ''.join(letters[b % 32] for b in digest[:16])
    return '-'.join(text[i:i + 4] for i in range(0, 16, 4))


def begin(body):
    number = alphabet(hashlib.sha256(body['once'].encode()).digest())
    APPS.setdefault(number, {'state': 'agreed'})
    return 201, dict(describe(number), code='c0de' + number, code_mailed=False)


def fill(number, body):
    APPS[number]['state'] = 'filled'
    return 200, describe(number)


def contents(number, body):
    return 200, {'subject': 'CN=Walker', 'san': [], 'hash': 'x'}


def request(number, body):
    der = base64.b64decode(body['request'])
    app = APPS[number]
    if app.setdefault('der', der) != der:
        return 409, {'error': {'text': 'another request for this application'}}
    app.update(state='issued', sha=hashlib.sha256(der).hexdigest())
    return 200, describe(number)


def chain(number, ca=CA, key=None, subject=None):
    csr = x509.load_der_x509_csr(APPS[number]['der'])
    leaf = ca.sign(subject or csr.subject, key or csr.public_key())
    return pem(leaf, ca.cert)


def installed(number, body):
    APPS[number]['state'] = 'installed'
    return 200, describe(number)


STEPS = [
    ('ca', 'GET', r'/ca\.pem$', None),
    ('profile', 'GET', r'/api/v1/profiles/p$', lambda n, b: (200, PROFILE)),
    ('begin', 'POST', r'/api/v1/applications$', lambda n, b: begin(b)),
    ('status', 'GET', r'/api/v1/applications/([A-Z0-9-]+)/?$', lambda n, b: (200, describe(n))),
    ('answers', 'PUT', r'/api/v1/applications/([A-Z0-9-]+)/answers$', fill),
    ('contents', 'GET', r'/api/v1/applications/([A-Z0-9-]+)/contents$', contents),
    ('request', 'POST', r'/api/v1/applications/([A-Z0-9-]+)/request$', request),
    ('certificate', 'GET', r'/api/v1/applications/([A-Z0-9-]+)/certificate$', None),
    ('installed', 'POST', r'/api/v1/applications/([A-Z0-9-]+)/installed$', installed),
]


# ---- the wrong ones ---------------------------------------------------------------

def wrong_types(value):
    """Every member of another type than it has."""
    if isinstance(value, dict):
        return {k: wrong_type(v) for k, v in value.items()}
    return wrong_type(value)


def wrong_type(v):
    if isinstance(v, bool):
        return 'yes'
    if isinstance(v, str):
        return {'text': v}
    return 7 if isinstance(v, (list, dict)) else [v]


def another_number(value):
    return dict(value, application=OTHER) if isinstance(value, dict) else value


JSON_WAYS = {
    'types': lambda v: json.dumps(wrong_types(v)),
    'array': lambda v: json.dumps([v]),
    'null': lambda v: 'null',
    'empty': lambda v: '',
    'deep': lambda v: '[' * 100000,
    'twice': lambda v: '{"application": "A", "application": "B"}',
    'utf8': lambda v: b'{"application": "\xff\xfe\xfd"}',
    'nul': lambda v: '{"application": "A\\u0000B", "status": "\\u001b[2J"}',
    'number': lambda v: json.dumps(another_number(v)),
}
CERT_WAYS = {
    'other-key': lambda n: chain(n, key=STRANGER.key.public_key()),
    'other-app': lambda n: chain(n, subject=name('Somebody Else')),
    'other-ca': lambda n: chain(n, ca=STRANGER),
    'garbage': lambda n: b'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'nothing': lambda n: b'',
    'private': lambda n: b'-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
}
STATUS_WAYS = {'500': 500, '503': 503, '403': 403, '404': 404, '418': 418}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def send(self, status, kind, body, **headers):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', headers.pop('length', str(len(body))))
        for k, v in headers.items():
            self.send_header(k.replace('_', '-'), v)
        self.end_headers()
        self.wfile.write(body)

    def spoil(self, how, status, kind, body):
        """Whatever can be done to any answer; False: it is none of these."""
        if how in STATUS_WAYS:
            self.send(STATUS_WAYS[how], 'application/json',
                      b'{"error": {"text": "the reason is \\u001b[31mred"}}')
        elif how == 'html':
            self.send(200, 'text/html', b'<html><body>It works!</body></html>')
        elif how == 'type':
            self.send(status, 'text/plain', body)
        elif how == 'redirect':
            self.send(302, 'text/plain', b'', Location='https://localhost:1/elsewhere')
        elif how == 'cut':
            self.send(status, kind, body[:len(body) // 2], length=str(len(body)))
            self.close_connection = True
        elif how == 'shut':
            self.connection.close()
            self.close_connection = True
        elif how == 'slow':
            self.send_response(status)
            self.send_header('Content-Type', kind)
            self.send_header('Content-Length', '40')
            self.end_headers()
            for i in range(40):
                self.wfile.write(b' ')
                time.sleep(0.25)
        elif how == 'huge':
            self.send_response(status)
            self.send_header('Content-Type', kind)
            self.end_headers()
            for i in range(64):
                self.wfile.write(b' ' * 1048576)
            self.close_connection = True
        else:
            return False
        return True

    def answer(self, step, how, number, body):
        if step == 'ca':
            kind, status, out, value = 'application/x-pem-file', 200, pem(CA.cert), None
        elif step == 'certificate':
            kind, status, value = 'application/pem-certificate-chain', 200, None
            out = CERT_WAYS.get(how, chain)(number)
        else:
            kind = 'application/json'
            status, value = dict((s[0], s[3]) for s in STEPS)[step](number, body)
            out = json.dumps(value).encode()
        if value is not None and how in JSON_WAYS:
            out = JSON_WAYS[how](value)
            out = out.encode() if isinstance(out, str) else out
        if not self.spoil(how, status, kind, out):
            self.send(status, kind, out)

    def handle_any(self):
        length = int(self.headers.get('Content-Length') or 0)
        raw = self.rfile.read(length)
        with open(DIR + '/mode') as f:
            at, how = (f.read().split() + ['', ''])[:2]
        for step, method, path, _ in STEPS:
            m = re.match(path, self.path)
            if m is None or method != self.command:
                continue
            with open(DIR + '/asked', 'a') as f:
                f.write(step + '\n')
            self.answer(step, how if at == step else '', (m.groups() + ('',))[0],
                        json.loads(raw) if raw else {})
            return
        self.send(404, 'application/json', b'{"error": {"text": "not here"}}')

    do_GET = do_POST = do_PUT = handle_any

    def handle(self):
        try:
            super().handle()
        except (OSError, ssl.SSLError, ValueError):
            pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        pass


def main():
    start()
    server = Server(('127.0.0.1', 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(DIR + '/tls.pem')
    server.socket = tls.wrap_socket(server.socket, server_side=True,
                                    do_handshake_on_connect=False)
    print(server.server_address[1], HASH, flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
