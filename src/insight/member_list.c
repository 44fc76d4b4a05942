/* Lists of matters behind figures. */
#include "insight/member_list.h"

#include <stdlib.h>

#define MEMBERS_FIRST 64

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for members");
}

static bool grow(int64_t **list, size_t cap)
{
    int64_t *more = reallocarray(*list, cap, sizeof *more);

    if (more == NULL)
        return false;
    *list = more;
    return true;
}

enum err_code member_list_push(struct op *op, struct member_list *list, int64_t id, int64_t sum)
{
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? MEMBERS_FIRST : list->cap + list->cap / 2;

        if (!grow(&list->ids, cap) || (list->summed && !grow(&list->sums, cap)))
            return no_memory(op);
        list->cap = cap;
    }
    list->ids[list->n] = id;
    if (list->summed)
        list->sums[list->n] = sum;
    list->n++;
    return ERR_OK;
}

/* ---- order ---- */

struct member {
    int64_t id, sum; /* compared by the first alone */
};

/* Of ids and of members, which begin with one. */
static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static enum err_code sort_with_sums(struct op *op, struct member_list *list)
{
    struct member *members = reallocarray(NULL, list->n, sizeof *members);

    if (members == NULL)
        return no_memory(op);
    for (size_t i = 0; i < list->n; i++)
        members[i] = (struct member){list->ids[i], list->sums[i]};
    qsort(members, list->n, sizeof *members, by_id);
    for (size_t i = 0; i < list->n; i++) {
        list->ids[i] = members[i].id;
        list->sums[i] = members[i].sum;
    }
    free(members);
    return ERR_OK;
}

enum err_code member_list_sort(struct op *op, struct member_list *list)
{
    if (list->n == 0)
        return ERR_OK;
    if (list->summed)
        return sort_with_sums(op, list);
    qsort(list->ids, list->n, sizeof *list->ids, by_id);
    return ERR_OK;
}

bool member_list_has(const struct member_list *list, int64_t id)
{
    return list->n > 0 && bsearch(&id, list->ids, list->n, sizeof id, by_id) != NULL;
}

void member_list_release(struct member_list *list)
{
    free(list->ids);
    free(list->sums);
    *list = (struct member_list){.summed = list->summed};
}
