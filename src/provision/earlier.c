/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Was it asked before?  Who types the same command twice is served once.
 */
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/work.h"

struct earlier {
	tmg_provision *p;
	tmg_journal asked;		/* borrowed from p; what we chose is left out */
	char same[TMG_PROVISION_ID];	/* open, or done and still there */
	char other[TMG_PROVISION_ID];	/* open, and in the way: */
	char slot[TMG_SLOT_NAME];	/* on the same slot, or renewing the same */
};

/* Whether the slot still holds what that enrollment brought. */
static tmg_rc
still_there(tmg_provision *p, const tmg_journal *j)
{
	tmg_view cert;
	tmg_key *key;

	if (p->j.replace || tmg_token_slot(p->token, j->slot, &key) != TMG_OK ||
	    tmg_key_cert(key, &cert) != TMG_OK)
		return TMG_NOT_FOUND;
	return tmg_view_equal(cert, tmg_blob_view(&j->cert)) ? TMG_OK : TMG_NOT_FOUND;
}

/* Whoever now names another CA, or comes when the certificate has ended, is
 * not served by what there is. */
static tmg_rc
still_good(tmg_provision *p, const tmg_journal *j)
{
	const tmg_view cert = tmg_blob_view(&j->cert);
	tmg_cert_facts facts;
	tmg_view named;
	tmg_rc rc;

	rc = tmg_cert_facts_get(cert, &facts);
	if (rc == TMG_E_NOMEM)
		return tmg_pass(&p->fault, rc);
	if (rc != TMG_OK || facts.not_after <= tmg_ctx_now(p->ctx))
		return TMG_NOT_FOUND;
	if (p->j.anchors != NULL)
		return tmg_certs_verify(p->ctx, cert, j->chain, p->j.anchors, NULL, NULL);
	if (p->j.fingerprint[0] == '\0')
		return TMG_OK;
	if ((rc = tmg_work_named(p, j->anchors, &named)) || named.len > 0)
		return rc;
	if ((rc = tmg_work_named(p, j->chain, &named)))
		return rc;
	return named.len > 0 ? TMG_OK : TMG_NOT_FOUND;
}

/* Nobody asked for what was chosen here: who asks at the same moment chooses
 * otherwise when the first one's key is there already. */
static tmg_journal
asked(const tmg_provision *p)
{
	tmg_journal wish = p->j;

	if (p->any_slot)
		wish.slot[0] = '\0';
	if (p->any_type)
		wish.alg[0] = '\0';
	return wish;
}

/* Asked to renew what an unfinished renewal has just brought: that one is to
 * be finished. */
static bool
brought_it(const tmg_journal *ours, const tmg_journal *j)
{
	return ours->renewed.len > 0 && tmg_view_equal(
	    tmg_blob_view(&ours->renewed), tmg_blob_view(&j->cert));
}

/* The slots that it works in, or will. */
static bool
needs(const tmg_journal *j, const char *slot)
{
	return strcmp(j->slot, slot) == 0 || strcmp(j->made, slot) == 0 ||
	    strcmp(j->place, slot) == 0 || strcmp(j->aside, slot) == 0;
}

/* Another wish that must be finished first.  Where nobody chose a slot there is
 * always another one, but not another certificate to renew. */
static bool
in_the_way(const struct earlier *e, const tmg_journal *j)
{
	const tmg_journal *ours = &e->p->j;

	if (ours->slot[0] != '\0' && needs(j, ours->slot))
		return true;
	return e->asked.slot[0] == '\0' && ours->renewed.len > 0 && tmg_view_equal(
	    tmg_blob_view(&ours->renewed), tmg_blob_view(&j->renewed));
}

static tmg_rc
compare(void *arg, tmg_journal *j)
{
	struct earlier *e = arg;
	const tmg_journal *ours = &e->asked;
	const bool open = j->step < TMG_STEP_DONE;
	tmg_rc rc = TMG_OK;

	if (j->step == TMG_STEP_CANCELLED || strcmp(j->token, ours->token) != 0)
		return TMG_OK;
	if (tmg_journal_same(ours, j) || (open && brought_it(ours, j))) {
		if (!open && (rc = still_there(e->p, j)) == TMG_OK)
			rc = still_good(e->p, j);
		if (rc == TMG_OK)
			memcpy(e->same, j->id, sizeof(e->same));
	} else if (open && in_the_way(e, j)) {
		memcpy(e->other, j->id, sizeof(e->other));
		memcpy(e->slot, j->slot, sizeof(e->slot));
	}
	return rc == TMG_E_NOMEM ? rc : TMG_OK;
}

