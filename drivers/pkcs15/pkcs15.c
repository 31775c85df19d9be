/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/pkcs15/write.h"

#include <stdio.h>

#include "src/codec/atr.h"
#include "src/driver/no.h"

/* PKCS #15 v1.1 5.7.2 */
static const uint8_t pkcs15_aid[] = {
	0xa0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5',
};

enum {	/* compact tags of historical bytes */
	HISTORICAL_SERVICES = 0x3,
	HISTORICAL_AID = 0xf,
};

static void
drop(tmg_p15 *p)
{
	tmg_p15_content_drop(&p->content);
	explicit_bzero(p, sizeof(*p));
	free(p);
}

static void
p15_close(tmg_backend *b)
{
	drop(tmg_p15_of(b));
}

/* ---- probing ----------------------------------------------------------------- */

static tmg_rc
files_send(void *arg, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	return tmg_p15_send(arg, c, data, sw);
}

/* Its login is gone with the selection. */
static tmg_rc
files_home(void *arg)
{
	return tmg_p15_select_again(arg);
}

static tmg_p15 *
make(tmg_channel *ch)
{
	tmg_p15 *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->base.driver = &tmg_driver_pkcs15;
	p->base.ctx = ch->ctx;
	p->base.ch = ch;
	p->files = (tmg_files){ .send = files_send, .home = files_home, .arg = p };
	snprintf(p->who, sizeof(p->who), "%s", ch->reader);
	return p;
}

static tmg_rc
try_aid(tmg_p15 *p, const tmg_p15_profile *profile, tmg_view aid)
{
	p->profile = profile;
	p->selected.aid = aid;
	return tmg_p15_select(p);
}

/* What stands in the historical bytes under that compact tag, ISO/IEC 7816-4:2005
 * 8.1.1.2; empty: nothing. */
static tmg_view
historical(const tmg_channel *ch, uint8_t tag)
{
	tmg_atr atr;
	tmg_view in;

	if (tmg_atr_parse((tmg_view){ ch->atr, ch->atr_len }, &atr) ||
	    atr.historical.len < 3 || (atr.historical.ptr[0] != 0x80 &&
	    atr.historical.ptr[0] != 0x00))
		return (tmg_view){ NULL, 0 };
	in = (tmg_view){ atr.historical.ptr + 1, atr.historical.len - 1 };
	while (in.len >= 2) {
		const size_t n = in.ptr[0] & 0x0fu;

		if (n + 1 > in.len)
			break;
		if (in.ptr[0] >> 4 == tag)
			return (tmg_view){ in.ptr + 1, n };
		in.ptr += n + 1;
		in.len -= n + 1;
	}
	return (tmg_view){ NULL, 0 };
}

/* Card service data: "data objects available in EF.DIR". */
static bool
tells_of_dir(const tmg_channel *ch)
{
	const tmg_view services = historical(ch, HISTORICAL_SERVICES);

	return services.len > 0 && (services.ptr[0] & 0x20) != 0;
}

/* The name of what must be selected before the card has files. */
static bool
tells_of_root(tmg_p15 *p)
{
	const tmg_view name = historical(p->base.ch, HISTORICAL_AID);

	if (name.len == 0 || name.len > sizeof(p->root))
		return false;
	memcpy(p->root, name.ptr, name.len);
	p->root_len = name.len;
	return true;
}

/* By name, as far as one is known; by EF.DIR where the card says that it has one:
 * every question is a command that a card of another kind is asked, too. */
static tmg_rc
look(tmg_p15 *p)
{
	const tmg_p15_profile *any = &tmg_p15_profiles[tmg_p15_profile_count - 1];
	tmg_rc rc = try_aid(p, any, TMG_VIEW(pkcs15_aid));

	for (size_t i = 0; rc == TMG_NOT_FOUND && i < tmg_p15_profile_count; i++)
		if (tmg_p15_profiles[i].aid.len > 0 &&
		    tmg_p15_profiles[i].interface == 0)
			rc = try_aid(p, &tmg_p15_profiles[i],
			    tmg_p15_profiles[i].aid);
	p->profile = rc == TMG_NOT_FOUND ? any : p->profile;
	return rc == TMG_NOT_FOUND && (tells_of_dir(p->base.ch) || tells_of_root(p))
	    ? tmg_p15_find(p) : rc;
}

/* Until the card told more. */
static void
standard_info(tmg_p15 *p)
{
	tmg_backend_info *info = &p->base.info;

	info->can = TMG_CAN_METADATA;
	info->named_by_id = info->cert_first = true;
	info->pads = p->profile->ways.pads && !tmg_p15_does_raw(p, NULL);
	snprintf(info->model, sizeof(info->model), "%s", p->profile->model);
	snprintf(info->label, sizeof(info->label), "PKCS15");
	info->pins[TMG_PIN_USER] = (tmg_pin_rule){ .kind = TMG_PIN_USER, .min = 4,
	    .max = TMG_PIN_MAX };
	info->pins[TMG_PIN_PUK].kind = TMG_PIN_PUK;
	info->pins[TMG_PIN_ADMIN].kind = TMG_PIN_ADMIN;
}

static tmg_rc
p15_probe(tmg_channel *ch, tmg_probe *found)
{
	tmg_p15 *p = make(ch);
	tmg_rc rc;

	if (p == NULL)
		return TMG_E_NOMEM;
	if ((rc = look(p))) {
		tmg_fault_copy(&ch->fault, &p->base.fault, rc);
		drop(p);
		return rc;
	}
	p->turn = ch->turn;
	p->epoch = ch->epoch;
	standard_info(p);
	return found->add(found, &p->base);
}

const tmg_driver tmg_driver_pkcs15 = {
	.version = TMG_DRIVER_VERSION,
	.name = "pkcs15",
	.spec = "PKCS #15 v1.1, ISO/IEC 7816-15",
	.likely = tmg_no_likely,
	.probe = p15_probe,
	.probe_path = tmg_no_probe_path,
	.identify = tmg_p15_identify,
	.slots = tmg_p15_slots,
	.survey = tmg_p15_survey,
	.facts = tmg_p15_facts,
	.cert_read = tmg_p15_cert_read,
	.cert_write = tmg_p15_cert_write,
	.cert_delete = tmg_p15_cert_delete,
	.cert_chain = tmg_no_cert_chain,
	.tries = tmg_p15_tries,
	.factory = tmg_no_factory,
	.verify = tmg_p15_verify,
	.change = tmg_p15_change,
	.verify_typed = tmg_p15_verify_typed,
	.change_typed = tmg_p15_change_typed,
	.unblock = tmg_p15_unblock,
	.logout = tmg_p15_logout,
	.logged_in = tmg_p15_logged_in,
	.admin_auto = tmg_p15_admin_auto,
	.generate = tmg_p15_generate,
	.import = tmg_p15_import,
	.key_delete = tmg_p15_key_delete,
	.key_move = tmg_no_key_move,
	.key_policy = tmg_no_key_policy,
	.attest = tmg_no_attest,
	.sign = tmg_p15_sign,
	.decrypt = tmg_p15_decrypt,
	.derive = tmg_p15_derive,
	.data_slots = tmg_no_data_slots,
	.data_read = tmg_no_data_read,
	.data_write = tmg_no_data_write,
	.data_delete = tmg_no_data_delete,
	.random = tmg_p15_random,
	.reset = tmg_p15_reset,
	.setup = tmg_no_setup,
	.begin = tmg_p15_begin,
	.hash_pins = tmg_no_hash_pins,
	.admin_protect = tmg_no_admin_protect,
	.close = p15_close,
};
