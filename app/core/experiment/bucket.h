/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_BUCKET_H
#define CORE_EXPERIMENT_BUCKET_H

#include <json-c/json.h>
#include <stdint.h>

/*
 * Where a subject falls: u = (h >> 11) / 2^53 in [0,1), h = the first 8 bytes, big-endian, of
 * SHA-256(salt ":" id). The same in every language.
 */
double bucket_of(const char *salt, const char *id);

/* The same for a purpose, with salt ":" purpose as the salt: two purposes are independent draws. */
double bucket_for(const char *salt, const char *purpose, const char *id);

/*
 * The draw for a subject whose alternative or group has been removed, for the purpose "redraw:" and
 * its number: independent of the draw that had put the subject there.
 */
double bucket_again(const char *salt, int64_t gone, const char *id);

/*
 * The alternative of u: the first whose cumulative share exceeds it, in stored order, disabled and
 * weightless ones left out; shares are the weights when every alternative has one, else equal.
 * NULL when none can be drawn.
 */
struct json_object *bucket_pick(struct json_object *alternatives, double u);

/* What part of the draws goes to which: {"<id>": 0..1, ..}, by the ids of the alternatives. The
 * caller owns the result. */
struct json_object *bucket_shares(struct json_object *alternatives);

#endif
