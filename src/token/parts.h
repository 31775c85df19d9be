/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a pkcs11: URI says of a token (RFC 7512 2.3).
 */
#ifndef TMG_TOKEN_PARTS_H
#define TMG_TOKEN_PARTS_H

#include "src/codec/uri.h"
#include "src/token/token.h"

#define TMG_PARTS 4
#define TMG_PART_MAX 33		/* bytes: 32 and the final zero */

/*
 * The i-th of TMG_PARTS: its attribute, and its value cut to what CK_TOKEN_INFO
 * has room for, so that the URI is the one that PKCS#11 programs know the
 * token by.
 */
tmg_uri_attr
tmg_part_get(const tmg_token *token, size_t i, char value[TMG_PART_MAX]);

#endif
