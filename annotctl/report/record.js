// Records (docs/records.md): their cards, and the leaf line that the log commits to.

const ESCAPES = {'\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\t': '\t'};
const unescapeValue = text => text.replace(/\\(?:u\{([0-9a-f]+)\}|[\\nrt])/g,
	(all, code) => code ? String.fromCodePoint(parseInt(code, 16)) : ESCAPES[all]);

/** Cards that name other records: they are shown as links. */
const REFERENCES = new Set(['target', 'on', 'from', 'to', 'via', 'evidence', 'opens', 'reply-to', 'translation-of']);
/** Cards that are shown with the target before them. */
const CONTEXT = new Set(['exact', 'prefix', 'suffix']);
const HEX64 = /^[0-9a-f]{64}$/;

class Record {
	/** From the text as signed; async parts are filled by load(). */
	constructor(text) {
		need(text.endsWith('\n'), 'the record does not end with a line end');
		const lines = text.slice(0, -1).split('\n').map(line => {
			const space = line.indexOf(' ');
			return space < 0 ? [line, null] : [line.slice(0, space), line.slice(space + 1)];
		});
		if (lines.shift()[0] !== 'annot-record/v1')
			throw new Missing('not a record of version 1: annotctl of a later version may know it');
		const take = name => {
			const line = lines.shift();
			need(line && line[0] === name && line[1] !== null, 'card ' + name + ' is missing');
			return line[1];
		};
		this.corpus = take('corpus');
		this.kind = take('kind');
		this.annotation = take('annotation');
		this.parents = [];
		while (lines.length && lines[0][0] === 'parent')
			this.parents.push(take('parent'));
		this.author = take('author');
		this.time = take('time');
		this.seen = take('seen');
		take('nonce');
		need(HEX64.test(this.author), 'card author is not a hash');
		for (const line of lines)
			need(line[1] !== null, 'card ' + line[0] + ' has no value');
		this.cards = lines;
	}

	static async load(text) {
		const ret = new Record(text);
		ret.bytes = utf8(text);
		ret.id = hex(await sha256(ret.bytes));
		if (ret.annotation === '-')
			ret.annotation = ret.id;
		return ret;
	}

	/** The values of all cards of a name, as they stand. */
	all(name) {
		return this.cards.filter(card => card[0] === name).map(card => card[1]);
	}
	first(name) {
		const found = this.cards.find(card => card[0] === name);
		return found ? found[1] : undefined;
	}
	/** The same, unescaped. */
	values(name) {
		return this.all(name).map(unescapeValue);
	}

	get on() {
		return this.first(this.kind === 'link' ? 'from' : 'on');
	}

	leaf(signatureHash) {
		return ['annot-leaf/v1', this.kind, this.annotation, this.parents.join(',') || '-', this.on || '-', this.author,
			this.id, signatureHash].join(' ') + '\n';
	}

	targets() {
		const ret = [];
		this.cards.forEach((card, i) => {
			if (card[0] !== 'target')
				return;
			const [document, start, end] = card[1].split(' ');
			const [exact, prefix, suffix] = [1, 2, 3].map(k => utf8(unescapeValue(this.cards[i + k][1])));
			ret.push({document, start: Number(start), end: Number(end), exact, prefix, suffix});
		});
		return ret;
	}
}
