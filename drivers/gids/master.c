/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master file: a version, and rows of 28 bytes: folder and name in nine bytes
 * each, two unused, the data object and the file in four each.
 */
#include "drivers/gids/parse.h"

#include <strings.h>

#include "src/base/scope.h"

enum {
	VERSION = 1,
	AT_NAME = 9,
	AT_OBJECT = 20,
	AT_FILE = 24,
	CARDS_OWN = 0xa000,	/* master file and map of keys: no row names them */
	FIRST_OBJECT = 0xdf21,	/* the one below is the keys' map in A000 */
	LAST_OBJECT = 0xdf7f,	/* of a tag of two bytes: ISO/IEC 8825-1 8.1.2 */
};

tmg_rc
tmg_gids_master_check(tmg_view master)
{
	if (master.len == 0 || master.ptr[0] != VERSION ||
	    (master.len - 1) % GIDS_MASTER_RECORD != 0)
		return TMG_E_MALFORMED;
	return TMG_OK;
}

/* Walks over the rows; NULL behind the last. */
static const uint8_t *
row_at(tmg_view master, size_t i)
{
	return master.len >= 1 + (i + 1) * GIDS_MASTER_RECORD
	    ? master.ptr + 1 + i * GIDS_MASTER_RECORD : NULL;
}

static tmg_gids_place
place_of(const uint8_t *row)
{
	return (tmg_gids_place){
		.file = (uint16_t)tmg_gids_u16(row + AT_FILE),
		.object = (uint16_t)tmg_gids_u16(row + AT_OBJECT),
	};
}

static bool
is_at(const uint8_t *row, const tmg_gids_place *place)
{
	const tmg_gids_place told = place_of(row);

	return told.file == place->file && told.object == place->object;
}

/* Nine bytes that end with a zero, or are all used. */
static bool
is_called(const uint8_t *field, const char *name)
{
	return strncasecmp((const char *)field, name, GIDS_NAME) == 0;
}

tmg_rc
tmg_gids_master_find(tmg_view master, const char *folder, const char *name,
    tmg_gids_place *place)
{
	const uint8_t *row;
	tmg_rc rc;

	if ((rc = tmg_gids_master_check(master)))
		return rc;
	for (size_t i = 0; (row = row_at(master, i)) != NULL; i++) {
		if (!is_called(row, folder) || !is_called(row + AT_NAME, name))
			continue;
		*place = place_of(row);
		return TMG_OK;
	}
	return TMG_NOT_FOUND;
}

static bool
is_taken(tmg_view master, const tmg_gids_place *place)
{
	const uint8_t *row;

	for (size_t i = 0; (row = row_at(master, i)) != NULL; i++)
		if (is_at(row, place))
			return true;
	return false;
}

bool
tmg_gids_master_alone(tmg_view master, const tmg_gids_place *place)
{
	const uint8_t *row;
	size_t n = 0;

	for (size_t i = 0; (row = row_at(master, i)) != NULL; i++)
		n += is_at(row, place);
	return n == 1 && place->file != CARDS_OWN;
}

tmg_rc
tmg_gids_master_free(tmg_view master, uint16_t file, tmg_gids_place *place)
{
	tmg_rc rc;

	if ((rc = tmg_gids_master_check(master)))
		return rc;
	for (unsigned object = FIRST_OBJECT; object <= LAST_OBJECT; object++) {
		*place = (tmg_gids_place){ file, (uint16_t)object };
		if (!is_taken(master, place))
			return TMG_OK;
	}
	return TMG_DENIED;
}

tmg_rc
tmg_gids_master_add(tmg_view master, const char *folder, const char *name,
    const tmg_gids_place *place, tmg_out *fresh)
{
	uint8_t row[GIDS_MASTER_RECORD] = { 0 };
	tmg_rc rc;

	if ((rc = tmg_gids_master_check(master)))
		return rc;
	if (strlen(folder) >= GIDS_NAME || strlen(name) >= GIDS_NAME)
		return TMG_E_USAGE;
	memcpy(row, folder, strlen(folder));
	memcpy(row + AT_NAME, name, strlen(name));
	tmg_gids_put_u16(row + AT_OBJECT, place->object);
	tmg_gids_put_u16(row + AT_FILE, place->file);
	tmg_put(fresh, master);
	tmg_put(fresh, TMG_VIEW(row));
	return tmg_out_done(fresh);
}

tmg_rc
tmg_gids_master_drop(tmg_view master, const tmg_gids_place *place,
    tmg_out *fresh)
{
	const uint8_t *row;
	tmg_rc rc;

	if ((rc = tmg_gids_master_check(master)))
		return rc;
	tmg_put_u8(fresh, VERSION);
	for (size_t i = 0; (row = row_at(master, i)) != NULL; i++)
		if (!is_at(row, place))
			tmg_put(fresh, (tmg_view){ row, GIDS_MASTER_RECORD });
	return tmg_out_done(fresh);
}
