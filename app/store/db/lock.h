/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_LOCK_H
#define STORE_DB_LOCK_H

/*
 * Classes of advisory locks: the first key of a lock of two keys, by what is locked. SQL names them
 * by lock_class() (sql/function/lock_class.sql); what each is for stands in sql/README.md. Lint
 * compares the three. A number is never used again for something else.
 */
enum lock_class {
	LOCK_AUDIENCE_WRITER = 4702111,
	LOCK_AUDIENCE_JOB = 4702112,
	LOCK_SUBJECT = 4702114,
	LOCK_UPLOAD = 4702116,
	LOCK_PREASSIGNED = 4702117,
	LOCK_RESULT_FOLD = 4702118,
};

#endif
