/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/fault.h"

#include <errno.h>
#include <stdlib.h>

#include "src/base/scope.h"

static const struct {
	const char *word;	/* ends in '=' when an argument follows */
	vc_fault_kind kind;
	int base;		/* of the argument; 0: there is none */
} words[] = {
	{ "remove", FAULT_REMOVE, 0 },
	{ "reset", FAULT_RESET, 0 },
	{ "remove-after", FAULT_REMOVE_AFTER, 0 },
	{ "reset-after", FAULT_RESET_AFTER, 0 },
	{ "sw=", FAULT_SW, 16 },
	{ "garbage", FAULT_GARBAGE, 0 },
	{ "truncated", FAULT_TRUNCATED, 0 },
	{ "slow=", FAULT_SLOW, 10 },
	{ "mute", FAULT_MUTE, 0 },
};

static tmg_rc
parse_number(const char *text, int base, unsigned long most, const char **end,
    unsigned long *n)
{
	char *stop;

	errno = 0;
	*n = strtoul(text, &stop, base);
	*end = stop;
	return errno != 0 || stop == text || *text == '-' || *text == '+' || *n > most ?
	    TMG_E_MALFORMED : TMG_OK;
}

static tmg_rc
parse_what(const char *what, vc_fault *f)
{
	for (size_t i = 0; i < TMG_COUNT(words); i++) {
		const size_t len = strlen(words[i].word);
		unsigned long arg;
		const char *end;

		if (words[i].base == 0) {
			if (strcmp(what, words[i].word) != 0)
				continue;
			f->kind = words[i].kind;
			return TMG_OK;
		}
		if (strncmp(what, words[i].word, len) != 0)
			continue;
		if (parse_number(what + len, words[i].base,
		    words[i].base == 16 ? 0xffff : 600000, &end, &arg) || *end != '\0')
			return TMG_E_MALFORMED;
		f->kind = words[i].kind;
		f->arg = (unsigned)arg;
		return TMG_OK;
	}
	return TMG_E_MALFORMED;
}

tmg_rc
vc_fault_add(vc_faults *faults, const char *text, unsigned long base)
{
	vc_fault f = { 0 };
	unsigned long n;
	const char *end;
	tmg_rc rc;

	if (parse_number(text, 10, 1000000000, &end, &n) || n == 0 || *end != ':')
		return TMG_E_MALFORMED;
	if ((rc = parse_what(end + 1, &f)))
		return rc;
	if (faults->count == VC_FAULTS)
		return TMG_E_SPACE;
	f.at = base + n;
	faults->row[faults->count++] = f;
	return TMG_OK;
}

vc_fault
vc_fault_take(vc_faults *faults, unsigned long at)
{
	for (size_t i = 0; i < faults->count; i++) {
		const vc_fault f = faults->row[i];

		if (f.at != at)
			continue;
		faults->row[i] = faults->row[--faults->count];
		return f;
	}
	return (vc_fault){ 0 };
}
