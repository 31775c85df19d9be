/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/part10.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

/* Features, PC/SC part 10, 2.2; each is followed by 04 and a control code. */
enum {
	FEATURE_VERIFY_PIN_DIRECT = 0x06,
	FEATURE_MODIFY_PIN_DIRECT = 0x07,
	FEATURE_GET_TLV_PROPERTIES = 0x12,
	CODE_BYTES = 4,
};

/* Properties of part 10's GET_TLV_PROPERTIES. */
enum {
	PROPERTY_VALIDATION = 0x02,
	PROPERTY_MIN_PIN = 0x06,
	PROPERTY_MAX_PIN = 0x07,
	PROPERTY_MAX_APDU_DATA = 0x0a,
};

/* Fields of part 10's PIN_VERIFY and PIN_MODIFY; their formats are those of
 * CCID 1.1, 6.1.11, "PIN Verification Data Structure". */
enum {
	FORMAT_BYTES = 0x80,		/* bmFormatString: positions count bytes */
	FORMAT_AT_SHIFT = 3,		/* where the PIN begins */
	FORMAT_LEFT_ASCII = 0x02,
	LENGTH_NOWHERE = 0x00,		/* bmPINLengthFormat: it is not written */
	CONFIRM_AND_CURRENT = 0x03,	/* bConfirmPIN */
	END_BY_KEY = 0x02,		/* bEntryValidationCondition */
	MESSAGES_VERIFY = 1,
	MESSAGES_MODIFY = 3,
	LANGUAGE_ENGLISH = 0x0409,
	AT_MAX = 15,
	APDU_HEAD = 5,			/* CLA INS P1 P2 Lc */
};

/* ---- what a reader tells ------------------------------------------------- */

/* Tag, one byte of length, value. */
static tmg_rc
next_tlv(tmg_view *in, uint8_t *tag, tmg_view *value)
{
	tmg_view head;
	tmg_rc rc;

	if ((rc = tmg_view_take(in, 2, &head)) ||
	    (rc = tmg_view_take(in, head.ptr[1], value)))
		return rc;
	*tag = head.ptr[0];
	return TMG_OK;
}

static uint32_t *
feature_at(tmg_part10_features *f, uint8_t tag)
{
	switch (tag) {
	case FEATURE_VERIFY_PIN_DIRECT:
		return &f->verify;
	case FEATURE_MODIFY_PIN_DIRECT:
		return &f->modify;
	case FEATURE_GET_TLV_PROPERTIES:
		return &f->properties;
	default:
		return NULL;
	}
}

