# SPDX-License-Identifier: BSD-2-Clause
"""Every kind of key of an OpenPGP card through our module: made by the administrator, its
usage as the slot has it, signatures, decryptions and agreements judged by openssl.

    openpgp-p11.py MODULE CTL
"""
import ctypes as c
import sys

from p11_calls import (ADMIN, CONTEXT, F, M, PIN, PRIVATE, PUBLIC, RO, RW, SO, UL, USER,
                       der_signature, eq, find, generate, get, login, mech, one, openssl,
                       openssl_gives, produce, session, slots, tally, template)

EDDSA, MONT_GEN, EDW_GEN = 0x1057, 0x1056, 0x1055
DATA = b'what is signed'
SIG, DEC, AUT = b'\1', b'\2', b'\3'
# ECDH1_DERIVE is judged by a key of openssl's on the same curve
CURVES = (
    ('P-256', '06082a8648ce3d030107'), ('P-384', '06052b81040022'), ('P-521', '06052b81040023'),
    ('brainpoolP256r1', '06092b2403030208010107'), ('brainpoolP384r1', '06092b240303020801010b'),
    ('brainpoolP512r1', '06092b240303020801010d'))
USES = ('SIGN', 'DECRYPT', 'DERIVE', 'UNWRAP', 'SIGN_RECOVER')
PUBLIC_USES = ('VERIFY', 'ENCRYPT', 'WRAP', 'VERIFY_RECOVER')


def made(slot, kind, at, **given):
    """The administrator's new key in that place; who may use what, and its SPKI."""
    h = session(slot, RW)
    eq('administrator', login(h, SO, ADMIN), 'OK')
    rv, pub, _ = generate(h, kind, dict(TOKEN=True, ID=at, **given), dict(TOKEN=True, ID=at))
    what = '%s in %s' % (given, at.hex())
    if not eq('made: ' + what, rv, 'OK'):
        return None
    spki = get(h, pub, 'PUBLIC_KEY_INFO')
    again = generate(h, kind, dict(TOKEN=True, ID=at, **given), dict(TOKEN=True, ID=at))
    eq('the place is taken: ' + what, again[0], 'ATTRIBUTE_VALUE_INVALID')
    F['Logout'](h)
    F['CloseSession'](h)
    return spki


def used(slot, at, uses, public_uses):
    """A session of the user's, and the private key in that place."""
    h = session(slot)
    eq('user', login(h, USER, PIN), 'OK')
    key, pub = one(h, CLASS=PRIVATE, ID=at), one(h, CLASS=PUBLIC, ID=at)
    for name in USES:
        eq('CKA_%s of %s' % (name, at.hex()), get(h, key, name), bytes([name in uses]))
    for name in PUBLIC_USES:
        eq('public CKA_%s of %s' % (name, at.hex()), get(h, pub, name), bytes([name in public_uses]))
    return h, key


def signature(h, key, m, data):
    eq('C_SignInit', F['SignInit'](h, m, key), 'OK')
    if get(h, key, 'ALWAYS_AUTHENTICATE') == b'\1':
        eq('the PIN for one', login(h, CONTEXT, PIN), 'OK')
    return produce('Sign', h, data, len(data))


def done(h):
    F['Logout'](h)
    F['CloseSession'](h)


