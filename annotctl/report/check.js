// What is checked of a record, in the order of annotctl verify, each line from what the page shows.

const $ = selector => document.querySelector(selector);

/** The page's records by their hashes, and the places where a record is shown: looked up once, for thousands. */
const page = {records: null, shown: new Map(), refs: new Map(), marks: new Map(), planted: false};
function addTo(map, key, element) {
	if (!map.has(key))
		map.set(key, []);
	map.get(key).push(element);
}
function recordElement(id) {
	if (!page.records) {
		page.records = new Map();
		for (const element of document.querySelectorAll('.record'))
			page.records.set(element.dataset.record, element);
		for (const element of document.querySelectorAll('[data-of]'))
			addTo(page.shown, element.dataset.of, element);
		for (const ref of document.querySelectorAll('a.ref'))
			addTo(page.refs, ref.dataset.n, ref);
		for (const mark of document.querySelectorAll('mark'))
			for (const number of new Set(numbersOf(mark)))
				addTo(page.marks, number, mark);
	}
	return page.records.get(id);
}

/** Whether the page is as annotctl makes pages: found out once, before any result stands in it. */
let shaped = null;
async function checkPage() {
	const note = parseNote($('#note').textContent);
	await checkShape(note);
	checkTop(note.size);
	checkCounts();
	need(!page.planted, 'a result stood in it before anything was checked');
	return 'nothing stands in it but what annotctl writes';
}
function shapeOnce() {
	if (!shaped) {
		clearResults();
		shaped = checkPage();
	}
	return shaped;
}

/** A .record element: its bytes, key, signature and proof. */
class Proved {
	static async load(element) {
		const ret = new Proved(), data = element.dataset, text = element.querySelector('pre').textContent;
		ret.element = element;
		ret.named = data.record;
		ret.index = Number(data.index);
		ret.key = base64(data.key, 32);
		ret.signature = base64(data.signature, 64);
		ret.path = data.path === '' ? [] : data.path.split(' ').map(step => base64(step, 32));
		ret.signatureHash = hex(await sha256(ret.signature));
		if (text.startsWith('annot-leaf/v1 ')) {
			ret.leaf = text;
		} else {
			ret.record = await Record.load(text);
			ret.leaf = ret.record.leaf(ret.signatureHash);
		}
		return ret;
	}

	async checkRecord() {
		if (!this.record)
			throw new Missing('WITHHELD: only its leaf is left');
		need(this.record.id === this.named, 'the bytes have SHA-256 ' + this.record.id + ', not ' + this.named);
		need(this.element.querySelector('summary').textContent === 'Record #' + this.index + ' as signed', 'it is called by another number');
		return this.named;
	}
	async checkSignature() {
		if (!this.record)
			throw new Missing('WITHHELD: the log has its hash, there is nothing to check it on');
		need(await authorOf(this.key) === this.record.author, 'by another key than the author card says');
		need(await sshSigned(this.key, 'annot-record-v1', this.record.bytes, this.signature),
			'forged, or changed since: not a signature over these bytes');
		return 'good';
	}
	async checkLogged(note) {
		const fields = this.leaf.split(' ');
		need(this.record || (fields[6] === this.named && fields[7] === this.signatureHash + '\n'),
			'the leaf is of another record or signature');
		const root = await rootOf(this.index, note.size, await leafHash(utf8(this.leaf)), this.path);
		need(sameBytes(root, note.root), 'the proof does not lead to the checkpoint');
		return 'record #' + this.index + ' of ' + note.size + ', inclusion proved';
	}
}

/** What all checks have in common: the checkpoint, and from the genesis record up who may sign. */
class Ground {
	/** corpus: the reader's hash; '' makes the page's own genesis record do. */
	static async load(corpus) {
		const ret = new Ground();
		ret.corpus = corpus;
		ret.note = parseNote($('#note').textContent);
		ret.authority = new Authority();
		ret.facts = await Ground.factsOf(document.querySelectorAll('.record'));
		const genesis = ret.facts.find(fact => fact.index === 0);
		need(genesis && genesis.record, 'the page has no genesis record');
		need(corpus === '' || genesis.record.id === corpus,
			'the genesis record of this page is ' + genesis.record.id + ', you trust ' + corpus);
		for (const fact of ret.facts) {
			await ret.apply(fact);
			await turn();
		}
		ret.logKey = await signerOf(ret.note, ret.authority.signing());
		return ret;
	}

	/** What keys rest on must hold; somebody's standing by a record that does not hold just does not count. */
	async apply(fact) {
		try {
			await fact.checkRecord();
			await fact.checkSignature();
			await fact.checkLogged(this.note);
		} catch (error) {
			if (fact.record && fact.record.kind === 'reaffirm')
				return;
			throw error;
		}
		await this.authority.apply(fact);
	}

