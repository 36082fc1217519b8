/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maps SQLSTATE to an error and to what may help, as a table. A row of two characters stands for
 * its whole class; the first matching row decides.
 */
#include "store/db/sqlstate.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *state;
	enum err err;
	enum sqlstate_act act;
} rows[] = {
    {"40001", ERR_UNAVAILABLE, SQLSTATE_AGAIN}, /* serialization_failure */
    {"40P01", ERR_UNAVAILABLE, SQLSTATE_AGAIN}, /* deadlock_detected */
    {"55P03", ERR_UNAVAILABLE, SQLSTATE_AGAIN}, /* lock_not_available */
    {"23505", ERR_CONFLICT, SQLSTATE_GIVE_UP},  /* unique_violation */
    {"23P01", ERR_CONFLICT, SQLSTATE_GIVE_UP},  /* exclusion_violation */
    {"23503", ERR_INVALID, SQLSTATE_GIVE_UP},   /* foreign_key_violation */
    {"23514", ERR_INVALID, SQLSTATE_GIVE_UP},   /* check_violation */
    {"22", ERR_INVALID, SQLSTATE_GIVE_UP},      /* data exceptions */
    {"54000", ERR_INVALID, SQLSTATE_GIVE_UP},   /* program_limit_exceeded: an index row too long */
    {"57014", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},   /* query_canceled: statement_timeout */
    {"AS001", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},   /* deadline_check: too late to commit */
    {"AS002", ERR_FORBIDDEN, SQLSTATE_GIVE_UP},     /* session_authorize: no session allows it */
    {"57P01", ERR_UNAVAILABLE, SQLSTATE_RECONNECT}, /* admin_shutdown */
    {"57P02", ERR_UNAVAILABLE, SQLSTATE_RECONNECT}, /* crash_shutdown */
    {"57P03", ERR_UNAVAILABLE, SQLSTATE_RECONNECT}, /* cannot_connect_now */
    {"57P05", ERR_UNAVAILABLE, SQLSTATE_RECONNECT}, /* idle_session_timeout */
    {"25P03", ERR_UNAVAILABLE, SQLSTATE_RECONNECT}, /* idle_in_transaction_session_timeout */
    {"25006", ERR_UNAVAILABLE, SQLSTATE_RECONNECT}, /* read_only_sql_transaction: a standby */
    {"08", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},      /* connection exceptions */
    {"53", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},      /* insufficient resources: a full disk */
    {"58", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},      /* system errors: a disk that fails */
};

enum err
sqlstate_err(const char *sqlstate, enum sqlstate_act *act)
{
	*act = SQLSTATE_GIVE_UP;
	if (sqlstate == NULL || *sqlstate == '\0')
		return ERR_UNAVAILABLE;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strncmp(sqlstate, rows[i].state, strlen(rows[i].state)) != 0)
			continue;
		*act = rows[i].act;
		return rows[i].err;
	}
	return ERR_INTERNAL;
}
