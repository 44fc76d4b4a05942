/* The forms of the API: what each route's body may hold. Which fields a filing needs is for the
 * rule pack (work/filing.h); here stands only what has a place at all. */
#ifndef FANGXIN_WEB_API_FORMS_H
#define FANGXIN_WEB_API_FORMS_H

#include "web/forms.h"
#include "work/setup.h"

extern const struct form form_filing, form_session, form_password, form_hints, form_reveal;

/**
 * The form of an act, from its fields in the rule pack, with `at`. Fields that depend on another
 * are required only while that one holds its value in @p body.
 * @param[out] ret  in the arena
 */
enum err_code form_of_act(struct arena *arena, const struct setup *setup,
                          const struct pack_act *act, const json_t *body,
                          struct form *ret) MUST_CHECK;

#endif
