/* SPDX-License-Identifier: BSD-2-Clause */
/* A journal is a file that anybody who is us may have written. */
#include <stdlib.h>
#include <string.h>

#include "src/provision/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_journal j = { .retry_after = -1 }, again = { .retry_after = -1 };
	tmg_fault f = { .rc = TMG_OK };
	char *text = NULL;

	if (tmg_journal_parse((tmg_view){ data, size }, &j, &f) == TMG_OK) {
		/* what was believed once is believed again */
		if (tmg_journal_print(&j, &text) != TMG_OK ||
		    tmg_journal_parse(tmg_view_str(text), &again, &f) != TMG_OK ||
		    !tmg_journal_same(&j, &again))
			abort();
		free(text);
	}
	tmg_journal_wipe(&j);
	tmg_journal_wipe(&again);
	return 0;
}
