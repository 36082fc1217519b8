/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table that maps an error to its HTTP status, its stable name and its title. Clients and the
 * log rely on the names, so a row may be added but not renamed.
 */
#include "base/err.h"

#include <assert.h>

static const struct err_info infos[ERR__MAX] = {
	[OK] = {200, "ok", "OK"},
	[ERR_SYNTAX] = {400, "bad-request", "The request cannot be read"},
	[ERR_UNAUTHORIZED] = {401, "unauthorized", "A valid key is required"},
	[ERR_FORBIDDEN] = {403, "forbidden", "Not allowed"},
	[ERR_NOT_FOUND] = {404, "not-found", "Not found"},
	[ERR_METHOD] = {405, "method-not-allowed", "Method not allowed"},
	[ERR_CONFLICT] = {409, "conflict", "Conflict with the current state"},
	[ERR_PRECONDITION] = {412, "precondition-failed", "Changed since it was read"},
	[ERR_TOO_LARGE] = {413, "too-large", "The body is too large"},
	[ERR_MEDIA_TYPE] = {415, "unsupported-media-type", "Unsupported content type"},
	[ERR_INVALID] = {422, "invalid", "Some values are not valid"},
	[ERR_THROTTLED] = {429, "throttled", "Too many requests"},
	[ERR_UNAVAILABLE] = {503, "unavailable", "Not available at the moment"},
	[ERR_INTERNAL] = {500, "internal", "Internal error"},
};

const struct err_info *
err_info(enum err e)
{
	assert(e >= OK && e < ERR__MAX);
	return &infos[e];
}
