/* Is a register read as it is written, is every slip in its file named, and are its entries judged,
 * computed, counted and told as it says? */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

#include "rules/register_values.h"

/* Single quotes stand for double ones. */
static char *unquoted(const char *text)
{
    char *copy = strdup(text);

    assert_non_null(copy);
    for (char *c = copy; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static const char head[] =
    "'id':'batches','revision':'1','systems':['S37'],'group':'enforcement',"
    "'label':{'zh':'抽检','en':'Sampling'},'entry':{'zh':'批次','en':'Batch'},"
    "'number':'CJ{yyyy}-{nnnn}','title':['goods'],'day':'drawn_on',"
    "'columns':['number','goods','rate','status','day'],'filters':['origin','status']";
static const char fields[] =
    "'fields':["
    "{'name':'goods','kind':'text','required':true,'max_bytes':60,'label':{'zh':'商品','en':'Goods'"
    "}},"
    "{'name':'origin','kind':'choice','required':true,'label':{'zh':'方式','en':'Selection'},'"
    "choices':["
    "{'code':'random','label':{'zh':'随机','en':'Random'}},{'code':'targeted','label':{'zh':'靶向',"
    "'en':'Targeted'}}]},"
    "{'name':'drawn_on','kind':'date','required':true,'label':{'zh':'抽样日期','en':'Drawn on'}},"
    "{'name':'sampled','kind':'int','required':true,'min':1,'max':10000,'label':{'zh':'批次','en':'"
    "Batches'}},"
    "{'name':'passed','kind':'int','later':true,'required_in':['closed'],'label':{'zh':'合格','en':"
    "'Passed'}},"
    "{'name':'failed','kind':'int','later':true,'required_in':['closed'],'label':{'zh':'不合格','"
    "en':'Failed'}},"
    "{'name':'price','kind':'money','label':{'zh':'价款','en':'Price'}},"
    "{'name':'width','kind':'decimal','decimals':2,'max':100,'label':{'zh':'宽','en':'Width'}},"
    "{'name':'sample','kind':'quantity','decimals':1,'units':['kg','piece'],'label':{'zh':'样品','"
    "en':'Sample'}},"
    "{'name':'witness','kind':'person','label':{'zh':'见证人','en':'Witness'}},"
    "{'name':'quarter','kind':'period','label':{'zh':'期间','en':'Period'}},"
    "{'name':'place','kind':'place','label':{'zh':'地点','en':'Place'}},"
    "{'name':'look','kind':'checklist','label':{'zh':'检查','en':'Check'},'items':["
    "{'id':'label','label':{'zh':'标签','en':'Label'},'max':5},{'id':'maker','label':{'zh':'厂名','"
    "en':'Maker'},'max':3}]},"
    "{'name':'tags','kind':'choices','label':{'zh':'标记','en':'Tags'},'choices':["
    "{'code':'a','label':{'zh':'甲','en':'A'}},{'code':'b','label':{'zh':'乙','en':'B'}}]},"
    "{'name':'lines','kind':'table','rows_max':3,'label':{'zh':'明细','en':'Lines'},'columns':["
    "{'name':'item','kind':'text','required':true,'max_bytes':30,'label':{'zh':'项目','en':'Item'}}"
    ","
    "{'name':'fen','kind':'money','label':{'zh':'金额','en':'Amount'}}]},"
    "{'name':'sent','kind':'bool','label':{'zh':'送检','en':'Sent'}},"
    "{'name':'lab','kind':'text','required':true,'max_bytes':60,'when':{'field':'sent','value':'"
    "true'},'label':{'zh':'机构','en':'Laboratory'}},"
    "{'name':'earlier','kind':'entry','register':'batches','label':{'zh':'上一批','en':'Earlier'}},"
    "{'name':'officer','kind':'officer','label':{'zh':'人员','en':'Officer'}}]";
static const char rules_of[] =
    "'computed':[{'name':'rate','label':{'zh':'不合格率','en':'Share'},'kind':'percent','of':'"
    "failed','over':'tested','decimals':1},"
    "{'name':'tested','label':{'zh':'已检','en':'Tested'},'kind':'int','formula':'passed + "
    "failed'},"
    "{'name':'total','label':{'zh':'合计','en':'Total'},'kind':'money','formula':'sum(lines.fen) + "
    "default(price, 0)'},"
    "{'name':'size','label':{'zh':'大小','en':'Size'},'kind':'text','formula':'if(sampled > 5, "
    "\\\"big\\\", \\\"small\\\")','choices':[{'code':'big','label':{'zh':'大批','en':'Big'}}]}],"
    "'checks':[{'id':'parts','holds':'tested <= "
    "sampled','field':'sampled','message':{'zh':'检的比抽的多','en':'More "
    "tested than drawn'}},"
    "{'id':'plain','holds':'drawn_on <= today','when':'not "
    "empty(drawn_on)','message':{'zh':'还没到','en':'Not yet'}}],"
    "'predicates':[{'id':'done','holds':'tested = "
    "sampled','message':{'zh':'还没检完','en':'Not "
    "all are tested'}},"
    "{'id':'said','holds':'not "
    "empty(why)','message':{'zh':'要写原因','en':'Say why'}}],"
    "'unique':[{'id':'once','fields':['body','goods','drawn_on'],'when':'"
    "status != "
    "\\'void\\'','message':{'zh':'重复','en':'Twice'}}],"
    "'balances':[{'id':'stock','label':{'zh':'库存','en':'Stock'},'by':['"
    "origin','sample.unit'],'"
    "per':'body','change':'sample.value','states':['open','closed'],"
    "'never_negative':true,'message':{'zh':'不够','en':'Not enough'}}]";
static const char life[] =
    "'initial':'open','states':[{'id':'open','label':{'zh':'在检','en':'Open'},'open':true},"
    "{'id':'closed','label':{'zh':'办结','en':'Closed'},'final':true},{'id':'void','label':{'zh':'"
    "作废','en':'Void'},'final':true}],"
    "'acts':[{'id':'result','label':{'zh':'结果','en':'Result'},'class':'likely','fields':[{'name':"
    "'passed','required':true},{'name':'failed','required':true}]},"
    "{'id':'close','label':{'zh':'办结','en':'Close'},'class':'ending','fields':[]},"
    "{'id':'cancel','label':{'zh':'作废','en':'Cancel'},'class':'rare','fields':[{'name':'why','"
    "kind':'text','max_bytes':300,'label':{'zh':'原因','en':'Why'}}]}],"
    "'deadlines':[{'id':'R1','label':{'zh':'期限','en':'Term'},'length':0,'unit':'ND','roll':'NONE'"
    ",'from':'act'}],"
    "'creation':[{'start':'R1','from':'drawn_on'}],"
    "'transitions':[{'act':'result','from':['open'],'to':'open','roles':['handler'],'set':{'sent':'"
    "true','width':'passed / 3'}},"
    "{'act':'close','from':['open'],'to':'closed','roles':['handler'],'guards':['done'],'other':"
    "true,'clocks':[{'stop':'R1'}]},"
    "{'act':'cancel','from':['open'],'to':'void','roles':['supervisor'],'guards':['said'],'clocks':"
    "[{'cancel':'R1'}]}]";
static const char counted[] =
    "'measures':[{'id':'all','label':{'zh':'抽检','en':'Sampled'},'unit':{'zh':'批次','en':'"
    "batches'},'where':'status != \\'void\\'','sum':'sampled','by':['origin','tags','status']},"
    "{'id':'bad','label':{'zh':'不合格','en':'Failed'},'where':'status != "
    "\\'void\\'','sum':'failed'},"
    "{'id':'entries','label':{'zh':'条数','en':'Entries'}},"
    "{'id':'spent','label':{'zh':'花费','en':'Spent'},'sum':'total'}],"
    "'rates':[{'id':'bad_rate','label':{'zh':'不合格率','en':'Share "
    "failed'},'num':'bad','den':'all','decimals':1},"
    "{'id':'each','label':{'zh':'每批','en':'Each'},'num':'spent','den':'all','factor':1,'decimals'"
    ":2}],"
    "'sentences':[{'id':'year','zh':'{when}，{body}抽检{all}个批次，随机{all:random}个，甲类{all@"
    "tags:a}个，不合格率{bad_rate}%，花费{spent_wan}万元。','en':'{when}: {all} batches, "
    "{bad_rate} %.'}],"
    "'public':{'states':['closed'],'fields':['goods','rate'],'title':{'zh':'抽检结果','en':'"
    "Results'}},"
    "'frequencies':[{'id':'often','label':{'zh':'每月一次','en':'Monthly'},'places':{'bodies':true}"
    ",'every':'month','at_least':1}]";

/* The definition as text, to be freed. */
static char *definition(void)
{
    char *text = NULL, *q;
    /* \\' inside an expression is a quoted double quote */
    assert_true(asprintf(&text, "{%s,%s,%s,%s,%s}", head, fields, rules_of, life, counted) > 0);
    q = strdup(text);
    free(text);
    assert_non_null(q);
    text = calloc(1, 2 * strlen(q) + 1);
    assert_non_null(text);
    for (size_t i = 0, n = 0; q[i] != '\0'; i++) {
        if (q[i] == '\\' && q[i + 1] == '\'') {
            text[n++] = '\\';
            text[n++] = '"';
            i++;
        } else {
            text[n++] = q[i] == '\'' ? '"' : q[i];
        }
    }
    free(q);
    return text;
}

static const struct embedded_file no_files[] = {{NULL, NULL, 0}};

static enum err_code load_text(const char *text, struct registers **ret,
                               const struct register_def **ret_def, struct err *err)
{
    return registers_check(no_files, NULL, 0, text, strlen(text), NULL, ret, ret_def, err);
}

struct fixture {
    struct registers *all;
    const struct register_def *def;
    struct arena *arena;
    struct calendar *calendar;
};

static int set_up(void **state)
{
    static struct fixture f;
    char *text = definition();
    struct err err = {0};

    if (load_text(text, &f.all, &f.def, &err) != ERR_OK)
        fail_msg("%s", err.why);
    free(text);
    f.arena = arena_new(1 << 24);
    f.calendar = shipped_calendar();
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    registers_free(f->all);
    arena_free(f->arena);
    calendar_free(f->calendar);
    return 0;
}

static json_t *object(const char *text)
{
    char *copy = unquoted(text);
    struct err err = {0};
    json_t *v = NULL;

    if (json_parse(copy, strlen(copy), &v, &err) != ERR_OK)
        fail_msg("%s: %s", copy, err.why);
    free(copy);
    return v;
}

static void reads_what_is_written(void **state)
{
    const struct register_def *d = ((struct fixture *)*state)->def;

    assert_string_equal(d->flow.id, "batches");
    assert_int_equal(d->group, GROUP_ENFORCEMENT);
    assert_int_equal(d->n_computed, 4);
    assert_int_equal(register_field(d, "sample")->n_units, 2);
    assert_true(register_field(d, "witness")->sealed);
    assert_true(register_field(d, "passed")->later);
    assert_true((register_field(d, "passed")->required_in & register_state_bit(d, "closed")) != 0);
    assert_true(register_open(flow_state(&d->flow, "open")));
    assert_false(register_open(flow_state(&d->flow, "closed")));
    assert_int_equal(pack_act(&d->flow.acts, "result")->fields[0].kind, FIELD_INT);
    assert_string_equal(pack_act(&d->flow.acts, "result")->fields[0].label.zh, "合格");
    assert_true(d->flow.transitions[1].other);
    assert_string_equal(d->flow.creation[0].from, "drawn_on");
    assert_true(register_measure(d, "spent")->money);
    assert_false(register_measure(d, "all")->money);
    assert_int_equal(register_measure(d, "all")->n_by, 3);
    assert_int_equal(d->n_filters, 1);
    assert_int_equal(d->open->states, register_state_bit(d, "closed"));
    assert_true(register_in_profile(d, "bank"));
    assert_string_equal(register_label(d, "rate")->en, "Share");
    assert_null(register_label(d, "nothing"));
}

static void numbers_entries(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(register_number(f->arena, f->def, day("2026-03-05"), 7), "CJ2026-0007");
    assert_string_equal(register_number(f->arena, f->def, day("2026-03-05"), 12345),
                        "CJ2026-12345");
}

/* ---- slips ---- */

static const struct {
    const char *from, *to, *path, *code;
} slips[] = {
    {"'kind':'text','required':true,'max_bytes':60,'label':{'zh':'商品'",
     "'kind':'texts','required':true,'label':{'zh':'商品'", "fields.0.kind", "unknown_name"},
    {"'kind':'money','label':{'zh':'价款'", "'kind':'remedies','label':{'zh':'价款'",
     "fields.6.kind", "unknown_name"},
    {"'kind':'money','label':{'zh':'价款'", "'kind':'file','required':true,'label':{'zh':'价款'",
     "fields.6.required", "condition"},
    {"'kind':'money','label':{'zh':'价款'", "'kind':'money','default':'dear','label':{'zh':'价款'",
     "fields.6.default", "type"},
    {"'kind':'money','label':{'zh':'价款'",
     "'kind':'money','default':'@today','label':{'zh':'价款'", "fields.6.default", "type"},
    {"'label':{'zh':'商品','en':'Goods'}", "'label':{'en':'Goods'}", "fields.0.label.zh",
     "missing"},
    {"'entry':{'zh':'批次','en':'Batch'}", "'entry':{'zh':'','en':'Batch'}", "entry.zh", "empty"},
    {"'name':'goods','kind'", "'name':'Goods','kind'", "fields.0.name", "name"},
    {"'name':'goods','kind'", "'name':'status','kind'", "fields.0.name", "reserved"},
    {"'name':'goods','kind'", "'name':'origin','kind'", "fields", "twice"},
    {"'name':'goods','kind'", "'name':'goods','colour':1,'kind'", "fields.0.colour", "unknown_key"},
    {"'formula':'passed + failed'", "'formula':'passed + rate'", "computed.1.formula", "cycle"},
    {"'formula':'passed + failed'", "'formula':'tested + 1'", "computed.1.formula", "cycle"},
    {"'formula':'passed + failed'", "'formula':'passed + nothing'", "computed.1.formula",
     "unknown_name"},
    {"'formula':'passed + failed'", "'formula':'goods'", "computed.1.formula", "type"},
    {"'kind':'int','formula'",
     "'kind':'int','choices':[{'code':'a','label':{'zh':'甲','en':'A'}}],'formula'",
     "computed.1.choices", "unknown_key"},
    {"'over':'tested'", "'over':'goods'", "computed.0.over", "type"},
    {"'name':'tested','label'", "'name':'goods','label'", "computed.1.name", "twice"},
    {"'id':'void','label':{'zh':'作废','en':'Void'},'final':true}",
     "'id':'void','label':{'zh':'作废','en':'Void'}}", "states", "unreachable"},
    {"{'act':'cancel','from':['open'],'to':'void'", "{'act':'cancel','from':['open'],'to':'closed'",
     "states", "unreachable"},
    {"'act':'close','from':['open']", "'act':'close','from':['shut']", "transitions.1.from",
     "unknown_name"},
    {"'guards':['done']", "'guards':['gone']", "transitions.1.guards", "unknown_name"},
    {"'act':'close'", "'act':'shut'", "transitions.1.act", "unknown_name"},
    {"{'id':'close','label'", "{'id':'amend','label'", "transitions.1.act", "unknown_name"},
    {"'fields':[{'name':'passed','required':true}", "'fields':[{'name':'past','required':true}",
     "acts.0.fields.0.name", "unknown_name"},
    {"'set':{'sent':'true'", "'set':{'sent':'1'", "transitions.0.set.sent", "type"},
    {"'set':{'sent':'true'", "'set':{'lost':'true'", "transitions.0.set.lost", "unknown_name"},
    {"'from':'drawn_on'}", "'from':'goods'}", "creation", "unknown_name"},
    {"'sum':'sampled'", "'sum':'goods'", "measures.0.sum", "type"},
    {"'sum':'sampled'", "'sum':'sampled + days(drawn_on, today)'", "measures.0.sum", "today"},
    {"'where':'status != \\'void\\'','sum':'failed'", "'where':'sampled','sum':'failed'",
     "measures.1.where", "type"},
    {"'where':'status != \\'void\\'','sum':'failed'",
     "'where':'status != \\'lost\\'','sum':'failed'", "measures.1.where", "unknown_name"},
    {"'by':['origin','tags','status']", "'by':['goods']", "measures.0.by.0", "type"},
    {"'id':'bad','label'", "'id':'all','label'", "measures.1.id", "twice"},
    {"'num':'bad'", "'num':'worse'", "rates.0.num", "unknown_name"},
    {"'num':'bad'", "'num':'other.bad'", "rates.0.num", "unknown_name"},
    {"{all:random}", "{all:blue}", "sentences.0.zh", "unknown_name"},
    {"{all@tags:a}", "{all@goods:a}", "sentences.0.zh", "unknown_name"},
    {"{bad_rate}%，", "{worst}%，", "sentences.0.zh", "unknown_name"},
    {"{all}个批次，", "{all}{bad}个批次，", "sentences.0.zh", "syntax"},
    {"'holds':'tested <= sampled'", "'holds':'tested'", "checks.0.holds", "type"},
    {"'holds':'tested <= sampled'", "'holds':'tested <='", "checks.0.holds", "syntax"},
    {"'field':'sampled','message'", "'field':'sampler','message'", "checks.0.field",
     "unknown_name"},
    {"'message':{'zh':'检的比抽的多','en':'More tested than drawn'}",
     "'message':{'zh':'检的比抽的多'}", "checks.0.message.en", "missing"},
    {"'fields':['body','goods','drawn_on']", "'fields':['body','lines']", "unique.0.fields",
     "type"},
    {"'change':'sample.value'", "'change':'sample.unit'", "balances.0.change", "type"},
    {"'by':['origin','sample.unit']", "'of':'other.stock','by':['origin','sample.unit']",
     "balances.0.of", "unknown_name"},
    {"'by':['origin','sample.unit']", "'by':['origin','sample.value']", "balances.0.by.1", "type"},
    {"'states':['open','closed'],'never", "'states':['open','lost'],'never", "balances.0.states",
     "unknown_name"},
    {"'number':'CJ{yyyy}-{nnnn}'", "'number':'CJ{nnnn}'", "number", "number"},
    {"'number':'CJ{yyyy}-{nnnn}'", "'number':'抽{yyyy}-{nnnn}'", "number", "number"},
    {"'title':['goods']", "'title':['witness']", "title", "unknown_name"},
    {"'day':'drawn_on'", "'day':'goods'", "day", "type"},
    {"'columns':['number','goods'", "'columns':['number','lines'", "columns", "unknown_name"},
    {"'filters':['origin'", "'filters':['goods'", "filters", "type"},
    {"'public':{'states':['closed'],'fields':['goods'",
     "'public':{'states':['closed'],'fields':['witness'", "public.fields", "unknown_name"},
    {"'register':'batches'", "'register':'lost'", "fields", "unknown_name"},
    {"'every':'month'", "'every':'day'", "frequencies.0.every", "unknown_name"},
    {"'every':'month'", "'place':'goods','every':'month'", "frequencies.0.place", "type"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'函','en':'Letter'},"
     "'title':'{{witness}}','lines':['x']}]",
     "prints.0.title", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'函','en':'Letter'},'title':'x',"
     "'lines':['{{goods}}，{{lines}}']}]",
     "prints.0.lines", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'函','en':'Letter'},'title':'x',"
     "'lines':['{{goods'],'states':['closed']}]",
     "prints.0.lines", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'函','en':'Letter'},'title':'x',"
     "'lines':['x'],'states':['open'],'code':true}]",
     "prints.0.code", "condition"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'函','en':'Letter'},'title':'x',"
     "'lines':['x',{'table':'goods','columns':['item']}]}]",
     "prints.0.lines.1.table", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'函','en':'Letter'},'title':'x',"
     "'lines':[{'table':'lines','columns':['item','colour']}]}]",
     "prints.0.lines.0.columns", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'册','en':'List'},'title':'x',"
     "'lines':[{'entries':['number','witness']}]}]",
     "prints.0.lines.0.entries", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'册','en':'List'},'title':'x',"
     "'lines':['{{passed}}',{'entries':['number']}]}]",
     "prints.0.lines", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'册','en':'List'},'title':'x',"
     "'where':'nothing','lines':[{'entries':['number']}]}]",
     "prints.0.where", "unknown_name"},
    {"'group':'enforcement'",
     "'group':'enforcement','prints':[{'id':'p','label':{'zh':'册','en':'List'},'title':'x',"
     "'lines':[7]}]",
     "prints.0.lines.0", "type"},
    {"'required_in':['closed'],'label':{'zh':'合格'", "'required_in':['shut'],'label':{'zh':'合格'",
     "fields.4.required_in", "unknown_name"},
    {"'max_bytes':60,'when'", "'later':true,'when'", "fields.16.later", "condition"},
    {"'group':'enforcement'", "'group':'sports'", "group", "unknown_name"},
    {"'columns':[{'name':'item','kind':'text'", "'columns':[{'name':'item','kind':'person'",
     "fields.14.columns", "type"},
    {"{'id':'maker','label'", "{'id':'label','label'", "fields.12.items.1.id", "twice"},
    {"{'id':'maker','label'", "{'id':'score','label'", "fields.12.items.1.id", "reserved"},
    {"'kind':'money','label':{'zh':'价款'", "'kind':'money','mark':true,'label':{'zh':'价款'",
     "fields.6.mark", "type"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'goods','sum':'all','by':'earlier'}],'set':{'sent':'true'",
     "transitions.0.gather.0.field", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'passed','sum':'none','by':'earlier'}],'set':{'sent':'true'",
     "transitions.0.gather.0.sum", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'passed','sum':'all','by':'goods'}],'set':{'sent':'true'",
     "transitions.0.gather.0.by", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'passed','mean':'all','by':'earlier','rows':'goods','key':'item','value':'"
     "fen'}],'set':{'sent':'true'",
     "transitions.0.gather.0.rows", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'lines','draw':'item','each':'house','n':'passed','seed':'goods','pool':"
     "'failed','from':'drawn_on','to':'drawn_on'}],'set':{'sent':'true'",
     "transitions.0.gather.0.each", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'passed','cases':'case','value':'fine'}],'set':{'sent':'true'",
     "transitions.0.gather.0.field", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'lines','cases':'item','value':'fen'}],'set':{'sent':'true'",
     "transitions.0.gather.0.cases", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'lines','draw':'item','n':'passed','seed':'goods','pool':'passed','from':'"
     "drawn_on','to':'drawn_on'}],'set':{'sent':'true'",
     "transitions.0.gather.0.draw", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'lines','draw':'item','n':'passed','seed':'passed','pool':'passed','from':"
     "'drawn_on','to':'drawn_on'}],'set':{'sent':'true'",
     "transitions.0.gather.0.seed", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'lines','list':'none','by':'earlier'}],'set':{'sent':'true'",
     "transitions.0.gather.0.list", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'goods','list':'all','by':'earlier'}],'set':{'sent':'true'",
     "transitions.0.gather.0.field", "unknown_name"},
    {"'set':{'sent':'true'",
     "'gather':[{'field':'lines','list':'all','by':'earlier'}],'set':{'sent':'true'",
     "transitions.0.gather.0.list", "unknown_name"},
    {"'rows_max':3,", "'rows_max':3,'given_by':{'link':'nowhere','table':'lines'},",
     "fields.14.given_by", "unknown_name"},
    {"'rows_max':3,", "'rows_max':3,'given_by':{'link':'earlier','table':'goods'},",
     "fields.14.given_by", "unknown_name"},
    {"'rows_max':3,", "'rows_max':3,'given_by':{'column':'item'},", "fields.14.given_by",
     "unknown_name"},
    {"'rows_max':3,",
     "'rows_max':3,'given_by':{'link':'earlier','table':'lines','states':['gone']},",
     "fields.14.given_by", "unknown_name"},
    {"'rows_max':3,", "'rows_max':3,'given_by':{'link':'earlier','table':'lines','column':'item'},",
     "fields.14.given_by.column", "condition"},
    {"'kind':'bool','label':{'zh':'送检'",
     "'kind':'bool','given_by':{'link':'earlier','table':'lines'},'label':{'zh':'送检'",
     "fields.15.given_by", "type"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'slips':{'of':'earlier','states':['open'],'from':'drawn_on','"
     "to':'drawn_on','mark':'goods','title':{'zh':'投','en':'V'},'thanks':{'zh':'谢','en':'T'},'"
     "fields':[{'name':'sampled'}]}",
     "slips.mark", "condition"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'slips':{'of':'goods','states':['open'],'from':'drawn_on','to':"
     "'drawn_on','mark':'goods','title':{'zh':'投','en':'V'},'thanks':{'zh':'谢','en':'T'},'fields'"
     ":[{'name':'sampled'}]}",
     "slips.of", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'slips':{'of':'earlier','states':['shut'],'from':'drawn_on','"
     "to':'drawn_on','mark':'goods','title':{'zh':'投','en':'V'},'thanks':{'zh':'谢','en':'T'},'"
     "fields':[{'name':'sampled'}]}",
     "slips.states", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'slips':{'of':'earlier','states':['open'],'from':'drawn_on','"
     "to':'goods','mark':'goods','title':{'zh':'投','en':'V'},'thanks':{'zh':'谢','en':'T'},'"
     "fields':[{'name':'sampled'}]}",
     "slips.to", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'slips':{'of':'earlier','states':['open'],'from':'drawn_on','"
     "to':'drawn_on','mark':'goods','title':{'zh':'投','en':'V'},'thanks':{'zh':'谢','en':'T'},'"
     "fields':[{'name':'officer'}]}",
     "slips.fields.0.name", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'self_check':{'title':{'zh':'算','en':'W'},'fields':['lines'],'"
     "shows':['rate']}",
     "self_check.fields", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'self_check':{'title':{'zh':'算','en':'W'},'fields':['sampled']"
     ",'shows':['goods']}",
     "self_check.shows", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'recognise':{'states':['open'],'name':'sampled'}",
     "recognise.name", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'recognise':{'states':['gone'],'name':'goods'}",
     "recognise.states", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'recognise':{'states':['open'],'name':'goods','in':[{'register'"
     ":"
     "'nowhere','name':'goods'}]}",
     "recognise.in.0.register", "unknown_name"},
    {"'filters':['origin','status']",
     "'filters':['origin','status'],'recognise':{'states':['open'],'phrases':'sampled'}",
     "recognise.phrases", "unknown_name"},
    {"'public':{'states':['closed']", "'public':{'order':'goods','states':['closed']",
     "public.order", "type"},
};

static char *replaced(const char *text, const char *from, const char *to)
{
    char *plain_from = NULL, *plain_to = NULL, *whole = NULL;
    const char *at;

    plain_from = unquoted(from);
    plain_to = unquoted(to);
    at = strstr(text, plain_from);
    if (at == NULL) {
        print_error("%s is not in the definition\n", from);
        fail();
    }
    assert_true(asprintf(&whole, "%.*s%s%s", (int)(at - text), text, plain_to,
                         at + strlen(plain_from)) > 0);
    free(plain_from);
    free(plain_to);
    return whole;
}

static void each_slip_is_named(void **state)
{
    char *text = definition();

    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        char *wrong = replaced(text, slips[i].from, slips[i].to);
        struct registers *all = NULL;
        const struct register_def *def = NULL;
        struct err err = {0};
        bool named = false;

        if (load_text(wrong, &all, &def, &err) == ERR_OK)
            fail_msg("%s was taken", slips[i].to);
        for (size_t k = 0; k < err.n_items; k++)
            named |= strcmp(err.items[k].field, slips[i].path) == 0 &&
                     strcmp(err.items[k].code, slips[i].code) == 0;
        if (!named || strncmp(err.why, REGISTER_CHECKED ": ", 11) != 0)
            fail_msg("%s: %s %s (%s)", slips[i].to, err.n_items > 0 ? err.items[0].field : "",
                     err.n_items > 0 ? err.items[0].code : "", err.why);
        free(wrong);
    }
    free(text);
}

/* ---- what is sent ---- */

static bool exists(void *arg, const struct act_field *field, const json_t *value)
{
    (void)arg;
    return field->kind != FIELD_OFFICER || json_integer_value(value) == 5;
}

static void every_fault_of_what_is_sent(void **state)
{
    static const struct {
        const char *input, *path, *code;
    } rows[] = {
        {"{'goods':5}", "fields.goods", "type"},
        {"{'goods':'　 '}", "fields.goods", "required"},
        {"{'goods':null}", "fields.goods", "required"},
        {"{'origin':'blue'}", "fields.origin", "choice"},
        {"{'drawn_on':'2026-02-30'}", "fields.drawn_on", "date"},
        {"{'sampled':0}", "fields.sampled", "range"},
        {"{'sampled':'3'}", "fields.sampled", "type"},
        {"{'price':-1}", "fields.price", "range"},
        {"{'price':1.5}", "fields.price", "type"},
        {"{'width':'1.234'}", "fields.width", "type"},
        {"{'width':'100.01'}", "fields.width", "range"},
        {"{'width':1.2}", "fields.width", "type"},
        {"{'sample':{'value':'1.5','unit':'box'}}", "fields.sample", "unit"},
        {"{'sample':{'value':'1.55','unit':'kg'}}", "fields.sample", "type"},
        {"{'sample':{'value':'1.5','unit':'kg','x':1}}", "fields.sample", "unknown"},
        {"{'sample':'1.5'}", "fields.sample", "type"},
        {"{'witness':{'phone':'13800000000'}}", "fields.witness.name", "required"},
        {"{'witness':{'name':'王五','phone':'12'}}", "fields.witness.phone", "phone"},
        {"{'witness':{'name':'王五','id_number':'12'}}", "fields.witness.id_number", "id_number"},
        {"{'quarter':'2026Q5'}", "fields.quarter", "period"},
        {"{'place':{'lat':'30.1','lon':'114.1'}}", "fields.place", "required"},
        {"{'place':{'text':'街上','lat':'91','lon':'114.1'}}", "fields.place", "degrees"},
        {"{'place':{'text':'街上','lat':'30.1'}}", "fields.place", "degrees"},
        {"{'look':{'items':{'label':{'score':6}}}}", "fields.look.label", "range"},
        {"{'look':{'items':{'colour':{'score':1}}}}", "fields.look.colour", "unknown"},
        {"{'tags':['a','a']}", "fields.tags", "twice"},
        {"{'tags':['c']}", "fields.tags", "choice"},
        {"{'tags':'a'}", "fields.tags", "type"},
        {"{'lines':[{'item':'x'},{'fen':3}]}", "fields.lines.1.item", "required"},
        {"{'lines':[{'item':'x','fen':'3'}]}", "fields.lines.0.fen", "type"},
        {"{'lines':[1]}", "fields.lines.0", "type"},
        {"{'lines':[{'item':'a'},{'item':'a'},{'item':'a'},{'item':'a'}]}", "fields.lines",
         "too_many"},
        {"{'sent':true}", "fields.lab", "required"},
        {"{'officer':6}", "fields.officer", "not_found"},
        {"{'officer':0}", "fields.officer", "range"},
        {"{'colour':1}", "fields.colour", "unknown"},
    };
    static const char good[] =
        "{'goods':'衣服','origin':'random','drawn_on':'2026-03-02','sampled':3,'sent':false,'price'"
        ":12050,"
        "'width':'1.25','sample':{'value':'2.5','unit':'kg'},'witness':{'name':'王五','phone':'"
        "13800000000'},"
        "'quarter':'2026Q3','place':{'text':'街上','lat':'30.123456','lon':'114.5'},"
        "'look':{'items':{'label':{'score':4,'note':'缺字'}}},'tags':['a','b'],"
        "'lines':[{'item':'车费','fen':300}],'officer':5,'earlier':'CJ2026-0001'}";
    const struct pack_act *act = &((struct fixture *)*state)->def->registering;
    struct register_world world = {.exists = exists};
    CLEANUP(json_decrefp) json_t *right = object(good);
    struct err err = {0};

    if (register_fields_check(act->fields, act->n_fields, right, "fields", true, ZONE_CHINA_MIN,
                              &world, &err) != ERR_OK)
        fail_msg("%s: %s", err.items[0].field, err.items[0].en);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(json_decrefp) json_t *input = json_deep_copy(right);
        CLEANUP(json_decrefp) json_t *change = object(rows[i].input);

        json_object_update(input, change);
        err_clear(&err);
        assert_int_equal(register_fields_check(act->fields, act->n_fields, input, "fields", true,
                                               ZONE_CHINA_MIN, &world, &err),
                         ERR_INVALID);
        if (err.n_items != 1 || strcmp(err.items[0].field, rows[i].path) != 0 ||
            strcmp(err.items[0].code, rows[i].code) != 0)
            fail_msg("%s: %zu, %s %s", rows[i].input, err.n_items, err.items[0].field,
                     err.items[0].code);
    }
    err_clear(&err); /* all at once, each required one by name */
    json_object_clear(right);
    assert_int_equal(register_fields_check(act->fields, act->n_fields, right, "fields", true,
                                           ZONE_CHINA_MIN, NULL, &err),
                     ERR_INVALID);
    assert_int_equal(err.n_items, 4);
    err_clear(&err);
    assert_int_equal(register_fields_check(act->fields, act->n_fields, right, "fields", false,
                                           ZONE_CHINA_MIN, NULL, &err),
                     ERR_OK);
}

/* ---- an entry ---- */

static struct register_env env_of(struct fixture *f, const json_t *values, const char *status)
{
    struct register_env env = {.def = f->def,
                               .values = values,
                               .number = "CJ2026-0002",
                               .status = status,
                               .body = "420202",
                               .day = DATE_NONE,
                               .register_day = day("2026-03-10"),
                               .today = day("2026-04-01"),
                               .calendar = f->calendar,
                               .zone_min = ZONE_CHINA_MIN};

    assert_true(register_compute(f->arena, &env));
    return env;
}

static const char entry[] =
    "{'goods':'衣服','origin':'random','drawn_on':'2026-03-02','sampled':8,'passed':5,'failed':3,'"
    "price':12000,"
    "'sample':{'value':'2.5','unit':'kg'},'tags':['a','b'],'witness':true,"
    "'look':{'items':{'label':{'score':4},'maker':{'score':1}}},"
    "'lines':[{'item':'车费','fen':300},{'item':'邮费','fen':50},{'item':'别的'}]}";

static void computes(void **state)
{
    struct fixture *f = *state;
    CLEANUP(json_decrefp) json_t *values = object(entry);
    struct register_env env = env_of(f, values, "open");
    const struct register_computed *total = register_computed(f->def, "total"),
                                   *size = register_computed(f->def, "size");

    assert_int_equal(register_value(&env, "tested").number, 8 * NUMBER_ONE);
    assert_int_equal(register_value(&env, "rate").number, 375000); /* 3 of 8 */
    assert_int_equal(register_value(&env, "total").number, 12350 * NUMBER_ONE);
    assert_int_equal(register_value(&env, "look.score").number, 5 * NUMBER_ONE);
    assert_int_equal(register_value(&env, "look.max").number, 8 * NUMBER_ONE);
    assert_int_equal(register_value(&env, "look.maker").number, NUMBER_ONE);
    assert_int_equal(register_value(&env, "sample.value").number, 25000);
    assert_string_equal(register_value(&env, "sample.unit").text, "kg");
    assert_int_equal(register_value(&env, "witness").kind, VALUE_FILLED);
    assert_int_equal(register_value(&env, "nothing").kind, VALUE_EMPTY);
    assert_int_equal(register_day_of(&env), day("2026-03-02"));
    assert_string_equal(
        register_computed_text(f->arena, total, &env.computed[total - f->def->computed]).zh,
        "123.50");
    assert_string_equal(register_value(&env, "size").text, "big");
    assert_string_equal(
        register_computed_text(f->arena, size, &env.computed[size - f->def->computed]).en, "Big");
    assert_string_equal(register_computed_words(size, "small").zh, "small");
    json_object_del(values, "drawn_on");
    assert_int_equal(register_day_of(&env), day("2026-03-10"));
    assert_string_equal(register_title(f->arena, &env, NULL), "衣服");
}

static void judges(void **state)
{
    struct fixture *f = *state;
    CLEANUP(json_decrefp) json_t *values = object(entry), *set = NULL;
    struct register_env env = env_of(f, values, "open");
    struct flow_answer answer;
    struct err err = {0};

    assert_int_equal(register_checks(&env, &err), ERR_OK);
    assert_int_equal(register_required_check(&env, flow_state(&f->def->flow, "closed"), &err),
                     ERR_OK);
    assert_non_null(register_step(&env, "close", ROLE_HANDLER).step);
    assert_true(register_step(&env, "close", ROLE_INTAKE).forbidden);
    answer = register_step(&env, "cancel", ROLE_SUPERVISOR);
    assert_null(answer.step);
    assert_string_equal(answer.why.zh, "要写原因");
    env.asking = true;
    assert_non_null(register_step(&env, "cancel", ROLE_SUPERVISOR).step);
    set = register_sets(&env, register_step(&env, "result", ROLE_HANDLER).step, &err);
    assert_true(json_is_true(json_object_get(set, "sent")));
    assert_string_equal(json_string_value(json_object_get(set, "width")), "1.67");

    json_object_set_new(values, "failed", json_integer(4)); /* 9 of 8 */
    env = env_of(f, values, "open");
    assert_int_equal(register_checks(&env, &err), ERR_INVALID);
    assert_int_equal(err.n_items, 1);
    assert_string_equal(err.items[0].field, "fields.sampled");
    assert_string_equal(err.items[0].code, "check");
    assert_string_equal(err.items[0].zh, "检的比抽的多");
    assert_string_equal(register_step(&env, "close", ROLE_HANDLER).why.zh, "还没检完");

    json_object_del(values, "failed"); /* what is not filled passes checks, but not the state */
    env = env_of(f, values, "open");
    err_clear(&err);
    assert_int_equal(register_checks(&env, &err), ERR_OK);
    assert_int_equal(register_required_check(&env, flow_state(&f->def->flow, "closed"), &err),
                     ERR_INVALID);
    assert_string_equal(err.items[0].field, "fields.failed");
    assert_null(register_step(&env, "close", ROLE_HANDLER).step);
}

static void counts(void **state)
{
    struct fixture *f = *state;
    CLEANUP(json_decrefp) json_t *values = object(entry);
    struct register_env env = env_of(f, values, "open");
    const struct register_measure *all = register_measure(f->def, "all");
    const char *keys[4], *key;
    int64_t change;

    assert_int_equal(register_measured(&env, all).sum, 8 * NUMBER_ONE);
    assert_int_equal(register_measured(&env, register_measure(f->def, "entries")).sum, NUMBER_ONE);
    assert_int_equal(register_dimension_values(&env, &all->by[0], keys, 4), 1);
    assert_string_equal(keys[0], "random");
    assert_int_equal(register_dimension_values(&env, &all->by[1], keys, 4), 2);
    assert_string_equal(keys[1], "b");
    assert_int_equal(register_dimension_values(&env, &all->by[2], keys, 4), 1);
    assert_string_equal(keys[0], "open");
    assert_true(register_change(f->arena, &env, &f->def->balances[0], &change, &key));
    assert_int_equal(change, 25000);
    assert_string_equal(key, "random|kg");
    assert_true(register_unique_key(f->arena, &env, &f->def->unique[0], &key));
    assert_string_equal(key, "420202|衣服|2026-03-02");
    env = env_of(f, values, "void");
    assert_false(register_measured(&env, all).counts);
    assert_true(register_change(f->arena, &env, &f->def->balances[0], &change, &key));
    assert_int_equal(change, 0);
    assert_true(register_unique_key(f->arena, &env, &f->def->unique[0], &key));
    assert_null(key);
    json_object_del(values, "sampled");
    env = env_of(f, values, "open");
    assert_false(register_measured(&env, all).counts); /* the sum is empty */
}

/* ---- words ---- */

static bool number_of(void *arg, const struct register_measure *m,
                      const struct register_dimension *by, const char *value, int64_t *ret)
{
    (void)arg;
    if (strcmp(m->id, "bad") == 0)
        *ret = 236 * NUMBER_ONE;
    else if (strcmp(m->id, "spent") == 0)
        *ret = INT64_C(30050000) * NUMBER_ONE; /* 300,500 yuan */
    else if (by == NULL)
        *ret = 624 * NUMBER_ONE;
    else
        *ret = strcmp(value, "random") == 0 ? 500 * NUMBER_ONE : 124 * NUMBER_ONE;
    return true;
}

static bool no_number(void *arg, const struct register_measure *m,
                      const struct register_dimension *by, const char *value, int64_t *ret)
{
    (void)arg;
    (void)m;
    (void)by;
    (void)value;
    *ret = 0;
    return true;
}

static void says_and_reads_back(void **state)
{
    struct fixture *f = *state;
    const struct register_sentence *s = &f->def->sentences[0];
    struct register_numbers numbers = {.measure = number_of,
                                       .when_zh = "2026年",
                                       .when_en = "2026",
                                       .body_zh = "西塞山区",
                                       .body_en = "Xisaishan"};
    struct label said = register_sentence_text(f->arena, s, &numbers);
    const char **back = ARENA_ARRAY(f->arena, const char *, s->n_zh);
    static const char *const expected[] = {"2026年", "西塞山区", "624",  "500",
                                           "124",    "37.8",     "30.05"};
    size_t n = 0;

    assert_string_equal(said.zh,
                        "2026年，西塞山区抽检624个批次，随机500个，甲类124个，不合格率37.8%，"
                        "花费30.05万元。");
    assert_string_equal(said.en, "2026: 624 batches, 37.8 %.");
    assert_true(register_sentence_parse(f->arena, s, said.zh, back));
    for (size_t i = 0; i < s->n_zh; i++)
        if (back[i] != NULL)
            assert_string_equal(back[i], expected[n++]);
    assert_int_equal(n, 7);
    assert_false(register_sentence_parse(f->arena, s, "2026年，西塞山区抽检个批次", back));
    numbers.measure = no_number; /* nothing below the line: no sentence */
    assert_null(register_sentence_text(f->arena, s, &numbers).zh);
}

static void numbers_in_words(void **state)
{
    struct fixture *f = *state;
    const struct register_measure *spent = register_measure(f->def, "spent"),
                                  *all = register_measure(f->def, "all");
    const struct register_rate *each = register_rate(f->def, "each");

    assert_string_equal(
        register_measure_text(f->arena, spent, INT64_C(30000000) * NUMBER_ONE, false), "300000");
    assert_string_equal(register_measure_text(f->arena, spent, 12050 * NUMBER_ONE, false),
                        "120.50");
    assert_string_equal(
        register_measure_text(f->arena, spent, INT64_C(300000000) * NUMBER_ONE, true), "300");
    assert_string_equal(register_measure_text(f->arena, all, 20000 * NUMBER_ONE, true), "2");
    assert_string_equal(register_measure_text(f->arena, all, 2767 * NUMBER_ONE, false), "2767");
    /* 300,000 yuan over 95 batches: yuan for each. */
    assert_string_equal(
        register_rate_text(f->arena, each, INT64_C(30000000) * NUMBER_ONE, 95 * NUMBER_ONE),
        "3157.89");
    assert_null(register_rate_text(f->arena, each, 1, 0));
}

/* ---- the shipped ones ---- */

static void shipped_ones_load(void **state)
{
    CLEANUP(registers_freep) struct registers *all = NULL;
    CLEANUP(codes_freep) struct codes *codes = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(codes_load(embedded_packs, NULL, &codes, &err), ERR_OK);
    if (registers_load(embedded_packs, NULL, codes, &all, &err) != ERR_OK)
        fail_msg("%s", err.why);
    for (size_t i = 0; i < registers_count(all); i++)
        assert_ptr_equal(registers_find(all, registers_at(all, i)->flow.id), registers_at(all, i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_written),
        cmocka_unit_test(numbers_entries),
        cmocka_unit_test(each_slip_is_named),
        cmocka_unit_test(every_fault_of_what_is_sent),
        cmocka_unit_test(computes),
        cmocka_unit_test(judges),
        cmocka_unit_test(counts),
        cmocka_unit_test(says_and_reads_back),
        cmocka_unit_test(numbers_in_words),
        cmocka_unit_test(shipped_ones_load),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
