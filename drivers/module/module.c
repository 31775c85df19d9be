/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/module/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/driver/no.h"

enum {
	SLOTS_MAX = 64,		/* of one module */
};

static size_t
at_most(CK_ULONG n, size_t most)
{
	return n > most ? most : n;
}

/* What helps is the module's to know: C_InitPIN and C_InitToken both want the SO
 * PIN.  A TPM counts for all its tokens, and forgets with time. */
static const char *
remedy(unsigned quirks, tmg_pin_kind kind)
{
	if ((quirks & TMG_QUIRK_LOCK_ENDS) != 0)
		return N_("the TPM opens it again after some time, or at once with: "
		    "tpm2_dictionarylockout --clear-lockout");
	return kind == TMG_PIN_PUK ? N_("see the documentation of its module") : NULL;
}

/* A PIN without limits, or with senseless ones, is the module's to judge. */
static tmg_pin_rule
rule(unsigned quirks, tmg_pin_kind kind, const CK_TOKEN_INFO *t)
{
	const size_t max = t->ulMaxPinLen == 0 ? TMG_PIN_MAX
	    : at_most(t->ulMaxPinLen, TMG_PIN_MAX);

	return (tmg_pin_rule){
		.kind = kind,
		.min = t->ulMinPinLen > max ? 0 : t->ulMinPinLen,
		.max = max,
		.keypad = (t->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0,
		.title = kind == TMG_PIN_PUK ? N_("SO PIN") : NULL,
		.locked = remedy(quirks, kind),
	};
}

static void
version_of(char *text, size_t cap, CK_VERSION v)
{
	if (v.major == 0 && v.minor == 0)
		text[0] = '\0';
	else
		snprintf(text, cap, "%u.%u", v.major, v.minor);
}

#define TEXT(to, from) tmg_module_text((to), sizeof(to), (from), sizeof(from))

static void
tell(unsigned quirks, tmg_backend_info *info, const CK_TOKEN_INFO *t)
{
	TEXT(info->label, t->label);
	TEXT(info->manufacturer, t->manufacturerID);
	TEXT(info->model, t->model);
	TEXT(info->serial, t->serialNumber);
	if (info->label[0] == '\0')
		memcpy(info->label, info->model, sizeof(info->label));
	version_of(info->firmware, sizeof(info->firmware), t->firmwareVersion);
	info->pins[TMG_PIN_USER] = rule(quirks, TMG_PIN_USER, t);
	info->pins[TMG_PIN_PUK] = rule(quirks, TMG_PIN_PUK, t);
	info->can = TMG_CAN_METADATA;
	info->named_by_id = true;
}

/* Its slot may be one of tamga's own, which p11-kit's proxy passes on. */
static bool
is_ours(CK_FUNCTION_LIST *p11, CK_SLOT_ID slot)
{
	CK_SLOT_INFO info = { .flags = 0 };
	char text[sizeof(info.manufacturerID) + 1];

	if (p11->C_GetSlotInfo(slot, &info) != CKR_OK)
		return true;
	TEXT(text, info.manufacturerID);
	return strcmp(text, "tamga") == 0;
}

/* Another slot's token may be well; a library that is gone has none. */
static tmg_rc
skip(tmg_module_lib *lib, const char *function, tmg_probe *found)
{
	return tmg_module_gone(lib, NULL, function, found->fault) ? found->fault->rc
	    : TMG_NOT_FOUND;
}

static tmg_rc
add_slot(tmg_ctx *ctx, tmg_module_lib *lib, CK_SLOT_ID slot, tmg_probe *found)
{
	CK_TOKEN_INFO token = { .flags = 0 };
	tmg_module *m;

	if (is_ours(lib->p11, slot))
		return skip(lib, "C_GetSlotInfo", found);
	if (lib->p11->C_GetTokenInfo(slot, &token) != CKR_OK ||
	    (token.flags & CKF_TOKEN_INITIALIZED) == 0)
		return skip(lib, "C_GetTokenInfo", found);
	if ((m = calloc(1, sizeof(*m))) == NULL)
		return TMG_E_NOMEM;
	m->base.driver = &tmg_driver_module;
	m->base.ctx = ctx;
	m->lib = tmg_module_ref(lib);
	m->slot = slot;
	m->flags = token.flags;
	tell(lib->quirks, &m->base.info, &token);
	return found->add(found, &m->base);
}

static tmg_rc
ask_slots(tmg_module_lib *lib, CK_SLOT_ID slots[static SLOTS_MAX], CK_ULONG *n,
    tmg_fault *fault)
{
	const char *function = "C_GetSlotList";
	CK_RV rv;

	*n = SLOTS_MAX;
	rv = lib->p11->C_GetSlotList(CK_TRUE, slots, n);
	if (rv == CKR_OK && *n <= SLOTS_MAX)
		return TMG_OK;
	if (tmg_module_gone(lib, NULL, function, fault))
		return fault->rc;
	if (rv == CKR_OK)
		return tmg_raise(fault, TMG_E_MALFORMED, 0, _("the module %s answered %lu "
		    "slots where there was room for %d; tell who made it"), lib->path, *n,
		    SLOTS_MAX);
	return tmg_raise(fault, TMG_E_CARD, 0, _("the module %s answered to %s: %s "
	    "(0x%lx)"), lib->path, function, p11_kit_strerror(rv), rv);
}

static tmg_rc
add_slots(tmg_ctx *ctx, tmg_module_lib *lib, tmg_probe *found)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG n;
	tmg_rc rc, whole = TMG_NOT_FOUND;

	if ((rc = ask_slots(lib, slots, &n, found->fault)))
		return rc;
	for (size_t i = 0; i < n; i++) {
		rc = add_slot(ctx, lib, slots[i], found);
		if (rc != TMG_OK && rc != TMG_NOT_FOUND)
			return rc;
		whole = rc == TMG_OK ? rc : whole;
	}
	return whole;
}

