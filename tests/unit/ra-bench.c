/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/ra-bench.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/pki/name.h"
#include "tools/ra/ca/make.h"

#define PROFILE(approval, more) \
	"title = \"T\"; approval = \"" approval "\"; validity_days = 30;\n" \
	"keys = [\"ec:p256\", \"ed25519\"]; key_usage = [\"digitalSignature\"];\n" \
	"ext_key_usage = [\"clientAuth\"];\n" \
	"subject: { required = [\"CN\"]; allowed = [\"CN\", \"O\"]; };\n" \
	"san: { allowed = [\"email\", \"dns\"]; };\n" more

static const struct {
	const char *name, *text;
} files[] = {
	{ "p/auto.profile", PROFILE("automatic", "renewal: { same_key = true; };") },
	{ "p/officer.profile", PROFILE("officer", "") },
};

#define CONFIG "store = \"%s\";\nprofiles = \"%s\";\n" \
	"default_profile = \"%s\";\n" \
	"ca: { certificate = \"ca.pem\"; key = \"ca.key\"; };\n" \
	"tls: { certificate = \"x\"; key = \"x\"; };\n"

static time_t
clock_of(void *arg)
{
	return ((const struct bench *)arg)->now;
}

void
bench_path(const struct bench *b, const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", b->place.folder, name);
}

static void
write_config(const struct bench *b, const char *profiles, const char *usual)
{
	char path[256], text[8192];

	assert_true(snprintf(text, sizeof(text), CONFIG,
	    b->place.where, profiles, usual) <
	    (int)sizeof(text));
	bench_path(b, "ra.conf", path);
	assert_int_equal(tmg_file_replace(path, tmg_view_str(text), 0600), TMG_OK);
}

static void
make_authority(struct bench *b)
{
	tmg_auto(ra_made) ca = { .key = NULL };
	tmg_fault f = { .rc = TMG_OK };
	ra_store *store = NULL;
	char path[256];

	bench_path(b, "p", path);
	assert_int_equal(tmg_file_folder(path, 0700), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(files); i++) {
		bench_path(b, files[i].name, path);
		assert_int_equal(tmg_file_replace(path, tmg_view_str(files[i].text),
		    0600), TMG_OK);
	}
	assert_int_equal(ra_make_ca(b->ctx, "Орталық", TMG_ALG_P256, 3650, &ca, &f),
	    TMG_OK);
	bench_path(b, "ca.key", path);
	assert_int_equal(ra_write_key(ca.key, (tmg_view){ NULL, 0 }, path, &f), TMG_OK);
	bench_path(b, "ca.pem", path);
	assert_int_equal(ra_write_cert(ca.cert, NULL, path, &f), TMG_OK);
	if (ra_store_open(b->place.where, true, &f, &store) != TMG_OK)
		fail_msg("%s", f.text);
	ra_store_free(&store);
}

void
bench_open(struct bench *b)
{
	tmg_fault f = { .rc = TMG_OK };
	char path[256];

	bench_path(b, "ra.conf", path);
	if (ra_office_open(b->ctx, path, &b->office, &f) != TMG_OK ||
	    ra_desk_open(&b->office, &b->desk, &f) != TMG_OK)
		fail_msg("%s", f.text);
}

ra_config *
bench_config(struct bench *b)
{
	return (ra_config *)(uintptr_t)b->desk.config;
}

void
bench_close(struct bench *b)
{
	ra_desk_release(&b->desk);
	ra_office_release(&b->office);
}

/* A back end's row has no room for them. */
static const ra_store_ops *plain;
static unsigned *commits, commits_most;

static tmg_rc
count_commit(ra_store *s)
{
	if (++*commits > commits_most)
		return tmg_raise(&s->fault, TMG_E_IO, 0, "the disk is full");
	return plain->commit(s);
}

