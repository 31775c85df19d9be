/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only CMP knows of, and where its messages go.
 */
#include <openssl/objects.h>
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/cmp.h"

#define WELL_KNOWN "/.well-known/cmp"	/* RFC 9811 */

/* One value that an option may have. */
typedef struct choice {
	const char *name;
	int value;
} choice;

static const choice commands[] = {
	{ "ir", TMG_CMP_IR }, { "cr", TMG_CMP_CR }, { "p10cr", TMG_CMP_P10CR },
	{ NULL, TMG_CMP_BODIES },
};

/* RFC 9481 6.2.  SHA-1 is for authorities that know nothing else. */
static const choice macs[] = {
	{ "hmac-sha256", NID_hmacWithSHA256 }, { "hmac-sha384", NID_hmacWithSHA384 },
	{ "hmac-sha512", NID_hmacWithSHA512 }, { "hmac-sha1", NID_hmac_sha1 },
	{ NULL, NID_hmacWithSHA256 },
};

static const choice digests[] = {
	{ "sha256", NID_sha256 }, { "sha384", NID_sha384 }, { "sha512", NID_sha512 },
	{ NULL, NID_undef },
};

static const choice confirms[] = {
	{ "implicit", false }, { "explicit", true }, { NULL, false },
};

/* What is asked beside the request: RFC 9483 4.3. */
static const choice questions[] = {
	{ "free", false }, { "signed", true }, { NULL, false },
};

static const choice yes_or_no[] = {
	{ "yes", true }, { "no", false }, { NULL, false },
};

static const char *
names_of(const choice *choices, char *text, size_t cap)
{
	size_t used = 0;

	for (text[0] = '\0'; choices->name != NULL && used < cap; choices++)
		used += (size_t)snprintf(text + used, cap - used, "%s%s",
		    used > 0 ? ", " : "", choices->name);
	return text;
}

/* The last row, without a name, is what counts when nobody chose. */
static tmg_rc
choose(tmg_authority *a, const char *option, const choice *choices, int *value)
{
	const char *said = tmg_option_get(a, option);
	const choice *c = choices;

	while (c->name != NULL && (said == NULL || strcmp(c->name, said) != 0))
		c++;
	*value = c->value;
	if (said == NULL || c->name != NULL)
		return TMG_OK;
	return tmg_authority_raise(a, TMG_E_USAGE,
	    _("\"%s=%.60s\": it must be one of: %s"), option, said,
	    names_of(choices, (char [128]){ "" }, 128));
}

/* What libcrypto 3.0 cannot make is told apart from what nobody ever heard of. */
static tmg_rc
choose_mac(tmg_authority *a, int *mac)
{
	const char *said = tmg_option_get(a, "mac");

	if (said == NULL || strcmp(said, "pbmac1") != 0)
		return choose(a, "mac", macs, mac);
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: PBMAC1 (RFC 9481 6.1.2) is not spoken here. Most authorities that take "
	    "it take the older protection too: say mac=hmac-sha256"), a->uri.where);
}

static tmg_rc
set_path(tmg_authority *a, tmg_cmp *cmp, const char *begin, const char *end)
{
	const int n = snprintf(cmp->path, sizeof(cmp->path), "%s%s", begin, end);

	return n > 0 && (size_t)n < sizeof(cmp->path) ? TMG_OK :
	    tmg_authority_raise(a, TMG_E_USAGE, _("%s: the path is too long"),
	    a->uri.where);
}

/* RFC 9811: /.well-known/cmp, or /.well-known/cmp/p/NAME. */
static tmg_rc
choose_path(tmg_authority *a, tmg_cmp *cmp)
{
	const char *path = tmg_option_get(a, "path");
	const char *profile = tmg_option_get(a, "profile");

	if ((path != NULL) + (profile != NULL) + (a->uri.path[0] != '\0') > 1)
		return tmg_authority_raise(a, TMG_E_USAGE, "%s",
		    _("only one of a path in the address, the option \"path\" and the "
		    "option \"profile\" can tell where CMP is spoken"));
	if (path != NULL && path[0] != '/')
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("\"path=%.60s\": a path begins with a slash"), path);
	if (path != NULL)
		return set_path(a, cmp, path, "");
	if (profile != NULL)
		return set_path(a, cmp, WELL_KNOWN "/p/", profile);
	if (a->uri.path[0] != '\0')
		return set_path(a, cmp, "/", a->uri.path);
	return set_path(a, cmp, WELL_KNOWN, "");
}

tmg_rc
tmg_cmp_choose(tmg_authority *a, tmg_cmp *cmp)
{
	int command, confirm, asks, unprotected;
	tmg_rc rc;

	if ((rc = choose(a, "command", commands, &command)) ||
	    (rc = choose_mac(a, &cmp->mac)) ||
	    (rc = choose(a, "digest", digests, &cmp->digest)) ||
	    (rc = choose(a, "confirm", confirms, &confirm)) ||
	    (rc = choose(a, "questions", questions, &asks)) ||
	    (rc = choose(a, "unprotected-errors", yes_or_no, &unprotected)))
		return rc;
	cmp->command = (unsigned)command;
	cmp->explicit_confirm = confirm;
	cmp->signs_questions = asks;
	cmp->believes_unprotected = unprotected;
	cmp->recipient = tmg_option_get(a, "recipient");
	cmp->sender = tmg_option_get(a, "sender");
	return choose_path(a, cmp);
}
