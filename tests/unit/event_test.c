/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event of a look-up, byte by byte: other programs parse it.
 */
#include "core/subject/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "suites.h"

/* 2019-06-29T14:17:42.019Z, as the original system prints it. */
#define ETS "1561817862019"
#define MID "401ED13CE592E52899B24ECCFF188E1A"

#define HEAD \
	"{\"eid\":\"LOG\",\"ets\":" ETS ",\"ver\":\"3.0\",\"mid\":\"" MID "\"," \
	"\"actor\":{\"id\":\"\",\"type\":\"System\"}," \
	"\"context\":{\"channel\":\"analytics.api\"," \
	"\"pdata\":{\"id\":\"AnalyticsAPI\",\"ver\":\"3.0\"," \
	"\"pid\":\"experiment\",\"model\":null},\"env\":\"analytics\",\"sid\":null,\"did\":null," \
	"\"cdata\":null,\"rollup\":null},\"object\":null," \
	"\"edata\":{\"type\":\"api_access\",\"params\":["
#define TAIL "]},\"@timestamp\":\"2019-06-29T14:17:42+00:00\"}"

static const struct experiment one = {.id = "U1234"};
static const struct experiment two = {.id = "D1234"};
static const struct match matches[] = {{&one, true, false, false}, {&two, false, true, false}};

static const struct {
	struct lookup_request who;
	size_t n;
	const char *params;
} events[] = {
    {{.device = "d", .user = "u", .url = "x/y"}, 1,
     "{\"title\":\"experiment\",\"experimentId\":\"U1234\",\"userId\":\"u\",\"deviceId\":\"d\","
     "\"url\":\"x/y\"}"},
    {{.device = "d", .user = "u", .url = "x/y"}, 2,
     "{\"title\":\"experiment\",\"experimentId\":\"U1234\",\"userId\":\"u\",\"deviceId\":\"d\","
     "\"url\":\"x/y\"},"
     "{\"title\":\"experiment\",\"experimentId\":\"D1234\",\"userId\":\"u\",\"deviceId\":\"d\","
     "\"url\":\"x/y\"}"},
    /* A look-up that found nothing has an event, too, without an experiment. */
    {{.device = "d"}, 0,
     "{\"title\":\"experiment\",\"userId\":null,\"deviceId\":\"d\",\"url\":null}"},
};

START_TEST(the_event_of_a_lookup_has_the_documented_form)
{
	void *ctx = mem_ctx(NULL);
	struct event_head head = {INT64_C(1561817862019) * INSTANT_MS, MID, NULL};
	struct json_object *o = event_lookup(ctx, head, &events[_i].who, matches, events[_i].n);

	ck_assert_str_eq(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
	    mem_printf(ctx, "%s%s%s", HEAD, events[_i].params, TAIL));
	talloc_free(ctx);
}
END_TEST

Suite *
event_suite(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("event");

	tcase_add_loop_test(t, the_event_of_a_lookup_has_the_documented_form, 0, ROWS(events));
	suite_add_tcase(s, t);
	return s;
}
