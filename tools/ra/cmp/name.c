/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/name.h"

#include "src/codec/tlv.h"

bool
ra_cmp_name_is(tmg_view general, const X509_NAME *name)
{
	unsigned char *der = NULL;
	const int len = i2d_X509_NAME(name, &der);
	tmg_view in = general, said;
	const bool same = len > 0 &&
	    tmg_tlv_expect(&in, RA_CMP_DIRECTORY_NAME, &said) == TMG_OK &&
	    tmg_view_equal(said, (tmg_view){ der, (size_t)len });

	OPENSSL_free(der);
	return same;
}
