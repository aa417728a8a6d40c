/* What connecting to tls+tcp:// takes: the key that is proved there, and a person's word for a
 * daemon that was never met before. */
#ifndef ANNOTCTL_REMOTE_H
#define ANNOTCTL_REMOTE_H

#include "ctl.h"

/* --fingerprint, the key of ctl_signer and, where a person can answer (ask), a question. */
void remote_options(struct ctl *ctl, bool ask, struct annot_options *options);

#endif
