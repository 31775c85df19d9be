/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A management key kept behind the PIN, where yubico-piv-tool and ykman keep
 * it: a flag in object 5FFF00, the key in the printed information 5FC109,
 * which a card shows only after VERIFY.
 *
 * While one kept key replaces another both stand there, the one to come under
 * a tag that other programs pass over.  Which of them is the card's, the card
 * knows: a login after a pull tries them all and leaves only that one.
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
	TAG_KEY_TO_COME = 0x8a,	/* ours */
};

#define SMALL_MAX 512u		/* bytes; far more than either object holds */

/* One of the two objects as it was read. */
struct note {
	uint8_t bytes[SMALL_MAX];
	tmg_view content;	/* all of it; empty when the card has none */
	tmg_view fields;	/* inside its one template */
};

static void
note_wipe(struct note *n)
{
	explicit_bzero(n, sizeof(*n));
}

#define auto_note __attribute__((__cleanup__(note_wipe))) struct note

/* What is absent or nobody's encoding is empty.  Verdicts TMG_LOGIN. */
static tmg_rc
read_note(tmg_piv *p, uint32_t object, uint32_t template, struct note *n)
{
	tmg_out store = TMG_OUT(n->bytes);
	tmg_rc rc;

	n->content = n->fields = (tmg_view){ 0 };
	rc = tmg_piv_get(p, object, TMG_LE_SHORT, &store, &n->content);
	if (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED || rc == TMG_E_MALFORMED)
		return TMG_OK;
	if (rc)
		return piv_pass(p, rc);
	if (tmg_tlv_find(n->content, template, &n->fields))
		n->fields = (tmg_view){ 0 };
	return TMG_OK;
}

static tmg_rc
read_admin(tmg_piv *p, struct note *n)
{
	const tmg_rc rc = read_note(p, OBJ_ADMIN_DATA, TAG_ADMIN, n);

	return rc == TMG_LOGIN ? TMG_OK : rc;
}

static tmg_rc
read_kept(tmg_piv *p, struct note *n)
{
	const tmg_rc rc = read_note(p, OBJ_PRINTED, TAG_PROTECTED, n);

	if (rc == TMG_LOGIN)
		tmg_application_doubt(&p->app);
	return rc;
}

static tmg_rc
write_note(tmg_piv *p, uint32_t object, uint32_t template, const tmg_out *fields)
{
	auto_note n;
	tmg_out out = TMG_OUT(n.bytes);

	tmg_tlv_put(&out, template, tmg_out_view(fields));
	if (fields->full || out.full)
		return piv_raise(p, TMG_E_SPACE, 0,
		    _("%s: the card's administrative data is too long"), p->who);
	return tmg_piv_put(p, object, tmg_out_view(&out));
}

/* ---- the kept keys ------------------------------------------------------- */

/* The next of them, and the tag it stands under. */
static bool
next_key(tmg_view *fields, tmg_tlv *key)
{
	while (tmg_tlv_next(fields, key) == TMG_OK)
		if (key->tag == TAG_KEY || key->tag == TAG_KEY_TO_COME)
			return true;
	return false;
}

static bool
is_empty(const struct note *kept)
{
	tmg_view fields = kept->fields;
	tmg_tlv key;

	return !next_key(&fields, &key);
}

/* Is one key there, where everybody looks for it? */
static bool
is_settled(const struct note *kept)
{
	tmg_view fields = kept->fields;
	tmg_tlv key;

	return next_key(&fields, &key) && key.tag == TAG_KEY &&
	    !next_key(&fields, &key);
}

/* That key alone; what others wrote beside it stays. */
static tmg_rc
keep_only(tmg_piv *p, const struct note *kept, tmg_view key)
{
	auto_note n;
	tmg_out list = TMG_OUT(n.bytes);
	tmg_view fields = kept->fields;
	tmg_tlv t;

	tmg_tlv_put(&list, TAG_KEY, key);
	while (tmg_tlv_next(&fields, &t) == TMG_OK)
		if (t.tag != TAG_KEY && t.tag != TAG_KEY_TO_COME)
			tmg_tlv_put(&list, t.tag, t.value);
	return write_note(p, OBJ_PRINTED, TAG_PROTECTED, &list);
}

/* That key too: any of the others may still be the card's. */
static tmg_rc
keep_beside(tmg_piv *p, const struct note *kept, tmg_view key)
{
	auto_note n;
	tmg_out list = TMG_OUT(n.bytes);
	tmg_view fields = kept->fields;
	tmg_tlv t;

	while (tmg_tlv_next(&fields, &t) == TMG_OK)
		tmg_tlv_put(&list, t.tag, t.value);
	tmg_tlv_put(&list, TAG_KEY_TO_COME, key);
	return write_note(p, OBJ_PRINTED, TAG_PROTECTED, &list);
}

/* ---- using them ---------------------------------------------------------- */

static uint8_t
flags_of(tmg_view fields)
{
	tmg_view flags;

	return tmg_tlv_find(fields, TAG_FLAGS, &flags) == TMG_OK &&
	    flags.len == 1 ? flags.ptr[0] : 0;
}

