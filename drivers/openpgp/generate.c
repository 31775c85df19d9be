/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new key: its attributes if the slot has others (4.4.3.9), 47 80 (7.2.14),
 * then its fingerprint and its date, by which other programs know it, and the
 * policies that were asked for.
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/ctx.h"
#include "src/base/scope.h"

#define PUBLIC_MAX 2048u	/* bytes; RSA 4096 needs some 530 */

/* Unless the slot has them already.  The card forgets its key with that. */
tmg_rc
tmg_opgp_want_attributes(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg)
{
	tmg_opgp_told *told = &p->about.keys[slot->index];
	tmg_opgp_attributes wanted;
	tmg_rc rc;

	if (told->attributes.alg == alg)
		return TMG_OK;
	tmg_opgp_attributes_make(alg, slot->index, told->attributes.format & 3,
	    &wanted);
	if (wanted.len == 0 || (p->about.can & CAP_ATTRIBUTES) == 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: slot %s is for keys of the kind %s, and the card does "
		    "not let that be changed"), p->who, slot->row.name,
		    tmg_alg_get(told->attributes.alg)->name);
	rc = tmg_opgp_put(p, slot->attributes,
	    (tmg_view){ wanted.bytes, wanted.len });
	if (rc == TMG_DENIED)
		return opgp_raise(p, TMG_UNSUPPORTED, p->base.fault.sw,
		    _("%s: the card makes no keys of the kind %s in slot %s"),
		    p->who, tmg_alg_get(alg)->name, slot->row.name);
	if (rc == TMG_OK)
		told->attributes = wanted;
	return rc;
}

/* A signature key does not agree on keys, a decryption key does not sign. */
static bool
is_for(const tmg_opgp_slot *slot, tmg_family family)
{
	if ((slot->row.uses & TMG_USE_ATTEST) != 0 || family == TMG_FAMILY_NONE)
		return false;
	if (family == TMG_FAMILY_ED)
		return (slot->row.uses & TMG_USE_SIGN) != 0;
	return family != TMG_FAMILY_X || (slot->row.uses & TMG_USE_DERIVE) != 0;
}

tmg_rc
tmg_opgp_check_spec(tmg_opgp *p, const tmg_keyspec *spec,
    const tmg_opgp_slot *slot)
{
	if (!is_for(slot, tmg_alg_get(spec->alg)->family))
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: slot %s takes no keys of the kind %s"), p->who,
		    slot->row.name, tmg_alg_get(spec->alg)->name);
	return tmg_opgp_check_policy(p, slot, spec->pin, spec->touch);
}

/* What was there is known to be gone, what comes is not yet. */
tmg_rc
tmg_opgp_note_key(tmg_opgp *p, const tmg_opgp_slot *slot,
    tmg_opgp_presence presence, tmg_view spki)
{
	const uint32_t now = (uint32_t)tmg_ctx_now(p->base.ctx);
	const uint8_t date[] = { (uint8_t)(now >> 24), (uint8_t)(now >> 16),
	    (uint8_t)(now >> 8), (uint8_t)now };
	tmg_opgp_told *told = &p->about.keys[slot->index];
	uint8_t print[OPGP_FINGERPRINT];
	tmg_rc rc;

	if (told->presence != OPGP_KEY_UNTOLD)
		told->presence = presence;
	if ((rc = tmg_opgp_fingerprint(p, slot->index, now, spki, print)) ||
	    (rc = tmg_opgp_put(p, slot->fingerprint, TMG_VIEW(print))) ||
	    (rc = tmg_opgp_put(p, slot->date, TMG_VIEW(date))))
		return opgp_pass(p, rc);
	told->printed = true;
	return TMG_OK;
}

tmg_rc
tmg_opgp_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	tmg_opgp *p = tmg_opgp_of(b);
	uint8_t bytes[PUBLIC_MAX];
	tmg_out store = TMG_OUT(bytes);
	const size_t mark = spki->len;
	const tmg_opgp_slot *slot;
	tmg_view fields;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, spec->slot, &slot)) ||
	    (rc = tmg_opgp_want_admin(p)) || (rc = tmg_opgp_learn(p)) ||
	    (rc = tmg_opgp_check_spec(p, spec, slot)) ||
	    (rc = tmg_opgp_want_attributes(p, slot, spec->alg)) ||
	    (rc = tmg_opgp_public(p, slot, 0x80, &store, &fields)))
		return opgp_pass(p, rc);
	rc = tmg_pubkey_spki(spec->alg, fields, spki);
	if (rc != TMG_OK && rc != TMG_E_SPACE)
		return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the card made a key, but its public half cannot be "
		    "read"), p->who);
	if (rc)
		return rc;
	if ((rc = tmg_opgp_note_key(p, slot, OPGP_KEY_GENERATED,
	    (tmg_view){ spki->ptr + mark, spki->len - mark })))
		return rc;
	return opgp_pass(p, tmg_opgp_policy_of_new(p, spec, slot));
}
