/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The labels of form fields, found by the place of a problem. One table serves all pages: a name
 * that two pages use means the same field.
 */
#include "web/http/field_name.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A place without a leading "request"; # stands for a row number, which counts from 1 in the label
 * and from 0 in the id. A place below one of these has its label. */
static const struct {
	const char *place, *label, *id;
} fields[] = {
	{"expid", "Id", "expId"},
	{"name", "Name", "name"},
	{"description", "Description", "description"},
	{"data/startDate", "First day", "start"},
	{"data/endDate", "Last day", "end"},
	{"data/client", "Client", "client"},
	{"data/key", "Key", "key"},
	{"data/url", "Limit to URL", "url"},
	{"data/modulus", "Sample 1 in N", "modulus"},
	{"data", "When and where", "start"},
	{"traffic", "Traffic", "traffic"},
	{"state", "Initial state", "state"},
	{"criteria/user/#", "Users, row #", "u#-field"},
	{"criteria/device/#", "Devices, row #", "d#-name"},
	{"criteria/filters/#", "Devices, row #", "d#-name"},
	{"criteria/json", "As JSON", "json"},
	{"criteria", "Audience", "type"},
	{"filters", "Audience", "type"},
	{"alternatives/#", "Alternatives, row #", "a#-name"},
	{"alternatives", "Alternatives", "a0-name"},
	{"goals/#", "Goals, row #", "g#-name"},
	{"goals", "Goals", "g0-name"},
	{"layer/size", "Slots", "size"},
	{"layer", "Layer", "layer"},
	{"plan/baseline", "Baseline rate", "baseline"},
	{"plan/effect", "Minimum detectable effect", "effect"},
	{"plan/alpha", "Significance level", "alpha"},
	{"plan/power", "Power", "power"},
	{"plan", "Plan", "baseline"},
	{"default", "Alternative that everybody will see", "default"},
	{"groups/#", "Groups, row #", "g#-name"},
	{"groups", "Groups", "g0-name"},
	{"rules/#", "Rules, row #", "r#-group"},
	{"rules", "Rules", "r0-group"},
	{"context", "Context", "context"},
	{"overlap", "Groups may overlap", NULL},
	{"active", "Active", "active"},
	{"test", "How it is tested", NULL},
	{"page", "Page", "page"},
	{"id", "Id", "id"},
	{"unit", "Randomize by", "unit"},
	{"experiment", "Experiment", "experiment"},
	{"size", "Slots", "size"},
	{"slots", "Slots", "size"},
	{"group", "Group", "into"},
	{"user_id", "User", "member"},
	{"device_id", "Device", NULL},
	{"session_id", "Session", NULL},
	{"confirm", "Id to confirm", "confirm"},
	{"role", "Role", NULL},
	{"class", "Class", NULL},
	{"origins", "Pages that may use it", "origins"},
	{"days", "Days until it ends", "days"},
	{"tags", "Tags", "tags"},
	{"current", "Current password", "current"},
	{"password", "Password", "password"},
	{"again", "Repeat the new password", "again"},
	{"file", "File", "file"},
	{"after", "Page of the list", NULL},
	{"limit", "Length of the list", NULL},
};

enum { FIELDS = sizeof fields / sizeof fields[0], DIGITS = 24 };

/* How many bytes of place the pattern matches, whole parts only; 0: none. *row is the row
 * number. */
static size_t
match_length(const char *pattern, const char *place, long *row)
{
	const char *s = place;

	for (; *pattern != '\0'; pattern++) {
		size_t digits = strspn(s, "0123456789");
		if (*pattern == '#' && digits > 0 && digits < 9) {
			*row = strtol(s, NULL, 10);
			s += digits;
		} else if (*pattern == *s) {
			s++;
		} else {
			return 0;
		}
	}
	return *s == '\0' || *s == '/' ? (size_t)(s - place) : 0;
}

static const char *
with_row_number(void *ctx, const char *text, long row)
{
	const char *mark = text == NULL ? NULL : strchr(text, '#');

	if (mark == NULL)
		return text;
	return mem_printf(ctx, "%.*s%ld%s", (int)(mark - text), text, row, mark + 1);
}

struct field_name
field_name(void *ctx, const char *pointer)
{
	char *place = mem_dup(ctx, *pointer == '/' ? pointer + 1 : pointer);
	struct field_name found = {NULL, NULL};
	size_t best = 0;

	for (char *dot; (dot = strchr(place, '.')) != NULL;)
		*dot = '/';
	if (strncmp(place, "request/", strlen("request/")) == 0)
		place += strlen("request/");
	for (size_t i = 0; i < FIELDS; i++) {
		long row = 0;
		size_t n = match_length(fields[i].place, place, &row);
		if (n <= best)
			continue;
		best = n;
		found.label = with_row_number(ctx, fields[i].label, row + 1);
		found.id = with_row_number(ctx, fields[i].id, row);
	}
	return found;
}
