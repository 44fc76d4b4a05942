/* From a text to a body: of the place names found only those that lie in no longer one count; the
 * longest decides, unless a place of another body is nearly as long. */
#include "rules/routing_internal.h"

#include <string.h>

#include "base/text.h"

#define TEXT_MAX 6000 /* code points of a text that are looked at */
#define MATCHES_MAX 64
#define SUGGEST_PCT 55    /* below this certainty nothing is suggested */
#define CLEAR_MARGIN 0.25 /* the longest must lead by this share */

/* ---- matching ---- */

struct match {
    const struct alias *alias;
    size_t from, to;
    double weight; /* how much it says: length and confidence */
};

static bool one_of(uint32_t c, const char *set)
{
    size_t left = strlen(set), step;

    for (; left > 0; set += step, left -= step) {
        if (utf8_at(set, left, &step) == c)
            return true;
    }
    return false;
}

/* Whether a match is a word of its own: no digits or letters run on, and a name of two characters
 * does not sit inside another word (京东商城, 河东路). */
static bool stands_alone(const uint32_t *text, size_t n, size_t from, size_t to)
{
    uint32_t before = from > 0 ? text[from - 1] : ROUTING_BREAK,
             after = to < n ? text[to] : ROUTING_BREAK;

    if (routing_alnum(text[from]) && routing_alnum(before) &&
        routing_digit(text[from]) == routing_digit(before))
        return false;
    if (routing_alnum(text[to - 1]) && routing_alnum(after) &&
        routing_digit(text[to - 1]) == routing_digit(after))
        return false;
    if (routing_digit(text[to - 1]) && after == '-')
        return false;
    if (to - from > 2)
        return true;
    if (one_of(after, "路巷桥"))
        return false;
    return !routing_han(before) ||
           one_of(before, "在到去从住位于是来经过的了往由市县区镇乡村内里叫");
}

/* Whether an unknown, finer place seems to follow: 小坝镇 + 朔方路. Only then is a shared name
 * vague. */
static bool goes_on(const uint32_t *text, size_t n, size_t to)
{
    return to < n && routing_han(text[to]) &&
           !one_of(text[to],
                   "附近的对旁边那这有和与在买办里内上口门外东南西北吃住开卖一家某几两政");
}

/* "我住铝厂，在步行街买的": where somebody lives says little about where the business is. */
static bool is_home(const uint32_t *text, size_t from)
{
    for (size_t i = 0; i < 4 && i < from; i++) {
        uint32_t c = text[from - 1 - i];
        if (c == ROUTING_BREAK || one_of(c, "买购店吃"))
            return false;
        if (one_of(c, "住籍寄"))
            return true;
    }
    return false;
}

static double weight_of(const struct alias *a, bool home)
{
    double length = 0;

    for (size_t i = 0; i < a->n; i++)
        length += routing_han(a->form[i]) ? 1.0 : 0.6;
    return length * a->confidence_pct / 100.0 * (home ? 0.4 : 1.0);
}

/* The longest alias that begins at each place and lies in no earlier, longer one. */
static size_t find_matches(const struct routing *r, const uint32_t *text, size_t n,
                           struct match ret[MATCHES_MAX])
{
    size_t found = 0, covered = 0;

    for (size_t from = 0; from < n && found < MATCHES_MAX; from++) {
        const struct alias *best = NULL;
        size_t best_to = 0;
        uint32_t node = 0;
        for (size_t to = from; to < n; to++) {
            const struct slot *s = routing_slot(r, node, text[to]);
            const struct alias *a;
            if (s->key == 0)
                break;
            node = s->node;
            a = r->ends[node] != 0 ? &r->aliases[r->ends[node] - 1] : NULL;
            if (a != NULL && !a->dropped && stands_alone(text, n, from, to + 1) &&
                !(a->shared && goes_on(text, n, to + 1))) {
                best = a;
                best_to = to + 1;
            }
        }
        if (best == NULL || best_to <= covered)
            continue;
        covered = best_to;
        ret[found++] = (struct match){best, from, best_to, weight_of(best, is_home(text, from))};
    }
    return found;
}

struct finding {
    const struct alias *alias; /* NULL when nothing is clear */
    const struct alias *rival; /* of another body, too close to decide */
    int certainty_pct;
};

static int certainty(const struct alias *a, size_t n_bodies)
{
    static const int by_length[] = {0, 0, 64, 74, 82, 86, 90};
    int pct = by_length[a->n < 6 ? a->n : 6];

    if (a->support >= 5 || a->support == 0)
        pct += 5;
    if (a->derived)
        pct -= 4;
    if (n_bodies > 1)
        pct -= 10;
    return pct * a->confidence_pct / 100;
}

static struct finding decide(const struct match *m, size_t n)
{
    struct finding f = {0};
    const struct match *best = NULL, *rival = NULL;

