/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file of members as rows with the lines on which they begin.
 */
#include "handler/placement_text.h"

#include "base/csv.h"
#include "core/upload_row.h"

const char *
placement_text_open(void *ctx, struct placement_text *t, const char *text, size_t len)
{
	*t = (struct placement_text){.len = len, .csv = csv_open(ctx, text, len, &upload_row_csv)};
	t->at = csv_offset(t->csv);
	return csv_fault(t->csv);
}

bool
placement_text_next(struct placement_text *t, void *ctx, struct json_object **row,
    const char **fault, int64_t *line)
{
	bool more = csv_next(t->csv, ctx, row, fault);

	t->at = csv_offset(t->csv);
	*line = csv_line(t->csv);
	return more;
}

void
placement_text_skip(struct placement_text *t, size_t at)
{
	csv_seek(t->csv, at);
	t->at = csv_offset(t->csv);
}
