/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key of an account: in software, or lent by who has tokens.
 */
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-account.h"
#include "src/enroll/acme.h"
#include "src/enroll/acme-jws.h"
#include "src/pki/scope.h"

/* For one name, by an account that is there: order, authorization, challenge,
 * authorization, order, request, certificate (RFC 8555 7.4, 7.5). */
#define MESSAGES 7u

/* ---- on a token -------------------------------------------------------- */

static tmg_rc
lend(tmg_authority *a, const char *name, tmg_view spki, tmg_named_key *key)
{
	if (a->spec.named == NULL)
		return tmg_authority_raise(a, TMG_UNSUPPORTED,
		    _("%s: the account's key is on a token (%.120s), and no token is at "
		    "hand here"), a->uri.where, name);
	return tmg_pass(&a->fault, a->spec.named(a->spec.keyring, name, spki, key,
	    &a->fault));
}

/* A key that JOSE has no name for could sign nothing. */
static tmg_rc
check_kind(tmg_authority *a, const tmg_signer *signer, const char *name)
{
	json_t *jwk = NULL;
	const tmg_rc rc = tmg_jws_jwk(a->ctx, signer, &jwk);

	json_decref(jwk);
	return rc != TMG_UNSUPPORTED ? rc : tmg_authority_raise(a, rc,
	    _("%s: %.80s cannot be an account's key: messages are signed with RSA, "
	    "P-256, P-384, P-521 or Ed25519"), a->uri.where, name);
}

/* A person who is asked eight times for one certificate is told before. */
static void
tell_price(tmg_authority *a, const tmg_acme_key *key, const tmg_named_key *named)
{
	char words[TMG_ACME_TOKEN_MAX + 256];

	if (!named->each || tmg_acme_of(a)->told)
		return;
	tmg_acme_of(a)->told = true;
	snprintf(words, sizeof(words), _("The account's key %s wants a PIN or a finger "
	    "for every message to %s: %u or more for a certificate."), key->token,
	    a->uri.where, MESSAGES);
	tmg_ctx_notice(a->ctx, TMG_NOTICE_REMARK, words);
}

static tmg_rc
take_named(tmg_authority *a, const char *name, tmg_acme_key *key)
{
	tmg_named_key named = { .signer = NULL };
	tmg_view spki;
	tmg_rc rc;

	if ((rc = lend(a, name, (tmg_view){ NULL, 0 }, &named)) ||
	    (rc = check_kind(a, named.signer, name)))
		return tmg_pass(&a->fault, rc);
	spki = named.signer->spki;
	if (strlen(named.uri) >= sizeof(key->token) || spki.len > sizeof(key->der))
		return tmg_authority_raise(a, TMG_E_SPACE, _("%s: too long"), name);
	strcpy(key->token, named.uri);
	memcpy(key->der, spki.ptr, spki.len);
	key->len = spki.len;
	return TMG_OK;
}

static tmg_rc
open_named(tmg_authority *a, const tmg_acme_key *key, tmg_signer **signer)
{
	const tmg_view spki = { key->der, key->len };
	tmg_named_key named = { .signer = NULL };
	tmg_rc rc;

	if ((rc = lend(a, key->token, spki, &named)))
		return rc;
	if (!tmg_view_equal(named.signer->spki, spki))
		return tmg_authority_raise(a, TMG_MISMATCH, _("%s: %.120s is another key "
		    "than the account's; name another one with --ca-option account-key="),
		    a->uri.where, key->token);
	*signer = named.signer;
	tell_price(a, key, &named);
	return TMG_OK;
}

/* ---- in software ------------------------------------------------------- */

static tmg_rc
refused(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_E_CRYPTO, "%s",
	    _("libcrypto refused to make a key"));
}

static tmg_rc
make_soft(tmg_authority *a, tmg_acme_key *key)
{
	tmg_auto_ptr(tmg_soft) soft = NULL;
	uint8_t *p = key->der;
	int n;

	if (tmg_soft_generate(a->ctx, TMG_ALG_P256, &soft))
		return refused(a);
	n = i2d_PrivateKey(tmg_soft_key(soft), NULL);
	if (n <= 0 || (size_t)n > sizeof(key->der) ||
	    i2d_PrivateKey(tmg_soft_key(soft), &p) != n)
		return refused(a);
	key->len = (size_t)n;
	return TMG_OK;
}

static tmg_rc
open_soft(tmg_authority *a, const tmg_acme_key *key, tmg_soft **soft)
{
	const uint8_t *p = key->der;
	tmg_held(EVP_PKEY) pkey = d2i_AutoPrivateKey_ex(NULL, &p, (long)key->len,
	    tmg_ctx_libctx(a->ctx), NULL);

	return pkey != NULL && tmg_soft_new(a->ctx, pkey, soft) == TMG_OK ? TMG_OK
	    : tmg_authority_raise(a, TMG_E_MALFORMED,
		_("the key of the account at %s cannot be read"), a->uri.where);
}

/* ---- either ------------------------------------------------------------ */

tmg_rc
tmg_acme_key_make(tmg_authority *a, const char *name, tmg_acme_key *key)
{
	*key = (tmg_acme_key){ .len = 0 };
	return name != NULL ? take_named(a, name, key) : make_soft(a, key);
}

tmg_rc
tmg_acme_key_open(tmg_authority *a, const tmg_acme_key *key, tmg_soft **soft,
    tmg_signer **signer)
{
	tmg_rc rc;

	*soft = NULL;
	if (key->token[0] != '\0')
		return open_named(a, key, signer);
	if ((rc = open_soft(a, key, soft)) == TMG_OK)
		*signer = tmg_soft_signer(*soft);
	return rc;
}
