/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new card's first hour: PUK, PIN and management key become the owner's,
 * and what the card needs before its first key is made.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include "src/codec/hex.h"
#include "tamga/openssl.h"
#include "tools/tamga/ask.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"

enum {
	ADMIN_KEY_LEN = 24,	/* 3DES and AES-192: what new cards have */
};

static const struct opt options[] = {
	OPTIONS_NEW_PIN,
	OPTIONS_NEW_PUK,
	OPTION_NEW_ADMIN,
	{ "kdf", 0, OPT_FLAG, NULL,
	    N_("an OpenPGP card is sent hashes of its PINs from now on; programs that "
	    "do not know of that cannot use it any more") },
	{ "admin-key-out", 0, OPT_TEXT, "FILE",
	    N_("write the new management key there instead of keeping it behind "
	    "the PIN") },
	OPT_END
};

/* A PIN or PUK to be changed; asked for before anything is. */
struct change {
	tmg_pin_kind kind;
	bool wanted;
	tmg_secret old, fresh;
};

struct plan {
	struct change puk, pin;
	bool admin;		/* the management key becomes a random one */
	tmg_secret key;		/* raw */
	const char *result[4];	/* puk, pin, management key, objects: for JSON */
};

static void
plan_release(struct plan *plan)
{
	explicit_bzero(plan, sizeof(*plan));
}

/* ---- what is to be done -------------------------------------------------- */

static tmg_rc
factory(struct cli *cli, tmg_token *token, tmg_pin_kind kind, tmg_rc *answer)
{
	*answer = tmg_token_factory(token, kind);
	if (*answer == TMG_OK || *answer == TMG_NOT_FOUND ||
	    *answer == TMG_UNSUPPORTED)
		return TMG_OK;
	return cli_fail(cli, *answer, tmg_token_fault(token));
}

/* What it was at first nobody knows, and the token does not tell: who wants another one
 * says so. */
static bool
is_somebodys(const tmg_backend_info *info, tmg_pin_kind kind, tmg_rc answer)
{
	return answer == TMG_UNSUPPORTED && info->pins[kind].factory == NULL;
}

/* The factory's value is known; any other must be told. */
static tmg_rc
plan_change(struct cli *cli, tmg_token *token, struct change *c)
{
	const tmg_pin_rule *rule = &tmg_token_info(token)->pins[c->kind];
	tmg_rc rc, answer;

	if ((rc = factory(cli, token, c->kind, &answer)))
		return rc;
	c->wanted = pins_given(&cli->pins, c->kind, true) || (answer != TMG_NOT_FOUND &&
	    !is_somebodys(tmg_token_info(token), c->kind, answer));
	if (!c->wanted)
		return TMG_OK;
	if (answer == TMG_OK && rule->factory != NULL)
		rc = tmg_secret_set(&c->old, tmg_view_str(rule->factory));
	else
		rc = cli_ask(cli, token, c->kind, &c->old);
	if (rc != TMG_OK)
		return rc;
	return cli_ask_fresh(cli, token, c->kind, &c->fresh);
}

static tmg_rc
plan_admin(struct cli *cli, tmg_token *token, struct plan *plan)
{
	tmg_rc rc, answer;

	if ((rc = factory(cli, token, TMG_PIN_ADMIN, &answer)))
		return rc;
	plan->admin = cli_text(cli, "admin-key-out") != NULL ||
	    (answer != TMG_NOT_FOUND &&
	    !is_somebodys(tmg_token_info(token), TMG_PIN_ADMIN, answer));
	plan->key.len = ADMIN_KEY_LEN;
	if (RAND_priv_bytes_ex(tmg_openssl_libctx(cli->ctx), plan->key.bytes,
	    ADMIN_KEY_LEN, 0) != 1)
		return cli_raise(cli, TMG_E_CRYPTO,
		    _("the system gives no random numbers"));
	return TMG_OK;
}

/* Nothing of it is the factory's, and nothing was asked for. */
static tmg_rc
check_new(struct cli *cli, tmg_token *token)
{
	const tmg_backend_info *info = tmg_token_info(token);
	tmg_rc rc, answer;

	for (unsigned kind = 0; kind < TMG_PIN_KINDS; kind++) {
		if (pins_given(&cli->pins, (tmg_pin_kind)kind, true))
			return TMG_OK;
		if ((rc = factory(cli, token, (tmg_pin_kind)kind, &answer)))
			return rc;
		if (!is_somebodys(info, (tmg_pin_kind)kind, answer))
			return TMG_OK;
	}
	if (cli_text(cli, "admin-key-out") != NULL)
		return TMG_OK;
	return cli_raise(cli, TMG_OCCUPIED, (info->can & TMG_CAN_RESET) != 0
	    ? _("token %s is set up already, and nothing was changed; another PIN: tamga "
	    "pin change; a new one when it is forgotten: tamga pin unblock; blank again, "
	    "without its keys: tamga reset")
	    : _("token %s is set up already, and nothing was changed; another PIN: tamga "
	    "pin change; a new one when it is forgotten: tamga pin unblock"), info->label);
}

