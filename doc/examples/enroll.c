/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: enroll URI CA-FILE USER PASSWORD-FILE SUBJECT
 *        enroll --resume USER PASSWORD-FILE
 *
 * The whole way in one call, with its progress shown: a key is born on the
 * token, a request is signed there, the authority at URI (est+https://...)
 * issues, the certificate is installed and tried.  Exit status 6: the
 * authority has not decided yet; resume later, also after a restart.
 */
#include <stdio.h>
#include <stdlib.h>

#include <tamga/provision.h>

#include "common.h"

enum { UNDECIDED = 6 };

/* Called after each step, once it is safely written down. */
static void
show(void *arg, tmg_step step, double seconds)
{
	static const char *const words[] = {
		[TMG_STEP_BEGUN] = "begun",
		[TMG_STEP_KEY] = "the key was made",
		[TMG_STEP_REQUEST] = "the request is signed",
		[TMG_STEP_SUBMITTED] = "the authority has it",
		[TMG_STEP_ISSUED] = "the certificate was issued",
		[TMG_STEP_INSTALLED] = "it is on the token",
		[TMG_STEP_DONE] = "done: a test signature was verified",
		[TMG_STEP_CANCELLED] = "given up",
	};

	(void)arg;
	printf("%5.2f s  %s\n", seconds, words[step]);
}

static int
run(tmg_provision *p)
{
	const tmg_rc rc = tmg_provision_run(p, show, NULL);
	const tmg_provision_record *about = tmg_provision_about(p);

	if (rc == TMG_PENDING) {
		printf("%s waits; ask again in %ld s\n", about->id,
		    about->retry_after_s);
		return UNDECIDED;
	}
	if (rc != TMG_OK)
		return complain(rc, tmg_provision_fault(p));
	printf("%s holds certificate %s of %s\n", about->slot, about->serial,
	    about->subject);
	return EXIT_SUCCESS;
}

static int
enroll(tmg_ctx *ctx, tmg_tokens *tokens, char **argv, const tmg_certs *anchors,
    tmg_view password)
{
	const tmg_provision_spec spec = {
		.csr = { .subject = argv[4] },
		.authority = {
			.uri = argv[0],
			.anchors = anchors,
			.user = argv[2],
			.password = password,
		},
	};
	tmg_fault fault = { .rc = TMG_OK };
	tmg_provision *p;
	tmg_rc rc;
	int status;

	if ((rc = tmg_provision_begin(ctx, tokens, &spec, &fault, &p)) != TMG_OK)
		return complain(rc, &fault);
	status = run(p);
	tmg_provision_free(&p);
	return status;
}

/* The journal knows everything but the secrets. */
static int
resume(tmg_ctx *ctx, tmg_tokens *tokens, char *user, tmg_view password)
{
	const tmg_authority_spec credentials = {
		.user = user, .password = password,
	};
	tmg_fault fault = { .rc = TMG_OK };
	tmg_provision *p;
	tmg_rc rc;
	int status;

	rc = tmg_provision_resume(ctx, tokens, NULL, &credentials, &fault, &p);
	if (rc != TMG_OK)
		return complain(rc, &fault);
	status = run(p);
	tmg_provision_free(&p);
	return status;
}

static int
with_password(tmg_ctx *ctx, tmg_tokens *tokens, int argc, char **argv)
{
	const bool anew = argc == 6;
	tmg_certs *anchors = anew ? read_anchors(argv[2]) : NULL;
	uint8_t *bytes;
	size_t len;
	int status = EXIT_FAILURE;

	if ((anew && anchors == NULL) ||
	    !read_file(argv[anew ? 4 : 3], &bytes, &len)) {
		tmg_certs_free(&anchors);
		return EXIT_FAILURE;
	}
	const tmg_view password = { bytes,
	    len > 0 && bytes[len - 1] == '\n' ? len - 1 : len };

	status = anew ? enroll(ctx, tokens, argv + 1, anchors, password)
	    : resume(ctx, tokens, argv[2], password);
	explicit_bzero(bytes, len);
	free(bytes);
	tmg_certs_free(&anchors);
	return status;
}

int
main(int argc, char **argv)
{
	const bool usable = argc == 6 ||
	    (argc == 4 && strcmp(argv[1], "--resume") == 0);
	tmg_ctx *ctx = open_context();
	tmg_tokens *tokens = NULL;
	int status = EXIT_FAILURE;

	if (!usable)
		fprintf(stderr, "usage: enroll URI CA-FILE USER PASSWORD-FILE "
		    "SUBJECT\n       enroll --resume USER PASSWORD-FILE\n");
	else if (ctx != NULL && (tokens = open_tokens(ctx)) != NULL)
		status = with_password(ctx, tokens, argc, argv);

	tmg_tokens_free(&tokens);
	tmg_ctx_free(&ctx);
	return status;
}
