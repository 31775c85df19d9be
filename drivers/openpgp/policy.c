/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a key wants a finger: user interaction flags, D6 to D9 (4.4.3.6).  How long
 * PW1 is good for signatures: the first of the PW status bytes, C4 (4.4.1).
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/policy.h"
#include "src/base/scope.h"

/* First byte of D6 to D9; 3 and 4 are Yubico's.  What is fixed stays until there is
 * another key.  The first row of each kind is the one that is written. */
static const struct flag {
	uint8_t first;
	tmg_touch_policy touch;
	bool fixed, yubicos;
} flags[] = {
	{ 0x00, TMG_TOUCH_NEVER, false, false },
	{ 0x01, TMG_TOUCH_ALWAYS, false, false },
	{ 0x03, TMG_TOUCH_CACHED, false, true },
	{ 0x02, TMG_TOUCH_ALWAYS, true, false },
	{ 0x04, TMG_TOUCH_CACHED, true, true },
};

enum {
	TOUCH_UNTOLD = 0xff,
	/* first byte of C4 */
	PW1_ONE_SIGNATURE = 0x00,
	PW1_SEVERAL = 0x01,
};

static const struct flag *
flag_of(const tmg_opgp_told *told)
{
	for (size_t i = 0; i < TMG_COUNT(flags); i++)
		if (told->uif && flags[i].first == told->touch[0])
			return &flags[i];
	return NULL;
}

tmg_touch_policy
tmg_opgp_touch(const tmg_opgp_told *told)
{
	const struct flag *flag = flag_of(told);

	return flag != NULL ? flag->touch : TMG_TOUCH_UNKNOWN;
}

/* NULL: this card has no such policy. */
static const struct flag *
flag_for(const tmg_opgp *p, const tmg_opgp_slot *slot, tmg_touch_policy touch)
{
	if (!p->about.keys[slot->index].uif)
		return NULL;
	for (size_t i = 0; i < TMG_COUNT(flags); i++)
		if (flags[i].touch == touch &&
		    (!flags[i].yubicos || p->about.manufacturer == YUBICO))
			return &flags[i];
	return NULL;
}

static tmg_rc
check_touch(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_touch_policy touch)
{
	if (touch == TMG_TOUCH_UNKNOWN || flag_for(p, slot, touch) != NULL)
		return TMG_OK;
	return opgp_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the card has no touch policy '%s' for slot %s"), p->who,
	    _(tmg_touch_policy_name(touch)), slot->row.name);
}

/* Only the signature key's PIN has a choice, and that where the card lets its
 * first PW status byte be changed. */
static tmg_rc
check_pin(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_pin_policy pin)
{
	const bool choice = slot->pw == PW_SIGN && p->about.pw_told &&
	    (p->about.can & CAP_PW_STATUS) != 0 &&
	    (pin == TMG_PIN_ONCE || pin == TMG_PIN_ALWAYS);

	if (pin == TMG_PIN_UNKNOWN || pin == tmg_opgp_policy(p, slot) || choice)
		return TMG_OK;
	return opgp_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the card has no PIN policy '%s' for slot %s"), p->who,
	    _(tmg_pin_policy_name(pin)), slot->row.name);
}

tmg_rc
tmg_opgp_check_policy(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_pin_policy pin,
    tmg_touch_policy touch)
{
	const tmg_rc rc = check_pin(p, slot, pin);

	return rc ? rc : check_touch(p, slot, touch);
}

static tmg_rc
set_pin(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_pin_policy pin)
{
	const uint8_t first = pin == TMG_PIN_ALWAYS ? PW1_ONE_SIGNATURE : PW1_SEVERAL;
	tmg_rc rc;

	if (pin == TMG_PIN_UNKNOWN || pin == tmg_opgp_policy(p, slot))
		return TMG_OK;
	if ((rc = tmg_opgp_put(p, DO_PW_STATUS, (tmg_view){ &first, 1 })))
		return rc;
	p->about.pw[0] = first;
	p->sign = false;	/* whether the login lasts, nobody says */
	return TMG_OK;
}

static tmg_rc
set_touch(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_touch_policy touch)
{
	tmg_opgp_told *told = &p->about.keys[slot->index];
	const struct flag *flag = flag_for(p, slot, touch);
	uint8_t bytes[2];
	tmg_rc rc;

	if (touch == TMG_TOUCH_UNKNOWN || flag == NULL ||
	    tmg_opgp_touch(told) == touch)
		return TMG_OK;
	bytes[0] = flag->first;
	bytes[1] = told->touch[1];
	if ((rc = tmg_opgp_put(p, slot->uif, TMG_VIEW(bytes))))
		return rc;
	told->touch[0] = flag->first;
	return TMG_OK;
}

tmg_rc
tmg_opgp_set_policy(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_pin_policy pin,
    tmg_touch_policy touch)
{
	const tmg_rc rc = set_pin(p, slot, pin);

	return rc ? rc : set_touch(p, slot, touch);
}

/* A new key takes back what its predecessor was bound to, or does not. */
tmg_rc
tmg_opgp_policy_of_new(tmg_opgp *p, const tmg_keyspec *spec,
    const tmg_opgp_slot *slot)
{
	tmg_opgp_told *told = &p->about.keys[slot->index];

	if (told->touch[0] != 0)
		told->touch[0] = TOUCH_UNTOLD;
	return tmg_opgp_set_policy(p, slot, spec->pin, spec->touch);
}

static tmg_rc
check_free(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_touch_policy touch)
{
	const struct flag *flag = flag_of(&p->about.keys[slot->index]);

	if (flag == NULL || !flag->fixed || touch == TMG_TOUCH_UNKNOWN ||
	    touch == flag->touch)
		return TMG_OK;
	return opgp_raise(p, TMG_DENIED, 0,
	    _("%s: the touch policy of slot %s is fixed as long as this key is in it"),
	    p->who, slot->row.name);
}

tmg_rc
tmg_opgp_key_policy(tmg_backend *b, uint32_t ref, tmg_pin_policy pin,
    tmg_touch_policy touch)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const tmg_opgp_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, ref, &slot)) ||
	    (rc = tmg_opgp_want_admin(p)) || (rc = tmg_opgp_learn(p)) ||
	    (rc = tmg_opgp_check_policy(p, slot, pin, touch)) ||
	    (rc = check_free(p, slot, touch)))
		return opgp_pass(p, rc);
	return opgp_pass(p, tmg_opgp_set_policy(p, slot, pin, touch));
}
