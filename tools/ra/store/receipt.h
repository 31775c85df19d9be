/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a payment service told of payments, each once.
 */
#ifndef RA_STORE_RECEIPT_H
#define RA_STORE_RECEIPT_H

#include <time.h>

#include "tools/ra/store/app.h"

#define RA_RECEIPT_ID 65
#define RA_AMOUNT_TEXT 32
#define RA_CURRENCY_TEXT 4

typedef struct ra_receipt {
	char id[RA_RECEIPT_ID];		/* the service's own */
	char app[RA_ID_MAX];
	char amount[RA_AMOUNT_TEXT];	/* "36.00" */
	char currency[RA_CURRENCY_TEXT];	/* ISO 4217 */
	char outcome[RA_NAME_MAX];	/* what became of it */
	time_t at;
} ra_receipt;

/* Verdicts TMG_OCCUPIED: there is one of that id. */
TMG_MUST_USE tmg_rc
ra_receipt_put(ra_store *s, const ra_receipt *receipt);

/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_receipt_get(ra_store *s, const char *id, ra_receipt *receipt);

#endif
