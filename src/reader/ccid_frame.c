/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/ccid_frame.h"

#include "src/base/scope.h"

/* The head: type, length, slot, sequence, then three bytes of the type; of an
 * answer status, error, one byte of the type. */
enum {
	AT_LENGTH = 1,
	AT_SLOT = 5,
	AT_SEQ = 6,
	AT_STATUS = 7,
	AT_ERROR = 8,
	AT_PARAM = 9,

	ICC_MASK = 0x03,	/* bStatus */
	COMMAND_SHIFT = 6,
	COMMAND_FAILED = 1,
	COMMAND_WAIT = 2,
	COMMAND_RFU = 3,
};

static uint32_t
length_of(tmg_view in)
{
	const uint8_t *p = in.ptr + AT_LENGTH;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

void
tmg_ccid_put(tmg_out *out, const tmg_ccid_ask *ask)
{
	const uint8_t head[TMG_CCID_HEAD] = { ask->type,
	    (uint8_t)(ask->data.len & 0xff), (uint8_t)(ask->data.len >> 8 & 0xff),
	    (uint8_t)(ask->data.len >> 16 & 0xff), 0, ask->slot, ask->seq,
	    ask->param[0], ask->param[1], ask->param[2] };

	tmg_put(out, TMG_VIEW(head));
	tmg_put(out, ask->data);
}

size_t
tmg_ccid_size(tmg_view in)
{
	return in.len < TMG_CCID_HEAD ? 0 :
	    TMG_CCID_HEAD + (size_t)length_of(in);
}

tmg_rc
tmg_ccid_take(tmg_view in, tmg_ccid_answer *a)
{
	unsigned icc, command;

	*a = (tmg_ccid_answer){ .type = 0 };
	if (in.len < TMG_CCID_HEAD || tmg_ccid_size(in) != in.len)
		return TMG_E_MALFORMED;
	icc = in.ptr[AT_STATUS] & ICC_MASK;
	command = in.ptr[AT_STATUS] >> COMMAND_SHIFT;
	if ((in.ptr[0] & 0xf0) != TMG_CCID_R_DATA || icc > TMG_CCID_EMPTY ||
	    command == COMMAND_RFU)
		return TMG_E_MALFORMED;
	*a = (tmg_ccid_answer){
		.type = in.ptr[0], .slot = in.ptr[AT_SLOT], .seq = in.ptr[AT_SEQ],
		.icc = (tmg_ccid_icc)icc, .failed = command == COMMAND_FAILED,
		.wait = command == COMMAND_WAIT, .error = in.ptr[AT_ERROR],
		.param = in.ptr[AT_PARAM],
		.data = { in.ptr + TMG_CCID_HEAD, in.len - TMG_CCID_HEAD },
	};
	return TMG_OK;
}

/* Two bits for each slot from the lowest on: a card is there, that changed. */
static tmg_rc
take_change(tmg_view in, unsigned slot, tmg_ccid_notice *n)
{
	const size_t at = 1 + slot / 4;
	unsigned bits;

	if (in.len <= at)
		return TMG_E_MALFORMED;
	bits = in.ptr[at] >> slot % 4 * 2;
	n->present = (bits & 1) != 0;
	n->changed = (bits & 2) != 0;
	return TMG_OK;
}

/* Slot, number of the command, code. */
static tmg_rc
take_hardware(tmg_view in, unsigned slot, unsigned slots, tmg_ccid_notice *n)
{
	if (in.len < 4 || in.ptr[1] >= slots)
		return TMG_E_MALFORMED;
	if (in.ptr[1] != slot)
		return TMG_NOT_FOUND;
	n->overcurrent = (in.ptr[3] & 1) != 0;
	return TMG_OK;
}

tmg_rc
tmg_ccid_take_notice(tmg_view in, unsigned slot, unsigned slots,
    tmg_ccid_notice *n)
{
	*n = (tmg_ccid_notice){ .present = false };
	if (in.len > 0 && in.ptr[0] == TMG_CCID_SLOT_CHANGE)
		return take_change(in, slot, n);
	if (in.len > 0 && in.ptr[0] == TMG_CCID_HARDWARE_ERROR)
		return take_hardware(in, slot, slots, n);
	return TMG_E_MALFORMED;
}

const char *
tmg_ccid_error_name(uint8_t error)
{
	static const struct { uint8_t error; const char *name; } rows[] = {
		{ TMG_CCID_E_ABORTED, "CMD_ABORTED" },
		{ TMG_CCID_E_MUTE, "ICC_MUTE" },
		{ TMG_CCID_E_PARITY, "XFR_PARITY_ERROR" },
		{ TMG_CCID_E_OVERRUN, "XFR_OVERRUN" },
		{ TMG_CCID_E_HARDWARE, "HW_ERROR" },
		{ TMG_CCID_E_ATR_TS, "BAD_ATR_TS" },
		{ TMG_CCID_E_ATR_TCK, "BAD_ATR_TCK" },
		{ TMG_CCID_E_PROTOCOL, "ICC_PROTOCOL_NOT_SUPPORTED" },
		{ TMG_CCID_E_CLASS, "ICC_CLASS_NOT_SUPPORTED" },
		{ TMG_CCID_E_PROCEDURE, "PROCEDURE_BYTE_CONFLICT" },
		{ TMG_CCID_E_DEACTIVATED, "DEACTIVATED_PROTOCOL" },
		{ TMG_CCID_E_AUTOMATIC, "BUSY_WITH_AUTO_SEQUENCE" },
		{ TMG_CCID_E_PIN_TIMEOUT, "PIN_TIMEOUT" },
		{ TMG_CCID_E_PIN_CANCELLED, "PIN_CANCELLED" },
		{ TMG_CCID_E_BUSY, "CMD_SLOT_BUSY" },
		{ TMG_CCID_E_UNKNOWN, "command not supported" },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].error == error)
			return rows[i].name;
	return error < 0x80 ? "parameter not supported" : "error of its maker's";
}
