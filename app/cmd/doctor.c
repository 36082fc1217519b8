/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay doctor: checks an installation part by part, one line per check, with what to do about a
 * fault. It goes on after a failed check, so that one run shows all of them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "run/preflight.h"
#include "service/selfcheck.h"
#include "view/selfcheck_words.h"

struct report {
	bool failed;
};

/* The outcome of a check; only FAILED makes the exit code 1. */
enum verdict { FINE, WARNING, FAILED };

static void print_check(struct report *r, enum verdict v, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void
print_check(struct report *r, enum verdict v, const char *what, const char *fmt, ...)
{
	static const char *const words[] = {"ok", "warning", "FAILED"};
	va_list ap;

	printf("%-8s %-10s ", words[v], what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	r->failed = r->failed || v == FAILED;
}

/*
 * Templates, and the nodes of the cache. The breakers are those of this process and closed, so each
 * node is asked, also one that the running pool has given up for the moment.
 */
static void
check_templates(const struct command *c, struct report *r)
{
	struct shared *shared = mem_new(c->mem, struct shared);
	struct ctx ctx;

	if (setup_ctx(c->mem, c->conf, shared, &ctx) != OK) {
		print_check(r, FAILED, "templates", "%s: see above", c->conf->templates);
		return;
	}
	print_check(r, FINE, "templates", "%s", c->conf->templates);
	if (cache_nodes(ctx.w.cache) == 0)
		print_check(r, WARNING, "memcached",
		    "none is configured: every read asks the database");
	for (size_t i = 0; i < cache_nodes(ctx.w.cache); i++) {
		bool up = cache_ping(ctx.w.cache, i);
		print_check(r, up ? FINE : WARNING, "memcached", "%s%s",
		    cache_node_name(ctx.w.cache, i),
		    up ? "" : " does not answer: requests go on, slower");
	}
}

/* Whether a role can connect and prepare its statements. */
static void
check_database_role(struct report *r, struct db *db, const char *what)
{
	/* Statements are prepared at connecting: a missing grant or table shows here, not later. */
	if (db_open(db) == OK)
		print_check(r, FINE, what, "connected, schema %d, all statements prepared",
		    db_schema_version(db));
	else if (db_schema_version(db) >= 0 && db_schema_version(db) != query_schema_version())
		print_check(r, FAILED, what, "%s: run `assay migrate`", db_message(db));
	else
		print_check(r, FAILED, what, "%s", db_message(db));
}

/*
 * Durability, partitions of the next days, clock and keys, as the database sees them. Here and in
 * the checks below a failed query prints nothing: that of the owner role has told the reason.
 */
static void
check_server(const struct command *c, struct report *r, struct db *owner)
{
	struct db_rows *rows;
	char now[INSTANT_TEXT];

	instant_format(instant_now(), now);
	if (db_query(owner, c->mem, QUERY_server_state, (const char *const[]){now}, &rows) != OK)
		return;
	bool durable = *db_cell(rows, 0, "durable") == 't';
	print_check(r, durable ? FINE : FAILED, "durability", durable ?
	    "fsync and synchronous_commit are on" :
	    "fsync or synchronous_commit is off: a crash loses what was acknowledged");
	int64_t ahead = db_int(rows, 0, "days_ahead");
	print_check(r, ahead == 7 ? FINE : WARNING, "partitions",
	    ahead == 7 ? "7 of the next 7 days" : "%d of the next 7 days: does `assay jobs` run?",
	    (int)ahead);
	/* The time to reach the database is in it, so some milliseconds say nothing. */
	int64_t skew = db_int(rows, 0, "skew_ms");
	print_check(r, skew < 1000 ? FINE : WARNING, "clock", "%d ms from the database's",
	    (int)skew);
	int64_t keys = db_int(rows, 0, "valid_keys");
	print_check(r, keys > 0 ? FINE : WARNING, "keys", keys > 0 ? "%d are valid" :
	    "%d are valid: make one with `assay key create`", (int)keys);
}

/* Visitors behind a proxy that is not configured share one address, hence one rate limit. */
static void
check_throttle(const struct command *c, struct report *r, struct db *owner)
{
	struct db_rows *rows;
	char since[INSTANT_TEXT];

	instant_format(instant_now() - 3600 * INSTANT_SECOND, since);
	const char *params[] = {since};
	if (db_query(owner, c->mem, QUERY_rate_refusal_find, params, &rows) != OK)
		return;
	if (db_count(rows) == 0)
		print_check(r, FINE, "limits",
		    "no address stands out among those refused with 429");
	else
		print_check(r, WARNING, "limits",
		    "%s of %s requests refused with 429 came from %s: if that is a proxy, "
		    "name it in `proxies`", db_cell(rows, 0, "most"),
		    db_cell(rows, 0, "refused"), db_cell(rows, 0, "address"));
}

/* Work of jobs that fails again and again. */
static void
check_jobs(const struct command *c, struct report *r, struct db *owner)
{
	struct db_rows *rows;

	if (db_query(owner, c->mem, QUERY_job_failures, NULL, &rows) != OK)
		return;
	int64_t files = db_int(rows, 0, "files"), mappings = db_int(rows, 0, "mappings");
	bool fine = files + mappings == 0;
	print_check(r, fine ? FINE : WARNING, "jobs", fine ? "nothing fails" :
	    "%d files of members and %d mappings fail and are tried again: see the log of the jobs",
	    (int)files, (int)mappings);
}

/* A longer lag means that no jobs are running. */
enum { LAG_SECONDS = 120 };

/*
 * How far the folding of result changes is behind. Changes that wait are normal: only those that
 * wait although the last complete folding is long ago, or never was, are a fault.
 */
static void
check_results(const struct command *c, struct report *r, struct db *owner)
{
	struct db_rows *rows;

	if (db_query(owner, c->mem, QUERY_result_lag, NULL, &rows) != OK)
		return;
	const char *waiting = db_cell(rows, 0, "waiting");
	bool known = db_cell(rows, 0, "folded_at") != NULL;
	int64_t lag = instant_now() / INSTANT_SECOND - (known ? db_int(rows, 0, "folded_at") : 0);
	if (known && lag <= LAG_SECONDS)
		print_check(r, FINE, "results", "all changes were folded %d s ago", (int)lag);
	else if (strcmp(waiting, "0") == 0)
		print_check(r, FINE, "results", "no change waits to be folded");
	else
		print_check(r, WARNING, "results",
		    "%s changes wait to be folded: results are exact but read slowly; does "
		    "`assay jobs` run?", waiting);
}

/* What the self-checks say, one line for each kind of subject. */
static void
check_selfchecks(const struct command *c, struct report *r)
{
	struct work *w = c->conf->selfcheck == 0 ? NULL : command_work(c, NULL);
	struct json_object *list;

	if (w == NULL || selfcheck_read(w, &list) != OK)
		return;
	struct json_object *words = selfcheck_words(c->mem, list);
	if (json_items(words) == 0)
		print_check(r, WARNING, "selfcheck", "not made yet: does `assay jobs` run?");
	for (size_t i = 0; i < json_items(words); i++) {
		struct json_object *o = json_item(words, i);
		const char *alarm = json_text(o, "alarm");
		if (alarm != NULL)
			print_check(r, WARNING, "selfcheck", "%s", alarm);
		else
			print_check(r, FINE, "selfcheck", "%s: %s; split %s; p values %s; %s",
			    json_text(o, "kind"), json_text(o, "arms"), json_text(o, "split"),
			    json_text(o, "values"), json_text(o, "verdict"));
	}
}

/*
 * Compares the results of an experiment with the rows of its subjects, and prints each difference.
 * A difference is a failure, so that a script that runs this notices.
 */
static int
recount_results(const struct command *c, const char *id)
{
	struct db *owner = setup_owner_db(c->mem, c->conf);
	struct db_rows *rows;

	db_set_deadline(owner, INT64_MAX); /* it reads all rows of the experiment */
	if (db_query(owner, c->mem, QUERY_experiment_number, &id, &rows) != OK)
		return command_db_failed(owner);
	if (db_count(rows) == 0) {
		fprintf(stderr, "assay doctor: there is no experiment %s\n", id);
		return EXIT_FAILED;
	}
	const char *number = db_cell(rows, 0, "nr");
	if (db_query(owner, c->mem, QUERY_result_recount, &number, &rows) != OK)
		return command_db_failed(owner);
	for (int i = 0; i < db_count(rows); i++)
		printf("%s of goal %s, alternative %s, %s: counted %s, results say %s\n",
		    db_cell(rows, i, "part"), db_cell(rows, i, "goal"),
		    db_cell(rows, i, "alternative"), db_cell(rows, i, "place"),
		    db_cell(rows, i, "counted"), db_cell(rows, i, "kept"));
	if (db_count(rows) == 0)
		printf("the results of %s are those of the rows\n", id);
	return db_count(rows) == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* The socket of the running pool: whether it accepts, and who may connect. */
static void
check_socket(const struct command *c, struct report *r)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat st;
	const char *path = c->conf->listen;

	/* Over TCP, who may connect is up to the firewall, which cannot be seen from here. */
	if (*path != '/' || strlen(path) >= sizeof address.sun_path)
		return;
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
		print_check(r, WARNING, "socket", "%s: nobody answers (is `assay serve` running?)",
		    path);
	else if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO) != 0)
		print_check(r, FAILED, "socket", "%s is open to everybody: it must be 0660", path);
	else
		print_check(r, FINE, "socket", "%s", path);
	close(fd);
}

int
command_doctor(const struct command *c)
{
	struct report r = {false};

	const char *id = command_option(c, "recount");
	if (c->argc > 0)
		return EXIT_USAGE;
	if (id != NULL)
		return recount_results(c, id);
	/* What a check needs is checked before it: the first line that is not ok is the cause. */
	print_check(&r, FINE, "config", "%s, version %s",
	    c->file == NULL ? "environment and defaults" : c->file, ASSAY_VERSION);
	check_templates(c, &r);
	/* A gate of its own: doctor connects even while the workers of the pool hold back. */
	check_database_role(&r, setup_db(c->mem, c->conf, mem_new(c->mem, struct shared)),
	    "app role");
	struct db *owner = setup_owner_db(c->mem, c->conf);
	check_database_role(&r, owner, "owner role");
	check_server(c, &r, owner);
	check_throttle(c, &r, owner);
	check_jobs(c, &r, owner);
	check_results(c, &r, owner);
	check_selfchecks(c, &r);
	check_socket(c, &r);
	return r.failed ? EXIT_FAILED : EXIT_DONE;
}
