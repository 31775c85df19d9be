/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How commands and PKCS #15 name a key: by its number, by its file, or as an object of
 * the application.
 */
#include "src/base/scope.h"
#include "tools/vcard/pkcs15.h"

/* ---- a number; whatever file a host believes the key to be in ------------------------ */
static uint16_t
any_file(const vc_p15 *p15, tmg_view v, p15_session *s)
{
	(void)p15;
	(void)v;
	(void)s;
	return SW_OK;
}

static uint16_t
by_place(const vc_p15 *p15, uint8_t ref, p15_session *s)
{
	(void)p15;
	if (ref >= P15_NUMBERED)
		return SW_DATA;
	s->key = ref;
	return SW_OK;
}

static uint8_t
number_from_0(const p15_kind *kind, unsigned n)
{
	(void)kind;
	return (uint8_t)n;
}

const p15_naming p15_key_numbers = {
	.by_file = any_file, .by_number = by_place, .number = number_from_0,
};

/* ---- a file, whose only key has the number 0 -------------------------------------------- */
static uint16_t
by_file(const vc_p15 *p15, tmg_view v, p15_session *s)
{
	int at;

	if (v.len == 0)
		return SW_DATA;
	at = v.len == 2 ? vc_fs_by_id(&p15->fs, (uint16_t)(v.ptr[0] << 8 | v.ptr[1])) :
	    vc_fs_by_path_from_mf(&p15->fs, v);
	if (at == FS_NONE || p15->fs.files[at].kind != FS_KEY)
		return SW_NO_REFERENCE;
	s->key = at;
	return SW_OK;
}

static uint16_t
only_0(const vc_p15 *p15, uint8_t ref, p15_session *s)
{
	(void)p15;
	(void)s;
	return ref == 0 ? SW_OK : SW_NO_REFERENCE;
}

static uint8_t
always_0(const p15_kind *kind, unsigned n)
{
	(void)kind;
	(void)n;
	return 0;
}

const p15_naming p15_key_files = {
	.ruled = true, .files = true, .by_file = by_file, .by_number = only_0, .number = always_0,
};

/* ---- an object of the current DF, by the number behind the bit of what is local --------- */
static uint16_t
no_file(const vc_p15 *p15, tmg_view v, p15_session *s)
{
	(void)p15;
	(void)v;
	(void)s;
	return SW_DATA;
}

static uint16_t
by_order(const vc_p15 *p15, uint8_t ref, p15_session *s)
{
	unsigned n = ref & (uint8_t)~p15->kind->local;

	if ((ref & p15->kind->local) == 0)
		return SW_NO_REFERENCE;
	for (int i = 0; n > 0 && i < FS_FILES; i++)
		if (p15->fs.files[i].kind == FS_KEY && p15->fs.files[i].parent == p15->fs.df &&
		    --n == 0) {
			s->key = i;
			return SW_OK;
		}
	return SW_NO_REFERENCE;
}

static uint8_t
local_from_1(const p15_kind *kind, unsigned n)
{
	return (uint8_t)(kind->local | (n + 1));
}

const p15_naming p15_key_objects = {
	.ruled = true, .by_file = no_file, .by_number = by_order, .number = local_from_1,
};
