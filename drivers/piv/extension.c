/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Yubico's commands beyond the standard: whether the card has them, its
 * version, and GET METADATA.  docs.yubico.com, "PIV APDUs".
 */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

enum {
	META_ALG = 0x01,
	META_POLICY = 0x02,
	META_ORIGIN = 0x03,
	META_KEY = 0x04,
	META_FACTORY = 0x05,
	META_TRIES = 0x06,
};

#define META_MAX 2048u		/* bytes; RSA 4096 needs some 540 */

static const tmg_status ext_sw[] = {
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("this card cannot do that") },
};

static const tmg_status meta_sw[] = {
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card has no such slot") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card has no such slot") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card has no such slot") },
};

/* What came with which version, over what every version has. */
static const struct {
	uint8_t major, minor;
	unsigned can;
	uint32_t algs;
} features[] = {
	{ 0, 0, TMG_CAN_IMPORT | TMG_CAN_RESET | TMG_CAN_RETIRED, 0 },
	{ 4, 0, TMG_CAN_POLICY, 0 },
	{ 4, 3, TMG_CAN_ATTEST, 0 },
	{ 5, 3, TMG_CAN_METADATA, 0 },
	{ 5, 7, TMG_CAN_DELETE | TMG_CAN_MOVE,
	    1u << TMG_ALG_RSA3072 | 1u << TMG_ALG_RSA4096 |
	    1u << TMG_ALG_ED25519 | 1u << TMG_ALG_X25519 },
};

bool
tmg_piv_at_least(const tmg_piv *p, unsigned major, unsigned minor)
{
	return p->ext == PIV_EXT_PRESENT && (p->version[0] > major ||
	    (p->version[0] == major && p->version[1] >= minor));
}

static void
learn_features(tmg_piv *p)
{
	tmg_backend_info *info = &p->base.info;

	for (size_t i = 0; i < TMG_COUNT(features); i++) {
		if (!tmg_piv_at_least(p, features[i].major, features[i].minor))
			continue;
		info->can |= features[i].can;
		info->algs |= features[i].algs;
	}
	/* These cards take letters too, and a PUK shorter than 8. */
	info->pins[TMG_PIN_USER].digits = false;
	info->pins[TMG_PIN_PUK].min = 6;
}

static bool
known_missing(const tmg_piv *p, uint8_t ins)
{
	return (p->no_ins[ins / 8] & (1u << ins % 8)) != 0;
}

static void
note_missing(tmg_piv *p, uint8_t ins)
{
	p->no_ins[ins / 8] |= (uint8_t)(1u << ins % 8);
}

tmg_rc
tmg_piv_ext_send(tmg_piv *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_rc rc;

	*sw = TMG_SW_INS;
	if (!known_missing(p, c->ins) &&
	    (rc = tmg_piv_send(p, c, data, sw)))
		return piv_pass(p, rc);
	if (*sw != TMG_SW_INS)
		return TMG_OK;
	note_missing(p, c->ins);
	return piv_judge(p, ext_sw, *sw, N_("using the card's extensions"));
}

static tmg_rc
no_extensions(tmg_piv *p)
{
	return piv_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: this is a standard PIV card, which cannot do that"), p->who);
}

tmg_rc
tmg_piv_version(tmg_piv *p)
{
	uint8_t bytes[16];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	if (p->ext == PIV_EXT_PRESENT)
		return TMG_OK;
	if (p->ext == PIV_EXT_ABSENT)
		return no_extensions(p);
	rc = tmg_piv_send(p, &(tmg_capdu){
		.ins = INS_GET_VERSION,
		.le = TMG_LE_SHORT,
	}, &answer, &sw);
	if (rc)
		return piv_pass(p, rc);
	if (sw != TMG_SW_OK || answer.len != sizeof(p->version)) {
		tmg_piv_ext_set(p, PIV_EXT_ABSENT);
		return no_extensions(p);
	}
	memcpy(p->version, bytes, sizeof(p->version));
	tmg_piv_ext_set(p, PIV_EXT_PRESENT);
	learn_features(p);
	return TMG_OK;
}

tmg_rc
tmg_piv_extension(tmg_piv *p)
{
	return p->ext == PIV_EXT_HINTED ? TMG_OK : tmg_piv_version(p);
}

/* ---- metadata ------------------------------------------------------------ */

static const tmg_pin_policy pin_policies[] = {
	TMG_PIN_UNKNOWN, TMG_PIN_NEVER, TMG_PIN_ONCE, TMG_PIN_ALWAYS,
	TMG_PIN_ONCE, TMG_PIN_ALWAYS,	/* the same with a fingerprint: Bio */
};

static const tmg_touch_policy touch_policies[] = {
	TMG_TOUCH_UNKNOWN, TMG_TOUCH_NEVER, TMG_TOUCH_ALWAYS, TMG_TOUCH_CACHED,
};

