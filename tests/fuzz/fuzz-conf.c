/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever stands in a configuration file: settings, or words that say why not. */
#include <stdlib.h>
#include <string.h>

#include "tools/tamga/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets a string that the end of the file cuts off. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	tmg_fault f = { .rc = TMG_OK };
	struct conf conf;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	conf_begin(&conf);
	if (conf_parse(&conf, "fuzz", text, &f) != TMG_OK && f.text[0] == '\0')
		abort();
	free(text);
	return 0;
}
