/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_EXPORT_GROUPS_H
#define CMD_EXPORT_GROUPS_H

#include "cmd/command.h"

/* assay export groups [--context C] [--csv] */
int export_groups(const struct command *c);

#endif
