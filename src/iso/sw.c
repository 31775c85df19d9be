/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/iso/sw.h"

#include "src/base/i18n.h"
#include "src/base/scope.h"

/* Looked through in order; the exact ones come before the whole families. */
static const struct {
	uint16_t mask, sw;
	const char *words;
} rows[] = {
	{ 0xffff, TMG_SW_OK, N_("done") },
	{ 0xff00, 0x6100, N_("done, more data is available") },
	{ 0xffff, 0x6281, N_("part of the data may be corrupted") },
	{ 0xffff, TMG_SW_END_EARLY, N_("the end was reached early") },
	{ 0xffff, 0x6283, N_("the selected file is deactivated") },
	{ 0xffff, 0x6285, N_("the selected file is terminated") },
	{ 0xff00, 0x6200, N_("done with a warning, nothing was changed") },
	{ 0xffff, TMG_SW_TRIES, N_("refused, no tries are left") },
	{ TMG_SW_TRIES_MASK, TMG_SW_TRIES, N_("refused, tries are counted") },
	{ 0xff00, 0x6300, N_("done with a warning, something was changed") },
	{ 0xff00, 0x6400, N_("the card could not carry it out") },
	{ 0xffff, TMG_SW_MEMORY, N_("the card's memory failed") },
	{ 0xff00, 0x6500, N_("the card could not carry it out and has changed") },
	{ 0xff00, 0x6600, N_("refused for a security reason") },
	{ 0xff00, TMG_SW_LENGTH, N_("wrong length") },
	{ 0xffff, 0x6881, N_("logical channels are not supported") },
	{ 0xffff, 0x6882, N_("secure messaging is not supported") },
	{ 0xffff, 0x6883, N_("the last command of a chain was expected") },
	{ 0xffff, TMG_SW_NO_CHAINING, N_("command chaining is not supported") },
	{ 0xffff, 0x6981, N_("the command does not fit the file") },
	{ 0xffff, TMG_SW_LOGIN, N_("a PIN or key must be presented first") },
	{ 0xffff, TMG_SW_BLOCKED, N_("the PIN or key is blocked") },
	{ 0xffff, 0x6984, N_("the reference data cannot be used") },
	{ 0xffff, TMG_SW_CONDITIONS, N_("the conditions of use are not met") },
	{ 0xffff, 0x6986, N_("no file is selected") },
	{ 0xffff, 0x6987, N_("secure messaging was expected") },
	{ 0xffff, 0x6988, N_("secure messaging is incorrect") },
	{ 0xff00, 0x6900, N_("the command is not allowed") },
	{ 0xffff, TMG_SW_DATA, N_("the data of the command is incorrect") },
	{ 0xffff, TMG_SW_NOT_SUPPORTED, N_("the function is not supported") },
	{ 0xffff, TMG_SW_NO_FILE, N_("no such file or application") },
	{ 0xffff, 0x6a83, N_("no such record") },
	{ 0xffff, TMG_SW_FULL, N_("the card is full") },
	{ 0xffff, TMG_SW_P1P2, N_("incorrect parameters P1 P2") },
	{ 0xffff, TMG_SW_NO_REFERENCE, N_("no such key or data object") },
	{ 0xffff, TMG_SW_EXISTS, N_("the file exists already") },
	{ 0xff00, 0x6a00, N_("wrong parameters") },
	{ 0xff00, 0x6b00, N_("wrong parameters P1 P2") },
	{ 0xff00, 0x6c00, N_("wrong length expected") },
	{ 0xff00, TMG_SW_INS, N_("the card does not know this command") },
	{ 0xff00, TMG_SW_CLA, N_("the card does not know this class of commands") },
	{ 0xff00, 0x6f00, N_("the card failed without a diagnosis") },
};

const char *
tmg_sw_words(uint16_t sw)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if ((sw & rows[i].mask) == rows[i].sw)
			return _(rows[i].words);
	return _("a status word that ISO/IEC 7816-4 does not know");
}
