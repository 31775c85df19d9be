/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Written from PC/SC part 10 and CCID 1.1, 6.1.11 and 6.1.12, not from
 * src/reader/part10.c, which it judges.
 */
#include "tools/vcard/keypad.h"

#include <openssl/crypto.h>
#include <string.h>

enum {
	SW_TIMEOUT = 0x6400,
	SW_CANCELLED = 0x6401,
	SW_NOT_ALIKE = 0x6402,
	SW_LENGTH = 0x6403,
	SW_PARAMETER = 0x6b80,

	VERIFY_HEAD = 19,	/* bytes of the structures before abData */
	MODIFY_HEAD = 24,
	APDU_HEAD = 5,		/* CLA INS P1 P2 Lc */
	SECONDS = 30,
	ENTRIES_MAX = 3,
};

/* What a structure asks for. */
struct entry {
	size_t at[2];		/* in the data: the one PIN, or the old and the new */
	size_t blocks, block;
	size_t min, max;
	bool current, confirm;
	tmg_view command;
};

/* ---- the person ---------------------------------------------------------- */

static bool
is_word(const char *word, size_t len)
{
	if ((len == 6 && memcmp(word, "cancel", 6) == 0) ||
	    (len == 7 && memcmp(word, "nothing", 7) == 0))
		return true;
	return len > 0 && strspn(word, "0123456789") >= len;
}

bool
vc_keypad_type(vc_keypad *pad, const char *words)
{
	vc_keys *k = &pad->keys;
	const size_t before = k->len;

	for (const char *at = words; *at != '\0';) {
		const size_t len = strcspn(at, " ");

		if (!is_word(at, len) || len + 1 > sizeof(k->text) - k->len) {
			OPENSSL_cleanse(k->text + before, k->len - before);
			k->len = before;
			return false;
		}
		memcpy(k->text + k->len, at, len);
		k->text[k->len + len] = ' ';
		k->len += len + 1;
		at += len + (at[len] == ' ');
	}
	return true;
}

static void
drop(vc_keys *k, size_t n)
{
	memmove(k->text, k->text + n, k->len - n);
	OPENSSL_cleanse(k->text + k->len - n, n);
	k->len -= n;
}

/* The nth word that waits; empty: it was not typed yet. */
static tmg_view
word(const vc_keys *k, size_t n)
{
	const char *at = k->text, *end = k->text + k->len;

	for (;; n--) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));

		if (blank == NULL)
			return (tmg_view){ NULL, 0 };
		if (n == 0)
			return (tmg_view){ (const uint8_t *)at, (size_t)(blank - at) };
		at = blank + 1;
	}
}

/* ---- the structure ------------------------------------------------------- */

static size_t
le(const uint8_t *p, size_t n)
{
	size_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

unsigned
vc_keypad_seconds(tmg_view told)
{
	return told.len > 0 && told.ptr[0] != 0 ? told.ptr[0] : SECONDS;
}

/* Digits in ASCII, from the left, at a place counted in bytes, with no length
 * written anywhere: what this keypad can. */
static bool
take_format(const uint8_t *p, struct entry *e)
{
	const uint8_t format = p[2];

	e->at[0] = format >> 3 & 0x0f;
	e->block = p[3] & 0x0f;
	return (format & 0x80) != 0 && (format & 0x04) == 0 &&
	    (format & 0x03) == 0x02 && (p[3] & 0xf0) == 0 && e->block > 0;
}

static bool
take_rest(const uint8_t *digits, uint8_t ends, tmg_view data, size_t len,
    struct entry *e)
{
	e->max = digits[0];
	e->min = digits[1];
	e->command = data;
	return ends > 0 && ends <= 7 && len == data.len &&
	    data.len > APDU_HEAD && data.len <= VC_TYPED_MAX &&
	    data.ptr[4] == data.len - APDU_HEAD && e->min <= e->max &&
	    e->at[0] + e->block <= data.len - APDU_HEAD &&
	    (e->blocks < 2 || e->at[1] + e->block <= data.len - APDU_HEAD);
}

static bool
take_verify(tmg_view told, struct entry *e)
{
	const uint8_t *p = told.ptr;

	if (told.len < VERIFY_HEAD || !take_format(p, e))
		return false;
	e->blocks = 1;
	e->current = true;
	return take_rest(p + 5, p[7], (tmg_view){ p + VERIFY_HEAD,
	    told.len - VERIFY_HEAD }, le(p + 15, 4), e);
}

static bool
take_modify(tmg_view told, struct entry *e)
{
	const uint8_t *p = told.ptr;

	if (told.len < MODIFY_HEAD || !take_format(p, e))
		return false;
	e->at[0] = p[5];
	e->at[1] = p[6];
	e->blocks = 2;
	e->confirm = (p[9] & 0x01) != 0;
	e->current = (p[9] & 0x02) != 0;
	return e->current && take_rest(p + 7, p[10], (tmg_view){ p + MODIFY_HEAD,
	    told.len - MODIFY_HEAD }, le(p + 20, 4), e);
}

/* ---- both ---------------------------------------------------------------- */

static bool
is(tmg_view w, const char *text)
{
	return tmg_view_equal(w, tmg_view_str(text));
}

/* 0, or what the keypad says to these entries. */
static uint16_t
judge(const struct entry *e, const tmg_view *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is(words[i], "cancel"))
			return SW_CANCELLED;
		if (is(words[i], "nothing"))
			return SW_TIMEOUT;
		if (words[i].len < e->min || words[i].len > e->max ||
		    words[i].len > e->block)
			return SW_LENGTH;
	}
	return e->confirm && !tmg_view_equal(words[1], words[2]) ? SW_NOT_ALIKE : 0;
}

static bool
ends_it(tmg_view w)
{
	return is(w, "cancel") || is(w, "nothing");
}

/* The entries in the order in which they are asked for; 0: not all there. */
static size_t
collect(const vc_keys *k, size_t wanted, tmg_view words[static ENTRIES_MAX])
{
	for (size_t i = 0; i < wanted; i++) {
		words[i] = word(k, i);
		if (words[i].len == 0)
			return 0;
		if (ends_it(words[i]))
			return i + 1;
	}
	return wanted;
}

static void
fill(const struct entry *e, const tmg_view *words, tmg_out *command)
{
	uint8_t *data = command->ptr + APDU_HEAD;

	tmg_put(command, e->command);
	for (size_t i = 0; i < e->blocks; i++)
		memcpy(data + e->at[i], words[i].ptr, words[i].len);
}

tmg_rc
vc_keypad_run(vc_keypad *pad, bool change, tmg_view told, tmg_out *command,
    uint16_t *sw)
{
	struct entry e = { .blocks = 0 };
	tmg_view words[ENTRIES_MAX];
	size_t count, used;

	*sw = 0;
	if (!(change ? take_modify(told, &e) : take_verify(told, &e))) {
		*sw = SW_PARAMETER;
		return TMG_OK;
	}
	count = collect(&pad->keys, e.blocks + e.confirm, words);
	if (count == 0)
		return TMG_PENDING;
	*sw = judge(&e, words, count);
	if (*sw == 0)
		fill(&e, words, command);
	used = (size_t)((const char *)words[count - 1].ptr - pad->keys.text) +
	    words[count - 1].len + 1;
	drop(&pad->keys, used);
	return TMG_OK;
}

void
vc_keypad_close(vc_keypad *pad)
{
	OPENSSL_cleanse(pad->told, sizeof(pad->told));
	pad->told_len = 0;
	pad->open = false;
}
