/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC/SC daemon's readers, both of their users: the hub and its links.
 */
#ifndef TMG_READER_PCSC_H
#define TMG_READER_PCSC_H

#include <winscard.h>

#include "tamga/reader.h"

/* Turns what SCardEstablishContext gives into a context or a reason.
 * Verdicts TMG_NOT_FOUND, TMG_DENIED. */
TMG_MUST_USE tmg_rc
tmg_pcsc_establish(tmg_fault *f, SCARDCONTEXT *context);

/* A connection to the card in reader, over a context of its own: a thread
 * that waits for changes holds the hub's. */
TMG_MUST_USE tmg_rc
tmg_pcsc_link(const char *reader, tmg_fault *f, tmg_link **link);

/* The one place where the daemon's codes become results.  Each has a result
 * where readers are looked for and one where a card was already spoken to. */
typedef enum tmg_pcsc_place {
	TMG_PCSC_HUB,
	TMG_PCSC_LINK,
} tmg_pcsc_place;

TMG_MUST_USE tmg_rc
tmg_pcsc_result(LONG code, tmg_pcsc_place place);

/* The same with words about subject, a reader or "PC/SC". */
TMG_MUST_USE tmg_rc
tmg_pcsc_raise(tmg_fault *f, LONG code, tmg_pcsc_place place,
    const char *subject);

/* Does the code say that the daemon itself went away? */
bool
tmg_pcsc_is_gone(LONG code);

#endif
