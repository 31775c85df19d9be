/* SPDX-License-Identifier: BSD-2-Clause */
/* Catalogues of profiles, and the text files beside them. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/profile/po.h"
#include "tools/ra/profile/prose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
names_after(const char *text)
{
	const char *at = strstr(text, "${");

	return at != NULL ? at : "";
}

/* What was taken is found, in order, and never without what it must have. */
static void
check_rows(const ra_po *po)
{
	for (size_t i = 0; i < po->count; i++) {
		const ra_po_row *row = &po->row[i];

		if (row->text[0] == '\0' || row->said[0] == '\0' ||
		    ra_po_find(po, row->text) != row->said ||
		    (i > 0 && strcmp(po->row[i - 1].text, row->text) >= 0) ||
		    (names_after(row->text)[0] == '\0') !=
		    (names_after(row->said)[0] == '\0'))
			abort();
	}
}

/* A unit is one line without white space around it; all of them end. */
static void
check_units(const char *text, ra_unit unit)
{
	tmg_rc rc = TMG_OK;

	while (rc == TMG_OK) {
		tmg_auto_free char *words = NULL;
		const char *before = text;

		rc = ra_prose_next(&text, unit, &words);
		if (rc == TMG_OK && (text <= before || words[0] == '\0' ||
		    strchr(" \t\r\n", words[0]) != NULL || strchr(words, '\n') != NULL))
			abort();
	}
	if (rc == TMG_NOT_FOUND && *text != '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_auto_free char *text = calloc(size + 1, 1);
	tmg_auto(ra_po) po = { .pool = NULL };
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc;

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	rc = ra_po_parse("fuzz", text, &po, &f);
	if (rc == TMG_OK)
		check_rows(&po);
	else if (rc != TMG_MISMATCH || strncmp(f.text, "fuzz:", 5) != 0 ||
	    po.pool != NULL || po.row != NULL)
		abort();
	check_units(text, RA_UNIT_PARAGRAPH);
	check_units(text, RA_UNIT_LINE);
	return 0;
}
