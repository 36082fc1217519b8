/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a CSV file of members row by row, with the line on which each row begins and the byte
 * offset from which a job can resume.
 */
#include "service/subject/members_csv.h"

#include "base/csv/csv.h"
#include "core/subject/upload_row.h"

const char *
members_csv_open(void *ctx, struct members_csv *t, const char *text, size_t len)
{
	*t = (struct members_csv){.len = len, .csv = csv_open(ctx, text, len, &upload_row_csv)};
	t->at = csv_offset(t->csv);
	return csv_fault(t->csv);
}

bool
members_csv_next(struct members_csv *t, void *ctx, struct json_object **row,
    const char **fault, int64_t *line)
{
	bool more = csv_next(t->csv, ctx, row, fault);

	t->at = csv_offset(t->csv);
	*line = csv_line(t->csv);
	return more;
}

void
members_csv_skip(struct members_csv *t, size_t at)
{
	csv_seek(t->csv, at);
	t->at = csv_offset(t->csv);
}
