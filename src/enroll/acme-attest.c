/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * device-attest-01 (draft-ietf-acme-device-attest): that the key was born on the
 * device that the name is of.  The answer is a WebAuthn attestation object of the
 * format "step", which CAs take from PIV tokens: the certificates of the token's
 * attestation, which the request has too, and a signature of the attested key
 * over the key authorization.
 */
#include <jansson.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/cbor.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-proof.h"

#define FORMAT "step"
#define OBJECT_MAX (TMG_CSR_MAX + TMG_SIG_MAX + 128u)

static tmg_rc
chain_of(tmg_authority *a, tmg_certs **chain)
{
	tmg_rc rc = tmg_certs_new(chain);

	if (rc == TMG_OK)
		rc = tmg_csr_attestation(tmg_acme_of(a)->csr, *chain);
	if (rc != TMG_NOT_FOUND)
		return rc == TMG_OK ? rc : tmg_authority_raise(a, rc, "%s",
		    _("the attestation in the request cannot be read"));
	return tmg_authority_raise(a, TMG_UNSUPPORTED, _("%s: it wants to see where the key "
	    "was made; give this enrollment up and say --attest in the next one"),
	    a->uri.where);
}

/* As CAs of that format want it: CBOR inside the byte string. */
static tmg_rc
sign(tmg_authority *a, const char *text, int *alg, tmg_out *wrapped)
{
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(bytes);
	tmg_signer *signer;
	tmg_rc rc;

	if ((rc = tmg_authority_key(a, &signer)))
		return rc;
	rc = tmg_jws_sign_text(a->ctx, signer, tmg_view_str(text), alg, &sig);
	if (rc == TMG_UNSUPPORTED)
		return tmg_advise(&a->fault, TMG_TRY_TYPE, tmg_authority_raise(a, rc,
		    _("%s: that kind of key cannot prove itself there"), a->uri.where));
	if (rc != TMG_OK)
		return tmg_fault_copy(&a->fault, signer->fault, rc);
	tmg_cbor_put_bytes(wrapped, tmg_out_view(&sig));
	return TMG_OK;
}

static void
put_object(tmg_out *o, int alg, tmg_view sig, const tmg_certs *chain)
{
	tmg_cbor_put_map(o, 2);
	tmg_cbor_put_text(o, "fmt");
	tmg_cbor_put_text(o, FORMAT);
	tmg_cbor_put_text(o, "attStmt");
	tmg_cbor_put_map(o, 3);
	tmg_cbor_put_text(o, "alg");
	tmg_cbor_put_int(o, alg);
	tmg_cbor_put_text(o, "sig");
	tmg_cbor_put_bytes(o, sig);
	tmg_cbor_put_text(o, "x5c");
	tmg_cbor_put_array(o, tmg_certs_count(chain));
	for (size_t i = 0; i < tmg_certs_count(chain); i++)
		tmg_cbor_put_bytes(o, tmg_certs_get(chain, i));
}

static tmg_rc
answer(tmg_authority *a, const tmg_acme_proof *p, char **payload)
{
	tmg_auto_ptr(tmg_certs) chain = NULL;
	tmg_auto_free uint8_t *store = malloc(OBJECT_MAX);
	uint8_t bytes[TMG_SIG_MAX + 8];
	tmg_out object = { store, store != NULL ? OBJECT_MAX : 0, 0, false };
	tmg_out sig = TMG_OUT(bytes);
	json_t *o;
	int alg = 0;
	tmg_rc rc;

	if ((rc = chain_of(a, &chain)) || (rc = sign(a, p->answer, &alg, &sig)))
		return tmg_pass(&a->fault, rc);
	put_object(&object, alg, tmg_out_view(&sig), chain);
	o = tmg_out_done(&object) == TMG_OK
	    ? json_pack("{s:o}", "attObj", tmg_jws_text(tmg_out_view(&object))) : NULL;
	*payload = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	return *payload != NULL ? TMG_OK :
	    tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
}

/* Nothing is shown: the answer is all of it. */
static tmg_rc
show(tmg_authority *a, const tmg_acme_proof *p, const char *value)
{
	(void)a, (void)p, (void)value;
	return TMG_OK;
}

static void
hide(tmg_authority *a, const tmg_acme_proof *p, const char *value)
{
	(void)a, (void)p, (void)value;
}

const tmg_acme_way tmg_acme_attest = {
	.challenge = "device-attest-01",
	.option = "challenge",
	.lasting = false,
	.show = show,
	.hide = hide,
	.answer = answer,
};
