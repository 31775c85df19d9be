/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the PKCS#11 module share: two readers, the second empty,
 * in the first a card made of structures with keys in 9a, 9c and 9e.
 */
#ifndef TMG_TESTS_P11_WORLD_H
#define TMG_TESTS_P11_WORLD_H

#include "tests/unit/test.h"

#include "pkcs11/cryptoki.h"
#include "tests/unit/fake-token.h"

extern struct fake fake;

/* Another hub, of one empty reader; only where a test wants it. */
extern struct fake further;
extern bool has_further;

#define CARD (&fake.cards[0])
#define PIN ((CK_UTF8CHAR *)(uintptr_t)"123456")
#define RO CKF_SERIAL_SESSION
#define RW (CKF_SERIAL_SESSION | CKF_RW_SESSION)

/* A message to sign. */
#define TEXT "what is signed"
#define DATA ((CK_BYTE *)(uintptr_t)TEXT)
#define DATA_LEN (sizeof(TEXT) - 1)

/* Is the keypad of every reader trusted, from the next C_Initialize on? */
extern bool trusts_keypads;

extern CK_MECHANISM ecdsa, ecdsa_sha256;
extern CK_BBOOL yes, no;

/* Set-up and tear-down of a group and of one test. */
int
make_world(void **state);
int
end_world(void **state);
int
world(void **state);
int
initialised(void **state);
int
finalised(void **state);

/* The file of given names goes. */
void
forget_names(void);

#define INSIDE(name) cmocka_unit_test_setup_teardown(name, initialised, finalised)

CK_SESSION_HANDLE
open_session(CK_FLAGS flags);
/* A session in which the user is logged in. */
CK_SESSION_HANDLE
user_session(CK_FLAGS flags);
CK_STATE
state_of(CK_SESSION_HANDLE h);

/* The one object of that class and ID; CK_INVALID_HANDLE: none. */
CK_OBJECT_HANDLE
find_one(CK_SESSION_HANDLE h, CK_OBJECT_CLASS class, CK_BYTE id);
CK_ULONG
count_found(CK_SESSION_HANDLE h, CK_ATTRIBUTE *t, CK_ULONG n);
void
read_text(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    char text[64]);

/* Is r and s a signature of the text with SHA-256, by libcrypto alone and with
 * the card's public key? */
bool
verifies(const struct fake_slot *slot, const CK_BYTE *sig, const char *text);

#endif
