/* SPDX-License-Identifier: BSD-2-Clause */
/* Where things are and what the token says of itself: EF.DIR, ODF, TokenInfo. */
#include "drivers/pkcs15/parse.h"

#include "src/base/scope.h"
#include "src/codec/tlv.h"

enum {
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_SEQUENCE = 0x30,
	TAG_LABEL = 0x80,	/* TokenInfo.label [0] */
	TAG_0 = 0xa0,
	TAG_RECORDS = 0xa1,	/* TokenInfo.recordInfo [1] */
	TAG_ALGORITHMS = 0xa2,	/* TokenInfo.supportedAlgorithms [2] */

	/* EF.DIR, ISO/IEC 7816-4 table 87. */
	TAG_APPLICATION = 0x61,
	TAG_AID = 0x4f,
	TAG_APP_LABEL = 0x50,
	TAG_APP_PATH = 0x51,
	TAG_DDO = 0x73,

	/* TokenFlags, 6.9. */
	FLAG_READONLY = 1u << 0,
	FLAG_LOGIN = 1u << 1,
	FLAG_RANDOM = 1u << 2,
	FLAG_EID = 1u << 3,
};

/* PKCS #15 v1.1 5.7.2; ISO/IEC 7816-15 5.5.2, E8 28 and the OID of the standard. */
static const uint8_t rsa_aid[] = {
	0xa0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5',
};
static const uint8_t iso_aid[] = { 0xe8, 0x28, 0xbd, 0x08, 0x0f };

/* More may follow: which issuer's it is. */
static bool
begins(tmg_view bytes, tmg_view head)
{
	return bytes.len >= head.len && memcmp(bytes.ptr, head.ptr, head.len) == 0;
}

bool
tmg_p15_is_aid(tmg_view aid)
{
	return begins(aid, TMG_VIEW(rsa_aid)) || begins(aid, TMG_VIEW(iso_aid));
}

/* ---- EF.DIR ---------------------------------------------------------------- */

static tmg_rc
ddo_path(tmg_view *in, uint32_t tag, const tmg_path *base, tmg_path *path)
{
	tmg_p15_place place;
	tmg_view content;
	tmg_rc rc;

	if ((rc = tmg_p15_field(in, tag, &content)))
		return rc == TMG_NOT_FOUND ? TMG_OK : rc;
	if ((rc = tmg_p15_place_parse(content, base, &place)))
		return rc;
	*path = place.path;
	return TMG_OK;
}

static tmg_rc
ddo_parse(tmg_view in, tmg_p15_app *app)
{
	const tmg_path none = { .len = 0 };
	const tmg_path *base = app->path.len > 0 ? &app->path : &none;
	tmg_view oid;
	tmg_rc rc;

	if ((rc = tmg_p15_optional(&in, DER_OID, &oid)) ||
	    (rc = ddo_path(&in, DER_SEQUENCE, base, &app->odf)))
		return rc;
	return ddo_path(&in, TAG_0, base, &app->info);
}

static tmg_rc
app_parse(tmg_view in, tmg_p15_app *app)
{
	const tmg_path none = { .len = 0 };
	tmg_view path, ddo;

	*app = (tmg_p15_app){ .path = { .len = 0 } };
	if (tmg_tlv_find(in, TAG_AID, &app->aid))
		return TMG_E_MALFORMED;
	if (tmg_tlv_find(in, TAG_APP_LABEL, &app->label))
		app->label = (tmg_view){ NULL, 0 };
	if (tmg_tlv_find(in, TAG_APP_PATH, &path) == TMG_OK &&
	    tmg_path_join(&none, path, &app->path))
		return TMG_E_MALFORMED;
	return tmg_tlv_find(in, TAG_DDO, &ddo) == TMG_OK ? ddo_parse(ddo, app)
	    : TMG_OK;
}

/* The first of them; the others are other people's. */
tmg_rc
tmg_p15_apps_parse(tmg_view in, tmg_p15_app *app)
{
	uint32_t tag;
	tmg_view content;
	size_t size;
	tmg_rc rc;

	while ((rc = tmg_p15_next(&in, &tag, &content, &size)) == TMG_OK)
		if (tag == TAG_APPLICATION && app_parse(content, app) == TMG_OK &&
		    tmg_p15_is_aid(app->aid))
			return TMG_OK;
	return rc;
}

