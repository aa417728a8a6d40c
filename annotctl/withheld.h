/* Records whose bytes the admins had taken away: by whom, and why. */
#ifndef ANNOTCTL_WITHHELD_H
#define ANNOTCTL_WITHHELD_H

#include "out/out.h"

/* The records that withhold what was fetched (none where it is not withheld), printed below it. */
enum annot_status withheld_text(struct ctl *ctl, const struct annot_fetched *f);
/* The same as withheld: [{record, index, by, reason}], added to the object. */
enum annot_status withheld_json(struct ctl *ctl, const struct annot_fetched *f, json_t *object);

#endif
