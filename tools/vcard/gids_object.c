/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/crypto.h>

#include "tools/vcard/gids.h"

gids_object *
gids_object_find(vc_gids *g, int file, uint32_t tag)
{
	for (size_t i = 0; i < GIDS_OBJECTS; i++)
		if (g->objects[i].data != NULL && g->objects[i].file == file &&
		    g->objects[i].tag == tag)
			return &g->objects[i];
	return NULL;
}

static gids_object *
free_place(vc_gids *g)
{
	for (size_t i = 0; i < GIDS_OBJECTS; i++)
		if (g->objects[i].data == NULL)
			return &g->objects[i];
	return NULL;
}

void
gids_object_drop(vc_gids *g, gids_object *object)
{
	g->bytes -= object->len;
	OPENSSL_clear_free(object->data, object->len);
	*object = (gids_object){ .data = NULL };
}

void
gids_objects_drop(vc_gids *g, int file)
{
	for (size_t i = 0; i < GIDS_OBJECTS; i++)
		if (g->objects[i].data != NULL && g->objects[i].file == file)
			gids_object_drop(g, &g->objects[i]);
}

tmg_rc
gids_object_store(vc_gids *g, int file, uint32_t tag, tmg_view whole)
{
	gids_object *object = gids_object_find(g, file, tag);
	const size_t before = object != NULL ? object->len : 0;
	uint8_t *data;

	if ((object == NULL && (object = free_place(g)) == NULL) ||
	    whole.len > GIDS_TOTAL_MAX - (g->bytes - before))
		return TMG_E_SPACE;
	if ((data = OPENSSL_memdup(whole.ptr, whole.len)) == NULL)
		return TMG_E_NOMEM;
	OPENSSL_clear_free(object->data, object->len);
	*object = (gids_object){ .data = data, .len = whole.len, .tag = tag, .file = (uint8_t)file };
	g->bytes += whole.len - before;
	return TMG_OK;
}
