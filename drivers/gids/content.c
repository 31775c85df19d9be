/* SPDX-License-Identifier: BSD-2-Clause */
/* The master file, and the container map that it names. */
#include "drivers/gids/gids.h"

#include "src/base/scope.h"

#define HEAD_MAX 8u		/* bytes of a data object's tag and length */

static const tmg_gids_place master_place = { 0xa000, 0xdf1f };

static tmg_rc
unreadable(tmg_gids *g, const char *what)
{
	return gids_raise(g, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: %s cannot be read; was the card set up by a program that keeps "
	    "to another form?"), g->who, _(what));
}

/* Reads an object to the place where it is kept. */
static tmg_rc
read_into(tmg_gids *g, const tmg_gids_place *place, uint8_t *to, size_t cap,
    size_t *len, const char *what)
{
	tmg_auto_free uint8_t *bytes = malloc(cap + HEAD_MAX);
	tmg_out store = { bytes, cap + HEAD_MAX, 0, false };
	tmg_view content;
	tmg_rc rc;

	*len = 0;
	if (bytes == NULL)
		return gids_raise(g, TMG_E_NOMEM, 0, _("out of memory"));
	rc = tmg_gids_get(g, place, &store, &content);
	if (rc == TMG_E_SPACE || rc == TMG_E_MALFORMED)
		return unreadable(g, what);
	if (rc)
		return rc;
	if (content.len > cap)
		return unreadable(g, what);
	if (content.len > 0)
		memcpy(to, content.ptr, content.len);
	*len = content.len;
	return TMG_OK;
}

static tmg_rc
read_master(tmg_gids *g)
{
	tmg_gids_content *c = &g->content;
	const tmg_rc rc = read_into(g, &master_place, c->master, sizeof(c->master),
	    &c->master_len, N_("its master file"));

	if (rc == TMG_NOT_FOUND)
		return gids_raise(g, rc, g->base.fault.sw,
		    _("%s: nobody has set this card up yet"), g->who);
	if (rc == TMG_OK && tmg_gids_master_check(tmg_gids_master(g)))
		return unreadable(g, N_("its master file"));
	return rc;
}

/* A card without a key may have no map, or an empty one. */
static tmg_rc
read_map(tmg_gids *g)
{
	tmg_gids_content *c = &g->content;
	tmg_gids_place place;
	size_t count;
	tmg_rc rc;

	c->map_len = 0;
	if (tmg_gids_master_find(tmg_gids_master(g), "mscp", "cmapfile", &place))
		return TMG_OK;
	rc = read_into(g, &place, c->map, sizeof(c->map), &c->map_len,
	    N_("its container map"));
	if (rc == TMG_OK && tmg_gids_map_count(tmg_gids_map(g), &count))
		return unreadable(g, N_("its container map"));
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
learn(tmg_gids *g)
{
	tmg_rc rc;

	g->content.known = false;
	if ((rc = read_master(g)) || (rc = read_map(g)))
		return gids_pass(g, rc);
	g->content.known = true;
	g->content.turn = g->base.ch->turn;
	return TMG_OK;
}

static bool
is_known(const tmg_gids *g)
{
	return g->content.known &&
	    tmg_selected_is(&g->app.selected, g->base.ch);
}

tmg_rc
tmg_gids_learn(tmg_gids *g)
{
	return is_known(g) ? TMG_OK : learn(g);
}

/* Between turns another program may have written. */
tmg_rc
tmg_gids_learn_anew(tmg_gids *g)
{
	return is_known(g) && g->content.turn == g->base.ch->turn ? TMG_OK
	    : learn(g);
}

/* What was refused, or nobody knows whether it was done, is read again. */
static tmg_rc
write_back(tmg_gids *g, const tmg_gids_place *place, tmg_view fresh, uint8_t *to,
    size_t cap, size_t *len)
{
	tmg_rc rc;

	if (fresh.len > cap)
		return gids_raise(g, TMG_DENIED, 0,
		    _("%s: the card has too many files"), g->who);
	if ((rc = tmg_gids_put(g, place, fresh))) {
		g->content.known = false;
		return gids_pass(g, rc);
	}
	memcpy(to, fresh.ptr, fresh.len);
	*len = fresh.len;
	return TMG_OK;
}

tmg_rc
tmg_gids_master_write(tmg_gids *g, tmg_view fresh)
{
	tmg_gids_content *c = &g->content;

	return write_back(g, &master_place, fresh, c->master, sizeof(c->master),
	    &c->master_len);
}

tmg_rc
tmg_gids_map_write(tmg_gids *g, tmg_view fresh)
{
	tmg_gids_content *c = &g->content;
	tmg_gids_place place;

	if (tmg_gids_master_find(tmg_gids_master(g), "mscp", "cmapfile", &place))
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: the card has no container map, where keys are noted; "
		    "set it up anew"), g->who);
	return write_back(g, &place, fresh, c->map, sizeof(c->map), &c->map_len);
}
