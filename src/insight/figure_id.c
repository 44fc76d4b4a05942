/* Ids of figures and of their cells. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "insight/figures_internal.h"

#define ID_BYTES 8192
#define PARTS_MAX 6

/* ---- making ---- */

/* Keys may hold anything; what would part the id, or is not ASCII, is written %XX. */
static void add_escaped(struct buf *b, const char *key)
{
    for (const unsigned char *p = (const unsigned char *)key; *p != '\0'; p++) {
        if (strchr(":@=%/", *p) != NULL || *p <= ' ' || *p >= 0x7f)
            buf_addf(b, "%%%02X", *p);
        else
            buf_addc(b, (char)*p);
    }
}

static void add_as_of(struct buf *b, struct figure_as_of as_of)
{
    if (as_of.kind == AS_OF_INSTANT)
        buf_addf(b, ":until=%lld", (long long)as_of.at);
    else if (as_of.kind == AS_OF_EVENT)
        buf_addf(b, ":seen=%lld", (long long)as_of.at);
}

const char *figure_id_make(const struct figuring *f, const struct indicator *ind,
                           const struct period *period, struct figure_as_of as_of)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(ID_BYTES);
    char text[PERIOD_TEXT];

    period_format(period, text);
    buf_addf(&b, "%s:%s:%s%s", ind->id, f->body, text, f->scope == SCOPE_OWN ? ":own" : "");
    add_as_of(&b, as_of);
    buf_addf(&b, "@%lld", (long long)snapshot_position(f->snap));
    return b.failed ? NULL : arena_strdup(f->op->arena, buf_text(&b));
}

const char *figure_cell_id(struct op *op, const struct figure *figure, const char *key)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(ID_BYTES);
    const char *at = strrchr(figure->id, '@');

    if (at == NULL)
        return NULL;
    buf_add(&b, figure->id, (size_t)(at - figure->id));
    buf_addf(&b, ":%s=", figure_dimension_name(figure->by));
    add_escaped(&b, key);
    buf_adds(&b, at);
    return b.failed ? NULL : arena_strdup(op->arena, buf_text(&b));
}

/* ---- reading ---- */

static enum err_code not_an_id(struct op *op)
{
    return err_field(&op->err, ERR_INVALID, "id", "figure_id", "这不是一个数字的编号",
                     "This is not the id of a figure");
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        if (*text == '%') {
            int high = hex_value(text[1]), low = high < 0 ? -1 : hex_value(text[2]);

            if (low < 0 || high * 16 + low == 0)
                return false;
            *to++ = (char)(high * 16 + low);
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
    return true;
}

/* "own", "until=…", "seen=…" or "channel=phone". */
static bool read_rest(char *part, struct figure_id *ret)
{
    char *value = strchr(part, '=');

    if (value == NULL) {
        if (strcmp(part, "own") != 0 || ret->scope == SCOPE_OWN)
            return false;
        ret->scope = SCOPE_OWN;
        return true;
    }
    *value++ = '\0';
    if (strcmp(part, "until") == 0 || strcmp(part, "seen") == 0) {
        if (ret->as_of.kind != AS_OF_NOW || !text_int64(value, &ret->as_of.at))
            return false;
        ret->as_of.kind = *part == 'u' ? AS_OF_INSTANT : AS_OF_EVENT;
        return true;
    }
    if (ret->by != DIM_NONE || *part == '\0' || !unescape(value))
        return false;
    ret->by = figure_dimension_find(part);
    ret->key = value;
    return ret->by != DIM_COUNT;
}

enum err_code figure_id_read(struct op *op, const struct indicators *indicators, const char *id,
                             struct figure_id *ret)
{
    char *text = arena_strdup(op->arena, id), *at, *parts[PARTS_MAX] = {NULL};
    int64_t position;
    size_t n = 0;

    if (text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for an id");
    at = strrchr(text, '@');
    if (at != NULL) { /* a live figure: the position only says when it was read */
        *at = '\0';
        if (!text_int64(at + 1, &position))
            return not_an_id(op);
    }
    for (char *p = text, *next; p != NULL; p = next) {
        if (n == PARTS_MAX)
            return not_an_id(op);
        next = strchr(p, ':');
        if (next != NULL)
            *next++ = '\0';
        parts[n++] = p;
    }
    *ret = (struct figure_id){.scope = SCOPE_SUBTREE, .key = ""};
    if (n < 3)
        return not_an_id(op);
    for (size_t i = 3; i < n; i++)
        if (!read_rest(parts[i], ret))
            return not_an_id(op);
    ret->indicator = indicators_find(indicators, parts[0]);
    ret->body = parts[1];
    if (ret->indicator == NULL ||
        period_parse(parts[2], &ret->period, &(struct err){.code = ERR_OK}) != ERR_OK)
        return not_an_id(op);
    return ERR_OK;
}

/* ---- as of ---- */

enum err_code figure_as_of_parse(struct op *op, const char *text, struct figure_as_of *ret)
{
    date_t day;

    *ret = (struct figure_as_of){AS_OF_NOW, 0};
    if (!given(text))
        return ERR_OK;
    if (*text == '@' && text_int64(text + 1, &ret->at) && ret->at > 0) {
        ret->kind = AS_OF_EVENT;
        return ERR_OK;
    }
    day = date_parse(text);
    ret->kind = AS_OF_INSTANT;
    if (day != DATE_NONE) {
        ret->at = instant_of_date(day + 1, op->zone_min) - 1;
        return ERR_OK;
    }
    if (instant_parse(text, op->zone_min, &ret->at))
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "as_of", "as_of",
                     "截止写成 2026-12-31、2026-12-31T17:00:00+08:00，或 @ 加记录号",
                     "Write the cut-off as 2026-12-31, 2026-12-31T17:00:00+08:00, or @ and the "
                     "number of an event");
}

static int64_t end_of(const struct figuring *f, const struct period *period)
{
    return instant_of_date(period->last + 1, f->op->zone_min) - 1;
}

struct figure_as_of cutoff_for(const struct figuring *f, const struct indicator *ind,
                               struct figure_as_of as_of, const struct period *asked,
                               const struct period *period)
{
    if (as_of.kind == AS_OF_INSTANT)
        as_of.at += end_of(f, period) - end_of(f, asked);
    else if (as_of.kind == AS_OF_NOW && ind->cutoff == CUTOFF_DAYS)
        as_of = (struct figure_as_of){
            AS_OF_INSTANT,
            instant_of_date(period->last + 1 + ind->cutoff_days, f->op->zone_min) - 1};
    return as_of;
}
