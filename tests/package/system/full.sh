# A state directory without room: refused and said, still served, and good again as soon as there is some.
. /try/tree/tests/package/system/lib.sh

corpus full boris
systemctl stop "$unit"
mv "$folder" "$work/full"
mkdir "$folder"
mount -t tmpfs -o size=24m,mode=0755 annot-full "$folder"
cp -a "$work/full/." "$folder"
systemctl start "$unit"

printf 'Before it was full.\n' >"$work/before.txt"
put "$work/before.txt" boris
expect 0 document ctl boris doc add before.txt --name before
# All but nothing: a few blocks, which the next write takes.
dd if=/dev/zero of="$folder/ballast" bs=4k 2>/dev/null || true
head -c 600000 /dev/urandom | base64 >"$work/large.txt"
put "$work/large.txt" boris
mark
expect 5 'space' ctl boris doc add large.txt --name large
one_line
is ActiveState active
is NRestarts 0
expect 0 'Before it was full' ctl boris doc text before
expect 0 before ctl boris doc list
said 'space'

# --- started while it is full: it says why, and comes up by itself once there is room
systemctl stop "$unit"
dd if=/dev/zero of="$folder/ballast2" bs=4k 2>/dev/null || true
mark
expect 1 '' systemctl start "$unit"
said 'space'
unlike NRestarts 0
mark
rm "$folder/ballast" "$folder/ballast2"
said 'Started annotd'
is ActiveState active
# What was signed while there was no room is there, and its text comes with the next try.
expect 0 document ctl boris doc add large.txt --name large
ctl boris doc text large | cmp - "$work/large.txt" || fail 'not what was added'
whole
expect 0 'Before it was full' ctl boris doc text before
systemctl stop "$unit"
umount "$folder"
rmdir "$folder"
