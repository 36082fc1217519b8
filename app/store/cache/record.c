/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The protocol between cache and database (record.h explains it). The database decides what is
 * true; this file decides when the cache may be trusted.
 *
 * The epoch is read at most a second old. Tombstones are set before a commit and again before the
 * answer; where one cannot be set the epoch is raised, which closes the cache for all workers
 * until it has passed.
 */
#include "store/cache/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/metric.h"

#define EPOCH_AGE INSTANT_SECOND
#define FILL_AGE (2 * INSTANT_SECOND)

/* An epoch that is further ahead comes from a clock that was wrong, not from a writer. */
enum { EPOCH_AHEAD = 5, EPOCH_SANE = 10 };

static const char *const kinds[] = {RECORD_PROFILE, RECORD_SUBJECT};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* How many records may be stored at a time: those of all requests that are answered together. What
 * is read beyond that is not stored. */
enum { FILLS = 64 };

/* An answer of the database that the cache is to hold. */
struct fill {
	struct record_slot slot;
	char *payload;
};

struct records {
	struct cache *cache;
	struct db *db;
	int64_t epoch;   /* seconds; as read or raised last */
	int64_t definitions; /* their generation, read with it */
	int64_t read_at; /* monotonic; 0: not known */
	struct fill fills[FILLS];
	size_t waiting; /* fills */
};

struct records *
record_new(void *ctx, struct cache *cache, struct db *db)
{
	struct records *r = mem_new(ctx, struct records);

	r->cache = cache;
	r->db = db;
	return r;
}

static enum err
read_epoch(struct records *r)
{
	struct db_rows *rows;

	if (r->read_at != 0 && instant_monotonic() - r->read_at < EPOCH_AGE)
		return OK;
	int64_t asked = instant_monotonic();
	r->read_at = 0;
	enum err e = db_query(r->db, r, QUERY_cache_epoch, NULL, &rows);
	if (e != OK)
		return e;
	r->epoch = db_int(rows, 0, "value");
	r->definitions = db_int(rows, 0, "definitions");
	r->read_at = asked;
	talloc_free(rows);
	return OK;
}

enum err
record_definitions(struct records *r, int64_t *generation)
{
	enum err e = read_epoch(r);

	*generation = r->definitions;
	return e;
}

void
record_forget(struct records *r)
{
	r->read_at = 0;
}

static void
make_key(const struct records *r, const char *kind, const char *subject, char key[CACHE_KEY])
{
	char hash[HASH_HEX];

	hash_hex(subject, strlen(subject), NULL, 0, hash);
	snprintf(key, CACHE_KEY, "assay:%d:%lld:%s:%s", query_schema_version(), (long long)r->epoch,
	    kind, hash);
}

/* While a writer whose tombstone could not be set may still be writing, the cache is not read. */
static bool
is_closed(const struct records *r, int64_t now)
{
	int64_t second = now / INSTANT_SECOND;

	return r->epoch > second && r->epoch <= second + EPOCH_SANE;
}

/* Reads the clock now: the request may have begun seconds ago. */
static enum err
raise_epoch(struct records *r)
{
	int64_t now = instant_now(), wanted = now / INSTANT_SECOND + EPOCH_AHEAD;
	char low[24], high[24];

	if (r->read_at != 0 && r->epoch >= wanted && is_closed(r, now))
		return OK;
	snprintf(low, sizeof low, "%lld", (long long)wanted);
	snprintf(high, sizeof high, "%lld", (long long)(now / INSTANT_SECOND + EPOCH_SANE));
	enum err e =
	    db_query(r->db, r, QUERY_cache_epoch_raise, (const char *const[]){low, high}, NULL);
	if (e != OK)
		return e;
	metric_add(METRIC_cache_epoch_raised_total, 1);
	r->epoch = wanted;
	r->read_at = 0;
	return OK;
}

char *
record_find(struct records *r, void *ctx, struct record_slot *slot)
{
	char *payload = NULL;

	slot->may_fill = false;
	if (cache_nodes(r->cache) == 0 || read_epoch(r) != OK || is_closed(r, slot->now))
		return NULL;
	make_key(r, slot->kind, slot->subject, slot->key);
	slot->began = instant_monotonic();
	switch (cache_get(r->cache, ctx, slot->key, &payload, &slot->version)) {
	case CACHE_MISS:
		slot->may_fill = cache_lease(r->cache, slot->key, &slot->version);
		return NULL;
	case CACHE_HIT:
		slot->may_fill = true;
		return payload;
	case CACHE_TOMBSTONE:
	case CACHE_LEASED:
	case CACHE_OFF:
		return NULL;
	}
	return NULL;
}

void
record_fill(struct records *r, struct record_slot *slot, const char *payload)
{
	if (slot->may_fill && r->waiting < FILLS)
		r->fills[r->waiting++] =
		    (struct fill){*slot, mem_check(talloc_strdup(r, payload))};
	slot->may_fill = false;
}

static void
store_fill(struct records *r, const struct fill *f)
{
	if (instant_monotonic() - f->slot.began >= FILL_AGE)
		return;
	bool known = cache_replace(r->cache, f->slot.key, f->payload, f->slot.version);
	/* A value that may still be stored later could be an outdated one. */
	if (!known && raise_epoch(r) != OK)
		r->read_at = 0;
}

void
record_flush(struct records *r)
{
	for (size_t i = 0; i < r->waiting; i++) {
		store_fill(r, &r->fills[i]);
		talloc_free(r->fills[i].payload);
	}
	r->waiting = 0;
}

/* The database would say something else now. */
static void
drop_fill(struct records *r, const char *key)
{
	for (size_t i = 0; i < r->waiting; i++)
		if (strcmp(r->fills[i].slot.key, key) == 0) {
			talloc_free(r->fills[i].payload);
			r->fills[i--] = r->fills[--r->waiting];
		}
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(a, b);
}

static size_t
sort_unique(char keys[][CACHE_KEY], size_t n)
{
	size_t kept = 0;

	qsort(keys, n, CACHE_KEY, compare_keys);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(keys[kept - 1], keys[i]) != 0)
			memmove(keys[kept++], keys[i], CACHE_KEY);
	return kept;
}

static enum err
invalidate_kinds(struct records *r, const char *const of[], size_t count,
    const char *const subjects[], size_t n)
{
	if (cache_nodes(r->cache) == 0)
		return OK;
	enum err e = read_epoch(r);
	if (e != OK)
		return e;
	char(*keys)[CACHE_KEY] = mem_check(talloc_size(r, n * count * CACHE_KEY));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < count; k++)
			make_key(r, of[k], subjects[i], keys[i * count + k]);
	for (size_t i = 0; r->waiting > 0 && i < n * count; i++)
		drop_fill(r, keys[i]);
	bool told =
	    cache_tombstone(r->cache, (const char(*)[CACHE_KEY])keys, sort_unique(keys, n * count));
	talloc_free(keys);
	return told ? OK : raise_epoch(r);
}

enum err
record_invalidate(struct records *r, const char *const subjects[], size_t n)
{
	return invalidate_kinds(r, kinds, KINDS, subjects, n);
}

enum err
record_invalidate_kind(struct records *r, const char *kind, const char *const subjects[], size_t n)
{
	return invalidate_kinds(r, &kind, 1, subjects, n);
}

enum err
record_suspend(struct records *r)
{
	return raise_epoch(r);
}
