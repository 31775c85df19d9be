/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys and certificates come and go.  The row of the PrKDF makes a key, that of the
 * CDF a certificate: all else is there before it comes, and goes after it went.
 */
#include "drivers/pkcs15/write.h"

#include "src/codec/hex.h"
#include "src/driver/pubkey.h"
#include "src/pki/spki.h"

#define FIELDS_MAX 1024u	/* bytes of 7F49 */

/* ---- what is to be done ---------------------------------------------------------- */

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

/* Rows are found by their ids. */
static tmg_rc
check_alone(tmg_p15 *p, const tmg_p15_spot *spot, tmg_view id)
{
	const tmg_p15_content *c = &p->content;
	size_t same = 0;

	for (size_t i = 0; i < c->key_count; i++)
		same += tmg_view_equal(c->keys[i].id, id);
	return same <= 1 ? TMG_OK : p15_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: slot %s has its id in common with another key, and tamga would not "
	    "know which to write; use the program of the card's maker"), p->who,
	    spot->name);
}

/* spot holds until a directory changes. */
static tmg_rc
begin(tmg_p15 *p, uint32_t slot, tmg_p15_job *job, const tmg_p15_spot **spot)
{
	tmg_rc rc;

	*job = (tmg_p15_job){ .number = 0 };
	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_learn_info(p)))
		return rc;
	if (!tmg_p15_writes(p))
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: tamga does not write to cards of this kind; use the "
		    "program of its maker"), p->who);
	if ((rc = take_pin(p, job)) || (rc = take_root(p, job)) ||
	    (rc = tmg_p15_spot_get(p, slot, spot)) ||
	    (rc = take_id(p, *spot, job)))
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
	return tmg_p15_writes(p) ? tmg_p15_logged_in(b, TMG_PIN_USER)
	    : TMG_NOT_FOUND;
}

/* ---- keys ------------------------------------------------------------------------- */

static tmg_rc
check_spec(tmg_p15 *p, const tmg_keyspec *spec)
{
	if ((p->profile->family->algs >> spec->alg & 1) == 0)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card makes no keys of the kind %s"), p->who,
		    tmg_alg_get(spec->alg)->name);
	if ((spec->pin != TMG_PIN_UNKNOWN && spec->pin != TMG_PIN_ONCE) ||
	    spec->touch > TMG_TOUCH_NEVER)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card wants the PIN once in a login and no touch, and "
		    "nothing else"), p->who);
	return TMG_OK;
}

/* A row that was not understood may be of the key that would be overwritten. */
static tmg_rc
check_rows(tmg_p15 *p)
{
	const tmg_p15_content *c = &p->content;
	size_t rows = 0, size;
	tmg_view in, content;
	uint32_t tag;

	for (size_t i = 0; i < c->source_count; i++) {
		in = (tmg_view){ c->bytes[i], c->lens[i] };
		while (c->sources[i].dir == P15_PRIVATE && c->bytes[i] != NULL &&
		    tmg_p15_next(&in, &tag, &content, &size) == TMG_OK)
			rows++;
	}
	return rows == c->key_count ? TMG_OK : p15_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the card has keys of a kind that tamga does not know, and would "
	    "not know which to spare"), p->who);
}

static bool
is_used(const tmg_p15_content *c, int number)
{
	for (size_t i = 0; i < c->key_count; i++)
		if (c->keys[i].reference == number)
			return true;
	return false;
}

/* A file of its own, or the first number that no key has. */
static tmg_rc
choose_place(tmg_p15 *p, tmg_p15_job *job)
{
	const tmg_p15_family *family = p->profile->family;
	tmg_rc rc;

	if (family->keys == 0) {
		if ((rc = check_rows(p)))
			return rc;
		while (job->number < P15_KEY_NUMBERS &&
		    is_used(&p->content, (int)job->number))
			job->number++;
		return job->number < P15_KEY_NUMBERS ? TMG_OK : p15_raise(p,
		    TMG_DENIED, 0, _("%s: the card has no room for another key; "
		    "delete one"), p->who);
	}
	if ((rc = tmg_p15_file_make(p, job, (tmg_p15_birth){ .fid = family->keys,
	    .purpose = P15_FOR_KEY, .alg = job->alg, .pin = job->pin,
	    .size = tmg_alg_get(job->alg)->bits }, &job->key)))
		return rc;
	job->number = job->key.bytes[job->key.len - 1];
	return TMG_OK;
}

