/* Steps of the procedure that rest on more than a state: a refusal that a second officer confirms,
 * the check of identity, consent to mediation, attempts to reach a side, entrusted mediation,
 * recusal.
 *
 * What they leave in matter.detail (no text that a person wrote):
 *   proposal   {"ground","by","at","version"}   a refusal that awaits a second officer
 *   confirmed  {"by","proposed_by","at"}        who decided the refusal, the two of them
 *   identity   {"papers","until","at","result"?,"result_at"?}   until: a date
 *   willing    {"mediation": {"consumer": {"answer","at","channel"}, "business": {…}},
 *               "entrusting": {"mediator", "consumer": {…}, "business": {…}}}
 *   contacts   [{"party","channel","result","at"}]   the newest CONTACTS_KEPT
 *   entrusted  {"mediator","at"}                while another body mediates
 *   police, hand_over  {"to","notice"?,"at"}    handed to somebody outside
 *   proxy      true: somebody acts for the consumer
 *   proxy_paper {"result","scope"?,"until"?,"at","by"}   what was seen of his authority; until: a
 * date power      {"with","at","to"?,"referred_at"?,"notice"?,"designated_at"?,"by"?}   who is
 * competent recused    [officer ids]                    kept out of it from now on Source:
 * docs/rules.md#procedure. */
#ifndef FANGXIN_WORK_PROCEDURE_H
#define FANGXIN_WORK_PROCEDURE_H

#include "work/act_effects.h"

#define CONTACTS_KEPT 30

/* What guards look at: of the record, for op->actor; and of the act being done. */
void procedure_facts(struct op *op, const struct matter *m, struct workflow_facts *f);
void procedure_act_facts(struct act_run *run);
/* Officers recused from it, for may(); *ret lives in op->arena. */
size_t procedure_recused(struct op *op, const struct matter *m, const int64_t **ret);

/* Effects, one per act. */
/* ERR_INVALID at the field of the ground's term where that had not passed at the receipt. */
enum err_code procedure_ground_term(struct act_run *run) MUST_CHECK;
void procedure_propose(struct act_run *run);
void procedure_drop_proposal(struct act_run *run);
enum err_code procedure_confirm_refusal(struct act_run *run) MUST_CHECK;
/* ERR_INVALID for a day before the act or after the time for the decision. */
enum err_code procedure_ask_identity(struct act_run *run) MUST_CHECK;
enum err_code procedure_record_identity(struct act_run *run) MUST_CHECK;
enum err_code procedure_consent(struct act_run *run) MUST_CHECK;
enum err_code procedure_contact(struct act_run *run) MUST_CHECK;
enum err_code procedure_entrust(struct act_run *run) MUST_CHECK;
enum err_code procedure_take_back(struct act_run *run) MUST_CHECK;
/* To the police, to the department in charge of food: who has it now. */
enum err_code procedure_handed(struct act_run *run) MUST_CHECK;
/* ERR_INVALID for an authority that has run out, or without its scope and end. */
enum err_code procedure_record_proxy(struct act_run *run) MUST_CHECK;
enum err_code procedure_propose_filing(struct act_run *run) MUST_CHECK;
enum err_code procedure_verify_more(struct act_run *run) MUST_CHECK;
/* The power is disputed, referred to the common superior, decided by it. */
enum err_code procedure_dispute(struct act_run *run) MUST_CHECK;
enum err_code procedure_refer(struct act_run *run) MUST_CHECK;
void procedure_designated(struct act_run *run);
enum err_code procedure_decide_recusal(struct act_run *run) MUST_CHECK;

#endif
