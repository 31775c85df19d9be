/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Setting up the key derived format, F9 (4.3.2): what is derived from the PINs comes
 * along, in one command, so that a card is never left with PINs that nobody knows.
 */
#include "drivers/openpgp/openpgp.h"

#include <openssl/rand.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"

enum {
	KDF_SALT_USER = 0x84,
	KDF_FIRST_USER = 0x87,
	SALT_LEN = 8,
	COUNT = 0x00780000,	/* bytes that are hashed: some hundredths of a second */
	OBJECT_MAX = 128,
};

/* 81 iterated and salted, 82 SHA-256, 83 the count */
static const uint8_t head[] = {
	0x81, 0x01, 0x03, 0x82, 0x01, 0x08, 0x83, 0x04,
	COUNT >> 24, COUNT >> 16 & 0xff, COUNT >> 8 & 0xff, COUNT & 0xff,
};

/* In the order of 84 to 86. */
static const tmg_pin_kind salted[] = { TMG_PIN_USER, TMG_PIN_PUK, TMG_PIN_ADMIN };
/* In the order of 87, 88. */
static const tmg_pin_kind first[] = { TMG_PIN_USER, TMG_PIN_ADMIN };

static tmg_rc
put_salts(tmg_opgp *p, tmg_opgp_kdf *kdf, tmg_out *o)
{
	*kdf = (tmg_opgp_kdf){ .hash = TMG_HASH_SHA256, .count = COUNT };
	if (RAND_bytes_ex(tmg_ctx_libctx(p->base.ctx), kdf->salts[0],
	    sizeof(kdf->salts), 0) != 1)
		return opgp_raise(p, TMG_E_CRYPTO, 0,
		    _("the system gives no random numbers"));
	for (uint32_t i = 0; i < TMG_COUNT(salted); i++)
		tmg_tlv_put(o, KDF_SALT_USER + i, TMG_VIEW(kdf->salts[salted[i]]));
	return TMG_OK;
}

static tmg_rc
put_hashes(tmg_opgp *p, const tmg_opgp_kdf *kdf, const tmg_view pins[TMG_PIN_KINDS],
    tmg_out *o)
{
	tmg_rc rc = TMG_OK;

	for (uint32_t i = 0; rc == TMG_OK && i < TMG_COUNT(first); i++) {
		tmg_auto_secret sent = { .len = 0 };

		rc = tmg_opgp_s2k(p->base.ctx, kdf->hash, TMG_VIEW(kdf->salts[first[i]]),
		    kdf->count, pins[first[i]], &sent);
		tmg_tlv_put(o, KDF_FIRST_USER + i, tmg_secret_view(&sent));
	}
	return rc == TMG_OK ? tmg_out_done(o) : rc;
}

static tmg_rc
check(tmg_opgp *p, const tmg_view pins[TMG_PIN_KINDS])
{
	tmg_rc rc;

	if ((p->about.can & CAP_KDF) == 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card takes its PINs as they are typed, and never hashed"),
		    p->who);
	if (p->kdf.hash != TMG_HASH_NONE)
		return opgp_raise(p, TMG_OCCUPIED, 0,
		    _("%s: the card has its PINs hashed already; nothing was changed"),
		    p->who);
	for (size_t i = 0; i < TMG_COUNT(first); i++)
		if ((rc = tmg_opgp_check_fresh(p, first[i], pins[first[i]])))
			return rc;
	return TMG_OK;
}

/* Nobody else can tell which PINs hold now. */
static tmg_rc
put_object(tmg_opgp *p, tmg_view object)
{
	const tmg_rc rc = tmg_opgp_put(p, DO_KDF, object);

	if (rc != TMG_REMOVED && rc != TMG_RESET && rc != TMG_E_IO)
		return rc;
	return opgp_raise(p, rc, 0, _("%s: the card was gone when its PINs were set: the "
	    "new ones hold, or those of before; put it back and repeat the command, "
	    "which finishes or says that it is done"), p->who);
}

tmg_rc
tmg_opgp_hash_pins(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS])
{
	tmg_opgp *p = tmg_opgp_of(b);
	uint8_t bytes[OBJECT_MAX];
	tmg_out o = TMG_OUT(bytes);
	tmg_opgp_kdf kdf;
	tmg_rc rc;

	/* What is refused anyway costs nobody a try of the admin PIN. */
	if ((rc = tmg_opgp_learn(p)) || (rc = tmg_opgp_kdf_learn(p)) ||
	    (rc = check(p, pins)) || (rc = tmg_opgp_want_admin(p)))
		return opgp_pass(p, rc);
	tmg_put(&o, TMG_VIEW(head));
	if ((rc = put_salts(p, &kdf, &o)) == TMG_OK &&
	    (rc = put_hashes(p, &kdf, pins, &o)) == TMG_OK)
		rc = put_object(p, tmg_out_view(&o));
	explicit_bzero(bytes, sizeof(bytes));
	/* Whoever was logged in was so with another PIN. */
	p->kdf_known = false;
	tmg_application_doubt(&p->app);
	return opgp_pass(p, rc);
}
