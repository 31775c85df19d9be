#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A SCEP client by another hand: from RFC 8894 and RFC 5652, with openssl(1) for the arithmetic.

It is read by ra-scep.py.  Every layer of a message can be made wrong.
"""
import base64
import hashlib
import os
import re
import subprocess
import urllib.parse

PKCS_REQ, RENEWAL_REQ, CERT_POLL, GET_CERT, GET_CRL = 19, 17, 20, 21, 22
SUCCESS, FAILURE, PENDING = '0', '2', '3'
BAD_ALG, BAD_CHECK, BAD_REQUEST, BAD_TIME, BAD_CERT_ID = '0', '1', '2', '3', '4'

DATA, SIGNED, ENVELOPED = '1.2.840.113549.1.7.1', '1.2.840.113549.1.7.2', '1.2.840.113549.1.7.3'
RSA = '1.2.840.113549.1.1.1'
HASHES = {'sha256': '2.16.840.1.101.3.4.2.1', 'sha512': '2.16.840.1.101.3.4.2.3',
          'sha1': '1.3.14.3.2.26', 'md5': '1.2.840.113549.2.5'}
VERISIGN = '2.16.840.1.113733.1.9.'
TYPE, STATUS, FAIL, SENDER, RECIPIENT, TRANSACTION = [VERISIGN + str(n) for n in range(2, 8)]
FAIL_TEXT = '1.3.6.1.5.5.7.24.1'


def run(*command, data=None):
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


# ---- DER ----

def tlv(tag, *parts):
    value = b''.join(parts)
    if len(value) < 128:
        return bytes([tag, len(value)]) + value
    octets = (len(value).bit_length() + 7) // 8
    return bytes([tag, 128 | octets]) + len(value).to_bytes(octets, 'big') + value


def seq(*parts):
    return tlv(0x30, *parts)


def put(*parts):
    return tlv(0x31, *sorted(parts))


def oid(text):
    first, second, *rest = [int(n) for n in text.split('.')]
    out = bytes([40 * first + second])
    for n in rest:
        digits = [n & 127]
        while n > 127:
            n >>= 7
            digits.insert(0, 128 | n & 127)
        out += bytes(digits)
    return tlv(6, out)


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, 'big'))


def printable(text):
    return tlv(0x13, str(text).encode())


def take(data):
    """The tag, value and rest of what data begins with."""
    at, length = 2, data[1]
    if length & 128:
        octets = length & 127
        length = int.from_bytes(data[2:2 + octets], 'big')
        at += octets
    assert at + length <= len(data)
    return data[0], data[at:at + length], data[at + length:]


def children(data):
    out = []
    while data:
        tag, value, rest = take(data)
        out.append((tag, value, data[:len(data) - len(rest)]))
        data = rest
    return out


def dotted(value):
    numbers, n = [], 0
    for byte in value:
        n = n << 7 | byte & 127
        if not byte & 128:
            numbers.append(n)
            n = 0
    first = min(numbers[0] // 40, 2)
    return '.'.join(str(n) for n in [first, numbers[0] - 40 * first] + numbers[1:])


def pem_der(path):
    text = open(path).read()
    return base64.b64decode(re.search('-----BEGIN[^-]*-----(.*?)-----', text, re.S).group(1))


def of_cert(der):
    """Issuer, serial number and subject of a certificate, each as it is written."""
    tbs = children(take(children(take(der)[1])[0][2])[1])
    if tbs[0][0] == 0xa0:
        tbs = tbs[1:]
    return tbs[2][2], tbs[0][2], tbs[4][2]


# ---- keys and requests ----

def new_key(name, kind):
    options = {'rsa': ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
               'weak': ['RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
               'ec': ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256']}[kind]
    run('openssl', 'genpkey', '-algorithm', *options, '-out', name + '.key')


def new_request(name, cn, challenge=None, key=None):
    """NAME.der; openssl drops attributes where the subject comes by an option."""
    with open(name + '.cnf', 'w') as f:
        f.write('[req]\nprompt=no\nutf8=yes\nstring_mask=utf8only\ndistinguished_name=dn\n')
        f.write('attributes=attr\n' if challenge else '')
        f.write('[dn]\nCN=%s\n' % cn)
        f.write('[attr]\nchallengePassword=%s\n' % challenge if challenge else '')
    run('openssl', 'req', '-new', '-config', name + '.cnf', '-key', (key or name) + '.key',
        '-outform', 'DER', '-out', name + '.der')
    return open(name + '.der', 'rb').read()


def wrap(name, cn, key=None):
    """NAME.pem: a certificate that a key signs for itself."""
    run('openssl', 'req', '-new', '-x509', '-utf8', '-key', (key or name) + '.key', '-days', '2',
        '-subj', '/CN=' + cn, '-out', name + '.pem')


# ---- messages ----

def envelope(content, recipient, cipher='aes128', legacy=False):
    more = ['-provider', 'legacy', '-provider', 'default'] if legacy else []
    return run('openssl', 'cms', '-encrypt', '-binary', '-' + cipher, '-outform', 'DER', *more,
               recipient, data=content)


def sign(key, md, data):
    return run('openssl', 'dgst', '-' + md, '-sign', key, data=data)


class Message:
    """Each attribute can be left out (None), each layer changed."""

    def __init__(self, kind, transaction, key, cert, content, md='sha256'):
        self.kind, self.transaction, self.key, self.cert = kind, transaction, key, cert
        self.content, self.md = content, md
        self.nonce = os.urandom(16)
        self.when = None               # UTCTime
        self.extra = []
        self.signature_algorithm = RSA

    def attributes(self):
        digest = hashlib.new(self.md, self.content).digest()
        rows = [('1.2.840.113549.1.9.3', oid(DATA)), ('1.2.840.113549.1.9.4', tlv(4, digest)),
                (TYPE, self.kind is not None and printable(self.kind)),
                (TRANSACTION, self.transaction is not None and printable(self.transaction)),
                (SENDER, self.nonce is not None and tlv(4, self.nonce)),
                ('1.2.840.113549.1.9.5', self.when and tlv(0x17, self.when.encode()))]
        return [seq(oid(name), tlv(0x31, value)) for name, value in rows + self.extra if value]

    def der(self):
        attributes = put(*self.attributes())
        cert = pem_der(self.cert)
        issuer, serial, _ = of_cert(cert)
        null = tlv(5)
        md = seq(oid(HASHES[self.md]), null)
        signer = seq(integer(1), seq(issuer, serial), md, b'\xa0' + attributes[1:],
                     seq(oid(self.signature_algorithm), null),
                     tlv(4, sign(self.key, self.md, attributes)))
        data = seq(oid(DATA), tlv(0xa0, tlv(4, self.content)))
        return seq(oid(SIGNED), tlv(0xa0, seq(integer(1), tlv(0x31, md), data, tlv(0xa0, cert),
                                              tlv(0x31, signer))))


class Reply:
    """A CertRep, its signature checked by openssl against the server's certificate."""

    def __init__(self, der, server, message):
        with open('reply.der', 'wb') as f:
            f.write(der)
        signed = children(children(take(der)[1])[1][1])
        parts = children(signed[0][1])
        signer = children(children(parts[-1][1])[0][1])
        self.said = {}
        for _, attribute, _ in children(signer[3][1]):
            name, values = children(attribute)
            self.said[dotted(name[1])] = children(values[1])[0][1]
        self.signature_algorithm = dotted(children(signer[4][1])[0][1])
        self.digest_algorithm = dotted(children(signer[2][1])[0][1])
        content = children(parts[2][1])
        self.content = children(content[1][1])[0][1] if len(content) > 1 else b''
        # without content openssl wants to be told that it is empty
        more = [] if self.content else ['-content', '/dev/null']
        run('openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', 'reply.der', '-noverify',
            '-nointern', '-certfile', server, '-out', 'reply.content', *more)
        assert self.text(TYPE) == '3', self.said
        assert self.text(TRANSACTION) == message.transaction, self.said
        assert self.said.get(RECIPIENT) == message.nonce, 'recipientNonce'
        assert len(self.said[SENDER]) == 16 and self.said[SENDER] != message.nonce
        assert self.signature_algorithm == RSA, self.signature_algorithm
        assert self.digest_algorithm == HASHES['sha256'], self.digest_algorithm

    def text(self, name):
        value = self.said.get(name)
        return value.decode() if value is not None else None

    @property
    def outcome(self):
        """SUCCESS, PENDING, or why not."""
        status = self.text(STATUS)
        if status != SUCCESS:
            assert self.content == b'', 'a refusal has no content'
        if status != FAILURE:
            assert self.text(FAIL) is None
            return {SUCCESS: 'success', PENDING: 'pending'}[status]
        return ['badAlg', 'badMessageCheck', 'badRequest', 'badTime', 'badCertId'][int(self.text(FAIL))]

    @property
    def why(self):
        return self.text(FAIL_TEXT)

    @property
    def cipher(self):
        enveloped = children(children(children(take(self.content)[1])[1][1])[0][1])
        return dotted(children(children(enveloped[-1][1])[1][1])[0][1])

    def open(self, key, cert):
        with open('reply.env', 'wb') as f:
            f.write(self.content)
        return run('openssl', 'cms', '-decrypt', '-binary', '-inform', 'DER', '-in', 'reply.env',
                   '-inkey', key, '-recip', cert)

    def certificate(self, key, cert, out):
        """The one certificate, DER; OUT is it in PEM."""
        degenerate = self.open(key, cert)
        pem = run('openssl', 'pkcs7', '-inform', 'DER', '-print_certs', data=degenerate).decode()
        assert pem.count('BEGIN CERT') == 1, pem
        with open(out, 'w') as f:
            f.write(pem)
        return pem_der(out)


def get_url(base, operation, message=None, escape=True):
    url = base + '?operation=' + operation
    if message is not None:
        text = base64.b64encode(message).decode()
        url += '&message=' + (urllib.parse.quote(text, safe='') if escape else text)
    return url
