/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys at work: MANAGE SECURITY ENVIRONMENT (ISO/IEC 7816-4:2005 7.5.11),
 * then PERFORM SECURITY OPERATION (7816-8:2004 5.2 to 5.4) or INTERNAL
 * AUTHENTICATE (7816-4 7.5.2).  The environment is kept: a hundred signatures
 * with one key take it once.
 */
#include "drivers/pkcs15/pkcs15.h"

#include "src/base/ctx.h"
#include "src/pki/padding.h"

enum {
	P1_SET = 0x41,		/* computation, decipherment, authentication */
	CRT_AUTHENTICATE = 0xa4,	/* and key agreement: table 80 */
	CRT_SIGN = 0xb6,
	CRT_DECIPHER = 0xb8,
	TAG_ALGORITHM = 0x80,
	TAG_FILE = 0x81,
	TAG_KEY = 0x84,

	PADDING_NONE = 0x00,	/* padding indicator: no further indication */
	PADDING_FIRST = 0x81,	/* MyEID: which half follows */
	PADDING_SECOND = 0x82,
	HALVE_FROM = 256,	/* bytes; what no short command carries */

	TAG_DYNAMIC = 0x7c,	/* GENERAL AUTHENTICATE, 7.5.5 */
	TAG_EXPONENTIAL = 0x85,

	/* PKCS #11, in AlgorithmInfo. */
	MECH_RSA_PKCS = 0x0001,
	MECH_RSA_RAW = 0x0003,
	MECH_ECDSA = 0x1041,
	MECH_ECDH = 0x1050,
};

#define CIPHER_MAX 600u		/* bytes; RSA 4096 and its indicator */

