/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents: what is taken as a file and what is not, what officers make of
 * them, and that nothing is left when an application is destroyed. */
#include <openssl/cms.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/paper.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/digest.h"

#define PDF "%PDF-1.7\nonce\n%%EOF\n"
#define TODAY "2027-01-15"

RA_SCOPE(CMS_ContentInfo, CMS_ContentInfo_free)

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };

static void
begin(struct bench *b, char id[RA_ID_MAX])
{
	static ra_form_errors errors;
	tmg_auto(ra_answers) given = { 0 };
	tmg_auto(ra_app) app = { .id = "" };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_answers_set(&given, "fullname", "Мария Тестова"), 0);
	assert_int_equal(ra_answers_set(&given, "email", "m@example.bg"), 0);
	assert_int_equal(ra_case_begin(&b->desk, ra_profiles_find(
	    b->desk.profiles, "bg-csp"), &applicant, "", &given, &errors, &app,
	    code), TMG_OK);
	strcpy(id, app.id);
}

static tmg_rc
deliver(struct bench *b, const char *id, const char *name, const char *dated,
    tmg_view content)
{
	return ra_desk_send_paper(&b->desk, id, &applicant, &(ra_delivery){ name,
	    "../my\xe2\x80\xae file.pdf", dated, content });
}

/* How it stands: "STANDING CHANNEL KIND", "" it is not there. */
static void
stands(struct bench *b, const char *id, const char *name, const char *want)
{
	tmg_auto(ra_paper) p = { .content = NULL };
	char got[64] = "";

	if (ra_paper_get(b->desk.store, id, name, &p) == TMG_OK)
		snprintf(got, sizeof(got), "%s %s %s", p.standing, p.channel, p.kind);
	assert_string_equal(got, want);
}

static void
check_log(struct bench *b)
{
	ra_audit_report report;
	tmg_fault f = { .rc = TMG_OK };

	if (ra_audit_verify(b->desk.store, "", &report, &f))
		fail_msg("%s", f.text);
}

static void
test_bad_files(void **state)
{
	static const struct {
		const char *name, *dated, *content;
		tmg_rc rc;
		const char *says;
	} rows[] = {
		{ "none-such", TODAY, PDF, TMG_NOT_FOUND, "no such document" },
		{ "../company-status", TODAY, PDF, TMG_NOT_FOUND, "no such document" },
		{ "contract", "", PDF, TMG_MISMATCH, "must be signed" },
		{ "company-status", TODAY, "", TMG_MISMATCH, "empty" },
		{ "company-status", TODAY, "<html>", TMG_MISMATCH, "none of the kinds" },
		{ "company-status", TODAY, "%PDF-1.7", TMG_MISMATCH, "pdf, jpeg, png" },
		{ "company-status", "", PDF, TMG_MISMATCH, "of which day" },
		{ "company-status", "2027-02-30", PDF, TMG_MISMATCH, "of which day" },
		{ "company-status", "yesterday", PDF, TMG_MISMATCH, "of which day" },
		{ "company-status", "2027-01-17", PDF, TMG_MISMATCH, "to come" },
		{ "company-status", "2026-12-15", PDF, TMG_MISMATCH, "not be older than 30" },
		{ "application", "", "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02.",
		    TMG_MISMATCH, "not signed as it must be" },
		/* the last: taken */
		{ "company-status", "2026-12-16", PDF, TMG_OK, "" },
	};
	struct bench *b = *state;
	char id[RA_ID_MAX];

	begin(b, id);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_rc rc = deliver(b, id, rows[i].name, rows[i].dated,
		    tmg_view_str(rows[i].content));

		if (rc != rows[i].rc ||
		    strstr(b->desk.fault.text, rows[i].says) == NULL)
			fail_msg("row %zu: %d %s", i, rc, b->desk.fault.text);
	}
	assert_int_equal(deliver(b, "AAAA-AAAA-AAAA-AAAA", "company-status", TODAY,
	    tmg_view_str(PDF)), TMG_NOT_FOUND);
}

static void
test_size(void **state)
{
	const size_t most = 4096 * 1024;
	struct bench *b = *state;
	tmg_auto_free uint8_t *big = malloc(most + 1);
	char id[RA_ID_MAX];

	assert_non_null(big);
	begin(b, id);
	memset(big, ' ', most + 1);
	memcpy(big, "%PDF-1.7", 8);
	memcpy(big + most - 6, "%%EOF\n", 6);
	assert_int_equal(deliver(b, id, "company-status", TODAY,
	    (tmg_view){ big, most }), TMG_OK);
	assert_int_equal(deliver(b, id, "company-status", TODAY,
	    (tmg_view){ big, most + 1 }), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "4096 KiB"));
}

static tmg_rc
judge(struct bench *b, const char *id, const char *name, bool accept,
    const char *channel, const char *reason)
{
	return ra_desk_judge_paper(&b->desk, id, name, &officer, accept, channel,
	    reason);
}

