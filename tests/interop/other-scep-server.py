#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A SCEP server written from RFC 8894 and RFC 5652 and from nothing else.

usage: other-scep-server.py DIR [PORT]

It judges SCEP clients, so it shares no line with tamga: asn1crypto takes messages
apart, cryptography does the arithmetic.  It prints the port it listens on.

/NAME/scep is a server of its own, as DIR/NAME/options has it, one a line; they are the
ways in which servers differ, and in which they lie.  It writes to DIR/NAME/violations
what clients did wrong, clause cited, to requests what they asked, to issued the SHA-256
of what it issued.  What is known of transactions is kept, so it can be stopped and
started.

What clients need: DIR/rsa-ca.pem or DIR/ec-ca.pem; rsa-ca2.pem is the CA that follows.
"""
import argparse
import base64
import datetime
import hashlib
import http.server
import json
import os
import sys
import urllib.parse

from asn1crypto import algos, cms, core, csr, x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509.oid import NameOID, ObjectIdentifier

p = argparse.ArgumentParser()
p.add_argument('--caps', default='AES,POSTPKIOperation,Renewal,SCEPStandard,SHA-256,SHA-512')
p.add_argument('--ra', choices=['none', 'one', 'two'], default='none')
p.add_argument('--ca-key', choices=['rsa', 'ec'], default='rsa')
p.add_argument('--challenge', default='', help='what a PKCSReq must have')
p.add_argument('--office', help='SHA-256 of the certificate of a registration authority, '
               'which signs the messages of others')
p.add_argument('--pending', type=int, default=0, help='answers before the decision; '
               'less than before also counts for what waits already')
p.add_argument('--fail', help='failInfo of every answer; "none": a failure without one')
p.add_argument('--fail-text')
p.add_argument('--cipher', choices=['aes128', 'aes256', 'des3'], default='aes128')
p.add_argument('--hash', choices=['sha256', 'sha512', 'sha1'], default='sha256')
p.add_argument('--order', choices=['first', 'last'], default='first', help='of the certificate')
p.add_argument('--lie', default='', help='what is wrong with the answers')
p.add_argument('--next', default='no', help='what GetNextCACert is answered with', choices=[
    'no', 'good', 'soon', 'missing', 'forged', 'by-ra', 'changed', 'sha1', 'empty', 'no-ca', 'garbage'])
p.add_argument('--rolled', action='store_true', help='the CA that follows soon is in force')
HOME = sys.argv[1]
NOW = datetime.datetime.utcnow()
DAY = datetime.timedelta(days=1)

MESSAGE_TYPE, PKI_STATUS, FAIL_INFO, SENDER_NONCE, RECIPIENT_NONCE, TRANSACTION_ID = [
    '2.16.840.1.113733.1.9.%d' % n for n in range(2, 8)]
FAIL_TEXT = '1.3.6.1.5.5.7.24.1'
CERT_REP, RENEWAL_REQ, PKCS_REQ, CERT_POLL, GET_CERT, GET_CRL = '3', '17', '19', '20', '21', '22'
SUCCESS, FAILURE, PENDING = '0', '2', '3'


def place(name):
    return os.path.join(directory, name)


def has(word):
    """RFC 8894 3.5.2: what SCEPStandard promises, and case does not matter."""
    promised = ['aes', 'postpkioperation', 'sha-256'] if 'scepstandard' in caps else []
    return word.lower() in caps + promised


def note(file, text):
    with open(place(file), 'a') as f:
        f.write(text + '\n')


class Broken(Exception):
    """What cannot be judged any further."""


def violation(clause, text, fatal=False):
    note('violations', '%s: %s' % (clause, text))
    if fatal:
        raise Broken(text)


# ---- who we are ----------------------------------------------------------------
def new_key(kind='rsa'):
    return rsa.generate_private_key(65537, 2048) if kind == 'rsa' else \
        ec.generate_private_key(ec.SECP256R1())


class Party:
    """A key and its certificate, kept."""

    def __init__(self, name, kind, issuer=None, ca=False, usage=None, purposes=(), start=-DAY):
        self.path = os.path.join(HOME, '%s-%s.key' % (opt.ca_key, name))
        if os.path.exists(self.path):
            data = open(self.path, 'rb').read()
            self.key = serialization.load_pem_private_key(data, None)
            self.cert = x509.load_pem_x509_certificate(data)
        else:
            self.make(name, kind, issuer, ca, usage, purposes, start)
        self.der = self.cert.public_bytes(serialization.Encoding.DER)

    def make(self, name, kind, issuer, ca, usage, purposes, start):
        self.key = new_key(kind)
        subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Other House'),
                             x509.NameAttribute(NameOID.COMMON_NAME, name)])
        b = x509.CertificateBuilder().subject_name(subject).public_key(self.key.public_key())
        b = b.issuer_name(issuer.cert.subject if issuer else subject)
        b = b.serial_number(x509.random_serial_number())
        b = b.not_valid_before(NOW + start).not_valid_after(NOW + 90 * DAY)
        b = b.add_extension(x509.BasicConstraints(ca, None), True)
        names = ['digital_signature', 'content_commitment', 'key_encipherment',
                 'data_encipherment', 'key_agreement', 'key_cert_sign', 'crl_sign',
                 'encipher_only', 'decipher_only']
        b = b.add_extension(x509.KeyUsage(**{n: n in (usage or ()) for n in names}), True)
        if purposes:
            b = b.add_extension(x509.ExtendedKeyUsage(
                [ObjectIdentifier(oid) for oid in purposes]), False)
        self.cert = b.sign((issuer or self).key, hashes.SHA256())
        with open(self.path, 'wb') as f:
            f.write(self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption()))
            f.write(self.cert.public_bytes(serialization.Encoding.PEM))
        with open(self.path[:-4] + '.pem', 'wb') as f:
            f.write(self.cert.public_bytes(serialization.Encoding.PEM))


CMC_RA = '1.3.6.1.5.5.7.3.28'
parties = {}


def party(name, *arguments, **more):
    whole = opt.ca_key + name
    if whole not in parties:
        parties[whole] = Party(name, *arguments, **more)
    return parties[whole]


def become(name):
    """The server of that name, for one question."""
    global opt, caps, directory, state, ca, former, signing, decrypting, stranger, subscriber, following
    directory = os.path.join(HOME, name)
    opt = p.parse_args(open(place('options')).read().splitlines())
    caps = [word.lower() for word in opt.caps.split(',') if word]
    if opt.next != 'no':
        caps.append('getnextcacert')
    ca = party('ca', opt.ca_key, ca=True,
               usage=('digital_signature', 'key_encipherment', 'key_cert_sign', 'crl_sign')
               if opt.ca_key == 'rsa' else ('key_cert_sign', 'crl_sign'))
    former = ca
    heir = party('ca3', 'rsa', ca=True,
                 usage=('digital_signature', 'key_encipherment', 'key_cert_sign', 'crl_sign'))
    if opt.rolled:
        ca = heir
    signing = decrypting = ca
    if opt.ra == 'one':
        signing = decrypting = party('ra', 'rsa', ca, purposes=[CMC_RA],
                                     usage=('digital_signature', 'key_encipherment'))
    if opt.ra == 'two':
        signing = party('ra-signs', 'rsa', ca, usage=('digital_signature',), purposes=[CMC_RA])
        decrypting = party('ra-decrypts', 'rsa', ca, usage=('key_encipherment',), purposes=[CMC_RA])
    stranger = party('stranger', 'rsa', ca=True, usage=('digital_signature', 'key_cert_sign'))
    subscriber = party('subscriber', 'rsa', ca, usage=('digital_signature', 'key_encipherment'),
                       purposes=['1.3.6.1.5.5.7.3.2'])
    following = party('ca2', 'rsa', ca=True, usage=('digital_signature', 'key_cert_sign'),
                      start=30 * DAY) if opt.next != 'soon' else heir
    for file in ('violations', 'requests', 'issued'):
        open(place(file), 'a').close()
    try:
        state = json.load(open(place('state')))
    except FileNotFoundError:
        state = {'nonces': [], 'transactions': {}}


def keep_state():
    """Whole at every moment: we may be killed."""
    with open(place('state.new'), 'w') as f:
        json.dump(state, f)
    os.replace(place('state.new'), place('state'))


# ---- CMS -----------------------------------------------------------------------
def certs_only(certs):
    return cms.ContentInfo({'content_type': 'signed_data', 'content': cms.SignedData({
        'version': 'v1', 'digest_algorithms': [], 'encap_content_info': {'content_type': 'data'},
        'certificates': [cms.CertificateChoices('certificate', asn1_x509.Certificate.load(c))
                         for c in certs], 'signer_infos': []})}).dump()


def attribute(oid, value):
    class OneValue(core.SetOf):
        _child_spec = type(value)

    class Attribute(core.Sequence):
        _fields = [('type', core.ObjectIdentifier), ('values', OneValue)]
    return Attribute({'type': oid, 'values': [value]}).dump()


def tlv(tag, body):
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, 'big')
    return bytes([tag, 128 | len(octets)]) + octets + body


HASH = {'sha256': hashes.SHA256(), 'sha512': hashes.SHA512(), 'sha1': hashes.SHA1()}


def signed_data(attributes, content, by, content_type='1.2.840.113549.1.7.1'):
    """SignedData by one signer: RFC 5652 5.3, the attributes of RFC 8894 3.2.1."""
    digest = hashlib.new(opt.hash, content if content is not None else b'').digest()
    rows = [attribute('1.2.840.113549.1.9.3', core.ObjectIdentifier(content_type)),
            attribute('1.2.840.113549.1.9.4', core.OctetString(digest))] + attributes
    inside = b''.join(sorted(rows))
    if isinstance(by.key, ec.EllipticCurvePrivateKey):
        signature = by.key.sign(tlv(0x31, inside), ec.ECDSA(HASH[opt.hash]))
        algorithm = opt.hash + '_ecdsa'
    else:
        signature = by.key.sign(tlv(0x31, inside), padding.PKCS1v15(), HASH[opt.hash])
        algorithm = 'rsassa_pkcs1v15'
    md = algos.DigestAlgorithm({'algorithm': opt.hash, 'parameters': core.Null()}).dump()
    theirs = asn1_x509.Certificate.load(by.der)
    sid = tlv(0x30, theirs.issuer.dump() + theirs['tbs_certificate']['serial_number'].dump())
    signer = tlv(0x30, core.Integer(1).dump() + sid + md + tlv(0xa0, inside) +
                 algos.SignedDigestAlgorithm({'algorithm': algorithm}).dump() +
                 tlv(4, signature))
    data = core.ObjectIdentifier(content_type).dump()
    if content is not None:
        data += tlv(0xa0, tlv(4, content))
    return tlv(0x30, core.ObjectIdentifier('1.2.840.113549.1.7.2').dump() + tlv(0xa0, tlv(
        0x30, core.Integer(1).dump() + tlv(0x31, md) + tlv(0x30, data) +
        tlv(0xa0, by.der) + tlv(0x31, signer))))


CIPHERS = {'aes128': ('aes128_cbc', algorithms.AES, 16, 16), 'aes256': ('aes256_cbc', algorithms.AES, 32, 16),
           'des3': ('tripledes_3key', algorithms.TripleDES, 24, 8)}


def envelope(content, to):
    name, cipher, size, block = CIPHERS[opt.cipher]
    key, iv = os.urandom(size), os.urandom(block)
    padder = PKCS7(block * 8).padder()
    encryptor = Cipher(cipher(key), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    theirs = asn1_x509.Certificate.load(to.public_bytes(serialization.Encoding.DER))
    return cms.ContentInfo({'content_type': 'enveloped_data', 'content': cms.EnvelopedData({
        'version': 'v0', 'recipient_infos': [cms.RecipientInfo('ktri', cms.KeyTransRecipientInfo({
            'version': 'v0', 'rid': cms.RecipientIdentifier('issuer_and_serial_number', {
                'issuer': theirs.issuer, 'serial_number': theirs.serial_number}),
            'key_encryption_algorithm': {'algorithm': 'rsaes_pkcs1v15', 'parameters': core.Null()},
            'encrypted_key': to.public_key().encrypt(key, padding.PKCS1v15())}))],
        'encrypted_content_info': {'content_type': 'data', 'content_encryption_algorithm': {
            'algorithm': name, 'parameters': core.OctetString(iv)}, 'encrypted_content': sealed}})}).dump()


# ---- what they asked -----------------------------------------------------------
def public_verify(key, signature, data, digest):
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), HASH[digest])
    else:
        key.verify(signature, data, ec.ECDSA(HASH[digest]))


def one_value(attributes, oid, name, kind, clause, wanted=True):
    """The value of an attribute that is there exactly once."""
    found = [a for a in attributes if a['type'].dotted == oid]
    if not wanted:
        if found:
            violation(clause, '%s does not belong into a request' % name)
        return None
    if len(found) != 1 or len(found[0]['values']) != 1:
        violation(clause, '%s is there %d times' % (name, len(found)), fatal=True)
    value = found[0]['values'][0]
    der = value.dump()
    if der[0] != kind.tag:
        violation(clause, '%s has the tag %#x' % (name, der[0]), fatal=True)
    return kind.load(der).native


class Question:
    """A pkiMessage, judged layer by layer."""

    def __init__(self, der):
        self.read_outer(der)
        self.read_attributes()
        self.read_envelope()

    def read_outer(self, der):
        info = cms.ContentInfo.load(der, strict=True)
        if info['content_type'].native != 'signed_data':
            violation('RFC 8894 3.2', 'not SignedData', fatal=True)
        signed = info['content']
        if signed['version'].native != 'v1':
            violation('RFC 8894 3.2', 'SignedData has version %s' % signed['version'].native)
        inner = signed['encap_content_info']
        if inner['content_type'].native != 'data':
            violation('RFC 8894 3.2', 'eContentType is not id-data')
        self.content = inner['content'].native
        if not self.content:
            violation('RFC 8894 3.2', 'there is no pkcsPKIEnvelope', fatal=True)
        if len(signed['signer_infos']) != 1:
            violation('RFC 8894 3.2', '%d signers' % len(signed['signer_infos']), fatal=True)
        self.signer = signed['signer_infos'][0]
        named = [a['algorithm'].native for a in signed['digest_algorithms']]
        self.digest = self.signer['digest_algorithm']['algorithm'].native
        if named != [self.digest]:
            violation('RFC 5652 5.1', 'digestAlgorithms are %s, the signer has %s' % (named, self.digest))
        if not has(self.digest.replace('sha', 'sha-')):
            violation('RFC 8894 3.5.2', '%s is not among our capabilities' % self.digest)
        self.find_signer(signed)
        self.check_signature()

    def find_signer(self, signed):
        sid = self.signer['sid']
        if sid.name != 'issuer_and_serial_number':
            violation('RFC 5652 5.3', 'version 1 and no issuerAndSerialNumber', fatal=True)
        theirs = [c.chosen for c in signed['certificates'] if c.name == 'certificate' and
                  c.chosen.issuer == sid.chosen['issuer'] and
                  c.chosen.serial_number == sid.chosen['serial_number'].native]
        if len(theirs) != 1:
            violation('RFC 8894 3.2', 'the signer\'s certificate is there %d times' % len(theirs), fatal=True)
        self.cert = x509.load_der_x509_certificate(theirs[0].dump())

    def check_signature(self):
        attributes = self.signer['signed_attrs']
        if len(attributes) == 0:
            violation('RFC 8894 3.2', 'no signed attributes', fatal=True)
        rows = [a.dump() for a in attributes]
        if rows != sorted(rows):
            violation('RFC 5652 5.3', 'the signed attributes are not in DER')
        inside = tlv(0x31, b''.join(sorted(rows)))
        name = self.signer['signature_algorithm'].signature_algo
        wanted = 'rsassa_pkcs1v15' if isinstance(self.cert.public_key(), rsa.RSAPublicKey) else 'ecdsa'
        if name != wanted:
            violation('RFC 5652 5.3', 'signatureAlgorithm is %s for a key of %s' % (name, wanted))
        try:
            public_verify(self.cert.public_key(), self.signer['signature'].native, inside, self.digest)
        except InvalidSignature:
            violation('RFC 5652 5.6', 'the signature is wrong', fatal=True)
        if len(self.signer['unsigned_attrs']) > 0:
            violation('RFC 8894 3.2', 'unsigned attributes')

    def read_attributes(self):
        rows = self.signer['signed_attrs']
        if one_value(rows, '1.2.840.113549.1.9.3', 'contentType', core.ObjectIdentifier,
                     'RFC 5652 11.1') != '1.2.840.113549.1.7.1':
            violation('RFC 8894 3.2', 'contentType is not id-data')
        digest = one_value(rows, '1.2.840.113549.1.9.4', 'messageDigest', core.OctetString, 'RFC 5652 11.2')
        if digest != hashlib.new(self.digest, self.content).digest():
            violation('RFC 5652 11.2', 'messageDigest is not that of the content', fatal=True)
        self.transaction = one_value(rows, TRANSACTION_ID, 'transactionID', core.PrintableString, 'RFC 8894 3.2.1.1')
        if not self.transaction:
            violation('RFC 8894 3.2.1.1', 'an empty transactionID', fatal=True)
        self.kind = one_value(rows, MESSAGE_TYPE, 'messageType', core.PrintableString, 'RFC 8894 3.2.1.2')
        if self.kind not in (PKCS_REQ, RENEWAL_REQ, CERT_POLL, GET_CERT, GET_CRL):
            violation('RFC 8894 3.2.1.2', 'messageType %s' % self.kind, fatal=True)
        self.nonce = one_value(rows, SENDER_NONCE, 'senderNonce', core.OctetString, 'RFC 8894 3.2.1.5')
        if len(self.nonce) != 16:
            violation('RFC 8894 3.2.1.5', 'senderNonce has %d bytes' % len(self.nonce))
        if self.nonce.hex() in state['nonces']:
            violation('RFC 8894 3.2.1.5', 'senderNonce was used before')
        state['nonces'].append(self.nonce.hex())
        for oid, name in ((RECIPIENT_NONCE, 'recipientNonce'), (PKI_STATUS, 'pkiStatus'), (FAIL_INFO, 'failInfo')):
            one_value(rows, oid, name, core.Any, 'RFC 8894 3.2.1', wanted=False)

    def read_envelope(self):
        info = cms.ContentInfo.load(self.content, strict=True)
        if info['content_type'].native != 'enveloped_data':
            violation('RFC 8894 3.2.2', 'the content is no EnvelopedData', fatal=True)
        data = info['content']
        if data['version'].native != 'v0':
            violation('RFC 8894 3.2.2', 'EnvelopedData has version %s' % data['version'].native)
        if len(data['recipient_infos']) != 1 or data['recipient_infos'][0].name != 'ktri':
            violation('RFC 8894 3.2.2', 'not encrypted to one key of RSA', fatal=True)
        to = data['recipient_infos'][0].chosen
        ours = asn1_x509.Certificate.load(decrypting.der)
        if to['rid'].chosen.native != {'issuer': ours.issuer.native, 'serial_number': ours.serial_number}:
            violation('RFC 8894 2.2', 'not encrypted to the certificate for that', fatal=True)
        if to['key_encryption_algorithm']['algorithm'].native != 'rsaes_pkcs1v15':
            violation('RFC 8894 3.2.2', 'key encryption by %s' % to['key_encryption_algorithm']['algorithm'].native)
        self.plain = self.decrypt(decrypting.key.decrypt(to['encrypted_key'].native, padding.PKCS1v15()),
                                  data['encrypted_content_info'])

    def decrypt(self, key, info):
        if info['content_type'].native != 'data':
            violation('RFC 8894 3.2.2', 'the encrypted content is not id-data')
        algorithm = info['content_encryption_algorithm']
        self.cipher = algorithm['algorithm'].native
        allowed = ('aes128_cbc', 'aes256_cbc') if has('AES') else ('tripledes_3key',)
        if self.cipher not in allowed:
            violation('RFC 8894 3.5.2', 'encrypted with %s' % self.cipher, fatal=True)
        cipher = algorithms.AES if self.cipher.startswith('aes') else algorithms.TripleDES
        if len(key) != {'aes128_cbc': 16, 'aes256_cbc': 32, 'tripledes_3key': 24}[self.cipher]:
            violation('RFC 3370 5', 'a key of %d bytes for %s' % (len(key), self.cipher), fatal=True)
        decryptor = Cipher(cipher(key), modes.CBC(algorithm['parameters'].native)).decryptor()
        padded = decryptor.update(info['encrypted_content'].native) + decryptor.finalize()
        unpadder = PKCS7(cipher.block_size).unpadder()
        return unpadder.update(padded) + unpadder.finalize()


def check_request(q):
    """The PKCS #10 of a PKCSReq or RenewalReq: RFC 8894 3.3.1, 2.3."""
    request = x509.load_der_x509_csr(q.plain)
    if not request.is_signature_valid:
        violation('RFC 2986 4.2', 'the request is not signed by its key', fatal=True)
    if not list(request.subject):
        violation('RFC 8894 2.4', 'the request has no subject')
    passwords = [a for a in csr.CertificationRequest.load(q.plain, strict=True)[
        'certification_request_info']['attributes'] if a['type'].native == 'challenge_password']
    if len(passwords) > 1 or passwords and len(passwords[0]['values']) != 1:
        violation('RFC 2985 5.4.1', 'challengePassword is not single')
    said = passwords[0]['values'][0].native if passwords else ''
    self_signed = q.cert.issuer == q.cert.subject
    if opt.office == q.cert.fingerprint(hashes.SHA256()).hex():
        note('requests', 'by the office')
    elif q.kind == RENEWAL_REQ:
        if not has('Renewal'):
            violation('RFC 8894 3.5.2', 'RenewalReq, which we do not have')
        check_ours(q, request)
    elif not self_signed:
        check_ours(q, request)
    else:
        check_wrapper(q, request)
    return request, said


