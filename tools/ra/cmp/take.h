/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done with a message, by its kind: t->reply is said then.
 */
#ifndef RA_CMP_TAKE_H
#define RA_CMP_TAKE_H

#include "tools/ra/cmp/turn.h"

typedef void ra_cmp_take_fn(ra_cmp_turn *t);

ra_cmp_take_fn ra_cmp_take_request;		/* ir, cr, p10cr */
ra_cmp_take_fn ra_cmp_take_renewal;		/* kur */
ra_cmp_take_fn ra_cmp_take_revocation;		/* rr */
ra_cmp_take_fn ra_cmp_take_question;		/* genm */
ra_cmp_take_fn ra_cmp_take_poll;		/* pollReq */
ra_cmp_take_fn ra_cmp_take_confirmation;	/* certConf */
ra_cmp_take_fn ra_cmp_take_error;		/* error */

#endif
