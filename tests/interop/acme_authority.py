# SPDX-License-Identifier: BSD-2-Clause
"""The state of peer-acme.py and what it answers at each step (RFC 8555 7, RFC 9773)."""

import email.utils
import hashlib
import json
import os
import secrets
import time

from cryptography import x509

import acme_ca
import acme_proofs
from acme_judge import (Bad, Jws, check_contact, check_dialect, check_eab, check_identifier,
                        check_key_change, check_names, members, public_key, thumbprint, unb64)

TERMS = 'https://localhost/terms/v2?lang=kk'
ERROR = 'urn:ietf:params:acme:error:'
STEPS = ('directory', 'newNonce', 'newAccount', 'newOrder', 'order', 'authz', 'challenge',
         'finalize', 'certificate', 'renewalInfo', 'revokeCert', 'keyChange', 'account')


class Answer:
    def __init__(self, status, body=b'', kind='application/json', **rows):
        self.status, self.body, self.kind = status, body, kind
        self.rows = [(n.replace('_', '-'), v) for n, v in rows.items()]


class Place:
    """Something with an address: an account, an order, an authorization, ..."""

    def __init__(self, kind, **what):
        self.kind, self.url, self.status = kind, None, 'pending'
        self.__dict__.update(what)


class Authority:
    """The state and the answers; what a step does is the method of its name."""

    def __init__(self, opt, base):
        self.opt, self.base = opt, base
        self.ca = acme_ca.Authority(opt.dir, opt.depth)
        self.places, self.nonces, self.spent, self.lost = {}, set(), set(), set()
        self.accounts, self.issued, self.refused, self.wait = {}, {}, {}, {}
        self.seen, self.busy, self.asked = {}, {opt.busy} if opt.busy else set(), {}
        self.index = {n: self.add(Place(n)).url for n in STEPS[1:4] + STEPS[10:12]}
        self.directory_url = self.add(Place('directory')).url
        if opt.ari:
            self.index['renewalInfo'] = base + '/renewal-info'

    def add(self, place):
        n = len(self.places)
        path = {'plain': '/acme/%s/%d', 'query': '/acme?what=%s&n=%d&x=%%20%%2F',
                'odd': '/a~b/%s;v=1/(%d)/@'}[self.opt.urls] % (place.kind, n)
        if place.kind == 'directory':
            path = '/directory'
        place.url = self.base + path
        self.places[path] = place
        return place

    def note(self, name, text):
        with open(os.path.join(self.opt.dir, name), 'a') as f:
            f.write(text + '\n')

    def nonce(self):
        n = secrets.token_urlsafe(24)
        self.nonces.add(n)
        return n

    # ---- answers ----------------------------------------------------------------
    def say(self, value, status=200, **rows):
        if self.opt.unknown:
            value = {'x-new': [{'deep': [None, 1.5e3, True]}], **value, 'é': '\u0442\u0430\u043c\u0493\u0430'}
        text = json.dumps(value, indent=2 if self.opt.json == 'pretty' else None)
        if self.opt.json == 'escaped':
            text = text.replace('/', '\\/').replace('urn:', '\\u0075rn:')
        if self.opt.json == 'pretty':
            text = '\r\n ' + text.replace('\n', '\r\n') + '\r\n'
        kind = 'application/json' + ('; charset=utf-8' if self.opt.json == 'pretty' else '')
        return Answer(status, text.encode(), kind, **rows)

    def problem(self, kind, detail, status=400, more=None, **rows):
        value = {'type': ERROR + kind, 'detail': detail, 'status': status, **(more or {})}
        answer = self.say(value, status, **rows)
        answer.kind = 'application/problem+json'
        return answer

    def later(self, url):
        """Retry-After, and from when on the same question is polite"""
        if self.opt.retry == 'none':
            return {}
        when = time.time() + 1
        if self.opt.retry == 'date':
            when = int(when) + 1
        self.wait[url] = when
        text = '1' if self.opt.retry == 'seconds' else email.utils.formatdate(when, usegmt=True)
        return {'Retry_After': text}

    def patience(self, url):
        now = time.time()
        if now < self.wait.pop(url, 0) - 0.1:
            raise Bad('RFC 8555 7.4, 7.5.1: asked again before Retry-After')
        last = [] if url == self.index['newNonce'] else self.asked.setdefault(url, [])
        last.append(now)
        if len(last) > 8 and now - last[-8] < 1:
            raise Bad('RFC 8555 6.6: eight times within a second', 'rateLimited', 429)

    # ---- requests ---------------------------------------------------------------
    def answer(self, request):
        path = request.target
        place = self.places.get(path)
        if place is None and path.startswith('/renewal-info/') and self.opt.ari:
            place = Place('renewalInfo', id=path[14:])
        self.note('requests', '%s %s' % (request.method, place.kind if place else path))
        try:
            check_dialect(request)
            if place is None:
                raise Bad('there is nothing at ' + path, status=404)
            answer = self.dispatch(request, place)
        except Bad as e:
            self.note('violations', '%s %s: %s' % (request.method, path, e))
            answer = self.problem(e.kind, str(e), e.status)
        if request.method == 'POST' and (answer.status < 400 or not self.opt.bare_errors):
            answer.rows.append(('Replay-Nonce', self.nonce()))
        if place is None or place.kind != 'directory':
            answer.rows.append(('Link', '<%s>;rel="index"' % self.directory_url))
        return answer

    def dispatch(self, request, place):
        self.patience(self.base + request.target)
        if place.kind in self.busy:
            self.busy.discard(place.kind)
            return Answer(503, b'<html>busy</html>', 'text/html', **self.later(place.url or ''))
        verb = getattr(self, place.kind)
        if place.kind in ('directory', 'newNonce', 'renewalInfo'):
            if request.method not in ('GET', 'HEAD'):
                raise Bad('RFC 8555 6.3: %s to %s' % (request.method, place.kind), status=405)
            return verb(place, request)
        if request.method != 'POST':
            raise Bad('RFC 8555 6.3: %s to %s' % (request.method, place.kind), status=405)
        jws = Jws(request.body)
        jws.outer_header(self.base + request.target)
        if not self.fresh(jws.header['nonce'], request.target + str(jws.payload)):
            return self.problem('badNonce', 'this nonce is stale')
        jws.account = self.who(jws, place)
        return verb(place, jws)

    def fresh(self, nonce, what):
        if nonce in self.lost:                  # libcurl repeats what nobody answered
            return False
        if nonce in self.spent:
            raise Bad('RFC 8555 6.5: a nonce twice', 'badNonce')
        if nonce not in self.nonces:
            raise Bad('RFC 8555 6.5: a nonce that nobody gave', 'badNonce')
        self.nonces.discard(nonce)
        self.spent.add(nonce)
        self.refused[what] = self.refused.get(what, 0) + 1
        return self.refused[what] > self.opt.bad_nonce

    def who(self, jws, place):
        """RFC 8555 6.2: by key only for a new account and a certificate's own key"""
        if 'jwk' in jws.header:
            if place.kind not in ('newAccount', 'revokeCert'):
                raise Bad('RFC 8555 6.2: jwk instead of kid')
            jws.check(jws.header['jwk'])
            return None
        if place.kind == 'newAccount':
            raise Bad('RFC 8555 7.3: kid for a new account')
        account = next((a for a in self.accounts.values() if a.url == jws.header['kid']), None)
        if account is None:
            raise Bad('RFC 8555 6.2: no account %r' % jws.header['kid'], 'accountDoesNotExist')
        jws.check(account.jwk)
        return account

    def read_only(self, jws):
        if jws.payload != b'':
            raise Bad('RFC 8555 6.3: POST-as-GET with a payload: %r' % jws.payload)

    # ---- steps ------------------------------------------------------------------
    def directory(self, place, request):
        meta = {'termsOfService': TERMS, 'website': 'https://localhost/', 'caaIdentities': ['peer.example'],
                'externalAccountRequired': bool(self.opt.eab)}
        if self.opt.no_terms:
            del meta['termsOfService']
        return self.say({**self.index, 'meta': meta} if self.opt.meta else dict(self.index))

    def newNonce(self, place, request):
        return Answer(200 if request.method == 'HEAD' else 204, b'', None,
                      Cache_Control='no-store', Replay_Nonce=self.nonce())

    def newAccount(self, place, jws):
        said, jwk = jws.object(), jws.header['jwk']
        members(said, (), ('contact', 'termsOfServiceAgreed', 'onlyReturnExisting',
                           'externalAccountBinding'), 'RFC 8555 7.3')
        check_contact(said.get('contact', []))
        known = self.accounts.get(thumbprint(jwk))
        if known:
            return self.say(known.view(), 200, Location=known.url)
        if said.get('onlyReturnExisting'):
            return self.problem('accountDoesNotExist', 'no such account')
        if self.opt.meta and not self.opt.no_terms and said.get('termsOfServiceAgreed') is not True:
            raise Bad('RFC 8555 7.3: nobody agreed to the terms', 'userActionRequired', 403)
        if self.opt.eab:
            if 'externalAccountBinding' not in said:
                return self.problem('externalAccountRequired', 'whose are you?', 403)
            check_eab(said['externalAccountBinding'], place.url, jwk,
                      {'kid/1': unb64(self.opt.eab, 'the key')})
        account = self.add(Place('account', jwk=jwk, contact=said.get('contact', [])))
        account.view = lambda: {'status': 'valid', 'contact': account.contact,
                                'orders': account.url + '/orders'}
        self.accounts[thumbprint(jwk)] = account
        return self.say(account.view(), 201, Location=account.url)

    def account(self, place, jws):
        if jws.payload and jws.object().get('status') == 'deactivated':
            return self.say({**place.view(), 'status': 'deactivated'})
        return self.say(place.view())

    def keyChange(self, place, jws):
        new = check_key_change(jws, place.url, jws.account.url, jws.account.jwk)
        del self.accounts[thumbprint(jws.account.jwk)]
        jws.account.jwk = new
        self.accounts[thumbprint(new)] = jws.account
        self.note('changed', thumbprint(new))
        return self.say(jws.account.view())

    def newOrder(self, place, jws):
        said = jws.object()
        members(said, ('identifiers',), ('notBefore', 'notAfter', 'replaces', 'profile'), 'RFC 8555 7.4')
        pairs = [check_identifier(row) for row in said['identifiers']]
        if not pairs or len(set(pairs)) != len(pairs):
            raise Bad('RFC 8555 7.4: no names, or one twice: %r' % pairs)
        names = [{'type': kind, 'value': value} for kind, value in pairs]
        if self.opt.refuse:
            return self.refusal(names)
        if 'replaces' in said:
            refused = self.replaces(said['replaces'])
            if refused:
                return refused
        order = Place('order', names=names, polls=self.opt.ready_polls, cert=None,
                      expires=time.strftime(self.opt.expires, time.gmtime(time.time() + 9999)))
        order.authzs = [self.new_authz(row) for row in names]
        if self.opt.authz == 'shuffled':
            order.authzs.reverse()
            order.names = order.names[::-1]
        self.add(order)
        order.finalize = self.add(Place('finalize', order=order)).url
        self.note('orders', order.url)
        return self.say(self.view(order), 201, Location=order.url)

    def refusal(self, names):
        rows = [{'type': ERROR + 'rejectedIdentifier', 'detail': 'on the list of %s' % n['value'],
                 'identifier': n} for n in names]
        more = {'subproblems': rows, 'instance': 'https://localhost/why'}
        if self.opt.refuse == 'terms':
            return self.problem('userActionRequired', 'the terms have changed', 403,
                                {'instance': 'https://localhost/agree'})
        if self.opt.refuse == 'limit':
            return self.problem('rateLimited', 'five this week', 429, Retry_After='3600')
        return self.problem('rejectedIdentifier', 'not these', 403, more)

    def replaces(self, text):
        """RFC 9773 5"""
        if not self.opt.ari or text not in self.issued:
            raise Bad('RFC 9773 5: replaces %r, which nobody issued' % text)
        if self.issued[text].replaced:
            return self.problem('alreadyReplaced', 'it has a successor', 409)
        self.issued[text].replaced = True
        self.note('replaced', text)
        return None

    def new_authz(self, row):
        wild = row['value'].startswith('*.')
        kinds = ['dns-01'] if wild else self.opt.challenges.split(',')
        authz = self.add(Place('authz', name={**row, 'value': row['value'][2 * wild:]}, wild=wild))
        authz.challenges = [self.add(Place('challenge', type=k, authz=authz, polls=0,
                                           token=secrets.token_urlsafe(32))) for k in kinds]
        if self.opt.authz == 'valid':
            authz.status = authz.challenges[0].status = 'valid'
        return authz

    def view(self, o):
        """RFC 8555 7.1.3, 7.1.4, 8: the object as it stands"""
        if o.kind == 'order':
            rows = {'status': o.status, 'expires': o.expires, 'identifiers': o.names,
                    'authorizations': [a.url for a in o.authzs], 'finalize': o.finalize}
            if o.status == 'pending' and all(a.status == 'valid' for a in o.authzs) and o.polls <= 0:
                o.status = rows['status'] = 'ready'
            return {**rows, 'certificate': o.cert.url} if o.status == 'valid' else rows
        if o.kind == 'authz':
            rows = {'status': o.status, 'expires': '2099-01-01T00:00:00Z', 'identifier': o.name,
                    'challenges': [self.view(c) for c in o.challenges]}
            if self.opt.unknown:
                rows['challenges'].insert(0, {'type': 'sky-writing-01', 'status': 'pending',
                                              'url': self.base + '/sky', 'altitude': 9000})
            return {**rows, 'wildcard': True} if o.wild else rows
        rows = {'type': o.type, 'url': o.url, 'status': o.status, 'token': o.token}
        if o.status == 'processing' and self.opt.retried:       # RFC 8555 8.2
            rows['error'] = {'type': ERROR + 'connection', 'detail': 'not yet, once more'}
        if o.status == 'invalid':
            rows['error'] = {'type': ERROR + 'incorrectResponse', 'detail': o.why}
        return {**rows, 'validated': '2026-01-01T00:00:00Z'} if o.status == 'valid' else rows

    def authz(self, place, jws):
        self.read_only(jws)
        for c in place.challenges:
            self.look(c, place, jws.account)
        more = self.later(place.url) if any(c.status == 'processing' for c in place.challenges) else {}
        return self.say(self.view(place), **more)

    def look(self, c, authz, account):
        """A poll less; at the last the proof itself"""
        if c.status != 'processing':
            return
        c.polls -= 1
        if c.polls > 0:
            return
        name = authz.name['value']
        c.why = acme_proofs.wrong(c.type, self.opt, name, c.token, c.token + '.' + thumbprint(account.jwk))
        c.status = authz.status = 'invalid' if c.why else 'valid'
        self.note('proofs', '%s %s %s' % (c.type, name, c.why or 'valid'))

    def challenge(self, place, jws):
        if jws.payload == b'':
            self.look(place, place.authz, jws.account)
        elif jws.object() != {}:
            raise Bad('RFC 8555 7.5.1: the response to a challenge is {}: %r' % jws.payload)
        elif place.status != 'pending' and self.lost:
            return self.problem('malformed', 'the authorization must be pending')
        elif place.status != 'pending' or place.authz.status != 'pending':
            raise Bad('RFC 8555 7.1.6: nothing is to be proven here, it is ' + place.status)
        else:
            place.status, place.polls = 'processing', self.opt.validate_polls
            if place.polls == 0:
                self.look(place, place.authz, jws.account)
        more = self.later(place.url) if place.status == 'processing' else {}
        answer = self.say(self.view(place), **more)
        answer.rows.append(('Link', '<%s>;rel="up"' % place.authz.url))
        return answer

    def order(self, place, jws):
        self.read_only(jws)
        if any(a.status == 'invalid' for a in place.authzs):
            place.status = 'invalid'
        elif place.status == 'processing':
            place.polls -= 1
            if place.polls <= 0:
                place.status = 'valid'
        elif place.status == 'pending' and all(a.status == 'valid' for a in place.authzs):
            place.polls -= 1
        view = self.view(place)
        waits = place.status == 'processing' or place.status == 'pending' and place.polls > 0
        return self.say(view, **(self.later(place.url) if waits else {}))

    def finalize(self, place, jws):
        order, said = place.order, jws.object()
        members(said, ('csr',), (), 'RFC 8555 7.4')
        if self.view(order)['status'] != 'ready' and self.lost:
            return self.problem('orderNotReady', 'it is ' + order.status, 403)
        if order.status != 'ready':
            raise Bad('RFC 8555 7.4: finalized while it is ' + order.status, 'orderNotReady', 403)
        csr = x509.load_der_x509_csr(unb64(said['csr'], 'csr'))
        check_names(csr, order.names)
        if csr.public_key().public_numbers() == public_key(jws.account.jwk).public_numbers():
            raise Bad("RFC 8555 11.1: the account's key in a request", 'badCSR')
        order.leaf = self.ca.issue(csr, order.names)
        order.cert = self.add(Place('certificate', leaf=order.leaf, account=jws.account,
                                    replaced=False, alternate=False))
        order.other = self.add(Place('certificate', leaf=order.leaf, alternate=True))
        order.cert.other = order.other
        self.issued[acme_ca.cert_id(order.leaf)] = order.cert
        self.note('issued', hashlib.sha256(acme_ca.der(order.leaf)).hexdigest())
        order.status, order.polls = ('processing', self.opt.issue_polls) if self.opt.issue_polls else ('valid', 0)
        more = self.later(order.url) if order.status == 'processing' else {}
        return self.say(self.view(order), Location=order.url, **more)

    def certificate(self, place, jws):
        self.read_only(jws)
        kind = 'application/pem-certificate-chain'
        body = acme_ca.pem(self.ca.chain(place.leaf, place.alternate), self.opt.pem)
        answer = Answer(200, body, kind + ('; charset=us-ascii' if self.opt.json == 'pretty' else ''))
        if self.opt.alternate and not place.alternate:
            answer.rows.append(('Link', '</x>; rel=help; title="a, b", <%s> ; rel=alternate'
                                % self.reference(place.other.url)))
        return answer

    def reference(self, url):
        """An address of ours, as --alternate writes it"""
        return url if self.opt.alternate == 'absolute' else url[url.index('/', len('https://')):]

    def renewalInfo(self, place, request):
        if place.id not in self.issued:
            raise Bad('RFC 9773 4.1: no certificate %r' % place.id, status=404)
        try:
            with open(os.path.join(self.opt.dir, 'window')) as f:
                window = json.load(f)
        except OSError:
            window = {'start': '2098-01-01T00:00:00Z', 'end': '2098-01-02T00:00:00.5+05:00'}
        return self.say({'suggestedWindow': window}, Retry_After='21600')

    def revokeCert(self, place, jws):
        said = jws.object()
        members(said, ('certificate',), ('reason',), 'RFC 8555 7.6')
        leaf = x509.load_der_x509_certificate(unb64(said['certificate'], 'certificate'))
        known = self.issued.get(acme_ca.cert_id(leaf))
        if known is None or said.get('reason', 0) not in (0, 1, 3, 4, 5, 9):
            raise Bad('RFC 8555 7.6: a strange certificate or reason %r' % said.get('reason'))
        by_key = jws.account is None and leaf.public_key().public_numbers() == \
            public_key(jws.header['jwk']).public_numbers()
        if not by_key and jws.account is not known.account:
            raise Bad('RFC 8555 7.6: not yours', 'unauthorized', 403)
        if known.status == 'revoked':
            return self.problem('alreadyRevoked', 'it is revoked')
        known.status = 'revoked'
        self.note('revoked', '%s %s' % ('key' if by_key else 'account', said.get('reason')))
        return Answer(200, b'', None)
