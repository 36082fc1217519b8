/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_SQLSTATE_H
#define STORE_DB_SQLSTATE_H

#include "base/err.h"

/* What may help after a failure. */
enum sqlstate_act {
	SQLSTATE_GIVE_UP,   /* nothing */
	SQLSTATE_AGAIN,     /* the same once more: serialisation, deadlock, lock time-out */
	SQLSTATE_RECONNECT, /* another connection: this one is ending, or leads to a standby */
};

/*
 * What a failed statement means. sqlstate is the five characters of the server, or NULL when it
 * had none to give, which is what a dead server really gives: ERR_UNAVAILABLE.
 */
enum err sqlstate_err(const char *sqlstate, enum sqlstate_act *act);

#endif
