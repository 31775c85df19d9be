/* SPDX-License-Identifier: BSD-2-Clause */
/* The application: finding it, keeping it selected, speaking to it, its files. */
#include "drivers/pkcs15/pkcs15.h"

void
tmg_p15_forget(tmg_p15 *p)
{
	p->in = 0;
	p->se.known = false;
	tmg_files_forget(&p->files);
}

void
tmg_p15_doubt(tmg_p15 *p)
{
	tmg_p15_forget(p);
	p->base.ch->aid_len = 0;
}

static tmg_rc
spoken(tmg_p15 *p, bool select, tmg_rc rc)
{
	tmg_selected_spoken(&p->selected, p->base.ch, select);
	if (rc == TMG_RESET || rc == TMG_REMOVED)
		tmg_p15_forget(p);
	return rc ? tmg_fault_copy(&p->base.fault, &p->base.ch->fault, rc)
	    : TMG_OK;
}

tmg_rc
tmg_p15_send(tmg_p15 *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_channel *ch = p->base.ch;

	*sw = 0;
	tmg_selected_speaks(&p->selected, ch);
	return p15_pass(p, spoken(p, c->ins == INS_SELECT && c->p1 == 0x04,
	    ch->ops->exchange(ch, c, data, sw)));
}

tmg_rc
tmg_p15_send_typed(tmg_p15 *p, const tmg_capdu *c, const tmg_pad_form *form,
    uint16_t *sw)
{
	tmg_channel *ch = p->base.ch;

	*sw = 0;
	return p15_pass(p, spoken(p, false, ch->ops->enter(ch, c, form, sw)));
}

/* ---- SELECT --------------------------------------------------------------- */

static tmg_rc
by_aid(tmg_p15 *p, uint16_t *sw)
{
	uint8_t bytes[256];
	tmg_out answer = TMG_OUT(bytes);
	tmg_fcp fcp;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){
		.ins = INS_SELECT,
		.p1 = 0x04,
		.data = p->selected.aid,
		.le = TMG_LE_SHORT,
	    }, &answer, sw)))
		return rc == TMG_E_SPACE ? TMG_NOT_FOUND : rc;
	if (*sw != TMG_SW_OK)
		return TMG_NOT_FOUND;
	p->interface = answer.len > 0 && bytes[0] < 0x60 ? bytes[0] : 0;
	tmg_files_at_home(&p->files);
	/* An applet may show its MF, where the application's DF is no more than a
	 * child. */
	if (tmg_fcp_parse(tmg_out_view(&answer), &fcp) == TMG_OK &&
	    fcp.fid == TMG_FID_MF)
		tmg_files_forget(&p->files);
	return TMG_OK;
}

/* An application that has no name to be selected by. */
static tmg_rc
by_path(tmg_p15 *p, uint16_t *sw)
{
	const tmg_rc rc = tmg_files_select(&p->files, &p->path, sw);

	tmg_selected_spoken(&p->selected, p->base.ch, true);
	return rc;
}

tmg_rc
tmg_p15_select(tmg_p15 *p)
{
	uint16_t sw = 0;
	tmg_rc rc;

	tmg_p15_forget(p);
	rc = p->path.len > 0 ? by_path(p, &sw) : by_aid(p, &sw);
	if (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED || rc == TMG_DENIED)
		return p15_raise(p, TMG_NOT_FOUND, sw,
		    _("%s: there is no PKCS #15 application on this card"), p->who);
	if (rc)
		return p15_pass(p, rc);
	tmg_selected_set(&p->selected, p->base.ch);
	return TMG_OK;
}

tmg_rc
tmg_p15_select_again(tmg_p15 *p)
{
	const tmg_rc rc = tmg_p15_select(p);
	const uint16_t sw = p->base.fault.sw;

	if (rc != TMG_NOT_FOUND)
		return rc;
	if (sw != TMG_SW_NO_FILE)
		return p15_raise(p, TMG_E_CARD, sw,
		    _("%s: selecting the PKCS #15 application: the card answered %04X"),
		    p->who, sw);
	return p15_raise(p, TMG_E_CARD, sw,
	    _("%s: the PKCS #15 application is no longer there; was the card "
	    "exchanged?"), p->who);
}

/* Which file is current, and what MSE made, is told by nobody: another program
 * may have used its turns for its own. */
tmg_rc
tmg_p15_ready(tmg_p15 *p, bool secret)
{
	tmg_channel *ch = p->base.ch;
	const bool certain = tmg_selected_certain(&p->selected, ch);
	tmg_rc rc = TMG_OK;

	p->doubtful = false;
	if (!tmg_selected_is(&p->selected, ch) || (secret && !certain)) {
		rc = tmg_p15_select_again(p);
	} else if (!certain && p->turn != ch->turn) {
		p->se.known = false;
		tmg_files_forget(&p->files);
		p->doubtful = true;
	}
	p->turn = ch->turn;
	/* After a reset it may be another card, or filled otherwise. */
	if (p->epoch != ch->epoch)
		tmg_p15_content_drop(&p->content);
	p->epoch = ch->epoch;
	return p15_pass(p, rc);
}

