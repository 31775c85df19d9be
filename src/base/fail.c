/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

tmg_rc
tmg_fault_pass(tmg_fault *f, tmg_rc rc, const char *func, int line)
{
	if (f != NULL && tmg_is_fault(rc) && f->depth < TMG_TRAIL) {
		f->trail[f->depth].func = func;
		f->trail[f->depth].line = line;
		f->depth++;
	}
	return rc;
}

tmg_rc
tmg_fault_raise(tmg_fault *f, tmg_rc rc, uint16_t sw,
    const char *func, int line, const char *fmt, ...)
{
	char text[TMG_FAULT_TEXT];
	va_list ap;

	if (f == NULL)
		return rc;

	/* The arguments may point into the very record that is replaced. */
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*f = (tmg_fault){ .rc = rc, .sw = sw };
	memcpy(f->text, text, sizeof(text));
	return tmg_fault_pass(f, rc, func, line);
}

tmg_rc
tmg_advise(tmg_fault *f, unsigned remedies, tmg_rc rc)
{
	if (f != NULL && f->rc == rc)
		f->remedies = remedies;
	return rc;
}

tmg_rc
tmg_fault_copy(tmg_fault *f, const tmg_fault *from, tmg_rc rc)
{
	if (f == NULL || f == from)
		return rc;
	/* Words about something else would be worse than none. */
	*f = from->rc == rc ? *from : (tmg_fault){ .rc = rc };
	return rc;
}

static const struct {
	tmg_rc rc;
	const char *name;
} names[] = {
#define ROW(rc) { rc, #rc }
	ROW(TMG_OK), ROW(TMG_NOT_FOUND), ROW(TMG_PIN_WRONG), ROW(TMG_PIN_LOCKED),
	ROW(TMG_UNSUPPORTED), ROW(TMG_PENDING), ROW(TMG_LOGIN), ROW(TMG_OCCUPIED),
	ROW(TMG_REMOVED), ROW(TMG_RESET), ROW(TMG_BUSY), ROW(TMG_DENIED),
	ROW(TMG_CANCELLED), ROW(TMG_AMBIGUOUS), ROW(TMG_MISMATCH),
	ROW(TMG_LAST_TRY), ROW(TMG_E_NOMEM), ROW(TMG_E_IO), ROW(TMG_E_MALFORMED),
	ROW(TMG_E_SPACE), ROW(TMG_E_CARD), ROW(TMG_E_USAGE), ROW(TMG_E_CRYPTO),
#undef ROW
};

const char *
tmg_rc_name(tmg_rc rc)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].rc == rc)
			return names[i].name;
	return "TMG_?";
}
