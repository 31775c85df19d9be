/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/account.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "src/pki/x509.h"
#include "tools/ra/desk/password.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/digest.h"

bool
ra_role_ok(const char *role)
{
	static const char *const roles[] = { RA_ROLE_APPLICANT, RA_ROLE_OFFICER,
		RA_ROLE_OPERATOR };

	for (size_t i = 0; i < TMG_COUNT(roles); i++)
		if (strcmp(roles[i], role) == 0)
			return true;
	return false;
}

static bool
is_staff(const ra_user *user)
{
	return strcmp(user->role, RA_ROLE_APPLICANT) != 0 &&
	    strcmp(user->role, "application") != 0;
}

static tmg_rc
hash_password(ra_desk *d, tmg_view password, char text[RA_PASSWORD_TEXT])
{
	char nobodys[RA_CODE_MAX] = "";
	tmg_rc rc = TMG_OK;

	if (password.len == 0) {
		rc = ra_number_new(d->office->ctx, nobodys, sizeof(nobodys));
		password = tmg_view_str(nobodys);
	}
	if (rc == TMG_OK)
		rc = ra_password_hash(password, text);
	explicit_bzero(nobodys, sizeof(nobodys));
	return rc ? tmg_raise(&d->fault, rc, 0, _("no random numbers to be had")) :
	    TMG_OK;
}

/* In the caller's transaction. */
static tmg_rc
keep(ra_desk *d, const ra_user *user, const char *actor)
{
	char detail[RA_REASON_MAX];
	tmg_rc rc;

	snprintf(detail, sizeof(detail), "%s role %s%s%s", user->name, user->role,
	    user->certificate[0] != '\0' ? " certificate " : "",
	    user->certificate);
	if ((rc = ra_user_put(d->store, user)))
		return rc == TMG_OCCUPIED ? tmg_raise(&d->fault, rc, 0,
		    _("that certificate is another account's")) :
		    ra_desk_says(d, rc);
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = actor, .event = "account", .app = "", .detail = detail },
	    &d->fault);
}

tmg_rc
ra_account_name(ra_user *user, tmg_view der, tmg_fault *f)
{
	const unsigned char *at = der.ptr;
	tmg_auto(ra_X509) cert = d2i_X509(NULL, &at, (long)der.len);

	ERR_clear_error();
	if (cert == NULL || tmg_x509_time(X509_get0_notBefore(cert), &user->begins) ||
	    tmg_x509_time(X509_get0_notAfter(cert), &user->ends))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("a certificate cannot be read"));
	if (ra_sha256_text(der, user->certificate))
		return tmg_raise(f, TMG_E_CRYPTO, 0, _("hashing failed"));
	return TMG_OK;
}

/* None from now on. */
static void
untie(ra_user *user)
{
	user->certificate[0] = '\0';
	user->begins = user->ends = 0;
}

tmg_rc
ra_account_put(ra_desk *d, ra_user *user, tmg_view password, const char *actor)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = hash_password(d, password, user->password)))
		return rc;
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = keep(d, user, actor)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* Nobody takes his own account away, so that one operator is always left; an
 * applicant's is never made staff's. */
static tmg_rc
check_staff(ra_desk *d, const char *name, const char *actor, ra_user *before)
{
	const char *self = strchr(actor, ':');
	tmg_rc rc;

	if (self != NULL && strcmp(self + 1, name) == 0)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("this is your own account: another operator changes it"));
	rc = ra_user_get(d->store, name, before);
	if (rc != TMG_OK)
		return rc == TMG_NOT_FOUND ? rc : ra_desk_says(d, rc);
	if (!is_staff(before))
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("%s is an applicant's account"), name);
	return TMG_OK;
}

tmg_rc
ra_account_invite(ra_desk *d, ra_user *user, const char *actor,
    char password[RA_CODE_MAX])
{
	ra_user before = { .name = "" };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	rc = check_staff(d, user->name, actor, &before);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if ((rc = ra_number_new(d->office->ctx, password, RA_CODE_MAX)))
		return tmg_raise(&d->fault, rc, 0, _("no random numbers to be had"));
	untie(user);
	return ra_account_put(d, user, tmg_view_str(password), actor);
}

tmg_rc
ra_account_tie(ra_desk *d, ra_user *user, tmg_view der)
{
	char self[RA_ACTOR_MAX];
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_account_name(user, der, &d->fault)))
		return rc;
	snprintf(self, sizeof(self), "%s:%s", user->role, user->name);
	return ra_account_put(d, user, (tmg_view){ NULL, 0 }, self);
}

tmg_rc
ra_account_close(ra_desk *d, const char *name, const char *actor)
{
	ra_user user = { .name = "" };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	rc = check_staff(d, name, actor, &user);
	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0, _("there is no account %s"), name);
	if (rc)
		return rc;
	snprintf(user.role, sizeof(user.role), "%s", RA_ROLE_CLOSED);
	untie(&user);
	return ra_account_put(d, &user, (tmg_view){ NULL, 0 }, actor);
}
