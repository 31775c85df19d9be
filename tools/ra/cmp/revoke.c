/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/take.h"

#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "tools/ra/cmp/body.h"
#include "tools/ra/cmp/name.h"
#include "tools/ra/cmp/transaction.h"

static tmg_rc
find_revoked(ra_cmp_turn *t, const ra_cmp_revocation *r,
    char serial[TMG_SERIAL_MAX])
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_view digits = r->serial;
	tmg_rc rc = TMG_NOT_FOUND;

	if (digits.len > 1 && digits.ptr[0] == 0)
		(void)!tmg_view_take(&digits, 1, &(tmg_view){ NULL, 0 });
	serial[0] = '\0';
	if (digits.len < TMG_SERIAL_MAX / 2 && ra_cmp_name_is(r->issuer,
	    X509_get_subject_name(t->desk->office->ca->cert))) {
		tmg_hex_text(serial, TMG_SERIAL_MAX, digits);
		rc = ra_cert_get(t->desk->store, serial, &cert);
	}
	if (rc == TMG_OK && cert.app[0] != '\0')
		rc = ra_app_get(t->desk->store, cert.app, &app);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(t->desk, rc);
	if (rc || app.id[0] == '\0' ||
	    strcmp(app.owner, ra_cmp_peer_owner(&t->peer)) != 0)
		return tmg_raise(&t->desk->fault, TMG_NOT_FOUND, 0,
		    _("no certificate of that issuer and number is yours"));
	return TMG_OK;
}

/* Putting on hold, and taking off it, is the officers' and the pages'. */
static bool
is_final(int reason)
{
	return (reason >= 0 && reason <= 5) || reason == 9 || reason == 10;
}

void
ra_cmp_take_revocation(ra_cmp_turn *t)
{
	tmg_auto(ra_cert) gone = { .der = NULL };
	char serial[TMG_SERIAL_MAX], name[RA_ACTOR_MAX];
	const ra_actor self = ra_cmp_peer_actor(&t->peer, name);
	ra_cmp_revocation r;
	tmg_rc rc;

	if (t->peer.means != RA_CMP_SIGNATURE) {
		ra_cmp_refuse(t, RA_CMP_WRONG_INTEGRITY,
		    _("a revocation is signed with a certificate of the same holder"));
		return;
	}
	if (ra_cmp_read_revocation(t->m->content, &r)) {
		ra_cmp_refuse(t, RA_CMP_BAD_REQUEST,
		    _("one certificate is wanted, by issuer and serial number"));
		return;
	}
	t->row.kind = RA_CMP_RR;
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_RP, .fail = RA_CMP_FINE,
		.text = "" };
	ra_cmp_move(t, RA_CMP_ENDED);
	if ((rc = find_revoked(t, &r, serial)) == TMG_OK && !is_final(r.reason))
		rc = tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("that reason is not taken here"));
	if (rc == TMG_OK)
		rc = ra_desk_revoke(t->desk, serial, r.reason, &self, &gone);
	if (tmg_is_fault(rc)) {
		ra_cmp_refuse_fault(t, rc);
	} else if (rc) {
		t->reply.status = RA_CMP_REJECTION;
		t->reply.fail = rc == TMG_MISMATCH ? RA_CMP_UNACCEPTED_EXTENSION :
		    ra_cmp_fail_of(rc);
		t->reply.text = t->desk->fault.text;
	}
}
