/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/cmp.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

static tmg_rc
cmp_open(tmg_authority *a)
{
	tmg_cmp *cmp = calloc(1, sizeof(*cmp));

	if (cmp == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	a->state = cmp;
	return tmg_cmp_choose(a, cmp);
}

/* Whoever asks an authority whether it takes an empty request would have that
 * request counted: CMP has no question that creates nothing. */
static tmg_rc
cmp_admits(tmg_authority *a, bool renews)
{
	(void)a, (void)renews;
	return TMG_OK;
}

static tmg_rc
cmp_link(tmg_authority *a, tmg_out *challenge)
{
	(void)challenge;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: CMP links no request to its connection; it protects each message"),
	    a->uri.where);
}

/* The key holds the guard as its signer. */
static void
cmp_close(tmg_authority *a)
{
	tmg_cmp *cmp = a->state;

	if (cmp != NULL)
		EVP_PKEY_free(cmp->key);
	free(cmp);
	a->state = NULL;
}

static const char *const options[] = {
	"command", "confirm", "digest", "mac", "path", "profile", "questions", "recipient",
	"sender", "unprotected-errors", NULL,
};

const tmg_binding tmg_binding_cmp = {
	.name = "cmp",
	.spec = "RFC 9810, RFC 9483",
	.plain = true,
	.sealed = true,
	.options = options,
	.open = cmp_open,
	.cacerts = tmg_cmp_cacerts,
	.wants = tmg_cmp_wants,
	.admits = cmp_admits,
	.link = cmp_link,
	.request = tmg_cmp_request,
	.forward = tmg_cmp_forward,
	.vouch = tmg_cmp_vouch,
	.submit = tmg_cmp_submit,
	.poll = tmg_cmp_poll,
	.proof = tmg_binding_no_proof,
	.installed = tmg_binding_no_installed,
	.revoke = tmg_cmp_revoke,
	.renew_when = tmg_binding_no_renew_when,
	.next = tmg_binding_no_next,
	.call = tmg_binding_no_call,
	.close = cmp_close,
};
