/* SPDX-License-Identifier: BSD-2-Clause */
/* Random bytes come from the operating system: NSS asks at every start, and
 * no card is to be troubled for that. */
#include <errno.h>
#include <sys/random.h>

#include "pkcs11/module.h"

CK_RV
C_GenerateRandom(CK_SESSION_HANDLE handle, CK_BYTE *bytes, CK_ULONG len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (bytes == NULL && len > 0)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG got = 0; got < len;) {
		const ssize_t n = getrandom(bytes + got, len - got, 0);

		if (n < 0 && errno != EINTR)
			return CKR_FUNCTION_FAILED;
		got += n > 0 ? (CK_ULONG)n : 0;
	}
	return CKR_OK;
}

CK_RV
C_SeedRandom(CK_SESSION_HANDLE handle, CK_BYTE *seed, CK_ULONG len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	return seed == NULL && len > 0 ? CKR_ARGUMENTS_BAD
	    : CKR_RANDOM_SEED_NOT_SUPPORTED;
}
