/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An application on a card, spoken to: selected when it is not, and again when
 * another program selected something else meanwhile.  A driver says what its
 * application is; the walk is the same for all.
 */
#ifndef TMG_DRIVER_APPLICATION_H
#define TMG_DRIVER_APPLICATION_H

#include "src/driver/selected.h"
#include "tamga/driver.h"

/* What the application of a driver is.  No row is NULL. */
typedef struct tmg_application_kind {
	tmg_view aid;		/* as SELECT has it: ISO/IEC 7816-4:2005 8.2.1.2 */
	const char *name;	/* "PIV"; stands in messages, never translated */

	/* What SELECT answered.  TMG_NOT_FOUND: no such application. */
	tmg_rc (*selected)(tmg_backend *b, uint16_t sw, tmg_view answer);
	/* Nobody is logged in any more, and what was read is old. */
	void (*forget)(tmg_backend *b);
	/* What was refused was refused by another application. */
	void (*unlearn)(tmg_backend *b);
	/* Must no other application on the card be handed this? */
	bool (*bears_secret)(const tmg_capdu *c);
	/* Is this an answer that the application never gives? */
	bool (*is_foreign)(const tmg_capdu *c, uint16_t sw);
} tmg_application_kind;

/* Embedded in a driver's backend. */
typedef struct tmg_application {
	const tmg_application_kind *kind;
	tmg_backend *b;			/* that it is embedded in */
	const char *who;		/* for messages: token and reader */
	tmg_selected selected;
} tmg_application;

/* Forgets, and selects.  Verdicts TMG_NOT_FOUND, raised; those of selected(). */
TMG_MUST_USE tmg_rc
tmg_application_select(tmg_application *a);

/*
 * Selects if need be and sends.  A command with a secret in it is sent only when
 * it is certain that our application is the one selected.  When another program
 * selected something else meanwhile the application is selected again and the
 * command repeated once, but never VERIFY.
 *
 *   data    out   the answer; NULL: none is wanted
 *
 * Verdicts  TMG_LOGIN, raised: a PIN went to another application; those of
 *           tmg_channel_ops.exchange
 * Faults    TMG_E_CARD: the application is gone
 */
TMG_MUST_USE tmg_rc
tmg_application_send(tmg_application *a, const tmg_capdu *c, tmg_out *data,
    uint16_t *sw);

/* The same for a command whose PIN a person types on the reader's keypad.  It is
 * never repeated.  Verdicts too those of tmg_channel_ops.enter. */
TMG_MUST_USE tmg_rc
tmg_application_send_typed(tmg_application *a, const tmg_capdu *c,
    const tmg_pad_form *form, uint16_t *sw);

/* Forgets, and the next command selects first. */
void
tmg_application_doubt(tmg_application *a);

#endif
