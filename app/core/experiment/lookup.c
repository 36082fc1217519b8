/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which experiments apply to who asks. A constraint that says something else than the asker
 * rules an experiment out; one that is silent does not.
 */
#include "core/experiment/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "core/experiment/modulus.h"

bool
lookup_accepts(const struct active *a, const struct asker *who)
{
	const char *unit = who->user != NULL ? who->user : who->device;

	if (strcmp(a->start, who->today) > 0 || (a->end != NULL && strcmp(a->end, who->today) < 0))
		return false;
	if (a->url != NULL && (who->url == NULL || strcmp(a->url, who->url) != 0))
		return false;
	if (a->client != NULL && (who->client == NULL || strcmp(a->client, who->client) != 0))
		return false;
	return modulus_includes(unit, a->modulus);
}

bool
lookup_is_open(const struct active *a)
{
	return a->criteria == NULL || a->criteria->live ||
	    (a->audience == 0 && strcmp(a->status, "ACTIVE") == 0);
}

static int
constraints(const struct match *m)
{
	return m->by_user + m->by_device + m->by_url;
}

/* Negative when a comes first. */
static int
compare(const void *left, const void *right)
{
	const struct match *a = left;
	const struct match *b = right;

	if (constraints(a) != constraints(b))
		return constraints(b) - constraints(a);
	if (a->by_user != b->by_user)
		return b->by_user - a->by_user;
	if (a->by_device != b->by_device)
		return b->by_device - a->by_device;
	if (a->by_url != b->by_url)
		return b->by_url - a->by_url;
	return (b->active->nr > a->active->nr) - (b->active->nr < a->active->nr);
}

void
lookup_sort(struct match *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof *list, compare);
}

const char *
lookup_client(const char *producer)
{
	if (producer == NULL)
		return NULL;
	const char *dot = strrchr(producer, '.');
	const char *client = dot == NULL ? producer : dot + 1;
	return *client == '\0' ? NULL : client;
}
