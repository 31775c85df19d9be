/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/operation.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

void
tmg_p11_operation_hold(tmg_p11_operation *op, uint8_t *data, size_t len)
{
	if (op->data != NULL)
		explicit_bzero(op->data, op->len);
	free(op->data);
	op->data = data;
	op->len = len;
}

void
tmg_p11_operation_end(tmg_p11_operation *op)
{
	EVP_MD_CTX_free(op->md);
	tmg_p11_operation_hold(op, NULL, 0);
	free(op->label);
	tmg_p11_kept_wipe(&op->pin);
	explicit_bzero(op, sizeof(*op));
}

/* Not realloc(): what is kept may be a secret, and its old place is wiped. */
static CK_RV
keep(tmg_p11_operation *op, tmg_view part)
{
	const size_t len = op->len + part.len;
	uint8_t *more;

	if (part.len == 0)
		return CKR_OK;
	if (part.len > P11_COLLECT_MAX - op->len)
		return CKR_DATA_LEN_RANGE;
	more = malloc(len);
	if (more == NULL)
		return CKR_HOST_MEMORY;
	if (op->len > 0)
		memcpy(more, op->data, op->len);
	memcpy(more + op->len, part.ptr, part.len);
	tmg_p11_operation_hold(op, more, len);
	return CKR_OK;
}

CK_RV
tmg_p11_operation_feed(tmg_p11_operation *op, tmg_view part)
{
	if (op->md == NULL)
		return keep(op, part);
	return EVP_DigestUpdate(op->md, part.ptr, part.len) == 1
	    ? CKR_OK : CKR_FUNCTION_FAILED;
}

CK_RV
tmg_p11_operation_input(tmg_p11_operation *op, tmg_out *digest, tmg_view *input)
{
	unsigned len = 0;

	*input = (tmg_view){ op->data, op->len };
	if (op->md == NULL)
		return CKR_OK;
	if (digest->cap < EVP_MAX_MD_SIZE ||
	    EVP_DigestFinal_ex(op->md, digest->ptr, &len) != 1)
		return CKR_FUNCTION_FAILED;
	digest->len = len;
	*input = tmg_out_view(digest);
	return CKR_OK;
}
