/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways of the three procedures and of a plain one, step by step: what is
 * possible where, and for whom. */
#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"
#include "tests/unit/test.h"
#include "tools/ra/flow/flow.h"

#define A RA_BY_APPLICANT
#define O RA_BY_OFFICER
#define S RA_BY_SYSTEM

struct way {
	const char *name;
	const char *words[RA_LINE_MAX];
	unsigned submit_needs, approve_needs;
};

/* Bulgaria: number and code first, papers, data check, key, payment. */
static const struct way bulgarian = { "bg",
	{ "registered", "activated", "filled", "docs-received", "docs-checked",
	    "data-checked", "data-agreed", "key", "submitted", "downloaded",
	    "installed" },
	0, RA_PAID | RA_CONFIRMED };
/* Kazakhstan: terms, identity, key before submission, an officer in a month. */
static const struct way kazakh = { "kz",
	{ "agreed", "identified", "filled", "key", "submitted", "downloaded",
	    "installed" },
	0, RA_CONFIRMED };
/* Azerbaijan: terms, identity, paid order; the office makes the key. */
static const struct way azerbaijani = { "az",
	{ "agreed", "identified", "filled", "submitted", "handed-over" },
	RA_PAID, RA_CONFIRMED };
static const struct way plain = { "plain", { "submitted" }, 0, 0 };
static const struct way four_eyes = { "four-eyes", { "submitted" },
	0, RA_CONFIRMED | RA_RELEASED };

static ra_flow
flow_of(const struct way *way)
{
	const char *wrong = NULL;
	size_t count = 0;
	ra_flow flow;

	while (count < RA_LINE_MAX && way->words[count] != NULL)
		count++;
	assert_int_equal(ra_flow_make(way->words, count, &flow, &wrong), TMG_OK);
	flow.needs[RA_SUBMITTED] = way->submit_needs;
	flow.needs[RA_APPROVED] = way->approve_needs;
	return flow;
}

/* One event, who causes it, and the state after it. */
struct walk {
	ra_event event;
	unsigned by;
	ra_state state;
};

static void
walk(const struct way *way, const struct walk *steps, size_t count,
    ra_standing *place)
{
	const ra_flow flow = flow_of(way);

	for (size_t i = 0; i < count; i++) {
		unsigned missing = 0;

		if (ra_flow_step(&flow, steps[i].event, steps[i].by, place,
		    &missing) != TMG_OK)
			fail_msg("%s: %s from %s: not possible, missing %u",
			    way->name, ra_event_name(steps[i].event),
			    ra_state_get(place->state)->name, missing);
		assert_string_equal(ra_state_get(place->state)->name,
		    ra_state_get(steps[i].state)->name);
	}
}

static const struct walk bulgarian_walk[] = {
	{ RA_EV_REGISTER, A, RA_REGISTERED },
	{ RA_EV_ACTIVATE, A, RA_ACTIVATED },
	{ RA_EV_FILL, A, RA_FILLED },
	{ RA_EV_RECEIVE_DOCS, O, RA_DOCS_RECEIVED },
	{ RA_EV_MISS_DOCS, O, RA_DOCS_INCOMPLETE },
	{ RA_EV_RECEIVE_DOCS, O, RA_DOCS_RECEIVED },
	{ RA_EV_CHECK_DOCS, O, RA_DOCS_CHECKED },
	{ RA_EV_RETURN_DATA, O, RA_DATA_RETURNED },
	{ RA_EV_FILL, A, RA_DOCS_CHECKED },
	{ RA_EV_CHECK_DATA, O, RA_DATA_CHECKED },
	{ RA_EV_AGREE_DATA, A, RA_DATA_AGREED },
	{ RA_EV_CORRECT_DATA, O, RA_DATA_CHECKED },
	{ RA_EV_AGREE_DATA, A, RA_DATA_AGREED },
	{ RA_EV_KEY, A, RA_KEY_GENERATED },
	{ RA_EV_SUBMIT, A, RA_SUBMITTED },
	{ RA_EV_CONFIRM, O, RA_SUBMITTED },
	{ RA_EV_PAY, S, RA_SUBMITTED },
	{ RA_EV_APPROVE, S, RA_APPROVED },
	{ RA_EV_RESERVE, S, RA_ISSUING },
	{ RA_EV_FAIL, S, RA_ISSUE_FAILED },
	{ RA_EV_RETRY, O, RA_ISSUING },
	{ RA_EV_ISSUE, S, RA_ISSUED },
	{ RA_EV_DOWNLOAD, A, RA_DOWNLOADED },
	{ RA_EV_INSTALL, A, RA_INSTALLED },
	{ RA_EV_SUSPEND, A, RA_SUSPENDED },
	{ RA_EV_RESUME, O, RA_INSTALLED },
	{ RA_EV_REVOKE, A, RA_REVOKED },
};

