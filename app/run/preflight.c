/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The check before a start or a reload: errors in configuration, templates and SQL are found
 * before the first request, not by it. It runs in a process of its own, so that the pool keeps no
 * connection.
 */
#include "run/preflight.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "web/tmpl/tmpl.h"

/* Longer than the wait for a database that does not answer, in seconds. */
enum { VET_SECONDS = 30 };

static bool
views_exist(const struct ctx *c)
{
	struct buf *page = buf_new(c->w.db, 1024);
	bool good = tmpl_render(c->tmpl, "error.html", NULL, page) == OK;

	for (size_t i = 0; i < c->routes->count; i++) {
		const char *view = c->routes->list[i].view;
		if (view == NULL || tmpl_render(c->tmpl, view, NULL, page) == OK)
			continue;
		log_say(LOG_ERROR, "templates", "%s cannot be rendered", view);
		good = false;
	}
	return good;
}

enum vet
preflight_run(const struct conf *conf)
{
	void *mem = mem_ctx(NULL);
	struct shared *shared = mem_new(mem, struct shared);
	struct ctx c;
	enum vet result = VET_BAD;

	if (setup_ctx(mem, conf, shared, &c) == OK && views_exist(&c)) {
		enum err e = db_open(c.w.db);
		result = e == OK ? VET_GOOD : e == ERR_UNAVAILABLE ? VET_NO_DATABASE : VET_BAD;
		if (e != OK)
			log_say(LOG_ERROR, "check", "%s", db_message(c.w.db));
	}
	talloc_free(mem);
	return result;
}

pid_t
preflight_start(const struct conf *conf)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(VET_BAD);
	alarm(VET_SECONDS);
	exit(preflight_run(conf));
}

enum vet
preflight_result(int status)
{
	if (!WIFEXITED(status))
		return VET_BAD;
	return WEXITSTATUS(status) == VET_GOOD ? VET_GOOD :
	    WEXITSTATUS(status) == VET_NO_DATABASE ? VET_NO_DATABASE : VET_BAD;
}

enum vet
preflight_in_child(const struct conf *conf)
{
	int status;
	pid_t pid = preflight_start(conf);

	return pid < 0 || waitpid(pid, &status, 0) != pid ? VET_BAD : preflight_result(status);
}
