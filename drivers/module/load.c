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

/* A module that cannot work where it is says so in its first two answers. */
static tmg_rc
not_started(tmg_module_lib *lib, const char *function, CK_RV rv, tmg_fault *fault)
{
	if (tmg_module_gone(lib, NULL, function, fault))
		return fault->rc;
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
unfit(const tmg_module_lib *lib, const char *why, tmg_fault *fault)
{
	return tmg_raise(fault, TMG_UNSUPPORTED, 0, _("%s is no PKCS #11 module that can be "
	    "loaded: %s"), lib->path, why);
}

#define AT(function) { #function, offsetof(CK_FUNCTION_LIST, function) }

/* 2.40, 6.1: all are there, if only to say that they are not supported. */
static const struct {
	const char *name;
	size_t at;
} used[] = {
	AT(C_Initialize), AT(C_Finalize), AT(C_GetInfo), AT(C_GetSlotList),
	AT(C_GetSlotInfo), AT(C_GetTokenInfo), AT(C_GetMechanismList),
	AT(C_GetMechanismInfo), AT(C_InitToken), AT(C_InitPIN), AT(C_SetPIN),
	AT(C_OpenSession), AT(C_CloseSession), AT(C_CloseAllSessions), AT(C_Login),
	AT(C_Logout), AT(C_CreateObject), AT(C_DestroyObject), AT(C_GetAttributeValue),
	AT(C_SetAttributeValue), AT(C_FindObjectsInit), AT(C_FindObjects),
	AT(C_FindObjectsFinal), AT(C_DecryptInit), AT(C_Decrypt), AT(C_DecryptFinal),
	AT(C_SignInit), AT(C_Sign), AT(C_SignFinal), AT(C_GenerateKeyPair),
	AT(C_DeriveKey), AT(C_GenerateRandom),
};

static const char *
lacking(const CK_FUNCTION_LIST *p11)
{
	for (size_t i = 0; i < TMG_COUNT(used); i++) {
		void (*function)(void);

		memcpy(&function, (const char *)p11 + used[i].at, sizeof(function));
		if (function == NULL)
			return used[i].name;
	}
	return NULL;
}

/* Managed, its own functions cannot be seen: it is looked at bare first. */
static tmg_rc
look(const tmg_module_lib *lib, tmg_fault *fault)
{
	CK_FUNCTION_LIST *bare = p11_kit_module_load(lib->path, P11_KIT_MODULE_UNMANAGED);
	const char *name;

	if (bare == NULL)
		return unfit(lib, p11_kit_message(), fault);
	name = lacking(bare);
	p11_kit_module_release(bare);
	return name == NULL ? TMG_OK : tmg_raise(fault, TMG_UNSUPPORTED, 0,
	    _("the module %s has no %s; tell who made it"), lib->path, name);
}

/* Into this process. */
static tmg_rc
load_here(tmg_module_lib *lib, CK_RV *started, tmg_fault *fault)
{
	const tmg_rc rc = look(lib, fault);

	if (rc != TMG_OK)
		return rc;
	if ((lib->p11 = p11_kit_module_load(lib->path, 0)) == NULL)
		return unfit(lib, p11_kit_message(), fault);
	*started = p11_kit_module_initialize(lib->p11);
	return TMG_OK;
}

static tmg_rc
start(tmg_ctx *ctx, tmg_module_lib *lib, tmg_fault *fault)
{
	tmg_apart how = { .seconds = 0 };
	CK_RV rv = CKR_OK;
	tmg_rc rc;

	rc = tmg_ctx_wants_apart(ctx, lib->path, &how)
	    ? tmg_module_apart_begin(&lib->apart, lib->path, &how, &lib->p11, &rv, fault)
	    : load_here(lib, &rv, fault);
	if (rc != TMG_OK || rv == CKR_OK)
		return rc;
	rc = not_started(lib, "C_Initialize", rv, fault);
	p11_kit_module_release(lib->p11);
	tmg_module_apart_end(&lib->apart);
	return rc;
}

tmg_rc
tmg_module_load(tmg_ctx *ctx, const char *path, tmg_fault *fault, tmg_module_lib **lib)
{
	tmg_module_lib *l = calloc(1, sizeof(*l));
	tmg_rc rc;

	*lib = NULL;
	if (l == NULL)
		return TMG_E_NOMEM;
	l->refs = 1;
	snprintf(l->path, sizeof(l->path), "%s", path);
	if ((rc = start(ctx, l, fault))) {
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
	tmg_module_apart_end(&l->apart);
	free(l);
}
