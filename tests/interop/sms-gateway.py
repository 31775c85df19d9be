#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""sms-gateway.py FOLDER [--tls CERT KEY] [--token TOKEN]

A gateway for text messages.  What it takes becomes FOLDER/N.json; what it answers
stands in FOLDER/answer: a status, "hang" (for a minute), or "pause"
(202 when there is FOLDER/go); both make FOLDER/hangs.  Its port stands in FOLDER/port.
"""
import json
import os
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

folder, options = sys.argv[1], sys.argv[2:]
token = options[options.index('--token') + 1] if '--token' in options else None


def answer():
    try:
        with open(folder + '/answer') as f:
            return f.read().strip()
    except FileNotFoundError:
        return '202'


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        kind = self.headers['Content-Type']
        said = answer()
        if said in ('hang', 'pause'):
            with open(folder + '/hangs', 'w'):
                pass
            if said == 'hang':
                time.sleep(60)
                return
            while not os.path.exists(folder + '/go'):
                time.sleep(0.02)
            said = '202'
        if token and self.headers['Authorization'] != 'Bearer ' + token:
            said = '401'
        if said.startswith('2'):
            fields = json.loads(body) if kind == 'application/json' else dict(parse_qsl(body, strict_parsing=True))
            n = len([f for f in os.listdir(folder) if f.endswith('.json')]) + 1
            with open('%s/%d.part' % (folder, n), 'w') as f:
                json.dump({'kind': kind, 'path': self.path, **fields}, f)
            os.rename('%s/%d.part' % (folder, n), '%s/%d.json' % (folder, n))
        self.send_response(int(said))
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(('127.0.0.1', 0), Gateway)
server.daemon_threads = True
if '--tls' in options:
    at = options.index('--tls')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options[at + 1], options[at + 2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(folder + '/port.part', 'w') as f:
    f.write(str(server.server_address[1]))
os.rename(folder + '/port.part', folder + '/port')
server.serve_forever()
