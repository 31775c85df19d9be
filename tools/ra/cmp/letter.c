/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/letter.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/verify.h"
#include "tools/ra/desk/deputy.h"

/* What goes with a signature: whose it is, and how that leads to the root. */
static bool
put_certs(const ra_cmp_turn *t, tmg_der *d)
{
	unsigned char *der = NULL;
	uint8_t *chain = NULL;
	const int len = i2d_X509(t->own, &der);
	const size_t mark = d->at;
	size_t chain_len = 0;
	const bool ok = len > 0 &&
	    ra_ca_der(t->desk->office->ca, &chain, &chain_len) == TMG_OK;

	if (ok) {
		tmg_der_bytes(d, (tmg_view){ chain, chain_len });
		tmg_der_bytes(d, (tmg_view){ der, (size_t)len });
		tmg_der_wrap(d, 0x30, mark);
		tmg_der_wrap(d, 0xa1, mark);
	}
	OPENSSL_free(der);
	free(chain);
	return ok;
}

static tmg_rc
choose_algorithm(const ra_cmp_turn *t, tmg_out *algorithm)
{
	const tmg_rc rc = t->peer.means == RA_CMP_MAC ?
	    ra_cmp_mac_algorithm(t->desk->office->ctx, t->m->algorithm, algorithm) :
	    ra_verify_algorithm(
	    t->desk->office->deputy[RA_DEPUTY_CMP]->keeper->public, algorithm);

	return rc ? tmg_raise(&t->desk->fault, TMG_E_CRYPTO, 0,
	    _("the answer could not be made")) : TMG_OK;
}

static tmg_rc
protect(ra_cmp_turn *t, tmg_view algorithm, tmg_view header, tmg_view body,
    tmg_out *bits)
{
	const size_t cap = header.len + body.len + 8;
	tmg_auto_free uint8_t *room = malloc(cap);
	tmg_out o = { room, cap, 0, false };

	if (room == NULL)
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	ra_cmp_protected_put(&o, header, body);
	return t->peer.means == RA_CMP_MAC ? ra_cmp_mac_put(t->desk->office->ctx,
	    algorithm, tmg_secret_view(&t->peer.secret), tmg_out_view(&o), bits) :
	    ra_cmp_signature_put(t->desk->office->ctx,
	    t->desk->office->deputy[RA_DEPUTY_CMP]->keeper, tmg_out_view(&o), bits,
	    &t->desk->fault);
}

static tmg_view
own_key_id(const ra_cmp_turn *t)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(t->own);

	return t->peer.means == RA_CMP_MAC ? t->m->key_id : id == NULL ?
	    (tmg_view){ NULL, 0 } : (tmg_view){ ASN1_STRING_get0_data(id),
	    (size_t)ASN1_STRING_length(id) };
}

/* From the end to the front: certificates, bits, body, header. */
static tmg_rc
compose(ra_cmp_turn *t, tmg_view algorithm, tmg_view nonce, tmg_der *d)
{
	const ra_cmp_envelope e = {
		t->m->version == RA_CMP_2021 ? RA_CMP_2021 : RA_CMP_2000,
		X509_get_subject_name(t->own), t->m->sender, algorithm,
		own_key_id(t), t->m->transaction, nonce, t->m->nonce,
		t->reply.implicit, t->reply.confirm_by };
	uint8_t store[1024];
	tmg_out bits = TMG_OUT(store);
	tmg_der parts = { d->base, d->cap / 2, d->cap / 2, false };
	tmg_view header, body;
	size_t mark;
	tmg_rc rc;

	ra_cmp_body_put(&parts, &t->reply);
	body = tmg_der_view(&parts);
	ra_cmp_header_put(&parts, &e);
	header = tmg_der_view(&parts);
	header.len -= body.len;
	if (parts.full)
		return tmg_raise(&t->desk->fault, TMG_E_SPACE, 0,
		    _("the answer does not fit"));
	if ((rc = protect(t, algorithm, header, body, &bits)))
		return rc;
	if (!put_certs(t, d))
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	mark = d->at;
	tmg_der_bytes(d, tmg_out_view(&bits));
	tmg_der_u8(d, 0);
	tmg_der_wrap(d, 0x03, mark);
	tmg_der_wrap(d, 0xa0, mark);
	tmg_der_bytes(d, body);
	tmg_der_bytes(d, header);
	tmg_der_wrap(d, 0x30, d->cap);
	return d->full ? tmg_raise(&t->desk->fault, TMG_E_SPACE, 0,
	    _("the answer does not fit")) : TMG_OK;
}

tmg_rc
ra_cmp_copy_out(ra_cmp_turn *t, tmg_view bytes, uint8_t **der, size_t *len)
{
	if ((*der = malloc(bytes.len)) == NULL)
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(*der, bytes.ptr, bytes.len);
	*len = bytes.len;
	return TMG_OK;
}

tmg_rc
ra_cmp_say(ra_cmp_turn *t, uint8_t nonce[RA_CMP_NONCE], uint8_t **der,
    size_t *len)
{
	const size_t cap = (size_t)4 * RA_CMP_ROOM;
	tmg_auto_free uint8_t *room = malloc(cap);
	tmg_der d = { room, cap, cap, false };
	uint8_t store[512];
	tmg_out algorithm = TMG_OUT(store);
	tmg_rc rc;

	if (room == NULL || RAND_bytes_ex(tmg_ctx_libctx(t->desk->office->ctx),
	    nonce, RA_CMP_NONCE, 0) != 1)
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = choose_algorithm(t, &algorithm)))
		return rc;
	if ((rc = compose(t, tmg_out_view(&algorithm),
	    (tmg_view){ nonce, RA_CMP_NONCE }, &d)))
		return rc;
	return ra_cmp_copy_out(t, tmg_der_view(&d), der, len);
}
