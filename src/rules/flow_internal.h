/* Reading what every flow has; only for the loaders of flows. */
#ifndef FANGXIN_RULES_FLOW_INTERNAL_H
#define FANGXIN_RULES_FLOW_INTERNAL_H

#include "rules/flow.h"
#include "rules/pack_internal.h"

/* A loader's part of the file: @p root is an object with allowed keys. */
typedef void flow_rest_fn(struct pack_reader *p, const json_t *root, struct flow *flow);

/**
 * Reads and checks one file: every state can be reached from the initial one and, unless final, be
 * left; (state, act) is unique; everything named exists and has its words; every act and deadline
 * is used, every clock that is started can be stopped.
 * @param bytes_of  size of the loader's struct, which begins with its struct flow
 * @param rest      reads the members of kind->keys; NULL for none
 * @param[out] ret  the loader's struct, to be given back with flow_free
 * @return ERR_MALFORMED; ERR_INVALID with an item per fault; ERR_NO_MEMORY
 */
enum err_code flow_load(const struct flow_kind *kind, const char *bytes, size_t n, size_t bytes_of,
                        flow_rest_fn *rest, struct flow **ret, struct err *err) MUST_CHECK;
void flow_free(struct flow *flow); /* NULL is fine */

/* What flow_load does with what it has parsed, for a loader that owns its struct; flow->kind and,
 * where the kind's guards have their words elsewhere, flow->why_guard are set.
 * @param before  called when the states are known, before the acts; NULL for none */
void flow_read(struct pack_reader *p, const json_t *root, flow_rest_fn *before, flow_rest_fn *rest,
               struct flow *flow);

#endif
