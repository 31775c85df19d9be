/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/keeper.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "src/pki/soft.h"
#include "tools/ra/ca/passphrase.h"

#define FILE_MAX 65536

/* ---- in this process ---- */

struct held_key {
	ra_keeper base;
	EVP_PKEY *key;
};

static tmg_rc
held_sign(ra_keeper *base, ra_sign_fn *fn, void *what, tmg_fault *f)
{
	struct held_key *k = (struct held_key *)(void *)base;

	if (fn(what, k->key) > 0)
		return TMG_OK;
	ERR_clear_error();
	return tmg_raise(f, TMG_E_CRYPTO, 0, _("libcrypto refused to sign"));
}

static tmg_rc
held_lend(ra_keeper *base, tmg_ctx *ctx, ra_lend_fn *fn, void *what,
    tmg_fault *f)
{
	struct held_key *k = (struct held_key *)(void *)base;
	tmg_auto_ptr(tmg_soft) soft = NULL;
	tmg_rc rc;

	if ((rc = tmg_soft_new(ctx, k->key, &soft)))
		return tmg_raise(f, rc, 0, _("the key cannot be used: %s"),
		    tmg_rc_name(rc));
	if ((rc = fn(what, tmg_soft_signer(soft))))
		return tmg_fault_copy(f, tmg_soft_signer(soft)->fault, rc);
	return TMG_OK;
}

static void
held_close(ra_keeper *base)
{
	struct held_key *k = (struct held_key *)(void *)base;

	EVP_PKEY_free(k->key);
	free(k);
}

static const ra_keeper_ops held_ops = {
	.at_once = true,
	.sign = held_sign,
	.lend = held_lend,
	.close = held_close,
};

tmg_rc
ra_keeper_of(EVP_PKEY *key, ra_keeper **keeper)
{
	struct held_key *k = calloc(1, sizeof(*k));

	*keeper = NULL;
	if (k == NULL || EVP_PKEY_up_ref(key) != 1) {
		free(k);
		return TMG_E_NOMEM;
	}
	k->key = key;
	k->base = (ra_keeper){ &held_ops, key };
	*keeper = &k->base;
	return TMG_OK;
}

void
ra_keeper_free(ra_keeper **keeper)
{
	if (*keeper != NULL)
		(*keeper)->ops->close(*keeper);
	*keeper = NULL;
}

/* ---- from a file ---- */

static bool
is_encrypted(const uint8_t *pem)
{
	return strstr((const char *)pem, "ENCRYPTED") != NULL;
}

tmg_rc
ra_key_private(const char *file, const uint8_t *pem, tmg_fault *f)
{
	struct stat st;

	if (is_encrypted(pem) || stat(file, &st) != 0 || (st.st_mode & 077) == 0)
		return TMG_OK;
	return tmg_raise(f, TMG_DENIED, 0,
	    _("%s: others can read this private key; run: chmod 600 %s"), file, file);
}

/* A key in the clear, on every way out; the file's text ends with a zero. */
static void
wiped_free(uint8_t **text)
{
	if (*text != NULL)
		explicit_bzero(*text, strlen((const char *)*text));
	free(*text);
}

static int
give_passphrase(char *buf, int size, int writing, void *arg)
{
	const tmg_secret *s = arg;

	(void)writing;
	if (s->len == 0 || size < 0 || s->len > (size_t)size)
		return -1;
	memcpy(buf, s->bytes, s->len);
	return (int)s->len;
}

static tmg_rc
parse_key(tmg_ctx *ctx, const char *file, const uint8_t *pem, size_t len,
    tmg_secret *secret, EVP_PKEY **key, tmg_fault *f)
{
	tmg_held(BIO) bio = BIO_new_mem_buf(pem, (int)len);

	*key = bio == NULL ? NULL : PEM_read_bio_PrivateKey_ex(bio, NULL,
	    give_passphrase, secret, tmg_ctx_libctx(ctx), NULL);
	ERR_clear_error();
	return *key != NULL ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: the private key cannot be opened (wrong passphrase?)"), file);
}

tmg_rc
ra_key_load(tmg_ctx *ctx, const char *key_file, const char *source,
    EVP_PKEY **key, tmg_fault *f)
{
	tmg_auto_secret secret = { .len = 0 };
	__attribute__((__cleanup__(wiped_free))) uint8_t *pem = NULL;
	char what[PATH_MAX + 40];
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_file_read(key_file, FILE_MAX, &pem, &len)))
		return tmg_raise(f, rc, 0, _("%s: the key cannot be read: %s"),
		    key_file, strerror(errno));
	if ((rc = ra_key_private(key_file, pem, f)))
		return rc;
	snprintf(what, sizeof(what), _("the passphrase of %s"), key_file);
	if (is_encrypted(pem) &&
	    (rc = ra_passphrase_read(source, what, false, &secret, f)))
		return rc;
	return parse_key(ctx, key_file, pem, len, &secret, key, f);
}

static tmg_rc
open_file(tmg_ctx *ctx, const ra_keysource *source, const X509 *cert,
    ra_keeper **keeper, tmg_fault *f)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_rc rc;

	if ((rc = ra_key_load(ctx, source->key, source->secret, &key, f)))
		return rc;
	if (cert != NULL && EVP_PKEY_eq(X509_get0_pubkey(cert), key) != 1) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s is not the key of the authority's certificate"), source->key);
	}
	return ra_keeper_of(key, keeper) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}

bool
ra_keysource_is_token(const char *key)
{
	return strncmp(key, "pkcs11:", 7) == 0;
}

tmg_rc
ra_keeper_open(tmg_ctx *ctx, const ra_keysource *source, const X509 *cert,
    ra_keeper **keeper, tmg_fault *f)
{
	*keeper = NULL;
	return ra_keysource_is_token(source->key) ?
	    ra_keeper_token(ctx, source, cert, keeper, f) :
	    open_file(ctx, source, cert, keeper, f);
}

/* ---- signing ---- */

/* Ed25519 and its like bring their own hash. */
const EVP_MD *
ra_keeper_hash(const EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448"))
		return NULL;
	return EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256();
}

static int
sign_cert(void *what, EVP_PKEY *key)
{
	return X509_sign(what, key, ra_keeper_hash(key));
}

static int
sign_crl(void *what, EVP_PKEY *key)
{
	return X509_CRL_sign(what, key, ra_keeper_hash(key));
}

tmg_rc
ra_keeper_sign_cert(ra_keeper *keeper, X509 *cert, tmg_fault *f)
{
	return keeper->ops->sign(keeper, sign_cert, cert, f);
}

tmg_rc
ra_keeper_sign_crl(ra_keeper *keeper, X509_CRL *crl, tmg_fault *f)
{
	return keeper->ops->sign(keeper, sign_crl, crl, f);
}
