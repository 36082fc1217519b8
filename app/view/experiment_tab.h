/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_EXPERIMENT_TAB_H
#define VIEW_EXPERIMENT_TAB_H

#include <json-c/json.h>

/*
 * The model with which a page of an experiment begins, on mem: {tab: {<tab>: true}, definition, and
 * what every tab shows above: name, description, status, state}, besides its state and status as
 * the one member of `is` and `in`.
 */
struct json_object *experiment_tab_model(
    void *mem, struct json_object *definition, const char *tab);

#endif
