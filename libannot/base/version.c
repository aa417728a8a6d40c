#include "base/error.h"

const char *annot_version(void)
{
	return ANNOT_VERSION;
}
