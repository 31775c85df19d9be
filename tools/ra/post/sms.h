/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text message to a telephone, handed to a program or to a gateway.
 */
#ifndef RA_SMS_H
#define RA_SMS_H

#include "tamga/ctx.h"
#include "tools/ra/post/courier.h"

typedef struct ra_sms {
	const char *id;		/* one message's, however often it is tried */
	const char *to;		/* "+994501234567" */
	const char *text;	/* UTF-8 */
} ra_sms;

/* What sends, and by what. */
typedef struct ra_sms_line {
	tmg_ctx *ctx;
	const ra_config *config;
	ra_courier *courier;		/* NULL: this process runs programs */
} ra_sms_line;

/*
 * Verdicts  TMG_OK      it was taken over
 *           TMG_DENIED  it was refused for good
 *           TMG_BUSY    not now
 * f says why.
 */
TMG_MUST_USE tmg_rc
ra_sms_send(const ra_sms_line *line, const ra_sms *sms, tmg_fault *f);

/* The half that speaks HTTP. */
TMG_MUST_USE tmg_rc
ra_sms_post(const ra_sms_line *line, const ra_sms *sms, tmg_fault *f);

#endif
