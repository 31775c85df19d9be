/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keypads of readers, PC/SC part 10 ("IFDs with Secure PIN Entry Capabilities"),
 * as bytes: what a reader tells of itself, what it is told, what it answers.
 * What a reader tells is not believed further than it can be read.
 */
#ifndef TMG_READER_PART10_H
#define TMG_READER_PART10_H

#include "tamga/reader.h"

/* Control codes of what we use; 0: the reader has it not. */
typedef struct tmg_part10_features {
	uint32_t verify;	/* FEATURE_VERIFY_PIN_DIRECT */
	uint32_t modify;	/* FEATURE_MODIFY_PIN_DIRECT */
	uint32_t properties;	/* FEATURE_GET_TLV_PROPERTIES */
} tmg_part10_features;

/* What FEATURE_GET_TLV_PROPERTIES says of what we use. */
typedef struct tmg_part10_properties {
	bool has_apdu_data;
	uint32_t apdu_data;	/* dwMaxAPDUDataSize */
	uint8_t min, max;	/* digits the keypad takes; 0: not told */
	uint8_t validation;	/* how an entry can end; 0: not told */
} tmg_part10_properties;

/* The answer to CM_IOCTL_GET_FEATURE_REQUEST.  Faults TMG_E_MALFORMED: cut off,
 * or something that we use told wrongly or twice; *f has none then. */
TMG_MUST_USE tmg_rc
tmg_part10_features_parse(tmg_view answer, tmg_part10_features *f);

/* Faults TMG_E_MALFORMED: cut off, or something that we use told wrongly; *p
 * holds what stood before. */
TMG_MUST_USE tmg_rc
tmg_part10_properties_parse(tmg_view answer, tmg_part10_properties *p);

#define TMG_PART10_MAX 300u	/* bytes of a structure with its command */

/*
 * PIN_VERIFY_STRUCTURE or PIN_MODIFY_STRUCTURE, as form says.
 *
 * Verdicts  TMG_UNSUPPORTED  the keypad takes no PIN of that length
 * Faults    TMG_E_USAGE: the form does not fit the command
 */
TMG_MUST_USE tmg_rc
tmg_part10_put(const tmg_part10_properties *p, const tmg_pad_form *form,
    tmg_view command, tmg_out *out);

/* Status words that are the reader's and not the card's become verdicts with
 * words about reader; any other answer is TMG_OK.  Verdicts TMG_CANCELLED,
 * TMG_DENIED, TMG_UNSUPPORTED: as in tmg_link_ops.enter. */
TMG_MUST_USE tmg_rc
tmg_part10_judge(tmg_fault *f, const char *reader, tmg_view response);

/* An entry that came to no answer, for rc: TMG_REMOVED or a fault, whose words are in f.
 * They are told what is to be looked at before the PIN is typed again.  Returns rc. */
TMG_MUST_USE tmg_rc
tmg_part10_broken_off(tmg_fault *f, tmg_rc rc);

/* For a link without one: TMG_UNSUPPORTED, in words. */
TMG_MUST_USE tmg_rc
tmg_part10_none(tmg_fault *f, const char *reader);

#endif
