/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The authority's key on a token.  One thread uses it at a time.  A token that
 * was pulled out is looked for again by the next signature.
 */
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tamga/key.h"
#include "tamga/openssl.h"
#include "tools/ra/ca/keeper.h"
#include "tools/ra/ca/passphrase.h"

struct token_key {
	ra_keeper base;
	pthread_mutex_t turn;
	tmg_ctx *ctx;
	char uri[512], vcard[108];
	tmg_view spki;			/* owned by der */
	unsigned char *der;
	tmg_secret pin;
	bool refused;			/* the PIN: it is not sent again */
	bool proven;			/* it was right once: tries need not be asked */
	tmg_tokens *tokens;
	tmg_signer *signer;		/* borrowed from tokens */
	EVP_PKEY *key;			/* NULL: not open */
};

/* The last try is a person's: a locked token issues nothing ever again. */
static tmg_rc
give_pin(void *arg, const tmg_pin_ask *ask, tmg_out *pin)
{
	struct token_key *k = arg;

	if (ask->kind != TMG_PIN_USER || ask->fresh || k->pin.len == 0)
		return TMG_CANCELLED;
	if (!k->proven && ask->tries_left < 0)
		return TMG_PENDING;
	if (k->refused || ask->tries_left == 1)
		return TMG_LAST_TRY;
	tmg_put(pin, tmg_secret_view(&k->pin));
	return tmg_out_done(pin);
}

static void
shut(struct token_key *k)
{
	EVP_PKEY_free(k->key);
	k->key = NULL;
	k->signer = NULL;
	tmg_tokens_free(&k->tokens);
}

static tmg_rc
find_hub(const struct token_key *k, tmg_hub **hub, tmg_fault *f)
{
	return k->vcard[0] != '\0' ? tmg_hub_vcard(k->ctx, k->vcard, f, hub) :
	    tmg_hub_pcsc(k->ctx, f, hub);
}

static tmg_rc
find_key(struct token_key *k, tmg_key **key, tmg_fault *f)
{
	tmg_hub *hub = NULL;
	tmg_rc rc;

	if ((rc = tmg_tokens_new(k->ctx, &k->tokens)))
		return tmg_raise(f, rc, 0, _("out of memory"));
	if ((rc = find_hub(k, &hub, f)))
		return rc;
	if ((rc = tmg_tokens_add_hub(k->tokens, hub)) ||
	    (rc = tmg_tokens_find_key(k->tokens, k->uri, key)))
		return tmg_fault_copy(f, tmg_tokens_fault(k->tokens), rc);
	return TMG_OK;
}

/* With the certificate at hand the token need not tell what it holds; that
 * nothing is signed by another key unnoticed is tmg_key_assume()'s promise. */
static tmg_rc
reach(struct token_key *k, tmg_fault *f)
{
	tmg_key *key;
	tmg_rc rc;

	if ((rc = find_key(k, &key, f)))
		return rc;
	if ((k->spki.len > 0 && (rc = tmg_key_assume(key, k->spki))) ||
	    (rc = tmg_key_signer(key, &k->signer)))
		return tmg_fault_copy(f, tmg_token_fault(tmg_key_token(key)), rc);
	rc = tmg_openssl_key(k->ctx, k->signer, &k->key);
	return rc ? tmg_raise(f, rc, 0, _("the token's key cannot be used: %s"),
	    tmg_rc_name(rc)) : TMG_OK;
}

static tmg_rc
open_now(struct token_key *k, tmg_fault *f)
{
	tmg_rc rc;

	tmg_ctx_set_pin(k->ctx, give_pin, k);
	if ((rc = k->key != NULL ? TMG_OK : reach(k, f)))
		shut(k);
	return rc;
}

/* A card that is away is the authority's trouble, and nobody's request is
 * wrong: whatever a token says is a fault here. */
static tmg_rc
token_away(struct token_key *k, tmg_rc rc, tmg_fault *f)
{
	char why[sizeof(f->text)];

	memcpy(why, f->text, sizeof(why));
	if (rc == TMG_PIN_WRONG || rc == TMG_PIN_LOCKED)
		k->refused = true;
	return tmg_raise(f, TMG_E_IO, 0, _("the authority's token cannot sign: %s"),
	    why[0] != '\0' ? why : tmg_rc_name(rc));
}

