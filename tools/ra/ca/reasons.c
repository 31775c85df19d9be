/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/reasons.h"

#include <strings.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"

/* Without certificateHold and removeFromCRL, which come and go, and without
 * the reasons that are for authorities. */
static const struct {
	int reason;
	const char *name, *label;
} reasons[] = {
	{ 0, "unspecified", N_("another reason") },
	{ 1, "keyCompromise", N_("the key or its carrier is lost, or known to others") },
	{ 3, "affiliationChanged", N_("the name or the organisation changed") },
	{ 4, "superseded", N_("a newer certificate replaces it") },
	{ 5, "cessationOfOperation", N_("it is not needed any more") },
	{ 9, "privilegeWithdrawn", N_("the right to use it was withdrawn") },
};
const size_t ra_reason_count = TMG_COUNT(reasons);

const char *
ra_reason_at(size_t index, const char **label)
{
	*label = reasons[index].label;
	return reasons[index].name;
}

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
