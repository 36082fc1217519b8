/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A worker: one process, one connection to the database, one request at a time. It waits for
 * requests and for signals in one epoll set and checks the signals first: a worker that unblocked
 * them only while it waits would never stop as long as requests keep coming.
 */
#include "run/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/num.h"
#include "run/signals.h"
#include "service/audit.h"
#include "store/cache/record.h"
#include "web/http/access_log.h"
#include "web/auth/auth.h"
#include "web/http/fcgi.h"
#include "web/http/intent.h"
#include "web/http/reply.h"
#include "web/http/route.h"
#include "web/auth/session.h"
#include "web/http/site.h"

struct worker {
	struct ctx ctx;
	struct fcgi *fcgi;
	struct buf *out;
	struct seat *seat;
	int signal_fd;
	int poll_fd; /* epoll over the listening socket and signal_fd */
};

/* How long an answer may wait for the end of an abandoned backend. */
#define ENDING (300 * INSTANT_MS)

/* The buffer of answers is kept between requests, unless it grew beyond OUT_KEEP. */
enum { OUT_SIZE = 16384, OUT_KEEP = 262144 };

/* The time limit of a request until its route is known. */
enum { UNROUTED_MS = 2000 };

/* How often an idle worker checks the socket by itself: if the worker that a connection woke was
 * killed or stopped before it accepted, no other was woken. */
enum { LOOK_MS = 1000 };

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

static enum err
handle_request(struct ctx *c, struct seat *seat)
{
	enum err cut = site_cut(c);
	enum err e = req_parse(c);
	enum err other = server_error(c);

	if (other != OK)
		return other;
	if (cut != OK)
		return fail_detail(&c->w, cut, "no such path");
	if (e == OK)
		e = route_match(c);
	else
		route_match_image(c);
	if (e == ERR_METHOD && strcmp(c->req.method, "OPTIONS") == 0)
		return auth_preflight(c);
	/* The error page has the menu of the signed-in account. */
	if (e != OK && c->req.segments > 0 && strcmp(c->req.segment[0], "admin") == 0)
		session_recall(c);
	if (e != OK)
		return e;
	db_set_deadline(c->w.db, c->began + c->route->budget_ms * INSTANT_MS);
	seat_route(seat, c->route->path, c->route->budget_ms);
	e = c->route->key >= ROLE_VIEWER ? session_check(c) : auth_check(c);
	if (e == OK)
		e = intent_read(c);
	if (e == OK)
		e = c->route->run(c);
	note_refusal(c, e);
	return e;
}

/* Serves one request, from its parameters to its log line. */
static void
serve_request(struct worker *w)
{
	struct ctx *c = &w->ctx;
	int64_t now = instant_now();

	ctx_begin(c, now - now % INSTANT_MS, instant_monotonic());
	req_open(c, (struct req_source){fcgi_env(w->fcgi), read_source, w->fcgi});
	db_set_deadline(c->w.db, c->began + UNROUTED_MS * INSTANT_MS);
	c->local = fcgi_is_local(w->fcgi);
	enum err e = handle_request(c, w->seat);
	auth_show_refusal(c, e);
	db_end_abandoned(c->w.db, ENDING);
	record_flush(c->w.records);
	buf_reset(w->out);
	int status = reply_build(c, e, w->out);
	fcgi_finish(w->fcgi, w->out->data, w->out->len);
	access_log_write(c, e, status, w->out->len);
	ctx_reset(c);
	if (w->out->cap > OUT_KEEP) {
		talloc_free(w->out);
		w->out = buf_new(NULL, OUT_SIZE);
	}
}

/* Serves a waiting request; false when there is none. */
static bool
serve_next(struct worker *w)
{
	bool found;

	seat_begin(w->seat, instant_monotonic(), UNROUTED_MS);
	found = fcgi_accept(w->fcgi);
	if (found && fcgi_is_abandoned(w->fcgi)) {
		metric_add(METRIC_requests_abandoned_total, 1);
		fcgi_drop(w->fcgi);
	} else if (found) {
		serve_request(w);
	}
	seat_end(w->seat);
	return found;
}

/* EPOLLEXCLUSIVE: a connection wakes one waiting worker, not all of them. */
static int
open_poll(int listen_fd, int signal_fd)
{
	struct epoll_event work = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = listen_fd};
	struct epoll_event order = {.events = EPOLLIN, .data.fd = signal_fd};
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (epoll_ctl(fd, EPOLL_CTL_ADD, listen_fd, &work) != 0 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, signal_fd, &order) != 0)
		return -1;
	return fd;
}

/* Waits for a request or a signal; false when the worker must end. */
static bool
wait_for_work(const struct worker *w)
{
	struct epoll_event events[2];
	int n;

	while ((n = epoll_wait(w->poll_fd, events, 2, LOOK_MS)) < 0)
		if (errno != EINTR)
			return false;
	for (int i = 0; i < n; i++)
		if (events[i].data.fd == w->signal_fd)
			return false;
	return true;
}

/* The last limit: a request that exceeds all others ends its worker, not the machine. */
static void
limit_memory(int64_t megabytes)
{
#ifndef __SANITIZE_ADDRESS__
	struct rlimit limit = {(rlim_t)megabytes << 20, (rlim_t)megabytes << 20};

	setrlimit(RLIMIT_AS, &limit);
#else
	(void)megabytes;
#endif
}

/* max_requests, reduced by up to a tenth, so that workers that started together do not end
 * together. */
static int64_t
life_span(int64_t max)
{
	uint32_t random;

	if (max == 0)
		return INT64_MAX;
	hash_random(&random, sizeof random);
	return max - random % (max / 10 + 1);
}

enum worker_end
worker_run(const struct conf *conf, struct shared *shared, struct seat *seat, int listen_fd)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, 0};
	void *boot = mem_ctx(NULL);
	struct worker w = {.seat = seat, .signal_fd = signals_open(SIG_SETMASK, signals)};

	w.poll_fd = open_poll(listen_fd, w.signal_fd);
	limit_memory(conf->memory_limit_mb);
	if (w.poll_fd < 0 || setup_ctx(boot, conf, shared, &w.ctx) != OK)
		return WORKER_BROKEN;
	w.fcgi = fcgi_new(boot, listen_fd);
	w.out = buf_new(NULL, OUT_SIZE);
	/* libfcgi installs its own handlers; a client that disconnects must not end the worker. */
	signal(SIGPIPE, SIG_IGN);
	/* A missing database does not prevent a start: requests are answered with 503. */
	if (db_open(w.ctx.w.db) != OK)
		log_say(LOG_WARN, "worker_waits", "%s", db_message(w.ctx.w.db));
	seat_end(seat);
	enum worker_end end = WORKER_RECYCLED;
	for (int64_t left = life_span(conf->max_requests); left > 0 && end != WORKER_STOPPED;) {
		/* Look once more before leaving: EPOLLEXCLUSIVE woke only this worker. */
		if (!wait_for_work(&w))
			end = WORKER_STOPPED;
		if (serve_next(&w))
			left--;
	}
	talloc_free(w.out);
	talloc_free(boot);
	return end;
}
