/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parent: it owns the socket and the shared memory, opens no database, parses nothing that a
 * client sent, and so has little reason to die. Everything it does follows from a signal or a
 * time.
 */
#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
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
#include "listen.h"
#include "vet.h"
#include "worker.h"

/* A worker that dies younger than this was not killed by work: the next one waits a little. */
#define YOUNG (500 * INSTANT_MS)
#define BACKOFF_FIRST (20 * INSTANT_MS)
#define BACKOFF_MOST (5 * INSTANT_SECOND)

enum { WORKERS_MOST = 256 };

struct slot {
	pid_t pid;     /* 0: empty */
	pid_t leaving; /* the one that this worker replaces; 0: none */
	int64_t started;
	int64_t not_before; /* monotonic; no start earlier */
	int64_t backoff;
};

struct pool {
	const struct conf *conf;
	const char *file;
	struct shared *shared;
	int listen_fd;
	int signal_fd;
	int rolling;       /* the slot being replaced; -1: none */
	bool again;        /* another reload was asked for meanwhile */
	int64_t kill_at;   /* 0: not stopping */
	struct slot slots[WORKERS_MOST];
};

static void
start(struct pool *p, struct slot *s)
{
	pid_t parent = getpid();

	s->started = instant_monotonic();
	s->pid = fork();
	if (s->pid > 0) {
		metric_add(METRIC_workers_started_total, 1);
		return;
	}
	if (s->pid < 0) {
		s->pid = 0;
		s->not_before = s->started + BACKOFF_MOST;
		log_say(LOG_ERROR, "fork", "%s", strerror(errno));
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_NAME, "assay-worker");
	close(p->signal_fd);
	if (getppid() != parent)
		_exit(WORKER_STOPPED);
	exit(worker_run(p->conf, p->shared, p->listen_fd));
}

static void
start_missing(struct pool *p)
{
	int64_t now = instant_monotonic();

	for (int i = 0; i < p->conf->workers && p->kill_at == 0; i++)
		if (p->slots[i].pid == 0 && p->slots[i].not_before <= now)
			start(p, &p->slots[i]);
}

/* Milliseconds until something is due; -1: only a signal can bring news. */
static int
time_to_next(const struct pool *p)
{
	int64_t due = p->kill_at != 0 ? p->kill_at : INT64_MAX;

	for (int i = 0; i < p->conf->workers && p->kill_at == 0; i++)
		if (p->slots[i].pid == 0 && p->slots[i].not_before < due)
			due = p->slots[i].not_before;
	if (due == INT64_MAX)
		return -1;
	int64_t ms = (due - instant_monotonic()) / INSTANT_MS + 1;
	return ms < 0 ? 0 : ms > 60000 ? 60000 : (int)ms;
}

/* Replaces the worker of the rolling slot: the new one first, so that nobody waits. */
static void
roll(struct pool *p)
{
	struct slot *s = &p->slots[p->rolling];
	pid_t old = s->pid;

	start(p, s);
	s->leaving = old;
	if (old > 0)
		kill(old, SIGTERM);
}

static void
roll_next(struct pool *p)
{
	while (++p->rolling < WORKERS_MOST) {
		struct slot *s = &p->slots[p->rolling];
		if (p->rolling < p->conf->workers && s->pid > 0) {
			roll(p);
			return;
		}
		/* Fewer workers are wanted than before. */
		if (s->pid > 0)
			kill(s->pid, SIGTERM);
	}
	p->rolling = -1;
	log_say(LOG_INFO, "reloaded", "%lld workers", (long long)p->conf->workers);
}

