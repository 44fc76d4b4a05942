/* The table of routes. The files of openapi/ describe each of them; a test walks both. */
#include "web/api.h"
#include "web/api_forms.h"
#include "web/asking_forms.h"
#include "web/batch_forms.h"
#include "web/business_forms.h"
#include "web/case_forms.h"
#include "web/letter_forms.h"
#include "web/orders_forms.h"
#include "web/register_forms.h"
#include "web/summary_forms.h"
#include "web/group_forms.h"
#include "web/web_internal.h"

#define BODY_USUAL ((size_t)256 * 1024)
#define UPLOAD_MAX ((size_t)64 * 1024 * 1024)
#define FILE_MAX ((size_t)32 * 1024 * 1024) /* the pack sets less, and says so in its own words */
#define BODY_MANY ((size_t)2 * 1024 * 1024)
#define BODY_SMALL ((size_t)16 * 1024)
#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define FILTER_NAMES                                                                               \
    "q", "kind", "status", "body", "officer", "category", "problem", "channel", "waiting_for",     \
        "due", "outcome", "from", "to", "themes", "scope", "business", "group"

#define CASE_FILTER_NAMES                                                                          \
    "status", "part", "outcome", "violation", "body", "due", "mine", "from", "to"

/* "*": the filters of the definition, by their names. */
#define ENTRY_FILTER_NAMES                                                                         \
    "status", "open", "body", "from", "to", "due", "q", "*", "sort", "limit", "cursor"

#define ORDER_FILTER_NAMES "q", "system", "status", "part", "body", "import", "due", "from", "to"

