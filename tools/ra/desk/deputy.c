/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/deputy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/ca/passphrase.h"
#include "tools/ra/desk/given.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/deputy.h"

#define DAY 86400

static const struct {
	const char *purpose;
	const ra_mandate *mandate;
	size_t conf;
	tmg_alg alg;			/* of a key that is made */
} kinds[RA_DEPUTIES] = {
	[RA_DEPUTY_OCSP] = { "ocsp", &ra_mandate_ocsp,
	    offsetof(ra_config, ocsp.deputy), TMG_ALG_P256 },
	[RA_DEPUTY_CMP] = { "cmp", &ra_mandate_cmp,
	    offsetof(ra_config, cmp.deputy), TMG_ALG_P256 },
	[RA_DEPUTY_SCEP] = { "scep", &ra_mandate_scep,
	    offsetof(ra_config, scep.deputy), TMG_ALG_RSA3072 },
};

/* ---- keys ---- */

static void
made_key_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

/* Several processes may start at once. */
static tmg_rc
write_first(const EVP_PKEY *key, tmg_view phrase, const char *path, tmg_fault *f)
{
	char mine[PATH_MAX + 16];
	tmg_rc rc;

	snprintf(mine, sizeof(mine), "%s.%ld", path, (long)getpid());
	if ((rc = ra_write_key(key, phrase, mine, f)))
		return rc;
	return tmg_file_claim(mine, path) == TMG_OK ? TMG_OK :
	    tmg_raise(f, TMG_E_IO, 0, "%s: %s", path, strerror(errno));
}

static tmg_rc
make_key(tmg_ctx *ctx, tmg_alg alg, const ra_keysource *source, tmg_fault *f)
{
	__attribute__((__cleanup__(made_key_free))) EVP_PKEY *key =
	    ra_make_key(ctx, alg);
	tmg_auto_secret phrase = { .len = 0 };
	tmg_rc rc;

	if (key == NULL)
		return ra_ca_fail(f, _("no key could be made"));
	if (source->secret[0] != '\0' && (rc = ra_passphrase_read(source->secret,
	    source->key, false, &phrase, f)))
		return rc;
	return write_first(key, tmg_secret_view(&phrase), source->key, f);
}

static tmg_rc
open_key(tmg_ctx *ctx, tmg_alg alg, const ra_keysource *source,
    const X509 *given, ra_keeper **keeper, tmg_fault *f)
{
	tmg_rc rc;

	if (given == NULL && !ra_keysource_is_token(source->key) && access(source->key, F_OK) != 0 &&
	    errno == ENOENT && (rc = make_key(ctx, alg, source, f)))
		return rc;
	return ra_keeper_open(ctx, source, given, keeper, f);
}

static tmg_rc
hash_key(ra_deputy *deputy, tmg_fault *f)
{
	unsigned char *spki = NULL;
	const int len = i2d_PUBKEY(deputy->keeper->public, &spki);
	const tmg_rc rc = len <= 0 ? TMG_E_CRYPTO : ra_sha256_text(
	    (tmg_view){ spki, (size_t)len }, deputy->spki_hash);

	OPENSSL_free(spki);
	return rc ? tmg_raise(f, rc, 0, _("hashing failed")) : TMG_OK;
}

static tmg_rc
open_one(ra_office *o, const ra_deputy_conf *conf, tmg_alg alg,
    ra_deputy *deputy, tmg_fault *f)
{
	const bool token = ra_keysource_is_token(conf->key);
	char key[PATH_MAX], secret[PATH_MAX], vcard[PATH_MAX];
	tmg_rc rc;

	if (ra_config_path(&o->config, conf->key, key) ||
	    ra_config_path(&o->config, conf->vcard, vcard) ||
	    ra_config_path(&o->config, token ? conf->pin_file :
	    conf->passphrase_file, secret))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	if (conf->certificate[0] != '\0' &&
	    ((rc = ra_given_read(&o->config, conf->certificate, &deputy->given, f)) ||
	    (rc = ra_given_check(o->ca, deputy->mandate, deputy->given, f))))
		return rc;
	if ((rc = open_key(o->ctx, alg, &(ra_keysource){ key, secret, vcard },
	    deputy->given, &deputy->keeper, f)))
		return rc;
	deputy->days = conf->days;
	return hash_key(deputy, f);
}

tmg_rc
ra_deputies_open(ra_office *o, tmg_fault *f)
{
	for (size_t i = 0; i < RA_DEPUTIES; i++) {
		const ra_deputy_conf *conf = (const ra_deputy_conf *)(const void *)
		    ((const char *)&o->config + kinds[i].conf);
		tmg_rc rc;

		if (conf->key[0] == '\0')
			continue;
		if ((o->deputy[i] = calloc(1, sizeof(*o->deputy[i]))) == NULL)
			return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
		o->deputy[i]->mandate = kinds[i].mandate;
		o->deputy[i]->purpose = kinds[i].purpose;
		if ((rc = open_one(o, conf, kinds[i].alg, o->deputy[i], f))) {
			const tmg_fault why = *f;

			return tmg_raise(f, rc, 0, "%s.key: %s", kinds[i].purpose, why.text);
		}
	}
	return TMG_OK;
}

void
ra_deputies_release(ra_office *o)
{
	for (size_t i = 0; i < RA_DEPUTIES; i++) {
		if (o->deputy[i] != NULL) {
			ra_keeper_free(&o->deputy[i]->keeper);
			X509_free(o->deputy[i]->given);
		}
		free(o->deputy[i]);
		o->deputy[i] = NULL;
	}
}

