/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/chip.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/piv.h"

#define GARBAGE_LEN 40

/* ---- what is kept ----------------------------------------------------------- */
static void
free_wiped(uint8_t **p)
{
	OPENSSL_clear_free(*p, VC_STATE_MAX);
}

tmg_rc
vc_chip_keep(vc_chip *chip)
{
	tmg_rc rc;

	if (!chip->card.dirty || chip->state_path == NULL) {
		chip->card.dirty = false;
		return TMG_OK;
	}
	__attribute__((__cleanup__(free_wiped))) uint8_t *bytes = OPENSSL_malloc(VC_STATE_MAX);

	if (bytes == NULL)
		return TMG_E_NOMEM;
	tmg_out out = { bytes, VC_STATE_MAX, 0, false };

	if ((rc = vc_card_save(&chip->card, &out)) ||
	    (rc = tmg_file_replace(chip->state_path, tmg_out_view(&out), 0600)))
		return rc;
	chip->card.dirty = false;
	return TMG_OK;
}

static tmg_rc
load(vc_chip *chip)
{
	tmg_auto_free uint8_t *bytes = NULL;
	size_t len = 0;
	tmg_rc rc = tmg_file_read(chip->state_path, VC_STATE_MAX, &bytes, &len);

	if (rc == TMG_NOT_FOUND)
		return vc_chip_keep(chip);
	if (rc != TMG_OK)
		return rc;
	rc = vc_card_load(&chip->card, (tmg_view){ bytes, len });
	OPENSSL_cleanse(bytes, len);
	return rc;
}

tmg_rc
vc_chip_open(vc_chip *chip, const vc_profile *profile, OSSL_LIB_CTX *lib,
    const char *state_path)
{
	tmg_rc rc;

	*chip = (vc_chip){ .state_path = state_path, .inserted = true };
	if ((rc = vc_card_open(profile, lib, &chip->card)))
		return rc;
	return state_path != NULL ? load(chip) : TMG_OK;
}

void
vc_chip_close(vc_chip *chip)
{
	vc_card_close(&chip->card);
	vc_exchange_reset(&chip->exchange);
}

/* ---- power ------------------------------------------------------------------- */
void
vc_chip_reset(vc_chip *chip)
{
	chip->resets++;
	chip->mute = false;
	vc_card_reset(&chip->card);
	vc_exchange_reset(&chip->exchange);
}

void
vc_chip_insert(vc_chip *chip)
{
	if (chip->inserted)
		return;
	chip->inserted = true;
	chip->events++;
	vc_chip_reset(chip);
}

void
vc_chip_remove(vc_chip *chip)
{
	if (!chip->inserted)
		return;
	chip->inserted = false;
	chip->events++;
	vc_chip_reset(chip);
}

/* ---- one APDU ----------------------------------------------------------------- */
/* A name or a list of tags may be told; what PUT DATA stores may not. */
static void
take_hint(tmg_view apdu, vc_log_row *row)
{
	vc_command c;
	tmg_view v;

	if (vc_apdu_parse(apdu, &c))
		return;
	row->lc = (uint32_t)c.data.len;
	if (c.ins == INS_SELECT)
		v = c.data;
	else if ((c.ins != INS_GET_DATA && c.ins != INS_PUT_DATA) ||
	    tmg_tlv_find(c.data, 0x5c, &v) != TMG_OK)
		return;
	row->hint_len = (uint8_t)(v.len < sizeof(row->hint) ? v.len : sizeof(row->hint));
	if (row->hint_len > 0)
		memcpy(row->hint, v.ptr, row->hint_len);
}

static void
note(vc_chip *chip, tmg_view apdu, const vc_answer *a)
{
	vc_log_row row = { 0 };

	if (apdu.len >= 4) {
		row.cla = apdu.ptr[0];
		row.ins = apdu.ptr[1];
		row.p1 = apdu.ptr[2];
		row.p2 = apdu.ptr[3];
		take_hint(apdu, &row);
	}
	if (a->len >= 2) {
		row.sw = (uint16_t)(a->bytes[a->len - 2] << 8 | a->bytes[a->len - 1]);
		row.answered = (uint32_t)(a->len - 2);
	}
	chip->log[(chip->count - 1) % VC_LOG] = row;
}

static void
set_sw(vc_answer *a, uint16_t sw)
{
	a->bytes[0] = (uint8_t)(sw >> 8);
	a->bytes[1] = (uint8_t)(sw & 0xff);
	a->len = 2;
}

/* The answer leaves only when what it acknowledges is on the disk. */
static void
run(vc_chip *chip, tmg_view apdu, vc_answer *a)
{
	tmg_out out = TMG_OUT(a->bytes);

	vc_exchange_apdu(&chip->exchange, &chip->card, apdu, &out);
	a->len = out.len;
	a->delay_ms += chip->card.delay_ms;
	if (out.full)
		set_sw(a, SW_INTERNAL);
	if (vc_chip_keep(chip) != TMG_OK)
		set_sw(a, SW_MEMORY);
}

static void
garble(vc_chip *chip, vc_answer *a)
{
	a->len = GARBAGE_LEN;
	if (RAND_bytes_ex(chip->card.lib, a->bytes, a->len, 0) != 1)
		memset(a->bytes, 0xa5, a->len);
}

/* Half of the data with its status word, or half of the status word. */
static void
truncate_answer(vc_answer *a)
{
	const size_t data = a->len - 2, kept = data / 2;

	if (data == 0) {
		a->len = 1;
		return;
	}
	memmove(a->bytes + kept, a->bytes + data, 2);
	a->len = kept + 2;
}

/* Is the command run at all? */
static const bool is_run[] = {
	[FAULT_NONE] = true,
	[FAULT_REMOVE] = false,
	[FAULT_RESET] = false,
	[FAULT_REMOVE_AFTER] = true,
	[FAULT_RESET_AFTER] = true,
	[FAULT_SW] = false,
	[FAULT_GARBAGE] = true,
	[FAULT_TRUNCATED] = true,
	[FAULT_SLOW] = true,
	[FAULT_MUTE] = false,
};

static void
run_faulty(vc_chip *chip, const vc_fault *f, tmg_view apdu, vc_answer *a)
{
	if (is_run[f->kind])
		run(chip, apdu, a);

	switch (f->kind) {
	case FAULT_NONE:
		break;
	case FAULT_REMOVE:
	case FAULT_REMOVE_AFTER:
		a->len = 0;
		vc_chip_remove(chip);
		break;
	case FAULT_RESET:
	case FAULT_RESET_AFTER:
		a->len = 0;
		vc_chip_reset(chip);
		break;
	case FAULT_SW:
		set_sw(a, (uint16_t)f->arg);
		break;
	case FAULT_GARBAGE:
		garble(chip, a);
		break;
	case FAULT_TRUNCATED:
		truncate_answer(a);
		break;
	case FAULT_SLOW:
		a->delay_ms += f->arg;
		break;
	case FAULT_MUTE:
		a->len = 0;
		chip->mute = true;
		break;
	}
}

void
vc_chip_transmit(vc_chip *chip, tmg_view apdu, vc_answer *a)
{
	a->len = 0;
	a->delay_ms = 0;
	if (!chip->inserted)
		return;

	const vc_fault f = vc_fault_take(&chip->faults, ++chip->count);

	if (!chip->mute)
		run_faulty(chip, &f, apdu, a);
	note(chip, apdu, a);
}
