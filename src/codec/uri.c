/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/uri.h"

#include <strings.h>

#include "src/base/scope.h"

#define SCHEME "pkcs11:"

/* RFC 7512 2.3: what may stand in a value as it is. */
#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789-._~"
#define RES_AVAIL ":[]@!$'()*+,="
#define IN_PATH UNRESERVED RES_AVAIL "&"
#define IN_QUERY UNRESERVED RES_AVAIL "/?|"

static const struct row {
	const char *name;
	bool query;
} rows[TMG_URI_ATTRS] = {
	[TMG_URI_MODEL] = { "model", false },
	[TMG_URI_MANUFACTURER] = { "manufacturer", false },
	[TMG_URI_SERIAL] = { "serial", false },
	[TMG_URI_TOKEN] = { "token", false },
	[TMG_URI_OBJECT] = { "object", false },
	[TMG_URI_ID] = { "id", false },
	[TMG_URI_TYPE] = { "type", false },
	[TMG_URI_SLOT_DESCRIPTION] = { "slot-description", false },
	[TMG_URI_SLOT_MANUFACTURER] = { "slot-manufacturer", false },
	[TMG_URI_SLOT_ID] = { "slot-id", false },
	[TMG_URI_LIBRARY_MANUFACTURER] = { "library-manufacturer", false },
	[TMG_URI_LIBRARY_DESCRIPTION] = { "library-description", false },
	[TMG_URI_LIBRARY_VERSION] = { "library-version", false },
	[TMG_URI_PIN_SOURCE] = { "pin-source", true },
	[TMG_URI_PIN_VALUE] = { "pin-value", true },
	[TMG_URI_MODULE_NAME] = { "module-name", true },
	[TMG_URI_MODULE_PATH] = { "module-path", true },
};

/* One half of a URI: how its attributes are told apart. */
static const struct part {
	bool query;
	char between;
	const char *allowed;
} path_part = { false, ';', IN_PATH }, query_part = { true, '&', IN_QUERY };

bool
tmg_uri_is(const char *text)
{
	return strncasecmp(text, SCHEME, sizeof(SCHEME) - 1) == 0;
}

/* Bytes of v before c; all of them when c is not there. */
static size_t
before(tmg_view v, char c)
{
	const uint8_t *at = v.len > 0 ? memchr(v.ptr, c, v.len) : NULL;

	return at != NULL ? (size_t)(at - v.ptr) : v.len;
}

static int
nibble(uint8_t digit)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = digit != 0 ? strchr(digits, digit) : NULL;

	return at != NULL ? (int)((at - digits) & 0x0f) : -1;
}

/* Undoes percent-encoding; RFC 3986 2.1. */
static tmg_rc
decode(tmg_view text, const char *allowed, tmg_out *out)
{
	for (size_t i = 0; i < text.len; i++) {
		int high, low;

		if (text.ptr[i] == 0)
			return TMG_E_MALFORMED;
		if (text.ptr[i] != '%') {
			if (strchr(allowed, text.ptr[i]) == NULL)
				return TMG_E_MALFORMED;
			tmg_put_u8(out, text.ptr[i]);
			continue;
		}
		if (text.len - i < 3 || (high = nibble(text.ptr[i + 1])) < 0 ||
		    (low = nibble(text.ptr[i + 2])) < 0)
			return TMG_E_MALFORMED;
		tmg_put_u8(out, (uint8_t)(high << 4 | low));
		i += 2;
	}
	return tmg_out_done(out);
}

static size_t
find_row(tmg_view name, bool query)
{
	size_t i = 0;

	while (i < TMG_URI_ATTRS && (rows[i].query != query ||
	    !tmg_view_equal(name, tmg_view_str(rows[i].name))))
		i++;
	return i;
}

static tmg_rc
check_value(const tmg_uri *uri, size_t i)
{
	const tmg_view value = { uri->attr[i].bytes, uri->attr[i].len };

	if (i != TMG_URI_ID && before(value, '\0') < value.len)
		return TMG_E_MALFORMED;
	return TMG_OK;
}

