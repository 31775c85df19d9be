/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private-key operations by GENERAL AUTHENTICATE: SP 800-73-4 part 2, 3.2.4
 * and appendix A from A.3 on.  The card does the raw operation, the host pads.
 */
#include "drivers/piv/piv.h"

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/driver/signing.h"
#include "src/pki/padding.h"

#define ANSWER_MAX 1100u	/* bytes; RSA 4096 and two headers, with room */

static const tmg_status operate_sw[] = {
	{ TMG_SW_CONDITIONS, TMG_DENIED,
	    N_("the card refuses; if the key wants a touch, it came too late") },
	{ TMG_SW_P1P2, TMG_NOT_FOUND,
	    N_("the slot holds no key of the expected kind") },
	{ TMG_SW_WRONG_P1P2, TMG_NOT_FOUND,
	    N_("the slot holds no key of the expected kind") },
	TMG_STATUS_OF_USE,
};

static tmg_rc
bad_answer(tmg_piv *p)
{
	return piv_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: what the card answered to a key operation has the wrong form "
	    "or length"), p->who);
}

static tmg_rc
send_operation(tmg_piv *p, uint32_t ref, tmg_alg alg, tmg_view fields,
    tmg_out *answer, uint16_t *sw)
{
	const size_t cap = tmg_tlv_size(TAG_AUTH, fields.len);
	tmg_auto_free uint8_t *bytes = malloc(cap);
	tmg_out data = { bytes, cap, 0, false };

	if (bytes == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	tmg_tlv_put(&data, TAG_AUTH, fields);
	return tmg_piv_send(p, &(tmg_capdu){
		.ins = INS_GENERAL_AUTHENTICATE,
		.p1 = tmg_piv_alg_id(alg),
		.p2 = (uint8_t)ref,
		.data = tmg_out_view(&data),
		.le = tmg_signing_le(alg),
	}, answer, sw);
}

tmg_rc
tmg_piv_operate(tmg_piv *p, uint32_t ref, tmg_alg alg, uint32_t tag,
    tmg_view input, tmg_out *store, tmg_view *response)
{
	static const uint32_t path[] = { TAG_AUTH, TAG_RESPONSE, 0 };
	const size_t cap = input.len + 16;
	tmg_auto_free uint8_t *bytes = malloc(cap);
	tmg_out fields = { bytes, cap, 0, false };
	uint16_t sw;
	tmg_rc rc;

	if (bytes == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	if (tmg_piv_alg_id(alg) == 0)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: PIV knows no keys of the kind %s"), p->who,
		    tmg_alg_get(alg)->name);
	tmg_tlv_put(&fields, TAG_RESPONSE, (tmg_view){ 0 });
	tmg_tlv_put(&fields, tag, input);
	if ((rc = send_operation(p, ref, alg, tmg_out_view(&fields), store, &sw)))
		return piv_pass(p, rc);

	/* Believed to be logged in, but the card knows better: our selection
	 * may be gone as well. */
	if (sw == TMG_SW_LOGIN && p->user)
		tmg_application_doubt(&p->app);
	if ((rc = piv_judge(p, operate_sw, sw, N_("using a key"))))
		return rc;
	return tmg_tlv_walk(tmg_out_view(store), path, response)
	    ? bad_answer(p) : TMG_OK;
}

/* ---- signatures ---------------------------------------------------------- */

static const tmg_signing_ways ways = { .filled = true };

static tmg_rc
cannot_sign(tmg_piv *p, tmg_alg alg, tmg_rc rc)
{
	const char *kind = tmg_alg_get(alg)->name;

	return rc == TMG_UNSUPPORTED ? piv_raise(p, rc, 0,
	    _("%s: a key of the kind %s does not sign"), p->who, kind)
	    : piv_raise(p, rc, 0,
	    _("%s: this cannot be signed with a key of the kind %s"), p->who, kind);
}

tmg_rc
tmg_piv_sign(tmg_backend *b, uint32_t ref, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_piv *p = tmg_piv_of(b);
	tmg_signing s = { .ways = &ways, .ctx = b->ctx, .alg = alg, .spec = spec };
	uint8_t bytes[ANSWER_MAX];
	tmg_out store = TMG_OUT(bytes);
	const tmg_piv_slot *slot;
	tmg_view answer;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)))
		return rc;
	if ((rc = tmg_signing_begin(&s, input)))
		return cannot_sign(p, alg, rc);
	if ((rc = tmg_piv_operate(p, ref, alg, TAG_CHALLENGE, s.sent, &store,
	    &answer)))
		return rc;
	rc = tmg_signing_end(&s, answer, sig);
	return rc == TMG_E_MALFORMED ? bad_answer(p) : rc;
}

