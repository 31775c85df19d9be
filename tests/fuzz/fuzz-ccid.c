/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors, messages, notices, ATRs with a reader's descriptor in front, and
 * answers to PPS: whatever a device may send. */
#include <stdlib.h>

#include "src/reader/ccid_desc.h"
#include "src/reader/ccid_frame.h"
#include "src/reader/t0.h"
#include "src/reader/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
agree(const tmg_ccid_desc *d, tmg_view atr)
{
	uint8_t store[TMG_PPS_MAX], parameters[TMG_PARAMETERS_MAX], fd;
	tmg_out pps = TMG_OUT(store), told = TMG_OUT(parameters);
	tmg_terms t;

	if (tmg_terms_find(atr, d, &t) != TMG_OK)
		return;
	tmg_pps_put(&pps, &t);
	if (tmg_pps_take(tmg_out_view(&pps), &t, &fd) != TMG_OK || fd != t.fd)
		abort();
	(void)!tmg_pps_take(atr, &t, &fd);
	tmg_parameters_put(&told, &t);
	if (t.protocol > 1 || told.full ||
	    told.len != (t.protocol == 0 ? 5 : 7) ||
	    (d->protocols & 1u << t.protocol) == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const tmg_view in = { data, size };
	uint8_t tpdu[TMG_T0_TPDU_MAX];
	tmg_out out = TMG_OUT(tpdu);
	tmg_fault f = { .rc = TMG_OK };
	tmg_ccid_desc d;
	tmg_ccid_answer a;
	tmg_ccid_notice n;

	for (unsigned slot = 0; slot < 3; slot++)
		if (tmg_ccid_take_notice(in, slot, 3, &n) == TMG_OK && size < 2)
			abort();
	if (tmg_ccid_desc_parse(in, &f, &d) == TMG_OK) {
		if (d.ifsd == 0 || d.ifsd == 255 || d.slots == 0)
			abort();
		agree(&d, (tmg_view){ data + TMG_CCID_DESC_BYTES,
		    size - TMG_CCID_DESC_BYTES });
	} else if (f.rc == TMG_OK || f.text[0] == '\0')
		abort();
	if (tmg_ccid_take(in, &a) == TMG_OK && a.data.len + TMG_CCID_HEAD != size)
		abort();
	(void)!tmg_t0_put(&out, in);
	return 0;
}
