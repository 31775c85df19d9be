/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys at work: PERFORM SECURITY OPERATION (ISO/IEC 7816-8:2004 5.2 to
 * 5.4) or INTERNAL AUTHENTICATE (7816-4:2005 7.5.2) in the environment that
 * environment.c makes.
 */
#include "drivers/pkcs15/pkcs15.h"

#include "src/base/ctx.h"
#include "src/driver/pubkey.h"
#include "src/pki/padding.h"

enum {
	CRT_AUTHENTICATE = 0xa4,	/* and key agreement: table 80 */
	CRT_SIGN = 0xb6,
	CRT_DECIPHER = 0xb8,

	PADDING_FIRST = 0x81,	/* MyEID: which half follows */
	PADDING_SECOND = 0x82,
	HALVE_FROM = 256,	/* bytes; what no short command carries */

	TAG_CIPHER = 0xa6,
	TAG_DYNAMIC = 0x7c,	/* GENERAL AUTHENTICATE, 7.5.5 */
	TAG_EXPONENTIAL = 0x85,
};

#define CIPHER_MAX 600u		/* bytes; RSA 4096 and its indicator */

/* ---- which key ------------------------------------------------------------------------ */

static tmg_rc
cannot(tmg_p15 *p, const char *why)
{
	return p15_raise(p, TMG_UNSUPPORTED, 0, "%s: %s", p->who, _(why));
}

/* Refused before anything is sent. */
static tmg_rc
begin(tmg_p15 *p, uint32_t slot, unsigned usage, const tmg_p15_key **key)
{
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_key_at(p, slot, key)) ||
	    (rc = tmg_p15_learn_info(p)))
		return rc;
	if (!(*key)->native)
		return cannot(p, N_("the card keeps this key and does not compute "
		    "with it"));
	if (p->profile->sha1_alone && (*key)->family == TMG_FAMILY_EC)
		return cannot(p, N_("with this key the card signs by SHA-1 alone, "
		    "which nobody should trust"));
	if (((*key)->usage & usage) == 0)
		return cannot(p, N_("the card does not allow this key to be used so"));
	return tmg_p15_want(p, (*key)->common.auth);
}

/* ---- what goes through an RSA key as a cryptogram ------------------------------------- */

static tmg_rc
send_part(tmg_p15 *p, tmg_p15_use *u, uint8_t indicator, tmg_view part, uint32_t le,
    tmg_out *answer)
{
	uint8_t bytes[CIPHER_MAX];
	tmg_out input = TMG_OUT(bytes);

	tmg_put_u8(&input, indicator);
	tmg_put(&input, part);
	if (input.full)
		return TMG_E_USAGE;
	u->command = (tmg_capdu){ .ins = INS_PSO, .p1 = 0x80, .p2 = 0x86,
	    .data = tmg_out_view(&input), .le = le };
	return tmg_p15_operate(p, u, answer);
}

static tmg_rc
decipher(tmg_p15 *p, tmg_p15_use *u, tmg_view cipher, tmg_out *answer)
{
	const tmg_view first = { cipher.ptr, cipher.len / 2 };
	const tmg_view second = { cipher.ptr + first.len, cipher.len - first.len };
	tmg_rc rc;

	if (!p->profile->halves || cipher.len < HALVE_FROM)
		return send_part(p, u, p->profile->padding, cipher, TMG_LE_ANY, answer);
	if ((rc = send_part(p, u, PADDING_FIRST, first, TMG_LE_NONE, answer)))
		return rc;
	u->goes_on = true;
	return send_part(p, u, PADDING_SECOND, second, TMG_LE_ANY, answer);
}

/* ---- signatures -------------------------------------------------------------------------- */

static const tmg_signing_ways raw_ways = { .pads = false };

/* Keys that authenticate and nothing else take INTERNAL AUTHENTICATE; which ones,
 * only "sign" without "nonRepudiation" could tell, and PSO does as well.  So this
 * is for cards that refuse PSO. */
