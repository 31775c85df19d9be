/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/face.h"

#include <stdio.h>

#include "pkcs11/module.h"
#include "pkcs11/text.h"
#include "src/token/token.h"

enum {
	TRIES_LOW = 2,		/* "low" when one wrong try has been made of three */
};

/* ---- making it ----------------------------------------------------------- */

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

/* The secret of the SO's that can be locked: a management key often cannot. */
static tmg_pin_kind
so_kind(const tmg_token *token)
{
	return token->tries[TMG_PIN_ADMIN] >= 0 ? TMG_PIN_ADMIN : TMG_PIN_PUK;
}

static CK_FLAGS
token_flags(const tmg_p11_slot *slot)
{
	return CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED |
	    CKF_LOGIN_REQUIRED | CKF_RNG |
	    (slot->face.factory ? CKF_USER_PIN_TO_BE_CHANGED : 0) |
	    (tmg_token_keypad(slot->token, TMG_PIN_USER) & TMG_PAD_VERIFY
		? CKF_PROTECTED_AUTHENTICATION_PATH : 0) |
	    pin_flags(slot->token, TMG_PIN_USER, CKF_USER_PIN_COUNT_LOW,
		CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED) |
	    pin_flags(slot->token, so_kind(slot->token), CKF_SO_PIN_COUNT_LOW,
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

/* "5.4.3" has one number more than there is room for. */
static CK_VERSION
version_of(const char *firmware)
{
	unsigned major = 0, minor = 0;

	(void)sscanf(firmware, "%3u.%3u", &major, &minor);
	return (CK_VERSION){ (CK_BYTE)major, (CK_BYTE)minor };
}

void
tmg_p11_face_of(const tmg_p11_slot *slot, CK_TOKEN_INFO *info)
{
	const tmg_backend_info *b = &slot->token->info;

	*info = (CK_TOKEN_INFO){
		.flags = token_flags(slot),
		.ulMaxSessionCount = CK_EFFECTIVELY_INFINITE,
		.ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE,
		.ulMaxPinLen = b->pins[TMG_PIN_USER].max,
		.ulMinPinLen = b->pins[TMG_PIN_USER].min,
		.ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION,
	};
	info->firmwareVersion = version_of(b->firmware);
	tmg_p11_pad(info->label, sizeof(info->label), b->label);
	tmg_p11_pad(info->manufacturerID, sizeof(info->manufacturerID),
	    b->manufacturer);
	tmg_p11_pad(info->model, sizeof(info->model), b->model);
	tmg_p11_pad(info->serialNumber, sizeof(info->serialNumber), b->serial);
	memset(info->utcTime, ' ', sizeof(info->utcTime));
	count_sessions(slot, info);
}

/* ---- keeping it ---------------------------------------------------------- */

static void
keep(tmg_p11_slot *slot)
{
	const tmg_p11_seat *seat = slot->seat;
	tmg_p11_face *face = &slot->face;

	face->seen = 0;
	if (seat->lost)
		return;
	if (slot->learned) {
		face->seen = seat->opened;
		face->rv = CKR_OK;
		tmg_p11_face_of(slot, &face->info);
	} else if (seat->refusal != CKR_OK && seat->refused == seat->opened) {
		face->seen = seat->refused;
		face->rv = seat->refusal;
	} else if (seat->slow != 0) {
		face->seen = seat->slow;
		face->rv = CKR_TOKEN_NOT_RECOGNIZED;
	}
}

void
tmg_p11_faces_keep(tmg_p11_seat *seat)
{
	tmg_p11_lock_take(&tmg_p11.faces);
	for (size_t i = 0; i < atomic_load(&tmg_p11.slot_count); i++)
		if (tmg_p11.slots[i]->seat == seat)
			keep(tmg_p11.slots[i]);
	tmg_p11_lock_give(&tmg_p11.faces);
}

bool
tmg_p11_face_tell(tmg_p11_slot *slot, CK_TOKEN_INFO *info, CK_RV *rv)
{
	const uint64_t seen = atomic_load(&slot->seat->seen);
	bool kept;

	tmg_p11_lock_take(&tmg_p11.faces);
	kept = slot->face.seen != 0 && slot->face.seen == seen;
	if (kept) {
		*rv = slot->face.rv;
		if (*rv == CKR_OK)
			*info = slot->face.info;
	}
	tmg_p11_lock_give(&tmg_p11.faces);
	return kept;
}
