/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a provisioned card is sold with: PINs, two keys, a certificate for each, and
 * the directories that tell of them.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "src/base/scope.h"
#include "tools/vcard/pkcs15_dir.h"
#include "tools/vcard/provision.h"

#define KEYS 2
#define DIR_MAX 1024		/* bytes of one directory */
#define PIN_REF 1
#define PIN_REF_2 2

static const char pin_value[] = "123456", pin_value_2[] = "654321";
static const char puk_value[] = "12345678";
static const char data_value[] = "made by tamga-vcard\n";

/* What is being built. */
typedef struct build {
	vc_card *card;
	vc_p15 *p15;
	const p15_layout *layout;
	vc_issuer issuer;
	int df;
	p15_entry keys[KEYS];
} build;

/* ---- files ------------------------------------------------------------------------------ */
static void
set_rules(const p15_layout *l, p15_class class, fs_file *f)
{
	memcpy(f->rules, l->rules[class], sizeof(f->rules));
	f->rules_len = l->rules_len[class];
}

/* An EF of at least so many bytes; an identifier of 0 asks for none. */
static tmg_rc
put_file(const build *b, int df, uint16_t id, p15_class class, size_t least, tmg_view content)
{
	const size_t size = content.len > least ? content.len : least;
	fs_file f = {
		.kind = FS_EF, .id = id, .descriptor = FD_TRANSPARENT, .life = b->p15->kind->life,
		.size = (uint16_t)size,
	};
	tmg_rc rc;
	int at;

	if (id == 0)
		return TMG_OK;
	set_rules(b->layout, class, &f);
	if ((rc = vc_fs_add(&b->p15->fs, df, &f, &at)))
		return TMG_E_SPACE;
	if (content.len > 0)
		memcpy(b->p15->fs.files[at].data, content.ptr, content.len);
	return TMG_OK;
}

static tmg_rc
put_written(const build *b, int df, uint16_t id, p15_class class, const tmg_der *d)
{
	return d->full ? TMG_E_SPACE :
	    put_file(b, df, id, class, b->layout->dir_len, tmg_der_view(d));
}

/* The DF may be there: some cards are born with it. */
static tmg_rc
put_application(build *b)
{
	fs_file f = {
		.kind = FS_DF, .id = P15_ID_APP, .descriptor = FD_DF, .life = b->p15->kind->life,
	};
	const tmg_view name = p15_layout_name(b->layout);
	tmg_rc rc;

	if (!b->layout->nameless) {
		memcpy(f.name, name.ptr, name.len);
		f.name_len = (uint8_t)name.len;
	}
	set_rules(b->layout, P15_CLASS_APP, &f);
	rc = vc_fs_add(&b->p15->fs, FS_MF, &f, &b->df);
	if (rc == TMG_OCCUPIED)
		b->df = vc_fs_child(&b->p15->fs, FS_MF, P15_ID_APP);
	return rc == TMG_OCCUPIED ? TMG_OK : rc;
}

/* ---- PINs ---------------------------------------------------------------------------------- */
static void
set_pin(const build *b, uint8_t ref, const char *value)
{
	uint8_t puk[P15_PIN_MAX];

	memset(puk, b->p15->kind->fill, sizeof(puk));
	memcpy(puk, puk_value, sizeof(puk_value) - 1);
	p15_pin_set(&b->p15->pins[ref], b->p15->kind, tmg_view_str(value),
	    (tmg_view){ puk, b->p15->kind->puk_len }, (uint8_t)b->card->profile->pin_tries,
	    (uint8_t)b->card->profile->puk_tries);
}

static tmg_rc
put_pins(const build *b)
{
	uint8_t bytes[DIR_MAX];
	tmg_der d = TMG_DER(bytes);

	set_pin(b, PIN_REF, pin_value);
	if (b->layout->two_pins) {
		set_pin(b, PIN_REF_2, pin_value_2);
		p15_der_pin(&d, b->p15->kind, "PIN (signature)", PIN_REF_2);
	}
	p15_der_pin(&d, b->p15->kind, "PIN (basic)", PIN_REF);
	return put_written(b, b->df, b->layout->aodf, P15_CLASS_OPEN, &d);
}

