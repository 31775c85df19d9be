/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever stands in a configuration file: settings, or words that say why not. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/tamga/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets a string that the end of the file cuts off. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

/* The module reads the same file and skips what is not its own. */
static void
as_module(const char *text)
{
	tmg_fault f = { .rc = TMG_OK };
	tmg_p11_conf conf;
	tmg_settings table;

	tmg_p11_conf_begin(&conf);
	table = tmg_p11_conf_table(&conf);
	if (tmg_settings_parse(&table, 1, false, "fuzz", text, &f) != TMG_OK &&
	    f.text[0] == '\0')
		abort();
	if (conf.probe_ms <= 0 || conf.only.count > TMG_COUNT(conf.only.text))
		abort();
	(void)tmg_p11_conf_wants(&conf, text);
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
	as_module(text);
	free(text);
	return 0;
}
