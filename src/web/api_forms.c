/* Static forms, and those made from the acts of a rule pack. */
#include "web/api_forms.h"

#include <string.h>

#include "rules/pack.h"

#define FEN_MAX INT64_C(100000000000000) /* a million million yuan */
#define FORM_OF(table)                                                                             \
    {                                                                                              \
        (table), sizeof(table) / sizeof((table)[0])                                                \
    }
#define CHOICES(list) .choices = (list), .n_choices = sizeof(list) / sizeof((list)[0])

static const char *const kinds[] = {"complaint", "report", "enquiry"};
static const char *const parties[] = {"consumer", "proxy", "reporter", "respondent"};

static const struct form_field person_fields[] = {
    {"name", INPUT_TEXT, .max_bytes = 200, .max_chars = 60, .zh = "姓名", .en = "The name"},
    {"phone", INPUT_TEXT, .max_bytes = 40, .zh = "电话", .en = "The phone"},
    {"address", INPUT_TEXT, .max_bytes = 600, .max_chars = 200, .zh = "地址", .en = "The address"},
    {"email", INPUT_TEXT, .max_bytes = 200, .zh = "电子邮箱", .en = "The e-mail address"},
    {"id_type", INPUT_TEXT, .max_bytes = 40, .zh = "证件种类", .en = "The kind of document"},
    {"id_number", INPUT_TEXT, .max_bytes = 60, .zh = "证件号码", .en = "The document number"},
    {"gender", INPUT_TEXT, .max_bytes = 20, .zh = "性别", .en = "Gender"},
    {"age_band", INPUT_TEXT, .max_bytes = 20, .zh = "年龄段", .en = "The age band"},
};
static const struct form form_person = FORM_OF(person_fields);

static const struct form_field proxy_fields[] = {
    {"name", INPUT_TEXT, .max_bytes = 200, .max_chars = 60, .zh = "代理人姓名",
     .en = "The proxy's name"},
    {"phone", INPUT_TEXT, .max_bytes = 40, .zh = "代理人电话", .en = "The proxy's phone"},
    {"address", INPUT_TEXT, .max_bytes = 600, .max_chars = 200, .zh = "代理人地址",
     .en = "The proxy's address"},
    {"relation", INPUT_TEXT, .max_bytes = 60, .zh = "与本人的关系", .en = "The relation"},
    {"authority", INPUT_TEXT, .max_bytes = 300, .zh = "授权", .en = "The authority"},
};
static const struct form form_proxy = FORM_OF(proxy_fields);

static const struct form_field respondent_fields[] = {
    {"name", INPUT_TEXT, .max_bytes = 300, .max_chars = 100, .zh = "商家名称",
     .en = "The business's name"},
    {"address", INPUT_TEXT, .max_bytes = 600, .max_chars = 200, .zh = "商家地址",
     .en = "The business's address"},
    {"division", INPUT_TEXT, .max_bytes = 12, .zh = "区划代码", .en = "The division code"},
    {"uscc", INPUT_TEXT, .max_bytes = 40, .zh = "统一社会信用代码",
     .en = "The unified social credit code"},
    {"phone", INPUT_TEXT, .max_bytes = 40, .zh = "商家电话", .en = "The business's phone"},
};
static const struct form form_respondent = FORM_OF(respondent_fields);

static const struct form_field product_fields[] = {
    {"name", INPUT_TEXT, .max_bytes = 300, .zh = "商品名称", .en = "The product's name"},
    {"brand", INPUT_TEXT, .max_bytes = 200, .zh = "品牌", .en = "The brand"},
    {"model", INPUT_TEXT, .max_bytes = 200, .zh = "型号", .en = "The model"},
    {"quantity", INPUT_INT, .max = 1000000000, .zh = "数量", .en = "The quantity"},
    {"unit_price_fen", INPUT_MONEY, .max = FEN_MAX, .zh = "单价", .en = "The unit price"},
    {"imported", INPUT_BOOL, .zh = "是否进口", .en = "Imported goods"},
};
static const struct form form_product = FORM_OF(product_fields);

static const struct form_field purchase_fields[] = {
    {"date", INPUT_DATE, .past = true, .zh = "购买日期", .en = "The day of purchase"},
    {"online", INPUT_BOOL, .zh = "是否网购", .en = "Bought online"},
    {"platform", INPUT_TEXT, .max_bytes = 200, .zh = "平台", .en = "The platform"},
    {"order_no", INPUT_TEXT, .max_bytes = 100, .zh = "订单号", .en = "The order number"},
};
static const struct form form_purchase = FORM_OF(purchase_fields);

