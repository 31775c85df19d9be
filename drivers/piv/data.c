/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data objects that are no certificate.  Identifiers, names and who may read
 * them: SP 800-73-4 part 1, tables 2 and 3; 5FFFxx are Yubico's.
 */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

#define PIV(id) "2.16.840.1.101.3.7." id

/* Who answers for what is in there. */
enum owner {
	ISSUER,			/* whoever writes it */
	CARD,			/* the card, or this driver */
	VENDOR,			/* the same on cards with Yubico's extensions */
	VENDOR_ISSUER,
};

static const struct row {
	uint32_t tag;
	const char *name, *oid;
	bool guarded;
	enum owner owner;
} rows[] = {
	{ OBJ_CCC, "Card Capability Container", PIV("1.219.0"), false, ISSUER },
	{ OBJ_CHUID, "Card Holder Unique Identifier", PIV("2.48.0"), false, ISSUER },
	{ 0x5fc103, "Cardholder Fingerprints", PIV("2.96.16"), true, ISSUER },
	{ 0x5fc106, "Security Object", PIV("2.144.0"), false, ISSUER },
	{ 0x5fc108, "Cardholder Facial Image", PIV("2.96.48"), true, ISSUER },
	{ OBJ_PRINTED, "Printed Information", PIV("2.48.1"), true, ISSUER },
	{ OBJ_DISCOVERY, "Discovery Object", PIV("2.96.80"), false, CARD },
	{ OBJ_KEY_HISTORY, "Key History Object", PIV("2.96.96"), false, CARD },
	{ 0x5fc121, "Cardholder Iris Images", PIV("2.16.21"), true, ISSUER },
	{ OBJ_BIT_GROUP, "Biometric Information Templates Group Template",
	    PIV("2.16.22"), false, CARD },
	{ 0x5fc122, "Secure Messaging Certificate Signer", PIV("2.16.23"), false,
	    ISSUER },
	{ 0x5fc123, "Pairing Code Reference Data Container", PIV("2.16.24"), true,
	    ISSUER },
	{ OBJ_ADMIN_DATA, "Administrative Data", NULL, false, VENDOR },
	{ 0x5fff10, "Microsoft Container Map", NULL, false, VENDOR_ISSUER },
	{ 0x5fff11, "Microsoft Roots 1", NULL, false, VENDOR_ISSUER },
	{ 0x5fff12, "Microsoft Roots 2", NULL, false, VENDOR_ISSUER },
	{ 0x5fff13, "Microsoft Roots 3", NULL, false, VENDOR_ISSUER },
	{ 0x5fff14, "Microsoft Roots 4", NULL, false, VENDOR_ISSUER },
	{ 0x5fff15, "Microsoft Roots 5", NULL, false, VENDOR_ISSUER },
};

static bool
has(const tmg_piv *p, const struct row *row)
{
	return row->owner == ISSUER || row->owner == CARD ||
	    p->ext == PIV_EXT_HINTED || p->ext == PIV_EXT_PRESENT;
}

static tmg_data_slot
slot_of(const struct row *row)
{
	return (tmg_data_slot){
		.tag = row->tag,
		.name = row->name,
		.oid = row->oid,
		.application = row->oid != NULL ? "PIV" : "YubiKey PIV",
		.guarded = row->guarded,
		.fixed = row->owner == CARD || row->owner == VENDOR,
	};
}

tmg_rc
tmg_piv_data_slots(tmg_backend *b, tmg_data_slot *slots, size_t cap,
    size_t *count)
{
	const tmg_piv *p = tmg_piv_of(b);

	*count = 0;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		if (!has(p, &rows[i]))
			continue;
		if (*count < cap)
			slots[*count] = slot_of(&rows[i]);
		(*count)++;
	}
	return TMG_OK;
}

tmg_rc
tmg_piv_data_read(tmg_backend *b, uint32_t tag, tmg_out *data)
{
	tmg_piv *p = tmg_piv_of(b);
	tmg_auto_free uint8_t *store = malloc(PIV_OBJECT_MAX);
	tmg_out answer = { store, PIV_OBJECT_MAX, 0, false };
	tmg_view content;
	tmg_rc rc;

	if (store == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	rc = tmg_piv_get(p, tag, TMG_LE_ANY, &answer, &content);
	if (rc == TMG_OK)
		tmg_put(data, content);
	explicit_bzero(store, PIV_OBJECT_MAX);	/* a kept key may be in it */
	return rc == TMG_OK ? tmg_out_done(data) : piv_pass(p, rc);
}

/* The printed information is where a management key is kept behind the PIN:
 * nobody could open the card any more. */
static tmg_rc
check_kept(tmg_piv *p, uint32_t tag)
{
	bool kept = false;
	tmg_rc rc;

	if (tag != OBJ_PRINTED)
		return TMG_OK;
	if ((rc = tmg_piv_want_admin(p)) || (rc = tmg_piv_admin_kept(p, &kept)))
		return piv_pass(p, rc);
	if (kept)
		return piv_raise(p, TMG_OCCUPIED, 0,
		    _("%s: the printed information holds the card's management "
		    "key; it stays as it is"), p->who);
	return TMG_OK;
}

tmg_rc
tmg_piv_data_write(tmg_backend *b, uint32_t tag, tmg_view data)
{
	tmg_piv *p = tmg_piv_of(b);
	tmg_rc rc;

	if ((rc = check_kept(p, tag)))
		return rc;
	return tmg_piv_put(p, tag, data);
}

/* An object without content is no object: SP 800-73-4 part 2, "PUT DATA". */
tmg_rc
tmg_piv_data_delete(tmg_backend *b, uint32_t tag)
{
	return tmg_piv_data_write(b, tag, (tmg_view){ 0 });
}
