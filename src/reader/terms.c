/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/terms.h"

#include "src/base/scope.h"

enum {
	TS_INVERSE = 0x3f,
	FD_DEFAULT = 0x11,
	PPSS = 0xff,
	PPS0_HAS_1 = 0x10,
	KNOWN = 3,		/* 1 << T of T=0 and T=1 */
};

/* ISO/IEC 7816-3:2006 tables 7 and 8; 0: reserved */
static const uint16_t fi[16] = { 372, 372, 558, 744, 1116, 1488, 1860, 0, 0,
	512, 768, 1024, 1536, 2048, 0, 0 };
static const uint8_t di[16] = { 0, 1, 2, 4, 8, 16, 32, 64, 12, 20 };

/* A speed that both can do: without a rate in the descriptor none is known to be
 * too fast. */
static bool
can(uint8_t fd, const tmg_ccid_desc *d)
{
	const uint64_t f = fi[fd >> 4], dd = di[fd & 0x0f];

	if (f == 0 || dd == 0)
		return false;
	return d->rate_max == 0 || d->clock == 0 ||
	    (uint64_t)d->clock * 1000 * dd / f <= d->rate_max;
}

/* The card's first, or else the other, among those that both know. */
static tmg_rc
choose(const tmg_atr *atr, uint32_t reader, unsigned *protocol)
{
	uint32_t both = reader & atr->protocols & KNOWN;

	*protocol = atr->protocol;
	if (atr->talk.specific) {
		*protocol = atr->talk.specific_t;
		both &= 1u << *protocol;
	}
	if (both == 0)
		return TMG_UNSUPPORTED;
	if ((both & 1u << *protocol) == 0)
		*protocol = (both & 1u) != 0 ? 0 : 1;
	return TMG_OK;
}

tmg_rc
tmg_terms_find(tmg_view bytes, const tmg_ccid_desc *d, tmg_terms *t)
{
	tmg_atr atr;
	tmg_rc rc;

	*t = (tmg_terms){ .fd = FD_DEFAULT };
	if ((rc = tmg_atr_parse(bytes, &atr)) ||
	    (rc = choose(&atr, d->protocols, &t->protocol)))
		return rc;
	t->talk = atr.talk;
	t->inverse = bytes.ptr[0] == TS_INVERSE;
	if (can(atr.talk.fd, d) && !(atr.talk.specific && atr.talk.implicit))
		t->fd = atr.talk.fd;
	/* specific mode leaves nothing to agree upon, 6.3.1 */
	t->pps = !atr.talk.specific &&
	    (t->fd != FD_DEFAULT || t->protocol != atr.protocol);
	return TMG_OK;
}

static uint8_t
xor_of(tmg_view v)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < v.len; i++)
		sum ^= v.ptr[i];
	return sum;
}

void
tmg_pps_put(tmg_out *out, const tmg_terms *t)
{
	uint8_t bytes[4] = { PPSS, (uint8_t)(PPS0_HAS_1 | t->protocol), t->fd, 0 };

	bytes[3] = xor_of((tmg_view){ bytes, 3 });
	tmg_put(out, TMG_VIEW(bytes));
}

tmg_rc
tmg_pps_take(tmg_view in, const tmg_terms *t, uint8_t *fd)
{
	*fd = FD_DEFAULT;
	if (in.len < 3 || in.len > TMG_PPS_MAX || in.ptr[0] != PPSS ||
	    xor_of(in) != 0 || (in.ptr[1] & 0x0f) != t->protocol)
		return TMG_E_MALFORMED;
	/* 9.3: PPS1 comes back unchanged or not at all; PPS2 and 3 were not sent */
	if ((in.ptr[1] & 0xf0) == 0)
		return in.len == 3 ? TMG_OK : TMG_E_MALFORMED;
	if ((in.ptr[1] & 0xf0) != PPS0_HAS_1 || in.len != 4 || in.ptr[2] != t->fd)
		return TMG_E_MALFORMED;
	*fd = t->fd;
	return TMG_OK;
}

/* bmTCCKST0 and bmTCCKST1: bit 1 is the convention, and for T=1 bit 4 is set and
 * bit 0 is CRC. */
void
tmg_parameters_put(tmg_out *out, const tmg_terms *t)
{
	const uint8_t convention = t->inverse ? 0x02 : 0x00;

	tmg_put_u8(out, t->fd);
	if (t->protocol == 0) {
		const uint8_t rest[] = { convention, t->talk.guard, t->talk.wi,
		    0 };

		tmg_put(out, TMG_VIEW(rest));
		return;
	}
	const uint8_t rest[] = { (uint8_t)(0x10 | convention | t->talk.crc),
	    t->talk.guard, t->talk.waiting, 0, t->talk.ifsc, 0 };

	tmg_put(out, TMG_VIEW(rest));
}
