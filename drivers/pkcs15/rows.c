/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of directories that tamga writes: 6.1.9, 6.2 to 6.4, 6.6, in DER.  Private
 * keys of curves tell the bits of their field where the standard has a reference to
 * KeyInfo, as every program has come to write it.
 */
#include "drivers/pkcs15/write.h"

#include <stdio.h>

#include "src/codec/hex.h"

enum {
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_UTF8 = 0x0c,
	DER_SEQUENCE = 0x30,
	TAG_0 = 0xa0,		/* an EC key among keys */
	TAG_1 = 0xa1,		/* type attributes */

	/* CommonObjectFlags, 6.1.8 */
	FLAG_PRIVATE = 1u << 0,
	FLAG_MODIFIABLE = 1u << 1,

	PART_MAX = 128,		/* bytes of one part of a row */
};

/* A part that is not finished. */
typedef struct part {
	uint8_t bytes[PART_MAX];
	tmg_out o;
} part;

static tmg_out *
open_part(part *p)
{
	p->o = TMG_OUT(p->bytes);
	return &p->o;
}

static void
close_part(tmg_out *to, uint32_t tag, const part *p)
{
	tmg_tlv_put(to, tag, tmg_out_view(&p->o));
	to->full |= p->o.full;
}

/* Named bits without trailing zeros: X.690 11.2.2.  Bit n of flags is bit n. */
static void
put_flags(tmg_out *o, unsigned flags)
{
	uint8_t bytes[3] = { 0 };
	size_t last = 0;

	for (size_t n = 0; n < 16; n++)
		if ((flags >> n & 1) != 0) {
			bytes[1 + n / 8] |= (uint8_t)(0x80 >> n % 8);
			last = n;
		}
	bytes[0] = (uint8_t)(7 - last % 8);
	tmg_tlv_put(o, DER_BITS, (tmg_view){ bytes, 2 + last / 8 });
}

static void
put_number(tmg_out *o, unsigned n)
{
	const uint8_t bytes[] = { 0, (uint8_t)(n >> 8), (uint8_t)n };
	size_t skip = 0;

	while (skip < 2 && bytes[skip] == 0 && (bytes[skip + 1] & 0x80) == 0)
		skip++;
	tmg_tlv_put(o, DER_INTEGER, (tmg_view){ bytes + skip, 3 - skip });
}

/* CommonObjectAttributes: what is guarded has its authId, 6.1.8. */
static void
put_common(tmg_out *o, const char *what, const tmg_p15_job *job, unsigned flags)
{
	char id[2 * P15_ID_MAX + 1], label[2 * P15_ID_MAX + 16];
	part inner;
	tmg_out *in = open_part(&inner);

	tmg_hex_text(id, sizeof(id), job->id);
	snprintf(label, sizeof(label), "%s %.16s", what, id);
	tmg_tlv_put(in, DER_UTF8, tmg_view_str(label));
	put_flags(in, flags);
	if ((flags & FLAG_PRIVATE) != 0 && job->auth.len > 0)
		tmg_tlv_put(in, DER_OCTETS, job->auth);
	close_part(o, DER_SEQUENCE, &inner);
}

/* Path, 6.1.5. */
static void
put_path(tmg_out *o, const tmg_path *path)
{
	part inner;

	tmg_tlv_put(open_part(&inner), DER_OCTETS, tmg_path_view(path));
	close_part(o, DER_SEQUENCE, &inner);
}

/* CommonKeyAttributes, 6.1.13. */
static void
put_key_class(tmg_out *o, const tmg_p15_job *job, unsigned usage, unsigned access)
{
	part inner;
	tmg_out *in = open_part(&inner);

	tmg_tlv_put(in, DER_OCTETS, job->id);
	put_flags(in, usage);
	put_flags(in, access);
	put_number(in, job->number);
	close_part(o, DER_SEQUENCE, &inner);
}

/* [1] { SEQUENCE { path, bits } } */
static void
put_type(tmg_out *o, const tmg_path *path, unsigned bits)
{
	part outer, inner;
	tmg_out *in = open_part(&inner);

	put_path(in, path);
	if (bits > 0)
		put_number(in, bits);
	close_part(open_part(&outer), DER_SEQUENCE, &inner);
	close_part(o, TAG_1, &outer);
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
	tmg_out in = TMG_OUT(bytes);

	put_common(&in, "Key", job, FLAG_PRIVATE | FLAG_MODIFIABLE);
	put_key_class(&in, job, P15_USE_SIGN |
	    (is_ec(job) ? P15_USE_DERIVE : P15_USE_DECRYPT), P15_ACCESS_SENSITIVE |
	    P15_ACCESS_ALWAYS_SENSITIVE | P15_ACCESS_NEVER_EXTRACTABLE |
	    P15_ACCESS_LOCAL);
	put_type(&in, job->key.len > 0 ? &job->key : &job->root,
	    (unsigned)tmg_alg_get(job->alg)->bits);
	tmg_tlv_put(o, is_ec(job) ? TAG_0 : DER_SEQUENCE, tmg_out_view(&in));
	o->full |= in.full;
}

void
tmg_p15_public_put(tmg_out *o, const tmg_p15_job *job)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_out in = TMG_OUT(bytes);

	put_common(&in, "Key", job, FLAG_MODIFIABLE);
	put_key_class(&in, job, P15_USE_VERIFY | (is_ec(job) ? 0
	    : P15_USE_ENCRYPT), P15_ACCESS_LOCAL);
	put_type(&in, &job->public, is_ec(job) ? 0
	    : (unsigned)tmg_alg_get(job->alg)->bits);
	tmg_tlv_put(o, is_ec(job) ? TAG_0 : DER_SEQUENCE, tmg_out_view(&in));
	o->full |= in.full;
}

void
tmg_p15_cert_put(tmg_out *o, const tmg_p15_job *job, const tmg_path *file)
{
	uint8_t bytes[P15_ROW_MAX];
	tmg_out in = TMG_OUT(bytes);
	part class;

	put_common(&in, "Certificate", job, FLAG_MODIFIABLE);
	tmg_tlv_put(open_part(&class), DER_OCTETS, job->id);
	close_part(&in, DER_SEQUENCE, &class);
	put_type(&in, file, 0);
	tmg_tlv_put(o, DER_SEQUENCE, tmg_out_view(&in));
	o->full |= in.full;
}

void
tmg_p15_source_put(tmg_out *o, tmg_p15_dir dir, const tmg_path *file)
{
	part outer;

	put_path(open_part(&outer), file);
	close_part(o, TAG_0 + dir, &outer);
}
