/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/gate.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/desk/limit.h"
#include "tools/ra/desk/password.h"
#include "tools/ra/store/digest.h"

#define KNOWN_S (180 * 86400)	/* who came in is known so long */

/* Failed tries: of one address at one account, of one address at any, of one
 * browser that is known at an account, of all that are not at one account. */
static const ra_bucket tries_at = { "tries at", 5, 60 };
static const ra_bucket tries_from = { "tries from", 50, 6 };
static const ra_bucket tries_device = { "tries of a device", 5, 60 };
static const ra_bucket tries_strangers = { "tries of strangers", 20, 60 };

#define SLOTS 1024
#define MAC 32

struct known {
	uint8_t mac[MAC];	/* of account, password and stored hash */
	bool used;
};

struct ra_gate {
	pthread_mutex_t mutex;
	pthread_cond_t tried;
	uint8_t secret[MAC];
	bool trying[SLOTS];	/* a password of an account there is being looked at */
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
	    ra_md_field(md.ctx, (tmg_view){ gate->secret, MAC });

	for (size_t i = 0; ok && i < count; i++)
		ok = ra_md_field(md.ctx, parts[i]);
	return ok && EVP_DigestFinal_ex(md.ctx, mac, NULL) == 1 ?
	    TMG_OK : TMG_E_CRYPTO;
}

static size_t
slot_of(const uint8_t mac[MAC])
{
	return (size_t)(mac[0] | mac[1] << 8) % SLOTS;
}

/* ---- who is it, as far as tries are counted ---- */

#define BUCKETS_MAX 3

struct guards {
	ra_bucket_of bucket[BUCKETS_MAX];	/* the first is its own */
	size_t count;
	char here[RA_HASH_TEXT], device[RA_HASH_TEXT];	/* marks of the known */
	bool is_new;		/* where he comes from, or his browser */
};

static tmg_rc
is_marked(ra_store *s, const char *name, time_t now, bool *yes)
{
	ra_mark mark = { .until = 0 };
	const tmg_rc rc = ra_mark_get(s, name, &mark);

	*yes = rc == TMG_OK && mark.until > now;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
add_bucket(struct guards *g, const ra_bucket *bucket, const tmg_view *whose,
    size_t count)
{
	ra_bucket_of *b = &g->bucket[g->count++];

	b->bucket = bucket;
	return ra_mark_name(bucket->name, whose, count, b->name);
}

/*
 * Strangers are counted together, so that guessing from many addresses ends,
 * too.  Whoever came in before from where he is now, or with that browser, is
 * no stranger: guesses of others do not shut him out.  Nor do those made from
 * his own address when it is his browser.
 */
static tmg_rc
guards_of(ra_store *s, const ra_credentials *who, time_t now, struct guards *g)
{
	uint8_t address[16];
	const tmg_view at[] = { tmg_view_str(who->user),
		ra_network_of(who->peer, address) };
	const tmg_view by[] = { at[0],
		tmg_view_str(who->device != NULL ? who->device : "") };
	bool known = false;
	tmg_rc rc;

	*g = (struct guards){ .count = 0 };
	if ((rc = ra_mark_name("known here", at, 2, g->here)))
		return rc;
	if (by[1].len > 0 && ((rc = ra_mark_name("known device", by, 2,
	    g->device)) || (rc = is_marked(s, g->device, now, &known))))
		return rc;
	if (known)
		return add_bucket(g, &tries_device, by, 2);
	g->is_new = by[1].len > 0;
	if ((rc = add_bucket(g, &tries_at, at, 2)) ||
	    (rc = add_bucket(g, &tries_from, at + 1, 1)) ||
	    (rc = is_marked(s, g->here, now, &known)) || known)
		return rc;
	g->is_new = true;
	return add_bucket(g, &tries_strangers, at, 1);
}

/* ---- counting ---- */

static tmg_rc
look(ra_store *s, const struct guards *g, time_t now, long *wait_s)
{
	tmg_rc rc = TMG_OK;

	*wait_s = 0;
	for (size_t i = 0; i < g->count && rc == TMG_OK; i++) {
		long wait;

		rc = ra_bucket_wait(s, &g->bucket[i], now, &wait);
		if (rc == TMG_OK && wait > *wait_s)
			*wait_s = wait;
	}
	return rc;
}

/* A try counts as failed until it is known to be none: however many look at
 * passwords at once, in whatever processes, no more of them may be wrong. */
static tmg_rc
count_try(ra_store *s, const struct guards *g, time_t now, long *wait_s)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if (ra_txn_begin(&txn, s))
		return TMG_E_IO;
	if ((rc = look(s, g, now, wait_s)))
		return rc;
	if (*wait_s > 0)
		return TMG_BUSY;
	if ((rc = ra_mark_sweep(s, now)))
		return rc;
	for (size_t i = 0; i < g->count && rc == TMG_OK; i++)
		rc = ra_bucket_pour(s, &g->bucket[i], now);
	return rc ? rc : ra_txn_commit(&txn);
}

