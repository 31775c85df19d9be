/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/piv/piv.h"

#include <stdio.h>

#include "src/base/scope.h"
#include "src/driver/no.h"

/* What every PIV card can do: SP 800-73-4, SP 800-78-4 (key types).  A card that
 * tells more of itself gets more in tmg_piv_identify(). */
static void
standard_info(tmg_piv *p)
{
	tmg_backend_info *info = &p->base.info;

	info->can = TMG_CAN_GENERATE | TMG_CAN_SETUP | TMG_CAN_DATA;
	info->algs = 1u << TMG_ALG_RSA2048 | 1u << TMG_ALG_P256 |
	    1u << TMG_ALG_P384;
	info->pins[TMG_PIN_USER] = (tmg_pin_rule){ .kind = TMG_PIN_USER, .min = 6,
	    .max = 8, .digits = true, .factory = "123456", .keypad = true };
	info->pins[TMG_PIN_PUK] = (tmg_pin_rule){ .kind = TMG_PIN_PUK, .min = 8,
	    .max = 8, .factory = "12345678" };
	info->pins[TMG_PIN_ADMIN] = (tmg_pin_rule){ .kind = TMG_PIN_ADMIN, .min = 32,
	    .max = 64, .factory = "010203040506070801020304050607080102030405060708" };
}

static void
drop(tmg_piv *p)
{
	explicit_bzero(p, sizeof(*p));
	free(p);
}

static void
piv_close(tmg_backend *b)
{
	drop(tmg_piv_of(b));
}

static tmg_rc
piv_probe(tmg_channel *ch, tmg_probe *found)
{
	tmg_piv *p = calloc(1, sizeof(*p));
	tmg_rc rc;

	if (p == NULL)
		return TMG_E_NOMEM;
	p->base.driver = &tmg_driver_piv;
	p->base.ctx = ch->ctx;
	p->base.ch = ch;
	p->app = (tmg_application){ .kind = &tmg_piv_application, .b = &p->base,
	    .who = p->who };
	p->pin_ref = REF_PIN;
	standard_info(p);
	snprintf(p->who, sizeof(p->who), "%s", ch->reader);
	if ((rc = tmg_application_select(&p->app))) {
		tmg_fault_copy(&ch->fault, &p->base.fault, rc);
		drop(p);
		return rc;
	}
	tmg_piv_name(p, "");
	return found->add(found, &p->base);
}

const tmg_driver tmg_driver_piv = {
	.version = TMG_DRIVER_VERSION,
	.name = "piv",
	.spec = "NIST SP 800-73-4",
	.likely = tmg_no_likely,
	.probe = piv_probe,
	.probe_path = tmg_no_probe_path,
	.identify = tmg_piv_identify,
	.slots = tmg_piv_slots,
	.survey = tmg_piv_survey,
	.facts = tmg_piv_facts,
	.cert_read = tmg_piv_cert_read,
	.cert_write = tmg_piv_cert_write,
	.cert_delete = tmg_piv_cert_delete,
	.cert_chain = tmg_no_cert_chain,
	.tries = tmg_piv_tries,
	.factory = tmg_piv_factory,
	.verify = tmg_piv_verify,
	.change = tmg_piv_change,
	.verify_typed = tmg_piv_verify_typed,
	.change_typed = tmg_piv_change_typed,
	.unblock = tmg_piv_unblock,
	.logout = tmg_piv_logout,
	.logged_in = tmg_piv_logged_in,
	.admin_auto = tmg_piv_admin_auto,
	.generate = tmg_piv_generate,
	.import = tmg_piv_import,
	.key_delete = tmg_piv_key_delete,
	.key_move = tmg_piv_key_move,
	.key_policy = tmg_no_key_policy,	/* a key is born with them */
	.attest = tmg_piv_attest,
	.sign = tmg_piv_sign,
	.decrypt = tmg_piv_decrypt,
	.derive = tmg_piv_derive,
	.data_slots = tmg_piv_data_slots,
	.data_read = tmg_piv_data_read,
	.data_write = tmg_piv_data_write,
	.data_delete = tmg_piv_data_delete,
	.random = tmg_piv_random,
	.reset = tmg_piv_reset,
	.setup = tmg_piv_setup,
	.begin = tmg_no_begin,
	.hash_pins = tmg_no_hash_pins,
	.admin_protect = tmg_piv_admin_protect,
	.close = piv_close,
};
