/*
 * Hash tables of this layer (uthash). An element that could not be added for want of memory is not
 * in the table: annot_table_failed tells, right after adding.
 */
#ifndef ANNOT_STATE_TABLE_H
#define ANNOT_STATE_TABLE_H

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "base/bytes.h"

#define annot_table_failed(element) ((element)->hh.tbl == NULL)

#endif
