/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compiles criteria to SQL over the terms of profiles, so that one statement evaluates a million of
 * them. The text consists of the fixed fragments below and parameter numbers; no byte of a filter
 * reaches it. The result must agree with condition_holds; the functions term_number and
 * term_instant in sql/ read terms as decimal_instant and decimal_compare do.
 */
#include "core/audience/criteria.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"

struct compiler {
	void *ctx;
	struct buf *sql;
	struct criteria_params *params;
};

/* Adds value as the next parameter and appends its number. */
static void
add_param(const struct compiler *k, const char *value)
{
	k->params->list[k->params->n++] = value;
	buf_printf(k->sql, "$%zu", k->params->n);
}

/*
 * "One of the wanted terms is there", which the GIN index on terms answers. Terms hold any byte but
 * NUL; passed as a JSON array they need no quoting rules for PostgreSQL arrays.
 */
static void
add_any_term(const struct compiler *k, const struct condition *c)
{
	struct json_object *list = mem_json(k->ctx, json_object_new_array());

	for (size_t i = 0; i < c->wanted; i++)
		json_object_array_add(list, json_object_new_string(c->terms[i]));
	buf_str(k->sql, "p.terms && array(select jsonb_array_elements_text(");
	add_param(k, json_plain(list));
	buf_str(k->sql, "::jsonb))");
}

/*
 * Opens "a term begins with the prefix, and the rest of it (v.rest) ..."; the caller appends the
 * test of the rest and the closing parenthesis.
 */
static void
open_exists_value(const struct compiler *k, const char *prefix)
{
	buf_str(k->sql, "exists (select from (select substr(t, 1 + length(f.prefix)) as rest "
	    "from unnest(p.terms) as t, (select ");
	add_param(k, prefix);
	buf_str(k->sql, "::text as prefix) as f where starts_with(t, f.prefix)) as v where ");
}

static void
add_not_null(const struct compiler *k, const struct condition *c)
{
	open_exists_value(k, c->path);
	buf_str(k->sql, "left(v.rest, 1) in ('=', '#', '?', '@', '!', '.'))");
}

static void
add_not_empty(const struct compiler *k, const struct condition *c)
{
	open_exists_value(k, c->path);
	buf_str(k->sql, "left(v.rest, 1) in ('=', '#', '?', '@', '.') and v.rest <> '=')");
}

static void
add_bound(const struct compiler *k, const struct condition *c, const struct bound *b, bool upper)
{
	static const char *const ops[2][2] = {{" >= ", " > "}, {" <= ", " < "}};

	if (!b->set)
		return;
	buf_str(k->sql, c->tag == TERM_STRING ? " and v.rest collate \"C\"" : " and x.value");
	buf_str(k->sql, ops[upper][b->open]);
	add_param(k, b->text);
	buf_str(k->sql, c->tag == TERM_STRING ? "::text" : "::numeric");
}

static void
add_range(const struct compiler *k, const struct condition *c)
{
	bool text = c->tag == TERM_STRING;

	if (text)
		open_exists_value(k, mem_printf(k->ctx, "%s%c", c->path, c->tag));
	else {
		open_exists_value(k, c->path);
		buf_printf(k->sql, "exists (select from %s(v.rest) as x (value) where ",
		    c->tag == TERM_NUMBER ? "term_number" : "term_instant");
	}
	buf_str(k->sql, "true");
	add_bound(k, c, &c->low, false);
	add_bound(k, c, &c->high, true);
	buf_str(k->sql, text ? ")" : "))");
}

static void
add_condition(const struct compiler *k, const struct condition *c)
{
	bool negated = c->op == CONDITION_NONE || c->op == CONDITION_NOT_EQUAL ||
	    c->op == CONDITION_NULL || c->op == CONDITION_EMPTY;

	buf_str(k->sql, negated ? " and not (" : " and (");
	switch (c->op) {
	case CONDITION_ANY:
	case CONDITION_NONE:
	case CONDITION_NOT_EQUAL:
		add_any_term(k, c);
		break;
	case CONDITION_NULL:
	case CONDITION_NOT_NULL:
		add_not_null(k, c);
		break;
	case CONDITION_EMPTY:
	case CONDITION_NOT_EMPTY:
		add_not_empty(k, c);
		break;
	case CONDITION_RANGE:
		add_range(k, c);
		break;
	case CONDITION_PREFIX:
		open_exists_value(k, c->prefix);
		buf_str(k->sql, "true)");
		break;
	}
	buf_str(k->sql, ")");
	if (c->op != CONDITION_NOT_EQUAL)
		return;
	buf_str(k->sql, " and (");
	add_not_null(k, c);
	buf_str(k->sql, ")");
}

/* Whether the condition compares numbers or dates, which the database has to read from texts. */
static bool
compares_values(const struct condition *c)
{
	return c->op == CONDITION_RANGE && c->tag != TERM_STRING;
}

static void
add_all_conditions(const struct compiler *k, const struct criteria *c, bool compared)
{
	/* ';' is the byte after ':', so each kind is a range of the primary key. */
	buf_str(k->sql, c->kind == SUBJECT_USER ? "p.subject_id >= 'u:' and p.subject_id < 'u;'"
	                                        : "p.subject_id >= 'd:' and p.subject_id < 'd;'");
	for (size_t i = 0; i < c->n; i++)
		if (compared || !compares_values(&c->list[i]))
			add_condition(k, &c->list[i]);
}

void
criteria_sql(void *ctx, const struct criteria *c, struct buf *sql, struct criteria_params *params)
{
	add_all_conditions(&(struct compiler){ctx, sql, params}, c, true);
}

void
criteria_sql_uncompared(
    void *ctx, const struct criteria *c, struct buf *sql, struct criteria_params *params)
{
	add_all_conditions(&(struct compiler){ctx, sql, params}, c, false);
}

struct json_object *
criteria_compared(void *ctx, const struct criteria *c)
{
	struct json_object *fields = mem_json(ctx, json_object_new_array());

	for (size_t i = 0; i < c->n; i++) {
		const struct condition *one = &c->list[i];
		if (!compares_values(one))
			continue;
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "field", json_object_new_string(one->name));
		json_object_object_add(o, "path", json_object_new_string(one->path));
		json_object_object_add(
		    o, "date", json_object_new_boolean(one->tag == TERM_INSTANT));
		json_object_array_add(fields, o);
	}
	return fields;
}
