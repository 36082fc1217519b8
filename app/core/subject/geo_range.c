/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads rows of location tables, which map ranges of IP addresses to places. Addresses are compared
 * as bytes, the family first.
 */
#include "core/subject/geo_range.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"

static const char *const columns[] = {
	"network", "first", "last", "state", "district", "city", "country", NULL};
static const char *const required[] = {"network|first", NULL};

const struct csv_rules geo_range_csv = {columns, required, false};

static bool
read_address(const char *s, unsigned char out[GEO_RANGE_ADDRESS])
{
	memset(out, 0, GEO_RANGE_ADDRESS);
	out[0] = 4;
	if (inet_pton(AF_INET, s, out + 1) == 1)
		return true;
	out[0] = 6;
	return inet_pton(AF_INET6, s, out + 1) == 1;
}

static const char *
address_text(void *ctx, const unsigned char address[GEO_RANGE_ADDRESS])
{
	char *text = mem_array(ctx, char, INET6_ADDRSTRLEN);

	inet_ntop(address[0] == 4 ? AF_INET : AF_INET6, address + 1, text, INET6_ADDRSTRLEN);
	return text;
}

static const char *
text_member(struct json_object *row, const char *name)
{
	struct json_object *value = json_object_object_get(row, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

/* Sets last to the end of the network of first; false when first has bits set after the prefix. */
static bool
set_last_of_network(struct geo_range *p, int64_t bits)
{
	int64_t most = p->first[0] == 4 ? 32 : 128;
	bool clean = true;

	memcpy(p->last, p->first, GEO_RANGE_ADDRESS);
	for (int64_t i = bits; i < most; i++) {
		unsigned char mask = (unsigned char)(0x80 >> i % 8);
		clean = clean && (p->first[1 + i / 8] & mask) == 0;
		p->last[1 + i / 8] |= mask;
	}
	return clean;
}

static const char *
read_network(void *ctx, const char *text, struct geo_range *out)
{
	char *address = mem_dup(ctx, text);
	char *slash = strchr(address, '/');
	int64_t bits;

	if (slash != NULL)
		*slash = '\0';
	if (!read_address(address, out->first))
		return "must be an address and a prefix, as 192.0.2.0/24";
	bits = out->first[0] == 4 ? 32 : 128;
	if (slash != NULL && !num_int(slash + 1, 0, bits, &bits))
		return "must be an address and a prefix, as 192.0.2.0/24";
	return set_last_of_network(out, bits) ? NULL : "has bits set after its prefix";
}

static bool
read_range(void *ctx, struct json_object *row, struct problems *problems, struct geo_range *out)
{
	const char *network = text_member(row, "network");
	const char *first = text_member(row, "first");
	const char *last = text_member(row, "last");
	size_t before = problem_count(problems);

	if ((network == NULL) == (first == NULL) || (first == NULL) != (last == NULL)) {
		problem_add(problems, "", "give first and last, or network");
		return false;
	}
	if (network != NULL) {
		const char *fault = read_network(ctx, network, out);
		if (fault != NULL)
			problem_add(problems, "/network", "%s", fault);
		return fault == NULL;
	}
	if (!read_address(first, out->first))
		problem_add(problems, "/first", "must be an address");
	if (!read_address(last, out->last))
		problem_add(problems, "/last", "must be an address");
	if (problem_count(problems) > before)
		return false;
	if (out->first[0] == out->last[0] && memcmp(out->first, out->last, GEO_RANGE_ADDRESS) <= 0)
		return true;
	problem_add(problems, "/last", "must be of the same family as first, and not below it");
	return false;
}

static bool
read_names(void *ctx, struct json_object *row, struct problems *problems, struct geo_range *out)
{
	static const char *const names[] = {"state", "district", "city", "country"};
	struct json_object *o = mem_json(ctx, json_object_new_object());
	size_t before = problem_count(problems);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct json_object *value = json_object_object_get(row, names[i]);
		if (value == NULL)
			continue;
		const char *fault = text_fault_json(ctx, value, GEO_RANGE_NAME);
		if (fault != NULL)
			problem_add(problems, mem_printf(ctx, "/%s", names[i]), "%s", fault);
		else
			json_object_object_add(o, names[i], json_object_get(value));
	}
	out->names = json_plain(o);
	return problem_count(problems) == before;
}

bool
geo_range_read(void *ctx, struct json_object *row, struct problems *problems, struct geo_range *out)
{
	bool good = read_range(ctx, row, problems, out);

	if (!read_names(ctx, row, problems, out) || !good)
		return false;
	out->first_text = address_text(ctx, out->first);
	out->last_text = address_text(ctx, out->last);
	return true;
}
