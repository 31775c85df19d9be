/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map of keys, A000/DF20: a version, and for each container 12 bytes: a state
 * of four, the mechanism, what the key is for, its file, FFFF, 0000.
 */
#include "drivers/gids/parse.h"

enum {
	VERSION = 1,
	AT_ALG = 4,
	AT_USE = 5,
	AT_FILE = 6,
	AT_UNUSED = 8,
	USE_EXCHANGE = 0x9a,
	USE_SIGNING = 0x9c,
	NOTHING = 0xffff,
};

tmg_rc
tmg_gids_keymap_count(tmg_view map, size_t *count)
{
	*count = 0;
	if (map.len == 0)
		return TMG_OK;
	if (map.ptr[0] != VERSION || (map.len - 1) % GIDS_KEY_RECORD != 0)
		return TMG_E_MALFORMED;
	*count = (map.len - 1) / GIDS_KEY_RECORD;
	return TMG_OK;
}

tmg_rc
tmg_gids_keymap_get(tmg_view map, size_t index, tmg_gids_key *key)
{
	const uint8_t *record;
	size_t count;
	tmg_rc rc;

	*key = (tmg_gids_key){ .there = false };
	if ((rc = tmg_gids_keymap_count(map, &count)))
		return rc;
	if (index >= count)
		return TMG_NOT_FOUND;
	record = map.ptr + 1 + index * GIDS_KEY_RECORD;
	*key = (tmg_gids_key){
		.there = tmg_gids_u16(record) != 0,
		.alg = record[AT_ALG],
		.exchange = record[AT_USE] == USE_EXCHANGE,
		.file = (uint16_t)tmg_gids_u16(record + AT_FILE),
	};
	return TMG_OK;
}

static void
write_record(const tmg_gids_key *key, uint8_t *record)
{
	record[0] = key->there ? 1 : 0;
	record[AT_ALG] = key->there ? key->alg : 0;
	record[AT_USE] = !key->there ? 0
	    : key->exchange ? USE_EXCHANGE : USE_SIGNING;
	tmg_gids_put_u16(record + AT_FILE, key->there ? key->file : NOTHING);
	tmg_gids_put_u16(record + AT_UNUSED, NOTHING);
}

tmg_rc
tmg_gids_keymap_put(tmg_view map, size_t index, const tmg_gids_key *key,
    tmg_out *fresh)
{
	static const tmg_gids_key none = { .there = false };
	const size_t at = fresh->len + 1 + index * GIDS_KEY_RECORD;
	uint8_t record[GIDS_KEY_RECORD] = { 0 };
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_gids_keymap_count(map, &count)))
		return rc;
	if (index >= GIDS_CONTAINERS)
		return TMG_E_USAGE;
	tmg_put(fresh, map);
	if (map.len == 0)
		tmg_put_u8(fresh, VERSION);
	write_record(&none, record);
	for (; count <= index; count++)
		tmg_put(fresh, TMG_VIEW(record));
	if ((rc = tmg_out_done(fresh)))
		return rc;
	memset(fresh->ptr + at, 0, GIDS_KEY_RECORD);
	write_record(key, fresh->ptr + at);
	return TMG_OK;
}
