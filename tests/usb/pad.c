/* SPDX-License-Identifier: BSD-2-Clause */
/* A keypad: PC_to_RDR_Secure, CCID 1.10 6.1.11 and 6.1.12.  It writes ASCII or BCD from the left. */
#include <string.h>

#include "tests/usb/ccid.h"

enum {
	VERIFY = 0, MODIFY = 1,
	KEY_CODES = 0x03, BCD = 0x01, ASCII = 0x02, JUSTIFY_RIGHT = 0x04, IN_BYTES = 0x80,
	ASK_AGAIN = 1, ASK_OLD = 2,	/* bConfirmPIN */
};

/* What the structure says, whichever it is. */
struct form {
	uint8_t operation, format, block, length_format, min, max, confirm;
	size_t old_at, new_at;		/* MODIFY: places of the two blocks */
	uint8_t texts;			/* bNumberMessage; 0xff: the keypad's own */
	const uint8_t *language, *text;	/* wLangId; bMsgIndex each */
	const uint8_t *prologue, *apdu;
	size_t apdu_len;
};

static bool
read_form(struct form *f, const uint8_t *p, size_t len)
{
	size_t at;

	memset(f, 0, sizeof(*f));
	if (len < 2 || p[0] > MODIFY)
		return false;
	f->operation = p[0];
	at = f->operation == VERIFY ? 15 : 18;
	if (len < at + 2)
		return false;
	f->format = p[2];
	f->block = p[3];
	f->length_format = p[4];
	if (f->operation == MODIFY) {
		f->old_at = p[5];
		f->new_at = p[6];
		f->confirm = p[9];
		/* bMsgIndex2 and 3 are there only when they are used */
		at = 14u + (p[11] == 0 || p[11] == 0xff ? 1u : p[11]) + 3u;
	}
	f->texts = p[f->operation == VERIFY ? 8 : 11];
	f->language = p + (f->operation == VERIFY ? 9 : 12);
	f->text = f->language + 2;
	f->max = p[f->operation == VERIFY ? 5 : 7];
	f->min = p[f->operation == VERIFY ? 6 : 8];
	if (len < at + 4)
		return false;
	f->prologue = p + at - 3;
	f->apdu = p + at;
	f->apdu_len = len - at;
	return true;
}

/* The next word that was typed; false: nobody typed yet. */
static bool
next_word(struct keypad *k, char word[32])
{
	const size_t skip = strspn(k->keys, " "), n = strcspn(k->keys + skip, " ");

	if (n == 0 || n >= 32)
		return false;
	memcpy(word, k->keys + skip, n);
	word[n] = '\0';
	memmove(k->keys, k->keys + skip + n, strlen(k->keys + skip + n) + 1);
	return true;
}

static bool
put_pin(const struct form *f, const char *pin, uint8_t *at, size_t room)
{
	const size_t n = strlen(pin), size = f->block & 0x0f;

	if (n < f->min || n > f->max || size > room)
		return false;
	for (size_t i = 0; i < n; i++) {
		const uint8_t digit = (uint8_t)pin[i];

		if ((f->format & KEY_CODES) == ASCII && i < size)
			at[i] = digit;
		else if ((f->format & KEY_CODES) == BCD && i / 2 < size)
			at[i / 2] = (uint8_t)((i & 1) ? (at[i / 2] & 0xf0) | (digit & 0x0f)
			    : (at[i / 2] & 0x0f) | (digit & 0x0f) << 4);
		else
			return false;
	}
	return true;
}

/* 64xx is what a CCID makes of a person who errs: PC/SC part 10 says how. */
static void
tell(struct device *d, unsigned sw)
{
	const uint8_t bytes[2] = { (uint8_t)(sw >> 8), (uint8_t)sw };

	d->keypad.waiting = false;
	ccid_data(d, 0, bytes, sizeof(bytes));
}

/* bmFormatString: the place in the data, in bytes or bits. */
static size_t
place(const struct form *f)
{
	const size_t n = f->format >> 3 & 0x0f;

	return 5 + ((f->format & IN_BYTES) ? n : n / 8);
}

/* At T=1 and TPDU level the block is begun by bTeoPrologue. */
static void
run(struct device *d, const struct form *f, const uint8_t *apdu)
{
	struct block b = { .len = 3 };

	d->keypad.waiting = false;
	if (d->level != &level_t1) {
		d->level->command(d, 0, apdu, f->apdu_len);
		return;
	}
	memcpy(b.bytes, f->prologue, 2);
	b.bytes[2] = (uint8_t)f->apdu_len;
	memcpy(b.bytes + 3, apdu, f->apdu_len);
	b.len = 3 + f->apdu_len;
	t1_seal(&d->t1, &b);
	d->level->command(d, 0, b.bytes, b.len);
}

