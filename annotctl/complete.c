#include "complete.h"

#include <string.h>

#include "offer.h"
#include "settings.h"
#include "write.h"

/* What has been typed, taken apart. */
struct typed {
	const struct command *command;     /* NULL: not yet */
	const char *group;                 /* the first word, where it is only one of two */
	const struct poptOption *value_of; /* the option whose value is to be completed */
	const char *scale;                 /* that an option names, or the usual one */
	int n_args;                        /* arguments of the command before the word */
};

/* --- scripts --- */

static const struct {
	const char *shell, *script;
} scripts[] = {
	/* bash breaks words at colons (COMP_WORDBREAKS), and puts what is found behind the last one. */
	{"bash", "_annotctl() {\n"
		 "	local line word cur before='' words=()\n"
		 "	for word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do\n"
		 "		if [[ ${#words[@]} -gt 0 && ( $word = :* || ${words[-1]} = *: ) ]]; then\n"
		 "			words[-1]+=$word\n"
		 "		else\n"
		 "			words+=(\"$word\")\n"
		 "		fi\n"
		 "	done\n"
		 "	cur=${words[-1]-}\n"
		 "	[[ $COMP_WORDBREAKS = *:* && $cur = *:* ]] && before=${cur%\"${cur##*:}\"}\n"
		 "	COMPREPLY=()\n"
		 "	while IFS= read -r line; do\n"
		 "		case $line in\n"
		 "		:file) compopt -o filenames 2>/dev/null\n"
		 "			while IFS= read -r line; do COMPREPLY+=(\"$line\"); done < "
		 "<(compgen -f -- \"$cur\") ;;\n"
		 "		*) line=${line%%$'\\t'*}\n"
		 "			[[ $line = *: ]] && compopt -o nospace 2>/dev/null\n"
		 "			COMPREPLY+=(\"${line#\"$before\"}\") ;;\n"
		 "		esac\n"
		 "	done < <(annotctl completion --words -- \"${words[@]}\" 2>/dev/null)\n"
		 "}\n"
		 "complete -F _annotctl annotctl\n"},
	{"zsh",
	 "#compdef annotctl\n"
	 "_annotctl() {\n"
	 "	local line\n"
	 "	local -a found open\n"
	 "	for line in \"${(@f)$(annotctl completion --words -- \"${(@)words[2,CURRENT]}\" "
	 "2>/dev/null)}\"; do\n"
	 "		case $line in\n"
	 "		('') ;;\n"
	 "		(:file) _files ;;\n"
	 "		(*:$'\\t'*) open+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
	 "		(*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
	 "		esac\n"
	 "	done\n"
	 "	if (( $#found )); then _describe annotctl found; fi\n"
	 "	if (( $#open )); then _describe annotctl open -S ''; fi\n"
	 "}\n"
	 /* Found in $fpath it is what _annotctl does at first; read by hand it only tells zsh. */
	 "if [[ $funcstack[1] = _annotctl ]]; then _annotctl \"$@\"; else compdef _annotctl annotctl; fi\n"},
	{"fish",
	 "function __annotctl\n"
	 "	set -l typed (commandline -opc)\n"
	 "	for line in (annotctl completion --words -- $typed[2..-1] (commandline -ct) "
	 "2>/dev/null)\n"
	 "		if test \"$line\" = :file\n"
	 "			__fish_complete_path (commandline -ct)\n"
	 "		else\n"
	 "			echo $line\n"
	 "		end\n"
	 "	end\n"
	 "end\n"
	 "complete -c annotctl -f -a '(__annotctl)'\n"},
};

const char *complete_script(const char *shell)
{
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		if (strcmp(scripts[i].shell, shell) == 0)
			return scripts[i].script;
	return NULL;
}

/* --- taking apart what was typed --- */

static const struct poptOption *find_option(const struct poptOption *options, const char *word)
{
	for (const struct poptOption *o = options; o && (o->longName || o->shortName || o->arg);
	     o++) {
		if (o->longName && strncmp(word, "--", 2) == 0 &&
		    strcmp(word + 2, o->longName) == 0)
			return o;
		if (o->shortName && word[0] == '-' && word[1] == o->shortName && !word[2])
			return o;
	}
	return NULL;
}

