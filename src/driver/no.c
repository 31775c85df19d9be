/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/no.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"

static tmg_rc
refuse(tmg_backend *b, const char *words)
{
	return tmg_raise(&b->fault, TMG_UNSUPPORTED, 0, "%s: %s",
	    b->info.label, _(words));
}

bool
tmg_no_likely(tmg_view atr)
{
	(void)atr;
	return false;
}

tmg_rc
tmg_no_probe(tmg_channel *ch, tmg_probe *found)
{
	(void)ch;
	(void)found;
	return TMG_NOT_FOUND;
}

tmg_rc
tmg_no_probe_path(tmg_ctx *ctx, const char *path, tmg_probe *found)
{
	(void)ctx;
	(void)path;
	(void)found;
	return TMG_NOT_FOUND;
}

tmg_rc
tmg_no_identify(tmg_backend *b)
{
	(void)b;
	return TMG_OK;
}

tmg_rc
tmg_no_survey(tmg_backend *b, tmg_slot *rows, size_t count)
{
	(void)b;
	(void)rows;
	(void)count;
	return TMG_OK;
}

tmg_rc
tmg_no_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	(void)rows;
	(void)cap;
	(void)count;
	return refuse(b, N_("the token has no slots that could be listed"));
}

tmg_rc
tmg_no_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki)
{
	(void)slot;
	(void)facts;
	(void)spki;
	return refuse(b, N_("the token does not tell what its keys are"));
}

tmg_rc
tmg_no_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der)
{
	(void)slot;
	(void)der;
	return refuse(b, N_("the token holds no certificates"));
}

tmg_rc
tmg_no_cert_write(tmg_backend *b, uint32_t slot, tmg_view der)
{
	(void)slot;
	(void)der;
	return refuse(b, N_("the token takes no certificates"));
}

tmg_rc
tmg_no_cert_delete(tmg_backend *b, uint32_t slot)
{
	(void)slot;
	return refuse(b, N_("the token deletes no certificates"));
}

tmg_rc
tmg_no_cert_chain(tmg_backend *b, uint32_t slot, const tmg_view *ders,
    size_t count)
{
	(void)slot;
	(void)ders;
	(void)count;
	return refuse(b, N_("the token keeps no issuers beside a certificate"));
}

tmg_rc
tmg_no_tries(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	(void)kind;
	(void)tries;
	return refuse(b, N_("the token does not tell how many tries are left"));
}

tmg_rc
tmg_no_factory(tmg_backend *b, tmg_pin_kind kind)
{
	(void)kind;
	return refuse(b, N_("the token does not tell whether a PIN is the factory's"));
}

tmg_rc
tmg_no_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	(void)kind;
	(void)pin;
	(void)tries;
	return refuse(b, N_("the token has no PIN"));
}

tmg_rc
tmg_no_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	(void)kind;
	(void)old;
	(void)fresh;
	(void)tries;
	return refuse(b, N_("the token changes no PIN"));
}

tmg_rc
tmg_no_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	(void)kind;
	(void)tries;
	return refuse(b, N_("its PIN cannot be typed on a keypad"));
}

tmg_rc
tmg_no_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	return tmg_no_verify_typed(b, kind, tries);
}

tmg_rc
tmg_no_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	(void)puk;
	(void)fresh;
	(void)tries;
	return refuse(b, N_("the token unblocks no PIN"));
}

tmg_rc
tmg_no_logout(tmg_backend *b)
{
	return refuse(b, N_("the token has no login"));
}

tmg_rc
tmg_no_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	(void)kind;
	return refuse(b, N_("the token has no login"));
}

tmg_rc
tmg_no_admin_auto(tmg_backend *b)
{
	return refuse(b, N_("the token has no administrator's key"));
}

tmg_rc
tmg_no_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	(void)spec;
	(void)spki;
	return refuse(b, N_("the token generates no keys"));
}

tmg_rc
tmg_no_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	(void)spec;
	(void)pkcs8;
	return refuse(b, N_("the token imports no keys"));
}

tmg_rc
tmg_no_key_delete(tmg_backend *b, uint32_t slot)
{
	(void)slot;
	return refuse(b, N_("the token deletes no keys"));
}

tmg_rc
tmg_no_key_move(tmg_backend *b, uint32_t from, uint32_t to)
{
	(void)from;
	(void)to;
	return refuse(b, N_("the token moves no keys"));
}

tmg_rc
tmg_no_key_policy(tmg_backend *b, uint32_t slot, tmg_pin_policy pin,
    tmg_touch_policy touch)
{
	(void)slot;
	(void)pin;
	(void)touch;
	return refuse(b, N_("the token does not change the PIN and touch policies of "
	    "a key that is there; a new key may have others"));
}

tmg_rc
tmg_no_attest(tmg_backend *b, uint32_t slot, tmg_out *der)
{
	(void)slot;
	(void)der;
	return refuse(b, N_("the token does not attest its keys"));
}

tmg_rc
tmg_no_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	(void)slot;
	(void)alg;
	(void)spec;
	(void)input;
	(void)sig;
	return refuse(b, N_("the token does not sign"));
}

tmg_rc
tmg_no_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	(void)slot;
	(void)alg;
	(void)spec;
	(void)cipher;
	(void)plain;
	return refuse(b, N_("the token does not decrypt"));
}

tmg_rc
tmg_no_derive(tmg_backend *b, uint32_t slot, tmg_alg alg, tmg_view peer,
    tmg_out *secret)
{
	(void)slot;
	(void)alg;
	(void)peer;
	(void)secret;
	return refuse(b, N_("the token does no key agreement"));
}

tmg_rc
tmg_no_data_slots(tmg_backend *b, tmg_data_slot *rows, size_t cap, size_t *count)
{
	(void)b;
	(void)rows;
	(void)cap;
	*count = 0;
	return TMG_OK;
}

tmg_rc
tmg_no_data_read(tmg_backend *b, uint32_t tag, tmg_out *data)
{
	(void)tag;
	(void)data;
	return refuse(b, N_("the token has no data objects"));
}

tmg_rc
tmg_no_data_write(tmg_backend *b, uint32_t tag, tmg_view data)
{
	(void)tag;
	(void)data;
	return refuse(b, N_("the token has no data objects"));
}

tmg_rc
tmg_no_data_delete(tmg_backend *b, uint32_t tag)
{
	(void)tag;
	return refuse(b, N_("the token has no data objects"));
}

tmg_rc
tmg_no_random(tmg_backend *b, size_t n, tmg_out *bytes)
{
	(void)n;
	(void)bytes;
	return refuse(b, N_("the token gives no random numbers"));
}

tmg_rc
tmg_no_reset(tmg_backend *b)
{
	return refuse(b, N_("the token has no way back to the factory's state"));
}

tmg_rc
tmg_no_setup(tmg_backend *b)
{
	return refuse(b, N_("the token needs no preparation"));
}

tmg_rc
tmg_no_begin(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS])
{
	(void)pins;
	return refuse(b, N_("the token is begun already, or by the program of its "
	    "maker alone"));
}

tmg_rc
tmg_no_hash_pins(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS])
{
	(void)pins;
	return refuse(b, N_("the token takes its PINs as they are typed, and never "
	    "hashed"));
}

tmg_rc
tmg_no_admin_protect(tmg_backend *b, tmg_view fresh)
{
	(void)fresh;
	return refuse(b, N_("the token keeps no administrator's key behind its PIN"));
}
