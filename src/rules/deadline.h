/* By when a step is due, and why. Pure: no clock, no store; the caller says what day today is.
 *
 * The day of the triggering event is not counted; day 1 is the next working day (WD) or the next
 * day (ND). Order 121 art. 45; Order 2 (2018) art. 80. docs/rules.md gives the worked examples,
 * tests/unit/test_deadline.c checks each of them. */
#ifndef FANGXIN_RULES_DEADLINE_H
#define FANGXIN_RULES_DEADLINE_H

#include "base/arena.h"
#include "rules/calendar.h"

enum deadline_unit {
    UNIT_WD,    /* working days */
    UNIT_ND,    /* natural days */
    UNIT_YEARS, /* whole years: ends on the same day of a later one (Civil Code art. 202). A limit
                   of somebody's right, no clock that an act starts */
};

enum deadline_roll {
    ROLL_NONE,       /* the last day stands whatever day it is (financial rules) */
    ROLL_STATUTORY,  /* moved behind a holiday announced by the notice, not behind a weekend */
    ROLL_ANY_OFFDAY, /* moved to the next working day */
};

enum deadline_from {
    FROM_RECEIPT, /* the day the competent body received the matter */
    FROM_ACT,     /* the day of the act that starts it */
};

/* The article a rule stands on; zh and en are how it is shown. */
struct basis {
    const char *instrument; /* short id: "O121" */
    const char *article;    /* "15", "22–23" */
    struct label text;      /* 《市场监督管理投诉举报处理办法》第十五条 */
};

struct deadline_rule {
    const char *id; /* "D1" */
    struct label label;
    int length; /* in unit, ≥ 1; 0 in registers: due on the day of the date field itself */
    enum deadline_unit unit;
    enum deadline_roll roll;
    enum deadline_from from;
    bool pauses_excluded; /* paused days are not counted */
    bool of_filer;        /* a term of who filed it, from being told: no clock of the office */
    int extension;        /* added by each extension, in unit; 0 = cannot be extended */
    int extensions_max;   /* how often */
    int target;           /* of the house, in unit, beside the legal length; 0 = none */
    int warn_days;        /* warn when this many working days or fewer are left */
    struct label on_miss; /* what follows when it is missed */
    struct label effect; /* "记录告知后，期限停在当天": shown beside the act that stops it */
    struct basis basis;
    struct basis extension_basis; /* article NULL when it cannot be extended */
};

/* Days that are not counted, both included. */
struct pause {
    date_t from;
    date_t to; /* DATE_NONE while it lasts */
};

/* The days a pause takes out of the count: from the day it began to the day before work went on,
 * so that the day of resuming counts. False when that is no day at all. */
bool pause_span(date_t paused_on, date_t resumed_on, struct pause *ret);

struct deadline_due {
    date_t due_raw;    /* the last day by counting; warnings go by it */
    date_t due;        /* after rolling; lateness goes by it. DATE_NONE while paused */
    bool provisional;  /* a day of a year without a notice was looked at */
    bool paused;       /* an open pause: both dates are DATE_NONE */
    int left_at_pause; /* units left when the open pause began; 0 otherwise */
};

/**
 * @param start       civil date of the event that starts the clock, in the installation's zone
 * @param pauses      any order, may overlap; used only when rule->pauses_excluded. At most one open
 * @param extensions  how many were granted, 0 … rule->extensions_max
 * @return ERR_INVALID when start is DATE_NONE, a pause ends before it begins, or too many
 * extensions
 */
enum err_code deadline_compute(const struct deadline_rule *rule, date_t start,
                               const struct pause *pauses, size_t n_pauses, int extensions,
                               const struct calendar *cal, struct deadline_due *ret,
                               struct err *err) MUST_CHECK;

/**
 * Whether what a person asks for makes sense, every fault named: a day outside the calendar
 * ("from", "pauses.N"), a pause that is reversed, begins before the start or overlaps another,
 * pauses of a rule that counts through them ("pauses"), more extensions than the rule allows
 * ("extensions"). deadline_compute is milder, because records of old matters must still be counted.
 * @return ERR_INVALID with the items in @p err
 */
enum err_code deadline_check(const struct deadline_rule *rule, date_t start,
                             const struct pause *pauses, size_t n_pauses, int extensions,
                             const struct calendar *cal, struct err *err) MUST_CHECK;

enum deadline_day_kind {
    DD_START,   /* the day of the event, not counted */
    DD_COUNTED, /* number says which */
    DD_SKIPPED, /* a day off: not counted (WD) */
    DD_PAUSED,  /* taken out by a pause */
    DD_LAST,    /* the last counted day; the due day unless rolled */
    DD_PASSED,  /* a day off between the last counted day and the due day */
    DD_ROLLED,  /* the due day after rolling */
};

struct deadline_day {
    date_t date;
    enum deadline_day_kind kind;
    enum day_kind day_kind;
    bool provisional;
    int number;       /* 1 … length for counted and last; 0 otherwise */
    const char *mark; /* one Han for a calendar cell: 收 起 休 六 日 班 停, "" for a plain day */
    const char *why;     /* stable code: "start" "counted" "make_up" "weekend" "statutory"
                            "adjusted_off" "paused" "last" "rolled" */
    struct label reason; /* 国庆节放假，不计 */
};

struct deadline_explanation {
    struct deadline_due due;
    const struct deadline_day *days; /* ascending, from the start to the due day, none left out */
    size_t n_days;
    int counted, skipped,
        paused;            /* with those passed in rolling they sum to the days after start */
    struct label question; /* 为什么是 10月13日（周二） */
    struct label sentence;
};

/* The same inputs as deadline_compute; everything returned lives in the arena. While a pause is
 * open the days end on the day before it. ERR_NO_MEMORY when the arena is full. */
enum err_code deadline_explain(struct arena *arena, const struct deadline_rule *rule, date_t start,
                               const struct pause *pauses, size_t n_pauses, int extensions,
                               const struct calendar *cal, struct deadline_explanation *ret,
                               struct err *err) MUST_CHECK;

enum deadline_level { LEVEL_OK, LEVEL_WARN, LEVEL_LATE, LEVEL_PAUSED };

struct deadline_state {
    enum deadline_level level;
    bool today;  /* due today */
    int left;    /* rule units to the due day; 0 = today, negative = over by so many */
    int wd_left; /* working days to the due day, same signs */
};

/* Late: today is behind the rolled day. Warn: rule->warn_days working days or fewer to the counted
 * day. A late ND clock that runs over on days off is over by days, not by working days. */
struct deadline_state deadline_level(const struct deadline_rule *rule,
                                     const struct deadline_due *due, date_t today,
                                     const struct calendar *cal);
const char *deadline_level_name(enum deadline_level level); /* "ok" "warn" "late" "paused" */
const char *deadline_day_kind_name(enum deadline_day_kind kind);
const char *deadline_unit_name(enum deadline_unit unit); /* "WD" "ND" "Y" */
const char *deadline_roll_name(enum deadline_roll roll);
/* 10月13日（周二） and Tue 13 October, in the arena; for texts about dates. */
struct label date_label(struct arena *arena, date_t date);

#endif