static tmg_rc
module_probe_path(tmg_ctx *ctx, const char *path, tmg_probe *found)
{
	tmg_module_lib *lib;
	tmg_rc rc;

	if (strncmp(path, TMG_MODULE_SCHEME, strlen(TMG_MODULE_SCHEME)) != 0)
		return TMG_NOT_FOUND;
	path += strlen(TMG_MODULE_SCHEME);
	if (strlen(path) >= PATH_MAX)
		return TMG_NOT_FOUND;
	if ((rc = tmg_module_load(ctx, path, found->fault, &lib)))
		return rc;
	rc = add_slots(ctx, lib, found);
	tmg_module_unref(&lib);
	return rc;
}

/* Asks for the mechanisms: what names the token is known already. */
tmg_rc
tmg_module_identify(tmg_backend *b)
{
	tmg_module *m = tmg_module_of(b);

	if (!m->told)
		tmg_module_tell(m);
	m->told = true;
	return tmg_module_gone(m->lib, b->info.label, "C_GetMechanismInfo", &b->fault)
	    ? b->fault.rc : TMG_OK;
}

static void
module_close(tmg_backend *b)
{
	tmg_module *m = tmg_module_of(b);

	tmg_module_hang_up(m);
	tmg_module_unref(&m->lib);
	explicit_bzero(m, sizeof(*m));
	free(m);
}

const tmg_driver tmg_driver_module = {
	.version = TMG_DRIVER_VERSION,
	.name = "module",
	.spec = "PKCS #11 2.40",
	.likely = tmg_no_likely,
	.probe = tmg_no_probe,
	.probe_path = module_probe_path,
	.identify = tmg_module_identify,
	.slots = tmg_module_slots,
	.survey = tmg_no_survey,
	.facts = tmg_module_facts,
	.cert_read = tmg_module_cert_read,
	.cert_write = tmg_module_cert_write,
	.cert_delete = tmg_module_cert_delete,
	.cert_chain = tmg_no_cert_chain,
	.tries = tmg_module_tries,
	.factory = tmg_no_factory,
	.verify = tmg_module_verify,
	.change = tmg_module_change,
	.verify_typed = tmg_module_verify_typed,
	.change_typed = tmg_module_change_typed,
	.unblock = tmg_module_unblock,
	.logout = tmg_module_logout,
	.logged_in = tmg_module_logged_in,
	.admin_auto = tmg_module_admin_auto,
	.generate = tmg_module_generate,
	.import = tmg_module_import,
	.key_delete = tmg_module_key_delete,
	.key_move = tmg_no_key_move,
	.key_policy = tmg_no_key_policy,
	.attest = tmg_no_attest,
	.sign = tmg_module_sign,
	.decrypt = tmg_module_decrypt,
	.derive = tmg_module_derive,
	.data_slots = tmg_no_data_slots,
	.data_read = tmg_no_data_read,
	.data_write = tmg_no_data_write,
	.data_delete = tmg_no_data_delete,
	.random = tmg_module_random,
	.reset = tmg_module_reset,
	.setup = tmg_no_setup,
	.begin = tmg_no_begin,
	.hash_pins = tmg_no_hash_pins,
	.admin_protect = tmg_no_admin_protect,
	.close = module_close,
};
