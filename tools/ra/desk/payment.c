/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/payment.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/secret-file.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/form/choice.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/digest.h"

#define MAC 32
#define SECONDS_MAX 20		/* digits */
#define DIGITS "0123456789"

/* ---- the signature ---- */

struct stamp {
	long long seconds;
	char text[SECONDS_MAX + 1];
	char mac[2 * MAC + 1];
};

static bool
read_stamp(const char *signature, struct stamp *s)
{
	size_t len;

	if (strncmp(signature, "t=", 2) != 0)
		return false;
	len = strspn(signature + 2, DIGITS);
	if (len == 0 || len > SECONDS_MAX - 2 ||
	    strncmp(signature + 2 + len, ",v1=", 4) != 0)
		return false;
	memcpy(s->text, signature + 2, len);
	s->text[len] = '\0';
	s->seconds = strtoll(s->text, NULL, 10);
	signature += 2 + len + 4;
	if (strlen(signature) != 2 * MAC ||
	    strspn(signature, DIGITS "abcdef") != 2 * MAC)
		return false;
	memcpy(s->mac, signature, sizeof(s->mac));
	return true;
}

static tmg_rc
sign(const tmg_secret *key, const char *seconds, tmg_view body,
    char mac[2 * MAC + 1])
{
	const size_t lead = strlen(seconds) + 1;
	tmg_auto_free uint8_t *text = malloc(lead + body.len);
	uint8_t bytes[MAC];

	if (text == NULL)
		return TMG_E_NOMEM;
	memcpy(text, seconds, lead - 1);
	text[lead - 1] = '.';
	if (body.len > 0)
		memcpy(text + lead, body.ptr, body.len);
	if (HMAC(EVP_sha256(), key->bytes, (int)key->len, text, lead + body.len,
	    bytes, NULL) == NULL)
		return TMG_E_CRYPTO;
	ra_hex_lower(mac, TMG_VIEW(bytes));
	return TMG_OK;
}

tmg_rc
ra_payment_signed(ra_desk *d, const char *signature, tmg_view body)
{
	const ra_payment_conf *conf = &d->config->payment;
	tmg_auto_secret key = { .len = 0 };
	char mac[2 * MAC + 1];
	struct stamp s;
	tmg_rc rc;

	if (conf->key_file[0] == '\0')
		return tmg_raise(&d->fault, TMG_UNSUPPORTED, 0,
		    _("no payment service is set up here"));
	if ((rc = ra_secret_file(d->config, conf->key_file, &key,
	    &d->fault)))
		return rc;
	if (key.len == 0)
		return tmg_raise(&d->fault, TMG_E_IO, 0, _("%s: is empty"),
		    conf->key_file);
	if (!read_stamp(signature, &s))
		return tmg_raise(&d->fault, TMG_DENIED, 0, _("it is not signed"));
	if ((rc = sign(&key, s.text, body, mac)))
		return tmg_raise(&d->fault, rc, 0, _("hashing failed"));
	if (CRYPTO_memcmp(mac, s.mac, sizeof(mac)) != 0)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("its signature is wrong"));
	if (llabs(s.seconds - (long long)ra_desk_now(d)) > conf->window_s)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("it is too old, or the clocks differ"));
	return TMG_OK;
}

/* ---- what was paid ---- */

/* Digits, and after a full stop one to three more; the length of what counts,
 * without zeros at the end, 0: no amount. */
static size_t
amount_length(const char *text)
{
	const size_t whole = strspn(text, DIGITS);
	size_t len;

	if (whole == 0 || (whole > 1 && text[0] == '0'))
		return 0;
	if (text[whole] == '\0')
		return whole;
	len = strspn(text + whole + 1, DIGITS);
	if (text[whole] != '.' || len == 0 || len > 3 ||
	    text[whole + 1 + len] != '\0')
		return 0;
	for (len += whole + 1; text[len - 1] == '0'; )
		len--;
	return text[len - 1] == '.' ? len - 1 : len;
}

bool
ra_payment_same(const char *one, const char *other)
{
	const size_t len = amount_length(one);

	return len > 0 && len == amount_length(other) &&
	    strncmp(one, other, len) == 0;
}

