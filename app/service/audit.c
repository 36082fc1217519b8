/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit log: who changed what, kept for ever. A row is written in the transaction of its
 * change, so neither exists without the other. The subjects that a row concerns are in a column of
 * their own, by which an erasure finds the rows (audit_forget in the database) and blanks what they
 * say.
 */
#include "service/audit.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/subject/subject.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

enum { KEPT_MOST = 65536, SUBJECT_DIGITS = 16, HASH_KEY_MOST = 64 };

const char *
audit_subject(struct work *w, const char *subject)
{
	char hash[HASH_HEX];
	size_t n = strlen(w->conf->log_key);

	hash_hex(subject, strlen(subject), w->conf->log_key,
	    n > HASH_KEY_MOST ? HASH_KEY_MOST : n, hash);
	return mem_dupn(w->mem, hash, SUBJECT_DIGITS);
}

/* The text of o; a remark where it is too long to be kept, NULL for NULL. */
static const char *
kept_text(struct json_object *o)
{
	const char *text = json_plain(o);

	return text != NULL && strlen(text) > KEPT_MOST ? "\"too long to be kept\"" : text;
}

/* Whether a member of an answer is a secret that is shown once. */
static bool
is_secret(const char *name)
{
	return strcmp(name, "once") == 0;
}

struct json_object *
audit_without_secrets(struct work *w, struct json_object *answer)
{
	struct json_object *out = mem_json(w->mem, json_object_new_object());

	if (!json_object_is_type(answer, json_type_object))
		return answer;
	json_object_object_foreach(json_members(answer), name, value) {
		if (!is_secret(name))
			json_object_object_add(out, name, json_object_get(value));
	}
	return out;
}

/*
 * The target of the row: what the operation named, else the digest of the only subject, else the id
 * that the answer has.
 */
static const char *
target_name(struct work *w, const struct audit_entry *entry)
{
	static const char *const names[] = {"expId", "id", "name"};

	if (entry->target != NULL)
		return entry->target;
	if (entry->subject_count == 1)
		return audit_subject(w, entry->subjects[0]);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (json_text(entry->after, names[i]) != NULL)
			return json_text(entry->after, names[i]);
	return NULL;
}

/*
 * Writes a row with the status that outcome has in HTTP, which is also how commands and jobs are
 * logged.
 */
static enum err
insert_audit_row(struct work *w, const char *action, enum err outcome,
    const struct audit_entry *entry)
{
	const char *now = work_now_text(w);
	const struct actor *a = &w->actor;

	const char *params[] = {now, a->account != NULL ? a->account : a->command, a->key_id,
		action, target_name(w, entry), mem_printf(w->mem, "%d", err_info(outcome)->status),
		kept_text(entry->before), kept_text(audit_without_secrets(w, entry->after)),
		w->intent.request_id,
		pgtype_array(w->mem, entry->subjects, entry->subject_count)};
	return db_query(w->db, w->mem, QUERY_audit_add, params, NULL);
}

enum err
audit_add(struct work *w, const struct audit_entry *entry)
{
	enum err e = insert_audit_row(w, w->intent.action, OK, entry);

	/* A row that cannot be written is never the fault of the caller's input. */
	return e == OK || e == ERR_UNAVAILABLE ? e : ERR_INTERNAL;
}

void
audit_refusal(struct work *w, const char *action, const char *target)
{
	struct audit_entry entry = {.target = target};

	if (insert_audit_row(w, action, ERR_FORBIDDEN, &entry) != OK)
		log_say(LOG_ERROR, "audit_lost", "refused: %s %s", action,
		    target != NULL ? target : "-");
}

/* ERR_INVALID unless after is NULL or the number of a row. */
static enum err
check_audit_position(struct work *w, const char *after)
{
	int64_t number;

	return after == NULL || num_int(after, 1, INT64_MAX, &number)
	    ? OK : fail(w, ERR_INVALID, "after", "must be a whole number");
}

/* The rows of q as an array. */
static enum err
read_audit_rows(struct work *w, enum query q, const char *const params[], struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, q, params, &rows);

	*out = mem_json(w->mem, json_object_new_array());
	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(*out, db_row_json(rows, i));
	return e;
}

/* The `after` of the next page; NULL when this one is not full. */
static const char *
next_audit_row(struct json_object *list, int64_t limit)
{
	size_t n = json_items(list);

	return n == 0 || n < (size_t)limit
	    ? NULL
	    : json_object_get_string(json_object_object_get(json_item(list, n - 1), "nr"));
}

enum err
audit_list(struct work *w, const struct audit_page *page, struct json_object **out,
    const char **next)
{
	const char *params[] = {page->after, page->account, page->target,
		mem_printf(w->mem, "%lld", (long long)page->limit)};
	enum err e = check_audit_position(w, page->after);

	if (e == OK)
		e = read_audit_rows(w, QUERY_audit_list, params, out);
	if (e == OK)
		*next = next_audit_row(*out, page->limit);
	return e;
}

enum err
audit_experiment_list(struct work *w, const struct audit_page *page, struct json_object **out,
    const char **next)
{
	const char *params[] = {
		page->target, page->after, mem_printf(w->mem, "%lld", (long long)page->limit)};
	enum err e = check_audit_position(w, page->after);

	if (e == OK)
		e = read_audit_rows(w, QUERY_experiment_history, params, out);
	if (e == OK)
		*next = next_audit_row(*out, page->limit);
	return e;
}