static const struct walk kazakh_walk[] = {
	{ RA_EV_AGREE, A, RA_AGREED },
	{ RA_EV_IDENTIFY, S, RA_IDENTIFIED },
	{ RA_EV_FILL, A, RA_FILLED },
	{ RA_EV_FILL, A, RA_FILLED },
	{ RA_EV_KEY, A, RA_KEY_GENERATED },
	{ RA_EV_SUBMIT, A, RA_SUBMITTED },
	{ RA_EV_CONFIRM, O, RA_SUBMITTED },
	{ RA_EV_APPROVE, S, RA_APPROVED },
	{ RA_EV_RESERVE, S, RA_ISSUING },
	{ RA_EV_ISSUE, S, RA_ISSUED },
	{ RA_EV_DOWNLOAD, A, RA_DOWNLOADED },
	{ RA_EV_INSTALL, A, RA_INSTALLED },
};

static const struct walk azerbaijani_walk[] = {
	{ RA_EV_AGREE, A, RA_AGREED },
	{ RA_EV_IDENTIFY, S, RA_IDENTIFIED },
	{ RA_EV_FILL, A, RA_FILLED },
	{ RA_EV_PAY, S, RA_FILLED },
	{ RA_EV_SUBMIT, A, RA_SUBMITTED },
	{ RA_EV_CONFIRM, O, RA_SUBMITTED },
	{ RA_EV_APPROVE, S, RA_APPROVED },
	{ RA_EV_RESERVE, S, RA_ISSUING },
	{ RA_EV_ISSUE, S, RA_ISSUED },
	{ RA_EV_HAND_OVER, O, RA_HANDED_OVER },
};

static void
test_walks(void **state)
{
	ra_standing bg = { .state = RA_NONE }, kz = bg, az = bg;

	(void)state;
	walk(&bulgarian, bulgarian_walk, TMG_COUNT(bulgarian_walk), &bg);
	walk(&kazakh, kazakh_walk, TMG_COUNT(kazakh_walk), &kz);
	walk(&azerbaijani, azerbaijani_walk, TMG_COUNT(azerbaijani_walk), &az);
	assert_int_equal(bg.facts, RA_PAID | RA_CONFIRMED);
}

/* ---- what is possible where: the Management field ---- */

static void
list_actions(const ra_flow *flow, const ra_standing *place, unsigned by,
    char *text, size_t cap)
{
	size_t at = 0;

	text[0] = '\0';
	for (ra_event e = 0; e < RA_EVENTS; e++)
		if (ra_flow_may(flow, e, by, place))
			at += (size_t)snprintf(text + at, cap - at, "%s%s",
			    at > 0 ? " " : "", ra_event_name(e));
	assert_true(at < cap);
}

struct actions {
	const struct way *way;
	ra_standing place;
	const char *applicant, *officer, *system;
};

