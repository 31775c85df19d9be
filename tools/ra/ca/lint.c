/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/lint.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/ca.h"
#include "tools/ra/ca/plain.h"
#include "tools/ra/ca/weak.h"
#include "tools/ra/profile/names.h"

#define DAY 86400

enum {
	SERIAL_LEAST = 64,	/* bits: CA/Browser Forum, Baseline Requirements 7.1 */
	SERIAL_MOST = 20,	/* octets: RFC 5280 4.1.2.2 */
	SERIAL_KINDS = 5,	/* different octets: 1 in 10^13 of 16 random ones has
				 * fewer, all of a generator that gives zeros */
	USAGES = 9,		/* RFC 5280 4.2.1.3 */
};

static tmg_rc
wrong(tmg_fault *f, const char *text)
{
	return tmg_raise(f, TMG_MISMATCH, 0, "%s", text);
}

/* An extension, or NULL; fault when it is there and cannot be read. */
static tmg_rc
extension(const ra_draft *d, int nid, void **value)
{
	int crit = 0;

	*value = X509_get_ext_d2i(d->cert, nid, &crit, NULL);
	if (*value != NULL || crit == -1)
		return TMG_OK;
	return tmg_lacked_memory(0) ? TMG_E_NOMEM : TMG_E_MALFORMED;
}

/* ---- the serial number ---- */

static tmg_rc
check_serial(const ra_draft *d, tmg_fault *f)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(d->cert);
	const unsigned char *octets = ASN1_STRING_get0_data(serial);
	const int len = ASN1_STRING_length(serial);
	bool seen[256] = { false };
	int kinds = 0;

	for (int i = 0; i < len; i++) {
		kinds += !seen[octets[i]];
		seen[octets[i]] = true;
	}
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ||
	    len * 8 < SERIAL_LEAST || len > SERIAL_MOST || kinds < SERIAL_KINDS)
		return wrong(f, _("the serial number is not one of 8 to 20 random octets; the authority's source of random numbers must be looked at"));
	return TMG_OK;
}

/* ---- validity ---- */

/* A carrier may have a time of its own. */
static int
most_days(const ra_profile *profile)
{
	int most = profile->validity_days;

	for (size_t i = 0; i < profile->carrier_count; i++)
		if (profile->carrier[i].validity_days > most)
			most = profile->carrier[i].validity_days;
	return most;
}

static tmg_rc
check_validity(const ra_draft *d, tmg_fault *f)
{
	const time_t most = (time_t)most_days(d->profile) * DAY + RA_BACKDATE_S;
	time_t from, to;

	if (tmg_x509_time(X509_get0_notBefore(d->cert), &from) ||
	    tmg_x509_time(X509_get0_notAfter(d->cert), &to))
		return TMG_E_MALFORMED;
	if (to <= from)
		return wrong(f, _("the certificate would end before it begins; look at the authority's clock and its own certificate's end"));
	return to - from <= most ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("the certificate would be valid for more than the %d days of profile %s"),
	    most_days(d->profile), d->profile->name);
}

static tmg_rc
check_issuer(const ra_draft *d, tmg_fault *f)
{
	time_t from, to, ca_from, ca_to;

	if (tmg_x509_time(X509_get0_notBefore(d->cert), &from) ||
	    tmg_x509_time(X509_get0_notAfter(d->cert), &to) ||
	    tmg_x509_time(X509_get0_notBefore(d->issuer), &ca_from) ||
	    tmg_x509_time(X509_get0_notAfter(d->issuer), &ca_to))
		return TMG_E_MALFORMED;
	if (from < ca_from || to > ca_to)
		return wrong(f, _("the certificate would be valid while the authority's own is not; the authority needs a new certificate"));
	return X509_NAME_cmp(X509_get_issuer_name(d->cert),
	    X509_get_subject_name(d->issuer)) == 0 ? TMG_OK :
	    wrong(f, _("the issuer's name is not the authority's"));
}

