/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts in arrays.  Not by printf: what it touches of libc is more than all of
 * ours that a program needs which only lists its slots (doc/performance.md).
 */
#ifndef TMG_BASE_TEXT_H
#define TMG_BASE_TEXT_H

#include <string.h>

/* a and then b, as much as fits into cap bytes, a final zero always. */
static inline void
tmg_text_join(char *text, size_t cap, const char *a, const char *b)
{
	const size_t first = strnlen(a, cap - 1);
	const size_t second = strnlen(b, cap - 1 - first);

	memcpy(text, a, first);
	memcpy(text + first, b, second);
	text[first + second] = '\0';
}

static inline void
tmg_text_copy(char *text, size_t cap, const char *from)
{
	tmg_text_join(text, cap, from, "");
}

#endif