static const struct form_field external_fields[] = {
    {"system", INPUT_TEXT, .max_bytes = 60, .zh = "来源平台", .en = "The other system"},
    {"number", INPUT_TEXT, .max_bytes = 100, .zh = "来源编号", .en = "Its number"},
    {"due", INPUT_DATE, .zh = "来源要求的日期", .en = "Its due day"},
};
static const struct form form_external = FORM_OF(external_fields);

static const struct form_field consents_fields[] = {
    {"disclosure", INPUT_BOOL, .zh = "同意公示", .en = "Consent to disclosure"},
    {"entrusted", INPUT_BOOL, .zh = "同意委托调解", .en = "Consent to entrusted mediation"},
};
static const struct form form_consents = FORM_OF(consents_fields);

static const struct form_field flags_fields[] = {
    {"injury", INPUT_BOOL, .zh = "有人受伤", .en = "Somebody was hurt"},
    {"elderly", INPUT_BOOL, .zh = "老年人", .en = "An elderly person"},
    {"minor", INPUT_BOOL, .zh = "未成年人", .en = "A minor"},
    {"disabled", INPUT_BOOL, .zh = "残疾人", .en = "A disabled person"},
    {"safety", INPUT_BOOL, .zh = "有安全隐患", .en = "A danger to safety"},
    {"mass", INPUT_BOOL, .zh = "群体性", .en = "Of many people"},
};
static const struct form form_flags = FORM_OF(flags_fields);

static const struct form_field also_fields[] = {
    {"facts", INPUT_TEXT, .required = true, .max_bytes = 30000, .max_chars = 8000,
     .zh = "举报的内容", .en = "What is reported"},
    {"violation", INPUT_TEXT, .max_bytes = 60, .zh = "违法类别", .en = "The violation"},
    {"anonymous", INPUT_BOOL, .zh = "是否匿名", .en = "Anonymous"},
    {"respondent", INPUT_OBJECT, .sub = &form_respondent, .zh = "被举报的商家",
     .en = "The business reported"},
};
static const struct form form_also = FORM_OF(also_fields);

static const char *const duplicate_choices[] = {"link", "join", "new"};
static const struct form_field duplicate_fields[] = {
    {"choice", INPUT_CHOICE, .required = true, CHOICES(duplicate_choices), .zh = "判断",
     .en = "The choice"},
    {"number", INPUT_TEXT, .max_bytes = 40, .zh = "编号", .en = "The number"},
    {"relation", INPUT_TEXT, .max_bytes = 60, .zh = "关系", .en = "The relation"},
    {"group", INPUT_INT, .min = 1, .zh = "群体", .en = "The group"},
};
static const struct form form_duplicate = FORM_OF(duplicate_fields);

#define FILING_CONTENT                                                                             \
    {"consumer", INPUT_OBJECT, .sub = &form_person, .zh = "消费者", .en = "The consumer"},         \
        {"proxy", INPUT_OBJECT, .sub = &form_proxy, .zh = "代理人", .en = "The proxy"},            \
        {"respondent", INPUT_OBJECT, .sub = &form_respondent, .zh = "商家", .en = "The business"}, \
        {"category", INPUT_TEXT, .max_bytes = 60, .zh = "类别", .en = "The category"},             \
        {"problem", INPUT_TEXT, .max_bytes = 60, .zh = "问题", .en = "The problem"},               \
        {"violation", INPUT_TEXT, .max_bytes = 60, .zh = "违法类别", .en = "The violation"},       \
        {"themes", INPUT_TEXTS, .max = 20, .max_bytes = 60, .zh = "专题", .en = "Themes"},         \
        {"amount_fen", INPUT_MONEY, .max = FEN_MAX, .zh = "涉及金额", .en = "The amount"},         \
        {"facts",           INPUT_TEXT,       .max_bytes = 30000,                                  \
         .max_chars = 8000, .zh = "事情经过", .en = "What happened"},                              \
        {"demands", INPUT_TEXTS, .max = 20, .max_bytes = 60, .zh = "要求", .en = "Demands"},       \
        {"demand_text",     INPUT_TEXT,       .max_bytes = 6000,                                   \
         .max_chars = 2000, .zh = "具体要求", .en = "What is asked for"},                          \
        {"product", INPUT_OBJECT, .sub = &form_product, .zh = "商品", .en = "The product"},        \
        {"purchase", INPUT_OBJECT, .sub = &form_purchase, .zh = "购买情况", .en = "The purchase"}, \
        {"external", INPUT_OBJECT, .sub = &form_external, .zh = "来源编号",                        \
         .en = "The number elsewhere"},                                                            \
        {"consents", INPUT_OBJECT, .sub = &form_consents, .zh = "同意的事项", .en = "Consents"},   \
        {"flags", INPUT_OBJECT, .sub = &form_flags, .zh = "标记", .en = "Flags"},                  \
    {                                                                                              \
        "heads", INPUT_INT, .min = 1, .max = 100000, .zh = "人数", .en = "How many people"         \
    }

