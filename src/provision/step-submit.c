/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing the request in, and asking what became of it: the identical bytes
 * each time, by which the authority knows the application.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/work.h"

/* Written before the authority may have the request, not after. */
static tmg_rc
note_posting(tmg_provision *p)
{
	if (p->j.posted)
		return TMG_OK;
	p->j.posted = true;
	return tmg_work_save(p);
}

static tmg_rc
hand_in(tmg_provision *p, tmg_decision *decision)
{
	const tmg_view csr = tmg_blob_view(&p->j.csr);
	const bool renews = p->j.renews[0] != '\0';

	if (p->j.step == TMG_STEP_SUBMITTED)
		return tmg_authority_poll(p->authority, csr, renews, p->j.ticket,
		    decision);
	return tmg_authority_submit(p->authority, csr, renews, decision);
}

static void
keep_ticket(tmg_provision *p, const tmg_decision *decision)
{
	memcpy(p->j.ticket, decision->ticket, sizeof(p->j.ticket));
	p->j.ticket[sizeof(p->j.ticket) - 1] = '\0';
}

static tmg_rc
must_wait(tmg_provision *p, const tmg_decision *decision)
{
	const char *why = tmg_authority_fault(p->authority)->text;
	tmg_rc rc;

	keep_ticket(p, decision);
	p->j.retry_after = decision->retry_after_s;
	if ((rc = tmg_work_reached(p, TMG_STEP_SUBMITTED)))
		return rc;
	if (why[0] == '\0')
		why = _("the authority has the request and has not decided");
	return tmg_raise(&p->fault, TMG_PENDING, 0,
	    _("%.240s; resume enrollment %s later"), why, p->j.id);
}

static tmg_rc
decided(tmg_provision *p, const tmg_decision *decision)
{
	tmg_rc rc;

	if ((rc = tmg_check_issued(p, decision->certs)))
		return rc;
	keep_ticket(p, decision);
	memcpy(p->j.note, decision->note, sizeof(p->j.note));
	p->j.retry_after = -1;
	return tmg_work_reached(p, TMG_STEP_ISSUED);
}

/*
 * A request that is linked to a connection of another process, or to one that
 * broke, is no use to an authority that has not taken it yet: it is made anew.
 * One that was taken is asked about as it is (RFC 7030 4.2.3).
 */
static tmg_rc
link_again(tmg_provision *p)
{
	if (!p->j.linked || p->linked_here || p->j.step == TMG_STEP_SUBMITTED)
		return TMG_OK;
	return tmg_step_request(p);
}

/* An authority that wants a link may have meant a password. */
static tmg_rc
refused(tmg_provision *p, tmg_rc rc)
{
	p->linked_here = p->linked_here && rc != TMG_RESET;
	rc = tmg_work_authority_said(p, rc);
	if (rc == TMG_DENIED && p->j.linked)
		(void)tmg_advise(&p->fault, p->fault.remedies | TMG_TRY_CHALLENGE, rc);
	return rc;
}

tmg_rc
tmg_step_submit(tmg_provision *p)
{
	tmg_decision decision = { .retry_after_s = -1 };
	tmg_rc rc;

	if ((rc = tmg_work_authority(p)) ||
	    (rc = link_again(p)) ||
	    (rc = note_posting(p)))
		return rc;
	rc = hand_in(p, &decision);
	p->j.posted = tmg_is_fault(rc);	/* a verdict is an answer */
	if (rc == TMG_OK)
		rc = decided(p, &decision);
	else if (rc == TMG_PENDING)
		rc = must_wait(p, &decision);
	else
		rc = refused(p, rc);
	tmg_certs_free(&decision.certs);
	return rc;
}
