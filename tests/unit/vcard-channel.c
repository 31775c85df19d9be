/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/vcard-channel.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/iso/sw.h"
#include "tools/vcard/chip.h"

static vcc *
of(tmg_channel *ch)
{
	return (vcc *)((char *)ch - offsetof(vcc, ch));
}

static tmg_rc
begin(tmg_channel *ch)
{
	of(ch)->turns++;
	return TMG_OK;
}

static void
end(tmg_channel *ch)
{
	assert_true(of(ch)->turns > 0);
	of(ch)->turns--;
}

/* As the card floor does: a successful SELECT by name is remembered. */
static void
note_select(tmg_channel *ch, const tmg_capdu *c, uint16_t sw)
{
	if (c->ins != INS_SELECT || c->p1 != 0x04)
		return;
	ch->aid_len = 0;
	if (sw != TMG_SW_OK || c->data.len > sizeof(ch->aid))
		return;
	memcpy(ch->aid, c->data.ptr, c->data.len);
	ch->aid_len = c->data.len;
}

static void
spoil(vcc_way way, tmg_out *answer)
{
	const tmg_view all = tmg_out_view(answer);

	if (way == VCC_REFUSED || way == VCC_DONE)
		answer->len = 0;
	else if (way == VCC_CUT)
		answer->len /= 2;
	else if (way == VCC_LONG)
		tmg_put(answer, all);
	else
		for (size_t i = 0; i < answer->len; i++)
			answer->ptr[i] = (uint8_t)(0xa5 ^ answer->ptr[i] ^ i);
}

static tmg_rc
exchange(tmg_channel *ch, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	const vc_command command = {
		.cla = c->cla, .ins = c->ins, .p1 = c->p1, .p2 = c->p2, .data = c->data,
		.le = c->le, .extended = true,
	};
	vcc *v = of(ch);
	const bool wrong = ++v->count == v->at;
	static uint8_t bytes[2 * VC_DATA_MAX];
	tmg_out answer = { bytes, VC_DATA_MAX, 0, false };

	assert_true(v->turns > 0);
	ch->apdus++;
	*sw = TMG_SW_OK;
	if (!wrong || v->way != VCC_REFUSED)
		*sw = vc_card_command(&v->card, &command, &answer);
	if (wrong) {
		v->ins = c->ins;
		answer.cap = sizeof(bytes);
		spoil(v->way, &answer);
		*sw = v->sw != 0 ? v->sw : *sw;
	}
	note_select(ch, c, *sw);
	if (data == NULL)
		return TMG_OK;
	tmg_put(data, tmg_out_view(&answer));
	return data->full ? tmg_raise(&ch->fault, TMG_E_SPACE, *sw, "memory: more than was asked for")
	    : TMG_OK;
}

static tmg_rc
enter(tmg_channel *ch, const tmg_capdu *c, const tmg_pad_form *form, uint16_t *sw)
{
	(void)c;
	(void)form;
	*sw = 0;
	return tmg_raise(&ch->fault, TMG_UNSUPPORTED, 0, "it has no keypad");
}

static const tmg_channel_ops ops = {
	.begin = begin, .end = end, .exchange = exchange, .enter = enter,
};

void
vcc_open(vcc *v, const vc_profile *profile)
{
	tmg_out atr = TMG_OUT(v->ch.atr);

	*v = (vcc){ .ch.ops = &ops };
	atr.ptr = v->ch.atr;
	v->lib = OSSL_LIB_CTX_new();
	assert_non_null(v->lib);
	assert_int_equal(tmg_ctx_new(&v->ctx), TMG_OK);
	v->ch.ctx = v->ctx;
	strcpy(v->ch.reader, "memory");
	v->ch.extended = true;
	vc_atr_make(profile, &atr);
	v->ch.atr_len = atr.len;
	assert_int_equal(vc_card_open(profile, v->lib, &v->card), TMG_OK);
}

static void
end_backend(vcc *v)
{
	if (v->b != NULL)
		v->b->driver->close(v->b);
	v->b = NULL;
	while (v->turns > 0)
		end(&v->ch);
}

void
vcc_close(vcc *v)
{
	end_backend(v);
	vc_card_close(&v->card);
	tmg_ctx_free(&v->ctx);
	OSSL_LIB_CTX_free(v->lib);
}

typedef struct catcher {
	tmg_probe probe;
	tmg_backend *b;
} catcher;

static tmg_rc
catch(tmg_probe *probe, tmg_backend *b)
{
	catcher *c = (catcher *)probe;

	assert_null(c->b);
	c->b = b;
	return TMG_OK;
}

void
vcc_probe(vcc *v, const tmg_driver *driver)
{
	catcher found = { .probe = { .add = catch } };

	end_backend(v);
	vc_card_reset(&v->card);
	v->ch.epoch++;
	v->ch.aid_len = 0;
	v->ch.unlocked = false;
	v->ch.turn++;
	assert_int_equal(begin(&v->ch), TMG_OK);
	vcc_at(v, 0, VCC_REFUSED, 0);
	assert_int_equal(driver->probe(&v->ch, &found.probe), TMG_OK);
	assert_non_null(found.b);
	v->b = found.b;
}

void
vcc_at(vcc *v, unsigned at, vcc_way way, uint16_t sw)
{
	v->count = 0;
	v->at = at;
	v->way = way;
	v->sw = sw;
}

vcc_state
vcc_save(const vcc *v)
{
	tmg_out out = { malloc(VC_STATE_MAX), VC_STATE_MAX, 0, false };

	assert_non_null(out.ptr);
	assert_int_equal(vc_card_save(&v->card, &out), TMG_OK);
	return (vcc_state){ out.ptr, out.len };
}

void
vcc_load(vcc *v, const vcc_state *state)
{
	const vc_profile *profile = v->card.profile;

	end_backend(v);
	vc_card_close(&v->card);
	assert_int_equal(vc_card_open(profile, v->lib, &v->card), TMG_OK);
	assert_int_equal(vc_card_load(&v->card, (tmg_view){ state->bytes, state->len }),
	    TMG_OK);
}