tmg_rc
tmg_earlier_take_up(tmg_provision *p, const char *id)
{
	tmg_rc rc;

	if ((rc = tmg_store_lock(id, &p->lock, &p->fault)) ||
	    (rc = tmg_store_read(id, &p->j, &p->fault)))
		return rc;
	if (p->j.step == TMG_STEP_CANCELLED)
		return tmg_raise(&p->fault, TMG_CANCELLED, 0,
		    _("enrollment %s was given up; begin again"), id);
	p->key = NULL;
	tmg_authority_free(&p->authority);
	/* whoever worked on it may have changed the token since we read of it */
	if (p->token != NULL)
		tmg_token_forget(p->token);
	/* whoever finished it may have been killed before it was tidy */
	if (p->j.step >= TMG_STEP_DONE)
		return tmg_store_forget(id, &p->fault);
	return TMG_OK;
}

static tmg_rc
not_finished(tmg_provision *p, const char *id, const char *slot)
{
	return tmg_advise(&p->fault, TMG_TRY_RESUME | TMG_TRY_CANCEL,
	    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("enrollment %s of slot %s "
		"is not finished; resume it or give it up"), id, slot));
}

tmg_rc
tmg_earlier(tmg_provision *p)
{
	struct earlier e = { .p = p, .asked = asked(p) };
	tmg_rc rc;

	if ((rc = tmg_store_each(p->ctx, compare, &e, &p->fault)))
		return rc;
	if (e.same[0] != '\0')
		return tmg_earlier_take_up(p, e.same);
	if (e.other[0] != '\0')
		return not_finished(p, e.other, e.slot);
	return TMG_NOT_FOUND;
}

/* ---- what is half done ------------------------------------------------ */

struct half_done {
	const tmg_provision *p;
	const char *slot;
	char id[TMG_PROVISION_ID];
};

static tmg_rc
is_half_done(void *arg, tmg_journal *j)
{
	struct half_done *h = arg;

	if (j->step < TMG_STEP_DONE && needs(j, h->slot) &&
	    strcmp(j->token, tmg_token_address(h->p->token)) == 0)
		memcpy(h->id, j->id, sizeof(h->id));
	return TMG_OK;
}

tmg_rc
tmg_earlier_half_done(tmg_provision *p, const char *slot)
{
	struct half_done h = { .p = p, .slot = slot };
	tmg_rc rc;

	if ((rc = tmg_store_each(p->ctx, is_half_done, &h, &p->fault)))
		return rc;
	return h.id[0] == '\0' ? TMG_NOT_FOUND : not_finished(p, h.id, slot);
}

/* ---- did anybody else work on this token? ------------------------------- */

/* Journals only become more, and go forward; a place that is chosen for the old
 * key is no step. */
static tmg_rc
add_trace(void *arg, tmg_journal *j)
{
	tmg_provision *p = arg;

	if (strcmp(j->token, p->j.token) == 0)
		p->traces += 1u + (unsigned)j->step + (j->aside[0] != '\0') + j->moving;
	return TMG_OK;
}

tmg_rc
tmg_earlier_traces(tmg_provision *p)
{
	p->traces = 0;
	return tmg_store_each(p->ctx, add_trace, p, &p->fault);
}

/* ---- what others will fill ---------------------------------------------- */

struct claim {
	const tmg_journal *ours;
	const char *slot;
};

static tmg_rc
claims(void *arg, tmg_journal *j)
{
	const struct claim *c = arg;

	if (j->step >= TMG_STEP_DONE || strcmp(j->id, c->ours->id) == 0 ||
	    strcmp(j->token, c->ours->token) != 0)
		return TMG_OK;
	return needs(j, c->slot) ? TMG_OCCUPIED : TMG_OK;
}

tmg_rc
tmg_earlier_claims(tmg_provision *p, const char *slot)
{
	struct claim c = { &p->j, slot };

	return tmg_store_each(p->ctx, claims, &c, &p->fault);
}
