/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An enrollment at work: its journal and what its steps share.
 */
#ifndef TMG_PROVISION_WORK_H
#define TMG_PROVISION_WORK_H

#include "src/provision/store.h"

/* Software keys, digests and checks are never the token provider's. */
#define TMG_SOFTWARE "provider!=tamga"

struct tmg_provision {
	tmg_ctx *ctx;
	tmg_tokens *tokens;
	tmg_token *token;		/* NULL before a step needed it */
	tmg_key *key;
	tmg_authority *authority;	/* NULL before a step needed it */
	tmg_authority_spec who;		/* credentials, borrowed */
	const char *challenge;		/* borrowed; never journalled */
	bool linked_here;		/* the request was made over our connection */
	char link[TMG_LINK_MAX + 1];	/* of the connection that stands; "" none */
	bool any_type;			/* nobody chose the new key's type */
	bool any_slot;			/* nor its slot */
	bool any_subject;		/* a person agreed to what was issued */
	bool loses;			/* what the slot holds will be overwritten */
	bool destroys;			/* and may be so before the authority decides */
	unsigned long traces;		/* of enrollments on this token, last we looked */
	tmg_journal j;
	tmg_lock lock;
	tmg_provision_record about;
	tmg_fault fault;
};

/* ---- work.c: what more than one step needs ----------------------------- */

/* Empty, for tmg_provision_free(). */
TMG_MUST_USE tmg_rc
tmg_work_new(tmg_ctx *ctx, tmg_tokens *tokens, tmg_provision **p);

/* Finds the token. */
TMG_MUST_USE tmg_rc
tmg_work_card(tmg_provision *p);

/* Finds the token and the slot, and tells the key its public half. */
TMG_MUST_USE tmg_rc
tmg_work_token(tmg_provision *p);

/* The slot that the new key is made in: the one asked for, or where it waits
 * until it may replace what is there. */
const char *
tmg_work_made_in(const tmg_provision *p);

/* When the new key will want its PIN: as asked for, or as its slot does. */
tmg_pin_policy
tmg_work_pin(const tmg_provision *p);

/* Opens the authority, with the renewed key as our identity. */
TMG_MUST_USE tmg_rc
tmg_work_authority(tmg_provision *p);

/* The two logins an enrollment needs; asks nobody who is in already. */
TMG_MUST_USE tmg_rc
tmg_work_login_user(tmg_provision *p);
TMG_MUST_USE tmg_rc
tmg_work_login_admin(tmg_provision *p);

/* Writes the journal, with the time. */
TMG_MUST_USE tmg_rc
tmg_work_save(tmg_provision *p);
/* The same for a step that is done. */
TMG_MUST_USE tmg_rc
tmg_work_reached(tmg_provision *p, tmg_step step);

/* What the token or the authority said of rc, taken over. */
tmg_rc
tmg_work_token_said(tmg_provision *p, tmg_rc rc);
tmg_rc
tmg_work_authority_said(tmg_provision *p, tmg_rc rc);

/* TMG_MISMATCH: the slot holds another key than the journal's. */
tmg_rc
tmg_work_another_key(tmg_provision *p);

/* A same-key renewal writes over the certificate it renews; nothing else is
 * written over unless --replace was said. */
bool
tmg_work_may_overwrite(const tmg_provision *p, tmg_view there);

/* Opens the connection that the request will be linked to: p->link. */
TMG_MUST_USE tmg_rc
tmg_work_link(tmg_provision *p);

/* The request that the journal asks for, borrowed from it. */
tmg_csr_spec
tmg_work_csr_spec(const tmg_provision *p);

/* SHA-256, lower-case hexadecimal. */
TMG_MUST_USE tmg_rc
tmg_work_sha256(tmg_provision *p, tmg_view bytes, char hex[static 65]);

/* The certificate whose SHA-256 a person wrote down, borrowed; empty: none. */
TMG_MUST_USE tmg_rc
tmg_work_named(tmg_provision *p, const tmg_certs *certs, tmg_view *cert);

/* ---- earlier.c --------------------------------------------------------- */

/* Puts an enrollment that asked for the same in the place of p, if it is open
 * or what it brought is still there.
 * Verdicts  TMG_NOT_FOUND  it was not asked before
 *           TMG_OCCUPIED   another one is open, of the same slot or, where
 *                          nobody chose one, that renews the same
 *           TMG_BUSY       another process works on it */
TMG_MUST_USE tmg_rc
tmg_earlier(tmg_provision *p);
/* Puts the enrollment of that id in the place of p. */
TMG_MUST_USE tmg_rc
tmg_earlier_take_up(tmg_provision *p, const char *id);
/* Whether an open enrollment is what left the slot without a key or a certificate.
 * Verdicts  TMG_OCCUPIED   its id stands in the words
 *           TMG_NOT_FOUND  none is */
TMG_MUST_USE tmg_rc
tmg_earlier_half_done(tmg_provision *p, const char *slot);
/* Whether the slot is free of other open enrollments' plans: of the key that one
 * will make there, or put aside there.
 * Verdicts  TMG_OCCUPIED */