static uint32_t
big_endian(const uint8_t code[static CODE_BYTES])
{
	return (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 |
	    (uint32_t)code[2] << 8 | code[3];
}

static tmg_rc
take_feature(tmg_view *answer, tmg_part10_features *f)
{
	uint32_t *code;
	tmg_view value;
	uint8_t tag;
	tmg_rc rc;

	if ((rc = next_tlv(answer, &tag, &value)))
		return rc;
	code = feature_at(f, tag);
	if (code == NULL)
		return TMG_OK;
	if (value.len != CODE_BYTES || *code != 0)
		return TMG_E_MALFORMED;
	*code = big_endian(value.ptr);
	return *code != 0 ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_part10_features_parse(tmg_view answer, tmg_part10_features *f)
{
	tmg_rc rc = TMG_OK;

	*f = (tmg_part10_features){ .verify = 0 };
	while (rc == TMG_OK && answer.len > 0)
		rc = take_feature(&answer, f);
	if (rc != TMG_OK)
		*f = (tmg_part10_features){ .verify = 0 };
	return rc;
}

static tmg_rc
take_byte(tmg_view value, uint8_t *byte)
{
	if (value.len != 1)
		return TMG_E_MALFORMED;
	*byte = value.ptr[0];
	return TMG_OK;
}

/* dwMaxAPDUDataSize: some drivers write fewer bytes than four. */
static tmg_rc
take_size(tmg_view value, tmg_part10_properties *p)
{
	if (value.len == 0 || value.len > sizeof(p->apdu_data))
		return TMG_E_MALFORMED;
	p->apdu_data = 0;
	for (size_t i = value.len; i > 0; i--)
		p->apdu_data = p->apdu_data << 8 | value.ptr[i - 1];
	p->has_apdu_data = true;
	return TMG_OK;
}

static tmg_rc
take_property(tmg_view *answer, tmg_part10_properties *p)
{
	tmg_view value;
	uint8_t tag;
	tmg_rc rc;

	if ((rc = next_tlv(answer, &tag, &value)))
		return rc;
	switch (tag) {
	case PROPERTY_VALIDATION:
		return take_byte(value, &p->validation);
	case PROPERTY_MIN_PIN:
		return take_byte(value, &p->min);
	case PROPERTY_MAX_PIN:
		return take_byte(value, &p->max);
	case PROPERTY_MAX_APDU_DATA:
		return take_size(value, p);
	default:
		return TMG_OK;
	}
}

tmg_rc
tmg_part10_properties_parse(tmg_view answer, tmg_part10_properties *p)
{
	tmg_rc rc = TMG_OK;

	*p = (tmg_part10_properties){ .min = 0 };
	while (rc == TMG_OK && answer.len > 0)
		rc = take_property(&answer, p);
	return rc;
}

/* ---- what it is told ----------------------------------------------------- */

static bool
fits(const tmg_pad_form *f, tmg_view command)
{
	const size_t last = f->change && f->new_at > f->old_at ? f->new_at
	    : f->old_at;

	return command.len > APDU_HEAD &&
	    command.ptr[APDU_HEAD - 1] == command.len - APDU_HEAD &&
	    f->block > 0 && f->block <= TMG_PAD_BLOCK_MAX && f->min > 0 &&
	    f->min <= f->max && f->max <= f->block && f->seconds <= UINT8_MAX &&
	    f->old_at <= AT_MAX && (!f->change || f->new_at <= AT_MAX) &&
	    last + f->block <= command.len - APDU_HEAD;
}

/* Two bytes, and four, from the least on: as CCID sends them. */
static void
put_le(tmg_out *out, uint32_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		tmg_put_u8(out, (uint8_t)(n >> 8 * i));
}

/* By the key that says so, where the keypad has one. */
static uint8_t
validation(const tmg_part10_properties *p)
{
	return p->validation == 0 || (p->validation & END_BY_KEY) != 0
	    ? END_BY_KEY : p->validation;
}

/* bTimerOut to bmPINLengthFormat.  With two blocks their places stand apart. */
static void
put_format(const tmg_pad_form *form, tmg_out *out)
{
	const size_t at = form->change ? 0 : form->old_at;

	tmg_put_u8(out, (uint8_t)form->seconds);
	tmg_put_u8(out, 0);		/* bTimerOut2: the reader's own */
	tmg_put_u8(out, (uint8_t)(FORMAT_BYTES | at << FORMAT_AT_SHIFT |
	    FORMAT_LEFT_ASCII));
	tmg_put_u8(out, (uint8_t)form->block);
	tmg_put_u8(out, LENGTH_NOWHERE);
	if (!form->change)
		return;
	tmg_put_u8(out, (uint8_t)form->old_at);
	tmg_put_u8(out, (uint8_t)form->new_at);
}

/* bNumberMessage to bTeoPrologue: a text for each entry, in the order of the
 * reader's own. */
static void
put_messages(const tmg_pad_form *form, tmg_out *out)
{
	const uint8_t count = form->change ? MESSAGES_MODIFY : MESSAGES_VERIFY;

	tmg_put_u8(out, count);
	put_le(out, LANGUAGE_ENGLISH, 2);
	for (uint8_t i = 0; i < count; i++)
		tmg_put_u8(out, i);
	put_le(out, 0, 3);
}

tmg_rc
tmg_part10_put(const tmg_part10_properties *p, const tmg_pad_form *form,
    tmg_view command, tmg_out *out)
{
	const size_t min = form->min > p->min ? form->min : p->min;
	const size_t max = p->max != 0 && p->max < form->max ? p->max : form->max;

	if (!fits(form, command))
		return TMG_E_USAGE;
	if (min > max)
		return TMG_UNSUPPORTED;
	put_format(form, out);
	put_le(out, (uint32_t)(min << 8 | max), 2);	/* wPINMaxExtraDigit */
	if (form->change)
		tmg_put_u8(out, CONFIRM_AND_CURRENT);
	tmg_put_u8(out, validation(p));
	put_messages(form, out);
	put_le(out, (uint32_t)command.len, 4);
	tmg_put(out, command);
	return tmg_out_done(out);
}

/* ---- what it answers ----------------------------------------------------- */

/* The reader's own status words: part 10, VERIFY_PIN_DIRECT and
 * MODIFY_PIN_DIRECT. */
static const struct {
	uint16_t sw;
	tmg_rc rc;
	const char *words;
} table[] = {
	{ 0x6400, TMG_CANCELLED, N_("nobody typed a PIN on the keypad of %s in "
	    "time; no try was lost") },
	{ 0x6401, TMG_CANCELLED, N_("it was cancelled on the keypad of %s; "
	    "no try was lost") },
	{ 0x6480, TMG_CANCELLED, N_("it was cancelled for the keypad of %s; "
	    "no try was lost") },
	{ 0x6402, TMG_DENIED, N_("the new PIN was not repeated alike on the "
	    "keypad of %s; nothing was changed") },
	{ 0x6403, TMG_DENIED, N_("what was typed on the keypad of %s cannot be "
	    "the PIN: it is too short or too long; no try was lost") },
	{ 0x6b80, TMG_UNSUPPORTED, N_("the keypad of %s does not take the PIN of "
	    "this card; take the reader out of readers.keypads in "
	    "tamga.conf") },
};

tmg_rc
tmg_part10_judge(tmg_fault *f, const char *reader, tmg_view response)
{
	uint16_t sw = 0;

	if (response.len == 2)
		sw = (uint16_t)(response.ptr[0] << 8 | response.ptr[1]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	for (size_t i = 0; i < TMG_COUNT(table); i++)
		if (table[i].sw == sw)
			return tmg_raise(f, table[i].rc, sw, _(table[i].words),
			    reader);
#pragma GCC diagnostic pop
	return TMG_OK;
}

tmg_rc
tmg_part10_broken_off(tmg_fault *f, tmg_rc rc)
{
	const tmg_fault was = *f;

	if (rc != TMG_REMOVED && !tmg_is_fault(rc))
		return rc;
	return tmg_raise(f, rc, was.sw, _("%s; before the PIN is typed again see "
	    "how many tries are left: tamga info"), was.text);
}

tmg_rc
tmg_part10_none(tmg_fault *f, const char *reader)
{
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("%s has no keypad on which this PIN can be typed"), reader);
}
