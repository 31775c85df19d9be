/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/pem.h>	/* first: cms.h declares its PEM only then */

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "tamga/openssl.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/crypto.h"

#define PEER_MAX 65536u

static const struct opt options[] = {
	{ "oaep", 0, OPT_FLAG, NULL, N_("RSA: RSAES-OAEP, not PKCS#1 v1.5") },
	{ "hash", 0, OPT_TEXT, "HASH", N_("OAEP: sha256 (usual), sha1, ...") },
	{ "mgf", 0, OPT_TEXT, "HASH", N_("OAEP: hash of MGF1, usually the same") },
	{ "cms", 0, OPT_FLAG, NULL, N_("the input is an enveloped CMS") },
	{ "peer", 0, OPT_TEXT, "FILE",
	    N_("EC, X25519: write the secret agreed with that public key, PEM") },
	{ "output", 'o', OPT_TEXT, "FILE", N_("write the result there") },
	OPT_END
};

static tmg_rc
show_plain(struct cli *cli, tmg_view plain)
{
	const char *path = cli_text(cli, "output");
	tmg_rc rc;

	if (path != NULL && (rc = cli_write(cli, path, plain)))
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:o}", "plain",
		    cli_base64_json(plain)));
	return path != NULL ? TMG_OK : cli_write(cli, NULL, plain);
}

/* ---- RSA ----------------------------------------------------------------- */

static tmg_rc
read_hash(struct cli *cli, const char *option, tmg_hash usual, tmg_hash *hash)
{
	const char *said = cli_text(cli, option);

	*hash = usual;
	if (said == NULL || tmg_hash_parse(said, hash) == TMG_OK)
		return TMG_OK;
	return cli_raise(cli, TMG_E_USAGE, _("there is no hash '%s'"), said);
}

static tmg_rc
decrypt_rsa(struct cli *cli, tmg_signer *signer, tmg_view cipher)
{
	uint8_t store[TMG_SIG_MAX];
	tmg_out plain = TMG_OUT(store);
	tmg_decrypt_spec spec = { .padding = TMG_DECRYPT_PKCS1 };
	tmg_rc rc;

	if (cli_flag(cli, "oaep")) {
		spec.padding = TMG_DECRYPT_OAEP;
		if ((rc = read_hash(cli, "hash", TMG_HASH_SHA256, &spec.hash)) ||
		    (rc = read_hash(cli, "mgf", spec.hash, &spec.mgf)))
			return rc;
	}
	if (cipher.len != tmg_alg_bytes(signer->alg))
		return cli_raise(cli, TMG_E_USAGE, _("the input has %zu bytes; what "
		    "is encrypted to this key has %zu"), cipher.len,
		    tmg_alg_bytes(signer->alg));
	rc = tmg_signer_decrypt(signer, &spec, cipher, &plain);
	if (rc == TMG_E_MALFORMED)
		rc = cli_raise(cli, rc, _("the input is not encrypted to this key, "
		    "or with another padding (--oaep, --hash)"));
	else if (rc != TMG_OK)
		rc = cli_fail(cli, rc, signer->fault);
	else
		rc = show_plain(cli, tmg_out_view(&plain));
	explicit_bzero(store, sizeof(store));
	return rc;
}

/* ---- key agreement ------------------------------------------------------- */

/* The peer's point, or its 32 bytes. */
static tmg_rc
read_peer(struct cli *cli, const char *path, tmg_out *point)
{
	tmg_auto_free uint8_t *pem = NULL;
	EVP_PKEY *peer;
	size_t len = 0;
	BIO *bio;
	tmg_rc rc;
	int ok;

	if ((rc = cli_read(cli, path, PEER_MAX, &pem, &len)))
		return rc;
	bio = BIO_new_mem_buf(pem, (int)len);
	peer = bio != NULL ? PEM_read_bio_PUBKEY_ex(bio, NULL, NULL, NULL,
	    tmg_openssl_libctx(cli->ctx), NULL) : NULL;
	ok = peer != NULL && EVP_PKEY_get_octet_string_param(peer,
	    "encoded-pub-key", point->ptr, point->cap, &point->len);
	EVP_PKEY_free(peer);
	BIO_free(bio);
	ERR_clear_error();
	return ok ? TMG_OK : cli_raise(cli, TMG_E_MALFORMED,
	    _("%s holds no public key for key agreement"), path);
}

