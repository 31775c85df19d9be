/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/passrule.h"

#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static const struct {
	const char *name, *set;
	const char *missing;	/* for people; give it to _() */
} classes[] = {
	{ "latin", UPPER LOWER, N_("there must be a Latin letter in the password") },
	{ "upper", UPPER, N_("there must be a capital letter in the password") },
	{ "lower", LOWER, N_("there must be a small letter in the password") },
	{ "digit", DIGITS, N_("there must be a digit in the password") },
};

unsigned
tmg_passrule_class(const char *word)
{
	for (size_t i = 0; i < TMG_COUNT(classes); i++)
		if (strcmp(classes[i].name, word) == 0)
			return 1u << i;
	return 0;
}

static bool
is_one_of(uint8_t c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
has_one_of(tmg_view password, const char *set)
{
	for (size_t i = 0; i < password.len; i++)
		if (is_one_of(password.ptr[i], set))
			return true;
	return false;
}

static bool
is_allowed(const tmg_passrule *rule, tmg_view password)
{
	for (size_t i = 0; i < password.len; i++)
		if (!is_one_of(password.ptr[i], UPPER LOWER DIGITS) &&
		    !is_one_of(password.ptr[i], rule->others))
			return false;
	return true;
}

tmg_rc
tmg_passrule_check(const tmg_passrule *rule, tmg_view password, tmg_fault *f)
{
	if (rule->max == 0)
		return TMG_OK;
	if (password.len < rule->min || password.len > rule->max)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the password must have %zu to %zu characters"), rule->min,
		    rule->max);
	if (!is_allowed(rule, password))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("only Latin letters, digits and %s may stand in the password"),
		    rule->others);
	for (size_t i = 0; i < TMG_COUNT(classes); i++)
		if ((rule->classes & 1u << i) != 0 &&
		    !has_one_of(password, classes[i].set))
			return tmg_raise(f, TMG_MISMATCH, 0, "%s",
			    _(classes[i].missing));
	return TMG_OK;
}