/* ---- ODF, 6.2 -------------------------------------------------------------- */

static bool
is_told(const tmg_p15_source *rows, size_t count, const tmg_p15_source *s)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].dir == s->dir && s->value.place.path.len > 0 &&
		    tmg_path_equal(&rows[i].value.place.path, &s->value.place.path))
			return true;
	return false;
}

/* A kind of directory that came later than the standard is skipped. */
tmg_rc
tmg_p15_odf_parse(tmg_view in, const tmg_path *base, tmg_p15_source *rows,
    size_t cap, size_t *count)
{
	uint32_t tag;
	tmg_view content;
	size_t size;
	tmg_rc rc;

	*count = 0;
	while ((rc = tmg_p15_next(&in, &tag, &content, &size)) == TMG_OK) {
		tmg_p15_source s = { .dir = (tmg_p15_dir)(tag - TAG_0) };

		if (tag < TAG_0 || tag >= TAG_0 + P15_DIRS ||
		    tmg_p15_value_take(&content, base, &s.value) ||
		    is_told(rows, *count, &s))
			continue;
		if (*count == cap)
			return TMG_OK;
		rows[(*count)++] = s;
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* ---- TokenInfo, 6.9 -------------------------------------------------------- */

tmg_rc
tmg_p15_info_parse(tmg_view bytes, tmg_p15_info *info)
{
	tmg_view in, version, flags, skipped;
	unsigned bits;
	tmg_rc rc;

	*info = (tmg_p15_info){ .readonly = false };
	if ((rc = tmg_tlv_expect(&bytes, DER_SEQUENCE, &in)) ||
	    (rc = tmg_tlv_expect(&in, DER_INTEGER, &version)) ||
	    (rc = tmg_p15_optional(&in, DER_OCTETS, &info->serial)) ||
	    (rc = tmg_p15_optional(&in, DER_UTF8, &info->manufacturer)) ||
	    (rc = tmg_p15_optional(&in, TAG_LABEL, &info->label)) ||
	    (rc = tmg_tlv_expect(&in, DER_BITS, &flags)) ||
	    (rc = tmg_p15_flags(flags, &bits)) ||
	    (rc = tmg_p15_optional(&in, DER_SEQUENCE, &skipped)) ||
	    (rc = tmg_p15_optional(&in, TAG_RECORDS, &skipped)) ||
	    (rc = tmg_p15_optional(&in, TAG_ALGORITHMS, &info->algorithms)))
		return rc;
	info->readonly = (bits & FLAG_READONLY) != 0;
	info->login = (bits & FLAG_LOGIN) != 0;
	info->random = (bits & FLAG_RANDOM) != 0;
	info->prepared = (bits & FLAG_EID) != 0;
	return TMG_OK;
}

static tmg_rc
algorithm_parse(tmg_view in, tmg_p15_algorithm *a)
{
	tmg_view reference, mechanism, operations, oid, card;
	size_t n;
	tmg_tlv parameters;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&in, DER_INTEGER, &reference)) ||
	    (rc = tmg_p15_number(reference, &n)))
		return rc;
	a->reference = (long)n;
	if ((rc = tmg_tlv_expect(&in, DER_INTEGER, &mechanism)) ||
	    (rc = tmg_p15_number(mechanism, &n)))
		return rc;
	a->mechanism = (unsigned long)n;
	if (tmg_tlv_next(&in, &parameters) ||
	    tmg_tlv_expect(&in, DER_BITS, &operations) ||
	    tmg_p15_flags(operations, &a->operations))
		return TMG_E_MALFORMED;
	a->card = P15_NO_REF;
	if ((rc = tmg_p15_optional(&in, DER_OID, &oid)) ||
	    (rc = tmg_p15_optional(&in, DER_INTEGER, &card)))
		return rc;
	if (card.len > 0 && tmg_p15_number(card, &n) == TMG_OK && n <= 0xff)
		a->card = (int)n;
	return TMG_OK;
}

/* One that cannot be understood is skipped, as an object is. */
tmg_rc
tmg_p15_algorithm_next(tmg_view *in, tmg_p15_algorithm *a)
{
	tmg_tlv t;
	tmg_rc rc;

	while ((rc = tmg_tlv_next(in, &t)) == TMG_OK)
		if (t.tag == DER_SEQUENCE && algorithm_parse(t.value, a) == TMG_OK)
			return TMG_OK;
	return rc;
}
