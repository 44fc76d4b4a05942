/* Reading a form of summaries. For summary_form*.c alone. */
#ifndef FANGXIN_INSIGHT_SUMMARY_FORM_INTERNAL_H
#define FANGXIN_INSIGHT_SUMMARY_FORM_INTERNAL_H

#include "insight/summary_form.h"
#include "rules/read.h"

/* A form being read: faults go into r, what is read into form, both in the arena of r. */
struct form_reader {
    struct reader r;
    const struct indicators *indicators;
    struct summary_form *form;
};

/* Adds the faults of the slots of a text. @p words: only slots of words may stand in it. */
void form_check_slots(struct form_reader *f, const char *key, const char *text, bool words);
/* The members "lists" and "blocks" of a form; blocks may name lists, so lists come first. */
void form_read_lists(struct form_reader *f, const json_t *root);
void form_read_blocks(struct form_reader *f, const json_t *root);

#endif
