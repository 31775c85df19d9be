/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificate profiles: what one kind of certificate may and will contain,
 * and who decides.  One libconfig file each: see tamga-profile(5).
 */
#ifndef RA_PROFILE_H
#define RA_PROFILE_H

#include "tamga/ctx.h"
#include "tools/ra/flow/flow.h"
#include "tools/ra/profile/settings.h"
#include "tools/ra/profile/texts.h"

#define RA_PROFILES_MAX 64
#define RA_PROFILE_FILE_MAX 262144

#define RA_INPUTS_MAX 32
#define RA_CONTENTS_MAX 24
#define RA_BRANCHES_MAX 256
#define RA_DOCUMENTS_MAX 24
#define RA_CARRIERS_MAX 12
#define RA_DEADLINES_MAX 8
#define RA_STATUSES_MAX RA_STATES
#define RA_SUPPLIERS_MAX 24
#define RA_MAILS_MAX 16
#define RA_TEXTS_MAX 16

/* What the applicant agrees to before anything else. */
typedef struct ra_consent {
	char text[RA_TEXT_MAX];		/* a file beside the profile; "" none is asked */
	char box[RA_TEXT_MAX];		/* the words beside a box to tick; "" none */
	char button[RA_TEXT_MAX];
} ra_consent;

/* Who a person is, asked of a register. */
typedef struct ra_identity {
	char field[RA_TEXT_MAX];	/* "IIN"; "" nobody is looked up */
	char label[RA_TEXT_MAX];
	char check[RA_TEXT_MAX];	/* see tools/ra/profile/identity.h */
	char lookup[RA_TEXT_MAX];	/* the register's name in tamga-ra.conf */
	char box[RA_TEXT_MAX];		/* "Bring PIN data"; "" no box */
	char button[RA_TEXT_MAX];	/* "Check IIN" */
	ra_words fills;			/* fields it fills in */
	bool locked;			/* and that nobody may change then */
	char not_found[RA_PROSE_MAX];
} ra_identity;

/* One line of the form. */
typedef struct ra_input {
	char name[RA_TEXT_MAX];
	char label[RA_TEXT_MAX];
	char kind[RA_TEXT_MAX];		/* see tools/ra/profile/input.h */
	char step[RA_TEXT_MAX];		/* the form it stands in: "registered", "filled" */
	bool required;
	int max;			/* characters */
	ra_words options;		/* of kind "choice" */
	char hint[RA_PROSE_MAX];
	char warning[RA_PROSE_MAX];
} ra_input;

/* What goes into the certificate: a text with ${field} in it.  One whose fields
 * are all empty is left out. */
typedef struct ra_content {
	char into[RA_TEXT_MAX];		/* "subject.CN", "san.dns" */
	char text[RA_TEXT_MAX];
} ra_content;

/* Where papers are brought and carriers handed over: the lists region and
 * city are made of these. */
typedef struct ra_branch {
	char name[RA_TEXT_MAX];
	char region[RA_TEXT_MAX];
	char city[RA_TEXT_MAX];
	char address[RA_TEXT_MAX];
} ra_branch;

typedef struct ra_document {
	char name[RA_TEXT_MAX];
	char title[RA_TEXT_MAX];
	char form[RA_TEXT_MAX];		/* a template beside the profile, "" none */
	bool notarised;			/* whichever way it comes */
	ra_words notarised_by;		/* or by these channels only */
	bool optional;
	ra_words channels;		/* "post", "in-person", "upload", "signed" */
	ra_words types;			/* of its file: see tools/ra/profile/filekind.h */
	int max_kb;			/* of its file */
	int max_age_days;		/* 0: any */
} ra_document;

/* Where the key may live. */
typedef struct ra_carrier {
	char name[RA_TEXT_MAX];		/* "usb-token", "smart-card", "file:p12", "file:java" */
	char label[RA_TEXT_MAX];
	char warning[RA_PROSE_MAX];
	char certification[RA_TEXT_MAX];
	char extra[RA_TEXT_MAX];	/* what can be ordered with it: "Card reader" */
	int validity_days;		/* 0: the profile's */
	char price[RA_TEXT_MAX];	/* "" the profile's */
	char extra_price[RA_TEXT_MAX];	/* what the extra costs beside it; "" nothing */
} ra_carrier;

