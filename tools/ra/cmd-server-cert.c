/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra server-cert [--host HOST]... [--days N] [--new-key]
 *     | --certificate FILE [--key FILE] */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/servercert.h"

#define DAYS "825"
#define DAYS_MOST 3650

struct order {
	ra_common common;
	ra_value host, days, certificate, key;
	bool new_key;
};

static bool
read_days(const struct order *o, int *days)
{
	const char *text = ra_value_or(&o->days, DAYS);
	char *end;
	const long n = strtol(text, &end, 10);

	*days = (int)n;
	return end != text && *end == '\0' && n >= 1 && n <= DAYS_MOST;
}

static bool
understood(const struct order *o, int *days)
{
	const bool brings = o->certificate.count > 0;

	if (!read_days(o, days))
		fprintf(stderr, "tamga-ra: server-cert: %s\n",
		    _("--days is a number from 1 to 3650"));
	else if (brings ? o->host.count > 0 || o->days.count > 0 || o->new_key :
	    o->key.count > 0)
		fprintf(stderr, "tamga-ra: server-cert: %s\n",
		    _("--certificate goes with --key alone, and --key with --certificate"));
	else
		return true;
	return false;
}

static tmg_rc
carry_out(ra_desk *d, const struct order *o, int days, const char *actor,
    time_t *ends)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_rc rc;

	if (o->certificate.count > 0)
		return ra_server_cert_bring(d, o->certificate.text[0],
		    ra_value_or(&o->key, ""), actor, ends);
	rc = ra_server_cert_renew(d, &(ra_server_wish){ o->host.text,
	    o->host.count, days, o->new_key, actor }, &cert);
	*ends = cert.not_after;
	return rc;
}

int
ra_cmd_server_cert(tmg_ctx *ctx, int argc, char **argv)
{
	struct order o = { .new_key = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&o.common),
		{ "host", NULL, &o.host, RA_VALUES_MAX }, { "days", NULL, &o.days, 1 },
		{ "new-key", &o.new_key, NULL, 0 },
		{ "certificate", NULL, &o.certificate, 1 },
		{ "key", NULL, &o.key, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	char actor[RA_OWNER_MAX], text[RA_TIME_TEXT];
	ra_value none;
	time_t ends = 0;
	int status, days;
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 0, &none) ||
	    !understood(&o, &days))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &o.common, &place)))
		return status;
	ra_officer_name(actor, sizeof(actor));
	if ((rc = carry_out(&place.desk, &o, days, actor, &ends)))
		return ra_fail(&place.desk.fault, rc);
	ra_time_text(ends, text);
	if (o.common.json)
		ra_print_json(json_pack("{s:s, s:s}", "certificate",
		    place.office.config.tls_certificate, "not_after", text));
	else
		printf(_("%s: a new certificate until %s; tamga-ra reload PID has servers show it\n"),
		    place.office.config.tls_certificate, text);
	return RA_EXIT_DONE;
}
