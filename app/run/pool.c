/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parent process of the pool. It owns the listening socket and the shared memory, opens no
 * database and parses nothing that a client sent, so it has little reason to fail. Everything it
 * does follows from a signal or a time.
 *
 * Each slot has two seats in shared memory, one for its worker and one for a worker that is
 * leaving, so that a replacement can start before the old worker has ended.
 */
#include "run/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "run/listen.h"
#include "run/seat.h"
#include "run/preflight.h"
#include "run/signals.h"
#include "run/worker.h"

/* A worker that lived for less failed at start: the next one waits for a back-off. */
#define YOUNG (500 * INSTANT_MS)
#define BACKOFF_FIRST (20 * INSTANT_MS)
#define BACKOFF_MOST (5 * INSTANT_SECOND)

/* How long a worker may take to start, and how long a replacement waits when fork failed. */
enum { START_MS = 10000 };
#define FORK_AGAIN INSTANT_SECOND

/* How often the seats are checked. */
enum { WATCH_MS = 1000 };

struct slot {
	pid_t pid;     /* 0: empty */
	pid_t leaving; /* asked to end, and replaced by pid where that is not 0; 0: none */
	int seat;      /* of pid: 0 or 1; the other one is that of leaving */
	int64_t started;
	int64_t leave_by;   /* monotonic; leaving is killed then */
	int64_t not_before; /* monotonic; no start earlier */
	int64_t backoff;
};

struct pool {
	const struct conf *conf;
	struct conf *reloaded; /* conf, once a reload has read it */
	const char *file;
	struct shared *shared;
	int listen_fd;
	int signal_fd;
	struct conf *fresh; /* being checked by preflight_pid; NULL: none */
	pid_t preflight_pid;      /* 0: none */
	int rolling;        /* the slot whose worker is being replaced; -1: none */
	int64_t roll_at;    /* monotonic; fork failed for that slot: again then */
	bool again;         /* another reload was requested in the meantime */
	int64_t kill_at;    /* 0: not stopping */
	struct slot slots[POOL_WORKERS];
};

/* The seat of the worker of a slot, or of the one that is leaving it. */
static struct seat *
seat_of(const struct pool *p, const struct slot *s, bool leaving)
{
	return &p->shared->seats[2 * (s - p->slots) + (leaving ? !s->seat : s->seat)];
}

/* Forks a worker that uses a seat. Its process id, or -1, which is logged. */
static pid_t
fork_worker(struct pool *p, struct seat *seat)
{
	pid_t parent = getpid();

	seat_begin(seat, instant_monotonic(), START_MS);
	pid_t pid = fork();
	if (pid > 0) {
		metric_add(METRIC_workers_started_total, 1);
		return pid;
	}
	if (pid < 0) {
		log_say(LOG_ERROR, "fork", "%s", strerror(errno));
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_NAME, "assay-worker");
	close(p->signal_fd);
	if (getppid() != parent)
		_exit(WORKER_STOPPED);
	exit(worker_run(p->conf, p->shared, seat, p->listen_fd));
}

static void
start_worker(struct pool *p, struct slot *s)
{
	pid_t pid = fork_worker(p, seat_of(p, s, false));

	s->started = instant_monotonic();
	s->pid = pid > 0 ? pid : 0;
	if (pid < 0)
		s->not_before = s->started + FORK_AGAIN;
}

static void
start_missing(struct pool *p)
{
	int64_t now = instant_monotonic();

	for (int i = 0; i < p->conf->workers && p->kill_at == 0; i++)
		if (p->slots[i].pid == 0 && p->slots[i].not_before <= now)
			start_worker(p, &p->slots[i]);
}

/* Milliseconds until something may be due. */
static int
time_to_next(const struct pool *p)
{
	int64_t due = p->kill_at != 0 ? p->kill_at : INT64_MAX;

	for (int i = 0; i < p->conf->workers && p->kill_at == 0; i++)
		if (p->slots[i].pid == 0 && p->slots[i].not_before < due)
			due = p->slots[i].not_before;
	if (due == INT64_MAX)
		return WATCH_MS;
	int64_t ms = (due - instant_monotonic()) / INSTANT_MS + 1;
	return ms < 0 ? 0 : ms > WATCH_MS ? WATCH_MS : (int)ms;
}

/* Asks the worker of a slot to end, and limits how long it may take. */
static void
dismiss_worker(struct pool *p, struct slot *s)
{
	s->leaving = s->pid;
	s->pid = 0;
	s->seat = !s->seat;
	s->leave_by = instant_monotonic() + p->conf->grace_seconds * INSTANT_SECOND;
	kill(s->leaving, SIGTERM);
}

