/* Completion of a command line, from the tables of commands and options. */
#ifndef ANNOTCTL_COMPLETE_H
#define ANNOTCTL_COMPLETE_H

#include "ctl.h"

/*
 * Prints what may stand in the place of the last of the words (what is typed of it so far, maybe
 * ""), one a line, with a TAB and a short description behind it; ":file" means any file. Names of
 * documents come from the daemon if it answers within a second.
 */
void complete_words(struct ctl *ctl, int n, const char **words);

/* The command that the words name, options apart; NULL: none. Nothing is set by it. */
const struct command *complete_command(int n, const char **words);

/* The script that makes a shell ask for them; NULL: no such shell. */
const char *complete_script(const char *shell);

#endif
