/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/name.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/hex.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

enum {
	RDNS_MAX = 64,
	TYPE_MAX = 128,		/* bytes of an attribute's name or OID */
	VALUE_MAX = 2048,	/* bytes of one value */
};

/* Text being read; what stands before at is done. */
typedef struct reader {
	const char *text;
	size_t at, end;
	tmg_fault *f;
} reader;

static tmg_rc
wrong(reader *r, const char *what)
{
	return tmg_raise(r->f, TMG_E_USAGE, 0,
	    _("The name \"%.160s\" cannot be used: %s, at character %zu."),
	    r->text, what, r->at + 1);
}

static bool
at_end(const reader *r)
{
	return r->at >= r->end;
}

static char
peek(const reader *r)
{
	return at_end(r) ? '\0' : r->text[r->at];
}

static void
skip_spaces(reader *r)
{
	while (peek(r) == ' ')
		r->at++;
}

/* Where the RDN ends that starts at r->at: at a comma that is neither escaped
 * nor quoted. */
static size_t
rdn_end(const reader *r)
{
	bool quoted = false;

	for (size_t i = r->at; i < r->end; i++) {
		if (r->text[i] == '\\' && i + 1 < r->end)
			i++;
		else if (r->text[i] == '"')
			quoted = !quoted;
		else if (r->text[i] == ',' && !quoted)
			return i;
	}
	return r->end;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* What follows a backslash: a special character or two digits, RFC 4514 2.4. */
static tmg_rc
take_escape(reader *r, tmg_out *value)
{
	const char c = r->at + 1 < r->end ? r->text[r->at + 1] : '\0';
	const char d = r->at + 2 < r->end ? r->text[r->at + 2] : '\0';

	if (c != '\0' && strchr(" \"#+,;<=>\\", c) != NULL) {
		tmg_put_u8(value, (uint8_t)c);
		r->at += 2;
		return TMG_OK;
	}
	if (hex_digit(c) < 0 || d == '\0' || hex_digit(d) < 0)
		return wrong(r, _("a backslash is followed by neither a special character nor two hexadecimal digits"));
	tmg_put_u8(value, (uint8_t)(16 * hex_digit(c) + hex_digit(d)));
	r->at += 3;
	return TMG_OK;
}

static tmg_rc
take_quoted(reader *r, tmg_out *value)
{
	tmg_rc rc;

	for (r->at++; peek(r) != '"';) {
		if (at_end(r))
			return wrong(r, _("a quotation mark is missing"));
		if (peek(r) == '\\') {
			if ((rc = take_escape(r, value)))
				return rc;
			continue;
		}
		tmg_put_u8(value, (uint8_t)r->text[r->at++]);
	}
	r->at++;
	skip_spaces(r);
	return TMG_OK;
}

/* Up to an unescaped '+' or the end; trailing spaces are not the value's. */
static tmg_rc
take_plain(reader *r, tmg_out *value)
{
	size_t keep = value->len;
	tmg_rc rc;

	while (!at_end(r) && peek(r) != '+') {
		if (peek(r) == '\\') {
			if ((rc = take_escape(r, value)))
				return rc;
			keep = value->len;
			continue;
		}
		if (strchr("\";<>", peek(r)) != NULL)
			return wrong(r, _("a special character must be written after a backslash"));
		tmg_put_u8(value, (uint8_t)peek(r));
		if (peek(r) != ' ')
			keep = value->len;
		r->at++;
	}
	value->len = keep;
	return TMG_OK;
}

static tmg_rc
take_type(reader *r, char *type, size_t cap)
{
	size_t n = 0;

	skip_spaces(r);
	while (isalnum((unsigned char)peek(r)) || peek(r) == '.' || peek(r) == '-') {
		if (n + 1 >= cap)
			return wrong(r, _("an attribute's name is too long"));
		type[n++] = r->text[r->at++];
	}
	type[n] = '\0';
	skip_spaces(r);
	if (n == 0)
		return wrong(r, _("an attribute's name is missing"));
	if (peek(r) != '=')
		return wrong(r, _("a \"=\" is missing"));
	r->at++;
	skip_spaces(r);
	return TMG_OK;
}

static const unsigned long masks[] = {
	[TMG_NAME_UTF8] = B_ASN1_UTF8STRING,
	[TMG_NAME_PRINTABLE] = B_ASN1_PRINTABLESTRING,
	[TMG_NAME_IA5] = B_ASN1_IA5STRING,
};

static tmg_rc
bad_value(reader *r, const tmg_name_type *type)
{
	const unsigned long error = ERR_peek_last_error();

	if (ERR_GET_REASON(error) == ASN1_R_STRING_TOO_LONG)
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    _("The name \"%.160s\" cannot be used: %s may have at most %zu characters."),
		    r->text, type->name, type->max);
	if (type->kind != TMG_NAME_UTF8)
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    _("The name \"%.160s\" cannot be used: %s may hold only Latin letters, digits and some punctuation."),
		    r->text, type->name);
	return wrong(r, _("the text is not UTF-8"));
}