static tmg_rc
know(ra_store *s, const char *name, time_t now)
{
	ra_mark mark = { .until = now + KNOWN_S };

	if (name[0] == '\0')
		return TMG_OK;
	memcpy(mark.name, name, sizeof(mark.name));
	return ra_mark_put(s, &mark);
}

/* The next time he is no stranger. */
static tmg_rc
remember(ra_store *s, const struct guards *g, time_t now)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if (ra_txn_begin(&txn, s))
		return TMG_E_IO;
	if ((rc = know(s, g->here, now)) || (rc = know(s, g->device, now)))
		return rc;
	return ra_txn_commit(&txn);
}

/* It was none that failed; when it was right, neither were those before. */
static tmg_rc
forgive(ra_store *s, const struct guards *g, time_t now, bool right)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc = TMG_OK;

	if (ra_txn_begin(&txn, s))
		return TMG_E_IO;
	if (right && ((rc = ra_mark_drop(s, g->bucket[0].name)) ||
	    (rc = know(s, g->here, now)) || (rc = know(s, g->device, now))))
		return rc;
	for (size_t i = right ? 1 : 0; i < g->count && rc == TMG_OK; i++)
		rc = ra_bucket_take_back(s, &g->bucket[i], now);
	return rc ? rc : ra_txn_commit(&txn);
}

/* ---- the password ---- */

/* Holds the lock. */
static bool
is_known(const ra_gate *gate, const uint8_t mac[MAC])
{
	const struct known *k = &gate->known[slot_of(mac)];

	return k->used && CRYPTO_memcmp(k->mac, mac, MAC) == 0;
}

/* Waits until no other password of the account is being looked at: of many who
 * come at once with the right one, one pays.  True: the password is known. */
static bool
take_turn(ra_gate *gate, size_t slot, const uint8_t mac[MAC])
{
	bool known;

	pthread_mutex_lock(&gate->mutex);
	while (!(known = is_known(gate, mac)) && gate->trying[slot])
		pthread_cond_wait(&gate->tried, &gate->mutex);
	if (!known)
		gate->trying[slot] = true;
	pthread_mutex_unlock(&gate->mutex);
	return known;
}

static void
end_turn(ra_gate *gate, size_t slot, const uint8_t mac[MAC], bool right)
{
	struct known *k = &gate->known[slot_of(mac)];

	pthread_mutex_lock(&gate->mutex);
	gate->trying[slot] = false;
	if (right) {
		memcpy(k->mac, mac, MAC);
		k->used = true;
	}
	pthread_cond_broadcast(&gate->tried);
	pthread_mutex_unlock(&gate->mutex);
}

/* What an account that does not exist is checked against, so that the time
 * an answer takes tells nobody which accounts exist. */
#define NOBODY "scrypt$14$8$1$00000000000000000000000000000000$" \
    "0000000000000000000000000000000000000000000000000000000000000000"

static tmg_rc
try_password(ra_store *s, const struct guards *g, time_t now,
    const ra_credentials *who, const ra_user *user, long *wait_s)
{
	tmg_rc rc, told;

	if ((rc = count_try(s, g, now, wait_s)))
		return rc;
	rc = ra_password_verify(who->password, user->password);
	if (rc == TMG_PIN_WRONG)
		return TMG_DENIED;
	told = forgive(s, g, now, rc == TMG_OK);
	return rc ? rc : told;
}

static tmg_rc
check_password(ra_gate *gate, ra_store *s, const struct guards *g, time_t now,
    const ra_credentials *who, const ra_user *user, long *wait_s)
{
	const tmg_view parts[] = { tmg_view_str(who->user), who->password,
		tmg_view_str(user->password) };
	uint8_t mac[MAC], account[MAC];
	tmg_rc rc;

	if ((rc = look(s, g, now, wait_s)))
		return rc;
	if (*wait_s > 0)
		return TMG_BUSY;
	if ((rc = mac_parts(gate, parts, TMG_COUNT(parts), mac)) ||
	    (rc = mac_parts(gate, parts, 1, account)))
		return rc;
	if (take_turn(gate, slot_of(account), mac))
		return g->is_new ? remember(s, g, now) : TMG_OK;
	rc = try_password(s, g, now, who, user, wait_s);
	end_turn(gate, slot_of(account), mac, rc == TMG_OK);
	return rc;
}

tmg_rc
ra_gate_enter(ra_gate *gate, ra_store *store, time_t now,
    const ra_credentials *who, ra_user *user, long *wait_s)
{
	struct guards g;
	tmg_rc found, rc;

	*wait_s = 0;
	found = ra_user_get(store, who->user, user);
	if (found != TMG_OK && found != TMG_NOT_FOUND)
		return TMG_E_IO;	/* its words are the store's */
	if (found == TMG_NOT_FOUND)
		*user = (ra_user){ .password = NOBODY };
	if ((rc = guards_of(store, who, now, &g)))
		return rc;
	rc = check_password(gate, store, &g, now, who, user, wait_s);
	return rc == TMG_OK && found ? TMG_DENIED : rc;
}
