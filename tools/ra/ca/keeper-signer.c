/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/keeper-signer.h"

#include <openssl/err.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/spki.h"

struct ra_keeper_signer {
	tmg_signer base;
	tmg_fault fault;
	tmg_ctx *ctx;
	ra_keeper *keeper;
	uint8_t spki[TMG_SPKI_MAX];
};

/* One operation, for whoever has the key. */
struct job {
	const tmg_sign_spec *sign;
	const tmg_decrypt_spec *decrypt;
	tmg_view input;
	tmg_out *out;
};

static tmg_rc
do_sign(void *arg, tmg_signer *key)
{
	const struct job *job = arg;

	return tmg_signer_sign(key, job->sign, job->input, job->out);
}

static tmg_rc
do_decrypt(void *arg, tmg_signer *key)
{
	const struct job *job = arg;

	return tmg_signer_decrypt(key, job->decrypt, job->input, job->out);
}

static tmg_rc
lend(tmg_signer *base, ra_lend_fn *fn, struct job *job)
{
	ra_keeper_signer *s = (ra_keeper_signer *)(void *)base;

	return s->keeper->ops->lend(s->keeper, s->ctx, fn, job, &s->fault);
}

static tmg_rc
keeper_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	return lend(s, do_sign, &(struct job){ spec, NULL, input, sig });
}

static tmg_rc
keeper_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	return lend(s, do_decrypt, &(struct job){ NULL, spec, cipher, plain });
}

static const tmg_signer_ops ops = {
	.sign = keeper_sign,
	.decrypt = keeper_decrypt,
	.derive = tmg_signer_no_derive,
};

static tmg_rc
take_spki(ra_keeper_signer *s)
{
	uint8_t *at = s->spki;
	const int len = i2d_PUBKEY(s->keeper->public, NULL);

	if (len <= 0 || (size_t)len > sizeof(s->spki) ||
	    i2d_PUBKEY(s->keeper->public, &at) != len) {
		ERR_clear_error();
		return TMG_E_CRYPTO;
	}
	s->base.spki = (tmg_view){ s->spki, (size_t)len };
	return tmg_spki_alg(s->base.spki, &s->base.alg);
}

tmg_rc
ra_keeper_signer_new(tmg_ctx *ctx, ra_keeper *keeper, ra_keeper_signer **out,
    tmg_fault *f)
{
	ra_keeper_signer *s = calloc(1, sizeof(*s));
	tmg_rc rc;

	*out = NULL;
	if (s == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->base.ops = &ops;
	s->base.fault = &s->fault;
	s->ctx = ctx;
	s->keeper = keeper;
	if ((rc = take_spki(s))) {
		free(s);
		return tmg_raise(f, rc, 0, _("the key cannot be used: %s"),
		    tmg_rc_name(rc));
	}
	*out = s;
	return TMG_OK;
}

tmg_signer *
ra_keeper_signer_of(ra_keeper_signer *signer)
{
	return &signer->base;
}

void
ra_keeper_signer_free(ra_keeper_signer **signer)
{
	free(*signer);
	*signer = NULL;
}
