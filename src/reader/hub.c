/* SPDX-License-Identifier: BSD-2-Clause */
#include "tamga/reader.h"

void
tmg_hub_free(tmg_hub **hub)
{
	if (hub == NULL || *hub == NULL)
		return;
	(*hub)->ops->close(*hub);
	*hub = NULL;
}
