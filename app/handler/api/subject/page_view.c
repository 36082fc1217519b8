/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page views over the API: one, an array, or NDJSON. The valid views of a batch are stored; the
 * others are listed in the answer.
 */
#include "service/subject/page_view.h"

#include "base/mem.h"
#include "base/metric.h"
#include "handler/routes.h"
#include "web/auth/client_key.h"
#include "web/http/batch_body.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"

/* The items of a body. */
struct item_batch {
	struct ctx *c;
	struct page_view_input *views; /* the valid ones */
	size_t good;
	size_t room;
	bool all_bot;   /* the user agent of the request is a bot's */
	size_t refused; /* items whose subject the key may not name */
};

enum { ROOM = 4 };

/* Whether the key may name the subject of the view; a signature is in its item. */
static bool
may_name(struct item_batch *b, const struct page_view *v, struct json_object *o, const char *at,
    struct problems *problems)
{
	const char *member;
	const char *why = client_key_refusal(
	    b->c, v->subject, (struct json_object *const[]){o, NULL}, &member);

	if (why == NULL)
		return true;
	problem_add(problems, mem_printf(b->c->w.mem, "%s/%s", at, member), "%s", why);
	b->refused++;
	return false;
}

/* Reads an item of the body. */
static bool
read_view_item(void *to, struct json_object *o, const char *at, struct problems *problems)
{
	struct item_batch *b = to;
	void *mem = b->c->w.mem;

	if (b->good == b->room) {
		b->room *= 4;
		b->views = mem_check(
		    talloc_realloc(mem, b->views, struct page_view_input, b->room));
	}
	struct page_view *v = &b->views[b->good].view;
	if (!page_view_read(o, b->c->w.now, at, problems, v) || !may_name(b, v, o, at, problems))
		return false;
	/* The item is freed afterwards; the subject is on the memory of the problems. */
	v->name = mem_dup(mem, v->name);
	v->url = v->url == NULL ? NULL : mem_dup(mem, v->url);
	v->referrer = v->referrer == NULL ? NULL : mem_dup(mem, v->referrer);
	b->views[b->good].bot = b->all_bot ||
	    (b->c->key_class != KEY_CLIENT && visitor_is_bot(b->c, o));
	b->good++;
	return true;
}

/* Answers the counts and the problems of invalid items. */
static void
answer_view_counts(struct ctx *c, const struct item_batch *b, const struct batch_body *items,
    int64_t recorded)
{
	int64_t stored = b->all_bot ? 0 : (int64_t)b->good;

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(
	    c->model, "received", json_object_new_int64((int64_t)items->received));
	json_object_object_add(c->model, "recorded", json_object_new_int64(recorded));
	json_object_object_add(c->model, "duplicates", json_object_new_int64(stored - recorded));
	if (b->all_bot)
		json_object_object_add(
		    c->model, "bots", json_object_new_int64((int64_t)b->good));
	json_object_object_add(c->model, "errors", json_object_get(items->errors));
}

/* POST /v1/page */
enum err
page_views_post(struct ctx *c)
{
	struct item_batch b = {.c = c, .views = mem_array(c->w.mem, struct page_view_input, ROOM),
		.room = ROOM, .all_bot = visitor_is_bot(c, NULL)};
	const struct batch_body_rules rules = {PAGE_VIEW_BATCH, NULL};
	struct batch_body items;
	int64_t recorded;
	enum err e = batch_body_read(c, rules, read_view_item, &b, &items);

	metric_add(METRIC_page_views_rejected_total, items.bad);
	/* If the key is the only thing wrong with all items, the answer is 403 and not 400. */
	if (e == ERR_INVALID && items.bad > 0 && b.refused == items.bad)
		return ERR_FORBIDDEN;
	if (e != OK)
		return e;
	if (items.received == 1)
		c->subject = b.views[0].view.subject;
	/* Views of a bot are counted in the answer and not stored. */
	e = page_view_record(&c->w, b.views, b.all_bot ? 0 : b.good, &recorded);
	if (e == OK)
		answer_view_counts(c, &b, &items, recorded);
	return e;
}