static const struct actions may[] = {
	{ &bulgarian, { RA_NONE, 0, RA_NONE }, "register", "register", "" },
	{ &bulgarian, { RA_REGISTERED, 0, RA_NONE },
	    "activate cancel", "reject cancel", "expire" },
	{ &bulgarian, { RA_FILLED, 0, RA_NONE },
	    "fill cancel", "fill receive-docs pay reject cancel", "pay expire" },
	{ &bulgarian, { RA_DOCS_RECEIVED, 0, RA_NONE }, "cancel",
	    "check-docs miss-docs pay reject cancel", "pay expire" },
	{ &bulgarian, { RA_DOCS_INCOMPLETE, 0, RA_NONE }, "cancel",
	    "receive-docs pay reject cancel", "pay expire" },
	{ &bulgarian, { RA_DOCS_CHECKED, RA_PAID, RA_NONE }, "cancel",
	    "check-data return-data reject cancel", "expire" },
	{ &bulgarian, { RA_DATA_CHECKED, 0, RA_NONE }, "agree-data cancel",
	    "return-data correct-data pay reject cancel", "pay expire" },
	{ &bulgarian, { RA_DATA_RETURNED, RA_PAID, RA_NONE }, "fill cancel",
	    "correct-data reject cancel", "expire" },
	{ &bulgarian, { RA_SUBMITTED, RA_PAID, RA_NONE }, "cancel",
	    "return-data correct-data confirm reject cancel", "expire" },
	{ &bulgarian, { RA_SUBMITTED, RA_PAID | RA_CONFIRMED, RA_NONE },
	    "cancel", "return-data correct-data release reject cancel", "approve" },
	{ &bulgarian, { RA_APPROVED, RA_PAID | RA_CONFIRMED, RA_NONE },
	    "", "", "reserve" },
	{ &bulgarian, { RA_ISSUE_FAILED, RA_PAID, RA_NONE },
	    "", "retry reject", "retry" },
	{ &bulgarian, { RA_ISSUED, RA_FACTS, RA_NONE },
	    "download suspend revoke", "suspend revoke", "revoke" },
	{ &bulgarian, { RA_SUSPENDED, RA_FACTS, RA_ISSUED },
	    "resume revoke", "resume revoke", "revoke" },
	{ &bulgarian, { RA_REJECTED, 0, RA_NONE }, "", "", "destroy" },
	{ &bulgarian, { RA_DESTROYED, 0, RA_NONE }, "", "", "" },
	{ &bulgarian, { RA_REVOKED, RA_FACTS, RA_NONE }, "", "", "" },

	{ &kazakh, { RA_NONE, 0, RA_NONE }, "agree", "agree", "" },
	{ &kazakh, { RA_AGREED, 0, RA_NONE }, "cancel", "reject cancel",
	    "identify expire" },
	{ &kazakh, { RA_SUBMITTED, 0, RA_NONE }, "cancel",
	    "pay confirm reject cancel", "pay expire" },
	{ &kazakh, { RA_SUBMITTED, RA_CONFIRMED, RA_NONE }, "cancel",
	    "pay release reject cancel", "pay approve" },
	{ &kazakh, { RA_EXPIRED, 0, RA_NONE }, "", "", "destroy" },
	{ &kazakh, { RA_DOWNLOADED, RA_CONFIRMED, RA_NONE },
	    "install suspend revoke", "suspend revoke", "revoke" },

	{ &azerbaijani, { RA_FILLED, 0, RA_NONE }, "fill cancel",
	    "fill pay reject cancel", "pay expire" },
	{ &azerbaijani, { RA_FILLED, RA_PAID, RA_NONE }, "fill submit cancel",
	    "fill submit reject cancel", "expire" },
	{ &azerbaijani, { RA_ISSUED, RA_PAID | RA_CONFIRMED, RA_NONE },
	    "suspend revoke", "hand-over suspend revoke", "revoke" },

	{ &plain, { RA_NONE, 0, RA_NONE }, "submit", "submit", "" },
	{ &plain, { RA_SUBMITTED, 0, RA_NONE }, "cancel",
	    "pay confirm reject cancel", "pay approve expire" },
	{ &four_eyes, { RA_SUBMITTED, RA_CONFIRMED, RA_NONE }, "cancel",
	    "pay release reject cancel", "pay" },
	{ &four_eyes, { RA_SUBMITTED, RA_CONFIRMED | RA_RELEASED, RA_NONE },
	    "cancel", "pay reject cancel", "pay approve" },
};

static void
test_actions(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(may); i++) {
		const ra_flow flow = flow_of(may[i].way);
		const char *want[] = { may[i].applicant, may[i].officer,
			may[i].system };

		for (unsigned who = 0; who < 3; who++) {
			char text[256];

			list_actions(&flow, &may[i].place, 1u << who, text,
			    sizeof(text));
			if (strcmp(text, want[who]) != 0)
				fail_msg("%s, %s, facts %u, actor %u: %s",
				    may[i].way->name,
				    ra_state_get(may[i].place.state)->name,
				    may[i].place.facts, 1u << who, text);
		}
	}
}

/* ---- verdicts ---- */

static void
test_verdicts(void **state)
{
	const ra_flow kz = flow_of(&kazakh), az = flow_of(&azerbaijani);
	ra_standing place = { .state = RA_SUBMITTED };
	unsigned missing = 0;

	(void)state;
	assert_int_equal(ra_flow_step(&kz, RA_EV_APPROVE, S, &place, &missing),
	    TMG_PENDING);
	assert_int_equal(missing, RA_CONFIRMED);
	assert_int_equal(ra_flow_step(&kz, RA_EV_CONFIRM, A, &place, &missing),
	    TMG_DENIED);
	assert_int_equal(ra_flow_step(&kz, RA_EV_ISSUE, S, &place, &missing),
	    TMG_MISMATCH);
	assert_int_equal(place.state, RA_SUBMITTED);
	assert_int_equal(place.facts, 0);

	place = (ra_standing){ .state = RA_FILLED };
	assert_int_equal(ra_flow_step(&az, RA_EV_SUBMIT, A, &place, &missing),
	    TMG_PENDING);
	assert_int_equal(missing, RA_PAID);
}

