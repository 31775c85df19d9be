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
import hashlib
import json
import re
import sys

from cryptography import x509

sys.dont_write_bytecode = True
import bad_server
from bad_server import Authority, name, pem, wrong_type

DIR = sys.argv[1]
TERMS = 'be good'
HASH = hashlib.sha256(TERMS.encode()).hexdigest()
OTHER = 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'
PAPER = b'%PDF-1.4 a zero \0 within'


CA, STRANGER = Authority('Bad Portal CA'), Authority('Somebody else')
APPS = {}


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
    ('print', 'GET', r'/api/v1/applications/([A-Z0-9-]+)/print\?form=pdf$', None),
    ('installed', 'POST', r'/api/v1/applications/([A-Z0-9-]+)/installed$', installed),
]


# ---- the wrong ones ---------------------------------------------------------------

def wrong_types(value):
    """Every member of another type than it has."""
    if isinstance(value, dict):
        return {k: wrong_type(v) for k, v in value.items()}
    return wrong_type(value)


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


class Handler(bad_server.Handler):
    def spoil(self, how, status, body, headers):
        if how not in STATUS_WAYS:
            return super().spoil(how, status, body, headers)
        self.send(STATUS_WAYS[how], b'{"error": {"text": "the reason is \\u001b[31mred"}}')
        return True

    def answer(self, step, how, number, body):
        if step == 'ca':
            kind, status, out, value = 'application/x-pem-file', 200, pem(CA.cert), None
        elif step == 'certificate':
            kind, status, value = 'application/pem-certificate-chain', 200, None
            out = CERT_WAYS.get(how, chain)(number)
        elif step == 'print':
            kind, status, out, value = 'application/pdf', 200, PAPER, None
        else:
            kind = 'application/json'
            status, value = dict((s[0], s[3]) for s in STEPS)[step](number, body)
            out = json.dumps(value).encode()
        if value is not None and how in JSON_WAYS:
            out = JSON_WAYS[how](value)
            out = out.encode() if isinstance(out, str) else out
        headers = {'Content-Type': kind}
        if not self.spoil(how, status, out, headers):
            self.send(status, out, **headers)

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
        self.send(404, b'{"error": {"text": "not here"}}')

    do_GET = do_POST = do_PUT = handle_any

    def handle(self):
        try:
            super().handle()
        except ValueError:
            pass


def main():
    server = bad_server.server(DIR, CA, Handler)
    server.handle_error = lambda *args: None
    print(server.server_address[1], HASH, flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
