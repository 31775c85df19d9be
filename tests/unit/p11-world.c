/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/p11-world.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pkcs11/source.h"

struct fake fake, further;
static tmg_ctx *fake_ctx;

bool has_further;

bool trusts_keypads;

CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
CK_MECHANISM ecdsa_sha256 = { CKM_ECDSA_SHA256, NULL, 0 };
CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static tmg_rc
open_fake(tmg_ctx *ctx, tmg_hub **hub)
{
	(void)ctx;
	*hub = fake_hub(&fake);
	return TMG_OK;
}

static bool
never(void)
{
	return false;
}

static const char *
nowhere(void)
{
	return NULL;
}

static bool
heed_nothing(tmg_hub *hub, int fd)
{
	(void)hub, (void)fd;
	return false;
}

static tmg_rc
open_further(tmg_ctx *ctx, tmg_hub **hub)
{
	(void)ctx;
	*hub = has_further ? fake_hub(&further) : NULL;
	return has_further ? TMG_OK : TMG_UNSUPPORTED;
}

const tmg_p11_source tmg_p11_sources[] = {
	{ "fake", open_fake, never, nowhere, heed_nothing },
	{ "further", open_further, never, nowhere, heed_nothing },
};
const size_t tmg_p11_sources_count = TMG_COUNT(tmg_p11_sources);

void
tmg_p11_conf_find(tmg_p11_conf *conf, tmg_fault *f)
{
	(void)f;
	tmg_p11_conf_begin(conf);
	if (trusts_keypads) {
		strcpy(conf->keypads.text[0], "*");
		conf->keypads.count = 1;
	}
}

/* Names that are given to keys go to a folder of the test's own. */
static char home[512];

int
make_world(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(home, sizeof(home), "%s/p11-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(home) == NULL || setenv("XDG_STATE_HOME", home, 1) != 0)
		return -1;
	return tmg_ctx_new(&fake_ctx) == TMG_OK ? 0 : -1;
}

void
forget_names(void)
{
	static const char *const files[] = {
		"/tamga/pkcs11-names", "/tamga/pkcs11-names.lock", "/tamga",
	};
	char path[600];

	for (size_t i = 0; i < TMG_COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s%s", home, files[i]);
		(void)remove(path);
	}
}

int
end_world(void **state)
{
	(void)state;
	tmg_ctx_free(&fake_ctx);
	forget_names();
	return rmdir(home);
}

/* Two readers, the second empty; keys in 9a, 9c and 9e, two of one name. */
int
world(void **state)
{
	(void)state;
	forget_names();
	fake_init(&fake, fake_ctx, 2);
	fake_key(&CARD->slots[0], "Asel", TMG_PIN_ONCE);
	fake_key(&CARD->slots[1], "Asel", TMG_PIN_ALWAYS);
	fake_key(&CARD->slots[3], "Card", TMG_PIN_NEVER);
	CARD->real = true;
	CARD->can = TMG_CAN_GENERATE | TMG_CAN_DELETE | TMG_CAN_RETIRED;
	CARD->algs = 1u << TMG_ALG_RSA2048 | 1u << TMG_ALG_P256 |
	    1u << TMG_ALG_P384 | 1u << TMG_ALG_ED25519 | 1u << TMG_ALG_X25519;
	fake.cards[1].presence = TMG_ABSENT;
	has_further = false;
	fake_init(&further, fake_ctx, 1);
	strcpy(further.cards[0].reader, "Reader of the further hub");
	further.cards[0].presence = TMG_ABSENT;
	return 0;
}

int
initialised(void **state)
{
	world(state);
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

int
finalised(void **state)
{
	(void)state;
	return C_Finalize(NULL) == CKR_OK ? 0 : -1;
}

CK_SESSION_HANDLE
open_session(CK_FLAGS flags)
{
	CK_SESSION_HANDLE h = 0;

	assert_int_equal(C_OpenSession(0, flags, NULL, NULL, &h), CKR_OK);
	return h;
}

CK_SESSION_HANDLE
user_session(CK_FLAGS flags)
{
	const CK_SESSION_HANDLE h = open_session(flags);

	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	return h;
}

CK_STATE
state_of(CK_SESSION_HANDLE h)
{
	CK_SESSION_INFO info = { .state = 99 };

	assert_int_equal(C_GetSessionInfo(h, &info), CKR_OK);
	return info.state;
}

CK_OBJECT_HANDLE
find_one(CK_SESSION_HANDLE h, CK_OBJECT_CLASS class, CK_BYTE id)
{
	CK_ATTRIBUTE t[] = {
		{ CKA_CLASS, &class, sizeof(class) }, { CKA_ID, &id, 1 },
	};
	CK_OBJECT_HANDLE found[4] = { 0 };
	CK_ULONG n = 9;

	assert_int_equal(C_FindObjectsInit(h, t, 2), CKR_OK);
	assert_int_equal(C_FindObjects(h, found, 4, &n), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
	assert_true(n <= 1);
	return n == 1 ? found[0] : CK_INVALID_HANDLE;
}

CK_ULONG
count_found(CK_SESSION_HANDLE h, CK_ATTRIBUTE *t, CK_ULONG n)
{
	CK_OBJECT_HANDLE found[32];
	CK_ULONG count = 0;

	assert_int_equal(C_FindObjectsInit(h, t, n), CKR_OK);
	assert_int_equal(C_FindObjects(h, found, 32, &count), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
	return count;
}

void
read_text(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    char text[64])
{
	CK_ATTRIBUTE a = { type, text, 63 };

	assert_int_equal(C_GetAttributeValue(h, o, &a, 1), CKR_OK);
	text[a.ulValueLen] = '\0';
}

/* By libcrypto alone, from the card's public key. */
bool
verifies(const struct fake_slot *slot, const CK_BYTE *sig, const char *text)
{
	const unsigned char *at = slot->spki;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)slot->spki_len);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	ECDSA_SIG *rs = ECDSA_SIG_new();
	unsigned char *der = NULL;
	int len;
	bool ok;

	ECDSA_SIG_set0(rs, BN_bin2bn(sig, 32, NULL), BN_bin2bn(sig + 32, 32, NULL));
	len = i2d_ECDSA_SIG(rs, &der);
	ok = EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(md, der, (size_t)len, (const unsigned char *)text,
		strlen(text)) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(rs);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return ok;
}
