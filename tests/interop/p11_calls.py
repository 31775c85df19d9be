# SPDX-License-Identifier: BSD-2-Clause
"""The tables of a PKCS#11 module, called from Python.

For programs of the form PROGRAM MODULE [CTL]...: importing this loads MODULE;
F is its table of 3.2.  CTL are the control sockets of its cards.
"""
import ctypes as c
import os
import subprocess
import sys
import tempfile

UL = c.c_ulong
NONE = UL(-1).value		# CK_UNAVAILABLE_INFORMATION

CKR = {name: value for value, name in (
    (0, 'OK'), (3, 'SLOT_ID_INVALID'), (5, 'GENERAL_ERROR'), (6, 'FUNCTION_FAILED'),
    (7, 'ARGUMENTS_BAD'), (8, 'NO_EVENT'), (0x10, 'ATTRIBUTE_READ_ONLY'),
    (0x11, 'ATTRIBUTE_SENSITIVE'), (0x12, 'ATTRIBUTE_TYPE_INVALID'),
    (0x13, 'ATTRIBUTE_VALUE_INVALID'), (0x1b, 'ACTION_PROHIBITED'),
    (0x20, 'DATA_INVALID'), (0x21, 'DATA_LEN_RANGE'), (0x30, 'DEVICE_ERROR'),
    (0x31, 'DEVICE_MEMORY'), (0x32, 'DEVICE_REMOVED'), (0x40, 'ENCRYPTED_DATA_INVALID'),
    (0x41, 'ENCRYPTED_DATA_LEN_RANGE'), (0x51, 'FUNCTION_NOT_PARALLEL'),
    (0x54, 'FUNCTION_NOT_SUPPORTED'), (0x60, 'KEY_HANDLE_INVALID'), (0x62, 'KEY_SIZE_RANGE'),
    (0x63, 'KEY_TYPE_INCONSISTENT'), (0x68, 'KEY_FUNCTION_NOT_PERMITTED'),
    (0x70, 'MECHANISM_INVALID'), (0x71, 'MECHANISM_PARAM_INVALID'),
    (0x82, 'OBJECT_HANDLE_INVALID'), (0x90, 'OPERATION_ACTIVE'),
    (0x91, 'OPERATION_NOT_INITIALIZED'), (0xa0, 'PIN_INCORRECT'), (0xa1, 'PIN_INVALID'),
    (0xa2, 'PIN_LEN_RANGE'), (0xa4, 'PIN_LOCKED'), (0xb0, 'SESSION_CLOSED'),
    (0xb3, 'SESSION_HANDLE_INVALID'), (0xb4, 'SESSION_PARALLEL_NOT_SUPPORTED'),
    (0xb5, 'SESSION_READ_ONLY'), (0xb6, 'SESSION_EXISTS'), (0xb7, 'SESSION_READ_ONLY_EXISTS'),
    (0xb8, 'SESSION_READ_WRITE_SO_EXISTS'), (0xc0, 'SIGNATURE_INVALID'),
    (0xc1, 'SIGNATURE_LEN_RANGE'), (0xd0, 'TEMPLATE_INCOMPLETE'),
    (0xd1, 'TEMPLATE_INCONSISTENT'), (0xe0, 'TOKEN_NOT_PRESENT'),
    (0xe1, 'TOKEN_NOT_RECOGNIZED'), (0x100, 'USER_ALREADY_LOGGED_IN'),
    (0x101, 'USER_NOT_LOGGED_IN'), (0x103, 'USER_TYPE_INVALID'),
    (0x104, 'USER_ANOTHER_ALREADY_LOGGED_IN'), (0x120, 'RANDOM_SEED_NOT_SUPPORTED'),
    (0x130, 'DOMAIN_PARAMS_INVALID'), (0x140, 'CURVE_NOT_SUPPORTED'),
    (0x150, 'BUFFER_TOO_SMALL'), (0x190, 'CRYPTOKI_NOT_INITIALIZED'),
    (0x191, 'CRYPTOKI_ALREADY_INITIALIZED'), (0x1a0, 'MUTEX_BAD'))}
NAMES = {value: name for name, value in CKR.items()}

