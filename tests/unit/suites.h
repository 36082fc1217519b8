/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUITES_H
#define SUITES_H

#include <check.h>

/* An old name of Check for ck_abort; here it is a function of web/http/ctx.h. */
#undef fail

/* Every suite of the unit tests, one for each file <name>_test.c, floor by floor. */

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* base */
Suite *buf_suite(void);
Suite *conf_suite(void);
Suite *csv_suite(void);
Suite *err_suite(void);
Suite *hash_suite(void);
Suite *instant_suite(void);
Suite *json_suite(void);
Suite *json_trusted_suite(void);
Suite *jsonutil_suite(void);
Suite *log_suite(void);
Suite *mem_suite(void);
Suite *metric_suite(void);
Suite *multipart_suite(void);
Suite *net_suite(void);
Suite *num_suite(void);
Suite *public_url_suite(void);

/* store */
Suite *db_suite(void);
Suite *breaker_suite(void);
Suite *cache_suite(void);
Suite *pgtype_suite(void);
Suite *query_suite(void);
Suite *rate_limit_suite(void);
Suite *sqlstate_suite(void);

/* core */
Suite *bar_chart_suite(void);
Suite *bot_suite(void);
Suite *bucket_suite(void);
Suite *cycle_suite(void);
Suite *criteria_sql_suite(void);
Suite *criteria_suite(void);
Suite *decide_suite(void);
Suite *definition_suite(void);
Suite *delivery_suite(void);
Suite *criteria_rows_suite(void);
Suite *device_suite(void);
Suite *event_suite(void);
Suite *flag_suite(void);
Suite *subject_terms_suite(void);
Suite *key_suite(void);
Suite *layer_suite(void);
Suite *lookup_suite(void);
Suite *modulus_suite(void);
Suite *alternative_ids_suite(void);
Suite *analysis_suite(void);
Suite *page_view_suite(void);
Suite *passphrase_suite(void);
Suite *plan_suite(void);
Suite *profile_suite(void);
Suite *results_csv_suite(void);
Suite *results_suite(void);
Suite *group_export_suite(void);
Suite *rule_suite(void);
Suite *rule_words_suite(void);
Suite *selfcheck_words_suite(void);
Suite *segmentation_suite(void);
Suite *stats_pair_suite(void);
Suite *sequential_suite(void);
Suite *stats_property_suite(void);
Suite *uniform_suite(void);
Suite *stats_suite(void);
Suite *subject_suite(void);
Suite *terms_suite(void);
Suite *text_suite(void);
Suite *verdict_suite(void);

/* web */
Suite *auth_suite(void);
Suite *peer_address_suite(void);
Suite *form_suite(void);
Suite *batch_body_suite(void);
Suite *password_suite(void);
Suite *reply_suite(void);
Suite *req_body_suite(void);
Suite *req_suite(void);
Suite *route_suite(void);
Suite *tmpl_suite(void);

/* app */
Suite *seat_suite(void);

#endif
