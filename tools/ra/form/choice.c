/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/form/choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const ra_carrier *
chosen(const ra_profile *p, const ra_answers *answers)
{
	return ra_profile_carrier(p, ra_answers_get(answers, "carrier"));
}

int
ra_choice_days(const ra_profile *p, const ra_answers *answers)
{
	const ra_carrier *c = chosen(p, answers);

	return c != NULL && c->validity_days > 0 ? c->validity_days :
	    p->validity_days;
}

/* "36", "36.00" in hundredths: profiles are checked, nine digits fit. */
static long long
hundredths(const char *price)
{
	char *end;
	const long long whole = strtoll(price, &end, 10);

	return whole * 100 + (*end == '.' ? strtoll(end + 1, NULL, 10) : 0);
}

void
ra_choice_price(const ra_profile *p, const ra_answers *answers,
    char price[RA_PRICE_TEXT])
{
	const ra_carrier *c = chosen(p, answers);
	long long sum = hundredths(c != NULL && c->price[0] != '\0' ? c->price :
	    p->payment.price);

	price[0] = '\0';
	if (p->payment.price[0] == '\0')
		return;
	if (c != NULL && c->extra[0] != '\0' &&
	    strcmp(ra_answers_get(answers, "carrier.extra"), c->extra) == 0)
		sum += hundredths(c->extra_price);
	snprintf(price, RA_PRICE_TEXT, "%lld.%02lld", sum / 100, sum % 100);
}
