/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recognising bots by the user agents that they send.
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
    /* CUBOT is a phone, but another word beside it names a bot. */
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) (compatible; Googlebot/2.1)",
    "Mozilla/5.0 (Linux; Android 9; CUBOT) fuboTV cubots (+http://example.org/bots)", "bots",
    /* Browsers that a program controls. */
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessEdg/120.0 Safari/537.36",
    "Mozilla/5.0 AppleWebKit/537.36 Chrome/61.0 Safari/537.36 Prerender (+https://prerender.io)",
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 PhantomJS/2.1.1 Safari/538.1",
    "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/22.1.0",
};

/* Recognised only in the letter case in which they write themselves. */
static const char *const named[] = {
    "WhatsApp/2.23.20.0 A", "Viber", "Mozilla/5.0 (compatible; Yeti/1.1; +http://naver.me)",
    "Adventurer", "Mozilla/5.0 (compatible; Sonic/1.0)", "Sogou News Spider/4.0", "LCC (+http://x)",
    "SSL Labs", "x GoogleAssociationService", "PTST/1", "Mozilla/5.0 PTST/1",
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
    /* Libraries by which apps send requests for people. */
    "curl/8.5.0", "python-requests/2.31.0", "okhttp/4.12.0", "Dart/3.2 (dart:io)",
    "CFNetwork/1474 Darwin/23.0.0", "Go-http-client/2.0", "Apache-HttpClient/4.5.14 (Java/17)",
    "Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)", "Wget/1.21.3",
    "Java/17.0.1", "node", "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
    "axios/1.6.0", "python-httpx/0.25.0", "Ruby", "Amazon CloudFront",
    "bo t", "b-o-t", "bo", "bott", "bot\xc3", "botx", "botsx",
    /* Names and numbers that happen to contain the letters of a bot. */
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1) Mobile/15E148 fuboTV/4.70", "FUBOTV", "fubotv",
    "Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Banca Caboto", "turbotabbee/1.0",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; c2FsdHkgcGVyc29uIHdpdGggYQbot+mFuZG9tIHRh)",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; 7ih4bOt8)",
    "Mozilla/5.0 (Linux; Android 10; Panasonic P55) AppleWebKit/537.36 Mobile",
    "Mozilla/5.0 (Linux; Android 13) SogouMSE,SogouMobileBrowser/5.22.8",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1) Mobile/15E148 WhatsApp/2.23.20.0",
    "Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; wv) Chrome/142.0 Mobile",
    "Mozilla/5.0 (Linux; Android 9) Adventurer", "SSL Labs x", "xLCC ", "xPTST/1", "yeti",
};

START_TEST(a_bot_is_recognised_by_its_user_agent)
{
	ck_assert_msg(bot_is(bots[_i]), "%s", bots[_i]);
}
END_TEST

START_TEST(bots_are_recognised_in_any_letter_case)
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

START_TEST(crawlers_are_recognised_by_name)
{
	ck_assert_msg(bot_is(named[_i]), "%s", named[_i]);
}
END_TEST

START_TEST(browsers_and_apps_are_not_bots)
{
	ck_assert_msg(!bot_is(humans[_i]), "%s", humans[_i]);
}
END_TEST

START_TEST(a_missing_user_agent_is_not_a_bot)
{
	ck_assert(!bot_is(NULL));
}
END_TEST

/* Where in the user agent the text of an entry must be; each entry of the lists tests itself. */
enum where {
	IN,
	AT_START,
	AT_END,
	WHOLE,
};

static const struct {
	const char *text;
	bool bot, any_case;
	enum where where;
} list[] = {
#define BOT(text) {text, true, true, IN},
#define WORD(text) {text, true, true, IN},
#define HUMAN(text) {text, false, true, IN},
#define CRAWLER(text, where) {text, true, false, where},
#include "core/subject/bots.def"
#include "core/subject/crawlers.def"
#undef BOT
#undef WORD
#undef HUMAN
#undef CRAWLER
};

START_TEST(each_entry_matches_at_its_position_only)
{
	char agent[256];
	bool first = list[_i].where == AT_START || list[_i].where == WHOLE;
	bool last = list[_i].where == AT_END || list[_i].where == WHOLE;

	snprintf(agent, sizeof agent, "%s%s%s", first ? "" : "Mozilla/5.0 (x", list[_i].text,
	    last ? "" : "/1.0)");
	ck_assert_msg(bot_is(agent) == list[_i].bot, "%s", agent);
	for (const char *c = list[_i].text; list[_i].any_case && *c != '\0'; c++)
		ck_assert_msg(!isupper((unsigned char)*c), "%s", list[_i].text);
}
END_TEST

Suite *
bot_suite(void)
{
	Suite *s = suite_create("bot");
	TCase *t = tcase_create("bot");

	tcase_add_loop_test(t, a_bot_is_recognised_by_its_user_agent, 0, ROWS(bots));
	tcase_add_loop_test(t, bots_are_recognised_in_any_letter_case, 0, ROWS(bots));
	tcase_add_loop_test(t, crawlers_are_recognised_by_name, 0, ROWS(named));
	tcase_add_loop_test(t, browsers_and_apps_are_not_bots, 0, ROWS(humans));
	tcase_add_test(t, a_missing_user_agent_is_not_a_bot);
	tcase_add_loop_test(t, each_entry_matches_at_its_position_only, 0, ROWS(list));
	suite_add_tcase(s, t);
	return s;
}