def check_ours(q, request):
    try:
        public_verify(former.cert.public_key(), q.cert.signature, q.cert.tbs_certificate_bytes, 'sha256')
    except InvalidSignature:
        violation('RFC 8894 3.3.1.2', 'signed by a certificate that is none of ours', fatal=True)
    if q.cert.subject != request.subject:
        violation('RFC 8894 2.3', 'the renewed certificate has another subject')


def check_wrapper(q, request):
    try:
        public_verify(q.cert.public_key(), q.cert.signature, q.cert.tbs_certificate_bytes,
                      q.cert.signature_hash_algorithm.name)
    except InvalidSignature:
        violation('RFC 8894 2.3', 'a self-signed certificate that is not')
    if q.cert.subject != request.subject:
        violation('RFC 8894 2.3', 'the certificate of the message has another subject')
    if not q.cert.not_valid_before <= datetime.datetime.utcnow() <= q.cert.not_valid_after:
        violation('RFC 8894 2.3', 'the certificate of the message is not valid now')
    try:
        usage = q.cert.extensions.get_extension_for_class(x509.KeyUsage).value
        if not (usage.digital_signature and usage.key_encipherment):
            violation('RFC 8894 2.3', 'keyUsage is not digitalSignature and keyEncipherment')
    except x509.ExtensionNotFound:
        violation('RFC 8894 2.3', 'no keyUsage')

    def spki(key):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if spki(q.cert.public_key()) == spki(request.public_key()):
        note('requests', 'by its own key')
    elif isinstance(request.public_key(), rsa.RSAPublicKey) and not opt.challenge:
        violation('RFC 8894 2.3', 'another key, although the request\'s could')
    else:
        note('requests', 'by another key')


