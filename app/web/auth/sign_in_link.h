/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_SIGN_IN_LINK_H
#define WEB_AUTH_SIGN_IN_LINK_H

#include "base/err.h"
#include "store/db/db.h"

/*
 * One-time sign-in links, which stand in place of default passwords: of a link only the digest is
 * kept, and it is good for a day.
 */

/* What a link is made for: q is account_add (with the role), account_reset or account_link. */
struct sign_in_link_order {
	enum query q;
	const char *name, *role;
};

/* Runs what is ordered. The path of the link on mem; NULL when q found nothing to do. */
enum err sign_in_link_make(
    struct db *db, void *mem, const struct sign_in_link_order *o, const char **path) must_check;

#endif
