/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/selected.h"

#include "src/base/clock.h"

/* Between turns another program may select something else, and nothing tells.
 * So soon after our last word it is taken that none did. */
#define TRUST_MS 1000

bool
tmg_selected_is(const tmg_selected *s, const tmg_channel *ch)
{
	return s->aid.len > 0 && s->epoch == ch->epoch &&
	    tmg_view_equal(s->aid, (tmg_view){ ch->aid, ch->aid_len });
}

/* In the turn in which we selected it, or soon after the last such word. */
static bool
is_certain(const tmg_selected *s, const tmg_channel *ch)
{
	return s->certain && (s->turn == ch->turn ||
	    tmg_now_ms() - s->spoken_ms <= TRUST_MS);
}

bool
tmg_selected_certain(const tmg_selected *s, const tmg_channel *ch)
{
	return tmg_selected_is(s, ch) && is_certain(s, ch);
}

void
tmg_selected_speaks(tmg_selected *s, const tmg_channel *ch)
{
	if (is_certain(s, ch))
		s->turn = ch->turn;
}

/* A word in doubt makes nothing certain: whoever answers it may be another. */
void
tmg_selected_spoken(tmg_selected *s, const tmg_channel *ch, bool select)
{
	s->certain = select || is_certain(s, ch);
	s->turn = ch->turn;
	if (s->certain)
		s->spoken_ms = tmg_now_ms();
}

void
tmg_selected_set(tmg_selected *s, tmg_channel *ch)
{
	memcpy(ch->aid, s->aid.ptr, s->aid.len);
	ch->aid_len = s->aid.len;
	s->epoch = ch->epoch;
}