# ---- answers -------------------------------------------------------------------
def issue(request):
    b = x509.CertificateBuilder().subject_name(request.subject).issuer_name(ca.cert.subject)
    b = b.public_key(request.public_key()).serial_number(x509.random_serial_number())
    b = b.not_valid_before(NOW - DAY).not_valid_after(NOW + 60 * DAY)
    for extension in request.extensions:
        b = b.add_extension(extension.value, extension.critical)
    if opt.lie == 'key':
        b._public_key = new_key().public_key()
    der = b.sign((stranger if opt.lie == 'issuer' else ca).key, hashes.SHA256()).public_bytes(
        serialization.Encoding.DER)
    note('issued', hashlib.sha256(der).hexdigest())
    return der


def answer(q, status, fail=None, certs=None):
    transaction, nonce, kind = q.transaction, q.nonce, CERT_REP
    if opt.lie == 'transaction':
        transaction = transaction[:-1] + ('0' if transaction[-1] != '0' else '1')
    if opt.lie == 'nonce':
        nonce = bytes(16)
    if opt.lie == 'type':
        kind = PKCS_REQ
    rows = [attribute(TRANSACTION_ID, core.PrintableString(transaction)),
            attribute(MESSAGE_TYPE, core.PrintableString(kind)),
            attribute(SENDER_NONCE, core.OctetString(os.urandom(16)))]
    if opt.lie != 'no-nonce':
        rows.append(attribute(RECIPIENT_NONCE, core.OctetString(nonce)))
    if opt.lie == 'two-nonces':
        rows.append(attribute(RECIPIENT_NONCE, core.OctetString(bytes(16))))
    if opt.lie != 'no-status':
        rows.append(attribute(PKI_STATUS, core.PrintableString('7' if opt.lie == 'status' else status)))
    if fail is not None:
        rows.append(attribute(FAIL_INFO, core.PrintableString(fail)))
    if opt.fail_text and status == FAILURE:
        rows.append(attribute(FAIL_TEXT, core.UTF8String(opt.fail_text)))
    content = None
    if certs is not None:
        to = subscriber.cert if opt.lie == 'recipient' else q.cert
        content = b'\x30\x00' if opt.lie == 'envelope' else envelope(certs_only(certs), to)
        if opt.lie == 'no-certificate':
            content = None
    der = signed_data(rows, content,
                      {'stranger': stranger, 'subscriber': subscriber}.get(opt.lie, signing))
    if opt.lie == 'signature':
        der = der[:-1] + bytes([der[-1] ^ 1])
    return {'cut': der[:len(der) // 2], 'huge': der + bytes(1 << 22), 'trailing': der + b'\0'}.get(opt.lie, der)


def granted(q, row):
    der = base64.b64decode(row['cert'])
    leaf = [der]
    others = [ca.der] if opt.order == 'last' else []
    return answer(q, SUCCESS, certs=others + leaf)


def ask_certificate(q):
    request, said = check_request(q)
    if opt.fail is not None:
        return answer(q, FAILURE, None if opt.fail == 'none' else opt.fail)
    row = state['transactions'].get(q.transaction)
    if row is not None and row['request'] != hashlib.sha256(q.plain).hexdigest():
        violation('RFC 8894 3.2.1.1', 'a transactionID for two requests', fatal=True)
    renewal = q.cert.issuer != q.cert.subject
    if opt.challenge and not renewal and said != opt.challenge:
        return answer(q, FAILURE, '2')
    if row is None:
        row = state['transactions'][q.transaction] = {
            'request': hashlib.sha256(q.plain).hexdigest(), 'left': opt.pending,
            'subject': request.subject.rfc4514_string(), 'by': q.cert.fingerprint(hashes.SHA256()).hex(),
            'cert': base64.b64encode(issue(request)).decode()}
    if row['left'] > 0:
        return answer(q, PENDING)
    return granted(q, row)


class IssuerAndSubject(core.Sequence):
    _fields = [('issuer', asn1_x509.Name), ('subject', asn1_x509.Name)]


def ask_again(q):
    names = IssuerAndSubject.load(q.plain, strict=True)
    row = state['transactions'].get(q.transaction)
    if row is None:
        violation('RFC 8894 3.3.3', 'a CertPoll for a transaction that never was')
        return answer(q, FAILURE, '4')
    if x509.load_der_x509_certificate(ca.der).subject.public_bytes() != names['issuer'].dump():
        violation('RFC 8894 3.3.3', 'the issuer is not the CA')
    subject = x509.load_der_x509_certificate(base64.b64decode(row['cert'])).subject
    if subject.public_bytes() != names['subject'].dump():
        violation('RFC 8894 3.3.3', 'the subject is not the request\'s')
    if q.cert.fingerprint(hashes.SHA256()).hex() != row['by']:
        violation('RFC 8894 3.3.3', 'the poll is signed by another certificate than the request')
    if opt.fail is not None:
        return answer(q, FAILURE, None if opt.fail == 'none' else opt.fail)
    row['left'] = min(row['left'], opt.pending) - 1
    return answer(q, PENDING) if row['left'] > 0 else granted(q, row)


def operate(body):
    try:
        q = Question(body)
        note('requests', '%s %s %s %s' % (q.kind, q.transaction[:8], q.digest, q.cipher))
        if q.kind == CERT_POLL:
            return ask_again(q)
        if q.kind in (PKCS_REQ, RENEWAL_REQ):
            return ask_certificate(q)
        return answer(q, FAILURE, '2')
    except Broken:
        return None
    except (ValueError, TypeError, KeyError) as e:
        note('violations', 'RFC 8894 3: cannot be read: %r' % e)
        return None
    finally:
        keep_state()


# ---- HTTP ----------------------------------------------------------------------
MESSAGE = 'application/x-pki-message'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def say(self, status, kind, body):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Connection', 'close')     # one at a time
        self.end_headers()
        self.wfile.write(body)

    def query(self):
        """RFC 8894 4.1: the words as they stand, '+' not taken for anything."""
        path, _, query = self.path.partition('?')
        become(path.split('/')[1])
        said = dict(word.partition('=')[::2] for word in query.split('&'))
        note('requests', '%s %s' % (self.command, said.get('operation')))
        return said

    def message(self, body):
        der = operate(body)
        return self.say(200, MESSAGE, der) if der is not None else self.say(400, 'text/plain', b'no')

    def do_GET(self):
        said = self.query()
        operation = said.get('operation')
        if operation == 'GetCACaps':
            words = opt.caps.split(',') + ([] if opt.next == 'no' else ['GetNextCACert'])
            return self.say(200, 'text/plain', '\n'.join(words).encode()) if caps else \
                self.say(404, 'text/plain', b'')
        if operation == 'GetCACert':
            if opt.ra == 'none':
                return self.say(200, 'application/x-x509-ca-cert', ca.der)
            return self.say(200, 'application/x-x509-ca-ra-cert', certs_only(list(dict.fromkeys(
                one.der for one in [signing, decrypting, ca]))))
        if operation == 'GetNextCACert':
            return self.say_next()
        if operation == 'PKIOperation':
            text = said.get('message', '')
            if '+' in text or '/' in text:
                violation('RFC 8894 4.1', 'the message is not escaped')
            if has('POSTPKIOperation'):
                violation('RFC 8894 3.5.2', 'GET, although POST is to be had')
            return self.message(base64.b64decode(urllib.parse.unquote(text), validate=True))
        violation('RFC 8894 4', 'operation %s' % operation)
        return self.say(400, 'text/plain', b'')

    def say_next(self):
        if opt.next == 'no':
            violation('RFC 8894 4.7', 'GetNextCACert, which is none of our capabilities')
        if opt.next in ('no', 'missing'):
            return self.say(404, 'text/plain', b'')
        named = {'empty': [], 'no-ca': [subscriber.der]}.get(opt.next, [following.der])
        if opt.next == 'sha1':
            opt.hash = 'sha1'
        der = signed_data([], certs_only(named), {'forged': stranger, 'by-ra': signing}.get(opt.next, ca))
        if opt.next == 'changed':
            der = der[:-1] + bytes([der[-1] ^ 1])
        if opt.next == 'garbage':
            der = der[:100]
        return self.say(200, 'application/x-x509-next-ca-cert', der)

    def do_POST(self):
        said = self.query()
        body = self.rfile.read(int(self.headers['Content-Length']))
        if said.get('operation') != 'PKIOperation':
            violation('RFC 8894 4.1', 'POST of %s' % said.get('operation'))
        if not has('POSTPKIOperation'):
            violation('RFC 8894 3.5.2', 'POST, which we do not have')
        if self.headers['Content-Type'] != MESSAGE:
            violation('RFC 8894 4.1', 'Content-Type is %s' % self.headers['Content-Type'])
        return self.message(body)

    def log_message(self, *words):
        pass


server = http.server.HTTPServer(('127.0.0.1', int((sys.argv + ['0'])[2])), Handler)
print(server.server_port, flush=True)
server.serve_forever()
