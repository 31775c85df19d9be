/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/take.h"

#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "tools/ra/ca/request.h"
#include "tools/ra/cmp/body.h"
#include "tools/ra/cmp/outcome.h"
#include "tools/ra/desk/case.h"

/* A secret is good for so many applications; a request that comes again is the
 * same one. */
struct ticket {
	ra_along base;
	const char *reference;
};

struct request {
	ra_submission in;
	struct ticket ticket;		/* in.along */
};

/* Whether what is wrong with a request is its proof and nothing else. */
static bool
is_unproven(ra_cmp_turn *t, tmg_view csr)
{
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	const tmg_fault why = t->desk->fault;

	(void)!ra_request_read(t->desk->office->ctx, csr, &request,
	    &t->desk->fault);
	t->desk->fault = why;
	return request.unproven;
}

/* The request of an application that its applicant began elsewhere. */
static tmg_rc
submit_case(ra_cmp_turn *t, const ra_submission *in, ra_app *app)
{
	char name[RA_ACTOR_MAX];
	const ra_actor actor = ra_cmp_peer_actor(&t->peer, name);
	const tmg_rc rc = ra_case_submit(t->desk, in->owner, &actor, in->csr, app);

	return rc ? rc : ra_desk_progress(t->desk, app, &t->cert);
}

static void
submit(ra_cmp_turn *t, const ra_submission *in)
{
	tmg_auto(ra_app) app = { .id = "" };
	const tmg_rc rc = ra_cmp_peer_is_case(&t->peer) ? submit_case(t, in, &app) :
	    ra_desk_submit(t->desk, in, &app, &t->cert);

	memcpy(t->row.app, app.id, sizeof(t->row.app));
	if (rc == TMG_MISMATCH && is_unproven(t, in->csr))
		ra_cmp_reject(t, RA_CMP_BAD_POP, t->desk->fault.text);
	else
		ra_cmp_tell_outcome(t, rc, false);
}

static tmg_rc
use_ticket(const ra_along *base, ra_desk *d, const ra_app *app)
{
	const struct ticket *ticket = (const struct ticket *)(const void *)base;
	const tmg_rc rc = ra_secret_use(d->store, ticket->reference);

	(void)app;
	if (rc == TMG_DENIED)
		return tmg_raise(&d->fault, rc, 0,
		    _("the secret %s was used up: ask for another"),
		    ticket->reference);
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

/* Common to all requests: one of them, and for which profile. */
static bool
begin_request(ra_cmp_turn *t, struct request *r)
{
	ra_submission *in = &r->in;

	t->row.kind = (int)t->m->kind;
	t->row.implicit = t->m->implicit;
	t->row.request = -1;		/* of a p10cr: RFC 9483 4.1.4 */
	in->csr = t->m->content;
	in->owner = ra_cmp_peer_owner(&t->peer);
	if (t->peer.means == RA_CMP_MAC) {
		r->ticket = (struct ticket){ { use_ticket }, t->peer.row.reference };
		in->along = &r->ticket.base;
	}
	if (t->m->kind != RA_CMP_P10CR && ra_cmp_read_request(t->m->content,
	    &in->csr, &t->row.request)) {
		ra_cmp_refuse(t, RA_CMP_BAD_REQUEST,
		    _("one request for a certificate is wanted, with a public key"));
		return false;
	}
	if ((in->profile = ra_cmp_turn_profile(t)) != NULL)
		return true;
	ra_cmp_reject(t, RA_CMP_BAD_CERT_TEMPLATE, t->desk->fault.text);
	return false;
}

void
ra_cmp_take_request(ra_cmp_turn *t)
{
	struct request r = { .in = { .owner = "" } };

	if (begin_request(t, &r))
		submit(t, &r.in);
}

/* RFC 9483 4.1.3: the certificate that signs is the one to be renewed. */
void
ra_cmp_take_renewal(ra_cmp_turn *t)
{
	struct request r = { .in = { .previous = &t->peer.cert,
		.previous_app = &t->peer.app } };
	char serial[TMG_SERIAL_MAX];
	ra_crmf crmf;

	if (t->peer.means != RA_CMP_SIGNATURE) {
		ra_cmp_refuse(t, RA_CMP_WRONG_INTEGRITY,
		    _("a renewal is signed with the certificate that it renews"));
		return;
	}
	if (!begin_request(t, &r))
		return;
	if (ra_crmf_read(r.in.csr, &crmf) == TMG_OK && crmf.old_serial.len > 0) {
		if (crmf.old_serial.len >= sizeof(serial) / 2)
			serial[0] = '\0';
		else
			tmg_hex_text(serial, sizeof(serial), crmf.old_serial);
		if (strcmp(serial, t->peer.cert.serial) != 0) {
			ra_cmp_reject(t, RA_CMP_BAD_CERT_ID,
			    _("a renewal is signed with the certificate that it renews"));
			return;
		}
	}
	submit(t, &r.in);
}
