/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kind of register does.
 */
#ifndef RA_REGISTER_KIND_H
#define RA_REGISTER_KIND_H

#include "tamga/ctx.h"
#include "tools/ra/desk/conf.h"
#include "tools/ra/form/answers.h"

/* Borrowed for the call. */
typedef struct ra_register_question {
	tmg_ctx *ctx;
	const ra_config *config;
	const ra_register *of;
	const char *path;	/* of->path, found; or where its database is */
	const char *column;	/* what the number is called */
	const char *number;	/* well formed */
	const ra_words *wanted;	/* what it is to tell */
} ra_register_question;

/*
 *   word    as ra.conf calls it
 *   check   what is wrong with its settings, NULL nothing
 *   ask     fills known, whatever it knows of wanted among it.
 *           Verdicts TMG_NOT_FOUND; anything else but TMG_OK: it did not
 *           answer, or not as it should, and f says why
 */
typedef struct ra_register_kind {
	const char *word;
	const char *(*check)(const ra_register *r);
	tmg_rc (*ask)(const ra_register_question *q, ra_answers *known,
	    tmg_fault *f);
} ra_register_kind;

/* Whether word names a kind: "csv", "sql", "http". */
bool
ra_register_known(const char *word);

/* What is wrong with settings of a kind that is known; NULL nothing. */
const char *
ra_register_check(const ra_register *r);

extern const ra_register_kind ra_register_csv;
extern const ra_register_kind ra_register_sql;
extern const ra_register_kind ra_register_http;

#endif
