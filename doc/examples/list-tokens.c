/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: list-tokens
 *
 * Every token in reach, its keys and certificates, and why a reader shows
 * none: what a desktop program draws when it starts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common.h"

static void
print_cert(tmg_key *key)
{
	tmg_cert_facts facts;
	char until[16] = "?";
	struct tm tm;
	tmg_view der;

	if (tmg_key_cert(key, &der) != TMG_OK ||
	    tmg_cert_facts_get(der, &facts) != TMG_OK)
		return;
	if (gmtime_r(&facts.not_after, &tm) != NULL)
		strftime(until, sizeof(until), "%Y-%m-%d", &tm);
	printf("    %s, until %s\n", facts.subject, until);
}

static void
print_key(tmg_key *key)
{
	tmg_key_facts facts;

	/* TMG_NOT_FOUND is an empty slot, no fault. */
	if (tmg_key_facts_get(key, &facts) != TMG_OK)
		return;
	printf("  %s  %s  %s\n", tmg_key_slot(key)->name,
	    tmg_alg_get(facts.alg)->name, tmg_key_uri(key));
	print_cert(key);
}

static int
print_token(tmg_token *token)
{
	size_t count;
	tmg_rc rc;

	printf("%s  %s  in %s\n", tmg_token_info(token)->label,
	    tmg_token_info(token)->model, tmg_token_reader(token));
	if ((rc = tmg_token_keys(token, &count)) != TMG_OK)
		return complain(rc, tmg_token_fault(token));
	for (size_t i = 0; i < count; i++)
		print_key(tmg_token_key(token, i));
	return EXIT_SUCCESS;
}

static int
print_all(tmg_tokens *tokens)
{
	const tmg_skipped *skipped;
	int status = EXIT_SUCCESS;
	size_t n;

	for (size_t i = 0; i < tmg_tokens_count(tokens); i++)
		status |= print_token(tmg_tokens_get(tokens, i));
	n = tmg_tokens_skipped(tokens, &skipped);
	for (size_t i = 0; i < n; i++)
		printf("%s: %s\n", skipped[i].reader, skipped[i].why);
	return status;
}

int
main(void)
{
	tmg_ctx *ctx = open_context();
	tmg_tokens *tokens = ctx != NULL ? open_tokens(ctx) : NULL;
	const int status = tokens != NULL ? print_all(tokens) : EXIT_FAILURE;

	tmg_tokens_free(&tokens);
	tmg_ctx_free(&ctx);
	return status;
}
