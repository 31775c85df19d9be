/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forms that a request may have: PKCS #10 (RFC 2986), and messages of CMP
 * (RFC 9810) around PKCS #10 or a certificate template (RFC 4211).
 */
#ifndef TMG_PKI_FORM_H
#define TMG_PKI_FORM_H

#include "tamga/view.h"

/* What every form tells; borrowed. */
typedef struct tmg_form {
	tmg_view subject;	/* Name, with its head */
	tmg_view spki;		/* SubjectPublicKeyInfo, with its head; empty in a
				 * template, where it has a tag of its own */
	tmg_view key;		/* the same without its head */
	tmg_view attributes;	/* PKCS #10's [0] with its head; empty: none */
} tmg_form;

/* Faults  TMG_E_MALFORMED: none of the forms */
TMG_MUST_USE tmg_rc
tmg_form_read(tmg_view der, tmg_form *form);

/* PKCS #10 alone. */
TMG_MUST_USE tmg_rc
tmg_form_pkcs10(tmg_view der, tmg_form *form);

#endif
