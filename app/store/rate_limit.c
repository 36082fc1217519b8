/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rate limits without a lock, which a worker that was killed could hold forever. Every field is
 * changed by single atomic operations, and every state between two of them is valid; a race can
 * only make a bucket count a request too few.
 */
#include "store/rate_limit.h"

#include <stddef.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"

#define NANO 1000 /* nanoseconds in a microsecond */
#define HOUR (3600 * INSTANT_SECOND)

enum { TRIES = 4, REPORT_FROM = 10, KEY_ID = 32 };

void
rate_init(struct rate_table *t)
{
	hash_random(t->salt, sizeof t->salt);
}

uint64_t
rate_bucket(const struct rate_table *t, char purpose, const char *key_id, uint64_t source)
{
	unsigned char text[1 + sizeof source + KEY_ID] = {(unsigned char)purpose};
	size_t n = strnlen(key_id, KEY_ID);
	uint8_t sum[HASH_SIZE];
	uint64_t bucket;

	memcpy(text + 1, &source, sizeof source);
	memcpy(text + 1 + sizeof source, key_id, n);
	hash_sum(text, 1 + sizeof source + n, t->salt, sizeof t->salt, sum);
	memcpy(&bucket, sum, sizeof bucket);
	return bucket == 0 ? 1 : bucket;
}

static struct rate_slot *
set_of(struct rate_table *t, uint64_t bucket)
{
	return &t->slots[bucket % RATE_SETS * RATE_WAYS];
}

static struct rate_slot *
find_bucket(struct rate_table *t, uint64_t bucket)
{
	struct rate_slot *set = set_of(t, bucket);

	for (int i = 0; i < RATE_WAYS; i++)
		if (set[i].bucket == bucket)
			return &set[i];
	return NULL;
}

/* The slot of a bucket, created when there is none; NULL when other workers took the slot in every
 * attempt. */
static struct rate_slot *
claim_bucket(struct rate_table *t, uint64_t bucket, int64_t now)
{
	for (int tries = 0; tries < TRIES; tries++) {
		struct rate_slot *s = find_bucket(t, bucket);
		if (s != NULL)
			return s;
		struct rate_slot *set = set_of(t, bucket);
		s = &set[0];
		for (int i = 1; i < RATE_WAYS; i++)
			if (set[i].full_at < s->full_at)
				s = &set[i];
		uint64_t old = s->bucket;
		/* The new bucket must not inherit the debt of the one that it replaces. */
		if (s->full_at > now)
			s->full_at = 0;
		if (atomic_compare_exchange_strong(&s->bucket, &old, bucket))
			return s;
	}
	return NULL;
}

/* When a bucket that is full at full_at will be full after taking n tokens more. *wait is how many
 * nanoseconds too early the request is; 0 or less: in time. */
static int64_t
full_after(int64_t full_at, struct rate r, int64_t n, int64_t now, int64_t *wait)
{
	int64_t each = INSTANT_SECOND * NANO / r.per_second;
	int64_t next = (full_at > now ? full_at : now) + n * each;

	*wait = next - now - r.burst * each;
	return next;
}

static int64_t
to_microseconds(int64_t wait)
{
	return wait <= 0 ? 0 : (wait + NANO - 1) / NANO;
}

int64_t
rate_take(struct rate_table *t, uint64_t bucket, struct rate r, int64_t n, int64_t now)
{
	struct rate_slot *s = claim_bucket(t, bucket, now * NANO);
	int64_t full_at = s == NULL ? 0 : s->full_at, next, wait;

	if (s == NULL)
		return 0;
	do {
		next = full_after(full_at, r, n, now * NANO, &wait);
		if (wait > 0)
			return to_microseconds(wait);
	} while (!atomic_compare_exchange_weak(&s->full_at, &full_at, next));
	return 0;
}

int64_t
rate_wait(struct rate_table *t, uint64_t bucket, struct rate r, int64_t n, int64_t now)
{
	struct rate_slot *s = find_bucket(t, bucket);
	int64_t wait;

	full_after(s == NULL ? 0 : s->full_at, r, n, now * NANO, &wait);
	return to_microseconds(wait);
}

/* Starts a new hour; the worker that changes it clears the sums. */
static void
turn_hour(struct rate_refusals *r, int64_t now)
{
	int64_t hour = r->hour, this = now / HOUR + 1;

	if (hour == this || !atomic_compare_exchange_strong(&r->hour, &hour, this))
		return;
	r->total = 0;
	r->reported = 0;
	for (int i = 0; i < RATE_SOURCES; i++)
		r->sources[i].count = 0;
}

/* Counts a source (the Misra-Gries summary): one without an entry takes an empty one, or, if there
 * is none, decrements all others. */
static void
count_source(struct rate_refusals *r, uint64_t source)
{
	int free = -1;

	for (int i = 0; i < RATE_SOURCES; i++) {
		if (r->sources[i].count > 0 && r->sources[i].source == source) {
			r->sources[i].count++;
			return;
		}
		if (r->sources[i].count <= 0)
			free = i;
	}
	if (free >= 0) {
		r->sources[free].source = source;
		r->sources[free].count = 1;
		return;
	}
	for (int i = 0; i < RATE_SOURCES; i++)
		r->sources[i].count--;
}

bool
rate_note_refusal(struct rate_table *t, uint64_t source, int64_t now, struct rate_report *out)
{
	struct rate_refusals *r = &t->refusals;

	turn_hour(r, now);
	count_source(r, source);
	int64_t total = ++r->total, reported = r->reported;
	if (total < REPORT_FROM || total < reported + (reported + 3) / 4 ||
	    !atomic_compare_exchange_strong(&r->reported, &reported, total))
		return false;
	*out = (struct rate_report){.total = total};
	for (int i = 0; i < RATE_SOURCES; i++) {
		int64_t count = r->sources[i].count;
		if (count > out->most) {
			out->most = count;
			out->source = r->sources[i].source;
		}
	}
	return true;
}
