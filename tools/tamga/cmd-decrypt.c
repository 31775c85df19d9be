/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "tamga/cms.h"
#include "tamga/openssl.h"
#include "src/codec/base64-json.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/crypto.h"

#define PEER_MAX 65536u

static const struct opt options[] = {
	{ "oaep", 0, OPT_FLAG, NULL, N_("RSA: RSAES-OAEP, not PKCS#1 v1.5") },
	OPTION_HASH(N_("OAEP: sha256 (usual), sha1, ...")),
	{ "mgf", 0, OPT_TEXT, "HASH", N_("OAEP: hash of MGF1, usually the same") },
	OPTION_CMS(N_("the input is an enveloped CMS")),
	{ "peer", 0, OPT_TEXT, "FILE",
	    N_("EC, X25519: write the secret agreed with that public key, PEM") },
	OPTION_OUTPUT(N_("write the result there")),
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
		    tmg_base64_json(plain)));
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

/* Opens the message; what it holds is no longer than it. */
static tmg_rc
open_cms(struct cli *cli, tmg_key *key, tmg_signer *signer, tmg_view cms)
{
	tmg_auto_free uint8_t *store = malloc(cms.len + 1);
	tmg_out plain = { store, cms.len + 1, 0, false };
	tmg_fault f = { 0 };
	tmg_view cert;
	tmg_rc rc;

	if (store == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = tmg_key_cert(key, &cert)))
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	if ((rc = tmg_cms_decrypt(cli->ctx, signer, cert, cms, &plain, &f)))
		rc = cli_fail(cli, rc, &f);
	else
		rc = show_plain(cli, tmg_out_view(&plain));
	explicit_bzero(store, plain.cap);
	return rc;
}

/* PEM, DER or BER. */
static tmg_rc
decrypt_cms(struct cli *cli, tmg_key *key, tmg_signer *signer, tmg_view data)
{
	uint8_t *der;
	size_t len;
	tmg_rc rc;

	if (data.len == 0 || data.ptr[0] != '-')
		return open_cms(cli, key, signer, data);
	rc = crypto_der(data.ptr, data.len, &der, &len);
	rc = rc == TMG_OK ? open_cms(cli, key, signer, (tmg_view){ der, len })
	    : cli_raise(cli, rc, _("the input is no CMS"));
	OPENSSL_free(der);
	return rc;
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
