/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conditions decided on one profile, without a database. The tests hold it against criteria_sql.
 */
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "core/audience/condition.h"

static bool
has_any(const struct condition *c, const struct terms *t)
{
	for (size_t i = 0; i < c->wanted; i++)
		if (terms_has(t, c->terms[i]))
			return true;
	return false;
}

/* What stands behind the path in its terms, one after the other; NULL at the end. */
static const char *
next_of_path(const struct condition *c, const struct terms *t, size_t *i)
{
	size_t n = strlen(c->path);

	for (; *i < t->n && strncmp(t->list[*i], c->path, n) == 0; ++*i) {
		const char *rest = t->list[*i] + n;
		if (strchr("=#?@!.", *rest) == NULL || *rest == '\0')
			continue;
		++*i;
		return rest;
	}
	return NULL;
}

static bool
is_null(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->path);

	return next_of_path(c, t, &i) == NULL;
}

static bool
is_empty(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->path);

	for (const char *rest; (rest = next_of_path(c, t, &i)) != NULL;)
		if (*rest != TERM_EMPTY && strcmp(rest, "=") != 0)
			return false;
	return true;
}

static bool
within(const struct condition *c, const char *value)
{
	int (*order)(const char *, const char *) =
	    c->tag == TERM_STRING ? strcmp : decimal_compare;

	if (c->low.set && order(value, c->low.text) < (c->low.open ? 1 : 0))
		return false;
	return !c->high.set || order(value, c->high.text) <= (c->high.open ? -1 : 0);
}

/*
 * Whether the value of a term, from its tag on, is within the bounds: numbers and numeric texts by
 * value, as instants where the bounds are dates.
 */
static bool
passes(const struct condition *c, const char *rest)
{
	int64_t at;

	if (*rest == (char)c->tag && (c->tag != TERM_NUMBER || decimal_is_valid(rest + 1)))
		return within(c, rest + 1);
	if (c->tag == TERM_STRING || (*rest != TERM_NUMBER && *rest != TERM_STRING) ||
	    !decimal_is_valid(rest + 1))
		return false;
	if (c->tag == TERM_NUMBER)
		return within(c, rest + 1);
	if (!decimal_instant(rest + 1, &at))
		return false;
	char *text = mem_printf(NULL, "%lld", (long long)at);
	bool good = within(c, text);
	talloc_free(text);
	return good;
}

static bool
in_range(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->path);

	for (const char *rest; (rest = next_of_path(c, t, &i)) != NULL;)
		if (passes(c, rest))
			return true;
	return false;
}

static bool
has_prefix(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->prefix);

	return i < t->n && strncmp(t->list[i], c->prefix, strlen(c->prefix)) == 0;
}

bool
condition_holds(const struct condition *c, const struct terms *t)
{
	switch (c->op) {
	case CONDITION_ANY:
		return has_any(c, t);
	case CONDITION_NONE:
		return !has_any(c, t);
	case CONDITION_NOT_EQUAL:
		return !has_any(c, t) && !is_null(c, t);
	case CONDITION_NULL:
		return is_null(c, t);
	case CONDITION_NOT_NULL:
		return !is_null(c, t);
	case CONDITION_EMPTY:
		return is_empty(c, t);
	case CONDITION_NOT_EMPTY:
		return !is_empty(c, t);
	case CONDITION_RANGE:
		return in_range(c, t);
	case CONDITION_PREFIX:
		return has_prefix(c, t);
	}
	return false;
}
