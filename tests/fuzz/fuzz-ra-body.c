/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON bodies of the application interface: the first byte says of which
 * call, the rest is the body. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/api/body.h"
#include "tools/ra/ca/request.h"
#include "tools/ra/profile/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const ra_body_rows *const bodies[] = {
	&ra_body_begin, &ra_body_code, &ra_body_identify, &ra_body_answers,
	&ra_body_agree, &ra_body_request, &ra_body_proof, &ra_body_reason,
	&ra_body_nothing,
};

static const char profile_text[] =
    "title=\"T\";approval=\"officer\";validity_days=1;keys=[\"ec:p256\"];"
    "key_usage=[\"digitalSignature\"];"
    "subject:{required=[\"CN\"];allowed=[\"CN\"];};"
    "flow:{steps=[\"registered\",\"filled\",\"submitted\"];};"
    "fields=({name=\"a\";label=\"A\";kind=\"name\";step=\"registered\";},"
    "{name=\"b\";label=\"B\";kind=\"email\";step=\"registered\";required=true;},"
    "{name=\"c\";label=\"C\";kind=\"text\";});";

/* What is refused is said why, in words that JSON can carry. */
static void
check_words(tmg_rc rc, const tmg_fault *f, const char *field)
{
	json_t *word = json_string(field);

	if (rc == TMG_MISMATCH && (f->text[0] == '\0' || word == NULL))
		abort();
	json_decref(word);
}

static void
read_members(const ra_profile *profile, const json_t *body)
{
	tmg_auto_free uint8_t *store = malloc(RA_CSR_MAX);
	tmg_out bytes = { store, RA_CSR_MAX, 0, false };
	tmg_auto(ra_answers) answers = { 0 };
	tmg_fault f = { .rc = TMG_OK };
	char field[RA_ANSWER_NAME];

	check_words(ra_body_form(body, profile, &answers, field, &f), &f, field);
	if (store != NULL)
		(void)!ra_body_bytes(body, "request", &bytes, &f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static ra_profile profile;
	tmg_auto(ra_json) body = NULL;
	tmg_fault f = { .rc = TMG_OK };
	char field[RA_ANSWER_NAME], accept[256];
	tmg_rc rc;

	if (profile.title[0] == '\0' &&
	    ra_profile_parse("fuzz", profile_text, &profile, &f) != TMG_OK)
		abort();
	if (size == 0)
		return 0;
	rc = ra_body_parse(bodies[data[0] % TMG_COUNT(bodies)],
	    (tmg_view){ data + 1, size - 1 }, &body, field, &f);
	check_words(rc, &f, field);
	if ((rc == TMG_OK) != (body != NULL))
		abort();
	if (body != NULL)
		read_members(&profile, body);
	if (size <= sizeof(accept)) {
		memcpy(accept, data + 1, size - 1);
		accept[size - 1] = '\0';
		if (ra_language_choose(accept) == NULL)
			abort();
	}
	return 0;
}
