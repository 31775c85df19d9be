/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certification authority behind the desk: one table.
 */
#ifndef RA_CA_H
#define RA_CA_H

#include "tools/ra/ca/keeper.h"
#include "tools/ra/ca/known.h"
#include "tools/ra/ca/request.h"
#include "tools/ra/profile/profile.h"
#include "tools/ra/store/errand.h"

#define RA_BACKDATE_S 300	/* a certificate begins so long ago: clocks differ */

/* Where readers of a certificate find more; "" nowhere. */
typedef struct ra_points {
	char crl[RA_TEXT_MAX];		/* RFC 5280 4.2.1.13 */
	char issuer[RA_TEXT_MAX];	/* the authority's certificate, 4.2.2.1 */
	char ocsp[RA_TEXT_MAX];
} ra_points;

/* One certificate to be made.  Everything in it was decided before. */
typedef struct ra_order {
	const ra_request *request;
	const ra_profile *profile;
	const char *serial;		/* hexadecimal */
	time_t not_before, not_after;
	const ra_points *points;
	const ra_known *known;		/* keys never to be certified; NULL none */
	X509 **draft;			/* of that request and profile: vet leaves
					 * here what it looked at, and issue carries
					 * on with it.  NULL: nobody keeps it */
	bool spent;			/* its challengePassword opens nothing any more */
} ra_order;

/*
 * What an authority elsewhere is asked for once more, or for the first time.
 *
 *   request  the order's, whose PKCS #10 is passed on
 *   errand   what an earlier try left; what this one leaves
 *   keep     writes request and kept of errand down, before anything is sent
 *            that hangs on them
 */
typedef struct ra_asking {
	const ra_order *order;
	ra_errand *errand;
	tmg_rc (*keep)(void *arg, const ra_errand *errand, tmg_fault *f);
	void *arg;
	long again_s;			/* out: TMG_PENDING, its advice; -1 none */
	uint8_t *der;			/* out: TMG_OK, the certificate; yours to free() */
	size_t len;
	char changes[RA_WORD_MAX];	/* out: what it changed of the order, "" nothing */
} ra_asking;

struct ra_appointment;			/* mandate.h */

typedef struct ra_ca ra_ca;

/*
 *   at_once issue() is arithmetic in this process: nobody has seen what it
 *           signed, and nobody waits for a device or a network meanwhile
 *   elsewhere  issue() says TMG_UNSUPPORTED: another authority signs, which is
 *           asked by ask() and may take its time
 *   vet     verdict TMG_MISMATCH: it would not sign that; f says why
 *   issue   as vet, and signs; of a draft that vet left it looks again at what
 *           it sets, the number and the time; *der is yours to free().  Asked twice for one order it may
 *           give two encodings of one certificate: the store keeps the first
 *   appoint signs a deputy's certificate; *der is yours to free().  Verdict
 *           TMG_UNSUPPORTED: it appoints none
 *   vouch   signs content as its own, a CMS message of its certificate's (RFC 8894
 *           4.7.1); *der is yours to free().  Verdict TMG_UNSUPPORTED: it has no
 *           key here, or none that CMS knows
 *   crl     signs a list of everything revoked in store, numbered number
 *   ask     of one elsewhere; waits for one answer and no longer.  Verdicts
 *           TMG_PENDING; TMG_DENIED, TMG_MISMATCH, TMG_UNSUPPORTED: it refuses,
 *           or what it gave is refused, and f says why to an officer.  Faults:
 *           it could not be asked; later, perhaps
 *   hello   asks one elsewhere whether it is who it should be and takes what
 *           we hand in, which creates nothing.  Verdicts TMG_MISMATCH, TMG_DENIED
 *   revoke  tells one elsewhere that a certificate of its is to be revoked, for
 *           a reason of RFC 5280 5.3.1; verdicts and faults as ask.  NULL where
 *           nobody has to be told, or nobody can be: elsewhere says which
 *   close   frees
 *
 * Safe for several threads at once; f is the caller's.
 */
