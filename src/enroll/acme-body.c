/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-body.h"

#include <jansson.h>
#include <stdio.h>
#include <strings.h>

#include "src/base/scope.h"
#include "src/http/header.h"

#define ERROR_SPACE "urn:ietf:params:acme:error:"	/* RFC 8555 6.7 */

static void
forget(json_t **o)
{
	json_decref(*o);
}

#define held_json __attribute__((__cleanup__(forget))) json_t *

static json_t *
load(tmg_view body)
{
	json_t *o = body.len == 0 ? NULL : json_loadb((const char *)body.ptr, body.len,
	    JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

bool
tmg_acme_is_url(const char *text)
{
	const size_t n = strlen(text);

	if (n >= TMG_ACME_URL_MAX || strncasecmp(text, "https://", 8) != 0 || n == 8)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~' || strchr("\"<>\\^`{|}", text[i]) != NULL)
			return false;
	return true;
}

bool
tmg_acme_is_base64url(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

/* A string that is there and fits; one that is not there is "" where it need
 * not be. */
static bool
take_text(const json_t *o, const char *name, bool must, char *to, size_t cap)
{
	const json_t *member = json_object_get(o, name);
	const char *text = json_string_value(member);

	to[0] = '\0';
	if (member == NULL)
		return !must;
	if (text == NULL || strlen(text) >= cap)
		return false;
	memcpy(to, text, strlen(text) + 1);
	return true;
}

static bool
take_url(const json_t *o, const char *name, bool must, char to[TMG_ACME_URL_MAX])
{
	return take_text(o, name, must, to, TMG_ACME_URL_MAX) &&
	    (to[0] == '\0' ? !must : tmg_acme_is_url(to));
}

static bool
take_bool(const json_t *o, const char *name, bool *to)
{
	const json_t *member = json_object_get(o, name);

	*to = json_is_true(member);
	return member == NULL || json_is_boolean(member);
}

static const struct {
	const char *name;
	tmg_acme_status status;
} statuses[] = {
	{ "pending", TMG_ACME_PENDING },
	{ "ready", TMG_ACME_READY },
	{ "processing", TMG_ACME_PROCESSING },
	{ "valid", TMG_ACME_VALID },
	{ "invalid", TMG_ACME_INVALID },
	{ "deactivated", TMG_ACME_INVALID },
	{ "expired", TMG_ACME_INVALID },
	{ "revoked", TMG_ACME_INVALID },
};

static bool
take_status(const json_t *o, tmg_acme_status *to)
{
	const char *text = json_string_value(json_object_get(o, "status"));

	for (size_t i = 0; text != NULL && i < TMG_COUNT(statuses); i++)
		if (strcmp(text, statuses[i].name) == 0) {
			*to = statuses[i].status;
			return true;
		}
	return false;
}

/* ---- problems ---------------------------------------------------------- */

/* The first of several names tells most (RFC 8555 6.7.1). */
static const char *
detail_of(const json_t *o)
{
	const json_t *sub = json_array_get(json_object_get(o, "subproblems"), 0);
	const char *detail = json_string_value(json_object_get(sub, "detail"));

	return detail != NULL ? detail : json_string_value(json_object_get(o, "detail"));
}

/* RFC 7807 3.1, RFC 8555 7.3.3; a part of an address leads nowhere. */
static void
take_instance(const json_t *o, tmg_acme_problem *p)
{
	const char *url = json_string_value(json_object_get(o, "instance"));

	if (url != NULL && tmg_acme_is_url(url) && strlen(url) < sizeof(p->see))
		tmg_header_clean(p->see, sizeof(p->see), tmg_view_str(url));
}

static bool
take_problem(const json_t *o, tmg_acme_problem *p)
{
	const char *type = json_string_value(json_object_get(o, "type"));
	const size_t n = strlen(ERROR_SPACE);

	*p = (tmg_acme_problem){ .type = "" };
	if (!json_is_object(o))
		return false;
	if (type != NULL && strncmp(type, ERROR_SPACE, n) == 0 &&
	    strlen(type + n) < sizeof(p->type))
		tmg_header_clean(p->type, sizeof(p->type), tmg_view_str(type + n));
	tmg_header_clean(p->said, sizeof(p->said), tmg_view_str(detail_of(o)));
	take_instance(o, p);
	return p->type[0] != '\0' || p->said[0] != '\0';
}

tmg_rc
tmg_acme_read_problem(tmg_view body, tmg_acme_problem *problem)
{
	held_json o = load(body);

	*problem = (tmg_acme_problem){ .type = "" };
	return o != NULL && take_problem(o, problem) ? TMG_OK : TMG_E_MALFORMED;
}

/* ---- the directory ----------------------------------------------------- */

static bool
take_directory(const json_t *o, tmg_acme_directory *d)
{
	const json_t *meta = json_object_get(o, "meta");

	return (meta == NULL || json_is_object(meta)) &&
	    take_url(o, "newNonce", true, d->new_nonce) &&
	    take_url(o, "newAccount", true, d->new_account) &&
	    take_url(o, "newOrder", true, d->new_order) &&
	    take_url(o, "revokeCert", false, d->revoke_cert) &&
	    take_url(o, "keyChange", false, d->key_change) &&
	    take_url(o, "renewalInfo", false, d->renewal_info) &&
	    take_text(meta, "termsOfService", false, d->terms, sizeof(d->terms)) &&
	    take_bool(meta, "externalAccountRequired", &d->bound);
}

tmg_rc
tmg_acme_read_directory(tmg_view body, tmg_acme_directory *directory)
{
	held_json o = load(body);
	char shown[TMG_ACME_URL_MAX];

	*directory = (tmg_acme_directory){ .bound = false };
	if (o == NULL || !take_directory(o, directory))
		return TMG_E_MALFORMED;
	/* it is shown to a person, and agreed to by those characters */
	tmg_header_clean(shown, sizeof(shown), tmg_view_str(directory->terms));
	return strcmp(shown, directory->terms) == 0 ? TMG_OK : TMG_E_MALFORMED;
}

/* ---- accounts ---------------------------------------------------------- */

static bool
take_contacts(const json_t *list, char *to, size_t cap)
{
	size_t used = 0;

	to[0] = '\0';
	if (list != NULL && !json_is_array(list))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL || used + strlen(text) + 3 > cap)
			return false;
		used += (size_t)snprintf(to + used, cap - used, "%s%s", i > 0 ? ", " : "",
		    text);
	}
	return true;
}

tmg_rc
tmg_acme_read_account(tmg_view body, tmg_acme_told *told)
{
	held_json o = load(body);
	char status[sizeof(told->status)], contact[sizeof(told->contact)];

	if (o == NULL || !take_text(o, "status", true, status, sizeof(status)) ||
	    !take_contacts(json_object_get(o, "contact"), contact, sizeof(contact)))
		return TMG_E_MALFORMED;
	tmg_header_clean(told->status, sizeof(told->status), tmg_view_str(status));
	tmg_header_clean(told->contact, sizeof(told->contact), tmg_view_str(contact));
	return TMG_OK;
}

/* ---- orders ------------------------------------------------------------ */

static bool
take_authorizations(const json_t *list, tmg_acme_order *order)
{
	const size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0 || n > TMG_ACME_NAMES_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *url = json_string_value(json_array_get(list, i));

		if (url == NULL || !tmg_acme_is_url(url))
			return false;
		memcpy(order->authorizations[i], url, strlen(url) + 1);
	}
	order->count = n;
	return true;
}