/* ---- decryption and key agreement ---------------------------------------- */

/* Some cards drop leading zeros of what RSADP gave: they are put back. */
static tmg_rc
take_plain(tmg_piv *p, tmg_view m, size_t k, const tmg_decrypt_spec *spec,
    tmg_out *plain)
{
	uint8_t em[TMG_SIG_MAX];
	tmg_rc rc;

	if (m.len > k || k > sizeof(em))
		return bad_answer(p);
	memset(em, 0, k - m.len);
	memcpy(em + k - m.len, m.ptr, m.len);
	rc = tmg_unpad(tmg_ctx_libctx(p->base.ctx), spec, (tmg_view){ em, k },
	    plain);
	explicit_bzero(em, sizeof(em));
	if (rc)
		return piv_raise(p, rc, 0,
		    _("%s: this was not encrypted for the key, or with another "
		    "padding"), p->who);
	return TMG_OK;
}

tmg_rc
tmg_piv_decrypt(tmg_backend *b, uint32_t ref, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	tmg_piv *p = tmg_piv_of(b);
	const size_t k = tmg_alg_bytes(alg);
	uint8_t bytes[ANSWER_MAX];
	tmg_out store = TMG_OUT(bytes);
	const tmg_piv_slot *slot;
	tmg_view m;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)))
		return rc;
	if (tmg_alg_get(alg)->family != TMG_FAMILY_RSA)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: a key of the kind %s does not decrypt"), p->who,
		    tmg_alg_get(alg)->name);
	if (cipher.len != k)
		return piv_raise(p, TMG_E_USAGE, 0,
		    _("%s: %zu bytes to decrypt where the key has %zu"), p->who,
		    cipher.len, k);
	rc = tmg_piv_operate(p, ref, alg, TAG_CHALLENGE, cipher, &store, &m);
	if (rc == TMG_OK)
		rc = take_plain(p, m, k, spec, plain);
	explicit_bzero(bytes, sizeof(bytes));
	return piv_pass(p, rc);
}

tmg_rc
tmg_piv_derive(tmg_backend *b, uint32_t ref, tmg_alg alg, tmg_view peer,
    tmg_out *secret)
{
	tmg_piv *p = tmg_piv_of(b);
	const tmg_family family = tmg_alg_get(alg)->family;
	const size_t field = tmg_alg_bytes(alg);
	uint8_t bytes[ANSWER_MAX];
	tmg_out store = TMG_OUT(bytes);
	const tmg_piv_slot *slot;
	tmg_view z;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)))
		return rc;
	if (family != TMG_FAMILY_EC && family != TMG_FAMILY_X)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: a key of the kind %s does no key agreement"), p->who,
		    tmg_alg_get(alg)->name);
	if (peer.len != (family == TMG_FAMILY_X ? field : 2 * field + 1))
		return piv_raise(p, TMG_E_USAGE, 0,
		    _("%s: the other side's public key has the wrong length"),
		    p->who);
	rc = tmg_piv_operate(p, ref, alg, TAG_EXPONENTIATION, peer, &store, &z);
	if (rc == TMG_OK && z.len != field)
		rc = bad_answer(p);
	if (rc == TMG_OK) {
		tmg_put(secret, z);
		rc = tmg_out_done(secret);
	}
	explicit_bzero(bytes, sizeof(bytes));
	return piv_pass(p, rc);
}
