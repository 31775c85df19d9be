/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in the files of a GIDS card, read and written in memory.  The
 * container map and the cache file are those of the Windows Smart Card Minidriver
 * Specification 7.07, chapter 5; the master file and the key map are not published,
 * and are here as OpenSC and FreeRDP describe them.  Numbers in all of them have
 * their low byte first.
 *
 * Nothing is taken apart and put together again: what tamga does not know of a
 * file stays in it as it was.  Faults TMG_E_MALFORMED: no such file; writing,
 * TMG_E_SPACE.
 */
#ifndef TMG_DRIVERS_GIDS_PARSE_H
#define TMG_DRIVERS_GIDS_PARSE_H

#include "src/codec/tlv.h"
#include "tamga/alg.h"
#include "tamga/view.h"

enum {
	GIDS_CONTAINERS = 32,		/* places for keys that are used at most */
	GIDS_NAME = 9,			/* of a file or folder, final zero included */
	GIDS_CONTAINER_NAME = 40,	/* characters, final zero included */
	GIDS_FRESHNESS = 6,		/* bytes of cardcf */
	GIDS_CONTAINER_RECORD = 86,
	GIDS_KEY_RECORD = 12,
	GIDS_MASTER_RECORD = 28,
};

/* ---- master.c: which file lies where ------------------------------------- */

/* A data object in a file of data objects. */
typedef struct tmg_gids_place {
	uint16_t file, object;
} tmg_gids_place;

/* Is it a master file, of the one version there is? */
TMG_MUST_USE tmg_rc
tmg_gids_master_check(tmg_view master);
/* folder "" is the root.  Letters of either case are the same.
 * Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
tmg_gids_master_find(tmg_view master, const char *folder, const char *name,
    tmg_gids_place *place);
/* An object in that file that no row names.  Verdicts TMG_DENIED: there is none
 * left. */
TMG_MUST_USE tmg_rc
tmg_gids_master_free(tmg_view master, uint16_t file, tmg_gids_place *place);
/* Is it nobody's but one row's?  Nor one of the card's own. */
bool
tmg_gids_master_alone(tmg_view master, const tmg_gids_place *place);
/* The master file with one more row. */
TMG_MUST_USE tmg_rc
tmg_gids_master_add(tmg_view master, const char *folder, const char *name,
    const tmg_gids_place *place, tmg_out *fresh);
/* The master file without the rows that name the place. */
TMG_MUST_USE tmg_rc
tmg_gids_master_drop(tmg_view master, const tmg_gids_place *place,
    tmg_out *fresh);

/* ---- container.c: the container map -------------------------------------- */

/* CONTAINER_MAP_RECORD */
typedef struct tmg_gids_container {
	bool valid;		/* else an empty place */
	bool preferred;		/* the default container */
	char name[GIDS_CONTAINER_NAME];	/* what is not ASCII is '?' */
	tmg_alg signing, exchange;	/* kinds of its keys; NONE: no such key, or a
					 * kind that tamga does not know */
} tmg_gids_container;

/* Verdicts none: a map of no bytes has no records. */
TMG_MUST_USE tmg_rc
tmg_gids_map_count(tmg_view map, size_t *count);
/* Verdicts TMG_NOT_FOUND: there are not so many. */
TMG_MUST_USE tmg_rc
tmg_gids_container_get(tmg_view map, size_t index, tmg_gids_container *container);
/* The map with that record in that place; the places between stay empty. */
TMG_MUST_USE tmg_rc
tmg_gids_container_put(tmg_view map, size_t index,
    const tmg_gids_container *container, tmg_out *fresh);
/* Is there a default container? */
bool
tmg_gids_map_prefers(tmg_view map);

/* ---- keymap.c: what the key files of containers are ---------------------- */

typedef struct tmg_gids_key {
	bool there;
	uint8_t alg;		/* tmg_gids_mechanism() */
	bool exchange;		/* a key for decryption as well */
	uint16_t file;
} tmg_gids_key;

TMG_MUST_USE tmg_rc
tmg_gids_keymap_count(tmg_view map, size_t *count);
/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
tmg_gids_keymap_get(tmg_view map, size_t index, tmg_gids_key *key);
TMG_MUST_USE tmg_rc
tmg_gids_keymap_put(tmg_view map, size_t index, const tmg_gids_key *key,
    tmg_out *fresh);

/* ---- freshness.c: how Windows notices changes ---------------------------- */

/* What counts on, bits. */
enum {
	GIDS_FRESH_PINS = 1u << 0,
	GIDS_FRESH_CONTAINERS = 1u << 1,
	GIDS_FRESH_FILES = 1u << 2,
};

/* A counter that ends begins anew. */
TMG_MUST_USE tmg_rc
tmg_gids_freshness_bump(tmg_view cardcf, unsigned what, tmg_out *fresh);

/* ---- wrapped.c: certificates in their files ------------------------------ */

TMG_MUST_USE tmg_rc
tmg_gids_cert_unwrap(tmg_view file, tmg_out *der);
TMG_MUST_USE tmg_rc
tmg_gids_cert_wrap(tmg_view der, tmg_out *file);

/* ---- tries.c ------------------------------------------------------------- */

/* What stands in 7F71. */
TMG_MUST_USE tmg_rc
tmg_gids_tries_parse(tmg_view content, int *tries);

/* ---- mechanism.c: kinds of keys as the card has them --------------------- */

/* Cryptographic mechanism identifier, without its padding; 0: none. */
uint8_t
tmg_gids_mechanism(tmg_alg alg);
/* By the length that the container map tells. */
tmg_alg
tmg_gids_alg(unsigned bits);

/* Numbers, low byte first. */
static inline unsigned
tmg_gids_u16(const uint8_t *p)
{
	return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static inline void
tmg_gids_put_u16(uint8_t *p, unsigned n)
{
	p[0] = (uint8_t)n;
	p[1] = (uint8_t)(n >> 8);
}

#endif
