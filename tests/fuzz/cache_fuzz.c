/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes what memcached may hand back: any bytes under a key, and any text that we may have stored
 * there, also as a profile and as the record of a subject. Only what was made for that very key,
 * and is whole, is a hit.
 */
#include "store/cache/cache_value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json_trusted.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/lookup.h"
#include "core/subject/profile.h"
#include "core/subject/tag.h"
#include "service/decision/subject_record.h"

#define KEY "assay:20:1354408212:profile:0123456789abcdef0123456789abcdef"
#define OTHER "assay:20:1354408212:subject:0123456789abcdef0123456789abcdef"
#define NOW INT64_C(1354408212000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	hash_init();
	return 0;
}

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Bytes that anybody has put there. */
static void
check_raw(void *ctx, const char *raw, size_t n)
{
	char *text = NULL;
	enum cache_found found = cache_value_read(ctx, KEY, raw, n, &text);

	must((found == CACHE_HIT) == (text != NULL));
	must((found == CACHE_TOMBSTONE) == cache_value_is_tombstone(raw, n));
	must(found != CACHE_OFF);
	if (found == CACHE_HIT) {
		size_t head = 0, made;
		(void)cache_value_make(ctx, KEY, "", &head);
		made = n - head;
		const char *again = cache_value_make(ctx, KEY, text, &made);
		must(made == n && memcmp(again, raw, n) == 0);
	}
}

static void
miss(void *ctx, const char *key, const char *raw, size_t n)
{
	char *text = NULL;

	must(cache_value_read(ctx, key, raw, n, &text) == CACHE_MISS && text == NULL);
}

/* Bytes that we have put there. */
static void
check_made(void *ctx, const char *text, size_t size)
{
	size_t n = size;
	char *raw = cache_value_make(ctx, KEY, text, &n), *back = NULL;

	must(n > size && !cache_value_is_tombstone(raw, n));
	must(cache_value_read(ctx, KEY, raw, n, &back) == CACHE_HIT);
	must(memcmp(back, text, size) == 0 && back[size] == '\0');
	miss(ctx, OTHER, raw, n);
	miss(ctx, KEY, raw, n - 1);
	raw[n / 2] ^= 1;
	miss(ctx, KEY, raw, n);
}

/* The text as what it may say. */
static void
check_records(void *ctx, const char *text)
{
	struct json_object *row = mem_json(ctx, json_parse_trusted(text));
	const struct experiment a = {.nr = 1, .audience = 1};

	if (profile_is_valid_at(row, NOW))
		must(json_object_is_type(profile_week(ctx, "u", row), json_type_object));
	(void)subject_record_in_audience(row, &a);
	(void)subject_record_is_new(row);
	json_object_put(json_object_get(
	    tag_event(ctx, json_object_object_get(row, "tags"), "context")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);

	check_raw(ctx, (const char *)data, size);
	check_made(ctx, (const char *)data, size);
	check_records(ctx, mem_dupn(ctx, (const char *)data, size));
	talloc_free(ctx);
	return 0;
}
