// The log: RFC 6962 inclusion proofs, C2SP notes and checkpoints.

const leafHash = bytes => sha256(concat(Uint8Array.of(0), bytes));
const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** The root that an inclusion path leads to (RFC 9162, 2.1.3.2); throws if it is too long or too short. */
async function rootOf(index, size, hash, path) {
	need(Number.isSafeInteger(index) && index >= 0 && index < size, 'not a place in a log of that size');
	let at = index, last = size - 1, value = hash;
	for (const step of path) {
		need(last > 0, 'the proof is too long');
		if (at % 2 === 1 || at === last) {
			value = await nodeHash(step, value);
			while (at % 2 === 0 && at !== 0) {
				at = Math.floor(at / 2);
				last = Math.floor(last / 2);
			}
		} else {
			value = await nodeHash(value, step);
		}
		at = Math.floor(at / 2);
		last = Math.floor(last / 2);
	}
	need(last === 0, 'the proof is too short');
	return value;
}

/** A C2SP verifier key of type 1: NAME+HEX8+BASE64(1 || key). */
async function parseVkey(text) {
	const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
	need(match, 'not a verifier key');
	const typed = base64(match[3], 33);
	need(typed[0] === 1, 'not an Ed25519 key');
	const id = (await sha256(concat(utf8(match[1] + '\n'), typed))).slice(0, 4);
	need(hex(id) === match[2], 'the verifier key has another id than it says');
	return {name: match[1], id, key: typed.slice(1), text};
}

/** A checkpoint note: {text, origin, size, root, lines: [{name, id, signature}]}. */
function parseNote(note) {
	const at = note.lastIndexOf('\n\n');
	need(at > 0 && note.endsWith('\n'), 'not a signed note');
	const text = note.slice(0, at + 1), body = text.split('\n');
	need(body.length === 4 && /^[1-9][0-9]{0,14}$/.test(body[1]), 'not a checkpoint: origin, size and root');
	const lines = note.slice(at + 2, -1).split('\n').map(line => {
		const match = /^\u2014 (\S+) (\S+)$/.exec(line);
		need(match, 'not a signature line');
		const signature = base64(match[2]);
		return {name: match[1], id: signature.slice(0, 4), signature: signature.slice(4)};
	});
	return {text, origin: body[0], size: Number(body[1]), root: base64(body[2], 32), lines};
}

/** The log key, among those that may sign, that signed the note; throws if none did. */
async function signerOf(note, keys) {
	for (const key of keys) {
		const line = note.lines.find(l => l.name === key.name && sameBytes(l.id, key.id));
		if (!line)
			continue;
		need(await ed25519(key.key, utf8(note.text), line.signature), 'forged: not signed by ' + key.text);
		need(note.origin === key.name, 'it is of ' + note.origin + ', the key of ' + key.name);
		return key;
	}
	throw new Unknown('not signed by a log key of this corpus');
}
