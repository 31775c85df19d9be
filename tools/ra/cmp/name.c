/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/name.h"

#include "src/codec/tlv.h"

bool
ra_cmp_name_is(tmg_view der, const X509_NAME *name)
{
	unsigned char *own = NULL;
	const int len = i2d_X509_NAME(name, &own);
	const bool same = len > 0 &&
	    tmg_view_equal(der, (tmg_view){ own, (size_t)len });

	OPENSSL_free(own);
	return same;
}

bool
ra_cmp_general_is(tmg_view general, const X509_NAME *name)
{
	tmg_view in = general, said;

	return tmg_tlv_expect(&in, RA_CMP_DIRECTORY_NAME, &said) == TMG_OK &&
	    ra_cmp_name_is(said, name);
}
