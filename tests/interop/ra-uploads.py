#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ra-uploads.py PORT CA PID PORT-OF-ANOTHER | PORT CA PID drip

Holds as many uploads open as the server at PORT, process PID, takes, and looks
at what it keeps of them; the server at the other port has no room for files.
drip: one file comes a byte at a time, and is cut off after 4 seconds, not 2.
"""
import base64
import glob
import http.client
import json
import os
import re
import socket
import ssl
import sys
import time

PORT, CA, PID = int(sys.argv[1]), sys.argv[2], sys.argv[3]
NOWHERE = 0 if sys.argv[4] == 'drip' else int(sys.argv[4])
MIB = 1 << 20
FILE = 8 * MIB
ALL = 256 * MIB             # what all of them may take
CONTEXT = ssl.create_default_context(cafile=CA)
HEAD, TAIL = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4',
              b'\r\n--x--\r\n')


def api(method, path, doc=None):
    c = http.client.HTTPSConnection('localhost', PORT, context=CONTEXT, timeout=20)
    c.request(method, '/api/v1/' + path, doc and json.dumps(doc),
              {'Content-Type': 'application/json'} if doc else {})
    return json.loads(c.getresponse().read())


def memory():
    """KiB that are the process's own: what is looked at in files is not."""
    with open('/proc/%s/status' % PID) as f:
        return int(re.search(r'RssAnon:\s+(\d+)', f.read())[1])


def on_disk():
    sizes = []
    for fd in glob.glob('/proc/%s/fd/*' % PID):
        try:
            if os.readlink(fd).endswith('(deleted)'):
                sizes.append(os.stat(fd).st_size)
        except OSError:
            pass
    return sizes


class Upload:
    def __init__(self, port, announced=True):
        self.line = CONTEXT.wrap_socket(socket.create_connection(('127.0.0.1', port)),
                                        server_hostname='localhost')
        self.line.settimeout(20)
        self.left = FILE
        self.chunked = not announced
        self.line.sendall((
            'POST /api/v1/applications/%s/documents HTTP/1.1\r\nHost: localhost\r\n'
            'Authorization: Basic %s\r\nContent-Type: multipart/form-data; boundary=x\r\n'
            '%s\r\nExpect: 100-continue\r\n\r\n' % (
                number, basic, 'Transfer-Encoding: chunked' if self.chunked else
                'Content-Length: %d' % FILE)).encode())
        self.first = self.hears()

    def hears(self):
        said = b''
        while b'\r\n\r\n' not in said:
            more = self.line.recv(4096)
            if not more:
                return 0
            said += more
        return int(said.split()[1])

    def say(self, data):
        self.left -= len(data)
        self.line.sendall(b'%x\r\n%s\r\n' % (len(data), data) if self.chunked else data)

    def almost_all(self):
        self.say(HEAD)
        while self.left > 1000:
            self.say(b'A' * min(self.left - 1000, 65536))

    def end(self):
        self.say(b'A' * (self.left - len(TAIL)) + TAIL)
        if self.chunked:
            self.line.sendall(b'0\r\n\r\n')
        return self.hears()


def check(held, *words):
    if not held:
        sys.exit(' '.join(str(w) for w in words))


terms = api('GET', 'profiles/kz-ssl')['consent']['hash']
begun = api('POST', 'applications', {'profile': 'kz-ssl', 'terms': terms})
number = begun['application']
basic = base64.b64encode(('%s:%s' % (number, begun['code'])).encode()).decode()

if sys.argv[4] == 'drip':
    start = time.time()
    one = Upload(PORT)
    check(one.first == 100, 'a file is not asked for:', one.first)
    quick = Upload(PORT)
    quick.almost_all()
    check(200 <= quick.end() < 500, 'a quick one beside it')
    try:
        one.say(HEAD)
        while time.time() - start < 12:
            one.say(b'A')
            time.sleep(0.1)
    except OSError:
        pass
    took = time.time() - start
    check(3.5 < took < 8, 'cut off after', took)
    check(not on_disk(), 'what it sent is kept:', on_disk())
    print('uploads: a slow one was cut off after %.1f s' % took)
    sys.exit(0)

before = memory()
held = []
while True:
    one = Upload(PORT)
    if one.first != 100:
        break
    one.almost_all()
    held.append(one)
    check(len(held) < 64, 'uploads without end')
files = on_disk()
grown = (memory() - before) // 1024
check(one.first == 503, 'one too many hears', one.first)
check(len(held) == ALL // FILE, len(held), 'uploads at once')
check(len(files) >= len(held) and sum(files) > (len(held) - 1) * FILE * 0.9 and
      sum(files) <= ALL + len(held) * 65536, len(files), 'files of', sum(files))
check(grown < 48, 'memory grew by %d MiB for %d MiB' % (grown, sum(files) // MIB))
# who does not say how much it will be is told when it is too much
other = Upload(PORT, announced=False)
check(other.first == 100, 'chunked hears', other.first)
try:
    other.say(HEAD + b'A' * (5 * MIB // 2))
    other.line.sendall(b'0\r\n\r\n')
    check(other.hears() == 503, 'chunked is taken')
except OSError:
    pass                                # or the line is closed
# small things go on meanwhile
check(api('GET', 'applications/' + number)['application'] == number, 'nobody else is served')
# one ends: its verdict, and its place
status = held.pop().end()
check(200 <= status < 500, 'the verdict is', status)
again = Upload(PORT)
check(again.first == 100, 'no place after one ended:', again.first)
# the rest goes away in the middle
for upload in held + [again]:
    upload.line.close()
for _ in range(100):
    if not on_disk():
        break
    time.sleep(0.1)
check(not on_disk(), 'files of those who went', on_disk())
last = Upload(PORT)
last.almost_all()
check(200 <= last.end() < 500, 'after them')

# nowhere to put it: told so, and the server lives
one = Upload(NOWHERE)
try:
    one.say(HEAD + b'A' * 70000)
    one.left = len(TAIL)
    check(one.hears() in (503, 0), 'taken without room')
except OSError:
    pass
print('uploads: %d of 8 MiB at once, %d MiB on disk, memory grew by %d MiB' %
      (len(held) + 1, sum(files) // MIB, grown))
