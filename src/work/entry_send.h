/* Entries that a gateway sends (rules/register_sends.h): put in by an act, sent by the job "send",
 * counted as they go. */
#ifndef FANGXIN_WORK_ENTRY_SEND_H
#define FANGXIN_WORK_ENTRY_SEND_H

#include "work/entry_run.h"

/* The entry enters the state in which it is sent: the recipients are looked at and counted, and the
 * job is told. ERR_INVALID with a fault of the field; ERR_NOT_ALLOWED where no gateway is set. */
enum err_code entry_send_begin(struct entry_run *run) MUST_CHECK;
/**
 * The job: sends for up to @p budget_ms. What was tried is counted in the entry every few messages,
 * so that after a crash no more than those are sent twice, under the same Message-ID.
 * @param[out] ret_sent  how many were tried
 * @return ERR_IO when the relay cannot be reached: the rest waits a minute
 */
enum err_code entries_send(struct op *op, int64_t budget_ms, int64_t *ret_sent) MUST_CHECK;

#endif
