/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures.  What is signed was hashed already, so the mechanisms are those
 * that take a digest; a token that only does the raw operation gets its input
 * padded here.
 */
#include "drivers/module/module.h"

#include <string.h>

#include "src/base/ctx.h"
#include "src/pki/ecdsa.h"
#include "src/pki/padding.h"

/* One signature on its way. */
typedef struct deed {
	tmg_module *m;
	CK_OBJECT_HANDLE key;
	tmg_alg alg;
	const tmg_sign_spec *spec;
	tmg_view input;
	tmg_out *sig;
} deed;

/* At most one attempt: what began and is not finished would block the session. */
static void
give_up(tmg_module *m)
{
	CK_BYTE nothing[TMG_SIG_MAX];
	CK_ULONG len = sizeof(nothing);

	if (m->open)
		tmg_module_missed(m, "C_SignFinal",
		    mod_p11(m)->C_SignFinal(m->session, nothing, &len));
}

static tmg_rc
run(const deed *d, CK_MECHANISM *how, tmg_view input, size_t want, uint8_t *made)
{
	tmg_module *m = d->m;
	uint8_t out[TMG_SIG_MAX] = { 0 };
	CK_ULONG len = sizeof(out);
	tmg_rc rc;

	if ((rc = tmg_module_heard(m, "C_SignInit", mod_p11(m)->C_SignInit(
	    m->session, how, d->key))))
		return rc;
	if ((rc = tmg_module_prove(m, d->key))) {
		give_up(m);
		return rc;
	}
	rc = tmg_module_heard(m, "C_Sign", mod_p11(m)->C_Sign(m->session,
	    (CK_BYTE *)(uintptr_t)input.ptr, input.len, out, &len));
	if (rc != TMG_OK)
		return rc;
	if (len != want || tmg_module_is_blank(out, want))
		return tmg_module_lied(m, "C_Sign");
	memcpy(made, out, want);
	return TMG_OK;
}

/* ---- RSA -------------------------------------------------------------------- */

static const struct {
	CK_MECHANISM_TYPE hash, mgf;
} hashes[TMG_HASH_COUNT] = {
	[TMG_HASH_SHA1] = { CKM_SHA_1, CKG_MGF1_SHA1 },
	[TMG_HASH_SHA224] = { CKM_SHA224, CKG_MGF1_SHA224 },
	[TMG_HASH_SHA256] = { CKM_SHA256, CKG_MGF1_SHA256 },
	[TMG_HASH_SHA384] = { CKM_SHA384, CKG_MGF1_SHA384 },
	[TMG_HASH_SHA512] = { CKM_SHA512, CKG_MGF1_SHA512 },
};

static tmg_rc
finish_rsa(const deed *d, CK_MECHANISM *how, tmg_view input)
{
	const size_t k = tmg_alg_bytes(d->alg);
	uint8_t made[TMG_SIG_MAX];
	const tmg_rc rc = run(d, how, input, k, made);

	if (rc != TMG_OK)
		return rc;
	tmg_put(d->sig, (tmg_view){ made, k });
	return tmg_out_done(d->sig);
}

static tmg_rc
sign_padded(const deed *d)
{
	CK_MECHANISM how = { CKM_RSA_X_509, NULL, 0 };
	uint8_t padded[TMG_SIG_MAX];
	tmg_out em = TMG_OUT(padded);
	tmg_rc rc;

	if ((rc = tmg_pad_sign(tmg_ctx_libctx(d->m->base.ctx), d->spec, d->input,
	    tmg_alg_get(d->alg)->bits, &em)))
		return mod_raise(d->m, rc, _("%s: this cannot be signed with a key of "
		    "the kind %s"), d->m->base.info.label,
		    tmg_alg_get(d->alg)->name);
	return finish_rsa(d, &how, tmg_out_view(&em));
}

