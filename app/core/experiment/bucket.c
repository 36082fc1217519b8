/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bucketing: maps a subject id to a number in [0,1) with SHA-256, so that any client can reproduce
 * an assignment without asking the server. Stored assignments depend on these functions; their
 * results must never change.
 */
#include "core/experiment/bucket.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/delivery.h"

double
bucket_of(const char *salt, const char *id)
{
	char *text = mem_printf(NULL, "%s:%s", salt, id);
	char hex[HASH_SHA256_HEX];
	uint8_t first[8];
	uint64_t h = 0;

	hash_sha256_hex(text, strlen(text), hex);
	talloc_free(text);
	hex[16] = '\0';
	(void)hash_unhex(hex, first, sizeof first);
	for (size_t i = 0; i < sizeof first; i++)
		h = h << 8 | first[i];
	return (double)(h >> 11) / 9007199254740992.0; /* 2^53 */
}

double
bucket_for(const char *salt, const char *purpose, const char *id)
{
	char *text = mem_printf(NULL, "%s:%s", salt, purpose);
	double u = bucket_of(text, id);

	talloc_free(text);
	return u;
}

double
bucket_redraw(const char *salt, int64_t gone, const char *id)
{
	char *purpose = mem_printf(NULL, "redraw:%lld", (long long)gone);
	double u = bucket_for(salt, purpose, id);

	talloc_free(purpose);
	return u;
}

static double
weight_of(struct json_object *alternative, bool weighted)
{
	if (!json_object_get_boolean(json_object_object_get(alternative, "enabled")))
		return 0;
	return weighted ? json_object_get_double(json_object_object_get(alternative, "weight")) : 1;
}

static double
total_weight(struct json_object *alternatives, bool weighted)
{
	double total = 0;

	for (size_t i = 0; i < json_items(alternatives); i++)
		total += weight_of(json_item(alternatives, i), weighted);
	return total;
}

/* Rounding may leave the sum just below u; then the last alternative with a weight is meant. */
struct json_object *
bucket_pick(struct json_object *alternatives, double u)
{
	bool weighted = strcmp(delivery_weighting(alternatives), "on") == 0;
	double total = total_weight(alternatives, weighted);
	struct json_object *last = NULL;
	double below = 0;

	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		if (weight_of(o, weighted) <= 0)
			continue;
		last = o;
		below += weight_of(o, weighted);
		if (below / total > u)
			return o;
	}
	return last;
}

struct json_object *
bucket_allocation(struct json_object *alternatives)
{
	bool weighted = strcmp(delivery_weighting(alternatives), "on") == 0;
	double total = total_weight(alternatives, weighted);
	struct json_object *shares = json_object_new_object();

	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		const char *id = json_object_get_string(json_object_object_get(o, "id"));
		json_object_object_add(shares, id, json_object_new_double(
		    total > 0 ? weight_of(o, weighted) / total : 0));
	}
	return shares;
}