/* What happens when nothing else did. */
typedef struct ra_deadline {
	char state[RA_TEXT_MAX];	/* counted from entering it */
	int months, days;		/* both are added */
	char event[RA_TEXT_MAX];	/* "expire", "destroy" */
	char warning[RA_PROSE_MAX];	/* shown and mailed beforehand */
} ra_deadline;

/* Where cards and readers may be bought. */
typedef struct ra_supplier {
	char name[RA_TEXT_MAX];
	char offers[RA_PROSE_MAX];
	char address[RA_TEXT_MAX];	/* post, telephone, e-mail: text */
} ra_supplier;

/* The provider's own words for a state, where it has some. */
typedef struct ra_status {
	char state[RA_TEXT_MAX];
	char text[RA_PROSE_MAX];
} ra_status;

typedef struct ra_mail_rule {
	char event[RA_TEXT_MAX];	/* or "remind" */
	char language[RA_TEXT_MAX];	/* of who reads it; "" whoever has no other */
	char subject[RA_TEXT_MAX];
	char text[RA_PROSE_MAX];	/* ${number}, ${code}, ${status}, ... */
	bool attach_application;
} ra_mail_rule;

/* What a mail can say beside the fields: ${number}, ${code}, ... */
#define RA_MAIL_WORDS 6
extern const char *const ra_mail_words[RA_MAIL_WORDS];

typedef struct ra_payment {
	char price[RA_TEXT_MAX];	/* "36.00"; "" nothing is paid */
	char currency[RA_TEXT_MAX];	/* ISO 4217 */
	char text[RA_PROSE_MAX];
} ra_payment;

/* What a password of a key in a file must be. */
typedef struct ra_password_rule {
	int min, max;			/* characters; max 0: no such rule */
	ra_words require;		/* "latin", "upper", "lower", "digit" */
	char others[RA_TEXT_MAX];	/* allowed beside A-Z a-z 0-9 */
	bool twice;
	char text[RA_PROSE_MAX];
	char warning[RA_PROSE_MAX];
} ra_password_rule;

/* Where the key must have been born: on a token that says so, and is believed. */
typedef struct ra_attest {
	char roots[RA_TEXT_MAX];	/* PEM, a file beside the profile; "" nobody asks */
	bool required;			/* else what is there is shown */
	ra_words pin, touch;		/* policies taken; empty: any */
} ra_attest;

