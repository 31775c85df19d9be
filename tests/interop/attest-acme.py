#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An ACME server for devices, written from draft-ietf-acme-device-attest, WebAuthn
and RFC 8949; what orders and messages are is bad-acme.py's.

usage: attest-acme.py DIR MAKER

It issues for permanent identifiers.  The attestation must lead to a certificate in
MAKER, as openssl verify judges, be of the key that is certified and tell of the
serial number that was ordered; the signature over the key authorization must be
that key's.  DIR/mode as for bad-acme.py, and "finalize discreet": the certificate
does not name the device.
"""

import datetime
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

import bad_server

SPEC = importlib.util.spec_from_file_location(
    'bad', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'bad-acme.py'))
bad = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(bad)

MAKER = sys.argv[2]
SERIAL = x509.ObjectIdentifier('1.3.6.1.4.1.41482.3.7')
PERMANENT = x509.ObjectIdentifier('1.3.6.1.5.5.7.8.3')	# RFC 4043


def refuse(words):
    raise bad.Refused('badAttestationStatement', detail=words)


def cbor(data):
    """One item and what follows it; heads must be the shortest (RFC 8949 4.2.1)."""
    major, n, rest = data[0] >> 5, data[0] & 31, data[1:]
    if n > 27:
        refuse('CBOR of no definite length')
    if n >= 24:
        width = 1 << (n - 24)
        n, rest = int.from_bytes(rest[:width], 'big'), rest[width:]
        if n < 24 or (width > 1 and n < 1 << (4 * width)):
            refuse('CBOR longer than needed')
    if major == 0:
        return n, rest
    if major == 1:
        return -1 - n, rest
    if major in (2, 3):
        if n > len(rest):
            refuse('CBOR that is cut')
        return (rest[:n] if major == 2 else rest[:n].decode()), rest[n:]
    if major == 4:
        out = []
        for _ in range(n):
            item, rest = cbor(rest)
            out.append(item)
        return out, rest
    if major == 5:
        out = {}
        for _ in range(n):
            name, rest = cbor(rest)
            out[name], rest = cbor(rest)
        return out, rest
    return refuse('CBOR of another kind')


def whole(data):
    item, rest = cbor(data)
    if rest:
        refuse('something follows')
    return item


def leads_to_maker(chain):
    with tempfile.TemporaryDirectory() as d:
        for name, certs in (('leaf', chain[:1]), ('rest', chain[1:])):
            with open(os.path.join(d, name), 'wb') as f:
                f.write(b''.join(c.public_bytes(serialization.Encoding.PEM) for c in certs))
        rest = ['-untrusted', d + '/rest'] if len(chain) > 1 else []
        return subprocess.run(['openssl', 'verify', '-partial_chain', '-CAfile', MAKER]
                              + rest + [d + '/leaf'], capture_output=True,
                              check=False).returncode == 0


def check_possession(key, alg, sig, text):
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and alg == -7 and key.key_size == 256:
            key.verify(sig, text, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, ec.EllipticCurvePublicKey) and alg == -35 and key.key_size == 384:
            key.verify(sig, text, ec.ECDSA(hashes.SHA384()))
        elif isinstance(key, rsa.RSAPublicKey) and alg == -257:
            key.verify(sig, text, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ed25519.Ed25519PublicKey) and alg == -8:
            key.verify(sig, text)
        else:
            refuse('alg %d does not go with the key' % alg)
    except InvalidSignature:
        refuse('the signature is not over the key authorization')


def thumbprint(jwk):	# RFC 7638
    text = '{' + ','.join('"%s":"%s"' % (k, jwk[k]) for k in sorted(jwk)) + '}'
    return bad.b64(hashlib.sha256(text.encode()).digest())


def token_of(rest):
    return bad.b64(hashlib.sha256(rest.encode()).digest())


def authz(base, m, rest, how):
    i, k = (int(n) for n in rest.split('/'))
    proven = k in bad.ORDERS[i]['proven']
    return 200, {'status': 'valid' if proven else 'pending',
                 'identifier': {'type': 'permanent-identifier',
                                'value': bad.ORDERS[i]['names'][k]},
                 'challenges': [{'type': 'device-attest-01',
                                 'url': base + '/challenge/' + rest,
                                 'status': 'valid' if proven else 'pending',
                                 'token': token_of(rest)}]}, {}


def challenge(base, m, rest, how):
    i, k = (int(n) for n in rest.split('/'))
    o = bad.ORDERS[i]
    if sorted(m[0]) != ['attObj']:
        raise bad.Refused('malformed')
    said = whole(bad.unb64(m[0]['attObj']))
    if sorted(said) != ['attStmt', 'fmt'] or said['fmt'] != 'step' or \
            sorted(said['attStmt']) != ['alg', 'sig', 'x5c']:
        refuse('no attestation of the format step')
    chain = [x509.load_der_x509_certificate(c) for c in said['attStmt']['x5c']]
    if not leads_to_maker(chain):
        refuse('it leads to no maker that is believed')
    check_possession(chain[0].public_key(), said['attStmt']['alg'],
                     whole(said['attStmt']['sig']),
                     (token_of(rest) + '.' + thumbprint(m[1])).encode())
    serial = chain[0].extensions.get_extension_for_oid(SERIAL).value.value
    if serial[0] != 2 or str(int.from_bytes(serial[2:], 'big')) != o['names'][k]:
        refuse('it is of another device')
    o['proven'].add(k)
    o['attested'] = chain[0].public_key()
    if len(o['proven']) == len(o['names']):
        o['status'] = 'ready'
    return 200, {'type': 'device-attest-01', 'url': base + '/challenge/' + rest,
                 'status': 'valid', 'token': token_of(rest)}, {}


def permanent(value):
    text = b'\x0c' + bytes([len(value)]) + value.encode()
    return x509.OtherName(PERMANENT, b'\x30' + bytes([len(text)]) + text)


def finalize(base, m, rest, how):
    i = int(rest)
    o = bad.ORDERS[i]
    if o['status'] != 'ready':
        raise bad.Refused('orderNotReady', 403)
    csr = x509.load_der_x509_csr(bad.unb64(m[0]['csr']))
    san = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    der = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if not csr.is_signature_valid or list(san) != [permanent(n) for n in o['names']]:
        raise bad.Refused('badCSR')
    if csr.public_key().public_bytes(*der) != o['attested'].public_bytes(*der):
        raise bad.Refused('badCSR', detail='not the attested key')
    b = (x509.CertificateBuilder().subject_name(bad_server.name('')).issuer_name(bad.CA.name)
         .public_key(csr.public_key()).serial_number(x509.random_serial_number())
         .not_valid_before(datetime.datetime.utcnow() - bad_server.DAY)
         .not_valid_after(datetime.datetime.utcnow() + 30 * bad_server.DAY))
    if how != 'discreet':
        b = b.add_extension(x509.SubjectAlternativeName(
            [permanent(n) for n in o['names']]), True)
    o.update(status='valid', key=csr.public_key(),
             pem=bad_server.pem(b.sign(bad.CA.key, hashes.SHA256())) + bad_server.pem(bad.CA.cert))
    return 200, bad.describe(base, i), {}


OURS = {'authz': authz, 'challenge': challenge, 'finalize': finalize}
bad.STEPS = [(step, path, OURS.get(step, fn)) for step, path, fn in bad.STEPS]
bad.main()
