/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Distinguished names and their text: RFC 4514, UTF-8.
 */
#ifndef TMG_PKI_NAME_H
#define TMG_PKI_NAME_H

#include <openssl/types.h>

#include "tamga/err.h"
#include "tamga/view.h"

/* How an attribute's value must be encoded. */
typedef enum tmg_name_kind {
	TMG_NAME_UTF8,
	TMG_NAME_PRINTABLE,	/* RFC 5280, appendix A.1: C, serialNumber, dnQualifier */
	TMG_NAME_IA5,		/* RFC 5280, appendix A.1: emailAddress, DC */
} tmg_name_kind;

typedef struct tmg_name_type {
	const char *name;	/* how we write it */
	const char *alias;	/* also read; NULL none */
	const char *oid;
	tmg_name_kind kind;
	size_t max;		/* characters: ub-* of RFC 5280, appendix A.1; 0 none */
} tmg_name_type;

/* The row of a name in any case or of a dotted OID; NULL when there is none. */
const tmg_name_type *
tmg_name_type_find(const char *name);

/*
 * Makes a name of RFC 4514 text; spaces around separators and "quoted values"
 * are taken too.  Empty text gives an empty name.
 *
 * Faults  TMG_E_USAGE: f says what is wrong where
 */
TMG_MUST_USE tmg_rc
tmg_name_parse(const char *text, X509_NAME **name, tmg_fault *f);

/* Appends the text, most specific first.  Faults TMG_E_SPACE, TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
tmg_name_text(const X509_NAME *name, tmg_out *text);

/* The same from DER.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_name_text_der(tmg_view der, tmg_out *text);

#endif
