/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of a subject: everything decisions need to know of it, from the cache or by one query,
 * and the look-up from the audiences in a record to the experiments that apply. The cost of a
 * look-up depends on the subject, not on the number of definitions.
 *
 * A record and the set of experiments are only used together when neither is older than the other
 * (subject_record_snapshot); the generation numbers of both tell.
 */
#include "service/decision/subject_record.h"

#include "base/json.h"
#include "base/json_trusted.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/subject/subject.h"
#include "service/decision/experiment_set.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "store/work.h"

/* Audiences may change between two reads, but not so often. */
enum { TRIES = 8 };

/* The generation of definitions as of which the record was read. */
static int64_t
generation_of(struct json_object *record)
{
	return json_object_get_int64(json_object_object_get(record, "generation"));
}

/*
 * Reads the record from the database. address: of the client, whose location is then in the record
 * as `place`; NULL: none.
 */
static enum err
read_record(struct work *w, const char *subject, const char *address, struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_subject_record,
	    (const char *const[]){subject, address}, &rows);

	if (e == OK)
		*out = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

enum err
subject_record_find(struct work *w, struct record_slot *slot, struct json_object **out)
{
	const struct experiment_set *all;
	enum err e = experiment_set_get(w, 0, &all);

	*out = NULL;
	if (e != OK)
		return e;
	const char *payload = record_find(w->records, w->mem, slot);
	if (payload == NULL)
		return OK;
	*out = mem_json(w->mem, json_parse_trusted(payload));
	/* A record from before the last change of an audience does not reflect it. */
	if (*out != NULL && generation_of(*out) < all->audience_generation)
		*out = NULL;
	return OK;
}

enum err
subject_record_read(struct work *w, struct record_slot *slot, const char *address,
    struct json_object **out, bool *offer)
{
	enum err e = subject_record_find(w, slot, out);

	*offer = e == OK && *out == NULL;
	return *offer ? read_record(w, slot->subject, address, out) : e;
}

enum err
subject_record_read_many(struct work *w, const char *const subjects[], size_t n,
    struct json_object *out[])
{
	const char *list = pgtype_array(w->mem, subjects, n);
	struct db_rows *rows;

	if (n == 1)
		return read_record(w, subjects[0], NULL, &out[0]);
	enum err e = db_query(w->db, w->mem, QUERY_subject_record_many, &list, &rows);
	for (size_t i = 0; e == OK && i < n; i++)
		out[i] = mem_json(w->mem, db_row_json(rows, (int)i));
	return e;
}

void
subject_record_offer(struct work *w, struct record_slot *slot, struct json_object *record)
{
	json_remove(record, "place");
	record_fill(w->records, slot,
	    json_plain(record));
}

enum err
subject_record_get(struct work *w, const char *subject, struct json_object **out)
{
	struct record_slot slot = {.kind = RECORD_SUBJECT, .subject = subject, .now = w->now};
	bool offer;
	enum err e = subject_record_read(w, &slot, NULL, out, &offer);

	if (e == OK && offer)
		subject_record_offer(w, &slot, *out);
	return e;
}

/* A look-up under way. */
struct lookup {
	const struct experiment_set *all;
	const struct lookup_request *who;
	struct found *out;
};

/*
 * Adds an experiment, or, if it is there, notes that the other subject is in its audience, too.
 */
static void
add_match(struct lookup *g, const struct experiment *a, bool by_user, bool by_device)
{
	for (size_t i = 0; i < g->out->n; i++) {
		struct match *m = &g->out->list[i];
		if (m->experiment != a)
			continue;
		m->by_user = m->by_user || by_user;
		m->by_device = m->by_device || by_device;
		return;
	}
	if (lookup_accepts(a, g->who))
		g->out->list[g->out->n++] = (struct match){a, by_user, by_device, a->url != NULL};
}

