/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra user add NAME [--password-file FILE] [--role applicant|officer]
 *     [--certificate FILE] [--branch NAME] */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/password.h"
#include "tools/ra/http/basic.h"
#include "tools/ra/http/cookie.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/digest.h"

#define PASSWORD_MIN 8

static tmg_rc
read_password(const char *path, tmg_secret *password, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_file_read(path, TMG_PIN_MAX + 2, &text, &len)))
		return tmg_raise(f, rc, 0, "%s: %s", path,
		    rc == TMG_UNSUPPORTED ? _("too long for a password") :
		    strerror(errno));
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	rc = tmg_secret_set(password, (tmg_view){ text, len });
	explicit_bzero(text, len);
	if (rc || password->len < PASSWORD_MIN)
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("%s: a password has %d to %d bytes"), path, PASSWORD_MIN,
		    TMG_PIN_MAX);
	return TMG_OK;
}

/* The hash of a certificate, PEM or DER, that an officer comes with. */
static tmg_rc
read_certificate(const char *path, char hash[RA_HASH_TEXT], tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new_file(path, "r");
	tmg_auto(ra_X509) x = bio != NULL ?
	    PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	unsigned char *der = NULL;
	int len;
	tmg_rc rc;

	if (x == NULL && bio != NULL && BIO_reset(bio) == 0)
		x = d2i_X509_bio(bio, NULL);
	ERR_clear_error();
	if (x == NULL)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: no certificate in PEM or DER"), path);
	if ((len = i2d_X509(x, &der)) <= 0)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	rc = ra_sha256_text((tmg_view){ der, (size_t)len }, hash);
	OPENSSL_free(der);
	return rc ? tmg_raise(f, rc, 0, _("hashing failed")) : TMG_OK;
}

/* Who comes with a certificate needs no password: nobody knows this one. */
static tmg_rc
make_password(tmg_ctx *ctx, const ra_value *file, tmg_secret *password,
    tmg_fault *f)
{
	char token[RA_TOKEN_MAX];
	tmg_rc rc;

	if (file->count > 0)
		return read_password(file->text[0], password, f);
	if ((rc = ra_token_new(ctx, token)) == TMG_OK)
		rc = tmg_secret_set(password, tmg_view_str(token));
	explicit_bzero(token, sizeof(token));
	return rc ? tmg_raise(f, rc, 0, _("no random numbers to be had")) : TMG_OK;
}

static tmg_rc
put_user(ra_desk *desk, const ra_user *user, tmg_fault *f)
{
	tmg_auto(ra_txn) txn = { NULL };
	char officer[RA_OWNER_MAX], detail[RA_REASON_MAX];
	tmg_rc rc;

	ra_officer_name(officer, sizeof(officer));
	snprintf(detail, sizeof(detail), "%s role %s%s%s", user->name, user->role,
	    user->certificate[0] != '\0' ? " certificate " : "",
	    user->certificate);
	if ((rc = ra_txn_begin(&txn, desk->store)) ||
	    (rc = ra_user_put(desk->store, user)))
		return tmg_fault_copy(f, &desk->store->fault, rc);
	if ((rc = ra_audit_add(desk->store, &(ra_audit){
	    .at = ra_desk_now(desk), .actor = officer,
	    .event = "account", .app = "", .detail = detail }, f)))
		return rc;
	rc = ra_txn_commit(&txn);
	return rc ? tmg_fault_copy(f, &desk->store->fault, rc) : TMG_OK;
}

static bool
check_words(const ra_value *args, const char *role)
{
	if (strcmp(args->text[0], "add") != 0)
		fprintf(stderr, "tamga-ra: user: %s\n", _("say add NAME"));
	else if (!ra_user_name_ok(args->text[1]))
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("a name has letters, digits and . _ - @ + (63 at most)"));
	else if (strcmp(role, "applicant") != 0 && strcmp(role, "officer") != 0)
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("the role is applicant or officer"));
	else
		return true;
	return false;
}

int
ra_cmd_user(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value file = { .count = 0 }, role = { .count = 0 },
	    certificate = { .count = 0 }, branch = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "password-file", NULL, &file, 1 }, { "role", NULL, &role, 1 },
		{ "certificate", NULL, &certificate, 1 },
		{ "branch", NULL, &branch, 1 } };
	tmg_auto(ra_place) place = { .desk = { NULL, NULL, { .rc = TMG_OK } } };
	tmg_auto_secret password = { .len = 0 };
	tmg_fault fault = { .rc = TMG_OK };
	ra_user user = { .name = "" };
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 2, 2, &args) ||
	    !check_words(&args, ra_value_or(&role, "applicant")))
		return RA_EXIT_USAGE;
	if (file.count == 0 && certificate.count == 0) {
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("--password-file FILE is needed, or --certificate FILE"));
		return RA_EXIT_USAGE;
	}
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;

	snprintf(user.name, sizeof(user.name), "%s", args.text[1]);
	snprintf(user.role, sizeof(user.role), "%s", ra_value_or(&role, "applicant"));
	snprintf(user.branch, sizeof(user.branch), "%s", ra_value_or(&branch, ""));
	if ((rc = make_password(ctx, &file, &password, &fault)) ||
	    (certificate.count > 0 && (rc = read_certificate(certificate.text[0],
	    user.certificate, &fault))))
		return ra_fail(&fault, rc);
	if ((rc = ra_password_hash(tmg_secret_view(&password), user.password)) ||
	    (rc = put_user(&place.desk, &user, &fault)))
		return ra_fail(&fault, rc);
	if (common.json)
		ra_print_json(json_pack("{s:s, s:s}", "name", user.name, "role",
		    user.role));
	return RA_EXIT_DONE;
}
