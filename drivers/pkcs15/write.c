/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys and certificates come and go.  The row of the PrKDF makes a key, that of the
 * CDF a certificate: all else is there before it comes, and goes after it went.
 */
#include "drivers/pkcs15/write.h"

#include <openssl/err.h>

#include "src/driver/given.h"
#include "src/driver/pubkey.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

#define FIELDS_MAX 1024u	/* bytes of 7F49 */

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

/* Who heard that the place is empty is not taken at his word when the PIN shows more. */
static tmg_rc
check_guess(tmg_p15 *p, const tmg_p15_spot *spot)
{
	return !p->content.guessed || (spot->key < 0 && spot->cert < 0) ? TMG_OK
	    : p15_raise(p, TMG_OCCUPIED, 0, _("%s: slot %s is taken, which the card "
		"showed only after the PIN; nothing was changed: choose another slot"),
		p->who, spot->name);
}

/* A row that was not understood, or is hidden, may be of the key that would be
 * overwritten. */
static tmg_rc
check_rows(tmg_p15 *p)
{
	const tmg_p15_content *c = &p->content;
	size_t rows = 0, size;
	const bool hidden = (c->hidden >> P15_PRIVATE & 1) != 0;
	tmg_view in, content;
	uint32_t tag;

	for (size_t i = 0; i < c->source_count; i++) {
		if (c->sources[i].dir != P15_PRIVATE)
			continue;
		in = (tmg_view){ c->bytes[i], c->lens[i] };
		while (c->bytes[i] != NULL &&
		    tmg_p15_next(&in, &tag, &content, &size) == TMG_OK)
			rows++;
	}
	return !hidden && rows == c->key_count ? TMG_OK : p15_raise(p, TMG_UNSUPPORTED, 0,
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

/* Of the old key; without one, of an attempt that was cut short. */
static const tmg_p15_key *
old_half(const tmg_p15_content *c, const tmg_p15_job *job)
{
	if (job->old >= 0)
		return tmg_p15_public_of(c, &c->keys[job->old]);
	for (size_t i = 0; i < c->public_count; i++)
		if (tmg_view_equal(c->publics[i].id, job->id))
			return &c->publics[i];
	return NULL;
}

/* The half that no other key has in common with this one. */
static const tmg_p15_key *
own_half(const tmg_p15_content *c, const tmg_p15_key *key)
{
	for (size_t i = 0; i < c->key_count; i++)
		if (&c->keys[i] != key && c->keys[i].family == key->family &&
		    tmg_view_equal(c->keys[i].id, key->id))
			return NULL;
	return tmg_p15_public_of(c, key);
}

/* One row for a key.  path: what the old one told of, len 0 none. */
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
	const tmg_p15_key *half = old_half(c, job);
	uint8_t bytes[P15_ROW_MAX];
	tmg_out row = TMG_OUT(bytes);
	tmg_rc rc;

	tmg_p15_public_put(&row, job);
	if ((rc = tmg_p15_sweep_publics(p, job, half != NULL
		? half->value.place.path : (tmg_path){ .len = 0 })) ||
	    (rc = put_row(p, at[1], old_half(c, job), &row, &gone[1])))
		return rc;
	row = TMG_OUT(bytes);
	tmg_p15_private_put(&row, job);
	return put_row(p, at[0], job->old >= 0 ? &c->keys[job->old] : NULL, &row,
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

/* Made by the card, or given; its public half. */
static tmg_rc
bring_key(tmg_p15 *p, const tmg_p15_job *job, const EVP_PKEY *given, tmg_out *spki)
{
	tmg_rc rc;

	if (given == NULL)
		return make_key(p, job, spki);
	rc = p->profile->family->import(p, job, given);
	return rc ? rc : tmg_p15_given_spki(p, given, spki);
}

/* Everything is there before the row tells of it. */
static tmg_rc
enter_key(tmg_p15 *p, tmg_p15_job *job, const EVP_PKEY *given, tmg_out *spki)
{
	const size_t mark = spki->len;
	tmg_path gone[2];
	size_t at[2];
	tmg_rc rc;

	if ((rc = tmg_p15_directory_want(p, job, P15_PRIVATE, &at[0])) ||
	    (rc = tmg_p15_directory_want(p, job, P15_PUBLIC, &at[1])) ||
	    (rc = choose_place(p, job)) || (rc = bring_key(p, job, given, spki)) ||
	    (rc = write_public(p, job, (tmg_view){ spki->ptr + mark,
		spki->len - mark })) ||
	    (rc = enter_rows(p, job, at, gone)))
		return rc;
	return clean(p, gone);
}

tmg_rc
tmg_p15_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_spot *spot;
	tmg_p15_job job;
	tmg_rc rc;

	if ((rc = tmg_p15_job_begin_alone(p, spec->slot, &job, &spot)) ||
	    (rc = check_guess(p, spot)) || (rc = check_spec(p, spec)))
		return p15_pass(p, rc);
	job.alg = spec->alg;
	return p15_pass(p, enter_key(p, &job, NULL, spki));
}

static tmg_rc
import_key(tmg_p15 *p, tmg_p15_job *job, tmg_view pkcs8)
{
	tmg_held(EVP_PKEY) key = NULL;
	uint8_t bytes[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(bytes);
	tmg_rc rc;

	if ((rc = tmg_given_key(&p->base, p->who, job->alg, pkcs8, &key)))
		return rc;
	return enter_key(p, job, key, &spki);
}

tmg_rc
tmg_p15_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_spot *spot;
	tmg_p15_job job;
	tmg_rc rc;

	if ((rc = tmg_p15_job_begin_alone(p, spec->slot, &job, &spot)) ||
	    (rc = check_guess(p, spot)) || (rc = check_spec(p, spec)))
		return p15_pass(p, rc);
	if (p->profile->family->import == NULL)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card takes no keys from outside"), p->who);
	job.alg = spec->alg;
	job.given = true;
	ERR_set_mark();
	rc = import_key(p, &job, pkcs8);
	ERR_pop_to_mark();
	return p15_pass(p, rc);
}

tmg_rc
tmg_p15_key_delete(tmg_backend *b, uint32_t slot)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_content *c = &p->content;
	tmg_path gone[2] = { { .len = 0 }, { .len = 0 } };
	const tmg_p15_spot *spot;
	const tmg_p15_key *key, *half;
	tmg_p15_job job;
	tmg_rc rc;

	if ((rc = tmg_p15_job_begin(p, slot, &job, &spot)) ||
	    (rc = tmg_p15_learn(p, P15_PUBLIC)))
		return p15_pass(p, rc);
	if (spot->key < 0)
		return p15_raise(p, TMG_NOT_FOUND, 0, _("%s: slot %s holds no key"),
		    p->who, spot->name);
	key = &c->keys[spot->key];
	half = own_half(c, key);
	gone[0] = key->value.place.path;
	if ((rc = tmg_p15_row_remove(p, &key->common)))
		return p15_pass(p, rc);
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

/* What the slot holds by now; of a key, its certificate alone. */
static tmg_rc
spot_now(tmg_p15 *p, uint32_t slot, const tmg_p15_job *job, const tmg_p15_spot **spot)
{
	tmg_rc rc;

	if (job->old < 0)
		return tmg_p15_spot_get(p, slot, spot);
	if ((rc = tmg_p15_spot_of(p, job->id, spot)) || (*spot)->cert < 0)
		return rc;
	if ((rc = tmg_p15_sweep_certs(p, job,
	    p->content.certs[(*spot)->cert].value.place.path)))
		return rc;
	return tmg_p15_spot_of(p, job->id, spot);
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
	if ((rc = tmg_p15_job_begin_alone(p, slot, &job, &spot)) ||
	    (rc = tmg_p15_directory_want(p, &job, P15_CERTS, &at)) ||
	    (rc = tmg_p15_file_make(p, &job, (tmg_p15_birth){
		.fid = p->profile->family->certs, .purpose = P15_FOR_PUBLIC,
		.size = der.len, .pin = job.pin }, &file)) ||
	    (rc = tmg_p15_file_write(p, &file, 0, der)) ||
	    (rc = spot_now(p, slot, &job, &spot)))
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

	if ((rc = tmg_p15_job_begin_alone(p, slot, &job, &spot)))
		return p15_pass(p, rc);
	if (spot->cert < 0)
		return p15_raise(p, TMG_NOT_FOUND, 0,
		    _("%s: slot %s holds no certificate"), p->who, spot->name);
	gone = file_of(&p->content.certs[spot->cert]);
	rc = tmg_p15_row_remove(p, &p->content.certs[spot->cert].common);
	return p15_pass(p, rc ? rc : tmg_p15_file_delete(p, &gone));
}
