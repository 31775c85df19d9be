/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One cryptographic operation of a session, from its Init to its end.
 */
#ifndef TMG_PKCS11_OPERATION_H
#define TMG_PKCS11_OPERATION_H

#include <openssl/types.h>

#include "pkcs11/kept.h"
#include "pkcs11/mechanism.h"
#include "tamga/key.h"

#define P11_COLLECT_MAX 65536u	/* bytes of a message that is not hashed here */

/* What a session can be in the middle of, one of each. */
typedef enum tmg_p11_task {
	P11_SIGN,
	P11_VERIFY,
	P11_ENCRYPT,
	P11_DECRYPT,
	P11_TASKS
} tmg_p11_task;

typedef struct tmg_p11_operation {
	bool active;
	bool fed;			/* an Update came: no single part any more */
	bool wants_pin;			/* CKA_ALWAYS_AUTHENTICATE */
	bool proven;			/* CKU_CONTEXT_SPECIFIC: the PIN was right */
	tmg_p11_kept pin;		/* that PIN, in case the card forgets it */
	CK_OBJECT_HANDLE object;
	const tmg_p11_mechanism *mechanism;
	tmg_sign_spec spec;
	tmg_decrypt_spec decrypt;	/* and how to encrypt */
	uint8_t *label;			/* OAEP's, ours */
	tmg_alg alg;
	EVP_MD_CTX *md;			/* hashes what comes */
	uint8_t *data;			/* or keeps it */
	size_t len;
	bool done;			/* data is the answer, not yet fetched */
} tmg_p11_operation;

/* Wipes and frees; an operation that is not active stays so. */
void
tmg_p11_operation_end(tmg_p11_operation *op);

/* Other data in the place of what was kept, which is wiped; takes it over. */
void
tmg_p11_operation_hold(tmg_p11_operation *op, uint8_t *data, size_t len);

/* One more part.  CKR_DATA_LEN_RANGE beyond P11_COLLECT_MAX. */
CK_RV
tmg_p11_operation_feed(tmg_p11_operation *op, tmg_view part);

/* What the key gets: the digest, or all that was fed. */
CK_RV
tmg_p11_operation_input(tmg_p11_operation *op, tmg_out *digest, tmg_view *input);

#endif
