/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/scep.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define USUAL_PATH "cgi-bin/pkiclient.exe"	/* RFC 8894 4.1 */

void
tmg_scep_url(const tmg_authority *a, const char *operation, char url[TMG_SCEP_URL_MAX])
{
	char base[320];

	tmg_ca_uri_base(&a->uri, base, sizeof(base));
	snprintf(url, TMG_SCEP_URL_MAX, "%s/%s?operation=%s", base,
	    a->uri.path[0] != '\0' ? a->uri.path : USUAL_PATH, operation);
}

/* ---- options ------------------------------------------------------------- */

static const struct {
	const char *word;
	tmg_scep_transport transport;
} transports[] = {
	{ "token", TMG_SCEP_BY_TOKEN },
	{ "software", TMG_SCEP_BY_SOFTWARE },
};

static tmg_rc
choose_transport(tmg_authority *a, tmg_scep *scep)
{
	const char *word = tmg_option_get(a, "transport");

	if (word == NULL)
		return TMG_OK;
	for (size_t i = 0; i < TMG_COUNT(transports); i++) {
		if (strcmp(transports[i].word, word) == 0) {
			scep->transport = transports[i].transport;
			return TMG_OK;
		}
	}
	return tmg_authority_raise(a, TMG_E_USAGE,
	    _("transport=%.40s: messages are signed by \"token\", the key the "
	    "certificate is for, or \"software\", one that is thrown away"), word);
}

static tmg_rc
choose_legacy(tmg_authority *a, tmg_scep *scep)
{
	const char *word = tmg_option_get(a, "legacy");

	if (word != NULL && strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("legacy=%.40s: say \"yes\" or \"no\""), word);
	scep->legacy = word != NULL && strcmp(word, "yes") == 0;
	return TMG_OK;
}

static tmg_rc
scep_open(tmg_authority *a)
{
	tmg_scep *scep = calloc(1, sizeof(*scep));
	tmg_rc rc;

	if (scep == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	a->state = scep;
	return (rc = choose_transport(a, scep)) ? rc : choose_legacy(a, scep);
}

static void
scep_close(tmg_authority *a)
{
	free(a->state);
	a->state = NULL;
}

static tmg_rc
scep_wants(tmg_authority *a, tmg_http *http, tmg_out *csrattrs)
{
	(void)a, (void)http, (void)csrattrs;
	return TMG_OK;
}

static tmg_rc
scep_link(tmg_authority *a, tmg_out *challenge)
{
	(void)challenge;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: SCEP links no request to its connection; ask its operator for a "
	    "challenge password"), a->uri.where);
}

static const char *const options[] = { "legacy", "transport", NULL };

const tmg_binding tmg_binding_scep = {
	.name = "scep",
	.spec = "RFC 8894",
	.plain = true,
	.sealed = true,
	.options = options,
	.open = scep_open,
	.cacerts = tmg_scep_cacerts,
	.wants = scep_wants,
	.admits = tmg_scep_admits,
	.link = scep_link,
	.request = tmg_binding_pkcs10,
	.forward = tmg_binding_forward,
	.vouch = tmg_binding_no_vouch,
	.submit = tmg_scep_submit,
	.poll = tmg_scep_poll,
	.proof = tmg_binding_no_proof,
	.installed = tmg_binding_no_installed,
	.revoke = tmg_binding_no_revoke,
	.renew_when = tmg_binding_no_renew_when,
	.next = tmg_scep_next,
	.call = tmg_binding_no_call,
	.close = scep_close,
};