static void
test_judged(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_paper) paper = { .content = NULL };
	char id[RA_ID_MAX];

	begin(b, id);
	assert_int_equal(deliver(b, id, "company-status", TODAY,
	    tmg_view_str(PDF)), TMG_OK);
	stands(b, id, "company-status", "sent upload pdf");
	assert_int_equal(judge(b, id, "company-status", false, "", ""),
	    TMG_MISMATCH);
	assert_int_equal(judge(b, id, "company-status", false, "", "a\xe2\x80\xae"),
	    TMG_MISMATCH);
	assert_int_equal(judge(b, id, "company-status", false, "",
	    "page 2 is missing"), TMG_OK);
	stands(b, id, "company-status", "returned upload pdf");
	/* another one in its place: what was said of the first is gone */
	assert_int_equal(deliver(b, id, "company-status", TODAY,
	    tmg_view_str(PDF)), TMG_OK);
	assert_int_equal(ra_paper_get(b->desk.store, id, "company-status", &paper),
	    TMG_OK);
	assert_string_equal(paper.reason, "");
	assert_string_equal(paper.file, "my file.pdf");
	assert_int_equal(paper.len, strlen(PDF));
	assert_memory_equal(paper.content, PDF, paper.len);
	/* it grows too old while nobody looks */
	b->now += 40 * DAY;
	assert_int_equal(judge(b, id, "company-status", true, "", ""), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "older"));
	b->now -= 40 * DAY;
	assert_int_equal(judge(b, id, "company-status", true, "", ""), TMG_OK);
	assert_int_equal(deliver(b, id, "company-status", TODAY,
	    tmg_view_str(PDF)), TMG_DENIED);

	/* on paper */
	assert_int_equal(judge(b, id, "contract", true, "upload", ""), TMG_MISMATCH);
	assert_int_equal(judge(b, id, "contract", true, "pigeon", ""), TMG_MISMATCH);
	assert_int_equal(judge(b, id, "contract", true, "post", ""), TMG_OK);
	stands(b, id, "contract", "accepted post ");
	assert_int_equal(judge(b, id, "contract", false, "", "no stamp"), TMG_OK);
	stands(b, id, "contract", "returned post ");
	assert_int_equal(judge(b, id, "none", true, "post", ""), TMG_NOT_FOUND);
	check_log(b);
}

/* ---- signed ---- */

static void
issue(struct bench *b, struct csr *c, ra_app *app, ra_cert *cert)
{
	ra_submission in = { .owner = "a",
		.profile = ra_profiles_find(b->desk.profiles, "employee") };

	make_csr(c, "Signer", NULL);
	in.csr = (tmg_view){ c->der, c->len };
	if (ra_desk_submit(&b->desk, &in, app, cert))
		fail_msg("%s", b->desk.fault.text);
}

static size_t
sign(const ra_cert *cert, EVP_PKEY *key, const char *text, unsigned flags,
    uint8_t **der)
{
	const unsigned char *at = cert->der;
	tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)cert->len);
	tmg_auto(ra_BIO) data = BIO_new_mem_buf(text, -1);
	tmg_auto(ra_CMS_ContentInfo) cms = CMS_sign(x, key, NULL, data,
	    CMS_BINARY | flags);
	int len;

	assert_non_null(cms);
	*der = NULL;
	len = i2d_CMS_ContentInfo(cms, der);
	assert_true(len > 0);
	return (size_t)len;
}

static void
test_signed(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, gone = { .der = NULL };
	tmg_auto(ra_paper) paper = { .content = NULL };
	uint8_t *der, *within, *detached;
	char id[RA_ID_MAX];
	size_t len, within_len, detached_len;

	begin(b, id);
	issue(b, &c, &app, &cert);
	len = sign(&cert, c.key, PDF, 0, &der);
	within_len = sign(&cert, c.key, "MZ", 0, &within);
	detached_len = sign(&cert, c.key, PDF, CMS_DETACHED, &detached);
	assert_int_equal(deliver(b, id, "application", "",
	    (tmg_view){ within, within_len }), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "none of the kinds"));
	assert_int_equal(deliver(b, id, "application", "",
	    (tmg_view){ detached, detached_len }), TMG_MISMATCH);
	der[len - 1] ^= 1;
	assert_int_equal(deliver(b, id, "application", "", (tmg_view){ der, len }),
	    TMG_MISMATCH);
	der[len - 1] ^= 1;
	assert_int_equal(deliver(b, id, "application", "", (tmg_view){ der, len }),
	    TMG_OK);
	stands(b, id, "application", "sent signed p7m");
	assert_int_equal(ra_paper_get(b->desk.store, id, "application", &paper),
	    TMG_OK);
	assert_string_equal(paper.signer, cert.serial);

	assert_int_equal(ra_desk_revoke(&b->desk, app.id, 1, &officer, &gone),
	    TMG_OK);
	assert_int_equal(deliver(b, id, "application", "", (tmg_view){ der, len }),
	    TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "in force"));
	OPENSSL_free(der);
	OPENSSL_free(within);
	OPENSSL_free(detached);
}

/* Destroyed with the rest; and nothing comes after the end. */
static void
test_erased(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	char id[RA_ID_MAX];

	begin(b, id);
	assert_int_equal(deliver(b, id, "company-status", TODAY,
	    tmg_view_str(PDF)), TMG_OK);
	assert_int_equal(ra_desk_decide(&b->desk, id, RA_EV_CANCEL, &applicant, "",
	    &app), TMG_OK);
	assert_int_equal(deliver(b, id, "company-status", TODAY,
	    tmg_view_str(PDF)), TMG_DENIED);
	assert_int_equal(judge(b, id, "company-status", true, "", ""), TMG_DENIED);
	{
		const ra_actor timer = { RA_BY_SYSTEM, "timer" };
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->desk.store), TMG_OK);
		assert_int_equal(ra_desk_destroy(&b->desk, &app, &timer), TMG_OK);
		assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	}
	stands(b, id, "company-status", "");
	check_log(b);
}

int
main(void)
{
#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, \
    bench_set_up_shipped, bench_tear_down)
	const struct CMUnitTest tests[] = {
		SHIPPED(test_bad_files),
		SHIPPED(test_size),
		SHIPPED(test_judged),
		SHIPPED(test_signed),
		SHIPPED(test_erased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
