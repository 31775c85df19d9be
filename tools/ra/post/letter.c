/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/letter.h"

#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tools/ra/profile/input.h"

#define LINE 76			/* RFC 2047 2 */
#define WORD_BEGIN "=?UTF-8?B?"
#define WORD_END "?="
#define WORD_BYTES 45		/* in one word: 60 characters, 72 with its ends */

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* What may stand as it is, and does not look like an encoded word. */
static bool
is_plain(const char *text, size_t used)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x7f)
			return false;
	return strstr(text, "=?") == NULL && used + strlen(text) <= LINE;
}

/* Bytes of whole characters, max at the most. */
static size_t
whole(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return len;
	for (len = max; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return len > 0 ? len : max;
}

static void
put_text(tmg_out *o, const char *text)
{
	tmg_put(o, tmg_view_str(text));
}

/* RFC 2047 2: words on lines of their own, none longer than 75. */
static void
put_encoded(tmg_out *o, const char *text, size_t used)
{
	size_t room = used + sizeof(WORD_BEGIN WORD_END) + 4 < LINE ?
	    (LINE - used - sizeof(WORD_BEGIN WORD_END)) / 4 * 3 : WORD_BYTES;

	for (bool first = true; *text != '\0'; first = false) {
		uint8_t bytes[WORD_BYTES];
		const size_t len = whole(text, room < WORD_BYTES ? room : WORD_BYTES);

		for (size_t i = 0; i < len; i++)
			bytes[i] = is_control(text[i]) ? ' ' : (uint8_t)text[i];
		put_text(o, first ? WORD_BEGIN : "\r\n " WORD_BEGIN);
		tmg_base64_put(o, (tmg_view){ bytes, len }, 0);
		put_text(o, WORD_END);
		text += len;
		room = WORD_BYTES;
	}
}

void
ra_letter_words(tmg_out *o, const char *text, size_t used)
{
	if (!is_plain(text, used)) {
		put_encoded(o, text, used);
		return;
	}
	for (; *text != '\0'; text++)
		tmg_put_u8(o, is_control(*text) ? ' ' : (uint8_t)*text);
}

const char *
ra_letter_domain(const char *address)
{
	const char *sign = strrchr(address, '@');

	return sign != NULL ? sign + 1 : address;
}

/* ---- the fields ---- */

static void
put_subject(tmg_out *o, const ra_letter *l)
{
	put_text(o, "Subject: ");
	ra_letter_words(o, l->subject, o->len);
}

/* A name is always a word of its own, so that no character of it means
 * anything to who reads addresses. */
static void
put_from(tmg_out *o, const ra_letter *l)
{
	put_text(o, "From: ");
	if (l->from_name[0] != '\0') {
		put_encoded(o, l->from_name, o->len);
		put_text(o, "\r\n ");
	}
	put_text(o, "<");
	put_text(o, l->from);
	put_text(o, ">");
}

static void
put_to(tmg_out *o, const ra_letter *l)
{
	put_text(o, "To: <");
	put_text(o, l->to);
	put_text(o, ">");
}

/* RFC 5322 3.3; the names are English whatever the language is. */
static void
put_date(tmg_out *o, const ra_letter *l)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char text[64];
	struct tm tm;

	if (gmtime_r(&l->date, &tm) == NULL)
		return;
	snprintf(text, sizeof(text), "Date: %s, %02d %s %d %02d:%02d:%02d +0000",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], 1900 + tm.tm_year,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
	put_text(o, text);
}

static void
put_id(tmg_out *o, const ra_letter *l)
{
	put_text(o, "Message-ID: <");
	put_text(o, l->id);
	put_text(o, "@");
	put_text(o, ra_letter_domain(l->from));
	put_text(o, ">");
}

/* RFC 3834 5: nobody's absence note answers it. */
static void
put_automatic(tmg_out *o, const ra_letter *l)
{
	(void)l;
	put_text(o, "Auto-Submitted: auto-generated");
}

tmg_rc
ra_letter_heading(const ra_letter *l, ra_heading *h)
{
	static void (*const fields[])(tmg_out *, const ra_letter *) = { put_date,
		put_from, put_to, put_subject, put_id, put_automatic };

	if (!ra_input_is_email(l->from) || !ra_input_is_email(l->to))
		return TMG_MISMATCH;
	h->count = 0;
	for (size_t i = 0; i < TMG_COUNT(fields); i++) {
		tmg_out o = { (uint8_t *)h->line[h->count], RA_LETTER_LINE - 1, 0,
			false };

		fields[i](&o, l);
		if (o.full)
			return TMG_E_SPACE;
		h->line[h->count++][o.len] = '\0';
	}
	return TMG_OK;
}
