/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CK_RV means here (PKCS #11 2.40, 5.1). */
#include "drivers/module/module.h"

static const struct {
	CK_RV rv;
	tmg_rc rc;
} rows[] = {
	{ CKR_HOST_MEMORY, TMG_E_NOMEM },
	{ CKR_PIN_INCORRECT, TMG_PIN_WRONG },
	{ CKR_PIN_LOCKED, TMG_PIN_LOCKED },
	{ CKR_PIN_INVALID, TMG_DENIED },
	{ CKR_PIN_LEN_RANGE, TMG_DENIED },
	{ CKR_PIN_EXPIRED, TMG_DENIED },
	{ CKR_USER_NOT_LOGGED_IN, TMG_LOGIN },
	{ CKR_USER_PIN_NOT_INITIALIZED, TMG_DENIED },
	{ CKR_DEVICE_REMOVED, TMG_REMOVED },
	{ CKR_TOKEN_NOT_PRESENT, TMG_REMOVED },
	{ CKR_SESSION_HANDLE_INVALID, TMG_RESET },
	{ CKR_SESSION_CLOSED, TMG_RESET },
	{ CKR_DEVICE_MEMORY, TMG_DENIED },
	{ CKR_SESSION_COUNT, TMG_BUSY },
	{ CKR_FUNCTION_CANCELED, TMG_CANCELLED },
	{ CKR_FUNCTION_REJECTED, TMG_CANCELLED },
	{ CKR_CANCEL, TMG_CANCELLED },
	{ CKR_TOKEN_WRITE_PROTECTED, TMG_DENIED },
	{ CKR_SESSION_READ_ONLY, TMG_DENIED },
	{ CKR_ACTION_PROHIBITED, TMG_DENIED },
	{ CKR_KEY_FUNCTION_NOT_PERMITTED, TMG_UNSUPPORTED },
	{ CKR_KEY_TYPE_INCONSISTENT, TMG_UNSUPPORTED },
	{ CKR_KEY_SIZE_RANGE, TMG_UNSUPPORTED },
	{ CKR_MECHANISM_INVALID, TMG_UNSUPPORTED },
	{ CKR_MECHANISM_PARAM_INVALID, TMG_UNSUPPORTED },
	{ CKR_DOMAIN_PARAMS_INVALID, TMG_UNSUPPORTED },
	{ CKR_CURVE_NOT_SUPPORTED, TMG_UNSUPPORTED },
	{ CKR_TEMPLATE_INCOMPLETE, TMG_UNSUPPORTED },
	{ CKR_TEMPLATE_INCONSISTENT, TMG_UNSUPPORTED },
	{ CKR_ATTRIBUTE_TYPE_INVALID, TMG_UNSUPPORTED },
	{ CKR_ATTRIBUTE_VALUE_INVALID, TMG_UNSUPPORTED },
	{ CKR_ATTRIBUTE_READ_ONLY, TMG_UNSUPPORTED },
	{ CKR_FUNCTION_NOT_SUPPORTED, TMG_UNSUPPORTED },
	{ CKR_RANDOM_NO_RNG, TMG_UNSUPPORTED },
	{ CKR_OBJECT_HANDLE_INVALID, TMG_NOT_FOUND },
	{ CKR_KEY_HANDLE_INVALID, TMG_NOT_FOUND },
	{ CKR_BUFFER_TOO_SMALL, TMG_E_MALFORMED },
};

static tmg_rc
rc_of(CK_RV rv)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].rv == rv)
			return rows[i].rc;
	return TMG_E_CARD;
}

bool
tmg_module_gone(tmg_module_lib *lib, const char *token, const char *function,
    tmg_fault *fault)
{
	const char *unfit;
	char how[160];

	if (!tmg_module_apart_is_over(&lib->apart, function))
		return false;
	if ((unfit = tmg_module_apart_unfit(&lib->apart)) != NULL) {
		(void)tmg_raise(fault, TMG_UNSUPPORTED, 0, _("%s is no PKCS #11 module "
		    "that can be loaded: %s"), lib->path, unfit);
		return true;
	}
	tmg_module_apart_fate(&lib->apart, how, sizeof(how));
	if (token != NULL)
		(void)tmg_raise(fault, TMG_E_CARD, 0, _("%s: the module %s %s; try again, "
		    "and if it comes back, tell who made the module"), token, lib->path,
		    how);
	else
		(void)tmg_raise(fault, TMG_E_CARD, 0, _("the module %s %s; try again, and "
		    "if it comes back, tell who made the module"), lib->path, how);
	return true;
}

void
tmg_module_missed(tmg_module *m, const char *function, CK_RV rv)
{
	if (rv != CKR_OK)
		(void)tmg_module_apart_is_over(&m->lib->apart, function);
}

tmg_rc
tmg_module_heard(tmg_module *m, const char *function, CK_RV rv)
{
	const tmg_rc rc = rv == CKR_OK ? TMG_OK : rc_of(rv);

	if (rc == TMG_OK)
		return rc;
	if (tmg_module_gone(m->lib, m->base.info.label, function, &m->base.fault)) {
		tmg_module_hang_up(m);
		return m->base.fault.rc;
	}
	if (rc == TMG_RESET || rc == TMG_REMOVED)
		tmg_module_hang_up(m);
	if (rc == TMG_LOGIN)
		m->user = false;
	/* These have words of their own, with the tries that are left. */
	if (rc == TMG_PIN_WRONG || rc == TMG_PIN_LOCKED || rc == TMG_LOGIN ||
	    rc == TMG_REMOVED)
		return rc;
	return mod_raise(m, rc, _("%s: the module %s answered to %s: %s (0x%lx)"),
	    m->base.info.label, m->lib->path, function, p11_kit_strerror(rv), rv);
}

bool
tmg_module_is_blank(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= b[i];
	return any == 0;
}

tmg_rc
tmg_module_lied(tmg_module *m, const char *function)
{
	return mod_raise(m, TMG_E_MALFORMED, _("%s: what the module %s answered to "
	    "%s has the wrong form or length"), m->base.info.label, m->lib->path,
	    function);
}