static const tmg_origin origins[] = {
	TMG_ORIGIN_UNKNOWN, TMG_ORIGIN_GENERATED, TMG_ORIGIN_IMPORTED,
};

#define LOOK_UP(table, n) ((table)[(n) < TMG_COUNT(table) ? (n) : 0])

static void
take_alg(tmg_view v, tmg_piv_metadata *m)
{
	m->alg = v.ptr[0];
	m->facts.alg = tmg_piv_alg_of(v.ptr[0]);
}

static void
take_policy(tmg_view v, tmg_piv_metadata *m)
{
	m->facts.pin = LOOK_UP(pin_policies, v.ptr[0]);
	m->facts.touch = LOOK_UP(touch_policies, v.ptr[1]);
}

static void
take_origin(tmg_view v, tmg_piv_metadata *m)
{
	m->facts.origin = LOOK_UP(origins, v.ptr[0]);
}

static void
take_key(tmg_view v, tmg_piv_metadata *m)
{
	m->key = v;
}

static void
take_factory(tmg_view v, tmg_piv_metadata *m)
{
	m->has_factory = true;
	m->factory = v.ptr[0] == 1;
}

static void
take_tries(tmg_view v, tmg_piv_metadata *m)
{
	m->tries = v.ptr[1];	/* [0] is how many there are at most */
}

static const struct {
	uint32_t tag;
	size_t min;		/* bytes */
	void (*take)(tmg_view v, tmg_piv_metadata *m);
} meta_rows[] = {
	{ META_ALG, 1, take_alg },
	{ META_POLICY, 2, take_policy },
	{ META_ORIGIN, 1, take_origin },
	{ META_KEY, 1, take_key },
	{ META_FACTORY, 1, take_factory },
	{ META_TRIES, 2, take_tries },
};

tmg_rc
tmg_piv_metadata_parse(tmg_view data, tmg_piv_metadata *m)
{
	tmg_tlv t;
	tmg_rc rc;

	*m = (tmg_piv_metadata){ .tries = -1 };
	while ((rc = tmg_tlv_next(&data, &t)) == TMG_OK)
		for (size_t i = 0; i < TMG_COUNT(meta_rows); i++)
			if (meta_rows[i].tag == t.tag &&
			    t.value.len >= meta_rows[i].min)
				meta_rows[i].take(t.value, m);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* Not every card says 6D00 to a command that it does not know. */
static tmg_rc
not_understood(tmg_piv *p, uint8_t ins, uint16_t sw)
{
	note_missing(p, ins);
	return piv_raise(p, TMG_UNSUPPORTED, sw,
	    _("%s: the card does not tell what it holds"), p->who);
}

tmg_rc
tmg_piv_metadata_get(tmg_piv *p, uint32_t ref, tmg_out *store,
    tmg_piv_metadata *m)
{
	uint16_t sw;
	tmg_rc rc;

	/* To a card that nobody asked yet this is as good a question as its
	 * version, and one command fewer when the answer is yes. */
	if (p->ext == PIV_EXT_ABSENT)
		return no_extensions(p);
	rc = tmg_piv_ext_send(p, &(tmg_capdu){
		.ins = INS_GET_METADATA,
		.p2 = (uint8_t)ref,
		.le = TMG_LE_ANY,
	}, store, &sw);
	if (rc)
		return rc;
	rc = piv_judge(p, meta_sw, sw, N_("asking what a slot holds"));
	if (rc == TMG_E_CARD && p->ext != PIV_EXT_PRESENT)
		return not_understood(p, INS_GET_METADATA, sw);
	if (rc)
		return rc;
	if (tmg_piv_metadata_parse(tmg_out_view(store), m))
		return piv_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: what the card tells of slot %02x cannot be read"),
		    p->who, (unsigned)ref);
	if (p->ext == PIV_EXT_UNKNOWN)
		tmg_piv_ext_set(p, PIV_EXT_HINTED);
	return TMG_OK;
}

tmg_rc
tmg_piv_facts(tmg_backend *b, uint32_t ref, tmg_key_facts *facts, tmg_out *spki)
{
	tmg_piv *p = tmg_piv_of(b);
	const tmg_piv_slot *slot;
	uint8_t bytes[META_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_piv_metadata m;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)) ||
	    (rc = tmg_piv_metadata_get(p, ref, &store, &m)))
		return rc;
	if (m.facts.alg == TMG_ALG_NONE)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: slot %s holds a key of a kind unknown here (%02X)"),
		    p->who, slot->row.name, m.alg);
	if (m.facts.pin == TMG_PIN_UNKNOWN)
		m.facts.pin = slot->row.pin;
	*facts = m.facts;
	if (m.key.len == 0)
		return TMG_OK;
	if (tmg_pubkey_spki(m.facts.alg, m.key, spki))
		return piv_raise(p, TMG_E_MALFORMED, 0,
		    _("%s: the public key of slot %s cannot be read"), p->who,
		    slot->row.name);
	return TMG_OK;
}
