/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/cli.h"

#include <stdarg.h>

#include "src/base/fail.h"

tmg_rc
cli_fail(struct cli *cli, tmg_rc rc, const tmg_fault *from)
{
	if (rc == TMG_PIN_WRONG || rc == TMG_PIN_LOCKED)
		pins_forget(&cli->pins);
	/* A source of PINs that gave nothing knows best why. */
	if (cli->pins.fault.rc == rc && rc != TMG_OK)
		from = &cli->pins.fault;
	if (from->rc == rc && from->text[0] != '\0')
		return tmg_fault_copy(&cli->fault, from, rc);
	return tmg_raise(&cli->fault, rc, from->sw, "%s", "");
}

tmg_rc
cli_raise(struct cli *cli, tmg_rc rc, const char *fmt, ...)
{
	char text[TMG_FAULT_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return tmg_raise(&cli->fault, rc, 0, "%s", text);
}
