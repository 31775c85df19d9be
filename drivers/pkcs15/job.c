/* SPDX-License-Identifier: BSD-2-Clause */
/* A slot that is about to be written: whose it is, who guards it, where files go. */
#include "drivers/pkcs15/write.h"

#include "src/codec/hex.h"

static tmg_rc
keep(tmg_p15 *p, tmg_view from, uint8_t store[static P15_ID_MAX], tmg_view *kept)
{
	if (from.len > P15_ID_MAX)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: an id of the card is longer than tamga writes"), p->who);
	if (from.len > 0)
		memcpy(store, from.ptr, from.len);
	*kept = (tmg_view){ store, from.len };
	return TMG_OK;
}

/* Of what is there; of an empty slot its name. */
static tmg_rc
take_id(tmg_p15 *p, const tmg_p15_spot *spot, tmg_p15_job *job)
{
	const tmg_p15_content *c = &p->content;
	uint8_t bytes[TMG_SLOT_NAME];
	tmg_out o = TMG_OUT(bytes);

	if (spot->key >= 0)
		return keep(p, c->keys[spot->key].id, job->id_bytes, &job->id);
	if (spot->cert >= 0)
		return keep(p, c->certs[spot->cert].id, job->id_bytes, &job->id);
	if (tmg_hex_parse(tmg_view_str(spot->name), &o))
		return p15_pass(p, TMG_E_USAGE);
	return keep(p, tmg_out_view(&o), job->id_bytes, &job->id);
}

/* Where directories are, by the ODF: new files are put beside them. */
static tmg_rc
take_root(tmg_p15 *p, tmg_p15_job *job)
{
	for (size_t i = 0; i < p->content.source_count; i++) {
		const tmg_path *path = &p->content.sources[i].value.place.path;

		job->root = tmg_path_parent(path);
		if (path->len > 2 && tmg_path_from(path, TMG_FID_MF))
			return TMG_OK;
	}
	return p15_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the card does not tell where its files are"), p->who);
}

/* The user's PIN guards what is written. */
static tmg_rc
take_pin(tmg_p15 *p, tmg_p15_job *job)
{
	const tmg_p15_pin *pin;
	tmg_rc rc;

	if ((rc = tmg_p15_pin_choose(p, TMG_PIN_USER, &pin)) ||
	    (rc = tmg_p15_want(p, pin->id)) ||
	    (rc = keep(p, pin->id, job->auth_bytes, &job->auth)))
		return rc;
	job->pin = pin->reference;
	return TMG_OK;
}

/* Certificates are found by their ids: which key's one of two is, nobody tells. */
static tmg_rc
check_alone(tmg_p15 *p, const tmg_p15_spot *spot, tmg_view id)
{
	const tmg_p15_content *c = &p->content;
	size_t same = 0;

	for (size_t i = 0; i < c->key_count; i++)
		same += tmg_view_equal(c->keys[i].id, id);
	return same <= 1 ? TMG_OK : p15_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: slot %s has its id in common with another key, and nobody would know "
	    "whose certificate is whose; delete one of them"), p->who, spot->name);
}

static tmg_rc
not_written(tmg_p15 *p)
{
	return p15_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: tamga does not write to cards of this kind; use the program of its "
	    "maker"), p->who);
}

tmg_rc
tmg_p15_job_begin(tmg_p15 *p, uint32_t slot, tmg_p15_job *job,
    const tmg_p15_spot **spot)
{
	tmg_rc rc;

	*job = (tmg_p15_job){ .number = 0 };
	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_learn_info(p)))
		return rc;
	if (!tmg_p15_writes(p))
		return not_written(p);
	if ((rc = take_pin(p, job)) || (rc = take_root(p, job)) ||
	    (rc = tmg_p15_spot_get(p, slot, spot)))
		return rc;
	job->old = (*spot)->key;
	return take_id(p, *spot, job);
}

/* Who names the place of two keys that stand there since a replacement was cut short
 * means what it was to end with. */
static tmg_rc
finish(tmg_p15 *p, tmg_p15_job *job, const tmg_p15_spot **spot)
{
	tmg_rc rc;

	if ((*spot)->key < 0)
		return TMG_OK;
	rc = tmg_p15_finish_key(p, (size_t)(*spot)->key);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc || (rc = tmg_p15_spot_of(p, job->id, spot)))
		return rc;
	job->old = (*spot)->key;
	return TMG_OK;
}

tmg_rc
tmg_p15_job_begin_alone(tmg_p15 *p, uint32_t slot, tmg_p15_job *job,
    const tmg_p15_spot **spot)
{
	tmg_rc rc;

	if ((rc = tmg_p15_job_begin(p, slot, job, spot)) ||
	    (rc = finish(p, job, spot)))
		return rc;
	return check_alone(p, *spot, job->id);
}

tmg_rc
tmg_p15_admin_auto(tmg_backend *b)
{
	tmg_p15 *p = tmg_p15_of(b);
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_learn_pins(p)))
		return rc;
	/* Else the security officer's PIN is known to its owner alone. */
	if (p->officer) {
		p->officer = false;
		return TMG_NOT_FOUND;
	}
	/* Nobody is asked for a PIN that would open nothing. */
	return tmg_p15_writes(p) ? tmg_p15_logged_in(b, TMG_PIN_USER)
	    : not_written(p);
}
