/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/gids_layout.h"

#include <zlib.h>

#include "src/base/scope.h"

enum {
	VERSION = 0x01,		/* of the master file and of the key map */
	NAME_LEN = 9,		/* with its zero */
	CONTAINER_NAME = 40,	/* UTF-16 units, with its zero */
	FLAG_VALID = 0x01,
	FLAG_DEFAULT = 0x02,
	KEY_EXCHANGE = 0x9a,
	KEY_SIGNATURE = 0x9c,
	KEY_READY = 1,
	KEY_FILES = 0xb000,
};

static void
put_le16(tmg_out *out, unsigned n)
{
	tmg_put_u8(out, (uint8_t)n);
	tmg_put_u8(out, (uint8_t)(n >> 8));
}

static void
put_le32(tmg_out *out, unsigned n)
{
	put_le16(out, n & 0xffff);
	put_le16(out, n >> 16);
}

static void
put_zeros(tmg_out *out, size_t n)
{
	while (n-- > 0)
		tmg_put_u8(out, 0);
}

void
gids_layout_begin(tmg_out *out)
{
	tmg_put_u8(out, VERSION);
}

static void
put_name(tmg_out *out, const char *name)
{
	tmg_put_str(out, name);
	put_zeros(out, NAME_LEN - strlen(name));
}

void
gids_layout_name(const char *directory, const char *name, gids_place place, tmg_out *out)
{
	put_name(out, directory);
	put_name(out, name);
	put_le16(out, 0);
	put_le32(out, place.tag);
	put_le32(out, place.ef);
}

void
gids_layout_container(const gids_container *c, tmg_out *out)
{
	const size_t len = strlen(c->name);

	for (size_t i = 0; i < CONTAINER_NAME; i++)
		put_le16(out, i < len ? (uint8_t)c->name[i] : 0);
	tmg_put_u8(out, c->first ? FLAG_VALID | FLAG_DEFAULT : FLAG_VALID);
	tmg_put_u8(out, 0);
	put_le16(out, c->exchange ? 0 : c->bits);
	put_le16(out, c->exchange ? c->bits : 0);
}

void
gids_layout_keymap(const gids_container *c, tmg_out *out)
{
	put_le32(out, KEY_READY);
	tmg_put_u8(out, c->kind);
	tmg_put_u8(out, c->exchange ? KEY_EXCHANGE : KEY_SIGNATURE);
	put_le16(out, KEY_FILES | c->ref);
	put_le16(out, 0xffff);
	put_le16(out, 0);
}

tmg_rc
gids_layout_certificate(tmg_view der, tmg_out *out)
{
	uint8_t packed[GIDS_LAYOUT_MAX];
	uLongf len = sizeof(packed);

	if (der.len > 0xffff ||
	    compress2(packed, &len, der.ptr, (uLong)der.len, Z_BEST_COMPRESSION) != Z_OK)
		return TMG_E_SPACE;
	put_le16(out, 1);
	put_le16(out, (unsigned)der.len);
	tmg_put(out, (tmg_view){ packed, len });
	return tmg_out_done(out);
}
