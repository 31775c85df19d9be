/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/talk.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/cmp/letter.h"
#include "tools/ra/cmp/name.h"
#include "tools/ra/cmp/take.h"
#include "tools/ra/cmp/transaction.h"
#include "tools/ra/desk/deputy.h"

static tmg_rc
find_own(ra_cmp_turn *t)
{
	tmg_auto(ra_cert) own = { .der = NULL };
	tmg_rc rc;

	if ((rc = ra_deputy_now(t->desk, t->desk->office->deputy[RA_DEPUTY_CMP],
	    &own)))
		return rc;
	rc = tmg_x509_keyless(t->desk->office->ctx, (tmg_view){ own.der, own.len },
	    &t->own);
	return rc ? tmg_raise(&t->desk->fault, rc, 0,
	    _("the server's certificate cannot be read")) : TMG_OK;
}

/* Nobody (an empty name), the authority, or who answers for it. */
static bool
is_for_us(const ra_cmp_turn *t)
{
	static const uint8_t nobody[] = { RA_CMP_DIRECTORY_NAME, 0x02, 0x30, 0x00 };

	return tmg_view_equal(t->m->recipient, TMG_VIEW(nobody)) ||
	    ra_cmp_general_is(t->m->recipient,
	    X509_get_subject_name(t->desk->office->ca->cert)) ||
	    ra_cmp_general_is(t->m->recipient, X509_get_subject_name(t->own));
}

static bool
check_header(ra_cmp_turn *t)
{
	const ra_cmp_message *m = t->m;

	if (m->version != RA_CMP_2000 && m->version != RA_CMP_2021)
		ra_cmp_refuse(t, RA_CMP_UNSUPPORTED_VERSION, _("pvno is 2 or 3 here"));
	else if (m->transaction.len == 0 ||
	    m->transaction.len > RA_CMP_TRANSACTION_MAX)
		ra_cmp_refuse(t, RA_CMP_BAD_DATA_FORMAT,
		    _("a transactionID has 1 to 64 octets"));
	else if (m->nonce.len < RA_CMP_NONCE)
		ra_cmp_refuse(t, RA_CMP_BAD_SENDER_NONCE,
		    _("a senderNonce has 16 octets at least"));
	else if (!is_for_us(t))
		ra_cmp_refuse(t, RA_CMP_WRONG_AUTHORITY,
		    _("the recipient of this message is another one"));
	else
		return true;
	return false;
}

static const struct {
	ra_cmp_kind kind;
	bool first;			/* begins a transaction */
	ra_cmp_take_fn *take;
} steps[] = {
	{ RA_CMP_IR, true, ra_cmp_take_request },
	{ RA_CMP_CR, true, ra_cmp_take_request },
	{ RA_CMP_P10CR, true, ra_cmp_take_request },
	{ RA_CMP_KUR, true, ra_cmp_take_renewal },
	{ RA_CMP_RR, true, ra_cmp_take_revocation },
	{ RA_CMP_GENM, true, ra_cmp_take_question },
	{ RA_CMP_POLLREQ, false, ra_cmp_take_poll },
	{ RA_CMP_CERTCONF, false, ra_cmp_take_confirmation },
	{ RA_CMP_ERROR, false, ra_cmp_take_error },
};

static void
take(ra_cmp_turn *t)
{
	for (size_t i = 0; i < TMG_COUNT(steps); i++) {
		if (steps[i].kind != t->m->kind)
			continue;
		if (ra_cmp_fits(t, steps[i].first))
			steps[i].take(t);
		return;
	}
	ra_cmp_refuse(t, RA_CMP_BAD_REQUEST,
	    _("such a message is not answered here"));
}

static tmg_rc
answer(ra_cmp_turn *t, uint8_t **der, size_t *len)
{
	uint8_t nonce[RA_CMP_NONCE];
	tmg_rc rc;

	if (check_header(t)) {
		if ((rc = ra_cmp_load(t)))
			ra_cmp_refuse_fault(t, rc);
		else if (ra_cmp_peer_enter(t) && ra_cmp_is_again(t))
			return ra_cmp_copy_out(t,
			    (tmg_view){ t->row.answer, t->row.len }, der, len);
		else if (t->peer.means != RA_CMP_NOTHING)
			take(t);
	}
	if ((rc = ra_cmp_say(t, nonce, der, len)) || !t->keeps)
		return rc;
	if ((rc = ra_cmp_keep(t, nonce, der, len)) == TMG_OK)
		return rc;
	ra_cmp_refuse_fault(t, rc);
	free(*der);
	*der = NULL;
	return ra_cmp_say(t, nonce, der, len);
}

tmg_rc
ra_cmp_talk(ra_desk *desk, const ra_cmp_message *m, const char *label,
    char *user, uint8_t **der, size_t *len)
{
	tmg_auto(ra_cmp_turn) t = { .desk = desk, .m = m, .label = label };
	tmg_rc rc;

	*der = NULL;
	desk->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = find_own(&t)))
		return rc;
	rc = answer(&t, der, len);
	if (t.peer.means != RA_CMP_NOTHING)
		snprintf(user, RA_OWNER_MAX, "%s", ra_cmp_peer_owner(&t.peer));
	return rc;
}