static tmg_rc
derive(struct cli *cli, tmg_signer *signer, const char *path)
{
	uint8_t point_store[256], store[128];
	tmg_out point = TMG_OUT(point_store), secret = TMG_OUT(store);
	tmg_rc rc;

	if ((rc = read_peer(cli, path, &point)))
		return rc;
	rc = tmg_signer_derive(signer, tmg_out_view(&point), &secret);
	if (rc != TMG_OK)
		rc = cli_fail(cli, rc, signer->fault);
	else
		rc = show_plain(cli, tmg_out_view(&secret));
	explicit_bzero(store, sizeof(store));
	return rc;
}

/* ---- CMS ----------------------------------------------------------------- */

/* PEM, DER or BER. */
static CMS_ContentInfo *
parse_cms(struct cli *cli, tmg_view data)
{
	CMS_ContentInfo *cms = CMS_ContentInfo_new_ex(
	    tmg_openssl_libctx(cli->ctx), NULL);
	BIO *bio = BIO_new_mem_buf(data.ptr, (int)data.len);
	CMS_ContentInfo *read = NULL;

	if (bio != NULL && cms != NULL && data.len > 0)
		read = data.ptr[0] == '-'
		    ? PEM_read_bio_CMS(bio, &cms, NULL, NULL)
		    : d2i_CMS_bio(bio, &cms);
	BIO_free(bio);
	if (read != NULL)
		return read;
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return NULL;
}

static tmg_rc
decrypt_cms(struct cli *cli, tmg_key *key, tmg_signer *signer, tmg_view data)
{
	__attribute__((__cleanup__(crypto_release))) struct crypto c = { .pkey = NULL };
	char *plain;
	long len;
	tmg_rc rc;

	if ((rc = crypto_open(cli, key, signer, &c)))
		return rc;
	c.cms = parse_cms(cli, data);
	c.out = BIO_new(BIO_s_mem());
	if (c.cms == NULL)
		return cli_raise(cli, TMG_E_MALFORMED, _("the input is no CMS"));
	if (c.out == NULL || !CMS_decrypt(c.cms, c.pkey, c.cert, NULL, c.out,
	    CMS_BINARY))
		return crypto_failed(cli, signer,
		    _("the CMS cannot be decrypted with this key"));
	len = BIO_get_mem_data(c.out, &plain);
	return show_plain(cli, (tmg_view){ (uint8_t *)plain, (size_t)len });
}

static tmg_rc
decrypt_input(struct cli *cli, tmg_key *key, tmg_signer *signer)
{
	tmg_auto_free uint8_t *data = NULL;
	size_t len;
	tmg_rc rc;

	if ((rc = cli_read(cli, cli_operand(cli, 1), CRYPTO_INPUT_MAX, &data,
	    &len)))
		return rc;
	if (cli_flag(cli, "cms"))
		return decrypt_cms(cli, key, signer, (tmg_view){ data, len });
	if (tmg_alg_get(signer->alg)->family != TMG_FAMILY_RSA)
		return cli_raise(cli, TMG_UNSUPPORTED, _("a key of type %s decrypts "
		    "CMS (--cms) or agrees on a secret (--peer)"),
		    tmg_alg_get(signer->alg)->name);
	return decrypt_rsa(cli, signer, (tmg_view){ data, len });
}

static tmg_rc
run_decrypt(struct cli *cli)
{
	const char *peer = cli_text(cli, "peer");
	tmg_signer *signer;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = cli_key(cli, cli_operand(cli, 0), &key)))
		return rc;
	rc = tmg_key_signer(key, &signer);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	return peer != NULL ? derive(cli, signer, peer)
	    : decrypt_input(cli, key, signer);
}

const struct command cmd_decrypt = {
	.name = "decrypt",
	.operands = "KEY [FILE]",
	.least = 1,
	.most = 2,
	.what = N_("decrypt a file or standard input; agree on a secret"),
	.options = options,
	.run = run_decrypt,
};
