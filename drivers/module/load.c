/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Libraries.  p11-kit's managed modules are loaded once for a process, whoever
 * else in it uses them through p11-kit, and know what a fork does to them.
 */
#include "drivers/module/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"

/* A control character in a name would be one on somebody's terminal. */
void
tmg_module_text(char *to, size_t cap, const unsigned char *from, size_t len)
{
	size_t n = 0;

	while (len > 0 && (from[len - 1] == ' ' || from[len - 1] == '\0'))
		len--;
	for (size_t i = 0; i < len && n + 1 < cap; i++)
		to[n++] = from[i] < ' ' || from[i] == 0x7f ? '?' : (char)from[i];
	to[n] = '\0';
}

/* Ours, whatever its file is called: its tokens are there already. */
static bool
is_ours(const CK_INFO *info)
{
	char text[sizeof(info->manufacturerID) + 1];

	tmg_module_text(text, sizeof(text), info->manufacturerID,
	    sizeof(info->manufacturerID));
	return strcmp(text, "tamga") == 0;
}

static tmg_rc
greet(tmg_ctx *ctx, tmg_module_lib *lib)
{
	CK_INFO info = { .flags = 0 };
	CK_RV rv = lib->p11->C_GetInfo(&info);

	if (rv != CKR_OK) {
		tmg_log(ctx, TMG_LOG_ERROR, "%s: C_GetInfo: %s", lib->path,
		    p11_kit_strerror(rv));
		return TMG_E_CARD;
	}
	lib->quirks = tmg_module_quirks(&info);
	return is_ours(&info) ? TMG_DENIED : TMG_OK;
}

tmg_rc
tmg_module_load(tmg_ctx *ctx, const char *path, tmg_module_lib **lib)
{
	tmg_module_lib *l = calloc(1, sizeof(*l));
	CK_RV rv;
	tmg_rc rc;

	*lib = NULL;
	if (l == NULL)
		return TMG_E_NOMEM;
	l->refs = 1;
	snprintf(l->path, sizeof(l->path), "%s", path);
	if ((l->p11 = p11_kit_module_load(path, 0)) == NULL) {
		tmg_log(ctx, TMG_LOG_ERROR, "%s: %s", path, p11_kit_message());
		free(l);
		return TMG_UNSUPPORTED;
	}
	if ((rv = p11_kit_module_initialize(l->p11)) != CKR_OK) {
		tmg_log(ctx, TMG_LOG_ERROR, "%s: C_Initialize: %s", path,
		    p11_kit_strerror(rv));
		p11_kit_module_release(l->p11);
		free(l);
		return TMG_E_CARD;
	}
	if ((rc = greet(ctx, l)))
		tmg_module_unref(&l);
	*lib = l;
	return rc;
}

tmg_module_lib *
tmg_module_ref(tmg_module_lib *lib)
{
	lib->refs++;
	return lib;
}

void
tmg_module_unref(tmg_module_lib **lib)
{
	tmg_module_lib *l = *lib;

	*lib = NULL;
	if (l == NULL || --l->refs > 0)
		return;
	(void)p11_kit_module_finalize(l->p11);
	p11_kit_module_release(l->p11);
	free(l);
}
