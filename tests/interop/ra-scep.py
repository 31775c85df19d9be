#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ra-scep.py URL SECOND-URL [STEP...]: tamga-ra's SCEP server, asked by scep-peer.py.

SECOND-URL is another process on the same store.  RA is the program that approves.
"""
import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location('peer', os.path.join(HERE, 'scep-peer.py'))
peer = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(peer)

URL, SECOND, *CHOSEN = sys.argv[1:]
RA = os.environ['TAMGA_TEST_RA']
count = 0


def same(what, got, wanted):
    global count
    count += 1
    if got != wanted:
        sys.exit('FAILED: %s: got %r, wanted %r' % (what, got, wanted))


def http(url, data=None):
    request = urllib.request.Request(url, data=data, headers={
        'Content-Type': 'application/x-pki-message'} if data is not None else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers.get('Content-Type'), answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers.get('Content-Type'), answer.read()


def ra(*words):
    return subprocess.run((RA,) + words, check=True, capture_output=True, text=True).stdout


def challenge(profile='employee', *more):
    return ra('challenge', 'new', profile, *more).strip()


def ask(message, base=URL, get=None):
    der = message.der() if isinstance(message, peer.Message) else message[1]
    message = message if isinstance(message, peer.Message) else message[0]
    if get is None:
        status, kind, body = http(base + '?operation=PKIOperation', der)
    else:
        status, kind, body = http(peer.get_url(base, 'PKIOperation', der, escape=get))
    same('status', (status, kind), (200, 'application/x-pki-message'))
    return peer.Reply(body, 'server.pem', message)


def pkcs_req(name, request, transaction=None, cipher='aes128', **more):
    kind = more.pop('kind', peer.PKCS_REQ)
    return peer.Message(kind, transaction or name, name + '.key', name + '.pem',
                        peer.envelope(request, 'server.pem', cipher, **more))


def issued(name, reply, key=None):
    """The certificate in a reply, for the key it was asked for, by the authority."""
    der = reply.certificate(name + '.key', name + '.pem', name + '.crt')
    peer.run('openssl', 'verify', '-CAfile', os.environ['TAMGA_TEST_RA_CA'], name + '.crt')
    same('key', peer.run('openssl', 'x509', '-in', name + '.crt', '-noout', '-pubkey'),
         peer.run('openssl', 'pkey', '-in', (key or name) + '.key', '-pubout'))
    return der


def applications(**like):
    return [a for a in json.loads(ra('list', '--json'))
            if all(a[k] == v for k, v in like.items())]


def enrolled(name, cn, base=URL):
    """A new RSA key with a certificate."""
    peer.new_key(name, 'rsa')
    peer.wrap(name, cn)
    return issued(name, ask(pkcs_req(name, peer.new_request(name, cn, challenge())), base))


# ---- what is told before any message ----

def capabilities():
    status, kind, body = http(peer.get_url(URL, 'GetCACaps'))
    same('caps', (status, kind), (200, 'text/plain'))
    words = body.decode().split('\n')
    for word in ('AES', 'DES3', 'SHA-256', 'SHA-384', 'POSTPKIOperation', 'Renewal', 'SCEPStandard'):
        same(word, words.count(word), 1)
    same('weak words', [w for w in words if w in ('DES', 'SHA-1', 'MD5')], [])


def certificates():
    status, kind, body = http(peer.get_url(URL, 'GetCACert'))
    same('certs', (status, kind), (200, 'application/x-x509-ca-ra-cert'))
    pem = peer.run('openssl', 'pkcs7', '-inform', 'DER', '-print_certs', data=body).decode()
    first = pem[pem.index('-----BEGIN'):pem.index('-----END')] + '-----END CERTIFICATE-----\n'
    with open('server.pem', 'w') as f:
        f.write(first)
    peer.run('openssl', 'verify', '-CAfile', os.environ['TAMGA_TEST_RA_CA'], 'server.pem')
    same('the rest', peer.pem_der(os.environ['TAMGA_TEST_RA_CA']) in body, True)
    text = peer.run('openssl', 'x509', '-in', 'server.pem', '-noout', '-text').decode()
    same('its use', 'Digital Signature, Key Encipherment' in text and 'rsaEncryption' in text and
         'CA:FALSE' in text, True)
    same('one server', http(peer.get_url(SECOND, 'GetCACert'))[2], body)
    same('next', http(peer.get_url(URL, 'GetNextCACert'))[0], 404)


# ---- enrolling ----

def once():
    peer.new_key('once', 'rsa')
    peer.wrap('once', 'Әсел')
    word = challenge()
    message = pkcs_req('once', peer.new_request('once', 'Әсел', word))
    reply = ask(message)
    same('once', reply.outcome, 'success')
    same('cipher', reply.cipher, '2.16.840.1.101.3.4.1.2')
    with open('once.msg', 'wb') as f:
        f.write(message.der())
    der = issued('once', reply)
    # the same again, at another process, by GET, however a plus is written
    for again in (ask(message), ask(message, SECOND), ask(message, get=True), ask(message, get=False)):
        same('again', issued('once', again), der)
    # also signed anew, and under another transaction
    same('anew', issued('once', ask(pkcs_req('once', open('once.der', 'rb').read(), 'other'))), der)
    same('applications', len(applications(subject='CN=Әсел')), 1)
    # the challenge opens nothing else
    peer.new_key('thief', 'rsa')
    peer.wrap('thief', 'Thief')
    reply = ask(pkcs_req('thief', peer.new_request('thief', 'Thief', word)))
    same('used', (reply.outcome, reply.why), ('badRequest', 'the challenge was used for another request'))
    # nor does the transaction, with another key in the request
    reply = ask(pkcs_req('once', peer.new_request('thief', 'Thief', challenge()), 'once'))
    same('other key', reply.outcome, 'badRequest')
    same('nothing of it', applications(subject='CN=Thief'), [])


def keys_and_ciphers():
    # an EC key, its transport by RSA; triple DES is answered with AES
    peer.new_key('ec', 'ec')
    peer.new_key('transport', 'rsa')
    peer.wrap('transport', 'Ec')
    request = peer.new_request('ec', 'Ec', challenge().lower())
    for cipher, answer in (('des3', '2'), ('aes256', '42'), ('aes192', '22')):
        reply = ask(pkcs_req('transport', request, cipher=cipher))
        same(cipher, (reply.outcome, reply.cipher), ('success', '2.16.840.1.101.3.4.1.' + answer))
        issued('transport', reply, 'ec')


def accounts():
    password = os.environ['TAMGA_TEST_RA_PASSWORD']
    peer.new_key('account', 'rsa')
    peer.wrap('account', 'Account')
    for word, outcome in (('test:wrong', 'badRequest'), ('nobody:' + password, 'badRequest'),
                          ('AAAA-AAAA-AAAA-AAAA', 'badRequest'), (None, 'badRequest'),
                          ('test:' + password, 'success')):
        request = peer.new_request('account', 'Account', word)
        same(word, ask(pkcs_req('account', request)).outcome, outcome)
    same('owner', applications(subject='CN=Account')[0]['owner'], 'test')


def officer(approve):
    """PENDING until the officer decided, whoever is asked."""
    name = 'wait%d' % approve
    peer.new_key(name, 'rsa')
    peer.wrap(name, name)
    word = challenge('employee-reviewed', '--owner', 'asel')
    message = pkcs_req(name, peer.new_request(name, name, word))
    same('pending', ask(message).outcome, 'pending')
    same('again', ask(message, SECOND).outcome, 'pending')
    number = applications(subject='CN=' + name)
    same('one', (len(number), number[0]['owner']), (1, 'asel'))

    ca = peer.of_cert(peer.pem_der(os.environ['TAMGA_TEST_RA_CA']))[2]
    subject = peer.of_cert(peer.pem_der(name + '.pem'))[2]
    other = peer.of_cert(peer.pem_der('once.pem'))[2]

    def poll(transaction=name, who=name, names=(ca, subject), base=URL):
        return ask(pkcs_req(who, peer.seq(*names), transaction, kind=peer.CERT_POLL), base)

    same('poll', poll().outcome, 'pending')
    same('not his key', poll(who='once').outcome, 'badCertId')
    same('not that transaction', poll('none').outcome, 'badCertId')
    same('not that name', poll(names=(ca, other)).outcome, 'badCertId')
    same('no names', poll(names=(ca,)).outcome, 'badMessageCheck')
    if approve:
        ra('approve', number[0]['application'])
        der = issued(name, poll(base=SECOND))
        same('poll', issued(name, poll()), der)
        same('request', issued(name, ask(message)), der)
    else:
        ra('reject', number[0]['application'], '--reason', 'not known here')
        for reply in (poll(), ask(message)):
            same('rejected', (reply.outcome, 'not known here' in reply.why), ('badRequest', True))


def renewals():
    old = enrolled('old', 'Renewed')
    os.rename('old.crt', 'old.pem')     # what it signs with from now on
    peer.new_key('new', 'rsa')
    request = peer.new_request('new', 'Renewed')

    def renew(request, transaction='renewal', who='old'):
        return ask(pkcs_req(who, request, transaction, kind=peer.RENEWAL_REQ))

    reply = renew(request)
    same('renewed', reply.outcome, 'success')
    same('another', issued('old', reply, 'new') != old, True)
    same('again', issued('old', renew(request), 'new'), issued('old', reply, 'new'))
    # no challenge is needed, and none helps who is not known
    same('another name', renew(peer.new_request('new2', 'Other', key='thief'), 'r2').outcome,
         'badRequest')
    same('a stranger', renew(request, 'r3', 'thief').outcome, 'badCertId')
    first, = applications(subject='CN=Renewed', renews='')
    ra('revoke', first['application'], '--reason', 'superseded')
    same('revoked', renew(peer.new_request('ec', 'Renewed'), 'r4').outcome, 'badCertId')


# ---- a certificate that has ended: ra-late.sh, which turns the clock between these ----

def ending():
    enrolled('ended', 'Ended')
    os.rename('ended.crt', 'ended.pem')


def renew_ended(outcome, kind=None):
    peer.new_key('after', 'rsa')
    message = pkcs_req('ended', peer.new_request('after', 'Ended'), 'after ' + outcome,
                       kind=kind or peer.RENEWAL_REQ)
    same('renewed after its end', ask(message).outcome, outcome)


def ended_refused():
    renew_ended('badCertId')


def ended_renewed():
    renew_ended('success')
    ca, serial, _ = peer.of_cert(peer.pem_der('ended.pem'))
    message = peer.Message(peer.GET_CERT, 'look', 'ended.key', 'ended.pem',
                           peer.envelope(peer.seq(ca, serial), 'server.pem'))
    same('it opens nothing else', ask(message).outcome, 'badRequest')


def fetching():
    ca, serial, _ = peer.of_cert(peer.pem_der('once.crt'))
    os.link('once.key', 'mine.key')
    os.link('once.crt', 'mine.pem')

    def fetch(kind, serial, who='mine', issuer=ca):
        return ask(pkcs_req(who, peer.seq(issuer, serial), kind=kind))

    reply = fetch(peer.GET_CERT, serial)
    same('GetCert', reply.certificate('mine.key', 'mine.pem', 'got.pem'), peer.pem_der('once.crt'))
    same('unknown', fetch(peer.GET_CERT, peer.integer(4711)).outcome, 'badCertId')
    same('not ours', fetch(peer.GET_CERT, serial, issuer=peer.seq()).outcome, 'badCertId')
    same('a stranger', fetch(peer.GET_CERT, serial, 'thief').outcome, 'badRequest')
    reply = fetch(peer.GET_CRL, serial, 'thief')
    text = peer.run('openssl', 'pkcs7', '-inform', 'DER', '-print_certs', '-text',
                    data=reply.open('thief.key', 'thief.pem')).decode()
    same('GetCRL', 'Certificate Revocation List' in text and 'Superseded' in text, True)


# ---- what is wrong with messages ----

def refused():
    peer.new_key('bad', 'rsa')
    peer.wrap('bad', 'Bad')
    request = peer.new_request('bad', 'Bad', challenge())

    def message(**changes):
        m = pkcs_req('bad', request)
        for name, value in changes.items():
            setattr(m, name, value)
        return m

    stale = time.strftime('%y%m%d%H%M%SZ', time.gmtime(time.time() - 3 * 86400))
    fresh = time.strftime('%y%m%d%H%M%SZ', time.gmtime())
    no_pop = bytearray(request)
    no_pop[-1] ^= 1
    cases = [
        (message(md='sha1'), 'badAlg', 'hash'),
        (message(md='md5'), 'badAlg', 'hash'),
        (pkcs_req('bad', request, cipher='des', legacy=True), 'badAlg', 'DES-CBC'),
        (pkcs_req('bad', request, cipher='rc2-40', legacy=True), 'badAlg', 'unknown cipher'),
        (message(kind=99), 'badRequest', '99'),
        (message(kind=3), 'badRequest', 'type 3'),
        (message(kind=None), 'badRequest', 'type 0'),
        (message(when=stale), 'badTime', 'clock'),
    ]
    for m, outcome, word in cases:
        reply = ask(m)
        same(word, (reply.outcome, word in reply.why), (outcome, True))

    # a changed signature; a nonce of another length, which is none to be given back
    m = message()
    changed = bytearray(m.der())
    changed[-1] ^= 1
    same('signature', ask((m, bytes(changed))).outcome, 'badMessageCheck')
    m = message(nonce=b'short')
    der, m.nonce = m.der(), None
    reply = ask((m, der))
    same('nonce', (reply.outcome, 'senderNonce' in reply.why), ('badRequest', True))

    # whatever is wrong inside has one answer, to the letter
    good = peer.envelope(request, 'server.pem')
    padding, garbled = bytearray(good), bytearray(good)
    padding[-1] ^= 1
    garbled[-64] ^= 1
    inside = [peer.envelope(request, 'thief.pem'),      # to somebody else
              bytes(padding), bytes(garbled), good[:-16], b'', b'\x30\x00',
              peer.envelope(b'not a request', 'server.pem'),
              peer.envelope(bytes(no_pop), 'server.pem'),
              peer.envelope(request + b'\x00', 'server.pem')]
    answers = {(r.outcome, r.why) for r in (ask(message(content=c)) for c in inside)}
    same('one answer', (len(answers), list(answers)[0][0]), (1, 'badMessageCheck'))

    # who signs with a key that nothing can be encrypted to, or hardly
    peer.new_key('weak', 'weak')
    peer.wrap('weak', 'Weak')
    same('weak', ask(pkcs_req('weak', request)).outcome, 'badAlg')
    peer.wrap('ec', 'Ec')
    m = pkcs_req('ec', request)
    m.signature_algorithm = '1.2.840.10045.4.3.2'
    same('ec', ask(m).outcome, 'badAlg')

    # the profile's own rules, and the address
    same('policy', ask(pkcs_req('bad', peer.new_request('bad', 'Bad\nstreet=Main', challenge()))
                       ).outcome, 'badRequest')
    reply = ask(pkcs_req('bad', request), URL + '/device')
    same('label', (reply.outcome, 'profile' in reply.why), ('badRequest', True))
    # and then, nothing of all that having used the challenge up
    m = message(when=fresh)
    same('good', ask(m, URL + '/employee').outcome, 'success')


def not_messages():
    for body in (b'', b'\x30\x00', b'<html>', os.urandom(2000),
                 pkcs_req('bad', b'x').der()[:-1]):
        same('no message', http(URL + '?operation=PKIOperation', body)[0], 400)
    unsaid = pkcs_req('bad', b'x')
    unsaid.transaction = None
    same('no transaction', http(URL + '?operation=PKIOperation', unsaid.der())[0], 400)
    same('too large', http(URL + '?operation=PKIOperation', b'0' * 70000)[0], 413)
    same('operation', http(URL + '?operation=Nothing')[0], 400)
    same('operation', http(URL)[0], 400)
    same('no message', http(URL + '?operation=PKIOperation')[0], 400)
    same('no base64', http(URL + '?operation=PKIOperation&message=%25%25')[0], 400)
    same('by POST', http(URL + '?operation=GetCACaps', b'')[0], 400)
    same('profile', http(URL + '/nosuch?operation=GetCACaps')[0], 404)
    same('cgi', http(URL[:-len('/scep')] + '/cgi-bin/pkiclient.exe?operation=GetCACaps')[0], 200)


def approved():
    officer(True)


def rejected():
    officer(False)


for step in (capabilities, certificates, once, keys_and_ciphers, accounts, approved, rejected,
             renewals, fetching, refused, not_messages):
    if not CHOSEN or step.__name__ in CHOSEN:
        step()
for step in (ending, ended_refused, ended_renewed):
    if step.__name__ in CHOSEN:
        step()
print('scep: %d comparisons held' % count)
