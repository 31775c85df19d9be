/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The languages that applicants are spoken to in.
 */
#ifndef RA_LANGUAGE_H
#define RA_LANGUAGE_H

#include <locale.h>
#include <stddef.h>

#include "tamga/err.h"

typedef struct ra_language {
	const char *code;	/* BCP 47; also the lang attribute */
	const char *name;	/* as its speakers write it */
	const char *domain;	/* its catalogue; NULL: the texts are in it already */
} ra_language;

extern const ra_language ra_languages[];
extern const size_t ra_language_count;

/* NULL: a language that no page is in. */
const ra_language *
ra_language_find(const char *code);

/* The one an Accept-Language (RFC 9110 12.5.4) likes best; English where it
 * likes none of ours. */
const ra_language *
ra_language_choose(const char *accept);

/* Where the catalogues are: FOLDER/C/LC_MESSAGES/DOMAIN.mo.  Each language is a
 * domain of its own in the locale C.UTF-8, which every system has; none of the
 * languages' own locales is needed.  Once, before there are threads. */
void ra_languages_bind(const char *folder);

/* Messages of this thread are in that language until released. */
typedef struct ra_speech {
	locale_t mine, before;
	const char *first;
	const ra_language *spoken;	/* before */
} ra_speech;

/* language NULL: the process's own. */
void ra_speech_begin(ra_speech *speech, const ra_language *language);
void ra_speech_release(ra_speech *speech);

/* The one that this thread was told to speak; NULL: the process's own. */
const ra_language *
ra_language_spoken(void);

#endif
