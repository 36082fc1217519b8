/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * API keys. A key is found by its public id, and its secret is compared as a digest in constant
 * time. What was read about a key is believed for a second, so a revoked key may work that much
 * longer.
 */
#include "web/auth/auth.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/subject/key.h"
#include "store/db/db.h"
#include "web/auth/client_rate.h"
#include "web/http/ctx.h"
#include "web/auth/key_bounds.h"

#define BELIEVE INSTANT_SECOND

enum { SLOTS = 256, ORIGIN = 256 };

struct key {
	char id[KEY_ID];
	int64_t read_at; /* monotonic; 0: the slot is empty */
	bool valid;
	bool stale; /* the recorded last use is old */
	enum key_class class;
	uint8_t digest[HASH_SECRET];
	struct json_object *origins; /* JSON array, on the ring */
	char *tag_prefix; /* on the ring; NULL: any */
	struct key_bounds bounds;
	void *texts;      /* what the bounds point to; on the ring */
};

/* Whether some valid key allows an origin. */
struct known_origin {
	char text[ORIGIN];
	int64_t read_at; /* monotonic; 0: nothing was asked yet */
	bool known;
};

/* Ids are random, so their first two digits select a slot; a newer key replaces an older one in
 * its slot. */
struct keyring {
	struct key slots[SLOTS];
	struct known_origin origin; /* the last that was asked for */
};

static int
ring_free(struct keyring *ring)
{
	for (int i = 0; i < SLOTS; i++)
		json_object_put(ring->slots[i].origins);
	return 0;
}

struct keyring *
auth_new(void *ctx)
{
	struct keyring *ring = mem_new(ctx, struct keyring);

	talloc_set_destructor(ring, ring_free);
	return ring;
}

/* The number in a cell, or -1 for null. */
static int64_t
number_or(const struct db_rows *rows, const char *column)
{
	return db_cell(rows, 0, column) == NULL ? -1 : db_int(rows, 0, column);
}

/* The texts of the bounds are on texts. */
static struct key_bounds
read_bounds(void *texts, const struct db_rows *rows)
{
	const char *signing = db_cell(rows, 0, "signing_secret");

	return (struct key_bounds){
		.subjects = mem_dup(texts, db_cell(rows, 0, "subjects")),
		.signing = signing == NULL ? NULL : mem_dup(texts, signing),
		.attributes = *db_cell(rows, 0, "attributes") == 't',
		.rate = number_or(rows, "rate"),
		.new_rate = number_or(rows, "new_rate"),
	};
}

static enum key_class
class_of(const char *kind)
{
	return strcmp(kind, "admin") == 0 ? KEY_ADMIN :
	    strcmp(kind, "server") == 0 ? KEY_SERVER :
	    strcmp(kind, "metrics") == 0 ? KEY_METRICS : KEY_CLIENT;
}

/* Records the last use, which is only information for the operator: a failure does not affect the
 * request. */
static void
note_use(struct ctx *c, struct key *k)
{
	const char *now = work_now_text(&c->w);

	k->stale = false;
	if (db_query(c->w.db, c->w.mem, QUERY_key_used, (const char *const[]){k->id, now}, NULL) !=
	    OK)
		log_say(LOG_WARN, "key_use_not_noted", "%s", db_message(c->w.db));
}

static enum err
load_key(struct ctx *c, const char *id, struct key *k)
{
	struct db_rows *rows;
	const char *now = work_now_text(&c->w);

	enum err e =
	    db_query(c->w.db, c->w.mem, QUERY_key_find, (const char *const[]){id, now}, &rows);
	if (e != OK)
		return e;
	json_object_put(k->origins);
	talloc_free(k->tag_prefix);
	talloc_free(k->texts);
	*k = (struct key){.read_at = c->began};
	memcpy(k->id, id, KEY_ID);
	if (db_count(rows) == 0)
		return OK;
	k->valid = *db_cell(rows, 0, "valid") == 't' &&
	    hash_unhex(db_cell(rows, 0, "secret_hash"), k->digest, HASH_SECRET);
	k->class = class_of(db_cell(rows, 0, "kind"));
	k->origins = json_tokener_parse(db_cell(rows, 0, "origins"));
	k->stale = *db_cell(rows, 0, "stale") == 't';
	k->texts = mem_ctx(c->keys);
	k->bounds = read_bounds(k->texts, rows);
	if (*db_cell(rows, 0, "tag_prefix") != '\0')
		k->tag_prefix = mem_dup(c->keys, db_cell(rows, 0, "tag_prefix"));
	return OK;
}

/* The key that the text proves; *out stays NULL when there is none. */
static enum err
find_api_key(struct ctx *c, const char *text, const struct key **out)
{
	char id[KEY_ID];
	const char *secret;
	uint8_t slot, digest[HASH_SECRET];

	if (!key_split(text, id, &secret) || !hash_unhex((char[]){id[0], id[1], '\0'}, &slot, 1))
		return OK;
	struct key *k = &c->keys->slots[slot];
	if (k->read_at == 0 || strcmp(k->id, id) != 0 || c->began - k->read_at > BELIEVE) {
		enum err e = load_key(c, id, k);
		if (e != OK)
			return e;
	}
	hash_secret(secret, digest);
	if (!k->valid || !hash_equal(digest, k->digest, sizeof digest))
		return OK;
	if (k->stale)
		note_use(c, k);
	*out = k;
	return OK;
}

