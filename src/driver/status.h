/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Status words become verdicts.  What a status word means depends on the command:
 * each has its const table, and all end in tmg_status_judge().
 */
#ifndef TMG_DRIVER_STATUS_H
#define TMG_DRIVER_STATUS_H

#include "src/base/i18n.h"
#include "src/iso/sw.h"
#include "tamga/driver.h"

typedef struct tmg_status {
	uint16_t sw;
	tmg_rc rc;
	const char *words;	/* N_(); what is wrong and what to do */
} tmg_status;

/* The last rows of a table for operations with a private key: what such cards have in
 * common. */
#define TMG_STATUS_OF_USE \
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") }, \
	{ TMG_SW_DATA, TMG_UNSUPPORTED, \
	    N_("the card's key cannot do this; is the slot empty, or its key of " \
	    "another kind?") }, \
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED, \
	    N_("the card does not take so much, or its key is of another kind") }, \
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") }, \
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no key") }, \
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, \
	    N_("the card's key cannot do this") }, \
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card's key cannot do this") }

/*
 * TMG_OK for 9000; else the verdict of the row, raised in b with its words; else
 * TMG_E_CARD, raised.
 *
 *   who     the beginning of messages: token and reader
 *   doing   N_(); what the command was sent for
 */
tmg_rc
tmg_status_judge(tmg_backend *b, const char *who, const tmg_status *rows,
    size_t count, uint16_t sw, const char *doing);

#endif
