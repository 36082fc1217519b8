/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file of members of any size: the rows go the way of an upload, a batch a transaction.
 */
#include "base/instant.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/import_rows.h"
#include "service/change.h"
#include "service/subject/membership_batch.h"
#include "store/work.h"

static void
tell_failed(struct import *im, const struct membership_batch *m)
{
	for (int i = 0; i < db_count(m->rows); i++)
		if (db_cell(m->rows, i, "reason") != NULL)
			import_bad(im, db_int(m->rows, i, "nr"), db_cell(m->rows, i, "reason"));
	im->changed += m->added + m->changed + m->preassigned;
}

static enum err
put_batch(struct work *w, void *arg, struct json_object **answer)
{
	(void)answer;
	enum err e = change_transaction(w);
	return e == OK ? membership_batch_put(arg) : e;
}

static enum err
store(struct membership_batch *m)
{
	struct json_object *none;

	return change_run(m->w, put_batch, m, &none);
}

/* Up to a batch of rows; *more false when the file is through. */
static enum err
load_batch(struct import *im, struct membership_batch *m, bool *more)
{
	struct json_object *row;

	membership_batch_begin(m);
	while (m->n < MEMBERSHIP_BATCH_ROWS && (row = import_row(im)) != NULL)
		membership_batch_add(m, im->line, row, NULL);
	*more = m->n == MEMBERSHIP_BATCH_ROWS;
	enum err e = m->n == 0 ? OK : store(m);
	if (e != OK)
		return import_db_failed(im, e);
	if (m->n > 0)
		tell_failed(im, m);
	im->next = import_file_line(im->file);
	return OK;
}

static enum err
finish_import(struct import *im, const struct membership_batch *m)
{
	const struct membership_import in = {
		m->segmentation, m->id, im->rows, im->bad, im->changed};

	im->w->intent.action = "import members";
	enum err e = membership_import_finish(im->w, &in);
	return e == OK ? OK : import_db_failed(im, e);
}

static enum err
find(struct import *im, struct membership_batch *m)
{
	struct db_rows *rows;
	enum err e = db_query(im->db, im->mem, QUERY_membership_target, &m->id, &rows);

	if (e != OK)
		return import_db_failed(im, e);
	if (db_count(rows) == 0) {
		fprintf(stderr, "assay import: no segmentation `%s` whose groups are stored\n",
		    m->id);
		return ERR_NOT_FOUND;
	}
	m->segmentation = db_cell(rows, 0, "nr");
	m->context = db_cell(rows, 0, "context");
	return OK;
}

enum err
import_members(struct import *im, const char *segmentation)
{
	struct membership_batch m = {.w = im->w, .id = segmentation, .by = "assay import"};
	bool more = true;
	enum err e = find(im, &m);

	while (e == OK && more) {
		work_begin(im->w, instant_now(), command_actor());
		e = load_batch(im, &m, &more);
		if (e == OK && !more)
			e = finish_import(im, &m);
		work_end(im->w);
	}
	return e;
}
