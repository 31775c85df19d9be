#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What may stand between a client and its authority.

usage: http-between.py DIR

Prints seven ports: a proxy (RFC 9110 9.3.6), an HTTPS server that answers every
request the same, that server with a certificate that has ended, with one that is
not valid yet, with one of another CA, with one for another host, and one that speaks
nothing after TLS 1.1.  DIR/ca.pem is what the servers lead to.  DIR/proxy says how the proxy
behaves: "pass", "refuse", "ask" (for the name "me" and the password "secret"),
"chatter" (headers of its own before it passes).  DIR/server says what the servers
answer: "redirect URL", "huge", "later", "busy".  DIR/asked tells what the proxy and
the servers were asked, with the Authorization and Proxy-Authorization they got.
"""

import base64
import datetime
import http.server
import socket
import ssl
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import bad_server

DIR = sys.argv[1]
DAY = datetime.timedelta(days=1)
CA = bad_server.Authority('Somebody between')
OTHER = bad_server.Authority('Somebody else')


def read(name):
    with open(DIR + '/' + name) as f:
        return f.read().split()


def note(*words):
    with open(DIR + '/asked', 'a') as f:
        f.write(' '.join(words) + '\n')


def copy(source, to):
    try:
        while data := source.recv(65536):
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def refuse(self, status, **headers):
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k.replace('_', '-'), v)
        self.send_header('Content-Length', '0')
        self.end_headers()
        self.close_connection = True

    def admitted(self):
        how = read('proxy')[0]
        said = self.headers.get('Proxy-Authorization', '')
        note('proxy', self.command, self.path, self.headers.get('Authorization', '-'))
        if how == 'refuse':
            self.refuse(403, Location='https://localhost:1/', Retry_After='7')
        elif how == 'ask' and said != 'Basic ' + base64.b64encode(b'me:secret').decode():
            self.refuse(407, Proxy_Authenticate='Basic realm="wall"')
        else:
            return True
        return False

    def do_CONNECT(self):
        if not self.admitted():
            return
        host, port = self.path.rsplit(':', 1)
        with socket.create_connection((host, int(port)), 10) as there:
            self.send_response(200)
            if read('proxy')[0] == 'chatter':
                for k, v in (('Retry-After', '77'), ('Content-Type', 'text/html'),
                             ('Replay-Nonce', 'of-the-proxy'), ('Location', 'https://x/')):
                    self.send_header(k, v)
            self.end_headers()
            back = threading.Thread(target=copy, args=(there, self.connection), daemon=True)
            back.start()
            copy(self.connection, there)
            back.join(10)
        self.close_connection = True

    def other(self):
        if self.admitted():
            self.refuse(502)

    do_GET = do_POST = other


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def answer(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        how = read('server')
        note('server', self.command, self.path, self.headers.get('Authorization', '-'))
        body, status = b'', 200
        headers = {}
        if how[0] == 'redirect':
            status, headers['Location'] = 302, how[1]
        elif how[0] in ('later', 'busy'):
            status = 202 if how[0] == 'later' else 503
            headers['Retry-After'] = '9' * 30
        else:
            self.send_response(200)
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            try:
                for _ in range(256):
                    self.wfile.write(b'100000\r\n' + b' ' * 1048576 + b'\r\n')
            except OSError:
                note('stopped')
            self.close_connection = True
            return
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k, v)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()

    do_GET = do_POST = do_PUT = do_HEAD = answer


def certify(begin, end, ca=CA, host='localhost'):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.utcnow()
    cert = (x509.CertificateBuilder().subject_name(bad_server.name('localhost'))
            .issuer_name(ca.name).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begin * DAY).not_valid_after(now + end * DAY)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
            .sign(ca.key, hashes.SHA256()))
    path = '%s/tls.%d.%s.%s' % (DIR, begin, ca.name.rfc4514_string(), host)
    with open(path, 'wb') as f:
        f.write(key.private_bytes(serialization.Encoding.PEM,
                                  serialization.PrivateFormat.PKCS8,
                                  serialization.NoEncryption()) + bad_server.pem(cert))
    return path


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def serve(handler, pair=None, old=False):
    server = Quiet(('127.0.0.1', 0), handler)
    if pair is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if old:
            tls.set_ciphers('ALL:@SECLEVEL=0')
            tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
        tls.load_cert_chain(pair)
        server.socket = tls.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


with open(DIR + '/ca.pem', 'wb') as out:
    out.write(bad_server.pem(CA.cert))
print(serve(Proxy), serve(Server, certify(-1, 9)), serve(Server, certify(-9, -1)),
      serve(Server, certify(2, 9)), serve(Server, certify(-1, 9, OTHER)),
      serve(Server, certify(-1, 9, host='elsewhere.test')),
      serve(Server, certify(-1, 9), old=True), flush=True)
threading.Event().wait()
