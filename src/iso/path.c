/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/iso/path.h"

static bool
begins(tmg_view bytes, uint16_t fid)
{
	return bytes.len >= 2 && (bytes.ptr[0] << 8 | bytes.ptr[1]) == fid;
}

bool
tmg_path_from(const tmg_path *path, uint16_t fid)
{
	return begins(tmg_path_view(path), fid);
}

tmg_rc
tmg_path_join(const tmg_path *base, tmg_view bytes, tmg_path *path)
{
	const bool whole = begins(bytes, TMG_FID_MF) || begins(bytes, TMG_FID_HOME);
	tmg_path joined = whole ? (tmg_path){ .len = 0 } : *base;

	if (bytes.len == 0 || bytes.len % 2 != 0 ||
	    bytes.len > sizeof(joined.bytes) - joined.len)
		return TMG_E_MALFORMED;
	memcpy(joined.bytes + joined.len, bytes.ptr, bytes.len);
	joined.len += bytes.len;
	*path = joined;
	return TMG_OK;
}

tmg_path
tmg_path_parent(const tmg_path *path)
{
	tmg_path parent = *path;

	parent.len = path->len >= 2 ? path->len - 2 : 0;
	return parent;
}
