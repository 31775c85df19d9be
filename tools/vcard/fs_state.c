/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file as a record of the state file: doc/design/vcard-state.md.
 */
#include "src/codec/tlv.h"
#include "tools/vcard/fs.h"

enum { FILE_HEAD = 11 };

void
vc_fs_put(const vc_fs *fs, uint8_t at, uint32_t tag, tmg_out *out)
{
	const fs_file *f = &fs->files[at];
	const uint8_t head[FILE_HEAD] = {
		at, f->parent, (uint8_t)f->kind, (uint8_t)(f->id >> 8), (uint8_t)f->id,
		f->descriptor, f->sfi, f->life, (uint8_t)(f->size >> 8), (uint8_t)f->size,
		f->name_len,
	};
	const size_t bytes = f->data != NULL ? f->size : 0;

	tmg_tlv_put_head(out, tag, sizeof(head) + f->name_len + 1u + f->rules_len + bytes);
	tmg_put(out, TMG_VIEW(head));
	tmg_put(out, (tmg_view){ f->name, f->name_len });
	tmg_put_u8(out, f->rules_len);
	tmg_put(out, (tmg_view){ f->rules, f->rules_len });
	tmg_put(out, (tmg_view){ f->data, bytes });
}

static bool
take(tmg_view *v, size_t n, tmg_view *head)
{
	return tmg_view_take(v, n, head) == TMG_OK;
}

static bool
take_short(tmg_view *v, uint8_t len, size_t most, uint8_t *bytes)
{
	tmg_view head;

	if (len > most || !take(v, len, &head))
		return false;
	if (len > 0)
		memcpy(bytes, head.ptr, len);
	return true;
}

tmg_rc
vc_fs_take(vc_fs *fs, tmg_view v)
{
	tmg_view h, len;
	fs_file f;

	if (!take(&v, FILE_HEAD, &h) || h.ptr[0] >= FS_FILES || h.ptr[1] >= FS_FILES)
		return TMG_E_MALFORMED;
	f = (fs_file){
		.kind = (fs_kind)h.ptr[2], .id = (uint16_t)(h.ptr[3] << 8 | h.ptr[4]),
		.parent = h.ptr[1], .descriptor = h.ptr[5], .sfi = h.ptr[6], .life = h.ptr[7],
		.size = (uint16_t)(h.ptr[8] << 8 | h.ptr[9]), .name_len = h.ptr[10],
	};
	if (!take_short(&v, f.name_len, sizeof(f.name), f.name) || !take(&v, 1, &len) ||
	    !take_short(&v, f.rules_len = len.ptr[0], sizeof(f.rules), f.rules) ||
	    v.len != (f.kind == FS_EF ? f.size : 0u))
		return TMG_E_MALFORMED;
	return vc_fs_restore(fs, h.ptr[0], &f, v);
}
