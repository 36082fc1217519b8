/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay import: options, the header row, and the choice of the import that takes the rows.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/csv/csv.h"
#include "base/instant.h"
#include "base/num.h"
#include "cmd/command.h"
#include "cmd/definitions.h"
#include "cmd/import_rows.h"
#include "core/subject/directory.h"
#include "core/subject/geo_range.h"
#include "core/subject/upload_row.h"

/* The columns that a CSV file of that kind has. */
static const struct csv_rules *
columns_of(const char *what)
{
	if (strcmp(what, "members") == 0)
		return &upload_row_csv;
	if (strcmp(what, "ip-locations") == 0)
		return &geo_range_csv;
	return directory_csv(strcmp(what, "users") == 0 ? SUBJECT_USER : SUBJECT_DEVICE);
}

/* Reads the header row; false after printing what is wrong with it. */
static bool
read_header(struct import *im, const char *what)
{
	struct import_record r;
	const char *fault = "there is no header row";

	if (import_file_next(im->file, &r)) {
		im->csv = csv_open(im->mem, r.text, r.len, columns_of(what));
		fault = r.fault != NULL ? r.fault : csv_fault(im->csv);
	}
	/* A file that cannot be read has no header either: import_end() has told that. */
	if (fault != NULL && import_end(im) == IMPORT_WHOLE)
		fprintf(stderr, "assay import: %s\n", fault);
	return fault == NULL;
}

/*
 * Prints counts and the line to continue from, for an operator to resume the import; returns the
 * exit code.
 */
static int
print_summary(const struct import *im, enum err e)
{
	int64_t took = (instant_monotonic() - im->began) / INSTANT_MS;
	enum import_end end = e == OK ? import_end(im) : IMPORT_BROKEN;

	printf("%" PRId64 " rows: %" PRId64 " bad, %" PRId64 " changed what was stored; %" PRId64
	    ".%" PRId64 " s, %" PRId64 " rows/s\n", im->rows, im->bad, im->changed, took / 1000,
	    took / 100 % 10, import_rate(im));
	if (end == IMPORT_WHOLE)
		printf("done: the file ends before line %" PRId64 "\n", im->next);
	else if (im->next > 0)
		printf("stopped: go on with --from %" PRId64 "\n", im->next);
	else
		puts("stopped: nothing was replaced");
	return end == IMPORT_WHOLE && im->bad == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* The options of the command line. */
struct options {
	const char *what, *segmentation, *file, *from, *errors;
	bool csv;
};

/* Runs the import that the options name. */
static int
run_import(struct import *im, const struct options *o)
{
	enum err e;

	/* From here on a signal must not end the program between a commit and its summary. */
	import_catch_signals();
	im->began = im->told = instant_monotonic();
	/* An unreachable database is told before the file is read. */
	if (db_open(im->db) != OK)
		return command_db_failed(im->db);
	if (strcmp(o->what, "users") == 0)
		e = import_profiles(im, SUBJECT_USER);
	else if (strcmp(o->what, "devices") == 0)
		e = import_profiles(im, SUBJECT_DEVICE);
	else if (strcmp(o->what, "members") == 0)
		e = import_members(im, o->segmentation);
	else
		e = import_places(im);
	return print_summary(im, e);
}

/* Reads words and options of an import of rows; false for wrong usage. */
static bool
read_import_options(const struct command *c, struct options *o)
{
	bool members = c->argc > 0 && strcmp(c->argv[0], "members") == 0;

	if (c->argc != (members ? 3 : 2))
		return false;
	o->what = c->argv[0];
	o->segmentation = members ? c->argv[1] : NULL;
	o->file = c->argv[c->argc - 1];
	o->from = command_option(c, "from");
	o->errors = command_option(c, "errors");
	o->csv = command_option(c, "csv") != NULL;
	if (strcmp(o->what, "ip-locations") == 0)
		return o->csv = o->from == NULL; /* replaced as a whole, so there is no going on */
	/* Members are always CSV; users and devices are NDJSON unless name or option says so. */
	if (members)
		return o->csv = true;
	size_t n = strlen(o->file);
	o->csv = o->csv || (n > 4 && strcasecmp(o->file + n - 4, ".csv") == 0);
	return strcmp(o->what, "users") == 0 || strcmp(o->what, "devices") == 0;
}

/* Prints why a file cannot be used; EXIT_FAILED. */
static int
print_open_failure(const char *name)
{
	fprintf(stderr, "assay import: %s: %s\n", name, strerror(errno));
	return EXIT_FAILED;
}

int
command_import(const struct command *c)
{
	struct import im = {.mem = c->mem, .errors = stderr, .next = 1};
	struct options o = {0};

	if (c->argc == 2 && strcmp(c->argv[0], "definitions") == 0 &&
	    command_has_only(c, 0, NULL))
		return definitions_import(c, c->argv[1]);
	if (!read_import_options(c, &o) || (o.from != NULL && !num_int(o.from, 1, INT64_MAX,
		&im.from))) return EXIT_USAGE;
	int fd = strcmp(o.file, "-") == 0 ? STDIN_FILENO : open(o.file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return print_open_failure(o.file);
	if (o.errors != NULL && (im.errors = fopen(o.errors, "we")) == NULL)
		return print_open_failure(o.errors);
	/* The same connection for both: rows and the operations on them are in one transaction. */
	im.db = setup_owner_db(c->mem, c->conf);
	im.w = setup_work(c->mem, c->conf, im.db);
	if (im.w == NULL)
		return EXIT_FAILED;
	im.file = import_file_new(c->mem, fd, o.csv);
	int code = o.csv && !read_header(&im, o.what) ? EXIT_FAILED : run_import(&im, &o);
	/* Bad rows that nobody can read about would seem to be stored: a full disk is a failure. */
	if (fflush(im.errors) != 0 || ferror(im.errors) != 0)
		code = print_open_failure(o.errors != NULL ? o.errors : "standard error");
	if (im.errors != stderr)
		fclose(im.errors);
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}