void
bench_commits(struct bench *b, unsigned *count, unsigned most)
{
	static ra_store_ops counted;

	if (commits == NULL)
		plain = b->desk.store->ops;
	commits = count;
	commits_most = most;
	counted = *plain;
	counted.commit = count_commit;
	b->desk.store->ops = count != NULL ? &counted : plain;
}

static int
set_up(void **state, const char *profiles, const char *usual)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	place_make(&b->place);
	b->now = START;
	assert_int_equal(tmg_ctx_new(&b->ctx), TMG_OK);
	tmg_ctx_set_clock(b->ctx, clock_of, b);
	make_authority(b);
	write_config(b, profiles, usual);
	bench_open(b);
	*state = b;
	return 0;
}

int
bench_set_up(void **state)
{
	return set_up(state, "p", "auto");
}

int
bench_set_up_shipped(void **state)
{
	const char *top = getenv("top_srcdir");
	char folder[4096];

	snprintf(folder, sizeof(folder), "%s/share/profiles",
	    top != NULL ? top : ".");
	return set_up(state, folder, "employee");
}

int
bench_tear_down(void **state)
{
	static const char *const names[] = { "p/auto.profile", "p/officer.profile",
		"p", "ra.conf", "ca.key", "ca.pem" };
	struct bench *b = *state;
	char path[256];

	bench_close(b);
	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		bench_path(b, names[i], path);
		remove(path);
	}
	place_drop(&b->place);
	tmg_ctx_free(&b->ctx);
	free(b);
	return 0;
}

void
bench_reserve(struct bench *b, ra_app *app, ra_cert *reserved)
{
	const ra_actor ca = { RA_BY_SYSTEM, "authority" };
	tmg_auto(ra_txn) txn = { NULL };

	assert_int_equal(ra_txn_begin(&txn, b->desk.store), TMG_OK);
	assert_int_equal(ra_life_apply(b->desk.store, app, RA_EV_RESERVE, &ca, "",
	    b->now, &b->desk.fault), TMG_OK);
	memcpy(reserved->app, app->id, sizeof(reserved->app));
	assert_int_equal(ra_cert_reserve(b->desk.store, reserved), TMG_OK);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
}

void
csr_release(struct csr *c)
{
	EVP_PKEY_free(c->key);
}

static void
name_it(X509_REQ *req, const char *subject)
{
	tmg_fault f = { .rc = TMG_OK };
	X509_NAME *name = NULL;

	if (strchr(subject, '=') == NULL) {
		assert_int_equal(X509_NAME_add_entry_by_txt(
		    X509_REQ_get_subject_name(req), "CN", MBSTRING_UTF8,
		    (const unsigned char *)subject, -1, -1, 0), 1);
		return;
	}
	assert_int_equal(tmg_name_parse(subject, &name, &f), TMG_OK);
	assert_int_equal(X509_REQ_set_subject_name(req, name), 1);
	X509_NAME_free(name);
}

void
make_csr(struct csr *c, const char *subject, const char *san)
{
	tmg_auto(ra_X509_REQ) req = X509_REQ_new();
	unsigned char *at = c->der;
	int len;

	if (c->key == NULL)
		c->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	assert_non_null(c->key);
	if (subject != NULL)
		name_it(req, subject);
	assert_int_equal(X509_REQ_set_pubkey(req, c->key), 1);
	if (san != NULL) {
		STACK_OF(X509_EXTENSION) *exts = sk_X509_EXTENSION_new_null();

		sk_X509_EXTENSION_push(exts, X509V3_EXT_conf_nid(NULL, NULL,
		    NID_subject_alt_name, san));
		assert_int_equal(X509_REQ_add_extensions(req, exts), 1);
		sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
	}
	assert_true(X509_REQ_sign(req, c->key, EVP_sha256()) > 0);
	len = i2d_X509_REQ(req, NULL);
	assert_in_range(len, 1, (int)sizeof(c->der));
	c->len = (size_t)i2d_X509_REQ(req, &at);
}
