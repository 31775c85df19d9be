/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/gate.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/desk/password.h"
#include "tools/ra/store/digest.h"

#define TRIES_ACCOUNT 5		/* failed ones, from one address at one account */
#define TRIES_ADDRESS 50	/* and at any accounts */
#define WINDOW_S 300		/* they are forgotten after so long without one */
#define LOCK_S 60

#define SLOTS 1024
#define WAYS 4
#define MAC 32

struct failures {
	uint8_t key[MAC];	/* of "address account" or "address" */
	time_t last, seen;
	unsigned count;
	unsigned trying;	/* passwords being looked at right now */
};

struct known {
	uint8_t mac[MAC];	/* of account, password and stored hash */
	bool used;
};

struct ra_gate {
	pthread_mutex_t mutex;
	pthread_cond_t tried;
	uint8_t secret[MAC];
	struct failures failed[SLOTS];
	struct known known[SLOTS];
};

tmg_rc
ra_gate_new(ra_gate **out)
{
	ra_gate *gate = calloc(1, sizeof(*gate));

	*out = NULL;
	if (gate == NULL)
		return TMG_E_NOMEM;
	if (RAND_bytes(gate->secret, MAC) != 1) {
		free(gate);
		return TMG_E_CRYPTO;
	}
	pthread_mutex_init(&gate->mutex, NULL);
	pthread_cond_init(&gate->tried, NULL);
	*out = gate;
	return TMG_OK;
}

void
ra_gate_free(ra_gate **gate)
{
	if (*gate == NULL)
		return;
	pthread_cond_destroy(&(*gate)->tried);
	pthread_mutex_destroy(&(*gate)->mutex);
	OPENSSL_cleanse(*gate, sizeof(**gate));
	free(*gate);
	*gate = NULL;
}

/* SHA-256 over the secret and the parts, each with its length; the secret's
 * length is fixed and the output is never shown, so this is enough of a MAC. */
static tmg_rc
mac_parts(const ra_gate *gate, const tmg_view *parts, size_t count,
    uint8_t mac[MAC])
{
	tmg_auto(ra_md) md = { EVP_MD_CTX_new() };
	bool ok = md.ctx != NULL &&
	    EVP_DigestInit_ex(md.ctx, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(md.ctx, gate->secret, MAC) == 1;

	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(md.ctx, &parts[i].len,
		    sizeof(parts[i].len)) == 1 &&
		    EVP_DigestUpdate(md.ctx, parts[i].ptr, parts[i].len) == 1;
	return ok && EVP_DigestFinal_ex(md.ctx, mac, NULL) == 1 ?
	    TMG_OK : TMG_E_CRYPTO;
}

static size_t
slot_of(const uint8_t mac[MAC])
{
	return (size_t)(mac[0] | mac[1] << 8) % (SLOTS / WAYS) * WAYS;
}

/* The record of key; the longest unused one of its set when there is none. */
static struct failures *
failures_of(ra_gate *gate, const uint8_t key[MAC], time_t now)
{
	struct failures *set = &gate->failed[slot_of(key)], *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (memcmp(set[i].key, key, MAC) == 0) {
			if (now - set[i].last > WINDOW_S)
				set[i].count = 0;
			set[i].seen = now;
			return &set[i];
		}
		if (set[i].seen < oldest->seen)
			oldest = &set[i];
	}
	*oldest = (struct failures){ .seen = now };
	memcpy(oldest->key, key, MAC);
	return oldest;
}

struct guards {
	uint8_t account[MAC], address[MAC];
};

/* Whoever has one address of IPv6 has the 2^64 of its network (RFC 6177),
 * so those count as one; IPv4 in IPv6 is told by its last four bytes. */
static tmg_view
network_of(const char *peer, uint8_t address[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char plain[INET6_ADDRSTRLEN];

	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(peer, "%"), peer);
	if (inet_pton(AF_INET6, plain, address) != 1)
		return tmg_view_str(peer);
	return memcmp(address, mapped, sizeof(mapped)) == 0 ?
	    (tmg_view){ address + 12, 4 } : (tmg_view){ address, 8 };
}

static tmg_rc
guards_of(const ra_gate *gate, const ra_credentials *who, struct guards *g)
{
	uint8_t address[16];
	const tmg_view both[] = { network_of(who->peer, address),
		tmg_view_str(who->user) };
	tmg_rc rc;

	if ((rc = mac_parts(gate, both, 2, g->account)))
		return rc;
	return mac_parts(gate, both, 1, g->address);
}

static long
locked_for(const struct failures *f, unsigned tries, time_t now)
{
	if (f->count < tries || now - f->last >= LOCK_S)
		return 0;
	return (long)(LOCK_S - (now - f->last));
}

static long
check_locks(ra_gate *gate, const struct guards *g, time_t now)
{
	const long account = locked_for(failures_of(gate, g->account, now),
	    TRIES_ACCOUNT, now);
	const long address = locked_for(failures_of(gate, g->address, now),
	    TRIES_ADDRESS, now);

	return account > address ? account : address;
}

