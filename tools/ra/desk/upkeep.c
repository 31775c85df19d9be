/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/upkeep.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/desk/given.h"
#include "tools/ra/store/deputy.h"
#include "tools/ra/store/mail.h"
#include "tools/ra/store/user.h"

#define DAY 86400
#define HOUR 3600
#define FILE_MAX_BYTES 1048576

struct looking {
	ra_desk *desk;
	ra_upkeep_fn *fn;
	void *arg;
	ra_upkeep one;		/* as its row in the table says */
};

/* So many days before, but never in what is three quarters of its life. */
time_t
ra_upkeep_near(const ra_desk *d, time_t from, time_t ends)
{
	const time_t days = (time_t)d->config->watch_days * DAY;
	const time_t quarter = (ends - from) / 4;

	return ends - (days < quarter ? days : quarter);
}

/* ---- certificates ---- */

static tmg_rc
tell_cert(struct looking *l, const X509 *cert)
{
	time_t from = 0, ends = 0;

	if (tmg_x509_time(X509_get0_notBefore(cert), &from) ||
	    tmg_x509_time(X509_get0_notAfter(cert), &ends) ||
	    ra_name_text(X509_get_subject_name(cert), l->one.about,
	    sizeof(l->one.about)))
		return tmg_raise(&l->desk->fault, TMG_E_MALFORMED, 0,
		    _("a certificate cannot be read"));
	l->one.ends = ends;
	l->one.near = ra_upkeep_near(l->desk, from, ends);
	return l->fn(l->arg, &l->one);
}

static tmg_rc
look_authority(struct looking *l)
{
	return tell_cert(l, l->desk->office->ca->cert);
}

static tmg_rc
look_above(struct looking *l)
{
	const STACK_OF(X509) *above = l->desk->office->ca->above;
	tmg_rc rc = TMG_OK;

	for (int i = 0; i < sk_X509_num(above) && rc == TMG_OK; i++)
		rc = tell_cert(l, sk_X509_value(above, i));
	return rc;
}

static tmg_rc
tell_file(struct looking *l, const char *name)
{
	tmg_auto(ra_X509) cert = NULL;
	const tmg_rc rc = ra_given_read(l->desk->config, name, &cert,
	    &l->desk->fault);

	return rc ? tmg_fault_copy(&l->desk->fault, &l->desk->fault, TMG_E_IO) :
	    tell_cert(l, cert);
}

static tmg_rc
look_server(struct looking *l)
{
	return tell_file(l, l->desk->config->tls_certificate);
}

/* Who we are to an authority upstream, and what it gave us to speak for it. */
static tmg_rc
look_given(struct looking *l)
{
	const ra_config *c = l->desk->config;
	const char *const files[] = { c->upstream.certificate,
		c->cmp.deputy.certificate, c->scep.deputy.certificate };
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < TMG_COUNT(files) && rc == TMG_OK; i++)
		if (files[i][0] != '\0')
			rc = tell_file(l, files[i]);
	return rc;
}

/* Of each kind the one that lasts longest: of a key that was replaced the
 * certificate stays behind. */
static tmg_rc
look_deputies(struct looking *l)
{
	const ra_config *c = l->desk->config;
	const struct {
		const char *purpose;
		const ra_deputy_conf *conf;
	} all[] = { { "ocsp", &c->ocsp.deputy }, { "cmp", &c->cmp.deputy },
		{ "scep", &c->scep.deputy } };
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < TMG_COUNT(all) && rc == TMG_OK; i++) {
		time_t from, ends;

		if (all[i].conf->key[0] == '\0' || all[i].conf->certificate[0] != '\0')
			continue;
		rc = ra_deputy_last(l->desk->store, all[i].purpose, &from, &ends);
		if (rc && rc != TMG_NOT_FOUND)
			return ra_desk_says(l->desk, rc);
		snprintf(l->one.about, sizeof(l->one.about), "%s", all[i].purpose);
		l->one.ends = ends;
		l->one.near = ra_upkeep_near(l->desk, from, ends);
		rc = rc == TMG_NOT_FOUND ? TMG_OK : l->fn(l->arg, &l->one);
	}
	return rc;
}

/* ---- staff ---- */

static tmg_rc
tell_account(void *arg, const ra_user *user)
{
	struct looking *l = arg;

	if (user->ends == 0)
		return TMG_OK;
	snprintf(l->one.about, sizeof(l->one.about), "%s", user->name);
	l->one.ends = user->ends;
	l->one.near = ra_upkeep_near(l->desk, user->begins, user->ends);
	return l->fn(l->arg, &l->one);
}

static tmg_rc
look_staff(struct looking *l)
{
	const tmg_rc rc = ra_user_each_staff(l->desk->store, tell_account, l);

	return rc == TMG_E_IO ? ra_desk_says(l->desk, rc) : rc;
}

/* ---- revocation lists ---- */

/* One should have been made long before: crl.every_hours. */
static tmg_rc
look_list(struct looking *l)
{
	tmg_auto(ra_crl) crl = { .der = NULL };
	const ra_config *c = l->desk->config;
	const time_t life = (time_t)c->crl_days * DAY;
	const time_t every = c->crl_hours > 0 ? (time_t)c->crl_hours * HOUR : life / 2;
	const tmg_rc rc = ra_crl_last(l->desk->store, &crl);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc)
		return ra_desk_says(l->desk, rc);
	/* one that was declared out of date is made anew by whoever asks */
	if (crl.next_update == 0)
		return TMG_OK;
	snprintf(l->one.about, sizeof(l->one.about), "%ld", (long)crl.number);
	l->one.ends = crl.next_update;
	l->one.near = crl.next_update - (life - every) / 2;
	return l->fn(l->arg, &l->one);
}

