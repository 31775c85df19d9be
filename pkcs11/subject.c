/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/subject.h"

#include "src/pki/spki.h"
#include "src/token/token.h"
#include "tamga/cert.h"

bool
tmg_p11_subject_private(const tmg_p11_subject *s)
{
	if (s->object.data != NULL)
		return tmg_data_place(s->object.data)->guarded;
	return s->object.class == CKO_PRIVATE_KEY &&
	    s->facts.pin != TMG_PIN_NEVER;
}

/* The certificate beside it is witness enough of a public key, and of a private
 * one that everybody may see; when somebody is there to use it the key is asked
 * for itself: is it there at all, and when does it want its PIN? */
static bool
is_glance_enough(const tmg_p11_subject *s)
{
	return s->object.class == CKO_PUBLIC_KEY ||
	    (s->slot->login != P11_USER &&
	    tmg_key_slot(s->object.key)->pin == TMG_PIN_NEVER);
}

static tmg_rc
ask_key(tmg_p11_subject *s)
{
	const tmg_rc rc = tmg_key_facts_get(s->object.key, &s->facts);

	return rc == TMG_OK ? tmg_key_public(s->object.key, &s->spki) : rc;
}

static tmg_rc
load_key(tmg_p11_subject *s)
{
	const tmg_rc rc = is_glance_enough(s)
	    ? tmg_key_glance(s->object.key, &s->facts, &s->spki) : ask_key(s);

	if (rc != TMG_OK)
		return rc;
	tmg_p11_names_get(&s->slot->names, s->spki, &s->name);
	return tmg_p11_subject_private(s) && s->slot->login != P11_USER
	    ? TMG_NOT_FOUND : TMG_OK;
}

tmg_rc
tmg_p11_subject_ask(tmg_p11_subject *s)
{
	const tmg_rc rc = s->object.key != NULL ? ask_key(s) : TMG_OK;

	if (rc != TMG_OK)
		return rc;
	return tmg_p11_subject_private(s) && s->slot->login != P11_USER ? TMG_LOGIN : TMG_OK;
}

static tmg_rc
load_certificate(tmg_p11_subject *s)
{
	tmg_rc rc;

	if ((rc = tmg_key_cert(s->object.key, &s->der)) ||
	    (rc = tmg_p11_cert_parse(s->der, &s->cert)))
		return rc;
	tmg_p11_names_get(&s->slot->names, s->cert.spki, &s->name);
	return TMG_OK;
}

static tmg_rc
load_data(tmg_p11_subject *s)
{
	return tmg_p11_subject_private(s) && s->slot->login != P11_USER
	    ? TMG_NOT_FOUND : tmg_data_read(s->object.data, &s->der);
}

/* Public keys and certificates tell the rest by their encoding. */
static tmg_rc
load_memory(tmg_p11_subject *s)
{
	const tmg_p11_memory *m = s->object.memory;

	if (tmg_p11_memory_bool(m, CKA_PRIVATE) && s->slot->login != P11_USER)
		return TMG_NOT_FOUND;
	if (s->object.class == CKO_PUBLIC_KEY) {
		tmg_p11_memory_get(m, CKA_PUBLIC_KEY_INFO, &s->spki);
		return tmg_spki_alg(s->spki, &s->facts.alg);
	}
	if (s->object.class == CKO_CERTIFICATE) {
		tmg_p11_memory_get(m, CKA_VALUE, &s->der);
		return tmg_p11_cert_parse(s->der, &s->cert);
	}
	return TMG_OK;
}

tmg_rc
tmg_p11_subject_load(tmg_p11_slot *slot, const tmg_p11_object *object,
    tmg_p11_subject *s)
{
	s->slot = slot;
	s->object = *object;
	s->facts = (tmg_key_facts){ .alg = TMG_ALG_NONE };
	if (object->memory != NULL)
		return load_memory(s);
	if (object->class == CKO_CERTIFICATE)
		return load_certificate(s);
	if (object->data != NULL)
		return load_data(s);
	return object->key != NULL ? load_key(s) : TMG_OK;
}