static const struct form_field filing_fields[] = {
    {"kind", INPUT_CHOICE, .required = true, CHOICES(kinds), .zh = "种类", .en = "The kind"},
    {"channel", INPUT_TEXT, .max_bytes = 40, .zh = "来源", .en = "The channel"},
    {"received_at", INPUT_INSTANT, .zh = "收到时间", .en = "The time of receipt"},
    {"late_reason", INPUT_TEXT, .max_bytes = 600, .zh = "补登原因",
     .en = "Why it is recorded late"},
    {"anonymous", INPUT_BOOL, .zh = "是否匿名", .en = "Anonymous"},
    FILING_CONTENT,
    {"truthful", INPUT_BOOL, .zh = "承诺属实", .en = "The promise that it is true"},
    {"also_report", INPUT_OBJECT, .sub = &form_also, .zh = "同时举报", .en = "The report with it"},
    {"answer", INPUT_TEXT, .max_bytes = 12000, .max_chars = 4000, .zh = "答复", .en = "The answer"},
    {"body", INPUT_TEXT, .max_bytes = 31, .zh = "承办单位", .en = "The body"},
    {"business", INPUT_INT, .min = 1, .zh = "认定的经营者", .en = "The business confirmed"},
    {"duplicate", INPUT_OBJECT, .sub = &form_duplicate, .zh = "是否重复",
     .en = "Whether it repeats another"},
    {"source", INPUT_MAP, .max = 200, .zh = "来源数据", .en = "The source data"},
};
const struct form form_filing = FORM_OF(filing_fields);

/* What an amendment may replace. */
static const struct form_field amendment_fields[] = {FILING_CONTENT};
static const struct form form_amendment = FORM_OF(amendment_fields);

static const struct form_field session_fields[] = {
    {"name", INPUT_TEXT, .required = true, .max_bytes = 200, .zh = "账号", .en = "The name"},
    {"password", INPUT_TEXT, .required = true, .max_bytes = 1000, .zh = "密码",
     .en = "The password"},
};
const struct form form_session = FORM_OF(session_fields);

static const struct form_field password_fields[] = {
    {"old", INPUT_TEXT, .required = true, .max_bytes = 1000, .zh = "现在的密码",
     .en = "The present password"},
    {"new", INPUT_TEXT, .required = true, .min = 8, .max_bytes = 1000, .zh = "新密码",
     .en = "The new password"},
};
const struct form form_password = FORM_OF(password_fields);

static const struct form_field hints_fields[] = {
    {"phone", INPUT_TEXT, .max_bytes = 40, .zh = "电话", .en = "The phone"},
    {"name", INPUT_TEXT, .max_bytes = 200, .zh = "姓名", .en = "The name"},
    {"respondent", INPUT_TEXT, .max_bytes = 300, .zh = "商家", .en = "The business"},
    {"address", INPUT_TEXT, .max_bytes = 600, .zh = "地址", .en = "The address"},
    {"division", INPUT_TEXT, .max_bytes = 12, .zh = "区划代码", .en = "The division code"},
    {"facts", INPUT_TEXT, .max_bytes = 30000, .zh = "事情经过", .en = "What happened"},
    {"product", INPUT_TEXT, .max_bytes = 300, .zh = "商品或服务", .en = "The goods"},
    {"brand", INPUT_TEXT, .max_bytes = 200, .zh = "品牌", .en = "The brand"},
    {"business", INPUT_INT, .min = 1, .zh = "认定的经营者", .en = "The business confirmed"},
};
const struct form form_hints = FORM_OF(hints_fields);

static const struct form_field reveal_fields[] = {
    {"party", INPUT_CHOICE, .required = true, CHOICES(parties), .zh = "看谁的", .en = "The party"},
    {"reason", INPUT_TEXT, .required = true, .max_bytes = 60, .zh = "查看原因", .en = "The reason"},
    {"text", INPUT_TEXT, .max_bytes = 600, .zh = "说明", .en = "The remark"},
};
const struct form form_reveal = FORM_OF(reveal_fields);

/* ---- forms of acts ---- */

