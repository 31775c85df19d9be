/* SPDX-License-Identifier: BSD-2-Clause */
#include <pcsclite.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/holder.h"
#include "src/reader/pcsc.h"

static const struct {
	LONG code;
	tmg_rc rc[2];		/* TMG_PCSC_HUB, TMG_PCSC_LINK */
	bool gone;		/* the daemon is */
	const char *words;
} rows[] = {
	{ SCARD_E_NO_SERVICE, { TMG_NOT_FOUND, TMG_REMOVED }, true,
	    N_("the PC/SC daemon does not run; start it: systemctl start "
	    "pcscd.socket (package pcscd)") },
	{ SCARD_E_SERVICE_STOPPED, { TMG_NOT_FOUND, TMG_REMOVED }, true,
	    N_("the PC/SC daemon was stopped; start it: systemctl start "
	    "pcscd.socket") },
	{ SCARD_F_COMM_ERROR, { TMG_NOT_FOUND, TMG_REMOVED }, true,
	    N_("the PC/SC daemon ended the conversation; try again, then "
	    "systemctl restart pcscd") },
	{ SCARD_E_INVALID_HANDLE, { TMG_NOT_FOUND, TMG_REMOVED }, true,
	    N_("the PC/SC daemon was restarted; try again") },
	{ SCARD_W_SECURITY_VIOLATION, { TMG_DENIED, TMG_DENIED }, false,
	    N_("the system's policy (polkit) refuses you: a session that is "
	    "not active at the computer needs a rule in /etc/polkit-1/rules.d "
	    "for org.debian.pcsc-lite.access_pcsc and .access_card") },
	{ SCARD_E_NO_ACCESS, { TMG_DENIED, TMG_DENIED }, false,
	    N_("you may not open the PC/SC daemon's socket; see who may: "
	    "ls -l /run/pcscd/pcscd.comm") },
	{ SCARD_E_NO_READERS_AVAILABLE, { TMG_NOT_FOUND, TMG_REMOVED }, false,
	    N_("there is no reader; plug one in") },
	{ SCARD_E_UNKNOWN_READER, { TMG_NOT_FOUND, TMG_REMOVED }, false,
	    N_("there is no such reader; name one that is plugged in") },
	{ SCARD_E_READER_UNAVAILABLE, { TMG_NOT_FOUND, TMG_REMOVED }, false,
	    N_("the reader was unplugged; plug it in again") },
	{ SCARD_E_NO_SMARTCARD, { TMG_REMOVED, TMG_REMOVED }, false,
	    N_("there is no card in the reader; insert it") },
	{ SCARD_W_REMOVED_CARD, { TMG_REMOVED, TMG_REMOVED }, false,
	    N_("the card was taken out; insert it again") },
	{ SCARD_W_RESET_CARD, { TMG_RESET, TMG_RESET }, false,
	    N_("the card was reset by another program") },
	{ SCARD_E_SHARING_VIOLATION, { TMG_BUSY, TMG_BUSY }, false,
	    N_("another program holds the card for itself") },
	{ SCARD_W_UNRESPONSIVE_CARD, { TMG_E_IO, TMG_E_IO }, false,
	    N_("the card does not answer: turn it around, clean its contacts, "
	    "or try another reader") },
	{ SCARD_W_UNPOWERED_CARD, { TMG_E_IO, TMG_E_IO }, false,
	    N_("the card has no power; take it out and insert it again") },
	{ SCARD_W_UNSUPPORTED_CARD, { TMG_E_IO, TMG_E_IO }, false,
	    N_("the reader does not understand this card; try another "
	    "reader") },
	{ SCARD_E_PROTO_MISMATCH, { TMG_E_IO, TMG_E_IO }, false,
	    N_("the card already speaks another protocol with another "
	    "program; end that one and try again") },
	{ SCARD_E_CARD_UNSUPPORTED, { TMG_E_IO, TMG_E_IO }, false,
	    N_("the reader's driver does not support this card") },
	{ SCARD_E_READER_UNSUPPORTED, { TMG_E_IO, TMG_E_IO }, false,
	    N_("the reader's driver does not support this request") },
	/* whoever is in the reader when it answers again may be another card */
	{ SCARD_E_NOT_TRANSACTED, { TMG_E_IO, TMG_REMOVED }, false,
	    N_("the card or reader broke off; take the card out and insert "
	    "it again") },
	{ SCARD_E_TIMEOUT, { TMG_PENDING, TMG_E_IO }, false,
	    N_("the reader did not answer in time") },
	{ SCARD_E_CANCELLED, { TMG_CANCELLED, TMG_CANCELLED }, false,
	    N_("cancelled") },
	{ SCARD_E_NO_MEMORY, { TMG_E_NOMEM, TMG_E_NOMEM }, false,
	    N_("out of memory") },
	{ SCARD_E_INSUFFICIENT_BUFFER, { TMG_E_SPACE, TMG_E_SPACE }, false,
	    N_("the answer is longer than expected") },
	{ SCARD_E_INVALID_PARAMETER, { TMG_E_USAGE, TMG_E_USAGE }, false,
	    N_("a wrong request to the PC/SC daemon") },
};

static size_t
find(LONG code)
{
	size_t i = 0;

	while (i < TMG_COUNT(rows) && rows[i].code != code)
		i++;
	return i;
}

tmg_rc
tmg_pcsc_result(LONG code, tmg_pcsc_place place)
{
	const size_t i = find(code);

	if (code == SCARD_S_SUCCESS)
		return TMG_OK;
	return i < TMG_COUNT(rows) ? rows[i].rc[place] : TMG_E_IO;
}

bool
tmg_pcsc_is_gone(LONG code)
{
	const size_t i = find(code);

	return i < TMG_COUNT(rows) && rows[i].gone;
}

/* Somebody else has the card: who, and how to get it back. */
static tmg_rc
raise_busy(tmg_fault *f, const char *subject)
{
	tmg_holder holder;

	if (tmg_holder_find(&holder))
		return tmg_raise(f, TMG_BUSY, 0,
		    _("%s: %s holds the card for itself; %s"), subject,
		    holder.who, holder.advice);
	return tmg_raise(f, TMG_BUSY, 0,
	    _("%s: another program holds the card for itself; end it and try "
	    "again"), subject);
}

tmg_rc
tmg_pcsc_raise(tmg_fault *f, LONG code, tmg_pcsc_place place,
    const char *subject)
{
	const size_t i = find(code);

	if (code == SCARD_E_SHARING_VIOLATION)
		return raise_busy(f, subject);
	if (i < TMG_COUNT(rows))
		return tmg_raise(f, rows[i].rc[place], 0, "%s: %s", subject,
		    _(rows[i].words));
	return tmg_raise(f, TMG_E_IO, 0, "%s: %s (%08lX)", subject,
	    pcsc_stringify_error(code), (unsigned long)code & 0xffffffff);
}
