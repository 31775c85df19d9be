/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that calls the PKCS#11 module in any order with any arguments,
 * while its card is pulled, put in, reset and refuses.  Pointers point where
 * they say, for no library can do anything about those that do not.
 *
 * Each call is a byte that names it and a byte for each argument.
 */
#include <stdlib.h>
#include <string.h>

#include "pkcs11/source.h"
#include "src/base/scope.h"
#include "tests/unit/fake-token.h"
#include "tests/unit/p11-calls.h"

enum {
	CALLS_MAX = 48,
	SESSIONS = 4,		/* that the program remembers */
	EVENTS_FROM = 200,	/* a byte from here on is no call */
	HUGE_LEN = 0x7fffffff,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fake fake, fresh;
static tmg_ctx *ctx;
static CK_SESSION_HANDLE sessions[SESSIONS];

static tmg_rc
open_fake(tmg_ctx *unused, tmg_hub **hub)
{
	(void)unused;
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

const tmg_p11_source tmg_p11_sources[] = {
	{ "fake", open_fake, never, nowhere, heed_nothing },
};
const size_t tmg_p11_sources_count = 1;

void
tmg_p11_conf_find(tmg_p11_conf *conf, tmg_fault *f)
{
	(void)f;
	tmg_p11_conf_begin(conf);
	strcpy(conf->keypads.text[0], "*");
	conf->keypads.count = 1;
}

/* ---- reading the input --------------------------------------------------- */

struct input {
	const uint8_t *at;
	size_t left;
};

static uint8_t
next(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

/* ---- arguments ----------------------------------------------------------- */

static const CK_ATTRIBUTE_TYPE types[] = {
	CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_ID, CKA_VALUE,
	CKA_CERTIFICATE_TYPE, CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_EC_POINT,
	CKA_MODULUS, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT, CKA_SUBJECT,
	CKA_ALWAYS_AUTHENTICATE, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_SIGN,
	CKA_APPLICATION, CKA_OBJECT_ID, CKA_VALUE_LEN, CKA_UNIQUE_ID, 0xdeadbeef,
};
static const CK_MECHANISM_TYPE mechanisms[] = {
	CKM_ECDSA, CKM_ECDSA_SHA256, CKM_RSA_PKCS, CKM_RSA_PKCS_PSS,
	CKM_RSA_PKCS_OAEP, CKM_ECDH1_DERIVE, CKM_EC_KEY_PAIR_GEN,
	CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_SHA256_RSA_PKCS_PSS, CKM_EDDSA, 0xdead,
};
static const CK_ULONG classes[] = {
	CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY, CKO_DATA,
	CKO_SECRET_KEY, CKO_PROFILE, CKK_EC, CKK_RSA,
};

/* What parameters of mechanisms may be, each in its own shape. */
static union {
	CK_RSA_PKCS_PSS_PARAMS pss;
	CK_RSA_PKCS_OAEP_PARAMS oaep;
	CK_ECDH1_DERIVE_PARAMS ecdh;
} param;

static CK_ULONG
shape_of(CK_MECHANISM_TYPE type, p11_args *a, struct input *in)
{
	memset(&param, 0, sizeof(param));
	if (type == CKM_RSA_PKCS_PSS || type == CKM_SHA256_RSA_PKCS_PSS) {
		param.pss = (CK_RSA_PKCS_PSS_PARAMS){ CKM_SHA256,
		    CKG_MGF1_SHA256, next(in) };
		return sizeof(param.pss);
	}
	if (type == CKM_RSA_PKCS_OAEP) {
		param.oaep = (CK_RSA_PKCS_OAEP_PARAMS){ CKM_SHA256,
		    CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, a->in[3], next(in) };
		return sizeof(param.oaep);
	}
	if (type == CKM_ECDH1_DERIVE) {
		param.ecdh = (CK_ECDH1_DERIVE_PARAMS){ next(in), next(in),
		    a->in[2], next(in), a->in[3] };
		return sizeof(param.ecdh);
	}
	return 0;
}

static void
choose_mechanism(p11_args *a, struct input *in)
{
	const uint8_t how = next(in);

	a->mechanism.mechanism = mechanisms[how % TMG_COUNT(mechanisms)];
	a->mechanism.ulParameterLen = shape_of(a->mechanism.mechanism, a, in);
	a->mechanism.pParameter = a->mechanism.ulParameterLen > 0 ? &param : NULL;
	if (how >= 0xf0)
		a->mechanism.pParameter = NULL;
	if (how >= 0xf8)
		a->mechanism.ulParameterLen = next(in) % 8;
}

/* Values lie in the third block of bytes, which nothing else fills. */
static void
choose_attribute(CK_ATTRIBUTE *t, p11_args *a, struct input *in, size_t i)
{
	CK_BYTE *value = a->in[i == 0 ? 2 : 3];
	const uint8_t how = next(in);

	t->type = types[how % TMG_COUNT(types)];
	t->pValue = value;
	t->ulValueLen = next(in);
	if (how >= 0xf0) {
		t->pValue = NULL;
	} else if (how >= 0x80) {
		memcpy(value, &classes[how % TMG_COUNT(classes)], sizeof(CK_ULONG));
		t->ulValueLen = sizeof(CK_ULONG);
	} else {
		value[0] = next(in);
	}
}

static void
choose_bytes(p11_args *a, size_t i, struct input *in)
{
	const uint8_t how = next(in);
	CK_BYTE *to = (CK_BYTE *)(uintptr_t)a->at[i];

	if (how == 0xff || how == 0xfe) {
		a->at[i] = 0;
		a->at[i + 1] = how == 0xff ? HUGE_LEN : 0;
		return;
	}
	if (how >= 0x80) {
		memcpy(to, "123456", 6);
		a->at[i + 1] = 6;
		return;
	}
	a->at[i + 1] = how;
	for (size_t k = 0; k < 4; k++)
		to[k] = next(in);
}

static void
choose(p11_args *a, const char *letters, size_t i, struct input *in)
{
	switch (letters[i]) {
	case 's':
		a->at[i] = sessions[next(in) % SESSIONS];
		break;
	case 'i':
		a->at[i] = next(in) % 4;
		break;
	case 'h':
		a->at[i] = next(in) % 24;
		break;
	case 'x':
		a->at[i] = next(in);
		break;
	case 'P':
		choose_bytes(a, i, in);
		break;
	case 'm':
		choose_mechanism(a, in);
		a->at[i] = next(in) == 0xff ? 0 : a->at[i];
		break;
	case 'T':
		choose_attribute((CK_ATTRIBUTE *)(uintptr_t)a->at[i], a, in, 0);
		choose_attribute((CK_ATTRIBUTE *)(uintptr_t)a->at[i] + 1, a, in, 1);
		a->at[i + 1] = next(in) % 3;
		break;
	case 'n':
		a->room = next(in) % 33;	/* times the widest entry */
		break;
	case 'o':
	case 'q':
	case 'H':
		a->at[i] = next(in) == 0xff ? 0 : a->at[i];
		break;
	}
}

/* ---- playing ------------------------------------------------------------- */

static void
call(const p11_named *f, struct input *in)
{
	p11_args a;
	CK_RV rv;

	p11_args_make(&a, f->args, 0, 0);
	for (size_t i = 0; f->args[i] != '\0'; i++)
		choose(&a, f->args, i, in);
	rv = p11_call(f, &a);
	if (rv == CKR_GENERAL_ERROR || rv >= CKR_VENDOR_DEFINED)
		abort();
	if (rv == CKR_OK && f->f.is == (void (*)(void))C_OpenSession)
		sessions[next(in) % SESSIONS] = a.number[0];
}

/* What happens to a program's card, and to the module. */
static void
happen(uint8_t what, struct input *in)
{
	static const char *const typed[] = { "123456", "999999", NULL };
	struct fake_card *c = &fake.cards[next(in) % 2];

	switch (what % 8) {
	case 0:
		c->presence = TMG_ABSENT;
		c->events++;
		break;
	case 1:
		c->presence = TMG_PRESENT;
		c->events++;
		break;
	case 2:
		c->begin_next = TMG_RESET;
		break;
	case 3:
		c->next[next(in) % FAKE_VERBS] = TMG_REMOVED;
		break;
	case 4:
		c->next[next(in) % FAKE_VERBS] = TMG_E_CARD;
		break;
	case 5:
		(void)C_Finalize(NULL);
		break;
	case 6:
		(void)C_Initialize(NULL);
		break;
	case 7:
		c->typed = typed[next(in) % TMG_COUNT(typed)];
		break;
	}
}

static void
make_world(void)
{
	unsetenv("XDG_STATE_HOME");	/* names are kept nowhere */
	unsetenv("HOME");
	if (tmg_ctx_new(&ctx) != TMG_OK)
		abort();
	fake_init(&fresh, ctx, 2);
	fake_key(&fresh.cards[0].slots[0], "Asel", TMG_PIN_ONCE);
	fake_key(&fresh.cards[0].slots[1], "Asel", TMG_PIN_ALWAYS);
	fake_key(&fresh.cards[0].slots[3], "Card", TMG_PIN_NEVER);
	fresh.cards[0].real = true;
	fresh.cards[0].keypad = TMG_PAD_VERIFY | TMG_PAD_CHANGE;
	fresh.cards[0].typed = fresh.cards[0].typed_new = "123456";
	fresh.cards[1].presence = TMG_ABSENT;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	if (ctx == NULL)
		make_world();
	memcpy(&fake, &fresh, sizeof(fake));
	memset(sessions, 0, sizeof(sessions));
	if (C_Initialize(NULL) != CKR_OK ||
	    C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
		&sessions[0]) != CKR_OK)
		abort();
	for (unsigned i = 0; in.left > 0 && i < CALLS_MAX; i++) {
		const uint8_t what = next(&in);

		if (what >= EVENTS_FROM)
			happen(what, &in);
		else
			call(&p11_calls[what % p11_calls_count], &in);
	}
	(void)C_Finalize(NULL);
	if (fake.cards[0].turns != 0 || fake.cards[1].turns != 0)
		abort();		/* a turn was never given back */
	return 0;
}
