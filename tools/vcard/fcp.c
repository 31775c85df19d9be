/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/fcp.h"

#include "src/base/scope.h"
#include "src/codec/tlv.h"

#define FCP_MAX 96		/* bytes of what stands inside the template */
#define SFI_MAX 30
#define AM_FIRST 0x40u	/* the bit of the access mode byte whose condition stands first */

/* ---- reading ------------------------------------------------------------------------- */
static const struct {
	uint8_t descriptor;
	fs_kind kind;
} kinds[] = {
	{ FD_DF, FS_DF }, { FD_TRANSPARENT, FS_EF },
	{ FD_RSA_KEY, FS_KEY }, { FD_EC_KEY, FS_KEY },
};

static fs_kind
kind_of(uint8_t descriptor)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (kinds[i].descriptor == descriptor)
			return kinds[i].kind;
	return FS_FREE;
}

static bool
take_number(tmg_view v, uint16_t *n)
{
	if (v.len < 1 || v.len > 2)
		return false;
	*n = (uint16_t)(v.len == 1 ? v.ptr[0] : v.ptr[0] << 8 | v.ptr[1]);
	return true;
}

static bool
take_bytes(tmg_view v, uint8_t *bytes, size_t most, uint8_t *len)
{
	if (v.len == 0 || v.len > most)
		return false;
	memcpy(bytes, v.ptr, v.len);
	*len = (uint8_t)v.len;
	return true;
}

/* Table 10 of ISO/IEC 7816-4; what is not known is passed over. */
static bool
take_parameter(const tmg_tlv *t, uint32_t rules_tag, fs_file *f)
{
	uint16_t n;

	if (t->tag == rules_tag)
		return take_bytes(t->value, f->rules, sizeof(f->rules), &f->rules_len);
	switch (t->tag) {
	case FCP_SIZE_DATA:
	case FCP_SIZE_ALL:
		return take_number(t->value, &f->size);
	case FCP_DESCRIPTOR:
		if (t->value.len < 1 || t->value.len > 6)
			return false;
		f->descriptor = t->value.ptr[0];
		f->kind = kind_of(f->descriptor);
		return true;
	case FCP_ID:
		return t->value.len == 2 && take_number(t->value, &f->id);
	case FCP_NAME:
		return take_bytes(t->value, f->name, sizeof(f->name), &f->name_len);
	case FCP_SFI:
		/* in the upper five bits (ISO/IEC 7816-4 table 10) */
		if (!take_number(t->value, &n) || t->value.len != 1 || n >> 3 > SFI_MAX)
			return false;
		f->sfi = (uint8_t)(n >> 3);
		return true;
	default:
		return true;
	}
}

tmg_rc
vc_fcp_parse(tmg_view template, uint32_t rules_tag, fs_file *file)
{
	tmg_view in;
	tmg_tlv t;
	tmg_rc rc;

	*file = (fs_file){ .life = FS_LIFE_ACTIVE };
	if (tmg_tlv_next(&template, &t) != TMG_OK || template.len != 0 ||
	    (t.tag != FCP_TEMPLATE && t.tag != FCI_TEMPLATE))
		return TMG_E_MALFORMED;
	in = t.value;
	while ((rc = tmg_tlv_next(&in, &t)) == TMG_OK)
		if (!take_parameter(&t, rules_tag, file))
			return TMG_E_MALFORMED;
	if (rc != TMG_NOT_FOUND || file->descriptor == 0 || file->id == 0 ||
	    file->id == FS_ID_MF || file->id == FS_ID_RESERVED || file->id == 0xffff ||
	    (file->kind != FS_DF && file->name_len > 0))
		return TMG_E_MALFORMED;
	return file->kind == FS_FREE ? TMG_UNSUPPORTED : TMG_OK;
}

/* ---- writing --------------------------------------------------------------------------- */
static void
put_number(tmg_out *o, uint32_t tag, uint16_t n)
{
	const uint8_t bytes[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	tmg_tlv_put(o, tag, TMG_VIEW(bytes));
}

static void
put_byte(tmg_out *o, uint32_t tag, uint8_t b)
{
	tmg_tlv_put(o, tag, (tmg_view){ &b, 1 });
}

/* Two bytes of a tag: one inside the other. */
static void
put_rules(tmg_out *o, uint32_t tag, tmg_view rules)
{
	const uint32_t inner = tag & 0xff;

	if (tag > 0xff)
		tmg_tlv_put_head(o, tag >> 8, tmg_tlv_size(inner, rules.len));
	tmg_tlv_put(o, inner, rules);
}

void
vc_fcp_put(const fs_file *f, uint32_t template, uint32_t rules_tag, uint8_t life, tmg_out *out)
{
	uint8_t bytes[FCP_MAX];
	tmg_out o = TMG_OUT(bytes);

	if (f->kind != FS_DF)
		put_number(&o, f->kind == FS_EF ? FCP_SIZE_DATA : FCP_SIZE_ALL, f->size);
	put_byte(&o, FCP_DESCRIPTOR, f->descriptor);
	put_number(&o, FCP_ID, f->id);
	if (f->name_len > 0)
		tmg_tlv_put(&o, FCP_NAME, (tmg_view){ f->name, f->name_len });
	if (f->rules_len > 0)
		put_rules(&o, rules_tag, (tmg_view){ f->rules, f->rules_len });
	if (f->sfi > 0)
		put_byte(&o, FCP_SFI, (uint8_t)(f->sfi << 3));
	put_byte(&o, FCP_LIFE, life);
	tmg_tlv_put(out, template, tmg_out_view(&o));
}

/* ---- rules --------------------------------------------------------------------------- */
bool
vc_fcp_condition(const fs_file *f, uint8_t mode, uint8_t *condition)
{
	size_t at = 1;

	if (f->rules_len == 0 || (f->rules[0] & mode) == 0)
		return false;
	/* conditions stand in the order of the bits, the highest first */
	for (unsigned bit = AM_FIRST; bit > mode; bit >>= 1)
		at += (f->rules[0] & bit) != 0;
	if (at >= f->rules_len)
		return false;
	*condition = f->rules[at];
	return true;
}
