/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration text read by a table of what may stand in it.
 */
#ifndef RA_SETTINGS_H
#define RA_SETTINGS_H

#include <stddef.h>

#include "tamga/err.h"

#define RA_TEXT_MAX 256		/* bytes of one text, final zero included */
#define RA_WORD_MAX 64
#define RA_WORDS_MAX 24

typedef struct ra_words {
	size_t count;
	char word[RA_WORDS_MAX][RA_WORD_MAX];
} ra_words;

bool ra_words_have(const ra_words *words, const char *word);

typedef enum ra_kind {
	RA_KIND_TEXT,		/* char[RA_TEXT_MAX] */
	RA_KIND_NUMBER,		/* int */
	RA_KIND_FLAG,		/* bool */
	RA_KIND_WORDS,		/* ra_words, from an array of strings */
} ra_kind;

/* NULL when the word is good, else what would be: "automatic or officer". */
typedef const char *ra_check(const char *word);

ra_check ra_any_word;

typedef struct ra_setting {
	const char *path;	/* "subject.required" */
	ra_kind kind;
	size_t offset;		/* in the structure that is filled */
	bool required;
	int min, max;		/* RA_KIND_NUMBER */
	ra_check *check;	/* each text or word; ra_any_word when all are good */
} ra_setting;

/*
 * Reads text (libconfig's syntax) into *into, whose defaults stand there
 * already.  name is what messages call the text.
 *
 * Verdicts  TMG_MISMATCH  f says name:line and what is wrong there
 */
TMG_MUST_USE tmg_rc
ra_settings_read(const char *name, const char *text, const ra_setting *rows,
    size_t count, void *into, tmg_fault *f);

#endif
