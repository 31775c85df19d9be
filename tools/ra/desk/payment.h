/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a payment service says was paid.  Never what an applicant's browser says.
 */
#ifndef RA_DESK_PAYMENT_H
#define RA_DESK_PAYMENT_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/store/receipt.h"

/*
 * Whether signature, "t=SECONDS,v1=HEX", is HMAC-SHA256 under the key of
 * payment.key_file over SECONDS, a full stop and body, and SECONDS is now, give
 * or take payment.window_seconds.
 *
 * Verdicts  TMG_DENIED       it is not, or too old
 *           TMG_UNSUPPORTED  no key is set up
 * Faults    TMG_E_IO         the key cannot be read
 */
TMG_MUST_USE tmg_rc
ra_payment_signed(ra_desk *desk, const char *signature, tmg_view body);

/*
 * Takes note of a payment: in one transaction the receipt, the audit log and,
 * where the amount is the application's price, the step.  receipt->outcome says
 * what became of it:
 *
 *   paid       the application is paid by it
 *   twice      it was paid before
 *   amount     it is not the price, or in another currency
 *   late       the application has come to an end
 *   unknown    there is no such application
 *
 * Money that arrived is never refused: whatever is not "paid" an officer looks
 * at.  The same receipt again has the same outcome and does nothing.
 *
 * Verdicts  TMG_MISMATCH  no amount, currency or identifier
 *           TMG_OCCUPIED  another payment of that identifier was told before
 */
TMG_MUST_USE tmg_rc
ra_payment_take(ra_desk *desk, ra_receipt *receipt);

/* Whether two amounts are the same: "36", "36.0" and "36.00" are; what is no
 * amount is no other's. */
bool
ra_payment_same(const char *one, const char *other);

#define RA_PAYMENT_LINK (2 * RA_TEXT_MAX)

/* Where the applicant pays: payment.url about app.  False: nowhere, or nothing
 * waits for it. */
bool
ra_payment_link(const ra_desk *desk, const ra_app *app, const char *price,
    const char *currency, char link[RA_PAYMENT_LINK]);

#endif
