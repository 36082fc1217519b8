/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_PAGE_EXPERIMENT_EXPERIMENT_TABS_H
#define HANDLER_PAGE_EXPERIMENT_EXPERIMENT_TABS_H

#include "base/err.h"

struct ctx;

/*
 * Begins the page of the experiment that the path names: a model with its definition, as
 * `definition`, its state and status as the one member of `is` and `in`, and what every tab shows
 * above. ERR_NOT_FOUND.
 */
enum err experiment_tabs_load(struct ctx *c, const char *tab) must_check;

#endif
