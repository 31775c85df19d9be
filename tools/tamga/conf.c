/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/conf.h"

#include <stddef.h>

#include "src/base/scope.h"

#define TEXT(path, member) \
	{ path, &tmg_setting_text, offsetof(struct conf, member), .most = CONF_TEXT }

static const char *const pin_sources[] = { "terminal", "pinentry", "none", NULL };

static const char *const usb_words[] = { "auto", "always", "never", NULL };

/* Every setting there is, but the module's. */
static const tmg_setting settings[] = {
	{ "readers.pcsc", &tmg_setting_flag, offsetof(struct conf, pcsc), 0, 0, NULL },
	{ "readers.usb", &tmg_setting_word, offsetof(struct conf, usb),
	    .most = CONF_TEXT, .words = usb_words },
	TEXT("readers.vcard", vcard),
	TEXT("token", token),
	{ "pin.source", &tmg_setting_word, offsetof(struct conf, pin_source),
	    .most = CONF_TEXT, .words = pin_sources },
	TEXT("pin.pinentry", pinentry),
	TEXT("enroll.ca", ca),
	TEXT("enroll.ca-file", ca_file),
	TEXT("enroll.profile", profile),
	TEXT("enroll.type", key_type),
	{ "modules.apart", &tmg_setting_texts, offsetof(struct conf, apart), 0, 0, NULL },
	{ "modules.seconds", &tmg_setting_number, offsetof(struct conf, apart_seconds),
	    1, 3600, NULL },
	TEXT("modules.host", apart_host),
	{ "enroll.renew-at", &tmg_setting_number, offsetof(struct conf, renew_at), 1, 99,
	    NULL },
	{ "watch.renew", &tmg_setting_flag, offsetof(struct conf, watch_renews), 0, 0,
	    NULL },
	TEXT("watch.notify", watch_notify),
};

void
conf_begin(struct conf *conf)
{
	*conf = (struct conf){ .pcsc = true, .usb = "auto", .watch_renews = true };
	tmg_p11_conf_begin(&conf->module);
}

enum { TABLES = 2 };

static void
tables_of(struct conf *conf, tmg_settings tables[static TABLES])
{
	tables[0] = (tmg_settings){ settings, TMG_COUNT(settings), conf };
	tables[1] = tmg_p11_conf_table(&conf->module);
}

tmg_rc
conf_parse(struct conf *conf, const char *name, const char *text, tmg_fault *f)
{
	tmg_settings tables[TABLES];

	tables_of(conf, tables);
	return tmg_settings_parse(tables, TABLES, true, name, text, f);
}

tmg_rc
conf_read(struct conf *conf, const char *path, tmg_fault *f)
{
	tmg_settings tables[TABLES];

	tables_of(conf, tables);
	return tmg_settings_read(tables, TABLES, true, path, f);
}
