/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A worker: one process, one connection to the database, and one turn (run/turn.h) after another.
 * It waits for requests and for signals in one epoll set and checks the signals first: a worker
 * that unblocked them only while it waits would never stop as long as requests keep coming.
 */
#include "run/worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/signals.h"
#include "run/turn.h"

struct worker {
	struct ctx ctx; /* what requests borrow */
	struct turn *turn;
	int signal_fd;
	int poll_fd; /* epoll over the listening socket and signal_fd */
};

/* How often an idle worker checks the socket by itself: if the worker that a connection woke was
 * killed or stopped before it accepted, no other was woken. */
enum { LOOK_MS = 1000 };

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
	struct worker w = {.signal_fd = signals_open(SIG_SETMASK, signals)};

	w.poll_fd = open_poll(listen_fd, w.signal_fd);
	limit_memory(conf->memory_limit_mb);
	if (w.poll_fd < 0 || setup_ctx(boot, conf, shared, &w.ctx) != OK)
		return WORKER_BROKEN;
	w.turn = turn_new(boot, &w.ctx, listen_fd, seat);
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
		left -= (int64_t)turn_serve(w.turn);
	}
	talloc_free(boot);
	return end;
}
