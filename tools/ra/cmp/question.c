/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/take.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/cmp/news.h"

/* Nothing changes by it: it is not kept. */
void
ra_cmp_take_question(ra_cmp_turn *t)
{
	const ra_profile *profile = ra_cmp_turn_profile(t);
	tmg_der d;
	tmg_rc rc;

	if (profile == NULL) {
		ra_cmp_refuse(t, RA_CMP_BAD_REQUEST, t->desk->fault.text);
		return;
	}
	if ((t->news = malloc(RA_CMP_ROOM)) == NULL) {
		ra_cmp_refuse(t, RA_CMP_SYSTEM_FAILURE, _("out of memory"));
		return;
	}
	d = (tmg_der){ t->news, RA_CMP_ROOM, RA_CMP_ROOM, false };
	if ((rc = ra_cmp_news_put(t->desk, profile, t->m->content, &d))) {
		if (rc == TMG_MISMATCH)
			ra_cmp_refuse(t, RA_CMP_BAD_REQUEST,
			    _("that is no list of questions"));
		else
			ra_cmp_refuse_fault(t, rc);
		return;
	}
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_GENP, .fail = RA_CMP_FINE,
		.text = "", .news = tmg_der_view(&d) };
}
