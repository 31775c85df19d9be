/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/names.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/pki/sha256.h"

#define FILE_MAX (1u << 20)	/* bytes; some 2000 names */
#define LINE_MAX_BYTES 1152u	/* four texts, a digest, a number */

static const char head[] = "tamga-names 1\n";

CK_RV
tmg_p11_text_set(tmg_p11_text *text, tmg_view value)
{
	if (value.len == 0 || value.len > sizeof(text->bytes))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(text->bytes, value.ptr, value.len);
	text->len = value.len;
	return CKR_OK;
}

/* ---- a line -------------------------------------------------------------- */

/* The next word; "-" stands for nothing. */
static bool
take_hex(tmg_view *line, uint8_t *bytes, size_t cap, size_t *len)
{
	tmg_out out = { bytes, cap, 0, false };
	size_t n = 0;

	while (n < line->len && line->ptr[n] != ' ')
		n++;
	if (n == 0)
		return false;
	if ((n > 1 || line->ptr[0] != '-') &&
	    tmg_hex_parse((tmg_view){ line->ptr, n }, &out) != TMG_OK)
		return false;
	*len = out.len;
	line->ptr += n < line->len ? n + 1 : n;
	line->len -= n < line->len ? n + 1 : n;
	return true;
}

static bool
take_text(tmg_view *line, tmg_p11_text *text)
{
	return take_hex(line, text->bytes, sizeof(text->bytes), &text->len);
}

/* The last text of a line is younger than the rest: older lines end before. */
static bool
read_line(tmg_view line, tmg_p11_name *name)
{
	uint8_t slot[4];
	size_t key_len, slot_len;

	*name = (tmg_p11_name){ .slot = 0 };
	if (!take_hex(&line, name->key, sizeof(name->key), &key_len) ||
	    !take_hex(&line, slot, sizeof(slot), &slot_len) ||
	    !take_text(&line, &name->id) || !take_text(&line, &name->label) ||
	    !take_text(&line, &name->cert_label) ||
	    (line.len > 0 && !take_text(&line, &name->public_label)))
		return false;
	for (size_t i = 0; i < slot_len; i++)
		name->slot = name->slot << 8 | slot[i];
	return key_len == sizeof(name->key) && slot_len == sizeof(slot);
}

static void
put_text(tmg_out *o, const tmg_p11_text *text)
{
	tmg_put_u8(o, ' ');
	if (text->len > 0)
		tmg_hex_put(o, tmg_p11_text_view(text));
	else
		tmg_put_u8(o, '-');
}

static void
put_line(tmg_out *o, const tmg_p11_name *name)
{
	const uint8_t slot[4] = {
		(uint8_t)(name->slot >> 24), (uint8_t)(name->slot >> 16),
		(uint8_t)(name->slot >> 8), (uint8_t)name->slot,
	};

	tmg_hex_put(o, TMG_VIEW(name->key));
	tmg_put_u8(o, ' ');
	tmg_hex_put(o, TMG_VIEW(slot));
	put_text(o, &name->id);
	put_text(o, &name->label);
	put_text(o, &name->cert_label);
	put_text(o, &name->public_label);
	tmg_put_u8(o, '\n');
}

/* ---- the file ------------------------------------------------------------ */

static bool
path_of(char path[PATH_MAX], const char *end)
{
	char folder[PATH_MAX - 32];

	if (tmg_file_state(folder, sizeof(folder)) != TMG_OK)
		return false;
	snprintf(path, PATH_MAX, "%s/pkcs11-names%s", folder, end);
	return true;
}

static tmg_view
next_line(tmg_view *text)
{
	tmg_view line = { text->ptr, 0 };

	while (line.len < text->len && line.ptr[line.len] != '\n')
		line.len++;
	text->ptr += line.len < text->len ? line.len + 1 : line.len;
	text->len -= line.len < text->len ? line.len + 1 : line.len;
	return line;
}

static bool
add(tmg_p11_names *names, const tmg_p11_name *name)
{
	tmg_p11_name *more = realloc(names->rows,
	    (names->count + 1) * sizeof(*more));

	if (more == NULL)
		return false;
	names->rows = more;
	more[names->count++] = *name;
	return true;
}