static tmg_rc
sign_pkcs1(const deed *d)
{
	CK_MECHANISM how = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out t = TMG_OUT(bytes);

	if (!tmg_module_can(d->m, CKM_RSA_PKCS, CKF_SIGN, 0))
		return sign_padded(d);
	if (d->spec->hash == TMG_HASH_NONE)
		return finish_rsa(d, &how, d->input);
	if (tmg_digest_info(d->spec->hash, d->input, &t))
		return mod_raise(d->m, TMG_E_USAGE, _("that is no digest"));
	return finish_rsa(d, &how, tmg_out_view(&t));
}

static tmg_rc
sign_pss(const deed *d)
{
	CK_RSA_PKCS_PSS_PARAMS params = {
		.hashAlg = hashes[d->spec->hash].hash,
		.mgf = hashes[d->spec->mgf].mgf,
		.sLen = d->spec->salt_len,
	};
	CK_MECHANISM how = { CKM_RSA_PKCS_PSS, &params, sizeof(params) };

	if (!tmg_module_can(d->m, CKM_RSA_PKCS_PSS, CKF_SIGN, 0))
		return sign_padded(d);
	return finish_rsa(d, &how, d->input);
}

/* ---- curves ------------------------------------------------------------------- */

/* Cryptoki has r and s side by side: 2.40, 2.3.1. */
static tmg_rc
sign_ecdsa(const deed *d)
{
	const size_t field = tmg_alg_bytes(d->alg);
	CK_MECHANISM how = { CKM_ECDSA, NULL, 0 };
	uint8_t made[2 * TMG_FIELD_MAX];
	tmg_view digest = d->input;
	tmg_rc rc;

	if (field > TMG_FIELD_MAX)
		return mod_raise(d->m, TMG_E_USAGE, _("no such curve"));
	if (digest.len > field)		/* FIPS 186-4 6.4 */
		digest.len = field;
	if ((rc = run(d, &how, digest, 2 * field, made)))
		return rc;
	return tmg_ecdsa_join((tmg_view){ made, 2 * field }, d->sig);
}

static tmg_rc
sign_eddsa(const deed *d)
{
	const size_t n = 2 * tmg_alg_bytes(d->alg);
	CK_MECHANISM how = { CKM_EDDSA, NULL, 0 };
	uint8_t made[TMG_SIG_MAX];
	const tmg_rc rc = run(d, &how, d->input, n, made);

	if (rc != TMG_OK)
		return rc;
	tmg_put(d->sig, (tmg_view){ made, n });
	return tmg_out_done(d->sig);
}

static tmg_rc (*const schemes[])(const deed *d) = {
	[TMG_SIGN_PKCS1] = sign_pkcs1,
	[TMG_SIGN_PSS] = sign_pss,
	[TMG_SIGN_RAW] = sign_padded,
	[TMG_SIGN_ECDSA] = sign_ecdsa,
	[TMG_SIGN_EDDSA] = sign_eddsa,
};

tmg_rc
tmg_module_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	deed d = { .m = tmg_module_of(b), .alg = alg, .spec = spec,
	    .input = input, .sig = sig };
	tmg_module_place *place;
	tmg_rc rc;

	if ((size_t)spec->scheme >= TMG_COUNT(schemes) ||
	    (size_t)spec->hash >= TMG_HASH_COUNT ||
	    (size_t)spec->mgf >= TMG_HASH_COUNT)
		return TMG_E_USAGE;
	if ((rc = tmg_module_place_get(d.m, slot, &place)))
		return rc;
	rc = tmg_module_object(d.m, place, CKO_PRIVATE_KEY, &d.key);
	if (rc == TMG_NOT_FOUND && tmg_module_logged_in(b, TMG_PIN_USER))
		return TMG_LOGIN;
	if (rc == TMG_NOT_FOUND)
		return mod_raise(d.m, rc, _("slot %s of token %s holds no private "
		    "key"), place->name, b->info.label);
	if (rc == TMG_OK)
		rc = schemes[spec->scheme](&d);
	if (rc != TMG_LOGIN)
		tmg_module_used(d.m);
	return rc;
}
