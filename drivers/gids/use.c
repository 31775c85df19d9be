/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys at work: MANAGE SECURITY ENVIRONMENT (GIDS 2.0, 12.9) chooses key
 * and mechanism, PERFORM SECURITY OPERATION (12.11) uses them.
 */
#include "drivers/gids/gids.h"

#include "src/base/scope.h"
#include "src/driver/signing.h"

enum {
	P1_COMPUTE = 0x41,	/* MSE: computation and decipherment */
	TAG_MECHANISM = 0x80,
	TAG_PRIVATE = 0x84,
	NO_INDICATION = 0x00,	/* padding indicator */
};

#define CIPHER_MAX 600u		/* bytes; RSA 4096 and its indicator */

static const tmg_status operate_sw[] = {
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED,
	    N_("the card's key cannot be used so") },
	TMG_STATUS_OF_USE,
};

static tmg_rc
operated(tmg_gids *g, uint16_t sw, const char *doing)
{
	if (sw == TMG_SW_OK)
		return TMG_OK;
	g->se.known = false;
	/* Believed to be logged in, but the card knows better. */
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&g->app);
	return gids_judge(g, operate_sw, sw, doing);
}

/* Another program may have chosen another key: what was chosen counts as long as
 * nobody else can have spoken. */
static bool
is_chosen(const tmg_gids *g, const tmg_gids_environment *se)
{
	return g->se.known && g->se.template == se->template &&
	    g->se.mechanism == se->mechanism && g->se.key == se->key &&
	    tmg_selected_certain(&g->app.selected, g->base.ch);
}

static tmg_rc
choose(tmg_gids *g, const tmg_gids_environment *se)
{
	const uint8_t data[] = { TAG_MECHANISM, 1, se->mechanism,
	    TAG_PRIVATE, 1, se->key };
	uint16_t sw;
	tmg_rc rc;

	if (is_chosen(g, se))
		return TMG_OK;
	g->se.known = false;
	if ((rc = tmg_gids_send(g, &(tmg_capdu){
		.ins = INS_MSE,
		.p1 = P1_COMPUTE, .p2 = se->template,
		.data = TMG_VIEW(data),
	    }, NULL, &sw)) ||
	    (rc = operated(g, sw, N_("choosing a key"))))
		return rc;
	g->se = *se;
	g->se.known = true;
	return TMG_OK;
}

/* An application that was selected anew between MSE and PSO has forgotten what was
 * chosen; it refuses, and knows of no login either. */
static tmg_rc
perform(tmg_gids *g, const tmg_gids_environment *se, const tmg_capdu *c,
    tmg_out *answer, uint16_t *sw)
{
	tmg_rc rc;

	if ((rc = tmg_gids_want_user(g)) || (rc = choose(g, se)))
		return rc;
	return tmg_gids_send(g, c, answer, sw);
}

static tmg_rc
bad_answer(tmg_gids *g)
{
	return gids_raise(g, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: what the card answered to a key operation has the wrong form "
	    "or length"), g->who);
}

/* ---- signatures ---------------------------------------------------------- */

/* The card pads by PKCS #1 v1.5 what is a DigestInfo (12.11.3). */
static const tmg_signing_ways ways = { .pads = true };

static tmg_rc
cannot_sign(tmg_gids *g, tmg_alg alg, tmg_rc rc)
{
	return rc == TMG_UNSUPPORTED ? gids_raise(g, rc, 0,
	    _("%s: a GIDS card does not sign so with a key of the kind %s"),
	    g->who, tmg_alg_get(alg)->name)
	    : gids_raise(g, rc, 0,
	    _("%s: this cannot be signed with a key of the kind %s"), g->who,
	    tmg_alg_get(alg)->name);
}

/* r and s side by side, or an Ecdsa-Sig-Value: 12.11 leaves it open, and the length
 * tells. */
static tmg_rc
end_signing(tmg_gids *g, const tmg_signing *s, tmg_view answer, tmg_out *sig)
{
	tmg_signing_ways told = *s->ways;
	tmg_signing end = { .ways = &told, .ctx = s->ctx, .alg = s->alg,
	    .spec = s->spec };
	tmg_rc rc;

	told.plain = answer.len == 2 * tmg_alg_bytes(s->alg);
	rc = tmg_signing_end(&end, answer, sig);
	return rc == TMG_E_MALFORMED ? bad_answer(g) : rc;
}

