#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bad-scep.py SERVER: a SCEP server that misbehaves on demand.

It passes everything on to SERVER (http://HOST:PORT/scep) and changes the answers as the
last part of the path asked for says: /flip/scep changes a byte of the answer.  The
first line of output is where it serves.  The folder it runs in has other.key and
other.pem, a subscriber of the same CA.
"""
import http.server
import importlib.util
import os
import sys
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location('peer', os.path.join(HERE, 'scep-peer.py'))
peer = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(peer)
SERVER = sys.argv[1]
MESSAGE = 'application/x-pki-message'
previous = []


def attributes_of(der):
    """What a message says, and its content, by its one signer."""
    parts = children(children(peer.take(der)[1])[1][1])
    signed = children(parts[0][1])
    said = {}
    for _, attribute, _ in children(children(children(signed[-1][1])[0][1])[3][1]):
        name, values = children(attribute)
        said[peer.dotted(name[1])] = children(values[1])[0][1]
    content = children(signed[2][1])
    return said, children(content[1][1])[0][1] if len(content) > 1 else b''


children = peer.children


def forged(question, status, key='other.key', cert='other.pem', nonce=None):
    """A CertRep by somebody else."""
    said, _ = attributes_of(question)
    m = peer.Message(3, said[peer.TRANSACTION].decode(), key, cert, b'x')
    m.extra = [(peer.STATUS, peer.printable(status)), (peer.FAIL, peer.printable(2)),
               (peer.RECIPIENT, peer.tlv(4, nonce or said[peer.SENDER]))]
    return m.der()


def flip(answer, question):
    changed = bytearray(answer)
    changed[-1] ^= 1
    return bytes(changed)


def old(answer, question):
    previous.append(answer)
    return previous[0]


# What becomes of the answer to a message.
ANSWERS = {
    'flip': flip,
    'cut': lambda answer, question: answer[:-20],
    'old': old,
    'empty': lambda answer, question: b'',
    'subscriber': lambda answer, question: forged(question, 0),
    'unknown': lambda answer, question: forged(question, 2, 'unknown.key', 'unknown.pem'),
    'echo': lambda answer, question: question,
    'huge': lambda answer, question: answer + b'\0' * (2 * 1024 * 1024),
}
# What is said in place of an answer to a question.
SAID = {
    ('html', 'PKIOperation'): (200, 'text/html', b'<html>hello</html>'),
    ('500', 'PKIOperation'): (500, 'text/plain', b'oops'),
    ('503', 'PKIOperation'): (503, 'text/plain', b''),
    ('302', 'PKIOperation'): (302, 'text/plain', b''),
    ('nocaps', 'GetCACaps'): (404, 'text/plain', b''),
    ('weak', 'GetCACaps'): (200, 'text/plain', b'DES3\nSHA-1\nPOSTPKIOperation\n'),
    ('get', 'GetCACaps'): (200, 'text/plain', b'AES\r\nsha-256\r\n'),
    ('nocert', 'GetCACert'): (200, 'application/x-x509-ca-ra-cert', b'\x30\x00'),
}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        mode, operation = self.path.split('/')[1], self.path.split('operation=')[1].split('&')[0]
        status, kind, text = SAID.get((mode, operation), (None, None, None))
        if status is None:
            status, kind, text = self.ask(body)
            if operation == 'PKIOperation' and mode in ANSWERS:
                text = ANSWERS[mode](text, body)
            if operation == 'GetCACert' and mode == 'imposter':
                kind, text = 'application/x-x509-ca-ra-cert', open('imposter.p7', 'rb').read()
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(text)))
        if status == 302:
            self.send_header('Location', SERVER)
        self.end_headers()
        self.wfile.write(text)

    def ask(self, body):
        request = urllib.request.Request(SERVER + '?' + self.path.split('?', 1)[1], data=body)
        if body is not None:
            request.add_header('Content-Type', MESSAGE)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers['Content-Type'], answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers['Content-Type'], answer.read()

    def do_GET(self):
        self.answer(None)

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers['Content-Length'])))

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print('http://127.0.0.1:%d' % server.server_port, flush=True)
server.serve_forever()
