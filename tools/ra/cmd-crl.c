/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra crl [--out FILE]: the revocation list in force, PEM. */
#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"

/* PEM to a file, or to stdout when path is "-". */
static tmg_rc
write_pem(const ra_crl *crl, const char *path, tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_mem());
	char *text;
	long len;
	tmg_rc rc;

	if (bio == NULL || PEM_write_bio(bio, PEM_STRING_X509_CRL, "", crl->der,
	    (long)crl->len) <= 0)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	len = BIO_get_mem_data(bio, &text);
	if (strcmp(path, "-") == 0)
		return fwrite(text, 1, (size_t)len, stdout) == (size_t)len &&
		    fflush(stdout) == 0 ? TMG_OK :
		    tmg_raise(f, TMG_E_IO, 0, "%s", strerror(errno));
	if ((rc = tmg_file_replace(path, (tmg_view){ (uint8_t *)text,
	    (size_t)len }, 0644)))
		return tmg_raise(f, rc, 0, "%s: %s", path, strerror(errno));
	return TMG_OK;
}

int
ra_cmd_crl(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value out = { .count = 0 }, none;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "out", NULL, &out, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_crl) crl = { .number = 0 };
	char next[RA_TIME_TEXT];
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 0, &none))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	if ((rc = ra_desk_crl(&place.desk, &crl)))
		return ra_fail(&place.desk.fault, rc);
	if ((!common.json || out.count > 0) &&
	    (rc = write_pem(&crl, ra_value_or(&out, "-"), &place.desk.fault)))
		return ra_fail(&place.desk.fault, rc);
	if (common.json) {
		ra_time_text(crl.next_update, next);
		ra_print_json(json_pack("{s:I, s:I, s:s}", "number",
		    (json_int_t)crl.number, "revoked",
		    (json_int_t)crl.revocations, "next_update", next));
	}
	return RA_EXIT_DONE;
}
