/* SPDX-License-Identifier: BSD-2-Clause */
/* Where keys and their certificates live: SP 800-73-4 part 1, tables 3, 4b. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

#define USES (TMG_USE_SIGN | TMG_USE_DECRYPT | TMG_USE_DERIVE)

#define RETIRED(number, called, object) \
	{ { .ref = 0x##number, .name = #number, .title = called, .uses = USES, \
	    .pin = TMG_PIN_ONCE, .retired = true }, object }

/*
 * Uses are what the mechanism can do, not what the standard's titles advise:
 * a PIV card signs with 9D and agrees on keys with 9A when it is asked to.
 */
static const tmg_piv_slot slots[] = {
	{ { .ref = REF_AUTH, .name = "9a", .title = N_("PIV Authentication"),
	    .uses = USES | TMG_USE_AUTH, .pin = TMG_PIN_ONCE }, 0x5fc105 },
	{ { .ref = REF_SIGN, .name = "9c", .title = N_("Digital Signature"),
	    .uses = USES, .pin = TMG_PIN_ALWAYS }, 0x5fc10a },
	{ { .ref = REF_KEY_MANAGEMENT, .name = "9d", .title = N_("Key Management"),
	    .uses = USES, .pin = TMG_PIN_ONCE }, 0x5fc10b },
	{ { .ref = REF_CARD_AUTH, .name = "9e", .title = N_("Card Authentication"),
	    .uses = USES | TMG_USE_CARD_AUTH, .pin = TMG_PIN_NEVER }, 0x5fc101 },
	RETIRED(82, N_("Retired Key Management 1"), 0x5fc10d),
	RETIRED(83, N_("Retired Key Management 2"), 0x5fc10e),
	RETIRED(84, N_("Retired Key Management 3"), 0x5fc10f),
	RETIRED(85, N_("Retired Key Management 4"), 0x5fc110),
	RETIRED(86, N_("Retired Key Management 5"), 0x5fc111),
	RETIRED(87, N_("Retired Key Management 6"), 0x5fc112),
	RETIRED(88, N_("Retired Key Management 7"), 0x5fc113),
	RETIRED(89, N_("Retired Key Management 8"), 0x5fc114),
	RETIRED(8a, N_("Retired Key Management 9"), 0x5fc115),
	RETIRED(8b, N_("Retired Key Management 10"), 0x5fc116),
	RETIRED(8c, N_("Retired Key Management 11"), 0x5fc117),
	RETIRED(8d, N_("Retired Key Management 12"), 0x5fc118),
	RETIRED(8e, N_("Retired Key Management 13"), 0x5fc119),
	RETIRED(8f, N_("Retired Key Management 14"), 0x5fc11a),
	RETIRED(90, N_("Retired Key Management 15"), 0x5fc11b),
	RETIRED(91, N_("Retired Key Management 16"), 0x5fc11c),
	RETIRED(92, N_("Retired Key Management 17"), 0x5fc11d),
	RETIRED(93, N_("Retired Key Management 18"), 0x5fc11e),
	RETIRED(94, N_("Retired Key Management 19"), 0x5fc11f),
	RETIRED(95, N_("Retired Key Management 20"), 0x5fc120),
	{ { .ref = REF_ATTEST, .name = "f9", .title = N_("Attestation"),
	    .uses = TMG_USE_ATTEST, .pin = TMG_PIN_NEVER, .retired = true }, 0x5fff01 },
};

tmg_rc
tmg_piv_slot_get(tmg_piv *p, uint32_t ref, const tmg_piv_slot **slot)
{
	for (size_t i = 0; i < TMG_COUNT(slots); i++) {
		if (slots[i].row.ref == ref) {
			*slot = &slots[i];
			return TMG_OK;
		}
	}
	return piv_raise(p, TMG_NOT_FOUND, 0, _("%s: PIV has no key slot %02x"),
	    p->who, (unsigned)ref);
}

tmg_rc
tmg_piv_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	(void)b;
	*count = TMG_COUNT(slots);
	for (size_t i = 0; i < TMG_COUNT(slots) && i < cap; i++)
		rows[i] = slots[i].row;
	return TMG_OK;
}
