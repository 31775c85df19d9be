/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/object.h"

#include <stdlib.h>

tmg_p11_object *
tmg_p11_objects_get(const tmg_p11_objects *objects, CK_OBJECT_HANDLE handle)
{
	for (size_t i = 0; i < objects->count; i++)
		if (objects->rows[i].handle == handle)
			return &objects->rows[i];
	return NULL;
}

static bool
is_same(const tmg_p11_object *a, const tmg_p11_object *b)
{
	return a->memory == NULL && b->memory == NULL && a->class == b->class &&
	    a->owner == b->owner && a->key == b->key && a->data == b->data &&
	    a->profile == b->profile;
}

CK_OBJECT_HANDLE
tmg_p11_objects_handle(tmg_p11_objects *objects, const tmg_p11_object *like)
{
	tmg_p11_object *more;

	for (size_t i = 0; i < objects->count; i++)
		if (is_same(&objects->rows[i], like))
			return objects->rows[i].handle;
	more = realloc(objects->rows, (objects->count + 1) * sizeof(*more));
	if (more == NULL)
		return CK_INVALID_HANDLE;
	objects->rows = more;
	more[objects->count] = *like;
	more[objects->count].handle = ++objects->last;
	return more[objects->count++].handle;
}

tmg_p11_object *
tmg_p11_objects_pending(const tmg_p11_objects *objects, const tmg_key *key)
{
	for (size_t i = 0; i < objects->count; i++)
		if (objects->rows[i].pending && objects->rows[i].key == key)
			return &objects->rows[i];
	return NULL;
}

void
tmg_p11_objects_adopt(tmg_p11_objects *objects, const tmg_key *key)
{
	tmg_p11_object *o = tmg_p11_objects_pending(objects, key);

	if (o != NULL)
		o->pending = false;
}

static void
drop_row(tmg_p11_objects *objects, tmg_p11_object *row)
{
	tmg_p11_memory_free(&row->memory);
	*row = objects->rows[--objects->count];
}

void
tmg_p11_objects_drop(tmg_p11_objects *objects, CK_OBJECT_HANDLE handle)
{
	tmg_p11_object *o = tmg_p11_objects_get(objects, handle);

	if (o != NULL)
		drop_row(objects, o);
}

/* From the end: the last row comes into the place of the one that goes. */
void
tmg_p11_objects_drop_owned(tmg_p11_objects *objects, CK_SESSION_HANDLE owner)
{
	for (size_t i = objects->count; i-- > 0;)
		if (objects->rows[i].owner == owner)
			drop_row(objects, &objects->rows[i]);
}

void
tmg_p11_objects_drop_private(tmg_p11_objects *objects)
{
	for (size_t i = objects->count; i-- > 0;)
		if (objects->rows[i].memory != NULL &&
		    tmg_p11_memory_bool(objects->rows[i].memory, CKA_PRIVATE))
			drop_row(objects, &objects->rows[i]);
}

void
tmg_p11_objects_clear(tmg_p11_objects *objects)
{
	while (objects->count > 0)
		drop_row(objects, &objects->rows[objects->count - 1]);
	free(objects->rows);
	objects->rows = NULL;
}
