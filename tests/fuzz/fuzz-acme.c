/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ACME servers send, what is kept of it, and what visitors of our own
 * responder say: the first byte chooses which.
 */
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/enroll/acme-account.h"
#include "src/enroll/acme-link.h"
#include "src/enroll/acme-listen.h"
#include "src/enroll/acme-order.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_directory(tmg_view v)
{
	tmg_acme_directory d;

	if (tmg_acme_read_directory(v, &d) == TMG_OK && !tmg_acme_is_url(d.new_order))
		abort();
}

static void
try_order(tmg_view v)
{
	tmg_auto_free tmg_acme_order *o = calloc(1, sizeof(*o));

	if (o == NULL || tmg_acme_read_order(v, o) != TMG_OK)
		return;
	for (size_t i = 0; i < o->count; i++)
		if (!tmg_acme_is_url(o->authorizations[i]))
			abort();
	if (o->count == 0 || !tmg_acme_is_url(o->finalize) ||
	    (o->status == TMG_ACME_VALID && !tmg_acme_is_url(o->certificate)))
		abort();
}

static void
try_authz(tmg_view v)
{
	tmg_auto_free tmg_acme_authz *z = malloc(sizeof(*z));

	if (z == NULL || tmg_acme_read_authz(v, z) != TMG_OK)
		return;
	for (size_t i = 0; i < z->count; i++)
		if (strchr(z->challenges[i].token, '/') != NULL)
			abort();
	if (strchr(z->name.value, '/') != NULL)
		abort();
}

static void
try_problem(tmg_view v)
{
	tmg_acme_problem p;

	if (tmg_acme_read_problem(v, &p) == TMG_OK && strchr(p.said, '\033') != NULL)
		abort();
}

static void
try_window(tmg_view v)
{
	tmg_acme_window w;

	if (tmg_acme_read_window(v, &w) == TMG_OK && w.start >= w.end)
		abort();
}

static void
try_account(tmg_view v)
{
	tmg_acme_told told;

	if (tmg_acme_read_account(v, &told) == TMG_OK &&
	    (strlen(told.status) >= sizeof(told.status) || strchr(told.contact, '\n')))
		abort();
}

static void
try_record(tmg_view v)
{
	tmg_acme_record r;

	if (tmg_acme_record_read(v, &r) == TMG_OK && r.key.len > sizeof(r.key.der))
		abort();
}

static void
try_kept(tmg_view v)
{
	char url[TMG_ACME_URL_MAX];
	bool shown;

	if (tmg_acme_kept_read(v, url, &shown) == TMG_OK && !tmg_acme_is_url(url))
		abort();
}

static void
try_links(tmg_view v)
{
	tmg_auto_free char *text = strndup((const char *)v.ptr, v.len);
	char url[TMG_ACME_URL_MAX];

	if (text != NULL && tmg_acme_link(text, "https://a/b/c", "alternate", 1, url) == TMG_OK &&
	    !tmg_acme_is_url(url))
		abort();
}

static void
try_visitor(tmg_view v)
{
	const tmg_acme_proof proof = { .token = "abc", .answer = "abc.thumb" };
	char to[512];

	if (tmg_acme_http_answer(&proof, 1, v, to, sizeof(to)) >= sizeof(to))
		abort();
}

static void (*const tries[])(tmg_view v) = {
	try_directory, try_order, try_authz, try_problem, try_window, try_record, try_kept,
	try_links, try_visitor, try_account,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		tries[data[0] % TMG_COUNT(tries)]((tmg_view){ data + 1, size - 1 });
	return 0;
}
