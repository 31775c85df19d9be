/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A blank card becomes one that keys can be made on: files, PINs, and last of all what
 * makes the ODF tell of them.  Until then the card is blank, and who begins it again
 * finds what an attempt that was cut short left behind.
 */
#include "drivers/pkcs15/write.h"

#include "src/driver/no.h"
#include "src/iso/life.h"

enum {
	DIR_SIZE = 128,
	ODF_SIZE = 256,
	INFO_SIZE = 160,
	AODF_SIZE = 256,
	FID_AODF = 0x4401,
	FID_APP = 0x5015,
	SERIAL_MAX = 32,
	CONTENT_MAX = 256,
};

static const tmg_path mf = { { 0x3f, 0x00 }, 2 };
static const tmg_path app = { { 0x3f, 0x00, 0x50, 0x15 }, 4 };

const tmg_p15_opening *
tmg_p15_opening_of(const tmg_p15 *p)
{
	return p->profile->family != NULL ? p->profile->family->opening : NULL;
}

/* ---- before anything is sent --------------------------------------------------------- */

static void
start_release(tmg_p15_start *start)
{
	explicit_bzero(start, sizeof(*start));
}

static tmg_rc
begun_already(tmg_p15 *p)
{
	return p15_raise(p, TMG_OCCUPIED, 0,
	    _("%s: the card is begun already; nothing was changed"), p->who);
}

static tmg_rc
check_blank(tmg_p15 *p)
{
	if (p->base.info.blank == NULL)
		return begun_already(p);
	if (tmg_p15_opening_of(p) == NULL)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: tamga does not begin cards of this kind; use the program of "
		    "its maker"), p->who);
	return TMG_OK;
}

static tmg_rc
take_pin(tmg_p15 *p, const tmg_p15_pin *pin, tmg_view typed, tmg_secret *stored)
{
	if (pin->id.len == 0 && typed.len == 0)
		return TMG_OK;
	if (pin->id.len > 0 && typed.len >= pin->min &&
	    tmg_p15_pin_encode(pin, typed, stored) == TMG_OK)
		return TMG_OK;
	return p15_raise(p, TMG_DENIED, 0,
	    _("%s: the new value must have %zu to %zu characters"), p->who, pin->min,
	    pin->max);
}

/* ---- files ------------------------------------------------------------------------------ */

/* What an attempt that was cut short made, is what this one would make. */
static tmg_rc
make(tmg_p15 *p, const tmg_path *df, const tmg_p15_birth *file, tmg_view content)
{
	const uint8_t fid[] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	static const uint8_t end[] = { 0x00, 0x00 };
	uint8_t bytes[64];
	tmg_out fcp = TMG_OUT(bytes);
	tmg_path path;
	uint16_t sw = 0;
	bool there;
	tmg_rc rc;

	p->profile->family->put_fcp(&fcp, file);
	rc = tmg_files_create(&p->files, df, tmg_out_view(&fcp), &sw);
	if (file->purpose == P15_FOR_FILES)	/* it is the current one, with some */
		tmg_files_forget(&p->files);
	there = tmg_p15_is_in_the_way(rc, sw);
	if (!there && (rc = tmg_p15_changed(p, rc, sw, N_("making a file"))))
		return rc;
	if (there && file->purpose == P15_FOR_DIRECTORY)
		content = TMG_VIEW(end);	/* nothing else would find out that it is not */
	if (content.len == 0)
		return TMG_OK;
	if ((rc = tmg_path_join(df, TMG_VIEW(fid), &path)))
		return p15_pass(p, rc);
	return tmg_p15_file_write(p, &path, 0, content);
}

static tmg_rc
make_files(tmg_p15 *p)
{
	const tmg_p15_opening *opening = tmg_p15_opening_of(p);
	const uint8_t pin = opening->pins[TMG_PIN_USER].reference;
	uint8_t bytes[3][CONTENT_MAX], number[SERIAL_MAX];
	tmg_out dir = TMG_OUT(bytes[0]), info = TMG_OUT(bytes[1]),
	    pins = TMG_OUT(bytes[2]), serial = TMG_OUT(number);
	tmg_rc rc;

	if ((rc = opening->serial(p, &serial)))
		return rc;
	tmg_p15_dir_put(&dir, p);
	tmg_p15_info_put(&info, p, tmg_out_view(&serial));
	tmg_p15_pins_put(&pins, opening);
	if (dir.full || info.full || pins.full)
		return p15_pass(p, TMG_E_SPACE);
	if (opening->makes_df && (rc = make(p, &mf, &(tmg_p15_birth){
	    .fid = FID_APP, .purpose = P15_FOR_FILES, .pin = pin },
	    (tmg_view){ NULL, 0 })))
		return rc;
	if ((rc = make(p, &mf, &(tmg_p15_birth){ .fid = P15_EF_DIR,
		.purpose = P15_FOR_ISSUER, .size = DIR_SIZE, .pin = pin },
		tmg_out_view(&dir))) ||
	    (rc = make(p, &app, &(tmg_p15_birth){ .fid = P15_EF_INFO,
		.purpose = P15_FOR_ISSUER, .size = INFO_SIZE, .pin = pin },
		tmg_out_view(&info))) ||
	    (rc = make(p, &app, &(tmg_p15_birth){ .fid = FID_AODF,
		.purpose = P15_FOR_ISSUER, .size = AODF_SIZE, .pin = pin },
		tmg_out_view(&pins))))
		return rc;
	return make(p, &app, &(tmg_p15_birth){ .fid = P15_EF_ODF,
	    .purpose = P15_FOR_DIRECTORY, .size = ODF_SIZE, .pin = pin },
	    (tmg_view){ NULL, 0 });
}

