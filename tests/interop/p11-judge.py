#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# usage: p11-judge.py MODULE CTL...
#
# A judge of a PKCS#11 module who has read the specification and the list of
# what clients send, and not the module.  It calls the tables directly, says
# everything that is not as expected and exits 1 if there was anything.
import signal

from p11_calls import *


# What differs between kinds of cards.
#   keys    how many the full card has, a certificate beside each
#   rsa ec  IDs of two that sign: RSA 2048, and P-384
#   each    of the one, P-256, that wants its PIN each time; None: none does
#   free    of one that wants none; None: all do
#   seals   of one that decrypts, RSA 2048
#   pads    the card pads RSA by PKCS #1 v1.5 and does nothing else
#   most    bytes that rsa signs as they are
#   owner   C_Login(SO) takes the administrator's PIN, which gives the user a new one;
#           None: nobody is an SO
#   ids     slots are ids, and the user's PIN makes keys
#   chooses commands before the first signature, that choose the key
#   so      that PIN, where it is not TAMGA_TEST_ADMIN;  wrong  another one
#   verify  as the card's log shows a login before a signature with rsa
class PivCard:
    ids = False
    chooses = 0
    keys, rsa, ec, each, free, seals = 4, b'\x9a', b'\x9e', b'\x9c', b'\x9e', b'\x9d'
    pads = owner = False
    most = 245
    verify = ' 00 20 00 80 8 9000'


class OpenPgpCard:
    ids = False
    chooses = 0
    keys, rsa, ec, each, free, seals = 3, b'\1', b'\3', None, None, b'\2'
    pads = owner = True
    most = 102	# 7.2.10.2: 40 % of the modulus
    verify = ' 00 20 00 81 6 9000'
    wrong = b'99999999'


class GidsCard:
    ids = True
    chooses = 1
    keys, rsa, ec, each, free, seals = 2, b'\0', b'\1', None, None, b'\0'
    pads = owner = True
    most = 245
    verify = ' 00 20 00 80 6 9000'
    wrong = b'99' * 24


class MyEidCard:
    ids = True
    chooses = 1
    keys, rsa, ec, each, free, seals = 2, b'E', b'F', None, None, b'E'
    pads, owner = False, None
    most = 245
    verify = ' 00 20 00 01 8 9000'


KIND = os.environ.get('TAMGA_TEST_KIND', 'piv')
K = {'piv': PivCard, 'openpgp': OpenPgpCard, 'gids': GidsCard, 'myeid': MyEidCard}[KIND]
ADMIN = getattr(K, 'so', ADMIN)


# ---- interfaces, before anything is initialised (doc/design/pkcs11.md) ------------------
def judge_interfaces():
    for name, version, flags, want in (
            (b'PKCS 11', None, 1, 'FUNCTION_FAILED'), (b'PKCS 11', None, 0, (3, 2)),
            (b'Vendor NSS FIPS Interface', None, 0, 'FUNCTION_FAILED'),
            (b'PKCS 11', (3, 2), 0, (3, 2)), (None, None, 0, (3, 2)), (None, (3, 0), 0, (3, 0)),
            (b'PKCS 11', (3, 0), 0, (3, 0)), (b'PKCS 11', (2, 40), 0, (2, 40)),
            (b'PKCS 11', (2, 20), 0, 'FUNCTION_FAILED'), (b'PKCS 11', (4, 0), 0, 'FUNCTION_FAILED'),
            (b'PKCS 11', (3, 2), 1, 'FUNCTION_FAILED'), (b'pkcs 11', None, 0, 'FUNCTION_FAILED'),
            (b'', None, 0, 'FUNCTION_FAILED'), (None, None, 1 << 40, 'FUNCTION_FAILED')):
        eq('C_GetInterface(%r, %r, %d)' % (name, version, flags),
           interface(name, version, flags), want)
    library.C_GetInterface.restype = UL
    eq('C_GetInterface(NULL place)', NAMES[library.C_GetInterface(None, None, None, UL(0))],
       'ARGUMENTS_BAD')
    n = UL(0)
    library.C_GetInterfaceList.restype = UL
    eq('C_GetInterfaceList size', NAMES[library.C_GetInterfaceList(None, c.byref(n))], 'OK')
    count = n.value
    rows = (Interface * (count + 2))()
    n.value = count - 1
    eq('C_GetInterfaceList small', NAMES[library.C_GetInterfaceList(rows, c.byref(n))],
       'BUFFER_TOO_SMALL')
    eq('its count', (n.value, rows[0].name), (count, None))
    n.value = count + 2
    eq('C_GetInterfaceList large', NAMES[library.C_GetInterfaceList(rows, c.byref(n))], 'OK')
    eq('its count', n.value, count)
    eq('names', {r.name for r in rows[:count]}, {b'PKCS 11'})
    eq('flags', {r.flags for r in rows[:count]}, {0})
    eq('C_GetInterfaceList(NULL)', NAMES[library.C_GetInterfaceList(None, None)], 'ARGUMENTS_BAD')
    for version in ((2, 40), (3, 0), (3, 2)):
        interface(b'PKCS 11', version, 0)
        t = table(found.contents.table)
        for name, call in t.items():
            if name in ('Initialize', 'GetFunctionList', 'GetInterface', 'GetInterfaceList'):
                continue
            eq('%s before C_Initialize' % name, call(*[None] * 10), 'CRYPTOKI_NOT_INITIALIZED')


# ---- starting (4.1) --------------------------------------------------------------
def judge_start():
    args = InitArgs()
    args.reserved = 1
    eq('C_Initialize(pReserved)', F['Initialize'](c.byref(args)), 'ARGUMENTS_BAD')
    args = InitArgs()
    args.mutex[0] = 1
    eq('C_Initialize(some mutex functions)', F['Initialize'](c.byref(args)), 'ARGUMENTS_BAD')
    args = InitArgs()
    args.flags = 3
    eq('C_Initialize as NSS', F['Initialize'](c.byref(args)), 'OK')
    eq('C_Initialize again', F['Initialize'](None), 'CRYPTOKI_ALREADY_INITIALIZED')
    eq('C_Finalize(not NULL)', F['Finalize'](c.byref(args)), 'ARGUMENTS_BAD')
    eq('C_Finalize', F['Finalize'](None), 'OK')
    eq('C_Finalize again', F['Finalize'](None), 'CRYPTOKI_NOT_INITIALIZED')
    eq('C_Initialize', F['Initialize'](None), 'OK')
    for version in ((2, 40), (3, 0), (3, 2)):
        interface(b'PKCS 11', version, 0)
        info = (c.c_ubyte * 128)()
        eq('C_GetInfo', table(found.contents.table)['GetInfo'](info), 'OK')
        eq('its version', (info[0], info[1]), version)
    eq('C_GetInfo(NULL)', F['GetInfo'](None), 'ARGUMENTS_BAD')


# ---- slots (4.1, 4.2) --------------------------------------------------------------
def judge_slots():
    n = UL(0)
    for present in (0, 1):
        eq('C_GetSlotList size', F['GetSlotList'](present, None, c.byref(n)), 'OK')
        many = n.value
        ids = (UL * (many + 3))(*[77] * (many + 3))
        n.value = many - 1
        eq('C_GetSlotList small', F['GetSlotList'](present, ids, c.byref(n)), 'BUFFER_TOO_SMALL')
        eq('nothing written', (n.value, list(ids)), (many, [77] * (many + 3)))
        n.value = many + 3
        eq('C_GetSlotList large', F['GetSlotList'](present, ids, c.byref(n)), 'OK')
        eq('its count', (n.value, list(ids[many:])), (many, [77] * 3))
    eq('C_GetSlotList(NULL)', F['GetSlotList'](0, None, None), 'ARGUMENTS_BAD')
    wrong = 4711
    buffer, h = c.create_string_buffer(256), UL(0)
    for name, arguments in (
            ('GetSlotInfo', (buffer,)), ('GetTokenInfo', (buffer,)),
            ('GetMechanismList', (None, c.byref(n))), ('GetMechanismInfo', (M['ECDSA'], buffer)),
            ('InitToken', (PUK, 8, b' ' * 32)), ('OpenSession', (RO, None, None, c.byref(h))),
            ('CloseAllSessions', ())):
        eq('C_%s(wrong slot)' % name, F[name](wrong, *arguments), 'SLOT_ID_INVALID')
    slot = slots()[0]
    eq('C_GetSlotInfo(NULL)', F['GetSlotInfo'](slot, None), 'ARGUMENTS_BAD')
    eq('C_GetTokenInfo(NULL)', F['GetTokenInfo'](slot, None), 'ARGUMENTS_BAD')
    eq('C_GetMechanismList(NULL)', F['GetMechanismList'](slot, None, None), 'ARGUMENTS_BAD')
    eq('C_GetMechanismInfo(NULL)', F['GetMechanismInfo'](slot, M['ECDSA'], None), 'ARGUMENTS_BAD')
    eq('C_GetMechanismInfo(unknown)', F['GetMechanismInfo'](slot, 0x80001234, buffer),
       'MECHANISM_INVALID')
    eq('C_GetMechanismList', F['GetMechanismList'](slot, None, c.byref(n)), 'OK')
    many = n.value
    kinds = (UL * (many + 3))(*[77] * (many + 3))
    n.value = many - 1
    eq('C_GetMechanismList small', F['GetMechanismList'](slot, kinds, c.byref(n)),
       'BUFFER_TOO_SMALL')
    eq('nothing written', (n.value, kinds[0]), (many, 77))
    n.value = many + 3
    eq('C_GetMechanismList large', F['GetMechanismList'](slot, kinds, c.byref(n)), 'OK')
    eq('its count', (n.value, kinds[many]), (many, 77))
    for kind in kinds[:many]:
        info = (UL * 3)()
        eq('C_GetMechanismInfo(%#x)' % kind, F['GetMechanismInfo'](slot, kind, info), 'OK')
        eq('%#x has a use and sizes' % kind, info[2] != 0 and 0 < info[0] <= info[1], True)
    eq('no hash is a mechanism', [k for k in kinds[:many] if k in (0x220, 0x250, 0x260, 0x270)], [])
    eq('C_WaitForSlotEvent(NULL)', F['WaitForSlotEvent'](1, None, None), 'ARGUMENTS_BAD')
    while F['WaitForSlotEvent'](1, c.byref(h), None) == 'OK':
        pass
    eq('C_WaitForSlotEvent', F['WaitForSlotEvent'](1, c.byref(h), None), 'NO_EVENT')
    eq('C_WaitForSlotEvent(reserved)', F['WaitForSlotEvent'](1, c.byref(h), buffer),
       'ARGUMENTS_BAD')


