/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERATE ASYMMETRIC KEY PAIR: GIDS 2.0, 12.7. */
#include "drivers/gids/gids.h"

#include "src/base/scope.h"

#define ANSWER_MAX 1024u	/* bytes; RSA 4096 needs some 530 */

static const tmg_status generate_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card makes no keys of this kind") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED,
	    N_("the card makes no keys of this kind") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED,
	    N_("the card makes no keys of this kind") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card is full; delete a certificate or a "
	    "key that nobody needs") },
};

static tmg_rc
send_generate(tmg_gids *g, size_t index, tmg_alg alg, tmg_out *answer)
{
	const uint8_t template[] = { 0xac, 6, 0x80, 1, tmg_gids_mechanism(alg),
	    0x83, 1, (uint8_t)(GIDS_FIRST_KEY + index) };
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_gids_send(g, &(tmg_capdu){ .ins = INS_GENERATE,
	    .data = TMG_VIEW(template), .le = TMG_LE_ANY }, answer, &sw)))
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&g->app);
	return gids_judge(g, generate_sw, sw, N_("making a key"));
}

/* What GENERATE answered, or else what the card says when it is asked. */
static tmg_rc
take_public(tmg_gids *g, size_t index, tmg_alg alg, tmg_view answer, tmg_out *spki)
{
	const tmg_rc rc = tmg_gids_public_parse(alg, answer, spki);

	if (rc == TMG_UNSUPPORTED)
		return tmg_gids_public_read(g, index, alg, spki);
	return rc != TMG_E_MALFORMED ? rc : gids_raise(g, rc, TMG_SW_OK,
	    _("%s: the card made a key, but its public half cannot be read"),
	    g->who);
}

/* What is asked for, and where the answer goes. */
typedef struct wish {
	tmg_alg alg;
	tmg_out *spki;
} wish;

static tmg_rc
make_key(tmg_gids *g, size_t index, void *arg)
{
	const wish *w = arg;
	uint8_t bytes[ANSWER_MAX];
	tmg_out answer = TMG_OUT(bytes);
	const tmg_rc rc = send_generate(g, index, w->alg, &answer);

	return rc ? rc : take_public(g, index, w->alg, tmg_out_view(&answer),
	    w->spki);
}

tmg_rc
tmg_gids_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	return tmg_gids_newkey(tmg_gids_of(b), spec, make_key,
	    &(wish){ .alg = spec->alg, .spki = spki });
}
