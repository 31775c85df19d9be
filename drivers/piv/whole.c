/* SPDX-License-Identifier: BSD-2-Clause */
/* The card as a whole: what a new one needs, random numbers, the way back. */
#include "drivers/piv/piv.h"

#include <openssl/rand.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"

#define CHALLENGE_MAX 128u	/* bytes asked for at once */
#define WRONG_MAX 256u		/* a counter has at most 255 tries */

static const tmg_status random_sw[] = {
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED, N_("this card gives none") },
};

static const tmg_status reset_sw[] = {
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("PIN and PUK are not both blocked") },
	{ TMG_SW_LOGIN, TMG_DENIED, N_("PIN and PUK are not both blocked") },
};

/* GET CHALLENGE of ISO/IEC 7816-4: not part of PIV, but some cards have it. */
tmg_rc
tmg_piv_random(tmg_backend *b, size_t n, tmg_out *bytes)
{
	tmg_piv *p = tmg_piv_of(b);
	const size_t want = bytes->len + n;
	uint16_t sw;
	tmg_rc rc;

	while (bytes->len < want) {
		const size_t at = bytes->len, left = want - at;

		rc = tmg_piv_ext_send(p, &(tmg_capdu){
			.ins = INS_GET_CHALLENGE,
			.le = (uint32_t)(left < CHALLENGE_MAX ? left
			    : CHALLENGE_MAX),
		}, bytes, &sw);
		if (rc)
			return rc;
		if ((rc = piv_judge(p, random_sw, sw, N_("asking for random numbers"))))
			return rc;
		if (bytes->len == at || bytes->len > want)
			return piv_raise(p, TMG_E_MALFORMED, sw,
			    _("%s: the card gave another number of random bytes "
			    "than was asked for"), p->who);
	}
	p->base.info.can |= TMG_CAN_RANDOM;
	return TMG_OK;
}

/* ---- a new card ---------------------------------------------------------- */

/* CHUID: SP 800-73-4 part 1, table 9.  The FASC-N is the one for cards outside
 * the federal government (agency 9999, NISTIR 7863 uses it so); the GUID is
 * what names the card. */
static const uint8_t chuid_head[] = {
	0x30, 0x19, 0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73,
	0x9d, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xc8, 0x42,
	0x10, 0xc3, 0xeb,
};
static const uint8_t chuid_tail[] = {
	0x35, 0x08, '2', '0', '9', '9', '1', '2', '3', '1',	/* expires */
	0x3e, 0x00,		/* no issuer, no signature */
	0xfe, 0x00,
};

/* CCC: SP 800-73-4 part 1, table 8; data model 10 and nothing else. */
static const uint8_t ccc_head[] = {
	0xf0, 0x15, 0xa0, 0x00, 0x00, 0x01, 0x16, 0xff, 0x02,
};
static const uint8_t ccc_tail[] = {
	0xf1, 0x01, 0x21, 0xf2, 0x01, 0x21, 0xf3, 0x00, 0xf4, 0x01, 0x00,
	0xf5, 0x01, 0x10, 0xf6, 0x00, 0xf7, 0x00, 0xfa, 0x00, 0xfb, 0x00,
	0xfc, 0x00, 0xfd, 0x00, 0xfe, 0x00,
};

enum {
	GUID_LEN = 16,
	CARD_ID_LEN = 14,
};

static tmg_rc
fresh_bytes(tmg_piv *p, uint8_t *out, size_t n)
{
	if (RAND_bytes_ex(tmg_ctx_libctx(p->base.ctx), out, n, 0) != 1)
		return piv_raise(p, TMG_E_CRYPTO, 0, _("no random numbers"));
	return TMG_OK;
}

static tmg_rc
make_chuid(tmg_piv *p, tmg_out *out)
{
	uint8_t guid[GUID_LEN];
	tmg_rc rc;

	if ((rc = fresh_bytes(p, guid, sizeof(guid))))
		return rc;
	guid[6] = (uint8_t)((guid[6] & 0x0f) | 0x40);	/* RFC 4122, 4.4 */
	guid[8] = (uint8_t)((guid[8] & 0x3f) | 0x80);
	tmg_put(out, TMG_VIEW(chuid_head));
	tmg_tlv_put(out, 0x34, TMG_VIEW(guid));
	tmg_put(out, TMG_VIEW(chuid_tail));
	return tmg_out_done(out);
}

static tmg_rc
make_ccc(tmg_piv *p, tmg_out *out)
{
	uint8_t id[CARD_ID_LEN];
	tmg_rc rc;

	if ((rc = fresh_bytes(p, id, sizeof(id))))
		return rc;
	tmg_put(out, TMG_VIEW(ccc_head));
	tmg_put(out, TMG_VIEW(id));
	tmg_put(out, TMG_VIEW(ccc_tail));
	return tmg_out_done(out);
}