static tmg_capdu
sign_command(tmg_alg alg, tmg_view input)
{
	return (tmg_capdu){
		.ins = INS_PSO, .p1 = 0x9e, .p2 = 0x9a,
		.data = input, .le = tmg_signing_le(alg),
	};
}

static tmg_capdu
authenticate_command(tmg_alg alg, tmg_view input)
{
	return (tmg_capdu){
		.ins = INS_INTERNAL_AUTHENTICATE,
		.data = input, .le = tmg_signing_le(alg),
	};
}

/* IAS ECC: what obliges is signed in two commands, what only authenticates by another. */
static tmg_rc
run_apart(tmg_p15 *p, tmg_p15_use *u, const tmg_signing *s, tmg_out *answer)
{
	if ((u->key->usage & P15_USE_NON_REPUDIATION) != 0) {
		u->hash = s->sent;
		u->command.data = (tmg_view){ NULL, 0 };
	} else {
		u->template = CRT_AUTHENTICATE;
		u->command = authenticate_command(s->alg, s->sent);
	}
	return tmg_p15_operate(p, u, answer);
}

static tmg_rc
run_signing(tmg_p15 *p, const tmg_p15_key *key, const tmg_signing *s,
    int algorithm, tmg_out *answer)
{
	tmg_p15_use u = { .key = key, .template = CRT_SIGN, .algorithm = algorithm,
	    .command = sign_command(s->alg, s->sent) };
	const size_t mark = answer->len;
	tmg_rc rc;

	/* What no short command carries such cards take as a cryptogram, in halves. */
	if (p->profile->halves && s->sent.len >= HALVE_FROM) {
		u.template = CRT_DECIPHER;
		return decipher(p, &u, s->sent, answer);
	}
	if (p->profile->hashes)
		return run_apart(p, &u, s, answer);
	if (!p->content.no_pso) {
		rc = tmg_p15_operate(p, &u, answer);
		if (rc != TMG_UNSUPPORTED || p->base.fault.sw != TMG_SW_INS)
			return rc;
		p->content.no_pso = true;
		answer->len = mark;
	}
	u.template = CRT_AUTHENTICATE;
	u.command = authenticate_command(s->alg, s->sent);
	return tmg_p15_operate(p, &u, answer);
}

/* r and s side by side, or an Ecdsa-Sig-Value: cards do either, and the length
 * tells. */
static tmg_signing_ways
ways_of(const tmg_p15 *p, const tmg_signing *s, tmg_view answer)
{
	tmg_signing_ways ways = *s->ways;

	ways.plain = p->profile->ways.plain ||
	    answer.len == 2 * tmg_alg_bytes(s->alg);
	return ways;
}

/* Mechanisms that take a hash and build its DigestInfo. */
static const struct {
	tmg_hash hash;
	unsigned long mechanism;
} hashed[] = {
	{ TMG_HASH_SHA1, P15_MECH_RSA_SHA1 }, { TMG_HASH_SHA256, P15_MECH_RSA_SHA256 },
	{ TMG_HASH_SHA384, P15_MECH_RSA_SHA384 }, { TMG_HASH_SHA512, P15_MECH_RSA_SHA512 },
};

/* A card that tells of no mechanism for a DigestInfo may tell of one for the hash. */
static bool
takes_hash(const tmg_p15 *p, const tmg_p15_key *key, const tmg_sign_spec *spec,
    unsigned long *mechanism)
{
	if (spec->scheme != TMG_SIGN_PKCS1 || p->profile->rsa_pkcs1 != P15_NO_REF ||
	    tmg_p15_is_told(p, key, P15_MECH_RSA_PKCS, P15_DOES_SIGN))
		return false;
	for (size_t i = 0; i < TMG_COUNT(hashed); i++)
		if (hashed[i].hash == spec->hash &&
		    tmg_p15_is_told(p, key, hashed[i].mechanism, P15_DOES_SIGN)) {
			*mechanism = hashed[i].mechanism;
			return true;
		}
	return false;
}