static void
note_death(struct slot *s, int status)
{
	int64_t now = instant_monotonic();
	bool clean = WIFEXITED(status) && WEXITSTATUS(status) == WORKER_STOPPED;

	if (WIFEXITED(status) && WEXITSTATUS(status) == WORKER_RECYCLED) {
		metric_add(METRIC_workers_recycled_total, 1);
		clean = true;
	}
	if (clean || now - s->started > YOUNG)
		s->backoff = 0;
	else
		s->backoff = s->backoff == 0 ? BACKOFF_FIRST :
		    s->backoff * 2 > BACKOFF_MOST ? BACKOFF_MOST : s->backoff * 2;
	s->not_before = now + s->backoff;
	if (clean)
		return;
	metric_add(METRIC_workers_crashed_total, 1);
	log_say(LOG_ERROR, "worker_died", "pid %d, %s %d, next in %lld ms", (int)s->pid,
	    WIFSIGNALED(status) ? "signal" : "exit code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    (long long)(s->backoff / INSTANT_MS));
}

static void
bury(struct pool *p, pid_t pid, int status)
{
	for (int i = 0; i < WORKERS_MOST; i++) {
		struct slot *s = &p->slots[i];
		if (s->pid == pid) {
			note_death(s, status);
			s->pid = 0;
		}
		if (s->leaving != pid)
			continue;
		s->leaving = 0;
		if (p->rolling == i)
			roll_next(p);
	}
}

static void
reap(struct pool *p)
{
	int status;

	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		bury(p, pid, status);
}

static bool
any_left(const struct pool *p)
{
	for (int i = 0; i < WORKERS_MOST; i++)
		if (p->slots[i].pid > 0 || p->slots[i].leaving > 0)
			return true;
	return false;
}

static void
signal_all(const struct pool *p, int sig)
{
	for (int i = 0; i < WORKERS_MOST; i++) {
		if (p->slots[i].pid > 0)
			kill(p->slots[i].pid, sig);
		if (p->slots[i].leaving > 0)
			kill(p->slots[i].leaving, sig);
	}
}

/* A configuration that is not good leaves everything as it is. */
static void
reload(struct pool *p)
{
	struct conf *fresh;

	p->again = p->rolling >= 0;
	if (p->again || p->kill_at != 0)
		return;
	if (boot_conf(NULL, p->file, &fresh) != OK || vet_in_child(fresh) == VET_BAD) {
		log_say(LOG_ERROR, "reload_refused", "the workers stay as they are");
		return;
	}
	if (*fresh->log_key == '\0')
		fresh->log_key = p->conf->log_key;
	p->conf = fresh;
	roll_next(p);
}

static void
take_signals(struct pool *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			reap(p);
		else if (info.ssi_signo == SIGHUP)
			reload(p);
		else if (p->kill_at == 0) {
			p->kill_at = instant_monotonic() + p->conf->grace_seconds * INSTANT_SECOND;
			signal_all(p, SIGTERM);
		}
	}
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void
run(struct pool *p)
{
	struct pollfd fd = {.fd = p->signal_fd, .events = POLLIN};

	while (p->kill_at == 0 || any_left(p)) {
		start_missing(p);
		poll(&fd, 1, time_to_next(p));
		take_signals(p);
		if (p->again && p->rolling < 0)
			reload(p);
		if (p->kill_at != 0 && instant_monotonic() >= p->kill_at)
			signal_all(p, SIGKILL);
	}
}

int
pool_run(const struct conf *conf, const char *file)
{
	const char *made;

	if (vet_in_child(conf) == VET_BAD)
		return EXIT_FAILED;
	int listen_fd = listen_open(conf, &made);
	if (listen_fd < 0)
		return EXIT_FAILED;
	struct pool *p = mem_new(NULL, struct pool);
	p->conf = conf;
	p->file = file;
	p->rolling = -1;
	p->listen_fd = listen_fd;
	p->shared = boot_share();
	metric_share();
	p->signal_fd = open_signals();
	log_say(LOG_INFO, "started", "%lld workers on %s", (long long)conf->workers,
	    made == NULL ? "an inherited socket" : made);
	run(p);
	if (made != NULL)
		unlink(made);
	log_say(LOG_INFO, "stopped", "all workers are gone");
	talloc_free(p);
	return EXIT_DONE;
}
