/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/filekind.h"

#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/profile/utf8.h"

#define TAIL 1024	/* where the end of a PDF is looked for, ISO 32000-1 annex H 3.18 */

static bool
begins(tmg_view v, const void *with, size_t len)
{
	return v.len >= len && memcmp(v.ptr, with, len) == 0;
}

static bool
ends(tmg_view v, const void *with, size_t len)
{
	return v.len >= len && memcmp(v.ptr + v.len - len, with, len) == 0;
}

/* ISO 32000-1, 7.5.2 and 7.5.5. */
static bool
is_pdf(tmg_view v)
{
	const size_t tail = v.len < TAIL ? v.len : TAIL;

	return begins(v, "%PDF-", 5) &&
	    memmem(v.ptr + v.len - tail, tail, "%%EOF", 5) != NULL;
}

/* ISO 10918-1, B.1.1.3: SOI, a marker; EOI. */
static bool
is_jpeg(tmg_view v)
{
	return begins(v, "\xff\xd8\xff", 3) && ends(v, "\xff\xd9", 2);
}

/* ISO 15948, 5.2, 11.2.2 and 11.2.5. */
static bool
is_png(tmg_view v)
{
	static const char head[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
	static const char tail[] = "\0\0\0\0IEND\xae\x42\x60\x82";

	return begins(v, head, sizeof(head) - 1) &&
	    ends(v, tail, sizeof(tail) - 1);
}

/* RFC 5652 3 and 5.1: a SEQUENCE whose first element is id-signedData. */
static bool
is_p7m(tmg_view v)
{
	static const uint8_t oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		0x0d, 0x01, 0x07, 0x02 };
	size_t head;

	if (v.len < 4 || v.ptr[0] != 0x30)
		return false;
	head = v.ptr[1] <= 0x80 ? 2 : 2 + (v.ptr[1] & 0x7fu);
	return v.len >= head + sizeof(oid) &&
	    memcmp(v.ptr + head, oid, sizeof(oid)) == 0;
}

static const ra_filekind kinds[] = {
	{ "pdf", "application/pdf", is_pdf },
	{ "jpeg", "image/jpeg", is_jpeg },
	{ "png", "image/png", is_png },
	{ "p7m", "application/pkcs7-mime", is_p7m },
};

const ra_filekind *
ra_filekind_find(const char *name)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

bool
ra_filekind_known(const char *name)
{
	return ra_filekind_find(name) != NULL;
}

const ra_filekind *
ra_filekind_of(tmg_view bytes)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (kinds[i].is(bytes))
			return &kinds[i];
	return NULL;
}

/* ---- names ---- */

static const char *
last_part(const char *said)
{
	for (const char *c; (c = strpbrk(said, "/\\")) != NULL;)
		said = c + 1;
	return said;
}

void
ra_file_name(const char *said, char name[RA_FILE_NAME])
{
	ra_utf8_copy(last_part(said), "", name, RA_FILE_NAME);
}