static tmg_rc
make_key(tmg_p15 *p, const tmg_p15_job *job, tmg_out *spki)
{
	uint8_t bytes[FIELDS_MAX];
	tmg_out fields = TMG_OUT(bytes);
	tmg_rc rc = p->profile->family->generate(p, job, &fields);

	if (rc == TMG_OK)
		rc = tmg_pubkey_spki(job->alg, tmg_out_view(&fields), spki);
	if (rc == TMG_E_MALFORMED)
		return p15_raise(p, rc, TMG_SW_OK,
		    _("%s: the card made a key, but its public half cannot be "
		    "read"), p->who);
	return rc;
}

/* An RSAPublicKey, or for curves the whole SubjectPublicKeyInfo, as pkcs15-init
 * has it. */
static tmg_rc
write_public(tmg_p15 *p, tmg_p15_job *job, tmg_view spki)
{
	tmg_rc rc;

	if (tmg_alg_get(job->alg)->family == TMG_FAMILY_RSA &&
	    (rc = tmg_spki_bits(spki, &spki)))
		return rc;
	if ((rc = tmg_p15_file_make(p, job, (tmg_p15_birth){
		.fid = p->profile->family->publics, .purpose = P15_FOR_PUBLIC,
		.size = spki.len, .pin = job->pin }, &job->public)))
		return rc;
	return tmg_p15_file_write(p, &job->public, 0, spki);
}

static const tmg_p15_key *
find(const tmg_p15_key *keys, size_t count, tmg_view id)
{
	for (size_t i = 0; i < count; i++)
		if (tmg_view_equal(keys[i].id, id))
			return &keys[i];
	return NULL;
}

/* One row for an id.  path: what the old one told of, len 0 none. */
static tmg_rc
put_row(tmg_p15 *p, size_t at, const tmg_p15_key *old, const tmg_out *row,
    tmg_path *path)
{
	*path = old != NULL ? old->value.place.path : (tmg_path){ .len = 0 };
	if (row->full)
		return p15_pass(p, TMG_E_SPACE);
	return old != NULL ? tmg_p15_row_replace(p, &old->common,
	    tmg_out_view(row)) : tmg_p15_row_add(p, at, tmg_out_view(row));
}

static tmg_rc
enter_rows(tmg_p15 *p, const tmg_p15_job *job, const size_t at[2],
    tmg_path gone[2])
{
	const tmg_p15_content *c = &p->content;
	uint8_t bytes[P15_ROW_MAX];
	tmg_out row = TMG_OUT(bytes);
	tmg_rc rc;

	tmg_p15_public_put(&row, job);
	if ((rc = put_row(p, at[1], find(c->publics, c->public_count, job->id),
	    &row, &gone[1])))
		return rc;
	row = TMG_OUT(bytes);
	tmg_p15_private_put(&row, job);
	return put_row(p, at[0], find(c->keys, c->key_count, job->id), &row,
	    &gone[0]);
}

/* What an old key leaves behind; a key without a file is overwritten one day. */
static tmg_rc
clean(tmg_p15 *p, const tmg_path gone[2])
{
	tmg_rc rc;

	if ((rc = tmg_p15_file_delete(p, &gone[1])))
		return rc;
	return p->profile->family->keys != 0 ? tmg_p15_file_delete(p, &gone[0])
	    : TMG_OK;
}

tmg_rc
tmg_p15_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	tmg_p15 *p = tmg_p15_of(b);
	const size_t mark = spki->len;
	const tmg_p15_spot *spot;
	tmg_path gone[2];
	tmg_p15_job job;
	size_t at[2];
	tmg_rc rc;

	if ((rc = begin(p, spec->slot, &job, &spot)) || (rc = check_spec(p, spec)))
		return p15_pass(p, rc);
	job.alg = spec->alg;
	if ((rc = tmg_p15_directory_want(p, &job, P15_PRIVATE, &at[0])) ||
	    (rc = tmg_p15_directory_want(p, &job, P15_PUBLIC, &at[1])) ||
	    (rc = choose_place(p, &job)) || (rc = make_key(p, &job, spki)) ||
	    (rc = write_public(p, &job, (tmg_view){ spki->ptr + mark,
		spki->len - mark })) ||
	    (rc = enter_rows(p, &job, at, gone)))
		return p15_pass(p, rc);
	return p15_pass(p, clean(p, gone));
}

