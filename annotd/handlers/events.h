/* events: what one reply holds. The handler itself is declared in call.h, as of every READ call. */
#ifndef ANNOTD_HANDLERS_EVENTS_H
#define ANNOTD_HANDLERS_EVENTS_H

#include "annotd/view.h"

enum {
	EVENTS_ROWS_MAX = 256,
	/* Small, so that replies to all who watch fit memory; any row fits. */
	EVENTS_BYTES_MAX = 128 << 10,
	EVENTS_READ_MAX = 4096, /* records that one request looks at */
};
_Static_assert((int)EVENTS_BYTES_MAX > ANNOT_RECORD_MAX + (48 << 10),
	       "with leaf, names and targets");

#endif
