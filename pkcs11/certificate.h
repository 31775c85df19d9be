/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of a certificate that Cryptoki hands out as they are, DER.
 */
#ifndef TMG_PKCS11_CERTIFICATE_H
#define TMG_PKCS11_CERTIFICATE_H

#include "tamga/view.h"

/* Borrowed from the certificate, each with its header; RFC 5280 4.1. */
typedef struct tmg_p11_cert {
	tmg_view serial, issuer, subject, spki;
	tmg_view number;	/* the serial number without its header */
} tmg_p11_cert;

/* Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_p11_cert_parse(tmg_view der, tmg_p11_cert *cert);

/* The parameters of a SubjectPublicKeyInfo's algorithm, or else the whole
 * OBJECT IDENTIFIER: what names a curve. */
TMG_MUST_USE tmg_rc
tmg_p11_cert_curve(tmg_view spki, tmg_view *curve);

#endif
