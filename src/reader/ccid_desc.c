/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/ccid_desc.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

/* Offsets, CCID 1.10 table 5.1-1. */
enum {
	DESCRIPTOR_TYPE = 0x21,
	AT_SLOTS = 4,
	AT_VOLTAGES = 5,
	AT_PROTOCOLS = 6,
	AT_CLOCK = 10,
	AT_RATE_MAX = 23,
	AT_IFSD = 28,
	AT_FEATURES = 40,
	AT_MESSAGE = 44,
	AT_PINS = 52,

	SLOTS_MAX = 16,
	IFSD_MAX = 254,		/* ISO/IEC 7816-3:2006 11.4.2 */
	IFSD_DEFAULT = 32,
	LEVEL_SHIFT = 16,
	LEVEL_MASK = 7,
	KNOWN_PROTOCOLS = 3,	/* T=0, T=1 */
};

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* The next descriptor in *extra; false at the end or where its length lies. */
static bool
next(tmg_view *extra, tmg_view *one)
{
	return extra->len >= 2 && extra->ptr[0] >= 2 &&
	    tmg_view_take(extra, extra->ptr[0], one) == TMG_OK;
}

static tmg_rc
find(tmg_view extra, tmg_fault *f, tmg_view *found)
{
	tmg_view one;

	*found = (tmg_view){ NULL, 0 };
	while (next(&extra, &one)) {
		if (one.ptr[1] != DESCRIPTOR_TYPE)
			continue;
		*found = one;
		return one.len == TMG_CCID_DESC_BYTES ? TMG_OK :
		    tmg_raise(f, TMG_E_MALFORMED, 0, _("its class descriptor "
		    "has %zu bytes instead of %d"), one.len,
		    TMG_CCID_DESC_BYTES);
	}
	if (extra.len > 0)
		return tmg_raise(f, TMG_E_MALFORMED, 0,
		    _("its descriptors are cut off"));
	return tmg_raise(f, TMG_NOT_FOUND, 0, _("it has no class descriptor"));
}

/* Bits 16 to 18, of which at most one is set; none is character level. */
static bool
level_of(uint32_t features, tmg_ccid_level *level)
{
	static const int levels[] = { TMG_CCID_CHARACTER, TMG_CCID_TPDU,
	    TMG_CCID_SHORT, -1, TMG_CCID_EXTENDED, -1, -1, -1 };
	const int one = levels[features >> LEVEL_SHIFT & LEVEL_MASK];

	if (one >= 0)
		*level = (tmg_ccid_level)one;
	return one >= 0;
}

static uint8_t
ifsd_of(uint32_t told)
{
	if (told == 0)
		return IFSD_DEFAULT;
	return told > IFSD_MAX ? IFSD_MAX : (uint8_t)told;
}

static tmg_rc
check(const tmg_ccid_desc *d, tmg_fault *f)
{
	if (d->slots == 0 || d->slots > SLOTS_MAX)
		return tmg_raise(f, TMG_E_MALFORMED, 0,
		    _("it says that it has %u slots"), d->slots);
	if (d->message < TMG_CCID_MESSAGE_MIN ||
	    d->message > TMG_CCID_MESSAGE_MAX)
		return tmg_raise(f, TMG_E_MALFORMED, 0,
		    _("it says that its longest message has %u bytes"),
		    d->message);
	if (d->level == TMG_CCID_CHARACTER)
		return tmg_raise(f, TMG_UNSUPPORTED, 0, _("it passes single "
		    "characters on (dwFeatures %08X), and tamga speaks APDUs "
		    "and TPDUs; use it through the PC/SC daemon"), d->features);
	if ((d->protocols & KNOWN_PROTOCOLS) == 0)
		return tmg_raise(f, TMG_UNSUPPORTED, 0, _("it speaks neither T=0 "
		    "nor T=1 (dwProtocols %08X)"), d->protocols);
	return TMG_OK;
}

tmg_rc
tmg_ccid_desc_parse(tmg_view extra, tmg_fault *f, tmg_ccid_desc *d)
{
	tmg_view v;
	tmg_rc rc;

	*d = (tmg_ccid_desc){ .slots = 0 };
	if ((rc = find(extra, f, &v)))
		return rc;
	d->slots = (uint16_t)(v.ptr[AT_SLOTS] + 1);
	d->voltages = v.ptr[AT_VOLTAGES] & (TMG_CCID_5V | TMG_CCID_3V |
	    TMG_CCID_1V8);
	d->protocols = le32(v.ptr + AT_PROTOCOLS);
	d->clock = le32(v.ptr + AT_CLOCK);
	d->rate_max = le32(v.ptr + AT_RATE_MAX);
	d->ifsd = ifsd_of(le32(v.ptr + AT_IFSD));
	d->features = le32(v.ptr + AT_FEATURES);
	d->message = le32(v.ptr + AT_MESSAGE);
	d->pins = v.ptr[AT_PINS] & (TMG_CCID_PIN_VERIFY | TMG_CCID_PIN_MODIFY);
	if (!level_of(d->features, &d->level))
		return tmg_raise(f, TMG_E_MALFORMED, 0, _("it names several levels "
		    "of exchange at once (dwFeatures %08X)"), d->features);
	return check(d, f);
}

const char *
tmg_ccid_level_name(tmg_ccid_level level)
{
	static const char *const names[] = { "character", "TPDU", "short APDU",
	    "extended APDU" };

	return level < TMG_COUNT(names) ? names[level] : "?";
}
