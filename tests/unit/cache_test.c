/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Leases, against a memcached of its own: which reader may fill a key, and that no value read
 * before a write is stored after it, even when the cache lost its content meanwhile.
 */
#include "store/cache/cache.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "suites.h"

#define KEY "assay:1:1:profile:0"

static char path[64];
static pid_t server;
static void *mem;
static struct breaker breakers[CACHE_NODES];

static int
connect_server(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

/* One thread and 8 MB are enough; the socket stays the same when it is started again. */
static void
start_memcached(void)
{
	int fd = -1;

	server = fork();
	if (server == 0) {
		execlp("memcached", "memcached", "-s", path, "-m", "8", "-t", "1", "-u",
		    geteuid() == 0 ? "root" : "nobody", (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 500 && fd < 0; i++) {
		poll(NULL, 0, 10);
		fd = connect_server();
	}
	ck_assert_msg(fd >= 0, "memcached does not start");
	close(fd);
}

static void
stop_memcached(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(path);
}

static void
start_server(void)
{
	mem = mem_ctx(NULL);
	memset(breakers, 0, sizeof breakers);
	snprintf(path, sizeof path, "build/cache_test.%d", (int)getpid());
	start_memcached();
}

static void
stop_server(void)
{
	stop_memcached();
	talloc_free(mem);
}

/* A cache with a connection of its own, as another process has it. */
static struct cache *
open_cache(void)
{
	const char *here = getcwd(mem_check(talloc_size(mem, 4096)), 4096);
	char *node = mem_printf(mem, "%s/%s", here, path);
	struct cache_conf conf = {node, 5000, 3600, breakers};
	struct cache *c;

	ck_assert_int_eq(cache_new(mem, &conf, &c), OK);
	return c;
}

/* Empties memcached as an operator would, behind the back of the cache. */
static void
flush_memcached(void)
{
	static const char order[] = "flush_all\r\n";
	char answer[8];
	int fd = connect_server();

	ck_assert_int_eq(write(fd, order, sizeof order - 1), sizeof order - 1);
	ck_assert_int_gt(read(fd, answer, sizeof answer), 0);
	close(fd);
}

static enum cache_found
get_key(struct cache *c, char **value)
{
	struct cache_version version;

	return cache_get(c, mem, KEY, value, &version);
}

static void
set_tombstone(struct cache *c)
{
	static const char keys[][CACHE_KEY] = {KEY};

	ck_assert(cache_tombstone(c, keys, 1));
}

START_TEST(one_reader_gets_the_lease_and_fills_the_key)
{
	struct cache *one = open_cache(), *other = open_cache();
	struct cache_version version, second;
	char *value;

	ck_assert_int_eq(get_key(one, &value), CACHE_MISS);
	ck_assert(cache_lease(one, KEY, &version));
	ck_assert_int_eq(get_key(other, &value), CACHE_LEASED);
	ck_assert(!cache_lease(other, KEY, &second));
	ck_assert(cache_replace(one, KEY, "new", version));
	ck_assert_int_eq(get_key(other, &value), CACHE_HIT);
	ck_assert_str_eq(value, "new");
	ck_assert(!cache_lease(other, KEY, &second));
	ck_assert(cache_replace(one, KEY, "late", version));
	get_key(other, &value);
	ck_assert_str_eq(value, "new");
}
END_TEST

START_TEST(a_tombstone_revokes_a_lease)
{
	struct cache *reader = open_cache(), *writer = open_cache();
	struct cache_version version;
	char *value;

	ck_assert(cache_lease(reader, KEY, &version));
	set_tombstone(writer);
	ck_assert(cache_replace(reader, KEY, "old", version));
	ck_assert_int_eq(get_key(reader, &value), CACHE_TOMBSTONE);
	ck_assert(!cache_lease(reader, KEY, &version));
}
END_TEST

/*
 * The order of a stale read: the reader misses and reads the database; the writer sets its
 * tombstone, commits and sets it again; the cache loses everything, also the tombstone; then the
 * reader stores what it has read before the commit.
 */
START_TEST(a_value_read_before_a_write_is_not_stored_in_a_wiped_cache)
{
	struct cache *reader = open_cache(), *writer = open_cache();
	struct cache_version version, newer;
	char *value;

	ck_assert_int_eq(get_key(reader, &value), CACHE_MISS);
	ck_assert(cache_lease(reader, KEY, &version));
	set_tombstone(writer);
	set_tombstone(writer);
	flush_memcached();
	ck_assert(cache_replace(reader, KEY, "old", version));
	ck_assert_int_eq(get_key(writer, &value), CACHE_MISS);
	ck_assert(cache_lease(writer, KEY, &newer));
	ck_assert(cache_replace(reader, KEY, "old", version));
	ck_assert_int_eq(get_key(writer, &value), CACHE_LEASED);
	ck_assert(cache_replace(writer, KEY, "new", newer));
	get_key(reader, &value);
	ck_assert_str_eq(value, "new");
}
END_TEST

/*
 * memcached counts versions from 1 after a restart, so the lease of before and the tombstone of
 * after may have the same one, whatever the reader does meanwhile on other keys.
 */
START_TEST(a_lease_from_before_a_restart_stores_nothing)
{
	struct cache *reader = open_cache();
	struct cache_version version, other;
	char *value;

	ck_assert_int_eq(get_key(reader, &value), CACHE_MISS);
	ck_assert(cache_lease(reader, KEY, &version));
	stop_memcached();
	start_memcached();
	struct cache *writer = open_cache();
	set_tombstone(writer);
	for (int i = 0; i < _i; i++)
		cache_get(reader, mem, "assay:1:1:profile:1", &value, &other);
	cache_replace(reader, KEY, "old", version);
	ck_assert_int_eq(get_key(writer, &value), CACHE_TOMBSTONE);
}
END_TEST

START_TEST(a_lease_that_is_never_filled_expires)
{
	struct cache *c = open_cache();
	struct cache_version version;

	ck_assert(cache_lease(c, KEY, &version));
	for (int i = 0; i < 100 && !cache_lease(c, KEY, &version); i++)
		poll(NULL, 0, 100);
	ck_assert(cache_replace(c, KEY, "new", version));
	char *value;
	ck_assert_int_eq(get_key(c, &value), CACHE_HIT);
}
END_TEST

Suite *
cache_suite(void)
{
	Suite *s = suite_create("cache");
	TCase *t = tcase_create("cache");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, start_server, stop_server);
	tcase_add_test(t, one_reader_gets_the_lease_and_fills_the_key);
	tcase_add_test(t, a_tombstone_revokes_a_lease);
	tcase_add_test(t, a_value_read_before_a_write_is_not_stored_in_a_wiped_cache);
	tcase_add_loop_test(t, a_lease_from_before_a_restart_stores_nothing, 0, 4);
	tcase_add_test(t, a_lease_that_is_never_filled_expires);
	suite_add_tcase(s, t);
	return s;
}
