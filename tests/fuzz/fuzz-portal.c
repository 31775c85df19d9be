/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client of portals as a whole, and a portal that says what the fuzzer
 * found: the first byte is what the client is after, the rest what it is told
 * (answers.h).
 */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/enroll/portal.h"
#include "tests/fuzz/answers.h"

#define NUMBER "815S-XHHZ-1MZA-V7QG"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	tmg_ctx *ctx;
	tmg_certs *anchors;
	tmg_soft *key;
	uint8_t bytes[TMG_CSR_MAX];
	tmg_out csr;
} world;

static tmg_view
request(void)
{
	return tmg_out_view(&world.csr);
}

static tmg_authority *
meet(const char *uri)
{
	const tmg_authority_spec spec = { .uri = uri, .anchors = world.anchors,
		.password = tmg_view_str("code") };
	tmg_authority *a = NULL;

	if (tmg_authority_open(world.ctx, &spec, NULL, &a))
		abort();
	return a;
}

/* No verdict without words, and no words that a terminal obeys. */
static void
leave(tmg_authority *a, tmg_rc rc)
{
	const char *text = tmg_authority_fault(a)->text;

	if (rc != TMG_OK && (text[0] == '\0' || strpbrk(text, "\033\r") != NULL))
		abort();
	tmg_authority_free(&a);
}

/* Whose answer it is stands in its path: the number is ours, or well formed. */
static void
check_decision(tmg_rc rc, const tmg_decision *d)
{
	tmg_portal_place place;
	char path[64];

	snprintf(path, sizeof(path), "applications/%.40s", d->ticket);
	if (d->ticket[0] != '\0' && tmg_portal_path(path, &place))
		abort();
	if ((rc == TMG_OK) != (d->certs != NULL) ||
	    (rc == TMG_OK && tmg_certs_count(d->certs) == 0))
		abort();
}

static void
submit_to(const char *uri)
{
	tmg_authority *a = meet(uri);
	tmg_decision d = { .certs = NULL };
	const tmg_rc rc = tmg_authority_submit(a, request(), false, &d);

	check_decision(rc, &d);
	tmg_certs_free(&d.certs);
	leave(a, rc);
}

static void
try_profile(void)
{
	submit_to("portal+https://ra.test/employee");
}

static void
try_application(void)
{
	submit_to("portal+https://ra.test/applications/" NUMBER);
}

static void
try_poll(void)
{
	tmg_authority *a = meet("portal+https://ra.test/applications/" NUMBER);
	tmg_decision d = { .certs = NULL };
	const tmg_rc rc = tmg_authority_poll(a, request(), false, NUMBER, &d);

	check_decision(rc, &d);
	tmg_certs_free(&d.certs);
	leave(a, rc);
}

static void
try_admits(void)
{
	tmg_authority *a = meet("portal+https://ra.test/applications/" NUMBER);

	leave(a, tmg_authority_admits(a, false));
}

static void
try_cacerts(void)
{
	tmg_authority *a = meet("portal+https://ra.test/employee");
	const tmg_certs *certs;

	leave(a, tmg_authority_cacerts(a, &certs));
}

static void
try_installed(void)
{
	tmg_authority *a = meet("portal+https://ra.test/applications/" NUMBER);

	leave(a, tmg_authority_installed(a, NUMBER, request()));
}

static void
try_revoke(void)
{
	tmg_authority *a = meet("portal+https://ra.test/applications/" NUMBER);

	leave(a, tmg_authority_revoke(a, request(), 1));
}

static void
call(const char *path, const char *wants)
{
	tmg_authority *a = meet("portal+https://ra.test/employee");
	tmg_auto(tmg_answer) answer;
	const tmg_rc rc = tmg_authority_call(a, &(tmg_call){ .path = path,
	    .wants = wants }, &answer);

	if ((rc == TMG_OK) != (answer.text != NULL) ||
	    (rc == TMG_OK && answer.text[answer.len] != '\0'))
		abort();
	leave(a, rc);
}

static void
try_call(void)
{
	call("profiles/employee", NULL);
}

static void
try_print(void)
{
	call("applications/" NUMBER "/print?form=pdf", "application/pdf");
}

static void (*const tries[])(void) = {
	try_profile, try_application, try_poll, try_admits, try_cacerts, try_installed,
	try_revoke, try_call, try_print,
};

static void
set_up(void)
{
	const tmg_csr_spec spec = { .subject = "CN=Asel" };

	if (tmg_ctx_new(&world.ctx) || tmg_certs_new(&world.anchors) ||
	    tmg_certs_add_pem(world.anchors, tmg_view_str(answers_ca)))
		abort();
	world.key = answers_key(world.ctx);
	world.csr = TMG_OUT(world.bytes);
	if (tmg_csr_make(world.ctx, &spec, tmg_soft_signer(world.key), &world.csr, NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (world.ctx == NULL)
		set_up();
	if (size == 0)
		return 0;
	answers_begin((tmg_view){ data + 1, size - 1 }, NULL);
	tries[data[0] % TMG_COUNT(tries)]();
	return 0;
}
