/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/protect.h"

#include <openssl/crmf.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/codec/der.h"
#include "src/codec/tlv.h"
#include "tools/ra/ca/verify.h"
#include "tools/ra/cmp/pbmac1.h"
#include "tools/ra/store/digest.h"

enum { SEQUENCE = 0x30, OID = 0x06, SALT = 16 };

/* id-PasswordBasedMac, RFC 4210 5.1.3.1, with its head */
static const uint8_t password_mac[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf6,
	0x7d, 0x07, 0x42, 0x0d };

RA_SCOPE(OSSL_CRMF_PBMPARAMETER, OSSL_CRMF_PBMPARAMETER_free)

ra_cmp_means
ra_cmp_means_of(const ra_cmp_message *m)
{
	tmg_view in = m->algorithm, parts;

	if (m->algorithm.len == 0 || m->protection.len == 0)
		return RA_CMP_NOTHING;
	if (ra_cmp_pbmac1_is(m->algorithm))
		return RA_CMP_MAC;
	if (tmg_tlv_expect(&in, SEQUENCE, &parts) == TMG_OK &&
	    parts.len > sizeof(password_mac) &&
	    memcmp(parts.ptr, password_mac, sizeof(password_mac)) == 0)
		return RA_CMP_MAC;
	return RA_CMP_SIGNATURE;
}

void
ra_cmp_protected_put(tmg_out *o, tmg_view header, tmg_view body)
{
	tmg_tlv_put_head(o, SEQUENCE, header.len + body.len);
	tmg_put(o, header);
	tmg_put(o, body);
}

/* Room for header and body in one SEQUENCE; free() it. */
static uint8_t *
protected_of(const ra_cmp_message *m, tmg_view *protected)
{
	const size_t cap = m->header.len + m->body.len + 8;
	tmg_out o = { malloc(cap), cap, 0, false };

	if (o.ptr != NULL)
		ra_cmp_protected_put(&o, m->header, m->body);
	*protected = tmg_out_view(&o);
	return o.ptr;
}

static OSSL_CRMF_PBMPARAMETER *
read_parameters(tmg_view algorithm)
{
	tmg_view in = algorithm, parts;
	const unsigned char *at;

	if (tmg_tlv_expect(&in, SEQUENCE, &parts) ||
	    parts.len <= sizeof(password_mac))
		return NULL;
	at = parts.ptr + sizeof(password_mac);
	return d2i_OSSL_CRMF_PBMPARAMETER(NULL, &at,
	    (long)(parts.len - sizeof(password_mac)));
}

/* libcrypto bounds the count of iterations, 100 to 100000. */
static tmg_rc
password_mac_put(tmg_ctx *ctx, tmg_view algorithm, tmg_view secret,
    tmg_view protected, tmg_out *bits)
{
	tmg_auto(ra_OSSL_CRMF_PBMPARAMETER) pbm = read_parameters(algorithm);
	unsigned char *mac = NULL;
	size_t len = 0;
	const bool made = pbm != NULL && OSSL_CRMF_pbm_new(tmg_ctx_libctx(ctx), NULL,
	    pbm, protected.ptr, protected.len, secret.ptr, secret.len, &mac,
	    &len) == 1;

	if (made)
		tmg_put(bits, (tmg_view){ mac, len });
	OPENSSL_free(mac);
	ERR_clear_error();
	return made && !bits->full ? TMG_OK : TMG_UNSUPPORTED;
}

tmg_rc
ra_cmp_mac_put(tmg_ctx *ctx, tmg_view algorithm, tmg_view secret,
    tmg_view protected, tmg_out *bits)
{
	return (ra_cmp_pbmac1_is(algorithm) ? ra_cmp_pbmac1_put : password_mac_put)(ctx,
	    algorithm, secret, protected, bits);
}

bool
ra_cmp_mac_holds(tmg_ctx *ctx, const ra_cmp_message *m, tmg_view secret)
{
	uint8_t store[EVP_MAX_MD_SIZE];
	tmg_out mac = TMG_OUT(store);
	tmg_view protected;
	tmg_auto_free uint8_t *room = protected_of(m, &protected);

	return room != NULL && ra_cmp_mac_put(ctx, m->algorithm, secret, protected,
	    &mac) == TMG_OK && mac.len == m->protection.len &&
	    CRYPTO_memcmp(mac.ptr, m->protection.ptr, mac.len) == 0;
}

bool
ra_cmp_signature_holds(tmg_ctx *ctx, const ra_cmp_message *m, EVP_PKEY *key)
{
	tmg_view protected;
	tmg_auto_free uint8_t *room = protected_of(m, &protected);

	return room != NULL && ra_verify(ctx, key, m->algorithm, m->protection,
	    protected);
}

/* PBMParameter ::= SEQUENCE { salt, owf, iterationCount, mac }: all but the salt
 * stays. */
tmg_rc
ra_cmp_mac_algorithm(tmg_ctx *ctx, tmg_view asked, tmg_out *der)
{
	tmg_view in = asked, parts, parameters, salt;
	uint8_t store[256], fresh[SALT];
	tmg_der d = TMG_DER(store);

	if (ra_cmp_pbmac1_is(asked))
		return ra_cmp_pbmac1_again(ctx, asked, der);
	if (tmg_tlv_expect(&in, SEQUENCE, &parts) ||
	    tmg_view_take(&parts, sizeof(password_mac), &salt) ||
	    tmg_tlv_expect(&parts, SEQUENCE, &parameters) ||
	    tmg_tlv_expect(&parameters, 0x04, &salt))
		return TMG_UNSUPPORTED;
	if (RAND_bytes_ex(tmg_ctx_libctx(ctx), fresh, sizeof(fresh), 0) != 1)
		return TMG_E_CRYPTO;
	tmg_der_bytes(&d, parameters);
	const size_t mark = d.cap, rest = d.at;

	tmg_der_bytes(&d, TMG_VIEW(fresh));
	tmg_der_wrap(&d, 0x04, rest);
	tmg_der_wrap(&d, SEQUENCE, mark);
	tmg_der_bytes(&d, TMG_VIEW(password_mac));
	tmg_der_wrap(&d, SEQUENCE, mark);
	if (d.full)
		return TMG_UNSUPPORTED;
	tmg_put(der, tmg_der_view(&d));
	return der->full ? TMG_E_SPACE : TMG_OK;
}

/* ---- signatures ---- */

struct signing {
	tmg_ctx *ctx;
	tmg_view protected;
	tmg_out *bits;
};

static int
sign(void *what, EVP_PKEY *key)
{
	const struct signing *s = what;
	const EVP_MD *md = ra_keeper_hash(key);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t len = s->bits->cap - s->bits->len;
	const int made = c != NULL && EVP_DigestSignInit_ex(c, NULL,
	    md != NULL ? EVP_MD_get0_name(md) : NULL, tmg_ctx_libctx(s->ctx), NULL,
	    key, NULL) == 1 && EVP_DigestSign(c, s->bits->ptr + s->bits->len, &len,
	    s->protected.ptr, s->protected.len) == 1;

	EVP_MD_CTX_free(c);
	if (made)
		s->bits->len += len;
	return made;
}

tmg_rc
ra_cmp_signature_put(tmg_ctx *ctx, ra_keeper *keeper, tmg_view protected,
    tmg_out *bits, tmg_fault *f)
{
	struct signing s = { ctx, protected, bits };

	return keeper->ops->sign(keeper, sign, &s, f);
}
