/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scripted card for unit tests: it plays a table of commands and answers
 * and fails the running cmocka test at the first deviation.
 *
 *	static const tmg_script_row rows[] = {
 *		{ "00A40400 A000000308", "61 02 4F 00 9000", NULL },
 *		{ "00870100 *", NULL, answer_challenge },
 *		{ "00CB3FFF 5C035FC105", "removed", NULL },
 *		{ 0 },
 *	};
 *	tmg_script s;
 *
 *	tmg_script_init(&s, ctx, rows);
 *	... drive tmg_script_channel(&s), or open tmg_script_hub(&s) ...
 *	tmg_script_done(&s);
 *
 * As a channel the commands are logical: header and data, without Lc and Le,
 * and the answers come whole.  As a hub (reader "script") below a tmg_card
 * they are the bytes on the wire, every GET RESPONSE a row of its own.
 *
 * A command with a PIN from the keypad has its form in front of its data (of
 * the bytes on the wire): 504144 ("PAD"), change, block, old_at, new_at, min,
 * max, one byte each.
 */
#ifndef TMG_TESTS_SCRIPT_H
#define TMG_TESTS_SCRIPT_H

#include "tamga/card.h"

#define TMG_SCRIPT_READER "script"

typedef struct tmg_script tmg_script;

/* Computes an answer, status word included; arg is tmg_script.arg.  The
 * command is what the row's text is compared with. */
typedef void tmg_script_fn(void *arg, tmg_view command, tmg_out *response);

typedef struct tmg_script_row {
	/* Hexadecimal; a final "*" matches any rest.  NULL ends the table.
	 * "reset" expects a warm reset of the link. */
	const char *command;
	/* Hexadecimal with the status word; "removed", "reset" or "io" for the
	 * result of that name, "unheard" for a reset before the command;
	 * "cancelled", "denied" or "unsupported" by the keypad */
	const char *response;
	tmg_script_fn *answer;	/* instead of response */
} tmg_script_row;

struct tmg_script {
	tmg_channel channel;
	tmg_link link;
	tmg_hub hub;
	const tmg_script_row *rows;
	size_t at;		/* the row that is due */
	void *arg;		/* for answer */
	unsigned turns;		/* held now */
	unsigned turns_taken;	/* in all */
	tmg_rc next_begin;	/* what the link's next begin says, once */
	unsigned links;		/* open now */
	bool closed_with_reset;
};

/* T=1 and the bare ATR 3B 80 80 01 01 of a card without extended length;
 * change link.* or channel.* afterwards as the test needs it. */
void tmg_script_init(tmg_script *s, tmg_ctx *ctx, const tmg_script_row *rows);

tmg_channel *tmg_script_channel(tmg_script *s);
tmg_hub *tmg_script_hub(tmg_script *s);

/* Fails when a row was not played or a turn is still held. */
void tmg_script_done(tmg_script *s);

#endif
