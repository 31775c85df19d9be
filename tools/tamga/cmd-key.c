/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdlib.h>

#include "tamga/openssl.h"

#include "src/base/policy.h"
#include "tools/tamga/ask.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/show.h"

#define KEY_FILE_MAX (256u * 1024u)

/* ---- what a new key is to be --------------------------------------------- */

/* "rsa:2048, ec:p256, ...": all that are worth being made. */
static void
name_types(char *text, size_t cap)
{
	tmg_out list = { (uint8_t *)text, cap - 1, 0, false };

	for (unsigned alg = TMG_ALG_RSA2048; alg < TMG_ALG_COUNT; alg++) {
		tmg_put_str(&list, list.len > 0 ? ", " : "");
		tmg_put_str(&list, tmg_alg_get((tmg_alg)alg)->name);
	}
	text[list.len] = '\0';
}

static tmg_rc
read_alg(struct cli *cli, tmg_alg *alg)
{
	char types[160];
	const char *type = cli_text(cli, "type");

	if (type == NULL)
		type = cli->conf.key_type[0] != '\0' ? cli->conf.key_type : "ec:p256";
	if (tmg_alg_parse(type, alg) == TMG_OK)
		return TMG_OK;
	name_types(types, sizeof(types));
	return cli_raise(cli, TMG_E_USAGE, _("there is no key type '%s'; one of these: %s"),
	    type, types);
}

static tmg_rc
read_policies(struct cli *cli, tmg_keyspec *spec)
{
	const char *pin = cli_text(cli, "pin-policy");
	const char *touch = cli_text(cli, "touch-policy");

	if (pin != NULL && !tmg_pin_policy_parse(pin, &spec->pin))
		return cli_raise(cli, TMG_E_USAGE,
		    _("--pin-policy is never, once or always"));
	if (touch != NULL && !tmg_touch_policy_parse(touch, &spec->touch))
		return cli_raise(cli, TMG_E_USAGE,
		    _("--touch-policy is never, always or cached"));
	return TMG_OK;
}

/* A slot that holds something is not overwritten unless that was said. */
static tmg_rc
check_empty(struct cli *cli, tmg_key *key)
{
	struct seen seen;
	tmg_rc rc;

	if (cli_flag(cli, "replace"))
		return TMG_OK;
	if ((rc = show_look(cli, key, &seen)))
		return rc;
	if (!seen.has_key && !seen.has_cert && !seen.bad_cert)
		return TMG_OK;
	return cli_raise(cli, TMG_OCCUPIED, _("slot %s of token %s holds %s; "
	    "say --replace to overwrite it, or use another slot"),
	    tmg_key_slot(key)->name, tmg_token_info(tmg_key_token(key))->label,
	    seen.has_key ? _("a key") : _("a certificate"));
}

/* ---- generate ------------------------------------------------------------ */

static const struct opt generate_options[] = {
	OPTION_TYPE(N_("rsa:2048, ec:p256 (usual), ec:p384, ed25519, x25519, ...")),
	OPTIONS_POLICY,
	OPTION_REPLACE_SLOT,
	OPTION_OUTPUT(N_("write the public key there, PEM")),
	OPT_END
};

static tmg_rc
write_public(struct cli *cli, tmg_view spki)
{
	const char *path = cli_text(cli, "output");

	return path == NULL ? TMG_OK : cli_write_pem(cli, path, "PUBLIC KEY", spki);
}

static tmg_rc
run_generate(struct cli *cli)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_keyspec spec = { .slot = 0 };
	tmg_key *key;
	tmg_rc rc;

	if ((rc = read_alg(cli, &spec.alg)) || (rc = read_policies(cli, &spec)) ||
	    (rc = cli_key_meant(cli, cli_operand(cli, 0), &key)) ||
	    (rc = check_empty(cli, key)) ||
	    (rc = cli_protect(cli, cli->token)))
		return rc;
	spec.slot = tmg_key_slot(key)->ref;
	rc = tmg_key_generate(cli->token, &spec, &spki);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	if ((rc = write_public(cli, tmg_out_view(&spki))))
		return rc;
	/* A card that cannot tell its keys is told now, for what follows. */
	(void)!tmg_key_set_public(key, tmg_out_view(&spki));
	return show_key_changed(cli, key, _("The key is made."));
}

