/* SPDX-License-Identifier: BSD-2-Clause */
/* Data objects that are neither key nor certificate: 4.4.1, 4.4.2. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	DO_NAME = 0x5b,
	DO_LANGUAGE = 0x5f2d,
	DO_SEX = 0x5f35,
	DO_LOGIN = 0x5e,
};

/* Where an object is read from, and who may. */
static const struct row {
	uint32_t tag;
	const char *name;
	uint32_t inside;	/* of that object; 0: by itself */
	bool guarded;
	bool private;		/* there where the capabilities say so */
	uint8_t reader, writer;	/* password wanted; 0 nobody's */
} rows[] = {
	{ DO_NAME, "Name", DO_HOLDER, false, false, 0, PW_ADMIN },
	{ DO_LANGUAGE, "Language Preferences", DO_HOLDER, false, false, 0, PW_ADMIN },
	{ DO_SEX, "Salutation", DO_HOLDER, false, false, 0, PW_ADMIN },
	{ DO_URL, "URL of Public Key", 0, false, false, 0, PW_ADMIN },
	{ DO_LOGIN, "Login Data", 0, false, false, 0, PW_ADMIN },
	{ 0x0101, "Private Use 1", 0, false, true, 0, PW_OTHER },
	{ 0x0102, "Private Use 2", 0, false, true, 0, PW_ADMIN },
	{ 0x0103, "Private Use 3", 0, true, true, PW_OTHER, PW_OTHER },
	{ 0x0104, "Private Use 4", 0, true, true, PW_ADMIN, PW_ADMIN },
	{ DO_RESET_CODE, "Resetting Code", 0, true, false, PW_ADMIN, PW_ADMIN },
	{ DO_KDF, "Key Derived Format", 0, false, false, 0, PW_ADMIN },
};

static tmg_rc
row_get(tmg_opgp *p, uint32_t tag, const struct row **row)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		if (rows[i].tag == tag) {
			*row = &rows[i];
			return TMG_OK;
		}
	}
	return opgp_raise(p, TMG_NOT_FOUND, 0,
	    _("%s: an OpenPGP card has no data object %04X"), p->who,
	    (unsigned)tag);
}

static bool
has(const tmg_opgp *p, const struct row *row)
{
	return !row->private || !p->about_known ||
	    (p->about.can & CAP_PRIVATE) != 0;
}

tmg_rc
tmg_opgp_data_slots(tmg_backend *b, tmg_data_slot *slots, size_t cap,
    size_t *count)
{
	const tmg_opgp *p = tmg_opgp_of(b);

	*count = 0;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		if (!has(p, &rows[i]))
			continue;
		if (*count < cap)
			slots[*count] = (tmg_data_slot){
				.tag = rows[i].tag,
				.name = rows[i].name,
				.application = "OpenPGP",
				.guarded = rows[i].guarded,
				.fixed = rows[i].tag == DO_KDF,
				.users = rows[i].writer == PW_OTHER,
				.holder = rows[i].tag == DO_NAME,
			};
		(*count)++;
	}
	return TMG_OK;
}

/* The object, or the one in which it stands. */
static tmg_rc
read_row(tmg_opgp *p, const struct row *row, tmg_out *store, tmg_view *content)
{
	tmg_view outer;
	tmg_rc rc;

	if (row->inside == 0)
		return tmg_opgp_get(p, row->tag, TMG_LE_ANY, store, content);
	if ((rc = tmg_opgp_get(p, row->inside, TMG_LE_ANY, store, &outer)))
		return rc;
	if (tmg_tlv_find(outer, row->tag, content))
		return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: what the card says of its holder cannot be read"),
		    p->who);
	if (content->len == 0)
		return opgp_raise(p, TMG_NOT_FOUND, TMG_SW_OK,
		    _("%s: data object %04X is empty"), p->who,
		    (unsigned)row->tag);
	return TMG_OK;
}

/* An object and its wrapping; wiped, for some are for private use. */
typedef struct object_room {
	uint8_t bytes[OPGP_OBJECT_MAX];
} object_room;

static void
object_room_free(object_room **room)
{
	if (*room != NULL)
		explicit_bzero(*room, sizeof(**room));
	free(*room);
}

tmg_rc
tmg_opgp_data_read(tmg_backend *b, uint32_t tag, tmg_out *data)
{
	tmg_opgp *p = tmg_opgp_of(b);
	tmg_auto_ptr(object_room) room = malloc(sizeof(*room));
	const struct row *row;
	tmg_view content;
	tmg_out store;
	tmg_rc rc;

	if (room == NULL)
		return opgp_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	store = TMG_OUT(room->bytes);
	if ((rc = row_get(p, tag, &row)))
		return rc;
	if (tag == DO_RESET_CODE)
		return opgp_raise(p, TMG_NOT_FOUND, 0,
		    _("%s: the card does not show its reset code"), p->who);
	if ((rc = read_row(p, row, &store, &content)))
		return opgp_pass(p, rc);
	tmg_put(data, content);
	return tmg_out_done(data);
}

/* A reset code is hashed as a PIN is; an empty one takes it away. */
static tmg_rc
write_reset_code(tmg_opgp *p, tmg_view code)
{
	const tmg_pin_rule *rule = &p->base.info.pins[TMG_PIN_PUK];
	tmg_auto_secret sent = { .len = 0 };
	tmg_rc rc;

	if ((rc = tmg_opgp_want_admin(p)) || (rc = tmg_opgp_kdf_learn(p)))
		return rc;
	if (code.len > 0 && (code.len < rule->min || code.len > rule->max))
		return opgp_raise(p, TMG_DENIED, 0,
		    _("%s: the new value must have %zu to %zu characters"), p->who,
		    rule->min, rule->max);
	if (code.len > 0 &&
	    (rc = tmg_opgp_kdf_apply(p, TMG_PIN_PUK, code, &sent)))
		return rc;
	return tmg_opgp_put(p, DO_RESET_CODE, tmg_secret_view(&sent));
}

tmg_rc
tmg_opgp_data_write(tmg_backend *b, uint32_t tag, tmg_view data)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const struct row *row;
	tmg_rc rc;

	if ((rc = row_get(p, tag, &row)))
		return rc;
	if (tag == DO_RESET_CODE)
		return opgp_pass(p, write_reset_code(p, data));
	/* Every PIN would have to be set anew with it: 4.3.2. */
	if (tag == DO_KDF)
		return opgp_raise(p, TMG_OCCUPIED, 0,
		    _("%s: with another key derived format no PIN would be right "
		    "any more; tamga setup --kdf sets it up with new ones"), p->who);
	return opgp_pass(p, row->writer == PW_OTHER
	    ? tmg_opgp_put_as_user(p, tag, data) : tmg_opgp_put(p, tag, data));
}

/* Writing nothing deletes: 4.4.2. */
tmg_rc
tmg_opgp_data_delete(tmg_backend *b, uint32_t tag)
{
	return tmg_opgp_data_write(b, tag, (tmg_view){ 0 });
}
