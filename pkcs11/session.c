/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/session.h"

#include <stdlib.h>

#include "pkcs11/begin.h"
#include "pkcs11/module.h"
#include "pkcs11/watch.h"

CK_SLOT_ID
tmg_p11_session_slot(CK_SESSION_HANDLE handle)
{
	return handle % P11_SLOTS;
}

tmg_p11_session *
tmg_p11_session_find(const tmg_p11_slot *slot, CK_SESSION_HANDLE handle)
{
	for (tmg_p11_session *s = slot->sessions; s != NULL; s = s->next)
		if (s->handle == handle)
			return s;
	return NULL;
}

void
tmg_p11_session_stop(tmg_p11_session *session)
{
	for (size_t i = 0; i < P11_TASKS; i++)
		tmg_p11_operation_end(&session->ops[i]);
}

void
tmg_p11_session_orphan(tmg_p11_session *session)
{
	session->orphan = true;
	tmg_p11_find_end(&session->find);
	tmg_p11_session_stop(session);
}

/* A session's keys go with it, where the card deletes any; elsewhere they stay
 * in their slots, keys without a certificate. */
static void
give_keys_back(tmg_p11_slot *slot, CK_SESSION_HANDLE owner)
{
	for (size_t i = 0; slot->token != NULL && i < slot->objects.count; i++) {
		const tmg_p11_object *o = &slot->objects.rows[i];

		if (o->pending && o->owner == owner &&
		    (tmg_token_info(slot->token)->can & TMG_CAN_DELETE))
			(void)!tmg_key_delete(o->key);
	}
}

/* The last session takes the login along (5.6.2). */
static void
last_closed(tmg_p11_slot *slot)
{
	if (slot->sessions != NULL || slot->login == P11_NOBODY)
		return;
	if (slot->token != NULL)
		(void)!tmg_token_logout(slot->token);
	tmg_p11_slot_forget_login(slot);
}

void
tmg_p11_session_close(tmg_p11_slot *slot, tmg_p11_session *session)
{
	tmg_p11_session **at = &slot->sessions;

	while (*at != session)
		at = &(*at)->next;
	*at = session->next;
	tmg_p11_session_orphan(session);
	give_keys_back(slot, session->handle);
	tmg_p11_objects_drop_owned(&slot->objects, session->handle);
	free(session);
	last_closed(slot);
}

CK_RV
tmg_p11_memory_own(p11_hold *hold, tmg_p11_memory **memory,
    CK_OBJECT_HANDLE *made)
{
	tmg_p11_object o = { .owner = hold->session->handle, .memory = *memory };
	tmg_view class;

	if (tmg_p11_memory_bool(*memory, CKA_PRIVATE) &&
	    hold->slot->login != P11_USER)
		return CKR_USER_NOT_LOGGED_IN;
	if (!tmg_p11_memory_get(*memory, CKA_CLASS, &class))
		return CKR_TEMPLATE_INCOMPLETE;
	memcpy(&o.class, class.ptr, sizeof(o.class));
	*made = tmg_p11_objects_handle(&hold->slot->objects, &o);
	if (*made == CK_INVALID_HANDLE)
		return CKR_HOST_MEMORY;
	*memory = NULL;
	return CKR_OK;
}

/* ---- entry points -------------------------------------------------------- */

static CK_RV
check_open(const tmg_p11_slot *slot, CK_FLAGS flags, const CK_SESSION_HANDLE *out)
{
	if (out == NULL)
		return CKR_ARGUMENTS_BAD;
	if (!(flags & CKF_SERIAL_SESSION))
		return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	if (slot->login == P11_SO && !(flags & CKF_RW_SESSION))
		return CKR_SESSION_READ_WRITE_SO_EXISTS;
	return CKR_OK;
}

/* Objects are not read: a session alone costs what opening the card does. */
CK_RV
C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void *application,
    CK_NOTIFY notify, CK_SESSION_HANDLE *out)
{
	tmg_auto(p11_inside) inside = { false };
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_session *s;
	CK_RV rv;

	(void)application;
	(void)notify;			/* nothing to tell: no call is surrendered */
	if ((rv = p11_enter(&inside)) || (rv = tmg_p11_watch_look(P11_LOOK_ONLY)) ||
	    (rv = p11_hold_slot(&hold, id)) ||
	    (rv = check_open(hold.slot, flags, out)) ||
	    (rv = tmg_p11_slot_open(hold.slot)))
		return rv;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return CKR_HOST_MEMORY;
	if (hold.slot->sessions == NULL)
		tmg_p11_slot_doubt(hold.slot);
	s->handle = ++hold.slot->serials * P11_SLOTS + hold.slot->id;
	s->flags = flags & (CKF_SERIAL_SESSION | CKF_RW_SESSION);
	s->next = hold.slot->sessions;
	hold.slot->sessions = s;
	*out = s->handle;
	return CKR_OK;
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE handle)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_any_session(&hold, handle)))
		return rv;
	tmg_p11_session_close(hold.slot, hold.session);
	return CKR_OK;
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID id)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_slot(&hold, id)))
		return rv;
	while (hold.slot->sessions != NULL)
		tmg_p11_session_close(hold.slot, hold.slot->sessions);
	return CKR_OK;
}

static CK_STATE
state_of(const tmg_p11_slot *slot, const tmg_p11_session *session)
{
	static const CK_STATE states[][2] = {
		[P11_NOBODY] = { CKS_RO_PUBLIC_SESSION, CKS_RW_PUBLIC_SESSION },
		[P11_USER] = { CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS },
		[P11_SO] = { CKS_RW_SO_FUNCTIONS, CKS_RW_SO_FUNCTIONS },
	};

	return states[slot->login][tmg_p11_session_writes(session)];
}

/* Whoever asks how a session is asks whether its card is still there: the
 * readers are looked at now, as for a slot, and no card is asked. */
CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info)
{
	tmg_auto(p11_inside) inside = { false };
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_enter(&inside)))
		return rv;
	(void)tmg_p11_watch_look(P11_LOOK_ONLY);
	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	*info = (CK_SESSION_INFO){
		.slotID = hold.slot->id,
		.state = state_of(hold.slot, hold.session),
		.flags = hold.session->flags,
	};
	return CKR_OK;
}

/* Cancels what is active of the kinds that are named; 3.0, 5.6.8. */
CK_RV
C_SessionCancel(CK_SESSION_HANDLE handle, CK_FLAGS flags)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (flags & CKF_FIND_OBJECTS)
		tmg_p11_find_end(&hold.session->find);
	for (size_t i = 0; i < P11_TASKS; i++)
		if (flags & tmg_p11_kinds[i].flag)
			tmg_p11_operation_end(&hold.session->ops[i]);
	return CKR_OK;
}
