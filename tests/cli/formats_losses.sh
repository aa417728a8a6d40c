#!/bin/sh
# Items with everything that their formats have, in and out again: each field comes back, or a loss names it. What holds
# them against each other shares nothing with libannot.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || exit 77

# survive FORMAT FILE [OPTION…]: imports, exports and compares; nothing may be missing without a loss.
survive() {
	form=$1 file=$2
	shift 2
	ctl chloe import --as "$form" "$file" --report-loss "$work/in.json" >"$work/said" 2>&1 || fail "$form: $(cat "$work/said")"
	ctl chloe export --as "$form" -o "$work/back.json" --report-loss "$work/out.json" "$@" 2>/dev/null
	python3 -I "$ROOT/tests/support/survives.py" "$form" "$file" "$work/back.json" "$work/in.json" "$work/out.json" >"$work/faults" ||
		fail "$form: $(cat "$work/faults"; cat "$work/in.json")"
	# And once more: what came in, went out and comes back is there, with nothing to say of it.
	ctl chloe --json import --as "$form" "$work/back.json" --report-loss "$work/lost.json" >"$work/said" 2>&1
	[ ! -s "$work/lost.json" ] || fail "$form, back again: $(cat "$work/lost.json")"
	[ "$(jq '.items - .there' "$work/said")" = 0 ] || fail "$form: imported again: $(cat "$work/said")"
}
losses() { grep -F -- "$1" "$work/in.json" >/dev/null || fail "no loss of $1: $(cat "$work/in.json")"; }

desk
printf '🌊 “The dam holds,” said the engineer.\r\nIt did; the dam held until spring.\n' >"$work/lake.txt"
ctl alice doc add "$work/lake.txt" --name lake --source https://news.example/lake >/dev/null 2>&1

# --- Web Annotations: words with all that may stand around them; a whole text; a reply; one that has nothing but a target
cat >"$work/w3c.json" <<-'END'
	{"@context": ["http://www.w3.org/ns/anno.jsonld", "https://ex.example/context.jsonld", {"ex": "https://ex.example/ns#"}],
	 "id": "https://other.example/all", "type": ["Annotation", "ex:Note"], "canonical": "urn:uuid:dbfb1861-0ecf-41ad-be94-a584e5c4f1df",
	 "via": ["https://mirror.example/1", "https://mirror.example/2"], "motivation": ["describing", "ex:weighing"],
	 "creator": [{"id": "https://other.example/ada", "type": "Person", "name": "Ada", "nickname": "ada", "email": "mailto:ada@other.example",
	  "email_sha1": "58bad08927902ff9307b621c54716dcc5083e339", "homepage": "https://ada.example/", "ex:level": {"deep": [1, null, "x"]}},
	  {"type": "Organization", "name": ["Desk", "Pult"]}],
	 "created": "2024-02-29T12:00:00.125Z", "modified": "2024-03-01T12:00:00Z", "generated": "2024-03-02T12:00:00Z",
	 "generator": {"id": "https://soft.example/", "type": "Software", "name": "Soft"},
	 "rights": ["https://rights.example/by", {"id": "https://rights.example/sa"}],
	 "audience": {"id": "https://other.example/teachers", "type": "schema:EducationalAudience", "schema:educationalRole": "teacher"},
	 "stylesheet": {"id": "https://other.example/style", "type": "CssStylesheet", "value": ".red { color: red }"},
	 "ex:unknown": {"deep": [1, null, {"x": true}]},
	 "body": [
	  {"id": "https://other.example/b1", "type": ["TextualBody", "ex:Words"], "value": "Heavy, café\u0301 🌊.", "format": "text/plain",
	   "language": ["en", "fr"], "processingLanguage": "en", "textDirection": "ltr", "purpose": ["describing", "commenting"],
	   "creator": "https://other.example/ben", "created": "2024-02-28T12:00:00Z", "ex:weight": 7},
	  {"type": "TextualBody", "value": "water", "purpose": "tagging", "language": "en"},
	  {"type": "TextualBody", "value": " a\ttag ", "purpose": "tagging"}, {"value": "untyped", "purpose": "tagging"},
	  {"type": "Choice", "items": [{"type": "TextualBody", "value": "one", "language": "en"}, {"id": "https://other.example/two", "type": "Sound"}]},
	  {"type": "SpecificResource", "source": "https://b.example/film", "purpose": "linking", "selector": {"type": "FragmentSelector",
	   "conformsTo": "http://www.w3.org/TR/media-frags/", "value": "t=30,60"}},
	  {"id": "https://b.example/book", "type": "Text", "format": "application/pdf", "language": "de", "accessibility": "tableOfContents"},
	  "https://b.example/plain"],
	 "target": {"id": "https://other.example/t1", "type": "SpecificResource", "source": "https://news.example/lake", "purpose": "describing",
	  "styleClass": "red", "renderedVia": {"id": "https://soft.example/viewer", "type": "Software"}, "scope": "https://news.example/",
	  "state": [{"type": "TimeState", "sourceDate": "2024-01-01T00:00:00Z", "cached": "https://archive.example/lake"},
	   {"type": "HttpRequestState", "value": "Accept: text/plain"}],
	  "selector": [{"type": "TextQuoteSelector", "exact": "dam held", "prefix": "the ", "suffix": " until"},
	   {"type": "TextPositionSelector", "start": 51, "end": 59},
	   {"type": "CssSelector", "value": "p > b"}, {"type": "XPathSelector", "value": "/p[1]"},
	   {"type": "DataPositionSelector", "start": 50, "end": 58},
	   {"type": "RangeSelector", "startSelector": {"type": "XPathSelector", "value": "/p[1]"}, "endSelector": {"type": "XPathSelector", "value": "/p[2]"}},
	   {"type": "SvgSelector", "value": "<svg/>"}]}}
	{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "https://other.example/whole", "type": "Annotation", "bodyValue": "Read this.",
	 "target": {"id": "https://news.example/lake", "type": "Text", "format": "text/plain", "language": "en", "ex:note": "whole"}}
	{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "https://other.example/state", "type": "Annotation", "motivation": "bookmarking",
	 "target": {"type": "SpecificResource", "source": "https://news.example/lake", "state": {"type": "TimeState",
	  "sourceDateStart": "2024-01-01T00:00:00Z", "sourceDateEnd": "2024-01-02T00:00:00Z"}, "scope": "https://news.example/"}}
	{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "https://other.example/several", "type": "Annotation", "motivation": "tagging",
	 "body": {"type": "TextualBody", "value": "dam", "purpose": "tagging"},
	 "target": ["https://news.example/lake#char=42,45", "https://third.example/", {"source": "https://news.example/lake",
	  "selector": {"type": "FragmentSelector", "conformsTo": "http://tools.ietf.org/rfc/rfc5147", "value": "line=1,2"}}]}
	{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "https://other.example/context", "type": "Annotation",
	 "target": {"source": "https://news.example/lake", "selector": [{"type": "TextQuoteSelector", "exact": "dam", "prefix": "another ", "suffix": " held"},
	  {"type": "TextPositionSelector", "start": 7, "end": 10}]}}
	{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "https://other.example/collection", "type": "AnnotationCollection", "label": "All",
	 "total": 1, "creator": "https://other.example/ada", "first": {"id": "https://other.example/page", "type": "AnnotationPage", "startIndex": 0,
	 "items": ["https://other.example/elsewhere"]}}
