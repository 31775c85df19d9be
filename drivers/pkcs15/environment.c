/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The security environment: MANAGE SECURITY ENVIRONMENT (ISO/IEC 7816-4:2005
 * 7.5.11) and what is sent in it.  It is kept: a hundred signatures with one key
 * take it once.
 */
#include "drivers/pkcs15/pkcs15.h"

enum {
	P1_SET = 0x41,		/* computation, decipherment, authentication */
	P1_HASH = 0x90,		/* PSO: HASH, of a template, ISO/IEC 7816-8:2004 5.3 */
	P2_HASH = 0xa0,
	TAG_HASH = 0x90,
	HASH_MAX = 96,		/* bytes; a DigestInfo of SHA-512 has 83 */
	TAG_ALGORITHM = 0x80,
	TAG_FILE = 0x81,
	TAG_KEY = 0x84,
};

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
	{ TMG_SW_NOT_FOR_FILE, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
	{ TMG_SW_INVALIDATED, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_CLA, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

/* ---- algorithms --------------------------------------------------------------- */

/* Does the key name this algorithm, or none at all?  key NULL: any may. */
static bool
is_listed(const tmg_p15_key *key, const tmg_p15_algorithm *a)
{
	tmg_view in = key != NULL ? key->algorithms : (tmg_view){ NULL, 0 }, value;
	size_t n;

	if (in.len == 0)
		return true;
	while (tmg_tlv_expect(&in, 0x02, &value) == TMG_OK)
		if (tmg_p15_number(value, &n) == TMG_OK && (long)n == a->reference)
			return true;
	return false;
}

/* A card that names no operations at all means any. */
static bool
does(const tmg_p15_algorithm *a, unsigned operation)
{
	const unsigned told = a->operations & (P15_DOES_SIGN | P15_DOES_DECIPHER);

	return told == 0 || operation == 0 || (told & operation) != 0;
}

/* What MSE wants for that mechanism, as TokenInfo tells. */
static int
reference_told(const tmg_p15 *p, const tmg_p15_key *key, unsigned long mechanism,
    unsigned operation, bool *known)
{
	tmg_view in = p->content.info.algorithms;
	tmg_p15_algorithm a;

	*known = false;
	while (tmg_p15_algorithm_next(&in, &a) == TMG_OK)
		if (a.mechanism == mechanism && does(&a, operation) &&
		    is_listed(key, &a)) {
			*known = true;
			return a.card;
		}
	return P15_NO_REF;
}

bool
tmg_p15_is_told(const tmg_p15 *p, const tmg_p15_key *key, unsigned long mechanism,
    unsigned operation)
{
	bool known;

	(void)reference_told(p, key, mechanism, operation, &known);
	return known;
}

int
tmg_p15_reference_for(const tmg_p15 *p, const tmg_p15_key *key, unsigned long mechanism,
    unsigned operation)
{
	const tmg_p15_profile *own = p->profile;
	const int always = mechanism == P15_MECH_RSA_PKCS ? own->rsa_pkcs1
	    : mechanism == P15_MECH_RSA_RAW ? own->rsa_raw : own->ec;
	bool known;

	return always != P15_NO_REF ? always
	    : reference_told(p, key, mechanism, operation, &known);
}

/* A card that pads is not given what is padded, where it does raw RSA as well. */
bool
tmg_p15_does_raw(const tmg_p15 *p, const tmg_p15_key *key)
{
	return p->profile->rsa_raw != P15_NO_REF || tmg_p15_is_told(p, key,
	    P15_MECH_RSA_RAW, P15_DOES_SIGN | P15_DOES_DECIPHER);
}

/* ---- MSE -------------------------------------------------------------------------- */

/* The key's file (81) and keyReference (84), 6.3.3: cards go by either.  A key that is
 * a data object has no file, whatever its path says. */
static void
put_key(const tmg_p15 *p, const tmg_p15_key *key, tmg_out *data)
{
	const tmg_path *path = &key->value.place.path;
	const bool told = key->reference != P15_NO_REF && !p->profile->by_file;
	const uint8_t ref = told ? (uint8_t)key->reference : 0;

	if (path->len > 2 && !p->profile->hashes)
		tmg_tlv_put(data, TAG_FILE,
		    (tmg_view){ path->bytes + path->len - 2, 2 });
	if (told || p->profile->by_file || p->profile->hashes || path->len <= 2)
		tmg_tlv_put(data, TAG_KEY, (tmg_view){ &ref, 1 });
}

/* The directory tells of a key that is not there for who is logged in: the card lost
 * its power, and nobody noticed.  Believed once. */
static tmg_rc
missing(tmg_p15 *p, uint16_t sw)
{
	const bool lost = p->in != 0 && !p->lost;

	p->lost = lost;
	tmg_p15_doubt(p);
	return !lost ? p15_judge(p, operate_sw, sw, N_("choosing a key"))
	    : p15_raise(p, TMG_LOGIN, sw,
	    _("%s: the card was reset; the PIN is wanted again"), p->who);
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
	if (sw == TMG_SW_NO_REFERENCE || sw == TMG_SW_NO_FILE)
		return missing(p, sw);
	if (sw == TMG_SW_LOGIN)
		tmg_p15_doubt(p);
	if ((rc = p15_judge(p, operate_sw, sw, N_("choosing a key"))))
		return rc;
	p->lost = false;
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

static tmg_rc
prepare(tmg_p15 *p, const tmg_p15_use *u)
{
	tmg_rc rc;

	if (is_set(p, u->key, u->template, u->algorithm))
		return TMG_OK;
	if ((rc = tmg_p15_enter(p, p->profile->hashes ? &p->content.base
	    : &u->key->value.place.path)))
		return rc;
	return set_environment(p, u->key, u->template, u->algorithm);
}

/* Another program's turn ended our login, or only our environment. */
static tmg_rc
used(tmg_p15 *p, const tmg_p15_use *u, uint16_t sw)
{
	if (sw == TMG_SW_OK)
		return TMG_OK;
	p->se.known = false;
	if (u->opens && sw == TMG_SW_DATA)
		return p15_raise(p, TMG_E_CRYPTO, sw,
		    _("%s: the card refuses what it was given: it is not for this "
		    "key, or damaged"), p->who);
	if (sw == TMG_SW_LOGIN)
		tmg_p15_doubt(p);
	return p15_judge(p, operate_sw, sw, N_("using a key"));
}

/* The hash first, where that is a command of its own. */
static tmg_rc
run(tmg_p15 *p, const tmg_p15_use *u, tmg_out *answer, uint16_t *sw)
{
	uint8_t bytes[HASH_MAX];
	tmg_out data = TMG_OUT(bytes);
	tmg_rc rc;

	if (u->hash.len > 0) {
		tmg_tlv_put(&data, TAG_HASH, u->hash);
		if (data.full)
			return p15_raise(p, TMG_UNSUPPORTED, 0,
			    _("%s: the card does not sign so with this key"), p->who);
		if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_PSO,
		    .p1 = P1_HASH, .p2 = P2_HASH, .data = tmg_out_view(&data) }, NULL,
		    sw)) || *sw != TMG_SW_OK)
			return rc;
	}
	return tmg_p15_send(p, &u->command, answer, sw);
}

/* A card may forget the environment with each operation: what it refuses with an
 * environment of before is asked again with a new one, once.  Nothing happened
 * until then; but not the end of something alone, whose beginning the card has
 * dropped. */
tmg_rc
tmg_p15_operate(tmg_p15 *p, const tmg_p15_use *u, tmg_out *answer)
{
	const bool kept = is_set(p, u->key, u->template, u->algorithm);
	const size_t mark = answer->len;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = prepare(p, u)) || (rc = run(p, u, answer, &sw)))
		return rc;
	if (!kept || u->goes_on || sw == TMG_SW_OK || sw == TMG_SW_LOGIN)
		return used(p, u, sw);
	p->se.known = false;
	answer->len = mark;
	if ((rc = prepare(p, u)) || (rc = run(p, u, answer, &sw)))
		return rc;
	return used(p, u, sw);
}
