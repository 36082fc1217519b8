/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page views come in: one, an array, or NDJSON. What is good in a batch is stored by one
 * statement before the answer; what is not is listed.
 */
#include "base/instant.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/subject/page_view.h"
#include "web/auth/client_key.h"
#include "handler/routes.h"
#include "web/http/subject_input.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "web/http/ctx.h"
#include "web/http/batch_body.h"

struct batch {
	struct ctx *c;
	struct page_view *views; /* the good ones */
	size_t good;
	size_t room;
	bool all_bot;     /* all are a bot's, by the user agent of a public key */
	struct buf *bots; /* whose views are: an array literal that is not closed */
	bool bot;         /* the last good one is */
	size_t refused;   /* whom the key may not name */
};

enum { ROOM = 4 };

/* Whether the key allows the subject of the view that was read last; a signature is in its item. */
static bool
may_name(struct batch *b, struct json_object *o, const char *at, struct problems *problems)
{
	const char *member;
	const char *why = client_key_refusal(b->c, b->views[b->good].subject,
	    (struct json_object *const[]){o, NULL}, &member);

	if (why == NULL)
		return true;
	problem_add(problems, mem_printf(b->c->w.mem, "%s/%s", at, member), "%s", why);
	b->refused++;
	return false;
}

static bool
take(void *to, struct json_object *o, const char *at, struct problems *problems)
{
	struct batch *b = to;

	if (b->good == b->room) {
		b->room *= 4;
		b->views = mem_check(
		    talloc_realloc(b->c->w.mem, b->views, struct page_view, b->room));
	}
	struct page_view *v = &b->views[b->good];
	if (!page_view_read(o, b->c->w.now, at, problems, v))
		return false;
	if (!may_name(b, o, at, problems))
		return false;
	v->name = mem_dup(b->c->w.mem, v->name);
	v->url = v->url == NULL ? NULL : mem_dup(b->c->w.mem, v->url);
	v->referrer = v->referrer == NULL ? NULL : mem_dup(b->c->w.mem, v->referrer);
	if (b->all_bot)
		return true; /* read, counted and not kept */
	b->bot = (b->c->key_class != KEY_CLIENT && visitor_is_bot(b->c, o));
	if (b->bot)
		pgtype_array_item(b->bots, b->views[b->good].subject);
	b->good++;
	return true;
}

/* WHO: whether the one view counts, or whose of many do not. */
enum column { SUBJECT, AT, NAME, URL, REFERRER, COLUMNS, WHO = COLUMNS, VERIFY, NOW, PARAMS };

/* The good views as one array literal a column. */
static void
build_columns(struct ctx *c, const struct batch *b, const char *params[])
{
	struct buf *columns[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = buf_new(c->w.mem, b->good * 32);
		pgtype_array_open(columns[i]);
	}
	for (size_t i = 0; i < b->good; i++) {
		const struct page_view *v = &b->views[i];
		char at[INSTANT_TEXT];
		instant_format(v->at, at);
		pgtype_array_item(columns[SUBJECT], v->subject);
		pgtype_array_item(columns[AT], at);
		pgtype_array_item(columns[NAME], v->name);
		pgtype_array_item(columns[URL], v->url);
		pgtype_array_item(columns[REFERRER], v->referrer);
	}
	for (int i = 0; i < COLUMNS; i++) {
		pgtype_array_close(columns[i]);
		params[i] = columns[i]->data;
	}
}

static enum err
insert(struct ctx *c, const struct batch *b, struct db_rows **rows)
{
	const struct page_view *v = b->views;
	bool one = b->good == 1;
	char at[INSTANT_TEXT], now[INSTANT_TEXT];
	const char *params[PARAMS] = {
		[WHO] = b->bot ? "false" : "true",
		[VERIFY] = c->w.conf->verify_human != 0 ? "true" : "false",
		[NOW] = now,
	};

	instant_format(c->w.now, now);
	if (one) {
		instant_format(v->at, at);
		params[SUBJECT] = v->subject;
		params[AT] = at;
		params[NAME] = v->name;
		params[URL] = v->url;
		params[REFERRER] = v->referrer;
	} else {
		build_columns(c, b, params);
		pgtype_array_close(b->bots);
		params[WHO] = b->all_bot ? NULL : b->bots->data;
	}
	return db_query(
	    c->w.db, c->w.mem, one ? QUERY_page_view_add_one : QUERY_page_view_add, params, rows);
}

static enum err
store(struct ctx *c, const struct batch *b, int64_t *recorded)
{
	const char **subjects = mem_array(c->w.mem, const char *, b->good);
	struct db_rows *rows;

	for (size_t i = 0; i < b->good; i++)
		subjects[i] = b->views[i].subject;
	enum err e = record_invalidate_kind(c->w.records, RECORD_PROFILE, subjects, b->good);
	if (e == OK)
		e = insert(c, b, &rows);
	if (e == OK)
		e = record_invalidate_kind(c->w.records, RECORD_PROFILE, subjects, b->good);
	if (e != OK)
		return e;
	*recorded = db_int(rows, 0, "recorded");
	return OK;
}

static void
answer(struct ctx *c, const struct batch *b, const struct batch_body *items, int64_t recorded)
{
	int64_t duplicates = (int64_t)b->good - recorded;

	metric_add(METRIC_page_views_recorded_total, (uint64_t)recorded);
	metric_add(METRIC_page_views_duplicate_total, (uint64_t)duplicates);
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(
	    c->model, "received", json_object_new_int64((int64_t)items->received));
	json_object_object_add(c->model, "recorded", json_object_new_int64(recorded));
	json_object_object_add(c->model, "duplicates", json_object_new_int64(duplicates));
	if (b->all_bot)
		json_object_object_add(c->model, "bots",
		    json_object_new_int64((int64_t)(items->received - items->bad)));
	json_object_object_add(c->model, "errors", json_object_get(items->errors));
}

enum err
page_add(struct ctx *c)
{
	struct batch b = {.c = c, .views = mem_array(c->w.mem, struct page_view, ROOM),
		.room = ROOM, .all_bot = visitor_is_bot(c, NULL), .bots = buf_new(c->w.mem, 64)};
	struct batch_body items;
	int64_t recorded;

	pgtype_array_open(b.bots);
	enum err e =
	    batch_body_read(c, (struct batch_body_rules){PAGE_VIEW_BATCH, NULL}, take, &b, &items);

	metric_add(METRIC_page_views_rejected_total, items.bad);
	/* Where the key is all that is wrong, it is said so. */
	if (e == ERR_INVALID && items.bad > 0 && b.refused == items.bad)
		return ERR_FORBIDDEN;
	if (e != OK)
		return e;
	if (items.received == 1)
		c->subject = b.views[0].subject;
	recorded = 0;
	if (b.good > 0)
		e = store(c, &b, &recorded);
	if (e == OK)
		answer(c, &b, &items, recorded);
	return e;
}