END
survive w3c "$work/w3c.json"
losses '"field":"target[0].selector.prefix"'
losses https://third.example/
losses '"item":"https://other.example/elsewhere"'
losses '"field":"creator"'
python3 -I "$ROOT/tests/support/w3c_check.py" "$work/back.json" >"$work/faults" || fail "$(cat "$work/faults")"

# --- Hypothesis
cat >"$work/hypothesis.json" <<-'END'
	{"total": 5, "rows": [
	 {"id": "all", "created": "2024-02-29T12:00:00.000000+00:00", "updated": "2024-03-01T12:00:00.000000+00:00", "user": "acct:ada@hypothes.is",
	  "user_info": {"display_name": "Ada"}, "uri": "https://news.example/lake", "text": "Does it?\n\n* so\u2028so", "tags": ["dam", "a b", "#x,y", "naïve 🌊"],
	  "group": "__world__", "permissions": {"read": ["group:__world__"], "admin": ["acct:ada@hypothes.is"], "update": [], "delete": []},
	  "document": {"title": ["The lake"], "link": [{"href": "https://news.example/lake", "type": "text/html"}], "dc": {"identifier": ["doi:1"]}},
	  "links": {"html": "https://hypothes.is/a/all", "incontext": "https://hyp.is/all"}, "hidden": false, "flagged": true,
	  "moderation_status": "APPROVED", "actions": [], "metadata": {"lms": 7},
	  "target": [{"source": "https://news.example/lake", "description": "odd", "selector": [
	   {"type": "RangeSelector", "startContainer": "/p[1]", "startOffset": 1, "endContainer": "/p[1]", "endOffset": 5},
	   {"type": "TextPositionSelector", "start": 52, "end": 60},
	   {"type": "TextQuoteSelector", "exact": "dam held", "prefix": "the ", "suffix": " until"},
	   {"type": "PageSelector", "index": 3}, {"type": "MediaTimeSelector", "start": 1.5, "end": 2}]},
	   {"source": "https://news.example/other", "selector": []}]},
	 {"id": "note", "uri": "https://news.example/lake", "user": "acct:ben@press.example", "text": "", "tags": ["page", "note"], "created":
	  "2024-02-29T12:00:00+01:00", "updated": "yesterday", "group": "x9", "permissions": {"read": ["group:x9"]}, "target": [{"source": "https://news.example/lake"}]},
	 {"id": "hidden", "uri": "https://news.example/lake", "user": "acct:ada@hypothes.is", "text": "Hidden.", "hidden": true, "references": ["all"],
	  "target": [{"source": "https://news.example/lake"}], "tags": ["reply"]},
	 {"id": "deep", "uri": "https://news.example/lake", "user": "acct:ada@hypothes.is", "text": "Deep.", "references": ["all", "between", "hidden"],
	  "target": [{"source": "https://news.example/lake"}], "tags": []},
	 {"id": "answer", "uri": "https://news.example/lake", "user": "acct:ada@press.example", "text": "To a note.", "references": ["note"],
	  "target": [{"source": "https://news.example/lake"}], "tags": []}]}