TMG_MUST_USE tmg_rc
tmg_earlier_claims(tmg_provision *p, const char *slot);
/* Sets p->traces, which is another number when somebody worked on the token. */
TMG_MUST_USE tmg_rc
tmg_earlier_traces(tmg_provision *p);

/* ---- preflight.c ------------------------------------------------------- */

/* A token that makes no keys is none to look for a place on.  Verdicts
 * TMG_UNSUPPORTED. */
TMG_MUST_USE tmg_rc
tmg_preflight_makes_keys(tmg_provision *p);

/* Everything that can be checked before anything is changed. csr: the request
 * rehearsed with a throw-away key. */
TMG_MUST_USE tmg_rc
tmg_preflight(tmg_provision *p, tmg_out *csr);
/* The slot is free, or may be overwritten, or has the key that is to stay. */
TMG_MUST_USE tmg_rc
tmg_preflight_slot(tmg_provision *p);

/* Before a key is lost: does the authority take our credentials?  A renewal's
 * are a signature of the token, so it is asked after the login. */
TMG_MUST_USE tmg_rc
tmg_preflight_admits(tmg_provision *p);

/* ---- rehearse.c -------------------------------------------------------- */

/* Makes the request with a software key of the same kind. */
TMG_MUST_USE tmg_rc
tmg_rehearse(tmg_provision *p, tmg_out *csr);

/* ---- renew.c ----------------------------------------------------------- */

/* Fills in what a renewal takes from the certificate it renews, and from the
 * enrollment that brought it. */
TMG_MUST_USE tmg_rc
tmg_renew_describe(tmg_provision *p, const tmg_provision_spec *spec);
/* A free place for the new key, when nobody chose. */
TMG_MUST_USE tmg_rc
tmg_renew_place(tmg_provision *p);

/* The first free retired slot's name, where the card makes keys in them.
 * Verdicts TMG_OCCUPIED. */
TMG_MUST_USE tmg_rc
tmg_renew_spare(tmg_provision *p, const tmg_slot *old,
    char name[static TMG_SLOT_NAME]);

/* ---- vacant.c ---------------------------------------------------------- */

/* The key's place is named, if it holds nothing and no other enrollment needs it.
 * Verdicts TMG_OCCUPIED. */
TMG_MUST_USE tmg_rc
tmg_vacant_take(tmg_provision *p, tmg_key *key, char name[static TMG_SLOT_NAME]);

/* The i-th of the retired slots in which the token makes keys, empty or not; NULL where
 * it has not that one.  False: there are no more. */
bool
tmg_vacant_retired(tmg_provision *p, size_t i, tmg_key **key);

#define TMG_VACANT_NAMES 64
/* The names of free slots, retired ones last, as far as text has room for them; ""
 * none. */
void
tmg_vacant_names(tmg_provision *p, char text[static TMG_VACANT_NAMES]);

/* The journal's slot is the first vacant one for logging in. */
TMG_MUST_USE tmg_rc
tmg_vacant_place(tmg_provision *p);

/* ---- step-swap.c ------------------------------------------------------- */

/* The renewed key's place becomes the new key's, if that was wanted and the
 * token can; else nothing happens. */
TMG_MUST_USE tmg_rc
tmg_swap(tmg_provision *p);
/* Whether keys may be on their way: the journal's slot may be empty. */
bool
tmg_swap_begun(const tmg_provision *p);

/* ---- step-replace.c ---------------------------------------------------- */

/* Where something is about to be lost: whether the token can keep it until the new
 * key is proven, or need not.
 * Verdicts  TMG_OCCUPIED  neither; the words name what would be lost */
TMG_MUST_USE tmg_rc
tmg_replace_check(tmg_provision *p);
/* Finds a slot for the new key to wait in, if the token moves keys and has one; else
 * it is made in its place.  Verdicts as above. */
TMG_MUST_USE tmg_rc
tmg_replace_choose(tmg_provision *p);
/* The key that waited gets its place, and what was there is destroyed. */
TMG_MUST_USE tmg_rc
tmg_replace(tmg_provision *p);

/* ---- check.c ----------------------------------------------------------- */

/* Whether what was issued is what was asked for; on TMG_OK it is in the
 * journal, with its chain. */
TMG_MUST_USE tmg_rc
tmg_check_issued(tmg_provision *p, const tmg_certs *issued);

/* ---- steps.c ----------------------------------------------------------- */

TMG_MUST_USE tmg_rc
tmg_step_key(tmg_provision *p);
TMG_MUST_USE tmg_rc
tmg_step_request(tmg_provision *p);
TMG_MUST_USE tmg_rc
tmg_step_submit(tmg_provision *p);
TMG_MUST_USE tmg_rc
tmg_step_install(tmg_provision *p);
TMG_MUST_USE tmg_rc
tmg_step_prove(tmg_provision *p);

#endif
