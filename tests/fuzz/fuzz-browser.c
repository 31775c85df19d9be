/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever stands in a file that names modules, or in profiles.ini: what is
 * entered is found there, what is taken out is gone, the others stay.
 */
#include <stdlib.h>

#include "src/base/scope.h"
#include "tools/tamga/browser.h"

#define MODULE "/usr/lib/pkcs11/tamga-pkcs11.so"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef tmg_rc (*verb)(tmg_view text, const char *module, FILE *to);

static tmg_view
become(verb verb, tmg_view text, char **data)
{
	size_t len = 0;
	FILE *to = open_memstream(data, &len);

	if (to == NULL || verb(text, MODULE, to) != TMG_OK || fclose(to) != 0)
		abort();
	return (tmg_view){ (uint8_t *)*data, len };
}

static void
change(const struct module_file *kind, tmg_view text)
{
	tmg_auto_free char *a = NULL, *b = NULL, *c = NULL;
	char other[PATH_MAX];

	if (kind->look(text, MODULE, other) == STANDING_UNCLEAR)
		return;
	const tmg_view without = become(kind->drop, text, &a);
	const tmg_view with = become(kind->add, without, &b);

	if (kind->look(without, MODULE, other) != STANDING_NONE ||
	    kind->look(with, MODULE, other) != STANDING_OURS)
		abort();
	/* Out again: at most an end was given to what had none. */
	const tmg_view again = become(kind->drop, with, &c);

	if (!kind->same(without, again) && again.len > without.len + 2)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const tmg_view text = { data, size };
	tmg_view rest = text;
	struct profile p;

	while (profile_next(&rest, &p))
		if (p.path.len > size || p.name.len > size)
			abort();
	change(&nss_file, text);
	change(&policy_file, text);
	change(&p11kit_file, text);
	return 0;
}
