#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# usage: p11-swap.py MODULE CTL CTL-OF-AN-EQUAL-CARD
#
# A card is taken out in the middle of a session, and one that is called alike, of the
# same serial number, is in its reader before the session is used again.  Two such cards in two readers.
import json
import time

from p11_calls import *


def certificate(h):
    return get(h, one(h, CLASS=CERT, ID=b'\x9a'), 'VALUE')


def signs(h, what):
    key = one(h, CLASS=PRIVATE, ID=b'\x9a')
    spki = get(h, one(h, CLASS=PUBLIC, ID=b'\x9a'), 'PUBLIC_KEY_INFO')
    raw = sign(h, key, mech('ECDSA_SHA256'), b'data')
    eq(what, isinstance(raw, bytes) and openssl('dgst', '-sha256', '-verify', '{k}', '-keyform',
       'DER', '-signature', '{s}', '{d}', k=spki, s=der_signature(raw), d=b'data'), True)
    return spki


def until(done):
    for _ in range(1000):
        if done():
            return True
        time.sleep(0.01)
    return False


def daemon_sees(card):
    """As another process is told: this one is not to look."""
    said = subprocess.run([os.environ['TAMGA'], 'readers', '--json'], check=True, capture_output=True)
    return [r['card'] for r in json.loads(said.stdout)['readers'] if 'VPCD-A 00 00' in r['reader']][0] == card


def other_card():
    return subprocess.Popen([os.environ['TAMGA_VCARD'], '--app', 'piv', '--yubikey', '--serial',
        '77', '--provision', '--vpcd', '127.0.0.1:' + os.environ['PORT'], '--control', 'twin.ctl',
        '--exit-with-parent'])


def exchange():
    """The other card's cable is put where the first one's was."""
    ctl(0, 'remove')
    eq('the daemon sees none', until(lambda: daemon_sees('absent')), True)
    twin = other_card()
    eq('the daemon sees one', until(lambda: daemon_sees('present')), True)
    return twin


def exchange_at_once():
    """It waits at the reader's door, and is in before the daemon has looked again."""
    twin = other_card()
    eq('it is at the door', until(lambda: 'listening' in knock()), True)
    ctl(0, 'remove')
    return twin


def knock():
    said = subprocess.run([os.environ['TAMGA_VCARD'], 'ctl', 'twin.ctl', 'count'],
                          capture_output=True, text=True)
    return 'listening' if said.returncode == 0 else ''


def twin_log():
    return subprocess.run([os.environ['TAMGA_VCARD'], 'ctl', 'twin.ctl', 'log'], check=True,
                          capture_output=True, text=True).stdout


def judge_exchange(slot, exchange):
    h = session(slot, RW)
    eq('C_Login', login(h, USER, PIN), 'OK')
    before = signs(h, 'a signature')
    key = one(h, CLASS=PRIVATE, ID=b'\x9a')
    twin = exchange()
    said = F['SignInit'](h, mech('ECDSA'), key)
    if said == 'OK':
        said = produce('Sign', h, bytes(32), 32)
    eq('its key', said, 'DEVICE_REMOVED', 'SESSION_HANDLE_INVALID', 'TOKEN_NOT_PRESENT')
    eq('the session', until(lambda: isinstance(state(h), str)), True)
    eq('the other card is a token', until(lambda: slot in slots(1)), True)
    log = twin_log()
    eq('it was shown no PIN', ' 00 20 00 80 8 ' in log, False)
    eq('and signed nothing', ' 00 87 ' in log, False)
    h = session(slot, RW)
    eq('nobody is logged in', state(h), 2)
    eq('nor are there private keys', find(h, CLASS=PRIVATE, ID=b'\x9a'), [])
    eq('C_Login', login(h, USER, PIN), 'OK')
    eq('another key', signs(h, 'the other card signs') == before, False)
    eq('C_CloseSession', F['CloseSession'](h), 'OK')
    twin.terminate()
    twin.wait()
    eq('it is gone', until(lambda: slot not in slots(1)), True)
    ctl(0, 'insert')
    eq('the first one is back', until(lambda: slot in slots(1)), True)
    h = session(slot, RW)
    eq('C_Login', login(h, USER, PIN), 'OK')
    eq('with its key', signs(h, 'the first card signs') == before, True)
    F['CloseAllSessions'](slot)


def judge_twins(first, second):
    a, b = session(first), session(second)
    eq('two cards', certificate(a) == certificate(b), False)
    eq('C_Login', login(a, USER, PIN), 'OK')
    eq('one is logged in', (state(a), state(b)), (1, 0))
    eq('the other has no private key yet', find(b, CLASS=PRIVATE, ID=b'\x9a'), [])
    before = apdus(1)
    one_key = signs(a, 'the one signs')
    eq('and the other is asked nothing', apdus(1), before)
    eq('C_Login', login(b, USER, PIN), 'OK')
    eq('each its own', signs(b, 'the other signs') == one_key, False)
    F['CloseAllSessions'](first)
    F['CloseAllSessions'](second)


eq('C_Initialize', F['Initialize'](None), 'OK')
first, second = slots()[:2]
judge_twins(first, second)
judge_exchange(first, exchange)
judge_exchange(first, exchange_at_once)
eq('C_Finalize', F['Finalize'](None), 'OK')
print('%d checks, %d wrong' % (tally.checks, tally.faults))
sys.exit(tally.faults != 0)
