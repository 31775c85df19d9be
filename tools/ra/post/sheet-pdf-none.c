/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/sheet.h"

tmg_rc
ra_sheet_pdf(const ra_sheet *sheet, ra_printed *printed)
{
	(void)sheet;
	(void)printed;
	return TMG_UNSUPPORTED;
}
