/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Orders (RFC 8555 7.4), and what is kept of one from process to process.
 */
#ifndef TMG_ENROLL_ACME_ORDER_H
#define TMG_ENROLL_ACME_ORDER_H

#include "src/enroll/acme.h"

/* What tmg_authority_keep() is given, as bytes: the order's address, and whether
 * something may be shown for it that lasts.
 * Faults TMG_E_MALFORMED */
TMG_MUST_USE tmg_rc
tmg_acme_kept_read(tmg_view text, char url[TMG_ACME_URL_MAX], bool *shown);

/* From now on something may be. */
TMG_MUST_USE tmg_rc
tmg_acme_order_shown(tmg_authority *a);

/* Makes one for the names of csr; its address is kept when this returns. */
TMG_MUST_USE tmg_rc
tmg_acme_order_make(tmg_authority *a, tmg_view csr, bool renews);

/*
 * The one an earlier process made, as it is now.
 *
 * Verdicts  TMG_NOT_FOUND  there is none, or nothing becomes of it any more
 */
TMG_MUST_USE tmg_rc
tmg_acme_order_recall(tmg_authority *a, long *retry_after_s);

/* Asks how it stands. */
TMG_MUST_USE tmg_rc
tmg_acme_order_look(tmg_authority *a, long *retry_after_s);

/* Hands the request in (7.4). */
TMG_MUST_USE tmg_rc
tmg_acme_order_finalize(tmg_authority *a, tmg_view csr, long *retry_after_s);

/* The next process begins anew. */
TMG_MUST_USE tmg_rc
tmg_acme_order_forget(tmg_authority *a);

#endif
