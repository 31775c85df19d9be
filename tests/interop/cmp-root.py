#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""cmp-root.py URL REFERENCE SECRET FOLDER OLD.PEM: which root follows that one?

A client by another hand: cmp_peer.py, and RFC 9810 5.3.19.15 and RFC 9483 4.3.2 for question and
answer.  It writes new, new-with-old and old-with-new, those that are told, into FOLDER, DER.
openssl cmp of OpenSSL 3.0 cannot ask this.  OLD.PEM "-": asked without a certificate.
"""
import ssl
import sys

from cmp_peer import ID_IT, ask, same, seq
from der import oid

FOLDER, OLD = sys.argv[4:]
old = b'' if OLD == '-' else ssl.PEM_cert_to_DER_cert(open(OLD).read())
told = ask(seq(oid(ID_IT + '20'), old))
same('genp', told.tag, 0xb6)
one, = told.parts()[0].parts()
kind, *value = one.parts()
same('id-it-rootCaKeyUpdate', kind.all, oid(ID_IT + '18'))
if value:
    first, *links = value[0].parts()
    found = {'new': first.all}
    for link in links:
        whole, = link.parts()       # explicit
        found[{0xa0: 'new-with-old', 0xa1: 'old-with-new'}[link.tag]] = whole.all
    same('in their order', [link.tag for link in links], sorted(link.tag for link in links))
    for name, der in found.items():
        with open('%s/%s' % (FOLDER, name), 'wb') as f:
            f.write(der)
print(len(value))
