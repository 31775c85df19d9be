/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs.  The user's PIN opens the keys and lets new ones be made; the security
 * officer's stands where cards have the PUK: it gives the user a fresh PIN.
 */
#include "drivers/module/module.h"

#include "src/base/ctx.h"

/* Tries are told in three words only (2.40, 3.2: CK_TOKEN_INFO). */
static int
left(CK_FLAGS flags, tmg_pin_kind kind)
{
	const bool user = kind == TMG_PIN_USER;

	if ((flags & (user ? CKF_USER_PIN_LOCKED : CKF_SO_PIN_LOCKED)) != 0)
		return 0;
	if ((flags & (user ? CKF_USER_PIN_FINAL_TRY : CKF_SO_PIN_FINAL_TRY)) != 0)
		return 1;
	return -1;
}

tmg_rc
tmg_module_tries(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_module *m = tmg_module_of(b);
	CK_TOKEN_INFO info = { .flags = 0 };
	tmg_rc rc;

	*tries = -1;
	if (kind == TMG_PIN_ADMIN)
		return TMG_UNSUPPORTED;
	if ((rc = tmg_module_heard(m, "C_GetTokenInfo",
	    mod_p11(m)->C_GetTokenInfo(m->slot, &info))))
		return rc;
	*tries = left(info.flags, kind);
	return *tries < 0 ? TMG_UNSUPPORTED : TMG_OK;
}

static tmg_rc
refused(tmg_module *m, tmg_pin_kind kind, tmg_rc rc, int *tries)
{
	if (rc == TMG_PIN_WRONG)
		(void)!tmg_module_tries(&m->base, kind, tries);
	return rc;
}

tmg_rc
tmg_module_logout(tmg_backend *b)
{
	tmg_module *m = tmg_module_of(b);

	tmg_module_used(m);
	if (m->open && m->user)
		tmg_module_missed(m, "C_Logout",
		    mod_p11(m)->C_Logout(m->session));
	m->user = false;
	return TMG_OK;
}

/* Somebody else in this process may be logged in: that is undone, for only a
 * login tells whether the PIN is right. */
static tmg_rc
login(tmg_module *m, CK_USER_TYPE who, CK_UTF8CHAR *pin, size_t len)
{
	CK_RV rv;
	tmg_rc rc;

	if ((rc = tmg_module_session(m)))
		return rc;
	(void)tmg_module_logout(&m->base);
	rv = mod_p11(m)->C_Login(m->session, who, pin, len);
	if (rv == CKR_USER_ALREADY_LOGGED_IN ||
	    rv == CKR_USER_ANOTHER_ALREADY_LOGGED_IN) {
		tmg_module_missed(m, "C_Logout",
		    mod_p11(m)->C_Logout(m->session));
		rv = mod_p11(m)->C_Login(m->session, who, pin, len);
	}
	if (rv == CKR_PIN_LEN_RANGE || rv == CKR_PIN_INVALID)
		rv = CKR_PIN_INCORRECT;
	return tmg_module_heard(m, "C_Login", rv);
}

static CK_UTF8CHAR *
typed(tmg_view pin)
{
	return (CK_UTF8CHAR *)(uintptr_t)pin.ptr;
}

tmg_rc
tmg_module_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	tmg_module *m = tmg_module_of(b);
	tmg_rc rc;

	*tries = -1;
	if (kind != TMG_PIN_USER)
		return TMG_UNSUPPORTED;
	if ((rc = login(m, CKU_USER, typed(pin), pin.len)))
		return refused(m, kind, rc, tries);
	m->user = true;
	m->have_pin = tmg_secret_set(&m->pin, pin) == TMG_OK;
	return TMG_OK;
}

tmg_rc
tmg_module_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_module *m = tmg_module_of(b);
	tmg_rc rc;

	*tries = -1;
	if (kind != TMG_PIN_USER ||
	    (m->flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0)
		return TMG_UNSUPPORTED;
	if ((rc = login(m, CKU_USER, NULL, 0)))
		return refused(m, kind, rc, tries);
	m->user = true;
	return TMG_OK;
}

tmg_rc
tmg_module_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	const tmg_module *m = tmg_module_of(b);

	(void)kind;			/* the user makes keys, nobody else can */
	return m->user || (m->flags & CKF_LOGIN_REQUIRED) == 0 ? TMG_OK
	    : TMG_LOGIN;
}

tmg_rc
tmg_module_admin_auto(tmg_backend *b)
{
	return tmg_module_logged_in(b, TMG_PIN_ADMIN);
}

/* ---- changed -------------------------------------------------------------------- */

static tmg_rc
set_pin(tmg_module *m, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	const CK_USER_TYPE who = kind == TMG_PIN_USER ? CKU_USER : CKU_SO;
	tmg_rc rc;

	*tries = -1;
	if (kind == TMG_PIN_ADMIN)
		return TMG_UNSUPPORTED;
	if ((rc = login(m, who, typed(old), old.len)))
		return refused(m, kind, rc, tries);
	rc = tmg_module_heard(m, "C_SetPIN", mod_p11(m)->C_SetPIN(m->session,
	    typed(old), old.len, typed(fresh), fresh.len));
	tmg_module_missed(m, "C_Logout",
	    mod_p11(m)->C_Logout(m->session));
	return refused(m, kind, rc, tries);
}

tmg_rc
tmg_module_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries)
{
	return set_pin(tmg_module_of(b), kind, old, fresh, tries);
}

tmg_rc
tmg_module_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_module *m = tmg_module_of(b);

	if ((m->flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0)
		return TMG_UNSUPPORTED;
	return set_pin(m, kind, (tmg_view){ NULL, 0 }, (tmg_view){ NULL, 0 }, tries);
}

tmg_rc
tmg_module_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	tmg_module *m = tmg_module_of(b);
	tmg_rc rc;

	*tries = -1;
	if ((rc = login(m, CKU_SO, typed(puk), puk.len)))
		return refused(m, TMG_PIN_PUK, rc, tries);
	rc = tmg_module_heard(m, "C_InitPIN", mod_p11(m)->C_InitPIN(m->session,
	    typed(fresh), fresh.len));
	tmg_module_missed(m, "C_Logout",
	    mod_p11(m)->C_Logout(m->session));
	return rc;
}
