/* Items of other programs, each below the name of its format; on the text of fuzz_import.c. */
#include "seeds.h"

#define CONTEXT      "\"@context\":\"http://www.w3.org/ns/anno.jsonld\""
#define LAKE         "https://news.example/lake"
#define QUOTE(words) "{\"type\":\"TextQuoteSelector\",\"exact\":\"" words "\"}"

static void w3c(void)
{
	seeds_save_text(
		"import", "w3c",
		"w3c\n{" CONTEXT ",\"id\":\"urn:x:1\",\"type\":\"Annotation\",\"motivation\":"
		"\"tagging\",\"creator\":"
		"{\"name\":\"Ada\"},\"body\":[{\"type\":\"TextualBody\",\"value\":\"a\","
		"\"purpose\":\"tagging\"},"
		"{\"type\":\"TextualBody\",\"value\":\"b\"}],\"target\":{\"source\":\"" LAKE
		"\",\"selector\":[" QUOTE(
			"dam") ",{\"type\":\"TextPositionSelector\",\"start\":6,\"end\":9},{"
			       "\"type\":"
			       "\"FragmentSelector\",\"value\":\"char=6,9;length=75,UTF-8\"}]}}");
	seeds_save_text("import", "w3c-page",
			"w3c\n{" CONTEXT ",\"id\":\"urn:x:p\",\"type\":\"AnnotationPage\","
			"\"items\":[{\"id\":\"urn:x:2\",\"type\":"
			"\"Annotation\",\"target\":\"" LAKE
			"#line=1,2\"},{\"id\":\"urn:x:3\",\"type\":\"Annotation\",\"bodyValue\":"
			"\"w\",\"target\":\"urn:x:2\"}],\"startIndex\":0}");
	seeds_save_text("import", "w3c-refined",
			"w3c\n{" CONTEXT ",\"id\":\"urn:x:4\",\"type\":\"Annotation\",\"target\":{"
			"\"source\":\"lake\",\"selector\":"
			"{\"type\":\"FragmentSelector\",\"value\":\"line=1,2\",\"refinedBy\":{"
			"\"type\":\"TextQuoteSelector\","
			"\"exact\":\"dam\",\"refinedBy\":{\"type\":\"TextPositionSelector\","
			"\"start\":0,\"end\":1}}}}}");
	seeds_save_text("import", "w3c-own",
			"w3c\n{" CONTEXT ",\"id\":\"urn:x:5\",\"type\":\"Annotation\",\"annot:"
			"kind\":\"verdict\",\"annot:scale\":"
			"\"google5\",\"body\":[{\"type\":\"TextualBody\",\"value\":\"true\","
			"\"purpose\":\"classifying\"},{\"source\":"
			"\"urn:x:6\",\"purpose\":\"linking\"}],\"target\":\"urn:x:7\"}");
}

static void brat(void)
{
	seeds_save_text(
		"import", "brat",
		"brat\nT1\tPerson 2 9\tThe dam\nA1\tRole T1 thing\nN1\tReference T1 "
		"Wikidata:Q1\tdam\n#1\tAnnotatorNotes T1\tnote\nT2\tQuote 10 15;17 "
		"23\tholds Nobody\n#2\tAnnotatorNotes "
		"T2\t{\"annot\":\"quote\",\"id\":\"x\",\"time\":\"t\",\"review\":\"draft\","
		"\"author\":\"boris\",\"speaker\":[\"Z\"],\"form\":\"indirect\"}\nR1\tsupports "
		"Arg1:T1 Arg2:T2\nA2\tVerdict_google5 T2 false\nE1\tSay:T1 Who:T2\n*\tEquiv T1 "
		"T2\n");
	seeds_save_text("import", "brat-browser",
			"brat\nT1\tClaim 3 10\tThe dam\nT2\tMark 0 7\tThe dam\n");
}

static void lossless(void)
{
	static const char hex[] = "00000000000000000000000000000000"
				  "00000000000000000000000000000000";
	char text[2048];
	snprintf(text, sizeof text,
		 "ndjson\n{\"annot\":\"ndjson/2\",\"corpus\":\"%s\",\"origin\":\"o\",\"size\":1,"
		 "\"root\":\"%s\",\"checkpoint\":\"c\"}\n"
		 "{\"index\":0,\"id\":\"%s\",\"leaf\":\"l\",\"record\":null,"
		 "\"signature\":\"%.86s==\"}\n"
		 "{\"text_of\":\"%s\",\"offset\":0,\"length\":1,\"base64\":\"AA==\"}\n"
		 "{\"original_of\":\"%s\",\"offset\":0,\"length\":1,\"base64\":\"AA==\"}\n"
		 "{\"cosigned\":1,\"note\":\"c\"}\n{\"withheld\":\"%s\",\"document_index\":0}\n"
		 "{\"end\":true,\"records\":1,\"root\":\"%s\"}\n",
		 hex, hex, hex,
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		 "AAAAA",
		 hex, hex, hex, hex);
	seeds_save_text("import", "lossless", text);
}