/* clang-format off */
const struct route api_routes[] = {
    /* method, pattern, handler, who may, counted as, and what it takes */
    {HTTP_POST, "/api/v1/session", session_post, ACCESS_LOGIN, RATE_LOGIN, .body_max = BODY_SMALL, .form = &form_session},
    {HTTP_GET, "/api/v1/session", session_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_DELETE, "/api/v1/session", session_delete, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/session/password", session_password, ACCESS_STAFF, RATE_LOGIN, .body_max = BODY_SMALL, .form = &form_password},

    {HTTP_POST, "/api/v1/matters", matters_post, ACCESS_PUBLIC, RATE_FILE, .body_max = BODY_USUAL, .form = &form_filing},
    {HTTP_GET, "/api/v1/matters", matters_get, ACCESS_STAFF, RATE_READ, .query = NAMES(FILTER_NAMES, "sort", "limit", "cursor", "format")},
    {HTTP_GET, "/api/v1/matters/count", matters_count_get, ACCESS_STAFF, RATE_READ, .query = NAMES(FILTER_NAMES, "by", "and", "whole", "format")},
    {HTTP_GET, "/api/v1/matters/{number}", matter_get, ACCESS_PARTY, RATE_PIN, .flags = 0},
    {HTTP_GET, "/api/v1/matters/{number}/events", matter_events_get, ACCESS_PARTY, RATE_PIN, .flags = 0},
    {HTTP_GET, "/api/v1/matters/{number}/deadlines/{rule}", matter_deadline_get, ACCESS_PARTY, RATE_PIN, .flags = 0},
    {HTTP_POST, "/api/v1/matters/{number}/acts/{act}", matter_act_post, ACCESS_PARTY, RATE_PIN, ROUTE_FORM_OF_ACT, .body_max = BODY_USUAL},
    {HTTP_GET, "/api/v1/business/matters", business_sent_get, ACCESS_BUSINESS, RATE_PIN, .flags = 0},
    {HTTP_POST, "/api/v1/matters/{number}/reveal", matter_reveal_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_reveal},
    {HTTP_POST, "/api/v1/matters/{number}/files", files_post, ACCESS_PARTY, RATE_PIN, ROUTE_UPLOAD, .body_max = FILE_MAX},
    {HTTP_GET, "/api/v1/matters/{number}/files", files_get, ACCESS_PARTY, RATE_PIN, .flags = 0},
    {HTTP_GET, "/api/v1/matters/{number}/files/{id}", file_get, ACCESS_PARTY, RATE_PIN, .query = NAMES("size")},
    {HTTP_GET, "/api/v1/matters/{number}/files/{id}/original", file_original_get, ACCESS_PARTY, RATE_PIN, .query = NAMES("reason")},
    {HTTP_GET, "/api/v1/matters/{number}/letters", letters_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/matters/{number}/letters", letters_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_letter},
    {HTTP_POST, "/api/v1/matters/{number}/letters/preview", letters_preview_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_letter},
    {HTTP_GET, "/api/v1/letters/{id}", letter_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/letters/{id}/document", letter_document_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/letters/{id}/acts/serve", letter_serve_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_letter_serve},
    {HTTP_POST, "/api/v1/letters/{id}/acts/void", letter_void_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_letter_void},
    {HTTP_GET, "/api/v1/verify/{code}", verify_get, ACCESS_PUBLIC, RATE_PIN, .flags = 0},
    {HTTP_GET, "/api/v1/duty", duty_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "month")},
    {HTTP_POST, "/api/v1/duty", duty_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL},
    {HTTP_POST, "/api/v1/duty/{id}/acts/{act}", duty_act_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL},
    {HTTP_GET, "/api/v1/diary", diary_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "month")},
    {HTTP_GET, "/api/v1/diary/{date}", diary_page_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body")},
    {HTTP_POST, "/api/v1/diary/{date}/entries", diary_entry_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .query = NAMES("body")},
    {HTTP_POST, "/api/v1/diary/{date}/close", diary_close_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .query = NAMES("body")},

    {HTTP_POST, "/api/v1/hints", hints_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_hints},
    {HTTP_GET, "/api/v1/changes", changes_get, ACCESS_STAFF, RATE_READ, .query = NAMES("after")},

    {HTTP_POST, "/api/v1/acts", acts_choices_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_batch_choices},
    {HTTP_POST, "/api/v1/acts/{act}", acts_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_MANY, .form = &form_batch},
    {HTTP_GET, "/api/v1/batches/{id}", batch_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_DELETE, "/api/v1/batches/{id}", batch_delete, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/matters/{number}/related", matter_related_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/businesses", businesses_get, ACCESS_STAFF, RATE_READ, .query = NAMES("q", "limit")},
    {HTTP_POST, "/api/v1/businesses", businesses_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_business},
    {HTTP_GET, "/api/v1/businesses/{id}", business_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/businesses/{id}/events", business_events_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/businesses/{id}/acts/{act}", business_act_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_business_act},
    {HTTP_POST, "/api/v1/businesses/{id}/reveal", business_reveal_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_business_reveal},

    {HTTP_GET, "/api/v1/calendars", calendars_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_PUT, "/api/v1/calendars/{id}/years/{year}", calendar_year_put, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL},
    {HTTP_POST, "/api/v1/calendars/{id}/years/{year}/preview", calendar_preview_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL},
    {HTTP_GET, "/api/v1/calendars/{id}/moved", calendar_moved_get, ACCESS_STAFF, RATE_READ, .query = NAMES("after", "limit")},
    {HTTP_GET, "/api/v1/retention", retention_get, ACCESS_STAFF, RATE_READ, .query = NAMES("on", "after", "limit")},
    {HTTP_GET, "/api/v1/holds", holds_get, ACCESS_STAFF, RATE_READ, .query = NAMES("status", "after", "limit")},
    {HTTP_POST, "/api/v1/holds", holds_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_hold},
    {HTTP_POST, "/api/v1/holds/{id}/acts/lift", hold_lift_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_hold_lift},
    {HTTP_GET, "/api/v1/visits", visits_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "status", "from", "to", "mine", "cursor")},
    {HTTP_GET, "/api/v1/visits/rates", visit_rates_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "period")},
    {HTTP_POST, "/api/v1/visits/{id}/acts/result", visit_result_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_visit_result},
    {HTTP_POST, "/api/v1/visits/{id}/acts/answer", visit_answer_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_visit_answer},
    {HTTP_POST, "/api/v1/visits/{id}/acts/drop", visit_drop_post, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/views", views_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/views", views_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_view},
    {HTTP_PUT, "/api/v1/views/{id}", view_put, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_view},
    {HTTP_DELETE, "/api/v1/views/{id}", view_delete, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/groups", groups_get, ACCESS_STAFF, RATE_READ, .query = NAMES("status", "from", "to", "for", "limit", "cursor")},
    {HTTP_POST, "/api/v1/groups", groups_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_MANY, .form = &form_group},
    {HTTP_GET, "/api/v1/groups/{id}", group_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/groups/{id}/acts/{act}", group_act_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_MANY, .form = &form_group_act},

    {HTTP_GET, "/api/v1/codes", codes_get, ACCESS_PUBLIC, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/workflow", workflow_get, ACCESS_PUBLIC, RATE_READ, .query = NAMES("pack")},
    {HTTP_GET, "/api/v1/bodies", bodies_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/officers", officers_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body")},
    {HTTP_GET, "/api/v1/site", site_get, ACCESS_PUBLIC, RATE_READ, .flags = 0},

    {HTTP_GET, "/api/v1/figures", figures_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "period", "indicator", "scope", "against", "by", "as_of")},
    {HTTP_GET, "/api/v1/figures/{id}", figure_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/figures/{id}/records", figure_records_get, ACCESS_STAFF, RATE_READ, .query = NAMES("part", "limit", "cursor")},
    {HTTP_GET, "/api/v1/dashboard", dashboard_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "period", "scope", "against")},

    {HTTP_GET, "/api/v1/summaries", summaries_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "form", "status", "limit", "cursor")},
    {HTTP_POST, "/api/v1/summaries", summaries_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_summary},
    {HTTP_GET, "/api/v1/summaries-missing", summaries_missing_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body")},
    {HTTP_GET, "/api/v1/summary-forms", summary_forms_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/summaries/{key}", summary_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/summaries/{key}/acts/{act}", summary_act_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_nothing},
    {HTTP_GET, "/api/v1/summaries/{key}/document", summary_document_get, ACCESS_STAFF, RATE_READ, .query = NAMES("format")},
    {HTTP_GET, "/api/v1/summaries/{key}/figures/{figure}", summary_figure_get, ACCESS_STAFF, RATE_READ, .query = NAMES("part")},
    {HTTP_GET, "/api/v1/summaries/{key}/figures/{figure}/records", summary_figure_records_get, ACCESS_STAFF, RATE_READ, .query = NAMES("part", "limit", "cursor")},

    {HTTP_POST, "/api/v1/uploads", uploads_post, ACCESS_STAFF, RATE_READ, ROUTE_UPLOAD, .body_max = UPLOAD_MAX, .query = NAMES("above", "name")},
    {HTTP_POST, "/api/v1/imports", imports_post, ACCESS_STAFF, RATE_READ, ROUTE_UPLOAD, .body_max = UPLOAD_MAX, .query = NAMES("map")},
    {HTTP_GET, "/api/v1/imports", imports_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/imports/{id}/acts/{act}", import_act_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_nothing},
    {HTTP_GET, "/api/v1/imports/{id}", import_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_DELETE, "/api/v1/imports/{id}", import_delete, ACCESS_STAFF, RATE_READ, .flags = 0},

    {HTTP_GET, "/api/v1/orders", orders_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ORDER_FILTER_NAMES, "sort", "limit", "cursor")},
    {HTTP_GET, "/api/v1/orders/count", orders_count_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ORDER_FILTER_NAMES)},
    {HTTP_GET, "/api/v1/orders/flow", orders_flow_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/orders/export", orders_export_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ORDER_FILTER_NAMES, "format")},
    {HTTP_GET, "/api/v1/orders/{id}", order_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/orders/{id}/acts/{act}", order_act_post, ACCESS_STAFF, RATE_READ, ROUTE_FORM_OF_ACT, .body_max = BODY_USUAL},
    {HTTP_POST, "/api/v1/orders/{id}/reveal", order_reveal_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_SMALL, .form = &form_order_reveal},
    {HTTP_POST, "/api/v1/orders/acts/{act}", orders_act_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_orders_many},

    {HTTP_GET, "/api/v1/cases", cases_get, ACCESS_STAFF, RATE_READ, .query = NAMES(CASE_FILTER_NAMES, "limit", "cursor")},
    {HTTP_POST, "/api/v1/cases", cases_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_case},
    {HTTP_GET, "/api/v1/cases/count", cases_count_get, ACCESS_STAFF, RATE_READ, .query = NAMES(CASE_FILTER_NAMES)},
    {HTTP_GET, "/api/v1/cases/flow", cases_flow_get, ACCESS_STAFF, RATE_READ, .query = NAMES("revision")},
    {HTTP_GET, "/api/v1/cases/{id}", case_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/cases/{id}/deadlines/{rule}", case_deadline_get, ACCESS_STAFF, RATE_READ, .query = NAMES("no")},
    {HTTP_POST, "/api/v1/cases/{id}/acts/{act}", case_act_post, ACCESS_STAFF, RATE_READ, ROUTE_FORM_OF_ACT, .body_max = BODY_USUAL},

    {HTTP_GET, "/api/v1/registers", registers_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/registers/{id}", register_get, ACCESS_STAFF, RATE_READ, .query = NAMES("revision")},
    {HTTP_GET, "/api/v1/registers/{id}/entries", entries_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ENTRY_FILTER_NAMES)},
    {HTTP_POST, "/api/v1/registers/{id}/entries", entries_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_entry},
    {HTTP_GET, "/api/v1/registers/{id}/entries/count", entries_count_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ENTRY_FILTER_NAMES)},
    {HTTP_GET, "/api/v1/registers/{id}/entries/{number}", entry_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/registers/{id}/entries/{number}/prints/{print}", entry_print_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/registers/{id}/prints/{print}", register_print_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ENTRY_FILTER_NAMES)},
    {HTTP_GET, "/api/v1/registers/{id}/entries/{number}/deadlines/{rule}", entry_deadline_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/registers/{id}/entries/{number}/acts/{act}", entry_act_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_USUAL, .form = &form_entry_act},
    {HTTP_POST, "/api/v1/registers/{id}/entries/{number}/fields/{field}/files", entry_files_post, ACCESS_STAFF, RATE_READ, ROUTE_UPLOAD, .body_max = FILE_MAX},
    {HTTP_GET, "/api/v1/registers/{id}/entries/{number}/files/{file}", entry_file_get, ACCESS_STAFF, RATE_READ, .query = NAMES("size")},
    {HTTP_GET, "/api/v1/registers/{id}/entries/{number}/files/{file}/original", entry_file_original_get, ACCESS_STAFF, RATE_READ, .query = NAMES("reason")},
    {HTTP_GET, "/api/v1/registers/{id}/entries/{number}/slips.csv", entry_slips_get, ACCESS_STAFF, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/registers/{id}/entries.csv", entries_csv_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ENTRY_FILTER_NAMES)},
    {HTTP_GET, "/api/v1/registers/{id}/entries.xlsx", entries_xlsx_get, ACCESS_STAFF, RATE_READ, .query = NAMES(ENTRY_FILTER_NAMES)},
    {HTTP_GET, "/api/v1/registers/{id}/template.csv", register_template_get, ACCESS_STAFF, RATE_READ, .query = NAMES("act")},
    {HTTP_POST, "/api/v1/registers/{id}/import", register_import_post, ACCESS_STAFF, RATE_READ, .body_max = BODY_MANY, .form = &form_entry_import},
    {HTTP_GET, "/api/v1/registers/{id}/figures", register_figures_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "period")},
    {HTTP_GET, "/api/v1/registers/{id}/figures/{measure}/entries", register_figure_entries_get, ACCESS_STAFF, RATE_READ, .query = NAMES("body", "period", "dimension", "value", "limit", "cursor")},
    {HTTP_GET, "/api/v1/registers/{id}/behind", register_behind_get, ACCESS_STAFF, RATE_READ, .query = NAMES("frequency", "body", "period")},
    {HTTP_GET, "/api/v1/public/registers", public_registers_get, ACCESS_PUBLIC, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/public/registers/{id}", public_register_get, ACCESS_PUBLIC, RATE_READ, .query = NAMES("limit", "cursor")},
    {HTTP_GET, "/api/v1/public/registers/{id}/check", public_check_get, ACCESS_PUBLIC, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/public/registers/{id}/check", public_check_post, ACCESS_PUBLIC, RATE_READ, .body_max = BODY_SMALL, .form = &form_self_check},
    {HTTP_GET, "/api/v1/public/entries/{code}", public_entry_get, ACCESS_PUBLIC, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/public/entries/{code}/qr.svg", public_qr_get, ACCESS_PUBLIC, RATE_READ, .flags = 0},
    {HTTP_GET, "/api/v1/public/entries/{code}/answer", public_answer_get, ACCESS_PUBLIC, RATE_READ, .flags = 0},
    {HTTP_POST, "/api/v1/public/entries/{code}/answer", public_answer_post, ACCESS_PUBLIC, RATE_PIN, .body_max = BODY_SMALL, .form = &form_answer},

    {HTTP_GET, "/api/v1/access", access_get, ACCESS_STAFF, RATE_READ, .query = NAMES("number", "register", "cursor")},
    {HTTP_GET, "/api/v1/openapi.json", openapi_get, ACCESS_PUBLIC, RATE_READ, .flags = ROUTE_LOOP},
    {HTTP_GET, "/healthz", healthz_get, ACCESS_PUBLIC, RATE_NONE, .flags = ROUTE_LOOP},
    {HTTP_GET, "/readyz", readyz_get, ACCESS_PUBLIC, RATE_NONE, .flags = 0},
    {HTTP_GET, "/metrics", metrics_get, ACCESS_PUBLIC, RATE_NONE, .flags = ROUTE_LOOP},
};
/* clang-format on */
const size_t n_api_routes = sizeof api_routes / sizeof api_routes[0];
