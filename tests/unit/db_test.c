/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deadlines of statements, against a server of its own that speaks just enough of PostgreSQL's
 * protocol: a statement past its deadline is not sent, and no wait lasts beyond the deadline.
 */
#include "store/db/db.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/mem.h"
#include "suites.h"

/* The server's own bound, for which a wait without a deadline would last, and what is well within
 * it on any machine. */
#define UNBOUNDED (60 * INSTANT_SECOND)
#define AT_ONCE (20 * INSTANT_SECOND)

/* What the server process shares with the test. */
struct watched {
	_Atomic int connections, executed; /* statements */
	_Atomic bool silent;               /* it reads and does not answer */
};

static struct watched *watched;
static struct db_gate *gate;
static pid_t server;
static void *mem;
static struct db *db;
static char folder[64], path[96];

/*
 * ---- the server: the messages of PostgreSQL's protocol 3 that libpq needs to connect, to prepare
 * and to run a statement. A message is a letter, its length and its content.
 */

static void
add_int(struct buf *b, uint32_t n)
{
	uint32_t raw = htonl(n);

	buf_add(b, &raw, sizeof raw);
}

static void
add_short(struct buf *b, uint16_t n)
{
	uint16_t raw = htons(n);

	buf_add(b, &raw, sizeof raw);
}

static void
add_message(struct buf *out, char kind, const struct buf *content)
{
	buf_char(out, kind);
	add_int(out, (uint32_t)content->len + 4);
	buf_add(out, content->data, content->len);
}

static void
add_text(struct buf *out, char kind, const char *a, const char *b)
{
	struct buf *content = buf_new(out, 64);

	buf_add(content, a, strlen(a) + 1);
	if (b != NULL)
		buf_add(content, b, strlen(b) + 1);
	add_message(out, kind, content);
}

/* Every statement is answered by the same row, from which each caller reads its own columns. */
static const char *const columns[] = {"version", "clock", "pid", "started", "deadline_clock"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void
add_description(struct buf *out)
{
	struct buf *content = buf_new(out, 256);

	add_short(content, COLUMNS);
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_add(content, columns[i], strlen(columns[i]) + 1);
		add_int(content, 0);
		add_short(content, 0);
		add_int(content, 25); /* text */
		add_short(content, UINT16_MAX);
		add_int(content, UINT32_MAX);
		add_short(content, 0);
	}
	add_message(out, 'T', content);
}

static void
add_row(struct buf *out)
{
	struct buf *content = buf_new(out, 256);
	const char *clock = mem_printf(out, "%lld", (long long)instant_now());
	const char *cells[COLUMNS] = {
		mem_printf(out, "%d", query_schema_version()), clock, "1", "x", clock};

	add_short(content, COLUMNS);
	for (size_t i = 0; i < COLUMNS; i++) {
		add_int(content, (uint32_t)strlen(cells[i]));
		buf_str(content, cells[i]);
	}
	add_message(out, 'D', content);
	add_text(out, 'C', "SELECT 1", NULL);
}

/* AuthenticationOk, the parameters that libpq looks at, and ReadyForQuery. */
static void
answer_startup(struct buf *out)
{
	struct buf *ok = buf_new(out, 8), *idle = buf_new(out, 8);

	add_int(ok, 0);
	buf_char(idle, 'I');
	add_message(out, 'R', ok);
	add_text(out, 'S', "server_version", "15.0");
	add_text(out, 'S', "client_encoding", "UTF8");
	add_text(out, 'S', "default_transaction_read_only", "off");
	add_text(out, 'S', "in_hot_standby", "off");
	add_message(out, 'Z', idle);
}

/* Parse, Bind, Describe, Execute and Sync; others need no answer. */
static void
answer_message(struct buf *out, char kind)
{
	struct buf *content = buf_new(out, 8);

	switch (kind) {
	case 'P':
		add_message(out, '1', content);
		break;
	case 'B':
		add_message(out, '2', content);
		break;
	case 'D':
		add_description(out);
		break;
	case 'E':
		watched->executed++;
		add_row(out);
		break;
	case 'S':
		buf_char(content, 'I');
		add_message(out, 'Z', content);
		break;
	default:
		break;
	}
}

static bool
read_all(int fd, void *to, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t more = read(fd, (char *)to + got, n - got);
		if (more <= 0)
			return false;
		got += (size_t)more;
	}
	return true;
}

/* Reads a message and drops its content; kind is NULL for the first, which has no letter. */
static bool
read_message(int fd, char *kind)
{
	static char content[65536];
	uint32_t n;

	return (kind == NULL || read_all(fd, kind, 1)) && read_all(fd, &n, sizeof n) &&
	    ntohl(n) - 4 <= sizeof content && read_all(fd, content, ntohl(n) - 4);
}

/* Serves a connection until it is closed; a server that is silent reads on without an answer. */
static void
serve_connection(int fd)
{
	char kind;

	watched->connections++;
	for (bool first = true; read_message(fd, first ? NULL : &kind) && kind != 'X';
	     first = false) {
		struct buf *out = buf_new(NULL, 1024);
		if (first)
			answer_startup(out);
		else
			answer_message(out, kind);
		bool sent = watched->silent || write(fd, out->data, out->len) >= 0;
		talloc_free(out);
		if (!sent)
			break;
	}
	close(fd);
}