/* ---- the end -------------------------------------------------------------------------------- */

/* Of an attempt that was cut short the card may have another one. */
static tmg_rc
login(tmg_p15 *p, const tmg_p15_start *start)
{
	const tmg_p15_pin *pin = &tmg_p15_opening_of(p)->pins[TMG_PIN_USER];
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_VERIFY,
	    .p2 = pin->reference,
	    .data = tmg_secret_view(&start->pins[TMG_PIN_USER]) }, NULL, &sw)))
		return rc;
	if (sw == TMG_SW_OK)
		return TMG_OK;
	if ((sw & TMG_SW_TRIES_MASK) == TMG_SW_TRIES)
		return p15_raise(p, TMG_PIN_WRONG, sw,
		    _("%s: a set-up that was cut short gave the card another PIN; begin "
		    "again with that one; tries left: %d"), p->who, sw & 0x0f);
	return p15_raise(p, TMG_DENIED, sw,
	    _("%s: another program has locked the card without making its files; use "
	    "that program to erase it (the card answered %04X)"), p->who, sw);
}

/* A card that has PINs, and was called blank because it once answered that it has no ODF, is
 * somebody's. */
static tmg_rc
check_odf(tmg_p15 *p)
{
	const tmg_span odf = {
		.path = { { 0x3f, 0x00, 0x50, 0x15, 0x50, 0x31 }, 6 },
		.extent = TMG_EXTENT_OBJECTS,
	};
	uint8_t bytes[ODF_SIZE];
	tmg_out o = TMG_OUT(bytes);
	tmg_view in, content;
	uint32_t tag;
	size_t size;
	tmg_rc rc = tmg_p15_read(p, &odf, &o, N_("reading the object directory"));

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	in = tmg_out_view(&o);
	if (rc || tmg_p15_next(&in, &tag, &content, &size) == TMG_NOT_FOUND)
		return rc;
	return begun_already(p);
}

/* The card is begun when the ODF tells of its PINs. */
static tmg_rc
publish(tmg_p15 *p)
{
	static const uint8_t odf_fid[] = { P15_EF_ODF >> 8, P15_EF_ODF & 0xff };
	static const uint8_t aodf_fid[] = { FID_AODF >> 8, FID_AODF & 0xff };
	uint8_t bytes[32];
	tmg_out row = TMG_OUT(bytes);
	tmg_path odf, aodf;
	tmg_rc rc;

	if ((rc = tmg_path_join(&app, TMG_VIEW(odf_fid), &odf)) ||
	    (rc = tmg_path_join(&app, TMG_VIEW(aodf_fid), &aodf)))
		return p15_pass(p, rc);
	tmg_p15_source_put(&row, P15_AUTH, &aodf);
	return tmg_p15_file_write(p, &odf, 0, tmg_out_view(&row));
}

static tmg_rc
begin(tmg_p15 *p, const tmg_p15_start *start)
{
	const tmg_p15_opening *opening = tmg_p15_opening_of(p);
	bool sealed;
	tmg_rc rc;

	if ((rc = opening->open(p, &sealed)) || (sealed && (rc = check_odf(p))) ||
	    (!sealed && ((rc = make_files(p)) || (rc = opening->seal(p, start)))) ||
	    (rc = login(p, start)))
		return rc;
	return publish(p);
}

tmg_rc
tmg_p15_begin(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS])
{
	__attribute__((__cleanup__(start_release))) tmg_p15_start start = {
		.pins = { { .len = 0 } },
	};
	tmg_p15 *p = tmg_p15_of(b);
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, true)) || (rc = tmg_p15_learn_info(p)) ||
	    (rc = check_blank(p)))
		return p15_pass(p, rc);
	for (unsigned kind = 0; kind < TMG_PIN_KINDS; kind++)
		if ((rc = take_pin(p, &tmg_p15_opening_of(p)->pins[kind], pins[kind],
		    &start.pins[kind])))
			return rc;
	rc = begin(p, &start);
	/* All is read anew, and the rules hold from the next selection on. */
	tmg_p15_content_drop(&p->content);
	tmg_p15_doubt(p);
	return p15_pass(p, rc);
}

/* ---- and back -------------------------------------------------------------------------------- */

/* Blank is what it is already; else by the security officer's word. */
tmg_rc
tmg_p15_reset(tmg_backend *b)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_opening *opening;
	const tmg_p15_pin *pin;
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_learn_info(p)))
		return p15_pass(p, rc);
	opening = tmg_p15_opening_of(p);
	if (opening == NULL || opening->erase == NULL)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card has no command that makes it blank again; a Java "
		    "card's applet can be deleted and installed anew"), p->who);
	if (b->info.blank == NULL) {
		if ((rc = tmg_p15_pin_choose(p, TMG_PIN_ADMIN, &pin)))
			return p15_pass(p, rc);
		p->officer = true;
		if ((rc = tmg_p15_want(p, pin->id)))
			return rc;
	}
	p->officer = false;
	rc = opening->erase(p);
	tmg_p15_content_drop(&p->content);
	tmg_p15_doubt(p);
	return p15_pass(p, rc);
}
