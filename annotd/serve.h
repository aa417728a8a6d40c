/* The daemon put together: corpus, writer, workers, server; until a signal ends it. */
#ifndef ANNOTD_SERVE_H
#define ANNOTD_SERVE_H

#include "annotd/config.h"

/* Serves until SIGTERM or SIGINT; OK then. Other statuses: it could not start. */
ANNOT_CHECKED enum annot_status serve(const struct config *config, struct annot_error *err);

#endif
