# SPDX-License-Identifier: BSD-2-Clause
"""What an ACME client's messages must be: RFC 8555, 7515, 7517, 7518, 8738, 9773.

Read by peer-acme.py.  Written from the RFCs and from nothing else; each
complaint cites its clause.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


class Bad(Exception):
    """A message that breaks a clause: the problem's type, and which clause."""

    def __init__(self, clause, kind='malformed', status=400):
        super().__init__(clause)
        self.kind, self.status = kind, status


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def unb64(text, what):
    if not isinstance(text, str) or not re.fullmatch(r'[A-Za-z0-9_-]*', text):
        raise Bad('RFC 8555 6.1: %s is not base64url without padding: %r' % (what, text))
    if len(text) % 4 == 1:
        raise Bad('RFC 4648 5: %s has an impossible length' % what)
    data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
    if b64(data) != text:
        raise Bad('RFC 4648 3.5: %s has bits after its end' % what)
    return data


def strict_json(data, what):
    def once(rows):
        if len(dict(rows)) != len(rows):
            raise Bad('RFC 7515 4: a member twice in ' + what)
        return dict(rows)
    try:
        value = json.loads(data.decode('utf-8'), object_pairs_hook=once)
    except ValueError:
        raise Bad('RFC 8259: %s is not JSON in UTF-8' % what)
    if not isinstance(value, dict):
        raise Bad('RFC 8555 6.2: %s is no object' % what)
    return value


def members(value, required, optional, clause):
    missing, more = set(required) - set(value), set(value) - set(required) - set(optional)
    if missing or more:
        raise Bad('%s: missing %s, unknown %s' % (clause, sorted(missing), sorted(more)))


# ---- keys ---------------------------------------------------------------------------
CURVES = {'P-256': (ec.SECP256R1, 32), 'P-384': (ec.SECP384R1, 48), 'P-521': (ec.SECP521R1, 66)}
ALGS = {'ES256': ('P-256', hashes.SHA256), 'ES384': ('P-384', hashes.SHA384),
        'ES512': ('P-521', hashes.SHA512), 'RS256': ('RSA', hashes.SHA256)}
MACS = {'HS256': 'sha256', 'HS384': 'sha384', 'HS512': 'sha512'}


def public_key(jwk):
    """A public key of a JWK (RFC 7518 6); a private one never leaves its owner."""
    if not isinstance(jwk, dict) or {'d', 'p', 'q', 'k'} & set(jwk):
        raise Bad('RFC 7518 6.2.2: a private key was sent')
    if jwk.get('kty') == 'EC':
        members(jwk, ('kty', 'crv', 'x', 'y'), ('alg', 'use', 'kid'), 'RFC 7518 6.2.1')
        curve, size = CURVES[jwk['crv']]
        x, y = unb64(jwk['x'], 'x'), unb64(jwk['y'], 'y')
        if len(x) != size or len(y) != size:
            raise Bad('RFC 7518 6.2.1.2: coordinates of %d and %d octets' % (len(x), len(y)))
        return ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, 'big'), int.from_bytes(y, 'big'), curve()).public_key()
    if jwk.get('kty') == 'RSA':
        members(jwk, ('kty', 'n', 'e'), ('alg', 'use', 'kid'), 'RFC 7518 6.3.1')
        n, e = unb64(jwk['n'], 'n'), unb64(jwk['e'], 'e')
        if n[:1] == b'\0' or e[:1] == b'\0':
            raise Bad('RFC 7518 6.3.1.1: a leading zero octet')
        return rsa.RSAPublicNumbers(
            int.from_bytes(e, 'big'), int.from_bytes(n, 'big')).public_key()
    raise Bad('RFC 8555 6.2: a key of kind %r' % jwk.get('kty'), 'badPublicKey')


def thumbprint(jwk):
    """RFC 7638 3: the required members alone, in order, without white space"""
    names = ('crv', 'kty', 'x', 'y') if jwk['kty'] == 'EC' else ('e', 'kty', 'n')
    text = json.dumps({n: jwk[n] for n in names}, separators=(',', ':'), sort_keys=True)
    return b64(hashlib.sha256(text.encode()).digest())


def verify(key, alg, signed, signature):
    kind, digest = ALGS[alg]
    try:
        if kind == 'RSA':
            key.verify(signature, signed, padding.PKCS1v15(), digest())
            return
        size = CURVES[kind][1]
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.key_size != \
                CURVES[kind][0].key_size:
            raise Bad('RFC 7518 3.4: %s with another curve' % alg)
        if len(signature) != 2 * size:
            raise Bad('RFC 7518 3.4: a signature of %d octets with %s' % (len(signature), alg))
        r, s = (int.from_bytes(signature[i:i + size], 'big') for i in (0, size))
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(digest()))
    except InvalidSignature:
        raise Bad('RFC 8555 6.2: the signature does not verify', 'unauthorized', 403)