FUNCTIONS = '''Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo
GetMechanismList GetMechanismInfo InitToken InitPIN SetPIN OpenSession CloseSession
CloseAllSessions GetSessionInfo GetOperationState SetOperationState Login Logout CreateObject
CopyObject DestroyObject GetObjectSize GetAttributeValue SetAttributeValue FindObjectsInit
FindObjects FindObjectsFinal EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit Decrypt
DecryptUpdate DecryptFinal DigestInit Digest DigestUpdate DigestKey DigestFinal SignInit Sign
SignUpdate SignFinal SignRecoverInit SignRecover VerifyInit Verify VerifyUpdate VerifyFinal
VerifyRecoverInit VerifyRecover DigestEncryptUpdate DecryptDigestUpdate SignEncryptUpdate
DecryptVerifyUpdate GenerateKey GenerateKeyPair WrapKey UnwrapKey DeriveKey SeedRandom
GenerateRandom GetFunctionStatus CancelFunction WaitForSlotEvent
GetInterfaceList GetInterface LoginUser SessionCancel MessageEncryptInit EncryptMessage
EncryptMessageBegin EncryptMessageNext MessageEncryptFinal MessageDecryptInit DecryptMessage
DecryptMessageBegin DecryptMessageNext MessageDecryptFinal MessageSignInit SignMessage
SignMessageBegin SignMessageNext MessageSignFinal MessageVerifyInit VerifyMessage
VerifyMessageBegin VerifyMessageNext MessageVerifyFinal
EncapsulateKey DecapsulateKey VerifySignatureInit VerifySignature VerifySignatureUpdate
VerifySignatureFinal GetSessionValidationFlags AsyncComplete AsyncGetID AsyncJoin'''.split()

CERT, PUBLIC, PRIVATE, DATA, PROFILE = 1, 2, 3, 0, 9
A = dict(CLASS=0, TOKEN=1, PRIVATE=2, LABEL=3, UNIQUE_ID=4, APPLICATION=0x10, VALUE=0x11,
         OBJECT_ID=0x12, CERTIFICATE_TYPE=0x80, ISSUER=0x81, SERIAL_NUMBER=0x82, TRUSTED=0x86,
         CERTIFICATE_CATEGORY=0x87, KEY_TYPE=0x100, SUBJECT=0x101, ID=0x102, SENSITIVE=0x103,
         ENCRYPT=0x104, DECRYPT=0x105, WRAP=0x106, UNWRAP=0x107, SIGN=0x108, SIGN_RECOVER=0x109,
         VERIFY=0x10a, VERIFY_RECOVER=0x10b, DERIVE=0x10c, START_DATE=0x110, END_DATE=0x111,
         MODULUS=0x120, MODULUS_BITS=0x121, PUBLIC_EXPONENT=0x122, PRIVATE_EXPONENT=0x123,
         PUBLIC_KEY_INFO=0x129, EXTRACTABLE=0x162, LOCAL=0x163, NEVER_EXTRACTABLE=0x164,
         ALWAYS_SENSITIVE=0x165, KEY_GEN_MECHANISM=0x166, MODIFIABLE=0x170, COPYABLE=0x171,
         DESTROYABLE=0x172, EC_PARAMS=0x180, EC_POINT=0x181, ALWAYS_AUTHENTICATE=0x202,
         WRAP_WITH_TRUSTED=0x210, ALLOWED_MECHANISMS=0x40000600, PROFILE_ID=0x601,
         PARAMETER_SET=0x61d)
M = dict(RSA_GEN=0, RSA=1, X509=3, OAEP=9, PSS=0xd, SHA256_RSA=0x40, SHA256_PSS=0x43, SHA256=0x250,
         EC_GEN=0x1040, ECDSA=0x1041, ECDSA_SHA256=0x1044, ECDH1=0x1050, AES_CBC=0x1082)
RO, RW = 4, 6
SO, USER, CONTEXT = 0, 1, 2
P256 = bytes.fromhex('06082a8648ce3d030107')
P384 = bytes.fromhex('06052b81040022')
PIN = os.environ.get('TAMGA_TEST_PIN', '123456').encode()
PUK = os.environ.get('TAMGA_TEST_PUK', '12345678').encode()
ADMIN = os.environ.get('TAMGA_TEST_ADMIN', '').encode()