static const char *
given_key(const struct ctx *c)
{
	const struct req *r = &c->req;
	const char *bearer = req_param(r, "HTTP_AUTHORIZATION");
	const char *header = req_param(r, "HTTP_X_API_KEY");

	if (bearer != NULL && strncasecmp(bearer, "Bearer ", 7) == 0)
		return bearer + 7 + strspn(bearer + 7, " ");
	/* Clients of OpenFeature are shown with the key alone. */
	if (bearer != NULL && strncmp(bearer, "asy_", 4) == 0)
		return bearer;
	return header == NULL && route_is_image(c->route) ? req_query(r, "key") : header;
}

static bool
class_allows(enum key_class class, enum key_class needed)
{
	return needed == KEY_METRICS ? class == KEY_METRICS || class == KEY_ADMIN : class >= needed;
}

static const char *
why_not(enum key_class class, enum key_class needed)
{
	return class == KEY_METRICS ? "this key is for /metrics only" :
	    needed == KEY_METRICS ? "this needs an admin key, or one made with --scope metrics" :
	    needed == KEY_ADMIN ? "this needs an admin key" : "this needs a server key";
}

/* A page of an origin that the key does not list must not use the key. */
static enum err
check_origin(struct ctx *c, const struct key *k)
{
	const char *origin = req_param(&c->req, "HTTP_ORIGIN");
	size_t n = json_items(k->origins);

	if (origin == NULL || n == 0)
		return OK;
	for (size_t i = 0; i < n; i++)
		if (strcmp(origin,
			json_object_get_string(json_item(k->origins, i))) == 0)
			c->origin = origin;
	return c->origin != NULL ? OK :
	    fail_detail(&c->w, ERR_FORBIDDEN, "the key may not be used from this origin");
}

static enum err
refuse_access(struct ctx *c, enum err e, const char *why)
{
	metric_add(METRIC_auth_failures_total, 1);
	return fail_detail(&c->w, e, "%s", why);
}

/* A copy for one request: until it ends, another one may read the key again. */
static const struct key_bounds *
copy_bounds(void *mem, const struct key_bounds *b)
{
	struct key_bounds *copy = mem_new(mem, struct key_bounds);

	*copy = *b;
	copy->subjects = mem_dup(mem, b->subjects);
	copy->signing = b->signing == NULL ? NULL : mem_dup(mem, b->signing);
	return copy;
}

enum err
auth_check(struct ctx *c)
{
	enum key_class needed = c->route->key;
	const struct key *k = NULL;

	if (needed == KEY_NONE || (needed == KEY_METRICS && c->local))
		return OK;
	const char *text = given_key(c);
	if (text == NULL)
		return refuse_access(
		    c, ERR_UNAUTHORIZED, "send a key: Authorization: Bearer <key>");
	enum err e = find_api_key(c, text, &k);
	if (e != OK)
		return e;
	if (k == NULL)
		return refuse_access(c, ERR_UNAUTHORIZED, "the key is unknown, expired or revoked");
	c->key_id = mem_dup(c->w.mem, k->id);
	c->key_class = k->class;
	c->w.actor =
	    (struct actor){.key_id = c->key_id, .trusted = k->class >= KEY_SERVER};
	c->tag_prefix = k->tag_prefix == NULL ? NULL : mem_dup(c->w.mem, k->tag_prefix);
	c->bounds = k->class == KEY_CLIENT ? copy_bounds(c->w.mem, &k->bounds) : NULL;
	enum err origin = check_origin(c, k);
	client_rate_limit_subjects(c);
	e = client_rate_request(c);
	if (e != OK)
		return e;
	if (!class_allows(k->class, needed))
		return refuse_access(c, ERR_FORBIDDEN, why_not(k->class, needed));
	return origin;
}

/* Sets c->origin when some valid key allows the origin of the request. */
static enum err
allow_known_origin(struct ctx *c)
{
	const char *origin = req_param(&c->req, "HTTP_ORIGIN");
	struct known_origin *last = &c->keys->origin;
	struct db_rows *rows;

	if (origin == NULL || strlen(origin) >= ORIGIN)
		return OK;
	if (last->read_at == 0 || c->began - last->read_at > BELIEVE ||
	    strcmp(last->text, origin) != 0) {
		const char *now = work_now_text(&c->w);
		enum err e = db_query(c->w.db, c->w.mem, QUERY_key_origin_known,
		    (const char *const[]){origin, now}, &rows);
		if (e != OK)
			return e;
		strcpy(last->text, origin);
		last->read_at = c->began;
		last->known = *db_cell(rows, 0, "known") == 't';
	}
	if (last->known)
		c->origin = origin;
	return OK;
}

enum err
auth_preflight(struct ctx *c)
{
	enum err e = allow_known_origin(c);

	if (e == OK)
		c->status = 204;
	return e;
}

void
auth_show_refusal(struct ctx *c, enum err e)
{
	bool page = c->route != NULL && route_is_page(c->route);
	bool decided_by_key = e == OK && c->status != 304;

	if (c->origin != NULL || page || decided_by_key || e == ERR_UNAVAILABLE)
		return;
	if (allow_known_origin(c) != OK)
		log_say(LOG_WARN, "origin_unknown", "%s", db_message(c->w.db));
}
