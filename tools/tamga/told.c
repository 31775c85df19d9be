/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/told.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"

enum {
	DAY_S = 86400,
	FILE_MAX_BYTES = 1 << 20,
	FORGOTTEN_DAYS = 60,
	NEVER_TOLD = 1 << 20,
};

static const long steps[] = { 0, 1, 7, 14, 30 };

tmg_rc
told_read(struct cli *cli, struct told *told)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len, used;
	tmg_rc rc;

	*told = (struct told){ .all = NULL };
	if ((rc = tmg_file_state(told->path, sizeof(told->path) - sizeof("/watch.json"))))
		return cli_raise(cli, TMG_E_USAGE,
		    _("neither XDG_STATE_HOME nor HOME says where journals are kept"));
	if (tmg_file_folder(told->path, 0700) != TMG_OK)
		return cli_raise(cli, TMG_E_IO, _("cannot make the folder %s: %s"),
		    told->path, strerror(errno));
	used = strlen(told->path);
	snprintf(told->path + used, sizeof(told->path) - used, "/watch.json");

	if (tmg_file_read(told->path, FILE_MAX_BYTES, &text, &len) == TMG_OK)
		told->all = json_loadb((const char *)text, len, 0, NULL);
	if (!json_is_object(told->all)) {
		json_decref(told->all);
		told->all = json_object();
	}
	return told->all != NULL ? TMG_OK : cli_raise(cli, TMG_E_NOMEM,
	    _("out of memory"));
}

/* The smallest step that what is left fits into; -1: none yet. */
static long
step_of(long days)
{
	for (size_t i = 0; i < TMG_COUNT(steps); i++)
		if (days <= steps[i])
			return steps[i];
	return -1;
}

bool
told_is_news(struct told *told, const char *serial, time_t until, time_t now,
    long *days)
{
	const json_t *before = json_object_get(json_object_get(told->all, serial), "days");
	const long last = json_is_integer(before) ?
	    (long)json_integer_value(before) : NEVER_TOLD;
	long step;

	*days = until <= now ? 0 : (long)((until - now + DAY_S - 1) / DAY_S);
	step = step_of(*days);
	if (step < 0 || step >= last)
		return false;
	json_object_set_new(told->all, serial, json_pack("{s:I, s:I}", "days",
	    (json_int_t)step, "until", (json_int_t)until));
	told->changed = true;
	return true;
}

static void
forget_old(struct told *told, time_t now)
{
	const char *serial;
	json_t *one;
	void *next;

	json_object_foreach_safe(told->all, next, serial, one)
		if (json_integer_value(json_object_get(one, "until")) <
		    (json_int_t)now - (json_int_t)FORGOTTEN_DAYS * DAY_S)
			json_object_del(told->all, serial);
}

tmg_rc
told_write(struct cli *cli, struct told *told, time_t now)
{
	tmg_auto_free char *text = NULL;

	if (!told->changed)
		return TMG_OK;
	forget_old(told, now);
	text = json_dumps(told->all, JSON_INDENT(1) | JSON_SORT_KEYS);
	if (text == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if (tmg_file_replace(told->path, tmg_view_str(text), 0600) != TMG_OK)
		return cli_raise(cli, TMG_E_IO, _("cannot write %s: %s; you will be "
		    "reminded again"), told->path, strerror(errno));
	return TMG_OK;
}

void
told_release(struct told *told)
{
	json_decref(told->all);
	told->all = NULL;
}
