/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/gids/gids.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/driver/no.h"

static void
drop(tmg_gids *g)
{
	explicit_bzero(g, sizeof(*g));
	free(g);
}

static void
gids_close(tmg_backend *b)
{
	drop(tmg_gids_of(b));
}

static void
standard_info(tmg_gids *g)
{
	tmg_backend_info *info = &g->base.info;

	info->pads = info->cert_first = info->named_by_id = true;
	info->can = TMG_CAN_METADATA | TMG_CAN_GENERATE | TMG_CAN_IMPORT |
	    TMG_CAN_DELETE |
	    TMG_CAN_GIVE_PIN;
	info->algs = tmg_gids_makes();
	snprintf(info->model, sizeof(info->model), "GIDS");
	snprintf(info->label, sizeof(info->label), "GIDS");
	tmg_gids_pin_rules(g);
}

static tmg_rc
gids_probe(tmg_channel *ch, tmg_probe *found)
{
	tmg_gids *g = calloc(1, sizeof(*g));
	tmg_rc rc;

	if (g == NULL)
		return TMG_E_NOMEM;
	g->base.driver = &tmg_driver_gids;
	g->base.ctx = ch->ctx;
	g->base.ch = ch;
	g->app = (tmg_application){ .kind = &tmg_gids_application, .b = &g->base,
	    .who = g->who };
	snprintf(g->who, sizeof(g->who), "%s", ch->reader);
	if ((rc = tmg_application_select(&g->app))) {
		tmg_fault_copy(&ch->fault, &g->base.fault, rc);
		drop(g);
		return rc;
	}
	standard_info(g);
	return found->add(found, &g->base);
}

const tmg_driver tmg_driver_gids = {
	.version = TMG_DRIVER_VERSION,
	.name = "gids",
	.spec = "GIDS 2.0",
	.likely = tmg_no_likely,
	.probe = gids_probe,
	.probe_path = tmg_no_probe_path,
	.identify = tmg_gids_identify,
	.slots = tmg_gids_slots,
	.survey = tmg_no_survey,
	.facts = tmg_gids_facts,
	.cert_read = tmg_gids_cert_read,
	.cert_write = tmg_gids_cert_write,
	.cert_delete = tmg_gids_cert_delete,
	.cert_chain = tmg_no_cert_chain,
	.tries = tmg_gids_tries,
	.factory = tmg_no_factory,
	.verify = tmg_gids_verify,
	.change = tmg_gids_change,
	.verify_typed = tmg_no_verify_typed,
	.change_typed = tmg_no_change_typed,
	.unblock = tmg_gids_unblock,
	.logout = tmg_gids_logout,
	.logged_in = tmg_gids_logged_in,
	.admin_auto = tmg_gids_admin_auto,
	.generate = tmg_gids_generate,
	.import = tmg_gids_import,
	.key_delete = tmg_gids_key_delete,
	.key_move = tmg_no_key_move,
	.key_policy = tmg_no_key_policy,
	.attest = tmg_no_attest,
	.sign = tmg_gids_sign,
	.decrypt = tmg_gids_decrypt,
	.derive = tmg_no_derive,
	.data_slots = tmg_no_data_slots,
	.data_read = tmg_no_data_read,
	.data_write = tmg_no_data_write,
	.data_delete = tmg_no_data_delete,
	.random = tmg_no_random,
	.reset = tmg_no_reset,
	.setup = tmg_no_setup,
	.begin = tmg_no_begin,
	.hash_pins = tmg_no_hash_pins,
	.admin_protect = tmg_no_admin_protect,
	.close = gids_close,
};
