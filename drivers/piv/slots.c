/* SPDX-License-Identifier: BSD-2-Clause */
/* Where keys and their certificates live: SP 800-73-4 part 1, tables 3, 4b. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

#define USES (TMG_USE_SIGN | TMG_USE_DECRYPT | TMG_USE_DERIVE)

#define RETIRED(ref, title, object) \
	{ { 0x##ref, #ref, title, \
	    TMG_USE_SIGN | TMG_USE_DECRYPT | TMG_USE_DERIVE, TMG_PIN_ONCE, \
	    true, false }, object }

/*
 * Uses are what the mechanism can do, not what the standard's titles advise:
 * a PIV card signs with 9D and agrees on keys with 9A when it is asked to.
 */
static const tmg_piv_slot slots[] = {
	{ { REF_AUTH, "9a", N_("PIV Authentication"), USES | TMG_USE_AUTH,
	    TMG_PIN_ONCE, false, false }, 0x5fc105 },
	{ { REF_SIGN, "9c", N_("Digital Signature"), USES,
	    TMG_PIN_ALWAYS, false, false }, 0x5fc10a },
	{ { REF_KEY_MANAGEMENT, "9d", N_("Key Management"), USES,
	    TMG_PIN_ONCE, false, false }, 0x5fc10b },
	{ { REF_CARD_AUTH, "9e", N_("Card Authentication"),
	    USES | TMG_USE_CARD_AUTH, TMG_PIN_NEVER, false, false }, 0x5fc101 },
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
	{ { REF_ATTEST, "f9", N_("Attestation"), TMG_USE_ATTEST,
	    TMG_PIN_NEVER, true, false }, 0x5fff01 },
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
