/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_InitToken (PKCS #11 2.40, 5.5): every object goes, the label stays.  It wants
 * the security officer's PIN, and leaves the user without one until C_InitPIN.
 */
#include "drivers/module/module.h"

#include <string.h>

#include "src/base/ctx.h"

enum {
	ASKED_MAX = 3,		/* the tries and the name are told at once */
};

/* An officer's tries are told in three words only, where they are told at all. */
static tmg_rc
ask(tmg_module *m, tmg_pin_kind kind, bool fresh, tmg_secret *pin)
{
	const tmg_backend_info *info = &m->base.info;
	tmg_rc rc = TMG_PENDING;
	tmg_pin_ask question = {
		.kind = kind,
		.fresh = fresh,
		.token = info->label,
		.serial = info->serial,
		.reader = m->lib->path,
		.tries_left = -1,
		.min = info->pins[kind].min,
		.max = info->pins[kind].max,
	};

	if (!fresh)
		(void)!tmg_module_tries(&m->base, kind, &question.tries_left);
	for (int asked = 0; rc == TMG_PENDING && asked < ASKED_MAX; asked++) {
		tmg_out out = tmg_secret_out(pin);

		rc = tmg_ctx_ask_pin(m->base.ctx, &question, &out);
		if (rc == TMG_OK)
			rc = tmg_secret_took(pin, &out);
	}
	return rc == TMG_PENDING || (rc == TMG_OK && pin->len == 0) ? TMG_CANCELLED : rc;
}

static tmg_rc
wipe(tmg_module *m, tmg_secret *officer)
{
	CK_UTF8CHAR label[32];
	const size_t n = strlen(m->base.info.label);

	memset(label, ' ', sizeof(label));
	memcpy(label, m->base.info.label, n < sizeof(label) ? n : sizeof(label));
	tmg_module_hang_up(m);
	tmg_module_missed(m, "C_CloseAllSessions",
	    mod_p11(m)->C_CloseAllSessions(m->slot));
	return tmg_module_heard(m, "C_InitToken", mod_p11(m)->C_InitToken(m->slot,
	    officer->bytes, officer->len, label));
}

/* Keys and certificates that everybody may see. */
static tmg_rc
check_wiped(tmg_module *m)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_PUBLIC_KEY, CKO_CERTIFICATE };
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < TMG_COUNT(classes); i++) {
		CK_OBJECT_CLASS cls = classes[i];
		CK_BBOOL yes = CK_TRUE;
		CK_ATTRIBUTE templ[] = {
			{ CKA_CLASS, &cls, sizeof(cls) },
			{ CKA_TOKEN, &yes, sizeof(yes) },
		};
		CK_OBJECT_HANDLE left;
		size_t n;

		rc = tmg_module_find(m, templ, TMG_COUNT(templ), &left, 1, &n);
		if (rc == TMG_OK && n > 0)
			rc = tmg_module_lied(m, "C_InitToken");
	}
	return rc;
}

tmg_rc
tmg_module_reset(tmg_backend *b)
{
	tmg_auto_secret officer = { .len = 0 }, user = { .len = 0 };
	tmg_module *m = tmg_module_of(b);
	int tries;
	tmg_rc rc;

	if ((rc = ask(m, TMG_PIN_PUK, false, &officer)) ||
	    (rc = ask(m, TMG_PIN_USER, true, &user)) ||
	    (rc = wipe(m, &officer)) ||
	    (rc = check_wiped(m)))
		return rc;
	for (size_t i = 0; i < m->place_count; i++)
		m->places[i].vacant = true;
	return tmg_module_unblock(b, tmg_secret_view(&officer),
	    tmg_secret_view(&user), &tries);
}
