#include "complete.h"

#include <string.h>

#include "out/out.h"
#include "remote.h"
#include "out/record.h"
#include "settings.h"

enum { DAEMON_MS = 1000 };

/* What has been typed, taken apart. */
struct typed {
	const char *prefix;                /* of the word that is to be completed */
	const struct command *command;     /* NULL: not yet */
	const char *group;                 /* the first word, where it is only one of two */
	const struct poptOption *value_of; /* the option whose value is to be completed */
	int n_args;                        /* arguments of the command before the word */
};

/* --- scripts --- */

static const struct {
	const char *shell, *script;
} scripts[] = {
	{"bash", "_annotctl() {\n"
		 "	local line cur=${COMP_WORDS[COMP_CWORD]}\n"
		 "	COMPREPLY=()\n"
		 "	while IFS= read -r line; do\n"
		 "		case $line in\n"
		 "		:file) compopt -o filenames 2>/dev/null\n"
		 "			while IFS= read -r line; do COMPREPLY+=(\"$line\"); done < "
		 "<(compgen -f "
		 "-- \"$cur\") ;;\n"
		 "		*) COMPREPLY+=(\"${line%%$'\\t'*}\") ;;\n"
		 "		esac\n"
		 "	done < <(annotctl completion --words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" "
		 "2>/dev/null)\n"
		 "}\n"
		 "complete -F _annotctl annotctl\n"},
	{"zsh",
	 "#compdef annotctl\n"
	 "_annotctl() {\n"
	 "	local line\n"
	 "	local -a found\n"
	 "	for line in \"${(@f)$(annotctl completion --words -- \"${(@)words[2,CURRENT]}\" "
	 "2>/dev/null)}\"; do\n"
	 "		case $line in\n"
	 "		('') ;;\n"
	 "		(:file) _files ;;\n"
	 "		(*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
	 "		esac\n"
	 "	done\n"
	 "	if (( $#found )); then _describe annotctl found; fi\n"
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
	struct typed t = {0};
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
	}
	return t;
}

const struct command *complete_command(int n, const char **words)
{
	return take_apart(n, words).command;
}

/* --- offering --- */

static void offer(struct ctl *ctl, const struct typed *t, const char *word, const char *what)
{
	if (strncmp(word, t->prefix, strlen(t->prefix)) == 0)
		out_text(ctl, "%s\t%s\n", word, what);
}

static void offer_options(struct ctl *ctl, const struct typed *t, const struct poptOption *options)
{
	for (const struct poptOption *o = options; o && (o->longName || o->arg); o++)
		if (o->longName)
			offer(ctl, t, annot_arena_printf(ctl->arena, "--%s", o->longName),
			      o->descrip);
}

/* The second words of a group, or the first words of all commands, each once. */
static void offer_commands(struct ctl *ctl, const struct typed *t)
{
	const char *last = "";
	size_t len = t->group ? strlen(t->group) : 0;
	for (const struct command *const *c = commands; *c; c++) {
		const char *name = (*c)->name, *space = strchr(name, ' ');
		if (t->group) {
			if (strncmp(name, t->group, len) == 0 && name[len] == ' ')
				offer(ctl, t, name + len + 1, (*c)->summary);
			continue;
		}
		size_t first = space ? (size_t)(space - name) : strlen(name);
		if (strlen(last) == first && strncmp(last, name, first) == 0)
			continue;
		last = annot_arena_copy(ctl->arena, name, first);
		if (!last)
			return;
		offer(ctl, t, last, space ? "…" : (*c)->summary);
	}
}

static void offer_documents(struct ctl *ctl, const struct typed *t)
{
	struct annot_options options = ANNOT_OPTIONS_INIT;
	struct annot_list_request request = {.query = "kind:document"};
	const struct annot_rows_reply *reply;
	options.socket = ctl->socket;
	options.timeout_ms = DAEMON_MS;
	remote_options(ctl, false, &options);
	if (annot_open(&options, &ctl->annot, &ctl->err) != ANNOT_OK)
		return;
	do {
		if (annot_call_list(ctl->annot, &request, ctl->arena, &reply, &ctl->err) !=
		    ANNOT_OK)
			return;
		for (size_t i = 0; i < reply->n_rows; i++) {
			const struct annot_record *record;
			if (record_of_row(ctl, &reply->rows[i], &record) != ANNOT_OK || !record)
				continue;
			const char *name = annot_record_text(record, "name");
			const char *title = annot_record_text(record, "title");
			if (name) /* of a kind that needs no escaping */
				offer(ctl, t, name, title ? out_safe_flat(ctl, title) : "document");
		}
		request.from = reply->next;
	} while (request.from != 0);
}

/* Alternatives that stand in the tables as a|b|c. */
static void offer_words(struct ctl *ctl, const struct typed *t, const char *list)
{
	while (*list) {
		size_t len = strcspn(list, "|");
		const char *word = annot_arena_copy(ctl->arena, list, len);
		if (word)
			offer(ctl, t, word, "");
		list += len + (list[len] == '|');
	}
}

/* What a name in a table stands for: DOC, ID, FILE, RELATION, approve|reject … */
static void offer_value(struct ctl *ctl, const struct typed *t, const char *name)
{
	if (strncmp(name, "DOC", 3) == 0 || strncmp(name, "ID", 2) == 0)
		offer_documents(ctl, t);
	if (strstr(name, "FILE") || strstr(name, "BUNDLE") || strcmp(name, "DIR") == 0 ||
	    strcmp(name, "KEY") == 0)
		out_text(ctl, ":file\n");
	else if (strcmp(name, "RELATION") == 0)
		offer_words(ctl, t,
			    annot_card_def_find(annot_kind_def(ANNOT_KIND_link), "relation",
						strlen("relation"))
				    ->values);
	else if (strcmp(name, "FORMAT") == 0)
		offer_words(ctl, t, "text|json|ndjson");
	else if (strchr(name, '|') && name[0] >= 'a' && name[0] <= 'z')
		offer_words(ctl, t, name);
}

/* The n-th name in a table's "ID@N approve|reject"; options and brackets around names do not count.
 */
static void offer_argument(struct ctl *ctl, const struct typed *t)
{
	char *args = annot_arena_copy(ctl->arena, t->command->args, strlen(t->command->args));
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
		offer_value(ctl, t, last);
}

void complete_words(struct ctl *ctl, int n, const char **words)
{
	struct typed t = take_apart(n > 0 ? n - 1 : 0, words);
	t.prefix = n > 0 ? words[n - 1] : "";
	if (t.value_of) {
		if (t.value_of->argDescrip)
			offer_value(ctl, &t, t.value_of->argDescrip);
	} else if (t.prefix[0] == '-') {
		if (t.command)
			offer_options(ctl, &t, t.command->options);
		offer_options(ctl, &t, settings_options);
		offer(ctl, &t, "--help", "Explain the command");
	} else if (t.command) {
		offer_argument(ctl, &t);
	} else {
		offer_commands(ctl, &t);
	}
}
