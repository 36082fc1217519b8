/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_RATE_LIMIT_H
#define STORE_RATE_LIMIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Rate limits in memory that all workers share. A limit is a bucket of tokens, kept as the one
 * instant at which it will be full again (the generic cell rate algorithm), so that each change is
 * a single atomic write: there is no lock, and a worker that ends anywhere leaves nothing behind.
 *
 * The table has a fixed size. A full bucket may be dropped at any time, because a new one is full,
 * too; when all slots of a set are in use, the fullest bucket is replaced. So a limit may be missed
 * when very many addresses send requests at once, but no address is refused because of another.
 *
 * Times are instant_monotonic(). All zero is an empty table.
 */

enum { RATE_SETS = 4096, RATE_WAYS = 8, RATE_SALT = 16, RATE_SOURCES = 16 };

struct rate_slot {
	_Atomic uint64_t bucket; /* 0: empty */
	_Atomic int64_t full_at; /* nanoseconds; the bucket is full from then on */
};

/* The refusals of an hour: a summary that finds every source of more than 1 in 17 of them. */
struct rate_refusals {
	_Atomic int64_t hour;
	_Atomic int64_t total;
	_Atomic int64_t reported; /* the total at the last report */
	struct {
		_Atomic uint64_t source;
		_Atomic int64_t count;
	} sources[RATE_SOURCES];
};

struct rate_table {
	uint8_t salt[RATE_SALT]; /* so that nobody can choose which slots to fill */
	struct rate_slot slots[RATE_SETS * RATE_WAYS];
	struct rate_refusals refusals;
};

/* A limit: tokens a second, at least 1, and how many a full bucket holds. */
struct rate {
	int64_t per_second;
	int64_t burst;
};

/* Sets the salt of the table; before it is shared. */
void rate_init(struct rate_table *t);

/* The bucket of key_id and a network source, for one purpose. */
uint64_t rate_bucket(const struct rate_table *t, char purpose, const char *key_id,
    uint64_t source);

/*
 * Takes n tokens; n is at most the burst. Returns 0, or, when there are too few, takes nothing and
 * returns after how many microseconds there will be enough.
 */
int64_t rate_take(struct rate_table *t, uint64_t bucket, struct rate r, int64_t n, int64_t now);

/* What rate_take would return, without taking anything. */
int64_t rate_wait(struct rate_table *t, uint64_t bucket, struct rate r, int64_t n, int64_t now);

/* The refusals of this hour, and a lower bound for those of the most refused source. */
struct rate_report {
	int64_t total, most;
	uint64_t source;
};

/*
 * Counts a refusal. True, with *out, when it is worth a log line: from 10 refusals on, whenever
 * the total has grown by a quarter.
 */
bool rate_note_refusal(struct rate_table *t, uint64_t source, int64_t now,
    struct rate_report *out);

#endif
