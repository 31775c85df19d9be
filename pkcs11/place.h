/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a new key goes, or a certificate without one, and what it is called.
 *
 * A LABEL or an ID that names a slot of the card ("9a", 9A) selects it; else
 * it is the first that is free and wants the PIN as often as the template
 * does.  A slot that holds a key or a certificate is never written over.
 */
#ifndef TMG_PKCS11_PLACE_H
#define TMG_PKCS11_PLACE_H

#include "pkcs11/create.h"

/* Is it worth a question?  A retired slot is when the card's history has it, or
 * when it was heard of here: a new key there has no certificate yet. */
bool
tmg_p11_place_shown(const tmg_p11_slot *slot, const tmg_key *key);

/*
 * For the private key of that template.
 *
 * CKR_ATTRIBUTE_VALUE_INVALID  the slot that is named is taken
 * CKR_TEMPLATE_INCONSISTENT    it wants the PIN otherwise than the template
 * CKR_DEVICE_MEMORY            no slot is free
 */
CK_RV
tmg_p11_place_find(tmg_p11_slot *slot, const CK_ATTRIBUTE *templ,
    CK_ULONG count, tmg_key **place);

/*
 * For a certificate that is for no key of the token: where it is already, else
 * the first retired slot with neither key nor certificate.  From below, because
 * a card's history counts the slots in use upwards, and every program asks each
 * of them.
 *
 * CKR_TEMPLATE_INCONSISTENT  no authority's, on a card that does not tell of
 *                            keys: it would be taken for one's
 * CKR_DEVICE_MEMORY          no slot is free
 */
CK_RV
tmg_p11_place_alone(tmg_p11_slot *slot, tmg_view der, tmg_key **place);

/* Could what is in place, or will be, be called so? */
CK_RV
tmg_p11_place_ready(tmg_p11_slot *slot, tmg_key *place,
    const CK_ATTRIBUTE *templ, CK_ULONG count);

/* What is to be set: ID and label, as far as the template has them. */
CK_RV
tmg_p11_place_name(tmg_p11_slot *slot, const tmg_p11_object *object,
    const CK_ATTRIBUTE *templ, CK_ULONG count);

/* Notes that there is a key in a retired slot, whose certificate the card's
 * history does not have yet; as good as it goes. */
void
tmg_p11_place_note(tmg_p11_slot *slot, tmg_key *place);

#endif