class Attribute(c.Structure):
    _fields_ = [('type', UL), ('value', c.c_void_p), ('len', UL)]


class Mechanism(c.Structure):
    _fields_ = [('type', UL), ('param', c.c_void_p), ('len', UL)]


class Version(c.Structure):
    _fields_ = [('major', c.c_ubyte), ('minor', c.c_ubyte)]


class Interface(c.Structure):
    _fields_ = [('name', c.c_char_p), ('table', c.c_void_p), ('flags', UL)]


class SessionInfo(c.Structure):
    _fields_ = [('slot', UL), ('state', UL), ('flags', UL), ('error', UL)]


class TokenInfo(c.Structure):
    _fields_ = [('label', c.c_char * 32), ('maker', c.c_char * 32), ('model', c.c_char * 16),
                ('serial', c.c_char * 16), ('flags', UL), ('max_sessions', UL), ('sessions', UL),
                ('max_rw', UL), ('rw', UL), ('max_pin', UL), ('min_pin', UL), ('numbers', UL * 4),
                ('hardware', Version), ('firmware', Version), ('time', c.c_char * 16)]


class InitArgs(c.Structure):
    _fields_ = [('mutex', c.c_void_p * 4), ('flags', UL), ('reserved', c.c_void_p)]


class tally:
    checks = faults = 0


def eq(what, got, *wanted):
    """got is one of wanted, or somebody hears of it."""
    tally.checks += 1
    if got not in wanted:
        tally.faults += 1
        print('WRONG %s: got %r, expected %s' % (what, got, ' or '.join(map(repr, wanted))))
    return got in wanted


def table(pointer):
    """The functions of a table, by name; each tells its code by name."""
    version = Version.from_address(pointer)
    size = {(2, 40): 68, (3, 0): 92, (3, 2): 102}[(version.major, version.minor)]
    rows = (c.c_void_p * size).from_address(pointer + 8)
    def bind(address):
        call = c.CFUNCTYPE(UL)(address)
        call.argtypes = None
        def speak(*arguments):
            rv = call(*[UL(a) if isinstance(a, int) else a for a in arguments])
            return NAMES.get(rv, hex(rv))
        return speak
    return {name: bind(row) for name, row in zip(FUNCTIONS, rows)}


def mech(kind, param=None):
    m = Mechanism(M.get(kind, kind), None, 0)
    if param is not None:
        m.keep = param
        m.param = c.cast(param, c.c_void_p)
        m.len = c.sizeof(param)
    return c.byref(m)


def pss(hash_, mgf, salt):
    return (UL * 3)(hash_, mgf, salt)


def template(**given):
    rows = (Attribute * max(len(given), 1))()
    rows.keep = []
    for row, (name, value) in zip(rows, given.items()):
        row.type = A[name] if name in A else int(name[1:], 16)
        if isinstance(value, bool):
            value = bytes([value])
        elif isinstance(value, int):
            value = bytes(UL(value))
        buffer = c.create_string_buffer(value, len(value))
        rows.keep.append(buffer)
        row.value, row.len = c.cast(buffer, c.c_void_p), len(value)
    return rows, len(given)


library = c.CDLL(sys.argv[1])
controls = sys.argv[2:]
pointer = c.c_void_p()
library.C_GetFunctionList.restype = UL
library.C_GetFunctionList(c.byref(pointer))
F240 = table(pointer.value)
found = c.POINTER(Interface)()


def interface(name, version, flags):
    rv = library.C_GetInterface(name, c.byref(Version(*version)) if version else None,
                                c.byref(found), UL(flags))
    rv = NAMES.get(rv, hex(rv))
    if rv != 'OK':
        return rv
    v = Version.from_address(found.contents.table)
    return (v.major, v.minor)


library.C_GetInterface.restype = UL
interface(b'PKCS 11', (3, 2), 0)
F = table(found.contents.table)


def ctl(card, *words):
    return subprocess.run([os.environ['TAMGA_VCARD'], 'ctl', controls[card], *words], check=True,
                          capture_output=True, text=True).stdout


def apdus(card):
    return int(ctl(card, 'count').split()[0])


