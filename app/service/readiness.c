/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Readiness: whether database, schema and cache can be used, for a load balancer and for the front
 * page alike. Requests can be served without the cache, only slower.
 */
#include "service/readiness.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "store/cache/cache.h"
#include "store/db/db.h"
#include "store/work.h"

/* The state of the configured cache nodes in a word. */
static const char *
cache_state(struct cache *cache)
{
	size_t up = 0;

	if (cache_nodes(cache) == 0)
		return "off";
	for (size_t i = 0; i < cache_nodes(cache); i++)
		up += cache_ping(cache, i);
	return up == cache_nodes(cache) ? "ok" : up > 0 ? "partly down" : "down";
}

/* Names no hosts and passes on no messages of servers, because the page is public. */
struct json_object *
readiness_check(struct work *w, bool *ready)
{
	struct json_object *o = mem_json(w->mem, json_object_new_object());
	struct json_object *schema = json_object_new_object();
	const char *cache = cache_state(w->cache);
	bool answers = db_query(w->db, w->mem, QUERY_ping, NULL, NULL) == OK;
	bool fits = db_schema_version(w->db) == query_schema_version();
	bool cached = *cache == 'o';

	*ready = answers;
	json_add_text(o, "status", !answers ? "unavailable" : cached ? "ready" : "degraded");
	json_add_text(o, "database",
	    answers || (db_schema_version(w->db) >= 0 && !fits) ? "ok" : "down");
	json_object_object_add(schema, "found",
	    fits || db_schema_version(w->db) >= 0
		? json_object_new_int(db_schema_version(w->db))
		: NULL);
	json_object_object_add(schema, "needed", json_object_new_int(query_schema_version()));
	json_object_object_add(o, "schema", schema);
	json_add_text(o, "cache", cache);
	return o;
}
