#!/bin/sh
# anchor: selectors in, places out, one JSON object a line; no daemon, no corpus, no key.
. "${ROOT:?}/tests/cli/lib.sh"
cd "$work"
old='Früher stand hier eine Mauer. Nobody wants the wall. All agree.'
printf '%s' "$old" >old.txt
printf 'A new start. %s' "$old" >moved.txt
printf 'Früher stand hier eine Mauer. Nobody wanted a wall. All agree.' >changed.txt

# anchor LINE ARGUMENTS…: the answer is in $work/out.
anchor() {
	line=$1
	shift
	printf '%s\n' "$line" | "$ANNOTCTL" anchor "$@"
}
# answer FILTER TEXT: what jq says of it
answer() {
	said=$(jq -c "$1" "$work/out") || fail "not JSON: $(cat "$work/out")"
	[ "$said" = "$2" ] || fail "$1 is $said, not $2: $(cat "$work/out")"
}
wall='"exact":"Nobody wants the wall","prefix":"hier eine Mauer. ","suffix":". All agree."'

# Offsets count code points, in and out.
expect 0 '' anchor "{\"id\":\"a\",$wall,\"start\":30,\"end\":51}" old.txt; one_line
answer '[.id,.status,.start,.end,.how,.places,.guess,.cut]' '["a","exact",30,51,"exact",[],null,false]'
expect 0 '' anchor "{\"id\":7,$wall,\"start\":30,\"end\":51}" moved.txt
answer '[.id,.status,.start,.end]' '[7,"moved",43,64]'
expect 0 '' anchor "{\"id\":\"a\",$wall,\"start\":30,\"end\":51}" changed.txt --old old.txt
answer '[.status,.start,.end,.how]' '["changed",30,50,"nearest"]'
expect 0 '' anchor "{\"id\":\"a\",$wall,\"start\":31,\"end\":52,\"unit\":\"bytes\"}" moved.txt --old old.txt
answer '[.status,.start]' '["moved",43]'
expect 0 '' anchor "{\"id\":\"a\",$wall,\"start\":30,\"end\":51,\"unit\":\"utf16\"}" moved.txt --old old.txt --cautious
answer '[.status,.start]' '["moved",43]'
expect 0 '' anchor "{\"id\":\"a\",$wall}" moved.txt --time
answer '[.status,.start,(.us|type)]' '["moved",43,"number"]'
expect 0 '' anchor '{"id":"a","exact":"three red parrots in a tree","prefix":null,"start":null}' old.txt
answer '[.status,.start,.end,.score,.how]' '["orphan",null,null,null,null]'
printf 'La la, says he. La la, says he. ' >twice.txt
expect 0 '' anchor '{"id":"a","exact":"La la","suffix":", says he. "}' twice.txt
answer '[.status,.start,[.places[].start]]' '["ambiguous",null,[0,16]]'

# Many lines keep their order; json is one array; no lines, no answers.
for i in 1 2 3; do echo "{\"id\":$i,$wall}"; done >three
"$ANNOTCTL" anchor old.txt <three >out
[ "$(jq -c .id out | tr '\n' ' ')" = '1 2 3 ' ] || fail "order: $(cat out)"
"$ANNOTCTL" --format json anchor old.txt <three >out
answer 'map(.id)' '[1,2,3]'
"$ANNOTCTL" anchor old.txt </dev/null >out
[ ! -s out ] || fail 'answers to nothing'

# Bad lines are named, and what stands before them was answered.
printf '{"id":1,%s}\n{"id":2,\n' "$wall" >bad
expect 4 'line 2: not JSON' sh -c "'$ANNOTCTL' anchor old.txt <bad"
[ "$(head -1 out | jq .id)" = 1 ] || fail 'the first line was not answered'
expect 4 'line 1: exact is empty' anchor '{"id":1}' old.txt; one_line
expect 4 'line 1: exact is empty' anchor '{"id":1,"exact":""}' old.txt; one_line
expect 4 'line 1: "id"' anchor '{"exact":"a"}' old.txt; one_line
expect 4 'line 1: "exact": expected a text' anchor '{"id":1,"exact":1}' old.txt; one_line
expect 4 'line 1: expected {' anchor '[]' old.txt; one_line
expect 4 'both "start" and "end"' anchor '{"id":1,"exact":"a","start":1}' old.txt; one_line
expect 4 'start 5 is not before end 5' anchor '{"id":1,"exact":"a","start":5,"end":5}' old.txt; one_line
expect 4 '"start": expected a number' anchor '{"id":1,"exact":"a","start":-1,"end":5}' old.txt; one_line
expect 4 'unit' anchor '{"id":1,"exact":"a","start":1,"end":2,"unit":"miles"}' old.txt; one_line
expect 4 'end 900 is behind the end of old.txt' anchor '{"id":1,"exact":"a","start":1,"end":900}' moved.txt --old old.txt; one_line
expect 4 'exact is not what stands at' anchor '{"id":1,"exact":"a","start":1,"end":2}' moved.txt --old old.txt; one_line
# Without the old text a position is only a hint.
expect 0 '' anchor "{\"id\":\"a\",$wall,\"start\":9000000,\"end\":9000021}" old.txt
answer '[.status,.start]' '["moved",30]'
expect 4 'line 1: not JSON' anchor "$(printf '{"id":1,"exact":"\377"}')" old.txt; one_line
head -c 1100000 /dev/zero | tr '\0' w >long
expect 4 'line 1: longer than' sh -c "'$ANNOTCTL' anchor old.txt <long"; one_line
(printf '{"id":1,"exact":"'; head -c 1000000 /dev/zero | tr '\0' w; printf '"}') >long
expect 0 '"orphan"' sh -c "'$ANNOTCTL' anchor old.txt <long"; one_line

# Bad files.
printf 'a\377' >latin1.txt
expect 4 'latin1.txt: not UTF-8: byte 1' anchor '{}' latin1.txt; one_line
expect 4 'latin1.txt: not UTF-8: byte 1' anchor '{}' old.txt --old latin1.txt; one_line
expect 2 'no-such-file' anchor '{}' no-such-file; one_line
expect 2 '' "$ANNOTCTL" anchor
: >empty.txt
expect 0 '' anchor "{\"id\":1,$wall,\"start\":30,\"end\":51}" empty.txt --old old.txt
answer '[.status,.guess]' '["orphan",null]'
expect 0 '' anchor "{\"id\":1,$wall}" old.txt --old empty.txt
answer '.status' '"moved"'
