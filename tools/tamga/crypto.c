/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/crypto.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include "src/codec/base64.h"
#include "tamga/openssl.h"

static tmg_rc
read_cert(struct cli *cli, tmg_key *key, X509 **cert)
{
	const unsigned char *at;
	tmg_view der;
	tmg_rc rc;

	rc = tmg_key_cert(key, &der);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	at = der.ptr;
	*cert = X509_new_ex(tmg_openssl_libctx(cli->ctx), NULL);
	if (*cert != NULL && d2i_X509(cert, &at, (long)der.len) != NULL)
		return TMG_OK;
	ERR_clear_error();
	return cli_raise(cli, TMG_E_MALFORMED,
	    _("the certificate beside the key is damaged"));
}

tmg_rc
crypto_open(struct cli *cli, tmg_key *key, tmg_signer *signer, struct crypto *c)
{
	tmg_rc rc;

	if ((rc = read_cert(cli, key, &c->cert)))
		return rc;
	rc = tmg_openssl_key(cli->ctx, signer, &c->pkey);
	return rc == TMG_OK ? rc : cli_raise(cli, rc,
	    _("libcrypto cannot use this key"));
}

void
crypto_release(struct crypto *c)
{
	CMS_ContentInfo_free(c->cms);
	BIO_free(c->in);
	BIO_free(c->out);
	X509_free(c->cert);
	EVP_PKEY_free(c->pkey);
}

tmg_rc
crypto_failed(struct cli *cli, const tmg_signer *signer, const char *what)
{
	const unsigned long e = ERR_peek_error();
	const char *why = ERR_reason_error_string(e);

	ERR_clear_error();
	if (signer->fault->rc != TMG_OK)
		return cli_fail(cli, signer->fault->rc, signer->fault);
	return cli_raise(cli, TMG_E_CRYPTO, "%s: %s", what,
	    why != NULL ? why : _("libcrypto gives no reason"));
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