/* Adds the experiments whose audience in effect the record is in. */
static void
add_audience_matches(struct lookup *g, struct json_object *record, bool user)
{
	struct json_object *rows = json_object_object_get(record, "audience");

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		const struct experiment *a = experiment_set_find(g->all,
		    json_object_get_int64(json_item(row, 0)));
		int64_t version = json_object_get_int64(json_item(row, 1));
		if (a != NULL && a->criteria != NULL && a->audience == version)
			add_match(g, a, user, !user);
	}
}

/* Whether an audience has changed since the record was read. */
static bool
is_outdated(const struct experiment_set *all, struct json_object *record)
{
	return record != NULL && generation_of(record) < all->audience_generation;
}

enum err
subject_record_snapshot(struct work *w, const char *const subjects[], size_t n,
    struct json_object *records[], const struct experiment_set **all)
{
	enum err e = OK;

	for (int attempt = 0; attempt < TRIES && e == OK; attempt++) {
		int64_t newest = 0;
		bool agreed = true;
		for (size_t i = 0; i < n; i++)
			if (generation_of(records[i]) > newest)
				newest = generation_of(records[i]);
		e = experiment_set_get(w, newest, all);
		for (size_t i = 0; e == OK && i < n; i++) {
			if (!is_outdated(*all, records[i]))
				continue;
			agreed = false;
			e = subject_record_get(w, subjects[i], &records[i]);
		}
		if (agreed)
			return e;
	}
	return e;
}

bool
subject_record_in_audience(struct json_object *record, const struct experiment *a)
{
	struct json_object *rows = json_object_object_get(record, "audience");

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		if (json_object_get_int64(json_item(row, 0)) == a->nr &&
		    json_object_get_int64(json_item(row, 1)) == a->audience)
			return true;
	}
	return lookup_is_open(a);
}

enum err
subject_record_matches(struct work *w, const struct lookup_request *who,
    struct json_object *records[2], struct found *out)
{
	struct lookup g = {.who = who, .out = out};
	bool user = records[1] != NULL;
	const char *subjects[] = {subject_text(w->mem, SUBJECT_DEVICE, who->device),
	    user ? subject_text(w->mem, SUBJECT_USER, who->user) : NULL};
	enum err e = subject_record_snapshot(w, subjects, user ? 2 : 1, records, &g.all);

	if (e != OK)
		return e;
	*out = (struct found){0, mem_array(w->mem, struct match, g.all->n + 1)};
	add_audience_matches(&g, records[0], false);
	if (user)
		add_audience_matches(&g, records[1], true);
	for (size_t i = 0; i < g.all->open_n; i++)
		add_match(&g, g.all->open[i], false, false);
	lookup_sort(out->list, out->n);
	return OK;
}

/* Whether a member of the record is missing or an empty list. */
static bool
is_empty_list(struct json_object *record, const char *name)
{
	struct json_object *list = json_object_object_get(record, name);

	return !json_object_is_type(list, json_type_array) || json_items(list) == 0;
}

bool
subject_record_is_new(struct json_object *record)
{
	return json_object_object_get(record, "attributes") == NULL &&
	    is_empty_list(record, "enrolments") && is_empty_list(record, "memberships") &&
	    is_empty_list(record, "tags");
}

bool
subject_record_enrolment(struct json_object *record, int64_t nr, struct enrolled *out)
{
	struct json_object *rows = json_object_object_get(record, "enrolments");

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		if (json_object_get_int64(json_item(row, 0)) != nr)
			continue;
		out->alternative = json_object_get_int(json_item(row, 1));
		out->forced = json_object_get_boolean(json_item(row, 2));
		return true;
	}
	return false;
}

enum err
subject_record_load(struct work *w, struct visitor *who)
{
	const struct experiment_set *all;
	enum err e = subject_record_get(w, who->subject, &who->record);

	return e == OK ? subject_record_snapshot(w, &who->subject, 1, &who->record, &all) : e;
}
