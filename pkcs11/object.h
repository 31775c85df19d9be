/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects: a handle, a class, and what is behind it.  What an object of the
 * token says is never stored here: attribute.h reads it from the token floor,
 * which reads it from the card once.
 */
#ifndef TMG_PKCS11_OBJECT_H
#define TMG_PKCS11_OBJECT_H

#include "pkcs11/cryptoki.h"
#include "pkcs11/memory.h"
#include "tamga/data.h"
#include "tamga/key.h"

typedef struct tmg_p11_object {
	CK_OBJECT_HANDLE handle;
	CK_OBJECT_CLASS class;
	CK_SESSION_HANDLE owner;	/* of a session object; 0: the token's */
	tmg_key *key;			/* NULL: data, a profile, or in memory */
	tmg_data *data;			/* NULL: none, or in memory */
	bool pending;			/* a session's key on the card, until it is
					 * copied to the token or given back */
	CK_ULONG profile;
	tmg_p11_memory *memory;		/* NULL: the token tells */
} tmg_p11_object;

typedef struct tmg_p11_objects {
	tmg_p11_object *rows;
	size_t count;
	CK_OBJECT_HANDLE last;		/* handles never come again */
} tmg_p11_objects;

/* NULL: no such handle. */
tmg_p11_object *
tmg_p11_objects_get(const tmg_p11_objects *objects, CK_OBJECT_HANDLE handle);

/* The handle of that object, made when it is first seen; 0: no memory.  One
 * in memory is always new, and its memory taken over. */
CK_OBJECT_HANDLE
tmg_p11_objects_handle(tmg_p11_objects *objects, const tmg_p11_object *like);

/* The row of a key that is a session's still; NULL: it is the token's. */
tmg_p11_object *
tmg_p11_objects_pending(const tmg_p11_objects *objects, const tmg_key *key);

/* It is the token's from now on. */
void
tmg_p11_objects_adopt(tmg_p11_objects *objects, const tmg_key *key);

/* The object is no more; should it come again, it has another handle. */
void
tmg_p11_objects_drop(tmg_p11_objects *objects, CK_OBJECT_HANDLE handle);

/* The same with every session object of owner. */
void
tmg_p11_objects_drop_owned(tmg_p11_objects *objects, CK_SESSION_HANDLE owner);
/* The same with what is private and in memory: the user logs out (5.6.9). */
void
tmg_p11_objects_drop_private(tmg_p11_objects *objects);

void
tmg_p11_objects_clear(tmg_p11_objects *objects);

#endif
