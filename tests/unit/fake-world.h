/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token and an authority in shared memory, behind the token floor's and the
 * authority's own functions.  They outlive a process that is killed, count
 * what was done to them, and fail where a test says.  Keys and certificates
 * are real: made, signed and verified by libcrypto.
 */
#ifndef TMG_TESTS_UNIT_FAKE_WORLD_H
#define TMG_TESTS_UNIT_FAKE_WORLD_H

#include "tamga/provision.h"

/* How the authority answers a request. */
typedef enum fake_answer {
	FAKE_ISSUES,
	FAKE_WAITS,		/* for an officer */
	FAKE_OTHER_KEY,		/* issues for another key */
	FAKE_OTHER_ROOT,
	FAKE_OTHER_NAME,
	FAKE_OLD_CERT,		/* gives the renewed certificate back */
	FAKE_SHORTER,		/* a renewal that ends before */
	FAKE_NOTHING,		/* an answer without a certificate */
	FAKE_REJECTS,		/* the request, when it has it */
	FAKE_DENIES,		/* everything */
	FAKE_DOWN,
} fake_answer;

typedef struct fake_slot {
	tmg_slot about;
	uint8_t priv[2560], spki[TMG_SPKI_MAX], cert[4096];
	size_t priv_len, spki_len, cert_len;
	tmg_alg alg;
	tmg_origin origin;
} fake_slot;

#define FAKE_SLOTS 7
#define FAKE_SEEN 8

typedef struct fake_world {
	/* the token */
	fake_slot slots[FAKE_SLOTS];
	bool metadata;			/* tells of keys without a certificate */
	bool moves;			/* keys, to other slots */
	bool rsa_only;
	bool by_id;			/* its slots are named by what is in them */
	bool slot_policy;		/* its slots have policies, and not its keys */
	bool present;
	bool remembers;			/* each process what it read, until it forgets */
	bool pin_right;
	bool garbles;			/* gives other certificates back than written */
	tmg_touch_policy touch;		/* of each key */
	tmg_pin_policy wanted_pin;	/* of the last key that was made */
	tmg_touch_policy wanted_touch;
	unsigned generated, signatures, writes, logins, admin_logins;
	unsigned overwritten;		/* keys, by others or by moved ones */
	unsigned destroyed;		/* keys, because somebody said so */

	/* the authority */
	fake_answer answer;
	bool hosts;			/* it names hosts, and writes any subject */
	bool stranger;			/* it does not take our credentials */
	bool forgets;			/* the answer to a request gets lost */
	bool wants_rsa3072;
	bool wants_link;		/* to the connection, RFC 7030 3.5 */
	unsigned drops;			/* connections that break before a request */
	unsigned posts, polls, applications, asked, links;
	uint8_t seen[FAKE_SEEN][32];
	bool has_sub;			/* it issues by a CA that only it tells of */
	uint8_t root[3][2048], root_key[3][256];	/* the last: below the first */
	size_t root_len[3], root_key_len[3];
	unsigned serial;

	/* faults: at that many events the process is killed, or the card pulled,
	 * or something else comes in between */
	unsigned events, kill_at, remove_at, meet_at;
	void (*meet)(void);
} fake_world;

extern fake_world *fake;

/* Fresh: an empty token with metadata, an authority that issues. */
void
fake_world_reset(void);
/* One thing happened; here it may end. */
void
fake_event(void);
/* What belongs to one process and not to the world: logins. */
void
fake_new_process(void);
fake_slot *
fake_slot_named(const char *name);
tmg_tokens *
fake_tokens(void);
const tmg_certs *
fake_anchors(void);
/* SHA-256 of that anchor. */
const char *
fake_fingerprint(void);

#endif