static bool takes_value(const struct poptOption *o)
{
	return o && (o->argInfo & POPT_ARG_MASK) != POPT_ARG_NONE;
}

/* A word that is no option: the command's first or second, or an argument of it. */
static void take_word(struct typed *t, const char *word)
{
	size_t len = t->group ? strlen(t->group) : 0;
	if (t->command) {
		t->n_args++;
		return;
	}
	for (const struct command *const *c = commands; *c; c++) {
		const char *name = (*c)->name;
		if (t->group && (strncmp(name, t->group, len) != 0 || name[len] != ' '))
			continue;
		if (strcmp(t->group ? name + len + 1 : name, word) == 0)
			t->command = *c;
	}
	if (!t->command && !t->group)
		t->group = word;
}

static struct typed take_apart(int n, const char **words)
{
	struct typed t = {.scale = WRITE_SCALE};
	for (int i = 0; i < n; i++) {
		const struct poptOption *o = NULL;
		if (words[i][0] != '-' || !words[i][1]) {
			take_word(&t, words[i]);
			continue;
		}
		if (t.command)
			o = find_option(t.command->options, words[i]);
		if (!o)
			o = find_option(settings_options, words[i]);
		if (takes_value(o) && ++i >= n)
			t.value_of = o;
		else if (takes_value(o) && o->argDescrip && strcmp(o->argDescrip, "SCALE") == 0)
			t.scale = words[i];
	}
	return t;
}

const struct command *complete_command(int n, const char **words)
{
	return take_apart(n, words).command;
}

/* --- offering --- */

static void offer_options(const struct offering *o, const struct poptOption *options)
{
	for (const struct poptOption *p = options; p && (p->longName || p->arg); p++)
		if (p->longName)
			offer(o, annot_arena_printf(o->ctl->arena, "--%s", p->longName), p->descrip);
}

/* The second words of a group, or the first words of all commands, each once. */
static void offer_commands(const struct offering *o, const struct typed *t)
{
	const char *last = "";
	size_t len = t->group ? strlen(t->group) : 0;
	for (const struct command *const *c = commands; *c; c++) {
		const char *name = (*c)->name, *space = strchr(name, ' ');
		if (t->group) {
			if (strncmp(name, t->group, len) == 0 && name[len] == ' ')
				offer(o, name + len + 1, (*c)->summary);
			continue;
		}
		size_t first = space ? (size_t)(space - name) : strlen(name);
		if (strlen(last) == first && strncmp(last, name, first) == 0)
			continue;
		last = annot_arena_copy(o->ctl->arena, name, first);
		if (!last)
			return;
		offer(o, last, space ? "…" : (*c)->summary);
	}
}

/* The n-th name in a table's "ID@N approve|reject"; options and brackets around names do not count.
 */
static void offer_argument(const struct offering *o, const struct typed *t)
{
	char *args = annot_arena_copy(o->ctl->arena, t->command->args, strlen(t->command->args));
	char *rest = args, *name, *last = NULL;
	int n = 0;
	while (args && (name = strsep(&rest, " [")) != NULL) {
		name[strcspn(name, "]\xe2")] = '\0'; /* and what stands for repetition */
		if (!*name || *name == '-')
			continue;
		last = name;
		if (n++ == t->n_args)
			break;
	}
	if (last && (n > t->n_args || t->command->max_args < 0))
		offer_value(o, last);
}

void complete_words(struct ctl *ctl, int n, const char **words)
{
	struct typed t = take_apart(n > 0 ? n - 1 : 0, words);
	struct offering o = {ctl, n > 0 ? words[n - 1] : "", "", t.scale};
	if (t.value_of) {
		if (t.value_of->argDescrip)
			offer_value(&o, t.value_of->argDescrip);
	} else if (o.prefix[0] == '-') {
		if (t.command)
			offer_options(&o, t.command->options);
		offer_options(&o, settings_options);
		offer(&o, "--help", "Explain the command");
	} else if (t.command) {
		offer_argument(&o, &t);
	} else {
		offer_commands(&o, &t);
	}
}
