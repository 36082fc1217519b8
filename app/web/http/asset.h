/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_ASSET_H
#define WEB_HTTP_ASSET_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends the text of a template in which each "/assets/NAME" is followed by ?v= and the start of
 * a digest of dir/assets/NAME, so that browsers may cache it for ever. ERR_NOT_FOUND when a file
 * cannot be read; *missing is then its name, on out.
 */
enum err asset_add_versions(const char *dir, const struct buf *text, struct buf *out,
    const char **missing) must_check;

#endif
