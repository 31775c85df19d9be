/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/sms.h"

#include <sysexits.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

/* As sysexits.h has it: the text or the number is not to be had; anything else
 * may be better next time. */
static tmg_rc
run(const ra_sms_line *line, const ra_sms *sms, tmg_fault *f)
{
	const char *program = line->config->sms.command;
	ra_program_end end;

	ra_courier_send(line->courier, line->config, sms->to, sms->text, &end);
	if (end.status == EX_OK)
		return TMG_OK;
	return tmg_raise(f, end.status == EX_DATAERR || end.status == EX_NOUSER ?
	    TMG_DENIED : TMG_BUSY, 0, _("%.150s (status %d): %s"), program,
	    end.status, end.said);
}

tmg_rc
ra_sms_send(const ra_sms_line *line, const ra_sms *sms, tmg_fault *f)
{
	return line->config->sms.command[0] != '\0' ? run(line, sms, f) :
	    ra_sms_post(line, sms, f);
}
