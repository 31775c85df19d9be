/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Simple Certificate Enrolment Protocol: RFC 8894.  doc/design/scep.md tells
 * whose key does what.
 */
#ifndef TMG_ENROLL_SCEP_H
#define TMG_ENROLL_SCEP_H

#include "src/enroll/authority.h"
#include "src/pki/scep-message.h"
#include "src/pki/scope.h"

/* What GetCACaps says: RFC 8894 3.5.2. */
enum {
	TMG_SCEP_CAP_AES = 1 << 0,
	TMG_SCEP_CAP_SHA256 = 1 << 1,
	TMG_SCEP_CAP_SHA512 = 1 << 2,
	TMG_SCEP_CAP_POST = 1 << 3,
	TMG_SCEP_CAP_RENEWAL = 1 << 4,
	TMG_SCEP_CAP_NEXT = 1 << 5,
};

/* Bytes of the answer; words it does not know are nothing. */
unsigned
tmg_scep_caps_read(tmg_view text);

/* Who signs our messages, and is answered. */
typedef enum tmg_scep_transport {
	TMG_SCEP_BY_KEY,	/* nobody chose: the token's where it is RSA */
	TMG_SCEP_BY_TOKEN,
	TMG_SCEP_BY_SOFTWARE,	/* a key that is thrown away */
} tmg_scep_transport;

/* The authority's state. */
typedef struct tmg_scep {
	tmg_scep_transport transport;
	bool legacy;		/* SHA-1 and DES will do */
	bool asked;
	unsigned caps;
} tmg_scep;

#define TMG_SCEP_URL_MAX 640u

/* Asked once.  Verdicts TMG_UNSUPPORTED: neither AES nor SHA-256, and nobody
 * said that less will do. */
TMG_MUST_USE tmg_rc
tmg_scep_caps(tmg_authority *a, tmg_http *http);

void
tmg_scep_url(const tmg_authority *a, const char *operation, char url[TMG_SCEP_URL_MAX]);

/* ---- scep-server.c: whom we speak to ------------------------------------- */

/* The certificate that messages are encrypted to.
 * Verdicts  TMG_MISMATCH  none that we believe */
TMG_MUST_USE tmg_rc
tmg_scep_recipient(tmg_authority *a, X509 **recipient);

/* Whether who signed an answer is one of those that GetCACert named, and
 * believed.  Verdicts  TMG_MISMATCH */
TMG_MUST_USE tmg_rc
tmg_scep_is_server(tmg_authority *a, X509 *signer);

/* ---- scep-wrapper.c: who we are in a message ----------------------------- */

typedef struct tmg_scep_self {
	X509 *cert;		/* owned */
	EVP_PKEY *key;		/* owned; a token's, perhaps */
	tmg_signer *signer;	/* behind key, for its words; NULL software */
	int type;		/* of the message that asks: PKCSReq or RenewalReq */
} tmg_scep_self;

void
tmg_scep_self_release(tmg_scep_self *self);

/*
 * The key and certificate that messages about csr are signed with: those of the
 * renewed certificate, the token's, or a key in software.  Made at first and
 * kept, found again in another process.
 */
TMG_MUST_USE tmg_rc
tmg_scep_self_find(tmg_authority *a, tmg_view csr, bool renews,
    tmg_scep_self *self);

/* What is kept: the certificate, and the key where it is in software.  Borrowed.
 * Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_scep_kept_read(tmg_view kept, tmg_view *cert, tmg_view *key);

/* ---- the rows; see tamga/binding.h --------------------------------------- */

TMG_MUST_USE tmg_rc
tmg_scep_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs);
TMG_MUST_USE tmg_rc
tmg_scep_next(tmg_authority *a, tmg_certs *next);
TMG_MUST_USE tmg_rc
tmg_scep_admits(tmg_authority *a, bool renews);
TMG_MUST_USE tmg_rc
tmg_scep_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d);
TMG_MUST_USE tmg_rc
tmg_scep_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *d);

#endif
