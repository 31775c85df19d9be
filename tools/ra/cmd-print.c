/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra print APPLICATION [--as txt|html|pdf] [--out FILE] */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/post/sheet.h"

static tmg_rc
write_out(const ra_printed *printed, const char *path, tmg_fault *f)
{
	tmg_rc rc;

	if (strcmp(path, "-") == 0)
		return fwrite(printed->bytes, 1, printed->len, stdout) ==
		    printed->len && fflush(stdout) == 0 ? TMG_OK :
		    tmg_raise(f, TMG_E_IO, 0, "%s", strerror(errno));
	if ((rc = tmg_file_replace(path, (tmg_view){ printed->bytes, printed->len },
	    0600)))
		return tmg_raise(f, rc, 0, "%s: %s", path, strerror(errno));
	return TMG_OK;
}

static tmg_rc
print(ra_desk *d, const char *id, const char *form, const char *path)
{
	tmg_auto(ra_printed) printed = { .bytes = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc = ra_app_get(d->store, id, &app);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0, _("there is no application %s"),
		    id);
	if (rc)
		return tmg_fault_copy(&d->fault, &d->store->fault, rc);
	if ((rc = ra_print(d, &app, "", form, &printed)))
		return rc;
	return write_out(&printed, path, &d->fault);
}

int
ra_cmd_print(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value form = { .count = 0 }, out = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "as", NULL, &form, 1 }, { "out", NULL, &out, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	rc = print(&place.desk, args.text[0], ra_value_or(&form, "txt"),
	    ra_value_or(&out, "-"));
	return rc ? ra_fail(&place.desk.fault, rc) : RA_EXIT_DONE;
}
