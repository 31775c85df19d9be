/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of one enrollment, and how it is written down.
 *
 * The journal holds all that is needed to finish in another process, weeks
 * later: never a PIN, a password or a private key.  A challengePassword is
 * inside the request that carries it and nowhere else.
 */
#ifndef TMG_PROVISION_JOURNAL_H
#define TMG_PROVISION_JOURNAL_H

#include "src/provision/field.h"
#include "tamga/provision.h"

#define TMG_JOURNAL_VERSION 1
#define TMG_JOURNAL_MAX (1u << 20)	/* bytes of a journal that is believed */
#define TMG_JOURNAL_LIST TMG_FIELD_LIST

typedef struct tmg_journal {
	char id[TMG_PROVISION_ID];
	int step;			/* tmg_step */
	long long begun, changed;
	char error[TMG_FAULT_TEXT];	/* why it stopped last, for people */

	/* where: the token and the slot */
	char token[TMG_URI_MAX], label[TMG_LABEL_MAX], slot[TMG_SLOT_NAME];

	/* what was asked for */
	char alg[16];			/* tmg_alg_row.name */
	int pin, touch;			/* tmg_pin_policy, tmg_touch_policy */
	bool replace, keep_key, attest, pss, challenged;
	int hash;			/* tmg_hash */
	char *subject, *template_name;
	tmg_strings san, key_usage, ext_key_usage, policies;

	/* whom: the authority and whom to believe */
	char authority[TMG_URI_MAX];
	char fingerprint[128];
	bool insecure_http;
	tmg_strings options;		/* of the authority's protocol */
	tmg_certs *anchors;

	/* the renewal: who authenticates us, and its certificate then */
	char renews[TMG_URI_MAX];
	tmg_blob renewed;

	/* the renewal's end: keys that change places, "" none has begun to */
	bool swap;			/* they are to, where the token can */
	char place[TMG_SLOT_NAME];	/* where the renewed key was */
	char aside[TMG_SLOT_NAME];	/* where it goes; "slot" is the new one's */

	/* a replacement's: what "slot" holds stays until the new key is proven */
	char made[TMG_SLOT_NAME];	/* where that was made and waits, "" in "slot" */
	bool moving;			/* and it may be on its way */

	/* what was done */
	bool generating;		/* intent: we are about to fill the slot */
	char before[65];		/* SHA-256 of the key we then replace */
	tmg_blob spki;			/* of the key made */
	tmg_blob wants;			/* CsrAttrs as they were */
	bool linked;			/* the request, to the connection it went over */
	tmg_blob csr;			/* posted again byte for byte */
	bool posted;			/* the authority may have it: no answer came */
	char note[TMG_FAULT_TEXT];	/* of what was issued */
	char ticket[256];
	long long retry_after;		/* seconds, -1 none */
	tmg_blob cert;
	tmg_certs *chain;
} tmg_journal;

void
tmg_journal_wipe(tmg_journal *j);
static inline void
tmg_journal_release(tmg_journal *j)
{
	tmg_journal_wipe(j);
}

/*
 * Reads a journal's text; j is wiped and filled.  Everything is checked:
 * types, lengths, names, and that what the step promises is there and fits
 * together.
 *
 * Verdicts  TMG_UNSUPPORTED  of a later version
 * Faults    TMG_E_MALFORMED; f says what
 */
TMG_MUST_USE tmg_rc
tmg_journal_parse(tmg_view text, tmg_journal *j, tmg_fault *f);

/* Its text, yours to free(). */
TMG_MUST_USE tmg_rc
tmg_journal_print(const tmg_journal *j, char **text);

/* Whether both ask for the same certificate from the same authority. */
bool
tmg_journal_same(const tmg_journal *a, const tmg_journal *b);

const char *
tmg_journal_step_name(tmg_step step);

#endif
