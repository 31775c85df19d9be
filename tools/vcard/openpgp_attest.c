/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What YubiKeys since 5.2 add: a fourth key, which signs statements about those
 * that were born on the card (developers.yubico.com/PGP/Attestation.html), and
 * the version of their firmware.
 */
#include <openssl/evp.h>

#include "src/base/scope.h"
#include "src/codec/der.h"
#include "tools/vcard/certificate.h"
#include "tools/vcard/openpgp.h"

#define ARC "1.3.6.1.4.1.41482.5."

enum {
	FORM_FACTOR = 0x01,	/* keychain with USB-A */
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_UTF8 = 0x0c,
	FINGERPRINT = 20,
	DATE = 4,
	TAG_PUBLIC = 0x7f49,
	EXTS = 9,
	EXT_MAX = 48,		/* bytes of one; a name has 39 */
};

static const uint8_t the_crt[] = { 0xb6, 0x03, 0x84, 0x01, 0x81 };

bool
pgp_attests(const vc_card *card)
{
	const uint8_t *version = card->profile->version;

	return card->profile->yubikey &&
	    (version[0] > 5 || (version[0] == 5 && version[1] >= 2));
}

/* The key that the maker put there survives what makes the rest new. */
tmg_rc
pgp_attest_factory(const vc_card *card, vc_pgp *pgp)
{
	uint8_t der[VC_CERT_MAX];
	tmg_out out = TMG_OUT(der);
	EVP_PKEY *pkey;
	tmg_rc rc;

	if (!pgp_attests(card) || pgp->keys[PGP_ATT].pair.pkey != NULL)
		return TMG_OK;
	if ((rc = vc_pkey_generate(TMG_ALG_P256, card->lib, &pkey)) ||
	    (rc = pgp_key_store(pgp, PGP_ATT, TMG_ALG_P256, pkey, ORIGIN_MADE)))
		return rc;

	const vc_cert_plan plan = {
		.subject = "tamga-vcard OPGP Attestation", .key = pkey,
		.issuer_key = pkey, .ca = true,
	};

	if ((rc = vc_certificate_make(card->lib, &plan, &out)))
		return rc;
	return pgp_do_set(pgp, DO_CERT_ATT, tmg_out_view(&out));
}

bool
pgp_is_attest_crt(tmg_view crt)
{
	return tmg_view_equal(crt, TMG_VIEW(the_crt));
}

uint16_t
pgp_attest_public(const vc_pgp *pgp, tmg_out *out)
{
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out objects = TMG_OUT(bytes);

	if (pgp->keys[PGP_ATT].pair.pkey == NULL)
		return SW_DATA;
	if (vc_pkey_public(TMG_ALG_P256, pgp->keys[PGP_ATT].pair.pkey, &objects))
		return SW_INTERNAL;
	tmg_tlv_put(out, TAG_PUBLIC, tmg_out_view(&objects));
	return SW_OK;
}

/* ---- the statement ---------------------------------------------------------------- */
/* Its extensions, each a DER value. */
typedef struct statement {
	uint8_t bytes[EXTS][EXT_MAX];
	vc_ext exts[EXTS];
	size_t count;
} statement;

static void
put_ext(statement *s, const char *oid, uint32_t tag, tmg_view value)
{
	tmg_out out = { s->bytes[s->count], EXT_MAX, 0, false };

	tmg_tlv_put(&out, tag, value);
	s->exts[s->count++] = (vc_ext){ oid, tmg_out_view(&out) };
}

static void
put_number(statement *s, const char *oid, tmg_view value)
{
	tmg_der number = { s->bytes[s->count], EXT_MAX, EXT_MAX, false };

	tmg_der_unsigned(&number, value);
	s->exts[s->count++] = (vc_ext){ oid, tmg_der_view(&number) };
}

