/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/known.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/weak.h"
#include "tools/ra/store/digest.h"

enum {
	FILE_MAX_BYTES = 1 << 28,	/* four million keys */
	SPKI_BYTES = 32,
	MODULUS_BYTES = 10,		/* of the 20 that SHA-1 has */
	MOST_BYTES = SPKI_BYTES,
	KINDS = 2,
};

/* ---- what a key is called ---- */

static tmg_rc
hash_spki(tmg_view spki, const EVP_PKEY *key, uint8_t hash[MOST_BYTES])
{
	(void)key;
	return EVP_Q_digest(NULL, "SHA256", NULL, spki.ptr, spki.len, hash, NULL) == 1 ?
	    TMG_OK : TMG_E_CRYPTO;
}

static void
free_text(char **text)
{
	OPENSSL_free(*text);
}

static void
free_number(BIGNUM **n)
{
	BN_free(*n);
}

/* Of the line that "openssl rsa -noout -modulus" prints. */
static tmg_rc
hash_line(const char *digits, uint8_t hash[MOST_BYTES])
{
	uint8_t whole[20];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const bool done = ctx != NULL &&
	    EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
	    EVP_DigestUpdate(ctx, "Modulus=", 8) == 1 &&
	    EVP_DigestUpdate(ctx, digits, strlen(digits)) == 1 &&
	    EVP_DigestUpdate(ctx, "\n", 1) == 1 &&
	    EVP_DigestFinal_ex(ctx, whole, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	if (!done)
		return TMG_E_CRYPTO;
	memcpy(hash, whole + sizeof(whole) - MODULUS_BYTES, MODULUS_BYTES);
	return TMG_OK;
}

/* TMG_NOT_FOUND: the key has no modulus. */
static tmg_rc
hash_modulus(tmg_view spki, const EVP_PKEY *key, uint8_t hash[MOST_BYTES])
{
	__attribute__((__cleanup__(free_number))) BIGNUM *n = NULL;
	__attribute__((__cleanup__(free_text))) char *digits = NULL;

	(void)spki;
	if (ra_weak_family(key) != TMG_FAMILY_RSA)
		return TMG_NOT_FOUND;
	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
	    (digits = BN_bn2hex(n)) == NULL)
		return TMG_E_NOMEM;
	return hash_line(digits + (digits[0] == '0'), hash);
}

/* ---- the lists ---- */

static int
by_spki(const void *one, const void *other)
{
	return memcmp(one, other, SPKI_BYTES);
}

static int
by_modulus(const void *one, const void *other)
{
	return memcmp(one, other, MODULUS_BYTES);
}

static const struct kind {
	size_t bytes;
	int (*order)(const void *, const void *);
	tmg_rc (*hash)(tmg_view spki, const EVP_PKEY *key, uint8_t hash[MOST_BYTES]);
} kinds[KINDS] = {
	{ SPKI_BYTES, by_spki, hash_spki },
	{ MODULUS_BYTES, by_modulus, hash_modulus },
};

struct rows {
	uint8_t *row;
	size_t count, cap;
};

struct ra_known {
	struct rows of[KINDS];
};

tmg_rc
ra_known_new(ra_known **known)
{
	*known = calloc(1, sizeof(**known));
	return *known != NULL ? TMG_OK : TMG_E_NOMEM;
}

void
ra_known_free(ra_known **known)
{
	if (*known == NULL)
		return;
	for (size_t i = 0; i < KINDS; i++)
		free((*known)->of[i].row);
	free(*known);
	*known = NULL;
}

static tmg_rc
add(struct rows *rows, const struct kind *kind, const uint8_t *hash)
{
	if (rows->count == rows->cap) {
		const size_t cap = rows->cap > 0 ? 2 * rows->cap : 1024;
		uint8_t *more = realloc(rows->row, cap * kind->bytes);

		if (more == NULL)
			return TMG_E_NOMEM;
		rows->row = more;
		rows->cap = cap;
	}
	memcpy(rows->row + rows->count++ * kind->bytes, hash, kind->bytes);
	return TMG_OK;
}

/* ---- reading ---- */

