/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decimal integers from outside. strtoll alone would accept leading white space, a plus sign and
 * trailing text.
 */
#include "base/num.h"

#include <errno.h>
#include <stdlib.h>

bool
num_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
	const char *digit = s[0] == '-' && min < 0 ? s + 1 : s;

	if (*digit < '0' || *digit > '9')
		return false;
	errno = 0;
	char *end;
	long long v = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return false;
	*out = v;
	return true;
}
