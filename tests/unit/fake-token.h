/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens made of structures: a hub, readers in it, and a driver that answers
 * from memory and counts.  Linking fake-token.c replaces the table of drivers.
 */
#ifndef TMG_TESTS_FAKE_TOKEN_H
#define TMG_TESTS_FAKE_TOKEN_H

#include <stdatomic.h>

#include "tamga/key.h"

#define FAKE_CARDS 3
#define FAKE_SLOTS 5
#define FAKE_CERT_MAX 1024

enum fake_verb {
	FAKE_PROBE, FAKE_IDENTIFY, FAKE_SLOTS_ASKED, FAKE_SURVEY, FAKE_FACTS,
	FAKE_CERT_READ, FAKE_CERT_WRITE, FAKE_CERT_DELETE, FAKE_TRIES,
	FAKE_VERIFY, FAKE_CHANGE, FAKE_ADMIN_AUTO, FAKE_GENERATE, FAKE_DELETE,
	FAKE_SIGN, FAKE_DECRYPT, FAKE_DERIVE, FAKE_UNBLOCK,
	FAKE_RESET, FAKE_IMPORT, FAKE_DATA_READ, FAKE_DATA_WRITE, FAKE_DATA_DELETE,
	FAKE_VERBS
};

struct fake_slot {
	bool key;
	tmg_key_facts facts;
	uint8_t spki[TMG_SPKI_MAX];
	size_t spki_len;
	uint8_t cert[FAKE_CERT_MAX];
	size_t cert_len;
	uint8_t priv[1536];	/* the key itself, for a card that is real */
	size_t priv_len;
};

/* Places for data: everybody reads the first, the user the second, and the
 * third the token writes by itself. */
enum { FAKE_NOTES, FAKE_DIARY, FAKE_FIXED, FAKE_PLACES };

struct fake_data {
	uint8_t value[256];
	size_t len;		/* 0: there is none */
};

/* One reader and the token in it.  Set it up before the hub is opened. */
struct fake_card {
	char reader[32];
	_Atomic tmg_presence presence;	/* these two by any thread */
	atomic_uint events;
	bool strange;		/* the driver does not know the card */
	unsigned apps;		/* how many tokens it is; 0: one */
	unsigned slow_ms;	/* each verb takes that long */
	bool fresh_pin;		/* the PIN is the factory's */

	char serial[16], label[32];
	bool tells;		/* facts() knows keys */
	bool cert_first;	/* as the driver sees it */
	bool kind_first;	/* facts() tells for less what key it is */
	unsigned publics;	/* how often it told the public half, too */
	bool lists;		/* slots() knows where no key is */
	char pin[16];
	char puk[16];		/* empty: it has none */
	unsigned keypad;	/* of its reader: TMG_PAD_* */
	const char *typed;	/* on it, next; NULL: nobody types */
	const char *typed_new;	/* and the new PIN */
	unsigned typings;	/* so far */
	int puk_tries;
	int tries;
	bool admin_factory, admin_kept;	/* admin_auto(): as it is, behind the PIN */
	char admin[16];
	bool blind;		/* the driver does not see that a use ended a login */
	bool loses_cert;	/* what is written is not what is read */
	bool real;		/* signatures are libcrypto's */
	unsigned can;		/* TMG_CAN_* */
	uint32_t algs;
	struct fake_slot slots[FAKE_SLOTS];	/* 9a 9c 9d 9e 82 */
	struct fake_data data[FAKE_PLACES];

	/* while it runs */
	bool user, admin_in;
	bool admin_lost;	/* by another program, as the next verb finds */
	unsigned epoch;		/* of the logins */
	unsigned turns;		/* held now */
	bool held;		/* by another program: no turn is given */
	tmg_rc begin_next;	/* what the link's next begin says, once */
	tmg_rc next[FAKE_VERBS];	/* what a verb says, once, instead */
	unsigned again;		/* how often it says so beyond that */
	bool unheard;		/* and a reset came before the verb's command */
	unsigned calls[FAKE_VERBS];
	char order[128];	/* V verify, S sign, D decrypt, A agree, [ and ] turns */
};

struct fake {
	tmg_ctx *ctx;
	struct fake_card cards[FAKE_CARDS];
	atomic_size_t count;
	atomic_uint waits;	/* how often a hub was waited for */
	atomic_uint lists;	/* and asked for its readers */
	unsigned done;		/* verbs of all cards */
	unsigned remove_at;	/* at that verb its card is pulled; 0: never */
	const char *holder, *advice;	/* of the cards that are held */
};

/* One token, serial 1001 (1002, ...), PIN 123456, keys nowhere. */
void
fake_init(struct fake *f, tmg_ctx *ctx, size_t cards);

/* A P-256 key and its certificate, made by libcrypto.  label: the CN. */
void
fake_key(struct fake_slot *slot, const char *label, tmg_pin_policy pin);

/* The same with a key of another kind. */
void
fake_key_of(struct fake_slot *slot, tmg_alg alg, const char *label,
    tmg_pin_policy pin);

/* Another certificate for the key that is there. */
void
fake_certify(struct fake_slot *slot, const char *label);

/* The certificate of an authority whose key is elsewhere. */
void
fake_authority(struct fake_slot *slot, const char *label);

/* text in a place for data. */
void
fake_write(struct fake_data *data, const char *text);

/* A hub over f; freed by the set that takes it. */
tmg_hub *
fake_hub(struct fake *f);

#endif
