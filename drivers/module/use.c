/* SPDX-License-Identifier: BSD-2-Clause */
/* Decryption, key agreement, random bytes. */
#include "drivers/module/module.h"

#include <string.h>

#include "src/base/ctx.h"
#include "src/pki/padding.h"

enum {
	CHANCE = 8,		/* random bytes that are not all zero by chance */
};

/* One private-key operation that is no signature. */
typedef struct task {
	tmg_module *m;
	CK_OBJECT_HANDLE key;
	tmg_alg alg;
} task;

static tmg_rc
begin(task *t, uint32_t slot)
{
	tmg_module_place *place;
	tmg_rc rc;

	if ((rc = tmg_module_place_get(t->m, slot, &place)))
		return rc;
	rc = tmg_module_object(t->m, place, CKO_PRIVATE_KEY, &t->key);
	if (rc == TMG_NOT_FOUND &&
	    tmg_module_logged_in(&t->m->base, TMG_PIN_USER))
		return TMG_LOGIN;
	return rc != TMG_NOT_FOUND ? rc : mod_raise(t->m, rc,
	    _("slot %s of token %s holds no private key"), place->name,
	    t->m->base.info.label);
}

/* ---- decryption ------------------------------------------------------------- */

/* What is malformed in a decryption is what was given, to who asks for one. */
static tmg_rc
lied(tmg_module *m)
{
	(void)tmg_module_lied(m, "C_Decrypt");
	return m->base.fault.rc = TMG_E_CARD;
}

static tmg_rc
run(const task *t, CK_MECHANISM *how, tmg_view cipher, tmg_out *out)
{
	tmg_module *m = t->m;
	CK_ULONG len = out->cap;
	tmg_rc rc;

	memset(out->ptr, 0, out->cap);
	if ((rc = tmg_module_heard(m, "C_DecryptInit", mod_p11(m)->C_DecryptInit(
	    m->session, how, t->key))))
		return rc;
	if ((rc = tmg_module_prove(m, t->key))) {
		if (m->open)
			tmg_module_missed(m, "C_DecryptFinal",
			    mod_p11(m)->C_DecryptFinal(m->session, out->ptr, &len));
		return rc;
	}
	rc = tmg_module_heard(m, "C_Decrypt", mod_p11(m)->C_Decrypt(m->session,
	    (CK_BYTE *)(uintptr_t)cipher.ptr, cipher.len, out->ptr, &len));
	if (rc != TMG_OK)
		return rc;
	if (len > tmg_alg_bytes(t->alg))
		return lied(m);
	out->len = len;
	return TMG_OK;
}