# ---- sessions and logins (4.2) --------------------------------------------------------
def judge_sessions(slot, other):
    h = UL(0)
    eq('parallel', F['OpenSession'](slot, 2, None, None, c.byref(h)),
       'SESSION_PARALLEL_NOT_SUPPORTED')
    eq('no place', F['OpenSession'](slot, RO, None, None, None), 'ARGUMENTS_BAD')
    a, b, far = session(slot), session(slot, RW), session(other)
    eq('states', (state(a), state(b), state(far)), (0, 2, 0))
    eq('SO beside RO', login(a, SO, ADMIN), 'SESSION_READ_ONLY_EXISTS')
    eq('a type that is none', login(a, 9, PIN), 'USER_TYPE_INVALID')
    eq('context without operation', login(a, CONTEXT, PIN), 'OPERATION_NOT_INITIALIZED')
    eq('C_Logout without login', F['Logout'](a), 'USER_NOT_LOGGED_IN')
    before = apdus(0)
    eq('PIN too long', login(a, USER, b'1' * 70), 'PIN_LEN_RANGE')
    eq('PIN too short', login(a, USER, b'1'), 'PIN_LEN_RANGE')
    eq('PIN empty', login(a, USER, b''), 'PIN_LEN_RANGE', 'PIN_INCORRECT')
    eq('PIN NULL', F['Login'](a, USER, None, 0), 'ARGUMENTS_BAD')
    eq('PIN NULL of a length', F['Login'](a, USER, None, 6), 'ARGUMENTS_BAD')
    eq('none of them went to the card', apdus(0), before)
    eq('C_Login', login(b, USER, PIN), 'OK')
    eq('states after login', (state(a), state(b), state(far)), (1, 3, 0))
    late = session(slot)
    eq('state of a later session', state(late), 1)
    eq('again', login(a, USER, PIN), 'USER_ALREADY_LOGGED_IN')
    eq('another', login(a, SO, ADMIN), 'USER_ANOTHER_ALREADY_LOGGED_IN')
    eq('private keys', len(find(a, CLASS=PRIVATE)), K.keys)
    stale = one(a, CLASS=PRIVATE, ID=K.rsa)
    free = one(a, CLASS=PRIVATE, ID=K.free) if K.free else 0
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('states after logout', (state(a), state(b)), (0, 2))
    eq('private keys after logout', len(find(b, CLASS=PRIVATE)), 1 if K.free else 0)
    eq('C_Login', login(b, USER, PIN), 'OK')
    eq('private keys again', len(find(b, CLASS=PRIVATE)), K.keys)
    # 5.6.9: a handle from before the logout stays invalid
    eq('a handle that outlived its login', get(b, stale, 'CLASS'), 'OBJECT_HANDLE_INVALID')
    if K.free:
        eq('one that nobody need log in for', get(b, free, 'ID'), K.free)
    for x in (a, b, late):
        eq('C_CloseSession', F['CloseSession'](x), 'OK')
    eq('stale', F['CloseSession'](a), 'SESSION_HANDLE_INVALID')
    a = session(slot)
    eq('the last session took the login along', state(a), 0)
    eq('handles are not used again', a in (b, late), False)
    b = session(slot, RW)
    eq('wrong slot leaves sessions', F['CloseAllSessions'](4711), 'SLOT_ID_INVALID')
    eq('', state(a), 0)
    for _ in 1, 2:
        eq('C_CloseAllSessions', F['CloseAllSessions'](slot), 'OK')
    eq('all gone', (state(a), state(b)), ('SESSION_HANDLE_INVALID',) * 2)
    eq('the other slot is not', state(far), 0)
    got = UL(7)
    out = UL(0)
    eq('C_FindObjects(gone)', F['FindObjects'](a, c.byref(out), 1, c.byref(got)),
       'SESSION_HANDLE_INVALID')
    eq('count is 0', got.value, 0)
    eq('C_CloseSession', F['CloseSession'](far), 'OK')
    # stubs look at the session first (4.1)
    n = UL(0)
    buffer = c.create_string_buffer(64)
    for name in FUNCTIONS:
        if name in '''Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo
                GetMechanismList GetMechanismInfo InitToken OpenSession CloseAllSessions
                WaitForSlotEvent GetInterface GetInterfaceList'''.split():
            continue
        want = 'SESSION_HANDLE_INVALID'
        got = F[name](0x7777, *[c.byref(n)] + [None] * 9)
        eq('C_%s(wrong session)' % name, got, want)
    a = session(slot)
    eq('C_GetFunctionStatus', F['GetFunctionStatus'](a), 'FUNCTION_NOT_PARALLEL')
    eq('C_CancelFunction', F['CancelFunction'](a), 'FUNCTION_NOT_PARALLEL')
    before = apdus(0)
    eq('C_SeedRandom', F['SeedRandom'](a, b'abc', 3), 'RANDOM_SEED_NOT_SUPPORTED', 'OK')
    eq('C_GenerateRandom', F['GenerateRandom'](a, buffer, 64), 'OK')
    eq('C_GenerateRandom(NULL)', F['GenerateRandom'](a, None, 5), 'ARGUMENTS_BAD')
    eq('no card asked', apdus(0), before)
    eq('C_OpenSession SO on RO', F['CloseSession'](a), 'OK')