	/** The records that keys follow from, in log order: told by their text before anything is hashed. */
	static async factsOf(elements) {
		const kinds = new Set([...AUTHORITY, 'review', 'retract', 'reaffirm']), heads = [];
		for (const element of elements) {
			await turn();
			const text = element.querySelector('pre').textContent;
			const kind = /^kind (\S+)$/m.exec(text), id = element.dataset.record, on = /^on (\S+)$/m.exec(text);
			if (kind && kinds.has(kind[1]))
				heads.push({element, id, kind: kind[1], on: on ? on[1] : ''});
		}
		// Reviews of these records, and what takes such a review back; there may be thousands of others.
		const known = new Set(heads.filter(head => AUTHORITY.has(head.kind)).map(head => head.id));
		const votes = new Set(heads.filter(head => head.kind === 'review' && known.has(head.on)).map(head => head.id));
		const wanted = heads.filter(head => known.has(head.id) || votes.has(head.id) || votes.has(head.on) ||
			head.kind === 'reaffirm');
		const facts = [];
		for (const head of wanted) {
			facts.push(await Proved.load(head.element));
			await turn();
		}
		return facts.sort((a, b) => a.index - b.index);
	}

	/** A checkpoint that the reader has from elsewhere. */
	async checkYours(text) {
		const yours = parseNote(text.replace(/\r/g, '').trim() + '\n');
		const other = 'yours covers ' + yours.size + ' records, this page\'s ' + this.note.size;
		try {
			await signerOf(yours, this.authority.logKeys);
		} catch (error) {
			if (error instanceof Unknown && yours.size > this.note.size)
				throw new Missing(other + ', and is signed by a log key that was named later: that takes annotctl verify');
			throw error;
		}
		if (yours.size !== this.note.size)
			throw new Missing(other + ': that one goes on from the other takes annotctl verify');
		need(sameBytes(yours.root, this.note.root), 'FORKED: the log signed two histories of ' + yours.size + ' records');
		return 'the same as yours';
	}
}

// --- all of it ---

const NOT_CHECKED = 'not checked: whether something newer, a retraction or another voice was left out of this page; words in small ' +
	'frames (states, anchors); what annotctl verify is said to have found; witnesses; and whether a claim is true';

/** Lines [{result, name, text}] of one record. */
async function checkAll(element, ground, checkpoint) {
	const lines = [], say = async (name, check) => {
		try {
			lines.push({result: 'ok', name, text: await check()});
		} catch (error) {
			lines.push({result: error instanceof Missing ? 'MISSING' : 'FAIL', name, text: error.message});
		}
	};
	let proved;
	await say('page', shapeOnce);
	await say('record', async () => {
		proved = await Proved.load(element);
		return proved.checkRecord();
	});
	if (!proved)
		return lines;
	await say('signature', () => proved.checkSignature());
	let common;
	await say('corpus', async () => {
		common = await ground;
		need(!proved.record || proved.record.corpus === (proved.index === 0 ? '-' : common.authority.corpus), 'of another corpus');
		if (common.corpus === '')
			throw new Missing('no corpus hash was given: this page\'s own says ' + common.authority.corpus);
		return common.corpus;
	});
	if (!common)
		return lines;
	await say('logged', () => proved.checkLogged(common.note));
	await say('checkpoint', async () => 'signed by ' + common.logKey.text);
	if (checkpoint.trim() !== '')
		await say('yours', () => common.checkYours(checkpoint));
	if (proved.record)
		await checkShown(proved, common, say);
	else
		await say('shown', async () => checkWithheld(proved, page.shown.get(proved.named) || [], common.authority));
	return lines;
}

async function checkShown(proved, common, say) {
	const {record} = proved, containers = recordElement(record.id) ? page.shown.get(record.id) || [] : [];
	await say('author', async () => {
		const {name, text} = common.authority.author(record, proved.index);
		for (const by of containers.map(container => container.querySelector('[data-by]'))) {
			need(by && by.textContent === name, 'the page says ' + (by ? by.textContent : 'nobody') + ', it is ' + name);
			needShown(by, 'the author', false);
		}
		return text;
	});
	await say('key', async () => common.authority.life(record, proved.index, common.note.size));
	if (AUTHORITY.has(record.kind))
		await say('effect', async () => common.authority.effect(record.id));
	const article = containers.find(container => container.dataset.number);
	if (article)
		await say('words', () => checkWords(record));
	if (article && record.kind !== 'document')
		await say('highlight', () => checkMarks(record, article.dataset.number));
	for (const container of containers)
		await say('shown', () => checkFields(record, container));
	for (const container of containers)
		await say('place', async () => {
			await checkPlace(proved, container);
			if (container === article && record.kind !== 'document')
				checkLabels(record, article, common.authority.author(record, proved.index).name);
			return 'it stands where it belongs';
		});
	await sayIf(say, 'ratings', article && checkRatings(article, record, common.authority));
	await sayIf(say, 'line', checkLine(proved, article, common.authority));
}

/** What there may be nothing to say about: a check that gives null. */
async function sayIf(say, name, check) {
	let text = null;
	try {
		text = await check;
	} catch (error) {
		text = error;
	}
	if (text)
		await say(name, async () => {
			if (text instanceof Error)
				throw text;
			return text;
		});
}
