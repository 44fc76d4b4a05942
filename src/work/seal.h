/* What people write and who they are, sealed beside the event that brought it. The event keeps a
 * salted commitment, which `verify` compares with the sealed value. */
#ifndef FANGXIN_WORK_SEAL_H
#define FANGXIN_WORK_SEAL_H

#include <jansson.h>

#include "store/vault.h"

/**
 * Seals an object of texts as row (record, version) of table `text`; nothing when it is empty.
 * @param version  of the event under way
 * @param cls      KEY_TEXT, or KEY_REPORT for what belongs to a report
 * @param commit   object that takes the commitment under "text"; goes into the event
 */
enum err_code seal_texts(struct op *op, struct changes *ch, int64_t record, int64_t version,
                         enum key_class cls, const json_t *texts, json_t *commit) MUST_CHECK;
/* The texts of one version, new reference; an empty object where there are none. */
enum err_code seal_open_texts(struct op *op, struct snapshot *snap, int64_t record, int64_t version,
                              json_t **ret) MUST_CHECK;

/**
 * Seals a person's JSON {"name","phone","id_number",…} into table `person`, or `reporter` for that
 * role, with the keyed indexes of phone and identity number. A person of the same role is replaced.
 * @param role  consumer, proxy, reporter; caller (of an order), contact (of a business)
 */
enum err_code seal_person(struct op *op, struct changes *ch, int64_t record, int64_t version,
                          const char *role, const json_t *person, json_t *commit) MUST_CHECK;
/* New reference; *ret NULL where nobody of that role is kept. */
enum err_code seal_open_person(struct op *op, struct snapshot *snap, int64_t record,
                               const char *role, json_t **ret) MUST_CHECK;

#endif
