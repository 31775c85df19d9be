/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/posted.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/scope.h"
#include "tools/ra/profile/utf8.h"

#define BOUNDARY_MAX 70		/* RFC 2046 5.1.1 */
#define DISPOSITION "\r\nContent-Disposition: form-data;"
#define DELIMITER_MAX (BOUNDARY_MAX + 4)

void
ra_posted_release(ra_posted *posted)
{
	free(posted->store);
	*posted = (ra_posted){ .store = NULL };
}

static bool
is_name(const char *name)
{
	const size_t len = strlen(name);

	return len > 0 && len < RA_POSTED_NAME && strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:")
	    == len;
}

static bool
is_text(const char *value, size_t len)
{
	size_t n;

	if (strlen(value) != len)
		return false;
	for (; *value != '\0'; value += n)
		if ((n = ra_utf8_length(value)) == 0)
			return false;
	return true;
}

static tmg_rc
add(ra_posted *p, const char *name, const char *value, size_t len, bool is_file)
{
	if (p->count == RA_POSTED_MAX || !is_name(name) ||
	    (!is_file && !is_text(value, len)))
		return TMG_MISMATCH;
	p->row[p->count].name = name;
	p->row[p->count].value = value;
	p->row[p->count].len = len;
	p->row[p->count].is_file = is_file;
	p->row[p->count].file = "";
	p->count++;
	return TMG_OK;
}

tmg_rc
ra_posted_add(ra_posted *p, const char *name, const char *value)
{
	return add(p, name, value, strlen(value), false);
}

/* ---- name=value&name=value ---- */

static int
digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes in place and ends with a zero, for which the caller has room. */
static tmg_rc
decode(char *text, size_t len, size_t *out)
{
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '%') {
			text[at++] = text[i] == '+' ? ' ' : text[i];
			continue;
		}
		if (len - i < 3 || digit_of(text[i + 1]) < 0 ||
		    digit_of(text[i + 2]) < 0)
			return TMG_MISMATCH;
		text[at++] = (char)(digit_of(text[i + 1]) << 4 |
		    digit_of(text[i + 2]));
		i += 2;
	}
	text[at] = '\0';
	*out = at;
	return TMG_OK;
}

static tmg_rc
read_pair(ra_posted *p, char *pair, size_t len)
{
	char *equals = len > 0 ? memchr(pair, '=', len) : NULL;
	const size_t name_len = equals != NULL ? (size_t)(equals - pair) : len;
	char *value = equals != NULL ? equals + 1 : pair + len;
	size_t name_end, value_len;
	tmg_rc rc;

	if ((rc = decode(value, len - (size_t)(value - pair), &value_len)) ||
	    (rc = decode(pair, name_len, &name_end)))
		return rc;
	if (strlen(pair) != name_end)
		return TMG_MISMATCH;
	return add(p, pair, value, value_len, false);
}

static tmg_rc
read_urlencoded(ra_posted *p, size_t len)
{
	char *at = p->store, *end = p->store + len;
	tmg_rc rc;

	while (at < end) {
		char *amp = memchr(at, '&', (size_t)(end - at));
		char *stop = amp != NULL ? amp : end;

		*stop = '\0';
		if (stop > at && (rc = read_pair(p, at, (size_t)(stop - at))))
			return rc;
		at = stop + 1;
	}
	return TMG_OK;
}

/* ---- multipart/form-data ---- */

/* "\r\n--BOUNDARY"; 0: the type names none. */
static size_t
delimiter_of(const char *type, char out[DELIMITER_MAX + 1])
{
	const char *at = strcasestr(type, "boundary=");
	size_t len;

	if (at == NULL)
		return 0;
	at += strlen("boundary=");
	len = *at == '"' ? strcspn(++at, "\"") : strcspn(at, "; \t");
	if (len == 0 || len > BOUNDARY_MAX)
		return 0;
	memcpy(out, "\r\n--", 4);
	memcpy(out + 4, at, len);
	out[4 + len] = '\0';
	return 4 + len;
}

/* One parameter, ; name="value", cut out of the header in place; *at goes behind
 * it.  A backslash stands before a quote that belongs to the value. */
