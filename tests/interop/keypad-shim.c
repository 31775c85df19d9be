/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded in front of pcsc-lite: every reader has a keypad (vpcd's have none).
 * SCardControl tells of it and does as the structures of PC/SC part 10 say, as
 * tools/vcard/keypad.c reads them; what comes of it goes to the card by the real
 * SCardTransmit.  All other functions are pcsc-lite's own.
 *
 *   TAMGA_KEYPAD_KEYS        a file of words, as "tamga-vcard ctl type" takes
 *                            them, used up from the front; none: nobody types
 *   TAMGA_KEYPAD_FEATURES    hexadecimal: the answer to GET_FEATURE_REQUEST
 *   TAMGA_KEYPAD_PROPERTIES  and to GET_TLV_PROPERTIES
 *   TAMGA_KEYPAD_TOLD        a file: a line for each structure
 */
#include <dlfcn.h>
#include <reader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winscard.h>

#include "tools/vcard/keypad.h"

enum { CODE_VERIFY = 0x42330006, CODE_MODIFY, CODE_PROPERTIES = 0x42330012 };

typedef LONG control_fn(SCARDHANDLE, DWORD, LPCVOID, DWORD, LPVOID, DWORD, LPDWORD);

static LONG
tell_hex(const char *hex, LPVOID out, DWORD room, LPDWORD len)
{
	uint8_t *to = out;
	unsigned byte;

	for (*len = 0; *len < room && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		to[(*len)++] = (uint8_t)byte;
	return SCARD_S_SUCCESS;
}

static const char *
or_else(const char *name, const char *usual)
{
	const char *said = getenv(name);

	return said != NULL ? said : usual;
}

/* ---- the file of keys ---------------------------------------------------- */

static void
read_keys(vc_keypad *pad)
{
	char words[VC_KEYS_MAX] = "";
	FILE *in = fopen(or_else("TAMGA_KEYPAD_KEYS", "/dev/null"), "r");

	if (in == NULL)
		return;
	if (fgets(words, sizeof(words), in) != NULL)
		words[strcspn(words, "\n")] = '\0';
	fclose(in);
	if (!vc_keypad_type(pad, words))
		abort();
}

static void
write_keys(const vc_keypad *pad)
{
	FILE *out = fopen(or_else("TAMGA_KEYPAD_KEYS", "/dev/null"), "w");

	if (out == NULL)
		abort();
	fprintf(out, "%.*s\n", (int)pad->keys.len, pad->keys.text);
	fclose(out);
}

static void
note(const char *what, uint16_t sw)
{
	FILE *out = fopen(or_else("TAMGA_KEYPAD_TOLD", "/dev/null"), "a");

	if (out == NULL)
		abort();
	fprintf(out, "%s %04X\n", what, sw);
	fclose(out);
}

/* ---- SCardControl -------------------------------------------------------- */

static LONG
answer_sw(uint16_t sw, uint8_t *out, LPDWORD len)
{
	out[0] = (uint8_t)(sw >> 8);
	out[1] = (uint8_t)(sw & 0xff);
	*len = 2;
	return SCARD_S_SUCCESS;
}

static LONG
send(SCARDHANDLE card, tmg_view command, uint8_t *out, DWORD room, LPDWORD len)
{
	DWORD state, protocol, atr_len = 33;
	BYTE atr[33];
	LONG code = SCardStatus(card, NULL, NULL, &state, &protocol, atr, &atr_len);

	if (code != SCARD_S_SUCCESS)
		return code;
	*len = room;
	return SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0
	    : SCARD_PCI_T1, command.ptr, (DWORD)command.len, NULL, out, len);
}

static LONG
type(SCARDHANDLE card, bool change, tmg_view told, uint8_t *out, DWORD room,
    LPDWORD len)
{
	uint8_t bytes[VC_TYPED_MAX];
	tmg_out command = { bytes, sizeof(bytes), 0, false };
	vc_keypad pad = { .there = true };
	uint16_t sw = 0;
	LONG code;

	read_keys(&pad);
	if (vc_keypad_run(&pad, change, told, &command, &sw) == TMG_PENDING)
		sw = 0x6400;
	write_keys(&pad);
	code = sw != 0 ? answer_sw(sw, out, len)
	    : send(card, tmg_out_view(&command), out, room, len);
	if (*len >= 2)
		sw = (uint16_t)(out[*len - 2] << 8 | out[*len - 1]);
	note(change ? "modify" : "verify", sw);
	return code;
}

TMG_API LONG
SCardControl(SCARDHANDLE card, DWORD what, LPCVOID in, DWORD in_len, LPVOID out,
    DWORD room, LPDWORD len)
{
	control_fn *real;

	if (what == CM_IOCTL_GET_FEATURE_REQUEST)
		return tell_hex(or_else("TAMGA_KEYPAD_FEATURES",
		    "060442330006" "070442330007" "120442330012"), out, room, len);
	if (what == CODE_PROPERTIES)
		return tell_hex(or_else("TAMGA_KEYPAD_PROPERTIES",
		    "060104" "070108"), out, room, len);
	if ((what == CODE_VERIFY || what == CODE_MODIFY) && room >= 2)
		return type(card, what == CODE_MODIFY, (tmg_view){ in, in_len }, out,
		    room, len);
	*(void **)&real = dlsym(RTLD_NEXT, "SCardControl");
	return real(card, what, in, in_len, out, room, len);
}
