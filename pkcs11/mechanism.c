/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/mechanism.h"

#include "pkcs11/module.h"
#include "pkcs11/rv.h"
#include "src/base/scope.h"
#include "src/token/token.h"

/* Bare digests are not listed: clients would send their hashing here, and no
 * card gains by it. */
#define SIGNS (CKF_SIGN | CKF_VERIFY)
#define CRYPTS (CKF_ENCRYPT | CKF_DECRYPT)
#define SIGNATURE(mech, families, scheme, hash, params) \
	{ mech, families, scheme, hash, params, TMG_DECRYPT_RAW, SIGNS }
#define PLAIN(mech, families, params, flags) \
	{ mech, families, TMG_SIGN_RAW, TMG_HASH_NONE, params, TMG_DECRYPT_RAW, \
	    flags }
#define RSA_PKCS1(mech, hash) \
	SIGNATURE(mech, P11_FAMILY(RSA), TMG_SIGN_PKCS1, hash, P11_PARAMS_NONE)
#define RSA_PSS(mech, hash) \
	SIGNATURE(mech, P11_FAMILY(RSA), TMG_SIGN_PSS, hash, P11_PARAMS_PSS)
#define EC_DSA(mech, hash) \
	SIGNATURE(mech, P11_FAMILY(EC), TMG_SIGN_ECDSA, hash, P11_PARAMS_NONE)

const tmg_p11_mechanism tmg_p11_mechanisms[] = {
	{ CKM_RSA_PKCS, P11_FAMILY(RSA), TMG_SIGN_PKCS1, TMG_HASH_NONE,
	    P11_PARAMS_NONE, TMG_DECRYPT_PKCS1, SIGNS | CRYPTS },
	RSA_PKCS1(CKM_SHA1_RSA_PKCS, TMG_HASH_SHA1),
	RSA_PKCS1(CKM_SHA224_RSA_PKCS, TMG_HASH_SHA224),
	RSA_PKCS1(CKM_SHA256_RSA_PKCS, TMG_HASH_SHA256),
	RSA_PKCS1(CKM_SHA384_RSA_PKCS, TMG_HASH_SHA384),
	RSA_PKCS1(CKM_SHA512_RSA_PKCS, TMG_HASH_SHA512),
	RSA_PSS(CKM_RSA_PKCS_PSS, TMG_HASH_NONE),
	RSA_PSS(CKM_SHA1_RSA_PKCS_PSS, TMG_HASH_SHA1),
	RSA_PSS(CKM_SHA224_RSA_PKCS_PSS, TMG_HASH_SHA224),
	RSA_PSS(CKM_SHA256_RSA_PKCS_PSS, TMG_HASH_SHA256),
	RSA_PSS(CKM_SHA384_RSA_PKCS_PSS, TMG_HASH_SHA384),
	RSA_PSS(CKM_SHA512_RSA_PKCS_PSS, TMG_HASH_SHA512),
	{ CKM_RSA_X_509, P11_FAMILY(RSA), TMG_SIGN_RAW, TMG_HASH_NONE,
	    P11_PARAMS_NONE, TMG_DECRYPT_RAW, SIGNS | CRYPTS },
	{ CKM_RSA_PKCS_OAEP, P11_FAMILY(RSA), TMG_SIGN_RAW, TMG_HASH_NONE,
	    P11_PARAMS_OAEP, TMG_DECRYPT_OAEP, CRYPTS },
	EC_DSA(CKM_ECDSA, TMG_HASH_NONE),
	EC_DSA(CKM_ECDSA_SHA1, TMG_HASH_SHA1),
	EC_DSA(CKM_ECDSA_SHA224, TMG_HASH_SHA224),
	EC_DSA(CKM_ECDSA_SHA256, TMG_HASH_SHA256),
	EC_DSA(CKM_ECDSA_SHA384, TMG_HASH_SHA384),
	EC_DSA(CKM_ECDSA_SHA512, TMG_HASH_SHA512),
	SIGNATURE(CKM_EDDSA, P11_FAMILY(ED), TMG_SIGN_EDDSA, TMG_HASH_NONE,
	    P11_PARAMS_EDDSA),
	PLAIN(CKM_RSA_PKCS_KEY_PAIR_GEN, P11_FAMILY(RSA), P11_PARAMS_NONE,
	    CKF_GENERATE_KEY_PAIR),
	PLAIN(CKM_EC_KEY_PAIR_GEN, P11_FAMILY(EC), P11_PARAMS_NONE,
	    CKF_GENERATE_KEY_PAIR),
	PLAIN(CKM_EC_EDWARDS_KEY_PAIR_GEN, P11_FAMILY(ED), P11_PARAMS_NONE,
	    CKF_GENERATE_KEY_PAIR),
	PLAIN(CKM_EC_MONTGOMERY_KEY_PAIR_GEN, P11_FAMILY(X), P11_PARAMS_NONE,
	    CKF_GENERATE_KEY_PAIR),
	PLAIN(CKM_ECDH1_DERIVE, P11_FAMILY(EC) | P11_FAMILY(X), P11_PARAMS_ECDH,
	    CKF_DERIVE),
	/* every curve here has the cofactor 1, but for X25519, which clears it */
	PLAIN(CKM_ECDH1_COFACTOR_DERIVE, P11_FAMILY(EC), P11_PARAMS_ECDH,
	    CKF_DERIVE),
};
const size_t tmg_p11_mechanism_count = TMG_COUNT(tmg_p11_mechanisms);

