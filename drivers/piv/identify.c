/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card is called: Yubico's serial number, or the GUID of its CHUID. */
#include "drivers/piv/piv.h"

#include <inttypes.h>
#include <stdio.h>

#include "src/base/scope.h"
#include "src/codec/hex.h"

enum {
	TAG_GUID = 0x34,	/* SP 800-73-4 part 1, table 9 */
	GUID_LEN = 16,
	SERIAL_LEN = 4,
};

#define CHUID_MAX 4096u		/* bytes; a signed one has some 3000 */

tmg_rc
tmg_piv_chuid_guid(tmg_view chuid, tmg_view *guid)
{
	tmg_rc rc;

	if ((rc = tmg_tlv_find(chuid, TAG_GUID, guid)))
		return rc;
	return guid->len == GUID_LEN ? TMG_OK : TMG_E_MALFORMED;
}

/* Typed on command lines, so: short and without spaces. */
void
tmg_piv_name(tmg_piv *p, const char *serial)
{
	tmg_backend_info *info = &p->base.info;

	snprintf(info->manufacturer, sizeof(info->manufacturer), "%s",
	    p->kind->manufacturer);
	snprintf(info->model, sizeof(info->model), "%s", p->kind->product);
	if (p->ext == PIV_EXT_PRESENT)
		snprintf(info->firmware, sizeof(info->firmware), "%u.%u.%u",
		    p->version[0], p->version[1], p->version[2]);
	if (serial != info->serial)
		snprintf(info->serial, sizeof(info->serial), "%s", serial);
	if (serial[0] != '\0')
		snprintf(info->label, sizeof(info->label), "PIV-%.10s", serial);
	else
		snprintf(info->label, sizeof(info->label), "PIV");
	snprintf(p->who, sizeof(p->who), _("%s in %s"), info->label,
	    p->base.ch->reader);
}

static tmg_rc
serial_by_yubico(tmg_piv *p, char *text, size_t cap)
{
	uint8_t bytes[16];
	tmg_out answer = TMG_OUT(bytes);
	uint32_t n = 0;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_piv_version(p)))
		return rc;
	rc = tmg_piv_ext_send(p, &(tmg_capdu){
		.ins = INS_GET_SERIAL,
		.le = TMG_LE_SHORT,
	}, &answer, &sw);
	if (rc)
		return rc;
	if (sw != TMG_SW_OK || answer.len != SERIAL_LEN)
		return TMG_NOT_FOUND;
	for (size_t i = 0; i < SERIAL_LEN; i++)
		n = n << 8 | bytes[i];
	snprintf(text, cap, "%" PRIu32, n);
	return TMG_OK;
}

static tmg_rc
serial_by_chuid(tmg_piv *p, char *text, size_t cap)
{
	static const uint8_t unset[GUID_LEN];
	uint8_t bytes[CHUID_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_view content, guid;
	tmg_rc rc;

	rc = tmg_piv_get(p, OBJ_CHUID, TMG_LE_ANY, &store, &content);
	if (rc == TMG_REMOVED || rc == TMG_RESET || rc == TMG_E_IO)
		return piv_pass(p, rc);
	/* A card without a CHUID, or with one that cannot be read, has no
	 * name; that is not a fault. */
	if (rc || tmg_piv_chuid_guid(content, &guid) ||
	    tmg_view_equal(guid, TMG_VIEW(unset)))
		return TMG_NOT_FOUND;
	tmg_hex_text(text, cap, guid);
	return TMG_OK;
}

tmg_rc
tmg_piv_identify(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);
	char serial[TMG_LABEL_MAX] = "";
	tmg_rc rc;

	rc = serial_by_yubico(p, serial, sizeof(serial));
	if (rc == TMG_UNSUPPORTED || rc == TMG_NOT_FOUND)
		rc = serial_by_chuid(p, serial, sizeof(serial));
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return piv_pass(p, rc);
	tmg_piv_name(p, serial);
	return TMG_OK;
}
