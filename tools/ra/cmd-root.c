/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra root renew | list: what an authority needs its root for. */
#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/ca/reasons.h"
#include "tools/ra/cmd.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/root.h"
#include "tools/ra/store/digest.h"

#define CA_DAYS "3650"
#define LIST_DAYS "180"
#define LIST_MAX 1048576
#define CA_COMPROMISE 2		/* RFC 5280 5.3.1: for authorities alone */

struct root_args {
	ra_common common;
	ra_value root, secret, vcard, days, crl_url, out, revoke, reason;
	ra_config config;
	ra_root held;
	tmg_fault f;
};

static void
release(struct root_args *a)
{
	ra_root_release(&a->held);
}

static tmg_rc
read_days(const ra_value *value, const char *usual, int *days, tmg_fault *f)
{
	const char *text = ra_value_or(value, usual);
	char *end;
	const long n = strtol(text, &end, 10);

	if (end == text || *end != '\0' || n < 1 || n > 36500)
		return tmg_raise(f, TMG_E_USAGE, 0, _("\"%s\" is no number of days"), text);
	*days = (int)n;
	return TMG_OK;
}

/* ---- a new certificate ---- */

static tmg_rc
read_cert_file(const char *path, X509 **first, X509 **second, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	tmg_auto(ra_BIO) bio = NULL;
	size_t len;
	const tmg_rc rc = tmg_file_read(path, LIST_MAX, &text, &len);

	if (rc || (bio = BIO_new_mem_buf(text, (int)len)) == NULL)
		return tmg_raise(f, rc ? rc : TMG_E_NOMEM, 0, "%s: %s", path,
		    strerror(errno));
	*first = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	*second = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	return TMG_OK;
}

/* What the server shows ends with the authority's certificate, where init made
 * it: the new one takes its place. */
static tmg_rc
renew_shown(struct root_args *a, const X509 *cert)
{
	X509 *server = NULL, *above = NULL;
	char path[PATH_MAX];
	tmg_rc rc;

	if (ra_config_path(&a->config, a->config.tls_certificate, path))
		return TMG_E_USAGE;
	rc = read_cert_file(path, &server, &above, &a->f);
	if (rc == TMG_OK && server != NULL && above != NULL &&
	    X509_cmp(above, a->held.ca) == 0)
		rc = ra_write_cert(server, cert, path, &a->f);
	X509_free(server);
	X509_free(above);
	return rc;
}

static tmg_rc
note(struct root_args *a, tmg_ctx *ctx, const X509 *cert)
{
	ra_store *store = NULL;
	char path[PATH_MAX], name[RA_OWNER_MAX], detail[RA_REASON_MAX];
	char hash[RA_HASH_TEXT];
	unsigned char *der = NULL;
	const int len = i2d_X509(cert, &der);
	tmg_rc rc = len <= 0 || ra_config_path(&a->config, a->config.store, path) ?
	    TMG_E_USAGE : ra_sha256_text((tmg_view){ der, (size_t)len }, hash);

	OPENSSL_free(der);
	if (rc || (rc = ra_store_open(path, false, &a->f, &store)))
		return rc;
	snprintf(detail, sizeof(detail), "authority sha256 %s", hash);
	ra_officer_name(name, sizeof(name));
	{
		tmg_auto(ra_txn) txn = { NULL };

		if ((rc = ra_txn_begin(&txn, store)) == TMG_OK &&
		    (rc = ra_audit_add(store, &(ra_audit){ .at = tmg_ctx_now(ctx),
		    .actor = name, .event = "renew-authority", .app = "",
		    .detail = detail }, &a->f)) == TMG_OK)
			rc = ra_txn_commit(&txn);
	}
	if (rc)
		rc = tmg_fault_copy(&a->f, &store->fault, rc);
	ra_store_free(&store);
	return rc;
}

/* Noted before anybody can have it. */
static tmg_rc
renew(struct root_args *a, tmg_ctx *ctx)
{
	tmg_auto(ra_X509) cert = NULL;
	char path[PATH_MAX], end[RA_TIME_TEXT];
	time_t until;
	int days;
	tmg_rc rc;

	if ((rc = read_days(&a->days, CA_DAYS, &days, &a->f)) ||
	    (rc = ra_root_renew(&a->held, days, a->crl_url.count > 0 ?
	    a->crl_url.text[0] : NULL, &cert, &a->f)) || (rc = note(a, ctx, cert)))
		return rc;
	if (ra_config_path(&a->config, a->config.ca_certificate, path))
		return TMG_E_USAGE;
	if ((rc = renew_shown(a, cert)) ||
	    (rc = ra_write_cert(cert, a->held.cert, path, &a->f)))
		return rc;
	if (tmg_x509_time(X509_get0_notAfter(cert), &until))
		return TMG_E_CRYPTO;
	ra_time_text(until, end);
	if (a->common.json)
		ra_print_json(json_pack("{s:s, s:s}", "certificate", path, "not_after",
		    end));
	else
		printf(_("%s: a new certificate until %s; restart the servers\n"), path,
		    end);
	return TMG_OK;
}