tmg_rc
tmg_p15_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_p15 *p = tmg_p15_of(b);
	tmg_signing s = { .ways = &p->profile->ways, .ctx = b->ctx, .alg = alg,
	    .spec = spec };
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out answer = TMG_OUT(bytes);
	unsigned long mechanism = tmg_alg_get(alg)->family == TMG_FAMILY_EC
	    ? P15_MECH_ECDSA : P15_MECH_RSA_PKCS;
	const tmg_p15_key *key;
	tmg_signing_ways ways;
	tmg_rc rc;

	if ((rc = begin(p, slot, P15_USE_SIGN | P15_USE_SIGN_RECOVER |
	    P15_USE_NON_REPUDIATION, &key)))
		return p15_pass(p, rc);
	s.ways = &p->profile->ways;
	if ((spec->scheme == TMG_SIGN_PSS || spec->scheme == TMG_SIGN_RAW) &&
	    tmg_p15_does_raw(p, key)) {
		mechanism = P15_MECH_RSA_RAW;
		s.ways = &raw_ways;
	}
	if ((rc = tmg_signing_begin(&s, input)))
		return rc == TMG_UNSUPPORTED ? cannot(p,
		    N_("the card does not sign so with this key")) : p15_pass(p, rc);
	if (takes_hash(p, key, spec, &mechanism))
		s.sent = input;
	rc = run_signing(p, key, &s, tmg_p15_reference_for(p, key, mechanism,
	    P15_DOES_SIGN), &answer);
	if (rc == TMG_OK) {
		ways = ways_of(p, &s, tmg_out_view(&answer));
		s.ways = &ways;
		rc = tmg_signing_end(&s, tmg_out_view(&answer), sig);
	}
	if (rc == TMG_E_MALFORMED || rc == TMG_E_SPACE)
		return p15_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: what the card answered to a key operation has the wrong "
		    "form or length"), p->who);
	return p15_pass(p, rc);
}

/* ---- decryption ---------------------------------------------------------------------------- */

/* What a card unpads comes shorter than it went in. */
static tmg_rc
unpad(tmg_p15 *p, const tmg_decrypt_spec *spec, tmg_view em, bool raw,
    tmg_out *plain)
{
	tmg_rc rc;

	if (!raw) {
		tmg_put(plain, em);
		return tmg_out_done(plain);
	}
	rc = tmg_unpad(tmg_ctx_libctx(p->base.ctx), spec, em, plain);
	return rc != TMG_E_MALFORMED ? rc : p15_raise(p, rc, TMG_SW_OK,
	    _("%s: what was decrypted has the wrong padding"), p->who);
}

tmg_rc
tmg_p15_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	tmg_p15 *p = tmg_p15_of(b);
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out em = TMG_OUT(bytes);
	tmg_p15_use u = { .template = CRT_DECIPHER, .opens = true };
	bool raw;
	tmg_rc rc;

	if ((rc = begin(p, slot, P15_USE_DECRYPT | P15_USE_UNWRAP, &u.key)))
		return p15_pass(p, rc);
	raw = spec->padding != TMG_DECRYPT_PKCS1;
	if (raw && !tmg_p15_does_raw(p, u.key))
		return cannot(p, N_("the card unpads by PKCS #1 v1.5 and does not "
		    "decrypt otherwise"));
	if (cipher.len != tmg_alg_bytes(alg))
		return p15_raise(p, TMG_E_USAGE, 0,
		    _("%s: %zu bytes to decrypt where the key has %zu"), p->who,
		    cipher.len, tmg_alg_bytes(alg));
	u.algorithm = tmg_p15_reference_for(p, u.key, raw ? P15_MECH_RSA_RAW
	    : P15_MECH_RSA_PKCS, P15_DOES_DECIPHER);
	rc = decipher(p, &u, cipher, &em);
	if (rc == TMG_OK)
		rc = unpad(p, spec, tmg_out_view(&em), raw, plain);
	explicit_bzero(bytes, sizeof(bytes));
	return p15_pass(p, rc);
}

