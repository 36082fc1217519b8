/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LINK_H
#define LINK_H

#include "base/err.h"
#include "store/db.h"

/*
 * One-time sign-in links, which stand in place of default passwords: of a link only the digest is
 * kept, and it is good for a day.
 */

/* What a link is made for: q is account_add (with the role), account_reset or account_link. */
struct link_order {
	enum query q;
	const char *name, *role;
};

/* Runs what is ordered. The path of the link on mem; NULL when q found nothing to do. */
enum err link_make(struct db *db, void *mem, const struct link_order *o, const char **path)
    must_check;

#endif