tmg_rc
tmg_piv_admin_kept(tmg_piv *p, bool *kept)
{
	auto_note admin;
	const tmg_rc rc = read_admin(p, &admin);

	*kept = rc == TMG_OK && (flags_of(admin.fields) & FLAG_PROTECTED) != 0;
	return rc;
}

/* Logs in with whichever is the card's.  Verdicts TMG_NOT_FOUND: none is. */
static tmg_rc
try_kept(tmg_piv *p, const struct note *kept, tmg_view *live)
{
	tmg_view fields = kept->fields;
	tmg_tlv key;
	tmg_rc rc;

	while (next_key(&fields, &key)) {
		*live = key.value;
		if ((rc = tmg_piv_admin_login(p, key.value)) != TMG_PIN_WRONG)
			return rc;
	}
	rc = piv_raise(p, TMG_NOT_FOUND, p->base.fault.sw, is_empty(kept)
	    ? _("%s: the management key should be kept behind the PIN, but is "
	    "not there; give it")
	    : _("%s: the management key kept behind the PIN is not the card's; "
	    "give the right one"), p->who);
	return tmg_advise(&p->base.fault, TMG_TRY_ADMIN_KEY, rc);
}

/* The PIN is verified: fetch the key and log in with it. */
static tmg_rc
login_with_kept(tmg_piv *p)
{
	auto_note kept;
	tmg_view live;
	tmg_rc rc;

	if ((rc = read_kept(p, &kept)) || (rc = try_kept(p, &kept, &live)))
		return rc;
	if (is_settled(&kept))
		return TMG_OK;
	/* A card that does not let itself be tidied opened all the same. */
	rc = keep_only(p, &kept, live);
	return tmg_is_fault(rc) ? piv_pass(p, rc) : TMG_OK;
}

tmg_rc
tmg_piv_admin_auto(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);
	struct note admin;
	tmg_rc rc;

	if (tmg_piv_logged_in(b, TMG_PIN_ADMIN) == TMG_OK)
		return TMG_OK;
	if ((rc = tmg_piv_admin_factory(p)) != TMG_NOT_FOUND)
		return rc;
	if ((rc = read_admin(p, &admin)))
		return rc;
	if ((flags_of(admin.fields) & FLAG_PROTECTED) == 0)
		return tmg_piv_admin_factory(p);	/* says who must give it */
	if (tmg_piv_logged_in(b, TMG_PIN_USER) != TMG_OK)
		return piv_raise(p, TMG_LOGIN, 0,
		    _("%s: the management key is kept behind the PIN"), p->who);
	return login_with_kept(p);
}

/* ---- a fresh one --------------------------------------------------------- */

/* Keeps what others wrote there, but for the salt of a derived key. */
static tmg_rc
write_flag(tmg_piv *p, tmg_view fields)
{
	const uint8_t flags = flags_of(fields) | FLAG_PROTECTED;
	uint8_t bytes[SMALL_MAX];
	tmg_out list = TMG_OUT(bytes);
	tmg_tlv t;

	tmg_tlv_put(&list, TAG_FLAGS, (tmg_view){ &flags, 1 });
	while (tmg_tlv_next(&fields, &t) == TMG_OK)
		if (t.tag != TAG_FLAGS && t.tag != TAG_SALT)
			tmg_tlv_put(&list, t.tag, t.value);
	return write_note(p, OBJ_ADMIN_DATA, TAG_ADMIN, &list);
}

/* The card does not take such a key: both objects become what they were, and
 * the words stay those of the refusal. */
static tmg_rc
take_back(tmg_piv *p, const struct note *admin, const struct note *kept)
{
	const tmg_fault why = p->base.fault;
	tmg_rc rc;

	if ((rc = tmg_piv_put(p, OBJ_ADMIN_DATA, admin->content)) ||
	    (rc = tmg_piv_put(p, OBJ_PRINTED, kept->content)))
		return piv_pass(p, rc);
	p->base.fault = why;
	return TMG_UNSUPPORTED;
}

/*
 * In this order a card pulled out at any point opens for who knows the old key
 * until the one command that sets the new one, and then with the PIN: the new
 * key is there before it is set, and an old one that the PIN opens leaves after.
 */
static tmg_rc
replace(tmg_piv *p, const struct note *admin, const struct note *kept,
    tmg_view fresh)
{
	const bool alone = is_empty(kept);
	tmg_rc rc;

	rc = alone ? keep_only(p, kept, fresh) : keep_beside(p, kept, fresh);
	if (rc || (rc = write_flag(p, admin->fields)))
		return piv_pass(p, rc);
	rc = tmg_piv_admin_set(p, fresh);
	if (rc == TMG_UNSUPPORTED)
		return take_back(p, admin, kept);
	if (rc)
		return piv_pass(p, rc);
	return alone ? TMG_OK : keep_only(p, kept, fresh);
}

tmg_rc
tmg_piv_admin_protect(tmg_backend *b, tmg_view fresh)
{
	tmg_piv *p = tmg_piv_of(b);
	struct note admin;
	auto_note kept;
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
	if ((rc = read_admin(p, &admin)) || (rc = read_kept(p, &kept)))
		return rc;
	return replace(p, &admin, &kept, fresh);
}
