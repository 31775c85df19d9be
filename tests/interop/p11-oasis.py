#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# usage: p11-oasis.py MODULE
#
# The mandatory test cases of PKCS #11 Profiles 3.1 for providers, BL-M-1-31,
# EXT-M-1-31, AUTH-M-1-31 and CERT-M-1-31 (Profiles 3.2 has the same calls as
# BL-M-1-32 and so on), and the conditions of the profiles (5.1, 5.3 to 5.5):
# a token claims the profiles that it passes, and no others.
#
# As the Profiles permit ("Permitted Test Case Variations"), texts, versions,
# handles, values, and what lists hold and in which order, are the token's.
# What a token cannot share with the example beyond that, its sizes, its flags,
# its modulus and the labels of its objects, is checked for sense.  A case is
# passed when every call of it answers with the code that stands there.
from p11_calls import *

BASELINE, EXTENDED, AUTHENTICATION, PUBLIC_CERTIFICATES = 1, 2, 3, 4
SHA512 = 0x270
LOGIN_REQUIRED, USER_PIN_INITIALIZED, TOKEN_INITIALIZED = 0x4, 0x8, 0x400
DIGEST, SIGN, VERIFY, GENERATE_KEY_PAIR = 0x400, 0x800, 0x2000, 0x10000


class Info(c.Structure):
    _fields_ = [('version', Version), ('maker', c.c_char * 32), ('flags', UL),
                ('description', c.c_char * 32), ('library', Version)]


class SlotInfo(c.Structure):
    _fields_ = [('description', c.c_char * 64), ('maker', c.c_char * 32), ('flags', UL),
                ('hardware', Version), ('firmware', Version)]


class MechanismInfo(c.Structure):
    _fields_ = [('least', UL), ('most', UL), ('flags', UL)]


class Failed(Exception):
    pass


def call(name, *arguments):
    """A call of the case, whose code is OK in every one of them."""
    rv = F[name](*arguments)
    if rv != 'OK':
        raise Failed('C_%s is %s' % (name, rv))


def holds(what, is_so):
    if not is_so:
        raise Failed('not so: ' + what)


def is_text(of, field):
    """Blank-padded, without a NUL (PKCS #11 3.2, 3.2 and 3.3)."""
    at = getattr(type(of), field)
    raw = bytes(of)[at.offset:at.offset + at.size]
    holds('%s is text: %r' % (field, raw), b'\0' not in raw and raw.decode('utf-8') is not None)


# ---- what the cases have in common ---------------------------------------------
def initialize():
    info = Info()
    call('Initialize', None)
    call('GetInfo', c.byref(info))
    holds('version 3.x', info.version.major == 3)
    holds('no flags', info.flags == 0)
    is_text(info, 'maker')
    is_text(info, 'description')


def first_slot():
    n = UL(0)
    call('GetSlotList', c.c_ubyte(1), None, c.byref(n))
    holds('a token', n.value >= 1)
    ids = (UL * n.value)()
    call('GetSlotList', c.c_ubyte(1), ids, c.byref(n))
    return ids[0]


def describe(slot):
    info, token = SlotInfo(), TokenInfo()
    call('GetSlotInfo', slot, c.byref(info))
    holds('TOKEN_PRESENT', info.flags & 1)
    is_text(info, 'description')
    is_text(info, 'maker')
    call('GetTokenInfo', slot, c.byref(token))
    for field in ('label', 'maker', 'model', 'serial'):
        is_text(token, field)
    want = LOGIN_REQUIRED | USER_PIN_INITIALIZED | TOKEN_INITIALIZED
    holds('flags of a token with a user\'s PIN', token.flags & want == want)
    holds('no session yet', (token.sessions, token.rw) == (0, 0))
    holds('lengths of a PIN', 4 <= token.min_pin <= token.max_pin <= 255)


def open_session(slot, flags):
    h = UL(0)
    call('OpenSession', slot, flags, None, None, c.byref(h))
    return h.value


def log_in(h):
    call('Login', h, USER, PIN, len(PIN))


def log_in_by_name(h):
    call('LoginUser', h, USER, PIN, len(PIN), None, 0)