tmg_rc
tmg_gids_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_signing s = { .ways = &ways, .ctx = b->ctx, .alg = alg, .spec = spec };
	const bool rsa = tmg_alg_get(alg)->family == TMG_FAMILY_RSA;
	tmg_gids_environment se = { .template = CRT_SIGN };
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw = TMG_SW_OK;
	size_t index = 0;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_index(g, slot, &index)))
		return rc;
	if (tmg_gids_mechanism(alg) == 0)
		return cannot_sign(g, alg, TMG_UNSUPPORTED);
	if ((rc = tmg_signing_begin(&s, input)))
		return cannot_sign(g, alg, rc);
	se.key = (uint8_t)(GIDS_FIRST_KEY + index);
	se.mechanism = (uint8_t)(tmg_gids_mechanism(alg) | MECH_HASHED |
	    (rsa ? MECH_PKCS1 : 0));
	rc = perform(g, &se, &(tmg_capdu){
		.ins = INS_PSO, .p1 = 0x9e, .p2 = 0x9a,
		.data = s.sent, .le = tmg_signing_le(alg),
	    }, &answer, &sw);
	if (rc == TMG_E_SPACE)
		return bad_answer(g);
	if (rc || (rc = operated(g, sw, N_("using a key"))))
		return gids_pass(g, rc);
	return end_signing(g, &s, tmg_out_view(&answer), sig);
}

/* ---- decryption ---------------------------------------------------------- */

/* Of the two forms the card knew one, and refused what was in it. */
static bool
is_noise(uint16_t bare, uint16_t indicated)
{
	return (bare == TMG_SW_DATA && indicated == TMG_SW_LENGTH) ||
	    indicated == TMG_SW_DATA;
}

static tmg_rc
noise(tmg_gids *g, uint16_t sw)
{
	g->se.known = false;
	return gids_raise(g, TMG_E_CRYPTO, sw,
	    _("%s: the card refuses what it was given: it is not for this key, or "
	    "damaged"), g->who);
}

/* By 12.11.3 a padding indicator stands before the cryptogram; Microsoft's own
 * cards and minidriver, and the applet that others have, know none.  So it is
 * left away, and a card that refuses by the length is asked as the text has it. */
static tmg_rc
decipher(tmg_gids *g, const tmg_gids_environment *se, tmg_view cipher,
    tmg_out *answer)
{
	uint8_t bytes[CIPHER_MAX];
	tmg_out whole = TMG_OUT(bytes);
	tmg_capdu c = { .ins = INS_PSO, .p1 = 0x80, .p2 = 0x86, .data = cipher,
	    .le = TMG_LE_ANY };
	uint16_t sw = TMG_SW_OK, bare;
	tmg_rc rc;

	if ((rc = perform(g, se, &c, answer, &sw)))
		return rc;
	bare = sw;
	if (sw != TMG_SW_LENGTH && sw != TMG_SW_DATA)
		return operated(g, sw, N_("using a key"));
	g->se.known = false;
	answer->len = 0;
	tmg_put_u8(&whole, NO_INDICATION);
	tmg_put(&whole, cipher);
	c.data = tmg_out_view(&whole);
	if (whole.full)
		return TMG_E_USAGE;
	if ((rc = perform(g, se, &c, answer, &sw)))
		return rc;
	return is_noise(bare, sw) ? noise(g, sw)
	    : operated(g, sw, N_("using a key"));
}

static tmg_rc
check_cipher(tmg_gids *g, tmg_alg alg, const tmg_decrypt_spec *spec,
    tmg_view cipher)
{
	if (tmg_alg_get(alg)->family != TMG_FAMILY_RSA)
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: a key of the kind %s does not decrypt"), g->who,
		    tmg_alg_get(alg)->name);
	if (spec->padding != TMG_DECRYPT_PKCS1)
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: the card takes PKCS #1 v1.5 padding away and does not "
		    "decrypt otherwise"), g->who);
	if (cipher.len != tmg_alg_bytes(alg))
		return gids_raise(g, TMG_E_USAGE, 0,
		    _("%s: %zu bytes to decrypt where the key has %zu"), g->who,
		    cipher.len, tmg_alg_bytes(alg));
	return TMG_OK;
}

tmg_rc
tmg_gids_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_gids_environment se = { .template = CRT_DECIPHER };
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out answer = TMG_OUT(bytes);
	size_t index = 0;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_index(g, slot, &index)) ||
	    (rc = check_cipher(g, alg, spec, cipher)))
		return rc;
	se.key = (uint8_t)(GIDS_FIRST_KEY + index);
	se.mechanism = (uint8_t)(tmg_gids_mechanism(alg) | MECH_PKCS1);
	rc = decipher(g, &se, cipher, &answer);
	if (rc == TMG_OK) {
		tmg_put(plain, tmg_out_view(&answer));
		rc = tmg_out_done(plain);
	}
	explicit_bzero(bytes, sizeof(bytes));
	return gids_pass(g, rc);
}
