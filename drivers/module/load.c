/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Libraries.  p11-kit's managed modules are loaded once for a process, whoever
 * else in it uses them through p11-kit, and know what a fork does to them.
 */
#include "drivers/module/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* A module that cannot work where it is says so in its first two answers. */
static tmg_rc
not_started(const tmg_module_lib *lib, const char *function, CK_RV rv, tmg_fault *fault)
{
	return tmg_raise(fault, TMG_E_CARD, 0, _("the module %s does not start (%s: %s); "
	    "see that what it needs is there and runs: its daemon, its device, its "
	    "configuration"), lib->path, function, p11_kit_strerror(rv));
}

static tmg_rc
greet(tmg_module_lib *lib, tmg_fault *fault)
{
	CK_INFO info = { .flags = 0 };
	const CK_RV rv = lib->p11->C_GetInfo(&info);

	if (rv != CKR_OK)
		return not_started(lib, "C_GetInfo", rv, fault);
	if (is_ours(&info))
		return tmg_raise(fault, TMG_DENIED, 0, _("%s is tamga's own module; its "
		    "tokens are there without it"), lib->path);
	lib->quirks = tmg_module_quirks(&info);
	return TMG_OK;
}

static tmg_rc
start(tmg_module_lib *lib, tmg_fault *fault)
{
	CK_RV rv;

	if ((lib->p11 = p11_kit_module_load(lib->path, 0)) == NULL)
		return tmg_raise(fault, TMG_UNSUPPORTED, 0, _("%s is no PKCS #11 module "
		    "that can be loaded: %s"), lib->path, p11_kit_message());
	if ((rv = p11_kit_module_initialize(lib->p11)) == CKR_OK)
		return TMG_OK;
	p11_kit_module_release(lib->p11);
	return not_started(lib, "C_Initialize", rv, fault);
}

tmg_rc
tmg_module_load(const char *path, tmg_fault *fault, tmg_module_lib **lib)
{
	tmg_module_lib *l = calloc(1, sizeof(*l));
	tmg_rc rc;

	*lib = NULL;
	if (l == NULL)
		return TMG_E_NOMEM;
	l->refs = 1;
	snprintf(l->path, sizeof(l->path), "%s", path);
	if ((rc = start(l, fault))) {
		free(l);
		return rc;
	}
	if ((rc = greet(l, fault)))
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
