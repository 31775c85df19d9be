/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <ctype.h>
#include <string.h>

#include "tools/tamga/keep.h"

#define NUMBER_LEN 19		/* four groups of four and the dashes between */

const char *
portal_text(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? text : "";
}

void
portal_json_release(json_t **o)
{
	json_decref(*o);
}
tmg_rc
portal_call(struct cli *cli, tmg_authority *a, const struct portal_question *q,
    json_t **answer)
{
	auto_wiped text = q->body != NULL ? json_dumps(q->body, JSON_COMPACT) : NULL;
	tmg_auto(tmg_answer) said = { .text = NULL };
	tmg_rc rc;

	*answer = NULL;
	json_decref(q->body);
	rc = tmg_authority_call(a, &(tmg_call){ .verb = q->verb, .path = q->path,
	    .body = tmg_view_str(text != NULL ? text : "") }, &said);
	cli->stage = STAGE_AUTHORITY;
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_authority_fault(a));
	*answer = json_loads(said.text, JSON_REJECT_DUPLICATES, NULL);
	return json_is_object(*answer) ? portal_check(cli, q->shape, *answer) :
	    cli_raise(cli, TMG_E_MALFORMED,
	    _("the portal's answer is no JSON object; is the address right?"));
}

const struct portal_question portal_ask_application = {
	TMG_VERB_GET, "", NULL, &portal_shape_application,
};
const struct portal_question portal_ask_contents = {
	TMG_VERB_GET, "/contents", NULL, &portal_shape_contents,
};

/* What tells of an application tells of ours. */
static tmg_rc
check_number(struct cli *cli, const struct portal *p, const json_t *answer)
{
	const json_t *number = json_object_get(answer, "application");

	return number == NULL || strcmp(portal_text(answer, "application"),
	    p->number) == 0 ? TMG_OK : cli_raise(cli, TMG_E_MALFORMED,
	    _("the portal answers about another application than %s; tell its "
	    "operator"), p->number);
}

tmg_rc
portal_at(struct cli *cli, tmg_authority *a, const struct portal *p,
    const struct portal_question *q, json_t **answer)
{
	struct portal_question whole = *q;
	char path[96];
	tmg_rc rc;

	snprintf(path, sizeof(path), "%s%s", p->place, q->path);
	whole.path = path;
	rc = portal_call(cli, a, &whole, answer);
	return rc == TMG_OK ? check_number(cli, p, *answer) : rc;
}

/* ---- who is asked ------------------------------------------------------ */

tmg_rc
portal_open(struct cli *cli, const struct ca *ca, const char *place,
    tmg_authority **a)
{
	tmg_authority_spec spec = ca->spec;
	size_t len = strlen(spec.uri);
	char uri[TMG_URI_MAX];
	tmg_fault f = { 0 };
	tmg_rc rc;

	while (len > 0 && spec.uri[len - 1] == '/')
		len--;
	snprintf(uri, sizeof(uri), "%.*s/%s", (int)len, spec.uri, place);
	spec.uri = uri;
	rc = tmg_authority_open(cli->ctx, &spec, &f, a);
	return rc == TMG_OK ? TMG_OK : cli_fail(cli, rc, &f);
}

tmg_rc
portal_set_number(struct cli *cli, struct portal *p, const char *number)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char upper[sizeof(p->number)] = "";
	bool good = strlen(number) == NUMBER_LEN;

	for (size_t i = 0; good && i < NUMBER_LEN; i++) {
		upper[i] = (char)toupper((unsigned char)number[i]);
		good = i % 5 == 4 ? upper[i] == '-' : strchr(digits, upper[i]) != NULL;
	}
	if (!good)
		return cli_raise(cli, TMG_E_USAGE, _("\"%.40s\" is no number of an "
		    "application; it is four groups of four digits and letters, such as "
		    "7K3M-0Q9T-XW2C-5HRD, and stands where the application was begun"),
		    number);
	memcpy(p->number, upper, sizeof(upper));
	snprintf(p->place, sizeof(p->place), PORTAL_HEAD "%s", p->number);
	return TMG_OK;
}
