/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/root.h"

#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/list.h"
#include "tools/ra/ca/make.h"

#define PEM_MAX 262144
#define DAY 86400

void
ra_root_release(ra_root *root)
{
	ra_keeper_free(&root->keeper);
	X509_free(root->cert);
	X509_free(root->ca);
}

/* ---- opening ---- */

/* The first is the authority's, the last its root's. */
static void
read_tiers(BIO *bio, ra_root *root)
{
	X509 *next;

	root->ca = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	while ((next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		X509_free(root->cert);
		root->cert = next;
	}
}

static tmg_rc
read_certificates(const ra_config *config, ra_root *root, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	tmg_auto(ra_BIO) bio = NULL;
	char path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if (ra_config_path(config, config->ca_certificate, path))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	if ((rc = tmg_file_read(path, PEM_MAX, &text, &len)))
		return tmg_raise(f, rc, 0, "%s: %s", path, strerror(errno));
	if ((bio = BIO_new_mem_buf(text, (int)len)) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	read_tiers(bio, root);
	return root->cert != NULL ? TMG_OK : tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("%s holds no root above the authority: init makes one with --root"), path);
}

tmg_rc
ra_root_open(tmg_ctx *ctx, const ra_config *config, const ra_keysource *place,
    ra_root *root, tmg_fault *f)
{
	ra_keysource key = *place;
	char path[PATH_MAX];
	tmg_rc rc;

	*root = (ra_root){ .ctx = ctx };
	if ((rc = read_certificates(config, root, f)))
		return rc;
	if (!ra_keysource_is_token(place->key)) {
		if (snprintf(path, sizeof(path), "%s/root.key", place->key) >=
		    (int)sizeof(path))
			return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), place->key);
		key.key = path;
	}
	return ra_keeper_open(ctx, &key, root->cert, &root->keeper, f);
}

/* ---- the authority's certificate ---- */

static tmg_rc
name_of(const X509 *cert, char **name, tmg_fault *f)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, at);

	if (X509_NAME_entry_count(subject) != 1 || entry == NULL ||
	    ASN1_STRING_to_UTF8((unsigned char **)name,
	    X509_NAME_ENTRY_get_data(entry)) < 0)
		return tmg_raise(f, TMG_UNSUPPORTED, 0,
		    _("the authority's name is not one that init gives"));
	return TMG_OK;
}

tmg_rc
ra_root_renew(ra_root *root, int days, const char *crl, X509 **cert, tmg_fault *f)
{
	tmg_auto(ra_made) made = { .key = NULL };
	char *name = NULL;
	tmg_rc rc;

	*cert = NULL;
	if (X509_cmp_current_time(X509_get0_notAfter(root->cert)) <= 0)
		return tmg_raise(f, TMG_UNSUPPORTED, 0,
		    _("the root itself has ended: make a new authority"));
	if ((rc = name_of(root->ca, &name, f)))
		return rc;
	rc = ra_make_authority(root->ctx, &(ra_making){ name,
	    X509_get0_pubkey(root->ca), root->cert, root->keeper, days, 0, crl },
	    &made, f);
	OPENSSL_free(name);
	if (rc == TMG_OK) {
		*cert = made.cert;
		made.cert = NULL;
	}
	return rc;
}

/* ---- its list ---- */

static void
list_free(X509_CRL **crl)
{
	X509_CRL_free(*crl);
}
#define auto_list __attribute__((__cleanup__(list_free))) X509_CRL

static tmg_rc
read_before(const ra_root *root, tmg_view before, X509_CRL **crl, int64_t *number,
    tmg_fault *f)
{
	const unsigned char *at = before.ptr;
	ASN1_INTEGER *n;

	*number = 0;
	if (before.len == 0)
		return TMG_OK;
	*crl = d2i_X509_CRL(NULL, &at, (long)before.len);
	n = *crl != NULL ? X509_CRL_get_ext_d2i(*crl, NID_crl_number, NULL, NULL) : NULL;
	const bool good = n != NULL && ASN1_INTEGER_get_int64(number, n) == 1 &&
	    X509_CRL_verify(*crl, root->keeper->public) == 1;

	ASN1_INTEGER_free(n);
	return good ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("the file there is no revocation list of this root's"));
}

static tmg_rc
carry(X509_CRL *from, X509_CRL *to)
{
	STACK_OF(X509_REVOKED) *rows = from != NULL ? X509_CRL_get_REVOKED(from) : NULL;

	for (int i = 0; rows != NULL && i < sk_X509_REVOKED_num(rows); i++) {
		X509_REVOKED *one = X509_REVOKED_dup(sk_X509_REVOKED_value(rows, i));

		if (one == NULL || X509_CRL_add0_revoked(to, one) != 1) {
			X509_REVOKED_free(one);
			return TMG_E_CRYPTO;
		}
	}
	return TMG_OK;
}

static tmg_rc
add_one(X509_CRL *crl, X509_CRL *before, const char *serial, int reason, time_t now,
    tmg_fault *f)
{
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509_REVOKED *known = NULL;
	tmg_rc rc = TMG_OK;

	if (number == NULL || serial[strspn(serial, "0123456789abcdefABCDEF")] != '\0' ||
	    strlen(serial) > 40 || ra_serial_set(number, serial))
		rc = tmg_raise(f, TMG_MISMATCH, 0,
		    _("\"%s\" is no serial number: hexadecimal digits"), serial);
	else if (before != NULL && X509_CRL_get0_by_serial(before, &known, number) == 1)
		rc = tmg_raise(f, TMG_OCCUPIED, 0, _("%s is revoked already"), serial);
	else if (ra_list_add(crl, serial, now, reason))
		rc = TMG_E_CRYPTO;
	ASN1_INTEGER_free(number);
	return rc;
}

tmg_rc
ra_root_list(ra_root *root, tmg_view before, const char *serial, int reason,
    int days, uint8_t **der, size_t *len, int64_t *number, tmg_fault *f)
{
	auto_list *old = NULL, *crl = X509_CRL_new_ex(tmg_ctx_libctx(root->ctx), NULL);
	const time_t now = tmg_ctx_now(root->ctx);
	tmg_rc rc;
	int n;

	*der = NULL;
	if ((rc = read_before(root, before, &old, number, f)))
		return rc;
	*number += 1;
	if (crl == NULL || ra_list_begin(crl, root->cert, *number, now,
	    now + (time_t)days * DAY) || carry(old, crl))
		return ra_ca_fail(f, _("the revocation list could not be made"));
	if (serial[0] != '\0' && (rc = add_one(crl, old, serial, reason, now, f)))
		return rc == TMG_E_CRYPTO ?
		    ra_ca_fail(f, _("the revocation list could not be made")) : rc;
	if (X509_CRL_sort(crl) != 1 || (rc = ra_keeper_sign_crl(root->keeper, crl, f)))
		return rc ? rc : ra_ca_fail(f, _("the revocation list could not be made"));
	if ((n = i2d_X509_CRL(crl, der)) <= 0)
		return ra_ca_fail(f, _("the revocation list could not be made"));
	*len = (size_t)n;
	return TMG_OK;
}
