/* What the files of file.h share. */
#ifndef ANNOT_BASE_FILE_PRIVATE_H
#define ANNOT_BASE_FILE_PRIVATE_H

#include "base/file.h"

/* Makes what was done in the folder of path durable; 0, or -1 and errno. */
int annot_file_sync_folder(const char *path);

#endif