static tmg_rc
use(struct token_key *k, ra_sign_fn *fn, void *what, tmg_fault *f)
{
	tmg_fault why;
	tmg_rc rc;

	if ((rc = open_now(k, f)))
		return rc;
	*k->signer->fault = (tmg_fault){ .rc = TMG_OK };
	if (fn(what, k->key) > 0) {
		k->proven = true;
		return TMG_OK;
	}
	ERR_clear_error();
	why = *k->signer->fault;
	shut(k);
	*f = why;
	return why.rc != TMG_OK ? why.rc : TMG_E_CRYPTO;
}

/* Once more when it was gone: pulled and put back between two signatures it is
 * a token that this process has not opened yet. */
static tmg_rc
token_sign(ra_keeper *base, ra_sign_fn *fn, void *what, tmg_fault *f)
{
	struct token_key *k = (struct token_key *)(void *)base;
	tmg_rc rc;

	pthread_mutex_lock(&k->turn);
	rc = use(k, fn, what, f);
	if (rc == TMG_REMOVED || rc == TMG_RESET)
		rc = use(k, fn, what, f);
	if (rc)
		rc = token_away(k, rc, f);
	pthread_mutex_unlock(&k->turn);
	return rc;
}

struct loan {
	struct token_key *key;
	ra_lend_fn *fn;
	void *what;
};

static int
hand_over(void *arg, EVP_PKEY *key)
{
	const struct loan *l = arg;

	(void)key;
	return l->fn(l->what, l->key->signer) == TMG_OK;
}

static tmg_rc
token_lend(ra_keeper *base, tmg_ctx *ctx, ra_lend_fn *fn, void *what,
    tmg_fault *f)
{
	struct loan loan = { (struct token_key *)(void *)base, fn, what };

	(void)ctx;
	return token_sign(base, hand_over, &loan, f);
}

static void
token_close(ra_keeper *base)
{
	struct token_key *k = (struct token_key *)(void *)base;

	shut(k);
	tmg_ctx_set_pin(k->ctx, NULL, NULL);
	EVP_PKEY_free(k->base.public);
	OPENSSL_free(k->der);
	pthread_mutex_destroy(&k->turn);
	tmg_secret_wipe(&k->pin);
	free(k);
}

static const ra_keeper_ops token_ops = {
	.at_once = false,
	.sign = token_sign,
	.lend = token_lend,
	.close = token_close,
};

/* ---- opening ---- */

static tmg_rc
keep_public(struct token_key *k, tmg_view spki)
{
	return tmg_public_key(tmg_ctx_libctx(k->ctx), spki, &k->base.public);
}

static tmg_rc
know_by_cert(struct token_key *k, const X509 *cert)
{
	const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &k->der);

	if (len <= 0)
		return TMG_E_NOMEM;
	k->spki = (tmg_view){ k->der, (size_t)len };
	return keep_public(k, k->spki);
}

/* A new authority's key must be there, and tell what it is. */
static tmg_rc
know_by_token(struct token_key *k, tmg_fault *f)
{
	const tmg_rc rc = open_now(k, f);

	return rc ? rc : keep_public(k, k->signer->spki);
}

static tmg_rc
fill(struct token_key *k, const ra_keysource *source, const X509 *cert,
    tmg_fault *f)
{
	tmg_rc rc;

	if (strlen(source->key) >= sizeof(k->uri) ||
	    strlen(source->vcard) >= sizeof(k->vcard))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), source->key);
	strcpy(k->uri, source->key);
	strcpy(k->vcard, source->vcard);
	if ((rc = ra_passphrase_read(source->secret,
	    _("the PIN of the authority's token"), false, &k->pin, f)))
		return rc;
	if (cert == NULL)
		return know_by_token(k, f);
	return know_by_cert(k, cert) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}

tmg_rc
ra_keeper_token(tmg_ctx *ctx, const ra_keysource *source, const X509 *cert,
    ra_keeper **keeper, tmg_fault *f)
{
	struct token_key *k = calloc(1, sizeof(*k));
	tmg_rc rc;

	*keeper = NULL;
	if (k == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	k->base.ops = &token_ops;
	k->ctx = ctx;
	pthread_mutex_init(&k->turn, NULL);
	if ((rc = fill(k, source, cert, f))) {
		token_close(&k->base);
		return rc;
	}
	*keeper = &k->base;
	return TMG_OK;
}