/* ---- names ---- */

static tmg_rc
check_names(const ra_draft *d, tmg_fault *f)
{
	const X509_NAME *name = X509_get_subject_name(d->cert);
	tmg_held(GENERAL_NAMES) san = NULL;
	void *value;
	tmg_rc rc;

	if ((rc = extension(d, NID_subject_alt_name, &value)))
		return rc;
	san = value;
	if (X509_NAME_entry_count(name) == 0 && sk_GENERAL_NAME_num(san) <= 0)
		return wrong(f, _("the certificate would name nobody; ask for a subject or an alternative name"));
	for (int i = 0; i < X509_NAME_entry_count(name); i++)
		if ((rc = ra_plain_entry(X509_NAME_get_entry(name, i), f)))
			return rc;
	for (int i = 0; i < sk_GENERAL_NAME_num(san); i++)
		if ((rc = ra_plain_san(sk_GENERAL_NAME_value(san, i), f)))
			return rc;
	return TMG_OK;
}

static bool
is_for_tls_servers(const EXTENDED_KEY_USAGE *eku)
{
	for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++)
		if (OBJ_obj2nid(sk_ASN1_OBJECT_value(eku, i)) == NID_server_auth)
			return true;
	return false;
}

static bool
names_host(const GENERAL_NAMES *san)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(san); i++) {
		const int type = sk_GENERAL_NAME_value(san, i)->type;

		if (type == GEN_DNS || type == GEN_IPADD)
			return true;
	}
	return false;
}

/* Nobody looks for a server's name in the subject any more: RFC 9525 2. */
static tmg_rc
check_server(const ra_draft *d, tmg_fault *f)
{
	tmg_held(GENERAL_NAMES) san = NULL;
	EXTENDED_KEY_USAGE *eku;
	void *value;
	bool server;
	tmg_rc rc;

	if ((rc = extension(d, NID_ext_key_usage, &value)))
		return rc;
	eku = value;
	server = is_for_tls_servers(eku);
	EXTENDED_KEY_USAGE_free(eku);
	if ((rc = extension(d, NID_subject_alt_name, &value)))
		return rc;
	san = value;
	return !server || names_host(san) ? TMG_OK : wrong(f,
	    _("a certificate for a TLS server needs a host name or address as alternative name; ask for one (DNS:host.example)"));
}

/* ---- what it may be used for ---- */

static const struct {
	tmg_family family;
	unsigned bits;		/* 1 << the bit's number in RFC 5280 4.2.1.3 */
} usages[] = {
	{ TMG_FAMILY_RSA, 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 },
	{ TMG_FAMILY_EC, 1u << 0 | 1u << 1 | 1u << 4 | 1u << 7 | 1u << 8 },
	{ TMG_FAMILY_ED, 1u << 0 | 1u << 1 },
};

static unsigned
usages_of(tmg_family family)
{
	for (size_t i = 0; i < TMG_COUNT(usages); i++)
		if (usages[i].family == family)
			return usages[i].bits;
	return 0;
}

bool
ra_lint_usage_fits(tmg_family family, const char *word)
{
	const int bit = ra_key_usage_bit(word);

	return bit >= 0 && (usages_of(family) & 1u << bit) != 0;
}

static tmg_rc
check_usage(const ra_draft *d, tmg_fault *f)
{
	const tmg_family family = ra_weak_family(d->key);
	ASN1_BIT_STRING *bits;
	unsigned set = 0;
	void *value;
	tmg_rc rc;

	if ((rc = extension(d, NID_key_usage, &value)))
		return rc;
	bits = value;
	for (int i = 0; bits != NULL && i < USAGES; i++)
		set |= (unsigned)ASN1_BIT_STRING_get_bit(bits, i) << i;
	ASN1_BIT_STRING_free(bits);
	if ((set & ~usages_of(family)) != 0)
		return wrong(f, _("the key usage is not one of such a key; the profile must name another"));
	return set != 0 || d->profile->key_usage.count == 0 ? TMG_OK :
	    tmg_raise(f, TMG_MISMATCH, 0,
	    _("profile %s has no use for such a key; make a key of another kind"),
	    d->profile->name);
}

