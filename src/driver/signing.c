/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/signing.h"

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/pki/ecdsa.h"
#include "src/pki/padding.h"

#define PKCS1_OVERHEAD 11u	/* bytes; RFC 8017 9.2 */

static tmg_rc
keep(tmg_view answer, size_t len, tmg_out *sig)
{
	if (answer.len != len)
		return TMG_E_MALFORMED;
	tmg_put(sig, answer);
	return tmg_out_done(sig);
}

/* ---- RSA ----------------------------------------------------------------- */

static tmg_rc
begin_padded(tmg_signing *s, tmg_view input)
{
	tmg_out em = TMG_OUT(s->store);
	const tmg_rc rc = tmg_pad_sign(tmg_ctx_libctx(s->ctx), s->spec, input,
	    tmg_alg_get(s->alg)->bits, &em);

	s->sent = tmg_out_view(&em);
	return rc;
}

/* What the card pads: a DigestInfo, or what the caller made instead of one. */
static tmg_rc
begin_unpadded(tmg_signing *s, tmg_view input)
{
	tmg_out t = TMG_OUT(s->store);

	s->sent = input;
	if (s->spec->hash != TMG_HASH_NONE) {
		if (tmg_digest_info(s->spec->hash, input, &t))
			return TMG_E_USAGE;
		s->sent = tmg_out_view(&t);
	}
	return s->sent.len + PKCS1_OVERHEAD <= tmg_alg_bytes(s->alg)
	    ? TMG_OK : TMG_E_USAGE;
}

static tmg_rc
begin_pkcs1(tmg_signing *s, tmg_view input)
{
	return s->ways->pads ? begin_unpadded(s, input) : begin_padded(s, input);
}

static tmg_rc
begin_other_rsa(tmg_signing *s, tmg_view input)
{
	return s->ways->pads ? TMG_UNSUPPORTED : begin_padded(s, input);
}

static tmg_rc
end_rsa(const tmg_signing *s, tmg_view answer, tmg_out *sig)
{
	return keep(answer, tmg_alg_bytes(s->alg), sig);
}

/* ---- curves -------------------------------------------------------------- */

/* The leftmost bytes of a hash longer than the field: FIPS 186-4 6.4. */
static tmg_rc
begin_ecdsa(tmg_signing *s, tmg_view input)
{
	const size_t field = tmg_alg_bytes(s->alg);

	if (input.len >= field || !s->ways->filled) {
		s->sent = (tmg_view){ input.ptr,
		    input.len < field ? input.len : field };
		return TMG_OK;
	}
	if (field > sizeof(s->store))
		return TMG_E_USAGE;
	memset(s->store, 0, field - input.len);
	if (input.len > 0)
		memcpy(s->store + field - input.len, input.ptr, input.len);
	s->sent = (tmg_view){ s->store, field };
	return TMG_OK;
}

static tmg_rc
end_ecdsa(const tmg_signing *s, tmg_view answer, tmg_out *sig)
{
	const size_t field = tmg_alg_bytes(s->alg);
	uint8_t halves[2 * TMG_FIELD_MAX];
	tmg_out rs = TMG_OUT(halves);

	if (s->ways->plain)
		return answer.len == 2 * field
		    ? tmg_ecdsa_join(answer, sig) : TMG_E_MALFORMED;
	return tmg_ecdsa_split(answer, field, &rs)
	    ? TMG_E_MALFORMED : keep(answer, answer.len, sig);
}

static tmg_rc
begin_eddsa(tmg_signing *s, tmg_view input)
{
	s->sent = input;
	return TMG_OK;
}

static tmg_rc
end_eddsa(const tmg_signing *s, tmg_view answer, tmg_out *sig)
{
	return keep(answer, 2 * tmg_alg_bytes(s->alg), sig);
}

/* ---- one of them --------------------------------------------------------- */

static const struct {
	tmg_family family;
	tmg_rc (*begin)(tmg_signing *s, tmg_view input);
	tmg_rc (*end)(const tmg_signing *s, tmg_view answer, tmg_out *sig);
} schemes[] = {
	[TMG_SIGN_PKCS1] = { TMG_FAMILY_RSA, begin_pkcs1, end_rsa },
	[TMG_SIGN_PSS] = { TMG_FAMILY_RSA, begin_other_rsa, end_rsa },
	[TMG_SIGN_RAW] = { TMG_FAMILY_RSA, begin_other_rsa, end_rsa },
	[TMG_SIGN_ECDSA] = { TMG_FAMILY_EC, begin_ecdsa, end_ecdsa },
	[TMG_SIGN_EDDSA] = { TMG_FAMILY_ED, begin_eddsa, end_eddsa },
};

tmg_rc
tmg_signing_begin(tmg_signing *s, tmg_view input)
{
	if ((size_t)s->spec->scheme >= TMG_COUNT(schemes) ||
	    schemes[s->spec->scheme].family != tmg_alg_get(s->alg)->family)
		return TMG_UNSUPPORTED;
	return schemes[s->spec->scheme].begin(s, input);
}

tmg_rc
tmg_signing_end(const tmg_signing *s, tmg_view answer, tmg_out *sig)
{
	return schemes[s->spec->scheme].end(s, answer, sig);
}

uint32_t
tmg_signing_le(tmg_alg alg)
{
	return tmg_alg_get(alg)->family == TMG_FAMILY_RSA &&
	    alg != TMG_ALG_RSA1024 ? TMG_LE_ANY : TMG_LE_SHORT;
}