/* Replaces the worker of the current slot. The new one starts first, so that no request waits; if
 * it cannot be forked the old one continues. */
static void
replace_worker(struct pool *p)
{
	struct slot *s = &p->slots[p->rolling];
	pid_t fresh = fork_worker(p, seat_of(p, s, true));

	p->roll_at = instant_monotonic() + FORK_AGAIN;
	if (fresh < 0)
		return;
	dismiss_worker(p, s);
	s->pid = fresh;
	s->started = instant_monotonic();
}

static void
replace_next(struct pool *p)
{
	while (++p->rolling < POOL_WORKERS && p->kill_at == 0) {
		struct slot *s = &p->slots[p->rolling];
		if (s->pid == 0)
			continue;
		if (p->rolling < p->conf->workers) {
			replace_worker(p);
			return;
		}
		/* The new configuration has fewer workers. */
		dismiss_worker(p, s);
	}
	p->rolling = -1;
	if (p->kill_at == 0)
		log_say(LOG_INFO, "reloaded", "%lld workers", (long long)p->conf->workers);
}

/* Retries a replacement whose fork failed; the old worker may have ended in between. */
static void
retry_replacement(struct pool *p)
{
	if (p->rolling < 0 || p->slots[p->rolling].leaving > 0 ||
	    instant_monotonic() < p->roll_at)
		return;
	if (p->slots[p->rolling].pid > 0)
		replace_worker(p);
	else
		replace_next(p);
}

/* Counts and logs a worker that ended without being asked to; `then` says what comes after it. */
static void
note_crash(pid_t pid, int status, const char *then)
{
	metric_add(METRIC_workers_crashed_total, 1);
	log_say(LOG_ERROR, "worker_died", "pid %d, %s %d, %s", (int)pid,
	    WIFSIGNALED(status) ? "signal" : "exit code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), then);
}

/* Whether a worker ended as it was asked to, or after its number of requests. */
static bool
ended_well(int status)
{
	return WIFEXITED(status) && (WEXITSTATUS(status) == WORKER_STOPPED ||
	    WEXITSTATUS(status) == WORKER_RECYCLED);
}

static void
note_death(struct slot *s, int status)
{
	int64_t now = instant_monotonic();
	bool clean = ended_well(status);
	char then[40];

	if (clean && WEXITSTATUS(status) == WORKER_RECYCLED)
		metric_add(METRIC_workers_recycled_total, 1);
	if (clean || now - s->started > YOUNG)
		s->backoff = 0;
	else
		s->backoff = s->backoff == 0 ? BACKOFF_FIRST :
		    s->backoff * 2 > BACKOFF_MOST ? BACKOFF_MOST : s->backoff * 2;
	s->not_before = now + s->backoff;
	if (clean)
		return;
	snprintf(then, sizeof then, "next in %lld ms", (long long)(s->backoff / INSTANT_MS));
	note_crash(s->pid, status, then);
}

/* Returns what the process held. Its id is not reused before waitpid, so nobody else has it. */
static void
note_end(struct pool *p, pid_t pid, int status)
{
	password_leave(&p->shared->hashing, pid);
	db_gate_leave(&p->shared->gate, pid);
	for (int i = 0; i < POOL_WORKERS; i++) {
		struct slot *s = &p->slots[i];
		if (s->pid == pid) {
			note_death(s, status);
			s->pid = 0;
		}
		if (s->leaving != pid)
			continue;
		if (!ended_well(status))
			note_crash(pid, status, "replaced already");
		s->leaving = 0;
		if (p->rolling == i)
			replace_next(p);
	}
}

static void
refuse_reload(struct pool *p)
{
	talloc_free(p->fresh);
	p->fresh = NULL;
	log_say(LOG_ERROR, "reload_refused", "the workers keep their configuration");
}

/* Applies a new configuration that passed its check; any other changes nothing. */
static void
note_preflight(struct pool *p, int status)
{
	p->preflight_pid = 0;
	if (p->kill_at != 0)
		return;
	if (preflight_result(status) == VET_BAD) {
		refuse_reload(p);
		return;
	}
	if (*p->fresh->log_key == '\0')
		p->fresh->log_key = mem_dup(p->fresh, p->conf->log_key);
	talloc_free(p->reloaded);
	p->conf = p->reloaded = p->fresh;
	p->fresh = NULL;
	replace_next(p);
}

static void
reap_children(struct pool *p)
{
	int status;

	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		if (pid == p->preflight_pid)
			note_preflight(p, status);
		else
			note_end(p, pid, status);
}

static void
end_stuck(pid_t pid, struct seat *seat, int64_t now)
{
	if (pid <= 0 || !seat_overdue(seat, now))
		return;
	log_say(LOG_ERROR, "worker_stuck", "pid %d, %lld ms in %s: killed", (int)pid,
	    (long long)((now - seat->began) / INSTANT_MS), seat->path);
	metric_add(METRIC_workers_stuck_total, 1);
	seat_end(seat);
	kill(pid, SIGKILL);
}

/* Kills workers whose request takes too long, and those that do not end when asked to. */
static void
watch_workers(struct pool *p)
{
	int64_t now = instant_monotonic();

	for (int i = 0; i < POOL_WORKERS; i++) {
		struct slot *s = &p->slots[i];
		end_stuck(s->pid, seat_of(p, s, false), now);
		end_stuck(s->leaving, seat_of(p, s, true), now);
		if (s->leaving <= 0 || now < s->leave_by)
			continue;
		log_say(LOG_ERROR, "worker_stays", "pid %d did not end: killed", (int)s->leaving);
		s->leave_by = now + INSTANT_SECOND;
		kill(s->leaving, SIGKILL);
	}
}

static bool
is_reloading(const struct pool *p)
{
	for (int i = 0; i < POOL_WORKERS; i++)
		if (p->slots[i].leaving > 0)
			return true;
	return p->preflight_pid > 0 || p->rolling >= 0;
}

static bool
any_left(const struct pool *p)
{
	for (int i = 0; i < POOL_WORKERS; i++)
		if (p->slots[i].pid > 0 || p->slots[i].leaving > 0)
			return true;
	return false;
}

static void
signal_all(const struct pool *p, int sig)
{
	for (int i = 0; i < POOL_WORKERS; i++) {
		if (p->slots[i].pid > 0)
			kill(p->slots[i].pid, sig);
		if (p->slots[i].leaving > 0)
			kill(p->slots[i].leaving, sig);
	}
}

/* Reads the configuration and starts its check; note_preflight continues. One reload at a time: a
 * request in the meantime is served afterwards. */
static void
begin_reload(struct pool *p)
{
	if (p->kill_at != 0)
		return;
	p->again = is_reloading(p);
	if (p->again)
		return;
	if (setup_conf(p, p->file, &p->fresh) == OK)
		p->preflight_pid = preflight_start(p->fresh);
	if (p->preflight_pid > 0)
		return;
	p->preflight_pid = 0;
	refuse_reload(p);
}

static void
begin_stop(struct pool *p)
{
	if (p->kill_at != 0)
		return;
	p->kill_at = instant_monotonic() + p->conf->grace_seconds * INSTANT_SECOND;
	signal_all(p, SIGTERM);
	if (p->preflight_pid > 0)
		kill(p->preflight_pid, SIGKILL);
}

static void
take_signals(struct pool *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			reap_children(p);
		else if (info.ssi_signo == SIGHUP)
			begin_reload(p);
		else
			begin_stop(p);
	}
}

