/* The handlers of the routes (routes.c) and what they share. Each makes one call below and writes
 * JSON. */
#ifndef FANGXIN_WEB_API_H
#define FANGXIN_WEB_API_H

#include "insight/cross.h"
#include "web/call.h"
#include "work/view.h"

/* The body is a PDF; @p name of the file to keep it as, NULL: to be looked at. */
void api_send_pdf(struct call *call, const char *name);

/* api_session.c */
handler_fn session_post, session_get, session_delete, session_password;
/* api_matters.c */
handler_fn matters_post, matter_get, matter_events_get, matter_deadline_get, matter_act_post,
    matter_reveal_post;
/* api_duty.c */
handler_fn duty_get, duty_post, duty_act_post, diary_get, diary_page_get, diary_entry_post,
    diary_close_post;
/* api_files.c */
handler_fn files_post, files_get, file_get, file_original_get;
handler_fn entry_files_post, entry_file_get, entry_file_original_get;
/* api_batches.c */
handler_fn acts_post, acts_choices_post, batch_get, batch_delete;
/* api_cases.c */
handler_fn cases_get, cases_count_get, cases_flow_get, cases_post, case_get, case_act_post,
    case_deadline_get;
/* api_groups.c */
handler_fn groups_get, groups_post, group_get, group_act_post;
/* api_letters.c */
handler_fn letters_get, letters_preview_post, letters_post, letter_get, letter_document_get,
    letter_void_post, letter_serve_post, verify_get;
/* api_lists.c */
handler_fn matters_get, matters_count_get, hints_post, changes_get;
/* api_asking.c */
bool asks_table(const struct call *call);
enum err_code matters_table(struct call *call, const struct list_filter *filter) MUST_CHECK;
/* How keys and columns of a cross table are called. */
struct label cross_key_label(struct call *call, const struct cross_table *table,
                             enum cross_column column, const char *key);
struct label cross_column_label(enum cross_column column);
/* api_save.c: the answer as a file, of the query's format; needs MAY_EXPORT. */
enum err_code matters_save(struct call *call, const struct list_filter *filter) MUST_CHECK;
enum err_code table_save(struct call *call, const struct cross_table *table) MUST_CHECK;
/* api_retention.c */
handler_fn retention_get, holds_get, holds_post, hold_lift_post;
/* api_visits.c */
handler_fn visits_get, visit_result_post, visit_answer_post, visit_drop_post, visit_rates_get;
/* api_calendars.c */
handler_fn calendars_get, calendar_year_put, calendar_preview_post, calendar_moved_get;
/* api_views.c */
handler_fn views_get, views_post, view_put, view_delete;
/* api_reference.c */
handler_fn codes_get, workflow_get, bodies_get, officers_get, site_get;
/* api_figures.c */
handler_fn figures_get, figure_get, figure_records_get, dashboard_get;
/* api_summaries.c */
handler_fn summaries_get, summaries_post, summary_forms_get, summary_get, summary_act_post,
    summaries_missing_get, summary_document_get, summary_figure_get, summary_figure_records_get;
/* api_imports.c */
handler_fn uploads_post, imports_get, imports_post, import_get, import_delete, import_act_post;
/* api_businesses.c */
handler_fn business_sent_get;
handler_fn businesses_get, businesses_post, business_get, business_events_get, business_act_post,
    business_reveal_post, matter_related_get;
/* api_orders.c */
handler_fn orders_get, orders_count_get, orders_flow_get, orders_export_get, order_get,
    order_act_post, order_reveal_post, orders_act_post;
/* api_registers.c */
handler_fn registers_get, register_get, entries_get, entries_count_get, entries_post, entry_get,
    entry_deadline_get, entry_print_get, register_print_get, entry_act_post;
/* api_register_figures.c */
handler_fn entries_csv_get, entries_xlsx_get, register_template_get, register_import_post,
    register_figures_get, register_figure_entries_get, register_behind_get, public_registers_get,
    public_register_get, public_entry_get, public_qr_get, public_check_get, public_check_post,
    entry_slips_get, public_answer_get, public_answer_post;
/* api_operations.c */
handler_fn openapi_get, healthz_get, readyz_get, metrics_get, access_get;

/* The members of schema Officer, into an object that is open. */
void write_officer(struct call *call, const struct officer *officer, bool with_open);
/* {"items":[Row…],"next":…,"total":…,"total_capped":…,"as_of":…,"position":…}, closed. */
enum err_code write_page(struct call *call, struct snapshot *snap,
                         const struct list_page *page) MUST_CHECK;
/* Members of schema Figure for all of a list, as array @p key. */
void write_figures(struct call *call, const char *key, const struct figure_list *list);
/* The filter that the query asks for; its texts are the request's. ERR_INVALID names the parameter.
 */
enum err_code call_filter(struct call *call, struct list_filter *ret) MUST_CHECK;
/* How a key of a breakdown or a count is called. */
struct label label_of_key(struct call *call, enum list_by by, const char *key);

extern const struct embedded_file embedded_openapi[]; /* openapi.json, openapi.json.gz */

#endif
