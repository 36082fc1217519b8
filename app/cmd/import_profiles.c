/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay import users and devices: reads the rows for service/subject/directory_import.h. While the
 * database stores one batch the next is read.
 */
#include <inttypes.h>

#include "base/instant.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/import_rows.h"
#include "core/subject/directory.h"
#include "service/subject/directory_import.h"
#include "store/work.h"

/* Reports a profile that the database refused. */
static void
refuse_profile(void *arg, int64_t line, const char *reason)
{
	import_bad(arg, line, reason);
}

/* Fills a batch and sends it; *more is false when the file has ended. */
static enum err
load_profile_batch(struct import *im, struct directory_import *d, enum subject_kind kind,
    bool *more)
{
	struct json_object *row = NULL;
	bool full = false;

	while (!full && (row = import_row(im)) != NULL) {
		struct problems *problems = problem_new(im->row_mem);
		struct directory_entry entry;
		if (directory_read(row, kind, "", problems, &entry))
			full = directory_import_add(d, im->line, &entry);
		else
			import_bad_problems(im, im->line, problems);
	}
	*more = row != NULL;
	return directory_import_send(im->w, d, import_file_line(im->file));
}

/*
 * Reads all rows and stores them. A batch is stored while the next one is read, so the line to
 * continue from is that behind the last stored batch, until all are stored.
 */
static enum err
load_profiles(struct import *im, struct directory_import *d, enum subject_kind kind)
{
	bool more = true;
	enum err e = directory_import_begin(im->w, d);

	while (e == OK && more) {
		work_begin(im->w, instant_now(), command_actor());
		e = load_profile_batch(im, d, kind, &more);
		if (e == OK && !more)
			e = directory_import_wait(im->w, d);
		work_end(im->w);
	}
	struct directory_import_progress done = directory_import_progress(d);
	im->changed = done.changed;
	if (done.next > 0)
		im->next = done.next;
	if (e == OK)
		im->next = import_file_line(im->file);
	return e == OK ? OK : import_db_failed(im, e);
}

/* Writes the audit row and has the audiences computed again by a job. */
static enum err
finish_profiles(struct import *im, const struct directory_import *d, enum subject_kind kind)
{
	struct json_object *answer;

	work_begin(im->w, instant_now(), command_actor());
	im->w->intent.action = kind == SUBJECT_USER ? "import users" : "import devices";
	enum err e = directory_import_finish(im->w, d, im->rows, im->bad, &answer);
	if (e == OK)
		printf("experiments in effect that assay jobs maps again: %" PRId64 "\n",
		    json_object_get_int64(json_object_object_get(answer, "mapped_again")));
	work_end(im->w);
	return e == OK ? OK : import_db_failed(im, e);
}

enum err
import_profiles(struct import *im, enum subject_kind kind)
{
	struct directory_import *d = directory_import_new(im->mem, kind, refuse_profile, im);
	enum err e = load_profiles(im, d, kind);
	/* Also when loading failed: profiles of earlier batches are stored, and audiences have to
	 * follow them. */
	enum err again = im->rows > im->bad ? finish_profiles(im, d, kind) : OK;

	return e == OK ? again : e;
}
