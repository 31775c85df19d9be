# SPDX-License-Identifier: BSD-2-Clause
"""A register of persons over HTTP(S), with every way of not answering.

ra-register.py PLACE [CERTIFICATE KEY]: listens on 127.0.0.1, writes its port to
PLACE/port and each question to PLACE/asked.  What it does with a number is a line "NUMBER HOW"
of PLACE/people.
"""
import http.server
import json
import os
import ssl
import sys
import time

place = sys.argv[1]
PERSON = {"name": {"last": "Ермекқызы", "first": "Әлия"}, "middle": None,
          "age": 40}


def how(number):
    with open(place + "/people", encoding="utf-8") as people:
        for line in people:
            key, what = line.split()
            if key == number:
                return what
    return "nobody"


class Register(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def say(self, status, body, kind="application/json", location=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def person(self, **more):
        self.say(200, json.dumps({**PERSON, **more}).encode())

    def answer(self, number):
        with open(place + "/asked", "a", encoding="utf-8") as asked:
            print(self.command, number,
                  self.headers.get("Authorization", "-"), file=asked)
        what = how(number)
        if what == "person":
            self.person()
        elif what == "nobody":
            self.say(404, b"{}")
        elif what == "slow":
            time.sleep(30)
            self.person()
        elif what == "held":
            for _ in range(1200):
                if os.path.exists(place + "/release"):
                    break
                time.sleep(0.05)
            self.person()
        elif what == "silent":
            time.sleep(60)
        elif what == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(16):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.5)
        elif what == "garbage":
            self.say(200, b"\x00\xff<html>\n" * 9)
        elif what == "html":
            self.say(200, b"<html>maintenance</html>", "text/html")
        elif what == "huge":
            self.person(more="x" * 3_000_000)
        elif what == "long":
            self.person(name={"last": "x" * 50_000, "first": "y"})
        elif what == "redirect":
            self.say(302, b"", location="/persons/" + good())
        elif what == "error":
            self.say(500, b"{}")
        elif what == "denied":
            self.say(401, b"{}")
        elif what == "empty":
            self.say(200, b"{}")
        elif what == "list":
            self.say(200, b"[]")
        elif what == "typed":
            self.person(name={"last": ["x"], "first": "y"})
        elif what == "control":
            self.person(name={"last": "a\nb", "first": "y"})
        elif what == "turned":
            self.person(name={"last": "a\u202eb", "first": "y"})
        elif what == "twice":
            self.say(200, b'{"name": {"last": "a", "last": "b"}}')
        elif what == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"name": ')
        elif what == "dead":
            self.connection.close()

    def do_GET(self):
        self.answer(self.path.rsplit("/", 1)[1])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(json.loads(body)["IIN"])


def good():
    with open(place + "/people", encoding="utf-8") as people:
        return people.readline().split()[0]


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Register)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(place + "/port.new", "w", encoding="ascii") as out:
    print(server.server_address[1], file=out)
os.rename(place + "/port.new", place + "/port")
server.serve_forever()
