/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/card/trace.h"

#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/codec/tlv.h"

enum {
	HEADER = 4,		/* CLA INS P1 P2 */
	STATUS = 2,
	LINE_BYTES = 256,	/* of a transcript line; longer ones go on below */
	TAG_LIST = 0x5c,	/* names the object of GET DATA and PUT DATA */

	INS_GENERATE = 0x47,
	INS_SELECT = 0xa4,
	INS_GET_RESPONSE = 0xc0,
	INS_GET_DATA_SIMPLE = 0xca,
	INS_GET_DATA = 0xcb,
	INS_PUT_DATA = 0xdb,
	INS_METADATA = 0xf7,	/* YubiKey extensions: F7 to F9, FD */
	INS_SERIAL = 0xf8,
	INS_ATTEST = 0xf9,
	INS_VERSION = 0xfd,
};

/* Instructions of which every byte is public, whatever they name. */
static const struct {
	uint8_t ins;
	tmg_trace_rule rule;
} instructions[] = {
	{ INS_SELECT, { true, true } },
	{ INS_GENERATE, { true, true } },
	{ INS_METADATA, { true, true } },
	{ INS_SERIAL, { true, true } },
	{ INS_ATTEST, { true, true } },
	{ INS_VERSION, { true, true } },
};

/*
 * Public PIV data objects, SP 800-73-4 part 1, and the certificate
 * that signs attestations.  Not here, so never shown: what is read behind the
 * PIN (5FC109, where a protected management key is kept, biometrics) and what
 * nobody has judged.
 */
static const struct {
	uint32_t first, last;
} objects[] = {
	{ 0x7e, 0x7e },			/* Discovery */
	{ 0x5fc101, 0x5fc102 },		/* card authentication, CHUID */
	{ 0x5fc105, 0x5fc107 },		/* PIV authentication, security, CCC */
	{ 0x5fc10a, 0x5fc120 },		/* certificates, Key History, retired */
	{ 0x5fff01, 0x5fff01 },		/* attestation */
};

/* Public data objects of the OpenPGP card by P1 P2. */
static const uint16_t simple_objects[] = {
	0x004f, 0x006e, 0x007a, 0x00c4, 0x00fa, 0x7f21, 0x7f66, 0x7f74,
};

static bool
is_public_object(uint32_t tag)
{
	for (size_t i = 0; i < TMG_COUNT(objects); i++)
		if (tag >= objects[i].first && tag <= objects[i].last)
			return true;
	return false;
}

/* The one object that a tag list in front of data names; 0 for none, several
 * or something else. */
static uint32_t
named_object(tmg_view data)
{
	tmg_tlv list;
	uint32_t tag = 0;

	if (tmg_tlv_next(&data, &list) || list.tag != TAG_LIST ||
	    list.value.len > sizeof(tag))
		return 0;
	for (size_t i = 0; i < list.value.len; i++)
		tag = tag << 8 | list.value.ptr[i];
	return tag;
}

static bool
is_simple_public(const tmg_capdu *c)
{
	const uint16_t object = (uint16_t)(c->p1 << 8 | c->p2);

	for (size_t i = 0; i < TMG_COUNT(simple_objects); i++)
		if (object == simple_objects[i])
			return true;
	return false;
}

tmg_trace_rule
tmg_trace_rule_for(const tmg_capdu *c)
{
	for (size_t i = 0; i < TMG_COUNT(instructions); i++)
		if (c->ins == instructions[i].ins)
			return instructions[i].rule;

	if (c->ins == INS_GET_DATA_SIMPLE)
		return (tmg_trace_rule){ true, is_simple_public(c) };
	if (c->ins == INS_GET_DATA)
		return (tmg_trace_rule){ true,
		    is_public_object(named_object(c->data)) };
	if (c->ins == INS_PUT_DATA)
		return (tmg_trace_rule){
		    is_public_object(named_object(c->data)), true };
	return (tmg_trace_rule){ false, false };
}

/* "READER > HEX": the first line of an APDU, and "+" for what goes on. */
static void
write_bytes(tmg_ctx *ctx, const char *reader, char mark, tmg_view v)
{
	char text[2 * LINE_BYTES + 1];
	tmg_view part;

	do {
		const size_t n = v.len < LINE_BYTES ? v.len : LINE_BYTES;

		if (tmg_view_take(&v, n, &part))
			return;
		tmg_hex_text(text, sizeof(text), part);
		tmg_log(ctx, TMG_LOG_TRACE, "%s %c %s", reader, mark, text);
		mark = '+';
	} while (v.len > 0);
}

void
tmg_trace_command(tmg_ctx *ctx, const char *reader, tmg_trace_rule rule,
    tmg_view apdu)
{
	char head[2 * HEADER + 1];

	if (ctx == NULL || !tmg_log_wants(ctx, TMG_LOG_TRACE) ||
	    apdu.len < HEADER)
		return;
	/* A header with Le has no data; GET RESPONSE never has any. */
	if (rule.command || apdu.len <= HEADER + 1 ||
	    apdu.ptr[1] == INS_GET_RESPONSE) {
		write_bytes(ctx, reader, '>', apdu);
		return;
	}
	tmg_hex_text(head, sizeof(head), (tmg_view){ apdu.ptr, HEADER });
	tmg_log(ctx, TMG_LOG_TRACE, "%s > %s [%zu bytes]", reader, head,
	    apdu.len - HEADER);
}

void
tmg_trace_response(tmg_ctx *ctx, const char *reader, tmg_trace_rule rule,
    tmg_view apdu)
{
	char sw[2 * STATUS + 1];

	if (ctx == NULL || !tmg_log_wants(ctx, TMG_LOG_TRACE) ||
	    apdu.len < STATUS)
		return;
	if (rule.response || apdu.len == STATUS) {
		write_bytes(ctx, reader, '<', apdu);
		return;
	}
	tmg_hex_text(sw, sizeof(sw),
	    (tmg_view){ apdu.ptr + apdu.len - STATUS, STATUS });
	tmg_log(ctx, TMG_LOG_TRACE, "%s < [%zu bytes] %s", reader,
	    apdu.len - STATUS, sw);
}

void
tmg_trace_typed(tmg_ctx *ctx, const char *reader, tmg_view apdu)
{
	char head[2 * HEADER + 1];

	if (ctx == NULL || !tmg_log_wants(ctx, TMG_LOG_TRACE) ||
	    apdu.len < HEADER)
		return;
	tmg_hex_text(head, sizeof(head), (tmg_view){ apdu.ptr, HEADER });
	tmg_log(ctx, TMG_LOG_TRACE, "%s > %s [typed on the keypad]", reader, head);
}

void
tmg_trace_status(tmg_ctx *ctx, const char *reader, tmg_rc rc, uint16_t sw)
{
	if (ctx == NULL || !tmg_log_wants(ctx, TMG_LOG_TRACE))
		return;
	if (rc == TMG_OK)
		tmg_log(ctx, TMG_LOG_TRACE, "%s < %04X", reader, sw);
	else
		tmg_log(ctx, TMG_LOG_TRACE, "%s < %s", reader, tmg_rc_name(rc));
}