    for (size_t i = 0; i < n; i++) {
        if (best == NULL || m[i].weight > best->weight)
            best = &m[i];
    }
    if (best == NULL)
        return f;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(m[i].alias->body, best->alias->body) != 0 &&
            (rival == NULL || m[i].weight > rival->weight))
            rival = &m[i];
    }
    if (rival != NULL && best->weight - rival->weight < CLEAR_MARGIN * best->weight) {
        f.rival = rival->alias;
        f.alias = best->alias;
        return f; /* certainty 0: too close */
    }
    f.alias = best->alias;
    f.certainty_pct = certainty(best->alias, rival != NULL ? 2 : 1);
    return f;
}

static struct finding look(const struct routing *r, struct arena *arena, const char *text)
{
    struct match matches[MATCHES_MAX];
    uint32_t *form;
    size_t room, n;

    if (text == NULL || *text == '\0' || r->n_aliases == 0)
        return (struct finding){0};
    room = strlen(text) * 2 + 4;
    if (room > TEXT_MAX)
        room = TEXT_MAX;
    form = ARENA_ARRAY(arena, uint32_t, room);
    if (form == NULL)
        return (struct finding){0};
    n = routing_form(text, form, room);
    return decide(matches, find_matches(r, form, n, matches));
}

/* ---- the suggestion ---- */

static struct routing_suggestion none(struct arena *arena, const struct finding *close)
{
    struct routing_suggestion s = {0};

    if (close != NULL && close->rival != NULL) {
        s.reason.zh = arena_printf(arena, "提到的地点分属%s和%s，拿不准", close->alias->body_name,
                                   close->rival->body_name);
        s.reason.en = arena_printf(arena, "The places named belong to %s and %s; unsure",
                                   close->alias->body_name, close->rival->body_name);
    }
    if (s.reason.zh == NULL || s.reason.en == NULL)
        s.reason = (struct label){"没有认出地点，拿不准", "No known place was found; unsure"};
    return s;
}

static struct routing_suggestion from_division(struct arena *arena, const struct division *d,
                                               bool street)
{
    struct routing_suggestion s = {
        .body = d->body,
        .body_name = d->body_name,
        .source = street ? ROUTED_STREET : ROUTED_COUNTY,
        .certainty_pct = street ? 96 : 60,
        .matched = d->code,
    };

    s.reason.zh =
        arena_printf(arena, "%s %s 归%s", street ? "街道" : "区县", d->code, d->body_name);
    s.reason.en = arena_printf(arena, "%s %s belongs to %s", street ? "Street" : "County", d->code,
                               d->body_name);
    return s;
}

static struct routing_suggestion from_alias(struct arena *arena, const struct finding *f,
                                            enum routing_source source)
{
    static const struct label where[] = {
        [ROUTED_ADDRESS] = {"地址", "address"},
        [ROUTED_BUSINESS] = {"名称", "name"},
        [ROUTED_TEXT] = {"内容", "text"},
    };
    struct routing_suggestion s = {
        .body = f->alias->body,
        .body_name = f->alias->body_name,
        .source = source,
        .certainty_pct = f->certainty_pct,
        .matched = f->alias->text,
    };

    s.reason.zh = arena_printf(arena, "%s里的“%s”归%s", where[source].zh, f->alias->text,
                               f->alias->body_name);
    s.reason.en = arena_printf(arena, "“%s” in the %s belongs to %s", f->alias->text,
                               where[source].en, f->alias->body_name);
    return s;
}

static const struct division *find_division(const struct routing *r, const char *code, size_t n)
{
    for (size_t i = 0; i < r->n_divisions; i++) {
        if (strlen(r->divisions[i].code) == n && strncmp(r->divisions[i].code, code, n) == 0)
            return &r->divisions[i];
    }
    return NULL;
}

const char *routing_only_street(const struct routing *r, const char *body)
{
    const char *found = NULL;

    for (size_t i = 0; body != NULL && i < r->n_divisions; i++) {
        const struct division *d = &r->divisions[i];

        if (strlen(d->code) != 9 || strcmp(d->body, body) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = d->code;
    }
    return found;
}

struct routing_suggestion routing_suggest(const struct routing *r, struct arena *arena,
                                          const struct routing_query *query)
{
    const char *texts[] = {query->address, query->business, query->text};
    struct finding found[3], *first = NULL;
    enum routing_source source = ROUTED_NOT;
    size_t n = query->division != NULL ? strlen(query->division) : 0;
    const struct division *d;

    d = n >= 9 ? find_division(r, query->division, 9) : NULL;
    if (d != NULL)
        return from_division(arena, d, true);
    for (int i = 0; i < 3 && r->ready; i++) {
        found[i] = look(r, arena, texts[i]);
        if (found[i].alias == NULL)
            continue;
        if (first == NULL) {
            first = &found[i];
            source = (enum routing_source)(ROUTED_ADDRESS + i);
        } else if (found[i].certainty_pct > first->certainty_pct + 15) {
            first = &found[i]; /* a full name says more than a vague address */
            source = (enum routing_source)(ROUTED_ADDRESS + i);
        }
    }
    if (first != NULL && first->certainty_pct >= SUGGEST_PCT)
        return from_alias(arena, first, source);
    d = first == NULL && n >= 6 ? find_division(r, query->division, 6) : NULL;
    return d != NULL ? from_division(arena, d, false) : none(arena, first);
}
