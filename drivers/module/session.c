/* SPDX-License-Identifier: BSD-2-Clause */
/* One session of a token, and who is logged in to it. */
#include "drivers/module/module.h"

void
tmg_module_used(tmg_module *m)
{
	tmg_secret_wipe(&m->pin);
	m->have_pin = false;
}

void
tmg_module_hang_up(tmg_module *m)
{
	if (m->open)
		tmg_module_missed(m, "C_CloseSession",
		    mod_p11(m)->C_CloseSession(m->session));
	m->open = false;
	m->user = false;
	m->looked = false;
	tmg_module_used(m);
}

tmg_rc
tmg_module_session(tmg_module *m)
{
	const CK_FLAGS rw = (m->flags & CKF_WRITE_PROTECTED) != 0 ? 0
	    : CKF_RW_SESSION;
	CK_RV rv;

	if (m->open)
		return TMG_OK;
	m->session = CK_INVALID_HANDLE;
	rv = mod_p11(m)->C_OpenSession(m->slot, CKF_SERIAL_SESSION | rw, NULL,
	    NULL, &m->session);
	if (rv == CKR_TOKEN_WRITE_PROTECTED)
		rv = mod_p11(m)->C_OpenSession(m->slot, CKF_SERIAL_SESSION, NULL,
		    NULL, &m->session);
	if (rv == CKR_OK && m->session == CK_INVALID_HANDLE)
		return tmg_module_lied(m, "C_OpenSession");
	m->open = rv == CKR_OK;
	return tmg_module_heard(m, "C_OpenSession", rv);
}

/* PKCS #11 2.40, 5.6: C_Login with CKU_CONTEXT_SPECIFIC comes between
 * C_SignInit and C_Sign. */
tmg_rc
tmg_module_prove(tmg_module *m, CK_OBJECT_HANDLE key)
{
	const bool pad = (m->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	bool always = false;
	tmg_rc rc;

	rc = tmg_module_flag(m, key, CKA_ALWAYS_AUTHENTICATE, &always);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if (!always)
		return TMG_OK;
	if (!m->have_pin && !pad)
		return TMG_LOGIN;
	rc = tmg_module_heard(m, "C_Login", mod_p11(m)->C_Login(m->session,
	    CKU_CONTEXT_SPECIFIC, m->have_pin ? m->pin.bytes : NULL,
	    m->have_pin ? m->pin.len : 0));
	if (rc == TMG_PIN_WRONG || rc == TMG_PIN_LOCKED)
		return mod_raise(m, rc, _("%s: the PIN that opened the token is refused "
		    "for the use of a key"), m->base.info.label);
	return rc;
}
