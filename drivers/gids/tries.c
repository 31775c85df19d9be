/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card says of its PIN, 7F71: the tries that are left. */
#include "drivers/gids/parse.h"

enum {
	TAG_TRIES = 0x97,
	TAG_TRIES_OLD = 0x9f17,		/* of version 1 */
};

tmg_rc
tmg_gids_tries_parse(tmg_view content, int *tries)
{
	tmg_view n;

	*tries = -1;
	if (tmg_tlv_find(content, TAG_TRIES, &n) &&
	    tmg_tlv_find(content, TAG_TRIES_OLD, &n))
		return TMG_E_MALFORMED;
	if (n.len != 1)
		return TMG_E_MALFORMED;
	*tries = n.ptr[0];
	return TMG_OK;
}
