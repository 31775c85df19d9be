/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/basic.h"

#include <string.h>
#include <strings.h>

#include "src/codec/base64.h"

#define SCHEME "Basic "

bool
ra_user_name_ok(const char *name)
{
	const size_t n = strlen(name);

	return n > 0 && n < RA_OWNER_MAX && strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@+")
	    == n;
}

static tmg_rc
split(tmg_view plain, char user[RA_OWNER_MAX], tmg_secret *password)
{
	const uint8_t *colon = plain.len > 0 ?
	    memchr(plain.ptr, ':', plain.len) : NULL;
	size_t n;

	if (colon == NULL)
		return TMG_MISMATCH;
	n = (size_t)(colon - plain.ptr);
	if (n >= RA_OWNER_MAX)
		return TMG_MISMATCH;
	memcpy(user, plain.ptr, n);
	user[n] = '\0';
	if (strlen(user) != n || !ra_user_name_ok(user))
		return TMG_MISMATCH;
	return tmg_secret_set(password, (tmg_view){ colon + 1,
	    plain.len - n - 1 }) ? TMG_MISMATCH : TMG_OK;
}

tmg_rc
ra_basic_parse(const char *header, char user[RA_OWNER_MAX], tmg_secret *password)
{
	uint8_t plain[RA_OWNER_MAX + TMG_PIN_MAX];
	tmg_out o = TMG_OUT(plain);
	tmg_rc rc;

	if (strncasecmp(header, SCHEME, strlen(SCHEME)) != 0)
		return TMG_NOT_FOUND;
	rc = tmg_base64_parse(tmg_view_str(header + strlen(SCHEME)), &o) ?
	    TMG_MISMATCH : split(tmg_out_view(&o), user, password);
	explicit_bzero(plain, sizeof(plain));
	return rc;
}