static void
fill(statement *s, const vc_card *card, const vc_pgp *pgp, pgp_key_id id)
{
	const uint8_t form = FORM_FACTOR, made = pgp->keys[id].origin;
	const uint8_t serial[] = {
		(uint8_t)(card->serial >> 24), (uint8_t)(card->serial >> 16),
		(uint8_t)(card->serial >> 8), (uint8_t)card->serial,
	};

	put_ext(s, ARC "1", DER_UTF8, pgp_do_get(pgp, DO_NAME));
	put_number(s, ARC "2", (tmg_view){ &made, 1 });
	put_ext(s, ARC "3", DER_OCTETS, TMG_VIEW(card->profile->version));
	put_ext(s, ARC "4", DER_OCTETS, (tmg_view){
	    pgp->dos[DO_FINGERPRINTS].data + FINGERPRINT * id, FINGERPRINT });
	put_ext(s, ARC "5", DER_OCTETS, (tmg_view){
	    pgp->dos[DO_DATES].data + DATE * id, DATE });
	if (id == PGP_SIG)
		put_number(s, ARC "6", pgp_do_get(pgp, DO_COUNTER));
	put_number(s, ARC "7", TMG_VIEW(serial));
	put_ext(s, ARC "8", DER_OCTETS, (tmg_view){
	    pgp_do_get(pgp, DO_UIF_SIG + id).ptr, 1 });
	put_ext(s, ARC "9", DER_OCTETS, (tmg_view){ &form, 1 });
}

static uint16_t
make(const vc_card *card, vc_pgp *pgp, pgp_key_id id)
{
	static const struct {
		const char *subject;
		pgp_do_id certificate;
	} about[PGP_KEYS] = {
		[PGP_SIG] = { "YubiKey OPGP Attestation SIG", DO_CERT_SIG },
		[PGP_DEC] = { "YubiKey OPGP Attestation DEC", DO_CERT_DEC },
		[PGP_AUT] = { "YubiKey OPGP Attestation AUT", DO_CERT_AUT },
	};
	statement s = { .count = 0 };
	uint8_t der[VC_CERT_MAX];
	tmg_out out = TMG_OUT(der);

	fill(&s, card, pgp, id);

	const vc_cert_plan plan = {
		.subject = about[id].subject, .key = pgp->keys[id].pair.pkey,
		.issuer_key = pgp->keys[PGP_ATT].pair.pkey,
		.issuer = pgp_do_get(pgp, DO_CERT_ATT), .exts = s.exts, .ext_count = s.count,
	};

	return vc_certificate_make(card->lib, &plan, &out) ||
	    pgp_do_set(pgp, about[id].certificate, tmg_out_view(&out)) ?
	    SW_INTERNAL : SW_OK;
}

/* PW1 as for a signature; the statement takes the place of the key's certificate. */
uint16_t
pgp_attest(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	uint16_t sw;

	(void)out;
	if (!pgp_attests(card))
		return SW_NO_INS;
	if (c->p1 == 0 || c->p1 > PGP_KEYS || c->p2 != 0)
		return SW_P1P2;

	const pgp_key_id id = (pgp_key_id)(c->p1 - 1);

	if (!pgp->session.sign)
		return SW_SECURITY;
	if (pgp->keys[id].pair.pkey == NULL)
		return SW_NO_REFERENCE;
	if (pgp->keys[id].origin != ORIGIN_MADE)
		return SW_DATA;
	if (pgp_do_get(pgp, DO_UIF_ATT).ptr[0] != 0 && !vc_card_touched(card))
		return SW_SECURITY;
	if ((sw = make(card, pgp, id)) == SW_OK)
		card->dirty = true;
	return sw;
}

/* Three numbers in BCD. */
uint16_t
pgp_version(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	(void)pgp;
	if (!card->profile->yubikey)
		return SW_NO_INS;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	for (size_t i = 0; i < sizeof(card->profile->version); i++) {
		const unsigned n = card->profile->version[i] % 100;

		tmg_put_u8(out, (uint8_t)(n / 10 << 4 | n % 10));
	}
	return SW_OK;
}
