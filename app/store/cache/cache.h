/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_CACHE_CACHE_H
#define STORE_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/cache/breaker.h"

/*
 * memcached with bounds: short time-outs, a breaker for each node, a check of every value. No call
 * here fails a request: one that cannot be made is a miss. Which value may be trusted is decided
 * by store/cache/record.
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
	CACHE_LEASED, /* no value; another reader holds the lease to fill it */
	CACHE_OFF, /* the node did not answer, or its breaker is open */
};

struct cache;

/* What identifies a value that may be replaced. A node that is started again counts anew, so a
 * number holds only while no call has failed since. */
struct cache_version {
	uint64_t number;
	uint64_t failures; /* of the cache until then */
};

struct cache_conf {
	const char *nodes;        /* comma list of host:port or /path/of/socket; "" = no cache */
	int64_t timeout_ms;       /* for one call */
	int64_t seconds;          /* life of a value */
	struct breaker *breakers; /* CACHE_NODES of them, shared by the pool */
};

/* On the talloc context ctx. ERR_INVALID when nodes cannot be read. */
enum err cache_new(void *ctx, const struct cache_conf *conf, struct cache **out) must_check;

/* The number of nodes; 0: no cache. */
size_t cache_nodes(const struct cache *c);

/* Whether node i answers now, and its name. */
bool cache_ping(struct cache *c, size_t i);
const char *cache_node_name(const struct cache *c, size_t i);

/* On CACHE_HIT *value is the stored text, on ctx, and *version identifies it for cache_replace. */
enum cache_found cache_get(struct cache *c, void *ctx, const char *key, char **value,
    struct cache_version *version);

/*
 * After a miss: puts a lease, a token of the caller (3 s), under the key unless that has a value.
 * True: the lease was granted, and cache_replace with *version stores a value in its place.
 */
bool cache_lease(struct cache *c, const char *key, struct cache_version *version);

/*
 * Stores a text in place of the value of that version, if that is still there and every call since
 * had an answer. False when the outcome is not known: the text may be stored at any later time.
 */
bool cache_replace(struct cache *c, const char *key, const char *value,
    struct cache_version version);

/* Sets a tombstone of 5 s on every key; false when that is not certain for each of them. */
bool cache_tombstone(struct cache *c, const char keys[][CACHE_KEY], size_t n);

#endif
