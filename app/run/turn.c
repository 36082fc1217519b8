/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A turn of a worker. It takes a request and serves it. A request of a joint route is only read at
 * first, and held; as long as the next one that waits on the socket is of the same route it is held
 * as well, and then all of them are ended with one commit.
 *
 * Those that are held wait for nothing but requests that are there already: they are ended before
 * anything else is served, before a request is read that has not arrived completely, and when the
 * turn has lasted for some milliseconds. They have the deadline of the oldest of them, which is
 * also the one that the parent sees in the seat. The time of a request that had to wait for their
 * end begins after it: what they waited for may have nothing to do with it. The memory of all
 * requests of a turn is freed at its end, because definitions that one of them has replaced may be
 * in use by another.
 */
#include "run/turn.h"

#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/num.h"
#include "service/audit.h"
#include "store/cache/record.h"
#include "web/auth/auth.h"
#include "web/auth/session.h"
#include "web/http/access_log.h"
#include "web/http/fcgi.h"
#include "web/http/intent.h"
#include "web/http/reply.h"
#include "web/http/site.h"

/* How many requests a turn may take, and how long it may go on taking them. */
enum { TURN_MOST = 64 };
#define TURN_SPAN (10 * INSTANT_MS)

/* How long an answer may wait for the end of an abandoned backend. */
#define ENDING (300 * INSTANT_MS)

/* The buffer of answers is kept between requests, unless it grew beyond OUT_KEEP. */
enum { OUT_SIZE = 16384, OUT_KEEP = 262144 };

/* The time limit of a request until its route is known. */
enum { UNROUTED_MS = 2000 };

/* A request with its connection. */
struct guest {
	struct ctx ctx;
	struct fcgi *fcgi;
	int64_t from; /* monotonic; when its time began */
	bool begun;   /* ctx has memory of this turn */
};

struct turn {
	const struct ctx *lent;
	int listen_fd;
	struct seat *seat;
	struct buf *out;
	struct guest *guests[TURN_MOST]; /* made when first needed */
	size_t taken;                    /* of them, in this turn */
	struct guest *held[TURN_MOST];   /* read, but not ended */
	size_t held_count;
};

struct turn *
turn_new(void *ctx, const struct ctx *lent, int listen_fd, struct seat *seat)
{
	struct turn *t = mem_new(ctx, struct turn);

	t->lent = lent;
	t->listen_fd = listen_fd;
	t->seat = seat;
	t->out = buf_new(t, OUT_SIZE);
	return t;
}

static size_t
read_source(void *from, char *out, size_t n)
{
	return fcgi_read(from, out, n);
}

/* lighttpd sends its own errors here, as a second request with the status of the first one. OK for
 * a request of a client. Its 500 is a killed worker, or a full folder for bodies. */
static enum err
server_error(struct ctx *c)
{
	const char *text = req_param(&c->req, "REDIRECT_STATUS");
	int64_t status;

	if (text == NULL || !num_int(text, 400, 599, &status))
		return OK;
	if (status == 413)
		return fail_detail(&c->w, ERR_TOO_LARGE,
		    "this address takes no body as large; none takes more than 8 MiB");
	if (status < 500)
		return fail_detail(&c->w, ERR_SYNTAX, "the web server could not read the request");
	return ERR_UNAVAILABLE;
}

/* Notes a form that the account may not send. */
static void
note_refusal(struct ctx *c, enum err e)
{
	bool form = c->account != NULL && strcmp(c->req.method, "GET") != 0;

	if (e != ERR_FORBIDDEN || !form)
		return;
	c->w.intent.request_id = c->req.id;
	audit_refusal(&c->w, mem_printf(c->w.mem, "%s %s", c->req.method, c->route->path),
	    c->args[0]);
}

/* Reads the request and finds its route, without asking the database. */
static enum err
find_route(struct ctx *c)
{
	enum err cut = site_cut(c);
	enum err e = req_parse(c);
	enum err other = server_error(c);

	if (other != OK)
		return other;
	if (cut != OK)
		return fail_detail(&c->w, cut, "no such path");
	if (e == OK)
		return route_match(c);
	route_match_image(c);
	return e;
}

/* What is left where no route can be run: e says why. */
static enum err
handle_unrouted(struct ctx *c, enum err e)
{
	if (e == ERR_METHOD && strcmp(c->req.method, "OPTIONS") == 0)
		return auth_preflight(c);
	/* The error page has the menu of the signed-in account. */
	if (c->req.segments > 0 && strcmp(c->req.segment[0], "admin") == 0)
		session_recall(c);
	return e;
}

static enum err
run_route(struct ctx *c)
{
	enum err e = c->route->key >= ROLE_VIEWER ? session_check(c) : auth_check(c);

	if (e == OK)
		e = intent_read(c);
	if (e == OK)
		e = c->route->run(c);
	note_refusal(c, e);
	return e;
}

