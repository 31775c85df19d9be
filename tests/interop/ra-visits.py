# SPDX-License-Identifier: BSD-2-Clause
"""Visitors of a server who keep their connections, more of them than it has threads.

ra-visits.py URL CA COUNT: each asks for a page when it comes, and for another one when
all are there.
"""
import http.client
import ssl
import sys
import urllib.parse

url, ca, count = sys.argv[1:]
where = urllib.parse.urlsplit(url)
tls = ssl.create_default_context(cafile=ca)
visitors = [http.client.HTTPSConnection(where.hostname, where.port, timeout=30,
                                        context=tls) for _ in range(int(count))]
pages = 0
for _ in range(2):
    for visitor in visitors:
        visitor.request("GET", "/healthz")
        answer = visitor.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit("status %d" % answer.status)
        pages += 1
print("%d visits, %d pages" % (len(visitors), pages))
