/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/pkcs15_dir.h"

#include "src/base/scope.h"

enum {
	DER_BIT_STRING = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUM = 0x0a,
	DER_UTF8 = 0x0c,
	DER_SEQUENCE = 0x30,
	DER_0 = 0x80,		/* context-specific */
	DER_CONS_0 = 0xa0,
	DER_CONS_1 = 0xa1,
	DER_CONS_2 = 0xa2,

	ODF_PRIVATE = 0xa0,	/* ISO/IEC 7816-15 8.3 */
	ODF_PUBLIC = 0xa1,
	ODF_CERTIFICATES = 0xa4,
	ODF_TRUSTED = 0xa5,
	ODF_DATA = 0xa7,
	ODF_AUTH = 0xa8,

	/* bit strings of names, the first in bit 15 */
	TOKEN_READ_ONLY = 0x8000,
	TOKEN_LOGIN = 0x4000,
	TOKEN_RANDOM = 0x2000,
	OBJECT_PRIVATE = 0x8000,
	OBJECT_MODIFIABLE = 0x4000,
	USE_DECRYPT = 0x4000,
	USE_SIGN = 0x2000,
	USE_UNWRAP = 0x0400,
	USE_VERIFY = 0x0200,
	USE_ENCRYPT = 0x8000,
	USE_WRAP = 0x0800,
	USE_OBLIGE = 0x0040,	/* nonRepudiation */
	ACCESS_SENSITIVE = 0x8000,
	ACCESS_ALWAYS = 0x2000,
	ACCESS_NEVER_OUT = 0x1000,
	ACCESS_LOCAL = 0x0800,
	OP_SIGN = 0x4000,
	OP_DECIPHER = 0x0400,
	OP_HASH = 0x0200,

	PIN_LOCAL = 0x4000,
	PIN_ASCII = 1,
};

/* ---- small things --------------------------------------------------------------------- */
static void
put_tagged(tmg_der *d, uint8_t tag, tmg_view v)
{
	const size_t mark = d->at;

	tmg_der_bytes(d, v);
	tmg_der_wrap(d, tag, mark);
}

static void
put_text(tmg_der *d, uint8_t tag, const char *text)
{
	put_tagged(d, tag, tmg_view_str(text));
}

