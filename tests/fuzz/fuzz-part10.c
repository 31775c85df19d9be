/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reader tells of its keypad, and a form for it: three lengths, then
 * features, properties, and a command, with the form's bytes in front. */
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/reader/part10.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FORM_BYTES = 7 };

static tmg_view
take(tmg_view *in, size_t n)
{
	tmg_view part = { NULL, 0 };

	(void)!tmg_view_take(in, n < in->len ? n : in->len, &part);
	return part;
}

static void
tell(const tmg_part10_properties *p, tmg_view in)
{
	uint8_t store[TMG_PART10_MAX];
	tmg_out out = TMG_OUT(store);
	const tmg_view f = take(&in, FORM_BYTES);
	tmg_pad_form form;

	if (f.len < FORM_BYTES)
		return;
	form = (tmg_pad_form){ .change = f.ptr[0] & 1, .block = f.ptr[1],
	    .old_at = f.ptr[2], .new_at = f.ptr[3], .min = f.ptr[4],
	    .max = f.ptr[5], .seconds = f.ptr[6] };
	if (tmg_part10_put(p, &form, in, &out) != TMG_OK)
		return;
	/* every block lies in the command, and the command at the end */
	if (form.old_at + form.block > in.len || out.len < in.len ||
	    out.len > sizeof(store) ||
	    memcmp(store + out.len - in.len, in.ptr, in.len) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_view in = { data, size };
	const tmg_view lengths = take(&in, 2);
	tmg_part10_features f;
	tmg_part10_properties p;
	tmg_fault fault = { .rc = TMG_OK };

	if (lengths.len < 2)
		return 0;
	if (tmg_part10_features_parse(take(&in, lengths.ptr[0]), &f) != TMG_OK &&
	    (f.verify | f.modify | f.properties) != 0)
		abort();
	(void)!tmg_part10_properties_parse(take(&in, lengths.ptr[1]), &p);
	tell(&p, in);
	if (tmg_part10_judge(&fault, "fuzz", in) != fault.rc)
		abort();
	return 0;
}
