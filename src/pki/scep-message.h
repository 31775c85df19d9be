/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of the Simple Certificate Enrolment Protocol (RFC 8894 3): what
 * their signed attributes say, and the two layers of CMS around what they
 * carry.  Both ends use it.  Whose signature it is, and whether that counts, is
 * for the caller to say.
 */
#ifndef TMG_PKI_SCEP_MESSAGE_H
#define TMG_PKI_SCEP_MESSAGE_H

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <time.h>

#include "tamga/view.h"

#define TMG_SCEP_NONCE 16		/* bytes: RFC 8894 3.2.1.5 */
#define TMG_SCEP_TRANSACTION_MAX 256	/* of text, its zero included */
#define TMG_SCEP_TEXT_MAX TMG_FAULT_TEXT

/* messageType: RFC 8894 3.2.1.2 */
typedef enum tmg_scep_type {
	TMG_SCEP_UNSAID = 0,
	TMG_SCEP_CERT_REP = 3,
	TMG_SCEP_RENEWAL_REQ = 17,
	TMG_SCEP_PKCS_REQ = 19,
	TMG_SCEP_CERT_POLL = 20,
	TMG_SCEP_GET_CERT = 21,
	TMG_SCEP_GET_CRL = 22,
} tmg_scep_type;

/* pkiStatus: RFC 8894 3.2.1.3 */
typedef enum tmg_scep_status {
	TMG_SCEP_NO_STATUS = -1,
	TMG_SCEP_SUCCESS = 0,
	TMG_SCEP_FAILURE = 2,
	TMG_SCEP_PENDING = 3,
} tmg_scep_status;

/* failInfo: RFC 8894 3.2.1.4 */
typedef enum tmg_scep_fail {
	TMG_SCEP_NO_FAIL = -1,
	TMG_SCEP_BAD_ALG = 0,
	TMG_SCEP_BAD_MESSAGE_CHECK = 1,
	TMG_SCEP_BAD_REQUEST = 2,
	TMG_SCEP_BAD_TIME = 3,
	TMG_SCEP_BAD_CERT_ID = 4,
} tmg_scep_fail;

/* As RFC 8894 calls them; "" for numbers that it does not have. */
const char *
tmg_scep_type_name(int type);
const char *
tmg_scep_fail_name(int fail);

typedef struct tmg_scep_nonce {
	bool given;
	uint8_t bytes[TMG_SCEP_NONCE];
} tmg_scep_nonce;

bool
tmg_scep_nonce_equal(const tmg_scep_nonce *a, const tmg_scep_nonce *b);

/* What the signed attributes say: RFC 8894 3.2.1. */
typedef struct tmg_scep_header {
	int type;			/* tmg_scep_type, or what else came */
	int status;			/* of a CertRep */
	int fail;			/* of a failure */
	tmg_scep_nonce sender, recipient;
	char transaction[TMG_SCEP_TRANSACTION_MAX];	/* "" unsaid */
	char text[TMG_SCEP_TEXT_MAX];	/* failInfoText, for people; "" unsaid */
	time_t signed_at;		/* 0 unsaid; to be written: now */
} tmg_scep_header;

/* Bytes that libcrypto allocated, wiped when they go: a request holds a
 * password. */
typedef struct tmg_scep_bytes {
	uint8_t *ptr;
	size_t len;
} tmg_scep_bytes;

void
tmg_scep_bytes_release(tmg_scep_bytes *b);

static inline tmg_view
tmg_scep_view(const tmg_scep_bytes *b)
{
	return (tmg_view){ b->ptr, b->len };
}

/* What is taken although it is weak. */
typedef struct tmg_scep_allow {
	bool sha1;			/* in signatures */
	bool des;			/* single DES around contents */
} tmg_scep_allow;

/* ---- the outer layer ---- */

/* A message that somebody sent; all of it is owned. */
typedef struct tmg_scep_message {
	CMS_ContentInfo *cms;
	CMS_SignerInfo *by;		/* part of cms */
	X509 *signer;
	tmg_scep_header header;
	tmg_scep_bytes content;		/* once verified; none in a CertRep of no certificate */
} tmg_scep_message;

void
tmg_scep_message_release(tmg_scep_message *m);

