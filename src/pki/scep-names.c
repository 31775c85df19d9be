/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/err.h>

#include "src/codec/tlv.h"
#include "src/pki/scep-message.h"
#include "src/pki/scope.h"

enum { DER_SEQUENCE = 0x30 };

void
tmg_scep_names_release(tmg_scep_names *names)
{
	X509_NAME_free(names->issuer);
	X509_NAME_free(names->subject);
	*names = (tmg_scep_names){ NULL, NULL };
}

/* Splits a name off *in. */
static tmg_rc
take_name(tmg_view *in, X509_NAME **name)
{
	tmg_view whole;
	const unsigned char *at;

	if (tmg_tlv_expect_whole(in, DER_SEQUENCE, &whole))
		return TMG_E_MALFORMED;
	at = whole.ptr;
	*name = d2i_X509_NAME(NULL, &at, (long)whole.len);
	return *name != NULL && at == whole.ptr + whole.len ? TMG_OK :
	    TMG_E_MALFORMED;
}

tmg_rc
tmg_scep_names_read(tmg_view der, tmg_scep_names *names)
{
	tmg_view both;
	tmg_rc rc;

	*names = (tmg_scep_names){ NULL, NULL };
	if (tmg_tlv_expect(&der, DER_SEQUENCE, &both) || der.len > 0)
		return TMG_E_MALFORMED;
	ERR_set_mark();
	if ((rc = take_name(&both, &names->issuer)) == TMG_OK)
		rc = take_name(&both, &names->subject);
	ERR_pop_to_mark();
	if (rc == TMG_OK && both.len > 0)
		rc = TMG_E_MALFORMED;
	if (rc)
		tmg_scep_names_release(names);
	return rc;
}

tmg_rc
tmg_scep_names_write(const X509_NAME *issuer, const X509_NAME *subject,
    tmg_scep_bytes *der)
{
	tmg_held_bytes first = NULL;
	tmg_held_bytes second = NULL;
	const int a = i2d_X509_NAME(issuer, &first);
	const int b = i2d_X509_NAME(subject, &second);
	tmg_out o;

	*der = (tmg_scep_bytes){ NULL, 0 };
	if (a <= 0 || b <= 0)
		return TMG_E_NOMEM;
	der->len = tmg_tlv_size(DER_SEQUENCE, (size_t)a + (size_t)b);
	if ((der->ptr = OPENSSL_malloc(der->len)) == NULL) {
		der->len = 0;
		return TMG_E_NOMEM;
	}
	o = (tmg_out){ der->ptr, der->len, 0, false };
	tmg_tlv_put_head(&o, DER_SEQUENCE, (size_t)a + (size_t)b);
	tmg_put(&o, (tmg_view){ first, (size_t)a });
	tmg_put(&o, (tmg_view){ second, (size_t)b });
	return tmg_out_done(&o);
}