static const tmg_status operate_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_BLOCKED, TMG_PIN_LOCKED, N_("the PIN is blocked") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED,
	    N_("the card does not take so much, or its key is of another kind") },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the card has no such key") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the card has no such key") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
	{ 0x6981, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
	{ 0x6984, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_CLA, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

/* ---- algorithms --------------------------------------------------------------- */

/* Does the key name this algorithm, or none at all? */
static bool
is_listed(const tmg_p15_key *key, const tmg_p15_algorithm *a)
{
	tmg_view in = key->algorithms, value;
	size_t n;

	if (in.len == 0)
		return true;
	while (tmg_tlv_expect(&in, 0x02, &value) == TMG_OK)
		if (tmg_p15_number(value, &n) == TMG_OK && (long)n == a->reference)
			return true;
	return false;
}

/* What MSE wants for that mechanism, as TokenInfo tells. */
static int
reference_told(const tmg_p15 *p, const tmg_p15_key *key, unsigned long mechanism,
    bool *known)
{
	tmg_view in = p->content.info.algorithms;
	tmg_p15_algorithm a;

	*known = false;
	while (tmg_p15_algorithm_next(&in, &a) == TMG_OK)
		if (a.mechanism == mechanism && is_listed(key, &a)) {
			*known = true;
			return a.card;
		}
	return P15_NO_REF;
}

static int
reference_for(const tmg_p15 *p, const tmg_p15_key *key, unsigned long mechanism)
{
	const tmg_p15_profile *own = p->profile;
	const int always = mechanism == MECH_RSA_PKCS ? own->rsa_pkcs1
	    : mechanism == MECH_RSA_RAW ? own->rsa_raw : own->ec;
	bool known;

	return always != P15_NO_REF ? always
	    : reference_told(p, key, mechanism, &known);
}

/* A card that pads is not given what is padded, where it does raw RSA as well. */
static bool
does_raw(const tmg_p15 *p, const tmg_p15_key *key)
{
	bool known;

	(void)reference_told(p, key, MECH_RSA_RAW, &known);
	return known || p->profile->rsa_raw != P15_NO_REF;
}

/* ---- MSE -------------------------------------------------------------------------- */

/* The key's file (81) and keyReference (84), 6.3.3: cards go by either. */
static void
put_key(const tmg_p15 *p, const tmg_p15_key *key, tmg_out *data)
{
	const tmg_path *path = &key->value.place.path;
	const bool told = key->reference != P15_NO_REF && !p->profile->by_file;
	const uint8_t ref = told ? (uint8_t)key->reference : 0;

	if (path->len > 2)
		tmg_tlv_put(data, TAG_FILE,
		    (tmg_view){ path->bytes + path->len - 2, 2 });
	if (told || p->profile->by_file || path->len <= 2)
		tmg_tlv_put(data, TAG_KEY, (tmg_view){ &ref, 1 });
}

static tmg_rc
set_environment(tmg_p15 *p, const tmg_p15_key *key, uint8_t template,
    int algorithm)
{
	const uint8_t alg = (uint8_t)algorithm;
	uint8_t bytes[16];
	tmg_out data = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	if (algorithm != P15_NO_REF)
		tmg_tlv_put(&data, TAG_ALGORITHM, (tmg_view){ &alg, 1 });
	put_key(p, key, &data);
	if ((rc = tmg_p15_send(p, &(tmg_capdu){
		.ins = INS_MSE, .p1 = P1_SET, .p2 = template,
		.data = tmg_out_view(&data),
	    }, NULL, &sw)))
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_p15_doubt(p);
	if ((rc = p15_judge(p, operate_sw, sw, N_("choosing a key"))))
		return rc;
	p->se = (tmg_p15_environment){ .known = true, .template = template,
	    .algorithm = algorithm, .key = (size_t)(key - p->content.keys) };
	return TMG_OK;
}

static bool
is_set(const tmg_p15 *p, const tmg_p15_key *key, uint8_t template, int algorithm)
{
	return p->se.known && p->se.template == template &&
	    p->se.algorithm == algorithm &&
	    p->se.key == (size_t)(key - p->content.keys);
}

/* One use of a key: what MSE and the command after it say. */
typedef struct use {
	const tmg_p15_key *key;
	uint8_t template;
	int algorithm;
	tmg_capdu command;
} use;

static tmg_rc
prepare(tmg_p15 *p, const use *u)
{
	tmg_rc rc;

	if (is_set(p, u->key, u->template, u->algorithm))
		return TMG_OK;
	if ((rc = tmg_p15_enter(p, &u->key->value.place.path)))
		return rc;
	return set_environment(p, u->key, u->template, u->algorithm);
}

/* Another program's turn ended our login, or only our environment. */
static tmg_rc
used(tmg_p15 *p, uint16_t sw)
{
	if (sw == TMG_SW_OK)
		return TMG_OK;
	p->se.known = false;
	if (sw == TMG_SW_LOGIN)
		tmg_p15_doubt(p);
	return p15_judge(p, operate_sw, sw, N_("using a key"));
}

/* A card may forget the environment with each operation: what it refuses with an
 * environment of before is asked again with a new one, once.  Nothing happened
 * until then. */
static tmg_rc
operate(tmg_p15 *p, const use *u, tmg_out *answer)
{
	const bool kept = is_set(p, u->key, u->template, u->algorithm);
	const size_t mark = answer->len;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = prepare(p, u)) ||
	    (rc = tmg_p15_send(p, &u->command, answer, &sw)))
		return rc;
	if (!kept || sw == TMG_SW_OK || sw == TMG_SW_LOGIN)
		return used(p, sw);
	p->se.known = false;
	answer->len = mark;
	if ((rc = prepare(p, u)) ||
	    (rc = tmg_p15_send(p, &u->command, answer, &sw)))
		return rc;
	return used(p, sw);
}

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
	if (((*key)->usage & usage) == 0)
		return cannot(p, N_("the card does not allow this key to be used so"));
	return tmg_p15_want(p, (*key)->common.auth);
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

