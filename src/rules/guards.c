/* The predicates that a pack may name: pure, over facts already loaded. */
#include "rules/workflow.h"

#include <string.h>

static bool text_is(const char *text, const char *want)
{
    return text != NULL && strcmp(text, want) == 0;
}

enum told_party told_party_find(const char *name)
{
    if (text_is(name, "consumer") || text_is(name, "reporter"))
        return TOLD_CONSUMER;
    if (text_is(name, "business"))
        return TOLD_BUSINESS;
    return text_is(name, "both") ? TOLD_BOTH : TOLD_NOBODY;
}

static bool about_food(const struct workflow_facts *f)
{
    return f->about_food;
}

static bool acceptance_untold(const struct workflow_facts *f)
{
    return !f->acceptance_told;
}

static bool both_consent(const struct workflow_facts *f)
{
    return f->both_consent;
}

static bool both_entrust(const struct workflow_facts *f)
{
    return f->both_entrust;
}

static bool consumer_told(const struct workflow_facts *f)
{
    return f->consumer_told || (f->telling & TOLD_CONSUMER) != 0;
}

static bool both_told(const struct workflow_facts *f)
{
    return consumer_told(f) && (f->business_told || (f->telling & TOLD_BUSINESS) != 0);
}

static bool contact_recorded(const struct workflow_facts *f)
{
    return f->contact_recorded;
}

static bool extension_asked(const struct workflow_facts *f)
{
    return f->extension_asked;
}

static bool filing_proposed(const struct workflow_facts *f)
{
    return f->filing_proposed;
}

static bool no_leader_asked(const struct workflow_facts *f)
{
    return !f->filing_proposed && !f->extension_asked;
}

static bool extended_not(const struct workflow_facts *f)
{
    return !f->extended;
}

/* A visit nobody answered is not a visit; a person who refuses to talk has been visited. */
static bool follow_up_done(const struct workflow_facts *f)
{
    return !text_is(f->contact_result, "no_answer");
}

static bool nobody_to_tell(const struct workflow_facts *f)
{
    return f->anonymous;
}

static bool not_anonymous(const struct workflow_facts *f)
{
    return !f->anonymous;
}

static bool actor_not_handler(const struct workflow_facts *f)
{
    return !f->handled_by_actor;
}

static bool not_proposer(const struct workflow_facts *f)
{
    return !f->proposed_by_actor;
}

static bool not_paused(const struct workflow_facts *f)
{
    return !f->paused;
}

static bool has_files(const struct workflow_facts *f)
{
    return f->has_files;
}

static bool has_proxy(const struct workflow_facts *f)
{
    return f->has_proxy;
}

static bool proxy_unshown(const struct workflow_facts *f)
{
    return f->proxy_unshown;
}

static bool proxy_not_lacking(const struct workflow_facts *f)
{
    return !f->proxy_lacking;
}

static bool proxy_recorded(const struct workflow_facts *f)
{
    return !f->proxy_unshown;
}

static bool proxy_free(const struct workflow_facts *f)
{
    return !f->proxy_bound;
}

static bool not_rated(const struct workflow_facts *f)
{
    return !f->rated;
}

static bool offer_by_business(const struct workflow_facts *f)
{
    return text_is(f->offer_by, "business");
}

static bool offer_open(const struct workflow_facts *f)
{
    return f->offer_open;
}

static bool offer_sent_by_business(const struct workflow_facts *f)
{
    return f->offer_open && f->offer_sent_by_business;
}

static bool officer_named(const struct workflow_facts *f)
{
    return f->names_officer;
}

static bool other_authority(const struct workflow_facts *f)
{
    return f->other_authority;
}

static bool outcome_withdrawn(const struct workflow_facts *f)
{
    return text_is(f->outcome, "withdrawn");
}

static bool outcome_refused(const struct workflow_facts *f)
{
    return text_is(f->outcome, "refused");
}

/* Ended by a settlement or a termination. */
static bool outcome_closed(const struct workflow_facts *f)
{
    return text_is(f->outcome, "settled") || text_is(f->outcome, "terminated");
}

static bool identity_refused(const struct workflow_facts *f)
{
    return f->identity_refused;
}

static bool in_group(const struct workflow_facts *f)
{
    return f->in_group;
}

static bool not_in_group(const struct workflow_facts *f)
{
    return !f->in_group;
}

static bool is_paused(const struct workflow_facts *f)
{
    return f->paused;
}

static bool pausing_appraisal(const struct workflow_facts *f)
{
    return text_is(f->pause_reason, "appraisal");
}

