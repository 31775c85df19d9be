/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/exit.h"

#include <stddef.h>

#include "src/base/scope.h"

#define ANYWHERE ((1u << STAGE_SELF) | (1u << STAGE_FIND) | \
	(1u << STAGE_TOKEN) | (1u << STAGE_AUTHORITY))
#define AT(stage) (1u << (stage))

/* The only place where results become exit codes; the first row that fits. */
static const struct {
	unsigned stages;
	tmg_rc rc;
	int code;
} table[] = {
	{ ANYWHERE, TMG_OK, EXIT_DONE },
	{ ANYWHERE, TMG_E_USAGE, EXIT_WRONG_USE },
	{ ANYWHERE, TMG_PIN_WRONG, EXIT_PIN_WRONG },
	{ ANYWHERE, TMG_LAST_TRY, EXIT_PIN_WRONG },
	{ ANYWHERE, TMG_PIN_LOCKED, EXIT_PIN_LOCKED },
	{ ANYWHERE, TMG_REMOVED, EXIT_NO_TOKEN },
	{ AT(STAGE_FIND), TMG_NOT_FOUND, EXIT_NO_TOKEN },
	{ AT(STAGE_FIND), TMG_AMBIGUOUS, EXIT_NO_TOKEN },
	{ AT(STAGE_FIND), TMG_DENIED, EXIT_NO_TOKEN },
	{ AT(STAGE_FIND), TMG_BUSY, EXIT_NO_TOKEN },
	{ AT(STAGE_AUTHORITY), TMG_PENDING, EXIT_PENDING },
	{ AT(STAGE_AUTHORITY), TMG_DENIED, EXIT_REFUSED },
};

int
exit_code(enum stage stage, tmg_rc rc)
{
	for (size_t i = 0; i < TMG_COUNT(table); i++)
		if (table[i].rc == rc && (table[i].stages & AT(stage)) != 0)
			return table[i].code;
	return EXIT_FAILED;
}
