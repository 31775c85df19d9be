#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: browser-firefox.py PROFILE URL PIN PICTURE PINS [COMMAND]

Starts Firefox without a screen, opens URL, answers the questions for the PIN
and for the certificate as a user does, the first PINS times for the PIN, and
takes a picture of the page.  With COMMAND it runs that in a shell then, and
opens the page at again.localhost, so by another connection.  Says
in JSON which questions came and what the page shows.  Speaks Marionette, the
protocol of Firefox's own tests: LENGTH:[0, ID, COMMAND, PARAMETERS].
"""
import json
import os
import base64
import signal
import socket
import subprocess
import sys
import time

# Dialogs are answered where they open, in the browser's own code: a command
# that makes one open would not return before it is closed.
ANSWER = """
const [pin, pins] = arguments;
const asked = gBrowser.tamgaAsked = [];
Services.obs.addObserver({ observe(win) {
	const doc = win.document, field = doc.getElementById("password1Textbox");
	asked.push({ what: field ? "pin" : "other", text: doc.getElementById("infoBody").textContent });
	if (asked.filter(a => a.what == "pin").length > pins || !field)
		return doc.getElementById("commonDialog").cancelDialog();
	field.value = pin;
	field.dispatchEvent(new win.Event("input", { bubbles: true }));
	doc.getElementById("commonDialog").acceptDialog();
} }, "common-dialog-loaded");

Services.obs.addObserver({ observe(dialog) {
	const doc = dialog.ownerDocument, list = doc.getElementById("nicknames");
	const names = [...list.querySelectorAll("menuitem")].map(i => i.getAttribute("label"));
	asked.push({ what: "certificate", text: names.join(" | ") });
	list.selectedIndex = 0;
	list.dispatchEvent(new doc.defaultView.Event("command", { bubbles: true }));
	doc.defaultView.setTimeout(() => dialog.getButton("accept").click(), 0);
} }, "cert-dialog-loaded");
"""


class Marionette:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.pending = b""
        self.number = 0
        self.receive()

    def receive(self):
        while b":" not in self.pending:
            self.more()
        size, self.pending = self.pending.split(b":", 1)
        while len(self.pending) < int(size):
            self.more()
        message = self.pending[:int(size)]
        self.pending = self.pending[int(size):]
        return json.loads(message)

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("browser-firefox: Firefox hung up")
        self.pending += data

    def send(self, name, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, name, parameters]).encode()
        self.socket.sendall(str(len(text)).encode() + b":" + text)
        return self.number

    def call(self, name, **parameters):
        number = self.send(name, **parameters)
        while True:
            answer = self.receive()
            if answer[1] != number:
                continue		# of a command nobody waited for
            if answer[2]:
                raise RuntimeError(answer[2]["message"])
            value = answer[3]
            return value.get("value", value) if isinstance(value, dict) else value

    def script(self, text, *arguments):
        return self.call("WebDriver:ExecuteScript", script=text,
                         args=list(arguments), newSandbox=False)

    def context(self, name):
        self.call("Marionette:SetContext", value=name)


def start(profile):
    with open("firefox.log", "w") as log:
        return subprocess.Popen(
            [os.environ.get("FIREFOX", "firefox-esr"), "--headless", "--no-remote",
             "--profile", profile, "--marionette", "--remote-allow-system-access"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def port_of(profile, process):
    path = os.path.join(profile, "MarionetteActivePort")
    for _ in range(600):
        if os.path.exists(path) and open(path).read().strip():
            return int(open(path).read())
        if process.poll() is not None:
            raise SystemExit("browser-firefox: Firefox ended: " + open("firefox.log").read())
        time.sleep(0.05)
    raise SystemExit("browser-firefox: Firefox does not listen")


def visit(m, url):
    m.context("chrome")
    m.script("""const [url] = arguments;
gBrowser.fixupAndLoadURIString(url, {
	triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });""", url)
    for _ in range(300):
        title = m.script("return gBrowser.contentTitle;") or ""
        if title.startswith("in: "):
            return title
        time.sleep(0.1)
    raise SystemExit("browser-firefox: not logged in; the title is %r; asked %s" % (
        title, json.dumps(m.script("return gBrowser.tamgaAsked;"), ensure_ascii=False)))


def visit_again(m, url, command):
    """The questions that come after COMMAND."""
    m.context("chrome")
    before = len(m.script("return gBrowser.tamgaAsked;"))
    m.script("""gBrowser.fixupAndLoadURIString("about:blank", {
	triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });""")
    while (m.script("return gBrowser.contentTitle;") or "").startswith("in: "):
        time.sleep(0.05)
    subprocess.run(["sh", "-c", command], check=True)
    visit(m, url.replace("//localhost", "//again.localhost"))
    return m.script("return gBrowser.tamgaAsked;")[before:]


def main():
    profile, url, pin, picture, pins = sys.argv[1:6]
    process = start(profile)
    try:
        m = Marionette(port_of(profile, process))
        m.call("WebDriver:NewSession", capabilities={"alwaysMatch": {
            "pageLoadStrategy": "none", "unhandledPromptBehavior": "ignore"}})
        m.context("chrome")
        m.script(ANSWER, pin, int(pins))
        began = time.monotonic()
        title = visit(m, url)
        took = time.monotonic() - began
        asked = m.script("return gBrowser.tamgaAsked;")
        m.context("content")
        page = m.script("return document.body.innerText;")
        shot = m.call("WebDriver:TakeScreenshot", full=False)
        with open(picture, "wb") as f:
            f.write(base64.b64decode(shot))
        peak = [line.split()[1] for line in open("/proc/%d/status" % process.pid)
                if line.startswith("VmHWM:")][0]
        again = visit_again(m, url, sys.argv[6]) if len(sys.argv) > 6 else None
        print(json.dumps({"title": title, "page": page, "asked": asked, "again": again,
                          "ms": round(took * 1000), "peak_kib": int(peak)},
                         ensure_ascii=False))
        m.send("Marionette:Quit", flags=["eForceQuit"])
        process.wait(20)
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


main()
