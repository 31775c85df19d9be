/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/crypto.h"

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "src/codec/base64.h"
#include "tamga/openssl.h"

tmg_rc
crypto_der(const uint8_t *text, size_t len, uint8_t **der, size_t *der_len)
{
	BIO *bio = BIO_new_mem_buf(text, (int)len);
	char *name = NULL, *head = NULL;
	long n = 0;
	int ok;

	*der = NULL;
	ok = bio != NULL && PEM_read_bio(bio, &name, &head, der, &n) == 1;
	*der_len = (size_t)n;
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(head);
	BIO_free(bio);
	return ok ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
crypto_certs(struct cli *cli, const char *path, tmg_certs *certs)
{
	tmg_auto_free uint8_t *data = NULL;
	size_t len;
	tmg_rc rc;

	if ((rc = cli_read(cli, path, TMG_CERT_MAX, &data, &len)))
		return rc;
	rc = tmg_certs_add_pem(certs, (tmg_view){ data, len });
	if (rc == TMG_OK)
		return TMG_OK;
	if (tmg_certs_count(certs) == 0 &&
	    tmg_certs_add(certs, (tmg_view){ data, len }) == TMG_OK)
		return TMG_OK;
	return cli_raise(cli, TMG_E_MALFORMED,
	    _("%s holds no certificate, neither PEM nor DER"),
	    path != NULL ? path : _("standard input"));
}

tmg_rc
crypto_digest(struct cli *cli, tmg_hash hash, tmg_view data,
    uint8_t digest[static EVP_MAX_MD_SIZE], tmg_view *result)
{
	EVP_MD *md = EVP_MD_fetch(tmg_openssl_libctx(cli->ctx),
	    tmg_hash_name(hash), NULL);
	unsigned len = 0;
	const int ok = md != NULL &&
	    EVP_Digest(data.ptr, data.len, digest, &len, md, NULL);

	EVP_MD_free(md);
	*result = (tmg_view){ digest, len };
	return ok ? TMG_OK : cli_raise(cli, TMG_E_CRYPTO,
	    _("libcrypto cannot compute %s"), tmg_hash_name(hash));
}

tmg_rc
crypto_ecdsa_pair(struct cli *cli, tmg_alg alg, tmg_view der, tmg_out *pair)
{
	const size_t n = tmg_alg_bytes(alg);
	const unsigned char *at = der.ptr;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
	bool ok = sig != NULL && 2 * n <= pair->cap;

	ok = ok && BN_bn2binpad(ECDSA_SIG_get0_r(sig), pair->ptr, (int)n) == (int)n &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), pair->ptr + n, (int)n) == (int)n;
	ECDSA_SIG_free(sig);
	if (!ok)
		return cli_raise(cli, TMG_E_MALFORMED,
		    _("the token made something that is no ECDSA signature"));
	pair->len = 2 * n;
	return TMG_OK;
}

tmg_rc
crypto_write(struct cli *cli, tmg_view bytes)
{
	tmg_auto_free uint8_t *text = NULL;
	const size_t cap = TMG_BASE64_LEN(bytes.len) + 2;
	tmg_out o;

	if (isatty(STDOUT_FILENO) != 1)
		return cli_write(cli, NULL, bytes);
	text = malloc(cap);
	if (text == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	o = (tmg_out){ text, cap, 0, false };
	tmg_base64_put(&o, bytes, 0);
	tmg_put_u8(&o, '\n');
	return cli_write(cli, NULL, tmg_out_view(&o));
}