typedef struct ra_profile {
	char name[RA_TEXT_MAX];		/* the file's, without ".profile" */
	char title[RA_TEXT_MAX];
	ra_words aliases;		/* other names by which it is found */
	char approval[RA_TEXT_MAX];	/* "automatic" or "officer" */
	int validity_days;
	ra_words keys;			/* "ec:p256", see tamga/alg.h */
	ra_words key_usage;		/* RFC 5280 4.2.1.3, as named there */
	ra_words ext_key_usage;		/* names or OIDs, RFC 5280 4.2.1.12 */
	ra_words subject_required;	/* attribute types by short name */
	ra_words subject_allowed;
	ra_words san_required;		/* kinds: "dns", "email", ... */
	ra_words san_allowed;
	ra_words csrattrs;		/* what clients are told: "extensions", "key" */
	bool est_link;			/* EST requests are linked to their connection */
	bool server_keys;		/* EST clients may have theirs made here */
	char renewal_approval[RA_TEXT_MAX];
	int renewal_window_days;	/* 0: any time while current */
	int renewal_grace_days;		/* and so long after its end, by its own key */
	bool renewal_same_key;
	ra_words remind_days;		/* before it ends: "30", "14", "7" */
	ra_words remind_text_days;	/* likewise by text message: "10" */
	ra_words staff_tell;		/* events that officers are told of by mail */
	int staff_deadline_days;	/* before a deadline, likewise; 0 never */

	/* the procedure: none of it stands in a profile that machines use */
	char section[RA_TEXT_MAX];	/* the portal's menu it stands under */
	char about[RA_PROSE_MAX];
	char policy[RA_TEXT_MAX];	/* the issuance policy, and */
	char instructions[RA_TEXT_MAX];	/* step by step: files beside the profile */
	size_t supplier_count;
	ra_supplier supplier[RA_SUPPLIERS_MAX];
	ra_words languages;		/* empty: all there are */
	ra_words steps;			/* see tools/ra/flow/flow.h; ["submitted"] */
	ra_words submit_needs, approve_needs;	/* facts */
	ra_flow flow;			/* made of the three above */
	bool captcha;
	char number_text[RA_PROSE_MAX];	/* said where the number is shown */
	char form_button[RA_TEXT_MAX];	/* what sends the form; "" the usual one */
	char carriers_label[RA_TEXT_MAX];	/* asks for one of them; "" the usual words */
	char install_button[RA_TEXT_MAX];	/* leads to setting up; "" the usual one */
	char documents_text[RA_PROSE_MAX]; /* what is done with the documents */
	bool number_opens;		/* the number shows the status without a code */
	ra_consent consent;
	ra_identity identity;
	ra_payment payment;
	ra_password_rule password;
	ra_attest attest;
	ra_words print;			/* "html", "pdf", "txt" */
	size_t input_count;
	ra_input input[RA_INPUTS_MAX];
	size_t content_count;
	ra_content content[RA_CONTENTS_MAX];
	char mail_to[RA_TEXT_MAX];	/* the field that mails go to; "" none */
	size_t branch_count;
	ra_branch branch[RA_BRANCHES_MAX];
	size_t document_count;
	ra_document document[RA_DOCUMENTS_MAX];
	size_t carrier_count;
	ra_carrier carrier[RA_CARRIERS_MAX];
	size_t deadline_count;
	ra_deadline deadline[RA_DEADLINES_MAX];
	size_t status_count;
	ra_status status[RA_STATUSES_MAX];
	size_t mail_count;
	ra_mail_rule mail[RA_MAILS_MAX];
	char text_to[RA_TEXT_MAX];	/* the field that text messages go to; "" none */
	size_t text_count;
	ra_mail_rule text[RA_TEXTS_MAX];	/* without subject and attachment */

	const ra_texts *texts;		/* its folder's; NULL none */
} ra_profile;

/* Verdicts TMG_MISMATCH; f says where in the text. */
TMG_MUST_USE tmg_rc
ra_profile_parse(const char *name, const char *text, ra_profile *profile,
    tmg_fault *f);

typedef struct ra_profiles {
	size_t count;
	ra_profile *row;	/* in order of their names */
	ra_texts *texts;	/* what they say in other languages */
} ra_profiles;

/*
 * A text of the profile in the language that is spoken
 * (ra_language_spoken()); the text itself where it is not translated.  Whatever
 * a profile says to people goes through here when it is shown, and never when it
 * is compared or stored: an option, a region, a branch is what the profile
 * calls it.
 */
const char *
ra_said(const ra_profile *profile, const char *text);

/* The same; NULL where it is not translated. */
const char *
ra_said_or_null(const ra_profile *profile, const char *text);

/* What was answered to a field, as it is shown: of a list that the profile made
 * the profile's word, translated; of all else the answer. */
const char *
ra_said_answer(const ra_profile *profile, const ra_input *input,
    const char *answer);

/* NULL when the profile asks for none of that name. */
const ra_document *
ra_profile_document(const ra_profile *profile, const char *name);

/* NULL when the profile offers none of that name. */
const ra_carrier *
ra_profile_carrier(const ra_profile *profile, const char *name);

/* The provider's words for a state, or the general ones, translated. */
const char *
ra_profile_status(const ra_profile *profile, ra_state state);

/* A branch's name and address, in the language that is spoken. */
#define RA_BRANCH_TEXT (2 * RA_PROSE_MAX)
void
ra_branch_say(const ra_profile *profile, const ra_branch *branch,
    char text[RA_BRANCH_TEXT]);

/* Every *.profile of a folder.  Verdicts TMG_NOT_FOUND (no folder, none in
 * it), TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_profiles_load(const char *folder, ra_profiles *profiles, tmg_fault *f);
void
ra_profiles_release(ra_profiles *profiles);

/* By its name, or by an alias where none has that name; NULL: there is none. */
const ra_profile *
ra_profiles_find(const ra_profiles *profiles, const char *name);

#endif
