/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-link.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/option.h"

#define TYPE_CHAIN "application/pem-certificate-chain"
#define CHAINS_MAX 8u	/* that are looked at */

static tmg_rc
download(tmg_authority *a, const char *url, tmg_certs **certs,
    char links[static 2048])
{
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if ((rc = tmg_acme_fetch(a, url, "Accept: " TYPE_CHAIN, &r)) ||
	    (rc = tmg_refusal_type(a, &r, TYPE_CHAIN)))
		return rc;
	tmg_certs_free(certs);
	if (tmg_certs_new(certs))
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	memcpy(links, r.links, sizeof(r.links));
	return tmg_certs_add_pem(*certs, (tmg_view){ r.body, r.len }) == TMG_OK ? TMG_OK
	    : tmg_authority_raise(a, TMG_E_MALFORMED,
		_("%s: the certificate in its answer cannot be read; ask again"),
		a->uri.where);
}

/* CN=... of whoever issued the last of them; "" it has none. */
static void
name_top(const tmg_certs *certs, char name[256])
{
	tmg_cert_facts facts;
	const char *cn;

	name[0] = '\0';
	if (tmg_cert_facts_get(tmg_certs_get(certs, tmg_certs_count(certs) - 1), &facts))
		return;
	cn = strncmp(facts.issuer, "CN=", 3) == 0 ? facts.issuer
	    : strstr(facts.issuer, ",CN=");
	if (cn != NULL)
		snprintf(name, 256, "%.*s", (int)strcspn(strchr(cn, '=') + 1, ","),
		    strchr(cn, '=') + 1);
}

static void
note(char *names, size_t cap, const char *name)
{
	const size_t used = strlen(names);

	snprintf(names + used, cap - used, "%s\"%.60s\"", used > 0 ? ", " : "", name);
}

tmg_rc
tmg_acme_chain(tmg_authority *a, const char *url, tmg_certs **certs)
{
	const char *wanted = tmg_option_get(a, "chain");
	char links[2048], ignored[2048], other[TMG_ACME_URL_MAX], top[256];
	char names[200] = "";
	tmg_rc rc;

	if ((rc = download(a, url, certs, links)) || wanted == NULL)
		return rc;
	for (size_t n = 0; n < CHAINS_MAX; n++) {
		name_top(*certs, top);
		if (strcmp(top, wanted) == 0)
			return TMG_OK;
		note(names, sizeof(names), top);
		if (tmg_acme_link(links, url, "alternate", n, other))
			break;
		if ((rc = download(a, other, certs, ignored)))
			return rc;
	}
	return tmg_authority_raise(a, TMG_NOT_FOUND,
	    _("%s: no chain of the certificate leads to \"%.60s\", only to %s; say one "
	    "of them with --ca-option chain="), a->uri.where, wanted, names);
}
