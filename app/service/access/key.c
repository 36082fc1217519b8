/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations on API keys. The database itself checks on whose behalf keys are changed
 * (session_authorize), because the role of the workers has no right to write their table. Of a key
 * only the digest of its secret is stored; the signing secret of a client key is stored as it is,
 * since signatures are checked with it.
 */
#include "service/access/key.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "core/subject/key.h"
#include "core/subject/tag.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

enum err
key_limits_read(struct work *w, struct json_object *form, struct key_limits *out)
{
	const char *attributes = json_text(form, "attributes");
	unsigned kinds = key_subjects(w->mem, json_text(form, "subjects"));

	*out = (struct key_limits){
		.subjects = key_subjects_text(w->mem, kinds),
		.signatures = json_text(form, "signed") != NULL,
		.attributes = attributes == NULL || strcmp(attributes, "yes") == 0,
		.rate = json_text(form, "rate"),
		.new_rate = json_text(form, "new_rate"),
	};
	if (kinds == 0)
		fail(w, ERR_INVALID, "/subjects", "must be some of user,device,session");
	if (attributes != NULL && !key_is_choice(attributes))
		fail(w, ERR_INVALID, "/attributes", "must be yes or no");
	if (key_rate_fault(out->rate) != NULL)
		fail(w, ERR_INVALID, "/rate", "%s", key_rate_fault(out->rate));
	if (key_rate_fault(out->new_rate) != NULL)
		fail(w, ERR_INVALID, "/new_rate", "%s", key_rate_fault(out->new_rate));
	return problem_count(w->problems) > 0 ? ERR_INVALID : OK;
}

/* Whether the form asks for limits, which only client keys have. */
static bool
is_limited(struct json_object *form)
{
	const char *attributes = json_text(form, "attributes");

	return json_text(form, "subjects") != NULL || json_text(form, "signed") != NULL ||
	    json_text(form, "rate") != NULL || json_text(form, "new_rate") != NULL ||
	    (attributes != NULL && strcmp(attributes, "yes") != 0);
}

/*
 * Reads class or scope. A scope takes the place of a class and excludes what narrows a class.
 */
static void
read_class(struct work *w, struct json_object *form, struct key_input *out)
{
	const char *scope = json_text(form, "scope");

	out->class = scope != NULL ? scope : json_text(form, "class");
	if (scope != NULL && (strcmp(scope, "metrics") != 0 || json_text(form, "class") != NULL ||
	    json_text(form, "origins") != NULL || json_text(form, "tags") != NULL))
		fail(w, ERR_INVALID, "/scope", "must be metrics, without class, origins and tags");
	else if (scope == NULL && (out->class == NULL || !key_is_class(out->class)))
		fail(w, ERR_INVALID, "/class", "must be client, server or admin");
	else if (strcmp(out->class, "client") != 0 && is_limited(form))
		fail(w, ERR_INVALID, "/class", "must be client, for only client keys have limits");
}

enum err
key_input_read(struct work *w, struct json_object *form, struct key_input *out)
{
	const char *days = json_text(form, "days"), *tags = json_text(form, "tags");

	*out = (struct key_input){.name = json_text(form, "name"),
		.origins = key_origins(w->mem, json_text(form, "origins")),
		.tag_prefix = tags != NULL ? tags : ""};
	read_class(w, form, out);
	const char *fault = out->name == NULL ? "must not be empty"
	    : text_fault(w->mem, out->name, strlen(out->name), KEY_NAME);
	if (fault != NULL)
		fail(w, ERR_INVALID, "/name", "%s", fault);
	if (out->origins == NULL)
		fail(w, ERR_INVALID, "/origins",
		    "must be like https://www.example.org, without a path");
	if (days != NULL && !num_int(days, 1, KEY_DAYS, &out->days))
		fail(w, ERR_INVALID, "/days", "must be a whole number from 1 to %d", KEY_DAYS);
	if (tags != NULL && !tag_key_is_valid(tags))
		fail(w, ERR_INVALID, "/tags", "must be 1 to 255 of A-Z a-z 0-9 . - _");
	return key_limits_read(w, form, &out->limits);
}

enum err
key_list(struct work *w, struct json_object **list)
{
	const char *now = work_now_text(w);
	const char *params[] = {now};
	struct db_rows *rows;

	enum err e = db_query(w->db, w->mem, QUERY_key_list, params, &rows);
	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(*list, db_row_json(rows, i));
	return e;
}

