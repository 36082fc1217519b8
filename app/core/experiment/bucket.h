/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_BUCKET_H
#define CORE_EXPERIMENT_BUCKET_H

#include <json-c/json.h>
#include <stdint.h>

/*
 * The bucket of a subject, u in [0,1): u = (h >> 11) / 2^53, where h is the first 8 bytes,
 * big-endian, of SHA-256(salt ":" id). id is the bare id in UTF-8. Every language can compute it
 * exactly.
 */
double bucket_of(const char *salt, const char *id);

/* The bucket for a purpose: the salt is salt ":" purpose, so purposes are independent draws. */
double bucket_for(const char *salt, const char *purpose, const char *id);

/*
 * The bucket for a subject whose alternative or group, with the number gone, has been removed. The
 * purpose is "redraw:" and the number: independent of the draw that selected the removed one.
 */
double bucket_redraw(const char *salt, int64_t gone, const char *id);

/*
 * The alternative of bucket u: in stored order, the first whose cumulative share exceeds u.
 * Disabled alternatives and those of weight 0 are left out. Shares are proportional to the weights
 * when every alternative has one, else equal. NULL when there is none to choose from.
 */
struct json_object *bucket_pick(struct json_object *alternatives, double u);

/*
 * The allocation: the share of each alternative, {"<id>": 0..1, ..}, by number. The caller owns the
 * result.
 */
struct json_object *bucket_allocation(struct json_object *alternatives);

#endif
