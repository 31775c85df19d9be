/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/attestation.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/pki/x509.h"

enum {
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
};

/* ---- each of its extensions ---------------------------------------------- */

static tmg_rc
read_firmware(tmg_view v, tmg_attestation *a)
{
	if (v.len != 3)
		return TMG_E_MALFORMED;
	snprintf(a->firmware, sizeof(a->firmware), "%u.%u.%u", v.ptr[0], v.ptr[1],
	    v.ptr[2]);
	return TMG_OK;
}

/* INTEGER, not negative, of a width that tokens have. */
static tmg_rc
read_serial(tmg_view v, tmg_attestation *a)
{
	uint64_t n = 0;
	tmg_view digits;

	if (tmg_tlv_expect(&v, TAG_INTEGER, &digits) != TMG_OK || v.len > 0 ||
	    digits.len == 0 || digits.len > sizeof(n) || (digits.ptr[0] & 0x80) != 0)
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < digits.len; i++)
		n = n << 8 | digits.ptr[i];
	snprintf(a->serial, sizeof(a->serial), "%llu", (unsigned long long)n);
	return TMG_OK;
}

/* By the card's own numbers; 4 and 5 are "once" and "always" with a
 * fingerprint in the PIN's place. */
static tmg_rc
read_policies(tmg_view v, tmg_attestation *a)
{
	static const tmg_pin_policy pins[] = {
		TMG_PIN_UNKNOWN, TMG_PIN_NEVER, TMG_PIN_ONCE, TMG_PIN_ALWAYS,
		TMG_PIN_ONCE, TMG_PIN_ALWAYS,
	};
	static const tmg_touch_policy touches[] = {
		TMG_TOUCH_UNKNOWN, TMG_TOUCH_NEVER, TMG_TOUCH_ALWAYS, TMG_TOUCH_CACHED,
	};

	if (v.len != 2 || v.ptr[0] == 0 || v.ptr[0] >= TMG_COUNT(pins) ||
	    v.ptr[1] == 0 || v.ptr[1] >= TMG_COUNT(touches))
		return TMG_E_MALFORMED;
	a->pin = pins[v.ptr[0]];
	a->touch = touches[v.ptr[1]];
	return TMG_OK;
}

/* ---- OpenPGP's, each a DER value in its extension -------------------------- */

static tmg_rc
octets(tmg_view v, size_t len, tmg_view *bytes)
{
	return tmg_tlv_expect(&v, TAG_OCTETS, bytes) == TMG_OK && v.len == 0 &&
	    bytes->len == len ? TMG_OK : TMG_E_MALFORMED;
}

/* Born there, or imported, which is not attested.  A key of an OpenPGP card is
 * never used before PW1 was given. */
static tmg_rc
read_source(tmg_view v, tmg_attestation *a)
{
	tmg_view n;

	if (tmg_tlv_expect(&v, TAG_INTEGER, &n) != TMG_OK || v.len > 0 || n.len != 1 ||
	    n.ptr[0] != 1)
		return TMG_E_MALFORMED;
	a->pin = TMG_PIN_ONCE;
	return TMG_OK;
}

static tmg_rc
read_firmware_octets(tmg_view v, tmg_attestation *a)
{
	tmg_view bytes;

	return octets(v, 3, &bytes) ? TMG_E_MALFORMED : read_firmware(bytes, a);
}

/* The flag of D6 to D8; 2 and 4 are fixed. */
static tmg_rc
read_flag(tmg_view v, tmg_attestation *a)
{
	static const tmg_touch_policy touches[] = {
		TMG_TOUCH_NEVER, TMG_TOUCH_ALWAYS, TMG_TOUCH_ALWAYS, TMG_TOUCH_CACHED,
		TMG_TOUCH_CACHED,
	};
	tmg_view flag;

	if (octets(v, 1, &flag) || flag.ptr[0] >= TMG_COUNT(touches))
		return TMG_E_MALFORMED;
	a->touch = touches[flag.ptr[0]];
	return TMG_OK;
}

static const struct {
	const char *oid;
	tmg_rc (*read)(tmg_view value, tmg_attestation *a);
} rows[] = {
	{ "1.3.6.1.4.1.41482.3.3", read_firmware },
	{ "1.3.6.1.4.1.41482.3.7", read_serial },
	{ "1.3.6.1.4.1.41482.3.8", read_policies },
	{ "1.3.6.1.4.1.41482.5.2", read_source },
	{ "1.3.6.1.4.1.41482.5.3", read_firmware_octets },
	{ "1.3.6.1.4.1.41482.5.7", read_serial },
	{ "1.3.6.1.4.1.41482.5.8", read_flag },
};

/* ---- the certificate ------------------------------------------------------ */

/* TMG_OK also when it is not there. */
static tmg_rc
read_row(const X509 *cert, size_t row, tmg_attestation *a)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(rows[row].oid, 1);
	const int at = oid != NULL ? X509_get_ext_by_OBJ(cert, oid, -1) : -1;
	const ASN1_OCTET_STRING *value = at < 0 ? NULL :
	    X509_EXTENSION_get_data(X509_get_ext(cert, at));

	ASN1_OBJECT_free(oid);
	if (oid == NULL)
		return TMG_E_NOMEM;
	return value == NULL ? TMG_OK : rows[row].read((tmg_view){
	    ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value) }, a);
}

tmg_rc
tmg_attestation_read(OSSL_LIB_CTX *libctx, tmg_view der, tmg_attestation *a)
{
	X509 *cert = NULL;
	tmg_rc rc = tmg_x509_parse(libctx, der, &cert);

	*a = (tmg_attestation){ .serial = "" };
	for (size_t i = 0; rc == TMG_OK && i < TMG_COUNT(rows); i++)
		rc = read_row(cert, i, a);
	X509_free(cert);
	ERR_clear_error();
	if (rc != TMG_OK)
		return rc;
	return a->pin != TMG_PIN_UNKNOWN ? TMG_OK : TMG_NOT_FOUND;
}
