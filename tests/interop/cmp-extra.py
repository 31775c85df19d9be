#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stands before a CMP server and counts the certificates that clients send along.

usage: cmp-extra.py FORWARD-PORT LOG

Prints the port it listens on.  LOG gets a line for each request: the number of its
PKIBody (RFC 4210 5.1.2) and that of the certificates in extraCerts."""
import http.client
import http.server
import sys

from der import Node

FORWARD, LOG = int(sys.argv[1]), sys.argv[2]
CHOICE, EXTRA_CERTS = 0xa0, 0xa1


def counted(message):
    """PKIMessage ::= SEQUENCE { header, body, protection [0], extraCerts [1] }"""
    message = Node(message)
    extra = next((p for p in message.parts()[2:] if p.tag == EXTRA_CERTS), None)
    return message.parts()[1].tag - CHOICE, len(extra.parts()[0].parts()) if extra else 0


class Between(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        with open(LOG, 'a') as f:
            print(*counted(body), file=f)
        there = http.client.HTTPConnection('127.0.0.1', FORWARD, timeout=30)
        there.request('POST', self.path, body,
                      {'Content-Type': self.headers['Content-Type']})
        answer = there.getresponse()
        said = answer.read()
        self.send_response(answer.status)
        self.send_header('Content-Type', answer.getheader('Content-Type') or '')
        self.send_header('Content-Length', str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Between)
print(server.server_port, flush=True)
server.serve_forever()
