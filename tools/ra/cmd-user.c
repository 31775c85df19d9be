/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra user add NAME [--password-file FILE] [--role applicant|officer|operator]
 *     [--certificate FILE] [--branch NAME] [--email ADDRESS [--language CODE]]
 *     | user list | user close NAME */
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
#include "tools/ra/desk/account.h"
#include "tools/ra/http/basic.h"
#include "tools/ra/profile/input.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/verb.h"

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

/* The one, PEM or DER, that an officer comes with. */
static tmg_rc
read_certificate(const char *path, ra_user *user, tmg_fault *f)
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
	rc = ra_account_name(user, (tmg_view){ der, (size_t)len }, f);
	OPENSSL_free(der);
	return rc;
}

struct task {
	ra_desk *desk;
	const char *name, *role, *branch, *email, *language;
	const ra_value *password_file, *certificate;
	bool json;
};

static int
user_add(const void *task)
{
	const struct task *t = task;
	tmg_auto_secret password = { .len = 0 };
	ra_desk *d = t->desk;
	ra_user user = { .name = "" };
	char self[RA_OWNER_MAX];
	tmg_rc rc;

	snprintf(user.name, sizeof(user.name), "%s", t->name);
	snprintf(user.role, sizeof(user.role), "%s", t->role);
	snprintf(user.branch, sizeof(user.branch), "%s", t->branch);
	snprintf(user.email, sizeof(user.email), "%s", t->email);
	snprintf(user.language, sizeof(user.language), "%s", t->language);
	if ((t->password_file->count > 0 && (rc = read_password(
	    t->password_file->text[0], &password, &d->fault))) ||
	    (t->certificate->count > 0 && (rc = read_certificate(
	    t->certificate->text[0], &user, &d->fault))))
		return ra_fail(&d->fault, rc);
	ra_officer_name(self, sizeof(self));
	if ((rc = ra_account_put(d, &user, tmg_secret_view(&password), self)))
		return ra_fail(&d->fault, rc);
	if (t->json)
		ra_print_json(json_pack("{s:s, s:s}", "name", user.name, "role",
		    user.role));
	return RA_EXIT_DONE;
}

static tmg_rc
print_user(void *arg, const ra_user *user)
{
	(void)arg;
	printf("%-24s  %-9s  %-11s  %s\n", user->name, user->role,
	    user->certificate[0] != '\0' ? _("certificate") : _("password"),
	    user->branch);
	return TMG_OK;
}

static tmg_rc
collect_user(void *arg, const ra_user *user)
{
	return json_array_append_new(arg, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name",
	    user->name, "role", user->role, "certificate", user->certificate,
	    "branch", user->branch, "email", user->email, "language",
	    user->language)) == 0 ? TMG_OK : TMG_E_NOMEM;
}

static int
user_list(const void *task)
{
	const struct task *t = task;
	json_t *all = t->json ? json_array() : NULL;
	const tmg_rc rc = ra_user_each(t->desk->store,
	    t->json ? collect_user : print_user, all);

	return ra_print_all(t->desk->store, all, rc);
}

static int
user_close(const void *task)
{
	const struct task *t = task;
	char self[RA_OWNER_MAX];
	tmg_rc rc;

	ra_officer_name(self, sizeof(self));
	rc = ra_account_close(t->desk, t->name, self);
	return rc ? ra_fail(&t->desk->fault, rc) : RA_EXIT_DONE;
}

static const ra_verb verbs[] = {
	{ "add", 1, user_add },
	{ "list", 0, user_list },
	{ "close", 1, user_close },
};

static bool
check_words(const struct task *t, const ra_verb *verb)
{
	if (verb->names > 0 && !ra_user_name_ok(t->name))
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("a name has letters, digits and . _ - @ + (63 at most)"));
	else if (!ra_role_ok(t->role))
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("the role is applicant, officer or operator"));
	else if (t->email[0] != '\0' && !ra_input_is_email(t->email))
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("--email: an e-mail address such as name@example.org"));
	else if (t->language[0] != '\0' && ra_language_find(t->language) == NULL)
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("--language: one of en, bg, kk, ru, az"));
	else if (verb->run == user_add && t->password_file->count == 0 &&
	    t->certificate->count == 0)
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("--password-file FILE is needed, or --certificate FILE"));
	else
		return true;
	return false;
}

int
ra_cmd_user(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value file = { .count = 0 }, role = { .count = 0 },
	    certificate = { .count = 0 }, branch = { .count = 0 },
	    email = { .count = 0 }, language = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "password-file", NULL, &file, 1 }, { "role", NULL, &role, 1 },
		{ "certificate", NULL, &certificate, 1 },
		{ "branch", NULL, &branch, 1 }, { "email", NULL, &email, 1 },
		{ "language", NULL, &language, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	const ra_verb *verb;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 2, &args))
		return RA_EXIT_USAGE;
	if ((verb = ra_verb_find(verbs, TMG_COUNT(verbs), &args)) == NULL) {
		fprintf(stderr, "tamga-ra: user: %s\n",
		    _("say add NAME, list or close NAME"));
		return RA_EXIT_USAGE;
	}
	const struct task task = { &place.desk,
		args.count > 1 ? args.text[1] : "",
		ra_value_or(&role, RA_ROLE_APPLICANT), ra_value_or(&branch, ""),
		ra_value_or(&email, ""), ra_value_or(&language, ""),
		&file, &certificate, common.json };

	if (!check_words(&task, verb))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	return verb->run(&task);
}
