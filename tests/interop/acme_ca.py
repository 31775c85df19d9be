# SPDX-License-Identifier: BSD-2-Clause
"""The certification authority behind peer-acme.py: roots, issuing CAs, chains."""

import base64
import datetime
import ipaddress
import os
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = datetime.timedelta(days=1)


def named(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


class Authority:
    """A root, so many CAs under it, and a second root that signed the first CA too."""

    def __init__(self, folder, depth):
        self.folder = folder
        self.now = datetime.datetime.utcnow()
        self.rows = [self.make_ca('Peer Root', None)]
        for n in range(depth - 1):
            self.rows.append(self.make_ca('Peer CA %d' % (n + 1), self.rows[-1]))
        self.issuer = self.rows[-1]
        self.other = self.make_ca('OtherRoot', None)
        self.crossed = self.sign('Peer Root', self.rows[0][0].public_key(), self.other, ca=True)
        self.tls = self.make_tls()
        self.save('root.pem', self.rows[0][1])
        self.save('other.pem', self.other[1])
        self.save('ca.pem', self.rows[0][1], self.tls)

    def sign(self, subject, public, issuer, ca=False, names=None, days=60):
        key, cert = issuer
        b = x509.CertificateBuilder().subject_name(named(subject) if subject else x509.Name([]))
        b = b.issuer_name(cert.subject if cert else named(subject)).public_key(public)
        b = b.serial_number(0x80 << 120 | secrets.randbits(119))     # 9773 4.1: a leading 00
        b = b.not_valid_before(self.now - DAY / 24).not_valid_after(self.now + days * DAY)
        b = b.add_extension(x509.BasicConstraints(ca, None), True)
        b = b.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        b = b.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
            key.public_key()), False)
        if names:
            b = b.add_extension(x509.SubjectAlternativeName(names), not subject)
        return b.sign(key, hashes.SHA256())

    def make_ca(self, name, issuer):
        key = ec.generate_private_key(ec.SECP256R1())
        return key, self.sign(name, key.public_key(), issuer or (key, None), ca=True, days=999)

    def make_tls(self):
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName('localhost'), x509.IPAddress(ipaddress.ip_address('127.0.0.1')),
                 x509.IPAddress(ipaddress.ip_address('::1'))]
        cert = self.sign('localhost', key.public_key(), (key, None), names=names)
        self.save('tls.pem', cert)
        with open(os.path.join(self.folder, 'tls.key'), 'wb') as f:
            f.write(key.private_bytes(serialization.Encoding.PEM,
                                      serialization.PrivateFormat.PKCS8,
                                      serialization.NoEncryption()))
        return cert

    def save(self, name, *certs):
        with open(os.path.join(self.folder, name), 'wb') as f:
            for cert in certs:
                f.write(cert.public_bytes(serialization.Encoding.PEM))

    def issue(self, csr, identifiers):
        """Names by CABF fashion: in subjectAltName, no common name"""
        names = [x509.DNSName(i['value']) if i['type'] == 'dns' else
                 x509.IPAddress(ipaddress.ip_address(i['value'])) for i in identifiers]
        return self.sign('', csr.public_key(), self.issuer, names=names)

    def chain(self, leaf, alternate=False):
        """The leaf, then each issuer, the root left out (RFC 8555 9.1)"""
        rows = [leaf] + [cert for _, cert in reversed(self.rows[1:])]
        return rows + [self.crossed] if alternate else rows


def der(cert):
    return cert.public_bytes(serialization.Encoding.DER)


def cert_id(cert):
    """RFC 9773 4.1: the key identifier, a dot, the serial number's content octets"""
    def b64(data):
        return base64.urlsafe_b64encode(data).rstrip(b'=').decode()
    aki = cert.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    n = cert.serial_number
    return b64(aki.key_identifier) + '.' + b64(n.to_bytes(n.bit_length() // 8 + 1, 'big'))


def pem(chain, style):
    """RFC 8555 9.1, RFC 7468: in the ways in which people write it"""
    rows = []
    for cert in chain:
        text = base64.b64encode(der(cert)).decode()
        lines = [text[i:i + 64] for i in range(0, len(text), 64)]
        rows.append(['-----BEGIN CERTIFICATE-----', *lines, '-----END CERTIFICATE-----'])
    if style == 'comments':                     # RFC 7468 5.2; RFC 8555 9.1 forbids it to CAs
        rows = [['subject=/CN=x', 'issuer=/CN=y', *row, ''] for row in rows]
    if style == 'blank':
        rows = [['', *row, ''] for row in rows]
    end = {'crlf': '\r\n', 'cr': '\r'}.get(style, '\n')
    text = end.join(end.join(row) for row in rows)
    return (text + ('' if style == 'no-end' else end)).encode()
