# SPDX-License-Identifier: BSD-2-Clause
"""What bad-acme.py and bad-portal.py share: an authority, a server of HTTPS, and
the ways in which any answer can be spoilt."""

import datetime
import http.server
import ssl
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)] if text else [])


class Authority:
    def __init__(self, text):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name(text)
        self.cert = self.sign(self.name, self.key.public_key(), ca=True)

    def sign(self, subject, key, ca=False, san=None, days=30):
        now = datetime.datetime.utcnow()
        b = (x509.CertificateBuilder().subject_name(subject)
             .issuer_name(self.name).public_key(key)
             .serial_number(x509.random_serial_number())
             .not_valid_before(now - DAY).not_valid_after(now + days * DAY)
             .add_extension(x509.BasicConstraints(ca, None), critical=True)
             .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                 self.key.public_key()), critical=False))
        if san:
            b = b.add_extension(x509.SubjectAlternativeName(
                [x509.DNSName(n) for n in san]), False)
        return b.sign(self.key, hashes.SHA256())


def pem(*certs):
    return b''.join(c.public_bytes(serialization.Encoding.PEM) for c in certs)


def wrong_type(v):
    """Something of another type than v."""
    if isinstance(v, bool):
        return 'yes'
    if isinstance(v, str):
        return {'text': v}
    return 7 if isinstance(v, (list, dict)) else [v]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    huge = 64	# MiB

    def log_message(self, *args):
        pass

    def send(self, status, body, **headers):
        """A header Content_Type is Content-Type."""
        headers = {k.replace('_', '-'): v for k, v in headers.items()}
        headers.setdefault('Content-Type', 'application/json')
        headers.setdefault('Content-Length', str(len(body)))
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k, v)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def open_answer(self, status, **headers):
        """The headers alone, for a body that comes otherwise."""
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k.replace('_', '-'), v)
        self.end_headers()

    def spoil(self, how, status, body, headers):
        """Whatever can be done to any answer; False: it is none of these."""
        kind = headers.get('Content-Type', 'application/json')
        if how == 'html':
            self.send(200, b'<html><body>It works!</body></html>', Content_Type='text/html')
        elif how == 'type':
            self.send(status, body, **dict(headers, Content_Type='text/plain'))
        elif how == 'redirect':
            self.send(302, b'', Location='https://localhost:1/elsewhere')
        elif how == 'cut':
            self.send(status, body[:len(body) // 2], Content_Type=kind,
                      Content_Length=str(len(body) or 9))
            self.close_connection = True
        elif how == 'shut':
            self.connection.close()
            self.close_connection = True
        elif how == 'slow':
            self.open_answer(status, Content_Type=kind, Content_Length='40')
            for _ in range(40):
                self.wfile.write(b' ')
                time.sleep(0.25)
        elif how == 'huge':
            self.open_answer(status, Content_Type=kind)
            for _ in range(self.huge):
                self.wfile.write(b' ' * 1048576)
            self.close_connection = True
        else:
            return False
        return True

    def handle(self):
        try:
            super().handle()
        except OSError as e:	# ssl.SSLError is one; the client's side tells the rest
            print("bad server:", repr(e), file=sys.stderr)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def server(folder, ca, handler):
    """For localhost; folder/ca.pem is what it is to be trusted by."""
    key = ec.generate_private_key(ec.SECP256R1())
    with open(folder + '/tls.pem', 'wb') as f:
        f.write(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        f.write(pem(ca.sign(name('localhost'), key.public_key(), san=['localhost'])))
    with open(folder + '/ca.pem', 'wb') as f:
        f.write(pem(ca.cert))
    made = Server(('127.0.0.1', 0), handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder + '/tls.pem')
    made.socket = tls.wrap_socket(made.socket, server_side=True,
                                  do_handshake_on_connect=False)
    return made
