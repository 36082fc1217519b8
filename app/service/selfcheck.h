/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SELFCHECK_H
#define SERVICE_SELFCHECK_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * What the self-checks say, as a list on w->mem with one element for each kind of subject:
 * {kind, arms: [{name, participants}, ..], goal (null: none yet), split: {ok, p_any_time},
 * days: [{day, p}, ..], uniform: {days, distance, p, ok}, verdict: {text, state}, ok}. days are the
 * whole days of the last 28; p is null where too few converted. Empty while `selfcheck` is off,
 * and until the jobs have made them. ok: nothing in it speaks against the installation.
 */
enum err selfcheck_read(struct work *w, struct json_object **list) must_check;

#endif