typedef struct ra_ca_ops {
	const char *name;
	bool at_once;
	bool elsewhere;
	tmg_rc (*vet)(ra_ca *ca, const ra_order *order, tmg_fault *f);
	tmg_rc (*issue)(ra_ca *ca, const ra_order *order, uint8_t **der,
	    size_t *len, tmg_fault *f);
	tmg_rc (*appoint)(ra_ca *ca, const struct ra_appointment *a,
	    uint8_t **der, size_t *len, tmg_fault *f);
	tmg_rc (*vouch)(ra_ca *ca, tmg_view content, uint8_t **der, size_t *len,
	    tmg_fault *f);
	tmg_rc (*crl)(ra_ca *ca, ra_store *store, int64_t number, time_t now,
	    time_t next, uint8_t **der, size_t *len, tmg_fault *f);
	tmg_rc (*ask)(ra_ca *ca, ra_asking *asking, tmg_fault *f);
	tmg_rc (*hello)(ra_ca *ca, tmg_fault *f);
	tmg_rc (*revoke)(ra_ca *ca, tmg_view cert, int reason, tmg_fault *f);
	void (*close)(ra_ca *ca);
} ra_ca_ops;

/* Whether vouch() can: it signs here, with a key that CMS knows. */
bool
ra_ca_vouches(const ra_ca *ca);

/* For rows of an authority that asks nobody: TMG_UNSUPPORTED. */
TMG_MUST_USE tmg_rc
ra_ca_no_ask(ra_ca *ca, ra_asking *asking, tmg_fault *f);
TMG_MUST_USE tmg_rc
ra_ca_no_hello(ra_ca *ca, tmg_fault *f);

/* Embed it first in your own structure. */
struct ra_ca {
	const ra_ca_ops *ops;
	tmg_ctx *ctx;
	X509 *cert;
	STACK_OF(X509) *above;	/* those above it, the root last; none: it is the root */
};

/*
 * An authority of our own.
 *
 *   cert_file  its certificate and those above it, PEM
 *   source     its key: see ra_keeper_open()
 */
TMG_MUST_USE tmg_rc
ra_ca_local(tmg_ctx *ctx, const char *cert_file, const ra_keysource *source,
    tmg_fault *f, ra_ca **ca);

/* Reads its certificate, and those above it, from a PEM file.  Verdicts
 * TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_ca_load(ra_ca *ca, const char *file, tmg_fault *f);
/* Frees what ra_ca_load() read. */
void
ra_ca_unload(ra_ca *ca);

/* What libcrypto says to what was tried; TMG_E_CRYPTO. */
tmg_rc
ra_ca_fail(tmg_fault *f, const char *what);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_ca_free(ra_ca **ca);

/* When the authority's own certificate expires.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
ra_ca_end(const ra_ca *ca, time_t *at);

/* A new serial number: 126 random bits in 16 octets, positive, hexadecimal
 * (RFC 5280 4.1.2.2 allows 20). */
TMG_MUST_USE tmg_rc
ra_serial_new(tmg_ctx *ctx, char serial[TMG_SERIAL_MAX]);
/* A certificate's number, of hexadecimal digits.  Faults TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
ra_serial_set(ASN1_INTEGER *into, const char *hex);

/* Adds the extension value, in OpenSSL's words (x509v3_config(5)). */
TMG_MUST_USE tmg_rc
ra_ext_add(X509 *cert, X509 *issuer, int nid, const char *value);

/* Says in it where readers find more. */
TMG_MUST_USE tmg_rc
ra_points_add(X509 *cert, X509 *issuer, const ra_points *points);

/* Starts a certificate: version, serial number, validity, issuer. */
TMG_MUST_USE tmg_rc
ra_cert_start(X509 *cert, const char *serial, time_t not_before,
    time_t not_after, const X509_NAME *issuer);

/* Adds the authority's certificate and those above it, PEM. */
TMG_MUST_USE tmg_rc
ra_ca_pem(const ra_ca *ca, BIO *bio);

/* The same one behind the other, DER; free() them. */
TMG_MUST_USE tmg_rc
ra_ca_der(const ra_ca *ca, uint8_t **der, size_t *len);

#endif
