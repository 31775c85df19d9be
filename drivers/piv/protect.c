/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A management key kept behind the PIN, where yubico-piv-tool and ykman keep
 * it: a flag in object 5FFF00, the key in the printed information 5FC109,
 * which a card shows only after VERIFY.
 */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

enum {
	TAG_ADMIN = 0x80,
	TAG_FLAGS = 0x81,
	TAG_SALT = 0x82,	/* of a key derived from the PIN; long out of use */
	FLAG_PROTECTED = 0x02,
	TAG_PROTECTED = 0x88,
	TAG_KEY = 0x89,
};

#define SMALL_MAX 512u		/* bytes; far more than either object holds */

/* The fields of 5FFF00; empty when the card has none. */
static tmg_rc
read_admin(tmg_piv *p, tmg_out *store, tmg_view *fields)
{
	tmg_view content;
	tmg_rc rc;

	*fields = (tmg_view){ 0 };
	rc = tmg_piv_get(p, OBJ_ADMIN_DATA, TMG_LE_SHORT, store, &content);
	if (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED || rc == TMG_LOGIN ||
	    rc == TMG_E_MALFORMED)
		return TMG_OK;
	if (rc)
		return piv_pass(p, rc);
	if (tmg_tlv_find(content, TAG_ADMIN, fields))
		*fields = (tmg_view){ 0 };
	return TMG_OK;
}

static uint8_t
flags_of(tmg_view fields)
{
	tmg_view flags;

	return tmg_tlv_find(fields, TAG_FLAGS, &flags) == TMG_OK &&
	    flags.len == 1 ? flags.ptr[0] : 0;
}

/* The PIN is verified: fetch the key and log in with it. */
static tmg_rc
login_with_kept(tmg_piv *p)
{
	static const uint32_t path[] = { TAG_PROTECTED, TAG_KEY, 0 };
	__attribute__((__cleanup__(tmg_secret_wipe))) tmg_secret key = { .len = 0 };
	uint8_t bytes[SMALL_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_view content, kept;
	tmg_rc rc;

	rc = tmg_piv_get(p, OBJ_PRINTED, TMG_LE_SHORT, &store, &content);
	if (rc == TMG_LOGIN) {
		tmg_piv_doubt(p);
		return rc;
	}
	if (rc == TMG_OK && (tmg_tlv_walk(content, path, &kept) ||
	    tmg_secret_set(&key, kept)))
		rc = TMG_NOT_FOUND;
	explicit_bzero(bytes, sizeof(bytes));
	if (rc == TMG_NOT_FOUND)
		return tmg_advise(&p->base.fault, TMG_TRY_ADMIN_KEY,
		    piv_raise(p, TMG_NOT_FOUND, 0, _("%s: the management key should "
			"be kept behind the PIN, but is not there; give it"), p->who));
	if (rc)
		return piv_pass(p, rc);
	rc = tmg_piv_admin_login(p, tmg_secret_view(&key));
	if (rc != TMG_PIN_WRONG)
		return rc;
	return tmg_advise(&p->base.fault, TMG_TRY_ADMIN_KEY,
	    piv_raise(p, TMG_NOT_FOUND, p->base.fault.sw, _("%s: the management "
		"key kept behind the PIN is not the card's; give the right one"),
		p->who));
}

tmg_rc
tmg_piv_admin_auto(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);
	uint8_t bytes[SMALL_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_view fields;
	tmg_rc rc;

	if (tmg_piv_logged_in(b, TMG_PIN_ADMIN) == TMG_OK)
		return TMG_OK;
	if ((rc = tmg_piv_admin_factory(p)) != TMG_NOT_FOUND)
		return rc;
	if ((rc = read_admin(p, &store, &fields)))
		return rc;
	if ((flags_of(fields) & FLAG_PROTECTED) == 0)
		return tmg_piv_admin_factory(p);	/* says who must give it */
	if (tmg_piv_logged_in(b, TMG_PIN_USER) != TMG_OK)
		return piv_raise(p, TMG_LOGIN, 0,
		    _("%s: the management key is kept behind the PIN"), p->who);
	return login_with_kept(p);
}

static tmg_rc
write_kept(tmg_piv *p, tmg_view fresh)
{
	uint8_t inner[64], outer[64];
	tmg_out key = TMG_OUT(inner), out = TMG_OUT(outer);
	tmg_rc rc;

	tmg_tlv_put(&key, TAG_KEY, fresh);
	tmg_tlv_put(&out, TAG_PROTECTED, tmg_out_view(&key));
	rc = tmg_piv_put(p, OBJ_PRINTED, tmg_out_view(&out));
	explicit_bzero(inner, sizeof(inner));
	explicit_bzero(outer, sizeof(outer));
	return rc;
}

/* Keeps what others wrote there, but for the salt of a derived key. */
static tmg_rc
write_flag(tmg_piv *p, tmg_view fields)
{
	const uint8_t flags = flags_of(fields) | FLAG_PROTECTED;
	uint8_t inner[SMALL_MAX], outer[SMALL_MAX];
	tmg_out list = TMG_OUT(inner), out = TMG_OUT(outer);
	tmg_tlv t;

	tmg_tlv_put(&list, TAG_FLAGS, (tmg_view){ &flags, 1 });
	while (tmg_tlv_next(&fields, &t) == TMG_OK)
		if (t.tag != TAG_FLAGS && t.tag != TAG_SALT)
			tmg_tlv_put(&list, t.tag, t.value);
	tmg_tlv_put(&out, TAG_ADMIN, tmg_out_view(&list));
	if (list.full || out.full)
		return piv_raise(p, TMG_E_SPACE, 0,
		    _("%s: the card's administrative data is too long"), p->who);
	return tmg_piv_put(p, OBJ_ADMIN_DATA, tmg_out_view(&out));
}

/*
 * In this order a card pulled out at any point still opens for who knows the
 * old key: it is valid until the last command, and from then on the new one is
 * where the flag says it is.  An old key that was itself kept behind the PIN is
 * written over first; protecting twice is not safe against a pull.
 */
tmg_rc
tmg_piv_admin_protect(tmg_backend *b, tmg_view fresh)
{
	tmg_piv *p = tmg_piv_of(b);
	uint8_t bytes[SMALL_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_view fields;
	tmg_rc rc;

	if (fresh.len != 16 && fresh.len != 24 && fresh.len != 32)
		return piv_raise(p, TMG_E_USAGE, 0,
		    _("%s: a management key has 16, 24 or 32 bytes"), p->who);
	if ((rc = tmg_piv_extension(p)) || (rc = tmg_piv_want_admin(p)))
		return rc;
	if (tmg_piv_logged_in(b, TMG_PIN_USER) != TMG_OK)
		return piv_raise(p, TMG_LOGIN, 0,
		    _("%s: the PIN is wanted, for the key will be kept behind "
		    "it"), p->who);
	if ((rc = read_admin(p, &store, &fields)) ||
	    (rc = write_kept(p, fresh)) ||
	    (rc = write_flag(p, fields)))
		return piv_pass(p, rc);
	return tmg_piv_admin_set(p, fresh);
}