static void
start_server(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	mem = mem_ctx(NULL);
	watched = mmap(NULL, sizeof *watched, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(folder, sizeof folder, "build/db_test.%d", (int)getpid());
	snprintf(path, sizeof path, "%s/.s.PGSQL.5432", folder);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			serve_connection(accept(fd, NULL, NULL));
	}
	close(fd);
	gate = mem_new(mem, struct db_gate);
	struct db_conf conf = {
		.url = mem_printf(mem, "host=%s/%s port=5432 user=x dbname=x gssencmode=disable",
		    getcwd(mem_check(talloc_size(mem, 4096)), 4096), folder),
		.statement_timeout = UNBOUNDED,
		.gate = gate,
	};
	db = db_new(mem, &conf);
	ck_assert_msg(db_open(db) == OK, "%s", db_message(db));
	watched->executed = 0;
}

static void
stop_server(void)
{
	talloc_free(mem);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(path);
	rmdir(folder);
	munmap(watched, sizeof *watched);
}

/* ---- the tests */

static const char *const none[16];

/* Some query of that kind, so that the tests do not depend on the name of one. */
static enum query
find_query(bool slow, bool writes)
{
	for (enum query q = 0; q < QUERY__MAX; q++) {
		const struct query_info *info = &query_infos[q];
		if (info->slow == slow && info->writes == writes && !info->built && !info->owner)
			return q;
	}
	return QUERY__MAX;
}

static const struct {
	int64_t left; /* microseconds */
	bool slow, writes;
} late[] = {
	{500, false, false},
	{500, false, true},
	{500, true, false},
	{0, true, false},
	{-1, true, false},
	{-INSTANT_SECOND, true, true},
	{-INSTANT_SECOND, false, true},
	{-INSTANT_DAY, true, false},
};

START_TEST(a_statement_past_its_deadline_is_not_sent)
{
	enum query q = find_query(late[_i].slow, late[_i].writes);
	int64_t began = instant_monotonic();

	db_set_deadline(db, began + late[_i].left);
	ck_assert_int_eq(db_query(db, mem, q, none, NULL), ERR_UNAVAILABLE);
	ck_assert_int_lt(instant_monotonic() - began, AT_ONCE);
	ck_assert_ptr_nonnull(strstr(db_message(db), "no time is left"));
	ck_assert_int_eq(watched->executed, 0);
	/* Refused before it was sent, so the connection need not be opened again. */
	db_set_deadline(db, INT64_MAX);
	ck_assert_int_eq(db_query(db, mem, q, none, NULL), OK);
	ck_assert_int_eq(watched->connections, 1);
}
END_TEST

START_TEST(a_statement_half_sent_past_its_deadline_is_not_sent)
{
	enum query q = find_query(late[_i].slow, late[_i].writes);
	int64_t began = instant_monotonic();
	struct db_rows *rows;

	db_set_deadline(db, began + late[_i].left);
	db_send(db, q, none);
	ck_assert_int_eq(db_collect(db, mem, q, none, &rows), ERR_UNAVAILABLE);
	ck_assert_int_lt(instant_monotonic() - began, AT_ONCE);
	ck_assert_int_eq(watched->executed, 0);
	db_set_deadline(db, INT64_MAX);
	db_send(db, q, none);
	ck_assert_int_eq(db_collect(db, mem, q, none, &rows), OK);
	ck_assert_int_eq(watched->connections, 1);
}
END_TEST

START_TEST(waiting_for_a_silent_server_ends_at_the_deadline)
{
	enum query q = find_query(_i & 1, _i & 2);
	int64_t began = instant_monotonic();
	struct db_rows *rows;

	watched->silent = true;
	db_set_deadline(db, began + 50 * INSTANT_MS);
	if (_i & 4) {
		db_send(db, q, none);
		ck_assert_int_eq(db_collect(db, mem, q, none, &rows), ERR_UNAVAILABLE);
	} else {
		ck_assert_int_eq(db_query(db, mem, q, none, &rows), ERR_UNAVAILABLE);
	}
	int64_t took = instant_monotonic() - began;
	ck_assert_int_ge(took, 50 * INSTANT_MS);
	ck_assert_int_lt(took, AT_ONCE);
}
END_TEST

/* The gate closes when the database fails. That a request ran out of time is no such failure. */
START_TEST(a_late_request_does_not_keep_others_from_connecting)
{
	db_set_deadline(db, instant_monotonic() - 1);
	struct db *fresh = db_new(mem, &(struct db_conf){.url = mem_printf(mem,
	    "host=%s", folder), .statement_timeout = INSTANT_SECOND, .gate = gate});
	db_set_deadline(fresh, instant_monotonic() - 1);
	ck_assert_int_eq(db_open(fresh), ERR_UNAVAILABLE);
	ck_assert_int_eq(gate->wait, 0);
	ck_assert_int_eq(gate->next_try, 0);
}
END_TEST

Suite *
db_suite(void)
{
	Suite *s = suite_create("db");
	TCase *t = tcase_create("deadline");

	tcase_set_timeout(t, 2 * UNBOUNDED / INSTANT_SECOND);
	tcase_add_checked_fixture(t, start_server, stop_server);
	tcase_add_loop_test(t, a_statement_past_its_deadline_is_not_sent, 0, ROWS(late));
	tcase_add_loop_test(t, a_statement_half_sent_past_its_deadline_is_not_sent, 0, ROWS(late));
	tcase_add_loop_test(t, waiting_for_a_silent_server_ends_at_the_deadline, 0, 8);
	tcase_add_test(t, a_late_request_does_not_keep_others_from_connecting);
	suite_add_tcase(s, t);
	return s;
}
