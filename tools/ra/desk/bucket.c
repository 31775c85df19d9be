/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/bucket.h"

#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/store/digest.h"

tmg_rc
ra_mark_name(const char *what, const tmg_view *parts, size_t count,
    char name[RA_HASH_TEXT])
{
	tmg_auto(ra_md) md = { EVP_MD_CTX_new() };
	uint8_t bytes[32];
	bool ok = md.ctx != NULL &&
	    EVP_DigestInit_ex(md.ctx, EVP_sha256(), NULL) == 1 &&
	    ra_md_field(md.ctx, tmg_view_str(what));

	for (size_t i = 0; ok && i < count; i++)
		ok = ra_md_field(md.ctx, parts[i]);
	if (!ok || EVP_DigestFinal_ex(md.ctx, bytes, NULL) != 1)
		return TMG_E_CRYPTO;
	ra_hex_lower(name, TMG_VIEW(bytes));
	return TMG_OK;
}

/* How many seconds of drops are in it: no more than fit, whatever became of
 * the clock. */
static tmg_rc
level_of(ra_store *s, const ra_bucket_of *b, time_t now, time_t *level)
{
	const time_t full = (time_t)b->bucket->holds * b->bucket->every_s;
	ra_mark mark = { .until = 0 };
	const tmg_rc rc = ra_mark_get(s, b->name, &mark);

	*level = mark.until > now ? mark.until - now : 0;
	if (*level > full)
		*level = full;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_bucket_wait(ra_store *s, const ra_bucket_of *b, time_t now, long *wait_s)
{
	const time_t room = (time_t)(b->bucket->holds - 1) * b->bucket->every_s;
	time_t level;
	tmg_rc rc;

	*wait_s = 0;
	if (b->bucket->holds == 0)
		return TMG_OK;
	if ((rc = level_of(s, b, now, &level)))
		return rc;
	if (level > room)
		*wait_s = (long)(level - room);
	return TMG_OK;
}

static tmg_rc
change(ra_store *s, const ra_bucket_of *b, time_t now, int by_s)
{
	ra_mark mark;
	time_t level;
	tmg_rc rc;

	if (b->bucket->holds == 0)
		return TMG_OK;
	if ((rc = level_of(s, b, now, &level)))
		return rc;
	if (level + by_s <= 0)
		return ra_mark_drop(s, b->name);
	mark.until = now + level + by_s;
	memcpy(mark.name, b->name, sizeof(mark.name));
	return ra_mark_put(s, &mark);
}

tmg_rc
ra_bucket_pour(ra_store *s, const ra_bucket_of *b, time_t now)
{
	return change(s, b, now, b->bucket->every_s);
}

tmg_rc
ra_bucket_take_back(ra_store *s, const ra_bucket_of *b, time_t now)
{
	return change(s, b, now, -b->bucket->every_s);
}
