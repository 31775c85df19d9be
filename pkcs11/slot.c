/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions about slots and the tokens in them. */
#include "pkcs11/slot.h"

#include "pkcs11/module.h"
#include "pkcs11/text.h"
#include "pkcs11/watch.h"
#include "src/token/token.h"

/* ---- slots --------------------------------------------------------------- */

static CK_ULONG
list_slots(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG room)
{
	CK_ULONG n = 0;

	for (size_t i = 0; i < atomic_load(&tmg_p11.listed); i++) {
		if (present && !tmg_p11_slot_present(tmg_p11.slots[i]))
			continue;
		if (list != NULL && n < room)
			list[n] = tmg_p11.slots[i]->id;
		n++;
	}
	return n;
}

static void
doubt_all(void)
{
	for (size_t i = 0; i < atomic_load(&tmg_p11.slot_count); i++)
		tmg_p11_slot_doubt(tmg_p11.slots[i]);
}

CK_RV
C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	tmg_auto(p11_inside) inside = { false };
	CK_ULONG room;
	CK_RV rv;

	if ((rv = p11_enter(&inside)))
		return rv;
	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = tmg_p11_watch_look(list == NULL ? P11_LOOK_LIST : P11_LOOK_ONLY)))
		return rv;
	room = *count;
	*count = list_slots(present, NULL, 0);
	if (list == NULL) {
		doubt_all();
		return CKR_OK;
	}
	if (room < *count)
		return CKR_BUFFER_TOO_SMALL;
	list_slots(present, list, room);
	return CKR_OK;
}

/* As its reader is now, without the seat's lock: a card may be busy, the slot is
 * told of all the same. */
static CK_RV
see_slot(p11_inside *inside, CK_SLOT_ID id, const void *info, tmg_p11_slot **slot)
{
	CK_RV rv;

	if ((rv = p11_enter(inside)) || (rv = tmg_p11_watch_look(P11_LOOK_ONLY)))
		return rv;
	if (id >= atomic_load(&tmg_p11.slot_count))
		return CKR_SLOT_ID_INVALID;
	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	*slot = tmg_p11.slots[id];
	return CKR_OK;
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
	tmg_auto(p11_inside) inside = { false };
	tmg_p11_slot *slot;
	CK_RV rv;

	if ((rv = see_slot(&inside, id, info, &slot)))
		return rv;
	*info = (CK_SLOT_INFO){
		.flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT,
	};
	if (tmg_p11_slot_present(slot))
		info->flags |= CKF_TOKEN_PRESENT;
	tmg_p11_pad(info->slotDescription, sizeof(info->slotDescription),
	    slot->seat->reader);
	tmg_p11_pad(info->manufacturerID, sizeof(info->manufacturerID), "tamga");
	return CKR_OK;
}

/* ---- tokens -------------------------------------------------------------- */

/*
 * From memory whenever the card was looked at before, however busy it is now.
 * Else it is looked at, within the probe's budget.
 */
CK_RV
C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
	tmg_auto(p11_inside) inside = { false };
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_slot *slot;
	CK_RV rv;

	if ((rv = see_slot(&inside, id, info, &slot)))
		return rv;
	if (!tmg_p11_slot_present(slot))
		return CKR_TOKEN_NOT_PRESENT;
	if (tmg_p11_face_tell(slot, info, &rv))
		return rv;
	if ((rv = p11_hold_slot_until(&hold, id,
		tmg_now_ms() + tmg_p11.conf.probe_ms)) ||
	    (rv = tmg_p11_slot_learn(hold.slot)))
		return rv;
	tmg_p11_face_of(hold.slot, info);
	return CKR_OK;
}
