/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The container map, mscp/cmapfile: CONTAINER_MAP_RECORDs of 86 bytes one behind
 * the other: a name of 40 characters in UTF-16, flags, an unused byte, the length
 * of the signature key and of the key exchange key in bits.
 */
#include "drivers/gids/parse.h"

#include "src/base/scope.h"

enum {
	AT_FLAGS = 2 * GIDS_CONTAINER_NAME,
	AT_SIGNING = AT_FLAGS + 2,
	AT_EXCHANGE = AT_FLAGS + 4,
	FLAG_VALID = 0x01,
	FLAG_DEFAULT = 0x02,
};

tmg_rc
tmg_gids_map_count(tmg_view map, size_t *count)
{
	*count = 0;
	if (map.len % GIDS_CONTAINER_RECORD != 0)
		return TMG_E_MALFORMED;
	*count = map.len / GIDS_CONTAINER_RECORD;
	return TMG_OK;
}

/* As a terminal may show it. */
static void
take_name(const uint8_t *record, char *name)
{
	size_t n = 0;

	for (; n < GIDS_CONTAINER_NAME - 1; n++) {
		const unsigned c = tmg_gids_u16(record + 2 * n);

		if (c == 0)
			break;
		name[n] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	name[n] = '\0';
}

tmg_rc
tmg_gids_container_get(tmg_view map, size_t index, tmg_gids_container *container)
{
	const uint8_t *record;
	size_t count;
	tmg_rc rc;

	*container = (tmg_gids_container){ .valid = false };
	if ((rc = tmg_gids_map_count(map, &count)))
		return rc;
	if (index >= count)
		return TMG_NOT_FOUND;
	record = map.ptr + index * GIDS_CONTAINER_RECORD;
	container->valid = (record[AT_FLAGS] & FLAG_VALID) != 0;
	if (!container->valid)
		return TMG_OK;
	container->preferred = (record[AT_FLAGS] & FLAG_DEFAULT) != 0;
	container->signing = tmg_gids_alg(tmg_gids_u16(record + AT_SIGNING));
	container->exchange = tmg_gids_alg(tmg_gids_u16(record + AT_EXCHANGE));
	take_name(record, container->name);
	return TMG_OK;
}

bool
tmg_gids_map_prefers(tmg_view map)
{
	tmg_gids_container c;

	for (size_t i = 0; tmg_gids_container_get(map, i, &c) == TMG_OK; i++)
		if (c.preferred)
			return true;
	return false;
}

static void
write_record(const tmg_gids_container *c, uint8_t *record)
{
	for (size_t i = 0; i < GIDS_CONTAINER_NAME - 1 && c->name[i] != '\0'; i++)
		record[2 * i] = (uint8_t)c->name[i];
	record[AT_FLAGS] = (uint8_t)((c->valid ? FLAG_VALID : 0) |
	    (c->preferred ? FLAG_DEFAULT : 0));
	tmg_gids_put_u16(record + AT_SIGNING, tmg_alg_get(c->signing)->bits);
	tmg_gids_put_u16(record + AT_EXCHANGE, tmg_alg_get(c->exchange)->bits);
}

tmg_rc
tmg_gids_container_put(tmg_view map, size_t index,
    const tmg_gids_container *container, tmg_out *fresh)
{
	static const uint8_t empty[GIDS_CONTAINER_RECORD];
	const size_t at = fresh->len + index * GIDS_CONTAINER_RECORD;
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_gids_map_count(map, &count)))
		return rc;
	if (index >= GIDS_CONTAINERS)
		return TMG_E_USAGE;
	tmg_put(fresh, map);
	for (; count <= index; count++)
		tmg_put(fresh, TMG_VIEW(empty));
	if ((rc = tmg_out_done(fresh)))
		return rc;
	memset(fresh->ptr + at, 0, GIDS_CONTAINER_RECORD);
	if (container->valid)
		write_record(container, fresh->ptr + at);
	return TMG_OK;
}
