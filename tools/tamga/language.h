/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What language the person at the terminal reads.
 */
#ifndef TAMGA_CLI_LANGUAGE_H
#define TAMGA_CLI_LANGUAGE_H

#define LANGUAGE_MAX 64

/* As gettext chooses it (LANGUAGE, then the locale of messages), for an
 * Accept-Language (RFC 9110 12.5.4): "kk, ru;q=0.9"; "" in the C locale. */
void
language_accept(char text[LANGUAGE_MAX]);

/* The same of a list as LANGUAGE has it, "kk_KZ:ru". */
void
language_list(const char *list, char text[LANGUAGE_MAX]);

#endif
