/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cardholder certificates, 7F21 (4.4.1): one object, which occurs three times
 * from version 3 on.  GET DATA reads the occurrence that SELECT DATA (7.2.5)
 * chose, GET NEXT DATA (7.2.7) the one behind it.
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	P2_TEMPLATE = 0x04,
	DER_SEQUENCE = 0x30,
};

/* General reference template with a tag list: 7.2.5. */
static const uint8_t certificate_list[] = { 0x60, 0x04, 0x5c, 0x02, 0x7f, 0x21 };
/* YubiKeys up to 5.4.3 want the length once more in front. */
static const uint8_t counted_list[] = {
	0x06, 0x60, 0x04, 0x5c, 0x02, 0x7f, 0x21,
};

static const tmg_status select_sw[] = {
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card has one certificate only") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card has one certificate only") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card has one certificate only") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED,
	    N_("the card has one certificate only") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card has one certificate only") },
};

static tmg_rc
send_select(tmg_opgp *p, uint8_t occurrence, uint16_t *sw)
{
	return tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_SELECT_DATA,
		.p1 = occurrence, .p2 = P2_TEMPLATE,
		.data = p->counted ? TMG_VIEW(counted_list)
		    : TMG_VIEW(certificate_list),
	    }, NULL, sw);
}

static tmg_rc
select_occurrence(tmg_opgp *p, uint8_t occurrence)
{
	uint16_t sw;
	tmg_rc rc;

	p->occurrence_known = p->was_read = false;
	if ((rc = send_select(p, occurrence, &sw)))
		return rc;
	if (sw == TMG_SW_DATA && !p->counted) {
		if ((rc = tmg_opgp_learn(p)))
			return rc;
		p->counted = p->about.manufacturer == YUBICO;
		if (p->counted && (rc = send_select(p, occurrence, &sw)))
			return rc;
	}
	if ((rc = opgp_judge(p, select_sw, sw, N_("choosing a certificate"))))
		return rc;
	p->occurrence = occurrence;
	p->occurrence_known = true;
	return TMG_OK;
}

static bool
is_single(const tmg_opgp *p)
{
	return p->single || (p->about_known && p->about.version[0] < 3);
}

/* Nothing is sent when it is chosen already: as the first is after SELECT.
 * Another program may have selected meanwhile; then the channel says so.  A card
 * with one certificate refuses to choose, and needs no choice. */
static tmg_rc
choose(tmg_opgp *p, uint8_t occurrence)
{
	tmg_rc rc;

	if (p->occurrence_known && p->occurrence == occurrence &&
	    tmg_selected_certain(&p->app.selected, p->base.ch))
		return TMG_OK;
	if (!is_single(p)) {
		rc = select_occurrence(p, occurrence);
		if (rc != TMG_UNSUPPORTED)
			return rc;
		p->single = true;
	}
	if (occurrence == 0)
		return TMG_OK;
	return opgp_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the card keeps one certificate only, that of slot aut"),
	    p->who);
}

/* Was the one before it what the card heard of us last?  Then 7.2.7 reads on. */
static bool
is_next(const tmg_opgp *p, uint8_t occurrence)
{
	return p->was_read && !p->no_next && p->occurrence_known &&
	    p->occurrence + 1 == occurrence &&
	    p->base.ch->apdus == p->read_at &&
	    tmg_selected_certain(&p->app.selected, p->base.ch);
}

static tmg_rc
read_chosen(tmg_opgp *p, uint8_t occurrence, tmg_out *store, tmg_view *der)
{
	tmg_rc rc;

	if ((rc = choose(p, occurrence)))
		return rc;
	rc = tmg_opgp_get(p, DO_CERTIFICATE, TMG_LE_ANY, store, der);
	p->was_read = p->occurrence_known && p->occurrence == occurrence;
	p->read_at = p->base.ch->apdus;
	return rc;
}

/* A refusal may mean that there is nothing, or that the card cannot read on: who
 * wants to be sure chooses. */