# ---- short forms ---------------------------------------------------------------
def slots(present=1):
    n = UL(0)
    F['GetSlotList'](c.c_ubyte(present), None, c.byref(n))
    ids = (UL * n.value)()
    F['GetSlotList'](c.c_ubyte(present), ids, c.byref(n))
    return list(ids[:n.value])


def session(slot, flags=RO):
    h = UL(0)
    eq('C_OpenSession', F['OpenSession'](slot, flags, None, None, c.byref(h)), 'OK')
    return h.value


def state(h):
    info = SessionInfo()
    rv = F['GetSessionInfo'](h, c.byref(info))
    return info.state if rv == 'OK' else rv


def session_slot(h):
    info = SessionInfo()
    F['GetSessionInfo'](h, c.byref(info))
    return info.slot


def login(h, who, pin):
    return F['Login'](h, who, pin, len(pin or b''))


def find(h, most=100, **given):
    rows, n = template(**given)
    eq('C_FindObjectsInit %r' % given, F['FindObjectsInit'](h, rows, n), 'OK')
    out, got, all_ = (UL * most)(), UL(0), []
    while F['FindObjects'](h, out, most, c.byref(got)) == 'OK' and got.value:
        all_ += out[:got.value]
    eq('C_FindObjectsFinal', F['FindObjectsFinal'](h), 'OK')
    return all_


def one(h, **given):
    all_ = find(h, **given)
    eq('found by %r' % given, len(all_), 1)
    return all_[0] if all_ else 0


def get(h, o, name):
    row = Attribute(A[name] if name in A else name, None, 0)
    rv = F['GetAttributeValue'](h, o, c.byref(row), 1)
    if rv != 'OK':
        return rv
    buffer = c.create_string_buffer(max(row.len, 1))
    row.value = c.cast(buffer, c.c_void_p)
    rv = F['GetAttributeValue'](h, o, c.byref(row), 1)
    return buffer.raw[:row.len] if rv == 'OK' else rv


def set_(h, o, **given):
    rows, n = template(**given)
    return F['SetAttributeValue'](h, o, rows, n)


def produce(function, h, *data, room=512):
    out, n = c.create_string_buffer(room), UL(room)
    rv = F[function](h, *data, out, c.byref(n))
    return out.raw[:n.value] if rv == 'OK' else rv


def sign(h, key, m, data):
    rv = F['SignInit'](h, m, key)
    return rv if rv != 'OK' else produce('Sign', h, data, len(data))


def generate(h, kind, public, private):
    pub, n = template(**public)
    prv, k = template(**private)
    a, b = UL(0), UL(0)
    rv = F['GenerateKeyPair'](h, mech(kind), pub, n, prv, k, c.byref(a), c.byref(b))
    return rv, a.value, b.value


def create(h, **given):
    o = UL(0)
    rows, n = template(**given)
    return F['CreateObject'](h, rows, n, c.byref(o)), o.value


def copy(h, o, **given):
    new = UL(0)
    rows, n = template(**given)
    return F['CopyObject'](h, o, rows, n, c.byref(new)), new.value


def token_flags(slot):
    info = TokenInfo()
    eq('C_GetTokenInfo', F['GetTokenInfo'](slot, c.byref(info)), 'OK')
    return info.flags


def run_openssl(words, files):
    with tempfile.TemporaryDirectory() as at:
        paths = {name: os.path.join(at, name) for name in files}
        for name, data in files.items():
            with open(paths[name], 'wb') as f:
                f.write(data)
        return subprocess.run(['openssl', *[w.format(**paths) for w in words]],
                              capture_output=True)


def openssl(*words, **files):
    """openssl with files given as NAME=bytes, as {NAME} in the words: does it say yes?"""
    return run_openssl(words, files).returncode == 0


def openssl_gives(*words, **files):
    """The same: what does it print?"""
    return run_openssl(words, files).stdout


def der_signature(raw):
    def number(b):
        b = b.lstrip(b'\0') or b'\0'
        b = (b'\0' if b[0] & 0x80 else b'') + b
        return b'\x02' + bytes([len(b)]) + b
    half = len(raw) // 2
    body = number(raw[:half]) + number(raw[half:])
    return b'\x30' + (b'\x81' if len(body) > 127 else b'') + bytes([len(body)]) + body