def search(h, most, **given):
    """Init and one C_FindObjects; the search stays open."""
    rows, n = template(TOKEN=True, **given)
    call('FindObjectsInit', h, rows, n)
    out, got = (UL * most)(), UL(0)
    call('FindObjects', h, out, most, c.byref(got))
    return out[:got.value]


def one_object(h, **given):
    found = search(h, 1, **given)
    call('FindObjectsFinal', h)
    holds('one object of %r' % given, len(found) == 1)
    return found[0]


def read(h, o, **rooms):
    rows = (Attribute * len(rooms))()
    kept = [c.create_string_buffer(max(room, 1)) for room in rooms.values()]
    for row, name, room, buffer in zip(rows, rooms, rooms.values(), kept):
        row.type, row.len = A[name], room
        row.value = c.cast(buffer, c.c_void_p) if room else None
    call('GetAttributeValue', h, o, rows, len(rooms))
    return [buffer.raw[:row.len] if row.value else row.len for buffer, row in zip(kept, rows)]


def read_twice(h, o, name):
    """Its length, then its value."""
    length, = read(h, o, **{name: 0})
    value, = read(h, o, **{name: length})
    holds('as long as it was said', len(value) == length)
    return value


def end(h, slot):
    call('CloseSession', h)
    call('CloseAllSessions', slot)
    call('Finalize', None)


# ---- the cases -------------------------------------------------------------------
def bl_m_1_31():
    initialize()
    slot = first_slot()
    describe(slot)
    h = open_session(slot, RO)
    one_object(h)
    end(h, slot)


def ext_m_1_31():
    initialize()
    slot = first_slot()
    describe(slot)
    n = UL(0)
    call('GetMechanismList', slot, None, c.byref(n))
    kinds = (UL * n.value)()
    call('GetMechanismList', slot, kinds, c.byref(n))
    holds('a mechanism of the case', {SHA512, M['RSA_GEN'], M['RSA']} & set(kinds))
    info = MechanismInfo()
    call('GetMechanismInfo', slot, SHA512, c.byref(info))
    hashes = info.flags & DIGEST
    for kind, flags in ((M['RSA_GEN'], GENERATE_KEY_PAIR), (M['RSA'], SIGN | VERIFY)):
        call('GetMechanismInfo', slot, kind, c.byref(info))
        holds('what %#x is for' % kind, info.flags & flags == flags)
        holds('its sizes', 512 <= info.least <= info.most <= 16384)
    h = open_session(slot, RW)
    log_in(h)
    one_object(h)
    call('Logout', h)
    end(h, slot)
    holds('SHA512 is for hashing', hashes)


def auth_m_1_31(log_in=log_in):
    initialize()
    slot = first_slot()
    h = open_session(slot, RW)
    log_in(h)
    public = one_object(h, LABEL=b'testrsa-pub', CLASS=PUBLIC)
    modulus, exponent = read(h, public, MODULUS=1024, PUBLIC_EXPONENT=1024)
    holds('a key of 2048 bits', len(modulus) == 256 and modulus[0] & 0x80)
    holds('its exponent', exponent == b'\1\0\1')
    spki, = read(h, public, PUBLIC_KEY_INFO=1024)
    holds('both are the key', modulus in spki)
    private = one_object(h, LABEL=b'testrsa-pri', CLASS=PRIVATE)
    data = b'\x30\x82\1\x83' + modulus		# as long as the case's, and as arbitrary
    signature, n = c.create_string_buffer(256), UL(256)
    call('SignInit', h, mech('SHA256_RSA'), private)
    call('Sign', h, data, len(data), signature, c.byref(n))
    holds('openssl agrees', n.value == 256 and openssl('dgst', '-sha256', '-verify', '{k}',
          '-keyform', 'DER', '-signature', '{s}', '{d}', k=spki, s=signature.raw, d=data))
    call('Logout', h)
    end(h, slot)


def cert_m_1_31():
    initialize()
    slot = first_slot()
    h = open_session(slot, RO)
    found = search(h, 5)
    holds('five objects', len(found) == 5)
    holds('a label', read_twice(h, found[0], 'LABEL'))
    certificates = [o for o in found if get(h, o, 'CLASS') == bytes(UL(CERT))]
    holds('a certificate among them', certificates)
    value = read_twice(h, certificates[0], 'VALUE')
    holds('openssl reads it', openssl('x509', '-inform', 'DER', '-noout', '-in', '{v}', v=value))
    call('FindObjectsFinal', h)
    end(h, slot)


