/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MAP_H
#define MAP_H

#include "boot.h"

/*
 * Maps every definition that is due, and ends those whose time is over. Any number of processes
 * on any number of machines may do so at once. Failures are logged and noted in the definition;
 * ERR_UNAVAILABLE when the database cannot be used.
 */
enum err map_due(struct db *db, const struct conf *conf) must_check;

#endif
