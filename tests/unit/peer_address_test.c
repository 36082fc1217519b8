/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which addresses count as one for the rate limits.
 */
#include "web/http/peer_address.h"

#include "base/mem.h"
#include "suites.h"
#include "web/http/ctx.h"

static const struct {
	const char *address;
	const char *network;
} networks[] = {
    {"192.0.2.1", "192.0.2.1"},
    {"255.255.255.255", "255.255.255.255"},
    {"0.0.0.0", "0.0.0.0"},
    {"::ffff:192.0.2.1", "192.0.2.1"},
    {"::FFFF:c000:201", "192.0.2.1"},
    {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
    {"2001:DB8:1:2::", "2001:db8:1:2::/64"},
    {"2001:db8::1", "2001:db8::/64"},
    {"fe80::1", "fe80::/64"},
    /* No address at all, and one whose network, the first 64 bits, is 0. */
    {"::1", ""},
    {"", ""},
    {"somewhere", ""},
    {"192.0.2", ""},
};

START_TEST(an_ipv6_network_counts_as_one_address)
{
	static const struct conf conf = {.proxies = ""};
	struct ctx c = {.w = {.conf = &conf}};

	ctx_begin(&c, 0, 0);
	req_open(&c, (struct req_source){.env = (const char *const[]){
		mem_printf(c.w.mem, "REMOTE_ADDR=%s", networks[_i].address), NULL}});
	uint64_t number = peer_network_number(&c);
	ck_assert_str_eq(peer_network_text(&c, number), networks[_i].network);
	if (number != 0)
		ck_assert_str_eq(peer_network(&c), networks[_i].network);
	ctx_reset(&c);
}
END_TEST

Suite *
peer_address_suite(void)
{
	Suite *s = suite_create("peer_address");
	TCase *t = tcase_create("client");

	tcase_add_loop_test(t, an_ipv6_network_counts_as_one_address, 0, ROWS(networks));
	suite_add_tcase(s, t);
	return s;
}