/* A correction voids what officers confirmed, never what was paid. */
static void
test_correction_voids(void **state)
{
	const ra_flow bg = flow_of(&bulgarian);
	ra_standing place = { RA_SUBMITTED, RA_FACTS, RA_NONE };
	unsigned missing;

	(void)state;
	assert_int_equal(ra_flow_step(&bg, RA_EV_CORRECT_DATA, O, &place,
	    &missing), TMG_OK);
	assert_int_equal(place.state, RA_DATA_CHECKED);
	assert_int_equal(place.facts, RA_PAID);
}

/* From anywhere, by any event: no event but those of the authority leads to a
 * certificate, none leads out of an end, and none skips a fact. */
static void
test_no_way_around(void **state)
{
	static const struct way *const ways[] = { &bulgarian, &kazakh,
		&azerbaijani, &plain, &four_eyes };

	(void)state;
	for (size_t w = 0; w < TMG_COUNT(ways); w++) {
		const ra_flow flow = flow_of(ways[w]);

		for (unsigned n = 0; n < RA_STATES * (RA_FACTS + 1) * RA_EVENTS; n++) {
			const ra_event event = (ra_event)(n % RA_EVENTS);
			const ra_standing from = { (ra_state)(n / RA_EVENTS % RA_STATES),
				n / RA_EVENTS / RA_STATES, RA_ISSUED };
			ra_standing to = from;
			unsigned missing;

			if (ra_flow_step(&flow, event, A | O | S, &to, &missing))
				continue;
			if (to.state == RA_ISSUED && event != RA_EV_RESUME)
				assert_int_equal(from.state, RA_ISSUING);
			if (to.state == RA_APPROVED) {
				assert_int_equal(from.state, RA_SUBMITTED);
				assert_int_equal(from.facts & ways[w]->approve_needs,
				    ways[w]->approve_needs);
			}
			if (ra_state_get(from.state)->part == RA_PART_END)
				assert_int_equal(to.state, RA_DESTROYED);
			assert_false(from.state == RA_DESTROYED ||
			    from.state == RA_REVOKED);
		}
	}
}

static void
test_bad_ways(void **state)
{
	static const struct {
		const char *words[4];
		const char *wrong;
	} bad[] = {
		{ { NULL }, "" },
		{ { "filled" }, "" },
		{ { "filled", "filled", "submitted" }, "filled" },
		{ { "submitted", "filled" }, "filled" },
		{ { "downloaded", "submitted" }, "downloaded" },
		{ { "submitted", "approved" }, "approved" },
		{ { "approved", "submitted" }, "approved" },
		{ { "suspended", "submitted" }, "suspended" },
		{ { "none", "submitted" }, "none" },
		{ { "sent", "submitted" }, "sent" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		const char *wrong = NULL;
		size_t count = 0;
		ra_flow flow;

		while (bad[i].words[count] != NULL)
			count++;
		assert_int_equal(ra_flow_make(bad[i].words, count, &flow, &wrong),
		    TMG_MISMATCH);
		assert_string_equal(wrong, bad[i].wrong);
	}
}

static void
test_names(void **state)
{
	ra_state s;
	ra_event e;
	ra_fact f;

	(void)state;
	for (int i = 0; i < RA_STATES; i++) {
		assert_int_equal(ra_state_parse(ra_state_get((ra_state)i)->name, &s),
		    TMG_OK);
		assert_int_equal(s, i);
	}
	for (int i = 0; i < RA_EVENTS; i++) {
		assert_int_equal(ra_event_parse(ra_event_name((ra_event)i), &e), TMG_OK);
		assert_int_equal(e, i);
	}
	for (unsigned i = 1; i < RA_FACTS; i <<= 1) {
		assert_int_equal(ra_fact_parse(ra_fact_name((ra_fact)i), &f), TMG_OK);
		assert_int_equal(f, i);
	}
	assert_int_equal(ra_state_parse("lost", &s), TMG_NOT_FOUND);
	assert_int_equal(ra_event_parse("lose", &e), TMG_NOT_FOUND);
	assert_int_equal(ra_fact_parse("lied", &f), TMG_NOT_FOUND);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_correction_voids),
		cmocka_unit_test(test_no_way_around),
		cmocka_unit_test(test_bad_ways),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