END
survive hypothesis "$work/hypothesis.json"
losses RangeSelector
losses '"field":"hidden"'
losses '"field":"permissions"'
losses '"field":"updated"'
losses '"field":"target[1]"'

# --- ClaimReview: two on a page, with what belongs to them around
cat >"$work/reviews.json" <<-'END'
	{"@context": "https://schema.org", "@graph": [
	 {"@type": "WebPage", "@id": "https://other.example/1", "name": "A page"},
	 {"@type": ["ClaimReview", "Article"], "@id": "https://other.example/1#r", "url": "https://other.example/1", "datePublished": "2024-02-29",
	  "dateModified": "2024-03-01", "inLanguage": "en", "headline": "Did it?", "claimReviewed": "the dam held until spring",
	  "author": {"@type": "Organization", "name": "Other Desk", "url": "https://other.example/", "sameAs": ["https://social.example/od"]},
	  "sdPublisher": {"@type": "Organization", "name": "Feed"}, "contributor": {"@type": "Person", "name": "Ada"},
	  "isBasedOn": "https://source.example/", "citation": ["https://c.example/1", {"@type": "CreativeWork", "url": "https://c.example/2"}],
	  "correction": {"@type": "CorrectionComment", "text": "We were wrong.", "datePublished": "2024-03-01"},
	  "identifier": {"@type": "PropertyValue", "propertyID": "desk", "value": "77"},
	  "reviewRating": {"@type": "Rating", "ratingValue": "2", "bestRating": 9, "worstRating": 1, "alternateName": "Mostly true", "identifier": "google5/mostly-true",
	   "ratingExplanation": "Seen.", "image": "https://other.example/meter.png", "author": {"@type": "Person", "name": "Ben"}},
	  "itemReviewed": {"@type": "Claim", "name": "at a meeting", "datePublished": "2024-02-27", "author": [{"@type": "Organization", "name": "Dam Co",
	   "sameAs": "https://dam.example/", "jobTitle": "operator"}, {"@type": "Person", "name": "Mara Ilves"}], "firstAppearance": "https://news.example/lake",
	   "appearance": [{"@type": "NewsArticle", "url": "https://news.example/lake", "headline": "The lake"}, "https://copy.example/"],
	   "claimInterpreter": {"@type": "Person", "name": "Cy"}}},
	 {"@type": "http://schema.org/ClaimReview", "url": "https://other.example/2", "claimReviewed": "It rained.", "author": {"@type": "Organization", "name": "Other Desk"},
	  "reviewRating": {"@type": "Rating", "alternateName": "False", "identifier": "google5/false", "ratingValue": 1, "bestRating": 5},
	  "itemReviewed": {"@type": "CreativeWork", "author": {"@type": "Person", "name": "Mara Ilves"}, "datePublished": "2015"}}]}
END
survive claimreview "$work/reviews.json" --base https://desk.example/reviews/
losses '"value":"WebPage"'

# --- brat: its lines are no items with fields; each comes back in its line or in the note behind it
mkdir "$work/brat"
tr -d '\r' <"$work/lake.txt" >"$work/brat/lake.txt"
printf '%b' 'T1\tPerson 24 36\tthe engineer\nA1\tRole T1 witness\nA2\tNamed T1\nN1\tReference T1 Wikidata:Q1\tEngineer\n' \
	'T2\tEvent-word 41 45;54 58\tdid; held\n#1\tAnnotatorNotes T2\ttwo words\nE1\tSay:T2 Who:T1\nR1\tsupports Arg1:T1 Arg2:T2\n' \
	'R2\tknows Arg1:T1 Arg2:T2\n*\tEquiv T1 T2\nM1\tNegated E1\n#2\tNormalised T1\tbrown\n' >"$work/brat/lake.ann"
ctl chloe import --as brat "$work/brat" --report-loss "$work/in.json" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
for line in E1 R2 Equiv M1; do losses "$line"; done
ctl chloe export --as brat -o "$work/again" --report-loss "$work/out.json" 2>/dev/null
for part in 'Person 24 36' 'Event-word 41 45;54 58' 'supports Arg1' 'Role: witness' '"Named"' 'Wikidata:Q1' 'two words' 'brown' 'AnnotatorNotes'; do
	grep -F -- "$part" "$work/again/lake.ann" >/dev/null || fail "brat: no $part: $(cat "$work/again/lake.ann")"
done
expect 0 ': 0 records imported, ' ctl chloe import --as brat "$work/again" --strict
stop
