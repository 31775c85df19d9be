/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration text read by a table of what may stand in it.
 */
#ifndef RA_SETTINGS_H
#define RA_SETTINGS_H

#include <stddef.h>

#include "tamga/err.h"

#define RA_TEXT_MAX 256		/* bytes of one text, final zero included */
#define RA_PROSE_MAX 1024	/* and of one that people read at length */
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
	RA_KIND_PROSE,		/* char[RA_PROSE_MAX] */
	RA_KIND_LIST,		/* an array of structures, from a list of groups */
} ra_kind;

/* Whether people read it, so that it is translated for them. */
typedef enum ra_reading {
	RA_READING_NONE,	/* a name or a rule */
	RA_READING_TEXT,	/* each text or word */
	RA_READING_PROSE,	/* a file of that name, in paragraphs */
	RA_READING_FORM,	/* the same, line by line */
} ra_reading;

/* NULL when the word is good, else what would be: "automatic or officer". */
typedef const char *ra_check(const char *word);

ra_check ra_any_word;

struct ra_setting;

/* What stands in each group of a list, and where the groups go. */
typedef struct ra_list {
	const struct ra_setting *rows;	/* offsets in one structure */
	size_t count;
	size_t size;		/* bytes of one structure */
	size_t cap;		/* structures there is room for */
	size_t counter;		/* offset of the size_t that counts them */
	const void *defaults;	/* a structure */
} ra_list;

typedef struct ra_setting {
	const char *path;	/* "subject.required" */
	ra_kind kind;
	size_t offset;		/* in the structure that is filled */
	bool required;
	int min, max;		/* RA_KIND_NUMBER */
	ra_check *check;	/* each text or word; ra_any_word when all are good */
	const ra_list *list;	/* RA_KIND_LIST */
	ra_reading reading;
} ra_setting;

/* One row of each kind, for tables. */
#define RA_SET_TEXT(path, offset, required, check) \
	{ path, RA_KIND_TEXT, offset, required, 0, 0, check, NULL, RA_READING_NONE }
#define RA_SET_LABEL(path, offset, required) \
	{ path, RA_KIND_TEXT, offset, required, 0, 0, ra_any_word, NULL, \
	RA_READING_TEXT }
#define RA_SET_PROSE(path, offset, required) \
	{ path, RA_KIND_PROSE, offset, required, 0, 0, ra_any_word, NULL, \
	RA_READING_TEXT }
#define RA_SET_FILE(path, offset, check, reading) \
	{ path, RA_KIND_TEXT, offset, false, 0, 0, check, NULL, reading }
#define RA_SET_WORDS(path, offset, required, check) \
	{ path, RA_KIND_WORDS, offset, required, 0, 0, check, NULL, RA_READING_NONE }
#define RA_SET_CHOICES(path, offset) \
	{ path, RA_KIND_WORDS, offset, false, 0, 0, ra_any_word, NULL, \
	RA_READING_TEXT }
#define RA_SET_NUMBER(path, offset, required, min, max) \
	{ path, RA_KIND_NUMBER, offset, required, min, max, ra_any_word, NULL, \
	RA_READING_NONE }
#define RA_SET_FLAG(path, offset) \
	{ path, RA_KIND_FLAG, offset, false, 0, 0, ra_any_word, NULL, \
	RA_READING_NONE }
#define RA_SET_LIST(path, offset, list) \
	{ path, RA_KIND_LIST, offset, false, 0, 0, ra_any_word, list, \
	RA_READING_NONE }

/*
 * Reads text (libconfig's syntax) into *into, whose defaults stand there
 * already.  name is what messages call the text.
 *
 * Verdicts  TMG_MISMATCH  f says name:line and what is wrong there; of an entry
 *           of a list, as "fields[2].kind"
 */
TMG_MUST_USE tmg_rc
ra_settings_read(const char *name, const char *text, const ra_setting *rows,
    size_t count, void *into, tmg_fault *f);

/* The line of text in which the setting at path, or else the nearest group above it,
 * begins; 0: none does. */
unsigned
ra_settings_line(const char *text, const char *path);

/* Whether both structures say the same at row. */
bool
ra_setting_same(const ra_setting *row, const void *one, const void *other);

#endif
