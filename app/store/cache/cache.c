/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only user of libmemcached. ASCII protocol with VERIFY_KEY, because with the defaults a key
 * that contains CR LF ran a second command. Ejection of servers stays off, because it ignores
 * time-outs; the breaker does that instead.
 */
#include "store/cache/cache.h"

#include <libmemcached/memcached.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/num.h"
#include "store/cache/cache_value.h"

enum { TOMBSTONE_SECONDS = 5, LEASE_SECONDS = 3 };

struct cache {
	struct cache_conf conf;
	memcached_st *one;  /* one call, one answer */
	memcached_st *many; /* sets without answers, and the reads after them */
	uint64_t failures; /* calls without an answer */
	size_t nodes;
	char *names[CACHE_NODES];
};

static int
cache_free(struct cache *c)
{
	memcached_free(c->one);
	memcached_free(c->many);
	return 0;
}

static bool
add_cache_node(struct cache *c, const char *name)
{
	int64_t port = 11211;
	char *host = mem_dup(c, name);

	if (c->nodes == CACHE_NODES || *name == '\0')
		return false;
	c->names[c->nodes++] = mem_dup(c, name);
	if (*name == '/')
		return memcached_server_add_unix_socket(c->one, name) == MEMCACHED_SUCCESS;
	char *colon = strrchr(host, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (!num_int(colon + 1, 1, 65535, &port))
			return false;
	}
	return memcached_server_add(c->one, host, (in_port_t)port) == MEMCACHED_SUCCESS;
}

static bool
add_nodes(struct cache *c)
{
	char *rest = mem_dup(c, c->conf.nodes);

	for (char *name; (name = strsep(&rest, ", ")) != NULL;)
		if (*name != '\0' && !add_cache_node(c, name))
			return false;
	return true;
}

static void
set_behaviour(memcached_st *m, int64_t timeout_ms)
{
	uint64_t ms = (uint64_t)timeout_ms;

	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_VERIFY_KEY, 1);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_NO_BLOCK, 1);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
	memcached_behavior_set(
	    m, MEMCACHED_BEHAVIOR_DISTRIBUTION, MEMCACHED_DISTRIBUTION_CONSISTENT_KETAMA);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, ms);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, ms);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_SND_TIMEOUT, ms * 1000);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_RCV_TIMEOUT, ms * 1000);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_RETRY_TIMEOUT, 1);
	memcached_behavior_set(m, MEMCACHED_BEHAVIOR_SERVER_FAILURE_LIMIT, 1000000);
}

enum err
cache_new(void *ctx, const struct cache_conf *conf, struct cache **out)
{
	struct cache *c = mem_new(ctx, struct cache);

	c->conf = *conf;
	c->one = mem_check(memcached_create(NULL));
	talloc_set_destructor(c, cache_free);
	set_behaviour(c->one, conf->timeout_ms);
	if (!add_nodes(c))
		return ERR_INVALID;
	c->many = mem_check(memcached_clone(NULL, c->one));
	memcached_behavior_set(c->many, MEMCACHED_BEHAVIOR_NOREPLY, 1);
	memcached_behavior_set(c->many, MEMCACHED_BEHAVIOR_BUFFER_REQUESTS, 1);
	*out = c;
	return OK;
}

size_t
cache_nodes(const struct cache *c)
{
	return c->nodes;
}

const char *
cache_node_name(const struct cache *c, size_t i)
{
	return c->names[i];
}

static struct breaker *
breaker_of(struct cache *c, const char *key)
{
	return &c->conf.breakers[memcached_generate_hash(c->one, key, strlen(key)) % CACHE_NODES];
}

static bool
may_call(struct cache *c, const char *key)
{
	return c->nodes > 0 && breaker_allows(breaker_of(c, key), instant_monotonic());
}

/* Reports the outcome of a call to the breaker; any answer at all is a success. */
static bool
note_answer(struct cache *c, const char *key, memcached_return_t r)
{
	if (r == MEMCACHED_SUCCESS || r == MEMCACHED_NOTFOUND || r == MEMCACHED_NOTSTORED ||
	    r == MEMCACHED_END || r == MEMCACHED_STORED || r == MEMCACHED_DATA_EXISTS) {
		breaker_success(breaker_of(c, key));
		return true;
	}
	c->failures++;
	metric_add(METRIC_cache_errors_total, 1);
	if (breaker_failure(breaker_of(c, key), instant_monotonic())) {
		metric_add(METRIC_cache_breaker_opened_total, 1);
		log_say(LOG_WARN, "cache_breaker_open", "%s", memcached_strerror(c->one, r));
	}
	return false;
}

/* The stored value of key with its version, read over `by`; NULL when there is none, or, with
 * *off, no answer. */
static memcached_result_st *
fetch_value(struct cache *c, memcached_st *by, const char *key, bool *off)
{
	const char *const keys[] = {key};
	const size_t lengths[] = {strlen(key)};
	memcached_return_t r = memcached_mget(by, keys, lengths, 1);
	memcached_result_st *result = NULL;
	memcached_return_t end;

	if (r == MEMCACHED_SUCCESS)
		result = memcached_fetch_result(by, NULL, &r);
	/* The answer ends with a line of its own, which must be read, too. */
	if (result != NULL)
		memcached_fetch_result(by, NULL, &end);
	*off = !note_answer(c, key, r);
	return result;
}