const struct command cmd_key_generate = {
	.name = "key generate",
	.operands = "SLOT",
	.least = 1,
	.most = 1,
	.what = N_("let the token make a key; it never leaves it"),
	.options = generate_options,
	.run = run_generate,
};

/* ---- import -------------------------------------------------------------- */

static const struct opt import_options[] = {
	OPTIONS_POLICY,
	OPTION_REPLACE_SLOT,
	OPT_END
};

/* A private key in memory, wiped when let go. */
struct private_key {
	EVP_PKEY *pkey;
	uint8_t *file;
	size_t file_len;
	uint8_t *der;
	size_t der_len;
};

static void
private_key_release(struct private_key *k)
{
	if (k->file != NULL)
		explicit_bzero(k->file, k->file_len);
	free(k->file);
	EVP_PKEY_free(k->pkey);
	OPENSSL_clear_free(k->der, k->der_len);
}

static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static tmg_rc
decode_key(struct cli *cli, struct private_key *k, const char *path)
{
	OSSL_DECODER_CTX *decoder = OSSL_DECODER_CTX_new_for_pkey(&k->pkey, NULL,
	    NULL, NULL, OSSL_KEYMGMT_SELECT_KEYPAIR,
	    tmg_openssl_libctx(cli->ctx), NULL);
	const unsigned char *at = k->file;
	size_t left = k->file_len;
	int ok;

	ok = decoder != NULL &&
	    OSSL_DECODER_CTX_set_pem_password_cb(decoder, no_passphrase, NULL) &&
	    OSSL_DECODER_from_data(decoder, &at, &left);
	OSSL_DECODER_CTX_free(decoder);
	ERR_clear_error();
	if (ok)
		return TMG_OK;
	return cli_raise(cli, TMG_E_MALFORMED, _("%s holds no private key that can "
	    "be read; an encrypted one is decrypted first: openssl pkey"), path);
}

static tmg_rc
encode_key(struct cli *cli, struct private_key *k, const char *path)
{
	OSSL_ENCODER_CTX *encoder = OSSL_ENCODER_CTX_new_for_pkey(k->pkey,
	    OSSL_KEYMGMT_SELECT_ALL, "DER", "PrivateKeyInfo", NULL);
	const int ok = encoder != NULL &&
	    OSSL_ENCODER_to_data(encoder, &k->der, &k->der_len);

	OSSL_ENCODER_CTX_free(encoder);
	ERR_clear_error();
	return ok ? TMG_OK : cli_raise(cli, TMG_E_CRYPTO,
	    _("the key in %s has no private half"), path);
}

/* libcrypto answers prime256v1 to who asked for P-256. */
static int
curve_of(const tmg_alg_row *row)
{
	const int nist = EC_curve_nist2nid(row->group);

	return nist != NID_undef ? nist : OBJ_sn2nid(row->group);
}

/* Reports by size and group what tmg_alg_parse() reads by name. */
static tmg_rc
alg_of(struct cli *cli, const EVP_PKEY *pkey, tmg_alg *alg)
{
	char group[64] = "";

	(void)EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL);
	for (unsigned i = TMG_ALG_NONE + 1; i < TMG_ALG_COUNT; i++) {
		const tmg_alg_row *row = tmg_alg_get((tmg_alg)i);
		const bool fits = row->family == TMG_FAMILY_RSA
		    ? EVP_PKEY_is_a(pkey, "RSA") &&
		    (unsigned)EVP_PKEY_get_bits(pkey) == row->bits
		    : row->family == TMG_FAMILY_EC
		    ? EVP_PKEY_is_a(pkey, "EC") &&
		    OBJ_sn2nid(group) == curve_of(row)
		    : EVP_PKEY_is_a(pkey, row->group);

		if (!fits)
			continue;
		*alg = row->alg;
		return TMG_OK;
	}
	return cli_raise(cli, TMG_UNSUPPORTED,
	    _("no token holds that kind of key"));
}

