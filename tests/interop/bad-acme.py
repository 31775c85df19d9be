#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An ACME server that misbehaves, written from RFC 8555, 9773 and 7515 alone.

usage: bad-acme.py DIR

Prints the port where it listens.  DIR/ca.pem is its authority.  It checks every
message it gets as the RFCs want it (signature, nonce, address, account) and
believes every proof.  Before each answer it reads DIR/mode, "STEP HOW": at that
step it answers HOW, everywhere else as it should.  DIR/asked tells what it was
asked, DIR/ordered the payload of each new order; DIR/window, when there, is the
answer about renewing.
"""

import base64
import functools
import hashlib
import json
import os
import re
import secrets
import sys
import threading

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

sys.dont_write_bytecode = True
import bad_server
from bad_server import Authority, name, pem, wrong_type

DIR = sys.argv[1]
PROBLEM = 'application/problem+json'
ERROR = 'urn:ietf:params:acme:error:'


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def unb64(text):
    if re.fullmatch('[A-Za-z0-9_-]*', text) is None:
        raise ValueError('no base64url')
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


CA, STRANGER = Authority('Bad ACME CA'), Authority('Somebody else')
LOCK = threading.Lock()
NONCES, ACCOUNTS, ORDERS = set(), [], []


class Refused(Exception):
    def __init__(self, kind, status=400, detail='no'):
        super().__init__(kind)
        self.kind, self.status, self.detail = kind, status, detail


# ---- messages (RFC 8555 6.2, RFC 7515) ---------------------------------------------

def number(text):
    return int.from_bytes(unb64(text), 'big')


def check_ec(curve, width, digest, jwk, sig, text):
    x, y = unb64(jwk['x']), unb64(jwk['y'])
    if len(x) != width or len(y) != width:
        raise Refused('badPublicKey')
    if len(sig) != 2 * width:
        raise Refused('malformed')
    key = ec.EllipticCurvePublicNumbers(number(jwk['x']), number(jwk['y']), curve).public_key()
    key.verify(encode_dss_signature(int.from_bytes(sig[:width], 'big'),
                                    int.from_bytes(sig[width:], 'big')),
               text, ec.ECDSA(digest))


def check_rsa(jwk, sig, text):
    key = rsa.RSAPublicNumbers(number(jwk['e']), number(jwk['n'])).public_key()
    if key.key_size < 2048 or len(sig) != key.key_size // 8:
        raise Refused('badPublicKey')
    key.verify(sig, text, padding.PKCS1v15(), hashes.SHA256())


def check_ed(jwk, sig, text):
    ed25519.Ed25519PublicKey.from_public_bytes(unb64(jwk['x'])).verify(sig, text)


# RFC 7518 3.1 and 6, RFC 8037: the algorithm that goes with a key, and its members
KINDS = {
    ('EC', 'P-256'): ('ES256', 'crv kty x y', functools.partial(
        check_ec, ec.SECP256R1(), 32, hashes.SHA256())),
    ('EC', 'P-384'): ('ES384', 'crv kty x y', functools.partial(
        check_ec, ec.SECP384R1(), 48, hashes.SHA384())),
    ('RSA', None): ('RS256', 'e kty n', check_rsa),
    ('OKP', 'Ed25519'): ('EdDSA', 'crv kty x', check_ed),
}


def check_signature(jwk, alg, sig, text):
    kind = KINDS.get((jwk['kty'], jwk.get('crv')))
    if kind is None or ' '.join(sorted(jwk)) != kind[1]:
        raise Refused('badPublicKey')
    if kind[0] != alg:
        raise Refused('badSignatureAlgorithm')
    kind[2](jwk, sig, text)


def message(raw, url):
    """The payload and the key or number of the account of a message."""
    jws = json.loads(raw)
    if sorted(jws) != ['payload', 'protected', 'signature']:
        raise Refused('malformed')
    head = json.loads(unb64(jws['protected']))
    if head['url'] != url or ('jwk' in head) == ('kid' in head):
        raise Refused('malformed')
    with LOCK:
        known = head['nonce'] in NONCES
        NONCES.discard(head['nonce'])
    if not known:
        raise Refused('badNonce')
    if 'kid' in head:
        number = int(head['kid'].rsplit('/', 1)[1])
        if number >= len(ACCOUNTS):
            raise Refused('accountDoesNotExist')
        jwk = ACCOUNTS[number]
    else:
        jwk, number = head['jwk'], None
    try:
        check_signature(jwk, head['alg'], unb64(jws['signature']),
                        (jws['protected'] + '.' + jws['payload']).encode())
    except InvalidSignature:
        raise Refused('malformed', detail='the signature is wrong')
    payload = unb64(jws['payload'])
    return json.loads(payload) if payload else None, jwk, number


# ---- the right answers: status, value or bytes, more headers -----------------------

def directory(base, how):
    d = {k: base + '/' + k for k in ('newNonce', 'newAccount', 'newOrder', 'revokeCert',
                                         'keyChange')}
    if os.path.exists(DIR + '/window') or how == 'window':
        d['renewalInfo'] = base + '/renewal'
    return 200, dict(d, meta={}), {}


def account(base, m, rest, how):
    payload, jwk, number = m
    with LOCK:
        if jwk not in ACCOUNTS:
            if payload.get('onlyReturnExisting'):
                raise Refused('accountDoesNotExist')
            ACCOUNTS.append(jwk)
        number = ACCOUNTS.index(jwk)
    return 201, {'status': 'valid'}, {'Location': base + '/account/%d' % number}


def known(base, m, rest, how):
    if m[2] != int(rest):
        raise Refused('unauthorized', 401)
    return 200, {'status': 'valid', 'contact': []}, {}


def key_change(base, m, rest, how):
    """RFC 8555 7.3.5, check by check."""
    inner, jwk, number = m
    head = json.loads(unb64(inner['protected']))
    if 'nonce' in head or head['url'] != base + '/keyChange' or number is None:
        raise Refused('malformed')
    try:
        check_signature(head['jwk'], head['alg'], unb64(inner['signature']),
                        (inner['protected'] + '.' + inner['payload']).encode())
    except InvalidSignature:
        raise Refused('malformed', detail='the inner signature is wrong')
    what = json.loads(unb64(inner['payload']))
    if sorted(what) != ['account', 'oldKey'] or what['oldKey'] != jwk or \
            what['account'] != base + '/account/%d' % number:
        raise Refused('malformed')
    with LOCK:
        if head['jwk'] in ACCOUNTS:
            place = base + '/account/%d' % ACCOUNTS.index(head['jwk'])
            return 409, {'type': ERROR + 'malformed', 'detail': 'in use'}, {
                'Location': place, 'Content-Type': PROBLEM}
        ACCOUNTS[number] = head['jwk']
    return 200, {'status': 'valid'}, {}


def describe(base, i):
    o = ORDERS[i]
    d = {'status': o['status'], 'finalize': base + '/finalize/%d' % i,
         'identifiers': [{'type': 'dns', 'value': n} for n in o['names']],
         'authorizations': [base + '/authz/%d/%d' % (i, k) for k in range(len(o['names']))]}
    if o['status'] == 'valid':
        d['certificate'] = base + '/certificate/%d' % i
    return d


def order(base, m, rest, how):
    payload = m[0]
    with open(DIR + '/ordered', 'a') as f:
        f.write(json.dumps(payload) + '\n')
    if how == 'replaced' and 'replaces' in payload:
        raise Refused('alreadyReplaced', 409)
    with LOCK:
        names = [i['value'] for i in payload['identifiers']]
        ORDERS.append({'names': names, 'status': 'pending', 'proven': set()})
        i = len(ORDERS) - 1
    return 201, describe(base, i), {'Location': base + '/order/%d' % i}


def look(base, m, rest, how):
    i = int(rest)
    return 200, describe(base, i), {}


def authz(base, m, rest, how):
    i, k = (int(n) for n in rest.split('/'))
    proven = k in ORDERS[i]['proven']
    return 200, {'status': 'valid' if proven else 'pending',
                 'identifier': {'type': 'dns', 'value': ORDERS[i]['names'][k]},
                 'challenges': [{'type': 'tls-alpn-01' if how == 'mixed' and k == 1
                                 else 'http-01', 'url': base + '/challenge/' + rest,
                                 'status': 'valid' if proven else 'pending',
                                 'token': b64(hashlib.sha256(rest.encode()).digest())}]}, {}


def challenge(base, m, rest, how):
    i, k = (int(n) for n in rest.split('/'))
    if m[0] != {}:
        raise Refused('malformed')
    o = ORDERS[i]
    o['proven'].add(k)
    if len(o['proven']) == len(o['names']) and o['status'] == 'pending':
        o['status'] = 'ready'
    return 200, {'type': 'http-01', 'url': base + '/challenge/' + rest,
                 'status': 'processing', 'token': 'x'}, {}


def finalize(base, m, rest, how):
    i = int(rest)
    o = ORDERS[i]
    if o['status'] != 'ready':
        raise Refused('orderNotReady', 403)
    csr = x509.load_der_x509_csr(unb64(m[0]['csr']))
    san = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if not csr.is_signature_valid or san.get_values_for_type(x509.DNSName) != o['names']:
        raise Refused('badCSR')
    o.update(status='valid', key=csr.public_key())
    return 200, describe(base, i), {}


CERT_WAYS = {
    'other-key': lambda o: pem(CA.sign(name(''), STRANGER.key.public_key(), san=o['names'])),
    'other-names': lambda o: pem(CA.sign(name(''), o['key'], san=['evil.example'])),
    'more-names': lambda o: pem(CA.sign(name(''), o['key'], san=o['names'] + ['b.example'])),
    'no-names': lambda o: pem(CA.sign(name(o['names'][0]), o['key'])),
    'other-ca': lambda o: pem(STRANGER.sign(name(''), o['key'], san=o['names'])),
    'garbage': lambda o: b'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'nothing': lambda o: b'',
}


def certificate(base, m, rest, how):
    o = ORDERS[int(rest)]
    if 'pem' not in o:	# no subject at all: names are alternative names
        o['pem'] = pem(CA.sign(name(''), o['key'], san=o['names'])) + pem(CA.cert)
    out = CERT_WAYS[how](o) if how in CERT_WAYS else o['pem']
    return 200, out, {'Content-Type': 'application/pem-certificate-chain'}


def revoke(base, m, rest, how):
    return 200, b'', {}


STEPS = [
    ('account', r'/newAccount$', account), ('known', r'/account/(.*)$', known),
    ('change', r'/keyChange$', key_change), ('order', r'/newOrder$', order),
    ('look', r'/order/(.*)$', look), ('authz', r'/authz/(.*)$', authz),
    ('challenge', r'/challenge/(.*)$', challenge), ('finalize', r'/finalize/(.*)$', finalize),
    ('certificate', r'/certificate/(.*)$', certificate), ('revoke', r'/revokeCert$', revoke),
]


# ---- the wrong ones -----------------------------------------------------------------

def everywhere(v, change):
    if isinstance(v, dict):
        return {k: everywhere(w, change) for k, w in v.items()}
    if isinstance(v, list):
        return [everywhere(w, change) for w in v]
    return change(v)


def plain(v):
    return v.replace('https://', 'http://') if isinstance(v, str) else v


JSON_WAYS = {
    'types': lambda v: {k: wrong_type(w) for k, w in v.items()},
    'array': lambda v: [v],
    'null': lambda v: None,
    'empty': lambda v: b'',
    'deep': lambda v: b'[' * 100000,
    'twice': lambda v: b'{"status": "valid", "status": "valid"}',
    'utf8': lambda v: b'{"status": "\xff\xfe"}',
    'long': lambda v: everywhere(v, lambda w: w + 'a' * 5000 if isinstance(w, str) else w),
    'plain': lambda v: everywhere(v, plain),
    'token': lambda v: everywhere(v, lambda w: '../../../x' if isinstance(w, str) and
                                  len(w) == 43 else w),
    'name': lambda v: everywhere(v, lambda w: '$(id);x' if w == 'a.example' else w),
    'invalid': lambda v: dict(v, status='invalid', error={
        'type': ERROR + 'caa', 'detail': 'not \x1b[31m here'}),
    'forever': lambda v: dict(v, status='processing'),
}
STATUS_WAYS = {'500': 500, '503': 503, '403': 403, '404': 404, '418': 418, '429': 429}


class Handler(bad_server.Handler):
    huge = 8

    def send(self, status, body, how='', **headers):
        if how != 'no-nonce':
            nonce = 'no nonce!' if how == 'odd-nonce' else secrets.token_urlsafe(12)
            with LOCK:
                NONCES.add(nonce)
            headers['Replay-Nonce'] = nonce
        super().send(status, body, **headers)

    def spoil(self, how, status, body, headers):
        if how in STATUS_WAYS:
            self.send(STATUS_WAYS[how], json.dumps({
                'type': ERROR + {'429': 'rateLimited'}.get(how, 'serverInternal'),
                'detail': 'the reason is \x1b[31mred'}).encode(),
                Content_Type=PROBLEM, Retry_After='999999999999')
        elif how == 'nonces':
            self.send(400, json.dumps({'type': ERROR + 'badNonce'}).encode(),
                      Content_Type=PROBLEM)
        else:
            return super().spoil(how, status, body, headers)
        return True

    def give(self, how, status, value, headers):
        if how == 'no-place':
            headers.pop('Location', None)
        if how == 'relative' and 'Location' in headers:	# RFC 9110 10.2.2
            headers['Location'] = headers['Location'][len(self.base()):]
        if how == 'plain' and 'Location' in headers:
            headers['Location'] = plain(headers['Location'])
        if not isinstance(value, bytes) and how in JSON_WAYS:
            value = JSON_WAYS[how](value)
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        if how == 'forever':
            headers['Retry-After'] = '99999999999999999999'
        if not self.spoil(how, status, body, headers):
            self.send(status, body, how, **headers)

    def how_at(self, step):
        with open(DIR + '/asked', 'a') as f:
            f.write(step + '\n')
        with open(DIR + '/mode') as f:
            at, how = (f.read().split() + ['', ''])[:2]
        return how if at == step else ''

    def base(self):
        return 'https://localhost:%d' % self.server.server_address[1]

    def do_GET(self):
        if self.path == '/directory':
            how = self.how_at('directory')
            self.give(how, *directory(self.base(), how))
        elif self.path == '/newNonce':
            self.give(self.how_at('nonce'), 204, b'', {})
        elif self.path.startswith('/renewal/'):
            how = self.how_at('renewal')
            with open(DIR + '/window') as f:
                value = json.load(f)
            self.give(how, 200, value, {'Retry-After': '21600'})
        else:
            self.send(404, b'{}')

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        for step, path, fn in STEPS:
            m = re.match(path, self.path)
            if m is None:
                continue
            how = self.how_at(step)
            try:
                if self.headers['Content-Type'] != 'application/jose+json':
                    raise Refused('malformed', 415)
                self.give(how, *fn(self.base(), message(raw, self.base() + self.path),
                                   (m.groups() + ('',))[0], how))
            except Refused as e:
                self.send(e.status, json.dumps({'type': ERROR + e.kind,
                          'detail': e.detail}).encode(), Content_Type=PROBLEM)
            return
        self.send(404, b'{}')


def main():
    server = bad_server.server(DIR, CA, Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
