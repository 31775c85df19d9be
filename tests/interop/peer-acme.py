#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A strict ACME server written from RFC 8555, 8737, 8738 and 9773 and from nothing else.

usage: peer-acme.py DIR [--option value]...
       peer-acme.py - < LINES: one server after the other, as each line says

It judges ACME clients, so it shares no line with tamga.  It prints the port it
listens on and writes to DIR what clients did wrong (violations, clause cited),
what they asked (requests), what was issued, revoked and replaced.  Its options
are the ways in which servers in the field differ.  DIR/ca.pem is what clients need.
"""

import argparse
import os
import shlex
import signal
import socketserver
import ssl
import sys
import threading

sys.dont_write_bytecode = True
from acme_authority import STEPS, Authority                             # noqa: E402
from http_wire import read_request                                      # noqa: E402

WORDS = {200: 'OK', 201: 'Created', 204: 'No Content', 400: 'Bad Request', 503: 'Busy'}


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        opt = self.server.opt
        with self.request.makefile('rb') as f:
            while (request := read_request(f, self.request.sendall)) is not None:
                with self.server.lock:
                    answer = self.server.authority.answer(request)
                    cut = self.server.cuts(request)
                if cut:
                    return
                self.request.sendall(self.wire(request, answer))
                if opt.http != 'alive':
                    return

    def wire(self, request, answer):
        opt, rows = self.server.opt, list(answer.rows)
        chunked = opt.http == 'chunked' and answer.body and request.method != 'HEAD'
        if answer.kind:
            rows.append(('Content-Type', answer.kind))
        if chunked:
            rows.append(('Transfer-Encoding', 'chunked'))
            cuts = [answer.body[i:i + 37] for i in range(0, len(answer.body), 37)]
            body = b''.join(b'%X;a="b"\r\n%s\r\n' % (len(c), c) for c in cuts) + b'0\r\nX-Last: 1\r\n\r\n'
        else:
            body = answer.body
            if opt.http != 'old' and answer.status != 204:
                rows.append(('Content-Length', str(len(body))))
        if opt.http in ('close', 'chunked'):
            rows.append(('Connection', 'close'))
        if opt.lower:
            rows = [(n.lower(), v) for n, v in rows]
        head = '%s %d %s\r\n%s\r\n' % (
            'HTTP/1.0' if opt.http == 'old' else 'HTTP/1.1', answer.status,
            '' if opt.lower else WORDS.get(answer.status, 'x'),
            ''.join('%s: %s\r\n' % row for row in rows))
        early = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n' if opt.early else ''
        return (early + head).encode('latin-1') + (b'' if request.method == 'HEAD' else body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, opt):
        self.opt, self.lock = opt, threading.Lock()
        self.cut = opt.cut
        super().__init__(('127.0.0.1', 0), Handler)
        self.authority = Authority(opt, 'https://%s:%d' % (opt.host, self.server_address[1]))
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(os.path.join(opt.dir, 'tls.pem'), os.path.join(opt.dir, 'tls.key'))

    def cuts(self, request):
        """Once: what was asked is done, and its answer never arrives"""
        place = self.authority.places.get(request.target)
        if self.cut is None or place is None or place.kind != self.cut or request.method == 'HEAD':
            return False
        self.cut = None
        self.authority.lost = set(self.authority.spent)
        return True

    def finish_request(self, request, client):
        request.settimeout(20)
        try:
            with self.tls.wrap_socket(request, server_side=True) as sock:
                Handler(sock, client, self)
        except OSError as e:
            self.authority.note('connections', repr(e))


def options(words):
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    add = p.add_argument
    add('dir')
    add('--host', default='localhost', help='in every address but that of the directory')
    add('--webroot', help='http-01 is read from this folder')
    add('--http-port', type=int, help='... or asked for at this port')
    add('--tls-port', type=int)
    add('--txt', help='the folder where a hook writes TXT records, a file each')
    add('--challenges', default='http-01', help='which proofs will do, by commas')
    add('--authz', choices=('fresh', 'valid', 'shuffled'), default='fresh')
    add('--bad-nonce', type=int, default=0, help='so often each request is refused its nonce')
    add('--bare-errors', action='store_true', help='no new nonce with a refusal')
    add('--validate-polls', type=int, default=0)
    add('--ready-polls', type=int, default=0)
    add('--issue-polls', type=int, default=0)
    add('--retry', choices=('none', 'seconds', 'date'), default='seconds')
    add('--retried', action='store_true', help='an error in a proof that is tried again')
    add('--busy', choices=STEPS, help='503 the first time at this step')
    add('--cut', choices=STEPS, help='hang up instead of the first answer at this step')
    add('--refuse', choices=('names', 'terms', 'limit'), help='every order')
    add('--unknown', action='store_true', help='members and proofs that nobody knows')
    add('--json', choices=('plain', 'pretty', 'escaped'), default='plain')
    add('--urls', choices=('plain', 'query', 'odd'), default='plain')
    add('--expires', default='%Y-%m-%dT%H:%M:%SZ')
    add('--no-meta', dest='meta', action='store_false')
    add('--no-terms', action='store_true')
    add('--eab', default='', help='the key of the external account kid/1')
    add('--ari', action='store_true')
    add('--depth', type=int, default=2, help='CAs from root to issuer')
    add('--alternate', choices=('absolute', 'path'),
        help='another chain, to another root, and how its address is written (RFC 8288 3.1)')
    add('--pem', choices=('lf', 'crlf', 'cr', 'no-end', 'blank', 'comments'), default='lf')
    add('--http', choices=('alive', 'close', 'chunked', 'old'), default='alive')
    add('--lower', action='store_true', help='header names in lower case, no reason phrase')
    add('--early', action='store_true', help='a 103 before each answer')
    return p.parse_args(words)


def serve(words):
    opt = options(words)
    os.makedirs(opt.dir, exist_ok=True)
    with Server(opt) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


def stop(child):
    if child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def serve_lines():
    """What costs most is to load; who comes after is a child"""
    child = None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for line in iter(sys.stdin.readline, ''):
            stop(child)
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                serve(shlex.split(line))
    finally:
        stop(child)


if __name__ == '__main__':
    if sys.argv[1:] == ['-']:
        serve_lines()
    else:
        serve(sys.argv[1:])
