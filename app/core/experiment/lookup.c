/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The look-up of the device register: which experiments apply to a request, and in which order. A
 * constraint of an experiment (url, client) that differs from the request rules the experiment out;
 * an absent one does not.
 */
#include "core/experiment/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "core/experiment/modulus.h"

bool
lookup_accepts(const struct experiment *a, const struct lookup_request *who)
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
lookup_is_open(const struct experiment *a)
{
	return a->criteria == NULL || a->criteria->live ||
	    (a->audience == 0 && strcmp(a->status, "ACTIVE") == 0);
}

static int
matched_constraints(const struct match *m)
{
	return m->by_user + m->by_device + m->by_url;
}

/* Order for qsort: negative when left comes first. */
static int
compare_matches(const void *left, const void *right)
{
	const struct match *a = left;
	const struct match *b = right;

	if (matched_constraints(a) != matched_constraints(b))
		return matched_constraints(b) - matched_constraints(a);
	if (a->by_user != b->by_user)
		return b->by_user - a->by_user;
	if (a->by_device != b->by_device)
		return b->by_device - a->by_device;
	if (a->by_url != b->by_url)
		return b->by_url - a->by_url;
	return (b->experiment->nr > a->experiment->nr) - (b->experiment->nr < a->experiment->nr);
}

void
lookup_sort(struct match *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof *list, compare_matches);
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
