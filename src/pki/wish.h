/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority wants of a request, as far as it was heard, and of its key.
 */
#ifndef TMG_PKI_WISH_H
#define TMG_PKI_WISH_H

#include "src/pki/request.h"

/* Tags of what CsrAttrs and templates are made of. */
enum {
	TMG_DER_BOOLEAN = 0x01,
	TMG_DER_INTEGER = 0x02,
	TMG_DER_BIT_STRING = 0x03,
	TMG_DER_OCTET_STRING = 0x04,
	TMG_DER_OID = 0x06,
	TMG_DER_SEQUENCE = 0x30,
	TMG_DER_SET = 0x31,
};

#define TMG_OID_TEXT 80		/* bytes of a dotted OID that is shown */

/* Contents of OBJECT IDENTIFIERs. */
#define TMG_OID(...) \
    { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }
#define TMG_PKCS_1(n) \
    TMG_OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, n)
#define TMG_PKCS_9(...) \
    TMG_OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, __VA_ARGS__)
#define TMG_ANSI_X962(...) TMG_OID(0x2a, 0x86, 0x48, 0xce, 0x3d, __VA_ARGS__)

/* What was heard so far. */
typedef struct tmg_wishes {
	tmg_request *r;
	bool family_asked, family_fits;
	bool alg_asked, alg_fits;
	bool pss_asked, pkcs1_asked;
	char wanted[TMG_OID_TEXT];	/* the last kind of key that is not ours */
} tmg_wishes;

/* An OID that says something about the key; false: nobody here knows that kind. */
bool
tmg_wish_key(tmg_wishes *w, tmg_view oid);
/* A curve that the authority insists on, and perhaps no key here can be on. */
void
tmg_wish_curve(tmg_wishes *w, tmg_view oid);
void
tmg_wish_modulus(tmg_wishes *w, size_t bits);
/* An OID that says something about the signature. */
void
tmg_wish_signature(tmg_wishes *w, tmg_view oid);

/* Verdicts TMG_MISMATCH: the key is none of those that were asked for, or does not
 * sign as was. */
TMG_MUST_USE tmg_rc
tmg_wish_judge(const tmg_wishes *w);

/* A list of attributes: csrattrs.c.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_wish_attributes(tmg_wishes *w, tmg_view list);

/* CertificationRequestInfoTemplate, RFC 9908 3.4: csrattrs-template.c.
 * Faults TMG_E_MALFORMED; TMG_E_USAGE what only the applicant can say. */
TMG_MUST_USE tmg_rc
tmg_wish_template(tmg_wishes *w, tmg_view values);

#endif