/* What was typed, in the order in which a keypad asks. */
struct typed {
	char old[32], pin[32], again[32];
};

static void
use(struct device *d, const struct form *f, const struct typed *t)
{
	const size_t pin_at = f->operation == VERIFY ? place(f) : 5 + f->new_at;
	const size_t old_at = 5 + f->old_at;
	uint8_t apdu[270];

	memcpy(apdu, f->apdu, f->apdu_len);
	if (strcmp(t->pin, t->again) != 0)
		tell(d, 0x6402);
	else if (((f->confirm & ASK_OLD) && (old_at > f->apdu_len ||
	    !put_pin(f, t->old, apdu + old_at, f->apdu_len - old_at))) ||
	    pin_at > f->apdu_len || !put_pin(f, t->pin, apdu + pin_at, f->apdu_len - pin_at))
		tell(d, 0x6403);
	else
		run(d, f, apdu);
}

static bool
next_words(struct keypad *k, const struct form *f, struct typed *t)
{
	if ((f->confirm & ASK_OLD) && !next_word(k, t->old))
		return false;
	if (strcmp(t->old, "cancel") == 0 || strcmp(t->old, "nothing") == 0) {
		memcpy(t->pin, t->old, sizeof(t->pin));
		return true;
	}
	if (!next_word(k, t->pin))
		return false;
	memcpy(t->again, t->pin, sizeof(t->again));
	return !(f->confirm & ASK_AGAIN) || strcmp(t->pin, "cancel") == 0 ||
	    strcmp(t->pin, "nothing") == 0 || next_word(k, t->again);
}

/* As many words as the operation asks for, or what a person did instead. */
void
pad_tick(struct device *d)
{
	struct keypad *k = &d->keypad;
	const struct keypad before = *k;
	struct typed t = { "", "", "" };
	struct form f;

	(void)read_form(&f, k->request, k->request_len);
	if (!next_words(k, &f, &t)) {
		*k = before;
		return;
	}
	k->waiting = false;
	if (strcmp(t.pin, "cancel") == 0 || strcmp(t.again, "cancel") == 0)
		ccid_fail(d, PIN_CANCELLED);
	else if (strcmp(t.pin, "nothing") == 0 || strcmp(t.again, "nothing") == 0)
		ccid_fail(d, PIN_TIMEOUT);
	else
		use(d, &f, &t);
}

/* What a person reads, entry by entry: 6.1.11.2, bMsgIndex. */
static void
show(struct device *d, const struct form *f)
{
	static const char *const words[] = { "PIN", "new PIN", "new PIN again" };
	const unsigned entries = f->operation == VERIFY ? 1 :
	    1u + ((f->confirm & ASK_OLD) != 0) + ((f->confirm & ASK_AGAIN) != 0);
	char screen[80] = "";

	if (d->row->lcd == 0)
		return;
	for (unsigned i = 0; i < entries; i++) {
		const unsigned index = f->texts == 0xff ? i : i < f->texts ? f->text[i] : 0xff;

		strcat(screen, i == 0 ? "" : ", ");
		strcat(screen, index < 3 ? words[index] : "nothing");
	}
	usb_note(d, "screen %02x%02x: %s", f->language[1], f->language[0], screen);
}

static bool
is_sound(const struct device *d, const struct form *f)
{
	return (d->keypad.pins & 1u << f->operation) != 0 && f->apdu_len <= 260 &&
	    (f->format & JUSTIFY_RIGHT) == 0 && (f->block & 0xf0) == 0 && f->min <= f->max;
}

void
pad_secure(struct device *d, const uint8_t *data, size_t len)
{
	struct form f;

	if (len > sizeof(d->keypad.request) || !read_form(&f, data, len) || !is_sound(d, &f)) {
		ccid_fail(d, BAD_FORM);
		return;
	}
	usb_note(d, "keypad %s, %u to %u keys, %02x%02x%02x%02x",
	    f.operation == VERIFY ? "verify" : "modify", f.min, f.max,
	    f.apdu[0], f.apdu[1], f.apdu[2], f.apdu[3]);
	show(d, &f);
	memcpy(d->keypad.request, data, d->keypad.request_len = len);
	d->keypad.waiting = true;
}
