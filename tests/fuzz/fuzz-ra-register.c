/* SPDX-License-Identifier: BSD-2-Clause */
/* What a register answers over HTTP: whoever sits there, or in between. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/desk/register-answer.h"
#include "tools/ra/profile/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const ra_words members = { 3, {
	"last=name.last", "deep=a.b.c.d.e.f.g.h", "deeper=a.b.c.d.e.f.g.h.i",
} };
static const ra_words wanted = { 5, {
	"last", "first", "born", "deep", "deeper",
} };

static bool
is_utf8(const char *text)
{
	size_t len = 1;

	for (; *text != '\0' && len > 0; text += len)
		len = ra_utf8_length(text);
	return len > 0;
}

/* Every field that was asked for is there, and is text; what may be shown of it
 * desk/register.c says. */
static void
check_known(const ra_answers *known)
{
	if (known->count != wanted.count)
		abort();
	for (size_t i = 0; i < known->count; i++)
		if (!ra_words_have(&wanted, known->row[i].name) ||
		    strlen(known->row[i].value) >= RA_ANSWER_TEXT ||
		    !is_utf8(known->row[i].value))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_auto(ra_answers) known = { 0 };
	tmg_fault f = { .rc = TMG_OK };
	const tmg_rc rc = ra_register_answer(&members, &wanted,
	    (tmg_view){ data, size }, &known, &f);

	if (rc == TMG_OK)
		check_known(&known);
	else if (f.text[0] == '\0')
		abort();
	return 0;
}
