/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/servercert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/ca/mandate.h"
#include "tools/ra/desk/vet.h"
#include "tools/ra/life/audit.h"

#define PEM_MAX 65536

/* ---- what is there ---- */

static tmg_rc
path_of(ra_desk *d, const char *setting, char path[PATH_MAX])
{
	return ra_config_path(d->config, setting, path) ?
	    tmg_raise(&d->fault, TMG_E_USAGE, 0, _("%s: too long"), setting) : TMG_OK;
}

static tmg_rc
read_cert(ra_desk *d, const char *path, X509 **cert)
{
	tmg_held(BIO) bio = BIO_new_file(path, "r");

	*cert = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	ERR_clear_error();
	return *cert != NULL ? TMG_OK : tmg_raise(&d->fault, TMG_MISMATCH, 0,
	    _("%s: no certificate in PEM"), path);
}

/* The owner of a file that is replaced stays its owner: a server is another
 * account than who types this. */
static tmg_rc
replace(ra_desk *d, const char *path, tmg_view data, unsigned mode)
{
	struct stat before;
	const bool there = stat(path, &before) == 0;
	const tmg_rc rc = tmg_file_replace(path, data, mode);

	if (rc)
		return tmg_raise(&d->fault, rc, 0, "%s: %s", path, strerror(errno));
	if (there && geteuid() == 0 && chown(path, before.st_uid, before.st_gid) != 0)
		return tmg_raise(&d->fault, TMG_E_IO, 0, "%s: %s", path,
		    strerror(errno));
	return TMG_OK;
}

static tmg_rc
note(ra_desk *d, const char *actor, const char *how, const X509 *cert)
{
	char serial[TMG_SERIAL_MAX], detail[RA_REASON_MAX];

	if (ra_serial_text(X509_get0_serialNumber(cert), serial))
		return TMG_E_CRYPTO;
	snprintf(detail, sizeof(detail), "%s serial %s", how, serial);
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = actor, .event = "server-certificate", .app = "",
	    .detail = detail }, &d->fault);
}

/* ---- the authority's own ---- */

static GENERAL_NAME *
host_name(const char *host)
{
	uint8_t address[16];
	const bool ip = inet_pton(AF_INET, host, address) == 1 ||
	    inet_pton(AF_INET6, host, address) == 1;

	if (host[0] == '\0' || strpbrk(host, ",; \t\r\n\"\\/:") != NULL)
		if (!ip)
			return NULL;
	return a2i_GENERAL_NAME(NULL, NULL, NULL, ip ? GEN_IPADD : GEN_DNS, host, 0);
}

static tmg_rc
name_hosts(ra_desk *d, const ra_server_wish *wish, GENERAL_NAMES **san)
{
	if ((*san = GENERAL_NAMES_new()) == NULL)
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	for (size_t i = 0; i < wish->count; i++) {
		GENERAL_NAME *name = host_name(wish->hosts[i]);

		if (name == NULL || sk_GENERAL_NAME_push(*san, name) <= 0) {
			GENERAL_NAME_free(name);
			ERR_clear_error();
			return tmg_raise(&d->fault, TMG_MISMATCH, 0,
			    _("\"%s\" is no host name or address"), wish->hosts[i]);
		}
	}
	return TMG_OK;
}

static tmg_rc
same_hosts(ra_desk *d, const char *path, GENERAL_NAMES **san)
{
	tmg_held(X509) cert = NULL;
	tmg_rc rc;

	if ((rc = read_cert(d, path, &cert)))
		return rc;
	*san = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	ERR_clear_error();
	return *san != NULL ? TMG_OK : tmg_raise(&d->fault, TMG_MISMATCH, 0,
	    _("%s names no hosts: say --host"), path);
}

static tmg_rc
key_for(ra_desk *d, const ra_server_wish *wish, const char *path, EVP_PKEY **key)
{
	if (!wish->new_key)
		return ra_key_load(d->office->ctx, path, "", key, &d->fault);
	*key = ra_make_key(d->office->ctx, TMG_ALG_P256);
	return *key != NULL ? TMG_OK : ra_ca_fail(&d->fault, _("no key could be made"));
}

static tmg_rc
ask_authority(ra_desk *d, const ra_server_wish *wish, EVP_PKEY *key,
    const GENERAL_NAMES *san, ra_cert *cert)
{
	ra_ca *ca = d->office->ca;
	tmg_rc rc;

	if ((rc = ra_vet_validity(d, wish->days, cert)))
		return rc;
	if ((rc = ra_serial_new(d->office->ctx, cert->serial)))
		return tmg_raise(&d->fault, rc, 0, _("no random numbers to be had"));
	return ca->ops->appoint(ca, &(ra_appointment){ &ra_mandate_server, key,
	    cert->serial, cert->not_before, cert->not_after, &d->config->points, san },
	    &cert->der, &cert->len, &d->fault);
}