/*
 * Takes a message apart and believes nothing of it.
 *
 *   known  certificates its signer may have beside those in it; NULL none
 *
 * Faults  TMG_E_MALFORMED  not one message by one signer whose certificate is
 *                          there: nobody could be answered
 */
TMG_MUST_USE tmg_rc
tmg_scep_read(OSSL_LIB_CTX *libctx, tmg_view der, STACK_OF(X509) *known,
    tmg_scep_message *m, tmg_fault *f);

/* The same of what has no transaction and is signed all the same: the answer to
 * GetNextCACert (RFC 8894 4.7.1).  Faults TMG_E_MALFORMED, TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
tmg_scep_read_signed(OSSL_LIB_CTX *libctx, tmg_view der, tmg_scep_message *m);

/*
 * Whether m is as the holder of the signer's key signed it; content is there
 * afterwards.
 *
 * Verdicts  TMG_UNSUPPORTED  a hash that is not taken
 *           TMG_MISMATCH     it is not
 */
TMG_MUST_USE tmg_rc
tmg_scep_verify(tmg_scep_message *m, const tmg_scep_allow *allow, tmg_fault *f);

/* Who signs. */
typedef struct tmg_scep_sender {
	X509 *cert;
	EVP_PKEY *key;			/* a token's, too */
	const char *digest;		/* "SHA512"; NULL: SHA-256 */
} tmg_scep_sender;

/*
 * Signs a message with one private-key operation.
 *
 *   header   NULL: it has no transaction; see tmg_scep_read_signed()
 *   content  EnvelopedData; empty: the message has none (RFC 8894 3.2.2)
 *
 * Faults  TMG_E_CRYPTO; what a token said is in its signer's fault
 */
TMG_MUST_USE tmg_rc
tmg_scep_write(OSSL_LIB_CTX *libctx, const tmg_scep_header *header,
    const tmg_scep_sender *sender, tmg_view content, tmg_scep_bytes *der,
    tmg_fault *f);

/* ---- the inner layer ---- */

/* What contents are encrypted with. */
typedef struct tmg_scep_cipher {
	const char *name;		/* libcrypto's */
	const char *answer;		/* of what answers one who uses that */
	bool weak;			/* see tmg_scep_allow */
	uint8_t oid[12];
	size_t oid_len;
} tmg_scep_cipher;

/* The row of a name: "AES-128-CBC", "AES-256-CBC", "DES-EDE3-CBC", "DES-CBC". */
const tmg_scep_cipher *
tmg_scep_cipher_named(const char *name);

/*
 * Encrypts plain to the holder of to's key.
 *
 * Verdicts  TMG_UNSUPPORTED  that key cannot decrypt: it is none of RSA
 */
TMG_MUST_USE tmg_rc
tmg_scep_seal(OSSL_LIB_CTX *libctx, tmg_view plain, X509 *to,
    const char *cipher, tmg_scep_bytes *der, tmg_fault *f);

/*
 * Opens EnvelopedData that was made for cert, or for another certificate of
 * its key, with at most one private-key operation for each of its recipients.
 *
 *   cipher  out, what it was encrypted with; NULL unknown
 *
 * Verdicts  TMG_UNSUPPORTED  a cipher that is not taken; the key was not used
 *           TMG_MISMATCH     anything else.  Why, nobody is told: who could
 *                            tell a wrong padding from another mistake could
 *                            read what others encrypted to us
 */
TMG_MUST_USE tmg_rc
tmg_scep_open(OSSL_LIB_CTX *libctx, tmg_view der, X509 *cert, EVP_PKEY *key,
    const tmg_scep_allow *allow, const tmg_scep_cipher **cipher,
    tmg_scep_bytes *plain, tmg_fault *f);

/* ---- what else messages carry ---- */

/* IssuerAndSubject of a CertPoll: RFC 8894 3.3.3. */
typedef struct tmg_scep_names {
	X509_NAME *issuer, *subject;	/* owned */
} tmg_scep_names;

void
tmg_scep_names_release(tmg_scep_names *names);

/* Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_scep_names_read(tmg_view der, tmg_scep_names *names);
TMG_MUST_USE tmg_rc
tmg_scep_names_write(const X509_NAME *issuer, const X509_NAME *subject,
    tmg_scep_bytes *der);

#endif
