/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/quirk.h"

#include "src/base/scope.h"

#define ANY 0x0000, 0xffff
#define UP_TO(n) 0x0000, (n)

/* Vendor, products from and to, bcdDevice from and to.  All rows that fit count.
 * Sources: doc/usb.md. */
static const struct {
	uint16_t vendor, first, last, from, to;
	unsigned quirks;
} rows[] = {
	/* Yubico: NEO, 4, 5 */
	{ 0x1050, 0x0111, 0x0116, ANY, TMG_QUIRK_FIXED },
	{ 0x1050, 0x0404, 0x0407, ANY, TMG_QUIRK_FIXED },
	/* Nitrokey and Canokey */
	{ 0x20a0, 0x4108, 0x4109, ANY, TMG_QUIRK_FIXED },
	{ 0x20a0, 0x4211, 0x4211, ANY, TMG_QUIRK_FIXED },
	{ 0x20a0, 0x4230, 0x4230, ANY, TMG_QUIRK_FIXED },
	{ 0x20a0, 0x42b2, 0x42f3, ANY, TMG_QUIRK_FIXED },
	{ 0x234b, 0x0000, 0x0000, ANY, TMG_QUIRK_FIXED },	/* Gnuk */
	{ 0x1209, 0xbeee, 0xbeee, ANY, TMG_QUIRK_FIXED },	/* Solo 2 */
	/* Feitian ePass2003, eJava */
	{ 0x096e, 0x0807, 0x080f, ANY, TMG_QUIRK_FIXED },
	/* SafeNet and Thales eToken */
	{ 0x0529, 0x0602, 0x0620, ANY, TMG_QUIRK_FIXED },
	{ 0x0529, 0x0620, 0x0620, 0x0012, 0x0013, TMG_QUIRK_NO_IFSD },
	{ 0x08e6, 0x34cc, 0x34d2, ANY, TMG_QUIRK_FIXED },
	/* Rutoken, JaCarta, Avtor, Kobil IDToken, jToken */
	{ 0x0a89, 0x0025, 0x0030, ANY, TMG_QUIRK_FIXED },
	{ 0x24dc, 0x0101, 0x0102, ANY, TMG_QUIRK_FIXED },	/* 0201: a reader */
	{ 0x24dc, 0x0401, 0x0402, ANY, TMG_QUIRK_FIXED },
	{ 0x24dc, 0x0428, 0x0428, ANY, TMG_QUIRK_FIXED },
	{ 0x24dc, 0x0501, 0x0501, ANY, TMG_QUIRK_FIXED },
	{ 0x24dc, 0x100f, 0x100f, ANY, TMG_QUIRK_FIXED },
	{ 0x15cf, 0x0019, 0x0020, ANY, TMG_QUIRK_FIXED },
	{ 0x0d46, 0x301d, 0x301d, ANY, TMG_QUIRK_FIXED },
	{ 0x0483, 0x2010, 0x2010, ANY, TMG_QUIRK_FIXED },
	/* Token2 */
	{ 0x349e, 0x0013, 0x0026, ANY, TMG_QUIRK_FIXED },
	{ 0x349e, 0x0203, 0x0206, ANY, TMG_QUIRK_FIXED },
	/* Readers whose old firmware libccid refuses to drive */
	{ 0x04e6, 0xe001, 0xe001, UP_TO(0x0515), TMG_QUIRK_REFUSED },
	{ 0x04e6, 0x5111, 0x5111, UP_TO(0x061f), TMG_QUIRK_REFUSED },
	{ 0x04e6, 0xe003, 0xe003, UP_TO(0x050f), TMG_QUIRK_REFUSED },
	{ 0x0d46, 0x3001, 0x3002, UP_TO(0x0036), TMG_QUIRK_REFUSED },
	{ 0x09c3, 0x0008, 0x0008, UP_TO(0x0202), TMG_QUIRK_REFUSED },
	{ 0x0dc3, 0x1004, 0x1004, UP_TO(0x0501), TMG_QUIRK_REFUSED },
	{ 0x0dc3, 0x1102, 0x1102, UP_TO(0x0606), TMG_QUIRK_REFUSED },
	{ 0x058f, 0x9520, 0x9520, UP_TO(0x0101), TMG_QUIRK_REFUSED },
	{ 0x072f, 0x2200, 0x2200, UP_TO(0x0205), TMG_QUIRK_REFUSED },
};

unsigned
tmg_quirks_of(uint16_t vendor, uint16_t product, uint16_t firmware)
{
	unsigned quirks = 0;

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].vendor == vendor && product >= rows[i].first &&
		    product <= rows[i].last && firmware >= rows[i].from &&
		    firmware <= rows[i].to)
			quirks |= rows[i].quirks;
	return quirks;
}
