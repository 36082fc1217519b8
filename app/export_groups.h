/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPORT_GROUPS_H
#define EXPORT_GROUPS_H

#include "command.h"

/* assay export groups [--context C] [--csv] */
int export_groups(const struct command *c);

#endif
