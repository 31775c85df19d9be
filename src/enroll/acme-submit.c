/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An order from where it stands to its certificate (RFC 8555 7.1.6): whatever
 * an earlier process did, the order tells how far it came.
 */
#include <stdlib.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-chain.h"
#include "src/enroll/acme-names.h"
#include "src/enroll/acme-order.h"
#include "src/enroll/acme-proof.h"
#include "src/enroll/acme-talk.h"

#define ORDER_NAP_S 3600L	/* nothing is shown meanwhile */

typedef struct walk {
	tmg_authority *a;
	tmg_view csr;
	tmg_decision *d;
	unsigned asked;		/* times in a row */
	long retry_after_s;
	bool over;
} walk;

static tmg_rc
must_wait(walk *w)
{
	w->d->retry_after_s = w->retry_after_s;
	return tmg_authority_raise(w->a, TMG_PENDING,
	    _("%s: it has everything and has not issued yet"), w->a->uri.where);
}

static tmg_rc
wait_and_look(walk *w)
{
	if (!tmg_acme_nap(w->a, w->asked++, w->retry_after_s, ORDER_NAP_S))
		return must_wait(w);
	return tmg_acme_order_look(w->a, &w->retry_after_s);
}

/* A server may take a while to see that everything is proven. */
static tmg_rc
prove(walk *w)
{
	tmg_rc rc;

	if ((rc = tmg_acme_prove(w->a)) ||
	    (rc = tmg_acme_order_look(w->a, &w->retry_after_s)))
		return rc;
	return tmg_acme_of(w->a)->order.status == TMG_ACME_PENDING
	    ? wait_and_look(w) : TMG_OK;
}

static tmg_rc
finalize(walk *w)
{
	tmg_rc rc = tmg_acme_order_finalize(w->a, w->csr, &w->retry_after_s);

	if (rc == TMG_OK && tmg_acme_of(w->a)->order.status == TMG_ACME_READY)
		rc = wait_and_look(w);
	return rc;
}

static tmg_rc
download(walk *w)
{
	tmg_rc rc;

	w->over = true;
	if ((rc = tmg_acme_chain(w->a, tmg_acme_of(w->a)->order.certificate,
	    &w->d->certs)))
		return rc;
	/* RFC 8555 9.1: its own comes first */
	return tmg_acme_names_check(w->a, w->csr, tmg_certs_get(w->d->certs, 0));
}

static tmg_rc
give_up(walk *w)
{
	const tmg_rc rc = tmg_acme_order_forget(w->a);

	return rc != TMG_OK ? rc :
	    tmg_acme_refused(w->a, &tmg_acme_of(w->a)->order.problem, "");
}

static tmg_rc (*const steps[])(walk *w) = {
	[TMG_ACME_PENDING] = prove,
	[TMG_ACME_READY] = finalize,
	[TMG_ACME_PROCESSING] = wait_and_look,
	[TMG_ACME_VALID] = download,
	[TMG_ACME_INVALID] = give_up,
};

static tmg_rc
lead(walk *w)
{
	tmg_rc rc = TMG_OK;

	while (rc == TMG_OK && !w->over)
		rc = steps[tmg_acme_of(w->a)->order.status](w);
	if (rc == TMG_OK && tmg_acme_of(w->a)->left)
		tmg_acme_prove_tidy(w->a);
	return rc;
}

/* RFC 8555 11.1: a CA would refuse it, after everything else. */
static tmg_rc
check_key(tmg_authority *a, tmg_view csr)
{
	if (tmg_csr_has_key(csr, tmg_acme_of(a)->account.signer->spki) != TMG_OK)
		return TMG_OK;
	return tmg_advise(&a->fault, TMG_TRY_SLOT, tmg_authority_raise(a, TMG_E_USAGE,
	    _("%s: the key that gets a certificate must not be the account's; name "
	    "another one with --ca-option account-key="), a->uri.where));
}

static tmg_rc
have_order(walk *w, bool renews)
{
	const tmg_rc rc = tmg_acme_order_recall(w->a, &w->retry_after_s);

	return rc == TMG_NOT_FOUND ? tmg_acme_order_make(w->a, w->csr, renews) : rc;
}

tmg_rc
tmg_acme_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d)
{
	walk w = { .a = a, .csr = csr, .d = d, .retry_after_s = -1 };
	tmg_acme *acme = tmg_acme_of(a);
	int64_t ms;
	tmg_rc rc;

	if ((rc = tmg_acme_patience(a, &ms)))
		return rc;
	acme->until_ms = tmg_now_ms() + ms;
	acme->retry_after_s = -1;
	acme->csr = csr;
	if ((rc = tmg_acme_account_open(a)) || (rc = check_key(a, csr)) ||
	    (rc = have_order(&w, renews)) || (rc = lead(&w))) {
		if (rc == TMG_PENDING && d->retry_after_s < 0)
			d->retry_after_s = acme->retry_after_s;
		return tmg_pass(&a->fault, rc);
	}
	return TMG_OK;
}
