/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for several hubs at once.
 */
#ifndef TMG_READER_TOGETHER_H
#define TMG_READER_TOGETHER_H

#include "tamga/reader.h"

/*
 * Waits until one of the hubs, of which there is one at least, has something to
 * tell.  The first is waited for by the caller, each further one by a thread that ends
 * before this returns; nobody wakes up meanwhile.  Whoever may not have threads, or
 * gets none, waits for one hub after the other, a fifth of a second each.
 *
 * *whose word it is; what the hub of a fault says is in its own.  The hubs of the
 * others were cancelled, and one that just then ended by itself says so the next time:
 * TMG_CANCELLED that nobody asked for means no more than that it is to be waited anew.
 */
TMG_MUST_USE tmg_rc
tmg_hubs_wait(tmg_hub *const *hubs, size_t count, int timeout_ms, bool threads,
    tmg_hub **whose);

#endif
