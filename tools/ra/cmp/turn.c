/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/turn.h"

#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

void
ra_cmp_turn_release(ra_cmp_turn *t)
{
	tmg_secret_wipe(&t->peer.secret);
	ra_secret_row_release(&t->peer.row);
	ra_cert_release(&t->peer.cert);
	ra_app_release(&t->peer.app);
	ra_cmp_row_release(&t->row);
	ra_cert_release(&t->cert);
	free(t->news);
	X509_free(t->own);
}

void
ra_cmp_refuse(ra_cmp_turn *t, ra_cmp_fail fail, const char *text)
{
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_ERROR,
		.status = RA_CMP_REJECTION, .fail = fail, .text = text };
	t->keeps = t->settles = false;
}

static const struct {
	tmg_rc rc;
	ra_cmp_fail fail;
} fails[] = {
	{ TMG_MISMATCH, RA_CMP_BAD_CERT_TEMPLATE },
	{ TMG_DENIED, RA_CMP_NOT_AUTHORIZED },
	{ TMG_NOT_FOUND, RA_CMP_BAD_CERT_ID },
	{ TMG_OCCUPIED, RA_CMP_CERT_REVOKED },
	{ TMG_UNSUPPORTED, RA_CMP_SYSTEM_UNAVAIL },
	{ TMG_BUSY, RA_CMP_SYSTEM_UNAVAIL },
};

ra_cmp_fail
ra_cmp_fail_of(tmg_rc rc)
{
	for (size_t i = 0; i < TMG_COUNT(fails); i++)
		if (fails[i].rc == rc)
			return fails[i].fail;
	return RA_CMP_SYSTEM_FAILURE;
}

const char *
ra_cmp_words_of(const ra_cmp_turn *t, tmg_rc rc)
{
	if (!tmg_is_fault(rc))
		return t->desk->fault.text;
	tmg_log(t->desk->office->ctx, TMG_LOG_ERROR, "%s: %s", tmg_rc_name(rc),
	    t->desk->fault.text);
	return _("the authority has a problem of its own; its log says which; try again later");
}

void
ra_cmp_refuse_fault(ra_cmp_turn *t, tmg_rc rc)
{
	ra_cmp_refuse(t, t->desk->store->away ? RA_CMP_SYSTEM_UNAVAIL :
	    ra_cmp_fail_of(rc), ra_cmp_words_of(t, rc));
}

const ra_profile *
ra_cmp_turn_profile(ra_cmp_turn *t)
{
	const ra_cmp_peer *p = &t->peer;
	const char *given = t->m->kind == RA_CMP_KUR ? p->app.profile :
	    p->means == RA_CMP_MAC ? p->row.profile : "";
	const char *name = given[0] != '\0' ? given : t->label[0] != '\0' ?
	    t->label : t->desk->config->default_profile;
	const ra_profile *profile = ra_profiles_find(t->desk->profiles, name);

	if (profile == NULL)
		(void)!tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("there is no profile \"%s\" here"), name);
	else if (t->label[0] != '\0' &&
	    ra_profiles_find(t->desk->profiles, t->label) != profile)
		return tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("this is for the profile %s, not %s"), name, t->label) ?
		    NULL : profile;
	return profile;
}
