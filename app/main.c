/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The entry point: a table of commands with their help texts, the options that all of them share,
 * and the exit code. Standard output is closed at the end, because only that shows whether
 * everything was written.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "job/jobs.h"
#include "run/pool.h"
#include "store/db/migrate.h"
#include "run/preflight.h"

/* assay serve */
static int
command_serve(const struct command *c)
{
	return c->argc > 0 ? EXIT_USAGE : pool_run(c->conf, c->file);
}

/* assay check */
static int
command_check(const struct command *c)
{
	if (c->argc > 0)
		return EXIT_USAGE;
	if (preflight_run(c->conf) != VET_GOOD)
		return EXIT_FAILED;
	puts("configuration, templates and statements are good");
	return EXIT_DONE;
}

/* assay jobs */
static int
command_jobs(const struct command *c)
{
	struct db *db = setup_owner_db(c->mem, c->conf);

	if (c->argc > 0)
		return EXIT_USAGE;
	if (command_option(c, "once") == NULL)
		return jobs_run(db, c->conf);
	return jobs_once(db, c->conf) == OK ? EXIT_DONE : EXIT_FAILED;
}

/*
 * assay migrate. Runs every job once afterwards, which creates the partitions that workers need.
 */
static int
command_migrate(const struct command *c)
{
	struct migrated done;

	if (c->argc > 0)
		return EXIT_USAGE;
	struct db *bare = setup_owner_db(c->mem, c->conf);
	if (migrate_run(bare, c->mem, &done) != OK) {
		fprintf(stderr, "assay migrate: %s\n", done.message);
		return EXIT_FAILED;
	}
	printf("schema version %d, %d new\n", query_schema_version(), done.migrations);
	if (*done.objects != '\0')
		printf("functions and views applied: %s\n", done.objects);
	fflush(stdout);
	talloc_free(bare);
	return jobs_once(setup_owner_db(c->mem, c->conf), c->conf) == OK ? EXIT_DONE : EXIT_FAILED;
}

/* Options without a value and with one; -c and --help, which all commands have, are not listed. */
#define FLAG(name) {name, no_argument, NULL, 0}
#define VALUE(name) {name, required_argument, NULL, 0}

/* Of a command; the last one stays empty. */
enum { OPTIONS_MOST = 16 };

