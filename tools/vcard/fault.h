/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripted faults: what shall go wrong at the n-th APDU.
 */
#ifndef VCARD_FAULT_H
#define VCARD_FAULT_H

#include "tamga/view.h"

#define VC_FAULTS 64

typedef enum vc_fault_kind {
	FAULT_NONE,
	FAULT_REMOVE,		/* the card is pulled; the command is not run */
	FAULT_RESET,		/* the card resets; the command is not run */
	FAULT_REMOVE_AFTER,	/* run, and the answer is lost with the card */
	FAULT_RESET_AFTER,	/* run, and the answer is lost in a reset */
	FAULT_SW,		/* not run; answers that status word */
	FAULT_GARBAGE,		/* run; random bytes instead of the answer */
	FAULT_TRUNCATED,	/* run; the second half of the answer is missing */
	FAULT_SLOW,		/* run; answers late */
	FAULT_MUTE,		/* not run; no answer to anything until a reset */
} vc_fault_kind;

typedef struct vc_fault {
	unsigned long at;	/* absolute number of the APDU */
	vc_fault_kind kind;
	unsigned arg;		/* status word or milliseconds */
} vc_fault;

typedef struct vc_faults {
	vc_fault row[VC_FAULTS];
	size_t count;
} vc_faults;

/* Adds "N:WHAT"; N counts from base.  Faults TMG_E_MALFORMED, TMG_E_SPACE. */
TMG_MUST_USE tmg_rc
vc_fault_add(vc_faults *faults, const char *text, unsigned long base);

/* Takes the fault for APDU number at out of the list; kind FAULT_NONE: none. */
vc_fault
vc_fault_take(vc_faults *faults, unsigned long at);

#endif