static void
list_free(X509_CRL **crl)
{
	X509_CRL_free(*crl);
}

static tmg_rc
tell_root_list(struct looking *l, const char *path, const X509_CRL *crl)
{
	time_t from = 0, ends = 0;

	if (crl == NULL || tmg_x509_time(X509_CRL_get0_lastUpdate(crl), &from) ||
	    tmg_x509_time(X509_CRL_get0_nextUpdate(crl), &ends))
		return tmg_raise(&l->desk->fault, TMG_MISMATCH, 0,
		    _("%s: no revocation list, DER"), path);
	snprintf(l->one.about, sizeof(l->one.about), "%s",
	    l->desk->config->crl_root_file);
	l->one.ends = ends;
	l->one.near = ra_upkeep_near(l->desk, from, ends);
	return l->fn(l->arg, &l->one);
}

static tmg_rc
look_root_list(struct looking *l)
{
	__attribute__((__cleanup__(list_free))) X509_CRL *crl = NULL;
	tmg_auto_free uint8_t *der = NULL;
	const unsigned char *at;
	char path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if (l->desk->config->crl_root_file[0] == '\0')
		return TMG_OK;
	if (ra_config_path(l->desk->config, l->desk->config->crl_root_file, path))
		return TMG_E_USAGE;
	if ((rc = tmg_file_read(path, FILE_MAX_BYTES, &der, &len)))
		return tmg_raise(&l->desk->fault, rc, 0, "%s: %s", path,
		    strerror(errno));
	at = der;
	crl = d2i_X509_CRL(NULL, &at, (long)len);
	ERR_clear_error();
	return tell_root_list(l, path, crl);
}

/* ---- mails ---- */

static tmg_rc
tell_mails(struct looking *l, const char *channel, const char *state,
    time_t before)
{
	int64_t count = 0;
	const tmg_rc rc = ra_mail_count(l->desk->store, channel, state, before,
	    &count);

	if (rc)
		return ra_desk_says(l->desk, rc);
	if (count == 0)
		return TMG_OK;
	snprintf(l->one.about, sizeof(l->one.about), "%ld", (long)count);
	return l->fn(l->arg, &l->one);
}

static tmg_rc
look_parked(struct looking *l)
{
	return tell_mails(l, RA_MAIL_BY_MAIL, RA_MAIL_PARKED,
	    ra_desk_now(l->desk) + 1);
}

static tmg_rc
look_parked_sms(struct looking *l)
{
	return tell_mails(l, RA_MAIL_BY_SMS, RA_MAIL_PARKED,
	    ra_desk_now(l->desk) + 1);
}

/* Where there is somebody to take them. */
static tmg_rc
look_queued(struct looking *l)
{
	return l->desk->config->mail.server[0] == '\0' ? TMG_OK :
	    tell_mails(l, RA_MAIL_BY_MAIL, RA_MAIL_QUEUED,
	    ra_desk_now(l->desk) - HOUR);
}

static tmg_rc
look_queued_sms(struct looking *l)
{
	return !ra_sms_configured(&l->desk->config->sms) ? TMG_OK :
	    tell_mails(l, RA_MAIL_BY_SMS, RA_MAIL_QUEUED,
	    ra_desk_now(l->desk) - HOUR);
}

/* ---- all of it ---- */

static const struct {
	const char *what, *label, *mend;
	tmg_rc (*look)(struct looking *l);
} rows[] = {
	{ "authority", N_("the authority's own certificate"),
	    N_("fetch the root: tamga-ra root renew"), look_authority },
	{ "above", N_("the certificate above the authority"),
	    N_("make a new authority before it ends"), look_above },
	{ "server", N_("the HTTPS server's certificate"),
	    N_("tamga-ra server-cert"), look_server },
	{ "given", N_("a certificate that the authority upstream gave us"),
	    N_("ask that authority for a new one, and name it in ra.conf"), look_given },
	{ "deputy", N_("a certificate that answers are signed with"),
	    N_("it should have been renewed by itself: look at the log of the servers"),
	    look_deputies },
	{ RA_UPKEEP_STAFF, N_("the certificate by which somebody of the staff comes in"),
	    N_("it is renewed at the desk, by its owner; or invite the account anew"),
	    look_staff },
	{ "list", N_("the revocation list"),
	    N_("a new one should have been made: look at the log of the servers"),
	    look_list },
	{ "root-list", N_("the root's revocation list"),
	    N_("fetch the root: tamga-ra root list"), look_root_list },
	{ "parked", N_("mails that were refused"),
	    N_("tamga-ra mail list --state parked says why"), look_parked },
	{ "queued", N_("mails that have waited for an hour"),
	    N_("tamga-ra mail list --state queued says why"), look_queued },
	{ "parked-sms", N_("text messages that were refused"),
	    N_("tamga-ra mail list --state parked says why"), look_parked_sms },
	{ "queued-sms", N_("text messages that have waited for an hour"),
	    N_("tamga-ra mail list --state queued says why"), look_queued_sms },
};

tmg_rc
ra_upkeep_each(ra_desk *d, ra_upkeep_fn *fn, void *arg)
{
	tmg_rc rc = TMG_OK;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	for (size_t i = 0; i < TMG_COUNT(rows) && rc == TMG_OK; i++) {
		struct looking l = { d, fn, arg, { .what = rows[i].what,
			.label = rows[i].label, .mend = rows[i].mend } };

		rc = rows[i].look(&l);
	}
	return rc;
}

bool
ra_upkeep_due(const ra_upkeep *one, time_t now)
{
	return one->near <= now;
}
