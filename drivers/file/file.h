/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys in a folder: the "Personal Computer" and "Java keys" repositories.
 *
 * A key is born into the folder as PEM; with its certificate it becomes one
 * PKCS #12 container (RFC 7292) and the bare key is gone.  doc/design/file.md
 * has the whole of it.
 */
#ifndef TMG_DRIVER_FILE_H
#define TMG_DRIVER_FILE_H

#include <limits.h>
#include <openssl/x509.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/secret.h"
#include "src/pki/soft.h"
#include "src/pki/x509.h"
#include "tamga/driver.h"

/* Private operations are libcrypto's own, never a token's. */
#define TMG_FILE_PROPS "provider!=tamga"

#define TMG_FILE_PLACES 4u	/* keys that one folder holds */
#define TMG_FILE_MAX 262144u	/* bytes of one file of ours */

/* How what is written is protected; a row for each kind of reader. */
typedef struct tmg_file_kind {
	const char *scheme;	/* "file:", what a person types before the folder */
	const char *model;
	int key_pbe;		/* NID; -1: PBES2 with cipher (RFC 8018 6.2) */
	const char *cipher;
	const char *mac;
	int iterations;
} tmg_file_kind;

typedef struct tmg_file {
	tmg_backend base;
	const tmg_file_kind *kind;
	char path[PATH_MAX];
	tmg_secret password;	/* what opens it, or protects what is made next */
	bool known;
	tmg_soft *open[TMG_FILE_PLACES];	/* keys that were opened */
	STACK_OF(X509) *chain;	/* of the certificate that comes next */
} tmg_file;

/* Which key of a place counts. */
typedef enum tmg_file_form {
	TMG_FORM_NONE,
	TMG_FORM_BARE,		/* the PEM file */
	TMG_FORM_CONTAINER,
} tmg_file_form;

/* What lies in one place, as far as it can be seen. */
typedef struct tmg_held_key {
	tmg_file_form form;
	bool has_bare, has_container;
	bool shut;		/* the password is wanted for the key */
	bool hidden;		/* and for the certificate too */
	uint8_t *bare, *container;	/* the files; wiped and freed */
	size_t bare_len, container_len;
	uint8_t spki[TMG_SPKI_MAX];	/* of the key that counts */
	size_t spki_len;
	uint8_t *cert;
	size_t cert_len;
} tmg_held_key;

extern const tmg_driver tmg_driver_file;

static inline tmg_file *
tmg_file_of(tmg_backend *b)
{
	return (tmg_file *)b;		/* its first member */
}

/* What a parser of libcrypto's said, unless it lacked memory: it fails alike for
 * that and for wrong bytes or a wrong password.  Forgets the errors. */
static inline tmg_rc
tmg_file_heard(tmg_rc rc)
{
	const bool lacked = rc != TMG_OK && tmg_lacked_memory(0);

	ERR_clear_error();
	return lacked ? TMG_E_NOMEM : rc;
}

#define file_raise(f, rc, ...) tmg_raise(&(f)->base.fault, (rc), 0, __VA_ARGS__)

/* ---- folder.c: files of the folder, and nobody else's --------------------- */

typedef enum tmg_file_suffix {
	TMG_FILE_KEY,		/* tamga-1.pem */
	TMG_FILE_CONTAINER,	/* tamga-1.p12 */
} tmg_file_suffix;

/* Whether the folder may be trusted with a key; words say why not. */
TMG_MUST_USE tmg_rc
tmg_folder_check(tmg_file *f);

/* While it is held no other process writes into the folder; what one that died
 * left half written is gone. */
typedef struct tmg_folder_lock {
	int fd;
} tmg_folder_lock;
#define TMG_NO_FOLDER_LOCK { -1 }
TMG_MUST_USE tmg_rc
tmg_folder_lock_take(tmg_file *f, tmg_folder_lock *lock);
/* The same for who can do without: at once, or not. */
TMG_MUST_USE tmg_rc
tmg_folder_lock_try(tmg_file *f, tmg_folder_lock *lock);
void
tmg_folder_lock_release(tmg_folder_lock *lock);

void
tmg_folder_path(const tmg_file *f, unsigned place, tmg_file_suffix what,
    char path[PATH_MAX]);
/* Yours to wipe and free.  TMG_NOT_FOUND: there is none. */
TMG_MUST_USE tmg_rc
tmg_folder_read(tmg_file *f, unsigned place, tmg_file_suffix what,
    uint8_t **data, size_t *len);
TMG_MUST_USE tmg_rc
tmg_folder_write(tmg_file *f, unsigned place, tmg_file_suffix what, tmg_view data);
/* Overwritten, then removed; that there is none is no failure. */
TMG_MUST_USE tmg_rc
tmg_folder_wipe(tmg_file *f, unsigned place, tmg_file_suffix what);

/* ---- place.c: what lies where ---------------------------------------------- */

