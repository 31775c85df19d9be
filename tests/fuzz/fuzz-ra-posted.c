/* SPDX-License-Identifier: BSD-2-Clause */
/* What browsers send: forms of both types, cookies, Accept-Language; and the
 * page that shows it all again.  The first byte chooses the type. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/http/cookie.h"
#include "tools/ra/http/posted.h"
#include "tools/ra/pages/page.h"
#include "tools/ra/profile/filekind.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/profile/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing that was sent may open an element or leave an attribute. */
static void
check_page(const char *text)
{
	tmg_auto(ra_page) page = { .text = NULL };

	ra_put(&page, "%s", text);
	if (!page.failed && page.len > 0 &&
	    (memchr(page.text, '<', page.len) != NULL ||
	    memchr(page.text, '"', page.len) != NULL ||
	    memchr(page.text, '\'', page.len) != NULL))
		abort();
}

/* What is shown of a file's name shows what it says. */
static void
check_file(const char *said, const ra_posted *posted, size_t i)
{
	char name[RA_FILE_NAME];
	size_t count;

	ra_file_name(said, name);
	if (ra_utf8_check(name, &count) != TMG_OK || strpbrk(name, "/\\") != NULL)
		abort();
	check_page(name);
	(void)ra_filekind_of((tmg_view){ (const uint8_t *)posted->row[i].value,
	    posted->row[i].len });
}

static void
check_headers(const uint8_t *data, size_t size)
{
	tmg_auto_free char *text = malloc(size + 1);
	char value[RA_TOKEN_MAX];

	if (text == NULL)
		return;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (ra_cookie_find(text, "a", value, sizeof(value)))
		(void)ra_token_ok(value);
	(void)ra_language_choose(text);
	check_page(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "application/x-www-form-urlencoded",
		"multipart/form-data; boundary=X", "text/plain" };
	tmg_auto(ra_posted) posted = { .store = NULL };

	if (size == 0)
		return 0;
	check_headers(data + 1, size - 1);
	if (ra_posted_read(types[data[0] % TMG_COUNT(types)],
	    (tmg_view){ data + 1, size - 1 }, &posted))
		return 0;
	for (size_t i = 0; i < posted.count; i++) {
		if (!posted.row[i].is_file &&
		    strlen(posted.row[i].value) != posted.row[i].len)
			abort();
		check_page(posted.row[i].value);
		check_file(posted.row[i].file, &posted, i);
	}
	return 0;
}
