/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/language.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define TENTHS 10	/* the first language weighs 1, each further a tenth less */

/* "kk_KZ.UTF-8@x": two or three letters, and what goes on is no name. */
static size_t
code_length(const char *name)
{
	const size_t len = strspn(name, LETTERS);

	return (len == 2 || len == 3) && strchr("_.@:", name[len]) != NULL ? len : 0;
}

void
language_list(const char *list, char text[LANGUAGE_MAX])
{
	int at = 0, weight = TENTHS;

	text[0] = '\0';
	while (*list != '\0' && weight > 0 && at + 16 < LANGUAGE_MAX) {
		const int len = (int)code_length(list);

		if (len > 0 && weight == TENTHS)
			at += sprintf(text + at, "%.*s", len, list);
		else if (len > 0)
			at += sprintf(text + at, ", %.*s;q=0.%d", len, list, weight);
		weight -= len > 0 ? 1 : 0;
		list += strcspn(list, ":");
		list += strspn(list, ":");
	}
}

void
language_accept(char text[LANGUAGE_MAX])
{
	const char *locale = setlocale(LC_MESSAGES, NULL);
	const char *list = getenv("LANGUAGE");

	text[0] = '\0';
	if (locale == NULL || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
		return;
	language_list(list != NULL && list[0] != '\0' ? list : locale, text);
}