/* ---- keys ------------------------------------------------------------------------------------ */
static tmg_rc
place_of(build *b, unsigned n, tmg_alg alg, int *at)
{
	const bool second = b->layout->two_pins && n > 0;
	fs_file f = {
		.kind = FS_KEY, .id = (uint16_t)(b->layout->key + n), .life = b->p15->kind->life,
		.descriptor = tmg_alg_get(alg)->family == TMG_FAMILY_RSA ? FD_RSA_KEY : FD_EC_KEY,
		.size = (uint16_t)tmg_alg_get(alg)->bits,
	};

	*at = (int)n;
	if (!b->p15->kind->naming->ruled)
		return TMG_OK;
	set_rules(b->layout, second ? P15_CLASS_KEY_2 : P15_CLASS_KEY, &f);
	return vc_fs_add(&b->p15->fs, b->df, &f, at);
}

static tmg_rc
put_key(build *b, unsigned n, const char *algs)
{
	static const char *const labels[KEYS] = { "authentication key", "signature key" };
	const p15_naming *naming = b->p15->kind->naming;
	const bool second = b->layout->two_pins && n > 0;
	EVP_PKEY *pkey;
	tmg_alg alg;
	tmg_rc rc;
	int at;

	if ((rc = vc_provision_alg(algs, n, &alg)))
		return rc;
	if (!p15_kind_has(b->p15->kind, alg))
		return TMG_NOT_FOUND;
	if ((rc = place_of(b, n, alg, &at)) ||
	    (rc = vc_pkey_generate(alg, b->card->lib, &pkey)) ||
	    (rc = vc_pkey_keep(&b->p15->keys[at], alg, pkey)))
		return rc;
	b->keys[n] = (p15_entry){
		.label = labels[n], .id = (uint8_t)(P15_KEY_ID + n),
		.file = naming->files ? (uint16_t)(b->layout->key + n) : 0,
		.number = naming->number(b->p15->kind, n),
		.pin = second ? PIN_REF_2 : PIN_REF, .oblige = second,
		.key = &b->p15->keys[at],
	};
	return TMG_OK;
}

static tmg_rc
put_keys(build *b, const char *algs)
{
	uint8_t bytes[DIR_MAX];
	tmg_der d = TMG_DER(bytes);
	tmg_rc rc;

	for (unsigned n = 0; n < KEYS; n++)
		if ((rc = put_key(b, n, algs)))
			return rc;
	for (unsigned n = KEYS; n-- > 0;)
		p15_der_private(&d, b->p15->kind, &b->keys[n]);
	return put_written(b, b->df, b->layout->prkdf, P15_CLASS_OPEN, &d);
}

/* RSAPublicKey, or a whole SubjectPublicKeyInfo where the curve must be told. */
static tmg_rc
put_public_key(const build *b, unsigned n)
{
	EVP_PKEY *pkey = b->keys[n].key->pkey;
	unsigned char *der = NULL;
	const int len = EVP_PKEY_is_a(pkey, "RSA") ? i2d_PublicKey(pkey, &der) :
	    i2d_PUBKEY(pkey, &der);
	tmg_rc rc;

	if (len <= 0)
		return TMG_E_CRYPTO;
	rc = put_file(b, b->df, (uint16_t)(b->layout->public_key + n), P15_CLASS_OPEN, 0,
	    (tmg_view){ der, (size_t)len });
	OPENSSL_free(der);
	return rc;
}

static tmg_rc
put_public_keys(const build *b)
{
	uint8_t bytes[DIR_MAX];
	tmg_der d = TMG_DER(bytes);
	tmg_rc rc;

	if (b->layout->pukdf == 0)
		return TMG_OK;
	for (unsigned n = KEYS; n-- > 0;) {
		p15_entry e = b->keys[n];

		e.pin = 0;
		e.oblige = false;
		e.file = (uint16_t)(b->layout->public_key + n);
		if ((rc = put_public_key(b, n)))
			return rc;
		p15_der_public(&d, b->layout, &e);
	}
	return put_written(b, b->df, b->layout->pukdf, P15_CLASS_OPEN, &d);
}

/* ---- certificates, data ------------------------------------------------------------------------- */
static tmg_rc
put_certificate(const build *b, unsigned n)
{
	static const char *const subjects[KEYS] = { "tamga-vcard AUT", "tamga-vcard SIG" };
	const vc_cert_plan plan = {
		.subject = subjects[n], .key = b->keys[n].key->pkey, .issuer_key = b->issuer.key,
		.issuer = { b->issuer.der, b->issuer.len },
	};
	uint8_t der[VC_CERT_MAX];
	tmg_out out = TMG_OUT(der);
	tmg_rc rc;

	if ((rc = vc_certificate_make(b->card->lib, &plan, &out)))
		return rc;
	return put_file(b, b->df, (uint16_t)(b->layout->certificate + n), P15_CLASS_OPEN, 0,
	    tmg_out_view(&out));
}

