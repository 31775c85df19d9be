/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/passrule.h"

#include "src/base/passrule.h"

bool
ra_passrule_known(const char *word)
{
	return tmg_passrule_class(word) != 0;
}

tmg_rc
ra_passrule_check(const ra_password_rule *rule, tmg_view password, tmg_fault *f)
{
	tmg_passrule plain = {
		.min = (size_t)rule->min,
		.max = (size_t)rule->max,
		.others = rule->others,
	};

	for (size_t i = 0; i < rule->require.count; i++)
		plain.classes |= tmg_passrule_class(rule->require.word[i]);
	return tmg_passrule_check(&plain, password, f);
}
