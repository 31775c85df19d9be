/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/reasons.h"

#include <strings.h>

#include "src/base/scope.h"

/* Without certificateHold and removeFromCRL, which come and go, and without
 * the reasons that are for authorities. */
static const struct {
	int reason;
	const char *name;
} reasons[] = {
	{ 0, "unspecified" },
	{ 1, "keyCompromise" },
	{ 3, "affiliationChanged" },
	{ 4, "superseded" },
	{ 5, "cessationOfOperation" },
	{ 9, "privilegeWithdrawn" },
};

const char *
ra_reason_name(int reason)
{
	for (size_t i = 0; i < TMG_COUNT(reasons); i++)
		if (reasons[i].reason == reason)
			return reasons[i].name;
	return reasons[0].name;
}

tmg_rc
ra_reason_parse(const char *name, int *reason)
{
	for (size_t i = 0; i < TMG_COUNT(reasons); i++) {
		if (strcasecmp(reasons[i].name, name) == 0) {
			*reason = reasons[i].reason;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}