static tmg_rc
decrypt_raw(const task *t, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	CK_MECHANISM how = { CKM_RSA_X_509, NULL, 0 };
	const size_t k = tmg_alg_bytes(t->alg);
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out em = TMG_OUT(bytes);
	tmg_rc rc = run(t, &how, cipher, &em);

	if (rc == TMG_OK && em.len != k)
		rc = lied(t->m);
	if (rc == TMG_OK && tmg_unpad(tmg_ctx_libctx(t->m->base.ctx), spec,
	    tmg_out_view(&em), plain))
		rc = mod_raise(t->m, TMG_E_MALFORMED, _("%s: this was not encrypted "
		    "for the key, or with another padding"),
		    t->m->base.info.label);
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

static tmg_rc
decrypt_by(const task *t, CK_MECHANISM *how, tmg_view cipher, tmg_out *plain)
{
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out made = TMG_OUT(bytes);
	tmg_rc rc = run(t, how, cipher, &made);

	if (rc == TMG_OK) {
		tmg_put(plain, tmg_out_view(&made));
		rc = tmg_out_done(plain);
	}
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

static tmg_rc
decrypt_pkcs1(const task *t, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	CK_MECHANISM how = { CKM_RSA_PKCS, NULL, 0 };

	return tmg_module_can(t->m, CKM_RSA_PKCS, CKF_DECRYPT, 0)
	    ? decrypt_by(t, &how, cipher, plain)
	    : decrypt_raw(t, spec, cipher, plain);
}

static const struct {
	CK_MECHANISM_TYPE hash, mgf;
} hashes[TMG_HASH_COUNT] = {
	[TMG_HASH_SHA1] = { CKM_SHA_1, CKG_MGF1_SHA1 },
	[TMG_HASH_SHA224] = { CKM_SHA224, CKG_MGF1_SHA224 },
	[TMG_HASH_SHA256] = { CKM_SHA256, CKG_MGF1_SHA256 },
	[TMG_HASH_SHA384] = { CKM_SHA384, CKG_MGF1_SHA384 },
	[TMG_HASH_SHA512] = { CKM_SHA512, CKG_MGF1_SHA512 },
};

static bool
does_oaep(const task *t, const tmg_decrypt_spec *spec)
{
	const bool plain = spec->hash == TMG_HASH_SHA1 &&
	    spec->mgf == TMG_HASH_SHA1 && spec->label.len == 0;

	return tmg_module_can(t->m, CKM_RSA_PKCS_OAEP, CKF_DECRYPT, 0) &&
	    (plain || (t->m->lib->quirks & TMG_QUIRK_OAEP_PLAIN) == 0);
}

static tmg_rc
decrypt_oaep(const task *t, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	CK_RSA_PKCS_OAEP_PARAMS params = {
		.hashAlg = hashes[spec->hash].hash,
		.mgf = hashes[spec->mgf].mgf,
		.source = CKZ_DATA_SPECIFIED,
		.pSourceData = (void *)(uintptr_t)spec->label.ptr,
		.ulSourceDataLen = spec->label.len,
	};
	CK_MECHANISM how = { CKM_RSA_PKCS_OAEP, &params, sizeof(params) };

	return does_oaep(t, spec) ? decrypt_by(t, &how, cipher, plain)
	    : decrypt_raw(t, spec, cipher, plain);
}

static tmg_rc (*const paddings[])(const task *t, const tmg_decrypt_spec *spec,
    tmg_view cipher, tmg_out *plain) = {
	[TMG_DECRYPT_PKCS1] = decrypt_pkcs1,
	[TMG_DECRYPT_OAEP] = decrypt_oaep,
	[TMG_DECRYPT_RAW] = decrypt_raw,
};

tmg_rc
tmg_module_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	task t = { .m = tmg_module_of(b), .alg = alg };
	tmg_rc rc;

	if ((size_t)spec->padding >= TMG_COUNT(paddings) ||
	    (size_t)spec->hash >= TMG_HASH_COUNT ||
	    (size_t)spec->mgf >= TMG_HASH_COUNT)
		return TMG_E_USAGE;
	if ((rc = begin(&t, slot)) == TMG_OK)
		rc = paddings[spec->padding](&t, spec, cipher, plain);
	if (rc != TMG_LOGIN)
		tmg_module_used(t.m);
	return rc;
}

/* ---- key agreement ------------------------------------------------------------ */

static tmg_rc
take_secret(const task *t, CK_OBJECT_HANDLE made, tmg_out *secret)
{
	const size_t field = tmg_alg_bytes(t->alg), mark = secret->len;
	tmg_rc rc = tmg_module_attribute(t->m, made, CKA_VALUE, secret);

	tmg_module_missed(t->m, "C_DestroyObject",
	    mod_p11(t->m)->C_DestroyObject(t->m->session, made));
	if (rc == TMG_NOT_FOUND || (rc == TMG_OK && secret->len - mark != field))
		rc = tmg_module_lied(t->m, "C_DeriveKey");
	return rc;
}

/* p11-kit, which speaks with a module of another process, refuses what it has no way to
 * pass on: until 0.24 that is this. */
static tmg_rc
agreed(tmg_module *m, CK_RV rv)
{
	if (rv == CKR_MECHANISM_INVALID && m->lib->apart.used)
		return mod_raise(m, TMG_UNSUPPORTED, _("%s: this p11-kit passes no key "
		    "agreement on to a module in a process of its own; take it out of "
		    "modules.apart in tamga.conf, or have a newer p11-kit"),
		    m->base.info.label);
	return tmg_module_heard(m, "C_DeriveKey", rv);
}

/* A secret that may be read, for this session alone (2.40, 2.3.9). */
static tmg_rc
agree(const task *t, tmg_view peer, tmg_out *secret)
{
	tmg_module *m = t->m;
	CK_OBJECT_CLASS cls = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ULONG len = tmg_alg_bytes(t->alg);
	CK_ATTRIBUTE templ[] = {
		{ CKA_CLASS, &cls, sizeof(cls) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_TOKEN, &no, sizeof(no) },
		{ CKA_SENSITIVE, &no, sizeof(no) },
		{ CKA_EXTRACTABLE, &yes, sizeof(yes) },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};
	CK_ECDH1_DERIVE_PARAMS params = {
		.kdf = CKD_NULL,
		.ulPublicDataLen = peer.len,
		.pPublicData = (CK_BYTE *)(uintptr_t)peer.ptr,
	};
	CK_MECHANISM how = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
	const tmg_rc rc = agreed(m, mod_p11(m)->C_DeriveKey(m->session, &how, t->key,
	    templ, TMG_COUNT(templ), &made));

	if (rc != TMG_OK)
		return rc;
	return made != CK_INVALID_HANDLE ? take_secret(t, made, secret)
	    : tmg_module_lied(m, "C_DeriveKey");
}

tmg_rc
tmg_module_derive(tmg_backend *b, uint32_t slot, tmg_alg alg, tmg_view peer,
    tmg_out *secret)
{
	task t = { .m = tmg_module_of(b), .alg = alg };
	tmg_rc rc;

	if ((rc = begin(&t, slot)) == TMG_OK)
		rc = agree(&t, peer, secret);
	if (rc != TMG_LOGIN)
		tmg_module_used(t.m);
	return rc;
}

tmg_rc
tmg_module_random(tmg_backend *b, size_t n, tmg_out *bytes)
{
	tmg_module *m = tmg_module_of(b);
	tmg_rc rc;

	if (n > bytes->cap - bytes->len)
		return TMG_E_SPACE;
	memset(bytes->ptr + bytes->len, 0, n);
	if ((rc = tmg_module_session(m)) ||
	    (rc = tmg_module_heard(m, "C_GenerateRandom",
	    mod_p11(m)->C_GenerateRandom(m->session, bytes->ptr + bytes->len, n))))
		return rc;
	if (n >= CHANCE && tmg_module_is_blank(bytes->ptr + bytes->len, n))
		return tmg_module_lied(m, "C_GenerateRandom");
	bytes->len += n;
	return TMG_OK;
}