const tmg_p11_mechanism *
tmg_p11_mechanism_get(CK_MECHANISM_TYPE type)
{
	for (size_t i = 0; i < tmg_p11_mechanism_count; i++)
		if (tmg_p11_mechanisms[i].type == type)
			return &tmg_p11_mechanisms[i];
	return NULL;
}

/* ---- parameters ---------------------------------------------------------- */

static const struct {
	CK_MECHANISM_TYPE digest;
	CK_ULONG mgf;
	tmg_hash hash;
} hashes[] = {
	{ CKM_SHA_1, CKG_MGF1_SHA1, TMG_HASH_SHA1 },
	{ CKM_SHA224, CKG_MGF1_SHA224, TMG_HASH_SHA224 },
	{ CKM_SHA256, CKG_MGF1_SHA256, TMG_HASH_SHA256 },
	{ CKM_SHA384, CKG_MGF1_SHA384, TMG_HASH_SHA384 },
	{ CKM_SHA512, CKG_MGF1_SHA512, TMG_HASH_SHA512 },
};

static tmg_hash
hash_of_digest(CK_MECHANISM_TYPE digest)
{
	for (size_t i = 0; i < TMG_COUNT(hashes); i++)
		if (hashes[i].digest == digest)
			return hashes[i].hash;
	return TMG_HASH_NONE;
}

static tmg_hash
hash_of_mgf(CK_ULONG mgf)
{
	for (size_t i = 0; i < TMG_COUNT(hashes); i++)
		if (hashes[i].mgf == mgf)
			return hashes[i].hash;
	return TMG_HASH_NONE;
}

/* A mechanism that hashes says which hash, and the parameters must agree. */
static CK_RV
read_pss(const tmg_p11_mechanism *row, const CK_MECHANISM *given,
    tmg_sign_spec *spec)
{
	CK_RSA_PKCS_PSS_PARAMS pss;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof(pss))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&pss, given->pParameter, sizeof(pss));
	spec->hash = hash_of_digest(pss.hashAlg);
	spec->mgf = hash_of_mgf(pss.mgf);
	spec->salt_len = pss.sLen;
	if (spec->hash == TMG_HASH_NONE || spec->mgf == TMG_HASH_NONE ||
	    (row->hash != TMG_HASH_NONE && row->hash != spec->hash))
		return CKR_MECHANISM_PARAM_INVALID;
	return CKR_OK;
}

/* Ed25519ph and contexts need a card that knows them; none does. */
static CK_RV
read_eddsa(const CK_MECHANISM *given)
{
	tmg_p11_eddsa_params params;

	if (given->pParameter == NULL && given->ulParameterLen == 0)
		return CKR_OK;
	if (given->pParameter == NULL || given->ulParameterLen != sizeof(params))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&params, given->pParameter, sizeof(params));
	return params.phFlag || params.ulContextDataLen > 0
	    ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