void
tmg_p11_names_parse(tmg_p11_names *names, tmg_view text)
{
	tmg_p11_name name;

	names->count = 0;
	if (text.len < sizeof(head) - 1 ||
	    memcmp(text.ptr, head, sizeof(head) - 1) != 0)
		return;
	while (text.len > 0)
		if (read_line(next_line(&text), &name) && !add(names, &name))
			return;
}

static void
read_file(tmg_p11_names *names, const char *path)
{
	tmg_auto_free uint8_t *data = NULL;
	size_t len;

	names->count = 0;
	if (tmg_file_read(path, FILE_MAX, &data, &len) == TMG_OK)
		tmg_p11_names_parse(names, (tmg_view){ data, len });
}

void
tmg_p11_names_look(tmg_p11_names *names)
{
	char path[PATH_MAX];
	struct stat st;

	if (!path_of(path, "") || stat(path, &st) != 0) {
		names->count = 0;
		names->inode = 0;
		return;
	}
	if (st.st_ino == names->inode &&
	    st.st_mtim.tv_sec == names->changed.tv_sec &&
	    st.st_mtim.tv_nsec == names->changed.tv_nsec)
		return;
	read_file(names, path);
	names->inode = st.st_ino;
	names->changed = st.st_mtim;
}

void
tmg_p11_names_free(tmg_p11_names *names)
{
	free(names->rows);
	*names = (tmg_p11_names){ .rows = NULL };
}

/* ---- asking -------------------------------------------------------------- */

static tmg_p11_name *
row_of(const tmg_p11_names *names, const uint8_t key[P11_NAME_KEY])
{
	for (size_t i = 0; i < names->count; i++)
		if (memcmp(names->rows[i].key, key, P11_NAME_KEY) == 0)
			return &names->rows[i];
	return NULL;
}

void
tmg_p11_names_get(const tmg_p11_names *names, tmg_view spki, tmg_p11_name *name)
{
	const tmg_p11_name *row;

	*name = (tmg_p11_name){ .slot = 0 };
	tmg_sha256(spki, name->key);
	row = row_of(names, name->key);
	if (row != NULL)
		*name = *row;
}

/* ---- keeping ------------------------------------------------------------- */

/* Whoever holds it may change the file. */
static int
take_lock(void)
{
	char folder[PATH_MAX], path[PATH_MAX];
	int fd;

	if (tmg_file_state(folder, sizeof(folder)) != TMG_OK ||
	    !path_of(path, ".lock") || tmg_file_folder(folder, 0700) != TMG_OK)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

CK_RV
tmg_p11_names_ready(void)
{
	const tmg_auto_fd fd = take_lock();

	return fd >= 0 ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY;
}

static CK_RV
write_file(const tmg_p11_names *names, const char *path)
{
	const size_t cap = sizeof(head) + names->count * LINE_MAX_BYTES;
	tmg_auto_free uint8_t *bytes = malloc(cap);
	tmg_out out = { bytes, cap, 0, false };

	if (bytes == NULL)
		return CKR_HOST_MEMORY;
	tmg_put_str(&out, head);
	for (size_t i = 0; i < names->count; i++)
		put_line(&out, &names->rows[i]);
	if (out.full || out.len > FILE_MAX)
		return CKR_DEVICE_MEMORY;
	return tmg_file_replace(path, tmg_out_view(&out), 0600) == TMG_OK
	    ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY;
}

CK_RV
tmg_p11_names_put(tmg_p11_names *names, const tmg_p11_name *name)
{
	const tmg_auto_fd fd = take_lock();
	char path[PATH_MAX];
	tmg_p11_name *row;
	CK_RV rv;

	if (fd < 0 || !path_of(path, ""))
		return CKR_ATTRIBUTE_READ_ONLY;
	read_file(names, path);
	names->inode = 0;		/* read again next time */
	row = row_of(names, name->key);
	if (row != NULL)
		*row = *name;
	else if (!add(names, name))
		return CKR_HOST_MEMORY;
	rv = write_file(names, path);
	if (rv != CKR_OK)
		read_file(names, path);
	return rv;
}
