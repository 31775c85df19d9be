#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""relay.py PORT TO: what comes to 127.0.0.1:PORT goes to 127.0.0.1:TO, and back.

A server that cannot be restarted without forgetting everything stands behind it:
whoever ends the relay ends the server, as far as anybody can see.
"""
import socket
import sys
import threading


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def main():
    port, to = int(sys.argv[1]), int(sys.argv[2])
    listener = socket.create_server(('127.0.0.1', port), backlog=64)
    print('ready', flush=True)
    while True:
        here, _ = listener.accept()
        there = socket.create_connection(('127.0.0.1', to))
        for pair in ((here, there), (there, here)):
            threading.Thread(target=pump, args=pair, daemon=True).start()


main()
