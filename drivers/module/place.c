/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A module has no fixed slots: objects that share a CKA_ID are one, and ids
 * that nobody has are the free ones.  An id of up to four bytes is its own
 * number, a longer one is told by its hash.
 */
#include "drivers/module/module.h"

#include <string.h>

#include "src/codec/hex.h"

enum {
	SHORT_ID = 4,		/* bytes: fits into a ref as it is */
};

#define LONG_ID 0x80000000u	/* refs of ids that do not */

static bool
is_same(const tmg_module_place *a, const tmg_module_place *b)
{
	if (a->id_len > 0 || b->id_len > 0)
		return a->id_len == b->id_len && memcmp(a->id, b->id, a->id_len) == 0;
	return a->label_len == b->label_len &&
	    memcmp(a->label, b->label, a->label_len) == 0;
}

static const tmg_module_place *
by_ref(const tmg_module *m, uint32_t ref)
{
	for (size_t i = 0; i < m->place_count; i++)
		if (m->places[i].ref == ref)
			return &m->places[i];
	return NULL;
}

static bool
is_named(const tmg_module *m, const char *name)
{
	for (size_t i = 0; i < m->place_count; i++)
		if (strcmp(m->places[i].name, name) == 0)
			return true;
	return false;
}

/* FNV-1a: no secret, it only has to be the same tomorrow. */
static uint32_t
hash(const uint8_t *bytes, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ bytes[i]) * 16777619u;
	return h;
}

static uint32_t
number(const tmg_module *m, const tmg_module_place *p)
{
	uint32_t ref = 0;

	if (p->id_len > 0 && p->id_len <= SHORT_ID && p->id[0] != 0)
		for (size_t i = 0; i < p->id_len; i++)
			ref = ref << 8 | p->id[i];
	else
		ref = LONG_ID | (p->id_len > 0 ? hash(p->id, p->id_len)
		    : hash(p->label, p->label_len));
	while (ref == 0 || by_ref(m, ref) != NULL)
		ref++;
	return ref;
}

/* The id in hexadecimal, as every tool shows it; without one the label. */
static void
call_it(const tmg_module *m, tmg_module_place *p)
{
	tmg_out o = { (uint8_t *)p->name, sizeof(p->name) - 4, 0, false };
	size_t end;

	if (p->id_len > 0)
		tmg_hex_put(&o, (tmg_view){ p->id, p->id_len });
	else
		tmg_module_text(p->name, sizeof(p->name) - 3, p->label,
		    p->label_len);
	end = p->id_len > 0 ? o.len : strlen(p->name);
	if (end == 0)
		p->name[end++] = '-';
	p->name[end] = '\0';
	for (char *c = p->name; p->id_len == 0 && *c != '\0'; c++)
		*c = *c == '/' || *c == ' ' ? '_' : *c;
	for (char c = 'b'; is_named(m, p->name) && c <= 'z'; c++) {
		p->name[end] = '~';
		p->name[end + 1] = c;
		p->name[end + 2] = '\0';
	}
}

static void
add(tmg_module *m, tmg_module_place *p)
{
	for (size_t i = 0; i < m->place_count; i++)
		if (is_same(&m->places[i], p)) {
			m->places[i].vacant &= p->vacant;
			return;
		}
	if (m->place_count == TMG_COUNT(m->places))
		return;
	p->ref = number(m, p);
	call_it(m, p);
	m->places[m->place_count++] = *p;
}

/* Objects whose id is longer than anybody's are left to their own module. */
static tmg_rc
add_object(tmg_module *m, CK_OBJECT_HANDLE object)
{
	tmg_module_place p = { .vacant = false };
	tmg_out id = TMG_OUT(p.id), label = TMG_OUT(p.label);
	tmg_rc rc;

	rc = tmg_module_attribute(m, object, CKA_ID, &id);
	if (rc == TMG_NOT_FOUND)
		rc = tmg_module_attribute(m, object, CKA_LABEL, &label);
	if (rc != TMG_OK)
		return rc == TMG_NOT_FOUND || rc == TMG_E_MALFORMED ? TMG_OK : rc;
	p.id_len = id.len;
	p.label_len = label.len;
	add(m, &p);
	return TMG_OK;
}

static tmg_rc
add_class(tmg_module *m, CK_OBJECT_CLASS cls)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE templ[] = {
		{ CKA_CLASS, &cls, sizeof(cls) },
		{ CKA_TOKEN, &yes, sizeof(yes) },
	};
	CK_OBJECT_HANDLE found[TMG_MODULE_FOUND];
	size_t n;
	tmg_rc rc = tmg_module_find(m, templ, TMG_COUNT(templ), found,
	    TMG_COUNT(found), &n);

	for (size_t i = 0; rc == TMG_OK && i < n; i++)
		rc = add_object(m, found[i]);
	return rc;
}

/* The lowest ids that nobody has. */
static void
add_free(tmg_module *m)
{
	size_t left = TMG_MODULE_FREE;

	for (unsigned id = 1; left > 0 && id <= UINT8_MAX; id++) {
		tmg_module_place p = { .id = { (uint8_t)id }, .id_len = 1,
		    .vacant = true };
		const size_t before = m->place_count;

		add(m, &p);
		left -= m->place_count > before;
	}
}

static tmg_rc
look(tmg_module *m)
{
	static const CK_OBJECT_CLASS classes[] = {
		CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_CERTIFICATE,
	};
	tmg_rc rc;

	if (m->looked)
		return TMG_OK;
	for (size_t i = 0; i < TMG_COUNT(classes); i++)
		if ((rc = add_class(m, classes[i])))
			return rc;
	if (m->place_count == 0 || !m->places[m->place_count - 1].vacant)
		add_free(m);
	m->looked = true;
	return TMG_OK;
}

tmg_rc
tmg_module_place_get(tmg_module *m, uint32_t ref, tmg_module_place **place)
{
	tmg_rc rc;

	if ((rc = look(m)))
		return rc;
	for (size_t i = 0; i < m->place_count; i++)
		if (m->places[i].ref == ref) {
			*place = &m->places[i];
			return TMG_OK;
		}
	return mod_raise(m, TMG_NOT_FOUND, _("token %s has no slot %x"),
	    m->base.info.label, (unsigned)ref);
}

static tmg_slot
row_of(const tmg_module_place *p)
{
	tmg_slot row = {
		.ref = p->ref,
		.title = N_("key of a module"),
		.uses = TMG_USE_SIGN | TMG_USE_DECRYPT | TMG_USE_DERIVE |
		    TMG_USE_AUTH,
		.pin = TMG_PIN_ONCE,
	};

	memcpy(row.name, p->name, sizeof(row.name));
	return row;
}

/* Free ones first: a new key goes where nothing is, unless somebody says more. */
tmg_rc
tmg_module_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	tmg_module *m = tmg_module_of(b);
	tmg_rc rc;

	*count = 0;
	if ((rc = look(m)))
		return rc;
	for (int vacant = 1; vacant >= 0; vacant--)
		for (size_t i = 0; i < m->place_count; i++) {
			if (m->places[i].vacant != (vacant == 1))
				continue;
			if (*count < cap)
				rows[*count] = row_of(&m->places[i]);
			(*count)++;
		}
	return TMG_OK;
}