static bool recusal_asked(const struct workflow_facts *f)
{
    return f->recusal_open;
}

static bool recusal_not_asked(const struct workflow_facts *f)
{
    return !f->recusal_open;
}

/* Withdrawn, terminated, or settled and not performed. */
static bool reopenable(const struct workflow_facts *f)
{
    return outcome_withdrawn(f) || text_is(f->outcome, "terminated") ||
           (text_is(f->outcome, "settled") && !f->performed);
}

static bool second_needed(const struct workflow_facts *f)
{
    return f->second_needed;
}

static bool telling_consumer(const struct workflow_facts *f)
{
    return (f->telling & TOLD_CONSUMER) != 0;
}

/* Food that is handed over is told in writing. */
static bool in_writing(const struct workflow_facts *f)
{
    return !f->spoken || !text_is(f->outcome, "handed_over");
}

static bool term_over(const struct workflow_facts *f)
{
    return f->term_over;
}

/* ---- disclosure ---- */

static bool disclosable(const struct workflow_facts *f)
{
    return f->disclosable;
}

static bool disclosure_agreed(const struct workflow_facts *f)
{
    return f->disclosure_agreed;
}

/* What can be disclosed is not filed away before somebody has said whether it is. */
static bool disclosure_decided(const struct workflow_facts *f)
{
    return f->disclosure_decided || !f->disclosable || !f->disclosure_agreed;
}

static bool is_disclosed(const struct workflow_facts *f)
{
    return f->disclosed;
}

static bool not_disclosed(const struct workflow_facts *f)
{
    return !f->disclosed;
}

/* ---- rewards for reports ---- */

static bool case_done(const struct workflow_facts *f)
{
    return f->case_done;
}

static bool reward_none(const struct workflow_facts *f)
{
    return f->reward == NULL || text_is(f->reward, "refused");
}

static bool reward_proposed(const struct workflow_facts *f)
{
    return text_is(f->reward, "proposed");
}

static bool reward_approved(const struct workflow_facts *f)
{
    return text_is(f->reward, "approved");
}

static bool reward_told(const struct workflow_facts *f)
{
    return text_is(f->reward, "told");
}

static bool reward_over(const struct workflow_facts *f)
{
    return reward_told(f) && f->reward_over;
}

static bool reward_settled(const struct workflow_facts *f)
{
    return reward_none(f) || text_is(f->reward, "paid") || text_is(f->reward, "lapsed");
}

/* ---- of financial complaints ---- */

static bool by_superior(const struct workflow_facts *f)
{
    return f->above;
}

static bool conflict_free(const struct workflow_facts *f)
{
    return !f->conflict;
}

static bool named_conflict_free(const struct workflow_facts *f)
{
    return !f->names_conflict;
}

static bool not_held(const struct workflow_facts *f)
{
    return !f->asks_held;
}

static bool decision_told(const struct workflow_facts *f)
{
    return f->consumer_told && text_is(f->outcome, "decided");
}

static bool filer_in_time(const struct workflow_facts *f)
{
    return !f->filer_term_over;
}

static bool term_original(const struct workflow_facts *f)
{
    return f->longer == NULL;
}

static bool term_longer(const struct workflow_facts *f)
{
    return text_is(f->longer, "complex");
}

static bool longer_asked(const struct workflow_facts *f)
{
    return text_is(f->longer, "asked");
}

static bool extension_approved(const struct workflow_facts *f)
{
    return text_is(f->longer, "approved");
}

