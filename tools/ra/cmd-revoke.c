/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra revoke SERIAL|APPLICATION [--reason NAME] */
#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/reasons.h"
#include "tools/ra/cmd.h"

static void
print_revoked(const ra_cert *cert, bool json)
{
	if (json)
		ra_print_json(json_pack("{s:s, s:s, s:s}", "serial", cert->serial,
		    "application", cert->app, "reason",
		    ra_reason_name(cert->reason)));
	else
		printf(_("certificate %s is revoked (%s)\n"), cert->serial,
		    ra_reason_name(cert->reason));
}

int
ra_cmd_revoke(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value reason = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "reason", NULL, &reason, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_crl) crl = { .number = 0 };
	char name[RA_OWNER_MAX];
	int number;
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if (ra_reason_parse(ra_value_or(&reason, "unspecified"), &number)) {
		fprintf(stderr, "tamga-ra: %s: %s\n", reason.text[0],
		    _("no such reason; unspecified, keyCompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn"));
		return RA_EXIT_USAGE;
	}
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;

	ra_officer_name(name, sizeof(name));
	const ra_actor officer = { RA_BY_OFFICER, name };

	const bool elsewhere = place.office.ca->ops->elsewhere;

	if ((rc = ra_desk_revoke(&place.desk, args.text[0], number, &officer,
	    &cert)) || (!elsewhere && (rc = ra_desk_crl(&place.desk, &crl))))
		return ra_fail(&place.desk.fault, rc);
	print_revoked(&cert, common.json);
	if (elsewhere)
		fprintf(stderr, "tamga-ra: %s\n",
		    place.office.ca->ops->revoke != NULL ?
		    _("the authority that issued the certificate is asked to revoke it; tamga-ra show says how that stands") :
		    _("revoked here alone: the authority that issued the certificate has to be asked to revoke it, too"));
	return RA_EXIT_DONE;
}
