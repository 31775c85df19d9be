/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/ec_domain.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"

#define POINT_MAX 160

enum { PRIME, A, B, ORDER, COFACTOR, NUMBERS };

#define SCOPED(type, name) \
	static void name(type **p) { type##_free(*p); }
SCOPED(EC_GROUP, free_group)
#define scoped(f) __attribute__((__cleanup__(f)))

typedef struct numbers {
	BIGNUM *n[NUMBERS];
} numbers;

static void
numbers_release(numbers *all)
{
	for (size_t i = 0; i < NUMBERS; i++)
		BN_free(all->n[i]);
}

static bool
numbers_of(const EC_GROUP *group, numbers *all)
{
	for (size_t i = 0; i < NUMBERS; i++)
		if ((all->n[i] = BN_new()) == NULL)
			return false;
	return EC_GROUP_get_curve(group, all->n[PRIME], all->n[A], all->n[B], NULL) == 1 &&
	    EC_GROUP_get_order(group, all->n[ORDER], NULL) == 1 &&
	    EC_GROUP_get_cofactor(group, all->n[COFACTOR], NULL) == 1;
}

static bool
is_number(tmg_view v, const BIGNUM *n)
{
	BIGNUM *given = v.len < POINT_MAX ? BN_bin2bn(v.ptr, (int)v.len, NULL) : NULL;
	const bool same = given != NULL && BN_cmp(given, n) == 0;

	BN_free(given);
	return same;
}

static bool
is_point(tmg_view v, const EC_GROUP *group)
{
	uint8_t bytes[POINT_MAX];
	const size_t len = EC_POINT_point2oct(group, EC_GROUP_get0_generator(group),
	    POINT_CONVERSION_UNCOMPRESSED, bytes, sizeof(bytes), NULL);

	return len > 0 && tmg_view_equal(v, (tmg_view){ bytes, len });
}

static EC_GROUP *
group_of(OSSL_LIB_CTX *lib, tmg_alg alg)
{
	const char *name = tmg_alg_get(alg)->group;
	const int nist = EC_curve_nist2nid(name);

	return EC_GROUP_new_by_curve_name_ex(lib, NULL,
	    nist != NID_undef ? nist : OBJ_sn2nid(name));
}

static bool
is_curve(OSSL_LIB_CTX *lib, tmg_alg alg, const tmg_view *given, tmg_view base)
{
	tmg_auto(numbers) all = { { NULL } };
	scoped(free_group) EC_GROUP *group = group_of(lib, alg);

	if (group == NULL || !numbers_of(group, &all) || !is_point(base, group))
		return false;
	for (size_t i = 0; i < NUMBERS; i++)
		if (!is_number(given[i], all.n[i]))
			return false;
	return true;
}

tmg_rc
vc_ec_domain_find(OSSL_LIB_CTX *lib, const tmg_alg *makes, tmg_view objects, tmg_alg *alg)
{
	static const uint32_t tags[NUMBERS] = { 0x81, 0x82, 0x83, 0x85, 0x87 };
	tmg_view given[NUMBERS], base;

	for (size_t i = 0; i < NUMBERS; i++)
		if (tmg_tlv_find(objects, tags[i], &given[i]))
			return TMG_E_MALFORMED;
	if (tmg_tlv_find(objects, 0x84, &base))
		return TMG_E_MALFORMED;
	for (; *makes != TMG_ALG_NONE; makes++)
		if (tmg_alg_get(*makes)->family == TMG_FAMILY_EC &&
		    is_curve(lib, *makes, given, base)) {
			*alg = *makes;
			return TMG_OK;
		}
	return TMG_NOT_FOUND;
}
