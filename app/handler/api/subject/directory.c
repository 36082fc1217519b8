/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory of users over the API: single profiles, a list, and bulk writes.
 */
#include "service/subject/directory_store.h"

#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/batch_body.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"
#include "web/http/subject_path.h"

enum { BULK = 1000 };

/* The valid entries of a bulk write. */
struct user_batch {
	struct directory_entry *entries; /* the good ones */
	size_t good;
};

/* Reads an item of the body. Its memory is freed afterwards, so the entry gets copies. */
static bool
read_user_item(void *to, struct json_object *o, const char *at, struct problems *problems)
{
	struct user_batch *b = to;

	struct directory_entry *e = &b->entries[b->good];
	if (!directory_read(o, SUBJECT_USER, at, problems, e))
		return false;
	e->attributes = mem_dup(problems, e->attributes);
	b->good++;
	return true;
}

/* POST /v1/users */
enum err
users_post(struct ctx *c)
{
	struct user_batch b = {mem_array(c->w.mem, struct directory_entry, BULK), 0};
	struct batch_body items;
	int64_t changed;
	const struct batch_body_rules rules = {BULK, directory_csv(SUBJECT_USER)};
	enum err e = batch_body_read(c, rules, read_user_item, &b, &items);

	if (e == OK)
		e = directory_store_store(&c->w, b.entries, b.good, SUBJECT_USER, &changed);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(
	    c->model, "received", json_object_new_int64((int64_t)items.received));
	json_object_object_add(c->model, "changed", json_object_new_int64(changed));
	json_object_object_add(c->model, "unchanged",
	    json_object_new_int64((int64_t)b.good - changed));
	json_object_object_add(c->model, "errors", json_object_get(items.errors));
	return OK;
}

/* GET /v1/users */
enum err
users_get(struct ctx *c)
{
	struct paging p;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &p);

	if (e != OK)
		return e;
	struct directory_store_page page = {req_query(&c->req, "q"), p.after, p.limit};
	e = directory_store_list(&c->w, &page, &c->model, &next);
	if (e == OK)
		paging_next(c, next);
	return e;
}

/* GET /v1/user/:id/profile */
enum err
user_profile_get(struct ctx *c)
{
	enum err e = subject_path_user(c);

	return e == OK ? directory_store_get(&c->w, c->subject, &c->model) : e;
}

/* PUT /v1/user/:id/profile */
enum err
user_profile_put(struct ctx *c)
{
	struct directory_entry entry;
	struct json_object *body;
	enum err e = subject_path_user(c);

	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	if (!directory_entry(c->subject, body, "", c->w.problems, &entry))
		return ERR_INVALID;
	return directory_store_replace(&c->w, &entry, &c->model);
}