/* ---- the list ---- */

static tmg_rc
read_reason(const ra_value *value, int *reason, tmg_fault *f)
{
	const char *word = ra_value_or(value, "unspecified");

	*reason = CA_COMPROMISE;
	return strcasecmp(word, "cACompromise") == 0 ||
	    ra_reason_parse(word, reason) == TMG_OK ? TMG_OK :
	    tmg_raise(f, TMG_E_USAGE, 0, _("%s: no such reason"), word);
}

/* The file is the root's memory: what was revoked once stays on it. */
static tmg_rc
list(struct root_args *a)
{
	tmg_auto_free uint8_t *before = NULL;
	const char *path = ra_value_or(&a->out, "");
	unsigned char *der = NULL;
	size_t had = 0, len = 0;
	int64_t number = 0;
	int days, reason;
	tmg_rc rc;

	if (path[0] == '\0')
		return tmg_raise(&a->f, TMG_E_USAGE, 0,
		    _("--out FILE: the list, which also tells what stood on it before"));
	if ((rc = read_days(&a->days, LIST_DAYS, &days, &a->f)) ||
	    (rc = read_reason(&a->reason, &reason, &a->f)))
		return rc;
	rc = tmg_file_read(path, LIST_MAX, &before, &had);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return tmg_raise(&a->f, rc, 0, "%s: %s", path, strerror(errno));
	if ((rc = ra_root_list(&a->held, (tmg_view){ before, rc ? 0 : had },
	    ra_value_or(&a->revoke, ""), reason, days, &der, &len, &number, &a->f)))
		return rc;
	rc = tmg_file_replace(path, (tmg_view){ der, len }, 0644);
	OPENSSL_free(der);
	if (rc)
		return tmg_raise(&a->f, rc, 0, "%s: %s", path, strerror(errno));
	if (a->common.json)
		ra_print_json(json_pack("{s:s, s:I}", "list", path, "number",
		    (json_int_t)number));
	else
		printf(_("%s: the root's list number %ld\n"), path, (long)number);
	return TMG_OK;
}

/* ---- both ---- */

static tmg_rc
open_root(struct root_args *a, tmg_ctx *ctx)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if (a->root.count == 0)
		return tmg_raise(&a->f, TMG_E_USAGE, 0,
		    _("--root DIR|URI: the root's folder, or its key on a token"));
	if ((rc = ra_common_config(&a->common, path)) ||
	    (rc = ra_config_load(path, &a->config, &a->f)))
		return rc;
	return ra_root_open(ctx, &a->config, &(ra_keysource){ a->root.text[0],
	    ra_value_or(&a->secret, ""), ra_value_or(&a->vcard, "") }, &a->held,
	    &a->f);
}

int
ra_cmd_root(tmg_ctx *ctx, int argc, char **argv)
{
	__attribute__((__cleanup__(release))) struct root_args a = { .held = { .ctx = NULL } };
	const ra_option options[] = { RA_COMMON_OPTIONS(&a.common),
		{ "root", NULL, &a.root, 1 }, { "root-secret-file", NULL, &a.secret, 1 },
		{ "vcard", NULL, &a.vcard, 1 }, { "days", NULL, &a.days, 1 },
		{ "crl-url", NULL, &a.crl_url, 1 }, { "out", NULL, &a.out, 1 },
		{ "revoke", NULL, &a.revoke, 1 }, { "reason", NULL, &a.reason, 1 } };
	ra_value args;
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	const bool renews = strcmp(args.text[0], "renew") == 0;

	if (!renews && strcmp(args.text[0], "list") != 0) {
		fprintf(stderr, "tamga-ra: root %s: %s\n", args.text[0],
		    _("say renew or list"));
		return RA_EXIT_USAGE;
	}
	if ((rc = open_root(&a, ctx)) || (rc = renews ? renew(&a, ctx) : list(&a)))
		return rc == TMG_E_USAGE && a.f.text[0] != '\0' ?
		    (ra_fail(&a.f, rc), RA_EXIT_USAGE) : ra_fail(&a.f, rc);
	return RA_EXIT_DONE;
}
