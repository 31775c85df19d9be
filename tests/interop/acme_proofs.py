# SPDX-License-Identifier: BSD-2-Clause
"""What peer-acme.py looks at to believe a name: RFC 8555 8.3 and 8.4, RFC 8737, RFC 8738."""

import hashlib
import ipaddress
import os
import socket
import ssl

from cryptography import x509

from acme_judge import b64

IS_PROOF = x509.ObjectIdentifier('1.3.6.1.5.5.7.1.31')      # RFC 8737 3, id-pe-acmeIdentifier


def wrong_http(opt, name, token, proof):
    """RFC 8555 8.3: what stands at the address, white space after it apart"""
    place = '/.well-known/acme-challenge/' + token
    if opt.webroot:
        try:
            with open(opt.webroot + place, 'rb') as f:
                body = f.read()
        except OSError as e:
            return str(e)
    else:
        with socket.create_connection(('127.0.0.1', opt.http_port), timeout=5) as s:
            host = '[%s]' % name if ':' in name else name
            s.sendall(('GET %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\nUser-Agent: peer\r\n'
                       'Connection: close\r\n\r\n' % (place, host)).encode())
            with s.makefile('rb') as f:
                answer = f.read()
        head, _, body = answer.partition(b'\r\n\r\n')
        if b' 200 ' not in head.split(b'\r\n')[0] + b' ':
            return 'answered ' + head.split(b'\r\n')[0].decode()
    return None if body.rstrip(b' \t\r\n') == proof.encode() else 'something else is there'


def wrong_dns(opt, name, token, proof):
    """RFC 8555 8.4: a TXT record with the digest; a hook wrote it to a file"""
    text = b64(hashlib.sha256(proof.encode()).digest())
    try:
        with open(os.path.join(opt.txt, '_acme-challenge.' + name)) as f:
            return None if text in f.read().split() else 'another text'
    except OSError as e:
        return str(e)


def wrong_alpn(opt, name, token, proof):
    """RFC 8737 3, RFC 8738 6"""
    try:
        address = ipaddress.ip_address(name)
        asked, want = address.reverse_pointer, [x509.IPAddress(address)]
    except ValueError:
        asked, want = name, [x509.DNSName(name)]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    tls.set_alpn_protocols(['acme-tls/1'])
    with socket.create_connection(('127.0.0.1', opt.tls_port), timeout=5) as plain:
        with tls.wrap_socket(plain, server_hostname=asked) as s:
            if s.selected_alpn_protocol() != 'acme-tls/1':
                return 'does not speak acme-tls/1'
            cert = x509.load_der_x509_certificate(s.getpeercert(True))
    san = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ext = cert.extensions.get_extension_for_oid(IS_PROOF)
    digest = b'\x04\x20' + hashlib.sha256(proof.encode()).digest()
    if list(san) != want:
        return 'RFC 8737 3: for %s' % list(san)
    if not ext.critical or ext.value.value != digest:
        return 'RFC 8737 3: acmeIdentifier is not critical or another'
    return None


KINDS = {'http-01': wrong_http, 'dns-01': wrong_dns, 'tls-alpn-01': wrong_alpn}


def wrong(kind, opt, name, token, proof):
    """None, or why the proof does not convince"""
    try:
        return KINDS[kind](opt, name, token, proof)
    except (OSError, ValueError, x509.ExtensionNotFound) as e:
        return repr(e)
