/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of directories that tamga writes: 6.1.9, 6.2 to 6.4, 6.6, in DER.  Private
 * keys of curves tell the bits of their field where the standard has a reference to
 * KeyInfo, as every program has come to write it.  Written from the end to the start: what
 * comes last is put first.
 */
#include "drivers/pkcs15/write.h"

#include <stdio.h>

#include "src/codec/der.h"
#include "src/codec/hex.h"

enum {
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_UTF8 = 0x0c,
	DER_SEQUENCE = 0x30,
	TAG_0 = 0xa0,		/* an EC key among keys */
	TAG_1 = 0xa1,		/* type attributes */

	/* CommonObjectFlags, 6.1.8 */
	FLAG_PRIVATE = 1u << 0,
	FLAG_MODIFIABLE = 1u << 1,
};

static void
put(tmg_der *d, uint8_t tag, tmg_view value)
{
	const size_t end = d->at;

	tmg_der_bytes(d, value);
	tmg_der_wrap(d, tag, end);
}

/* Named bits without trailing zeros: X.690 11.2.2.  Bit n of flags is bit n. */
static void
put_flags(tmg_der *d, unsigned flags)
{
	uint8_t bytes[3] = { 0 };
	size_t last = 0;

	for (size_t n = 0; n < 16; n++)
		if ((flags >> n & 1) != 0) {
			bytes[1 + n / 8] |= (uint8_t)(0x80 >> n % 8);
			last = n;
		}
	bytes[0] = (uint8_t)(7 - last % 8);
	put(d, DER_BITS, (tmg_view){ bytes, 2 + last / 8 });
}

static void
put_number(tmg_der *d, unsigned n)
{
	const uint8_t bytes[] = { (uint8_t)(n >> 8), (uint8_t)n };

	tmg_der_unsigned(d, TMG_VIEW(bytes));
}

/* CommonObjectAttributes: what is guarded has its authId, 6.1.8. */
static void
put_common(tmg_der *d, const char *what, const tmg_p15_job *job, unsigned flags)
{
	char id[2 * P15_ID_MAX + 1], label[2 * P15_ID_MAX + 16];
	const size_t end = d->at;

	tmg_hex_text(id, sizeof(id), job->id);
	snprintf(label, sizeof(label), "%s %.16s", what, id);
	if ((flags & FLAG_PRIVATE) != 0 && job->auth.len > 0)
		put(d, DER_OCTETS, job->auth);
	put_flags(d, flags);
	put(d, DER_UTF8, tmg_view_str(label));
	tmg_der_wrap(d, DER_SEQUENCE, end);
}

/* Path, 6.1.5. */
static void
put_path(tmg_der *d, const tmg_path *path)
{
	const size_t end = d->at;

	put(d, DER_OCTETS, tmg_path_view(path));
	tmg_der_wrap(d, DER_SEQUENCE, end);
}

/* CommonKeyAttributes, 6.1.13. */
static void
put_key_class(tmg_der *d, const tmg_p15_job *job, unsigned usage, unsigned access)
{
	const size_t end = d->at;

	put_number(d, job->number);
	put_flags(d, access);
	put_flags(d, usage);
	put(d, DER_OCTETS, job->id);
	tmg_der_wrap(d, DER_SEQUENCE, end);
}

/* [1] { SEQUENCE { path, bits } } */
static void
put_type(tmg_der *d, const tmg_path *path, unsigned bits)
{
	const size_t end = d->at;

	if (bits > 0)
		put_number(d, bits);
	put_path(d, path);
	tmg_der_wrap(d, DER_SEQUENCE, end);
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
	    P15_ACCESS_ALWAYS_SENSITIVE | P15_ACCESS_NEVER_EXTRACTABLE |
	    P15_ACCESS_LOCAL);
	put_common(&d, "Key", job, FLAG_PRIVATE | FLAG_MODIFIABLE);
	finish(&d, is_ec(job) ? TAG_0 : DER_SEQUENCE, o);
}

void
tmg_p15_public_put(tmg_out *o, const tmg_p15_job *job)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_der d = TMG_DER(bytes);

	put_type(&d, &job->public, is_ec(job) ? 0
	    : (unsigned)tmg_alg_get(job->alg)->bits);
	put_key_class(&d, job, P15_USE_VERIFY | (is_ec(job) ? 0
	    : P15_USE_ENCRYPT), P15_ACCESS_LOCAL);
	put_common(&d, "Key", job, FLAG_MODIFIABLE);
	finish(&d, is_ec(job) ? TAG_0 : DER_SEQUENCE, o);
}

void
tmg_p15_cert_put(tmg_out *o, const tmg_p15_job *job, const tmg_path *file)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_der d = TMG_DER(bytes);
	size_t end;

	put_type(&d, file, 0);
	end = d.at;
	put(&d, DER_OCTETS, job->id);
	tmg_der_wrap(&d, DER_SEQUENCE, end);
	put_common(&d, "Certificate", job, FLAG_MODIFIABLE);
	finish(&d, DER_SEQUENCE, o);
}

void
tmg_p15_source_put(tmg_out *o, tmg_p15_dir dir, const tmg_path *file)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_der d = TMG_DER(bytes);

	put_path(&d, file);
	finish(&d, (uint8_t)(TAG_0 + dir), o);
}
