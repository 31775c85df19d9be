/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/openpgp/openpgp.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/driver/no.h"

static void
drop(tmg_opgp *p)
{
	explicit_bzero(p, sizeof(*p));
	free(p);
}

static void
opgp_close(tmg_backend *b)
{
	drop(tmg_opgp_of(b));
}

/* Until the card told more: 2.x and 3.x cards all can this. */
static void
standard_info(tmg_opgp *p)
{
	tmg_backend_info *info = &p->base.info;

	info->pads = true;
	info->kind_first = true;	/* 6E has it: facts.c */
	info->last_first = true;	/* cert.c: aut, then the next, and the next */
	info->can = TMG_CAN_METADATA | TMG_CAN_GENERATE | TMG_CAN_DATA |
	    TMG_CAN_RESET | TMG_CAN_GIVE_PIN;
	snprintf(info->model, sizeof(info->model), "OpenPGP card");
	snprintf(info->label, sizeof(info->label), "OpenPGP");
	tmg_opgp_pin_rules(p);
}

/* Historical bytes as clause 6 has them: services, capabilities, a status. */
static bool
opgp_likely(tmg_view atr)
{
	static const struct {
		size_t at;
		uint8_t value;
	} fixed[] = {
		{ 0, 0x00 }, { 1, 0x31 }, { 3, 0x73 }, { 8, 0x90 }, { 9, 0x00 },
	};

	for (size_t at = 2; at + 10 <= atr.len; at++) {
		size_t same = 0;

		while (same < TMG_COUNT(fixed) &&
		    atr.ptr[at + fixed[same].at] == fixed[same].value)
			same++;
		if (same == TMG_COUNT(fixed))
			return true;
	}
	return false;
}

static tmg_rc
opgp_probe(tmg_channel *ch, tmg_probe *found)
{
	tmg_opgp *p = calloc(1, sizeof(*p));
	tmg_rc rc;

	if (p == NULL)
		return TMG_E_NOMEM;
	p->base.driver = &tmg_driver_openpgp;
	p->base.ctx = ch->ctx;
	p->base.ch = ch;
	p->app = (tmg_application){ .kind = &tmg_opgp_application, .b = &p->base,
	    .who = p->who };
	snprintf(p->who, sizeof(p->who), "%s", ch->reader);
	if ((rc = tmg_application_select(&p->app))) {
		tmg_fault_copy(&ch->fault, &p->base.fault, rc);
		drop(p);
		return rc;
	}
	standard_info(p);
	return found->add(found, &p->base);
}

/* PW3 is known to its owner alone. */
static tmg_rc
opgp_admin_auto(tmg_backend *b)
{
	(void)b;
	return TMG_NOT_FOUND;
}

const tmg_driver tmg_driver_openpgp = {
	.version = TMG_DRIVER_VERSION,
	.name = "openpgp",
	.spec = "OpenPGP card 3.4.1",
	.likely = opgp_likely,
	.probe = opgp_probe,
	.probe_path = tmg_no_probe_path,
	.identify = tmg_opgp_identify,
	.slots = tmg_opgp_slots,
	.survey = tmg_opgp_survey,
	.facts = tmg_opgp_facts,
	.cert_read = tmg_opgp_cert_read,
	.cert_write = tmg_opgp_cert_write,
	.cert_delete = tmg_opgp_cert_delete,
	.cert_chain = tmg_no_cert_chain,
	.tries = tmg_opgp_tries,
	.factory = tmg_no_factory,
	.verify = tmg_opgp_verify,
	.change = tmg_opgp_change,
	.verify_typed = tmg_no_verify_typed,
	.change_typed = tmg_no_change_typed,
	.unblock = tmg_opgp_unblock,
	.logout = tmg_opgp_logout,
	.logged_in = tmg_opgp_logged_in,
	.admin_auto = opgp_admin_auto,
	.generate = tmg_opgp_generate,
	.import = tmg_opgp_import,
	.key_delete = tmg_no_key_delete,
	.key_move = tmg_no_key_move,
	.key_policy = tmg_opgp_key_policy,
	.attest = tmg_opgp_attest,
	.sign = tmg_opgp_sign,
	.decrypt = tmg_opgp_decrypt,
	.derive = tmg_opgp_derive,
	.data_slots = tmg_opgp_data_slots,
	.data_read = tmg_opgp_data_read,
	.data_write = tmg_opgp_data_write,
	.data_delete = tmg_opgp_data_delete,
	.random = tmg_opgp_random,
	.reset = tmg_opgp_reset,
	.setup = tmg_no_setup,
	.begin = tmg_no_begin,
	.hash_pins = tmg_opgp_hash_pins,
	.admin_protect = tmg_no_admin_protect,
	.close = opgp_close,
};