static const struct guard guards[] = {
    {"about_food",
     about_food,
     {"只有食品的投诉、举报才移送并书面通知；归类不是食品的，举报办“无处理权限”，投诉办“不予受理”"
      "。",
      "Only what concerns food is handed over; for another report use no power, for a complaint "
      "refuse."}},
    {"acceptance_untold",
     acceptance_untold,
     {"受理已经告知过。", "The acceptance has been told already."}},
    {"both_consent",
     both_consent,
     {"先记下双方都同意调解，再开始。", "Record first that both sides agree to mediation."}},
    {"both_entrust",
     both_entrust,
     {"先记下双方都同意由哪个组织调解，再委托。",
      "Record first that both sides agree to mediation by the same named body."}},
    {"both_told", both_told, {"双方还没有都告知。", "Both sides must be told first."}},
    {"consumer_told", consumer_told, {"还没有告知当事人。", "The person must be told first."}},
    {"contact_recorded",
     contact_recorded,
     {"还没有记下联系过哪一方。", "No attempt to reach a side is recorded."}},
    {"disclosable",
     disclosable,
     {"不在公示范围：只公示调解成功和终止调解的，涉嫌牟利、敲诈的不公示。",
      "Only settled and terminated complaints are disclosed, and none of suspected fraud."}},
    {"disclosure_agreed",
     disclosure_agreed,
     {"消费者没有同意公示，只能定不予公示。",
      "The consumer did not agree to it: exempt it instead."}},
    {"disclosure_decided",
     disclosure_decided,
     {"消费者同意公示，还没定公示不公示：先由承办人以外的同事“同意公示”，或者写明原因“不予公示”。",
      "The consumer agreed to its disclosure and nobody has decided: disclose it or exempt it "
      "first."}},
    {"is_disclosed", is_disclosed, {"没有公示。", "It is not disclosed."}},
    {"not_disclosed", not_disclosed, {"已经公示。", "It is disclosed already."}},
    {"extension_asked", extension_asked, {"没有等批准的延期申请。", "No extension is asked for."}},
    {"filing_proposed",
     filing_proposed,
     {"没有报请决定是否立案。", "Whether to open a case does not lie before you."}},
    {"no_leader_asked",
     no_leader_asked,
     {"已经报给负责人，等他答复。", "It lies before a leader already; wait for the answer."}},
    {"extended_not", extended_not, {"已经延长过一次，不能再延。", "It has been extended already."}},
    {"follow_up_done", follow_up_done, {"回访还没联系上。", "The visit has not reached anybody."}},
    {"identity_refused",
     identity_refused,
     {"还没有记下身份核验不过。", "No failed check of identity is recorded."}},
    {"in_writing",
     in_writing,
     {"食品的移送要书面通知当事人：出书面通知，或者用信函、短信、电子邮件、网上告知。",
      "The person is told of a hand-over of food in writing: by letter, text message, e-mail or "
      "online."}},
    {"in_group", in_group, {"不在群体里。", "It belongs to no group."}},
    {"nobody_to_tell",
     nobody_to_tell,
     {"先把结果告知举报人，再办结。", "Tell the reporter first, then close."}},
    {"not_anonymous",
     not_anonymous,
     {"匿名举报，没有可以告知的人，可以直接办结。",
      "The report is anonymous: there is nobody to tell, close it directly."}},
    {"not_in_group",
     not_in_group,
     {"已经在一个群体里，先退出再加入。",
      "It belongs to a group already; it must leave that first."}},
    {"not_mediator",
     actor_not_handler,
     {"被申请回避的人不能自己决定，由另一位同事决定。",
      "Whoever is asked to stand aside does not decide it; another officer does."}},
    {"not_handler",
     actor_not_handler,
     {"您是承办人，公示要由另一位同事审核。",
      "You handled it yourself; another officer reviews the disclosure."}},
    {"not_proposer",
     not_proposer,
     {"是您提出的，要由另一位同事复核。",
      "You proposed it yourself; another officer must confirm it."}},
    {"not_paused", not_paused, {"已经在暂停中。", "It is paused already."}},
    {"has_files", has_files, {"还没有证据。", "There is no evidence yet."}},
    {"has_proxy", has_proxy, {"没有人代为投诉。", "Nobody acts for the consumer."}},
    {"proxy_free",
     proxy_free,
     {"代理人只有一般授权，和解、放弃请求要本人同意：请本人办，或者登记有特别授权的委托书。",
      "The proxy may not settle or give up a demand: the consumer does it, or a fuller authority "
      "is "
      "recorded."}},
    {"proxy_not_lacking",
     proxy_not_lacking,
     {"委托书或者受托人身份证明不齐、不实：先补齐再受理，补不齐的按第五项不予受理。",
      "The proxy's papers are lacking or false: have them made good, or refuse under item 5."}},
    {"proxy_recorded",
     proxy_recorded,
     {"有人代为投诉，还缺委托书原件和受托人身份证明：先办“登记委托手续”，写明看的结果、权限、到期日"
      "。",
      "Somebody acts for the consumer; the original authority and the proxy's identity are "
      "missing: "
      "record the proxy's papers first, with result, scope and end."}},
    {"proxy_unshown", proxy_unshown, {"委托手续已经登记。", "The proxy's papers are recorded."}},
    {"not_rated", not_rated, {"已经评价过。", "It has been rated already."}},
    {"offer_by_business",
     offer_by_business,
     {"不是经营者提出的方案。", "The offer is not the business's."}},
    {"offer_open", offer_open, {"现在没有等答复的方案。", "No offer is waiting for an answer."}},
    {"offer_sent_by_business",
     offer_sent_by_business,
     {"不是经营者自己发来的方案。", "The business did not send this offer itself."}},
    {"officer_named", officer_named, {"还没有指定承办人。", "No officer is named."}},
    {"other_authority",
     other_authority,
     {"承办单位没有换机关。", "The body belongs to the same authority."}},
    {"outcome_closed", outcome_closed, {"没有办结过。", "It did not end."}},
    {"outcome_refused", outcome_refused, {"没有不予受理。", "It was not refused."}},
    {"outcome_withdrawn", outcome_withdrawn, {"没有撤回过。", "It was not withdrawn."}},
    {"paused", is_paused, {"没有在暂停中。", "It is not paused."}},
    {"pausing_appraisal", pausing_appraisal, {"不是检测暂停。", "It is not an appraisal."}},
    {"recusal_asked", recusal_asked, {"没有人申请回避。", "Nobody asked for a recusal."}},
    {"recusal_not_asked",
     recusal_not_asked,
     {"有人申请回避，先由另一位同事决定。",
      "A recusal is asked for; another officer decides it first."}},
    {"reopenable",
     reopenable,
     {"只有撤回、终止或者达成协议没履行的，才能重开。",
      "Only a withdrawn, terminated, or settled but unperformed matter can be reopened."}},
    {"second_needed",
     second_needed,
     {"这一条理由不用复核。", "This ground needs no second officer."}},
    {"telling_consumer",
     telling_consumer,
     {"告知的不是当事人。", "It is not the person who is told."}},
    {"term_over",
     term_over,
     {"调解期限还没到，不能按期满终止。", "The mediation term is not over yet."}},
    {"case_done",
     case_done,
     {"案件还没有查实办结，不能奖励。",
      "The case has not ended with a violation found; there is no reward yet."}},
    {"reward_none", reward_none, {"已经提出过奖励。", "A reward is proposed already."}},
    {"reward_proposed", reward_proposed, {"没有等审批的奖励。", "No reward waits for approval."}},
    {"reward_approved", reward_approved, {"没有批准的奖励。", "No reward is approved."}},
    {"reward_told", reward_told, {"没有通知过的奖励。", "No reward was told."}},
    {"reward_over",
     reward_over,
     {"领取期限还没过。", "The time for claiming the reward is not over."}},
    {"reward_settled",
     reward_settled,
     {"奖励还没办完：发放，或者逾期未领的记为放弃，再办结。",
      "The reward is not settled: pay it, or record that it was not claimed, then close."}},
    {"by_superior",
     by_superior,
     {"要由上级机构、总行或总公司的高级管理人员办，承办人自己不能办。",
      "This is for the superior body or the head office's management, not for the handler."}},
    {"conflict_free",
     conflict_free,
     {"投诉的是您本人或者您的部门，换人承办。",
      "The complaint is about you or your department; another must handle it."}},
    {"decision_told",
     decision_told,
     {"没有处理决定可以申请核查。", "There is no decision to be checked again."}},
    {"extension_approved",
     extension_approved,
     {"延期还没批准，不能告知。", "The extension is not approved yet."}},
    {"longer_asked", longer_asked, {"没有等审批的延期申请。", "No extension is asked for."}},
    {"filer_in_time",
     filer_in_time,
     {"申请核查的期限已经过了。", "The term for applying has passed."}},
    {"named_conflict_free",
     named_conflict_free,
     {"投诉的就是这个部门或者这个人，换一个承办。",
      "The complaint is about this department or person; choose another."}},
    {"not_held",
     not_held,
     {"本机构已经掌握的材料、信息，不得要求投诉人再提供。",
      "What the institution holds already may not be asked for."}},
    {"term_longer",
     term_longer,
     {"先按情况复杂延至 30 日，才能再申请延期。",
      "Only a term already lengthened to 30 days can be asked to be extended."}},
    {"term_original", term_original, {"期限已经延过。", "The term has been lengthened already."}},
};

const struct guard *guard_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof guards / sizeof guards[0]; i++) {
        if (strcmp(guards[i].name, name) == 0)
            return &guards[i];
    }
    return NULL;
}

const char *guard_field(const char *name)
{
    static const char *const fields[][2] = {{"proxy_recorded", "proxy"},
                                            {"proxy_not_lacking", "proxy"},
                                            {"in_writing", "channel"},
                                            {"not_held", "held"}};

    for (size_t i = 0; name != NULL && i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i][0], name) == 0)
            return fields[i][1];
    return "act";
}
