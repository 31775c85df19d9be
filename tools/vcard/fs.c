/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/fs.h"

#include <openssl/crypto.h>
#include <stdlib.h>

void
vc_fs_rewind(vc_fs *fs)
{
	fs->df = FS_MF;
	fs->ef = FS_NONE;
}

void
vc_fs_init(vc_fs *fs, const fs_file *mf)
{
	*fs = (vc_fs){ .bytes = 0 };
	fs->files[FS_MF] = *mf;
	fs->files[FS_MF].kind = FS_DF;
	fs->files[FS_MF].id = FS_ID_MF;
	fs->files[FS_MF].parent = FS_MF;
	vc_fs_rewind(fs);
}

static void
drop(vc_fs *fs, int at)
{
	fs_file *f = &fs->files[at];

	if (f->data != NULL) {
		fs->bytes -= f->size;
		OPENSSL_clear_free(f->data, f->size);
	}
	*f = (fs_file){ .kind = FS_FREE };
}

void
vc_fs_clear(vc_fs *fs)
{
	for (int i = 0; i < FS_FILES; i++)
		drop(fs, i);
}

void
vc_fs_make_current(vc_fs *fs, int at)
{
	if (fs->files[at].kind == FS_DF) {
		fs->df = at;
		fs->ef = FS_NONE;
		return;
	}
	fs->df = fs->files[at].parent;
	fs->ef = at;
}

/* ---- finding ---------------------------------------------------------------------- */
static bool
is_in(const vc_fs *fs, int at, int df)
{
	return at != FS_MF && fs->files[at].kind != FS_FREE && fs->files[at].parent == df;
}

int
vc_fs_child(const vc_fs *fs, int df, uint16_t id)
{
	for (int i = 0; i < FS_FILES; i++)
		if (is_in(fs, i, df) && fs->files[i].id == id)
			return i;
	return FS_NONE;
}

int
vc_fs_by_sfi(const vc_fs *fs, int df, uint8_t sfi)
{
	for (int i = 0; i < FS_FILES; i++)
		if (is_in(fs, i, df) && fs->files[i].kind == FS_EF && fs->files[i].sfi == sfi)
			return i;
	return FS_NONE;
}

int
vc_fs_by_name(const vc_fs *fs, tmg_view name)
{
	for (int i = 0; i < FS_FILES; i++)
		if (fs->files[i].kind == FS_DF && name.len > 0 &&
		    name.len <= fs->files[i].name_len &&
		    memcmp(fs->files[i].name, name.ptr, name.len) == 0)
			return i;
	return FS_NONE;
}

int
vc_fs_by_path(const vc_fs *fs, int df, tmg_view path)
{
	tmg_view id;

	if (path.len == 0 || path.len % 2 != 0)
		return FS_NONE;
	while (df != FS_NONE && tmg_view_take(&path, 2, &id) == TMG_OK)
		df = vc_fs_child(fs, df, (uint16_t)(id.ptr[0] << 8 | id.ptr[1]));
	return df;
}

int
vc_fs_by_path_from_mf(const vc_fs *fs, tmg_view path)
{
	const uint8_t mf[] = { FS_ID_MF >> 8, FS_ID_MF & 0xff };

	if (path.len > sizeof(mf) && memcmp(path.ptr, mf, sizeof(mf)) == 0)
		path = (tmg_view){ path.ptr + sizeof(mf), path.len - sizeof(mf) };
	return vc_fs_by_path(fs, FS_MF, path);
}

int
vc_fs_by_id(const vc_fs *fs, uint16_t id)
{
	const uint8_t parent = fs->files[fs->df].parent;
	int at;

	if (id == FS_ID_MF)
		return FS_MF;
	if ((at = vc_fs_child(fs, fs->df, id)) != FS_NONE)
		return at;
	if (fs->files[fs->df].id == id)
		return fs->df;
	return fs->files[parent].id == id ? parent : vc_fs_child(fs, parent, id);
}

