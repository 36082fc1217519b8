/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of an import, one at a time: reading, faults of rows, progress, and the interruption by
 * a signal. Shared by all imports but that of definitions.
 */
#include "cmd/import_rows.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/csv/csv.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "cmd/command.h"

static volatile sig_atomic_t stopping;

/* Only the first signal is caught (SA_RESETHAND): a second one ends the program. */
static void
on_signal(int number)
{
	(void)number;
	stopping = 1;
}

void
import_catch_signals(void)
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
}

void
import_bad(struct import *im, int64_t line, const char *reason)
{
	im->bad++;
	fprintf(im->errors, "line %" PRId64 ": %s\n", line, reason);
}

/* One line a row, however much is wrong with it: errors are counted by lines. */
void
import_bad_problems(struct import *im, int64_t line, const struct problems *why)
{
	char *reason = NULL;

	for (size_t i = 0; i < problem_count(why); i++) {
		struct json_object *o = json_item(why->list, i);
		const char *pointer = json_object_get_string(json_object_object_get(o, "pointer"));
		const char *detail = json_object_get_string(json_object_object_get(o, "detail"));
		reason = mem_printf(im->row_mem, "%s%s%s%s%s", i == 0 ? "" : reason,
		    i == 0 ? "" : "; ", pointer, *pointer == '\0' ? "" : " ", detail);
	}
	import_bad(im, line, reason);
}

enum err
import_db_failed(const struct import *im, enum err e)
{
	fprintf(stderr, "assay import: %s\n", db_message(im->db));
	return e;
}

int64_t
import_rate(const struct import *im)
{
	int64_t took = instant_monotonic() - im->began;

	return im->rows * INSTANT_SECOND / (took > 0 ? took : 1);
}

/* Prints the progress, at most once a second. */
static void
print_progress(struct import *im)
{
	int64_t now = instant_monotonic();

	if (now - im->told < INSTANT_SECOND)
		return;
	im->told = now;
	fprintf(stderr, "%" PRId64 " rows, %" PRId64 " rows/s\n", im->rows, import_rate(im));
}

/* Parses a line of NDJSON; NULL after reporting a fault. */
static struct json_object *
read_json_line(struct import *im, const struct import_record *r)
{
	struct json_object *o;
	struct json_fault fault;
	size_t n = r->len - (r->text[r->len - 1] == '\n');

	if (json_read(im->row_mem, r->text, n, &o, &fault) != OK) {
		import_bad(im, r->line,
		    mem_printf(im->row_mem, "column %u: %s", fault.column, fault.why));
		return NULL;
	}
	/* The JSON null; whoever gets the row refuses other values that are no object. */
	if (o == NULL)
		import_bad(im, r->line, "must be an object");
	return o;
}

/* Parses a CSV record; NULL after reporting a fault. */
static struct json_object *
read_csv_row(struct import *im, const struct import_record *r)
{
	struct json_object *row;
	const char *fault = "is blank";

	csv_feed(im->csv, r->text, r->len);
	if (csv_next(im->csv, im->row_mem, &row, &fault) && row != NULL)
		return row;
	import_bad(im, r->line, fault);
	return NULL;
}

/*
 * Parses a record into a row on im->row_mem; NULL after reporting a fault. That memory is freed at
 * the next record, so that a file of any length needs the memory of one row.
 */
static struct json_object *
read_import_record(struct import *im, const struct import_record *r)
{
	talloc_free(im->row_mem);
	im->row_mem = mem_ctx(im->mem);
	im->line = r->line;
	im->rows++;
	print_progress(im);
	if (r->fault != NULL) {
		import_bad(im, r->line, r->fault);
		return NULL;
	}
	return im->csv != NULL ? read_csv_row(im, r) : read_json_line(im, r);
}

struct json_object *
import_row(struct import *im)
{
	struct import_record r;

	while (!stopping && import_file_next(im->file, &r)) {
		/* Lines before --from are neither parsed nor counted: a run before did them. */
		struct json_object *row = r.line < im->from ? NULL : read_import_record(im, &r);
		if (row != NULL)
			return row;
	}
	return NULL;
}

enum import_end
import_end(const struct import *im)
{
	const char *error = import_file_error(im->file);

	if (error != NULL)
		fprintf(stderr, "assay import: cannot read: %s\n", error);
	return error != NULL ? IMPORT_BROKEN : stopping ? IMPORT_INTERRUPTED : IMPORT_WHOLE;
}
