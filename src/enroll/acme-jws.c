/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-jws.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/pki/ecdsa.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

#define SOFTWARE "provider!=tamga"
#define HASH_MAX 64u

/* RFC 7518 3.1, RFC 8037 3.1 */
static const struct row {
	tmg_family family;
	unsigned bits;		/* 0 any */
	const char *name, *curve;
	tmg_scheme scheme;
	tmg_hash hash;
	int cose;		/* RFC 9053 2, RFC 8812 2 */
} rows[] = {
	{ TMG_FAMILY_EC, 256, "ES256", "P-256", TMG_SIGN_ECDSA, TMG_HASH_SHA256, -7 },
	{ TMG_FAMILY_EC, 384, "ES384", "P-384", TMG_SIGN_ECDSA, TMG_HASH_SHA384, -35 },
	{ TMG_FAMILY_EC, 521, "ES512", "P-521", TMG_SIGN_ECDSA, TMG_HASH_SHA512, -36 },
	{ TMG_FAMILY_RSA, 0, "RS256", NULL, TMG_SIGN_PKCS1, TMG_HASH_SHA256, -257 },
	{ TMG_FAMILY_ED, 0, "EdDSA", "Ed25519", TMG_SIGN_EDDSA, TMG_HASH_NONE, -8 },
};

static const struct row *
row_of(tmg_alg alg)
{
	const tmg_alg_row *a = tmg_alg_get(alg);
	const bool brainpool = a->family == TMG_FAMILY_EC && a->group[0] != 'P';

	for (size_t i = 0; i < TMG_COUNT(rows) && !brainpool; i++)
		if (rows[i].family == a->family &&
		    (rows[i].bits == 0 || rows[i].bits == a->bits))
			return &rows[i];
	return NULL;
}

/* ---- base64url --------------------------------------------------------- */

static size_t
text_size(size_t n)
{
	return TMG_BASE64_LEN(n) + 1;
}

/* Yours to free(). */
static char *
text_of(tmg_view bytes)
{
	const size_t cap = text_size(bytes.len);
	char *text = malloc(cap);
	tmg_out o = { (uint8_t *)text, cap - 1, 0, false };

	if (text == NULL)
		return NULL;
	tmg_base64url_put(&o, bytes);
	text[o.len] = '\0';
	return text;
}

json_t *
tmg_jws_text(tmg_view bytes)
{
	tmg_auto_free char *text = text_of(bytes);

	return text != NULL ? json_string(text) : NULL;
}

/* ---- keys -------------------------------------------------------------- */

/* width 0: no more bytes than needed (RFC 7518 6.3.1) */
static json_t *
number_text(const EVP_PKEY *key, const char *param, size_t width)
{
	uint8_t bytes[TMG_SPKI_MAX];
	BIGNUM *n = NULL;
	json_t *text = NULL;

	if (EVP_PKEY_get_bn_param(key, param, &n) == 1) {
		const size_t len = width > 0 ? width : (size_t)BN_num_bytes(n);

		if (len <= sizeof(bytes) && BN_bn2binpad(n, bytes, (int)len) == (int)len)
			text = tmg_jws_text((tmg_view){ bytes, len });
	}
	BN_free(n);
	return text;
}

static json_t *
ec_key(const EVP_PKEY *key, const struct row *row)
{
	const size_t width = (row->bits + 7) / 8;

	return json_pack("{s:s, s:s, s:o, s:o}", "kty", "EC", "crv", row->curve,
	    "x", number_text(key, OSSL_PKEY_PARAM_EC_PUB_X, width),
	    "y", number_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, width));
}

static json_t *
rsa_key(const EVP_PKEY *key, const struct row *row)
{
	(void)row;
	return json_pack("{s:s, s:o, s:o}", "kty", "RSA",
	    "n", number_text(key, OSSL_PKEY_PARAM_RSA_N, 0),
	    "e", number_text(key, OSSL_PKEY_PARAM_RSA_E, 0));
}

static json_t *
ed_key(const EVP_PKEY *key, const struct row *row)
{
	uint8_t bytes[32];
	size_t n = sizeof(bytes);

	if (EVP_PKEY_get_raw_public_key(key, bytes, &n) != 1)
		return NULL;
	return json_pack("{s:s, s:s, s:o}", "kty", "OKP", "crv", row->curve,
	    "x", tmg_jws_text((tmg_view){ bytes, n }));
}

static json_t *(*const writers[])(const EVP_PKEY *, const struct row *) = {
	[TMG_FAMILY_RSA] = rsa_key,
	[TMG_FAMILY_EC] = ec_key,
	[TMG_FAMILY_ED] = ed_key,
};

tmg_rc
tmg_jws_jwk(tmg_ctx *ctx, const tmg_signer *signer, json_t **jwk)
{
	const struct row *row = row_of(signer->alg);
	tmg_held(EVP_PKEY) key = NULL;
	tmg_rc rc;

	*jwk = NULL;
	if (row == NULL)
		return TMG_UNSUPPORTED;
	if ((rc = tmg_public_key(tmg_ctx_libctx(ctx), signer->spki, &key)))
		return rc;
	*jwk = writers[row->family](key, row);
	return *jwk != NULL ? TMG_OK : TMG_E_NOMEM;
}

/* RFC 7638 3.3: the members in order of their names, no space: all that
 * tmg_jws_jwk() writes is required. */
