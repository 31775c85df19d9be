/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A gateway that takes messages by POST: the fields of sms.fields, as a form or as
 * JSON.  2xx is "taken over"; 400, 413 and 422 are about this message and for
 * good; whatever else comes, about today or about us.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/webline.h"
#include "tools/ra/post/sms.h"

#define ANSWER_MAX 65536

/* What stands for the value of a field: one of ours, or what ra.conf says. */
static const char *
value_of(const ra_sms *sms, const char *word)
{
	const struct {
		const char *word, *value;
	} ours[] = { { "${to}", sms->to }, { "${text}", sms->text },
		{ "${id}", sms->id } };

	for (size_t i = 0; i < TMG_COUNT(ours); i++)
		if (strcmp(ours[i].word, word) == 0)
			return ours[i].value;
	return word;
}

/* NULL: no memory. */
static char *
write_form(const ra_words *fields, const ra_sms *sms)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < fields->count; i++) {
		const char *field = fields->word[i], *equals = strchr(field, '=');

		fprintf(out, "%s%.*s=", i > 0 ? "&" : "", (int)(equals - field), field);
		ra_webline_escape(out, value_of(sms, equals + 1));
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static char *
write_json(const ra_words *fields, const ra_sms *sms)
{
	json_auto_t *o = json_object();

	for (size_t i = 0; i < fields->count; i++) {
		const char *field = fields->word[i], *equals = strchr(field, '=');
		char name[RA_WORD_MAX];

		snprintf(name, sizeof(name), "%.*s", (int)(equals - field), field);
		if (json_object_set_new(o, name,
		    json_string(value_of(sms, equals + 1))) != 0)
			return NULL;
	}
	return json_dumps(o, JSON_COMPACT);
}

static tmg_rc
judge(const ra_sms_conf *conf, const tmg_http_response *answer, tmg_fault *f)
{
	const long s = answer->status;
	const bool refused = s == 400 || s == 413 || s == 422;

	if (s >= 200 && s < 300)
		return TMG_OK;
	return tmg_raise(f, refused ? TMG_DENIED : TMG_BUSY, 0,
	    _("the gateway %.200s answered with status %ld"), conf->url, s);
}

tmg_rc
ra_sms_post(const ra_sms_line *line, const ra_sms *sms, tmg_fault *f)
{
	static const char *const as_form[] = {
		"Content-Type: application/x-www-form-urlencoded", NULL };
	static const char *const as_json[] = { "Content-Type: application/json",
		NULL };
	const ra_sms_conf *conf = &line->config->sms;
	const ra_webline_spec spec = { line->config, conf->url, conf->ca,
		conf->token_file, conf->timeout_s, ANSWER_MAX };
	tmg_auto(ra_webline) l = { .http = NULL };
	__attribute__((__cleanup__(tmg_http_response_release)))
	    tmg_http_response answer = { .status = 0 };
	tmg_auto_free char *body = conf->json ? write_json(&conf->fields, sms) :
	    write_form(&conf->fields, sms);

	if (body == NULL)
		return tmg_raise(f, TMG_BUSY, 0, _("out of memory"));
	if (ra_webline_open(line->ctx, &spec, &l, f) ||
	    tmg_http_do(l.http, &(tmg_http_request){ .url = conf->url, .post = true,
	    .headers = conf->json ? as_json : as_form,
	    .body = tmg_view_str(body) }, &answer, f)) {
		f->rc = TMG_BUSY;
		return TMG_BUSY;
	}
	return judge(conf, &answer, f);
}
