'use strict';
// The check of a page that annotctl report made. Written from docs/records.md and the formats that it names; it uses
// WebCrypto alone, asks nobody, and reads nothing but the page. This file: bytes, hashes, signatures.

/** What is against a record. */
class Wrong extends Error {}
/** Signed by keys of which nothing is known. */
class Unknown extends Wrong {}
/** What cannot be checked from what is here. */
class Missing extends Error {}

function need(condition, text) {
	if (!condition)
		throw new Wrong(text);
}

/** Gives the browser its turn; turn() after some time only. */
const pause = () => new Promise(resolve => setTimeout(resolve));
const SLICE_MS = 50;
let sliceBegan = 0;
async function turn() {
	if (performance.now() - sliceBegan < SLICE_MS)
		return;
	await pause();
	sliceBegan = performance.now();
}

const encoder = new TextEncoder();
const utf8 = text => encoder.encode(text);

function concat(...parts) {
	const ret = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
	let at = 0;
	for (const part of parts) {
		ret.set(part, at);
		at += part.length;
	}
	return ret;
}

const hex = bytes => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
const sameBytes = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

/** Canonical base64, of that many bytes if given. */
function base64(text, length) {
	need(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, 'not base64');
	const ret = Uint8Array.from(atob(text), c => c.charCodeAt(0));
	need(btoa(String.fromCharCode(...ret)) === text, 'not canonical base64');
	need(length === undefined || ret.length === length, 'not ' + length + ' bytes of base64');
	return ret;
}

const digest = async (algorithm, bytes) => new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
const sha256 = bytes => digest('SHA-256', bytes);

async function ed25519(key, message, signature) {
	let imported;
	try {
		imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
	} catch (error) {
		if (error.name === 'NotSupportedError')
			throw new Missing('this browser cannot check Ed25519 signatures');
		throw new Wrong('not an Ed25519 key');
	}
	return crypto.subtle.verify('Ed25519', imported, signature, message);
}

/** A string as SSH writes it: its length, then its bytes. */
function sshString(bytes) {
	const length = new Uint8Array(4);
	new DataView(length.buffer).setUint32(0, bytes.length);
	return concat(length, bytes);
}

const keyBlob = key => concat(sshString(utf8('ssh-ed25519')), sshString(key));
/** What the author card holds: SHA-256 of the SSH key. */
const authorOf = async key => hex(await sha256(keyBlob(key)));

/** The key of a line "ssh-ed25519 BASE64". */
function keyOfLine(line) {
	const blob = base64(line.replace(/^ssh-ed25519 /, ''), 51);
	const key = blob.slice(19);
	need(line.startsWith('ssh-ed25519 ') && sameBytes(blob, keyBlob(key)), 'not an SSH key line');
	return key;
}

/** Whether a signature is OpenSSH's (PROTOCOL.sshsig) in that namespace, with sha512. */
async function sshSigned(key, namespace, message, signature) {
	const hashed = await digest('SHA-512', message);
	const signed = concat(utf8('SSHSIG'), sshString(utf8(namespace)), sshString(utf8('')), sshString(utf8('sha512')),
		sshString(hashed));
	return ed25519(key, signed, signature);
}