static const struct form_field remedy_fields[] = {
    {"kind", INPUT_TEXT, .required = true, .max_bytes = 60, .zh = "补救方式",
     .en = "The kind of remedy"},
    {"amount_fen", INPUT_MONEY, .max = FEN_MAX, .zh = "金额", .en = "The amount"},
    {"paid_by", INPUT_DATE, .zh = "付款日期", .en = "The day of payment"},
    {"payer", INPUT_TEXT, .max_bytes = 60, .zh = "给付方", .en = "Who pays"},
};
static const struct form form_remedies = FORM_OF(remedy_fields);

static enum err_code put_choices(struct arena *arena, const struct setup *setup,
                                 const struct act_field *from, struct form_field *f)
{
    const struct code_table *table =
        from->codes == NULL ? NULL : codes_table(setup->codes, from->codes);
    size_t n = table != NULL ? table->n_codes : from->n_choices;
    const char **list = ARENA_ARRAY(arena, const char *, n + 1);

    if (list == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        list[i] = table != NULL ? table->codes[i].code : from->choices[i].code;
    f->choices = list;
    f->n_choices = n;
    if (n == 0) { /* grounds and the like: the rule pack knows them by the kind of matter */
        f->kind = INPUT_TEXT;
        f->max_bytes = 60;
        f->min = f->max = 0;
    }
    return ERR_OK;
}

static enum err_code field_of(struct arena *arena, const struct setup *setup,
                              const struct act_field *from, const json_t *body,
                              struct form_field *ret)
{
    const char *when = from->when_field == NULL
                           ? NULL
                           : json_string_value(json_object_get(body, from->when_field));

    *ret = (struct form_field){
        .name = from->name,
        .required = from->required && (from->when_field == NULL ||
                                       (when != NULL && strcmp(when, from->when_value) == 0)),
        .max_bytes = from->max_bytes,
        .min = from->min,
        .max = from->max,
        .zh = from->label.zh,
        .en = from->label.en,
    };
    switch (from->kind) {
    case FIELD_TEXT:
        ret->kind = INPUT_TEXT;
        ret->min = ret->max = 0;
        break;
    case FIELD_INT:
        ret->kind = INPUT_INT;
        break;
    case FIELD_MONEY:
        ret->kind = INPUT_MONEY;
        break;
    case FIELD_BOOL:
        ret->kind = INPUT_BOOL;
        break;
    case FIELD_DATE:
        ret->kind = INPUT_DATE;
        break;
    case FIELD_INSTANT:
        ret->kind = INPUT_INSTANT;
        ret->past = !from->future;
        break;
    case FIELD_CHOICE:
        ret->kind = INPUT_CHOICE;
        return put_choices(arena, setup, from, ret);
    case FIELD_CHOICES:
        ret->kind = INPUT_CHOICES;
        return put_choices(arena, setup, from, ret);
    case FIELD_BODY:
    case FIELD_NUMBER:
        ret->kind = INPUT_TEXT;
        ret->max_bytes = 40;
        ret->min = ret->max = 0;
        break;
    case FIELD_GROUP:
    case FIELD_OFFICER:
    case FIELD_BUSINESS:
        ret->kind = INPUT_INT;
        ret->min = 1;
        ret->max = 0;
        break;
    case FIELD_REMEDIES:
        ret->kind = INPUT_OBJECTS;
        ret->sub = &form_remedies;
        break;
    case FIELD_AMENDMENT:
        ret->kind = INPUT_OBJECT;
        ret->sub = &form_amendment;
        break;
    case FIELD_REPORT:
        ret->kind = INPUT_OBJECT;
        ret->sub = &form_also;
        break;
    case FIELD_DECIMAL:
    case FIELD_QUANTITY:
    case FIELD_PERIOD:
    case FIELD_PERSON:
    case FIELD_MATTER:
    case FIELD_CASE:
    case FIELD_ENTRY:
    case FIELD_PLACE:
    case FIELD_CHECKLIST:
    case FIELD_TABLE:
    case FIELD_FILE:
        return ERR_INTERNAL; /* a register's; no flow or pack of matters loads with one */
    }
    return ERR_OK;
}

enum err_code form_of_act(struct arena *arena, const struct setup *setup,
                          const struct pack_act *act, const json_t *body, struct form *ret)
{
    struct form_field *fields = ARENA_ARRAY(arena, struct form_field, act->n_fields + 1);
    bool has_at = false;

    if (fields == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < act->n_fields; i++) {
        TRY(field_of(arena, setup, &act->fields[i], body, &fields[i]));
        has_at = has_at || strcmp(act->fields[i].name, "at") == 0;
    }
    if (!has_at)
        fields[act->n_fields] = (struct form_field){
            "at", INPUT_INSTANT, .past = true, .zh = "发生的时间", .en = "The time it happened"};
    *ret = (struct form){fields, act->n_fields + (has_at ? 0 : 1)};
    return ERR_OK;
}