/* ---- making and unmaking ------------------------------------------------------------- */
/* DFs from the MF down to this one, both counted; too many: 0. */
static unsigned
depth_of(const vc_fs *fs, int df)
{
	unsigned n = 1;

	while (df != FS_MF) {
		if (++n > FS_DEPTH_MAX || fs->files[df].kind != FS_DF)
			return 0;
		df = fs->files[df].parent;
	}
	return n;
}

static int
free_place(const vc_fs *fs)
{
	for (int i = 0; i < FS_FILES; i++)
		if (fs->files[i].kind == FS_FREE)
			return i;
	return FS_NONE;
}

static tmg_rc
give_bytes(vc_fs *fs, fs_file *f)
{
	f->data = NULL;
	if (f->kind != FS_EF)
		return TMG_OK;
	if (f->size > FS_FILE_MAX || f->size > FS_TOTAL_MAX - fs->bytes)
		return TMG_E_SPACE;
	/* an empty file has its one byte of memory too */
	if ((f->data = OPENSSL_zalloc((size_t)f->size + 1)) == NULL)
		return TMG_E_NOMEM;
	fs->bytes += f->size;
	return TMG_OK;
}

tmg_rc
vc_fs_add(vc_fs *fs, int df, const fs_file *file, int *at)
{
	const unsigned depth = fs->files[df].kind == FS_DF ? depth_of(fs, df) : 0;
	fs_file made = *file;
	tmg_rc rc;

	if (depth == 0 || (file->kind == FS_DF && depth == FS_DEPTH_MAX))
		return TMG_NOT_FOUND;
	if (vc_fs_child(fs, df, file->id) != FS_NONE)
		return TMG_OCCUPIED;
	if ((*at = free_place(fs)) == FS_NONE)
		return TMG_E_SPACE;
	if ((rc = give_bytes(fs, &made)))
		return rc;
	made.parent = (uint8_t)df;
	fs->files[*at] = made;
	return TMG_OK;
}

/* Is at that DF, or inside it at any depth? */
static bool
is_below(const vc_fs *fs, int at, int df)
{
	for (unsigned depth = 0; depth <= FS_DEPTH_MAX; depth++) {
		if (at == df)
			return true;
		if (at == FS_MF)
			return false;
		at = fs->files[at].parent;
	}
	return false;
}

void
vc_fs_remove(vc_fs *fs, int at)
{
	const int parent = fs->files[at].parent;
	const bool current = is_below(fs, fs->df, at) || fs->ef == at;
	bool doomed[FS_FILES];

	for (int i = 0; i < FS_FILES; i++)
		doomed[i] = fs->files[i].kind != FS_FREE && is_below(fs, i, at);
	for (int i = 0; i < FS_FILES; i++)
		if (doomed[i])
			drop(fs, i);
	if (current)
		vc_fs_make_current(fs, parent);
}

tmg_rc
vc_fs_restore(vc_fs *fs, uint8_t at, const fs_file *file, tmg_view content)
{
	fs_file made = *file;
	tmg_rc rc;

	if (fs->files[at].kind != FS_FREE || file->kind < FS_DF || file->kind > FS_KEY ||
	    (at == FS_MF && (file->kind != FS_DF || file->parent != FS_MF ||
	    file->id != FS_ID_MF)))
		return TMG_E_MALFORMED;
	if ((rc = give_bytes(fs, &made)))
		return rc == TMG_E_SPACE ? TMG_E_MALFORMED : rc;
	if (made.data != NULL && content.len > 0)
		memcpy(made.data, content.ptr, content.len);
	fs->files[at] = made;
	return TMG_OK;
}

bool
vc_fs_sound(const vc_fs *fs)
{
	if (fs->files[FS_MF].kind != FS_DF)
		return false;
	for (int i = 1; i < FS_FILES; i++) {
		const fs_file *f = &fs->files[i];

		if (f->kind == FS_FREE)
			continue;
		if (f->parent >= FS_FILES || fs->files[f->parent].kind != FS_DF ||
		    depth_of(fs, f->kind == FS_DF ? i : f->parent) == 0 ||
		    vc_fs_child(fs, f->parent, f->id) != i)
			return false;
	}
	return true;
}
