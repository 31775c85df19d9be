/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key that has no certificate yet: PEM (RFC 7468), the public half first so
 * that it can be told without a password.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/file/file.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

/* Of a file that holds a public and a private half, what was asked for. */
struct block {
	const char *name;
	uint8_t *der;
	long len;
};

static void
block_release(struct block *b)
{
	if (b->der != NULL)
		OPENSSL_clear_free(b->der, (size_t)b->len);
	b->der = NULL;
}

/* The first block of that name; TMG_NOT_FOUND. */
static tmg_rc
find_block(tmg_view file, struct block *b)
{
	tmg_held(BIO) in = BIO_new_mem_buf(file.ptr, (int)file.len);
	char *name = NULL, *header = NULL;
	tmg_rc rc = TMG_NOT_FOUND;

	if (in == NULL)
		return TMG_E_NOMEM;
	while (rc == TMG_NOT_FOUND &&
	    PEM_read_bio(in, &name, &header, &b->der, &b->len) == 1) {
		if (strcmp(name, b->name) == 0 && header[0] == '\0')
			rc = TMG_OK;
		else
			block_release(b);
		OPENSSL_free(name);
		OPENSSL_free(header);
	}
	return tmg_file_heard(rc);
}

#define BLOCK(what) \
	__attribute__((__cleanup__(block_release))) struct block what

tmg_rc
tmg_bare_look(tmg_view file, tmg_out *spki, bool *shut)
{
	BLOCK(public) = { .name = PEM_STRING_PUBLIC };
	BLOCK(sealed) = { .name = PEM_STRING_PKCS8 };
	BLOCK(plain) = { .name = PEM_STRING_PKCS8INF };
	tmg_alg alg;
	tmg_rc rc;

	if ((rc = find_block(file, &public)) == TMG_OK) {
		tmg_put(spki, (tmg_view){ public.der, (size_t)public.len });
		rc = tmg_spki_alg(tmg_out_view(spki), &alg);
	}
	if (rc == TMG_OK && (rc = find_block(file, &sealed)) == TMG_NOT_FOUND) {
		*shut = false;
		return find_block(file, &plain) == TMG_OK ? tmg_out_done(spki) :
		    TMG_E_MALFORMED;
	}
	*shut = true;
	return rc == TMG_NOT_FOUND ? TMG_E_MALFORMED :
	    rc != TMG_OK ? rc : tmg_out_done(spki);
}

static tmg_rc
open_plain(OSSL_LIB_CTX *libctx, const struct block *b, EVP_PKEY **key)
{
	const uint8_t *at = b->der;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, b->len);

	if (info != NULL)
		*key = EVP_PKCS82PKEY_ex(info, libctx, TMG_FILE_PROPS);
	PKCS8_PRIV_KEY_INFO_free(info);
	return tmg_file_heard(*key != NULL ? TMG_OK : TMG_E_MALFORMED);
}

static tmg_rc
open_sealed(OSSL_LIB_CTX *libctx, const struct block *b, tmg_view password,
    int most, EVP_PKEY **key)
{
	const uint8_t *at = b->der;
	X509_SIG *sealed = d2i_X509_SIG(NULL, &at, b->len);
	const tmg_rc rc = sealed == NULL ? tmg_file_heard(TMG_E_MALFORMED) :
	    tmg_pbe_decrypt(libctx, sealed, password, most, key);

	X509_SIG_free(sealed);
	return rc;
}

/* The half that is shown must be the half that is used. */
static tmg_rc
check_public(tmg_view file, EVP_PKEY *key)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_held_bytes der = NULL;
	bool shut;
	const int len = i2d_PUBKEY(key, &der);
	tmg_rc rc;

	if (len <= 0)
		return tmg_file_heard(TMG_E_CRYPTO);
	if ((rc = tmg_bare_look(file, &spki, &shut)))
		return rc;
	return tmg_view_equal(tmg_out_view(&spki),
	    (tmg_view){ der, (size_t)len }) ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_bare_open(OSSL_LIB_CTX *libctx, tmg_view file, tmg_view password, int most,
    EVP_PKEY **key)
{
	BLOCK(sealed) = { .name = PEM_STRING_PKCS8 };
	BLOCK(plain) = { .name = PEM_STRING_PKCS8INF };
	tmg_rc rc;

	*key = NULL;
	if ((rc = find_block(file, &sealed)) == TMG_OK)
		rc = open_sealed(libctx, &sealed, password, most, key);
	else if (rc == TMG_NOT_FOUND && (rc = find_block(file, &plain)) == TMG_OK)
		rc = open_plain(libctx, &plain, key);
	if (rc == TMG_OK && (rc = check_public(file, *key))) {
		EVP_PKEY_free(*key);
		*key = NULL;
	}
	return rc == TMG_NOT_FOUND ? TMG_E_MALFORMED : rc;
}

static int
put_private(OSSL_LIB_CTX *libctx, BIO *out, EVP_PKEY *key, tmg_view password,
    const tmg_file_kind *kind)
{
	PKCS8_PRIV_KEY_INFO *info = NULL;
	X509_SIG *sealed = NULL;
	int ok = 0;

	if (password.len == 0) {
		info = EVP_PKEY2PKCS8(key);
		ok = info != NULL && PEM_write_bio_PKCS8_PRIV_KEY_INFO(out, info);
	} else if (tmg_pbe_encrypt(libctx, key, password, kind, &sealed) == TMG_OK) {
		ok = PEM_write_bio_PKCS8(out, sealed);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_SIG_free(sealed);
	return ok;
}

tmg_rc
tmg_bare_make(OSSL_LIB_CTX *libctx, EVP_PKEY *key, tmg_view password,
    const tmg_file_kind *kind, uint8_t **file, size_t *len)
{
	tmg_held(BIO) out = BIO_new(BIO_s_secmem());
	char *text = NULL;
	long n;

	*file = NULL;
	*len = 0;
	if (out == NULL || PEM_write_bio_PUBKEY(out, key) != 1 ||
	    put_private(libctx, out, key, password, kind) != 1)
		return tmg_file_heard(TMG_E_CRYPTO);
	n = BIO_get_mem_data(out, &text);
	if (n <= 0 || (*file = malloc((size_t)n)) == NULL)
		return TMG_E_NOMEM;
	memcpy(*file, text, (size_t)n);
	*len = (size_t)n;
	return TMG_OK;
}