tmg_rc
tmg_jws_thumbprint(tmg_ctx *ctx, const json_t *jwk,
    char text[static TMG_JWK_THUMBPRINT])
{
	tmg_auto_free char *canon = json_dumps(jwk, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t hash[32];

	if (canon == NULL)
		return TMG_E_NOMEM;
	if (EVP_Q_digest(tmg_ctx_libctx(ctx), "SHA256", SOFTWARE, canon, strlen(canon),
	    hash, NULL) != 1)
		return TMG_E_CRYPTO;
	const tmg_view bytes = TMG_VIEW(hash);
	tmg_auto_free char *made = text_of(bytes);

	if (made == NULL)
		return TMG_E_NOMEM;
	memcpy(text, made, TMG_JWK_THUMBPRINT);
	return TMG_OK;
}

/* ---- signatures -------------------------------------------------------- */

/* RFC 7515 5.1: BASE64URL(header) '.' BASE64URL(payload) */
typedef struct draft {
	char *header, *payload, *input;
} draft;

static void
draft_release(draft *d)
{
	free(d->header);
	free(d->payload);
	free(d->input);
}

static tmg_rc
make_draft(const json_t *header, tmg_view payload, draft *d)
{
	tmg_auto_free char *text = json_dumps(header, JSON_COMPACT);

	if (text == NULL || (d->header = text_of(tmg_view_str(text))) == NULL ||
	    (d->payload = text_of(payload)) == NULL)
		return TMG_E_NOMEM;
	d->input = malloc(strlen(d->header) + strlen(d->payload) + 2);
	if (d->input == NULL)
		return TMG_E_NOMEM;
	strcpy(d->input, d->header);
	strcat(d->input, ".");
	strcat(d->input, d->payload);
	return TMG_OK;
}

static json_t *
flattened(const draft *d, tmg_view signature)
{
	return json_pack("{s:s, s:s, s:o}", "protected", d->header,
	    "payload", d->payload, "signature", tmg_jws_text(signature));
}

/* RFC 7518 3.4: r and s, each as wide as the field, instead of DER. */
static tmg_rc
raw_ecdsa(const struct row *row, tmg_out *sig)
{
	uint8_t bytes[2 * TMG_FIELD_MAX];
	tmg_out rs = TMG_OUT(bytes);

	if (tmg_ecdsa_split(tmg_out_view(sig), (row->bits + 7) / 8, &rs))
		return TMG_E_CRYPTO;
	sig->len = 0;
	tmg_put(sig, tmg_out_view(&rs));
	return tmg_out_done(sig);
}

static tmg_rc
sign(tmg_ctx *ctx, tmg_signer *signer, const struct row *row, tmg_view input,
    tmg_out *sig)
{
	const tmg_sign_spec spec = { .scheme = row->scheme, .hash = row->hash };
	uint8_t hash[HASH_MAX];
	size_t n = sizeof(hash);

	if (row->hash != TMG_HASH_NONE) {
		if (EVP_Q_digest(tmg_ctx_libctx(ctx), tmg_hash_name(row->hash), SOFTWARE,
		    input.ptr, input.len, hash, &n) != 1)
			return TMG_E_CRYPTO;
		input = (tmg_view){ hash, n };
	}
	return tmg_signer_sign(signer, &spec, input, sig);
}

tmg_rc
tmg_jws_sign_text(tmg_ctx *ctx, tmg_signer *signer, tmg_view text, int *cose,
    tmg_out *sig)
{
	const struct row *row = row_of(signer->alg);

	if (row == NULL)
		return TMG_UNSUPPORTED;
	*cose = row->cose;
	return sign(ctx, signer, row, text, sig);
}

tmg_rc
tmg_jws_sign(tmg_ctx *ctx, tmg_signer *signer, json_t *header, tmg_view payload,
    char **text)
{
	const struct row *row = row_of(signer->alg);
	tmg_auto(draft) d = { NULL, NULL, NULL };
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(bytes);
	json_t *jws;
	tmg_rc rc;

	*text = NULL;
	if (row == NULL)
		return TMG_UNSUPPORTED;
	if (json_object_set_new(header, "alg", json_string(row->name)))
		return TMG_E_NOMEM;
	if ((rc = make_draft(header, payload, &d)) ||
	    (rc = sign(ctx, signer, row, tmg_view_str(d.input), &sig)) ||
	    (row->scheme == TMG_SIGN_ECDSA && (rc = raw_ecdsa(row, &sig))))
		return rc;
	jws = flattened(&d, tmg_out_view(&sig));
	*text = jws != NULL ? json_dumps(jws, JSON_COMPACT) : NULL;
	json_decref(jws);
	return *text != NULL ? TMG_OK : TMG_E_NOMEM;
}

tmg_rc
tmg_jws_mac(tmg_ctx *ctx, tmg_view key, json_t *header, tmg_view payload,
    json_t **jws)
{
	tmg_auto(draft) d = { NULL, NULL, NULL };
	uint8_t mac[HASH_MAX];
	size_t n = 0;
	tmg_rc rc;

	*jws = NULL;
	if (json_object_set_new(header, "alg", json_string("HS256")))
		return TMG_E_NOMEM;
	if ((rc = make_draft(header, payload, &d)))
		return rc;
	if (EVP_Q_mac(tmg_ctx_libctx(ctx), "HMAC", SOFTWARE, "SHA256", NULL, key.ptr,
	    key.len, (const uint8_t *)d.input, strlen(d.input), mac, sizeof(mac),
	    &n) == NULL)
		return TMG_E_CRYPTO;
	*jws = flattened(&d, (tmg_view){ mac, n });
	return *jws != NULL ? TMG_OK : TMG_E_NOMEM;
}