static void
run_pool(struct pool *p)
{
	struct pollfd fd = {.fd = p->signal_fd, .events = POLLIN};

	while (p->kill_at == 0 || any_left(p)) {
		start_missing(p);
		poll(&fd, 1, time_to_next(p));
		take_signals(p);
		watch_workers(p);
		retry_replacement(p);
		if (p->again)
			begin_reload(p);
		if (p->kill_at != 0 && instant_monotonic() >= p->kill_at) {
			signal_all(p, SIGKILL);
			p->kill_at += INSTANT_SECOND;
		}
	}
}

int
pool_run(const struct conf *conf, const char *file)
{
	const char *made;

	if (preflight_in_child(conf) == VET_BAD)
		return EXIT_FAILED;
	int listen_fd = listen_open(conf, &made);
	if (listen_fd < 0)
		return EXIT_FAILED;
	struct pool *p = mem_new(NULL, struct pool);
	p->conf = conf;
	p->file = file;
	p->rolling = -1;
	p->listen_fd = listen_fd;
	p->shared = setup_share();
	metric_share();
	p->signal_fd = signals_open(
	    SIG_BLOCK, (const int[]){SIGCHLD, SIGHUP, SIGINT, SIGTERM, 0});
	log_say(LOG_INFO, "started", "%lld workers on %s", (long long)conf->workers,
	    made == NULL ? "an inherited socket" : made);
	run_pool(p);
	if (made != NULL)
		unlink(made);
	log_say(LOG_INFO, "stopped", "all workers are gone");
	talloc_free(p);
	return EXIT_DONE;
}
