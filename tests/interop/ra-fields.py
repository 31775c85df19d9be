#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ra-fields.py URL CA STORE

Gives every field what it should not be given and looks at what comes: a verdict
with words at the field, or what was said, kept and shown as it was said.
"""
import base64
import http.client
import itertools
import json
import re
import sqlite3
import ssl
import sys
from html.parser import HTMLParser
from urllib.parse import quote, quote_from_bytes, urlencode, urlparse

URL, CA, STORE = sys.argv[1:]
HOST = urlparse(URL)
FORM = 'application/x-www-form-urlencoded'
wrong, count = [], 0

# ---- what is said, and which kinds of field may take it ----

T, N, E = 'text', 'name', 'email'
VALUES = (
    ('element', '<script>alert(1)</script>', {T}),
    ('image', '<img src=x onerror=alert(1)>', {T}),
    ('attribute', '" autofocus onfocus="alert(1)', {T}),
    ('single quotes', "' onfocus='x", set()),           # begins and ends well: see below
    ('end of a list', '</option></select><h1>', {T}),
    ('comment', '--><!--', {T}),
    ('entity', '&lt;b&gt; &#x202e;', {T}),
    ('SQL', "'; DROP TABLE application; --", {T}),
    ('SQL of letters', "x') OR ('a' LIKE 'a", {T, N}),
    ('SQL in an address', "a'or'a'='a@example.org", {T, E}),
    ('LDAP', 'x,CN=root+O=*)(|', {T}),
    ('conversions', '%s%n%x%99999d', {T}),
    ('templates', '${number} {{7*7}} #{x}', {T}),
    ('path', '../../../../etc/passwd', {T}),
    ('shell', '$(id) `id` ; id | id', {T}),
    ('digits', '1234567890', {T, 'phone'}),
    ('line', 'a\nb', set()),
    ('header', 'a@example.org\r\nBcc: b@example.org', set()),
    ('tab', 'a\tb', set()),
    ('escape', 'a\x1b[2Jb', set()),
    ('delete', 'a\x7fb', set()),
    ('C1', 'a\u0085b', set()),
    ('right to left', 'gpj.\u202eexe', set()),
    ('isolate', 'a\u2067b\u2069', set()),
    ('right-to-left mark', 'a\u200fb', set()),
    ('no width', 'a\u200bb', set()),
    ('byte order', '\ufeffa', set()),
    ('no character', 'a\uffffb', set()),
    ('private', 'a\ue000b', set()),
    ('tags', 'a\U000e0041b', set()),
    ('two addresses', 'a@example.org,b@example.org', {T}),
    ('spaces', '   ', set()),
    ('space before', ' Abc', set()),
    ('long', 'x' * 4000, set()),
    ('longer', 'ё' * 5000, set()),
)
VALUES = tuple(v for v in VALUES if v[0] != 'single quotes') + (
    ('single quotes', "x' onfocus='y", {T}),)
BYTES = (b'a\x00b', b'\xff', b'\xc0\xaf', b'\xed\xa0\x80', b'\xf4\x90\x80\x80', b'\xd0')
TYPES = (1, 1.5, True, None, [], ['x'], {}, {'a': 'b'}, 10 ** 400)

GOOD = {
    'text': 'Сынақ', 'name': 'Ёлкина', 'email': 'a@example.org', 'dns': 'www.example.org',
    'phone': '+7 700 123 45 67', 'mobile': '+7 700 123 45 67', 'date': '1990-12-31', 'country': 'KZ',
    'kz-iin': '396685245034', 'az-voen-legal': '1400057421', 'az-voen-person': '1400057422',
}
KNOWN = {'IIN': '396685245034', 'BIN': '120340001230', 'FIN': '5ABC12D'}


def blame(*words):
    wrong.append(' '.join(str(w) for w in words))


# ---- asking ----

addresses = ('127.0.%d.%d' % (a, b) for a, b in itertools.product(range(1, 200), range(1, 250)))


class Somebody:
    """Comes from an address of his own, so that nobody's limits are another's."""

    def __init__(self, basic=None, certificate=None):
        self.context = ssl.create_default_context(cafile=CA)
        if certificate:
            self.context.load_cert_chain(certificate + '.cert', certificate + '.key')
        self.basic, self.cookies = basic, {}
        self.move()

    def move(self):
        self.connection = http.client.HTTPSConnection(
            HOST.hostname, HOST.port, context=self.context, timeout=20,
            source_address=(next(addresses), 0))

    def ask(self, method, path, body=None, kind=None):
        global count
        head = {'Content-Type': kind} if kind else {}
        if self.cookies:
            head['Cookie'] = '; '.join('%s=%s' % pair for pair in self.cookies.items())
        if self.basic and path.startswith('/api'):
            head['Authorization'] = 'Basic ' + base64.b64encode(self.basic.encode()).decode()
        for _ in range(2):
            try:
                self.connection.request(method, path, body, head)
                answer = self.connection.getresponse()
                answer.raw = answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
        else:
            sys.exit('no answer: %s %s' % (method, path))
        for cookie in answer.headers.get_all('Set-Cookie') or []:
            name, value = cookie.split(';')[0].split('=', 1)
            self.cookies[name] = value
        count += 1
        return answer

    def api(self, method, path, doc=None):
        body = doc if isinstance(doc, bytes) else None if doc is None else json.dumps(doc)
        answer = self.ask(method, '/api/v1/' + path, body, body and 'application/json')
        answer.doc = json.loads(answer.raw)
        return answer

    def page(self, path):
        answer = self.ask('GET', path)
        return answer, Page(answer)

    def csrf(self):
        return re.search(rb'name="csrf" value="([0-9a-f]+)"', self.ask('GET', '/status').raw)[1].decode()

    def send(self, path, form):
        """form: names, and values as text or bytes."""
        body = '&'.join('%s=%s' % (name, quote_from_bytes(value) if isinstance(value, bytes) else
                                   quote(value, safe='')) for name, value in form.items())
        answer = self.ask('POST', path, body, FORM)
        return answer, Page(answer)


# ---- looking at what comes ----

TAGS = set('''html head meta link title body header nav main footer section div span p a b br small
    strong em code pre ul ol li dl dt dd h1 h2 h3 form input label button select option textarea
    fieldset legend table thead tbody tr th td caption details summary img svg time'''.split())


class Page(HTMLParser):
    """A page as a browser takes it, and whether all of it is ours."""

    def __init__(self, answer):
        super().__init__(convert_charrefs=True)
        self.words, self.at, self.values, self.foreign = [], {}, {}, []
        self.inside = []
        self.html = (answer.getheader('Content-Type') or '').startswith('text/html')
        try:
            self.raw = answer.raw.decode()
        except UnicodeDecodeError:
            self.raw = ''
            self.foreign.append('no UTF-8')
        if re.search('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', self.raw):
            self.foreign.append('control characters')
        if self.html:
            self.feed(self.raw)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in TAGS:
            self.foreign.append('<%s>' % tag)
        for name, value in attrs:
            if name.startswith('on') or name in ('style', 'autofocus', 'srcdoc'):
                self.foreign.append('%s of <%s>' % (name, tag))
            if name in ('href', 'action', 'src', 'formaction') and \
                    not re.match(r'/(?!/)|#|\?|data:image/png;|data:,$|https://', value or ''):
                self.foreign.append('%s=%s' % (name, value))
        if tag == 'input' and 'name' in given:
            self.values[given['name']] = given.get('value') or ''
        if tag not in ('input', 'meta', 'link', 'br', 'img'):
            self.inside.append(given.get('id'))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if self.inside:
            self.inside.pop()

    def handle_data(self, data):
        self.words.append(data)
        for name in self.inside:
            if name:
                self.at[name] = self.at.get(name, '') + data

    def says(self, text):
        return text in ''.join(self.words) or text in self.values.values()


def whole(where, answer, page, value):
    """What no answer may be: an error of ours, a page with something foreign in it."""
    if answer.status >= 500:
        blame(where, answer.status, answer.raw[:200])
    if page.foreign:
        blame(where, 'a page with', page.foreign)
    text = value if isinstance(value, str) else ''
    if page.html and re.search('[<>"\'&]', text) and text in page.raw:
        blame(where, 'comes back as it was sent')
    if answer.status >= 400 and not ''.join(page.words if page.html else page.raw).strip():
        blame(where, answer.status, 'without a word')


# ---- an application of a profile, up to its form ----

def good(profile, field):
    if field['options']:
        return field['options'][0]
    branch = profile['branches'][0] if profile['branches'] else {}
    return branch.get(field['kind']) or GOOD[field['kind']]


def answers_of(profile, step):
    given = {f['name']: good(profile, f) for f in profile['fields']
             if f['step'] == step and not f['locked']}
    if step == 'filled' and profile['carriers']:
        given['carrier'] = profile['carriers'][0]['name']
    return given


def begin_body(profile):
    body = {'profile': profile['name']}
    if profile['steps'][0]['step'] == 'registered':
        body['answers'] = answers_of(profile, 'registered')
    else:
        body['terms'] = profile['consent']['hash']
    return body


def begun(profile):
    who = Somebody()
    doc = who.api('POST', 'applications', begin_body(profile)).doc
    number, code = doc['application'], doc['code']
    if doc['code_mailed']:
        with sqlite3.connect(STORE) as db:
            (text,), = db.execute('SELECT body FROM mail WHERE application = ?', (number,))
        code = re.search('^Initial access code: (.*)$', text, re.M)[1]
    who.basic = '%s:%s' % (number, code)
    if doc['code_mailed']:
        who.api('POST', 'applications/%s/code' % number, {'code': 'another code 1'})
        who.basic = number + ':another code 1'
    who.number = number
    return who


def at_form(profile):
    who = begun(profile)
    if profile['identity']:
        here = 'applications/%s/identify' % who.number
        got = who.api('POST', here, {'number': KNOWN[profile['identity']['field']]})
        if got.status != 200:
            sys.exit('%s: nobody is identified: %s' % (profile['name'], got.raw))
    return who


def logged_in(who):
    number, code = who.basic.split(':')
    answer, _ = who.send('/login', {'csrf': who.csrf(), 'number': number, 'code': code})
    if answer.status != 303:
        sys.exit('no login: %d' % answer.status)


# ---- the interface ----

def refused_at(where, answer, names):
    """Named, in words, among all that is wrong with the form."""
    error = answer.doc.get('error', {})
    rows = error.get('fields') or [error]
    said = {r.get('field'): r.get('text') for r in rows}
    if answer.status != 422 or not any(said.get(n) for n in names):
        blame(where, answer.status, answer.raw[:200])


def names_of(field):
    return ('carrier',) if field['kind'] == 'carrier' else (field['name'],)


def field_of_api(who, profile, field):
    path = 'applications/%s/answers' % who.number
    form = answers_of(profile, 'filled')

    for name, value, kinds in VALUES:
        where = '%s %s by the interface, %s:' % (profile['name'], field['name'], name)
        answer = who.api('PUT', path, {'answers': {**form, field['name']: value}})
        if answer.status >= 500:
            blame(where, answer.status)
        elif answer.status == 200:
            kept = who.api('GET', path).doc['answers'].get(field['name'], '')
            if field['locked'] and kept != value:
                continue
            if field['kind'] not in kinds or kept != value:
                blame(where, 'taken, kept as', ascii(kept))
        elif field['kind'] in kinds and not field['locked']:
            blame(where, 'refused', answer.raw[:200])
        else:
            refused_at(where, answer, names_of(field) + (field['name'],))
    for value in TYPES:
        where = '%s %s as %.20r:' % (profile['name'], field['name'], value)
        answer = who.api('PUT', path, {'answers': {**form, field['name']: value}})
        if answer.status == 400 and value == 10 ** 400:
            continue
        refused_at(where, answer, (field['name'],))
    for value in BYTES:
        where = '%s %s with %r:' % (profile['name'], field['name'], value)
        text = json.dumps({'answers': {**form, field['name']: 'HERE'}}).encode()
        for raw in (text.replace(b'HERE', value), text.replace(b'HERE', b'\\ud800')):
            answer = who.api('PUT', path, raw)
            if answer.status != 400 or not answer.doc['error'].get('text'):
                blame(where, answer.status, answer.raw[:200])
    text = json.dumps({'answers': form})
    twice = text.replace('{"answers": {', '{"answers": {"%s": "a", "%s": "b", ' % ((field['name'],) * 2))
    if who.api('PUT', path, twice.encode()).status != 400:
        blame(profile['name'], field['name'], 'twice')
    if field.get('required'):
        for form_less in ({**form, field['name']: ''},
                          {k: v for k, v in form.items() if k != field['name']}):
            if field['locked'] or field['name'] == 'carrier' and 'carrier' not in form_less:
                continue        # a program that knows the token does not ask
            refused_at('%s %s left out:' % (profile['name'], field['name']),
                       who.api('PUT', path, {'answers': form_less}), (field['name'],))


# ---- the pages ----

def refused_on_page(where, page, name):
    if not page.at.get('e-' + name, '').strip():
        blame(where, 'no words at the field')
    if 'href="#f-%s"' % name not in page.raw:
        blame(where, 'the summary does not lead to the field')


def field_of_page(who, profile, field, csrf):
    form = {**answers_of(profile, 'filled'), 'csrf': csrf}
    regions = [f['name'] for f in profile['fields'] if f['kind'] == 'region']

    for name, value, kinds in VALUES:
        where = '%s %s on the page, %s:' % (profile['name'], field['name'], name)
        sent = {**form, field['name']: value}
        for region in regions:
            sent['cities-of'] = sent[region]
        answer, page = who.send('/my/form', sent)
        # browsers end lines so, and a form's limit is one of all its answers
        whole(where, answer, page, value)
        if answer.status == 303:
            shown, mine = who.page('/my')
            whole(where + ' shown', shown, mine, value)
            if not field['locked'] and (field['kind'] not in kinds or not mine.says(value)):
                blame(where, 'taken' if field['kind'] not in kinds else 'not shown as it was said')
        elif answer.status == 400 and page.at.get('main', '').strip():
            if field['kind'] in kinds and not field['locked']:
                blame(where, 'refused:', page.at.get('e-' + field['name']))
            elif not field['locked'] and 'The answers are too long' not in page.raw:
                refused_on_page(where, page, names_of(field)[0])
        else:
            blame(where, answer.status)
    for value in BYTES:
        where = '%s %s on the page with %r:' % (profile['name'], field['name'], value)
        answer, page = who.send('/my/form', {**form, field['name']: value})
        whole(where, answer, page, '')
        if answer.status != 400:
            blame(where, answer.status)


def identity(profile):
    who = begun(profile)
    path = 'applications/%s/identify' % who.number
    for n, (name, value, _) in enumerate(VALUES):
        if n % 8 == 7:                  # as often as one may ask
            who = begun(profile)
            path = 'applications/%s/identify' % who.number
        where = '%s %s, %s:' % (profile['name'], profile['identity']['field'], name)
        refused_at(where, who.api('POST', path, {'number': value}), ('number',))
    for value in TYPES[:-1]:
        where = '%s %s as %r:' % (profile['name'], profile['identity']['field'], value)
        answer = who.api('POST', path, {'number': value})
        if answer.status not in (400, 422) or not answer.doc['error'].get('text'):
            blame(where, answer.status)
    for n, (name, value, _) in enumerate(VALUES):
        if n % 8 == 0:
            who = begun(profile)
            logged_in(who)
            csrf = who.csrf()
        where = '%s %s on the page, %s:' % (profile['name'], profile['identity']['field'], name)
        _, page = who.page('/my/identity')
        form = {'csrf': csrf, 'identity': value, 'fetch': 'yes',
                'captcha-id': page.values.get('captcha-id', '')}
        asked = re.search(r'How much is (\d+) plus (\d+)', page.raw)
        if asked:
            form['captcha'] = str(sum(map(int, asked.groups())))
        answer, page = who.send('/my/identity', form)
        whole(where, answer, page, value)
        if answer.status != 400 or not page.at.get('e-identity', '').strip():
            blame(where, answer.status, page.at.get('e-identity'))


def registration(profile):
    """The fields of a first page, each from an address of its own."""
    body = begin_body(profile)
    for field in (f for f in profile['fields'] if f['step'] == 'registered'):
        for name, value, kinds in VALUES:
            where = '%s %s at registration, %s:' % (profile['name'], field['name'], name)
            who = Somebody()
            given = {**body['answers'], 'email': 'm%d@example.org' % count, field['name']: value}
            answer = who.api('POST', 'applications', {**body, 'answers': given})
            if field['kind'] in kinds:
                if answer.status != 201:
                    blame(where, 'refused', answer.raw[:200])
            else:
                refused_at(where, answer, (field['name'],))
            answer, page = who.send('/apply/' + profile['name'], {**given, 'csrf': who.csrf()})
            whole(where, answer, page, value)
            if (answer.status == 200) != (field['kind'] in kinds):
                blame(where, 'on the page:', answer.status)
            elif answer.status == 400 and 'e-' + field['name'] in page.raw:
                refused_on_page(where, page, field['name'])
            elif answer.status not in (200, 400, 413):
                blame(where, 'on the page:', answer.status)


# ---- what no profile asks for ----

def others(who, number):
    officer, operator = Somebody(certificate='officer'), Somebody(certificate='operator')
    case = '/desk/case/' + number
    rows = (
        (who, 'POST', '/status', 'number', {}), (who, 'POST', '/login', 'number', {'code': 'x'}),
        (who, 'POST', '/login', 'code', {'number': number}), (who, 'GET', '/', 'lang', {}),
        (who, 'POST', '/my', 'event', {}), (who, 'GET', '/my', 'follow', {}),
        (who, 'POST', '/my/code', 'old', {'new': 'a b c d e f', 'again': 'a b c d e f'}),
        (who, 'POST', '/my/code', 'again', {'old': 'x', 'new': 'a b c d e f'}),
        (who, 'GET', '/my/key', 'folder', {}), (who, 'POST', '/my/key', 'request', {}),
        (who, 'GET', '/my/install', 'folder', {}), (who, 'POST', '/my/revoke', 'why', {}),
        (who, 'POST', '/my/renew', 'request', {}), (who, 'GET', '/my/print/txt', 'document', {}),
        (who, 'POST', '/my/documents', 'name', {}), (who, 'POST', '/my/documents', 'dated', {}),
        (officer, 'GET', '/desk', 'q', {}), (officer, 'GET', '/desk', 'office', {}),
        (officer, 'GET', '/desk', 'state', {}), (officer, 'POST', case, 'event', {}),
        (officer, 'POST', case, 'reason', {'event': 'return-data'}),
        (officer, 'POST', case + '/document', 'name', {'verdict': 'return'}),
        (officer, 'POST', case + '/document', 'reason', {'verdict': 'return', 'name': 'application'}),
        (officer, 'POST', case + '/revoke', 'why', {}), (officer, 'GET', case + '/file', 'name', {}),
        (operator, 'POST', '/admin', 'name', {'role': 'officer'}),
        (operator, 'POST', '/admin', 'role', {'name': 'x'}),
        (operator, 'POST', '/admin', 'branch', {'name': 'x', 'role': 'officer'}),
        (operator, 'POST', '/admin/close', 'name', {}), (operator, 'POST', '/admin/mails', 'mail', {}),
        (operator, 'POST', '/admin/audit', 'head', {}), (operator, 'GET', '/admin/audit', 'from', {}),
        (Somebody(), 'POST', '/desk/setup', 'name', {'password': 'x'}),
        (Somebody(), 'POST', '/desk/setup', 'password', {'name': 'x'}),
    )
    for somebody, method, path, name, more in rows:
        csrf = somebody.csrf()
        for what, value in [v[:2] for v in VALUES] + [(repr(b), b) for b in BYTES]:
            where = '%s %s of %s, %s:' % (method, name, path, what)
            form = {**more, name: value}
            if path in ('/login', '/desk/setup', '/status'):
                somebody.connection.close()
                somebody.move()
            if method == 'POST':
                answer, page = somebody.send(path, {**form, 'csrf': csrf})
            else:
                answer = somebody.ask('GET', path + '?' + urlencode(form))
                page = Page(answer)
            whole(where, answer, page, value)
            if answer.status not in (200, 303, 400, 403, 404, 409, 413, 414, 422, 429, 431):
                blame(where, answer.status)
            if answer.status == 303 and answer.getheader('Location', '').startswith('/login'):
                blame(where, 'logged out by it')


def others_of_api(profile):
    who = begun(profile)
    here = 'applications/' + who.number
    rows = (
        ('POST', 'applications', 'profile', {}), ('POST', 'applications', 'terms', {'profile': profile['name']}),
        ('POST', 'applications', 'once', begin_body(profile)), ('POST', here + '/agree', 'terms', {}),
        ('POST', here + '/agree', 'contents', {}), ('POST', here + '/request', 'request', {}),
        ('POST', here + '/installed', 'signature', {}), ('POST', here + '/renew', 'request', {}),
        ('POST', here + '/revoke', 'reason', {}), ('POST', here + '/code', 'code', {}),
        ('POST', here + '/identify', 'number', {}),
    )
    for method, path, name, more in rows:
        for what, value in [v[:2] for v in VALUES] + [(repr(t), t) for t in TYPES[:-1]]:
            where = '%s %s of %s, %s:' % (method, name, path, what)
            if 'applications' == path:
                who.connection.close()
                who.move()
            answer = who.api(method, path, {**more, name: value})
            taken = answer.status in (200, 201) and name in ('once', 'code')
            if name == 'code' and taken:
                who.basic = '%s:%s' % (who.number, value)
            if answer.status >= 500 or answer.status < 400 and not taken:
                blame(where, answer.status, answer.raw[:200])
            elif not taken and not answer.doc['error'].get('text'):
                blame(where, answer.status, 'without a word')


# ---- all of it ----

somebody = Somebody()
profiles = [somebody.api('GET', 'profiles/' + p['name']).doc
            for p in somebody.api('GET', 'profiles').doc['profiles']]
fields = 0
for profile in profiles:
    first = profile['steps'][0]['step']
    if first == 'submitted':
        if profile['fields'] or profile['carriers']:
            blame(profile['name'], 'has fields that nobody fills in')
        continue
    if first == 'registered':
        registration(profile)
    if profile['identity']:
        identity(profile)
    who = at_form(profile)
    logged_in(who)
    csrf = who.csrf()
    rows = [f for f in profile['fields'] if f['step'] == 'filled']
    if profile['carriers']:
        rows += [{'name': 'carrier', 'kind': 'carrier', 'locked': False, 'required': True},
                 {'name': 'carrier.extra', 'kind': 'carrier', 'locked': False}]
    for field in rows:
        field_of_api(who, profile, field)
        field_of_page(who, profile, field, csrf)
    fields += len(profile['fields']) + 2 * bool(profile['carriers']) + bool(profile['identity'])
    if profile['name'] == 'kz-ssl':
        others(who, who.number)
        others_of_api(profile)

for words in wrong[:60]:
    print('wrong:', ascii(words))
print('fields: %d of %d profiles, %d answers, %d wrong' % (fields, len(profiles), count, len(wrong)))
sys.exit(bool(wrong) or fields < 40)
