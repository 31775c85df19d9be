/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions about slots and the tokens in them. */
#include "pkcs11/slot.h"

#include <time.h>

#include "pkcs11/module.h"
#include "pkcs11/text.h"
#include "pkcs11/watch.h"
#include "src/token/token.h"

enum {
	EVENT_POLL_NS = 100000000,
	TRIES_LOW = 2,		/* "low" when one wrong try has been made of three */
};

/* ---- slots --------------------------------------------------------------- */

static CK_ULONG
list_slots(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG room)
{
	CK_ULONG n = 0;

	for (size_t i = 0; i < atomic_load(&tmg_p11.slot_count); i++) {
		if (present && !tmg_p11_slot_present(tmg_p11.slots[i]))
			continue;
		if (list != NULL && n < room)
			list[n] = tmg_p11.slots[i]->id;
		n++;
	}
	return n;
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
	if ((rv = tmg_p11_watch_look(list == NULL)))
		return rv;
	room = *count;
	*count = list_slots(present, NULL, 0);
	if (list == NULL)
		return CKR_OK;
	if (room < *count)
		return CKR_BUFFER_TOO_SMALL;
	list_slots(present, list, room);
	return CKR_OK;
}

/* Without the seat's lock: a card may be busy, the slot is told of all the same. */
CK_RV
C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
	tmg_auto(p11_inside) inside = { false };
	const tmg_p11_slot *slot;
	CK_RV rv;

	if ((rv = p11_enter(&inside)) || (rv = tmg_p11_watch_look(false)))
		return rv;
	if (id >= atomic_load(&tmg_p11.slot_count))
		return CKR_SLOT_ID_INVALID;
	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	slot = tmg_p11.slots[id];
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

/* From what the card last said of the tries; it is not asked. */
static CK_FLAGS
pin_flags(const tmg_token *token, tmg_pin_kind kind, CK_FLAGS low, CK_FLAGS last,
    CK_FLAGS locked)
{
	const int tries = token->tries[kind];

	if (tries < 0)
		return 0;
	return (tries <= TRIES_LOW ? low : 0) | (tries == 1 ? last : 0) |
	    (tries == 0 ? locked : 0);
}

static CK_FLAGS
token_flags(const tmg_token *token)
{
	return CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED |
	    CKF_LOGIN_REQUIRED | CKF_RNG |
	    pin_flags(token, TMG_PIN_USER, CKF_USER_PIN_COUNT_LOW,
		CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED) |
	    pin_flags(token, TMG_PIN_ADMIN, CKF_SO_PIN_COUNT_LOW,
		CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED);
}

static void
count_sessions(const tmg_p11_slot *slot, CK_TOKEN_INFO *info)
{
	for (const tmg_p11_session *s = slot->sessions; s != NULL; s = s->next) {
		info->ulSessionCount += !s->orphan;
		info->ulRwSessionCount += !s->orphan && tmg_p11_session_writes(s);
	}
}

static void
describe(const tmg_p11_slot *slot, CK_TOKEN_INFO *info)
{
	const tmg_backend_info *b = tmg_token_info(slot->token);

	*info = (CK_TOKEN_INFO){
		.flags = token_flags(slot->token),
		.ulMaxSessionCount = CK_EFFECTIVELY_INFINITE,
		.ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE,
		.ulMaxPinLen = b->pins[TMG_PIN_USER].max,
		.ulMinPinLen = b->pins[TMG_PIN_USER].min,
		.ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION,
	};
	tmg_p11_pad(info->label, sizeof(info->label), b->label);
	tmg_p11_pad(info->manufacturerID, sizeof(info->manufacturerID),
	    b->manufacturer);
	tmg_p11_pad(info->model, sizeof(info->model), b->model);
	tmg_p11_pad(info->serialNumber, sizeof(info->serialNumber), b->serial);
	memset(info->utcTime, ' ', sizeof(info->utcTime));
	count_sessions(slot, info);
}

/* The first call opens the card and asks its serial number; later ones are
 * answered from memory. */
CK_RV
C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
	tmg_auto(p11_inside) inside = { false };
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_enter(&inside)) || (rv = tmg_p11_watch_look(false)) ||
	    (rv = p11_hold_slot(&hold, id)))
		return rv;
	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = tmg_p11_slot_open(hold.slot)))
		return rv;
	describe(hold.slot, info);
	return CKR_OK;
}

/* ---- events -------------------------------------------------------------- */

static bool
next_event(CK_SLOT_ID *id)
{
	for (size_t i = 0; i < atomic_load(&tmg_p11.slot_count); i++) {
		tmg_p11_slot *slot = tmg_p11.slots[i];
		const uint64_t seen = atomic_load(&slot->seat->seen);
		uint64_t told = atomic_load(&slot->told);

		if (seen == told ||
		    !atomic_compare_exchange_strong(&slot->told, &told, seen))
			continue;
		*id = slot->id;
		return true;
	}
	return false;
}

/*
 * A reader that is new has no slot before C_GetSlotList(NULL) gives it one,
 * so what is told of are the readers that have slots.  Waiting is looking
 * again and again: the module has no thread, and C_Finalize ends it.
 */
CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *id, void *reserved)
{
	const struct timespec pause = { 0, EVENT_POLL_NS };
	tmg_auto(p11_inside) inside = { false };
	CK_RV rv;

	if ((rv = p11_enter(&inside)))
		return rv;
	if (id == NULL || reserved != NULL)
		return CKR_ARGUMENTS_BAD;
	for (;;) {
		if ((rv = tmg_p11_watch_look(false)))
			return rv;
		if (next_event(id))
			return CKR_OK;
		if (flags & CKF_DONT_BLOCK)
			return CKR_NO_EVENT;
		nanosleep(&pause, NULL);
		if (p11_is_ending())
			return CKR_CRYPTOKI_NOT_INITIALIZED;
	}
}
