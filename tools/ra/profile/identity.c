/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/identity.h"

#include <stdint.h>
#include <string.h>

#include "src/base/scope.h"

#define DIGITS "0123456789"

static bool
all_of(const char *number, const char *set, size_t len)
{
	return strlen(number) == len && strspn(number, set) == len;
}

static unsigned
weigh(const char *number, const uint8_t *weights, size_t count)
{
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (unsigned)(number[i] - '0') * weights[i];
	return sum;
}

/* Twelve digits; the last is the weighted sum modulo 11, with a second row of
 * weights where the first gives 10, and no number where the second does, too. */
static bool
is_kazakh(const char *number)
{
	static const uint8_t first[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	static const uint8_t second[] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2 };
	unsigned digit;

	if (!all_of(number, DIGITS, 12))
		return false;
	digit = weigh(number, first, TMG_COUNT(first)) % 11;
	if (digit == 10)
		digit = weigh(number, second, TMG_COUNT(second)) % 11;
	return digit < 10 && number[11] == (char)('0' + digit);
}

/* Seven capital letters and digits, without I and O. */
static bool
is_fin(const char *number)
{
	return all_of(number, DIGITS "ABCDEFGHJKLMNPQRSTUVWXYZ", 7);
}

/* Ten digits; the last is the weighted sum modulo 11, 0 for 10. */
static bool
is_egn(const char *number)
{
	static const uint8_t weights[] = { 2, 4, 8, 5, 10, 9, 7, 3, 6 };

	return all_of(number, DIGITS, 10) && number[9] == (char)('0' +
	    weigh(number, weights, TMG_COUNT(weights)) % 11 % 10);
}

/* VÖEN: ten digits, the last of which says who pays taxes.  How the one before
 * it is made is not public. */
static bool
is_voen(const char *number, char last)
{
	return all_of(number, DIGITS, 10) && number[9] == last;
}

static bool
is_voen_legal(const char *number)
{
	return is_voen(number, '1');
}

static bool
is_voen_person(const char *number)
{
	return is_voen(number, '2');
}

static bool
is_any(const char *number)
{
	return number[0] != '\0';
}

static const struct {
	const char *name;
	bool (*valid)(const char *number);
} rules[] = {
	{ "kz-iin", is_kazakh },
	{ "kz-bin", is_kazakh },
	{ "az-fin", is_fin },
	{ "az-voen-legal", is_voen_legal },
	{ "az-voen-person", is_voen_person },
	{ "bg-egn", is_egn },
	{ "any", is_any },
};

bool
ra_identity_known(const char *word)
{
	for (size_t i = 0; i < TMG_COUNT(rules); i++)
		if (strcmp(rules[i].name, word) == 0)
			return true;
	return false;
}

bool
ra_identity_valid(const char *rule, const char *number)
{
	for (size_t i = 0; i < TMG_COUNT(rules); i++)
		if (strcmp(rules[i].name, rule) == 0)
			return rules[i].valid(number);
	return false;
}
