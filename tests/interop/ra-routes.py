#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ra-routes.py URL CA ROUTES MATRIX

Asks for every row of MATRIX in every role of its first line and compares what
comes with what stands there: a status, or "login" for the way to the login.
ROUTES is what the program says that there is: each needs its row.  With
RA_ROUTES_WRITE=1 MATRIX is printed as it is found, to be read by a person.
"""
import base64
import http.client
import os
import re
import ssl
import sys
from urllib.parse import urlencode, urlparse

URL, CA, ROUTES, MATRIX = sys.argv[1:]
HOST = urlparse(URL)
wrong = []


def blame(words):
    wrong.append(words)


# ---- what every answer has ----

def policy(answer):
    return dict((part.split() or [''])[:1] + [part.split()[1:]]
                for part in answer.getheader('Content-Security-Policy', '').split(';') if part.strip())


KEPT = ('/style/',)        # named by what is in it


def protected(who, method, path, answer):
    """The headers of one answer."""
    at = '%s %s as %s' % (method, path, who)
    csp = policy(answer)
    html = (answer.getheader('Content-Type') or '').startswith('text/html')
    good = {
        'Strict-Transport-Security': re.fullmatch(r'max-age=(\d{8,}).*',
                                                  answer.getheader('Strict-Transport-Security', '')),
        'X-Content-Type-Options': answer.getheader('X-Content-Type-Options') == 'nosniff',
        'Referrer-Policy': answer.getheader('Referrer-Policy') in ('same-origin', 'no-referrer'),
        'Cross-Origin-Opener-Policy': answer.getheader('Cross-Origin-Opener-Policy') == 'same-origin',
        'Cross-Origin-Resource-Policy':
            answer.getheader('Cross-Origin-Resource-Policy') == 'same-origin',
        'default-src': csp.get('default-src') == ["'none'"],
        'frame-ancestors': csp.get('frame-ancestors') == ["'none'"],
        'script-src': 'script-src' not in csp,
        'unsafe': not any('unsafe' in word for words in csp.values() for word in words),
        'form-action': not html or csp.get('form-action') == ["'self'"],
        'base-uri': not html or csp.get('base-uri') == ["'none'"],
        'style-src': not html or csp.get('style-src') == ["'self'"],
        'charset': not html or 'charset=utf-8' in answer.getheader('Content-Type'),
        'Cache-Control': 'no-store' in answer.getheader('Cache-Control', '') or
                         path.startswith(KEPT) and answer.status == 200,
        'says what it is': answer.getheader('Server') is None and
                           answer.getheader('X-Powered-By') is None,
    }
    for name, held in good.items():
        if not held:
            blame('%s: %s' % (at, name))
    for cookie in answer.headers.get_all('Set-Cookie') or []:
        name, *rest = [part.strip() for part in cookie.split(';')]
        if not name.startswith('__Host-') or not {'Secure', 'HttpOnly', 'Path=/',
                                                   'SameSite=Strict'} <= set(rest) or \
                any(part.lower().startswith('domain') for part in rest):
            blame('%s: the cookie %s' % (at, cookie))
        if path.startswith(KEPT):
            blame('%s: a cookie with what everybody keeps' % at)


# ---- people ----

class Person:
    def __init__(self, name, certificate=None):
        self.name = name
        self.cookies = {}
        self.basic = None
        self.context = ssl.create_default_context(cafile=CA)
        if certificate:
            self.context.load_cert_chain(certificate + '.cert', certificate + '.key')
        self.connection = None

    def ask(self, method, path, body=None, headers=None, keep=True):
        head = dict(headers or {})
        if self.cookies:
            head['Cookie'] = '; '.join('%s=%s' % pair for pair in self.cookies.items())
        if self.basic and '/my' not in path:
            head['Authorization'] = 'Basic ' + base64.b64encode(self.basic.encode()).decode()
        for _ in range(2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection(
                        HOST.hostname, HOST.port, context=self.context, timeout=20)
                self.connection.request(method, path, body, head)
                answer = self.connection.getresponse()
                answer.text = answer.read().decode('utf-8', 'replace')
                break
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
        else:
            sys.exit('no answer: %s %s' % (method, path))
        protected(self.name, method, path, answer)
        for cookie in answer.headers.get_all('Set-Cookie') or []:
            if keep:
                name, value = cookie.split(';')[0].split('=', 1)
                self.cookies[name] = value
        return answer

    def csrf(self):
        page = self.ask('GET', '/status')
        return re.search(r'name="csrf" value="([0-9a-f]+)"', page.text).group(1)

    def send(self, path, keep=True, headers=None, **form):
        return self.ask('POST', path, urlencode(dict(csrf=self.csrf(), **form)),
                        {'Content-Type': 'application/x-www-form-urlencoded', **(headers or {})}, keep)


def applicant(name):
    who = Person(name)
    terms = re.search(r'name="terms" value="([0-9a-f]+)"', who.ask('GET', '/apply/kz-ssl').text)
    page = who.send('/apply/kz-ssl', terms=terms.group(1))
    numbers = re.findall(r'class="number[^"]*">([0-9A-Z-]{19})<', page.text)
    if len(numbers) != 2:
        sys.exit('no application for %s: %d' % (name, page.status))
    who.number = numbers[0]
    who.basic = ':'.join(numbers)
    return who


people = {
    'nobody': Person('nobody'),
    'own': applicant('own'),
    'other': applicant('other'),
    'officer': Person('officer', 'officer'),
    'elsewhere': Person('elsewhere', 'elsewhere'),
    'operator': Person('operator', 'operator'),
}
own = people['own']
style = re.search(r'/style/([^"]+)', people['nobody'].ask('GET', '/').text).group(1)
LABELS = {
    '/style/{}': style, '/service/{}': 'bg-csp', '/policy/{}': 'bg-csp',
    '/help/{}': 'bg-csp', '/apply/{}': 'bg-csp', '/my/print/{}': 'pdf',
    '/desk/new/{}': 'bg-csp', '/api/v1/profiles/{}': 'kz-ssl',
}


def label(path):
    if path in LABELS:
        return LABELS[path]
    return 'employee' if path.startswith('/.well-known/est/') else own.number


def is_page(path):
    return not path.startswith(('/api/', '/.well-known/', '/crl', '/root.crl', '/ca.', '/healthz', '/ocsp', '/payments', '/scep', '/cgi-bin/'))


def status(who, method, path):
    """What comes, of a form or a document without anything in it."""
    path = path.replace('{}', label(path))
    if method == 'GET':
        answer = who.ask(method, path, keep=False)
    elif is_page(path):
        answer = who.send(path, keep=False)
    elif path.startswith('/api/'):
        answer = who.ask(method, path, '{}', {'Content-Type': 'application/json'}, keep=False)
    else:
        answer = who.ask(method, path, 'AAAA', {'Content-Type': 'application/pkcs10'}, keep=False)
    if answer.status == 303 and answer.getheader('Location') == '/login':
        return 'login'
    return str(answer.status)


# ---- the matrix ----

lines = [line.split() for line in open(MATRIX, encoding='utf-8')
         if line.strip() and not line.startswith('#')]
roles, rows = lines[0][2:], {tuple(line[:2]): line[2:] for line in lines[1:]}
routes = [tuple(line.split()) for line in open(ROUTES, encoding='utf-8')]

if set(roles) != set(people):
    blame('roles: %s' % roles)
for route in routes:
    if route not in rows:
        blame('%s %s: a route without a row' % route)
for route in rows:
    if route not in routes:
        blame('%s %s: a row without a route' % route)

LAST = ('/cancel', '/logout')        # what they end is asked for before
count = 0
for route in sorted(routes, key=lambda r: r[1].endswith(LAST)):
    got = [status(people[role], *route) for role in roles]
    count += len(got)
    if os.environ.get('RA_ROUTES_WRITE'):
        print('%-5s %-45s %s' % (*route, ' '.join('%-9s' % cell for cell in got)))
    elif route in rows and got != rows[route]:
        blame('%s %s: %s, not %s' % (*route, got, rows[route]))

# ---- forms of others ----

other = applicant('victim')
for route in routes:
    method, path = route[0], route[1].replace('{}', label(route[1]))
    if method != 'POST' or not is_page(path):
        continue
    who = people['operator'] if path.startswith('/admin') else \
        people['officer'] if path.startswith('/desk/case') else other
    typed = {'Content-Type': 'application/x-www-form-urlencoded'}
    for what, body, head in (
            ('no hidden field', 'event=cancel', typed),
            ("another's hidden field", 'csrf=' + people['nobody'].csrf(), typed),
            ('another origin', 'csrf=' + who.csrf(), {**typed, 'Origin': 'https://evil.example'}),
            ('no origin', 'csrf=' + who.csrf(), {**typed, 'Origin': 'null'})):
        answer = who.ask('POST', path, body, head, keep=False)
        if answer.status != 403:
            blame('POST %s with %s: %d' % (path, what, answer.status))
        count += 1

# ---- an application's access code is no account that operators have a say in ----

for path, form in (('/admin/close', {}), ('/admin', {'role': 'officer'})):
    answer = people['operator'].send(path, name=other.number, **form)
    if answer.status not in (400, 403):
        blame('POST %s of an application: %d' % (path, answer.status))
    count += 1

# ---- methods that nobody asked for ----

for method in ('TRACE', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'):
    for path in ('/', '/my', '/desk', '/admin', '/api/v1/applications'):
        answer = other.ask(method, path, keep=False)
        if answer.status not in (405, 501):
            blame('%s %s: %d' % (method, path, answer.status))
        count += 1

# ---- a session begins with a new cookie, and ends with it ----

who = Person('who')
who.ask('GET', '/')
before = dict(who.cookies)
number, code = other.basic.split(':')
who.send('/login', number=number, code=code)
token = '__Host-tamga'
if who.cookies[token] == before[token]:
    blame('logging in keeps the cookie that was there before')
if who.ask('GET', '/my').status != 200:
    blame('not logged in')
session = dict(who.cookies)
who.send('/logout')
who.cookies = session
if who.ask('GET', '/my', keep=False).status != 303:
    blame('the cookie works after logging out')
who.cookies = before
if who.ask('GET', '/my', keep=False).status != 303:
    blame('the cookie of before logging in works')

# ---- languages ----

for code in ('en', 'bg', 'kk', 'ru', 'az'):
    for path, head in (('/?lang=' + code, {}), ('/', {'Accept-Language': code + '-XX, en;q=0.5'})):
        page = Person('reader').ask('GET', path, headers=head)
        if '<html lang="%s">' % code not in page.text:
            blame('%s with %s: another language' % (path, head))
        count += 1

for words in wrong:
    print('wrong:', words)
if not os.environ.get('RA_ROUTES_WRITE'):
    print('routes: %d, %d answers, %d wrong' % (len(routes), count, len(wrong)))
sys.exit(bool(wrong))
