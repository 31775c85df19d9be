/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/evp.h>
#include <stdlib.h>

#include "tamga/cms.h"
#include "src/codec/base64-json.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/crypto.h"

static const struct opt options[] = {
	OPTION_HASH(N_("sha256, sha384, sha512, sha1")),
	{ "pss", 0, OPT_FLAG, NULL, N_("RSA: RSASSA-PSS") },
	{ "digest", 0, OPT_FLAG, NULL, N_("the input is the digest itself") },
	{ "raw", 0, OPT_FLAG, NULL,
	    N_("ECDSA: r and s side by side (IEEE P1363), not DER") },
	OPTION_CMS(N_("a CMS signature (RFC 5652), PEM")),
	{ "attached", 0, OPT_FLAG, NULL, N_("CMS: the input inside it") },
	OPTION_DER(N_("CMS: DER instead of PEM")),
	{ "cert", 0, OPT_TEXT, "FILE",
	    N_("the key's certificate: the token is not asked for it") },
	OPTION_OUTPUT(N_("write the signature there")),
	OPT_END
};

/* ---- a bare signature ---------------------------------------------------- */

/* Enough for the key and no more: SP 800-57 part 1, table 3. */
static tmg_hash
usual_hash(tmg_alg alg)
{
	const tmg_alg_row *row = tmg_alg_get(alg);

	if (row->family != TMG_FAMILY_EC || row->bits <= 256)
		return TMG_HASH_SHA256;
	return row->bits <= 384 ? TMG_HASH_SHA384 : TMG_HASH_SHA512;
}

static tmg_rc
choose(struct cli *cli, tmg_alg alg, tmg_sign_spec *spec)
{
	static const tmg_scheme schemes[] = {
		[TMG_FAMILY_RSA] = TMG_SIGN_PKCS1,
		[TMG_FAMILY_EC] = TMG_SIGN_ECDSA,
		[TMG_FAMILY_ED] = TMG_SIGN_EDDSA,
	};
	const tmg_family family = tmg_alg_get(alg)->family;
	const char *hash = cli_text(cli, "hash");

	if (family >= TMG_COUNT(schemes) || family == TMG_FAMILY_NONE)
		return cli_raise(cli, TMG_UNSUPPORTED,
		    _("a key of type %s cannot sign"), tmg_alg_get(alg)->name);
	*spec = (tmg_sign_spec){ .scheme = schemes[family] };
	if (family == TMG_FAMILY_ED)
		return TMG_OK;
	spec->hash = usual_hash(alg);
	if (hash != NULL && tmg_hash_parse(hash, &spec->hash) != TMG_OK)
		return cli_raise(cli, TMG_E_USAGE,
		    _("there is no hash '%s'; say sha256, sha384 or sha512"), hash);
	if (!cli_flag(cli, "pss"))
		return TMG_OK;
	if (family != TMG_FAMILY_RSA)
		return cli_raise(cli, TMG_E_USAGE, _("--pss is for RSA keys"));
	spec->scheme = TMG_SIGN_PSS;
	spec->mgf = spec->hash;
	spec->salt_len = tmg_hash_bytes(spec->hash);
	return TMG_OK;
}

/* What the token signs: the digest, or for EdDSA the message. */
static tmg_rc
make_input(struct cli *cli, const tmg_sign_spec *spec, tmg_view data,
    uint8_t digest[static EVP_MAX_MD_SIZE], tmg_view *input)
{
	*input = data;
	if (spec->scheme == TMG_SIGN_EDDSA)
		return TMG_OK;
	if (cli_flag(cli, "digest")) {
		if (data.len == tmg_hash_bytes(spec->hash))
			return TMG_OK;
		return cli_raise(cli, TMG_E_USAGE, _("the input has %zu bytes, a "
		    "%s digest has %zu"), data.len, tmg_hash_name(spec->hash),
		    tmg_hash_bytes(spec->hash));
	}
	return crypto_digest(cli, spec->hash, data, digest, input);
}

static tmg_rc
show_signature(struct cli *cli, const tmg_signer *signer, tmg_view sig)
{
	const char *path = cli_text(cli, "output");
	tmg_rc rc;

	if (path != NULL && (rc = cli_write(cli, path, sig)))
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:o}", "type",
		    tmg_alg_get(signer->alg)->name, "signature",
		    tmg_base64_json(sig)));
	return path != NULL ? TMG_OK : crypto_write(cli, sig);
}

