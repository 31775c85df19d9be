/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/utf8.h"

#include <stdint.h>
#include <string.h>

#include "src/base/scope.h"

/* The leading byte says how many follow and what the least value is: longer
 * forms of a shorter one are malformed (RFC 3629 3). */
static const struct {
	uint8_t mask, lead;
	unsigned more;
	uint32_t least;
} forms[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

/* Nothing that can be seen, or that changes how its neighbours are. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f },	/* C0, DEL, C1 */
	{ 0x00ad, 0x00ad },			/* soft hyphen */
	{ 0x061c, 0x061c },			/* Arabic letter mark */
	{ 0x180e, 0x180e },
	{ 0x200b, 0x200f },			/* zero width, LRM, RLM */
	{ 0x2028, 0x202e },			/* separators, embeddings, overrides */
	{ 0x2060, 0x206f },			/* isolates and invisible operators */
	{ 0xd800, 0xdfff },			/* halves of UTF-16 */
	{ 0xe000, 0xf8ff },			/* private use */
	{ 0xfdd0, 0xfdef },			/* noncharacters */
	{ 0xfe00, 0xfe0f },			/* variation selectors */
	{ 0xfeff, 0xfeff }, { 0xfff0, 0xffff },
	{ 0xe0000, 0x10ffff },			/* tags, private planes */
};

static bool
is_hidden(uint32_t c)
{
	for (size_t i = 0; i < TMG_COUNT(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return c > 0x10ffff || (c & 0xfffe) == 0xfffe;
}

/* One character off the front of *text. */
static tmg_rc
take(const uint8_t **text, uint32_t *c)
{
	const uint8_t *at = *text;
	size_t i = 0;

	while (i < TMG_COUNT(forms) && (at[0] & forms[i].mask) != forms[i].lead)
		i++;
	if (i == TMG_COUNT(forms))
		return TMG_MISMATCH;

	*c = at[0] & (uint8_t)~forms[i].mask;
	for (unsigned n = 1; n <= forms[i].more; n++) {
		if ((at[n] & 0xc0) != 0x80)
			return TMG_MISMATCH;
		*c = *c << 6 | (at[n] & 0x3fu);
	}
	*text = at + 1 + forms[i].more;
	return *c >= forms[i].least ? TMG_OK : TMG_MISMATCH;
}

size_t
ra_utf8_length(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	uint32_t c;

	if (take(&at, &c) || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return (size_t)(at - (const uint8_t *)text);
}

tmg_rc
ra_utf8_check(const char *text, size_t *count)
{
	const uint8_t *at = (const uint8_t *)text;
	uint32_t c;

	*count = 0;
	while (*at != '\0') {
		if (take(&at, &c) || is_hidden(c))
			return TMG_MISMATCH;
		(*count)++;
	}
	return TMG_OK;
}

bool
ra_utf8_shown(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	uint32_t c;

	return take(&at, &c) == TMG_OK && !is_hidden(c);
}

void
ra_utf8_copy(const char *text, const char *stand, char *into, size_t cap)
{
	size_t at = 0, n;

	for (; *text != '\0'; text += n > 0 ? n : 1) {
		const bool shown = (n = ra_utf8_length(text)) > 0 && ra_utf8_shown(text);
		const size_t len = shown ? n : strlen(stand);

		if (at + len >= cap)
			break;
		memcpy(into + at, shown ? text : stand, len);
		at += len;
	}
	into[at] = '\0';
}