static tmg_rc
encode(reader *r, const tmg_name_type *type, tmg_view value, ASN1_STRING **out)
{
	tmg_rc rc = TMG_OK;

	if (value.len == 0)
		return wrong(r, _("a value is empty"));
	ERR_set_mark();
	if (ASN1_mbstring_ncopy(out, value.ptr, (int)value.len, MBSTRING_UTF8,
	    masks[type->kind], 1, (long)type->max) < 0)
		rc = bad_value(r, type);
	ERR_pop_to_mark();
	return rc;
}

/* A "#" and the DER of any string type that libcrypto takes in a name. */
static tmg_rc
take_der(reader *r, ASN1_STRING **out)
{
	uint8_t bytes[VALUE_MAX];
	tmg_out der = TMG_OUT(bytes);
	const uint8_t *p = bytes;
	const size_t start = ++r->at;
	ASN1_TYPE *any;

	while (isxdigit((unsigned char)peek(r)))
		r->at++;
	if (tmg_hex_parse((tmg_view){ (const uint8_t *)r->text + start,
	    r->at - start }, &der))
		return wrong(r, _("the digits after \"#\" are no hexadecimal"));

	ERR_set_mark();
	any = d2i_ASN1_TYPE(NULL, &p, (long)der.len);
	ERR_pop_to_mark();
	if (any == NULL || p != bytes + der.len ||
	    (ASN1_tag2bit(any->type) & (B_ASN1_DIRECTORYSTRING | B_ASN1_IA5STRING |
	    B_ASN1_NUMERICSTRING | B_ASN1_BIT_STRING)) == 0) {
		ASN1_TYPE_free(any);
		return wrong(r, _("the bytes after \"#\" are no string in DER"));
	}
	if (any->value.asn1_string->length == 0) {
		ASN1_TYPE_free(any);
		return wrong(r, _("a value is empty"));
	}
	*out = any->value.asn1_string;
	any->type = V_ASN1_NULL;	/* taken over */
	any->value.ptr = NULL;
	ASN1_TYPE_free(any);
	skip_spaces(r);
	return TMG_OK;
}

static tmg_rc
take_value(reader *r, const tmg_name_type *type, ASN1_STRING **out)
{
	uint8_t bytes[VALUE_MAX];
	tmg_out value = TMG_OUT(bytes);
	tmg_rc rc;

	if (peek(r) == '#')
		return take_der(r, out);
	rc = peek(r) == '"' ? take_quoted(r, &value) : take_plain(r, &value);
	if (rc)
		return rc;
	if (value.full)
		return wrong(r, _("a value is too long"));
	return encode(r, type, tmg_out_view(&value), out);
}

/* As RFC 4512 1.4 writes it, without leading zeros: one of ours is found by its
 * text. */
static bool
is_numericoid(const ASN1_OBJECT *oid, const char *text)
{
	char canonical[TYPE_MAX];
	const int len = OBJ_obj2txt(canonical, sizeof(canonical), oid, 1);

	return len > 0 && len < (int)sizeof(canonical) &&
	    strcmp(canonical, text) == 0;
}