static int
digit_value(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_blanks(tmg_view *line)
{
	while (line->len > 0 && is_blank(line->ptr[0]))
		*line = (tmg_view){ line->ptr + 1, line->len - 1 };
}

/* Digits at the line's beginning; those that are too many are counted still. */
static size_t
take_digits(tmg_view *line, uint8_t hash[MOST_BYTES])
{
	size_t n = 0;

	for (; n < line->len && digit_value(line->ptr[n]) >= 0; n++)
		if (n / 2 < MOST_BYTES)
			hash[n / 2] = (uint8_t)(n % 2 == 0 ?
			    digit_value(line->ptr[n]) << 4 :
			    hash[n / 2] | digit_value(line->ptr[n]));
	*line = (tmg_view){ line->ptr + n, line->len - n };
	return n;
}

static const struct kind *
kind_of(size_t digits)
{
	for (size_t i = 0; i < KINDS; i++)
		if (digits == 2 * kinds[i].bytes)
			return &kinds[i];
	return NULL;
}

/* TMG_MISMATCH: it is neither a key nor a remark. */
static tmg_rc
read_line(tmg_view line, ra_known *known)
{
	uint8_t hash[MOST_BYTES];
	const struct kind *kind;
	size_t digits;

	skip_blanks(&line);
	if (line.len == 0 || line.ptr[0] == '#')
		return TMG_OK;
	digits = take_digits(&line, hash);
	skip_blanks(&line);
	if ((kind = kind_of(digits)) == NULL ||
	    (line.len > 0 && line.ptr[0] != '#'))
		return TMG_MISMATCH;
	return add(&known->of[kind - kinds], kind, hash);
}

static tmg_view
next_line(tmg_view *text)
{
	const uint8_t *end = memchr(text->ptr, '\n', text->len);
	const size_t len = end != NULL ? (size_t)(end - text->ptr) : text->len;
	const tmg_view line = { text->ptr, len };
	const size_t used = len + (end != NULL);

	*text = (tmg_view){ text->ptr + used, text->len - used };
	return line;
}

tmg_rc
ra_known_parse(const char *name, tmg_view text, ra_known *known, tmg_fault *f)
{
	for (unsigned long line = 1; text.len > 0; line++) {
		const tmg_rc rc = read_line(next_line(&text), known);

		if (rc == TMG_MISMATCH)
			return tmg_raise(f, rc, 0,
			    _("%s:%lu: not a key: 64 hexadecimal digits of SHA-256, or the 20 of openssl-blacklist"),
			    name, line);
		if (rc)
			return tmg_raise(f, rc, 0, _("out of memory"));
	}
	return TMG_OK;
}

tmg_rc
ra_known_read(const char *path, ra_known *known, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len;
	const tmg_rc rc = tmg_file_read(path, FILE_MAX_BYTES, &text, &len);

	if (rc)
		return tmg_raise(f, rc, 0, "%s: %s", path,
		    rc == TMG_UNSUPPORTED ? _("too long") : strerror(errno));
	return ra_known_parse(path, (tmg_view){ text, len }, known, f);
}

/* ---- asking ---- */

static bool
is_sorted(const struct rows *rows, const struct kind *kind)
{
	for (size_t i = 1; i < rows->count; i++)
		if (kind->order(rows->row + (i - 1) * kind->bytes,
		    rows->row + i * kind->bytes) > 0)
			return false;
	return true;
}

void
ra_known_close(ra_known *known)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!is_sorted(&known->of[i], &kinds[i]))
			qsort(known->of[i].row, known->of[i].count, kinds[i].bytes,
			    kinds[i].order);
}

static tmg_rc
check_kind(const struct rows *rows, const struct kind *kind, tmg_view spki,
    const EVP_PKEY *key)
{
	uint8_t hash[MOST_BYTES];
	tmg_rc rc;

	if (rows->count == 0)
		return TMG_OK;
	if ((rc = kind->hash(spki, key, hash)))
		return rc == TMG_NOT_FOUND ? TMG_OK : rc;
	return bsearch(hash, rows->row, rows->count, kind->bytes, kind->order) ==
	    NULL ? TMG_OK : TMG_MISMATCH;
}

tmg_rc
ra_known_check(const ra_known *known, tmg_view spki, const EVP_PKEY *key)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; known != NULL && i < KINDS && rc == TMG_OK; i++)
		rc = check_kind(&known->of[i], &kinds[i], spki, key);
	return rc;
}

tmg_rc
ra_known_line(tmg_view spki, char line[RA_KNOWN_LINE])
{
	return ra_sha256_text(spki, line);
}