static bool
is_well_formed(const ra_receipt *r)
{
	const char *more = "-_.:";
	size_t len = 0;

	while ((r->id[len] >= '0' && r->id[len] <= '9') ||
	    (r->id[len] >= 'a' && r->id[len] <= 'z') ||
	    (r->id[len] >= 'A' && r->id[len] <= 'Z') ||
	    (r->id[len] != '\0' && strchr(more, r->id[len]) != NULL))
		len++;
	return len > 0 && r->id[len] == '\0' && amount_length(r->amount) > 0 &&
	    strlen(r->currency) == 3 && strspn(r->currency,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static tmg_rc
is_price(ra_desk *d, const ra_app *app, const ra_receipt *r, bool *yes)
{
	const ra_profile *p = ra_profiles_find(d->profiles, app->profile);
	tmg_auto(ra_answers) answers = { 0 };
	char price[RA_PRICE_TEXT];
	tmg_rc rc;

	*yes = false;
	if (p == NULL)
		return TMG_OK;
	if ((rc = ra_answers_load(d->store, app->id, &answers)))
		return ra_desk_says(d, rc);
	ra_choice_price(p, &answers, price);
	*yes = ra_payment_same(price, r->amount) &&
	    strcmp(p->payment.currency, r->currency) == 0;
	return TMG_OK;
}

static tmg_rc
settle(ra_desk *d, ra_app *app, const ra_receipt *r)
{
	char name[RA_RECEIPT_ID + 16];
	const ra_actor service = { RA_BY_SYSTEM, name };
	tmg_rc rc;

	snprintf(name, sizeof(name), "payment:%s", r->id);
	if ((rc = ra_desk_step(d, app, RA_EV_PAY, &service, "")))
		return rc;
	return ra_desk_settle(d, app);
}

/* What becomes of it; app is paid by then, where that is it. */
static tmg_rc
judge(ra_desk *d, ra_app *app, const ra_receipt *r, const char **outcome)
{
	bool yes;
	tmg_rc rc = ra_app_get(d->store, r->app, app);

	*outcome = "unknown";
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc)
		return ra_desk_says(d, rc);
	*outcome = "late";
	if (ra_state_get(app->state)->part == RA_PART_END)
		return TMG_OK;
	*outcome = "twice";
	if ((app->facts & RA_PAID) != 0)
		return TMG_OK;
	*outcome = "amount";
	if ((rc = is_price(d, app, r, &yes)) || !yes)
		return rc;
	*outcome = "paid";
	if (ra_life_may(app, RA_EV_PAY, RA_BY_SYSTEM))
		return settle(d, app, r);
	*outcome = "late";	/* nothing waits for it */
	return TMG_OK;
}

static tmg_rc
note(ra_desk *d, const ra_receipt *r)
{
	char detail[RA_REASON_MAX];

	snprintf(detail, sizeof(detail), "%s %s %s %s", r->id, r->amount,
	    r->currency, r->outcome);
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = "payment service", .event = "payment",
	    .app = strcmp(r->outcome, "unknown") == 0 ? "" : r->app,
	    .detail = detail }, &d->fault);
}

static tmg_rc
same_again(ra_desk *d, const ra_receipt *before, ra_receipt *r)
{
	if (strcmp(before->app, r->app) != 0 ||
	    strcmp(before->amount, r->amount) != 0 ||
	    strcmp(before->currency, r->currency) != 0)
		return tmg_raise(&d->fault, TMG_OCCUPIED, 0,
		    _("the payment %s was told before, and otherwise"), r->id);
	*r = *before;
	return TMG_OK;
}

tmg_rc
ra_payment_take(ra_desk *d, ra_receipt *r)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_app) app = { .id = "" };
	ra_receipt before;
	const char *outcome;
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (!is_well_formed(r))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("a payment has an identifier, an amount such as 36.00 and a currency such as EUR"));
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	rc = ra_receipt_get(d->store, r->id, &before);
	if (rc == TMG_OK)
		return (rc = same_again(d, &before, r)) ? rc : ra_desk_commit(d, &txn);
	if (rc != TMG_NOT_FOUND)
		return ra_desk_says(d, rc);
	if ((rc = judge(d, &app, r, &outcome)))
		return rc;
	snprintf(r->outcome, sizeof(r->outcome), "%s", outcome);
	r->at = ra_desk_now(d);
	if ((rc = ra_receipt_put(d->store, r)))
		return ra_desk_says(d, rc);
	if ((rc = note(d, r)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* ---- where ---- */

bool
ra_payment_link(const ra_desk *d, const ra_app *app, const char *price,
    const char *currency, char link[RA_PAYMENT_LINK])
{
	const struct {
		const char *gap, *text;
	} gaps[] = {
		{ "${number}", app->id },
		{ "${amount}", price },
		{ "${currency}", currency },
	};
	const char *url = d->config->payment.url;
	size_t at = 0, i;

	if (url[0] == '\0' || !ra_life_may(app, RA_EV_PAY, RA_BY_SYSTEM))
		return false;
	while (*url != '\0' && at < RA_PAYMENT_LINK - 1) {
		for (i = 0; i < TMG_COUNT(gaps); i++)
			if (strncmp(url, gaps[i].gap, strlen(gaps[i].gap)) == 0)
				break;
		if (i == TMG_COUNT(gaps)) {
			link[at++] = *url++;
			continue;
		}
		/* numbers, amounts and currencies need no escaping */
		at += (size_t)snprintf(link + at, RA_PAYMENT_LINK - at, "%s",
		    gaps[i].text);
		url += strlen(gaps[i].gap);
	}
	if (at >= RA_PAYMENT_LINK)
		return false;
	link[at] = '\0';
	return true;
}
