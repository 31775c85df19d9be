/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles and ra.conf: the text an administrator writes. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/desk/conf.h"
#include "tools/ra/profile/csrattrs.h"
#include "tools/ra/profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 loses buffers of its own when a text ends in mid-string. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_auto_free char *text = malloc(size + 1);
	uint8_t store[RA_CSRATTRS_MAX];
	tmg_out der = TMG_OUT(store);
	tmg_fault f = { .rc = TMG_OK };
	static ra_profile profile;
	ra_config config;

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	/* @include would read other files. */
	if (strchr(text, '@') != NULL)
		return 0;

	if (ra_profile_parse("fuzz", text, &profile, &f) == TMG_OK) {
		if (ra_csrattrs_make(&profile, &der) != TMG_OK)
			abort();
	} else if (f.text[0] == '\0') {
		abort();
	}
	f = (tmg_fault){ .rc = TMG_OK };
	if (ra_config_parse("fuzz", text, &config, &f) != TMG_OK &&
	    f.text[0] == '\0')
		abort();
	return 0;
}
