/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom a server must lead to, as libcurl wants them: PEM, one after the other.
 */
#ifndef TMG_HTTP_ANCHORS_H
#define TMG_HTTP_ANCHORS_H

#include "tamga/err.h"
#include "tamga/view.h"

/* *pem is yours to free(), also when there is no anchor. */
TMG_MUST_USE tmg_rc
tmg_anchors_pem(const tmg_view *anchors, size_t count, uint8_t **pem, size_t *len);

#endif
