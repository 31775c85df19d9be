/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/param.h"

#include <openssl/params.h>
#include <strings.h>

int
tmg_params_take(const tmg_taker *rows, size_t count, void *ctx,
    const OSSL_PARAM params[])
{
	if (params == NULL)
		return 1;
	for (size_t i = 0; i < count; i++) {
		const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, rows[i].key);

		if (p != NULL && !rows[i].take(ctx, p))
			return 0;
	}
	return 1;
}

int
tmg_params_give(const tmg_giver *rows, size_t count, const void *ctx,
    OSSL_PARAM params[])
{
	for (size_t i = 0; i < count; i++) {
		OSSL_PARAM *p = OSSL_PARAM_locate(params, rows[i].key);

		if (p != NULL && !rows[i].give(ctx, p))
			return 0;
	}
	return 1;
}

bool
tmg_choice_find(const tmg_choice *rows, size_t count, const char *text,
    int *number)
{
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(rows[i].name, text) != 0)
			continue;
		*number = rows[i].number;
		return true;
	}
	return false;
}

bool
tmg_choice_take(const tmg_choice *rows, size_t count, const OSSL_PARAM *p,
    int *number)
{
	char word[TMG_PARAM_WORD];
	int asked;

	if (p->data_type == OSSL_PARAM_UTF8_STRING)
		return tmg_param_text(p, word, sizeof(word)) &&
		    tmg_choice_find(rows, count, word, number);
	if (OSSL_PARAM_get_int(p, &asked) != 1)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].number != asked)
			continue;
		*number = asked;
		return true;
	}
	return false;
}

bool
tmg_choice_give(const tmg_choice *rows, size_t count, int number, OSSL_PARAM *p)
{
	if (p->data_type != OSSL_PARAM_UTF8_STRING)
		return OSSL_PARAM_set_int(p, number) == 1;
	for (size_t i = 0; i < count; i++)
		if (rows[i].number == number)
			return OSSL_PARAM_set_utf8_string(p, rows[i].name) == 1;
	return false;
}

bool
tmg_param_text(const OSSL_PARAM *p, char *text, size_t cap)
{
	return OSSL_PARAM_get_utf8_string(p, &text, cap) == 1;
}

bool
tmg_param_hash(const OSSL_PARAM *p, tmg_hash *hash)
{
	char word[TMG_PARAM_WORD];

	return tmg_param_text(p, word, sizeof(word)) &&
	    tmg_hash_parse(word, hash) == TMG_OK;
}

bool
tmg_param_give_hash(tmg_hash hash, OSSL_PARAM *p)
{
	const char *name = tmg_hash_name(hash);

	return OSSL_PARAM_set_utf8_string(p, name != NULL ? name : "") == 1;
}
