/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conditions decided on one profile, without a database. The tests hold it against criteria_sql.
 */
#include <stdlib.h>
#include <string.h>

#include "core/condition.h"

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

static int
compare(const struct condition *c, const char *value, const struct bound *b)
{
	if (c->tag == TERM_STRING)
		return strcmp(value, b->text);
	double number = strtod(value, NULL);
	return (number > b->number) - (number < b->number);
}

static bool
within(const struct condition *c, const char *value)
{
	if (c->low.set && compare(c, value, &c->low) < (c->low.open ? 1 : 0))
		return false;
	return !c->high.set || compare(c, value, &c->high) <= (c->high.open ? -1 : 0);
}

static bool
in_range(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->path);

	for (const char *rest; (rest = next_of_path(c, t, &i)) != NULL;)
		if (*rest == (char)c->tag && within(c, rest + 1))
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
