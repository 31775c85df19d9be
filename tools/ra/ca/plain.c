/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/plain.h"

#include <openssl/err.h>
#include <stdint.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/x509.h"
#include "tools/ra/profile/names.h"
#include "tools/ra/profile/utf8.h"

/* The characters of a value.  Verdicts TMG_MISMATCH: it does not show what it
 * says. */
static tmg_rc
count_characters(const ASN1_STRING *value, size_t *count)
{
	unsigned char *utf8 = NULL;
	const unsigned long before = ERR_peek_error();
	const int len = ASN1_STRING_to_UTF8(&utf8, value);
	const bool lacked = len < 0 && tmg_lacked_memory(before);
	const bool plain = len > 0 && strlen((char *)utf8) == (size_t)len &&
	    ra_utf8_check((char *)utf8, count) == TMG_OK;

	OPENSSL_free(utf8);
	ERR_clear_error();
	return lacked ? TMG_E_NOMEM : plain ? TMG_OK : TMG_MISMATCH;
}

/* The upper bounds of RFC 5280 A.1, in characters, as libcrypto knows them:
 * a longer name makes a certificate that strict readers refuse. */
static size_t
most_characters(int nid)
{
	const ASN1_STRING_TABLE *bounds = ASN1_STRING_TABLE_get(nid);

	return bounds != NULL && bounds->maxsize > 0 ?
	    (size_t)bounds->maxsize : SIZE_MAX;
}

tmg_rc
ra_plain_entry(const X509_NAME_ENTRY *entry, tmg_fault *f)
{
	const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
	size_t count = 0;
	const tmg_rc rc = count_characters(X509_NAME_ENTRY_get_data(entry), &count);

	if (rc == TMG_MISMATCH)
		return tmg_raise(f, rc, 0,
		    _("%s in the subject is empty or holds characters that cannot be shown"),
		    OBJ_nid2sn(nid));
	if (rc != TMG_OK)
		return tmg_raise(f, rc, 0, "%s", _("out of memory"));
	if (count > most_characters(nid))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s in the subject has more than %ld characters (RFC 5280 A.1)"),
		    OBJ_nid2sn(nid), (long)most_characters(nid));
	return TMG_OK;
}

const char *
ra_plain_san_word(const GENERAL_NAME *name)
{
	return ra_san_word(name->type, name->type == GEN_OTHERNAME &&
	    OBJ_obj2nid(name->d.otherName->type_id) == NID_ms_upn);
}

static tmg_rc
check_san(const GENERAL_NAME *name)
{
	int type = 0;
	const void *value = GENERAL_NAME_get0_value(name, &type);
	size_t count;

	switch (type) {
	case GEN_DNS:
	case GEN_EMAIL:
	case GEN_URI:
		return count_characters(value, &count);
	case GEN_OTHERNAME:
		return name->d.otherName->value->type != V_ASN1_UTF8STRING ?
		    TMG_MISMATCH :
		    count_characters(name->d.otherName->value->value.utf8string, &count);
	case GEN_IPADD:
		return ASN1_STRING_length(value) == 4 ||
		    ASN1_STRING_length(value) == 16 ? TMG_OK : TMG_MISMATCH;
	default:
		return TMG_OK;
	}
}

tmg_rc
ra_plain_san(const GENERAL_NAME *name, tmg_fault *f)
{
	const char *word = ra_plain_san_word(name);
	const tmg_rc rc = check_san(name);

	if (rc == TMG_MISMATCH)
		return tmg_raise(f, rc, 0,
		    _("an alternative name (%s) is empty or not well formed"),
		    word != NULL ? word : _("of an unknown kind"));
	return rc == TMG_OK ? rc : tmg_raise(f, rc, 0, "%s", _("out of memory"));
}
