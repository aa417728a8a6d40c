#include "seeds.h"

/* With the NUL bytes that stand inside, without the one at the end. */
#define SAVE(target, name, literal) seeds_save(target, name, literal, sizeof literal - 1)

static void escapes(void)
{
	seeds_save_text("escape", "plain", "Wir zahlen nicht.");
	seeds_save_text("escape", "short", "a\\nb\\tc\\rd\\\\e");
	seeds_save_text("escape", "long",
			"\\u{20}x\\u{202e}y\\u{e0041}\\u{fffe}\\u{10ffff}\\u{1b}[31m\\u{20}");
	seeds_save_text("escape", "mark", "\\u{301}a\xcc\x81");
	seeds_save_text("escape", "raw", "\x1b]0;title\x07\xe2\x80\xae\xff\xc3\xa9 ");
	seeds_save_text("escape", "wide",
			"\xf0\x9f\x98\x80\xe2\x80\x8d\xf0\x9f\x91\xa9 \xe6\xbc\xa2");
}

static void words(void)
{
	seeds_save_text(
		"fold", "typography",
		"\xe2\x80\x9eWir\xc2\xa0\x7a\x61h\xc2\xadlen\xe2\x80\x9c \xe2\x80\x93 oder-\nnicht "
		"\xe2\x80\xa6 \xef\xac\x81n \xc3\x9f \xc4\xb0");
	seeds_save_text("fold", "marks",
			"e\xcc\x81 \xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8 a\xcc\xa3\xcc\x82 "
			"\xf0\x9f\x98\x80");
	SAVE("find", "exact", "the wall\0Nobody wants the wall, the wall.");
	SAVE("find", "folded", "\"The Wall\"\0Nobody wants \xe2\x80\x9cthe  wall\xe2\x80\x9d.");
	SAVE("find", "nearest", "wants a wall here\0Nobody wants the wall hare.");
	SAVE("anchor", "moved", "\0the wall\0wants \0 here\0Nobody here wants the wall here.");
	SAVE("anchor", "changed",
	     "\1a big wall\0no \0 or\0Is a large wall, or none.\0Say no a big wall or.");
	SAVE("anchor", "twice", "\4la la\0\0\0la la, la la, la la.");
	SAVE("anchor", "folded",
	     "\3The Wall\0\0\0see \xe2\x80\x9cthe  wall\xe2\x80\x9d\0in The Wall of");
	SAVE("quote", "altered",
	     "“We will open 3 of [the] gates … soon,” said Anna Smith.\0"
	     "\"We won't open three of all gates, and not soon,\" he said.");
	SAVE("quote", "marks",
	     "> „Er sagte ‚ja‘.“\n\n\"it's the ministers' 12\" plan\" `\"no\"`\0"
	     "Er sagte nein.\n\n- 12 -\n\nThe plan12 [3] of it.");
	SAVE("diff", "words", "Nobody wants the wall.\0Nobody wanted a wall, ever.");
	SAVE("diff", "grown", "\0One two three.");
	SAVE("merge", "clean", "the big dog\0the small dog\0the big cat");
	SAVE("merge", "clash",
	     "Taxes will not rise.\0Taxes will rise.\0Taxes will not fall, ever.");
	SAVE("merge", "empty", "\0One two.\0");
}

static void queries(void)
{
	seeds_save_text(
		"query", "terms",
		"kind:quote author:anna doc:speech@1 tag:berlin speaker:\"The Minister\" since:#1");
	seeds_save_text("query", "states",
			"state:draft state:approved rating:false as-of:#4 before:#3");
	seeds_save_text("query", "anchors",
			"kind:quote anchor:orphan anchor:pending state:moved \"lake\"");
	seeds_save_text("query", "dates", "since:2026-11-22 before:2026-11-23T00:00:00Z kind:any");
	seeds_save_text("query", "words", "wall \"nobody has\" \"a \\\"b\\\" \\\\\"");
	seeds_save_text("query", "prefix", "author:0123456789 doc:abcdef0123");
}

static void settings(void)
{
	SAVE("config", "serve",
	     "--corpus\n/c\n--listen=ipc:///s\n--workers\n3\0socket-group = desk\ninsecure-tcp = "
	     "yes\n");
	SAVE("config", "file",
	     "\0# comment\ncorpus = /c\nlisten = ipc:///a\nlisten = ipc:///b\n"
	     "log-level = debug\nworkers = 2\n");
	SAVE("config", "vouch", "vouch\n--corpus\n/c\n--size\n7");
	SAVE("config", "section", "\0[server]\ncorpus = /c\n");
	seeds_save_text("settings", "all",
			"socket = ipc:///s\nkey = anna\nformat = json\ntimeout = 12\n");
	seeds_save_text("settings", "section", "; comment\n[a]\nkey: b\n  more\n");
}

void seeds_texts(void)
{
	escapes();
	words();
	queries();
	settings();
}
