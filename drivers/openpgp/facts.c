/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card tells of a key. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

#define PUBLIC_MAX 2048u	/* bytes; RSA 4096 needs some 530 */

static const tmg_origin origins[] = {
	[OPGP_KEY_UNTOLD] = TMG_ORIGIN_UNKNOWN,
	[OPGP_KEY_ABSENT] = TMG_ORIGIN_UNKNOWN,
	[OPGP_KEY_GENERATED] = TMG_ORIGIN_GENERATED,
	[OPGP_KEY_IMPORTED] = TMG_ORIGIN_IMPORTED,
};

/* A card without key information is believed by the fingerprint: programs that
 * make keys there write it, and it is zero when there is none. */
static bool
is_absent(const tmg_opgp_told *told)
{
	return told->presence == OPGP_KEY_ABSENT ||
	    (told->presence == OPGP_KEY_UNTOLD && !told->printed);
}

static tmg_rc
read_public(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg, tmg_out *spki)
{
	uint8_t bytes[PUBLIC_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_view fields;
	tmg_rc rc;

	if ((rc = tmg_opgp_public(p, slot, 0x81, &store, &fields)))
		return rc;
	rc = tmg_pubkey_spki(alg, fields, spki);
	if (rc == TMG_OK || rc == TMG_E_SPACE)
		return rc;
	return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: the public key of slot %s is not of the kind %s that its "
	    "attributes say"), p->who, slot->row.name, tmg_alg_get(alg)->name);
}

tmg_rc
tmg_opgp_facts(tmg_backend *b, uint32_t ref, tmg_key_facts *facts, tmg_out *spki)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const tmg_opgp_slot *slot;
	const tmg_opgp_told *told;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, ref, &slot)) || (rc = tmg_opgp_learn(p)))
		return rc;
	told = &p->about.keys[slot->index];
	if (is_absent(told))
		return opgp_raise(p, TMG_NOT_FOUND, 0,
		    _("%s: slot %s holds no key"), p->who, slot->row.name);
	if (told->attributes.alg == TMG_ALG_NONE)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the key in slot %s is of a kind that tamga does not "
		    "know"), p->who, slot->row.name);
	*facts = (tmg_key_facts){
		.alg = told->attributes.alg,
		.pin = tmg_opgp_policy(p, slot),
		.touch = tmg_opgp_touch(told),
		.origin = origins[told->presence],
	};
	return spki == NULL ? TMG_OK : read_public(p, slot, told->attributes.alg, spki);
}