# ---- the conditions ----------------------------------------------------------------
def baseline():
    """5.1: functions and attributes that the case does not call."""
    initialize()
    h = open_session(first_slot(), RO)
    call('GetSessionInfo', h, c.byref(SessionInfo()))
    o = one_object(h, CLASS=CERT)
    for name in 'CLASS TOKEN VALUE ID PRIVATE MODIFIABLE LABEL UNIQUE_ID'.split():
        read_twice(h, o, name)
    n = UL(0)
    library.C_GetInterfaceList.restype = UL
    holds('C_GetInterfaceList', library.C_GetInterfaceList(None, c.byref(n)) == 0 and n.value)
    call('Finalize', None)


def authentication():
    """5.4: C_LoginUser, and signing in parts."""
    auth_m_1_31(log_in_by_name)
    initialize()
    h = open_session(first_slot(), RW)
    log_in(h)
    call('SignInit', h, mech('SHA256_RSA'), one_object(h, LABEL=b'testrsa-pri', CLASS=PRIVATE))
    call('SignUpdate', h, b'data', 4)
    call('SignFinal', h, c.create_string_buffer(256), c.byref(UL(256)))
    call('Finalize', None)


def public_certificates():
    """5.5, 8: what is found without a login, and what has which CKA_ID."""
    initialize()
    h = open_session(first_slot(), RW)
    before = find(h, CLASS=CERT)
    ids = {get(h, o, 'ID') for o in before}
    publics = {get(h, o, 'ID') for o in find(h, CLASS=PUBLIC)}
    holds('certificates', before)
    holds('a public key for each', ids <= publics)
    log_in(h)
    holds('no other certificates after the login', find(h, CLASS=CERT) == before)
    for o in find(h, CLASS=PRIVATE):
        mate = find(h, CLASS=CERT, PUBLIC_KEY_INFO=get(h, o, 'PUBLIC_KEY_INFO'))
        holds('the same CKA_ID', {get(h, m, 'ID') for m in mate} <= {get(h, o, 'ID')})
    call('Finalize', None)


CASES = (
    (BASELINE, 'BL-M-1-31', bl_m_1_31), (BASELINE, 'Baseline Provider, 5.1', baseline),
    (EXTENDED, 'EXT-M-1-31', ext_m_1_31),
    (AUTHENTICATION, 'AUTH-M-1-31', auth_m_1_31),
    (AUTHENTICATION, 'Authentication Token, 5.4', authentication),
    (PUBLIC_CERTIFICATES, 'CERT-M-1-31', cert_m_1_31),
    (PUBLIC_CERTIFICATES, 'Public Certificates Token, 5.5', public_certificates),
)
# The module hashes nothing for others (pkcs11/README.md), as EXT-M-1-31 wants.
EXPECTED = {'EXT-M-1-31': 'not so: SHA512 is for hashing'}


def give_labels():
    """What the cases expect to be there: a key whose halves have these labels."""
    initialize()
    h = open_session(first_slot(), RW)
    log_in(h)
    for kind, label in ((PUBLIC, b'testrsa-pub'), (PRIVATE, b'testrsa-pri')):
        o = one_object(h, CLASS=kind, ID=b'\x9a')
        eq('a label', set_(h, o, LABEL=label), 'OK')
    call('Finalize', None)


def claims():
    initialize()
    h = open_session(first_slot(), RO)
    ids = {int.from_bytes(get(h, o, 'PROFILE_ID'), 'little') for o in find(h, CLASS=PROFILE)}
    call('Finalize', None)
    return ids


def run(case):
    try:
        case()
    except Failed as why:
        F['Finalize'](None)
        return str(why)
    return None


give_labels()
for version in (3, 0), (3, 2):
    eq('C_GetInterface', interface(b'PKCS 11', version, 0), version)
    F = table(found.contents.table)
    passed = {profile for profile, _, _ in CASES}
    for profile, name, case in CASES:
        said = run(case)
        print('%d.%d %-32s %s' % (*version, name, said or 'passed'))
        eq(name, said, EXPECTED.get(name))
        if said:
            passed.discard(profile)
    eq('the token claims what it passes', claims(), passed)
sys.exit(tally.faults != 0)