enum cache_found
cache_get(struct cache *c, void *ctx, const char *key, char **value, struct cache_version *version)
{
	static const enum metric metrics[] = {
		[CACHE_MISS] = METRIC_cache_misses_total,
		[CACHE_HIT] = METRIC_cache_hits_total,
		[CACHE_TOMBSTONE] = METRIC_cache_tombstones_total,
		[CACHE_LEASED] = METRIC_cache_misses_total,
		[CACHE_OFF] = METRIC_cache_misses_total,
	};
	bool off = true;
	memcached_result_st *result = may_call(c, key) ? fetch_value(c, c->one, key, &off) : NULL;
	enum cache_found found = off ? CACHE_OFF : CACHE_MISS;

	if (result != NULL) {
		found = cache_value_read(ctx, key, memcached_result_value(result),
		    memcached_result_length(result), value);
		if (found == CACHE_MISS)
			metric_add(METRIC_cache_bad_values_total, 1);
		*version = (struct cache_version){memcached_result_cas(result), c->failures};
		memcached_result_free(result);
	}
	metric_add(metrics[found], 1);
	return found;
}

/* The token is sent without waiting for an answer and read back after it: one round trip, which
 * also returns the version. */
bool
cache_lease(struct cache *c, const char *key, struct cache_version *version)
{
	char token[CACHE_LEASE];
	bool off, ours = false;

	if (!may_call(c, key))
		return false;
	cache_value_lease(token);
	memcached_return_t r = memcached_add(
	    c->many, key, strlen(key), token, CACHE_LEASE - 1, LEASE_SECONDS, 0);
	if (r != MEMCACHED_SUCCESS && r != MEMCACHED_BUFFERED)
		return note_answer(c, key, r) && false;
	memcached_result_st *result = fetch_value(c, c->many, key, &off);
	if (result == NULL)
		return false;
	if (memcached_result_length(result) == CACHE_LEASE - 1)
		ours = memcmp(memcached_result_value(result), token, CACHE_LEASE - 1) == 0;
	*version = (struct cache_version){memcached_result_cas(result), c->failures};
	memcached_result_free(result);
	return ours;
}

bool
cache_replace(struct cache *c, const char *key, const char *value, struct cache_version version)
{
	size_t len = strlen(value);

	if (len > CACHE_VALUE || version.failures != c->failures || !may_call(c, key))
		return true;
	char *raw = cache_value_make(c, key, value, &len);
	memcached_return_t r = memcached_cas(c->one, key, strlen(key), raw, len,
	    c->conf.seconds, 0, version.number);
	talloc_free(raw);
	return note_answer(c, key, r);
}

static bool
bury_one(struct cache *c, const char *key)
{
	return may_call(c, key) &&
	    note_answer(c, key,
		memcached_set(c->one, key, strlen(key), CACHE_TOMBSTONE_VALUE,
		    strlen(CACHE_TOMBSTONE_VALUE), TOMBSTONE_SECONDS, 0));
}

/* Reads back what was set without answers: a node answers in order, so its answers prove all sets
 * before them. */
static size_t
count_tombstones(struct cache *c, const char keys[][CACHE_KEY], size_t n)
{
	const char **names = mem_array(c, const char *, n);
	size_t *lengths = mem_array(c, size_t, n);
	memcached_result_st *result;
	memcached_return_t r;
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		names[i] = keys[i];
		lengths[i] = strlen(keys[i]);
	}
	if (memcached_mget(c->many, names, lengths, n) == MEMCACHED_SUCCESS) {
		while ((result = memcached_fetch_result(c->many, NULL, &r)) != NULL) {
			found += cache_value_is_tombstone(memcached_result_value(result),
			    memcached_result_length(result));
			memcached_result_free(result);
		}
	}
	talloc_free(names);
	talloc_free(lengths);
	return found;
}

static bool
bury_many(struct cache *c, const char keys[][CACHE_KEY], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!may_call(c, keys[i]))
			return false;
		memcached_return_t r = memcached_set(c->many, keys[i], strlen(keys[i]),
		    CACHE_TOMBSTONE_VALUE, strlen(CACHE_TOMBSTONE_VALUE), TOMBSTONE_SECONDS, 0);
		if (r != MEMCACHED_SUCCESS && r != MEMCACHED_BUFFERED)
			return note_answer(c, keys[i], r) && false;
	}
	if (count_tombstones(c, keys, n) == n)
		return true;
	return note_answer(c, keys[0], MEMCACHED_TIMEOUT);
}

bool
cache_tombstone(struct cache *c, const char keys[][CACHE_KEY], size_t n)
{
	if (n > 4)
		return bury_many(c, keys, n);
	for (size_t i = 0; i < n; i++)
		if (!bury_one(c, keys[i]))
			return false;
	return true;
}

bool
cache_ping(struct cache *c, size_t i)
{
	memcached_st *probe = memcached_create(NULL);
	const memcached_instance_st *node =
	    memcached_server_instance_by_position(c->one, (uint32_t)i);
	const char *name = memcached_server_name(node);

	if (*name == '/')
		memcached_server_add_unix_socket(probe, name);
	else
		memcached_server_add(probe, name, memcached_server_port(node));
	set_behaviour(probe, c->conf.timeout_ms);
	memcached_return_t r = memcached_version(probe);
	memcached_free(probe);
	return r == MEMCACHED_SUCCESS;
}
