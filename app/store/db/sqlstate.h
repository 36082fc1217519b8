/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_SQLSTATE_H
#define STORE_DB_SQLSTATE_H

#include "base/err.h"

/* What may help after a failure. */
enum sqlstate_act {
	SQLSTATE_GIVE_UP,   /* nothing */
	SQLSTATE_AGAIN,     /* the same again: serialization failure, deadlock, lock time-out */
	SQLSTATE_RECONNECT, /* a new connection: this one is ending, or leads to a standby */
};

/*
 * The error of a failed statement. sqlstate is the five characters from the server, or NULL when
 * there were none, as from a server that died: ERR_UNAVAILABLE.
 */
enum err sqlstate_err(const char *sqlstate, enum sqlstate_act *act);

#endif
