/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions: what one CK_SESSION_HANDLE stands for.
 */
#ifndef TMG_PKCS11_SESSION_H
#define TMG_PKCS11_SESSION_H

#include "pkcs11/operation.h"
#include "pkcs11/slot.h"

/* An open search: the answers, found when it began. */
typedef struct tmg_p11_find {
	bool active;
	CK_OBJECT_HANDLE *found;
	size_t count, next;
} tmg_p11_find;

struct tmg_p11_session {
	tmg_p11_session *next;
	CK_SESSION_HANDLE handle;
	CK_FLAGS flags;
	bool orphan;			/* its card was taken out */
	tmg_p11_find find;
	tmg_p11_operation ops[P11_TASKS];
};

/* A handle is a serial number and the slot's; it never comes again. */
CK_SLOT_ID
tmg_p11_session_slot(CK_SESSION_HANDLE handle);

tmg_p11_session *
tmg_p11_session_find(const tmg_p11_slot *slot, CK_SESSION_HANDLE handle);
void
tmg_p11_session_close(tmg_p11_slot *slot, tmg_p11_session *session);
/* Ends what it was doing: its card is gone. */
void
tmg_p11_session_orphan(tmg_p11_session *session);

/* Ends everything but searches. */
void
tmg_p11_session_stop(tmg_p11_session *session);

void
tmg_p11_find_end(tmg_p11_find *find);

static inline bool
tmg_p11_session_writes(const tmg_p11_session *session)
{
	return (session->flags & CKF_RW_SESSION) != 0;
}

#endif
