/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A row that was to take another's place, which was longer than one command carries
 * with all that is behind it, stands behind the old one until that goes.  A card that
 * was pulled out in between has both.  The newer one is known: it is byte for byte
 * what tamga writes.
 */
#include "drivers/pkcs15/write.h"

static bool
is_written(const tmg_p15 *p, const tmg_p15_common *row, const tmg_out *ours)
{
	const tmg_view is = { p->content.bytes[row->source] + row->offset, row->size };

	return !ours->full && tmg_view_equal(is, tmg_out_view(ours));
}

/* Rows tell of an algorithm by its family and, of RSA and private keys, its bits. */
static tmg_alg
alg_like(const tmg_p15_key *key)
{
	for (tmg_alg alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++)
		if (tmg_alg_get(alg)->family == key->family && (key->bits == 0 ||
		    (size_t)tmg_alg_get(alg)->bits == key->bits))
			return alg;
	return TMG_ALG_NONE;
}

static tmg_p15_job
job_of(const tmg_p15_key *key)
{
	return (tmg_p15_job){
		.id = key->id, .auth = key->common.auth, .alg = alg_like(key),
		.given = (key->access & P15_ACCESS_LOCAL) == 0,
		.number = (unsigned)key->reference,
		.key = key->value.place.path, .public = key->value.place.path,
	};
}

static bool
is_ours(const tmg_p15 *p, const tmg_p15_key *key,
    void (*put)(tmg_out *o, const tmg_p15_job *job))
{
	const tmg_p15_job job = job_of(key);
	uint8_t bytes[P15_ROW_MAX];
	tmg_out row = TMG_OUT(bytes);

	if (job.alg == TMG_ALG_NONE || key->reference == P15_NO_REF ||
	    key->id.len > P15_ID_MAX)
		return false;
	put(&row, &job);
	return is_written(p, &key->common, &row);
}

static bool
is_our_cert(const tmg_p15 *p, const tmg_p15_cert *cert)
{
	const tmg_p15_job job = { .id = cert->id };
	uint8_t bytes[P15_ROW_MAX];
	tmg_out row = TMG_OUT(bytes);

	if (cert->id.len > P15_ID_MAX)
		return false;
	tmg_p15_cert_put(&row, &job, &cert->value.place.path);
	return is_written(p, &cert->common, &row);
}

static tmg_rc
drop(tmg_p15 *p, const tmg_p15_common *row, tmg_path file)
{
	const tmg_rc rc = tmg_p15_row_remove(p, row);

	return rc ? rc : tmg_p15_file_delete(p, &file);
}

/* ---- keys: the new one is whole, the old one goes ---------------------------------- */

tmg_rc
tmg_p15_finish_key(tmg_p15 *p, size_t old)
{
	const tmg_p15_content *c = &p->content;
	const tmg_p15_key *key = &c->keys[old], *next = NULL;
	tmg_path file = { .len = 0 };

	for (size_t i = 0; i < c->key_count; i++) {
		if (i == old || !tmg_view_equal(c->keys[i].id, key->id))
			continue;
		if (next != NULL)
			return TMG_NOT_FOUND;
		next = &c->keys[i];
	}
	if (next == NULL || next < key || next->common.source != key->common.source ||
	    !is_ours(p, next, tmg_p15_private_put))
		return TMG_NOT_FOUND;
	if (p->profile->family->keys != 0)
		file = key->value.place.path;
	return drop(p, &key->common, file);
}

/* ---- public halves and certificates: the old one goes on until a third is there ------- */

typedef struct row {
	const tmg_p15_common *common;
	tmg_view id;
	tmg_path file;
	bool ours;
} row;

static row
public_at(const tmg_p15 *p, size_t i)
{
	const tmg_p15_key *key = &p->content.publics[i];

	return (row){ &key->common, key->id, key->value.place.path,
		is_ours(p, key, tmg_p15_public_put) };
}

static row
cert_at(const tmg_p15 *p, size_t i)
{
	const tmg_p15_cert *cert = &p->content.certs[i];

	return (row){ &cert->common, cert->id, cert->value.place.path,
		is_our_cert(p, cert) };
}

static tmg_rc
sweep(tmg_p15 *p, tmg_view id, tmg_path kept, size_t count,
    row (*at)(const tmg_p15 *p, size_t i))
{
	tmg_rc rc;

	for (size_t i = count; i-- > 0;) {
		const row r = at(p, i);

		if (r.ours && tmg_view_equal(r.id, id) &&
		    !tmg_path_equal(&r.file, &kept) &&
		    (rc = drop(p, r.common, r.file)))
			return rc;
	}
	return TMG_OK;
}

tmg_rc
tmg_p15_sweep_publics(tmg_p15 *p, const tmg_p15_job *job, tmg_path kept)
{
	return sweep(p, job->id, kept, p->content.public_count, public_at);
}

tmg_rc
tmg_p15_sweep_certs(tmg_p15 *p, const tmg_p15_job *job, tmg_path kept)
{
	return sweep(p, job->id, kept, p->content.cert_count, cert_at);
}