CK_RV
tmg_p11_mechanism_plain(const CK_MECHANISM *given)
{
	return given->pParameter == NULL && given->ulParameterLen == 0
	    ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

CK_RV
tmg_p11_mechanism_sign(const tmg_p11_mechanism *row, const CK_MECHANISM *given,
    tmg_sign_spec *spec)
{
	*spec = (tmg_sign_spec){ .scheme = row->scheme, .hash = row->hash };
	if (row->params == P11_PARAMS_PSS)
		return read_pss(row, given, spec);
	if (row->params == P11_PARAMS_EDDSA)
		return read_eddsa(given);
	return tmg_p11_mechanism_plain(given);
}

/* Hash and MGF are chosen apart; a label may be there or not.  Programs without
 * one leave its source 0. */
static CK_RV
read_oaep(const CK_MECHANISM *given, tmg_decrypt_spec *spec)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof(oaep))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&oaep, given->pParameter, sizeof(oaep));
	spec->hash = hash_of_digest(oaep.hashAlg);
	spec->mgf = hash_of_mgf(oaep.mgf);
	spec->label = (tmg_view){ oaep.pSourceData, oaep.ulSourceDataLen };
	if (spec->hash == TMG_HASH_NONE || spec->mgf == TMG_HASH_NONE ||
	    (spec->label.ptr == NULL && spec->label.len > 0) ||
	    (oaep.source != CKZ_DATA_SPECIFIED &&
		(oaep.source != 0 || spec->label.len > 0)))
		return CKR_MECHANISM_PARAM_INVALID;
	return CKR_OK;
}

CK_RV
tmg_p11_mechanism_decrypt(const tmg_p11_mechanism *row,
    const CK_MECHANISM *given, tmg_decrypt_spec *spec)
{
	*spec = (tmg_decrypt_spec){ .padding = row->padding };
	return row->params == P11_PARAMS_OAEP ? read_oaep(given, spec)
	    : tmg_p11_mechanism_plain(given);
}

/* The KDFs of X9.63; 6.3.17. */
static const struct {
	CK_ULONG type;
	tmg_hash hash;
} kdfs[] = {
	{ CKD_NULL, TMG_HASH_NONE },
	{ CKD_SHA1_KDF, TMG_HASH_SHA1 },
	{ CKD_SHA224_KDF, TMG_HASH_SHA224 },
	{ CKD_SHA256_KDF, TMG_HASH_SHA256 },
	{ CKD_SHA384_KDF, TMG_HASH_SHA384 },
	{ CKD_SHA512_KDF, TMG_HASH_SHA512 },
};

static bool
read_kdf(CK_ULONG type, tmg_hash *hash)
{
	for (size_t i = 0; i < TMG_COUNT(kdfs); i++) {
		if (kdfs[i].type != type)
			continue;
		*hash = kdfs[i].hash;
		return true;
	}
	return false;
}

CK_RV
tmg_p11_mechanism_derive(const tmg_p11_mechanism *row, const CK_MECHANISM *given,
    tmg_p11_derive_spec *spec)
{
	CK_ECDH1_DERIVE_PARAMS ecdh;

	(void)row;
	if (given->pParameter == NULL || given->ulParameterLen != sizeof(ecdh))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&ecdh, given->pParameter, sizeof(ecdh));
	spec->shared = (tmg_view){ ecdh.pSharedData, ecdh.ulSharedDataLen };
	spec->peer = (tmg_view){ ecdh.pPublicData, ecdh.ulPublicDataLen };
	if (!read_kdf(ecdh.kdf, &spec->kdf) || spec->peer.ptr == NULL ||
	    (spec->shared.ptr == NULL && spec->shared.len > 0) ||
	    (spec->kdf == TMG_HASH_NONE && spec->shared.len > 0))
		return CKR_MECHANISM_PARAM_INVALID;
	return CKR_OK;
}

/* ---- what a token has ---------------------------------------------------- */

static bool
has_alg(const tmg_p11_mechanism *row, const tmg_backend_info *info, unsigned alg)
{
	return (info->algs & (uint32_t)1 << alg) != 0 &&
	    tmg_p11_mechanism_takes(row, (tmg_alg)alg);
}

/* An RSA operation whose padding is not that of PKCS #1 v1.5. */
static bool
is_unpadded(const tmg_p11_mechanism *row)
{
	return (row->families & P11_FAMILY(RSA)) != 0 &&
	    (row->flags & (CKF_SIGN | CKF_DECRYPT)) != 0 &&
	    row->scheme != TMG_SIGN_PKCS1;
}

bool
tmg_p11_mechanism_able(const tmg_p11_mechanism *row,
    const tmg_backend_info *info)
{
	return (!info->pads || !is_unpadded(row)) &&
	    ((row->flags & CKF_DERIVE) == 0 || (info->can & TMG_CAN_DERIVE) != 0);
}

