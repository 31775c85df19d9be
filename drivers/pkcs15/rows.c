/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of directories that tamga writes: 6.1.9, 6.2 to 6.4, 6.6, in DER.  Private
 * keys of curves tell the bits of their field where the standard has a reference to
 * KeyInfo, as every program has come to write it.  Written from the end to the start: what
 * comes last is put first.
 */
#include "drivers/pkcs15/put.h"
#include "drivers/pkcs15/write.h"

#include <stdio.h>

#include "src/codec/hex.h"

enum {
	TAG_0 = 0xa0,		/* an EC key among keys */
	TAG_1 = 0xa1,		/* type attributes */

	/* CommonObjectFlags, 6.1.8 */
	FLAG_PRIVATE = 1u << 0,
	FLAG_MODIFIABLE = 1u << 1,
};

/* CommonObjectAttributes: what is guarded has its authId, 6.1.8. */
static void
put_common(tmg_der *d, const char *what, const tmg_p15_job *job, unsigned flags)
{
	char id[2 * P15_ID_MAX + 1], label[2 * P15_ID_MAX + 16];
	const size_t end = d->at;

	tmg_hex_text(id, sizeof(id), job->id);
	snprintf(label, sizeof(label), "%s %.16s", what, id);
	if ((flags & FLAG_PRIVATE) != 0 && job->auth.len > 0)
		tmg_p15_put(d, P15_DER_OCTETS, job->auth);
	tmg_p15_put_flags(d, flags);
	tmg_p15_put(d, P15_DER_UTF8, tmg_view_str(label));
	tmg_der_wrap(d, P15_DER_SEQUENCE, end);
}

/* CommonKeyAttributes, 6.1.13. */
static void
put_key_class(tmg_der *d, const tmg_p15_job *job, unsigned usage, unsigned access)
{
	const size_t end = d->at;

	tmg_p15_put_number(d, job->number);
	tmg_p15_put_flags(d, access);
	tmg_p15_put_flags(d, usage);
	tmg_p15_put(d, P15_DER_OCTETS, job->id);
	tmg_der_wrap(d, P15_DER_SEQUENCE, end);
}

/* [1] { SEQUENCE { path, bits } } */
static void
put_type(tmg_der *d, const tmg_path *path, unsigned bits)
{
	const size_t end = d->at;

	if (bits > 0)
		tmg_p15_put_number(d, bits);
	tmg_p15_put_path(d, path);
	tmg_der_wrap(d, P15_DER_SEQUENCE, end);
	tmg_der_wrap(d, TAG_1, end);
}

static void
finish(tmg_der *d, uint8_t tag, tmg_out *o)
{
	tmg_der_wrap(d, tag, d->cap);
	tmg_put(o, tmg_der_view(d));
	o->full |= d->full;
}

static bool
is_ec(const tmg_p15_job *job)
{
	return tmg_alg_get(job->alg)->family == TMG_FAMILY_EC;
}

/* A key without a file has the path of its DF: 6.3.3. */
void
tmg_p15_private_put(tmg_out *o, const tmg_p15_job *job)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_der d = TMG_DER(bytes);

	put_type(&d, job->key.len > 0 ? &job->key : &job->root,
	    (unsigned)tmg_alg_get(job->alg)->bits);
	put_key_class(&d, job, P15_USE_SIGN |
	    (is_ec(job) ? P15_USE_DERIVE : P15_USE_DECRYPT), P15_ACCESS_SENSITIVE |
	    (job->given ? 0 : P15_ACCESS_ALWAYS_SENSITIVE |
	    P15_ACCESS_NEVER_EXTRACTABLE | P15_ACCESS_LOCAL));
	put_common(&d, "Key", job, FLAG_PRIVATE | FLAG_MODIFIABLE);
	finish(&d, is_ec(job) ? TAG_0 : P15_DER_SEQUENCE, o);
}

void
tmg_p15_public_put(tmg_out *o, const tmg_p15_job *job)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_der d = TMG_DER(bytes);

	put_type(&d, &job->public, is_ec(job) ? 0
	    : (unsigned)tmg_alg_get(job->alg)->bits);
	put_key_class(&d, job, P15_USE_VERIFY | (is_ec(job) ? 0
	    : P15_USE_ENCRYPT), job->given ? 0 : P15_ACCESS_LOCAL);
	put_common(&d, "Key", job, FLAG_MODIFIABLE);
	finish(&d, is_ec(job) ? TAG_0 : P15_DER_SEQUENCE, o);
}

void
tmg_p15_cert_put(tmg_out *o, const tmg_p15_job *job, const tmg_path *file)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_der d = TMG_DER(bytes);
	size_t end;

	put_type(&d, file, 0);
	end = d.at;
	tmg_p15_put(&d, P15_DER_OCTETS, job->id);
	tmg_der_wrap(&d, P15_DER_SEQUENCE, end);
	put_common(&d, "Certificate", job, FLAG_MODIFIABLE);
	finish(&d, P15_DER_SEQUENCE, o);
}

void
tmg_p15_source_put(tmg_out *o, tmg_p15_dir dir, const tmg_path *file)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_der d = TMG_DER(bytes);

	tmg_p15_put_path(&d, file);
	finish(&d, (uint8_t)(TAG_0 + dir), o);
}
