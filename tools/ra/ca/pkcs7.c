/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/pkcs7.h"

#include <stdlib.h>

#include "src/base/scope.h"
#include "src/codec/der.h"

enum {
	TAG_INTEGER = 0x02,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_CONTEXT_0 = 0xa0,
	TAG_CONTEXT_1 = 0xa1,
};

/* 1.2.840.113549.1.7.1 and .2, RFC 5652 4 and 5.1 */
static const uint8_t oid_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1 };
static const uint8_t oid_signed[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2 };

static void
put(tmg_der *d, uint8_t tag, tmg_view v)
{
	const size_t mark = d->at;

	tmg_der_bytes(d, v);
	tmg_der_wrap(d, tag, mark);
}

/* SignedData of version 1 without digests, content and signers: certificates or
 * lists, each an implicit SET. */
static void
put_signed_data(tmg_der *d, uint8_t kind, tmg_view what)
{
	static const uint8_t version[] = { 1 };
	static const tmg_view nothing = { NULL, 0 };
	const size_t mark = d->at;

	put(d, TAG_SET, nothing);		/* signerInfos */
	put(d, kind, what);
	const size_t content = d->at;

	put(d, TAG_OID, TMG_VIEW(oid_data));
	tmg_der_wrap(d, TAG_SEQUENCE, content);	/* encapContentInfo */
	put(d, TAG_SET, nothing);		/* digestAlgorithms */
	put(d, TAG_INTEGER, TMG_VIEW(version));
	tmg_der_wrap(d, TAG_SEQUENCE, mark);
}

static tmg_rc
enclose(uint8_t kind, tmg_view what, tmg_out *der)
{
	const size_t cap = what.len + RA_CERTS_ONLY_MORE;
	tmg_auto_free uint8_t *store = malloc(cap);
	tmg_der d = { store, cap, cap, false };
	const size_t mark = cap;

	if (store == NULL)
		return TMG_E_NOMEM;
	put_signed_data(&d, kind, what);
	tmg_der_wrap(&d, TAG_CONTEXT_0, mark);
	put(&d, TAG_OID, TMG_VIEW(oid_signed));
	tmg_der_wrap(&d, TAG_SEQUENCE, mark);
	if (d.full)
		return TMG_E_SPACE;
	tmg_put(der, tmg_der_view(&d));
	return tmg_out_done(der);
}

tmg_rc
ra_certs_only(tmg_view certs, tmg_out *der)
{
	return enclose(TAG_CONTEXT_0, certs, der);
}

tmg_rc
ra_crl_only(tmg_view crl, tmg_out *der)
{
	return enclose(TAG_CONTEXT_1, crl, der);
}