def judge_rsa(slot, bits):
    eq('none before', [session_keys(slot)], [0])
    for at in (SIG, AUT):
        spki = made(slot, 'RSA_GEN', at, MODULUS_BITS=bits, PUBLIC_EXPONENT=b'\1\0\1')
        h, key = used(slot, at, ('SIGN',), ('VERIFY',))
        sig = signature(h, key, mech(0x42), DATA)	# SHA512_RSA_PKCS
        eq('RSA %d signs' % bits, (len(sig), openssl(
            'dgst', '-sha512', '-verify', '{p}', '-keyform', 'DER', '-signature', '{s}', '{d}',
            p=spki, s=sig, d=DATA)), (bits // 8, True))
        eq('no decryption', F['DecryptInit'](h, mech('RSA'), key), 'KEY_FUNCTION_NOT_PERMITTED')
        done(h)
    spki = made(slot, 'RSA_GEN', DEC, MODULUS_BITS=bits, PUBLIC_EXPONENT=b'\1\0\1')
    h, key = used(slot, DEC, ('DECRYPT',), ('ENCRYPT',))
    sealed = openssl_gives('pkeyutl', '-encrypt', '-pubin', '-inkey', '{p}', '-keyform', 'DER',
                           '-in', '{d}', p=spki, d=DATA)
    eq('sealed', len(sealed), bits // 8)
    eq('C_DecryptInit', F['DecryptInit'](h, mech('RSA'), key), 'OK')
    eq('RSA %d decrypts' % bits, produce('Decrypt', h, sealed, len(sealed), room=600), DATA)
    eq('no signature', F['SignInit'](h, mech('RSA'), key), 'KEY_FUNCTION_NOT_PERMITTED')
    done(h)


def session_keys(slot):
    h = session(slot)
    n = len(find(h, CLASS=PUBLIC))
    done(h)
    return n


def agreed(h, key, point):
    """What the card and the other side, whose point that is, agree on."""
    buffer = c.create_string_buffer(point, len(point))
    param = (UL * 5)(1, 0, 0, len(point), c.cast(buffer, c.c_void_p).value)
    rows, n = template(CLASS=4, KEY_TYPE=0x10, TOKEN=False, SENSITIVE=False, EXTRACTABLE=True)
    o = UL(0)
    eq('C_DeriveKey', F['DeriveKey'](h, mech('ECDH1', param), key, rows, n, c.byref(o)), 'OK')
    return get(h, o.value, 'VALUE')


def judge_agreement(slot, kind, params, name, peer, point):
    spki = made(slot, kind, DEC, EC_PARAMS=params)
    h, key = used(slot, DEC, ('DERIVE',), ())
    want = openssl_gives('pkeyutl', '-derive', '-inkey', '{k}', '-peerkey', '{p}', '-peerform',
                         'DER', k=peer, p=spki)
    eq('%s agrees' % name, (len(want) > 0, agreed(h, key, point)), (True, want))
    eq('no signature', F['SignInit'](h, mech('ECDSA'), key),
       'KEY_TYPE_INCONSISTENT' if name == 'X25519' else 'KEY_FUNCTION_NOT_PERMITTED')
    done(h)


def judge_curve(slot, name, params):
    for at in (SIG, AUT):
        spki = made(slot, 'EC_GEN', at, EC_PARAMS=params)
        h, key = used(slot, at, ('SIGN',), ('VERIFY',))
        sig = signature(h, key, mech(0x1046), DATA)	# ECDSA_SHA512
        eq('%s signs' % name, openssl(
            'dgst', '-sha512', '-verify', '{p}', '-keyform', 'DER', '-signature', '{s}', '{d}',
            p=spki, s=der_signature(sig), d=DATA), True)
        done(h)
    peer = openssl_gives('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:' + name)
    public = openssl_gives('pkey', '-in', '{k}', '-pubout', '-outform', 'DER', k=peer)
    size = {'P-521': 66, 'brainpoolP512r1': 64}.get(name, 48 if '384' in name else 32)
    judge_agreement(slot, 'EC_GEN', params, name, peer, public[-(2 * size + 1):])


def judge_25519(slot):
    params = bytes.fromhex('06032b6570')
    for at in (SIG, AUT):
        spki = made(slot, EDW_GEN, at, EC_PARAMS=params)
        h, key = used(slot, at, ('SIGN',), ('VERIFY',))
        sig = signature(h, key, mech(EDDSA), DATA)
        eq('Ed25519 signs', openssl(
            'pkeyutl', '-verify', '-pubin', '-inkey', '{p}', '-keyform', 'DER', '-rawin', '-in',
            '{d}', '-sigfile', '{s}', p=spki, s=sig, d=DATA), True)
        done(h)
    peer = openssl_gives('genpkey', '-algorithm', 'X25519')
    public = openssl_gives('pkey', '-in', '{k}', '-pubout', '-outform', 'DER', k=peer)
    judge_agreement(slot, MONT_GEN, bytes.fromhex('06032b656e'), 'X25519', peer, public[-32:])


def judge_misfits(slot):
    """What no slot of this card takes, in an empty one."""
    h = session(slot, RW)
    eq('administrator', login(h, SO, ADMIN), 'OK')
    for what, kind, at, given in (
            ('Ed25519 to decrypt with', EDW_GEN, DEC, dict(EC_PARAMS=bytes.fromhex('06032b6570'))),
            ('X25519 to sign with', MONT_GEN, SIG, dict(EC_PARAMS=bytes.fromhex('06032b656e'))),
            ('X25519 to log in with', MONT_GEN, AUT, dict(EC_PARAMS=bytes.fromhex('06032b656e')))):
        eq(what, generate(h, kind, dict(TOKEN=True, ID=at, **given), dict(TOKEN=True, ID=at))[0],
           'TEMPLATE_INCONSISTENT')
    done(h)
    eq('nothing was made', session_keys(slot), 0)


def main(what):
    eq('C_Initialize', F['Initialize'](None), 'OK')
    slot = slots()[0]
    if what == 'none':
        judge_misfits(slot)
    elif what == '25519':
        judge_25519(slot)
    elif what.isdigit():
        judge_rsa(slot, int(what))
    else:
        judge_curve(slot, what, bytes.fromhex(dict(CURVES)[what]))
    F['Finalize'](None)
    print('%s: %d checks' % (what, tally.checks))
    sys.exit(tally.faults > 0)


main(sys.argv.pop())