static tmg_rc
put_certificates(const build *b)
{
	static const char *const labels[KEYS] = { "authentication", "signature" };
	uint8_t bytes[DIR_MAX];
	tmg_der d = TMG_DER(bytes);
	tmg_rc rc;

	for (unsigned n = KEYS; n-- > 0;) {
		const p15_entry e = {
			.label = labels[n], .id = b->keys[n].id,
			.file = (uint16_t)(b->layout->certificate + n),
		};

		if ((rc = put_certificate(b, n)))
			return rc;
		p15_der_certificate(&d, b->layout, &e);
	}
	return put_written(b, b->df, b->layout->cdf, P15_CLASS_OPEN, &d);
}

static tmg_rc
put_issuer(const build *b)
{
	const p15_entry e = {
		.label = "tamga-vcard issuer", .id = P15_KEY_ID + KEYS,
		.file = (uint16_t)(b->layout->certificate + KEYS),
	};
	uint8_t bytes[DIR_MAX];
	tmg_der d = TMG_DER(bytes);
	tmg_rc rc;

	if (b->layout->trusted == 0)
		return TMG_OK;
	if ((rc = put_file(b, b->df, e.file, P15_CLASS_FIXED, 0,
	    (tmg_view){ b->issuer.der, b->issuer.len })))
		return rc;
	p15_der_certificate(&d, b->layout, &e);
	return put_written(b, b->df, b->layout->trusted, P15_CLASS_OPEN, &d);
}

static tmg_rc
put_data(const build *b)
{
	const p15_entry e = { .label = "origin", .file = b->layout->data };
	uint8_t bytes[DIR_MAX];
	tmg_der d = TMG_DER(bytes);
	tmg_rc rc;

	if (e.file != 0) {
		if ((rc = put_file(b, b->df, e.file, P15_CLASS_FIXED, 0, tmg_view_str(data_value))))
			return rc;
		p15_der_data(&d, b->layout, &e);
	}
	return put_written(b, b->df, b->layout->dodf, P15_CLASS_OPEN, &d);
}

/* ---- the head of it all ----------------------------------------------------------------------------- */
static tmg_rc
put_head(const build *b)
{
	uint8_t dir[DIR_MAX], odf[DIR_MAX], info[DIR_MAX];
	tmg_der d = TMG_DER(dir), o = TMG_DER(odf), i = TMG_DER(info);
	tmg_rc rc;

	p15_der_application(&d, b->layout);
	p15_der_odf(&o, b->layout);
	p15_der_token_info(&i, b->p15->kind, b->card->serial);
	if ((rc = put_written(b, FS_MF, P15_ID_DIR, P15_CLASS_FIXED, &d)) ||
	    (rc = put_written(b, b->df, P15_ID_ODF, P15_CLASS_FIXED, &o)) ||
	    (rc = put_written(b, b->df, P15_ID_TOKEN_INFO, P15_CLASS_FIXED, &i)) ||
	    (rc = put_file(b, FS_MF, b->layout->about, P15_CLASS_FIXED, 0,
		(tmg_view){ (const uint8_t *)b->layout->about_bytes, b->layout->about_len })))
		return rc;
	return put_file(b, b->df, b->layout->unused, P15_CLASS_OPEN, b->layout->dir_len,
	    (tmg_view){ NULL, 0 });
}

static void
build_release(build *b)
{
	vc_issuer_release(&b->issuer);
}

tmg_rc
p15_provision(vc_card *card, vc_p15 *p15, const char *algs)
{
	tmg_auto(build) b = { .card = card, .p15 = p15, .layout = p15->kind->layout };
	tmg_rc rc;

	if ((rc = p15->kind->factory(card, p15)) || (rc = vc_issuer_make(card->lib, &b.issuer)) ||
	    (rc = put_application(&b)) || (rc = put_pins(&b)) || (rc = put_keys(&b, algs)) ||
	    (rc = put_public_keys(&b)) || (rc = put_certificates(&b)) ||
	    (rc = put_issuer(&b)) || (rc = put_data(&b)) || (rc = put_head(&b)))
		return rc;
	p15->active = true;
	return TMG_OK;
}
