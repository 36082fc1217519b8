/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_CACHE_CACHE_H
#define STORE_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/cache/breaker.h"

/*
 * memcached, bounded: short time-outs, a breaker for each node, every value checked. Nothing
 * here ever fails a request; a call that cannot be made is a miss. Which value may be believed
 * is the business of store/cache/record.
 */

enum {
	CACHE_NODES = 16,    /* at most */
	CACHE_KEY = 65,      /* bytes of a key with NUL; only a-z 0-9 and : */
	CACHE_VALUE = 65536, /* bytes of a value; longer ones are not stored */
};

enum cache_found {
	CACHE_MISS,
	CACHE_HIT,
	CACHE_TOMBSTONE,
	CACHE_LEASED, /* nothing; a reader that found nothing either is about to fill it */
	CACHE_OFF, /* the node did not answer, or was not asked */
};

struct cache;

struct cache_conf {
	const char *nodes;        /* comma list of host:port or /path/of/socket; "" = no cache */
	int64_t timeout_ms;       /* for one call */
	int64_t seconds;          /* life of a value */
	struct breaker *breakers; /* CACHE_NODES of them, shared by the pool */
};

/* On the talloc context ctx. ERR_INVALID when nodes cannot be read. */
enum err cache_new(void *ctx, const struct cache_conf *conf, struct cache **out) must_check;

/* How many nodes there are; 0 = no cache. */
size_t cache_nodes(const struct cache *c);

/* Whether node i answers now, and its name. */
bool cache_ping(struct cache *c, size_t i);
const char *cache_node_name(const struct cache *c, size_t i);

/* On CACHE_HIT *value is the text that was stored, on ctx, and *version tells it from any other. */
enum cache_found cache_get(struct cache *c, void *ctx, const char *key, char **value,
    uint64_t *version);

/*
 * After a miss: leaves a token of the caller's own (3 s) under the key, unless that holds anything.
 * True: it is there, *version tells it from all else, and cache_replace puts a value in its place.
 */
bool cache_lease(struct cache *c, const char *key, uint64_t *version);

/*
 * Stores a text in the place of what has that version, if it is still there. False when it is not
 * known what became of it: it may still be stored at any later time.
 */
bool cache_replace(struct cache *c, const char *key, const char *value, uint64_t version);

/* Puts a tombstone of 5 s on every key; false when that is not certain for each of them. */
bool cache_tombstone(struct cache *c, const char keys[][CACHE_KEY], size_t n);

#endif
