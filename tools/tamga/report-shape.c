/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "src/codec/hex.h"
#include "src/codec/tlv.h"
#include "tools/tamga/report.h"

enum {
	DEEPEST = 6,
	SHOWN = 10,		/* bytes of a value; an OpenPGP card's AID has its
				 * serial number behind them (3.4.1, 4.2.1) */
	PADDING = 0xff,
	CONSTRUCTED = 0x20,
};

/* Tags whose values tell of the kind of card and not of its holder: ISO/IEC
 * 7816-4:2005 tables 12 and 14, ISO/IEC 7816-15; algorithm attributes and
 * capabilities of the OpenPGP card. */
static const uint32_t public_tags[] = {
	0x06, 0x47, 0x4f, 0x5f52, 0x80, 0x81, 0x82, 0x83, 0x84, 0x86, 0x88, 0x8a,
	0x8b, 0x8c, 0xa1, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xda,
};

static bool
is_public(uint32_t tag)
{
	for (size_t i = 0; i < TMG_COUNT(public_tags); i++)
		if (public_tags[i] == tag)
			return true;
	return false;
}

static bool
is_constructed(uint32_t tag)
{
	while (tag > 0xff)
		tag >>= 8;
	return (tag & CONSTRUCTED) != 0;
}

static bool
is_padding(uint8_t byte)
{
	return byte == 0 || byte == PADDING;
}

/* Without what a file of fixed size has behind its last object. */
static tmg_view
without_padding(tmg_view v)
{
	tmg_view rest = v;
	tmg_tlv one;

	while (rest.len > 0 && !is_padding(rest.ptr[0]) &&
	    tmg_tlv_next(&rest, &one) == TMG_OK)
		;
	for (size_t i = 0; i < rest.len; i++)
		if (!is_padding(rest.ptr[i]))
			return v;
	return (tmg_view){ v.ptr, v.len - rest.len };
}

static bool
is_tlv(tmg_view v)
{
	tmg_tlv one;
	tmg_rc rc;

	if (v.len == 0)
		return false;
	while ((rc = tmg_tlv_next(&v, &one)) == TMG_OK)
		;
	return rc == TMG_NOT_FOUND;
}

static void
put_value(tmg_out *o, const tmg_tlv *one)
{
	const size_t most = is_public(one->tag) ? SHOWN : 0;
	const size_t shown = one->value.len < most ? one->value.len : most;
	char length[24];

	if (shown > 0) {
		tmg_put_str(o, "=");
		tmg_hex_put(o, (tmg_view){ one->value.ptr, shown });
	}
	if (shown > 0 && shown == one->value.len)
		return;
	snprintf(length, sizeof(length), "[%zu]", one->value.len);
	tmg_put_str(o, length);
}

static void
put_objects(tmg_out *o, tmg_view v, unsigned depth)
{
	const char *between = "";
	tmg_tlv one;

	while (tmg_tlv_next(&v, &one) == TMG_OK) {
		char tag[12];

		snprintf(tag, sizeof(tag), "%s%02X", between, (unsigned)one.tag);
		tmg_put_str(o, tag);
		between = " ";
		if (!is_constructed(one.tag) || depth == DEEPEST ||
		    !is_tlv(one.value)) {
			put_value(o, &one);
			continue;
		}
		tmg_put_str(o, "{");
		put_objects(o, one.value, depth + 1);
		tmg_put_str(o, "}");
	}
}

void
report_shape(tmg_view bytes, char text[static REPORT_SHAPE_MAX])
{
	tmg_out o = { (uint8_t *)text, REPORT_SHAPE_MAX - 1, 0, false };
	const tmg_view objects = without_padding(bytes);

	if (is_tlv(objects))
		put_objects(&o, objects, 0);
	text[o.len] = '\0';
	if (o.len == 0)
		snprintf(text, REPORT_SHAPE_MAX, "[%zu bytes]", bytes.len);
}

void
report_reader(const char *name, char text[static TMG_READER_NAME])
{
	const char *path = strstr(name, " /");
	size_t n = 0;
	bool inside = false;

	for (; *name != '\0' && name != path && n + 1 < TMG_READER_NAME; name++) {
		inside = inside && *name != ')';
		if (!inside)
			text[n++] = *name;
		inside = inside || *name == '(';
	}
	text[n] = '\0';
}
