/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows for what a token cannot do: all answer TMG_UNSUPPORTED and say so in
 * the backend's fault.  With them no caller ever tests a row for NULL.
 */
#ifndef TMG_DRIVER_NO_H
#define TMG_DRIVER_NO_H

#include "tamga/driver.h"

/* No ATR is known for such cards. */
bool tmg_no_likely(tmg_view atr);
/* A driver for cards knows no paths, one for paths no cards: TMG_NOT_FOUND. */
tmg_rc tmg_no_probe(tmg_channel *ch, tmg_probe *found);
tmg_rc tmg_no_probe_path(tmg_ctx *ctx, const char *path, tmg_probe *found);

/* TMG_OK: probe told all there is. */
tmg_rc tmg_no_identify(tmg_backend *b);
/* TMG_OK: no slot is retired. */
tmg_rc tmg_no_survey(tmg_backend *b, tmg_slot *rows, size_t count);

tmg_rc tmg_no_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);
tmg_rc tmg_no_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki);

tmg_rc tmg_no_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der);
tmg_rc tmg_no_cert_write(tmg_backend *b, uint32_t slot, tmg_view der);
tmg_rc tmg_no_cert_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_no_cert_chain(tmg_backend *b, uint32_t slot, const tmg_view *ders,
    size_t count);

tmg_rc tmg_no_tries(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_no_factory(tmg_backend *b, tmg_pin_kind kind);
tmg_rc tmg_no_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries);
tmg_rc tmg_no_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
tmg_rc tmg_no_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_no_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_no_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries);
tmg_rc tmg_no_logout(tmg_backend *b);
tmg_rc tmg_no_logged_in(tmg_backend *b, tmg_pin_kind kind);
tmg_rc tmg_no_admin_auto(tmg_backend *b);

tmg_rc tmg_no_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki);
tmg_rc tmg_no_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8);
tmg_rc tmg_no_key_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_no_key_move(tmg_backend *b, uint32_t from, uint32_t to);
tmg_rc tmg_no_key_policy(tmg_backend *b, uint32_t slot, tmg_pin_policy pin,
    tmg_touch_policy touch);
tmg_rc tmg_no_attest(tmg_backend *b, uint32_t slot, tmg_out *der);

tmg_rc tmg_no_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
tmg_rc tmg_no_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);
tmg_rc tmg_no_derive(tmg_backend *b, uint32_t slot, tmg_alg alg,
    tmg_view peer, tmg_out *secret);

tmg_rc tmg_no_data_slots(tmg_backend *b, tmg_data_slot *rows, size_t cap,
    size_t *count);
tmg_rc tmg_no_data_read(tmg_backend *b, uint32_t tag, tmg_out *data);
tmg_rc tmg_no_data_write(tmg_backend *b, uint32_t tag, tmg_view data);
tmg_rc tmg_no_data_delete(tmg_backend *b, uint32_t tag);

tmg_rc tmg_no_random(tmg_backend *b, size_t n, tmg_out *bytes);
tmg_rc tmg_no_reset(tmg_backend *b);
tmg_rc tmg_no_setup(tmg_backend *b);
tmg_rc tmg_no_begin(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS]);
tmg_rc tmg_no_hash_pins(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS]);
tmg_rc tmg_no_admin_protect(tmg_backend *b, tmg_view fresh);

#endif
