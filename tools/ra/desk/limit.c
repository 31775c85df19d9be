/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/limit.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"

#define SUBJECT_MAX 256

const ra_limit ra_limit_begin = { { "begin", 60, 5 }, { "begin for", 10, 360 } };
const ra_limit ra_limit_search = { { "search", 60, 5 }, { "search", 0, 0 } };
const ra_limit ra_limit_look_up = { { "look up", 30, 10 },
	{ "look up for", 10, 60 } };
const ra_limit ra_limit_captcha = { { "captcha", 60, 5 },
	{ "captcha for", 20, 30 } };
const ra_limit ra_limit_code = { { "code", 30, 10 }, { "code of", 10, 30 } };
const ra_limit ra_limit_document = { { "document", 120, 5 },
	{ "document of", 60, 10 } };
const ra_limit ra_limit_challenge = { { "challenge", 30, 10 },
	{ "challenge", 0, 0 } };
const ra_limit ra_limit_setup = { { "setup", 10, 30 }, { "setup", 0, 0 } };

tmg_view
ra_network_of(const char *peer, uint8_t address[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char plain[INET6_ADDRSTRLEN];

	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(peer, "%"), peer);
	if (inet_pton(AF_INET6, plain, address) != 1)
		return tmg_view_str(peer);
	return memcmp(address, mapped, sizeof(mapped)) == 0 ?
	    (tmg_view){ address + 12, 4 } : (tmg_view){ address, 8 };
}

/* The buckets of one who comes from peer. */
struct pair {
	ra_bucket_of row[2];
	size_t count;
};

static size_t
lower(const char *text, char small[SUBJECT_MAX])
{
	size_t len = 0;

	for (; text[len] != '\0' && len < SUBJECT_MAX; len++)
		small[len] = (char)tolower((unsigned char)text[len]);
	return len;
}

static tmg_rc
find(const ra_limit *limit, const char *peer, const char *subject,
    struct pair *p)
{
	char small[SUBJECT_MAX];
	uint8_t address[16];
	const tmg_view from = ra_network_of(peer, address);
	const tmg_view to = { (const uint8_t *)small, lower(subject, small) };
	tmg_rc rc;

	p->row[0].bucket = &limit->address;
	p->row[1].bucket = &limit->subject;
	p->count = to.len > 0 && limit->subject.holds > 0 ? 2 : 1;
	if ((rc = ra_mark_name(limit->address.name, &from, 1, p->row[0].name)) ||
	    p->count == 1)
		return rc;
	return ra_mark_name(limit->subject.name, &to, 1, p->row[1].name);
}

static tmg_rc
look(ra_store *s, time_t now, const struct pair *p, long *wait_s)
{
	tmg_rc rc;

	*wait_s = 0;
	for (size_t i = 0; i < p->count; i++) {
		long wait;

		if ((rc = ra_bucket_wait(s, &p->row[i], now, &wait)))
			return rc;
		if (wait > *wait_s)
			*wait_s = wait;
	}
	return *wait_s > 0 ? TMG_BUSY : TMG_OK;
}

tmg_rc
ra_limit_look(ra_store *s, time_t now, const ra_limit *limit, const char *peer,
    const char *subject, long *wait_s)
{
	struct pair p;
	const tmg_rc rc = find(limit, peer, subject, &p);

	return rc ? rc : look(s, now, &p, wait_s);
}

tmg_rc
ra_limit_count(ra_store *s, time_t now, const ra_limit *limit, const char *peer,
    const char *subject, long *wait_s)
{
	tmg_auto(ra_txn) txn = { NULL };
	struct pair p;
	tmg_rc rc;

	*wait_s = 0;
	if ((rc = find(limit, peer, subject, &p)))
		return rc;
	if ((rc = ra_txn_begin(&txn, s)))
		return TMG_E_IO;	/* TMG_BUSY is something else here */
	if ((rc = look(s, now, &p, wait_s)) || (rc = ra_mark_sweep(s, now)))
		return rc;
	for (size_t i = 0; i < p.count && rc == TMG_OK; i++)
		rc = ra_bucket_pour(s, &p.row[i], now);
	return rc ? rc : ra_txn_commit(&txn);
}
