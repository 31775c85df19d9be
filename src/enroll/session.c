/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/session.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "tamga/openssl.h"

#define SHA256_SIZE 32u

static bool
may_be_plain(const tmg_authority *a)
{
	return a->spec.insecure_http || a->binding->plain;
}

/* Yours to free(); one more than needed, so that none is not NULL. */
static tmg_view *
views_of(const tmg_certs *certs)
{
	const size_t n = certs != NULL ? tmg_certs_count(certs) : 0;
	tmg_view *views = calloc(n + 1, sizeof(*views));

	for (size_t i = 0; views != NULL && i < n; i++)
		views[i] = tmg_certs_get(certs, i);
	return views;
}

static tmg_rc
no_memory(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
}

static tmg_rc
make_identity(tmg_authority *a)
{
	tmg_http_identity *id = &a->identity;
	tmg_rc rc;

	tmg_guard_init(&a->guard, a->spec.signer);
	if ((rc = tmg_openssl_key(a->ctx, &a->guard.base, &id->key)))
		return tmg_authority_raise(a, rc, "%s",
		    _("the key that should authenticate you is of a kind TLS cannot use"));
	a->chain = views_of(a->spec.chain);
	if (a->chain == NULL)
		return no_memory(a);
	id->pads = a->guard.base.pads;
	id->watch = &a->guard.watch;
	id->cert = a->spec.cert;
	id->chain = a->chain;
	id->chain_count = a->spec.chain != NULL ? tmg_certs_count(a->spec.chain) : 0;
	return TMG_OK;
}

/* In our own library context: the process's would read openssl.cnf. */
static bool
has_fingerprint(tmg_authority *a, tmg_view der, const tmg_out *want)
{
	uint8_t have[SHA256_SIZE];

	return EVP_Q_digest(tmg_ctx_libctx(a->ctx), "SHA256", NULL, der.ptr, der.len,
	    have, NULL) == 1 && tmg_view_equal(TMG_VIEW(have), tmg_out_view(want));
}

/* The anchor among what an unverified server sent; the rest is forgotten and
 * asked for again over the session that the anchor verifies. */
static tmg_rc
pin(tmg_authority *a, const tmg_certs *heard)
{
	uint8_t bytes[SHA256_SIZE];
	tmg_out want = TMG_OUT(bytes);
	tmg_rc rc = tmg_hex_parse(tmg_view_str(a->spec.fingerprint), &want);

	if (rc || want.len != sizeof(bytes))
		return tmg_authority_raise(a, TMG_E_USAGE, "%s",
		    _("the CA's fingerprint must be a SHA-256: 64 hexadecimal digits"));
	for (size_t i = 0; i < tmg_certs_count(heard); i++) {
		if (!has_fingerprint(a, tmg_certs_get(heard, i), &want))
			continue;
		if ((rc = tmg_certs_new(&a->pinned)) ||
		    (rc = tmg_certs_add(a->pinned, tmg_certs_get(heard, i))))
			return no_memory(a);
		a->anchors = a->pinned;
		return TMG_OK;
	}
	return tmg_authority_raise(a, TMG_MISMATCH,
	    _("%s: none of its CA certificates has the fingerprint you gave. Nothing "
	    "was sent; compare the fingerprint again, and do not go on if it differs"),
	    a->uri.where);
}

tmg_rc
tmg_session_hear(tmg_authority *a, tmg_certs *heard)
{
	const tmg_http_spec spec = { .unverified = true,
		.plain = may_be_plain(a), .timeout_s = a->spec.timeout_s };
	tmg_auto_ptr(tmg_http) http = NULL;
	tmg_rc rc;

	if ((rc = tmg_http_open(a->ctx, &spec, &a->fault, &http)) ||
	    (rc = a->binding->cacerts(a, http, heard)))
		return tmg_pass(&a->fault, rc);
	return TMG_OK;
}

static tmg_rc
bootstrap(tmg_authority *a)
{
	tmg_auto_ptr(tmg_certs) heard = NULL;
	tmg_rc rc;

	if (tmg_certs_new(&heard))
		return no_memory(a);
	if ((rc = tmg_session_hear(a, heard)))
		return rc;
	tmg_log(a->ctx, TMG_LOG_INFO, "%s: comparing %zu certificates with the fingerprint",
	    a->uri.where, tmg_certs_count(heard));
	return pin(a, heard);
}

/* identity NULL: show no certificate. */
static tmg_rc
connect_as(tmg_authority *a, const tmg_http_identity *identity, tmg_http **http)
{
	const bool sealed = a->binding->sealed;
	tmg_auto_free tmg_view *anchors = NULL;
	tmg_rc rc;

	if (a->anchors == NULL && (rc = bootstrap(a)))
		return rc;
	anchors = views_of(a->anchors);
	if (anchors == NULL)
		return no_memory(a);

	return tmg_http_open(a->ctx, &(tmg_http_spec){
		.anchors = anchors,
		.anchor_count = tmg_certs_count(a->anchors),
		.plain = may_be_plain(a),
		.unique = a->bound && !a->exporter,
		.identity = identity,
		.user = sealed ? NULL : a->spec.user,
		.basic = a->binding->basic,
		.password = sealed ? (tmg_view){ NULL, 0 } : a->spec.password,
		.bearer = sealed ? (tmg_view){ NULL, 0 } : a->spec.bearer,
		.languages = a->spec.languages,
		.timeout_s = a->spec.timeout_s,
	}, &a->fault, http);
}

tmg_rc
tmg_session_get(tmg_authority *a, tmg_http **http)
{
	const bool shows = a->spec.signer != NULL && !a->binding->sealed;
	tmg_rc rc;

	if (shows && a->identity.key == NULL && (rc = make_identity(a)))
		return tmg_pass(&a->fault, rc);
	if (a->http == NULL &&
	    (rc = connect_as(a, shows ? &a->identity : NULL, &a->http)))
		return tmg_pass(&a->fault, rc);
	*http = a->http;
	return TMG_OK;
}

tmg_rc
tmg_session_open(tmg_authority *a, tmg_http **http)
{
	tmg_rc rc;

	if (a->spec.signer == NULL || a->binding->sealed)
		return tmg_session_get(a, http);
	if (a->open == NULL && (rc = connect_as(a, NULL, &a->open)))
		return tmg_pass(&a->fault, rc);
	*http = a->open;
	return TMG_OK;
}

tmg_rc
tmg_session_bind(tmg_authority *a, tmg_http **http)
{
	if (!a->bound)
		tmg_http_free(&a->http);
	a->bound = true;
	return tmg_session_get(a, http);
}

/* libcurl's TLS holds the key, the key its signer: in this order. */
void
tmg_session_close(tmg_authority *a)
{
	tmg_http_free(&a->http);
	tmg_http_free(&a->open);
	EVP_PKEY_free(a->identity.key);
	a->identity.key = NULL;
	free(a->chain);
	a->chain = NULL;
	tmg_certs_free(&a->pinned);
}
