/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/uri.h"

#include <stdio.h>
#include <strings.h>

#include "src/base/i18n.h"

#define NAME_SET "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define DIGITS "0123456789"
#define PORT_MAX 65535u

static tmg_rc
fail(const char **why, const char *text)
{
	*why = text;
	return TMG_E_USAGE;
}

static tmg_rc
copy(char *to, size_t cap, const char *from, size_t n)
{
	if (n >= cap)
		return TMG_E_USAGE;
	memcpy(to, from, n);
	to[n] = '\0';
	return TMG_OK;
}

static void
lower(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

/* "est+https://"; *rest is what follows. */
static tmg_rc
take_scheme(const char *text, tmg_ca_uri *uri, const char **rest)
{
	const size_t n = strspn(text, NAME_SET);

	if (n == 0 || text[n] != '+' ||
	    copy(uri->binding, sizeof(uri->binding), text, n))
		return TMG_E_USAGE;
	lower(uri->binding);
	text += n + 1;
	uri->tls = strncasecmp(text, "https://", 8) == 0;
	if (!uri->tls && strncasecmp(text, "http://", 7) != 0)
		return TMG_E_USAGE;
	*rest = text + (uri->tls ? 8 : 7);
	return TMG_OK;
}

static bool
is_port(const char *text, size_t n)
{
	unsigned port = 0;

	if (n == 0 || n > 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		port = port * 10 + (unsigned)(text[i] - '0');
	}
	return port > 0 && port <= PORT_MAX;
}

/* A name, an IPv4 address, or an IPv6 one in brackets; bytes above 7F are of
 * an internationalised name, which libcurl turns into A-labels. */
static size_t
host_length(const char *text)
{
	size_t n = 0;

	if (text[0] == '[') {
		n = 1 + strspn(text + 1, DIGITS "abcdefABCDEF:.");
		return n > 1 && text[n] == ']' ? n + 1 : 0;
	}
	while (((unsigned char)text[n] & 0x80) != 0 ||
	    (text[n] != '\0' && strchr(NAME_SET "-._", text[n]) != NULL))
		n++;
	return n;
}

static bool
is_path_char(const char *p)
{
	if (*p == '%')
		return p[1] != '\0' && p[2] != '\0' &&
		    strspn(p + 1, DIGITS "abcdefABCDEF") >= 2;
	return strchr(NAME_SET "-._~!$&'()*+,;=:@/", *p) != NULL;
}

static tmg_rc
take_path(const char *text, tmg_ca_uri *uri, const char **why)
{
	size_t n;

	while (*text == '/')
		text++;
	for (n = 0; text[n] != '\0'; n++)
		if (!is_path_char(text + n))
			return fail(why, text[n] == '?' || text[n] == '#'
			    ? _("nothing may follow a '?' or '#'")
			    : _("a character in the path is not allowed there"));
	while (n > 0 && text[n - 1] == '/')
		n--;
	return copy(uri->path, sizeof(uri->path), text, n)
	    ? fail(why, _("the path is too long")) : TMG_OK;
}

tmg_rc
tmg_ca_uri_parse(const char *text, tmg_ca_uri *uri, const char **why)
{
	const char *rest;
	size_t host, all;

	*uri = (tmg_ca_uri){ .tls = false };
	if (take_scheme(text, uri, &rest))
		return fail(why, _("it must begin like est+https:// or portal+https://"));

	host = host_length(rest);
	all = strcspn(rest, "/?#");
	if (memchr(rest, '@', all) != NULL)
		return fail(why, _("a user name or password does not belong there"));
	if (host == 0)
		return fail(why, _("the host is missing"));
	if (host < all && (rest[host] != ':' || !is_port(rest + host + 1, all - host - 1)))
		return fail(why, _("the host or its port is none"));
	if (copy(uri->where, sizeof(uri->where), rest, all))
		return fail(why, _("the host is too long"));
	return take_path(rest + all, uri, why);
}

void
tmg_ca_uri_base(const tmg_ca_uri *uri, char *to, size_t cap)
{
	snprintf(to, cap, "%s://%s", uri->tls ? "https" : "http", uri->where);
}