enum err
key_get(struct work *w, const char *id, struct json_object **answer)
{
	const char *now = work_now_text(w);
	const char *params[] = {id, now};
	struct db_rows *rows;

	enum err e = db_query(w->db, w->mem, QUERY_key_get, params, &rows);
	if (e == OK && db_count(rows) == 0)
		return fail_missing(w, "key");
	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

/* Adds the limits as members of an answer. */
static void
add_limits(struct json_object *o, const struct key_limits *l)
{
	json_add_text(o, "subjects", l->subjects);
	json_object_object_add(o, "signed", json_object_new_boolean(l->signatures));
	json_object_object_add(o, "attributes", json_object_new_boolean(l->attributes));
	json_add_text(o, "rate", l->rate);
	json_add_text(o, "new_rate", l->new_rate);
}

/* The answer about a new key; signing: NULL where it has no signing secret. */
static struct json_object *
make_created_answer(struct work *w, const struct key_input *in, const char *id, const char *text,
    const char *signing)
{
	struct json_object *o = mem_json(w->mem, json_object_new_object());
	struct json_object *once = json_object_new_object();

	json_object_object_add(o, "once", once);
	json_add_text(once, "key", text);
	if (signing != NULL)
		json_add_text(once, "signing", signing);
	json_add_text(o, "id", id);
	json_add_text(o, "class", in->class);
	json_add_text(o, "label", in->name);
	if (strcmp(in->class, "client") == 0)
		add_limits(o, &in->limits);
	return o;
}

/* The change behind key_create(). */
static enum err
run_create(struct work *w, void *arg, struct json_object **answer)
{
	const struct key_input *in = arg;
	const struct key_limits *l = &in->limits;
	char text[KEY_TEXT], id[KEY_ID], digest[HASH_SECRET_HEX], fresh[KEY_SIGNING];
	const char *now = work_now_text(w);
	char expires[INSTANT_TEXT];
	const char *secret, *signing = l->signatures ? fresh : NULL;

	key_make(in->class, text, id);
	if (!key_split(text, id, &secret))
		return ERR_INTERNAL;
	hash_secret_hex(secret, digest);
	key_make_signing(fresh);
	instant_format(w->now + in->days * INSTANT_DAY, expires);
	const char *params[] = {w->actor.session, now, id, in->class, in->name, digest,
		json_object_to_json_string(in->origins), in->days == 0 ? NULL : expires,
		in->tag_prefix, l->subjects, signing, l->attributes ? "true" : "false", l->rate,
		l->new_rate};
	enum err e = db_query(w->db, w->mem, QUERY_key_create, params, NULL);
	*answer = make_created_answer(w, in, id, text, signing);
	return e;
}

enum err
key_create(struct work *w, const struct key_input *in, struct json_object **answer)
{
	struct key_input copy = *in;

	return change_run(w, run_create, &copy, answer);
}

/* The argument of run_change(). */
struct limits_change {
	const char *id;
	const struct key_limits *limits;
	bool renew;
};

/* Whether the key requires signatures of user ids already. */
static bool
is_signed(struct json_object *key)
{
	return json_object_get_boolean(json_object_object_get(key, "signed"));
}

/* Writes the limits; signing: a new secret, NULL: it stays. */
static enum err
update_limits(struct work *w, const char *id, const struct key_limits *l, const char *signing)
{
	const char *now = work_now_text(w);
	const char *params[] = {w->actor.session, now, id, l->subjects,
		l->signatures ? "true" : "false", signing, l->attributes ? "true" : "false",
		l->rate, l->new_rate};
	struct db_rows *rows;

	enum err e = db_query(w->db, w->mem, QUERY_key_change, params, &rows);
	if (e == OK && *db_cell(rows, 0, "changed") != 't')
		return fail_detail(
		    w, ERR_CONFLICT, "only a client key that is not revoked can be limited");
	return e;
}

/*
 * The change behind key_change(). A new signing secret is made when signatures are switched on, or
 * when the caller asks for one.
 */
static enum err
run_change(struct work *w, void *arg, struct json_object **answer)
{
	const struct limits_change *in = arg;
	char signing[KEY_SIGNING];
	struct json_object *before, *once;
	enum err e = key_get(w, in->id, &before);

	if (e != OK)
		return e;
	bool fresh = in->limits->signatures && (!is_signed(before) || in->renew);
	key_make_signing(signing);
	change_before(w, before);
	change_target(w, in->id);
	e = update_limits(w, in->id, in->limits, fresh ? signing : NULL);
	*answer = mem_json(w->mem, json_object_new_object());
	add_limits(*answer, in->limits);
	if (!fresh)
		return e;
	once = json_object_new_object();
	json_add_text(once, "signing", signing);
	json_object_object_add(*answer, "once", once);
	json_add_text(*answer, "id", in->id);
	return e;
}

enum err
key_change(struct work *w, const char *id, const struct key_limits *limits, bool renew,
    struct json_object **answer)
{
	return change_run(w, run_change, &(struct limits_change){id, limits, renew}, answer);
}

/* The change behind key_revoke(). Workers notice within a second. */
static enum err
run_revoke(struct work *w, void *arg, struct json_object **answer)
{
	const char *const *id = arg;
	const char *now = work_now_text(w);
	const char *params[] = {w->actor.session, now, *id};
	struct db_rows *rows;

	change_target(w, *id);
	enum err e = db_query(w->db, w->mem, QUERY_key_revoke, params, &rows);
	if (e == OK && *db_cell(rows, 0, "revoked") != 't')
		return fail_missing(w, "key");
	*answer = mem_json(w->mem, json_object_new_object());
	return e;
}

enum err
key_revoke(struct work *w, const char *id, struct json_object **answer)
{
	return change_run(w, run_revoke, &id, answer);
}
