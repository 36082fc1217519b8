/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_PASSWORD_H
#define WEB_AUTH_PASSWORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct ctx;

/*
 * Passwords, checked within bounds: tries by account and by address, and how many all workers
 * together hash at once (c->hashing), for each takes 64 MiB.
 */

enum { PASSWORD_HASHES = 2 };

/* The places in which passwords are hashed, each with the process that is in it; 0: free. */
struct password_places {
	_Atomic pid_t holder[PASSWORD_HASHES];
};

/* Takes a place for this process; false when all are taken. */
bool password_enter(struct password_places *p);

/* Frees the place of a process: at the end of a hash, or by the parent once that process has died
 * and before its number can be used again. */
void password_leave(struct password_places *p, pid_t pid);

/* The account of a name, as a check found it. */
struct password_owner {
	const char *id;     /* NULL: there is no such account */
	const char *stored; /* NULL: it has no password */
	const char *fresh;  /* after password_check: the same, hashed as one would today; or NULL */
	bool disabled;
};

/* Who has that name. */
enum err password_find(struct ctx *c, const char *name, struct password_owner *out) must_check;

/*
 * Whether given is the owner's password, in a time that does not tell whether there is an owner.
 * ERR_INVALID, without a problem; ERR_THROTTLED after too many failures: of this name from the
 * caller's network (peer_network), of that network, or of this name from anywhere. Names that
 * nobody has are counted alike.
 */
enum err password_check(struct ctx *c, const char *name, struct password_owner *owner,
    const char *given) must_check;

/* Hashes password, to a text on c->w.mem. ERR_UNAVAILABLE while too many others do. */
enum err password_hash(struct ctx *c, const char *password, const char **out) must_check;

#endif
