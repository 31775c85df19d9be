/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/conf.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "src/base/scope.h"

enum {
	PROBE_MS = 2000,
	PROBE_LEAST_MS = 10,
	PROBE_MOST_MS = 120000,
};

#define AT(member) offsetof(tmg_p11_conf, member)
#define ROOM(member) .most = sizeof(((tmg_p11_conf *)NULL)->member)

static const char *const caches[] = { "login", "none", NULL };

static const char *const usb_words[] = { "auto", "always", "never", NULL };

static const tmg_setting rows[] = {
	{ "readers.pcsc", &tmg_setting_flag, AT(pcsc), 0, 0, NULL },
	{ "readers.usb", &tmg_setting_word, AT(usb), ROOM(usb),
	    .words = usb_words },
	{ "readers.vcard", &tmg_setting_text, AT(vcard), ROOM(vcard) },
	{ "readers.keypads", &tmg_setting_texts, AT(keypads), 0, 0, NULL },
	{ "pkcs11.readers", &tmg_setting_texts, AT(only), 0, 0, NULL },
	{ "pkcs11.ignore-readers", &tmg_setting_texts, AT(ignored), 0, 0, NULL },
	{ "pkcs11.all-applications", &tmg_setting_texts, AT(whole), 0, 0, NULL },
	{ "pkcs11.probe-ms", &tmg_setting_number, AT(probe_ms), PROBE_LEAST_MS,
	    PROBE_MOST_MS, NULL },
	{ "pkcs11.pin-cache", &tmg_setting_word, AT(pin_cache), ROOM(pin_cache),
	    .words = caches },
	{ "pkcs11.trace", &tmg_setting_text, AT(trace), ROOM(trace) },
};

void
tmg_p11_conf_begin(tmg_p11_conf *conf)
{
	*conf = (tmg_p11_conf){ .pcsc = true, .usb = "auto", .probe_ms = PROBE_MS,
	    .pin_cache = "login" };
}

tmg_settings
tmg_p11_conf_table(tmg_p11_conf *conf)
{
	return (tmg_settings){ rows, TMG_COUNT(rows), conf };
}

/* A file counts whole or not at all. */
static void
read_over(tmg_p11_conf *conf, const char *path, tmg_fault *f)
{
	tmg_p11_conf fresh = *conf;
	const tmg_settings table = tmg_p11_conf_table(&fresh);

	if (tmg_settings_read(&table, 1, false, path, f) == TMG_OK)
		*conf = fresh;
}

void
tmg_p11_conf_load(tmg_p11_conf *conf, tmg_fault *f)
{
	char path[PATH_MAX];

	tmg_p11_conf_begin(conf);
	read_over(conf, TMG_SYSCONFDIR "/tamga/tamga.conf", f);
	tmg_settings_user_path(path, sizeof(path));
	read_over(conf, path, f);
}

bool
tmg_p11_conf_wants(const tmg_p11_conf *conf, const char *reader)
{
	if (conf->only.count > 0 && !tmg_texts_match(&conf->only, reader))
		return false;
	return !tmg_texts_match(&conf->ignored, reader);
}

bool
tmg_p11_conf_whole(const tmg_p11_conf *conf, const char *reader)
{
	return tmg_texts_match(&conf->whole, reader);
}

bool
tmg_p11_conf_keeps_pin(const tmg_p11_conf *conf)
{
	return strcmp(conf->pin_cache, "none") != 0;
}