/* A dotted OID that we have no name for is an attribute of UTF-8 text. */
static tmg_rc
find_type(reader *r, const char *name, tmg_name_type *type, ASN1_OBJECT **oid)
{
	const tmg_name_type *known = tmg_name_type_find(name);

	*type = known != NULL ? *known : (tmg_name_type){
		.name = name, .oid = name, .kind = TMG_NAME_UTF8,
	};
	ERR_set_mark();
	*oid = OBJ_txt2obj(type->oid, 1);
	ERR_pop_to_mark();
	if (*oid == NULL || !is_numericoid(*oid, type->oid))
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    _("The name \"%.160s\" cannot be used: nobody knows the attribute \"%.40s\". Write its OID in numbers."),
		    r->text, name);
	return TMG_OK;
}

static tmg_rc
take_attribute(reader *r, X509_NAME *name, int set)
{
	tmg_held(ASN1_OBJECT) oid = NULL;
	ASN1_STRING *value = NULL;
	tmg_name_type type;
	char word[TYPE_MAX];
	tmg_rc rc;
	int ok;

	if ((rc = take_type(r, word, sizeof(word))) ||
	    (rc = find_type(r, word, &type, &oid)) ||
	    (rc = take_value(r, &type, &value)))
		return rc;

	if (strcmp(type.oid, "2.5.4.6") == 0 && ASN1_STRING_length(value) != 2) {
		ASN1_STRING_free(value);
		return wrong(r, _("a country is two letters, such as KZ"));
	}
	ok = X509_NAME_add_entry_by_OBJ(name, oid, ASN1_STRING_type(value),
	    ASN1_STRING_get0_data(value), ASN1_STRING_length(value), -1, set);
	ASN1_STRING_free(value);
	return ok == 1 ? TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
take_rdn(reader *r, X509_NAME *name)
{
	int set = 0;		/* a new RDN */
	tmg_rc rc;

	for (;;) {
		if ((rc = take_attribute(r, name, set)))
			return rc;
		if (at_end(r))
			return TMG_OK;
		if (peek(r) != '+')
			return wrong(r, _("a comma or \"+\" is missing"));
		r->at++;
		set = -1;	/* the same RDN as before */
	}
}

/* The text has the most specific RDN first, the encoding last. */
static tmg_rc
take_all(reader *r, X509_NAME *name)
{
	size_t starts[RDNS_MAX], ends[RDNS_MAX];
	const size_t len = r->end;
	size_t n = 0;
	tmg_rc rc;

	for (r->at = 0; ; r->at = ends[n - 1] + 1) {
		if (n == RDNS_MAX)
			return wrong(r, _("it has too many parts"));
		starts[n] = r->at;
		ends[n] = rdn_end(r);
		if (ends[n++] == len)
			break;
	}
	while (n-- > 0) {
		r->at = starts[n];
		r->end = ends[n];
		if ((rc = take_rdn(r, name)))
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
cannot_encode(reader *r, unsigned long before)
{
	const bool lacked = tmg_lacked_memory(before);

	ERR_clear_error();
	return lacked ? TMG_E_NOMEM :
	    wrong(r, _("a value is not what its encoding says"));
}

tmg_rc
tmg_name_parse(const char *text, X509_NAME **out, tmg_fault *f)
{
	reader r = { text, 0, strlen(text), f };
	tmg_held(X509_NAME) name = X509_NAME_new();
	const unsigned long before = ERR_peek_error();
	tmg_rc rc;

	*out = NULL;
	if (name == NULL)
		return TMG_E_NOMEM;
	skip_spaces(&r);
	if (!at_end(&r) && (rc = take_all(&r, name)))
		return rc;
	/* "#" and a text that is none in its own encoding: no certificate could
	 * hold it, and no name be compared with it */
	if (i2d_X509_NAME(name, NULL) < 0)
		return cannot_encode(&r, before);
	*out = name;
	name = NULL;
	return TMG_OK;
}