static tmg_rc
run_signing(tmg_p15 *p, const tmg_p15_key *key, const tmg_signing *s,
    int algorithm, tmg_out *answer)
{
	use u = { .key = key, .template = CRT_SIGN, .algorithm = algorithm,
	    .command = sign_command(s->alg, s->sent) };
	const size_t mark = answer->len;
	tmg_rc rc = operate(p, &u, answer);

	if (rc != TMG_UNSUPPORTED || p->base.fault.sw != TMG_SW_INS)
		return rc;
	answer->len = mark;
	u.template = CRT_AUTHENTICATE;
	u.command = authenticate_command(s->alg, s->sent);
	return operate(p, &u, answer);
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
	    ? MECH_ECDSA : MECH_RSA_PKCS;
	const tmg_p15_key *key;
	tmg_signing_ways ways;
	tmg_rc rc;

	if ((rc = begin(p, slot, P15_USE_SIGN | P15_USE_SIGN_RECOVER |
	    P15_USE_NON_REPUDIATION, &key)))
		return p15_pass(p, rc);
	s.ways = &p->profile->ways;
	if ((spec->scheme == TMG_SIGN_PSS || spec->scheme == TMG_SIGN_RAW) &&
	    does_raw(p, key)) {
		mechanism = MECH_RSA_RAW;
		s.ways = &raw_ways;
	}
	if ((rc = tmg_signing_begin(&s, input)))
		return rc == TMG_UNSUPPORTED ? cannot(p,
		    N_("the card does not sign so with this key")) : p15_pass(p, rc);
	rc = run_signing(p, key, &s, reference_for(p, key, mechanism), &answer);
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

static tmg_rc
send_part(tmg_p15 *p, use *u, uint8_t indicator, tmg_view part, uint32_t le,
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
	return operate(p, u, answer);
}

static tmg_rc
decipher(tmg_p15 *p, use *u, tmg_view cipher, tmg_out *answer)
{
	const tmg_view first = { cipher.ptr, cipher.len / 2 };
	const tmg_view second = { cipher.ptr + first.len, cipher.len - first.len };
	tmg_rc rc;

	if (!p->profile->halves || cipher.len < HALVE_FROM)
		return send_part(p, u, PADDING_NONE, cipher, TMG_LE_ANY, answer);
	if ((rc = send_part(p, u, PADDING_FIRST, first, TMG_LE_NONE, answer)))
		return rc;
	return send_part(p, u, PADDING_SECOND, second, TMG_LE_ANY, answer);
}

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
	use u = { .template = CRT_DECIPHER };
	bool raw;
	tmg_rc rc;

	if ((rc = begin(p, slot, P15_USE_DECRYPT | P15_USE_UNWRAP, &u.key)))
		return p15_pass(p, rc);
	raw = spec->padding != TMG_DECRYPT_PKCS1;
	if (raw && !does_raw(p, u.key))
		return cannot(p, N_("the card unpads by PKCS #1 v1.5 and does not "
		    "decrypt otherwise"));
	if (cipher.len != tmg_alg_bytes(alg))
		return p15_raise(p, TMG_E_USAGE, 0,
		    _("%s: %zu bytes to decrypt where the key has %zu"), p->who,
		    cipher.len, tmg_alg_bytes(alg));
	u.algorithm = reference_for(p, u.key, raw ? MECH_RSA_RAW : MECH_RSA_PKCS);
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
	tmg_tlv_put_head(o, 0xa6, tmg_tlv_size(0x7f49, tmg_tlv_size(0x86,
	    point.len)));
	tmg_tlv_put_head(o, 0x7f49, tmg_tlv_size(0x86, point.len));
	tmg_tlv_put(o, 0x86, point);
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
	use u = { .key = NULL };
	tmg_rc rc;

	if ((rc = begin(p, slot, P15_USE_DERIVE, &u.key)))
		return p15_pass(p, rc);
	if (peer.len != 2 * field + 1)
		return p15_raise(p, TMG_E_USAGE, 0,
		    _("%s: the other side's public key has the wrong length"),
		    p->who);
	u.template = p->profile->general ? CRT_AUTHENTICATE : CRT_DECIPHER;
	u.algorithm = reference_for(p, u.key, MECH_ECDH);
	put_point(p, peer, &input);
	u.command = (tmg_capdu){ .ins = INS_PSO, .p1 = 0x80, .p2 = 0x86,
	    .data = tmg_out_view(&input), .le = TMG_LE_SHORT };
	if (p->profile->general) {
		u.command.ins = INS_GENERAL_AUTHENTICATE;
		u.command.p1 = u.command.p2 = 0;
	}
	rc = input.full ? TMG_E_SPACE : operate(p, &u, &z);
	if (rc == TMG_OK)
		rc = take_shared(p, tmg_out_view(&z), field, secret);
	explicit_bzero(shared, sizeof(shared));
	return p15_pass(p, rc);
}
