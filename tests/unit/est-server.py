#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An EST server that misbehaves on demand, for tests/unit/test-est.c.

It makes its own CAs with openssl(1) in a folder of its own, listens on free
loopback ports, prints "NAME PORT" for each, "dir FOLDER" and "ready", and ends
when its standard input does.  The listener decides about TLS, the path label
about the answer.
"""
import base64
import email.utils
import hashlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

P7 = "application/pkcs7-mime; smime-type=certs-only"
HUGE = 2 * 1024 * 1024
NONCE = "0123456789abcdef"


def openssl(*args, data=None):
    return subprocess.run(("openssl",) + args, input=data, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


class Ca:
    """A root in files: NAME.pem, NAME.key."""

    def __init__(self, folder, name, subject):
        self.base = os.path.join(folder, name)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-subj", subject, "-days", "30", "-keyout", self.base + ".key",
                "-out", self.base + ".pem")

    def sign(self, csr, extensions, days="30", how=()):
        with tempfile.NamedTemporaryFile("w", suffix=".cnf") as conf:
            conf.write(extensions)
            conf.flush()
            return openssl("x509", "-req", "-CA", self.base + ".pem", "-CAkey",
                           self.base + ".key", "-set_serial", str(time.time_ns()),
                           "-days", days, "-extfile", conf.name, *how, data=csr)

    def leaf(self, name, subject, extensions, days="30", key=("ec", "-pkeyopt",
             "ec_paramgen_curve:P-256")):
        base = os.path.join(os.path.dirname(self.base), name)
        csr = openssl("req", "-newkey", *key, "-nodes", "-subj", subject,
                      "-keyout", base + ".key")
        with open(base + ".pem", "wb") as out:
            out.write(self.sign(csr, extensions, days))
        return base


def certs_only(*pems):
    with tempfile.NamedTemporaryFile("wb", suffix=".pem") as bundle:
        bundle.write(b"".join(pems))
        bundle.flush()
        return openssl("crl2pkcs7", "-nocrl", "-certfile", bundle.name, "-outform", "DER")


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Server:
    def __init__(self, folder):
        self.folder = folder
        self.root = Ca(folder, "root", "/CN=Test Root")
        self.other = Ca(folder, "other", "/CN=Other Root")
        here = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
        self.root.leaf("good", "/CN=localhost", here)
        self.root.leaf("wrong", "/CN=localhost", "subjectAltName=DNS:elsewhere.test\n")
        self.root.leaf("expired", "/CN=localhost", here, days="-1")
        self.other.leaf("untrusted", "/CN=localhost", here)
        client = "extendedKeyUsage=clientAuth\n"
        self.root.leaf("a", "/CN=Client A", client)
        self.root.leaf("b", "/CN=Client B", client)
        self.root.leaf("r", "/CN=Client R", client, key=("rsa:2048",))
        self.lock = threading.Lock()

    # ---- answers ---------------------------------------------------------
    def issue(self, ca, body, how=(), days="30"):
        csr = base64.b64decode(body)
        pem = openssl("req", "-inform", "DER", data=csr)
        return ca.sign(pem, "extendedKeyUsage=clientAuth\n", days, how)

    def p7(self, *pems):
        return base64.b64encode(certs_only(*pems))

    def cacerts(self, label):
        roots = read(self.root.base + ".pem"), read(self.other.base + ".pem")
        if label == "foreign":
            roots = roots[1:]
        return 200, P7, self.p7(*roots), []

    def csrattrs(self, label):
        challenge = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07"
        rows = {
            "attrs204": (204, "", b"", []),
            "attrs404": (404, "text/plain", b"nothing here", []),
            "attrsempty": (200, "application/csrattrs", b"", []),
            "attrsbad": (200, "application/csrattrs", b"MAsGCSqGSIb3", []),
            "attrshtml": (200, "text/html", b"<html>hello</html>", []),
        }
        return rows.get(label, (200, "application/csrattrs",
                                base64.b64encode(challenge) + b"\r\n", []))

    def enroll(self, label, body):
        issued = self.issue(self.root, body)
        root = read(self.root.base + ".pem")
        line = self.p7(issued)
        wrapped = b"\n".join(line[i:i + 64] for i in range(0, len(line), 64))
        when = email.utils.formatdate(time.time() + 90, usegmt=True)
        stranger = read(os.path.join(self.folder, "a.pem"))
        rows = {
            "wrapped": (200, P7, wrapped + b"\n", []),
            "crlf": (200, P7, wrapped.replace(b"\n", b"\r\n"), []),
            "charset": (200, "Application/PKCS7-MIME;charset=us-ascii", line, []),
            "der": (200, P7, certs_only(issued), []),
            "chain": (200, P7, self.p7(root, issued), []),
            "otherkey": (200, P7, self.p7(stranger), []),
            "otherroot": (200, P7, self.p7(self.issue(self.other, body)), []),
            "sha1": (200, P7, self.p7(self.issue(self.root, body, ("-sha1",))), []),
            "ended": (200, P7, self.p7(self.issue(self.root, body, days="-1")), []),
            "pendlong": (202, "", b"", ["Retry-After: " + "9" * 30]),
            "cut": (200, P7, line[:len(line) // 2 // 4 * 4], []),
            "empty": (200, P7, b"", []),
            "nobase64": (200, P7, b"-----BEGIN PKCS7-----\n" + wrapped, []),
            "html": (200, "text/html; charset=utf-8", b"<html>Sign in</html>", []),
            "multipart": (200, "multipart/mixed; boundary=x", b"--x\r\n\r\n--x--", []),
            "wrongtype": (200, "application/octet-stream", line, []),
            "notype": (200, "", line, []),
            "pend5": (202, "text/plain", b"wait", ["Retry-After: 5"]),
            "penddate": (202, "", b"", ["Retry-After: " + when]),
            "pendnone": (202, "", b"", []),
            "400": (400, "text/plain", b"the key is too small\nsecond line", []),
            "403": (403, "text/plain; charset=utf-8", "Айгүл \x1b[31mmay not".encode(), []),
            "404": (404, "text/html", b"<html>no</html>", []),
            "500": (500, "text/html", b"<html>no</html>", []),
            "503": (503, "text/plain", b"backup runs", ["Retry-After: 60"]),
            "401": (401, "text/plain", b"who?", []),
            "redirect": (302, "", b"", ["Location: https://elsewhere.test/est"]),
            "gone": (410, "", b"", []),
            "teapot": (299, "", b"", []),
        }
        return rows.get(label, (200, P7, line, []))

    # ---- who is asking ---------------------------------------------------
    def digest_holds(self, header, method, uri):
        f = dict((k, q or v) for k, q, v in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]*))', header))
        h = lambda s: hashlib.sha256(s.encode()).hexdigest()
        want = h(":".join((h("user:est:secret"), NONCE, f.get("nc", ""), f.get("cnonce", ""),
                           "auth", h(method + ":" + uri))))
        return f.get("nonce") == NONCE and f.get("response") == want

    def refuse(self, label, method, uri, head):
        given = head.get("authorization", "")
        basic = "Basic " + base64.b64encode(b"user:secret").decode()
        if label == "basic" and given != basic:
            return 401, "text/plain", b"basic, please", ['WWW-Authenticate: Basic realm="est"']
        if label == "digest" and not self.digest_holds(given, method, uri):
            return 401, "text/plain", b"digest, please", [
                'WWW-Authenticate: Basic realm="trap"',
                f'WWW-Authenticate: Digest realm="est", nonce="{NONCE}", qop="auth", algorithm=SHA-256']
        if label == "digest" and given.startswith("Basic"):
            return 400, "text/plain", b"the password was given away", []
        if label == "bearer" and given != "Bearer t0ken":
            return 401, "text/plain", b"token, please", ["WWW-Authenticate: Bearer"]
        return None

    def form_error(self, head, body):
        """What strict servers want of a request."""
        lines = body.split(b"\n")
        if head.get("content-type") != "application/pkcs10":
            return b"content type"
        if "content-transfer-encoding" in head or "expect" in head:
            return b"a header nobody asked for"
        if lines[-1] != b"" or max(map(len, lines)) > 76:
            return b"base64 lines"
        return None

    def answer(self, method, uri, head, body, peer):
        parts = uri.split("/")
        if parts[1:3] != [".well-known", "est"]:
            return 404, "text/plain", b"nothing here", []
        operation, label = parts[-1], parts[3] if len(parts) == 5 else ""
        refusal = self.refuse(label, method, uri, head)
        if refusal:
            return refusal
        if operation in ("cacerts", "csrattrs"):
            if method != "GET" or "accept" not in head:
                return 400, "text/plain", b"GET, with Accept", []
            return self.cacerts(label) if operation == "cacerts" else self.csrattrs(label)
        if method != "POST" or operation not in ("simpleenroll", "simplereenroll"):
            return 405, "text/plain", b"no such operation", []
        wrong = self.form_error(head, body)
        if wrong:
            return 400, "text/plain", wrong, []
        if operation == "simplereenroll" and not peer:
            return 403, "text/plain", b"renewals need the certificate", []
        if label == "whoami":
            name = dict(x[0] for x in peer["subject"])["commonName"] if peer else "nobody"
            return 403, "text/plain", b"you are " + name.encode(), []
        return self.enroll(label, body)

    # ---- connections -----------------------------------------------------
    def send(self, conn, label, status, kind, body, more):
        version = "HTTP/1.0" if label == "http10" else "HTTP/1.1"
        head = [f"{version} {status} Whatever"] + more
        if kind:
            head.append("Content-Type: " + kind)
        length = len(body) + (100 if label == "truncated" else 0)
        if label == "huge":
            length = HUGE
        if status != 204 and label not in ("chunkless", "hugechunks"):
            head.append(f"Content-Length: {length}")
        conn.sendall("\r\n".join(head + ["", ""]).encode())
        if label == "huge" or label == "hugechunks":
            body = b"A" * HUGE
        conn.sendall(body)
        return label not in ("truncated", "http10", "chunkless", "hugechunks")

    def one_request(self, conn, stream):
        line = stream.readline(4096).decode("latin-1").split()
        if not line:
            return False
        if len(line) != 3 or not line[2].startswith("HTTP/"):
            conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        head = {}
        for raw in iter(stream.readline, b"\r\n"):
            name, _, value = raw.decode().partition(":")
            head[name.strip().lower()] = value.strip()
        body = stream.read(int(head.get("content-length", "0")))
        parts = line[1].split("/")
        label = parts[3] if len(parts) == 5 else ""
        with self.lock, open(os.path.join(self.folder, "requests"), "a") as log:
            log.write(" ".join(line[:2] + [label]) + "\n")
        if label == "close":
            return False
        if label == "garbage":
            conn.sendall(b"this is no HTTP\n" * 10)
            return False
        if label == "slow":
            time.sleep(6)
            return False
        peer = conn.getpeercert() if isinstance(conn, ssl.SSLSocket) else None
        return self.send(conn, label, *self.answer(line[0], line[1], head, body, peer))

    def serve(self, conn, context):
        try:
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context:
                conn = context.wrap_socket(conn, server_side=True)
            with conn, conn.makefile("rb") as stream:
                while self.one_request(conn, stream):
                    pass
        except (OSError, ValueError):
            conn.close()

    def hang(self, conn, _):
        time.sleep(20)
        conn.close()

    def hang_up(self, conn, _):
        conn.close()

    def listen(self, name, context=None, serve=None):
        sock = socket.create_server(("127.0.0.1", 0))
        print(name, sock.getsockname()[1], flush=True)

        def loop():
            while True:
                conn = sock.accept()[0]
                threading.Thread(target=serve or self.serve, args=(conn, context),
                                 daemon=True).start()

        threading.Thread(target=loop, daemon=True).start()

    def context(self, name, low=ssl.TLSVersion.TLSv1_2, high=ssl.TLSVersion.TLSv1_3,
                client=ssl.CERT_NONE):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        base = os.path.join(self.folder, name)
        if low < ssl.TLSVersion.TLSv1_2:
            c.set_ciphers("ALL:@SECLEVEL=0")
        c.load_cert_chain(base + ".pem", base + ".key")
        c.minimum_version, c.maximum_version = low, high
        if client != ssl.CERT_NONE:
            c.load_verify_locations(self.root.base + ".pem")
        c.verify_mode = client
        return c

    def start(self):
        v11, v12, v13 = (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
        need, may = ssl.CERT_REQUIRED, ssl.CERT_OPTIONAL
        self.listen("good", self.context("good"))
        for name in ("wrong", "expired", "untrusted"):
            self.listen(name, self.context(name, client=may))
        self.listen("need", self.context("good", client=need))
        self.listen("need12", self.context("good", v12, v12, need))
        self.listen("need13", self.context("good", v13, v13, need))
        self.listen("may12", self.context("good", v12, v12, may))
        self.listen("may13", self.context("good", v13, v13, may))
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)
        self.listen("old", self.context("good", v11, v11))
        self.listen("plain")
        self.listen("silent", serve=self.hang)
        self.listen("closed", serve=self.hang_up)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        with tempfile.TemporaryDirectory(prefix="tamga-est-") as folder:
            Server(folder).start()
            print("dir", folder)
            print("ready", 0, flush=True)
            sys.stdin.read()
            sys.stdout.flush()
    except SystemExit:
        pass
    # Threads may still sleep in a connection; nothing of them is needed.
    os._exit(0)


main()