/* Sends the answer and writes the log line. */
static void
answer_request(struct turn *t, struct guest *g, enum err e)
{
	struct ctx *c = &g->ctx;

	auth_show_refusal(c, e);
	db_end_abandoned(c->w.db, ENDING);
	record_flush(c->w.records);
	buf_reset(t->out);
	int status = reply_build(c, e, t->out);
	fcgi_finish(g->fcgi, t->out->data, t->out->len);
	access_log_write(c, e, status, t->out->len);
	if (t->out->cap > OUT_KEEP) {
		talloc_free(t->out);
		t->out = buf_new(t, OUT_SIZE);
	}
}

static void
set_deadline(const struct guest *g, int64_t budget_ms)
{
	db_set_deadline(g->ctx.w.db, g->from + budget_ms * INSTANT_MS);
}

/* Ends and answers the requests that are held. */
static void
end_held(struct turn *t)
{
	struct ctx *list[TURN_MOST];
	enum err errs[TURN_MOST];
	size_t n = t->held_count;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		list[i] = &t->held[i]->ctx;
	seat_route(t->seat, list[0]->route->path, list[0]->route->budget_ms);
	set_deadline(t->held[0], list[0]->route->budget_ms);
	list[0]->route->join(list, errs, n);
	for (size_t i = 0; i < n; i++)
		answer_request(t, t->held[i], errs[i]);
	t->held_count = 0;
	/* Another one may have been taken, and is what the worker is busy with from now on. */
	seat_begin(t->seat, instant_monotonic(), UNROUTED_MS);
}

/* Ends those that are held before a request that is not to wait with them. */
static void
end_earlier(struct turn *t, struct guest *g)
{
	if (t->held_count == 0)
		return;
	end_held(t);
	g->from = instant_monotonic();
}

/* Serves a request, or holds it. */
static void
serve_request(struct turn *t, struct guest *g)
{
	struct ctx *c = &g->ctx;
	enum err e = find_route(c);
	joint_fn *join = e == OK ? c->route->join : NULL;

	if (t->held_count > 0 && t->held[0]->ctx.route->join != join)
		end_earlier(t, g);
	if (e == OK && t->held_count == 0)
		seat_route(t->seat, c->route->path, c->route->budget_ms);
	set_deadline(g, e == OK ? c->route->budget_ms : UNROUTED_MS);
	e = e == OK ? run_route(c) : handle_unrouted(c, e);
	if (e != OK || c->held == NULL) {
		answer_request(t, g, e);
		return;
	}
	if (c->alone)
		end_earlier(t, g);
	t->held[t->held_count++] = g;
	if (c->alone)
		end_held(t);
}

/* The next place for a request. */
static struct guest *
next_guest(struct turn *t)
{
	struct guest **place = &t->guests[t->taken];

	if (*place == NULL) {
		*place = mem_new(t, struct guest);
		(*place)->ctx = *t->lent;
		(*place)->fcgi = fcgi_new(*place, t->listen_fd);
	}
	(*place)->begun = false;
	return *place;
}

/* Takes a waiting connection; false when there is none. */
static bool
take_request(struct turn *t)
{
	struct guest *g = next_guest(t);

	if (!fcgi_accept(g->fcgi))
		return false;
	t->taken++;
	if (t->held_count > 0 && !fcgi_is_whole(g->fcgi))
		end_held(t);
	if (!fcgi_begin(g->fcgi))
		return true;
	if (fcgi_is_abandoned(g->fcgi)) {
		metric_add(METRIC_requests_abandoned_total, 1);
		fcgi_drop(g->fcgi);
		return true;
	}
	int64_t now = instant_now();
	ctx_begin(&g->ctx, now - now % INSTANT_MS, instant_monotonic());
	g->from = g->ctx.began;
	g->begun = true;
	req_open(&g->ctx, (struct req_source){fcgi_env(g->fcgi), read_source, g->fcgi});
	g->ctx.local = fcgi_is_local(g->fcgi);
	serve_request(t, g);
	return true;
}

size_t
turn_serve(struct turn *t)
{
	int64_t began = instant_monotonic();
	bool more = true;

	seat_begin(t->seat, began, UNROUTED_MS);
	t->taken = 0;
	while (more)
		more = take_request(t) && t->held_count > 0 && t->taken < TURN_MOST &&
		    instant_monotonic() - began < TURN_SPAN;
	end_held(t);
	seat_end(t->seat);
	for (size_t i = 0; i < t->taken; i++)
		if (t->guests[i]->begun)
			ctx_reset(&t->guests[i]->ctx);
	return t->taken;
}
