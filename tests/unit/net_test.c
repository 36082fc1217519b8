/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses as web servers and proxies write them, and the networks they are in.
 */
#include "base/net/net.h"

#include "suites.h"

static const struct {
	const char *given, *address, *subscriber;
} good[] = {
    {"192.0.2.1", "192.0.2.1", "192.0.2.1"},
    {"192.0.2.1:5678", "192.0.2.1", "192.0.2.1"},
    {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"},
    {"::FFFF:c000:201", "192.0.2.1", "192.0.2.1"},
    {"[::ffff:192.0.2.1]:80", "192.0.2.1", "192.0.2.1"},
    {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
    {"[2001:db8::1]", "2001:db8::1", "2001:db8::/64"},
    {"[2001:DB8::1]:65535", "2001:db8::1", "2001:db8::/64"},
    {"\"[2001:db8::1]:1\"", "2001:db8::1", "2001:db8::/64"},
    {"fe80::1%eth0", "fe80::1", "fe80::/64"},
    {"[fe80::1%25eth0]:9", "fe80::1", "fe80::/64"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"ffff:ffff:ffff:ffff::/64"},
};

START_TEST(reads_an_address_in_every_form)
{
	struct net_address a;
	char text[NET_TEXT];

	ck_assert(net_read_address(good[_i].given, &a));
	net_print(&a, text);
	ck_assert_str_eq(text, good[_i].address);
	net_print_subscriber(&a, text);
	ck_assert_str_eq(text, good[_i].subscriber);
}
END_TEST

static const char *const bad[] = {"", "unknown", "_hidden", "192.0.2", "192.0.2.256", "01.2.3.4",
	"192.0.2.1:", "192.0.2.1:x", "192.0.2.1:65536", "[192.0.2.1", "[::1]x", "[::1]:", "::1]",
	"1:2:3:4:5:6:7:8:9", "192.0.2.1/24", "192.0.2.1%eth0", "\"", "\"\"", "[]", ":80", "%",
	"example.org", "unix:", " 192.0.2.1"};

START_TEST(refuses_everything_else)
{
	struct net_address a;

	ck_assert_msg(!net_read_address(bad[_i], &a), "%s", bad[_i]);
}
END_TEST

static const struct {
	const char *list, *address;
	bool contains;
} lists[] = {
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "192.0.2.2", false},
    {"192.0.2.1", "::ffff:192.0.2.1", true},
    {"::ffff:192.0.2.1", "192.0.2.1", true},
    {"::ffff:192.0.2.0/120", "192.0.2.77", true},
    {"10.0.0.0/8", "10.255.255.255", true},
    {"10.0.0.0/8", "11.0.0.0", false},
    {"10.9.8.7/8", "10.0.0.1", true},
    {"192.0.2.128/25", "192.0.2.127", false},
    {"192.0.2.128/25", "192.0.2.128", true},
    {"0.0.0.0/0", "255.255.255.255", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"::/0", "192.0.2.1", true},
    {"2001:db8::/33", "2001:db8:7fff::1", true},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {" 127.0.0.1,::1 ,10.0.0.0/8", "10.1.1.1", true},
    {"127.0.0.1 ::1", "::1", true},
    {"", "127.0.0.1", false},
    {" , ", "127.0.0.1", false},
};

START_TEST(a_list_holds_addresses_and_networks)
{
	struct net_address a;

	ck_assert(net_is_list(lists[_i].list));
	ck_assert(net_read_address(lists[_i].address, &a));
	ck_assert(net_list_contains(lists[_i].list, &a) == lists[_i].contains);
}
END_TEST

static const char *const no_lists[] = {"localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
	"10.0.0.0/8/8", "::/129", "192.0.2.1:80", "[::1]", "10.0.0.0-10.0.0.9", "127.0.0.1;::1",
	"127.0.0.1,x", "10.*", "/8", "unix:", "::ffff:1.2.3.4/129"};

START_TEST(refuses_malformed_lists)
{
	ck_assert_msg(!net_is_list(no_lists[_i]), "%s", no_lists[_i]);
}
END_TEST

Suite *
net_suite(void)
{
	Suite *s = suite_create("net");
	TCase *t = tcase_create("net");

	tcase_add_loop_test(t, reads_an_address_in_every_form, 0, ROWS(good));
	tcase_add_loop_test(t, refuses_everything_else, 0, ROWS(bad));
	tcase_add_loop_test(t, a_list_holds_addresses_and_networks, 0, ROWS(lists));
	tcase_add_loop_test(t, refuses_malformed_lists, 0, ROWS(no_lists));
	suite_add_tcase(s, t);
	return s;
}
