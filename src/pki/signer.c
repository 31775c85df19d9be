/* SPDX-License-Identifier: BSD-2-Clause */
#include "tamga/signer.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/spki.h"

enum {
	PKCS1_OVERHEAD = 11,	/* RFC 8017 7.2.1, 9.2 */
	EDDSA_SIZE = 64,	/* RFC 8032 5.1.6 */
	UNCOMPRESSED = 0x04,	/* SEC 1, 2.3.3 */
};

static size_t
key_bytes(const tmg_signer *s)
{
	return tmg_alg_bytes(s->alg);
}

/* The longest Ecdsa-Sig-Value: two integers with a leading zero each. */
static size_t
ecdsa_size(const tmg_signer *s)
{
	const size_t numbers = 2 * (2 + 1 + key_bytes(s));

	return numbers + (numbers < 0x80 ? 2 : 3);
}

static bool
fits_pkcs1(const tmg_signer *s, const tmg_sign_spec *spec, tmg_view input)
{
	return spec->hash == TMG_HASH_NONE
	    ? input.len + PKCS1_OVERHEAD <= key_bytes(s)
	    : input.len == tmg_hash_bytes(spec->hash) && input.len > 0;
}

static bool
fits_pss(const tmg_signer *s, const tmg_sign_spec *spec, tmg_view input)
{
	const size_t hash = tmg_hash_bytes(spec->hash);
	const size_t room = (tmg_alg_get(s->alg)->bits + 6) / 8;

	return hash > 0 && tmg_hash_bytes(spec->mgf) > 0 && input.len == hash &&
	    spec->salt_len < room && hash + spec->salt_len + 2 <= room;
}

/* What RSADP and RSASP1 take: RFC 8017 5.1.2 and 5.2.1, step 1. */
static bool
is_below_modulus(const tmg_signer *s, tmg_view number)
{
	tmg_view n, e;

	return number.len == key_bytes(s) &&
	    tmg_spki_rsa_parts(s->spki, &n, &e) == TMG_OK &&
	    n.len == number.len && memcmp(number.ptr, n.ptr, n.len) < 0;
}

static bool
fits_raw(const tmg_signer *s, const tmg_sign_spec *spec, tmg_view input)
{
	(void)spec;
	return is_below_modulus(s, input);
}

static bool
fits_ecdsa(const tmg_signer *s, const tmg_sign_spec *spec, tmg_view input)
{
	(void)s;
	return input.len > 0 && (spec->hash == TMG_HASH_NONE ||
	    input.len == tmg_hash_bytes(spec->hash));
}

static bool
fits_eddsa(const tmg_signer *s, const tmg_sign_spec *spec, tmg_view input)
{
	(void)s;
	(void)input;
	return spec->hash == TMG_HASH_NONE;
}

static const struct {
	tmg_family family;
	bool (*fits)(const tmg_signer *s, const tmg_sign_spec *spec, tmg_view input);
} schemes[] = {
	[TMG_SIGN_PKCS1] = { TMG_FAMILY_RSA, fits_pkcs1 },
	[TMG_SIGN_PSS] = { TMG_FAMILY_RSA, fits_pss },
	[TMG_SIGN_RAW] = { TMG_FAMILY_RSA, fits_raw },
	[TMG_SIGN_ECDSA] = { TMG_FAMILY_EC, fits_ecdsa },
	[TMG_SIGN_EDDSA] = { TMG_FAMILY_ED, fits_eddsa },
};

static tmg_rc
misused(tmg_signer *s)
{
	return tmg_raise(s->fault, TMG_E_USAGE, 0,
	    _("This operation or its input does not fit a key of type %s."),
	    tmg_alg_get(s->alg)->name);
}

/* A buffer that may turn out too small is refused before the key is used. */
static tmg_rc
too_small(tmg_signer *s, const tmg_out *out, size_t need)
{
	if (out->full || out->cap - out->len < need)
		return tmg_raise(s->fault, TMG_E_SPACE, 0,
		    _("The result of this operation may need %zu bytes."), need);
	return TMG_OK;
}

/* Counts one private-key operation, or refuses it.  Atomic: an OpenSSL key
 * over this signer may be in several threads. */
