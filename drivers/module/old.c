/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stood in a place goes when the new one is whole, so that no failure leaves
 * nothing.
 */
#include "drivers/module/module.h"

static tmg_rc
note(tmg_module *m, const tmg_module_place *place, CK_OBJECT_CLASS cls,
    tmg_module_olds *old)
{
	size_t n;
	const tmg_rc rc = tmg_module_find_at(m, place, cls, old->objects + old->n,
	    TMG_COUNT(old->objects) - old->n, &n);

	old->n += rc == TMG_OK ? n : 0;
	return rc;
}

/* A place that looked free and is not, now that somebody is logged in, stays as
 * it is. */
tmg_rc
tmg_module_olds_note(tmg_module *m, const tmg_module_place *place,
    tmg_module_olds *old)
{
	tmg_rc rc;

	if ((rc = note(m, place, CKO_PRIVATE_KEY, old)) ||
	    (rc = note(m, place, CKO_PUBLIC_KEY, old)))
		return rc;
	if (old->n == 0)
		return TMG_OK;
	if (place->vacant)
		return mod_raise(m, TMG_OCCUPIED, _("slot %s of token %s holds a key that "
		    "shows after the login only; choose another slot"), place->name,
		    m->base.info.label);
	return (m->lib->quirks & TMG_QUIRK_ONE_ID) == 0 ? TMG_OK : mod_raise(m,
	    TMG_OCCUPIED, _("slot %s of token %s holds a key, and its module keeps no "
	    "two in one slot while the new one is made: choose another slot, or first: "
	    "tamga key delete %s"), place->name, m->base.info.label, place->name);
}

tmg_rc
tmg_module_olds_certs(tmg_module *m, const tmg_module_place *place,
    tmg_module_olds *old)
{
	return note(m, place, CKO_CERTIFICATE, old);
}

tmg_rc
tmg_module_olds_drop(tmg_module *m, const tmg_module_olds *old)
{
	for (size_t i = 0; i < old->n; i++) {
		const tmg_rc rc = tmg_module_heard(m, "C_DestroyObject",
		    mod_p11(m)->C_DestroyObject(m->session, old->objects[i]));

		if (rc != TMG_OK)
			return rc;
	}
	return TMG_OK;
}