static void
count_failure(ra_gate *gate, const uint8_t key[MAC], time_t now)
{
	struct failures *f = failures_of(gate, key, now);

	f->count++;
	f->last = now;
}

/* Both callers of these hold the lock. */
static bool
has_room(const struct failures *f, unsigned tries)
{
	return f->trying == 0 || f->count + f->trying < tries;
}

static bool
is_known(const ra_gate *gate, const uint8_t mac[MAC])
{
	const struct known *k = &gate->known[slot_of(mac)];

	return k->used && CRYPTO_memcmp(k->mac, mac, MAC) == 0;
}

/*
 * Waits until this try may count: no more are looked at at once than may fail,
 * so that guessing in parallel gains nothing.  True: the password is known.
 */
static bool
take_turn(ra_gate *gate, const struct guards *g, time_t now,
    const uint8_t mac[MAC], long *wait_s)
{
	bool known;

	pthread_mutex_lock(&gate->mutex);
	for (;;) {
		*wait_s = check_locks(gate, g, now);
		known = *wait_s == 0 && is_known(gate, mac);
		if (*wait_s > 0 || known)
			break;
		if (has_room(failures_of(gate, g->account, now), TRIES_ACCOUNT) &&
		    has_room(failures_of(gate, g->address, now), TRIES_ADDRESS)) {
			/* each looked up anew: one may push the other out */
			failures_of(gate, g->account, now)->trying++;
			failures_of(gate, g->address, now)->trying++;
			break;
		}
		pthread_cond_wait(&gate->tried, &gate->mutex);
	}
	pthread_mutex_unlock(&gate->mutex);
	return known;
}

/* The record may have made room for another one meanwhile. */
static void
end_try(struct failures *f)
{
	if (f->trying > 0)
		f->trying--;
}

static void
note_result(ra_gate *gate, const struct guards *g, time_t now, tmg_rc rc,
    const uint8_t mac[MAC])
{
	struct known *k = &gate->known[slot_of(mac)];

	pthread_mutex_lock(&gate->mutex);
	end_try(failures_of(gate, g->account, now));
	end_try(failures_of(gate, g->address, now));
	if (rc == TMG_OK) {
		failures_of(gate, g->account, now)->count = 0;
		memcpy(k->mac, mac, MAC);
		k->used = true;
	} else if (rc == TMG_PIN_WRONG) {
		count_failure(gate, g->account, now);
		count_failure(gate, g->address, now);
	}
	pthread_cond_broadcast(&gate->tried);
	pthread_mutex_unlock(&gate->mutex);
}

/* What an account that does not exist is checked against, so that the time
 * an answer takes tells nobody which accounts exist. */
#define NOBODY "scrypt$14$8$1$00000000000000000000000000000000$" \
    "0000000000000000000000000000000000000000000000000000000000000000"

static tmg_rc
check_password(ra_gate *gate, const struct guards *g, time_t now,
    const ra_credentials *who, const ra_user *user, long *wait_s)
{
	const tmg_view parts[] = { tmg_view_str(who->user), who->password,
		tmg_view_str(user->password) };
	uint8_t mac[MAC];
	tmg_rc rc;

	if ((rc = mac_parts(gate, parts, TMG_COUNT(parts), mac)))
		return rc;
	if (take_turn(gate, g, now, mac, wait_s))
		return TMG_OK;
	if (*wait_s > 0)
		return TMG_BUSY;
	rc = ra_password_verify(who->password, user->password);
	note_result(gate, g, now, rc, mac);
	return rc == TMG_OK || tmg_is_fault(rc) ? rc : TMG_DENIED;
}

tmg_rc
ra_gate_enter(ra_gate *gate, ra_store *store, time_t now,
    const ra_credentials *who, ra_user *user, long *wait_s)
{
	struct guards g;
	tmg_rc found, rc;

	*wait_s = 0;
	if ((rc = guards_of(gate, who, &g)))
		return rc;
	found = ra_user_get(store, who->user, user);
	if (found != TMG_OK && found != TMG_NOT_FOUND)
		return TMG_E_IO;	/* its words are the store's */
	if (found == TMG_NOT_FOUND)
		*user = (ra_user){ .password = NOBODY };
	rc = check_password(gate, &g, now, who, user, wait_s);
	return rc == TMG_OK && found ? TMG_DENIED : rc;
}

tmg_rc
ra_gate_count(ra_gate *gate, time_t now, const char *peer, const char *what,
    unsigned most, long *wait_s)
{
	/* a space stands in no account's name */
	char name[RA_OWNER_MAX];
	const ra_credentials who = { peer, name, { NULL, 0 } };
	struct guards g;
	tmg_rc rc;

	snprintf(name, sizeof(name), "to %s", what);
	if ((rc = guards_of(gate, &who, &g)))
		return rc;
	pthread_mutex_lock(&gate->mutex);
	*wait_s = locked_for(failures_of(gate, g.account, now), most, now);
	if (*wait_s == 0)
		count_failure(gate, g.account, now);
	pthread_mutex_unlock(&gate->mutex);
	return *wait_s > 0 ? TMG_BUSY : TMG_OK;
}
