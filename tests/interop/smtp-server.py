#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""smtp-server.py FOLDER [--cert PEM --key PEM] [--login USER:PASSWORD]

A mail server (aiosmtpd) on a free loopback port, which it writes to FOLDER/port.
Each mail it takes is FOLDER/N.eml.  STARTTLS is demanded where there is a
certificate, and a login where one is given.  What it is like stands in
FOLDER/mood, read anew at each step: "slow" (DATA is not answered for a minute),
"pause" (not before there is FOLDER/go; both make FOLDER/thinks), "deaf" (takes the
mail and hangs up without a word), "mute" (takes it, and does not answer QUIT for a
minute).  A recipient's name may say
"later" (451), "never" (550); a text with "buy now" in it is refused with 554.
"""
import argparse
import asyncio
import os
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument('folder')
parser.add_argument('--cert')
parser.add_argument('--key')
parser.add_argument('--login')
args = parser.parse_args()


def mood():
    try:
        with open(os.path.join(args.folder, 'mood')) as file:
            return file.read().strip()
    except FileNotFoundError:
        return ''


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split('@')[0]
        if local == 'later':
            return '451 4.2.1 mailbox busy'
        if local == 'never':
            return '550 5.1.1 no such mailbox'
        envelope.rcpt_tos.append(address)
        return '250 2.1.5 OK'

    async def handle_QUIT(self, server, session, envelope):
        if mood() == 'mute':
            await asyncio.sleep(60)
        return '221 2.0.0 bye'

    async def handle_DATA(self, server, session, envelope):
        how = mood()
        if how in ('slow', 'pause'):
            with open(os.path.join(args.folder, 'thinks'), 'w'):
                pass
        if how == 'slow':
            await asyncio.sleep(60)
        while how == 'pause' and not os.path.exists(os.path.join(args.folder, 'go')):
            await asyncio.sleep(0.02)
        if b'buy now' in envelope.content:
            return '554 5.7.1 no spam here'
        Handler.count += 1
        path = os.path.join(args.folder, '%d.eml' % Handler.count)
        with open(path + '.new', 'wb') as file:
            file.write(b'X-From: %s\nX-To: %s\nX-Tls: %s\nX-Login: %s\nX-Helo: %s\n' % (
                envelope.mail_from.encode(), ','.join(envelope.rcpt_tos).encode(),
                b'yes' if session.ssl else b'no',
                b'yes' if session.authenticated else b'no',
                session.host_name.encode()))
            file.write(envelope.content.replace(b'\r\n', b'\n'))
        os.rename(path + '.new', path)
        if mood() == 'deaf':
            server.transport.abort()
        return '250 2.0.0 taken'


def check(server, session, envelope, mechanism, data):
    user, password = args.login.split(':')
    good = (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=good)


async def main():
    context = None
    if args.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)
    more = {}
    if args.login:
        more = dict(authenticator=check, auth_required=True)

    def make():
        return SMTP(Handler(), tls_context=context, require_starttls=bool(context),
                    hostname='mail.example.org', **more)

    server = await asyncio.get_running_loop().create_server(make, '127.0.0.1',
                                                            int(os.environ.get('PORT', '0')))
    port = os.path.join(args.folder, 'port')
    with open(port + '.new', 'w') as file:
        file.write('%d\n' % server.sockets[0].getsockname()[1])
    os.rename(port + '.new', port)
    await server.serve_forever()


asyncio.run(main())
