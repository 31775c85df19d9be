/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/rv.h"

#include "src/base/scope.h"

/*
 * The only place where our results become theirs; PKCS #11 3.1, clause 5.1.
 * Nobody is there to be asked for a PIN, so a declined question means that
 * the program has not logged in.
 */
static const struct { tmg_rc rc; CK_RV rv; } table[] = {
	{ TMG_OK, CKR_OK },
	{ TMG_NOT_FOUND, CKR_OBJECT_HANDLE_INVALID },
	{ TMG_PIN_WRONG, CKR_PIN_INCORRECT },
	{ TMG_PIN_LOCKED, CKR_PIN_LOCKED },
	{ TMG_UNSUPPORTED, CKR_FUNCTION_NOT_SUPPORTED },
	{ TMG_PENDING, CKR_FUNCTION_FAILED },
	{ TMG_LOGIN, CKR_USER_NOT_LOGGED_IN },
	{ TMG_OCCUPIED, CKR_FUNCTION_REJECTED },
	{ TMG_REMOVED, CKR_DEVICE_REMOVED },
	{ TMG_RESET, CKR_DEVICE_ERROR },
	{ TMG_BUSY, CKR_DEVICE_ERROR },
	{ TMG_DENIED, CKR_FUNCTION_REJECTED },
	{ TMG_CANCELLED, CKR_USER_NOT_LOGGED_IN },
	{ TMG_AMBIGUOUS, CKR_FUNCTION_FAILED },
	{ TMG_MISMATCH, CKR_ATTRIBUTE_VALUE_INVALID },
	{ TMG_LAST_TRY, CKR_FUNCTION_REJECTED },
	{ TMG_E_NOMEM, CKR_HOST_MEMORY },
	{ TMG_E_IO, CKR_DEVICE_ERROR },
	{ TMG_E_MALFORMED, CKR_DEVICE_ERROR },
	{ TMG_E_SPACE, CKR_BUFFER_TOO_SMALL },
	{ TMG_E_CARD, CKR_DEVICE_ERROR },
	{ TMG_E_USAGE, CKR_ARGUMENTS_BAD },
	{ TMG_E_CRYPTO, CKR_FUNCTION_FAILED },
};

CK_RV
tmg_p11_rv(tmg_rc rc)
{
	for (size_t i = 0; i < TMG_COUNT(table); i++)
		if (table[i].rc == rc)
			return table[i].rv;
	return CKR_GENERAL_ERROR;
}