/* A standard card had no name until now. */
static void
take_name(tmg_piv *p, tmg_view chuid)
{
	char text[2 * GUID_LEN + 1];
	tmg_view guid;

	if (p->ext != PIV_EXT_ABSENT || tmg_piv_chuid_guid(chuid, &guid))
		return;
	tmg_hex_text(text, sizeof(text), guid);
	tmg_piv_name(p, text);
}

static void
keep_name(tmg_piv *p, tmg_view content)
{
	(void)p;
	(void)content;
}

static const struct {
	uint32_t object;
	tmg_rc (*make)(tmg_piv *p, tmg_out *out);
	void (*made)(tmg_piv *p, tmg_view content);
} wanted[] = {
	{ OBJ_CHUID, make_chuid, take_name },
	{ OBJ_CCC, make_ccc, keep_name },
};

static tmg_rc
make_if_missing(tmg_piv *p, size_t i)
{
	tmg_auto_free uint8_t *bytes = malloc(PIV_OBJECT_MAX);
	uint8_t made[128];
	tmg_out store = { bytes, PIV_OBJECT_MAX, 0, false }, out = TMG_OUT(made);
	tmg_view content;
	tmg_rc rc;

	if (bytes == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	rc = tmg_piv_get(p, wanted[i].object, TMG_LE_ANY, &store, &content);
	if (rc != TMG_NOT_FOUND)
		return piv_pass(p, rc);
	if ((rc = wanted[i].make(p, &out)))
		return rc;
	if ((rc = tmg_piv_put(p, wanted[i].object, tmg_out_view(&out))))
		return rc;
	wanted[i].made(p, tmg_out_view(&out));
	return TMG_OK;
}

tmg_rc
tmg_piv_setup(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);
	tmg_rc rc;

	if ((rc = tmg_piv_want_admin(p)))
		return rc;
	for (size_t i = 0; i < TMG_COUNT(wanted); i++)
		if ((rc = make_if_missing(p, i)))
			return piv_pass(p, rc);
	return TMG_OK;
}

/* ---- the way back -------------------------------------------------------- */

/* A wrong PIN or PUK, most likely: digits nobody chose. */
static tmg_rc
guess(tmg_piv *p, uint8_t *out)
{
	tmg_rc rc;

	if ((rc = fresh_bytes(p, out, 8)))
		return rc;
	for (size_t i = 0; i < 8; i++)
		out[i] = (uint8_t)('0' + out[i] % 10);
	return TMG_OK;
}

/* Spends every try, so that the card allows its reset. */
static tmg_rc
block(tmg_piv *p, tmg_rc (*spend)(tmg_piv *p, tmg_view wrong, int *tries))
{
	uint8_t wrong[8];
	int tries;
	tmg_rc rc = TMG_OK;

	for (unsigned i = 0; i < WRONG_MAX; i++) {
		if ((rc = guess(p, wrong)))
			return rc;
		rc = spend(p, TMG_VIEW(wrong), &tries);
		if (rc == TMG_PIN_LOCKED)
			return TMG_OK;
		if (rc != TMG_PIN_WRONG && rc != TMG_OK)
			return rc;
	}
	return piv_raise(p, TMG_E_CARD, 0,
	    _("%s: PIN and PUK cannot be blocked; the card was not reset"),
	    p->who);
}

static tmg_rc
spend_pin(tmg_piv *p, tmg_view wrong, int *tries)
{
	return tmg_piv_verify(&p->base, TMG_PIN_USER, wrong, tries);
}

static tmg_rc
spend_puk(tmg_piv *p, tmg_view wrong, int *tries)
{
	return tmg_piv_change(&p->base, TMG_PIN_PUK, wrong, wrong, tries);
}

tmg_rc
tmg_piv_reset(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);
	uint16_t sw;
	tmg_rc rc;

	/* A card that could not be reset afterwards must not be blocked: its
	 * version is asked even when everything hints at the extensions. */
	if ((rc = tmg_piv_version(p)) ||
	    (rc = block(p, spend_pin)) ||
	    (rc = block(p, spend_puk)))
		return piv_pass(p, rc);
	rc = tmg_piv_ext_send(p, &(tmg_capdu){ .ins = INS_RESET }, NULL, &sw);
	if (rc)
		return piv_pass(p, rc);
	if ((rc = piv_judge(p, reset_sw, sw, N_("resetting the PIV application"))))
		return rc;
	tmg_application_doubt(&p->app);
	p->admin_alg = 0;
	p->admin_changed = false;
	return TMG_OK;
}
