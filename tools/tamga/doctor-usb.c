/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * USB readers: who may open them, who has them open, and which of them nobody
 * drives.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tools/tamga/doctor.h"
#include "tools/tamga/open.h"

#define FIX_RULE N_("let the user at the screen open readers: install tamga's " \
	"rule and have it read:\n" \
	"    sudo cp %s/60-tamga.rules /etc/udev/rules.d/\n" \
	"    sudo udevadm control --reload && sudo udevadm trigger\n" \
	"or use the reader through the PC/SC daemon: sudo apt install pcscd")
#define FIX_NODE N_("the device has no node here; in a container pass it on: " \
	"--device=%s")
#define FIX_HOLDER N_("end that program, or use the reader through the PC/SC " \
	"daemon; GnuPG leaves it alone with \"disable-ccid\" in " \
	"~/.gnupg/scdaemon.conf")
#define FIX_DIRECT N_("the daemon's drivers do not know it; use it without " \
	"them: tamga --reader \"%s\" ..., or always: readers = " \
	"{ usb = \"always\"; } in tamga.conf")

static void
check_used(struct visit *v, const tmg_usb_facts *u)
{
	char what[TMG_READER_NAME + 256];

	if (access(u->node, R_OK | W_OK) != 0) {
		const bool missing = errno == ENOENT;

		snprintf(what, sizeof(what), missing
		    ? _("%s has no node %s") : _("%s: this user may not open %s"),
		    u->reader, u->node);
		found(v, "usb", WRONG, what, missing ? FIX_NODE : FIX_RULE,
		    missing ? u->node : RULES_DIR);
	} else if (u->holder[0] != '\0') {
		snprintf(what, sizeof(what), _("%s is held by %s"), u->reader,
		    u->holder);
		found(v, "usb", WRONG, what, u->advice != NULL ? "%s" : FIX_HOLDER,
		    u->advice);
	} else {
		snprintf(what, sizeof(what), _("%s can be used without a daemon "
		    "(%s)"), u->reader, u->level);
		found(v, "usb", WELL, what, NULL, NULL);
	}
}

static void
check_unused(struct visit *v, const tmg_usb_facts *u)
{
	char what[TMG_READER_NAME + TMG_FAULT_TEXT + 32];

	snprintf(what, sizeof(what), "%s (%04x:%04x): %s", u->reader, u->vendor,
	    u->product, u->why);
	found(v, "usb", WARNING, what, NULL, NULL);
}

static void
check_all(struct visit *v, tmg_hub *usb)
{
	tmg_usb_facts u;

	for (size_t i = 0; tmg_hub_usb_facts(usb, i, &u) == TMG_OK; i++)
		if (u.why[0] != '\0')
			check_unused(v, &u);
		else
			check_used(v, &u);
}

/*
 * What the daemon does not show though it answers.  What it serves it has opened;
 * whose that cannot be seen of is told of only where it shows no reader at all.
 */
static void
check_unknown(struct visit *v, size_t readers)
{
	tmg_usb_facts u;
	tmg_hub *usb;

	if (tmg_hub_usb(v->cli->ctx, NULL, &usb) != TMG_OK)
		return;
	for (size_t i = 0; tmg_hub_usb_facts(usb, i, &u) == TMG_OK; i++) {
		char what[TMG_READER_NAME + 256];

		if (readers > 0 && u.holder[0] != '\0')
			continue;
		if (u.why[0] != '\0') {
			check_unused(v, &u);
			continue;
		}
		snprintf(what, sizeof(what), _("the PC/SC daemon does not show "
		    "%s (%04x:%04x)"), u.reader, u.vendor, u.product);
		found(v, "usb", WRONG, what, FIX_DIRECT, u.reader);
	}
	tmg_hub_free(&usb);
}

void
doctor_usb(struct visit *v, const struct hubs *hubs, size_t readers)
{
	if (hubs->usb != NULL)
		check_all(v, hubs->usb);
	else if (hubs->pcsc_wanted && hubs->pcsc == TMG_OK)
		check_unknown(v, readers);
}