static tmg_rc
make_plan(struct cli *cli, tmg_token *token, struct plan *plan)
{
	tmg_rc rc;

	plan->puk.kind = TMG_PIN_PUK;
	plan->pin.kind = TMG_PIN_USER;
	if ((rc = check_new(cli, token)) ||
	    (rc = plan_change(cli, token, &plan->pin)) ||
	    (rc = plan_change(cli, token, &plan->puk)))
		return rc;
	return plan_admin(cli, token, plan);
}

/* ---- doing it ------------------------------------------------------------ */

static tmg_rc
do_change(struct cli *cli, tmg_token *token, struct change *c,
    const char **result)
{
	tmg_rc rc;

	*result = "kept";
	if (!c->wanted)
		return TMG_OK;
	rc = tmg_token_pin_change(token, c->kind, tmg_secret_view(&c->old),
	    tmg_secret_view(&c->fresh), &cli->tries);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(token));
	pins_offer(&cli->pins, c->kind, tmg_secret_view(&c->fresh));
	*result = "changed";
	return TMG_OK;
}

/* The file is there before the card takes the key: it cannot get lost. */
static tmg_rc
save_key(struct cli *cli, const char *path, const char *hex)
{
	tmg_auto_fd fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	const size_t len = strlen(hex);

	if (fd < 0 || write(fd, hex, len) != (ssize_t)len ||
	    write(fd, "\n", 1) != 1 || fsync(fd) != 0)
		return cli_raise(cli, TMG_E_IO, _("%s cannot be written: %s; the "
		    "management key was not changed"), path, strerror(errno));
	return TMG_OK;
}

static tmg_rc
set_saved(struct cli *cli, tmg_token *token, const struct plan *plan,
    const char *path)
{
	tmg_auto_secret old = { .len = 0 }, fresh = { .len = 0 };
	const char *made = tmg_token_info(token)->pins[TMG_PIN_ADMIN].factory;
	char hex[2 * ADMIN_KEY_LEN + 1];
	tmg_rc rc, answer;

	tmg_hex_text(hex, sizeof(hex), tmg_secret_view(&plan->key));
	rc = tmg_secret_set(&fresh, tmg_view_str(hex));
	if (rc == TMG_OK)
		rc = save_key(cli, path, hex);
	explicit_bzero(hex, sizeof(hex));
	if (rc != TMG_OK || (rc = factory(cli, token, TMG_PIN_ADMIN, &answer)))
		return rc;
	rc = answer == TMG_OK && made != NULL
	    ? tmg_secret_set(&old, tmg_view_str(made))
	    : cli_ask(cli, token, TMG_PIN_ADMIN, &old);
	if (rc != TMG_OK)
		return rc;
	return tmg_token_pin_change(token, TMG_PIN_ADMIN, tmg_secret_view(&old),
	    tmg_secret_view(&fresh), NULL);
}

static tmg_rc
do_admin(struct cli *cli, tmg_token *token, const struct plan *plan,
    const char **result)
{
	const char *path = cli_text(cli, "admin-key-out");
	tmg_rc rc;

	*result = "kept";
	if (!plan->admin)
		return TMG_OK;
	rc = path != NULL ? set_saved(cli, token, plan, path)
	    : tmg_token_admin_protect(token, tmg_secret_view(&plan->key));
	if (rc == TMG_UNSUPPORTED) {
		*result = "unsupported";
		if (path != NULL)
			(void)unlink(path);	/* no card has that key */
		cli_note(cli, "%s", _("This card cannot change its management "
		    "key; keep it away from strangers."));
		return TMG_OK;
	}
	if (rc != TMG_OK)
		return cli->fault.rc == rc ? rc
		    : cli_fail(cli, rc, tmg_token_fault(token));
	*result = path != NULL ? "saved" : "protected";
	return TMG_OK;
}

static tmg_rc
do_objects(struct cli *cli, tmg_token *token, const char **result)
{
	const tmg_rc rc = tmg_token_setup(token);

	*result = rc == TMG_UNSUPPORTED ? "unsupported" : "made";
	if (rc == TMG_OK || rc == TMG_UNSUPPORTED)
		return TMG_OK;
	return cli_fail(cli, rc, tmg_token_fault(token));
}