/* name=value */
static tmg_rc
take_attr(tmg_uri *uri, tmg_view text, const struct part *part)
{
	const size_t eq = before(text, '=');
	size_t i;
	tmg_out o;
	tmg_rc rc;

	if (eq == 0 || eq == text.len)
		return TMG_E_MALFORMED;
	i = find_row((tmg_view){ text.ptr, eq }, part->query);
	if (i == TMG_URI_ATTRS) {
		uri->unknown |= !part->query;
		return TMG_OK;
	}
	if (uri->attr[i].said)
		return TMG_E_MALFORMED;

	o = (tmg_out){ uri->attr[i].bytes, TMG_URI_VALUE - 1, 0, false };
	rc = decode((tmg_view){ text.ptr + eq + 1, text.len - eq - 1 },
	    part->allowed, &o);
	if (rc != TMG_OK)
		return rc;
	uri->attr[i].said = true;
	uri->attr[i].len = o.len;
	return check_value(uri, i);
}

static tmg_rc
take_part(tmg_uri *uri, tmg_view text, const struct part *part)
{
	tmg_rc rc = TMG_OK;

	while (rc == TMG_OK && text.len > 0) {
		const size_t len = before(text, part->between);

		rc = take_attr(uri, (tmg_view){ text.ptr, len }, part);
		/* a separator with nothing after it is no attribute */
		if (rc == TMG_OK && len + 1 == text.len)
			rc = TMG_E_MALFORMED;
		text.ptr += len < text.len ? len + 1 : len;
		text.len -= len < text.len ? len + 1 : len;
	}
	return rc;
}

tmg_rc
tmg_uri_parse(const char *text, tmg_uri *uri)
{
	tmg_view rest = tmg_view_str(text), path;
	size_t len;
	tmg_rc rc;

	*uri = (tmg_uri){ .unknown = false };
	if (!tmg_uri_is(text) || tmg_view_take(&rest, sizeof(SCHEME) - 1, &path))
		return TMG_E_MALFORMED;
	len = before(rest, '?');
	if ((rc = tmg_view_take(&rest, len, &path)) ||
	    (rc = take_part(uri, path, &path_part)))
		return rc;
	if (rest.len == 0)
		return TMG_OK;
	return take_part(uri, (tmg_view){ rest.ptr + 1, rest.len - 1 },
	    &query_part);
}

const char *
tmg_uri_text(const tmg_uri *uri, tmg_uri_attr attr)
{
	return uri->attr[attr].said ? (const char *)uri->attr[attr].bytes : NULL;
}

tmg_rc
tmg_uri_set(tmg_uri *uri, tmg_uri_attr attr, tmg_view value)
{
	if (value.len >= TMG_URI_VALUE)
		return TMG_E_SPACE;
	if (value.len == 0)
		return TMG_OK;
	memcpy(uri->attr[attr].bytes, value.ptr, value.len);
	uri->attr[attr].bytes[value.len] = 0;
	uri->attr[attr].len = value.len;
	uri->attr[attr].said = true;
	return TMG_OK;
}

static void
put_value(tmg_out *o, tmg_view value, const char *plain)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < value.len; i++) {
		const uint8_t b = value.ptr[i];

		if (b != 0 && strchr(plain, b) != NULL) {
			tmg_put_u8(o, b);
			continue;
		}
		tmg_put_u8(o, '%');
		tmg_put_u8(o, (uint8_t)digits[b >> 4]);
		tmg_put_u8(o, (uint8_t)digits[b & 0x0f]);
	}
}

static void
put_part(tmg_out *o, const tmg_uri *uri, const struct part *part, char lead)
{
	for (size_t i = 0; i < TMG_URI_ATTRS; i++) {
		if (rows[i].query != part->query || !uri->attr[i].said)
			continue;
		if (lead != '\0')
			tmg_put_u8(o, (uint8_t)lead);
		lead = part->between;
		tmg_put_str(o, rows[i].name);
		tmg_put_u8(o, '=');
		put_value(o, (tmg_view){ uri->attr[i].bytes, uri->attr[i].len },
		    i == TMG_URI_ID ? "" : part->allowed);
	}
}

void
tmg_uri_put(tmg_out *o, const tmg_uri *uri)
{
	tmg_put_str(o, SCHEME);
	put_part(o, uri, &path_part, '\0');
	put_part(o, uri, &query_part, '?');
}
