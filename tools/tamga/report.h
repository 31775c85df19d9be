/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a report about a card consists of.  A report is sent to strangers: no part
 * of it holds a serial number, a label, a name, a certificate, a key or a PIN.
 * Its words are for those who mend tamga and are not translated.
 */
#ifndef TAMGA_CLI_REPORT_H
#define TAMGA_CLI_REPORT_H

#include "tools/tamga/cli.h"

#define REPORT_SHAPE_MAX 1024	/* bytes of a shape, final zero included */

/* "6F{84=A000000308 50[12]}": the tags and lengths of BER-TLV data, and of the
 * values the first bytes where the tag cannot hold what is a person's.  What is
 * no TLV is "[N bytes]", and what does not fit is left out. */
void
report_shape(tmg_view bytes, char text[static REPORT_SHAPE_MAX]);

/* A reader's name without what pcscd puts in parentheses, a serial number, and
 * without the path of a virtual card. */
void
report_reader(const char *name, char text[static TMG_READER_NAME]);

/* What went wrong is what a report is read for: a person is told why, and it goes
 * on, TMG_OK.  Not without memory, and not when it was cancelled. */
TMG_MUST_USE tmg_rc
report_failed(struct cli *cli, tmg_rc rc, const tmg_fault *why);

/* What the card answers to the names of well-known applications and files, up to
 * where it answers no more.  It ends as nobody's: whoever speaks next selects
 * anew. */
TMG_MUST_USE tmg_rc
report_answers(struct cli *cli, tmg_card *card, json_t *answers);

/* The row in the place of an answer that could not be had. */
void
report_unanswered(const char *what, tmg_rc rc, json_t *answers);

/* What the drivers make of the card in that reader. */
TMG_MUST_USE tmg_rc
report_tokens(struct cli *cli, const char *reader, json_t *tokens);

/* Every command that is sent from here on, and of the answers the lengths and
 * status words.  The transcript outlives what is written down. */
struct report_transcript {
	struct cli *cli;
	json_t *lines;		/* borrowed */
	size_t count;		/* bytes of an answer that goes on over lines */
	char status[5];		/* its last two bytes; empty: no answer is open */
};
void
report_transcribe(struct report_transcript *t, struct cli *cli, json_t *lines);
void
report_transcribed(struct report_transcript *t);

/* The document of all that as a page. */
TMG_MUST_USE tmg_rc
report_page(const json_t *report, FILE *to);

#endif
