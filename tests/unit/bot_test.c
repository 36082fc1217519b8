/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is no person, by user agents as they are sent.
 */
#include "core/subject/bot.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static const char *const bots[] = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "googleBOT/2.1",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    "ia_archiver (+http://www.alexa.com/site/help/webmasters)",
    "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "Mediapartners-Google", "APIs-Google (+https://developers.google.com/webmasters/APIs-Google)",
    "FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)",
    "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/98.0 Mobile Chrome-Lighthouse",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "Scrapy/2.11.0 (+https://scrapy.org)", "W3C_Validator/1.3 http://validator.w3.org/services",
    "BOT", "x bot y",
    /* A phone's name does not excuse what stands beside it. */
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) (compatible; Googlebot/2.1)",
};

static const char *const humans[] = {
    "",
    " ",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/17.1 Mobile Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/112.0 Mobile",
    "Mozilla/5.0 (Linux; Android 7.0; CUBOT_NOTE_S Build/NRD90M; cubot) Chrome/61.0",
    "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
    /* Libraries, which apps use. */
    "curl/8.5.0", "python-requests/2.31.0", "okhttp/4.12.0", "Dart/3.2 (dart:io)",
    "CFNetwork/1474 Darwin/23.0.0", "Go-http-client/2.0", "Apache-HttpClient/4.5.14 (Java/17)",
    "bo t", "b-o-t",
};

START_TEST(a_bot_is_known_by_its_user_agent)
{
	ck_assert_msg(bot_is(bots[_i]), "%s", bots[_i]);
}
END_TEST

START_TEST(a_bot_is_known_in_any_case_of_letters)
{
	char upper[256], lower[256];

	for (size_t i = 0; i <= strlen(bots[_i]); i++) {
		upper[i] = (char)toupper((unsigned char)bots[_i][i]);
		lower[i] = (char)tolower((unsigned char)bots[_i][i]);
	}
	ck_assert(bot_is(upper));
	ck_assert(bot_is(lower));
}
END_TEST

START_TEST(people_and_apps_are_no_bots)
{
	ck_assert_msg(!bot_is(humans[_i]), "%s", humans[_i]);
}
END_TEST

START_TEST(who_says_nothing_is_no_bot)
{
	ck_assert(!bot_is(NULL));
}
END_TEST

/* By what the list itself says. */
static const struct {
	const char *fragment;
	bool bot;
} list[] = {
#define BOT(fragment) {fragment, true},
#define HUMAN(fragment) {fragment, false},
#include "core/subject/bots.def"
#undef BOT
#undef HUMAN
};

START_TEST(every_entry_of_the_list_counts)
{
	char agent[128];

	snprintf(agent, sizeof agent, "Mozilla/5.0 (x %s/1.0)", list[_i].fragment);
	ck_assert_int_eq(bot_is(agent), list[_i].bot);
	for (const char *c = list[_i].fragment; *c != '\0'; c++)
		ck_assert_msg(!isupper((unsigned char)*c), "%s", list[_i].fragment);
}
END_TEST

Suite *
bot_suite(void)
{
	Suite *s = suite_create("bot");
	TCase *t = tcase_create("bot");

	tcase_add_loop_test(t, a_bot_is_known_by_its_user_agent, 0, ROWS(bots));
	tcase_add_loop_test(t, a_bot_is_known_in_any_case_of_letters, 0, ROWS(bots));
	tcase_add_loop_test(t, people_and_apps_are_no_bots, 0, ROWS(humans));
	tcase_add_test(t, who_says_nothing_is_no_bot);
	tcase_add_loop_test(t, every_entry_of_the_list_counts, 0, ROWS(list));
	suite_add_tcase(s, t);
	return s;
}
