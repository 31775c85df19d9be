/* SPDX-License-Identifier: BSD-2-Clause */
/* The three keys of an OpenPGP card, and Yubico's fourth. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

/* References: DE, 4.4.3.8; control reference templates: 7.2.14; the order of
 * certificates: 4.4.1 (AUT first, then DEC, then SIG).  81, DA to DD and D9
 * are Yubico's.  Titles are the words of gpg and of OpenSC, in whose URIs they stand
 * for keys without a certificate. */
static const tmg_opgp_slot slots[] = {
	{ .row = { .ref = 0x01, .name = "sig", .title = N_("Signature key"),
	    .uses = TMG_USE_SIGN, .pin = TMG_PIN_ONCE },
	    .index = 0, .crt = { 0xb6, 0 }, .crt_len = 2,
	    .attributes = 0xc1, .fingerprint = 0xc7, .date = 0xce, .uif = 0xd6,
	    .occurrence = 2, .pw = PW_SIGN },
	{ .row = { .ref = 0x02, .name = "dec", .title = N_("Encryption key"),
	    .uses = TMG_USE_DECRYPT | TMG_USE_DERIVE, .pin = TMG_PIN_ONCE },
	    .index = 1, .crt = { 0xb8, 0 }, .crt_len = 2,
	    .attributes = 0xc2, .fingerprint = 0xc8, .date = 0xcf, .uif = 0xd7,
	    .occurrence = 1, .pw = PW_OTHER },
	{ .row = { .ref = 0x03, .name = "aut", .title = N_("Authentication key"),
	    .uses = TMG_USE_SIGN | TMG_USE_AUTH, .pin = TMG_PIN_ONCE },
	    .index = 2, .crt = { 0xa4, 0 }, .crt_len = 2,
	    .attributes = 0xc3, .fingerprint = 0xc9, .date = 0xd0, .uif = 0xd8,
	    .occurrence = 0, .pw = PW_OTHER },
	{ .row = { .ref = 0x81, .name = "att", .title = N_("Attestation key"),
	    .uses = TMG_USE_ATTEST, .pin = TMG_PIN_NEVER, .retired = true },
	    .index = 3, .crt = { 0xb6, 3, 0x84, 1, 0x81 },
	    .crt_len = 5, .attributes = 0xda, .fingerprint = 0xdb, .date = 0xdd,
	    .uif = 0xd9 },
};

tmg_rc
tmg_opgp_slot_get(tmg_opgp *p, uint32_t ref, const tmg_opgp_slot **slot)
{
	for (size_t i = 0; i < TMG_COUNT(slots); i++) {
		if (slots[i].row.ref == ref) {
			*slot = &slots[i];
			return TMG_OK;
		}
	}
	return opgp_raise(p, TMG_NOT_FOUND, 0,
	    _("%s: an OpenPGP card has no key slot %02x"), p->who, (unsigned)ref);
}

const tmg_opgp_slot *
tmg_opgp_slot_at(size_t index)
{
	return &slots[index < TMG_COUNT(slots) ? index : 0];
}

/* The first of the PW status bytes, 4.4.1: until it was read, nobody knows. */
bool
tmg_opgp_once(const tmg_opgp *p, const tmg_opgp_slot *slot)
{
	return slot->pw == PW_SIGN && p->about_known && p->about.pw_told &&
	    p->about.pw[0] == 0;
}

tmg_pin_policy
tmg_opgp_policy(const tmg_opgp *p, const tmg_opgp_slot *slot)
{
	return tmg_opgp_once(p, slot) ? TMG_PIN_ALWAYS : slot->row.pin;
}

tmg_rc
tmg_opgp_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	const tmg_opgp *p = tmg_opgp_of(b);

	*count = TMG_COUNT(slots);
	for (size_t i = 0; i < TMG_COUNT(slots) && i < cap; i++) {
		rows[i] = slots[i].row;
		rows[i].pin = tmg_opgp_policy(p, &slots[i]);
	}
	return TMG_OK;
}

/* The attestation key is there when the card has attributes for it. */
tmg_rc
tmg_opgp_survey(tmg_backend *b, tmg_slot *rows, size_t count)
{
	tmg_opgp *p = tmg_opgp_of(b);
	tmg_rc rc;

	if ((rc = tmg_opgp_learn(p)))
		return rc;
	for (size_t i = 0; i < count && i < TMG_COUNT(slots); i++)
		if (rows[i].retired)
			rows[i].held =
			    p->about.keys[slots[i].index].attributes.len > 0;
	return TMG_OK;
}