static tmg_rc
sign_bare(struct cli *cli, tmg_signer *signer, tmg_view data)
{
	uint8_t digest[EVP_MAX_MD_SIZE], store[TMG_SIG_MAX], pair[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(store), side = TMG_OUT(pair);
	tmg_sign_spec spec;
	tmg_view input;
	tmg_rc rc;

	if ((rc = choose(cli, signer->alg, &spec)) ||
	    (rc = make_input(cli, &spec, data, digest, &input)))
		return rc;
	if ((rc = tmg_signer_sign(signer, &spec, input, &sig)))
		return cli_fail(cli, rc, signer->fault);
	if (!cli_flag(cli, "raw") || spec.scheme != TMG_SIGN_ECDSA)
		return show_signature(cli, signer, tmg_out_view(&sig));
	if ((rc = crypto_ecdsa_pair(cli, signer->alg, tmg_out_view(&sig), &side)))
		return rc;
	return show_signature(cli, signer, tmg_out_view(&side));
}

/* ---- CMS ----------------------------------------------------------------- */

static tmg_rc
show_cms(struct cli *cli, tmg_view der)
{
	const char *path = cli_text(cli, "output");

	if (cli->json && path == NULL)
		return cli_json(cli, json_pack("{s:o}", "cms",
		    cli_pem_json(cli, "CMS", der)));
	return cli_flag(cli, "der") ? cli_write(cli, path, der)
	    : cli_write_pem(cli, path, "CMS", der);
}

static tmg_rc
sign_cms(struct cli *cli, tmg_view cert, tmg_signer *signer, tmg_view data)
{
	const bool detached = !cli_flag(cli, "attached");
	tmg_auto_free uint8_t *store = NULL;
	tmg_fault f = { 0 };
	tmg_out cms;
	tmg_rc rc;

	cms.cap = cert.len + TMG_CMS_EXTRA + (detached ? 0 : data.len);
	store = malloc(cms.cap);
	if (store == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	cms = (tmg_out){ store, cms.cap, 0, false };
	if ((rc = tmg_cms_sign(cli->ctx, signer, cert, NULL, data, detached, &cms,
	    &f)))
		return cli_fail(cli, rc, &f);
	return show_cms(cli, tmg_out_view(&cms));
}

/* ---- the command --------------------------------------------------------- */

/* What --cert says of the key is believed; the signature proves it. */
static tmg_rc
assume_cert(struct cli *cli, tmg_key *key, tmg_certs *certs)
{
	const char *path = cli_text(cli, "cert");
	tmg_view spki;
	tmg_rc rc;

	if (path == NULL)
		return TMG_OK;
	if ((rc = crypto_certs(cli, path, certs)))
		return rc;
	if (tmg_cert_spki(tmg_certs_get(certs, 0), &spki))
		return cli_raise(cli, TMG_E_MALFORMED,
		    _("the certificate in %s cannot be read"), path);
	rc = tmg_key_assume(key, spki);
	return rc == TMG_OK ? rc
	    : cli_fail(cli, rc, tmg_token_fault(cli->token));
}

static tmg_rc
sign_as_asked(struct cli *cli, tmg_key *key, const tmg_certs *certs,
    tmg_view data)
{
	tmg_view cert = tmg_certs_get(certs, 0);
	tmg_signer *signer;
	tmg_rc rc;

	rc = cli_flag(cli, "cms") ? tmg_key_signer(key, &signer)
	    : tmg_key_signer_lean(key, &signer);
	if (rc == TMG_OK && !cli_flag(cli, "cms"))
		return sign_bare(cli, signer, data);
	if (rc == TMG_OK && cert.len == 0)
		rc = tmg_key_cert(key, &cert);
	return rc == TMG_OK ? sign_cms(cli, cert, signer, data)
	    : cli_fail(cli, rc, tmg_token_fault(cli->token));
}

static tmg_rc
run_sign(struct cli *cli)
{
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_auto_free uint8_t *data = NULL;
	tmg_key *key;
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_certs_new(&certs)))
		return cli_raise(cli, rc, _("out of memory"));
	if ((rc = cli_read(cli, cli_operand(cli, 1), CRYPTO_INPUT_MAX, &data,
	    &len)) || (rc = cli_key(cli, cli_operand(cli, 0), &key)) ||
	    (rc = assume_cert(cli, key, certs)))
		return rc;
	return sign_as_asked(cli, key, certs, (tmg_view){ data, len });
}

const struct command cmd_sign = {
	.name = "sign",
	.operands = "KEY [FILE]",
	.least = 1,
	.most = 2,
	.what = N_("sign a file or standard input"),
	.options = options,
	.run = run_sign,
};