bool
tmg_p11_mechanism_fits(const tmg_p11_mechanism *row,
    const tmg_backend_info *info)
{
	if ((row->flags & CKF_GENERATE_KEY_PAIR) && !(info->can & TMG_CAN_GENERATE))
		return false;
	if (!tmg_p11_mechanism_able(row, info))
		return false;
	for (unsigned alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++)
		if (has_alg(row, info, alg))
			return true;
	return false;
}

static bool
is_25519(const tmg_alg_row *alg)
{
	return alg->family == TMG_FAMILY_ED || alg->family == TMG_FAMILY_X;
}

/* Their field has 255 bits, and 6.3 wants that number; others' fill bytes. */
static CK_ULONG
bits_of(const tmg_alg_row *alg)
{
	return is_25519(alg) ? alg->bits - 1 : alg->bits;
}

/* The smallest and the largest key of the family that the token makes, or has. */
static void
measure(const tmg_p11_mechanism *row, const tmg_backend_info *token,
    CK_MECHANISM_INFO *info)
{
	*info = (CK_MECHANISM_INFO){ .flags = row->flags | CKF_HW };
	if (row->families & P11_CURVES)
		info->flags |= CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
	for (unsigned alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++) {
		const CK_ULONG bits = bits_of(tmg_alg_get((tmg_alg)alg));

		if (!has_alg(row, token, alg))
			continue;
		if (info->ulMinKeySize == 0 || bits < info->ulMinKeySize)
			info->ulMinKeySize = bits;
		if (bits > info->ulMaxKeySize)
			info->ulMaxKeySize = bits;
		if (is_25519(tmg_alg_get((tmg_alg)alg)))
			info->flags |= CKF_EC_CURVENAME;
	}
}

/* A card that makes no keys has those of its issuer: they tell. */
static CK_RV
add_issued(tmg_token *token, uint32_t *algs)
{
	tmg_key_facts facts;
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_token_keys(token, &count)))
		return tmg_p11_rv(rc);
	for (size_t i = 0; i < count; i++) {
		rc = tmg_key_facts_get(tmg_token_key(token, i), &facts);
		if (rc == TMG_OK)
			*algs |= (uint32_t)1 << facts.alg;
		else if (rc != TMG_NOT_FOUND)
			return tmg_p11_rv(rc);
	}
	return CKR_OK;
}

static CK_RV
hold_info(p11_hold *hold, CK_SLOT_ID id, tmg_backend_info *info)
{
	CK_RV rv;

	if ((rv = p11_hold_slot(hold, id)) || (rv = tmg_p11_slot_open(hold->slot)))
		return rv;
	*info = *tmg_token_info(hold->slot->token);
	return info->algs != 0 ? CKR_OK : add_issued(hold->slot->token, &info->algs);
}

CK_RV
C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_MECHANISM_TYPE rows[TMG_COUNT(tmg_p11_mechanisms)];
	CK_ULONG n = 0, room;
	tmg_backend_info token;
	CK_RV rv;

	if ((rv = hold_info(&hold, id, &token)))
		return rv;
	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	for (size_t i = 0; i < tmg_p11_mechanism_count; i++)
		if (tmg_p11_mechanism_fits(&tmg_p11_mechanisms[i], &token))
			rows[n++] = tmg_p11_mechanisms[i].type;
	room = *count;
	*count = n;
	if (list == NULL)
		return CKR_OK;
	if (room < n)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(list, rows, n * sizeof(rows[0]));
	return CKR_OK;
}

/* A hash is no mechanism here, and is not listed: programs would have their
 * hashes made by the card.  But it is a parameter of PSS, and SunPKCS11 asks
 * whether it is known before it names one. */
static bool
is_parameter(CK_MECHANISM_TYPE type, const tmg_backend_info *token)
{
	const tmg_p11_mechanism *pss = tmg_p11_mechanism_get(CKM_RSA_PKCS_PSS);

	return hash_of_digest(type) != TMG_HASH_NONE &&
	    tmg_p11_mechanism_fits(pss, token);
}

CK_RV
C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	const tmg_p11_mechanism *row = tmg_p11_mechanism_get(type);
	tmg_backend_info token;
	CK_RV rv;

	if ((rv = hold_info(&hold, id, &token)))
		return rv;
	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	if (row != NULL && tmg_p11_mechanism_fits(row, &token)) {
		measure(row, &token, info);
		return CKR_OK;
	}
	*info = (CK_MECHANISM_INFO){ .flags = 0 };
	return is_parameter(type, &token) ? CKR_OK : CKR_MECHANISM_INVALID;
}