/* ---- certificates ---- */

static bool
is_enough(const ra_cert *cert, const ra_deputy *deputy, time_t now)
{
	return cert->not_after - now > (time_t)deputy->days * DAY / 3;
}

/* Who appointed it may have been followed by another authority since.  Its certificate
 * names the key of the one that did (ra_mandate_draw()): looked for at each answer, so not
 * taken apart for it. */
static bool
is_by(const ra_ca *ca, const ra_cert *cert)
{
	const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(ca->cert);

	return key == NULL || memmem(cert->der, cert->len, ASN1_STRING_get0_data(key),
	    (size_t)ASN1_STRING_length(key)) != NULL;
}

/* Verdicts TMG_NOT_FOUND. */
static tmg_rc
look(ra_desk *d, const ra_deputy *deputy, ra_cert *cert)
{
	const tmg_rc rc = ra_deputy_cert(d->store, deputy->purpose,
	    deputy->spki_hash, cert);

	if (rc == TMG_NOT_FOUND)
		return rc;
	if (rc)
		return ra_desk_says(d, rc);
	if (cert->revoked != 0)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the certificate of the %s was revoked: remove its key, for a new one to be made"),
		    deputy->mandate->name);
	if (is_by(d->office->ca, cert))
		return TMG_OK;
	ra_cert_release(cert);
	return TMG_NOT_FOUND;
}

static tmg_rc
ask_authority(ra_desk *d, const ra_deputy *deputy, ra_cert *cert)
{
	ra_ca *ca = d->office->ca;
	const time_t now = ra_desk_now(d);
	time_t end;
	tmg_rc rc;

	if ((rc = ra_ca_end(ca, &end)) ||
	    (rc = ra_serial_new(d->office->ctx, cert->serial)))
		return tmg_raise(&d->fault, rc, 0,
		    _("the authority's own certificate cannot be read"));
	if (end <= now)
		return tmg_raise(&d->fault, TMG_UNSUPPORTED, 0,
		    _("the authority's own certificate has expired: it can issue nothing"));
	cert->not_before = now - RA_BACKDATE_S;
	cert->not_after = now + (time_t)deputy->days * DAY;
	if (cert->not_after > end)
		cert->not_after = end;

	const ra_appointment a = { deputy->mandate, deputy->keeper->public,
		cert->serial, cert->not_before, cert->not_after,
		&d->config->points, NULL };

	return ca->ops->appoint(ca, &a, &cert->der, &cert->len, &d->fault);
}

static tmg_rc
note(ra_desk *d, const ra_deputy *deputy, const ra_cert *cert)
{
	ra_deputy_row row = { .purpose = "" };
	char detail[RA_REASON_MAX];
	tmg_rc rc;

	snprintf(row.purpose, sizeof(row.purpose), "%s", deputy->purpose);
	memcpy(row.spki_hash, deputy->spki_hash, sizeof(row.spki_hash));
	memcpy(row.serial, cert->serial, sizeof(row.serial));
	snprintf(detail, sizeof(detail), "%s serial %s key %s", deputy->purpose,
	    cert->serial, deputy->spki_hash);
	if ((rc = ra_cert_reserve(d->store, cert)) ||
	    (rc = ra_cert_finish(d->store, cert->serial,
	    (tmg_view){ cert->der, cert->len })) ||
	    (rc = ra_deputy_put(d->store, &row)))
		return ra_desk_says(d, rc == TMG_OCCUPIED ? TMG_E_IO : rc);
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = "authority", .event = "appoint", .app = "",
	    .detail = detail }, &d->fault);
}

/* Signed before there is a turn to write, because a token takes its time; who
 * finds that somebody else was quicker takes his, and nobody sees this one. */
static tmg_rc
appoint(ra_desk *d, const ra_deputy *deputy, ra_cert *cert)
{
	tmg_auto(ra_cert) made = { .app = "" };
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ask_authority(d, deputy, &made)))
		return rc;
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	rc = look(d, deputy, cert);
	if (rc == TMG_OK && is_enough(cert, deputy, ra_desk_now(d)))
		return ra_desk_commit(d, &txn);
	ra_cert_release(cert);
	if ((rc != TMG_OK && rc != TMG_NOT_FOUND) ||
	    (rc = note(d, deputy, &made)) || (rc = ra_desk_commit(d, &txn)))
		return rc;
	*cert = made;
	made.der = NULL;
	return TMG_OK;
}

/* An authority that is away renews nothing: what is valid still will do. */
tmg_rc
ra_deputy_now(ra_desk *d, const ra_deputy *deputy, ra_cert *cert)
{
	tmg_auto(ra_cert) newer = { .der = NULL };
	const time_t now = ra_desk_now(d);
	tmg_rc rc;

	if (deputy->given != NULL)
		return ra_given_now(d, deputy->mandate, deputy->given, cert);
	rc = look(d, deputy, cert);
	if (rc == TMG_NOT_FOUND)
		return appoint(d, deputy, cert);
	if (rc || is_enough(cert, deputy, now))
		return rc;
	if ((rc = appoint(d, deputy, &newer))) {
		tmg_log(d->office->ctx, TMG_LOG_WARN, "%s: %s",
		    deputy->mandate->name, d->fault.text);
		return cert->not_after > now ? TMG_OK : rc;
	}
	ra_cert_release(cert);
	*cert = newer;
	newer.der = NULL;
	return TMG_OK;
}