/* ---- files ------------------------------------------------------------------ */

static const struct {
	tmg_rc rc, told;
	const char *words;
} files_said[] = {
	{ TMG_NOT_FOUND, TMG_NOT_FOUND, N_("the card has no such file") },
	{ TMG_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_PIN_LOCKED, TMG_PIN_LOCKED, N_("the PIN is blocked") },
	{ TMG_DENIED, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_UNSUPPORTED, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_E_SPACE, TMG_E_MALFORMED, N_("there is more than can be") },
	{ TMG_E_MALFORMED, TMG_E_MALFORMED, N_("the card's answer cannot be read") },
};

static tmg_rc
explain(tmg_p15 *p, tmg_rc rc, uint16_t sw, const char *what)
{
	/* without an answer: said by who wanted to go there */
	if (rc == TMG_OK || tmg_p15_is_past_card(rc) || (rc == TMG_E_CARD && sw == 0))
		return p15_pass(p, rc);
	for (size_t i = 0; i < TMG_COUNT(files_said); i++)
		if (files_said[i].rc == rc)
			return p15_raise(p, files_said[i].told, sw, "%s: %s: %s",
			    p->who, _(what), _(files_said[i].words));
	return p15_raise(p, rc, sw, _("%s: %s: the card answered %04X"), p->who,
	    _(what), sw);
}

/* Where another program may have selected its application, ours is selected
 * before the answer is believed. */
static bool
is_foreign(tmg_p15 *p, tmg_rc rc)
{
	return p->doubtful && (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED ||
	    rc == TMG_DENIED || rc == TMG_E_CARD);
}

tmg_rc
tmg_p15_read(tmg_p15 *p, const tmg_span *span, tmg_out *data, const char *what)
{
	const size_t mark = data->len;
	uint16_t sw;
	tmg_rc rc = tmg_files_read(&p->files, span, data, &sw);

	if (is_foreign(p, rc)) {
		p->doubtful = false;
		data->len = mark;
		data->full = false;
		if ((rc = tmg_p15_select_again(p)))
			return rc;
		rc = tmg_files_read(&p->files, span, data, &sw);
	}
	return explain(p, rc, sw, what);
}

tmg_rc
tmg_p15_enter(tmg_p15 *p, const tmg_path *path)
{
	uint16_t sw;
	tmg_rc rc;

	if (path->len == 0)
		return TMG_OK;
	rc = tmg_files_enter(&p->files, path, &sw);
	/* A key without a file of its own, that has a path nevertheless: 6.3.3. */
	if (rc == TMG_NOT_FOUND && path->len > 2) {
		const tmg_path parent = tmg_path_parent(path);

		rc = tmg_files_enter(&p->files, &parent, &sw);
	}
	return explain(p, rc, sw, N_("selecting a file"));
}

/* ---- EF.DIR, 5.4.1 ------------------------------------------------------------ */

/* Verdicts TMG_NOT_FOUND.  What it answers is of no use. */
static tmg_rc
select_root(tmg_p15 *p)
{
	uint8_t bytes[256];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	if (p->root_len == 0)
		return TMG_OK;
	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_SELECT, .p1 = 0x04,
	    .data = { p->root, p->root_len }, .le = TMG_LE_SHORT }, &answer, &sw)))
		return rc;
	return sw == TMG_SW_OK ? TMG_OK : TMG_NOT_FOUND;
}

tmg_rc
tmg_p15_find(tmg_p15 *p)
{
	const tmg_span span = {
		.path = { { 0x3f, 0x00, 0x2f, 0x00 }, 4 },
		.extent = TMG_EXTENT_OBJECTS,
	};
	uint8_t bytes[1024];
	tmg_out store = TMG_OUT(bytes);
	tmg_p15_app app;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = select_root(p)))
		return rc;
	tmg_files_forget(&p->files);
	rc = tmg_files_read(&p->files, &span, &store, &sw);
	if (tmg_p15_is_past_card(rc))
		return p15_pass(p, rc);
	/* Of a long one the first applications are looked at. */
	if ((rc != TMG_OK && rc != TMG_E_SPACE) || tmg_p15_apps_parse(tmg_out_view(&store), &app) ||
	    app.aid.len > sizeof(p->aid))
		return TMG_NOT_FOUND;
	memcpy(p->aid, app.aid.ptr, app.aid.len);
	p->selected.aid = (tmg_view){ p->aid, app.aid.len };
	p->path = app.path;
	p->odf = app.odf;
	p->info = app.info;
	return tmg_p15_select(p);
}