tmg_rc
tmg_p15_key_delete(tmg_backend *b, uint32_t slot)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_content *c = &p->content;
	tmg_path gone[2] = { { .len = 0 }, { .len = 0 } };
	const tmg_p15_spot *spot;
	const tmg_p15_key *half;
	tmg_p15_job job;
	tmg_rc rc;

	if ((rc = begin(p, slot, &job, &spot)) ||
	    (rc = tmg_p15_learn(p, P15_PUBLIC)))
		return p15_pass(p, rc);
	if (spot->key < 0)
		return p15_raise(p, TMG_NOT_FOUND, 0, _("%s: slot %s holds no key"),
		    p->who, spot->name);
	gone[0] = c->keys[spot->key].value.place.path;
	if ((rc = tmg_p15_row_remove(p, &c->keys[spot->key].common)))
		return p15_pass(p, rc);
	half = find(c->publics, c->public_count, job.id);
	if (half != NULL) {
		gone[1] = half->value.place.path;
		if ((rc = tmg_p15_row_remove(p, &half->common)))
			return p15_pass(p, rc);
	}
	return p15_pass(p, clean(p, gone));
}

/* ---- certificates ----------------------------------------------------------------- */

/* A file that holds one certificate and nothing else. */
static tmg_path
file_of(const tmg_p15_cert *cert)
{
	return cert->value.place.offset == 0 && cert->value.place.length == 0
	    ? cert->value.place.path : (tmg_path){ .len = 0 };
}

tmg_rc
tmg_p15_cert_write(tmg_backend *b, uint32_t slot, tmg_view der)
{
	tmg_p15 *p = tmg_p15_of(b);
	uint8_t bytes[P15_ROW_MAX];
	tmg_out row = TMG_OUT(bytes);
	tmg_path file, gone = { .len = 0 };
	const tmg_p15_spot *spot;
	tmg_p15_job job;
	size_t at;
	tmg_rc rc;

	if (der.len == 0 || der.len > INT16_MAX)
		return p15_raise(p, TMG_E_USAGE, 0,
		    _("%s: a certificate of %zu bytes cannot be written"), p->who,
		    der.len);
	if ((rc = begin(p, slot, &job, &spot)) ||
	    (rc = tmg_p15_directory_want(p, &job, P15_CERTS, &at)) ||
	    (rc = tmg_p15_file_make(p, &job, (tmg_p15_birth){
		.fid = p->profile->family->certs, .purpose = P15_FOR_PUBLIC,
		.size = der.len, .pin = job.pin }, &file)) ||
	    (rc = tmg_p15_file_write(p, &file, 0, der)) ||
	    (rc = tmg_p15_spot_get(p, slot, &spot)))
		return p15_pass(p, rc);
	tmg_p15_cert_put(&row, &job, &file);
	if (spot->cert >= 0) {
		const tmg_p15_cert *old = &p->content.certs[spot->cert];

		gone = file_of(old);
		rc = tmg_p15_row_replace(p, &old->common, tmg_out_view(&row));
	} else {
		rc = tmg_p15_row_add(p, at, tmg_out_view(&row));
	}
	return p15_pass(p, rc ? rc : tmg_p15_file_delete(p, &gone));
}

tmg_rc
tmg_p15_cert_delete(tmg_backend *b, uint32_t slot)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_spot *spot;
	tmg_p15_job job;
	tmg_path gone;
	tmg_rc rc;

	if ((rc = begin(p, slot, &job, &spot)))
		return p15_pass(p, rc);
	if (spot->cert < 0)
		return p15_raise(p, TMG_NOT_FOUND, 0,
		    _("%s: slot %s holds no certificate"), p->who, spot->name);
	gone = file_of(&p->content.certs[spot->cert]);
	rc = tmg_p15_row_remove(p, &p->content.certs[spot->cert].common);
	return p15_pass(p, rc ? rc : tmg_p15_file_delete(p, &gone));
}