static tmg_rc
check_end(const ra_draft *d, tmg_fault *f)
{
	BASIC_CONSTRAINTS *basic;
	void *value;
	bool ca;
	tmg_rc rc;

	if ((rc = extension(d, NID_basic_constraints, &value)))
		return rc;
	basic = value;
	ca = basic != NULL && basic->ca != 0;
	BASIC_CONSTRAINTS_free(basic);
	return ca ? wrong(f, _("the certificate would be an authority's")) : TMG_OK;
}

/* ---- the key ---- */

/* What is checked below is what stands in the certificate. */
static tmg_rc
check_key(const ra_draft *d, tmg_fault *f)
{
	unsigned char *der = NULL;
	const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(d->cert), &der);
	const bool same = len > 0 &&
	    tmg_view_equal((tmg_view){ der, (size_t)len }, d->spki);

	OPENSSL_free(der);
	if (len <= 0)
		return TMG_E_NOMEM;
	return same ? TMG_OK : wrong(f,
	    _("the key in the certificate is not the one whose possession was proven; report this"));
}

static tmg_rc
check_own_key(const ra_draft *d, tmg_fault *f)
{
	return EVP_PKEY_eq(d->key, X509_get0_pubkey(d->issuer)) == 1 ?
	    wrong(f, _("this is the authority's own key; make a new key")) : TMG_OK;
}

static tmg_rc
check_weak(const ra_draft *d, tmg_fault *f)
{
	return ra_weak_check(d->key, f);
}

static tmg_rc
check_known(const ra_draft *d, tmg_fault *f)
{
	const tmg_rc rc = ra_known_check(d->known, d->spki, d->key);

	return rc == TMG_MISMATCH ? wrong(f,
	    _("others have this key: it is on a list of known keys; make a new one")) :
	    rc;
}

static const ra_lint rows[] = {
	{ "serial", RA_LINT_OURS, check_serial },
	{ "validity", RA_LINT_TIME, check_validity },
	{ "issuer", RA_LINT_OURS, check_issuer },
	{ "names", RA_LINT_USE, check_names },
	{ "tls-server-name", RA_LINT_USE, check_server },
	{ "key-usage", RA_LINT_USE, check_usage },
	{ "end-entity", RA_LINT_KEY, check_end },
	{ "proven-key", RA_LINT_KEY, check_key },
	{ "own-key", RA_LINT_KEY, check_own_key },
	{ "known-key", RA_LINT_KEY, check_known },
	{ "weak-key", RA_LINT_KEY, check_weak },
};

const ra_lint *
ra_lint_rows(size_t *count)
{
	*count = TMG_COUNT(rows);
	return rows;
}

/* A refusal tells the check, so that an officer finds it in the manual. */
static tmg_rc
name_it(tmg_fault *f, const char *name)
{
	char text[sizeof(f->text)];

	memcpy(text, f->text, sizeof(text));
	return tmg_raise(f, TMG_MISMATCH, 0, "%.*s [%s]",
	    (int)(sizeof(text) - strlen(name) - 4), text, name);
}

tmg_rc
ra_lint_check(const ra_draft *draft, unsigned of, tmg_fault *f)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_rc rc = (rows[i].of & of) != 0 ?
		    rows[i].check(draft, f) : TMG_OK;

		if (rc == TMG_MISMATCH)
			return name_it(f, rows[i].name);
		if (rc)
			return tmg_raise(f, rc, 0,
			    _("the certificate could not be checked (%s): %s"),
			    rows[i].name, tmg_rc_name(rc));
	}
	return TMG_OK;
}
