/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/language.h"

#include <libintl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"

const ra_language ra_languages[] = {
	{ "en", "English", NULL },
	{ "bg", "Български", "tamga-ra-bg" },
	{ "kk", "Қазақша", "tamga-ra-kk" },
	{ "ru", "Русский", "tamga-ra-ru" },
	{ "az", "Azərbaycanca", "tamga-ra-az" },
};
const size_t ra_language_count = TMG_COUNT(ra_languages);

/* As with uselocale() and tmg_text_first(): a thread's own. */
static _Thread_local const ra_language *spoken;

static const ra_language *
find(const char *code, size_t len)
{
	for (size_t i = 0; i < ra_language_count; i++)
		if (strlen(ra_languages[i].code) == len &&
		    strncasecmp(ra_languages[i].code, code, len) == 0)
			return &ra_languages[i];
	return NULL;
}

const ra_language *
ra_language_find(const char *code)
{
	return find(code, strlen(code));
}

/* "; q=0.8" in thousandths; 1000 where nothing is said. */
static int
weight_of(const char *range, size_t len)
{
	const char *q = memmem(range, len, "q=", 2);
	double weight;

	if (q == NULL)
		return 1000;
	weight = strtod(q + 2, NULL);
	return weight > 0 && weight <= 1 ? (int)(weight * 1000) : 0;
}

const ra_language *
ra_language_choose(const char *accept)
{
	const ra_language *best = &ra_languages[0];
	int most = 0;

	while (*accept != '\0') {
		const size_t len = strcspn(accept, ",");
		const size_t skip = strspn(accept, " \t");
		const size_t code = strcspn(accept + skip, "-;, \t");
		const ra_language *l = find(accept + skip, code);
		const int weight = l != NULL ? weight_of(accept, len) : 0;

		if (weight > most) {
			most = weight;
			best = l;
		}
		accept += len;
		accept += strspn(accept, ",");
	}
	return best;
}

void
ra_languages_bind(const char *folder)
{
	unsetenv("LANGUAGE");	/* it would be asked before the domain */
	for (size_t i = 0; i < ra_language_count; i++) {
		if (ra_languages[i].domain == NULL)
			continue;
		bindtextdomain(ra_languages[i].domain, folder);
		bind_textdomain_codeset(ra_languages[i].domain, "UTF-8");
	}
}

void
ra_speech_begin(ra_speech *speech, const ra_language *language)
{
	*speech = (ra_speech){ .mine = (locale_t)0 };
	if (language == NULL)
		return;
	speech->mine = newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	if (speech->mine == (locale_t)0)
		return;
	speech->before = uselocale(speech->mine);
	speech->first = tmg_text_first(language->domain);
	speech->spoken = spoken;
	spoken = language;
}

void
ra_speech_release(ra_speech *speech)
{
	if (speech->mine == (locale_t)0)
		return;
	spoken = speech->spoken;
	(void)tmg_text_first(speech->first);
	uselocale(speech->before);
	freelocale(speech->mine);
	speech->mine = (locale_t)0;
}

const ra_language *
ra_language_spoken(void)
{
	return spoken;
}
