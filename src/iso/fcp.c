/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/iso/fcp.h"

#include "src/codec/tlv.h"

enum {
	TAG_FCP = 0x62,
	TAG_FCI = 0x6f,
	TAG_SIZE = 0x80,	/* of the content alone */
	TAG_SIZE_ALL = 0x81,	/* with what belongs to the file's structure */
	TAG_DESCRIPTOR = 0x82,
	TAG_FID = 0x83,
	TAG_NAME = 0x84,
	TAG_LIFE = 0x8a,

	/* File descriptor byte, table 14. */
	DESCRIPTOR_DF = 0x38,
	DESCRIPTOR_KIND = 0x38,
	DESCRIPTOR_STRUCTURE = 0x07,
	KIND_INTERNAL = 0x08,	/* and above: proprietary */
	STRUCTURE_BINARY = 1,

	SIZE_BYTES = 3,		/* more is no file of any card */
};

static tmg_file_kind
kind_of(uint8_t descriptor)
{
	const unsigned kind = descriptor & DESCRIPTOR_KIND;

	if (kind == DESCRIPTOR_DF)
		return TMG_FILE_DF;
	if (kind > KIND_INTERNAL)
		return TMG_FILE_OTHER;
	switch (descriptor & DESCRIPTOR_STRUCTURE) {
	case 0:
		return TMG_FILE_UNTOLD;
	case STRUCTURE_BINARY:
		return TMG_FILE_BINARY;
	default:
		return TMG_FILE_RECORDS;
	}
}

/* Longer than any card's memory is taken for not told. */
static void
take_size(tmg_view value, tmg_fcp *fcp)
{
	size_t n = 0;

	while (value.len > 0 && value.ptr[0] == 0) {
		value.ptr++;
		value.len--;
	}
	if (value.len > SIZE_BYTES)
		return;
	for (size_t i = 0; i < value.len; i++)
		n = n << 8 | value.ptr[i];
	fcp->size = n;
	fcp->sized = true;
}

/* 81 counts more than the content, so it is an upper bound when 80 is missing. */
static void
take(const tmg_tlv *t, tmg_fcp *fcp)
{
	switch (t->tag) {
	case TAG_SIZE_ALL:
		if (!fcp->sized)
			take_size(t->value, fcp);
		break;
	case TAG_SIZE:
		take_size(t->value, fcp);
		break;
	case TAG_DESCRIPTOR:
		if (t->value.len > 0)
			fcp->kind = kind_of(t->value.ptr[0]);
		break;
	case TAG_FID:
		if (t->value.len == 2)
			fcp->fid = (uint16_t)(t->value.ptr[0] << 8 |
			    t->value.ptr[1]);
		break;
	case TAG_NAME:
		fcp->name = t->value;
		break;
	case TAG_LIFE:
		if (t->value.len == 1)
			fcp->life = t->value.ptr[0];
		break;
	default:
		break;
	}
}

static tmg_rc
take_all(tmg_view in, tmg_fcp *fcp)
{
	tmg_tlv t;
	tmg_rc rc;

	while ((rc = tmg_tlv_next(&in, &t)) == TMG_OK)
		take(&t, fcp);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
tmg_fcp_parse(tmg_view answer, tmg_fcp *fcp)
{
	tmg_view in = answer, inner;
	tmg_tlv t;

	*fcp = (tmg_fcp){ .kind = TMG_FILE_UNTOLD };
	if (answer.len == 0 ||
	    (answer.ptr[0] != TAG_FCP && answer.ptr[0] != TAG_FCI))
		return TMG_OK;
	if (tmg_tlv_next(&in, &t))
		return TMG_E_MALFORMED;
	if (t.tag == TAG_FCI && tmg_tlv_find(t.value, TAG_FCP, &inner) == TMG_OK)
		t.value = inner;
	return take_all(t.value, fcp);
}
