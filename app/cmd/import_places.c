/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay import ip-locations: reads the ranges for service/subject/places.h, which replaces the
 * table in one transaction, so that look-ups see the old table or the new one.
 */
#include "base/instant.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/import_rows.h"
#include "core/subject/geo_range.h"
#include "service/subject/places.h"
#include "store/work.h"

/* The next range of the file; faulty rows are reported and passed over. */
static bool
next_range(void *arg, void *mem, struct places_range *out)
{
	struct import *im = arg;
	struct json_object *row;

	while ((row = import_row(im)) != NULL) {
		struct problems *problems = problem_new(im->row_mem);
		out->line = im->line;
		if (geo_range_read(mem, row, problems, &out->place))
			return true;
		import_bad_problems(im, im->line, problems);
	}
	return false;
}

/* Reports a range that overlaps another one. */
static void
refuse_range(void *arg, int64_t line, const char *reason)
{
	import_bad(arg, line, reason);
}

/* Whether the file was read to its end; only then may the table be replaced. */
static bool
end_ranges(void *arg, int64_t *rows, int64_t *bad)
{
	const struct import *im = arg;

	*rows = im->rows;
	*bad = im->bad;
	return import_end(im) == IMPORT_WHOLE;
}

/* Prints why nothing was replaced, unless import_bad() or import_end() has. */
static enum err
print_failure(const struct import *im, enum err e)
{
	if (im->w->detail == NULL)
		return import_db_failed(im, e);
	if (e != ERR_INVALID)
		command_failed(im->w, "import");
	return e;
}

enum err
import_places(struct import *im)
{
	const struct places_source source = {im, next_range, refuse_range, end_ranges};
	struct json_object *answer;

	im->next = 0;
	work_begin(im->w, instant_now(), command_actor());
	im->w->intent.action = "import ip-locations";
	enum err e = places_replace(im->w, &source, &answer);
	if (e == OK) {
		im->changed = json_object_get_int64(json_object_object_get(answer, "changed"));
		im->next = import_file_line(im->file);
	} else
		e = print_failure(im, e);
	work_end(im->w);
	return e;
}