static tmg_rc
keep(ra_desk *d, const ra_server_wish *wish, const ra_cert *cert, const X509 *x)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_cert_reserve(d->store, cert)) ||
	    (rc = ra_cert_finish(d->store, cert->serial,
	    (tmg_view){ cert->der, cert->len })))
		return ra_desk_says(d, rc);
	if ((rc = note(d, wish->actor, "made", x)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* With the authority behind it where that is not what clients trust by itself. */
static tmg_rc
put_cert(ra_desk *d, const char *path, const X509 *cert)
{
	const ra_ca *ca = d->office->ca;
	tmg_held(BIO) bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	if (bio == NULL || PEM_write_bio_X509(bio, cert) != 1 ||
	    (sk_X509_num(ca->above) > 0 && PEM_write_bio_X509(bio, ca->cert) != 1))
		return ra_ca_fail(&d->fault, _("the certificate could not be written"));
	len = BIO_get_mem_data(bio, &text);
	return replace(d, path, (tmg_view){ (uint8_t *)text, (size_t)len }, 0644);
}

static tmg_rc
put_key(ra_desk *d, const char *path, const EVP_PKEY *key)
{
	tmg_held(BIO) bio = BIO_new(BIO_s_secmem());
	char *text;
	long len;

	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL,
	    NULL) != 1)
		return ra_ca_fail(&d->fault, _("the key could not be written"));
	len = BIO_get_mem_data(bio, &text);
	return replace(d, path, (tmg_view){ (uint8_t *)text, (size_t)len }, 0600);
}

tmg_rc
ra_server_cert_renew(ra_desk *d, const ra_server_wish *wish, ra_cert *cert)
{
	tmg_held(GENERAL_NAMES) san = NULL;
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(X509) x = NULL;
	char cert_path[PATH_MAX], key_path[PATH_MAX];
	const unsigned char *at;
	tmg_rc rc;

	if ((rc = path_of(d, d->config->tls_certificate, cert_path)) ||
	    (rc = path_of(d, d->config->tls_key, key_path)) ||
	    (rc = wish->count > 0 ? name_hosts(d, wish, &san) :
	    same_hosts(d, cert_path, &san)) ||
	    (rc = key_for(d, wish, key_path, &key)) ||
	    (rc = ask_authority(d, wish, key, san, cert)))
		return rc;
	at = cert->der;
	if ((x = d2i_X509(NULL, &at, (long)cert->len)) == NULL)
		return ra_ca_fail(&d->fault, _("the certificate could not be made"));
	if ((rc = keep(d, wish, cert, x)) ||
	    (wish->new_key && (rc = put_key(d, key_path, key))))
		return rc;
	return put_cert(d, cert_path, x);
}

/* ---- from elsewhere ---- */

static tmg_rc
not_for(ra_desk *d, const char *file, const char *why)
{
	return tmg_raise(&d->fault, TMG_MISMATCH, 0, "%s: %s", file, why);
}

static tmg_rc
check_brought(ra_desk *d, const char *file, const X509 *cert, const EVP_PKEY *key,
    time_t *ends)
{
	X509 *own = (X509 *)(uintptr_t)cert;
	const uint32_t eku = X509_get_extended_key_usage(own);
	GENERAL_NAMES *san = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	time_t now = ra_desk_now(d);
	const bool named = sk_GENERAL_NAME_num(san) > 0;

	GENERAL_NAMES_free(san);
	ERR_clear_error();
	if (tmg_x509_time(X509_get0_notAfter(cert), ends))
		return not_for(d, file, _("its end cannot be read"));
	if (X509_cmp_time(X509_get0_notBefore(cert), &now) > 0 || *ends <= now)
		return not_for(d, file, _("the certificate is not valid now"));
	if (!named)
		return not_for(d, file, _("the certificate names no host (subjectAltName)"));
	if (eku != UINT32_MAX && (eku & XKU_SSL_SERVER) == 0)
		return not_for(d, file, _("the certificate is not for TLS servers"));
	if (EVP_PKEY_eq(X509_get0_pubkey(own), key) != 1) {
		ERR_clear_error();
		return not_for(d, file, _("the certificate is of another key"));
	}
	return TMG_OK;
}

static tmg_rc
note_brought(ra_desk *d, const char *actor, const X509 *cert)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	return (rc = note(d, actor, "brought", cert)) ? rc : ra_desk_commit(d, &txn);
}

/* All of the file, with those between it and a root. */
static tmg_rc
read_brought(ra_desk *d, const char *from, uint8_t **text, size_t *len)
{
	const tmg_rc rc = tmg_file_read(from, PEM_MAX, text, len);

	if (rc)
		return tmg_raise(&d->fault, rc, 0, "%s: %s", from, strerror(errno));
	return strstr((char *)*text, "PRIVATE KEY") == NULL ? TMG_OK :
	    not_for(d, from, _("a private key is in it: keep it in a file of its own"));
}

tmg_rc
ra_server_cert_bring(ra_desk *d, const char *cert_file, const char *key_file,
    const char *actor, time_t *ends)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(X509) cert = NULL;
	tmg_auto_free uint8_t *text = NULL;
	char cert_path[PATH_MAX], key_path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if ((rc = path_of(d, d->config->tls_certificate, cert_path)) ||
	    (rc = path_of(d, d->config->tls_key, key_path)) ||
	    (rc = read_brought(d, cert_file, &text, &len)) ||
	    (rc = read_cert(d, cert_file, &cert)) ||
	    (rc = ra_key_load(d->office->ctx, key_file[0] != '\0' ? key_file : key_path,
	    "", &key, &d->fault)) ||
	    (rc = check_brought(d, cert_file, cert, key, ends)) ||
	    (rc = note_brought(d, actor, cert)) ||
	    (key_file[0] != '\0' && (rc = put_key(d, key_path, key))))
		return rc;
	return replace(d, cert_path, (tmg_view){ text, len }, 0644);
}
