/* SPDX-License-Identifier: BSD-2-Clause */
/* What a key, its public half and its certificate are called: ID and label. */
#include <stdio.h>
#include <string.h>

#include "pkcs11/attribute-row.h"
#include "pkcs11/attribute.h"
#include "pkcs11/title.h"
#include "src/base/scope.h"
#include "src/token/token.h"
#include "tamga/cert.h"

CK_RV
tmg_p11_get_id(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	*value = s->name.id.len > 0 ? tmg_p11_text_view(&s->name.id)
	    : tmg_key_id(s->object.key, s->scratch);
	return CKR_OK;
}

/* The common name of the certificate; empty when there is none. */
static void
common_name(tmg_key *key, char *name, size_t cap)
{
	tmg_cert_facts facts;
	tmg_view der;

	name[0] = '\0';
	if (tmg_key_cert(key, &der) == TMG_OK &&
	    tmg_cert_facts_get(der, &facts) == TMG_OK)
		snprintf(name, cap, "%s", facts.common_name);
}

/* Two certificates for the same person are told apart by their slot: Java and
 * others take the label for a name that only one object has. */
static bool
is_taken_before(tmg_token *token, const tmg_key *key, const char *name)
{
	char other[sizeof(((tmg_cert_facts *)NULL)->common_name)];
	tmg_key *k;

	for (size_t i = 0; (k = tmg_token_key(token, i)) != NULL && k != key; i++) {
		common_name(k, other, sizeof(other));
		if (strcmp(other, name) == 0)
			return true;
	}
	return false;
}

/* What a program called it.  What has no label of its own has its key's, from
 * the half that has one; a certificate's is its own alone. */
static tmg_view
given_label(const tmg_p11_subject *s)
{
	const tmg_p11_text *first = &s->name.label, *next = &s->name.public_label;

	if (s->object.class == CKO_CERTIFICATE && s->name.cert_label.len > 0)
		first = &s->name.cert_label;
	if (s->object.class == CKO_PUBLIC_KEY && next->len > 0)
		first = next;
	return tmg_p11_text_view(first->len > 0 ? first : next);
}

CK_RV
tmg_p11_get_label(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	const tmg_slot *slot = tmg_key_slot(s->object.key);
	char name[sizeof(((tmg_cert_facts *)NULL)->common_name)];
	char text[sizeof(name) + P11_TITLE_MAX + 4];

	(void)arg;
	*value = given_label(s);
	if (value->len > 0)
		return CKR_OK;
	common_name(s->object.key, name, sizeof(name));
	if (name[0] == '\0') {
		tmg_p11_title(s->slot->token, s->object.key, text);
		return tmg_p11_give_text(s, text, value);
	}
	if (!is_taken_before(s->slot->token, s->object.key, name))
		return tmg_p11_give_text(s, name, value);
	snprintf(text, sizeof(text), "%s (%s)", name, slot->name);
	return tmg_p11_give_text(s, text, value);
}