static const struct {
	const char *name;
	command_fn *run;
	const char *what;
	const char *usage;
	struct option options[OPTIONS_MOST];
} commands[] = {
    {"serve", command_serve, "answer requests: the pool of FastCGI workers",
	"assay serve [-c FILE]\n\n"
	"Runs until SIGTERM. SIGHUP reads FILE and the templates again and replaces the workers\n"
	"one at a time. The socket is the key `listen`, or standard input (spawn-fcgi), or the\n"
	"one that systemd passes.\n",
	{{0}}},
    {"jobs", command_jobs, "compute audiences, import files, delete old data",
	"assay jobs [-c FILE] [--once]\n\n"
	"Runs until SIGTERM; with --once every job runs once. Needs the owner role.\n",
	{FLAG("once")}},
    {"migrate", command_migrate, "bring the database to the schema of this program",
	"assay migrate [-c FILE]\n\n"
	"Needs the owner role (owner_database_url), and the role assay_app to exist. Migrations\n"
	"go forward only; functions and views of another program are replaced, and named. Safe\n"
	"to repeat. A database from before the first release is refused and not changed.\n",
	{{0}}},
    {"check", command_check, "check configuration, templates and every SQL statement",
	"assay check [-c FILE]\n\nExit code 0 when all is good, 1 when not.\n",
	{{0}}},
    {"doctor", command_doctor, "look for what is wrong with an installation",
	"assay doctor [-c FILE] [--recount ID]\n\n"
	"Prints a line a check; exit code 1 when one fails.\n\n"
	"  --recount ID   compares the results of an experiment with the rows of its\n"
	"                 subjects instead\n",
	{VALUE("recount")}},
    {"key", command_key, "make, list and revoke API keys",
	"assay key create --class client|server|admin [--name TEXT] [--origin URL,URL]\n"
	"                 [--days N] [--tags PREFIX] [--subjects user,device,session] [--signed]\n"
	"                 [--attributes yes|no] [--rate N] [--new-rate N] [-c FILE]\n"
	"assay key create --scope metrics [--name TEXT] [--days N] [-c FILE]\n"
	"assay key list [-c FILE]\n"
	"assay key revoke ID [-c FILE]\n\n"
	"A key is shown once, when it is made. --origin names the pages that may use a client\n"
	"key from a browser; --days ends it after so many days; with --tags it writes only\n"
	"tags of users whose keys begin so. A key of --scope metrics reads /metrics and can do\n"
	"nothing else.\n\n"
	"Client keys are public. --subjects: kinds of subjects that the key may name. --signed:\n"
	"users need a signature; the signing secret is shown once, as a second line.\n"
	"--attributes no: requests bring no attributes of their subject. --rate and --new-rate:\n"
	"requests, and subjects never seen before, a second from one address, in place of\n"
	"client_rate and client_new_rate; 0: any number. docs/deploy.md tells what is left to a\n"
	"stranger.\n",
	{VALUE("class"), VALUE("scope"), VALUE("name"), VALUE("origin"), VALUE("days"),
	    VALUE("tags"), VALUE("subjects"), VALUE("attributes"), VALUE("rate"),
	    VALUE("new-rate"), FLAG("signed")}},
    {"metrics", command_metrics, "print the counters of the running pool",
	"assay metrics [-c FILE]\n\n"
	"What GET /metrics answers, in the format of Prometheus, without a key: for root and the\n"
	"user that the pool runs as, by its unix socket (key `listen`).\n",
	{{0}}},
    {"user", command_user, "make, reset and disable accounts of the pages",
	"assay user add NAME --role viewer|editor|admin [-c FILE]\n"
	"assay user link NAME [-c FILE]\n"
	"assay user reset NAME [-c FILE]\n"
	"assay user disable NAME [-c FILE]\n"
	"assay user list [-c FILE]\n\n"
	"add, link and reset print the address of a page that lets somebody in once, within 24\n"
	"hours. reset takes the old password, ends all sessions and enables a disabled account;\n"
	"link leaves all that as it is.\n",
	{VALUE("role")}},
    {"import", command_import, "load users, devices, places, members, definitions",
	"assay import users|devices FILE [--csv] [--from LINE] [--errors FILE] [-c FILE]\n"
	"assay import ip-locations FILE.csv [--errors FILE] [-c FILE]\n"
	"assay import members SEGMENTATION FILE.csv [--from LINE] [--errors FILE] [-c FILE]\n"
	"assay import definitions FILE [-c FILE]\n\n"
	"FILE - is standard input. Users and devices: NDJSON, an object a line with user_id or\n"
	"device_id and any attributes; or CSV with a header row, where FILE ends in .csv or with\n"
	"--csv. A profile is replaced by the one in the file; a repeat does no harm. At the end\n"
	"`assay jobs` is asked to map the experiments in effect again. Needs the owner role.\n\n"
	"ip-locations: CSV with first,last (addresses) or network (as 192.0.2.0/24), and state,\n"
	"district, city, country. The whole table is replaced, if any line is good.\n\n"
	"members: CSV with user_id or email (or both), and group: who is in which group of a\n"
	"segmentation. An e-mail address that no profile has waits for one.\n\n"
	"definitions: what `assay export definitions` prints. What is not there is made, what\n"
	"differs is changed, what the file does not name stays. Of what is wrong nothing is\n"
	"written, and every problem is told with its place in the file.\n\n"
	"A bad line is left out and told as `line N: reason`, on standard error or in the\n"
	"--errors file. --from goes on at a line: the last line printed names it. Exit code 0\n"
	"when every line was good, 1 when not or when it was interrupted.\n",
	{FLAG("csv"), VALUE("from"), VALUE("errors")}},
    {"export", command_export, "print a user, the groups of a context, definitions",
	"assay export user ID [-c FILE]\n"
	"assay export groups [--context C] [--csv] [-c FILE]\n"
	"assay export definitions [-c FILE]\n\n"
	"user: everything held about a user, as NDJSON, a record a line.\n\n"
	"groups: who is in which group of the segmentations of a context (global, when none is\n"
	"given: experiments, too), a line a user, by id; NDJSON, or CSV with a column a\n"
	"segmentation. Nobody is put into a group by it. Needs the owner role.\n\n"
	"definitions: goals, layers, segmentations and experiments as one JSON document; the\n"
	"same definitions give the same bytes, so that it can live in a repository.\n",
	{FLAG("csv"), VALUE("context")}},
    {"simulate", command_simulate, "measure false alarms and detections of results",
	"assay simulate [--experiments N] [--subjects N] [--looks N] [--baseline RATE]\n"
	"               [--effect DIFFERENCE] [--arms N] [--share SHARE | --control SHARE]\n"
	"               [--change-weights-at PART] [--delay DAYS] [--window FROM..TO]\n"
	"               [--plan] [--seed N] [-c FILE]\n\n"
	"Runs so many A/A and A/B experiments through the real way of subjects, looks at their\n"
	"results at the end of so many simulated days, and prints how many were called\n"
	"different. b (or control) gets SHARE of the subjects, the others share the rest, and\n"
	"after PART of them all get as many; goals are hit DAYS later, and hits count FROM..TO\n"
	"hours after the enrolment. With --plan the experiments have a plan to find DIFFERENCE,\n"
	"at 28 looks, as many subjects as it needs and a window in which hits come, unless\n"
	"options say otherwise. Everything is rolled back: nothing stays in the database.\n",
	{VALUE("experiments"), VALUE("subjects"), VALUE("looks"), VALUE("seed"),
	    VALUE("baseline"), VALUE("effect"), VALUE("arms"), VALUE("share"), VALUE("control"),
	    VALUE("change-weights-at"), VALUE("delay"), VALUE("window"), FLAG("plan")}},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* Prints the list of commands. */
static int
print_help(FILE *out)
{
	fprintf(out,
	    "assay %s: self-hosted experimentation\n\nUsage: assay COMMAND [-c FILE] [..]\n\n",
	    ASSAY_VERSION);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
	fputs(
	    "\nassay COMMAND --help tells more. Configuration: -c FILE (/etc/assay/assay.conf\n"
	    "when it exists), and ASSAY_<KEY> in the environment over it; etc/assay.conf\n"
	    "explains every key.\n",
	    out);
	return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

/* The options of the command and --help, for getopt_long. */
static const struct option *
all_options(void *mem, const struct option own[], size_t n)
{
	struct option *all = mem_array(mem, struct option, n + 2);

	for (size_t i = 0; i < n; i++)
		all[i] = own[i];
	all[n] = (struct option){"help", no_argument, NULL, 'h'};
	all[n + 1] = (struct option){0};
	return all;
}

/*
 * Sorts the words, of which the first is the command's name, into options and operands. False: one
 * is no option of the command, or lacks its value, which getopt_long has told.
 */
static bool
read_words(struct command *c, const struct option own[], bool *wants_help)
{
	int found, index = 0;
	size_t n = 0;

	while (own[n].name != NULL)
		n++;
	const struct option *all = all_options(c->mem, own, n);
	c->options = own;
	c->values = mem_array(c->mem, const char *, n + 1);
	for (size_t i = 0; i <= n; i++)
		c->values[i] = NULL;
	c->argv[0] = mem_printf(c->mem, "assay %s", c->argv[0]);
	while ((found = getopt_long(c->argc, c->argv, "c:h", all, &index)) != -1) {
		if (found == 'c')
			c->file = optarg;
		else if (found == 'h')
			*wants_help = true;
		else if (found == 0)
			c->values[index] = optarg != NULL ? optarg : "";
		else
			return false;
	}
	c->argc -= optind;
	c->argv += optind;
	return true;
}

/* Runs a command. Without a configured log key a random one is used, for this run only. */
static int
run_command(size_t i, struct command *c)
{
	struct conf *conf;
	bool wants_help = false;

	if (!read_words(c, commands[i].options, &wants_help)) {
		fputs(commands[i].usage, stderr);
		return EXIT_USAGE;
	}
	if (wants_help) {
		fputs(commands[i].usage, stdout);
		return EXIT_DONE;
	}
	if (setup_conf(c->mem, c->file, &conf) != OK)
		return EXIT_FAILED;
	if (*conf->log_key == '\0') {
		char *key = mem_array(conf, char, HASH_HEX);
		hash_random_hex(key, HASH_SIZE);
		conf->log_key = key;
	}
	c->conf = conf;
	int code = commands[i].run(c);
	if (code == EXIT_USAGE)
		fputs(commands[i].usage, stderr);
	return code;
}

/* Finds the command and runs it. */
static int
dispatch_command(int argc, char **argv)
{
	if (argc < 2)
		return print_help(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return print_help(stdout);
	if (strcmp(argv[1], "--version") == 0) {
		puts("assay " ASSAY_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		struct command c = {.mem = mem_ctx(NULL), .argc = argc - 1, .argv = argv + 1};
		int code = run_command(i, &c);
		talloc_free(c.mem);
		return code;
	}
	fprintf(stderr, "assay: no command `%s`\n\n", argv[1]);
	return print_help(stderr);
}

/*
 * Closes standard output; a failure becomes the exit code of a command that succeeded. A descriptor
 * that was closed from the start is no fault of a command that prints nothing.
 */
static int
close_output(int code)
{
	const char *why = ferror(stdout) != 0 ? "some of it could not be written" : NULL;

	if (fflush(stdout) != 0)
		why = strerror(errno);
	if (fclose(stdout) != 0 && errno != EBADF && why == NULL)
		why = strerror(errno);
	if (why == NULL)
		return code;
	fprintf(stderr, "assay: standard output: %s\n", why);
	return code == EXIT_DONE ? EXIT_FAILED : code;
}

int
main(int argc, char **argv)
{
	hash_init();
	return close_output(dispatch_command(argc, argv));
}
