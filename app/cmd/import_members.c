/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay import members: a CSV file of any size. Each batch of rows is a transaction, so an
 * interrupted import can continue behind the last batch.
 */
#include "base/instant.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/import_rows.h"
#include "service/change.h"
#include "service/subject/membership_batch.h"
#include "store/work.h"

/* Reports the rows that failed and counts the others. */
static void
print_failed(struct import *im, const struct membership_batch *m)
{
	for (int i = 0; i < db_count(m->rows); i++)
		if (db_cell(m->rows, i, "reason") != NULL)
			import_bad(im, db_int(m->rows, i, "nr"), db_cell(m->rows, i, "reason"));
	im->changed += m->added + m->changed + m->preassigned;
}

/*
 * The change of one batch. It is not audited, because finish_import() writes one row for the whole
 * file, so it must ask for its transaction itself.
 */
static enum err
put_batch(struct work *w, void *arg, struct json_object **answer)
{
	(void)answer;
	enum err e = change_transaction(w);
	return e == OK ? membership_batch_put(arg) : e;
}

/* Stores the batch. */
static enum err
store_member_batch(struct membership_batch *m)
{
	struct json_object *none;

	return change_run(m->w, put_batch, m, &none);
}

/* Reads and stores up to one batch of rows; *more is false when the file has ended. */
static enum err
load_batch(struct import *im, struct membership_batch *m, bool *more)
{
	struct json_object *row;

	membership_batch_begin(m);
	while (m->n < MEMBERSHIP_BATCH_ROWS && (row = import_row(im)) != NULL)
		membership_batch_add(m, im->line, row, NULL);
	*more = m->n == MEMBERSHIP_BATCH_ROWS;
	enum err e = m->n == 0 ? OK : store_member_batch(m);
	if (e != OK)
		return import_db_failed(im, e);
	if (m->n > 0)
		print_failed(im, m);
	/* Only after the commit: an operator who goes on from here must not skip a row. */
	im->next = import_file_line(im->file);
	return OK;
}

/* Ends the import, also one that a signal interrupted: what it has stored is audited. */
static enum err
finish_import(struct import *im, const struct membership_batch *m)
{
	const struct membership_import in = {
		m->segmentation, m->id, im->rows, im->bad, im->changed};

	im->w->intent.action = "import members";
	enum err e = membership_import_finish(im->w, &in);
	return e == OK ? OK : import_db_failed(im, e);
}

/* Finds the segmentation, whose groups must be stored ones. */
static enum err
find_segmentation(struct import *im, struct membership_batch *m)
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
	enum err e = find_segmentation(im, &m);

	while (e == OK && more) {
		work_begin(im->w, instant_now(), command_actor());
		e = load_batch(im, &m, &more);
		if (e == OK && !more)
			e = finish_import(im, &m);
		work_end(im->w);
	}
	return e;
}