/* ---- key agreement ----------------------------------------------------------------------------- */

/* PSO: DECIPHER of A6 { 7F49 { 86 point } }, ISO/IEC 7816-8:2004 5.4; or GENERAL
 * AUTHENTICATE of 7C { 85 point }. */
static void
put_point(const tmg_p15 *p, tmg_view point, tmg_out *o)
{
	if (p->profile->general) {
		tmg_tlv_put_head(o, TAG_DYNAMIC, tmg_tlv_size(TAG_EXPONENTIAL,
		    point.len));
		tmg_tlv_put(o, TAG_EXPONENTIAL, point);
		return;
	}
	tmg_tlv_put_head(o, TAG_CIPHER, tmg_tlv_size(TMG_TAG_PUBKEY,
	    tmg_tlv_size(TMG_TAG_POINT, point.len)));
	tmg_tlv_put_head(o, TMG_TAG_PUBKEY, tmg_tlv_size(TMG_TAG_POINT, point.len));
	tmg_tlv_put(o, TMG_TAG_POINT, point);
}

/* The x coordinate; some cards answer the whole point, or in a template. */
static tmg_rc
take_shared(tmg_p15 *p, tmg_view z, size_t field, tmg_out *secret)
{
	static const uint32_t inside[] = { TAG_DYNAMIC, TAG_EXPONENTIAL, 0 };
	tmg_view inner;

	if (z.len != field && tmg_tlv_walk(z, inside, &inner) == TMG_OK)
		z = inner;
	if (z.len == 2 * field + 1 && z.ptr[0] == 0x04)
		z = (tmg_view){ z.ptr + 1, field };
	if (z.len != field)
		return p15_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the shared secret has %zu bytes where the key has %zu"),
		    p->who, z.len, field);
	tmg_put(secret, z);
	return tmg_out_done(secret);
}

tmg_rc
tmg_p15_derive(tmg_backend *b, uint32_t slot, tmg_alg alg, tmg_view peer,
    tmg_out *secret)
{
	tmg_p15 *p = tmg_p15_of(b);
	const size_t field = tmg_alg_bytes(alg);
	uint8_t bytes[192], shared[192];
	tmg_out input = TMG_OUT(bytes), z = TMG_OUT(shared);
	tmg_p15_use u = { .key = NULL };
	tmg_rc rc;

	if ((rc = begin(p, slot, P15_USE_DERIVE, &u.key)))
		return p15_pass(p, rc);
	if (peer.len != 2 * field + 1)
		return p15_raise(p, TMG_E_USAGE, 0,
		    _("%s: the other side's public key has the wrong length"),
		    p->who);
	u.template = p->profile->general ? CRT_AUTHENTICATE : CRT_DECIPHER;
	u.algorithm = tmg_p15_reference_for(p, u.key, P15_MECH_ECDH, 0);
	put_point(p, peer, &input);
	u.command = (tmg_capdu){ .ins = INS_PSO, .p1 = 0x80, .p2 = 0x86,
	    .data = tmg_out_view(&input), .le = TMG_LE_SHORT };
	if (p->profile->general) {
		u.command.ins = INS_GENERAL_AUTHENTICATE;
		u.command.p1 = u.command.p2 = 0;
	}
	rc = input.full ? TMG_E_SPACE : tmg_p15_operate(p, &u, &z);
	if (rc == TMG_OK)
		rc = take_shared(p, tmg_out_view(&z), field, secret);
	explicit_bzero(shared, sizeof(shared));
	return p15_pass(p, rc);
}
