/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a USB reader without asking it. */
#include "src/base/text.h"
#include "src/reader/holder.h"
#include "src/reader/quirk.h"
#include "src/reader/usb.h"

void
tmg_usb_tell(const tmg_usb_place *at, const char *name, unsigned quirks,
    tmg_usb_facts *facts)
{
	tmg_holder holder;

	*facts = (tmg_usb_facts){ .vendor = at->vendor, .product = at->product,
	    .firmware = at->firmware, .interface = at->interface,
	    .protocols = (unsigned)at->desc.protocols,
	    .features = at->desc.features, .message = at->desc.message,
	    .level = at->why.rc == TMG_OK ? tmg_ccid_level_name(at->desc.level)
	    : "", .interrupts = at->notices != 0,
	    .token = (quirks & TMG_QUIRK_FIXED) != 0,
	    .keypad = at->desc.pins != 0 };
	tmg_text_copy(facts->reader, sizeof(facts->reader), name);
	tmg_text_copy(facts->node, sizeof(facts->node), at->node);
	tmg_text_copy(facts->why, sizeof(facts->why), at->why.text);
	if (tmg_holder_of_node(at->node, &holder)) {
		tmg_text_copy(facts->holder, sizeof(facts->holder), holder.who);
		facts->advice = holder.advice;
	}
}
