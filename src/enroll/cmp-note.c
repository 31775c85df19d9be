/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/cmp-note.h"

#include <openssl/err.h>
#include <stdio.h>
#include <time.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/enroll/granted.h"

enum {
	DAY_S = 86400,
	HOUR_S = 3600,
	MINUTE_S = 60,
};

/* ---- clocks -------------------------------------------------------------- */

static ASN1_GENERALIZEDTIME *
read_time(tmg_view time)
{
	const uint8_t *p = time.ptr;

	return d2i_ASN1_GENERALIZEDTIME(NULL, &p, (long)time.len);
}

static long
seconds_from(time_t now, tmg_view time)
{
	tmg_held(ASN1_GENERALIZEDTIME) theirs = read_time(time);
	tmg_held(ASN1_TIME) ours = ASN1_TIME_set(NULL, now);
	int days = 0, seconds = 0;

	if (theirs == NULL || ours == NULL ||
	    ASN1_TIME_diff(&days, &seconds, ours, theirs) != 1) {
		ERR_clear_error();
		return 0;
	}
	return (long)days * DAY_S + seconds;
}

long
tmg_cmp_skew(const tmg_cmp_talk *t)
{
	tmg_cmp_message m;

	if (t->count == 0 || tmg_cmp_message_read((tmg_view){
	    t->turns[t->count - 1].answer, t->turns[t->count - 1].len }, &m) ||
	    m.time.len == 0)
		return 0;
	return seconds_from(tmg_ctx_now(t->a->ctx), m.time);
}

static void
put_span(long s, char text[static 48])
{
	if (s >= 2 * DAY_S)
		snprintf(text, 48, tmg_text_n("%ld day", "%ld days",
		    (unsigned long)(s / DAY_S)), s / DAY_S);
	else if (s >= 2 * HOUR_S)
		snprintf(text, 48, tmg_text_n("%ld hour", "%ld hours",
		    (unsigned long)(s / HOUR_S)), s / HOUR_S);
	else
		snprintf(text, 48, tmg_text_n("%ld minute", "%ld minutes",
		    (unsigned long)(s / MINUTE_S)), s / MINUTE_S);
}

const char *
tmg_cmp_skew_words(const tmg_cmp_talk *t, char text[TMG_CMP_SKEW_MAX])
{
	const long skew = tmg_cmp_skew(t);
	char span[48];

	text[0] = '\0';
	put_span(skew < 0 ? -skew : skew, span);
	if (skew >= TMG_CMP_SKEW_S)
		snprintf(text, TMG_CMP_SKEW_MAX,
		    _("its clock is %s ahead of this computer's"), span);
	else if (skew <= -TMG_CMP_SKEW_S)
		snprintf(text, TMG_CMP_SKEW_MAX,
		    _("its clock is %s behind this computer's"), span);
	return text;
}

/* ---- too late ------------------------------------------------------------ */

static tmg_rc
read_turn(const tmg_cmp_turn *turn, tmg_cmp_message *m)
{
	return tmg_cmp_message_read((tmg_view){ turn->answer, turn->len }, m);
}

static bool
is_told(const tmg_cmp_talk *t, tmg_view *by)
{
	tmg_cmp_message m;

	for (size_t i = 0; i < t->count; i++)
		if (read_turn(&t->turns[i], &m) == TMG_OK &&
		    tmg_cmp_message_confirm_by(&m, by) == TMG_OK)
			return true;
	return false;
}

/* Both times are the authority's, so clocks that differ do not matter. */
static bool
is_over(const tmg_cmp_talk *t, const ASN1_GENERALIZEDTIME *by)
{
	tmg_cmp_message m;
	tmg_held(ASN1_GENERALIZEDTIME) said =
	    read_turn(&t->turns[t->count - 1], &m) == TMG_OK && m.time.len > 0 ?
	    read_time(m.time) : ASN1_GENERALIZEDTIME_set(NULL, tmg_ctx_now(t->a->ctx));

	return said != NULL && ASN1_TIME_compare(said, by) >= 0;
}

const char *
tmg_cmp_late_words(const tmg_cmp_talk *t, char text[TMG_CMP_LATE_MAX])
{
	tmg_held(ASN1_GENERALIZEDTIME) by = NULL;
	tmg_view told;
	struct tm tm;
	char day[32];

	text[0] = '\0';
	if (is_told(t, &told) && (by = read_time(told)) != NULL && is_over(t, by) &&
	    ASN1_TIME_to_tm(by, &tm) == 1 &&
	    strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S UTC", &tm) > 0)
		snprintf(text, TMG_CMP_LATE_MAX,
		    _("it waited until %s for the certificate to be confirmed, and takes "
		    "no confirmation any more: the certificate is good for nothing"), day);
	ERR_clear_error();
	return text;
}

/* ---- what is otherwise than asked ---------------------------------------- */

static void
note_changes(const tmg_cmp_talk *t, const OSSL_CMP_CTX *ctx, const X509 *cert,
    char *note, size_t cap)
{
	char names[TMG_GRANTED_MAX], said[80];

	tmg_granted_list(cert, t->request, true, names);
	tmg_cmp_said(ctx, said, sizeof(said));
	snprintf(note, cap, said[0] != '\0' ?
	    _("%s granted the request with changes: %s (\"%s\")") :
	    _("%s granted the request with changes: %s"), t->a->uri.where,
	    names[0] != '\0' ? names : _("it does not tell which"), said);
}

void
tmg_cmp_note(const tmg_cmp_talk *t, const OSSL_CMP_CTX *ctx, const X509 *cert,
    tmg_decision *d)
{
	char words[TMG_CMP_SKEW_MAX];

	if (OSSL_CMP_CTX_get_status(ctx) == TMG_CMP_GRANTED_WITH_MODS)
		note_changes(t, ctx, cert, d->note, sizeof(d->note));
	else if (tmg_cmp_skew_words(t, words)[0] != '\0')
		snprintf(d->note, sizeof(d->note), "%.140s: %.159s", t->a->uri.where, words);
}
