/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of keys, B0 and the key's reference: CREATE FILE (GIDS 2.0, 12.2) with the
 * mechanisms that the key is for, ACTIVATE FILE, DELETE FILE.
 */
#include "drivers/gids/gids.h"

#include "src/base/scope.h"

enum {
	P2_NO_ANSWER = 0x0c,	/* SELECT */

	TAG_FCP = 0x62,
	TAG_KIND = 0x82,
	TAG_FILE = 0x83,
	TAG_RIGHTS = 0x8c,
	TAG_TEMPLATES = 0xa5,
	TAG_MECHANISM = 0x80,
	TAG_REFERENCE = 0x83,
	TAG_PURPOSE = 0x95,
};

static const tmg_status change_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card is full; delete a certificate or a "
	    "key that nobody needs") },
	{ TMG_SW_MEMORY, TMG_DENIED, N_("the card is full; delete a certificate or a "
	    "key that nobody needs") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_SW_EXISTS, TMG_OCCUPIED, N_("there is such a file already") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the card has no such file") },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the card has no such file") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card makes no keys of this kind") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

static tmg_rc
send_change(tmg_gids *g, const tmg_capdu *c, const char *doing)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_gids_send(g, c, NULL, &sw)))
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&g->app);
	return gids_judge(g, change_sw, sw, doing);
}

/* ---- what a key is for -------------------------------------------------------- */

static const struct {
	uint8_t crt, added;
	bool rsa;		/* of RSA keys alone */
} templates[] = {
	{ CRT_DECIPHER, 0, true },
	{ CRT_DECIPHER, MECH_OAEP, true },
	{ CRT_DECIPHER, MECH_PKCS1, true },
	{ CRT_SIGN, MECH_HASHED, false },
	{ CRT_SIGN, MECH_HASHED | MECH_PKCS1, true },
};

static void
put_templates(uint8_t key, tmg_alg alg, tmg_out *out)
{
	const bool rsa = tmg_alg_get(alg)->family == TMG_FAMILY_RSA;

	for (size_t i = 0; i < TMG_COUNT(templates); i++) {
		const uint8_t fields[] = {
			TAG_MECHANISM, 1, (uint8_t)(tmg_gids_mechanism(alg) |
			    templates[i].added),
			TAG_REFERENCE, 1, key,
			TAG_PURPOSE, 1, 0x40,	/* computation, decipherment */
		};

		if (rsa || !templates[i].rsa)
			tmg_tlv_put(out, templates[i].crt, TMG_VIEW(fields));
	}
}

/* The user's PIN for using, making and deleting it; nobody reads it. */
static void
put_fcp(uint8_t key, tmg_alg alg, tmg_out *out)
{
	static const uint8_t kind[] = { 0x18 };
	static const uint8_t rights[] = { 0x8f, 0x10, 0x10, 0x10, 0x00 };
	const uint8_t file[] = { GIDS_KEY_FILE >> 8, key };
	uint8_t inner[128], crts[96];
	tmg_out fcp = TMG_OUT(inner), list = TMG_OUT(crts);

	put_templates(key, alg, &list);
	tmg_tlv_put(&fcp, TAG_KIND, TMG_VIEW(kind));
	tmg_tlv_put(&fcp, TAG_FILE, TMG_VIEW(file));
	tmg_tlv_put(&fcp, TAG_RIGHTS, TMG_VIEW(rights));
	tmg_tlv_put(&fcp, TAG_TEMPLATES, tmg_out_view(&list));
	tmg_tlv_put(out, TAG_FCP, tmg_out_view(&fcp));
	out->full |= fcp.full || list.full;
}

/* ---- making and deleting --------------------------------------------------------- */

tmg_rc
tmg_gids_keyfile_delete(tmg_gids *g, size_t index)
{
	const uint8_t file[] = { GIDS_KEY_FILE >> 8,
	    (uint8_t)(GIDS_FIRST_KEY + index) };
	tmg_rc rc;

	g->se.known = false;
	rc = send_change(g, &(tmg_capdu){ .ins = INS_SELECT, .p2 = P2_NO_ANSWER,
	    .data = TMG_VIEW(file) }, N_("deleting a key"));
	if (rc == TMG_OK)
		rc = send_change(g, &(tmg_capdu){ .ins = INS_DELETE_FILE },
		    N_("deleting a key"));
	/* Gone is gone. */
	return rc == TMG_NOT_FOUND ? TMG_OK : gids_pass(g, rc);
}

static tmg_rc
create(tmg_gids *g, size_t index, tmg_alg alg)
{
	uint8_t bytes[160];
	tmg_out fcp = TMG_OUT(bytes);

	put_fcp((uint8_t)(GIDS_FIRST_KEY + index), alg, &fcp);
	if (fcp.full)
		return TMG_E_SPACE;
	return send_change(g, &(tmg_capdu){ .ins = INS_CREATE_FILE,
	    .data = tmg_out_view(&fcp) }, N_("making a file for a key"));
}

/* A file may have stayed of a key that was begun, and never noted. */
tmg_rc
tmg_gids_keyfile_make(tmg_gids *g, size_t index, tmg_alg alg)
{
	tmg_rc rc = create(g, index, alg);

	if (rc == TMG_OCCUPIED) {
		if ((rc = tmg_gids_keyfile_delete(g, index)))
			return rc;
		rc = create(g, index, alg);
	}
	if (rc)
		return gids_pass(g, rc);
	return gids_pass(g, send_change(g, &(tmg_capdu){ .ins = INS_ACTIVATE_FILE },
	    N_("making a file for a key")));
}
