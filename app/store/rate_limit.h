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
 * The table has a fixed size. A bucket that is full may be forgotten at any time, because a new
 * one is full, too; where all places of a set are in use, the fullest one makes room. So a limit
 * may be missed when very many addresses ask at once, but nobody is ever refused for another.
 *
 * Times are instant_monotonic(). All zero is an empty table.
 */

enum { RATE_SETS = 4096, RATE_WAYS = 8, RATE_SALT = 16, RATE_SOURCES = 16 };

struct rate_slot {
	_Atomic uint64_t bucket; /* 0: empty */
	_Atomic int64_t full_at; /* nanoseconds; the bucket is full from then on */
};

/* Who was refused within an hour: a summary that finds every source of more than 1 in 17. */
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
	uint8_t salt[RATE_SALT]; /* so that nobody can choose whose places he takes */
	struct rate_slot slots[RATE_SETS * RATE_WAYS];
	struct rate_refusals refusals;
};

/* A limit: tokens a second, at least 1, and how many a full bucket holds. */
struct rate {
	int64_t per_second;
	int64_t burst;
};

/* Gives the table a salt; before it is shared. */
void rate_init(struct rate_table *t);

/* The bucket for what `purpose` limits of key_id and the network source. */
uint64_t rate_bucket(const struct rate_table *t, char purpose, const char *key_id,
    uint64_t source);

/*
 * Takes n tokens, n at most the burst. 0 when they were there; else nothing is taken, and the
 * result is the microseconds until they will be.
 */
int64_t rate_take(struct rate_table *t, uint64_t bucket, struct rate r, int64_t n, int64_t now);

/* What rate_take would say, without taking anything. */
int64_t rate_wait(struct rate_table *t, uint64_t bucket, struct rate r, int64_t n, int64_t now);

/* How many were refused within the hour, and at least how many of them from the source with the
 * most. */
struct rate_report {
	int64_t total, most;
	uint64_t source;
};

/*
 * Notes a refusal. True, with *out, when the sums are worth telling: from 10 on, whenever they
 * have grown by a quarter.
 */
bool rate_note_refusal(struct rate_table *t, uint64_t source, int64_t now,
    struct rate_report *out);

#endif