def judge_owner(slot):
    """An administrator who gives the user a PIN: no PUK is in play."""
    a = session(slot, RW)
    eq('SO', login(a, SO, ADMIN), 'OK')
    eq('state', state(a), 4)
    eq('USER beside SO', login(a, USER, PIN), 'USER_ANOTHER_ALREADY_LOGGED_IN')
    eq('C_InitPIN short', F['InitPIN'](a, b'1', 1), 'PIN_LEN_RANGE')
    eq('C_InitPIN', F['InitPIN'](a, b'654321', 6), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('C_InitPIN without SO', F['InitPIN'](a, b'654321', 6), 'USER_NOT_LOGGED_IN')
    eq('SO wrong', login(a, SO, K.wrong), 'PIN_INCORRECT')
    eq('SO', login(a, SO, ADMIN), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('the old PIN', login(a, USER, PIN), 'PIN_INCORRECT')
    eq('C_SetPIN, old wrong', F['SetPIN'](a, PIN, 6, b'111111', 6), 'PIN_INCORRECT')
    # three tries: one is left
    eq('flags: low and final', token_flags(slot) & 0x70000, 0x30000)
    eq('the new PIN', login(a, USER, b'654321'), 'OK')
    eq('C_SetPIN short', F['SetPIN'](a, b'654321', 6, b'1', 1), 'PIN_LEN_RANGE')
    eq('C_SetPIN', F['SetPIN'](a, b'654321', 6, PIN, 6), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    for left in 2, 1:
        eq('a wrong PIN', login(a, USER, b'999999'), 'PIN_INCORRECT')
    eq('the last try', login(a, USER, b'999999'), 'PIN_LOCKED', 'PIN_INCORRECT')
    eq('the right one is too late', login(a, USER, PIN), 'PIN_LOCKED')
    eq('SO', login(a, SO, ADMIN), 'OK')
    eq('C_InitPIN', F['InitPIN'](a, PIN, 6), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('unlocked', login(a, USER, PIN), 'OK')
    F['CloseAllSessions'](slot)


def judge_user(slot):
    """A card without an administrator: the user's PIN alone, down to the last try."""
    a = session(slot, RW)
    eq('SO', login(a, SO, PUK), 'FUNCTION_NOT_SUPPORTED')
    eq('C_InitPIN', F['InitPIN'](a, b'654321', 6), 'USER_NOT_LOGGED_IN')
    eq('C_SetPIN, old wrong', F['SetPIN'](a, b'654321', 6, b'111111', 6), 'PIN_INCORRECT')
    eq('flags: low', token_flags(slot) & 0x70000, 0x10000)
    eq('C_SetPIN short', F['SetPIN'](a, PIN, 6, b'1', 1), 'PIN_LEN_RANGE')
    eq('C_SetPIN', F['SetPIN'](a, PIN, 6, b'654321', 6), 'OK')
    eq('flags: none', token_flags(slot) & 0x70000, 0)
    for left, flags in ((2, 0x10000), (1, 0x30000)):
        eq('the old PIN', login(a, USER, PIN), 'PIN_INCORRECT')
        eq('flags with %d left' % left, token_flags(slot) & 0x70000, flags)
    eq('the new PIN', login(a, USER, b'654321'), 'OK')
    eq('C_SetPIN', F['SetPIN'](a, b'654321', 6, PIN, 6), 'OK')
    F['CloseAllSessions'](slot)


def judge_so(slot):
    a = session(slot, RW)
    eq('SO in hexadecimal', login(a, SO, ADMIN), 'OK')
    eq('state', state(a), 4)
    h = UL(0)
    eq('RO beside SO', F['OpenSession'](slot, RO, None, None, c.byref(h)),
       'SESSION_READ_WRITE_SO_EXISTS')
    eq('USER beside SO', login(a, USER, PIN), 'USER_ANOTHER_ALREADY_LOGGED_IN')
    eq('SO again', login(a, SO, ADMIN), 'USER_ALREADY_LOGGED_IN')
    eq('C_InitPIN with the management key', F['InitPIN'](a, b'654321', 6), 'FUNCTION_NOT_SUPPORTED')
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('C_Logout twice', F['Logout'](a), 'USER_NOT_LOGGED_IN')
    eq('SO as bytes', login(a, SO, bytes.fromhex(ADMIN.decode())), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    wrong = b'77' * 24
    eq('SO wrong', login(a, SO, wrong), 'PIN_INCORRECT')
    eq('SO of no length', login(a, SO, b'77' * 11), 'PIN_LEN_RANGE', 'PIN_INCORRECT')
    eq('C_InitPIN without SO', F['InitPIN'](a, b'654321', 6), 'USER_NOT_LOGGED_IN')
    eq('SO by PUK', login(a, SO, PUK), 'OK')
    eq('C_InitPIN short', F['InitPIN'](a, b'1', 1), 'PIN_LEN_RANGE')
    eq('C_InitPIN', F['InitPIN'](a, b'654321', 6), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('the old PIN', login(a, USER, PIN), 'PIN_INCORRECT')
    eq('C_SetPIN, old wrong', F['SetPIN'](a, PIN, 6, b'111111', 6), 'PIN_INCORRECT')
    # three tries: one is left
    eq('flags: low and final', token_flags(slot) & 0x70000, 0x30000)
    eq('the new PIN', login(a, USER, b'654321'), 'OK')
    eq('flags: none', token_flags(slot) & 0x70000, 0)
    eq('C_SetPIN short', F['SetPIN'](a, b'654321', 6, b'1', 1), 'PIN_LEN_RANGE')
    eq('C_SetPIN', F['SetPIN'](a, b'654321', 6, PIN, 6), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('flags of a fresh PIN', token_flags(slot) & 0x70000, 0)
    for left, flags in ((2, 0x10000), (1, 0x30000)):
        eq('a wrong PIN', login(a, USER, b'999999'), 'PIN_INCORRECT')
        eq('flags with %d left' % left, token_flags(slot) & 0x70000, flags)
    eq('the last try', login(a, USER, b'999999'), 'PIN_LOCKED', 'PIN_INCORRECT')
    eq('flags: locked', token_flags(slot) & 0x40000, 0x40000)
    eq('the right one is too late', login(a, USER, PIN), 'PIN_LOCKED')
    eq('SO by PUK', login(a, SO, PUK), 'OK')
    eq('C_InitPIN', F['InitPIN'](a, PIN, 6), 'OK')
    eq('C_Logout', F['Logout'](a), 'OK')
    eq('unlocked', login(a, USER, PIN), 'OK')
    eq('flags: none', token_flags(slot) & 0x70000, 0)
    eq('C_SetPIN in RO', F['SetPIN'](session(slot), PIN, 6, PIN, 6), 'SESSION_READ_ONLY')
    F['CloseAllSessions'](slot)


# ---- objects (3.3) ----------------------------------------------------------------------
ALL = 'CLASS TOKEN PRIVATE MODIFIABLE COPYABLE DESTROYABLE LABEL UNIQUE_ID'
RSA_PUBLIC, EC_PUBLIC = 'MODULUS MODULUS_BITS PUBLIC_EXPONENT', 'EC_PARAMS EC_POINT'
MUST = {
    CERT: '''CERTIFICATE_TYPE CERTIFICATE_CATEGORY TRUSTED START_DATE END_DATE PUBLIC_KEY_INFO
        SUBJECT ID ISSUER SERIAL_NUMBER VALUE''',
    PUBLIC: '''KEY_TYPE ID SUBJECT DERIVE LOCAL KEY_GEN_MECHANISM ALLOWED_MECHANISMS ENCRYPT VERIFY
        VERIFY_RECOVER WRAP TRUSTED PUBLIC_KEY_INFO''',
    PRIVATE: '''KEY_TYPE ID SUBJECT DERIVE LOCAL KEY_GEN_MECHANISM ALLOWED_MECHANISMS SENSITIVE
        ALWAYS_SENSITIVE EXTRACTABLE NEVER_EXTRACTABLE DECRYPT SIGN SIGN_RECOVER UNWRAP
        WRAP_WITH_TRUSTED ALWAYS_AUTHENTICATE PUBLIC_KEY_INFO''',
    PROFILE: 'PROFILE_ID'}
FOREIGN = {CERT: 'UNWRAP MODULUS PARAMETER_SET PROFILE_ID', PUBLIC: 'SIGN CERTIFICATE_TYPE VALUE',
           PRIVATE: 'VERIFY CERTIFICATE_TYPE PARAMETER_SET', PROFILE: 'ID VALUE'}


def judge_attributes(h):
    number = lambda b: int.from_bytes(b, 'little')
    seen = {}
    for o in find(h):
        kind = number(get(h, o, 'CLASS'))
        names = (ALL + ' ' + MUST[kind]).split()
        if kind in (PUBLIC, PRIVATE):
            rsa = number(get(h, o, 'KEY_TYPE')) == 0
            names += (RSA_PUBLIC if rsa else EC_PUBLIC).split()
            if kind == PRIVATE and rsa:
                names.remove('MODULUS_BITS')
        values = {}
        for name in names:
            values[name] = get(h, o, name)
            eq('class %d: %s' % (kind, name), isinstance(values[name], bytes), True)
        seen.setdefault(kind, []).append((o, values))
        for name in FOREIGN[kind].split():
            want = 'ATTRIBUTE_TYPE_INVALID'
            if (kind, name) == (PRIVATE, 'VALUE'):
                want = 'ATTRIBUTE_SENSITIVE'
            eq('class %d: %s' % (kind, name), get(h, o, name), want)
        if kind == PRIVATE:
            eq('PRIVATE_EXPONENT or VALUE', get(h, o, 'PRIVATE_EXPONENT' if rsa else 'VALUE'),
               'ATTRIBUTE_SENSITIVE')
        n = UL(0)
        eq('C_GetObjectSize', F['GetObjectSize'](h, o, c.byref(n)), 'OK')
        # the whole template is walked (3.3)
        room = [c.create_string_buffer(8) for _ in range(5)]
        secret = 'LABEL' if kind != PRIVATE else 'PRIVATE_EXPONENT' if rsa else 'VALUE'
        rows = (Attribute * 5)(*[Attribute(A[name] if name in A else name, c.cast(r, c.c_void_p), 8)
                                 for name, r in zip(('CLASS', 0x80000abc, 'TOKEN', secret,
                                                     'PRIVATE'), room)])
        rows[3].len = 0
        rv = F['GetAttributeValue'](h, o, rows, 5)
        eq('a template with bad rows', rv, 'ATTRIBUTE_TYPE_INVALID', 'ATTRIBUTE_SENSITIVE',
           'BUFFER_TOO_SMALL')
        eq('its lengths', [r.len for r in rows[:3]] + [rows[4].len], [8, NONE, 1, 1])
        eq('its secret or too long one', rows[3].len, NONE)
        eq('its good rows', (number(room[0].raw), room[2].raw[0]), (kind, 1))
    for kind in (CERT, PUBLIC, PRIVATE):
        eq('class %d: how many' % kind, len(seen[kind]), K.keys)
        labels = [v['LABEL'] for _, v in seen[kind]]
        eq('labels differ', len(set(labels)), K.keys)
        eq('the same IDs', {v['ID'] for _, v in seen[kind]}, {v['ID'] for _, v in seen[CERT]})
        for o, v in seen[kind]:
            mate = next(w for _, w in seen[CERT] if w['ID'] == v['ID'])
            eq('SUBJECT', v['SUBJECT'], mate['SUBJECT'])
            eq('PUBLIC_KEY_INFO', v['PUBLIC_KEY_INFO'], mate['PUBLIC_KEY_INFO'])
            eq('found by ID', find(h, CLASS=kind, ID=v['ID']), [o])
            eq('found by LABEL', find(h, CLASS=kind, LABEL=v['LABEL']), [o])
    for o, v in seen[CERT]:
        eq('its key is its certificate\'s', v['PUBLIC_KEY_INFO'] in v['VALUE'], True)
        eq('SERIAL_NUMBER is DER', v['SERIAL_NUMBER'][0], 2)
        eq('found by issuer and serial',
           find(h, CLASS=CERT, ISSUER=v['ISSUER'], SERIAL_NUMBER=v['SERIAL_NUMBER']), [o])
        eq('found by bare serial', find(h, CLASS=CERT, ISSUER=v['ISSUER'],
                                        SERIAL_NUMBER=v['SERIAL_NUMBER'][2:]), [o])
        eq('found by subject', o in find(h, CLASS=CERT, SUBJECT=v['SUBJECT']), True)
        eq('found by value', find(h, VALUE=v['VALUE']), [o])
        eq('not trusted', v['TRUSTED'], b'\0')
    for o, v in seen[PUBLIC] + seen[PRIVATE]:
        if 'EC_POINT' in v:
            eq('EC_PARAMS', v['EC_PARAMS'] in (P256, P384), True)
            eq('EC_POINT', (v['EC_POINT'][0], v['EC_POINT'][2]), (4, 4))
    for o, v in seen[PRIVATE]:
        eq('what a card keeps', [v[n] for n in ('SENSITIVE', 'EXTRACTABLE', 'COPYABLE')],
           [b'\1', b'\0', b'\0'])
        eq('who wants its PIN each time', v['ALWAYS_AUTHENTICATE'][0], v['ID'] == K.each)
    for o, v in seen[PRIVATE]:
        offered = [number(v['ALLOWED_MECHANISMS'][i:i + 8])
                   for i in range(0, len(v['ALLOWED_MECHANISMS']), 8)]
        eq('allowed: PSS and OAEP where the card leaves the padding to us',
           bool({M['PSS'], M['OAEP']} & set(offered)), 'MODULUS' in v and not K.pads)
        eq('allowed: signatures where the key signs',
           bool({M['SHA256_RSA'], M['ECDSA_SHA256']} & set(offered)), v['SIGN'] == b'\1')
        eq('allowed: secrets where the key agrees on them', M['ECDH1'] in offered,
           v['DERIVE'] == b'\1')
    eq('profiles', {number(v['PROFILE_ID']) for _, v in seen[PROFILE]}, {1, 3, 4})
    unique = [v['UNIQUE_ID'] for kind in seen.values() for _, v in kind]
    eq('UNIQUE_ID', len(set(unique)), len(unique))
    for name, value in (('CLASS', 0xce534351), ('CLASS', 0xce534353), ('xce534364', b'1'),
                        ('CLASS', 4)):
        eq('a vendor\'s %s' % name, find(h, **{name: value}), [])
    before = apdus(0)
    for _ in range(188):
        find(h, most=1, CLASS=CERT)
    eq('188 searches ask no card', apdus(0), before)
    n = UL(0)
    eq('no object', get(h, 99999, 'CLASS'), 'OBJECT_HANDLE_INVALID')
    eq('C_GetObjectSize(none)', F['GetObjectSize'](h, 99999, c.byref(n)), 'OBJECT_HANDLE_INVALID')
    eq('C_DestroyObject(none)', F['DestroyObject'](h, 99999), 'OBJECT_HANDLE_INVALID')
    eq('template NULL', F['GetAttributeValue'](h, seen[CERT][0][0], None, 1), 'ARGUMENTS_BAD')
    eq('C_FindObjectsInit(NULL, 1)', F['FindObjectsInit'](h, None, 1), 'ARGUMENTS_BAD')
    return seen


# ---- operations (4.3) -----------------------------------------------------------------------
def judge_pss(h, rsa, spki, digest):
    for salt in (0, 32, 222):
        raw = sign(h, rsa, mech('SHA256_PSS', pss(M['SHA256'], 2, salt)), b'data')
        eq('openssl agrees on PSS, salt %d' % salt, openssl('dgst', '-sha256', '-verify', '{k}',
           '-keyform', 'DER', '-sigopt', 'rsa_padding_mode:pss', '-sigopt',
           'rsa_pss_saltlen:%d' % salt, '-signature', '{s}', '{d}', k=spki, s=raw, d=b'data'), True)
    eq('salt too long', sign(h, rsa, mech('PSS', pss(M['SHA256'], 2, 223)), digest),
       'MECHANISM_PARAM_INVALID', 'KEY_SIZE_RANGE')
    eq('PSS without parameters', F['SignInit'](h, mech('PSS'), rsa), 'MECHANISM_PARAM_INVALID')
    eq('PSS hash of another mechanism',
       F['SignInit'](h, mech('SHA256_PSS', pss(0x260, 3, 32)), rsa), 'MECHANISM_PARAM_INVALID')
    eq('PSS data of another length', sign(h, rsa, mech('PSS', pss(M['SHA256'], 2, 32)), b'x' * 20),
       'DATA_LEN_RANGE')


def judge_operations(h, other):
    rsa, ec = (one(h, CLASS=PRIVATE, ID=i) for i in (K.rsa, K.ec))
    rsa_pub, ec_pub = (one(h, CLASS=PUBLIC, ID=i) for i in (K.rsa, K.ec))
    n = UL(0)
    small, big = c.create_string_buffer(8), c.create_string_buffer(512)
    digest = bytes(range(32))
    # size queries cost nothing and keep the operation
    eq('C_SignInit', F['SignInit'](h, mech('RSA'), rsa), 'OK')
    eq('again', F['SignInit'](h, mech('RSA'), rsa), 'OPERATION_ACTIVE')
    eq('attributes meanwhile', get(h, rsa, 'ALWAYS_AUTHENTICATE'), b'\0')
    eq('other kinds meanwhile', F['VerifyInit'](h, mech('ECDSA'), ec_pub), 'OK')
    eq('cancelled', F['VerifyInit'](h, None, ec_pub), 'OK')
    before = apdus(0)
    eq('size', F['Sign'](h, digest, 32, None, c.byref(n)), 'OK')
    eq('it is', n.value, 256)
    n.value = 8
    eq('small', F['Sign'](h, digest, 32, small, c.byref(n)), 'BUFFER_TOO_SMALL')
    eq('it is', n.value, 256)
    eq('and asked no card', apdus(0), before)
    n.value = 512
    eq('C_Sign', F['Sign'](h, digest, 32, big, c.byref(n)), 'OK')
    eq('one APDU', apdus(0), before + 1 + K.chooses)
    eq('it is over', F['Sign'](h, digest, 32, big, c.byref(n)), 'OPERATION_NOT_INITIALIZED')
    good = big.raw[:256]
    eq('C_VerifyInit', F['VerifyInit'](h, mech('RSA'), rsa_pub), 'OK')
    eq('C_Verify', F['Verify'](h, digest, 32, good, 256), 'OK')
    for what, sig, want in (('short', good[:255], 'SIGNATURE_LEN_RANGE'),
                            ('long', good + b'\0', 'SIGNATURE_LEN_RANGE'),
                            ('empty', b'', 'SIGNATURE_LEN_RANGE'),
                            ('wrong', good[:255] + bytes([good[255] ^ 1]), 'SIGNATURE_INVALID')):
        eq('C_VerifyInit', F['VerifyInit'](h, mech('RSA'), rsa_pub), 'OK')
        eq('a %s signature' % what, F['Verify'](h, digest, 32, sig, len(sig)), want)
    for length, want in ((K.most, 256), (246, 'DATA_LEN_RANGE')):
        got = sign(h, rsa, mech('RSA'), b'x' * length)
        eq('RSA_PKCS of %d bytes' % length, got if isinstance(got, str) else len(got), want)
    # EC: raw, of the field's size
    raw = sign(h, ec, mech('ECDSA'), digest)
    eq('ECDSA', len(raw), 96)
    for what, sig, want in (('good', raw, 'OK'), ('short', raw[:95], 'SIGNATURE_LEN_RANGE'),
                            ('long', raw + b'1', 'SIGNATURE_LEN_RANGE'),
                            ('zero', b'\0' * 96, 'SIGNATURE_INVALID'),
                            ('huge', b'\xff' * 96, 'SIGNATURE_INVALID')):
        eq('C_VerifyInit', F['VerifyInit'](h, mech('ECDSA'), ec_pub), 'OK')
        eq('a %s signature' % what, F['Verify'](h, digest, 32, sig, len(sig)), want)
    spki = get(h, ec_pub, 'PUBLIC_KEY_INFO')
    raw = sign(h, ec, mech('ECDSA_SHA256'), b'data')
    eq('openssl agrees on ECDSA', openssl('dgst', '-sha256', '-verify', '{k}', '-keyform', 'DER',
       '-signature', '{s}', '{d}', k=spki, s=der_signature(raw), d=b'data'), True)
    spki = get(h, rsa_pub, 'PUBLIC_KEY_INFO')
    if K.pads:
        eq('PSS on a card that pads', F['SignInit'](h, mech('PSS', pss(M['SHA256'], 2, 32)), rsa),
           'MECHANISM_INVALID')
    else:
        judge_pss(h, rsa, spki, digest)
    eq('parameters where none are', F['SignInit'](h, mech('ECDSA', pss(1, 2, 3)), ec),
       'MECHANISM_PARAM_INVALID')
    # wrong keys and mechanisms
    for what, m, key, want in (
            ('no such mechanism', mech(0x80001234), ec, ('MECHANISM_INVALID',)),
            ('one that does not sign', mech('EC_GEN'), rsa, ('MECHANISM_INVALID',)),
            ('ECDSA, RSA key', mech('ECDSA'), rsa, ('KEY_TYPE_INCONSISTENT',)),
            ('RSA, EC key', mech('RSA'), ec, ('KEY_TYPE_INCONSISTENT',)),
            ('no key', mech('ECDSA'), 99999, ('KEY_HANDLE_INVALID',)),
            ('a public key', mech('ECDSA'), ec_pub,
             ('KEY_FUNCTION_NOT_PERMITTED', 'KEY_TYPE_INCONSISTENT', 'KEY_HANDLE_INVALID')),
            ('NULL, nothing active', None, ec, ('ARGUMENTS_BAD',))):
        eq('C_SignInit: ' + what, F['SignInit'](h, m, key), *want)
    # in parts
    eq('C_SignUpdate without C_SignInit', F['SignUpdate'](h, b'a', 1), 'OPERATION_NOT_INITIALIZED')
    eq('C_SignFinal without', F['SignFinal'](h, big, c.byref(n)), 'OPERATION_NOT_INITIALIZED')
    eq('C_SignInit', F['SignInit'](h, mech('SHA256_RSA'), rsa), 'OK')
    eq('C_SignInit elsewhere', F['SignInit'](other, mech('SHA256_RSA'), rsa), 'OK')
    eq('C_SignUpdate', F['SignUpdate'](h, b'da', 2), 'OK')
    eq('C_SignUpdate', F['SignUpdate'](h, None, 0), 'OK')
    eq('C_SignUpdate', F['SignUpdate'](h, b'ta', 2), 'OK')
    eq('size', F['SignFinal'](h, None, c.byref(n)), 'OK')
    eq('it is', n.value, 256)
    n.value = 255
    eq('small', F['SignFinal'](h, big, c.byref(n)), 'BUFFER_TOO_SMALL')
    n.value = 512
    eq('C_SignFinal', F['SignFinal'](h, big, c.byref(n)), 'OK')
    eq('openssl agrees on RSA', openssl('dgst', '-sha256', '-verify', '{k}', '-keyform', 'DER',
       '-signature', '{s}', '{d}', k=spki, s=big.raw[:256], d=b'data'), True)
    eq('the other session\'s', produce('Sign', other, b'data', 4), big.raw[:256])
    eq('C_SignInit', F['SignInit'](h, mech('SHA256_RSA'), rsa), 'OK')
    eq('C_SignUpdate', F['SignUpdate'](h, b'a', 1), 'OK')
    eq('C_Sign after C_SignUpdate', produce('Sign', h, b'a', 1), 'OPERATION_ACTIVE',
       'FUNCTION_FAILED', 'OPERATION_NOT_INITIALIZED')
    F['SessionCancel'](h, 0x800)
    eq('C_SignInit', F['SignInit'](h, mech('SHA256_RSA'), rsa), 'OK')
    eq('C_SignUpdate(NULL, 1)', F['SignUpdate'](h, None, 1), 'ARGUMENTS_BAD')
    eq('ended it', F['SignUpdate'](h, b'a', 1), 'OPERATION_NOT_INITIALIZED')
    eq('C_SignInit', F['SignInit'](h, mech('ECDSA'), ec), 'OK')
    eq('C_Sign(NULL, 1)', F['Sign'](h, None, 1, big, c.byref(n)), 'ARGUMENTS_BAD')
    eq('C_SignInit after failure', F['SignInit'](h, mech('ECDSA'), ec), 'OK')
    # cancelling
    eq('C_SignInit(NULL)', F['SignInit'](h, None, 0), 'OK')
    eq('is over', produce('Sign', h, digest, 32), 'OPERATION_NOT_INITIALIZED')
    eq('C_SessionCancel of nothing', F['SessionCancel'](h, 0x800), 'OK')
    eq('C_SignInit', F['SignInit'](h, mech('ECDSA'), ec), 'OK')
    eq('C_FindObjectsInit', F['FindObjectsInit'](h, None, 0), 'OK')
    eq('C_SessionCancel(decrypt)', F['SessionCancel'](h, 0x200), 'OK')
    eq('the signature stays', F['SignInit'](h, mech('ECDSA'), ec), 'OPERATION_ACTIVE')
    eq('C_SessionCancel(sign, find)', F['SessionCancel'](h, 0x840), 'OK')
    eq('C_Sign', produce('Sign', h, digest, 32), 'OPERATION_NOT_INITIALIZED')
    eq('C_FindObjectsFinal', F['FindObjectsFinal'](h), 'OPERATION_NOT_INITIALIZED')


def judge_each(h):
    """A key that wants its PIN each time."""
    signing, pub = (one(h, CLASS=k, ID=K.each) for k in (PRIVATE, PUBLIC))
    n = UL(0)
    digest = bytes(range(32))
    eq('C_SignInit', F['SignInit'](h, mech('ECDSA'), signing), 'OK')
    eq('without its PIN', produce('Sign', h, digest, 32), 'USER_NOT_LOGGED_IN')
    eq('C_SignInit', F['SignInit'](h, mech('ECDSA'), signing), 'OK')
    eq('size', F['Sign'](h, digest, 32, None, c.byref(n)), 'OK')
    eq('its PIN', login(h, CONTEXT, PIN), 'OK')
    eq('size again', F['Sign'](h, digest, 32, None, c.byref(n)), 'OK')
    ctl(0, 'mark')
    raw = produce('Sign', h, digest, 32)
    eq('with its PIN', len(raw), 64)
    eq('VERIFY and the command', apdus(0), 1, 2)
    eq('openssl agrees', openssl('pkeyutl', '-verify', '-pubin', '-inkey', '{k}', '-keyform',
       'DER', '-sigfile', '{s}', '-in', '{d}', k=get(h, pub, 'PUBLIC_KEY_INFO'),
       s=der_signature(raw), d=digest), True)
    eq('C_SignInit', F['SignInit'](h, mech('ECDSA'), signing), 'OK')
    eq('the PIN is not kept for it', produce('Sign', h, digest, 32), 'USER_NOT_LOGGED_IN')
    eq('context after the operation', login(h, CONTEXT, PIN), 'OPERATION_NOT_INITIALIZED')
    eq('C_SignInit', F['SignInit'](h, mech('ECDSA'), signing), 'OK')
    eq('a wrong PIN', login(h, CONTEXT, b'999999'), 'PIN_INCORRECT')
    eq('does not sign', produce('Sign', h, digest, 32), 'USER_NOT_LOGGED_IN')
    eq('which is over', produce('Sign', h, digest, 32), 'OPERATION_NOT_INITIALIZED')
    eq('C_SignInit', F['SignInit'](h, mech('ECDSA'), signing), 'OK')
    eq('the right one', login(h, CONTEXT, PIN), 'OK')
    eq('signs', len(produce('Sign', h, digest, 32)), 64)


def judge_decrypt(h):
    key, pub = (one(h, CLASS=k, ID=K.seals) for k in (PRIVATE, PUBLIC))
    n = UL(0)
    big = c.create_string_buffer(512)
    eq('C_EncryptInit', F['EncryptInit'](h, mech('RSA'), pub), 'OK')
    eq('size', F['Encrypt'](h, b'secret', 6, None, c.byref(n)), 'OK')
    sealed = produce('Encrypt', h, b'secret', 6)
    eq('C_Encrypt', len(sealed), 256)
    eq('C_DecryptInit', F['DecryptInit'](h, mech('RSA'), key), 'OK')
    before = apdus(0)
    eq('size', F['Decrypt'](h, sealed, 256, None, c.byref(n)), 'OK')
    eq('enough', n.value >= 6, True)
    eq('asked no card', apdus(0), before)
    n.value = 3
    eq('small', F['Decrypt'](h, sealed, 256, big, c.byref(n)), 'BUFFER_TOO_SMALL')
    eq('C_Decrypt', produce('Decrypt', h, sealed, 256), b'secret')
    eq('over', produce('Decrypt', h, sealed, 256), 'OPERATION_NOT_INITIALIZED')
    eq('C_DecryptInit', F['DecryptInit'](h, mech('RSA'), key), 'OK')
    eq('short', produce('Decrypt', h, sealed[:255], 255), 'ENCRYPTED_DATA_LEN_RANGE')
    eq('C_DecryptInit', F['DecryptInit'](h, mech('RSA'), key), 'OK')
    eq('wrong', produce('Decrypt', h, bytes(255) + b'\7', 256), 'ENCRYPTED_DATA_INVALID')
    eq('in parts', F['DecryptInit'](h, mech('RSA'), key), 'OK')
    first = produce('DecryptUpdate', h, sealed[:100], 100)
    second = produce('DecryptUpdate', h, sealed[100:], 156)
    eq('C_DecryptUpdate', (first, second), (b'', b''))
    n.value = 0
    eq('size', F['DecryptFinal'](h, None, c.byref(n)), 'OK')
    eq('C_DecryptFinal', produce('DecryptFinal', h), b'secret')
    if K.pads:
        eq('OAEP on a card that unpads', F['DecryptInit'](h, mech('OAEP', (UL * 5)(0x250, 2, 1, 0, 0)),
           key), 'MECHANISM_INVALID')
        return
    for hash_, mgf, label in ((0x220, 1, b''), (0x250, 2, b''), (0x250, 1, b''), (0x270, 2, b'L')):
        oaep = (UL * 5)(hash_, mgf, 1, 0, len(label))
        held = c.create_string_buffer(label)
        if label:
            oaep[3] = c.addressof(held)
        eq('C_EncryptInit', F['EncryptInit'](h, mech('OAEP', oaep), pub), 'OK')
        sealed = produce('Encrypt', h, b'secret', 6)
        eq('C_DecryptInit', F['DecryptInit'](h, mech('OAEP', oaep), key), 'OK')
        eq('OAEP %#x %d' % (hash_, mgf), produce('Decrypt', h, sealed, 256), b'secret')
    # not less than the modulus: told without the card
    before = apdus(0)
    for kind in 'RSA', 'X509':
        eq('C_DecryptInit', F['DecryptInit'](h, mech(kind), key), 'OK')
        eq('%s, a number beyond the modulus' % kind, produce('Decrypt', h, b'\xff' * 256, 256),
           'ENCRYPTED_DATA_INVALID')
    eq('asked no card', apdus(0), before)
    for source, want in ((0, 'OK'), (1, 'OK'), (2, 'MECHANISM_PARAM_INVALID')):
        eq('OAEP, source %d' % source, F['DecryptInit'](h, mech('OAEP', (UL * 5)(0x250, 2, source, 0, 0)),
           key), want)
        F['SessionCancel'](h, 0x200)
    eq('OAEP of no hash', F['DecryptInit'](h, mech('OAEP', (UL * 5)(0x999, 1, 1, 0, 0)), key),
       'MECHANISM_PARAM_INVALID')


# ---- making keys, as each client asks (2.3); the card is empty ---------------------------------
RSA_PUB = dict(MODULUS_BITS=2048, PUBLIC_EXPONENT=b'\1\0\1')


def judge_generation(h):
    before = len(find(h))
    for what, kind, pub, prv, want in (
            ('EXTRACTABLE', 'EC_GEN', dict(EC_PARAMS=P256), dict(TOKEN=True, EXTRACTABLE=True),
             ('TEMPLATE_INCONSISTENT',)),
            ('not SENSITIVE', 'EC_GEN', dict(EC_PARAMS=P256), dict(TOKEN=True, SENSITIVE=False),
             ('TEMPLATE_INCONSISTENT',)),
            ('not PRIVATE at 9a', 'EC_GEN', dict(EC_PARAMS=P256, ID=b'\x9a'),
             dict(TOKEN=True, PRIVATE=False, ID=b'\x9a'), ('TEMPLATE_INCONSISTENT',)),
            ('unknown attribute', 'EC_GEN', dict(EC_PARAMS=P256, x80000abc=b'1'), dict(TOKEN=True),
             ('ATTRIBUTE_TYPE_INVALID',)),
            ('another CLASS', 'EC_GEN', dict(EC_PARAMS=P256, CLASS=PRIVATE), dict(TOKEN=True),
             ('TEMPLATE_INCONSISTENT',)),
            ('another KEY_TYPE', 'EC_GEN', dict(EC_PARAMS=P256, KEY_TYPE=0), dict(TOKEN=True),
             ('TEMPLATE_INCONSISTENT',)),
            ('no curve', 'EC_GEN', {}, dict(TOKEN=True), ('TEMPLATE_INCOMPLETE',)),
            ('no size', 'RSA_GEN', {}, dict(TOKEN=True), ('TEMPLATE_INCOMPLETE',)),
            ('a size that no card has', 'RSA_GEN', dict(MODULUS_BITS=2047), dict(TOKEN=True),
             ('KEY_SIZE_RANGE', 'ATTRIBUTE_VALUE_INVALID')),
            ('a size of 4 bytes', 'RSA_GEN', dict(MODULUS_BITS=b'\0\10\0\0'), dict(TOKEN=True),
             ('ATTRIBUTE_VALUE_INVALID',)),
            ('another exponent', 'RSA_GEN', dict(MODULUS_BITS=2048, PUBLIC_EXPONENT=b'\3'),
             dict(TOKEN=True), ('ATTRIBUTE_VALUE_INVALID', 'TEMPLATE_INCONSISTENT')),
            ('brainpool', 'EC_GEN', dict(EC_PARAMS=bytes.fromhex('06092b2403030208010107')),
             dict(TOKEN=True), ('CURVE_NOT_SUPPORTED',)),
            ('no OID', 'EC_GEN', dict(EC_PARAMS=b'\x30\0'), dict(TOKEN=True),
             ('DOMAIN_PARAMS_INVALID',)),
            ('a mechanism that makes none', 'ECDSA', dict(EC_PARAMS=P256), dict(TOKEN=True),
             ('MECHANISM_INVALID',))):
        eq('C_GenerateKeyPair: ' + what, generate(h, kind, pub, prv)[0], *want)
    eq('nothing was made', len(find(h)), before)
    eq('places NULL', F['GenerateKeyPair'](h, mech('EC_GEN'), None, 0, None, 0, None, None),
       'ARGUMENTS_BAD')
    # certutil EC: no ID, no LABEL, DERIVE true; then the ID on both (a no-op for its own)
    rv, pub, prv = generate(h, 'EC_GEN', dict(EC_PARAMS=P256, TOKEN=True, DERIVE=True, WRAP=False,
                            VERIFY=True, VERIFY_RECOVER=False, ENCRYPT=False),
                            dict(TOKEN=True, PRIVATE=True, SENSITIVE=True, DERIVE=True,
                                 UNWRAP=False, SIGN=True, DECRYPT=False))
    eq('as certutil, EC', rv, 'OK')
    eq('its slot', get(h, prv, 'ID'), b'\x9a')
    for o in pub, prv:
        eq('CKA_ID of 20 bytes', set_(h, o, ID=b'N' * 20), 'OK')
    eq('both have it', (get(h, pub, 'ID'), get(h, prv, 'ID')), (b'N' * 20,) * 2)
    eq('LOCAL', get(h, prv, 'LOCAL'), b'\1')
    eq('KEY_GEN_MECHANISM', get(h, prv, 'KEY_GEN_MECHANISM'), bytes(UL(M['EC_GEN'])))
    raw = sign(h, prv, mech('ECDSA'), bytes(32))
    eq('it signs', openssl('pkeyutl', '-verify', '-pubin', '-inkey', '{k}', '-keyform', 'DER',
       '-sigfile', '{s}', '-in', '{d}', k=get(h, pub, 'PUBLIC_KEY_INFO'), s=der_signature(raw),
       d=bytes(32)), True)
    eq('occupied', generate(h, 'EC_GEN', dict(EC_PARAMS=P256, TOKEN=True),
       dict(TOKEN=True, LABEL=b'9a'))[0], 'ATTRIBUTE_VALUE_INVALID')
    # p11tool EC: an ID and a LABEL of its own
    rv, pub, prv = generate(h, 'EC_GEN', dict(TOKEN=True, PRIVATE=False, ID=b'p11', VERIFY=True,
                            EC_PARAMS=P384, LABEL=b'mine'),
                            dict(ID=b'p11', SIGN=True, PRIVATE=True, TOKEN=True, LABEL=b'mine',
                                 SENSITIVE=True))
    eq('as p11tool, EC', (rv, get(h, prv, 'ID'), get(h, pub, 'LABEL')), ('OK', b'p11', b'mine'))
    eq('an ID twice', set_(h, prv, ID=b'N' * 20), 'ATTRIBUTE_VALUE_INVALID')
    eq('CLASS is not changed', set_(h, prv, CLASS=PUBLIC), 'ATTRIBUTE_READ_ONLY')
    eq('SENSITIVE is not changed', set_(h, prv, SENSITIVE=False), 'ATTRIBUTE_READ_ONLY')
    # pkcs11-provider RSA: UNWRAP beside what can be
    rv, pub, prv = generate(h, 'RSA_GEN', dict(ENCRYPT=True, VERIFY=True, WRAP=True, TOKEN=True,
                            MODULUS_BITS=2048, PUBLIC_EXPONENT=b'\0\1\0\1', ID=b'\x83'),
                            dict(TOKEN=True, PRIVATE=True, SENSITIVE=True, DECRYPT=True, SIGN=True,
                                 UNWRAP=True, ID=b'\x83'))
    eq('as pkcs11-provider, RSA', (rv, get(h, prv, 'ID'), get(h, prv, 'UNWRAP')),
       ('OK', b'\x83', b'\0'))
    eq('C_DestroyObject', F['DestroyObject'](h, prv), 'OK')
    eq('gone', get(h, prv, 'CLASS'), 'OBJECT_HANDLE_INVALID')


HASHES = {1: (0x220, 1, 20), 224: (0x255, 5, 28), 256: (0x250, 2, 32), 384: (0x260, 3, 48),
          512: (0x270, 4, 64)}	# CKM_SHA*, CKG_MGF1_SHA*, bytes


def judge_paddings(h):
    """Every hash beside every MGF: openssl seals, and says whether a signature holds."""
    key, pub = (one(h, CLASS=k, ID=K.seals) for k in (PRIVATE, PUBLIC))
    spki = get(h, pub, 'PUBLIC_KEY_INFO')
    for bits, (hash_, _, size) in HASHES.items():
        for mgf_bits, (_, mgf, _) in HASHES.items():
            what = 'SHA-%d, MGF1 with SHA-%d' % (bits, mgf_bits)
            label = b'label' * (mgf_bits % 3)
            oaep = (UL * 5)(hash_, mgf, 1, 0, len(label))
            held = c.create_string_buffer(label)
            if label:
                oaep[3] = c.addressof(held)
            sealed = openssl_gives('pkeyutl', '-encrypt', '-pubin', '-inkey', '{k}', '-keyform', 'DER',
                '-in', '{d}', '-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt',
                'rsa_oaep_md:sha%d' % bits, '-pkeyopt', 'rsa_mgf1_md:sha%d' % mgf_bits,
                *(['-pkeyopt', 'rsa_oaep_label:' + label.hex()] if label else []), k=spki, d=b'secret')
            eq('C_DecryptInit', F['DecryptInit'](h, mech('OAEP', oaep), key), 'OK')
            eq('OAEP, ' + what, produce('Decrypt', h, sealed, 256), b'secret')
            digest = bytes(range(size))
            raw = sign(h, key, mech('PSS', pss(hash_, mgf, size)), digest)
            eq('PSS, ' + what, openssl('pkeyutl', '-verify', '-pubin', '-inkey', '{k}', '-keyform', 'DER',
                '-in', '{d}', '-sigfile', '{s}', '-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt',
                'rsa_pss_saltlen:%d' % size, '-pkeyopt', 'digest:sha%d' % bits, '-pkeyopt',
                'rsa_mgf1_md:sha%d' % mgf_bits, k=spki, s=raw, d=digest), True)


def judge_25519(h):
    """Edwards and Montgomery keys: their points as each table has them, and openssl's word."""
    def by(table_, o):
        buffer = c.create_string_buffer(80)
        row = Attribute(A['EC_POINT'], c.cast(buffer, c.c_void_p), 80)
        rv = table_['GetAttributeValue'](h, o, c.byref(row), 1)
        return buffer.raw[:row.len] if rv == 'OK' else rv
    interface(b'PKCS 11', (3, 0), 0)
    older = [F240, table(found.contents.table)]
    interface(None, None, 0)
    older += [table(found.contents.table)]	# who names no version may be older than 3.1
    params = dict(ed=b'\x13\x0cedwards25519', x=bytes.fromhex('06032b656e'))
    pairs = {}
    for what, kind, label in (('ed', 0x1055, b'83'), ('x', 0x1056, b'84')):
        rv, pub, prv = generate(h, kind, dict(EC_PARAMS=params[what], TOKEN=True),
                                dict(TOKEN=True, LABEL=label))
        eq('a key of ' + what, rv, 'OK')
        pairs[what] = pub, prv, get(h, pub, 'PUBLIC_KEY_INFO')
        for o in pub, prv:
            bare = get(h, o, 'EC_POINT')
            eq('3.2: the bare point', (len(bare), bare), (32, pairs[what][2][-32:]))
            for table_ in older:
                eq('2.40, 3.0, the default: in an OCTET STRING', by(table_, o), b'\4\x20' + bare)
        for form in bare, b'\4\x20' + bare:
            eq('found by either', find(h, CLASS=PUBLIC, EC_POINT=form), [pub])
    info = (UL * 3)()
    for kind in 0x1055, 0x1056, 0x1057:
        eq('C_GetMechanismInfo', F['GetMechanismInfo'](session_slot(h), kind, info), 'OK')
        eq('6.3: 255 bits', list(info[:2]), [255, 255])
        eq('6.3: by OID and by name', info[2] & 0x4800000, 0x4800000)
    pub, prv, spki = pairs['ed']
    raw = sign(h, prv, mech(0x1057), b'a message')
    eq('openssl agrees on Ed25519', openssl('pkeyutl', '-verify', '-pubin', '-inkey', '{k}', '-keyform',
       'DER', '-rawin', '-in', '{d}', '-sigfile', '{s}', k=spki, d=b'a message', s=raw), True)
    for form in spki[-32:], b'\4\x20' + spki[-32:]:
        rv, mine = create(h, CLASS=PUBLIC, KEY_TYPE=0x40, EC_PARAMS=params['ed'], EC_POINT=form)
        eq('a session\'s key', (rv, get(h, mine, 'EC_POINT')), ('OK', spki[-32:]))
        eq('C_VerifyInit', F['VerifyInit'](h, mech(0x1057), mine), 'OK')
        eq('C_Verify', F['Verify'](h, b'a message', 9, raw, 64), 'OK')
    pub, prv, spki = pairs['x']
    with tempfile.TemporaryDirectory() as at:
        path = lambda name: os.path.join(at, name)
        for words in (('genpkey', '-algorithm', 'X25519', '-out', path('peer')),
                      ('pkey', '-in', path('peer'), '-pubout', '-outform', 'DER', '-out', path('pub'))):
            subprocess.run(['openssl', *words], check=True)
        with open(path('card'), 'wb') as f:
            f.write(spki)
        theirs = subprocess.run(['openssl', 'pkeyutl', '-derive', '-inkey', path('peer'), '-peerkey',
                                 path('card'), '-peerform', 'DER'], check=True, capture_output=True).stdout
        with open(path('pub'), 'rb') as f:
            peer = f.read()[-32:]
    for form in peer, b'\4\x20' + peer:
        held = c.create_string_buffer(form, len(form))
        rows, n = template(CLASS=4, KEY_TYPE=0x10, SENSITIVE=False, EXTRACTABLE=True)
        o = UL(0)
        eq('C_DeriveKey', F['DeriveKey'](h, mech('ECDH1', (UL * 5)(1, 0, 0, len(form),
           c.addressof(held))), prv, rows, n, c.byref(o)), 'OK')
        eq('openssl agrees on X25519', get(h, o.value, 'VALUE'), theirs)


def judge_session_key(h, slot):
    # keytool: a session's, then C_CopyObject, then the certificate
    rv, pub, prv = generate(h, 'EC_GEN', dict(EC_PARAMS=P256), {})
    eq('as keytool', rv, 'OK')
    eq('is a session\'s', (get(h, pub, 'TOKEN'), get(h, prv, 'TOKEN')), (b'\0', b'\0'))
    eq('COPYABLE', get(h, prv, 'COPYABLE'), b'\1')
    eq('signs', len(sign(h, prv, mech('ECDSA'), bytes(32))), 64)
    eq('C_CopyObject to be read', copy(h, prv, TOKEN=True, EXTRACTABLE=True)[0],
       'TEMPLATE_INCONSISTENT', 'ATTRIBUTE_READ_ONLY')
    rv, new = copy(h, prv, TOKEN=True, ID=b'java')
    eq('C_CopyObject', (rv, get(h, new, 'TOKEN'), get(h, new, 'ID')), ('OK', b'\1', b'java'))
    eq('signs', len(sign(h, new, mech('ECDSA'), bytes(32))), 64)
    eq('COPYABLE no more', get(h, new, 'COPYABLE'), b'\0')
    eq('nor copied', copy(h, new, TOKEN=False)[0], 'ACTION_PROHIBITED')
    # one that nobody copied goes with its session
    count = len(find(h, CLASS=PRIVATE))
    other = session(slot, RW)
    eq('as keytool', generate(other, 'EC_GEN', dict(EC_PARAMS=P256), {})[0], 'OK')
    eq('is there', len(find(h, CLASS=PRIVATE)), count + 1)
    eq('C_CloseSession', F['CloseSession'](other), 'OK')
    eq('is gone', len(find(h, CLASS=PRIVATE)), count)
    return new


def judge_memory(h, slot):
    rv, data = create(h, CLASS=DATA, LABEL=b'note', VALUE=b'text', APPLICATION=b'judge')
    eq('data', (rv, get(h, data, 'VALUE'), get(h, data, 'TOKEN')), ('OK', b'text', b'\0'))
    eq('another session\'s sees it', find(session(slot), CLASS=DATA, LABEL=b'note'), [data])
    eq('a label', (set_(h, data, LABEL=b'other'), get(h, data, 'LABEL')), ('OK', b'other'))
    rv, twin = copy(h, data, LABEL=b'twin')
    eq('a copy', (rv, get(h, twin, 'VALUE')), ('OK', b'text'))
    eq('C_DestroyObject', F['DestroyObject'](h, data), 'OK')
    eq('gone', find(h, LABEL=b'other'), [])
    for what, given, want in (
            ('nothing', {}, ('TEMPLATE_INCOMPLETE',)),
            ('no such class', dict(CLASS=0x80000001), ('ATTRIBUTE_VALUE_INVALID',
                                                        'TEMPLATE_INCONSISTENT')),
            ('a certificate of nothing', dict(CLASS=CERT), ('TEMPLATE_INCOMPLETE',)),
            ('a certificate of noise', dict(CLASS=CERT, CERTIFICATE_TYPE=0, SUBJECT=b'0\0',
             VALUE=b'noise'), ('ATTRIBUTE_VALUE_INVALID',)),
            ('unknown attribute', dict(CLASS=DATA, x80000abc=b'1'), ('ATTRIBUTE_TYPE_INVALID',)),
            ('a short CLASS', dict(CLASS=b'\0'), ('ATTRIBUTE_VALUE_INVALID',)),
            ('a CK_BBOOL of 8', dict(CLASS=DATA, PRIVATE=1), ('ATTRIBUTE_VALUE_INVALID',))):
        eq('C_CreateObject: ' + what, create(h, **given)[0], *want)
    ro = session(slot)
    eq('a session\'s in RO', create(ro, CLASS=DATA, VALUE=b'a')[0], 'OK')
    eq('a token\'s in RO', create(ro, CLASS=DATA, TOKEN=True, VALUE=b'a')[0], 'SESSION_READ_ONLY')
    eq('keys in RO', generate(ro, 'EC_GEN', dict(EC_PARAMS=P256, TOKEN=True), dict(TOKEN=True))[0],
       'SESSION_READ_ONLY')
    # ECDH between two keys of the card: the same secret
    a, b = find(h, CLASS=PRIVATE, KEY_TYPE=3, EC_PARAMS=P256)[:2]
    secrets = []
    for mine, theirs in ((a, b), (b, a)):
        point = get(h, theirs, 'EC_POINT')
        held = c.create_string_buffer(point, len(point))
        param = (UL * 5)(1, 0, 0, len(point), c.addressof(held))
        rows, n = template(CLASS=4, KEY_TYPE=0x10, SENSITIVE=False, EXTRACTABLE=True)
        o = UL(0)
        eq('C_DeriveKey', F['DeriveKey'](h, mech('ECDH1', param), mine, rows, n, c.byref(o)), 'OK')
        secrets.append(get(h, o.value, 'VALUE'))
    eq('one secret', (secrets[0], len(secrets[0])), (secrets[1], 32))


def judge_persistence(slot, want):
    """In a process of its own: what a program called things stays."""
    sys.stdout.flush()
    before = tally.faults
    pid = os.fork()
    if pid == 0:
        eq('fork: C_GetInfo', F['GetInfo'](c.create_string_buffer(256)), 'CRYPTOKI_NOT_INITIALIZED')
        eq('fork: C_CloseSession', F['CloseSession'](1), 'CRYPTOKI_NOT_INITIALIZED')
        eq('fork: C_Initialize', F['Initialize'](None), 'OK')
        h = session(slot)
        eq('fork: no login', state(h), 0)
        eq('fork: C_Login', login(h, USER, PIN), 'OK')
        for id_ in want:
            key = one(h, CLASS=PRIVATE, ID=id_)
            eq('fork: signs', isinstance(sign(h, key, mech('ECDSA'), bytes(32)), bytes), True)
        eq('fork: C_Finalize', F['Finalize'](None), 'OK')
        sys.stdout.flush()
        os._exit(tally.faults != before)
    eq('the child', os.waitpid(pid, 0)[1], 0)


def judge_reset(slot, h):
    label = TokenInfo()
    F['GetTokenInfo'](slot, c.byref(label))
    label = bytes(label)[:32]
    eq('C_InitToken, session open', F['InitToken'](slot, PUK, 8, label), 'SESSION_EXISTS')
    eq('C_CloseAllSessions', F['CloseAllSessions'](slot), 'OK')
    eq('C_InitToken, another label', F['InitToken'](slot, PUK, 8, b'x' * 32),
       'ARGUMENTS_BAD', 'FUNCTION_NOT_SUPPORTED', 'TEMPLATE_INCONSISTENT')
    eq('C_InitToken, label NULL', F['InitToken'](slot, PUK, 8, None), 'ARGUMENTS_BAD')
    eq('C_InitToken, PIN NULL', F['InitToken'](slot, None, 8, label), 'ARGUMENTS_BAD')
    eq('C_InitToken, wrong PIN', F['InitToken'](slot, b'99999999', 8, label), 'PIN_INCORRECT')
    h = session(slot)
    eq('all keys are there', len(find(h, CLASS=PUBLIC)) >= 3, True)
    F['CloseSession'](h)
    eq('C_InitToken', F['InitToken'](slot, PUK, 8, label), 'OK')
    h = session(slot)
    eq('C_Login', login(h, USER, PIN), 'OK')
    eq('empty', len(find(h, CLASS=PUBLIC) + find(h, CLASS=CERT) + find(h, CLASS=PRIVATE)), 0)


def judge_removal(slot, card):
    h = session(slot)
    eq('logged in', state(h), 1)
    ctl(card, 'remove')
    got = None
    for _ in range(200):
        got = state(h)
        if isinstance(got, str):
            break
        c.CDLL(None).usleep(10000)
    eq('a session of a card that went', got, 'DEVICE_REMOVED', 'SESSION_HANDLE_INVALID')
    new = UL(0)
    eq('C_OpenSession', F['OpenSession'](slot, RO, None, None, c.byref(new)), 'TOKEN_NOT_PRESENT')
    eq('C_GetTokenInfo', F['GetTokenInfo'](slot, c.create_string_buffer(512)), 'TOKEN_NOT_PRESENT')
    eq('C_GetMechanismList', F['GetMechanismList'](slot, None, c.byref(new)), 'TOKEN_NOT_PRESENT')
    eq('it is still a slot', (slot in slots(0), slot in slots(1)), (True, False))
    ctl(card, 'insert')
    for _ in range(200):
        if slot in slots(1):
            break
        c.CDLL(None).usleep(10000)
    eq('it is back', slot in slots(1), True)
    eq('the old session', state(h), 'DEVICE_REMOVED', 'SESSION_HANDLE_INVALID')
    eq('nobody is logged in', state(session(slot)), 0)


def judge_suspend(slot, card):
    """A machine that slept: the card was without power, and nobody was awake to see it."""
    h = session(slot)
    eq('C_Login', login(h, USER, PIN), 'OK')
    key = one(h, CLASS=PRIVATE, ID=K.rsa)
    ctl(card, 'mark')
    ctl(card, 'reset')
    eq('a card that lost its power signs', len(sign(h, key, mech('RSA'), bytes(32))), 256)
    eq('for one PIN', ctl(card, 'log').count(K.verify), 1)
    eq('the login is what it was', state(h), 1)
    daemon = int(os.environ['TAMGA_TEST_PCSCD_PID'])
    os.kill(daemon, signal.SIGSTOP)
    ctl(card, 'remove')
    ctl(card, 'insert')
    os.kill(daemon, signal.SIGCONT)
    for _ in range(500):
        if isinstance(state(h), str) and slot in slots(1):
            break
        c.CDLL(None).usleep(10000)
    eq('a session of before the sleep', state(h), 'DEVICE_REMOVED', 'SESSION_HANDLE_INVALID')
    eq('its key', F['SignInit'](h, mech('RSA'), key), 'DEVICE_REMOVED', 'SESSION_HANDLE_INVALID')
    h = session(slot)
    eq('nobody is logged in', state(h), 0)
    eq('C_Login', login(h, USER, PIN), 'OK')
    key = one(h, CLASS=PRIVATE, ID=K.rsa)
    eq('it signs', len(sign(h, key, mech('RSA'), bytes(32))), 256)
    F['CloseAllSessions'](slot)


def judge_making(empty):
    """Keys that a client makes with the user's PIN alone, on a card that lets it."""
    e = session(empty, RW)
    eq('keys without login', generate(e, 'EC_GEN', dict(EC_PARAMS=P256, TOKEN=True),
       dict(TOKEN=True))[0], 'USER_NOT_LOGGED_IN')
    eq('C_Login', login(e, USER, PIN), 'OK')
    judge_generation(e)
    judge_25519(e)
    judge_session_key(e, empty)
    judge_memory(e, empty)
    judge_persistence(empty, (b'N' * 20, b'p11', b'java'))
    eq('the parent is still logged in', state(e), 3)
    return e


def judge_born(empty):
    """The same on cards whose slots are ids, each as good as another."""
    e = session(empty, RW)
    eq('keys without login', generate(e, 'EC_GEN', dict(EC_PARAMS=P256, TOKEN=True),
       dict(TOKEN=True))[0], 'USER_NOT_LOGGED_IN')
    eq('C_Login', login(e, USER, PIN), 'OK')
    before = len(find(e))
    made = []
    for kind, public, m in (('EC_GEN', dict(EC_PARAMS=P256), 'ECDSA_SHA256'),
                            ('RSA_GEN', RSA_PUB, 'SHA256_RSA')):
        rv, pub, prv = generate(e, kind, dict(public, TOKEN=True, ID=kind.encode()),
                                dict(TOKEN=True, ID=kind.encode(), LABEL=b'mine'))
        eq(kind, (rv, get(e, prv, 'ID'), get(e, prv, 'LABEL')), ('OK', kind.encode(), b'mine'))
        eq('LOCAL', get(e, prv, 'LOCAL'), b'\1')
        raw = sign(e, prv, mech(m), b'data')
        eq('openssl agrees on ' + kind, openssl('dgst', '-sha256', '-verify', '{k}', '-keyform',
           'DER', '-signature', '{s}', '{d}', k=get(e, pub, 'PUBLIC_KEY_INFO'), d=b'data',
           s=raw if kind == 'RSA_GEN' else der_signature(raw)), True)
        made.append(prv)
    judge_persistence(empty, (b'EC_GEN',))
    for prv in made:
        eq('C_DestroyObject', F['DestroyObject'](e, prv), 'OK')
        eq('gone', get(e, prv, 'CLASS'), 'OBJECT_HANDLE_INVALID')
    eq('as before', len(find(e)), before)
    F['CloseAllSessions'](empty)


judge_interfaces()
judge_start()
judge_slots()
full, empty = slots()[:2]
judge_sessions(full, empty)
{True: judge_owner, False: judge_so, None: judge_user}[K.owner](full)
h = session(full, RW)
eq('C_Login', login(h, USER, PIN), 'OK')
judge_attributes(h)
judge_operations(h, session(full))
judge_decrypt(h)
if K.each:
    judge_each(h)
if not K.pads:
    judge_paddings(h)
e = None
if K.ids:
    judge_born(empty)
elif not K.owner:
    e = judge_making(empty)
judge_removal(full, 0)
judge_suspend(full, 0)
if e is not None:
    judge_reset(empty, e)
eq('C_Finalize', F['Finalize'](None), 'OK')
eq('C_GetInfo after it', F['GetInfo'](c.create_string_buffer(256)), 'CRYPTOKI_NOT_INITIALIZED')
print('%d checks, %d wrong' % (tally.checks, tally.faults))
sys.exit(tally.faults != 0)
