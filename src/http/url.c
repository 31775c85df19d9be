/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/scope.h"

static void
free_part(char **part)
{
	curl_free(*part);
}

static void
free_url(CURLU **u)
{
	curl_url_cleanup(*u);
}

#define auto_part __attribute__((__cleanup__(free_part))) char *

/* libcurl before 7.88 cannot turn an IDN into A-labels by itself. */
#ifdef CURLU_PUNYCODE
#define HOST_FORM CURLU_PUNYCODE
#else
#define HOST_FORM 0
#endif

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s > 0x7e || (unsigned char)*s <= ' ')
			return false;
	return true;
}

static bool
is_address(const char *host)
{
	uint8_t bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 ||
	    inet_pton(AF_INET6, host, bytes) == 1;
}

static tmg_rc
take_host(const char *part, tmg_url *url)
{
	size_t n = strlen(part);

	if (!is_ascii(part))
		return TMG_E_USAGE;
	if (n > 2 && part[0] == '[' && part[n - 1] == ']') {
		part++;
		n -= 2;
	} else if (n > 1 && part[n - 1] == '.') {
		n--;
	}
	if (n == 0 || n >= sizeof(url->host))
		return TMG_E_USAGE;
	memcpy(url->host, part, n);
	url->host[n] = '\0';
	url->address = is_address(url->host);
	return TMG_OK;
}

tmg_rc
tmg_url_parse(const char *text, tmg_url *url)
{
	__attribute__((__cleanup__(free_url))) CURLU *u = curl_url();
	auto_part scheme = NULL;
	auto_part host = NULL;
	auto_part port = NULL;
	auto_part user = NULL;
	int n;

	if (u == NULL)
		return TMG_E_NOMEM;
	if (curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, HOST_FORM) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK)
		return TMG_E_USAGE;

	url->tls = strcasecmp(scheme, "https") == 0;
	if (!url->tls && strcasecmp(scheme, "http") != 0)
		return TMG_E_USAGE;
	n = snprintf(url->where, sizeof(url->where), "%s:%s", host, port);
	return n > 0 && (size_t)n < sizeof(url->where) ? take_host(host, url)
	    : TMG_E_USAGE;
}

static bool
has_scheme(const char *s)
{
	const size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789+-.");

	return n > 0 && s[n] == ':';
}

tmg_rc
tmg_url_resolve(const char *base, const char *reference, char *to, size_t cap)
{
	__attribute__((__cleanup__(free_url))) CURLU *u = curl_url();
	auto_part whole = NULL;

	if (u == NULL)
		return TMG_E_NOMEM;
	if (has_scheme(reference)) {
		if (strlen(reference) >= cap)
			return TMG_E_MALFORMED;
		memmove(to, reference, strlen(reference) + 1);
		return TMG_OK;
	}
	if (curl_url_set(u, CURLUPART_URL, base, 0) != CURLUE_OK ||
	    curl_url_set(u, CURLUPART_URL, reference, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_URL, &whole, 0) != CURLUE_OK ||
	    strlen(whole) >= cap)
		return TMG_E_MALFORMED;
	memcpy(to, whole, strlen(whole) + 1);
	return TMG_OK;
}

const char *
tmg_url_https_proxy(bool tls)
{
	static const struct { bool tls; const char *name; } variables[] = {
		{ true, "https_proxy" }, { true, "HTTPS_PROXY" },
		{ false, "http_proxy" },
		{ true, "all_proxy" }, { true, "ALL_PROXY" },
		{ false, "all_proxy" }, { false, "ALL_PROXY" },
	};

	for (size_t i = 0; i < TMG_COUNT(variables); i++) {
		const char *value = variables[i].tls == tls
		    ? getenv(variables[i].name) : NULL;

		if (value != NULL && value[0] != '\0')
			return strncasecmp(value, "https:", 6) == 0 ? value : NULL;
	}
	return NULL;
}