static void
put_number(tmg_der *d, unsigned n)
{
	const uint8_t bytes[4] = {
		(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n,
	};

	tmg_der_unsigned(d, TMG_VIEW(bytes));
}

/* X.690 11.2.2: no zero bits at the end. */
static void
put_bits(tmg_der *d, uint16_t bits)
{
	const uint8_t bytes[2] = { (uint8_t)(bits >> 8), (uint8_t)bits };
	const size_t len = bits == 0 ? 0 : bytes[1] != 0 ? 2 : 1, mark = d->at;
	uint8_t unused = 0;

	while (len > 0 && (bytes[len - 1] >> unused & 1) == 0)
		unused++;
	tmg_der_bytes(d, (tmg_view){ bytes, len });
	tmg_der_u8(d, unused);
	tmg_der_wrap(d, DER_BIT_STRING, mark);
}

static void
put_id(tmg_der *d, uint8_t id)
{
	put_tagged(d, DER_OCTETS, (tmg_view){ &id, 1 });
}

/* Path: the application as the card names it, the file (0: none) */
static void
put_path(tmg_der *d, const p15_layout *l, uint16_t file)
{
	static const struct { uint8_t bytes[4], len; } heads[] = {
		[P15_PATHS_WHOLE] = { { FS_ID_MF >> 8, FS_ID_MF & 0xff,
		    P15_ID_APP >> 8, P15_ID_APP & 0xff }, 4 },
		[P15_PATHS_SHORT] = { { 0 }, 0 },
		[P15_PATHS_HOME] = { { FS_ID_RESERVED >> 8, FS_ID_RESERVED & 0xff }, 2 },
	};
	const uint8_t id[] = { (uint8_t)(file >> 8), (uint8_t)file };
	const size_t whole = d->at;

	if (file != 0)
		tmg_der_bytes(d, TMG_VIEW(id));
	tmg_der_bytes(d, (tmg_view){ heads[l->paths].bytes, heads[l->paths].len });
	tmg_der_wrap(d, DER_OCTETS, whole);
	tmg_der_wrap(d, DER_SEQUENCE, whole);
}

/* Type attributes that are a path, and what follows it already */
static void
wrap_value(tmg_der *d, const p15_layout *l, uint16_t file, size_t mark)
{
	put_path(d, l, file);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
	tmg_der_wrap(d, DER_CONS_1, mark);
}

/* CommonObjectAttributes */
static void
put_common(tmg_der *d, const p15_entry *e, uint16_t flags)
{
	const size_t mark = d->at;

	if (e->oblige)
		put_number(d, 1);	/* userConsent: the PIN is good for one */
	if (e->pin != 0)
		put_id(d, e->pin);
	if (flags != 0)
		put_bits(d, flags);
	put_text(d, DER_UTF8, e->label);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

tmg_view
p15_layout_name(const p15_layout *l)
{
	static const uint8_t usual[] = P15_AID;

	return l->name_len > 0 ? (tmg_view){ l->name, l->name_len } : TMG_VIEW(usual);
}

/* ---- the application, its directories ------------------------------------------------------ */
void
p15_der_application(tmg_der *d, const p15_layout *l)
{
	static const uint8_t path[] = { 0x3f, 0x00, 0x50, 0x15 };
	const size_t mark = d->at;

	/* others are selected by name alone */
	if (l->paths == P15_PATHS_WHOLE)
		put_tagged(d, 0x51, TMG_VIEW(path));
	put_text(d, 0x50, l->label);
	put_tagged(d, 0x4f, p15_layout_name(l));
	tmg_der_wrap(d, 0x61, mark);
}

void
p15_der_odf(tmg_der *d, const p15_layout *l)
{
	const struct { uint8_t tag; uint16_t file; } all[] = {	/* the last is first there */
		{ ODF_DATA, l->dodf }, { ODF_TRUSTED, l->trusted }, { ODF_CERTIFICATES, l->cdf },
		{ ODF_PUBLIC, l->pukdf }, { ODF_PRIVATE, l->prkdf }, { ODF_AUTH, l->aodf },
	};

	for (size_t i = 0; i < TMG_COUNT(all); i++) {
		const size_t mark = d->at;

		if (all[i].file == 0)
			continue;
		put_path(d, l, all[i].file);
		tmg_der_wrap(d, all[i].tag, mark);
	}
}

/*
 * How an algorithm reference is called outside: PKCS #11, and by OID.  Mechanisms
 * with a hash in their name mean to OpenSC that the card hashes: cards that take hashes
 * ready do not name them, but those of IAS ECC.
 */
static const struct mechanism {
	tmg_family family;
	p15_padding padding;
	tmg_hash hash;
	unsigned ckm;
	uint16_t ops;
	uint8_t oid_len, oid[9];
} mechanisms[] = {
	{ TMG_FAMILY_RSA, P15_RAW, TMG_HASH_NONE, 0x03, OP_SIGN | OP_DECIPHER, 9,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 } },
	{ TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_NONE, 0x01, OP_SIGN | OP_DECIPHER, 9,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 } },
	{ TMG_FAMILY_RSA, P15_UNPAD, TMG_HASH_NONE, 0x01, OP_DECIPHER, 9,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 } },
	{ TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA1, 0x06, OP_SIGN, 9,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05 } },
	{ TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA256, 0x40, OP_SIGN, 9,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b } },
	{ TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA384, 0x41, OP_SIGN, 9,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c } },
	{ TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA512, 0x42, OP_SIGN, 9,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d } },
	{ TMG_FAMILY_NONE, P15_DIGEST, TMG_HASH_SHA1, 0x220, OP_HASH, 5,
	    { 0x2b, 0x0e, 0x03, 0x02, 0x1a } },
	{ TMG_FAMILY_NONE, P15_DIGEST, TMG_HASH_SHA256, 0x250, OP_HASH, 9,
	    { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
	{ TMG_FAMILY_EC, P15_ECDSA_FLAT, TMG_HASH_NONE, 0x1041, OP_SIGN, 7,
	    { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 } },
};

static const struct mechanism *
mechanism_of(const p15_layout *l, const p15_alg *alg)
{
	if (alg->hash != TMG_HASH_NONE && !l->names_hashes)
		return NULL;
	for (size_t i = 0; i < TMG_COUNT(mechanisms); i++)
		if (mechanisms[i].hash == alg->hash && mechanisms[i].family == alg->family &&
		    mechanisms[i].padding == alg->padding)
			return &mechanisms[i];
	return NULL;
}

static uint16_t
operations(const p15_layout *l, const struct mechanism *m)
{
	return l->one_use && (m->ops & OP_SIGN) != 0 ? OP_SIGN : m->ops;
}

/* AlgorithmInfo; its reference is the place in the card's table, from 1. */
static void
put_mechanism(tmg_der *d, const p15_kind *kind, const p15_alg *alg, unsigned reference)
{
	const struct mechanism *m = mechanism_of(kind->layout, alg);
	const size_t mark = d->at;

	if (m == NULL)
		return;
	put_number(d, alg->ref);
	put_tagged(d, DER_OID, (tmg_view){ m->oid, m->oid_len });
	put_bits(d, operations(kind->layout, m));
	put_tagged(d, DER_NULL, (tmg_view){ NULL, 0 });
	put_number(d, m->ckm);
	put_number(d, reference);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

void
p15_der_token_info(tmg_der *d, const p15_kind *kind, uint32_t serial)
{
	const uint8_t bytes[4] = {
		(uint8_t)(serial >> 24), (uint8_t)(serial >> 16), (uint8_t)(serial >> 8),
		(uint8_t)serial,
	};
	const p15_layout *l = kind->layout;
	const size_t mark = d->at;

	if (l->tells_algs) {
		for (unsigned i = (unsigned)kind->alg_count; i-- > 0;)
			put_mechanism(d, kind, &kind->algs[i], i + 1);
		tmg_der_wrap(d, DER_CONS_2, mark);
	}
	put_bits(d, l->read_only ? TOKEN_READ_ONLY | TOKEN_LOGIN | TOKEN_RANDOM :
	    TOKEN_LOGIN | TOKEN_RANDOM);
	put_text(d, DER_0, l->label);
	put_text(d, DER_UTF8, l->maker);
	put_tagged(d, DER_OCTETS, TMG_VIEW(bytes));
	put_number(d, 0);		/* v1 */
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

/* ---- PINs ------------------------------------------------------------------------------------ */
void
p15_der_pin(tmg_der *d, const p15_kind *kind, const char *label, uint8_t ref)
{
	const p15_entry e = { .label = label };
	const size_t mark = d->at;

	const uint8_t p2 = (uint8_t)(kind->local | ref);

	/* a PIN of the application's own is where the application is */
	if ((kind->layout->pin_flags & PIN_LOCAL) == 0)
		put_path(d, kind->layout, 0);
	put_tagged(d, DER_OCTETS, (tmg_view){ &kind->fill, 1 });
	put_tagged(d, DER_0, (tmg_view){ &p2, 1 });
	put_number(d, kind->pin_len);
	put_number(d, kind->pin_len);
	put_number(d, kind->pin_least);
	put_tagged(d, DER_ENUM, (tmg_view){ (const uint8_t[]){ PIN_ASCII }, 1 });
	put_bits(d, kind->layout->pin_flags);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
	tmg_der_wrap(d, DER_CONS_1, mark);

	const size_t id = d->at;

	put_id(d, ref);
	tmg_der_wrap(d, DER_SEQUENCE, id);
	put_common(d, &e, OBJECT_PRIVATE | OBJECT_MODIFIABLE);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

/* ---- keys -------------------------------------------------------------------------------------- */
static bool
is_rsa(const p15_entry *e)
{
	return tmg_alg_get(e->key->alg)->family == TMG_FAMILY_RSA;
}

static void
put_references(tmg_der *d, const p15_kind *kind, const p15_entry *e)
{
	const size_t mark = d->at;

	if (!kind->layout->tells_algs)
		return;
	for (unsigned i = (unsigned)kind->alg_count; i-- > 0;)
		if (mechanism_of(kind->layout, &kind->algs[i]) != NULL &&
		    kind->algs[i].family == tmg_alg_get(e->key->alg)->family)
			put_number(d, i + 1);
	tmg_der_wrap(d, DER_CONS_1, mark);
}

/* CommonKeyAttributes, in front of what may follow the reference */
static void
wrap_key(tmg_der *d, const p15_entry *e, uint16_t usage, uint16_t access, size_t mark)
{
	put_number(d, e->number);
	put_bits(d, access);
	put_bits(d, usage);
	put_id(d, e->id);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

static uint16_t
private_usage(const p15_entry *e)
{
	if (e->oblige)
		return USE_OBLIGE;
	return is_rsa(e) ? USE_DECRYPT | USE_SIGN | USE_UNWRAP : USE_SIGN;
}

void
p15_der_private(tmg_der *d, const p15_kind *kind, const p15_entry *e)
{
	const p15_layout *l = kind->layout;
	const size_t mark = d->at;

	if (is_rsa(e) || l->field_size)
		put_number(d, tmg_alg_get(e->key->alg)->bits);
	wrap_value(d, l, e->file, mark);

	const size_t common = d->at;

	put_references(d, kind, e);
	wrap_key(d, e, private_usage(e),
	    ACCESS_SENSITIVE | ACCESS_ALWAYS | ACCESS_NEVER_OUT | ACCESS_LOCAL, common);
	put_common(d, e, OBJECT_PRIVATE);
	tmg_der_wrap(d, is_rsa(e) ? DER_SEQUENCE : DER_CONS_0, mark);
}

void
p15_der_public(tmg_der *d, const p15_layout *l, const p15_entry *e)
{
	const size_t mark = d->at;

	if (is_rsa(e))
		put_number(d, tmg_alg_get(e->key->alg)->bits);
	wrap_value(d, l, e->file, mark);

	const size_t common = d->at;

	wrap_key(d, e, is_rsa(e) ? USE_ENCRYPT | USE_VERIFY | USE_WRAP : USE_VERIFY,
	    ACCESS_LOCAL, common);
	put_common(d, e, 0);
	tmg_der_wrap(d, is_rsa(e) ? DER_SEQUENCE : DER_CONS_0, mark);
}

/* ---- certificates and data ------------------------------------------------------------------------ */
void
p15_der_certificate(tmg_der *d, const p15_layout *l, const p15_entry *e)
{
	const size_t mark = d->at;

	wrap_value(d, l, e->file, mark);

	const size_t common = d->at;

	put_id(d, e->id);
	tmg_der_wrap(d, DER_SEQUENCE, common);
	put_common(d, e, 0);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

void
p15_der_data(tmg_der *d, const p15_layout *l, const p15_entry *e)
{
	const size_t mark = d->at;

	put_path(d, l, e->file);
	tmg_der_wrap(d, DER_CONS_1, mark);

	const size_t common = d->at;

	put_text(d, DER_UTF8, "tamga");
	tmg_der_wrap(d, DER_SEQUENCE, common);
	put_common(d, e, 0);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}