static tmg_rc
count(tmg_signer *s)
{
	unsigned used = __atomic_load_n(&s->used, __ATOMIC_RELAXED);

	do {
		if (s->limit != 0 && used >= s->limit)
			return tmg_raise(s->fault, TMG_DENIED, 0,
			    _("The key may be used %u times here and was. Something asks for more signatures than agreed."),
			    s->limit);
	} while (!__atomic_compare_exchange_n(&s->used, &used, used + 1, false,
	    __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return TMG_OK;
}

static size_t
sign_size(const tmg_signer *s)
{
	switch (tmg_alg_get(s->alg)->family) {
	case TMG_FAMILY_RSA:
		return key_bytes(s);
	case TMG_FAMILY_EC:
		return ecdsa_size(s);
	case TMG_FAMILY_ED:
		return EDDSA_SIZE;
	case TMG_FAMILY_X:
	case TMG_FAMILY_NONE:
		break;
	}
	return 0;
}

tmg_rc
tmg_signer_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	tmg_rc rc;

	if ((unsigned)spec->scheme >= TMG_COUNT(schemes) ||
	    schemes[spec->scheme].family != tmg_alg_get(s->alg)->family ||
	    !schemes[spec->scheme].fits(s, spec, input))
		return misused(s);
	if ((rc = too_small(s, sig, sign_size(s))) || (rc = count(s)))
		return rc;
	return s->ops->sign(s, spec, input, sig);
}

/* The longest message that padding leaves room for; 0 when it fits not at all. */
static size_t
plain_max(const tmg_signer *s, const tmg_decrypt_spec *spec)
{
	const size_t k = key_bytes(s);
	const size_t hash = tmg_hash_bytes(spec->hash);

	switch (spec->padding) {
	case TMG_DECRYPT_PKCS1:
		return k - PKCS1_OVERHEAD;
	case TMG_DECRYPT_OAEP:
		if (hash == 0 || tmg_hash_bytes(spec->mgf) == 0)
			return 0;
		return k >= 2 * hash + 2 ? k - 2 * hash - 2 : 0;
	case TMG_DECRYPT_RAW:
		return k;
	}
	return 0;
}

tmg_rc
tmg_signer_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	size_t max;
	tmg_rc rc;

	if (tmg_alg_get(s->alg)->family != TMG_FAMILY_RSA ||
	    cipher.len != key_bytes(s) || (max = plain_max(s, spec)) == 0)
		return misused(s);
	if (!is_below_modulus(s, cipher))
		return tmg_raise(s->fault, TMG_E_MALFORMED, 0,
		    _("This was encrypted for another key, or is damaged: as a number it is not below the key's modulus."));
	if ((rc = too_small(s, plain, max)) || (rc = count(s)))
		return rc;
	return s->ops->decrypt(s, spec, cipher, plain);
}

static bool
fits_peer(const tmg_signer *s, tmg_view peer)
{
	switch (tmg_alg_get(s->alg)->family) {
	case TMG_FAMILY_EC:
		return peer.len == 1 + 2 * key_bytes(s) &&
		    peer.ptr[0] == UNCOMPRESSED;
	case TMG_FAMILY_X:
		return peer.len == key_bytes(s);
	case TMG_FAMILY_RSA:
	case TMG_FAMILY_ED:
	case TMG_FAMILY_NONE:
		break;
	}
	return false;
}

tmg_rc
tmg_signer_derive(tmg_signer *s, tmg_view peer, tmg_out *secret)
{
	tmg_rc rc;

	if (!fits_peer(s, peer))
		return misused(s);
	if ((rc = too_small(s, secret, key_bytes(s))) || (rc = count(s)))
		return rc;
	return s->ops->derive(s, peer, secret);
}

static tmg_rc
cannot(tmg_signer *s)
{
	return tmg_raise(s->fault, TMG_UNSUPPORTED, 0,
	    _("This key of type %s cannot do that."), tmg_alg_get(s->alg)->name);
}

tmg_rc
tmg_signer_no_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	(void)spec;
	(void)input;
	(void)sig;
	return cannot(s);
}

tmg_rc
tmg_signer_no_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec,
    tmg_view cipher, tmg_out *plain)
{
	(void)spec;
	(void)cipher;
	(void)plain;
	return cannot(s);
}

tmg_rc
tmg_signer_no_derive(tmg_signer *s, tmg_view peer, tmg_out *secret)
{
	(void)peer;
	(void)secret;
	return cannot(s);
}
