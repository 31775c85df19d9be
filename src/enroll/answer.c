/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/answer.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

void
tmg_answer_release(tmg_answer *answer)
{
	if (answer->text != NULL)
		explicit_bzero(answer->text, answer->len);
	free(answer->text);
	*answer = (tmg_answer){ .text = NULL };
}

tmg_rc
tmg_answer_take(tmg_authority *a, tmg_view bytes, tmg_answer *answer)
{
	char *text = malloc(bytes.len + 1);

	if (text == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if (bytes.len > 0)
		memcpy(text, bytes.ptr, bytes.len);
	text[bytes.len] = '\0';
	*answer = (tmg_answer){ text, bytes.len };
	return TMG_OK;
}
