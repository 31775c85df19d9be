/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/policy.h"

#include "src/base/i18n.h"
#include "src/base/scope.h"

static const char *const pins[] = {
	[TMG_PIN_UNKNOWN] = N_("unknown"),
	[TMG_PIN_NEVER] = N_("never"),
	[TMG_PIN_ONCE] = N_("once"),
	[TMG_PIN_ALWAYS] = N_("always"),
};

static const char *const touches[] = {
	[TMG_TOUCH_UNKNOWN] = N_("unknown"),
	[TMG_TOUCH_NEVER] = N_("never"),
	[TMG_TOUCH_ALWAYS] = N_("always"),
	[TMG_TOUCH_CACHED] = N_("cached"),
};

const char *
tmg_pin_policy_name(tmg_pin_policy policy)
{
	return pins[policy];
}

const char *
tmg_touch_policy_name(tmg_touch_policy policy)
{
	return touches[policy];
}

/* The first stands for "unknown" and is nobody's word; 0: no such word. */
static size_t
index_of(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return 0;
}

bool
tmg_pin_policy_parse(const char *word, tmg_pin_policy *policy)
{
	const size_t i = index_of(pins, TMG_COUNT(pins), word);

	if (i > 0)
		*policy = (tmg_pin_policy)i;
	return i > 0;
}

bool
tmg_touch_policy_parse(const char *word, tmg_touch_policy *policy)
{
	const size_t i = index_of(touches, TMG_COUNT(touches), word);

	if (i > 0)
		*policy = (tmg_touch_policy)i;
	return i > 0;
}
