/* SPDX-License-Identifier: BSD-2-Clause */
#include "tamga/cert.h"

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "src/pki/scope.h"
#include "src/pki/x509.h"

enum {
	PEM_MAX = 16 << 20,	/* bytes of a file of certificates */
};

struct tmg_certs {
	tmg_view *rows;		/* each ptr is ours */
	size_t count, cap;
};

tmg_rc
tmg_certs_new(tmg_certs **certs)
{
	*certs = calloc(1, sizeof(**certs));
	return *certs != NULL ? TMG_OK : TMG_E_NOMEM;
}

static void
free_row(const uint8_t *der)
{
	void *mine;

	memcpy(&mine, &der, sizeof(mine));	/* we allocated it; views are const */
	free(mine);
}

void
tmg_certs_free(tmg_certs **certs)
{
	if (certs == NULL || *certs == NULL)
		return;
	for (size_t i = 0; i < (*certs)->count; i++)
		free_row((*certs)->rows[i].ptr);
	free((*certs)->rows);
	free(*certs);
	*certs = NULL;
}

static bool
holds(const tmg_certs *certs, tmg_view der)
{
	for (size_t i = 0; i < certs->count; i++)
		if (tmg_view_equal(certs->rows[i], der))
			return true;
	return false;
}

static tmg_rc
make_room(tmg_certs *certs)
{
	const size_t cap = certs->cap == 0 ? 4 : 2 * certs->cap;
	tmg_view *rows;

	if (certs->count < certs->cap)
		return TMG_OK;
	rows = reallocarray(certs->rows, cap, sizeof(*rows));
	if (rows == NULL)
		return TMG_E_NOMEM;
	certs->rows = rows;
	certs->cap = cap;
	return TMG_OK;
}

tmg_rc
tmg_certs_add(tmg_certs *certs, tmg_view der)
{
	tmg_view spki;
	uint8_t *copy;
	tmg_rc rc;

	if ((rc = tmg_cert_spki(der, &spki)))
		return rc;
	if (holds(certs, der))
		return TMG_OK;
	if ((rc = make_room(certs)))
		return rc;

	copy = malloc(der.len);
	if (copy == NULL)
		return TMG_E_NOMEM;
	memcpy(copy, der.ptr, der.len);
	certs->rows[certs->count++] = (tmg_view){ copy, der.len };
	return TMG_OK;
}

size_t
tmg_certs_count(const tmg_certs *certs)
{
	return certs->count;
}

tmg_view
tmg_certs_get(const tmg_certs *certs, size_t index)
{
	return index < certs->count ? certs->rows[index] : (tmg_view){ NULL, 0 };
}

static bool
is_certificate(const char *label)
{
	return strcmp(label, PEM_STRING_X509) == 0 ||
	    strcmp(label, PEM_STRING_X509_OLD) == 0;
}

/* Reads one block; TMG_NOT_FOUND: there is no more. */
static tmg_rc
add_block(tmg_certs *certs, BIO *in, bool *added)
{
	char *label = NULL, *header = NULL;
	uint8_t *data = NULL;
	long len = 0;
	tmg_rc rc = TMG_OK;

	ERR_set_mark();
	if (PEM_read_bio(in, &label, &header, &data, &len) != 1)
		rc = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
		    ? TMG_NOT_FOUND : TMG_E_MALFORMED;
	ERR_pop_to_mark();

	if (rc == TMG_OK && is_certificate(label)) {
		rc = tmg_certs_add(certs, (tmg_view){ data, (size_t)len });
		*added = true;
	}
	OPENSSL_free(label);
	OPENSSL_free(header);
	OPENSSL_clear_free(data, (size_t)len);
	return rc;
}

/* RFC 7468 3: a line ends with CR LF, CR or LF; libcrypto knows no CR alone. */
static BIO *
open_text(tmg_view pem)
{
	BIO *text = BIO_new(BIO_s_mem());
	uint8_t *p;

	if (text == NULL || (pem.len > 0 &&
	    BIO_write(text, pem.ptr, (int)pem.len) != (int)pem.len)) {
		BIO_free(text);
		return NULL;
	}
	for (long i = 0, n = BIO_get_mem_data(text, &p); i < n; i++)
		if (p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n'))
			p[i] = '\n';
	BIO_set_mem_eof_return(text, 0);
	return text;
}

tmg_rc
tmg_certs_add_pem(tmg_certs *certs, tmg_view pem)
{
	tmg_held(BIO) in = NULL;
	bool added = false;
	tmg_rc rc;

	if (pem.len > PEM_MAX)
		return TMG_E_MALFORMED;
	if ((in = open_text(pem)) == NULL)
		return TMG_E_NOMEM;

	while ((rc = add_block(certs, in, &added)) == TMG_OK)
		;
	if (rc != TMG_NOT_FOUND)
		return rc;
	return added ? TMG_OK : TMG_NOT_FOUND;
}

tmg_rc
tmg_certs_add_x509(tmg_certs *certs, const X509 *cert)
{
	uint8_t *der = NULL;
	const int len = i2d_X509(cert, &der);
	tmg_rc rc;

	if (len <= 0)
		return TMG_E_NOMEM;
	rc = tmg_certs_add(certs, (tmg_view){ der, (size_t)len });
	OPENSSL_free(der);
	return rc;
}

static tmg_rc
add_all(tmg_certs *certs, const STACK_OF(X509) *list)
{
	tmg_rc rc = TMG_OK;

	for (int i = 0; i < sk_X509_num(list) && rc == TMG_OK; i++)
		rc = tmg_certs_add_x509(certs, sk_X509_value(list, i));
	return rc;
}

static tmg_rc
add_cms(tmg_certs *certs, OSSL_LIB_CTX *libctx, tmg_view der)
{
	const uint8_t *p = der.ptr;
	tmg_held(CMS_ContentInfo) cms = CMS_ContentInfo_new_ex(libctx, NULL);
	tmg_held_certs list = NULL;

	if (cms == NULL)
		return TMG_E_NOMEM;
	if (d2i_CMS_ContentInfo(&cms, &p, (long)der.len) == NULL ||
	    OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		return TMG_E_MALFORMED;
	list = CMS_get1_certs(cms);
	return add_all(certs, list);
}

tmg_rc
tmg_certs_add_cms(tmg_certs *certs, tmg_view cms)
{
	OSSL_LIB_CTX *libctx;
	unsigned long before;
	tmg_rc rc;

	if (cms.len > PEM_MAX)
		return TMG_E_MALFORMED;
	/* a context of its own: decoding keys in the default one reads openssl.cnf */
	libctx = OSSL_LIB_CTX_new();
	if (libctx == NULL)
		return TMG_E_NOMEM;

	before = ERR_peek_error();
	ERR_set_mark();
	rc = add_cms(certs, libctx, cms);
	/* who brought no certificate and who could not be copied look alike */
	if (tmg_lacked_memory(before))
		rc = TMG_E_NOMEM;
	ERR_pop_to_mark();
	OSSL_LIB_CTX_free(libctx);
	return rc;
}
