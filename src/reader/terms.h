/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On what terms card and reader talk: protocol, speed, and what the reader must
 * be told of the card.  ISO/IEC 7816-3:2006 8.3 and 9, CCID rev 1.10 6.1.7.
 */
#ifndef TMG_READER_TERMS_H
#define TMG_READER_TERMS_H

#include "src/codec/atr.h"
#include "src/reader/ccid_desc.h"

enum {
	TMG_PPS_MAX = 6,
	TMG_PARAMETERS_MAX = 7,	/* abProtocolDataStructure */
};

typedef struct tmg_terms {
	unsigned protocol;	/* 0, 1 */
	uint8_t fd;		/* Fi and Di as TA(1) has them; 11 without PPS */
	bool pps;		/* the card has to be asked for them */
	bool inverse;
	tmg_atr_talk talk;
} tmg_terms;

/*
 * What the card offers and the reader can do.  The first protocol that the card
 * names, the one of TA(2), else the other; its speed unless it is too fast for
 * the reader.
 *
 * Verdicts  TMG_UNSUPPORTED  they have no protocol in common
 * Faults    TMG_E_MALFORMED  it is no ATR
 */
TMG_MUST_USE tmg_rc
tmg_terms_find(tmg_view atr, const tmg_ccid_desc *d, tmg_terms *t);

/* Appends the PPS request. */
void
tmg_pps_put(tmg_out *out, const tmg_terms *t);

/* The answer to it.  TMG_OK: agreed; *fd is 11 when the card keeps its default
 * speed.  Faults TMG_E_MALFORMED: it is none, or says something else. */
TMG_MUST_USE tmg_rc
tmg_pps_take(tmg_view answer, const tmg_terms *t, uint8_t *fd);

/* Appends abProtocolDataStructure of PC_to_RDR_SetParameters. */
void
tmg_parameters_put(tmg_out *out, const tmg_terms *t);

#endif