static tmg_rc
read_private(struct cli *cli, const char *path, struct private_key *k,
    tmg_alg *alg)
{
	tmg_rc rc;

	if ((rc = cli_read(cli, path, KEY_FILE_MAX, &k->file, &k->file_len)) ||
	    (rc = decode_key(cli, k, path != NULL ? path : "-")) ||
	    (rc = encode_key(cli, k, path != NULL ? path : "-")))
		return rc;
	return alg_of(cli, k->pkey, alg);
}

static tmg_rc
run_import(struct cli *cli)
{
	__attribute__((__cleanup__(private_key_release)))
	struct private_key k = { .pkey = NULL };
	tmg_keyspec spec = { .slot = 0 };
	tmg_key *key;
	tmg_rc rc;

	if ((rc = read_policies(cli, &spec)) || (rc = read_private(cli,
	    cli_operand(cli, 1), &k, &spec.alg)) ||
	    (rc = cli_key_meant(cli, cli_operand(cli, 0), &key)) ||
	    (rc = check_empty(cli, key)) ||
	    (rc = cli_protect(cli, cli->token)))
		return rc;
	spec.slot = tmg_key_slot(key)->ref;
	rc = tmg_key_import(cli->token, &spec, (tmg_view){ k.der, k.der_len });
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	cli_note(cli, "%s", _("The key was in a file: whoever copied that has it "
	    "too. Wipe the file, or use: tamga key generate"));
	return show_key_changed(cli, key, _("The key is imported."));
}

const struct command cmd_key_import = {
	.name = "key import",
	.operands = "SLOT [FILE]",
	.least = 1,
	.most = 2,
	.what = N_("put a private key from a file into a slot"),
	.options = import_options,
	.run = run_import,
};

/* ---- delete, move, attest ------------------------------------------------ */

static const struct opt delete_options[] = {
	OPTION_YES,
	OPT_END
};

static tmg_rc
run_delete(struct cli *cli)
{
	char what[160];
	tmg_key *key;
	tmg_rc rc;

	if ((rc = cli_key_meant(cli, cli_operand(cli, 0), &key)))
		return rc;
	snprintf(what, sizeof(what), _("The key in slot %s of token %s will be "
	    "lost for ever."), tmg_key_slot(key)->name,
	    tmg_token_info(cli->token)->label);
	if ((rc = cli_sure(cli, what)))
		return rc;
	rc = tmg_key_delete(key);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	return show_key_changed(cli, key, _("The key is deleted."));
}

const struct command cmd_key_delete = {
	.name = "key delete",
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.what = N_("destroy a key"),
	.options = delete_options,
	.run = run_delete,
};

static const struct opt move_options[] = {
	OPTION_REPLACE_SLOT,
	OPT_END
};

static tmg_rc
run_move(struct cli *cli)
{
	tmg_key *from, *to;
	tmg_rc rc;

	if ((rc = cli_key_meant(cli, cli_operand(cli, 0), &from)))
		return rc;
	rc = tmg_token_slot(cli->token, cli_operand(cli, 1), &to);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	if ((rc = check_empty(cli, to)))
		return rc;
	rc = tmg_key_move(from, to);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	return show_key_changed(cli, to, _("The key is moved."));
}

const struct command cmd_key_move = {
	.name = "key move",
	.operands = "KEY SLOT",
	.least = 2,
	.most = 2,
	.what = N_("move a key to another slot of its token"),
	.options = move_options,
	.run = run_move,
};

static const struct opt attest_options[] = {
	OPTION_OUTPUT(N_("write it there")),
	OPTION_DER(N_("DER instead of PEM")),
	OPT_END
};

static tmg_rc
run_attest(struct cli *cli)
{
	tmg_auto_free uint8_t *store = malloc(TMG_CERT_MAX);
	tmg_out der = { store, TMG_CERT_MAX, 0, false };
	tmg_key *key;
	tmg_rc rc;

	if (store == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = cli_key(cli, cli_operand(cli, 0), &key)))
		return rc;
	rc = tmg_key_attest(key, &der);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	return cli_write_cert(cli, tmg_out_view(&der));
}

const struct command cmd_key_attest = {
	.name = "key attest",
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.what = N_("the token's certificate that it made the key itself"),
	.options = attest_options,
	.run = run_attest,
};