/* Items that say that they are records of fuzz_import.c's corpus: there the first ones of their
 * input. */
static void own(void)
{
#define CORPUS                                                                                     \
	"6b17b8fcc411a533c822a5117e33cf73"                                                         \
	"fa6766739d7d36ac86dc4bea883af4fe"
#define SPAN                                                                                       \
	"{\"uri\":\"" LAKE                                                                         \
	"\",\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"tags\":[\"x\"],\"target\":[{\"selector\":"         \
	"[" QUOTE("Nobody") "]}]"
	seeds_save_text(
		"import", "hypothesis-own",
		"hypothesis\n" SPAN "}\n" SPAN ",\"annot\":{\"corpus\":\"" CORPUS
		"\",\"record\":\"" CORPUS "\"},\"text\":\"t\"}\n" SPAN
		",\"extra\":{\"source\":\"import\",\"original_id\":\"AAAAAAAAAAAAAAAAAAAAAA\"}}");
	seeds_save_text("import", "brat-own",
			"brat\nT1\tPerson 2 9\tThe dam\nT2\tSpan 10 15\tholds\n#2\tAnnotatorNotes "
			"T2\t{\"annot\":\"span\",\"corpus\":\"" CORPUS "\",\"id\":\"" CORPUS
			"\",\"tag\":[\"y\"]}\nA2\tRole T2 x\nN1\tReference T2 W:1\tw\n");
	seeds_save_text(
		"import", "claimreview-own",
		"claimreview\n[{\"@type\":\"ClaimReview\",\"url\":\"u:1\",\"claimReviewed\":\"a\","
		"\"reviewRating\":{\"alternateName\":\"True\"},\"identifier\":{\"@type\":"
		"\"PropertyValue\",\"propertyID\":\"desk\",\"value\":\"7\"},\"citation\":\"u:2\"},"
		"{\"@type\":\"ClaimReview\",\"url\":\"u:3\",\"claimReviewed\":\"b\","
		"\"reviewRating\":{"
		"\"alternateName\":\"False\"},\"identifier\":[{\"propertyID\":\"urn:annot:corpus\","
		"\"value\":\"" CORPUS "\"},{\"propertyID\":\"urn:annot:record\",\"value\":\"" CORPUS
		"\"}]}]");
}

void seeds_formats(void)
{
	w3c();
	brat();
	own();
	lossless();
	seeds_save_text(
		"import", "hypothesis",
		"hypothesis\n{\"rows\":[{\"id\":\"a\",\"uri\":\"" LAKE
		"\",\"user\":\"acct:a@b.example\",\"text\":\"t\",\"tags\":"
		"[\"x\"],\"created\":\"2024-02-29T12:00:00+00:00\",\"target\":[{\"selector\":[{"
		"\"type\":"
		"\"TextPositionSelector\",\"start\":7,\"end\":10}," QUOTE(
			"dam") "]}]},{\"id\":\"b\",\"uri\":\"" LAKE
			       "\",\"text\":\"r\",\"references\":[\"a\",\"c\"]},{\"uri\":\"" LAKE
			       "\",\"tags\":[\"n\"]}],\"total\":3}");
	seeds_save_text(
		"import", "claimreview",
		"claimreview\n[{\"@type\":\"ClaimReview\",\"url\":\"https://o.example/"
		"1\",\"claimReviewed\":\"The dam holds\","
		"\"author\":{\"name\":\"Desk\"},\"itemReviewed\":{\"author\":[{\"name\":\"A\"}],"
		"\"datePublished\":\"2026\","
		"\"appearance\":[\"" LAKE
		"\"]},\"reviewRating\":{\"alternateName\":\"True\",\"ratingExplanation\":\"e\"}}]");
	seeds_save_text("import", "ndjson",
			"hypothesis\n{\"uri\":\"" LAKE
			"\",\"text\":\"t\"}\nbroken\n{\"uri\":\"" LAKE "\",\"text\":\"u\"}\n");
}
