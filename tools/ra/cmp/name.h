/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names as messages have them.
 */
#ifndef RA_CMP_NAME_H
#define RA_CMP_NAME_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "tamga/view.h"

enum { RA_CMP_DIRECTORY_NAME = 0xa4 };	/* GeneralName, RFC 5280 4.2.1.6 */

/* Whether a Name, whole, is that name. */
bool
ra_cmp_name_is(tmg_view der, const X509_NAME *name);
/* Whether a GeneralName is. */
bool
ra_cmp_general_is(tmg_view general, const X509_NAME *name);

#endif