static tmg_rc
carry_out(struct cli *cli, tmg_token *token, struct plan *plan)
{
	tmg_rc rc;

	if ((rc = do_objects(cli, token, &plan->result[3])) ||
	    (rc = do_change(cli, token, &plan->puk, &plan->result[0])) ||
	    (rc = do_change(cli, token, &plan->pin, &plan->result[1])))
		return rc;
	return do_admin(cli, token, plan, &plan->result[2]);
}

static tmg_rc
say_plan(struct cli *cli, tmg_token *token, const struct plan *plan)
{
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:s, s:s, s:s, s:s}",
		    "token", tmg_token_uri(token), "puk", plan->result[0],
		    "pin", plan->result[1], "management_key", plan->result[2],
		    "objects", plan->result[3]));
	cli_say(cli, _("Token %s is set up: PUK %s, PIN %s, %s %s."),
	    tmg_token_info(token)->label, plan->result[0], plan->result[1],
	    cli_pin_name(token, TMG_PIN_ADMIN), plan->result[2]);
	cli_say(cli, "%s", _("Next: tamga enroll --ca URI"));
	return TMG_OK;
}

/* ---- a card without files ------------------------------------------------------- */

struct first {
	tmg_secret pins[TMG_PIN_KINDS];
};

static void
first_release(struct first *first)
{
	explicit_bzero(first, sizeof(*first));
}

/* All that the card gets is known, and could be it, before the card is asked. */
static tmg_rc
ask_first(struct cli *cli, tmg_token *token, unsigned kinds, struct first *first)
{
	const tmg_pin_rule *rules = tmg_token_info(token)->pins;
	tmg_rc rc;

	for (unsigned kind = 0; kind < TMG_PIN_KINDS; kind++) {
		const tmg_secret *fresh = &first->pins[kind];

		if (rules[kind].max == 0 || (kinds >> kind & 1) == 0)
			continue;
		if ((rc = cli_ask_fresh(cli, token, (tmg_pin_kind)kind,
		    &first->pins[kind])))
			return rc;
		if (fresh->len < rules[kind].min || fresh->len > rules[kind].max)
			return cli_raise(cli, TMG_DENIED, _("a new one has %zu to %zu "
			    "characters; nothing was changed"), rules[kind].min,
			    rules[kind].max);
	}
	return TMG_OK;
}

static const char *
set_or_none(const struct first *first, tmg_pin_kind kind)
{
	return first->pins[kind].len > 0 ? "set" : "none";
}

/* hashed: it is not blank, and all that changes is how it knows its PINs. */
static tmg_rc
begin_card(struct cli *cli, tmg_token *token, bool hashed)
{
	__attribute__((__cleanup__(first_release))) struct first first = {
		.pins = { { .len = 0 } },
	};
	tmg_view pins[TMG_PIN_KINDS];
	tmg_rc rc;

	if ((rc = ask_first(cli, token, hashed ? 1u << TMG_PIN_USER | 1u << TMG_PIN_ADMIN
	    : ~0u, &first)))
		return rc;
	for (unsigned kind = 0; kind < TMG_PIN_KINDS; kind++)
		pins[kind] = tmg_secret_view(&first.pins[kind]);
	rc = hashed ? tmg_token_hash_pins(token, pins) : tmg_token_begin(token, pins);
	if (rc)
		return cli_fail(cli, rc, tmg_token_fault(token));
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:s, s:s, s:s, s:s}",
		    "token", tmg_token_uri(token), "puk",
		    set_or_none(&first, TMG_PIN_PUK), "pin",
		    set_or_none(&first, TMG_PIN_USER), "management_key",
		    set_or_none(&first, TMG_PIN_ADMIN), "objects",
		    hashed ? "hashed" : "made"));
	cli_say(cli, hashed ? _("Token %s is set up: its PINs are set, and sent to it "
	    "hashed.") : _("Token %s is set up: its files are made, its PINs are set."),
	    tmg_token_info(token)->label);
	cli_say(cli, "%s", _("Next: tamga enroll --ca URI"));
	return TMG_OK;
}

static tmg_rc
run_setup(struct cli *cli)
{
	__attribute__((__cleanup__(plan_release))) struct plan plan = {
		.admin = false,
	};
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_token_meant(cli, cli_operand(cli, 0), &token)))
		return rc;
	if (cli_flag(cli, "kdf"))
		return begin_card(cli, token, true);
	if ((tmg_token_info(token)->can & TMG_CAN_BEGIN) != 0)
		return begin_card(cli, token, false);
	if ((rc = make_plan(cli, token, &plan)) ||
	    (rc = carry_out(cli, token, &plan)))
		return rc;
	return say_plan(cli, token, &plan);
}

const struct command cmd_setup = {
	.name = "setup",
	.operands = "[TOKEN]",
	.most = 1,
	.what = N_("make a new token yours: PIN, PUK, management key"),
	.options = options,
	.run = run_setup,
};