tmg_rc
tmg_acme_read_order(tmg_view body, tmg_acme_order *order)
{
	held_json o = load(body);
	bool good;

	order->count = 0;
	good = o != NULL && take_status(o, &order->status) &&
	    take_authorizations(json_object_get(o, "authorizations"), order) &&
	    take_url(o, "finalize", true, order->finalize) &&
	    take_url(o, "certificate", order->status == TMG_ACME_VALID,
		order->certificate);
	(void)take_problem(json_object_get(o, "error"), &order->problem);
	return good ? TMG_OK : TMG_E_MALFORMED;
}

/* ---- authorizations ---------------------------------------------------- */

static bool
take_challenge(const json_t *o, tmg_acme_challenge *c)
{
	*c = (tmg_acme_challenge){ .status = TMG_ACME_PENDING };
	(void)take_problem(json_object_get(o, "error"), &c->problem);
	return take_text(o, "type", true, c->type, sizeof(c->type)) &&
	    take_url(o, "url", true, c->url) && take_status(o, &c->status) &&
	    take_text(o, "token", false, c->token, sizeof(c->token)) &&
	    (c->token[0] == '\0' || tmg_acme_is_base64url(c->token));
}

static bool
take_challenges(const json_t *list, tmg_acme_authz *a)
{
	const size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	for (size_t i = 0; i < n && a->count < TMG_ACME_CHALLENGES_MAX; i++)
		if (take_challenge(json_array_get(list, i), &a->challenges[a->count]))
			a->count++;
	return true;
}

/* A name goes into commands, addresses and certificates: nothing but what a
 * host, an address or a serial number has. */
static bool
take_name(const json_t *o, tmg_acme_identifier *name)
{
	return take_text(o, "type", true, name->type, sizeof(name->type)) &&
	    take_text(o, "value", true, name->value, sizeof(name->value)) &&
	    name->value[0] != '\0' && name->value[0] != '-' &&
	    name->value[strspn(name->value, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-")] == '\0';
}

tmg_rc
tmg_acme_read_authz(tmg_view body, tmg_acme_authz *authz)
{
	held_json o = load(body);

	*authz = (tmg_acme_authz){ .status = TMG_ACME_PENDING };
	return o != NULL && take_status(o, &authz->status) &&
	    take_name(json_object_get(o, "identifier"), &authz->name) &&
	    take_bool(o, "wildcard", &authz->wildcard) &&
	    take_challenges(json_object_get(o, "challenges"), authz)
	    ? TMG_OK : TMG_E_MALFORMED;
}

/* ---- renewal information ----------------------------------------------- */

/* RFC 3339 5.6: "2026-01-02T04:00:00Z", with a fraction or an offset. */
static bool
take_time(const json_t *o, const char *name, time_t *to)
{
	const char *text = json_string_value(json_object_get(o, name));
	struct tm t = { .tm_isdst = 0 };
	int at = 0, hours = 0, minutes = 0;
	char sign[2] = "Z";

	if (text == NULL || sscanf(text, "%4d-%2d-%2d%*1[Tt]%2d:%2d:%2d%n", &t.tm_year,
	    &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min, &t.tm_sec, &at) != 6)
		return false;
	text += at;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (strcasecmp(text, "Z") != 0 &&
	    (sscanf(text, "%1[+-]%2d:%2d", sign, &hours, &minutes) != 3))
		return false;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	*to = timegm(&t) - (sign[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return t.tm_year >= 70;
}

tmg_rc
tmg_acme_read_window(tmg_view body, tmg_acme_window *window)
{
	held_json o = load(body);
	const json_t *w = json_object_get(o, "suggestedWindow");

	*window = (tmg_acme_window){ .start = 0 };
	return w != NULL && take_time(w, "start", &window->start) &&
	    take_time(w, "end", &window->end) && window->start < window->end &&
	    take_url(o, "explanationURL", false, window->why)
	    ? TMG_OK : TMG_E_MALFORMED;
}
