/* A reader from the inside. Private to annotd/store/. */
#ifndef ANNOTD_STORE_READER_PRIVATE_H
#define ANNOTD_STORE_READER_PRIVATE_H

#include "annotd/store/core.h"

struct reader {
	struct core core;
	uint64_t size;       /* what answers are about: index_size, or less after reader_as_of */
	uint64_t index_size; /* applied in the snapshot */
	uint64_t truth_size;
};

#endif
