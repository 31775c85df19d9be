/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/outcome.h"

#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmp/body.h"
#include "tools/ra/cmp/take.h"
#include "tools/ra/cmp/transaction.h"

/* Where libcrypto's clients may take what is not to be verified otherwise:
 * known by a secret, the answer is authentic. */
static const X509 *
trust_of(const ra_cmp_turn *t)
{
	const ra_ca *ca = t->desk->office->ca;
	const int above = sk_X509_num(ca->above);

	return t->peer.means != RA_CMP_MAC || t->reply.kind != RA_CMP_IP ? NULL :
	    above > 0 ? sk_X509_value(ca->above, above - 1) : ca->cert;
}

static ra_cmp_kind
answer_to(int kind)
{
	return kind == RA_CMP_IR ? RA_CMP_IP : kind == RA_CMP_KUR ? RA_CMP_KUP :
	    RA_CMP_CP;
}

void
ra_cmp_reject(ra_cmp_turn *t, ra_cmp_fail fail, const char *text)
{
	t->reply = (ra_cmp_reply){ .kind = answer_to(t->row.kind),
		.id = t->row.request, .status = RA_CMP_REJECTION, .fail = fail,
		.text = text };
	ra_cmp_move(t, RA_CMP_ENDED);
}

static void
tell_cert(ra_cmp_turn *t)
{
	t->reply.cert = (tmg_view){ t->cert.der, t->cert.len };
	t->reply.trust = trust_of(t);
	t->reply.implicit = t->row.implicit != 0;
	t->settles = true;
	if (t->reply.implicit)
		ra_cmp_move(t, RA_CMP_ENDED);
	else
		t->reply.confirm_by = ra_cmp_await(t);
}

void
ra_cmp_tell_outcome(ra_cmp_turn *t, tmg_rc rc, bool polled)
{
	t->reply = (ra_cmp_reply){ .kind = answer_to(t->row.kind),
		.id = t->row.request, .fail = RA_CMP_FINE, .text = "" };
	if (rc == TMG_OK) {
		tell_cert(t);
	} else if (rc == TMG_PENDING) {
		t->reply.status = RA_CMP_IS_WAITING;
		t->reply.text = t->desk->fault.text;
		t->reply.check_after_s = t->desk->config->retry_after_s;
		if (polled)
			t->reply.kind = RA_CMP_POLLREP;
		ra_cmp_move(t, RA_CMP_WAITING);
	} else if (tmg_is_fault(rc)) {
		ra_cmp_refuse_fault(t, rc);	/* it may be said again, and work */
	} else {
		ra_cmp_reject(t, ra_cmp_fail_of(rc), ra_cmp_words_of(t, rc));
	}
}

void
ra_cmp_take_poll(ra_cmp_turn *t)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;
	int id;

	if (ra_cmp_read_poll(t->m->content, &id) || id != t->row.request ||
	    strcmp(t->row.state, RA_CMP_WAITING) != 0) {
		ra_cmp_refuse(t, RA_CMP_BAD_REQUEST,
		    _("nothing of that number is waited for"));
		return;
	}
	rc = ra_app_get(t->desk->store, t->row.app, &app);
	rc = rc ? ra_desk_says(t->desk, rc) :
	    ra_desk_progress(t->desk, &app, &t->cert);
	ra_cmp_tell_outcome(t, rc, true);
}
