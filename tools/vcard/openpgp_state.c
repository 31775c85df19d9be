/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenPGP's records of the state file: doc/design/vcard-state.md.
 */
#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"

enum {
	REC_PIN = 0x80,		/* which, tries left, value */
	REC_DO = 0x81,		/* which, content */
	REC_KEY = 0x82,		/* which, origin, PrivateKeyInfo */
	REC_LIFE = 0x83,	/* 1: terminated */
};

static void
save_head(tmg_out *out, uint32_t tag, size_t which, size_t len)
{
	tmg_tlv_put_head(out, tag, 1 + len);
	tmg_put_u8(out, (uint8_t)which);
}

void
pgp_save(const vc_pgp *pgp, tmg_out *out)
{
	const uint8_t life = pgp->terminated;

	tmg_tlv_put(out, REC_LIFE, (tmg_view){ &life, 1 });
	for (size_t i = 0; i < PGP_PINS; i++) {
		save_head(out, REC_PIN, i, 1 + (size_t)pgp->pins[i].len);
		tmg_put_u8(out, pgp->pins[i].left);
		tmg_put(out, (tmg_view){ pgp->pins[i].value, pgp->pins[i].len });
	}
	for (size_t i = 0; i < PGP_DOS; i++) {
		save_head(out, REC_DO, i, pgp->dos[i].len);
		tmg_put(out, (tmg_view){ pgp->dos[i].data, pgp->dos[i].len });
	}
	for (size_t i = 0; i <= PGP_ATT; i++) {
		if (pgp->keys[i].pair.pkey == NULL)
			continue;
		save_head(out, REC_KEY, i, 1 + pgp->keys[i].pair.der_len);
		tmg_put_u8(out, pgp->keys[i].origin);
		tmg_put(out, (tmg_view){ pgp->keys[i].pair.der, pgp->keys[i].pair.der_len });
	}
}

/* ---- and back, trusting nothing ------------------------------------------------------- */
static tmg_rc
load_pin(vc_pgp *pgp, uint8_t which, tmg_view v)
{
	pgp_pin *pin = which < PGP_PINS ? &pgp->pins[which] : NULL;

	if (pin == NULL || v.len < 1 || v.len - 1 > PGP_PIN_MAX ||
	    (v.len == 1 && (which != PGP_RC || v.ptr[0] != 0)))
		return TMG_E_MALFORMED;
	*pin = (pgp_pin){ .left = v.ptr[0], .len = (uint8_t)(v.len - 1) };
	memcpy(pin->value, v.ptr + 1, pin->len);
	return TMG_OK;
}

/* Those with a fixed length are written into and read from by offset. */
static size_t
fixed_length(pgp_do_id id)
{
	switch (id) {
	case DO_PW_STATUS:
		return 1;
	case DO_FINGERPRINTS:
	case DO_CA_FINGERPRINTS:
		return 60;
	case DO_DATES:
		return 12;
	case DO_UIF_SIG:
	case DO_UIF_DEC:
	case DO_UIF_AUT:
	case DO_UIF_ATT:
		return 2;
	case DO_COUNTER:
		return 3;
	default:
		return 0;
	}
}

static tmg_rc
load_do(vc_pgp *pgp, uint8_t which, tmg_view v)
{
	if (which >= PGP_DOS || v.len > PGP_CERT_MAX ||
	    (fixed_length(which) != 0 && v.len != fixed_length(which)) ||
	    (which >= DO_ATTR_SIG && which <= DO_ATTR_AUT &&
	    (pgp_attr_parse(which - DO_ATTR_SIG, v) == TMG_ALG_NONE ||
	    pgp->keys[which - DO_ATTR_SIG].pair.pkey != NULL)))
		return TMG_E_MALFORMED;
	/* 6E has to hold them */
	if ((which == DO_NAME || which == DO_LANGUAGE || which == DO_SEX) && v.len > 39)
		return TMG_E_MALFORMED;
	return pgp_do_set(pgp, which, v);
}

static tmg_rc
load_key(vc_card *card, vc_pgp *pgp, uint8_t which, tmg_view v)
{
	EVP_PKEY *pkey;
	tmg_view origin;
	tmg_alg alg;
	tmg_rc rc;

	if (which > PGP_ATT || tmg_view_take(&v, 1, &origin) ||
	    (origin.ptr[0] != ORIGIN_MADE && origin.ptr[0] != ORIGIN_BROUGHT))
		return TMG_E_MALFORMED;
	alg = which == PGP_ATT ? TMG_ALG_P256 : pgp_alg_of(pgp, which);
	if ((rc = vc_pkey_decode(alg, card->lib, v, &pkey)))
		return rc;
	return pgp_key_store(pgp, which, alg, pkey, origin.ptr[0]);
}

static tmg_rc
load_record(vc_card *card, vc_pgp *pgp, const tmg_tlv *t)
{
	tmg_view v = t->value, which;

	if (tmg_view_take(&v, 1, &which))
		return TMG_E_MALFORMED;
	switch (t->tag) {
	case REC_LIFE:
		pgp->terminated = which.ptr[0] == 1;
		return v.len == 0 && which.ptr[0] <= 1 ? TMG_OK : TMG_E_MALFORMED;
	case REC_PIN:
		return load_pin(pgp, which.ptr[0], v);
	case REC_DO:
		return load_do(pgp, which.ptr[0], v);
	case REC_KEY:
		return load_key(card, pgp, which.ptr[0], v);
	default:
		return TMG_E_MALFORMED;
	}
}

tmg_rc
pgp_load(vc_card *card, vc_pgp *pgp, tmg_view records)
{
	tmg_tlv t;
	tmg_rc rc = pgp_factory(card, pgp);

	if (rc)
		return rc;
	while ((rc = tmg_tlv_next(&records, &t)) == TMG_OK)
		if ((rc = load_record(card, pgp, &t)))
			return rc;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}