static tmg_rc
read_next(tmg_opgp *p, uint8_t occurrence, tmg_out *store, tmg_view *der)
{
	uint16_t sw;
	tmg_rc rc;

	p->occurrence_known = p->was_read = false;
	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_GET_NEXT_DATA,
		.p1 = DO_CERTIFICATE >> 8, .p2 = DO_CERTIFICATE & 0xff,
		.le = TMG_LE_ANY,
	    }, store, &sw)))
		return rc;
	if (sw != TMG_SW_OK) {
		p->no_next = true;
		store->len = 0;
		return read_chosen(p, occurrence, store, der);
	}
	p->occurrence = occurrence;
	p->occurrence_known = p->was_read = true;
	p->read_at = p->base.ch->apdus;
	return tmg_opgp_got(p, DO_CERTIFICATE, sw, tmg_out_view(store), der);
}

static tmg_rc
read_object(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_out *store, tmg_view *der)
{
	if ((slot->row.uses & TMG_USE_ATTEST) != 0)
		return tmg_opgp_get(p, DO_ATTEST_CERTIFICATE, TMG_LE_ANY, store,
		    der);
	return is_next(p, slot->occurrence)
	    ? read_next(p, slot->occurrence, store, der)
	    : read_chosen(p, slot->occurrence, store, der);
}

/* Whatever the card has behind the certificate is cut off. */
static tmg_rc
take_der(tmg_view content, tmg_out *der)
{
	tmg_view rest = content;
	tmg_tlv t;

	if (tmg_tlv_next(&rest, &t) || t.tag != DER_SEQUENCE ||
	    content.len - rest.len > TMG_CERT_MAX)
		return TMG_E_MALFORMED;
	tmg_put(der, (tmg_view){ content.ptr, content.len - rest.len });
	return tmg_out_done(der);
}

tmg_rc
tmg_opgp_cert_read(tmg_backend *b, uint32_t ref, tmg_out *der)
{
	tmg_opgp *p = tmg_opgp_of(b);
	tmg_auto_free uint8_t *bytes = malloc(OPGP_OBJECT_MAX);
	tmg_out store = { bytes, OPGP_OBJECT_MAX, 0, false };
	const tmg_opgp_slot *slot;
	tmg_view content;
	tmg_rc rc;

	if (bytes == NULL)
		return opgp_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_opgp_slot_get(p, ref, &slot)))
		return rc;
	rc = read_object(p, slot, &store, &content);
	if (rc == TMG_OK)
		rc = take_der(content, der);
	if (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED)
		return opgp_raise(p, TMG_NOT_FOUND, p->base.fault.sw,
		    _("%s: slot %s holds no certificate"), p->who,
		    slot->row.name);
	if (rc == TMG_E_MALFORMED)
		return opgp_raise(p, rc, 0,
		    _("%s: what slot %s holds as its certificate cannot be "
		    "read; write it again"), p->who, slot->row.name);
	return opgp_pass(p, rc);
}

static tmg_rc
write_object(tmg_opgp *p, uint32_t ref, tmg_view der)
{
	const tmg_opgp_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, ref, &slot)) ||
	    (rc = tmg_opgp_want_admin(p)))
		return rc;
	if ((slot->row.uses & TMG_USE_ATTEST) != 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the certificate of slot %s stays as its maker wrote "
		    "it"), p->who, slot->row.name);
	if ((rc = choose(p, slot->occurrence)))
		return rc;
	return tmg_opgp_put(p, DO_CERTIFICATE, der);
}

tmg_rc
tmg_opgp_cert_write(tmg_backend *b, uint32_t ref, tmg_view der)
{
	tmg_opgp *p = tmg_opgp_of(b);

	if (der.len == 0 || der.len > TMG_CERT_MAX)
		return opgp_raise(p, TMG_E_USAGE, 0,
		    _("%s: a certificate of %zu bytes cannot be written"),
		    p->who, der.len);
	return opgp_pass(p, write_object(p, ref, der));
}

/* Writing nothing deletes: 4.4.2. */
tmg_rc
tmg_opgp_cert_delete(tmg_backend *b, uint32_t ref)
{
	return opgp_pass(tmg_opgp_of(b), write_object(tmg_opgp_of(b), ref,
	    (tmg_view){ 0 }));
}
