/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are made, written and deleted. */
#include "drivers/pkcs15/write.h"

#include "src/iso/life.h"

enum {
	FCP_MAX = 64,
	NAMES = 64,		/* of files that are tried */
};

static const tmg_status change_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_BLOCKED, TMG_PIN_LOCKED, N_("the PIN is blocked") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card is full; delete a certificate or a "
	    "key that nobody needs") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_SW_EXISTS, TMG_DENIED, N_("there is such a file already") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the card has no such file") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_CLA, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

bool
tmg_p15_writes(const tmg_p15 *p)
{
	return p->profile->family != NULL && p->base.info.blank == NULL &&
	    !p->content.info.readonly;
}

tmg_rc
tmg_p15_changed(tmg_p15 *p, tmg_rc rc, uint16_t sw, const char *doing)
{
	if (rc == TMG_OK && sw == TMG_SW_OK)
		return TMG_OK;
	if (tmg_p15_is_past_card(rc))
		return p15_pass(p, rc);
	/* Nothing was sent, or all before it went well. */
	if (rc == TMG_DENIED && (sw == 0 || sw == TMG_SW_OK))
		return p15_raise(p, TMG_DENIED, sw, _("%s: %s: a file of the card "
		    "has no room for more; delete what nobody needs"), p->who,
		    _(doing));
	if (sw == TMG_SW_LOGIN)
		tmg_p15_doubt(p);
	if (sw != 0 && sw != TMG_SW_OK)
		return p15_pass(p, p15_judge(p, change_sw, sw, doing));
	if (rc == TMG_E_MALFORMED || rc == TMG_E_SPACE)
		return p15_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: %s: the card's answer cannot be read"), p->who, _(doing));
	return p15_pass(p, rc);
}

/* ---- a new file -------------------------------------------------------------- */

/* Anywhere in a directory, even in a row that was not understood, or in the ODF,
 * which tells of the directories themselves. */
static bool
is_named(const tmg_p15 *p, uint16_t fid)
{
	const uint8_t bytes[] = { (uint8_t)(fid >> 8), (uint8_t)fid };
	const tmg_p15_content *c = &p->content;

	for (size_t i = 0; i < TMG_COUNT(c->bytes); i++)
		if (c->bytes[i] != NULL && memmem(c->bytes[i], c->lens[i], bytes,
		    sizeof(bytes)) != NULL)
			return true;
	return false;
}

/* IsoApplet says of a file that is there what ISO says of invalid data. */
bool
tmg_p15_is_in_the_way(tmg_rc rc, uint16_t sw)
{
	return rc == TMG_OCCUPIED || (rc == TMG_E_CARD && sw == TMG_SW_INVALIDATED);
}

static tmg_rc
create(tmg_p15 *p, const tmg_p15_job *job, const tmg_p15_birth *file,
    uint16_t *sw)
{
	uint8_t bytes[FCP_MAX];
	tmg_out fcp = TMG_OUT(bytes);

	p->profile->family->put_fcp(&fcp, file);
	return tmg_files_create(&p->files, &job->root, tmg_out_view(&fcp), sw);
}

/* A directory that nobody can read, or not to its end, may tell of any file. */
static bool
may_be_named(const tmg_p15 *p, uint16_t fid)
{
	const tmg_p15_content *c = &p->content;
	bool unseen = c->hidden != 0 || !c->ended[P15_AT_ODF];

	for (size_t i = 0; i < c->source_count; i++)
		unseen |= c->bytes[i] != NULL && !c->ended[i];
	return unseen || is_named(p, fid);
}

static tmg_rc
take_over(tmg_p15 *p, const tmg_p15_job *job, const tmg_p15_birth *file,
    const tmg_path *path, uint16_t *sw)
{
	tmg_rc rc;

	if (may_be_named(p, file->fid))
		return TMG_OCCUPIED;
	if ((rc = tmg_files_delete(&p->files, path,
	    p->profile->family->delete_by_fid, sw)))
		return rc;
	return create(p, job, file, sw);
}

tmg_rc
tmg_p15_file_make(tmg_p15 *p, const tmg_p15_job *job, tmg_p15_birth file,
    tmg_path *path)
{
	uint16_t sw = 0;
	tmg_rc rc = TMG_OCCUPIED;

	for (unsigned n = 0; rc == TMG_OCCUPIED && n < NAMES; n++, file.fid++) {
		const uint8_t fid[] = { (uint8_t)(file.fid >> 8),
		    (uint8_t)file.fid };

		if (is_named(p, file.fid))
			continue;
		if ((rc = tmg_path_join(&job->root, TMG_VIEW(fid), path)))
			return p15_pass(p, rc);
		rc = create(p, job, &file, &sw);
		if (!tmg_p15_is_in_the_way(rc, sw))
			continue;
		/* All that the card tells of is asked before something is taken away. */
		if ((rc = tmg_p15_learn_rest(p)))
			return p15_pass(p, rc);
		rc = take_over(p, job, &file, path, &sw);
	}
	if (rc == TMG_OCCUPIED)
		return p15_raise(p, TMG_DENIED, sw, _("%s: the card has no name left "
		    "for another file; delete a certificate or a key that nobody "
		    "needs"), p->who);
	return tmg_p15_changed(p, rc, sw, N_("making a file"));
}

/* ---- and one that is there ---------------------------------------------------- */

tmg_rc
tmg_p15_file_write(tmg_p15 *p, const tmg_path *path, size_t offset, tmg_view data)
{
	uint16_t sw = 0;
	const tmg_rc rc = tmg_files_update(&p->files, path, offset, data, &sw);

	/* 63Cx: written, after so many tries */
	return tmg_p15_changed(p, rc, rc == TMG_OK ? TMG_SW_OK : sw,
	    N_("writing a file"));
}

/* What a row somewhere tells of stays: two rows may share a file. */
tmg_rc
tmg_p15_file_delete(tmg_p15 *p, const tmg_path *path)
{
	uint16_t sw = 0;
	tmg_rc rc;

	if (path->len <= 4)
		return TMG_OK;
	if ((rc = tmg_p15_learn_rest(p)))
		return rc;
	if (may_be_named(p, (uint16_t)(path->bytes[path->len - 2] << 8 |
	    path->bytes[path->len - 1])))
		return TMG_OK;
	rc = tmg_files_delete(&p->files, path, p->profile->family->delete_by_fid,
	    &sw);
	/* Gone is gone. */
	return rc == TMG_NOT_FOUND ? TMG_OK
	    : tmg_p15_changed(p, rc, sw, N_("deleting a file"));
}
