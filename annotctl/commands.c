#include "ctl.h"

#define COMMAND(name) extern const struct command name;
#include "commands.def"

const struct command *const commands[] = {
#define COMMAND(name) &name,
#include "commands.def"
	NULL,
};
