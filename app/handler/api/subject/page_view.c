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

/* The items of a body, and what is wrong with others. */
struct item_batch {
	struct ctx *c;
	struct page_view_input *views; /* the valid ones */
	size_t good;
	size_t room;
	bool all_bot;   /* the user agent of the request is a bot's */
	size_t refused; /* items whose subject the key may not name */
	struct batch_body items;
};

/* Views that are expected of a request, and how many of one request may be stored together with
 * those of others: a large batch would make the others wait. */
enum { ROOM = 4, TOGETHER_MOST = 64 };

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
answer_view_counts(struct ctx *c, const struct item_batch *b, int64_t recorded)
{
	int64_t stored = b->all_bot ? 0 : (int64_t)b->good;

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(
	    c->model, "received", json_object_new_int64((int64_t)b->items.received));
	json_object_object_add(c->model, "recorded", json_object_new_int64(recorded));
	json_object_object_add(c->model, "duplicates", json_object_new_int64(stored - recorded));
	if (b->all_bot)
		json_object_object_add(
		    c->model, "bots", json_object_new_int64((int64_t)b->good));
	json_object_object_add(c->model, "errors", json_object_get(b->items.errors));
}

/* POST /v1/page: reads the views, for page_views_join() to store. */
enum err
page_views_post(struct ctx *c)
{
	struct item_batch *b = mem_new(c->w.mem, struct item_batch);
	const struct batch_body_rules rules = {PAGE_VIEW_BATCH, NULL};

	*b = (struct item_batch){.c = c, .views = mem_array(c->w.mem, struct page_view_input, ROOM),
		.room = ROOM, .all_bot = visitor_is_bot(c, NULL)};
	enum err e = batch_body_read(c, rules, read_view_item, b, &b->items);

	metric_add(METRIC_page_views_rejected_total, b->items.bad);
	/* If the key is the only thing wrong with all items, the answer is 403 and not 400. */
	if (e == ERR_INVALID && b->items.bad > 0 && b->refused == b->items.bad)
		return ERR_FORBIDDEN;
	if (e != OK)
		return e;
	if (b->items.received == 1)
		c->subject = b->views[0].view.subject;
	if (b->all_bot) {
		/* Views of a bot are counted in the answer and not stored. */
		answer_view_counts(c, b, 0);
		return OK;
	}
	c->held = b;
	c->alone = b->good > TOGETHER_MOST;
	return OK;
}

/* Stores the views of the requests and answers them. */
void
page_views_join(struct ctx *const list[], enum err errs[], size_t n)
{
	struct page_view_batch *batches = mem_array(list[0]->w.mem, struct page_view_batch, n);

	for (size_t i = 0; i < n; i++) {
		const struct item_batch *b = list[i]->held;
		batches[i] = (struct page_view_batch){
			.w = &list[i]->w, .views = b->views, .n = b->good};
	}
	page_view_record(batches, n);
	for (size_t i = 0; i < n; i++) {
		errs[i] = batches[i].e;
		if (errs[i] == OK)
			answer_view_counts(list[i], list[i]->held, batches[i].recorded);
	}
}
