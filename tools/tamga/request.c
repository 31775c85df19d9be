/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.*"

enum {
	LINE_MAX_BYTES = 4096,
};

tmg_rc
request_line(struct cli *cli, const char *path, uint8_t **line, size_t *len)
{
	tmg_rc rc;

	if ((rc = cli_read(cli, path, LINE_MAX_BYTES, line, len)))
		return rc;
	*len = strcspn((const char *)*line, "\r\n");
	(*line)[*len] = '\0';
	if (*len == 0) {
		free(*line);
		*line = NULL;
		return cli_raise(cli, TMG_E_USAGE,
		    _("the first line of %s is empty"), path);
	}
	return TMG_OK;
}

static tmg_rc
read_hash(struct cli *cli, tmg_csr_spec *spec)
{
	const char *name = cli_text(cli, "hash");

	if (name == NULL || tmg_hash_parse(name, &spec->hash) == TMG_OK)
		return TMG_OK;
	return cli_raise(cli, TMG_E_USAGE, _("--hash %s: there is no such hash; "
	    "say sha256, sha384 or sha512"), name);
}

tmg_rc
request_read_challenge(struct cli *cli, struct request *r)
{
	const char *path = cli_text(cli, "challenge-file");
	size_t len;
	tmg_rc rc;

	if (path == NULL)
		return TMG_OK;
	if ((rc = request_line(cli, path, &r->challenge, &len)))
		return rc;
	r->spec.challenge = (const char *)r->challenge;
	return TMG_OK;
}

tmg_rc
request_read(struct cli *cli, struct request *r)
{
	static const char *const names[] = { "san", "key-usage", "eku", "policy" };
	tmg_rc rc;

	for (size_t i = 0; i < TMG_COUNT(names); i++)
		if ((rc = args_list(&cli->args, names[i], &r->lists[i])))
			return rc;
	r->spec = (tmg_csr_spec){
		.subject = cli_text(cli, "subject"),
		.san = r->lists[0],
		.key_usage = r->lists[1],
		.ext_key_usage = r->lists[2],
		.policies = r->lists[3],
		.template_name = cli_text(cli, "template"),
		.pss = cli_flag(cli, "pss"),
	};
	r->attest = cli_flag(cli, "attest");
	if ((rc = read_hash(cli, &r->spec)))
		return rc;
	return request_read_challenge(cli, r);
}

static const char *
first_host(const char *const *san)
{
	for (; san != NULL && *san != NULL; san++)
		if (strncmp(*san, "dns:", 4) == 0)
			return *san + 4;
	return "";
}

void
request_name_host(struct request *r)
{
	const char *host = first_host(r->spec.san);
	const size_t len = strlen(host);

	/* nothing that would mean more in a name than a host's */
	if (r->spec.subject != NULL || len == 0 || len > REQUEST_CN_MAX ||
	    strspn(host, HOST_LETTERS) != len)
		return;
	(void)snprintf(r->host, sizeof(r->host), "CN=%s", host);
	r->spec.subject = r->host;
}

void
request_release(struct request *r)
{
	for (size_t i = 0; i < TMG_COUNT(r->lists); i++)
		free(r->lists[i]);
	if (r->challenge != NULL)
		explicit_bzero(r->challenge, strlen((const char *)r->challenge));
	free(r->challenge);
	*r = (struct request){ .attest = false };
}
