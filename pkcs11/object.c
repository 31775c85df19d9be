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

CK_OBJECT_HANDLE
tmg_p11_objects_handle(tmg_p11_objects *objects, const tmg_p11_object *like)
{
	tmg_p11_object *more;

	for (size_t i = 0; i < objects->count; i++)
		if (objects->rows[i].class == like->class &&
		    objects->rows[i].key == like->key &&
		    objects->rows[i].profile == like->profile)
			return objects->rows[i].handle;
	more = realloc(objects->rows, (objects->count + 1) * sizeof(*more));
	if (more == NULL)
		return CK_INVALID_HANDLE;
	objects->rows = more;
	more[objects->count] = *like;
	more[objects->count].handle = ++objects->last;
	return more[objects->count++].handle;
}

void
tmg_p11_objects_drop(tmg_p11_objects *objects, CK_OBJECT_HANDLE handle)
{
	tmg_p11_object *o = tmg_p11_objects_get(objects, handle);

	if (o != NULL)
		*o = objects->rows[--objects->count];
}

void
tmg_p11_objects_clear(tmg_p11_objects *objects)
{
	free(objects->rows);
	objects->rows = NULL;
	objects->count = 0;
}