static tmg_rc
take_parameter(char **at, char **name, char **value)
{
	char *c = *at + strspn(*at, "; \t"), *to;

	*name = c;
	c += strcspn(c, "=\r\n");
	if (c[0] != '=' || c[1] != '"')
		return TMG_MISMATCH;
	*c = '\0';
	*value = to = c + 2;
	for (c = to; *c != '"'; c++) {
		if (*c == '\\' && c[1] == '"')
			c++;
		if (*c == '\0' || *c == '\r' || *c == '\n')
			return TMG_MISMATCH;
		*to++ = *c;
	}
	*at = c + 1;
	*to = '\0';
	return **at == '\0' || **at == ';' || **at == '\r' ? TMG_OK : TMG_MISMATCH;
}

/* RFC 7578 4.2: name, and filename where it is a file's. */
static tmg_rc
read_disposition(char *at, char **name, char **file)
{
	char *key, *value;
	tmg_rc rc;

	*name = *file = NULL;
	while (*at == ';') {
		if ((rc = take_parameter(&at, &key, &value)))
			return rc;
		if (*name == NULL && strcasecmp(key, "name") == 0)
			*name = value;
		else if (*file == NULL && strcasecmp(key, "filename") == 0)
			*file = value;
	}
	return *name != NULL ? TMG_OK : TMG_MISMATCH;
}

/* One part: headers, an empty line, the value. */
static tmg_rc
read_part(ra_posted *p, char *part, size_t len)
{
	char *gap = memmem(part, len, "\r\n\r\n", 4), *name, *file, *value;
	tmg_rc rc;

	if (gap == NULL || memchr(part, '\0', (size_t)(gap - part)) != NULL)
		return TMG_MISMATCH;
	*gap = '\0';
	value = gap + 4;
	part[len] = '\0';		/* where the next delimiter begins */
	if (strncasecmp(part, DISPOSITION, strlen(DISPOSITION)) != 0 ||
	    (rc = read_disposition(part + strlen(DISPOSITION) - 1, &name, &file)) ||
	    (rc = add(p, name, value, len - (size_t)(value - part), file != NULL)))
		return TMG_MISMATCH;
	if (file != NULL)
		p->row[p->count - 1].file = file;
	return TMG_OK;
}

static tmg_rc
read_multipart(ra_posted *p, size_t len, const char *type)
{
	char delimiter[DELIMITER_MAX + 1];
	const size_t n = delimiter_of(type, delimiter);
	char *at, *end = p->store + len;
	tmg_rc rc;

	/* the first one need not follow a line */
	if (n == 0 || len < n - 2 || memcmp(p->store, delimiter + 2, n - 2) != 0)
		return TMG_MISMATCH;
	for (at = p->store + n - 2;;) {
		char *next;

		if (end - at >= 2 && memcmp(at, "--", 2) == 0)
			return TMG_OK;
		if ((next = memmem(at, (size_t)(end - at), delimiter, n)) == NULL)
			return TMG_MISMATCH;
		if ((rc = read_part(p, at, (size_t)(next - at))))
			return rc;
		at = next + n;
	}
}

/* ---- both ---- */

static bool
is_type(const char *type, const char *want)
{
	const size_t len = strlen(want);

	return strncasecmp(type, want, len) == 0 &&
	    (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

tmg_rc
ra_posted_read(const char *type, tmg_view body, ra_posted *p)
{
	const bool plain = is_type(type, "application/x-www-form-urlencoded");

	*p = (ra_posted){ .store = NULL };
	if (!plain && !is_type(type, "multipart/form-data"))
		return TMG_UNSUPPORTED;
	if ((p->store = malloc(body.len + 1)) == NULL)
		return TMG_E_NOMEM;
	if (body.len > 0)
		memcpy(p->store, body.ptr, body.len);
	p->store[body.len] = '\0';
	return plain ? read_urlencoded(p, body.len) :
	    read_multipart(p, body.len, type);
}

const char *
ra_posted_get(const ra_posted *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (!p->row[i].is_file && strcmp(p->row[i].name, name) == 0)
			return p->row[i].value;
	return "";
}

tmg_view
ra_posted_bytes(const ra_posted *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->row[i].name, name) == 0 && p->row[i].len > 0)
			return (tmg_view){ (const uint8_t *)p->row[i].value,
			    p->row[i].len };
	return (tmg_view){ NULL, 0 };
}

const char *
ra_posted_file(const ra_posted *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->row[i].name, name) == 0)
			return p->row[i].file;
	return "";
}
