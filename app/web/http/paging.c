/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paging of lists: how every route with a list reads its parameters and links to the next page.
 */
#include "web/http/paging.h"

#include "base/num.h"
#include "web/http/ctx.h"

enum err
paging_int(struct ctx *c, const char *name, struct paging_bounds bounds, int64_t *out)
{
	const char *text = req_query(&c->req, name);

	if (text == NULL || num_int(text, bounds.least, bounds.most, out))
		return OK;
	return fail(&c->w, ERR_INVALID, name, "must be a whole number from %lld to %lld",
	    (long long)bounds.least, (long long)bounds.most);
}

enum err
paging_read(struct ctx *c, int64_t standard, struct paging *out)
{
	*out = (struct paging){.after = req_query(&c->req, "after"), .limit = standard};
	return paging_int(c, "limit", (struct paging_bounds){1, PAGING_MOST}, &out->limit);
}

void
paging_next(struct ctx *c, const char *next)
{
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
	if (next != NULL)
		c->next = req_with(c, "after", next);
}
