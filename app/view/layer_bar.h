/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_LAYER_BAR_H
#define VIEW_LAYER_BAR_H

#include <json-c/json.h>

/*
 * Adds to a layer {members: [{experiment, slots: [[first, last], ..]}, ..]} the drawing of its
 * slots on a bar 600 units wide: bars [{number, experiment, first, last, series, x, w, label}].
 * Experiments are numbered from 1 on.
 */
void layer_bar_add(struct json_object *layer);

#endif