/* Verdicts, faults  of reading; h is released in every case by the caller */
TMG_MUST_USE tmg_rc
tmg_place_look(tmg_file *f, uint32_t ref, tmg_held_key *h);
void
tmg_held_key_release(tmg_held_key *h);
/* The place's key, opened; borrowed until it changes.
 * Verdicts TMG_LOGIN, TMG_PIN_WRONG, TMG_NOT_FOUND */
TMG_MUST_USE tmg_rc
tmg_place_open(tmg_file *f, uint32_t ref, tmg_soft **key);
/* The same of what was looked at, with that password; certs may be NULL. */
TMG_MUST_USE tmg_rc
tmg_place_try(tmg_file *f, const tmg_held_key *h, tmg_view password,
    EVP_PKEY **key, STACK_OF(X509) **certs);
/* The certificate is hidden: TMG_LOGIN, or the password that is known is another
 * file's, TMG_PIN_WRONG. */
TMG_MUST_USE tmg_rc
tmg_place_hidden(tmg_file *f, uint32_t ref, const tmg_held_key *h);
/* What was opened is old. */
void
tmg_place_forget(tmg_file *f, uint32_t ref);
/* What a process that died left is wiped: files half written, and bare keys that
 * stand in a container that was opened.  Where nothing may be written, nothing
 * is. */
void
tmg_place_tidy(tmg_file *f);
OSSL_LIB_CTX *
tmg_file_libctx(const tmg_file *f);

/* ---- bare.c: a key in PEM ---------------------------------------------------- */

/* What can be seen: the public half, and whether a password is wanted. */
TMG_MUST_USE tmg_rc
tmg_bare_look(tmg_view file, tmg_out *spki, bool *shut);
/* Verdicts TMG_PIN_WRONG.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_bare_open(OSSL_LIB_CTX *libctx, tmg_view file, tmg_view password, int most,
    EVP_PKEY **key);
/* password empty: unprotected.  *file is yours to wipe and free. */
TMG_MUST_USE tmg_rc
tmg_bare_make(OSSL_LIB_CTX *libctx, EVP_PKEY *key, tmg_view password,
    const tmg_file_kind *kind, uint8_t **file, size_t *len);

/* ---- container.c, packing.c: PKCS #12 opened and made --------------------- */

#define TMG_ITERATIONS_MAX 10000000	/* what we let a file cost us */

/* The certificate as it can be seen without a password, DER, yours to free.
 * Verdicts TMG_LOGIN: it is hidden; TMG_AMBIGUOUS: there are several keys.
 * Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_p12_look(OSSL_LIB_CTX *libctx, tmg_view file, uint8_t **cert, size_t *len);
/*
 * The key, and its certificate first in certs, its issuers behind it; certs may
 * be NULL.
 *
 *   most   iterations that are put up with
 *
 * Verdicts  TMG_PIN_WRONG (or damaged: nobody can tell); TMG_UNSUPPORTED;
 *           TMG_AMBIGUOUS: there are several keys
 * Faults    TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_p12_open(OSSL_LIB_CTX *libctx, tmg_view file, tmg_view password, int most,
    EVP_PKEY **key, STACK_OF(X509) **certs);
/* certs: the key's own first.  *file is yours to free. */
TMG_MUST_USE tmg_rc
tmg_p12_make(OSSL_LIB_CTX *libctx, EVP_PKEY *key, STACK_OF(X509) *certs,
    tmg_view password, const tmg_file_kind *kind, uint8_t **file, size_t *len);

/* ---- pbe.c ---------------------------------------------------------------------- */

/* How often an encryption by password iterates; TMG_UNSUPPORTED: no kind that we
 * open, or more than most. */
TMG_MUST_USE tmg_rc
tmg_pbe_check(const X509_ALGOR *alg, int most);
TMG_MUST_USE tmg_rc
tmg_pbe_decrypt(OSSL_LIB_CTX *libctx, const X509_SIG *sealed, tmg_view password,
    int most, EVP_PKEY **key);
TMG_MUST_USE tmg_rc
tmg_pbe_encrypt(OSSL_LIB_CTX *libctx, EVP_PKEY *key, tmg_view password,
    const tmg_file_kind *kind, X509_SIG **sealed);

/* ---- the rows --------------------------------------------------------------------- */

tmg_rc tmg_file_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);
tmg_rc tmg_file_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki);
tmg_rc tmg_file_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der);
tmg_rc tmg_file_cert_write(tmg_backend *b, uint32_t slot, tmg_view der);
tmg_rc tmg_file_cert_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_file_cert_chain(tmg_backend *b, uint32_t slot, const tmg_view *ders,
    size_t count);
tmg_rc tmg_file_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries);
tmg_rc tmg_file_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
tmg_rc tmg_file_logout(tmg_backend *b);
tmg_rc tmg_file_logged_in(tmg_backend *b, tmg_pin_kind kind);
tmg_rc tmg_file_admin_auto(tmg_backend *b);
tmg_rc tmg_file_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki);
tmg_rc tmg_file_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8);
tmg_rc tmg_file_key_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_file_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
tmg_rc tmg_file_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);
tmg_rc tmg_file_derive(tmg_backend *b, uint32_t slot, tmg_alg alg,
    tmg_view peer, tmg_out *secret);

#endif
