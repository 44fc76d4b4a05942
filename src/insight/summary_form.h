/* Forms of summaries as data: packs/summaries, one file per kind of document.
 *
 * A form says which sections a document has: headings, paragraphs of sentences with slots, tables,
 * charts, notes. Numbers come from figures alone; a slot names one (docs/bulletins.md lists the
 * slots). The installation may add forms under DIR/packs/summaries; an id given again replaces. */
#ifndef FANGXIN_INSIGHT_SUMMARY_FORM_H
#define FANGXIN_INSIGHT_SUMMARY_FORM_H

#include "base/embed.h"
#include "insight/figures.h"

/* Which period a figure is of. */
enum summary_when { WHEN_NOW, WHEN_PREVIOUS, WHEN_LAST_YEAR, WHEN_COUNT };

struct summary_sentence {
    const char *text;
    const char *otherwise; /* when a slot has no value or a list is empty; NULL: nothing */
    bool reports;          /* only in summaries with figures of reports */
};

enum summary_column_kind {
    COLUMN_VALUE,
    COLUMN_FRACTION, /* "102/106" */
    COLUMN_CHANGE,   /* "+8" */
    COLUMN_GROWTH,   /* "+7.7%" */
    COLUMN_RANK,
};
struct summary_column {
    enum summary_column_kind kind;
    const char *label;
    const struct indicator *indicator; /* NULL: COLUMN_RANK */
    enum summary_when against;
    const char *below; /* a value under this decimal is warned of; NULL: none */
    double width;
    bool reports;
};
#define SUMMARY_COLUMNS_MAX 24
#define SUMMARY_RANKS_MAX 3

struct summary_table {
    const char *caption, *name, *rows_label, *total; /* total NULL: no such row */
    enum figure_dimension by;
    const struct indicator *of; /* its largest parts are the rows; NULL: every branch */
    int top;
    struct summary_column columns[SUMMARY_COLUMNS_MAX];
    size_t n_columns;
    const struct indicator *ranks[SUMMARY_RANKS_MAX]; /* compared in this order, more is better */
    size_t n_ranks;
};

/* Parts named in a sentence, or drawn. */
struct summary_list {
    const char *id;
    enum figure_dimension by;
    const struct indicator *indicator;
    int top;
    const char *item, *separator; /* "{name}{value}件", "、" */
    const char *below;            /* only parts under this decimal; NULL: the largest */
};

enum summary_block_kind {
    SUMMARY_HEADING,
    SUMMARY_TEXT,
    SUMMARY_TABLE,
    SUMMARY_CHART,
    SUMMARY_NOTE,
    SUMMARY_REGISTERS /* what the registers of some groups have to say */
};
struct summary_block {
    enum summary_block_kind kind;
    int level;        /* of a heading */
    const char *text; /* heading or note; NULL: none */
    const struct summary_sentence *sentences;
    size_t n_sentences;
    struct summary_table *table;
    struct summary_list *chart; /* id is the title */
    bool columns;               /* the chart stands upright: months */
    unsigned groups;            /* bits of enum register_group */
    bool reports;
};

#define SUMMARY_ID_MAX 24

/* Which offices print one for every period, and by when. */
struct summary_due {
    enum period_kind every;      /* PERIOD_DAYS: nobody has to */
    int days;                    /* behind the period's last day */
    const char *const *profiles; /* of offices; none: every one */
    size_t n_profiles;
};

struct summary_form {
    const char *id;
    struct label label;
    unsigned periods; /* bits of enum period_kind it is made for */
    struct summary_due due;
    bool half_width;   /* , : ; ( ) as the seeds of old summaries have them */
    const char *title; /* with slots of words: {period} {body} */
    const struct summary_list *lists;
    size_t n_lists;
    const struct summary_block *blocks;
    size_t n_blocks;
    char hash[HASH_TEXT]; /* of the file */
};

/* Words that sentences need by value: packs/documents/words.json. */
struct summary_words {
    const char *up, *down, *same, *nearly; /* of growth: 上升 下降 持平 基本持平 */
    const char *more, *less;               /* of counts: 增加 减少 */
    const char *higher, *lower, *points;   /* of rates: 提高 降低 个百分点 */
    const char *below;                     /* "低于{below}" */
    const char *own;                       /* the body itself among its branches: 本级 */
    const char *nothing;                   /* where there is nothing to divide by: "—" */
    const char *first_half, *second_half, *quarters[4];
};

struct summary_forms;
const struct summary_words *summary_words(const struct summary_forms *forms);

/* ERR_MALFORMED, ERR_INVALID naming file and path of each fault, unknown indicators and slots
 * included. @p indicators must outlive the forms. @p dir is the installation; NULL: shipped ones
 * alone. */
enum err_code summary_forms_load(const struct embedded_file *files, const char *dir,
                                 const struct indicators *indicators, struct summary_forms **ret,
                                 struct err *err) MUST_CHECK;
void summary_forms_free(struct summary_forms *forms); /* NULL is fine */
void summary_forms_freep(struct summary_forms **forms);
size_t summary_forms_count(const struct summary_forms *forms);
const struct summary_form *summary_forms_at(const struct summary_forms *forms, size_t i);
const struct summary_form *summary_forms_find(const struct summary_forms *forms, const char *id);

/* ---- slots of a text ---- */

enum summary_slot_kind {
    SLOT_WORD,   /* period, when, body, previous, last_year, day */
    SLOT_VALUE,  /* {received} {received:prev} {received:lastyear} */
    SLOT_CHANGE, /* {received+prev}: 增加27, 减少3 or 持平 with the unit */
    SLOT_GROWTH, /* {received%prev}: 上升8.1%, 下降3.0% or 持平 */
    SLOT_LIST,   /* {list:categories} */
};
struct summary_slot {
    enum summary_slot_kind kind;
    char name[64];
    enum summary_when when; /* of the value, or compared with */
};
/**
 * The next piece of a text: what stands before a slot, and the slot.
 * @param[in,out] at        moves on; at the end *ret_slot is false
 * @return false for a { without } or a name that is too long
 */
bool summary_next_slot(const char **at, const char **ret_plain, size_t *ret_plain_n,
                       struct summary_slot *ret, bool *ret_slot);

#endif