# ---- JWS ----------------------------------------------------------------------------
class Jws:
    """A flattened JWS (RFC 7515 7.2.2), taken apart but not yet believed."""

    def __init__(self, data, what='the JWS'):
        outer = data if isinstance(data, dict) else strict_json(data, what)
        members(outer, ('protected', 'payload', 'signature'), (), 'RFC 8555 6.2')
        self.header = strict_json(unb64(outer['protected'], 'protected'), 'the header')
        self.payload = unb64(outer['payload'], 'payload')
        self.signature = unb64(outer['signature'], 'signature')
        self.signed = ('%s.%s' % (outer['protected'], outer['payload'])).encode()
        self.alg = self.header.get('alg')

    def object(self):
        return strict_json(self.payload, 'the payload')

    def outer_header(self, url):
        """RFC 8555 6.2: exactly alg, nonce, url, and one of jwk and kid."""
        if ('jwk' in self.header) == ('kid' in self.header):
            raise Bad('RFC 8555 6.2: jwk and kid are mutually exclusive, one is needed')
        which = 'jwk' if 'jwk' in self.header else 'kid'
        members(self.header, ('alg', 'nonce', 'url', which), (), 'RFC 8555 6.2')
        if self.alg not in ALGS:
            raise Bad('RFC 8555 6.2: alg %r' % self.alg, 'badSignatureAlgorithm')
        if self.header['url'] != url:
            raise Bad('RFC 8555 6.4: url is %r, the request went to %r' % (
                self.header['url'], url), 'unauthorized', 403)
        unb64(self.header['nonce'], 'the nonce')

    def check(self, jwk):
        verify(public_key(jwk), self.alg, self.signed, self.signature)


def check_eab(value, url, jwk, keys):
    """RFC 8555 7.3.4"""
    inner = Jws(value, 'externalAccountBinding')
    members(inner.header, ('alg', 'kid', 'url'), (), 'RFC 8555 7.3.4')
    if inner.alg not in MACS:
        raise Bad('RFC 8555 7.3.4: alg %r is no MAC' % inner.alg)
    if inner.header['url'] != url:
        raise Bad('RFC 8555 7.3.4: another url than the outer JWS')
    if inner.object() != jwk:
        raise Bad('RFC 8555 7.3.4: the payload is not the account key')
    key = keys.get(inner.header['kid'])
    made = hmac.new(key or b'', inner.signed, MACS[inner.alg]).digest()
    if key is None or not hmac.compare_digest(made, inner.signature):
        raise Bad('RFC 8555 7.3.4: the MAC does not verify', 'unauthorized', 403)


def check_key_change(jws, url, account_url, old_jwk):
    """RFC 8555 7.3.5: the new key, out of the inner JWS"""
    inner = Jws(jws.object(), 'the inner JWS')
    members(inner.header, ('alg', 'jwk', 'url'), (), 'RFC 8555 7.3.5')
    if inner.header['url'] != url:
        raise Bad('RFC 8555 7.3.5: another url than the outer JWS')
    inner.check(inner.header['jwk'])
    said = inner.object()
    members(said, ('account', 'oldKey'), (), 'RFC 8555 7.3.5')
    if said['account'] != account_url or said['oldKey'] != old_jwk:
        raise Bad('RFC 8555 7.3.5: another account or another old key')
    return inner.header['jwk']


# ---- payloads -----------------------------------------------------------------------
def check_contact(contacts):
    for c in contacts:
        if not re.fullmatch(r'mailto:[^@?,]+@[^@?,]+', c):
            raise Bad('RFC 8555 7.3: contact %r' % c, 'invalidContact')


def check_identifier(row):
    members(row, ('type', 'value'), (), 'RFC 8555 7.4')
    kind, value = row['type'], row['value']
    if kind == 'ip':
        if str(ipaddress.ip_address(value)) != value:
            raise Bad('RFC 8738 3, RFC 5952 4: %r is not the canonical text' % value)
    elif kind == 'dns':
        value = value.lower()                   # RFC 5280 7.2: case means nothing
        labels = value[2:].split('.') if value.startswith('*.') else value.split('.')
        if not all(re.fullmatch(r'(?!-)[a-z0-9-]{1,63}(?<!-)', one) for one in labels) or \
                len(value) > 253:
            raise Bad('RFC 5280 4.2.1.6: %r is no host name' % value)
    else:
        raise Bad('RFC 8555 9.7.7: an identifier of type %r' % kind, 'unsupportedIdentifier')
    return kind, value


def check_names(csr, identifiers):
    """RFC 8555 7.4: the names of a request are exactly those of the order"""
    from cryptography import x509
    if not csr.is_signature_valid:
        raise Bad('RFC 2986 4.2: the request is not signed by its own key', 'badCSR')
    try:
        san = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise Bad('RFC 8555 7.4: no subjectAltName', 'badCSR')
    asked = {('dns', v.lower()) for v in san.get_values_for_type(x509.DNSName)} | \
            {('ip', str(v)) for v in san.get_values_for_type(x509.IPAddress)}
    wanted = {(i['type'], i['value']) for i in identifiers}
    if asked != wanted or len(list(san)) != len(asked):
        raise Bad('RFC 8555 7.4: for %s instead of %s' % (sorted(asked), sorted(wanted)), 'badCSR')
    for name in csr.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME):
        if name.value.lower() not in {v for _, v in wanted}:
            raise Bad('RFC 8555 7.4: common name %r is none of the names' % name.value, 'badCSR')


def check_dialect(request):
    """RFC 8555 6.1, RFC 9112 3.2: what every request says"""
    if request.version != 'HTTP/1.1' or request.count.get('host') != 1:
        raise Bad('RFC 9112 3.2: no HTTP/1.1 or not one Host')
    if not request.header.get('user-agent'):
        raise Bad('RFC 8555 6.1: no User-Agent')
    if [n for n in ('content-type', 'content-length', 'authorization') if request.count.get(n, 1) != 1]:
        raise Bad('RFC 9110 5.3: a header twice')
    if request.header.get('cookie'):
        raise Bad('RFC 8555 10: a cookie')
    if request.method == 'POST' and request.header.get('content-type') != 'application/jose+json':
        raise Bad('RFC 8555 6.2: content type %r' % request.header.get('content-type'), status=415)
    if request.method != 'POST' and request.body:
        raise Bad('RFC 9110 9.3.1: a body with ' + request.method)
