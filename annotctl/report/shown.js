// What the page shows of a record, held against the record: texts, highlighted words, cards; all of it to be seen.

/**
 * The policy allows one style sheet, and that hides two classes of a single character each (html_text in html.c). Whatever else is
 * hidden was hidden by somebody: told by elements and attributes, since asking for styles lays the page out each time. A text may be
 * folded away.
 */
const FRAME = new Set(['HTML', 'BODY', 'MAIN', 'SECTION', 'ARTICLE', 'H3', 'H4', 'P', 'DL', 'DT', 'DD', 'DIV', 'SPAN', 'Q', 'B']);
const PIECES = new Set(['P', 'MARK']);
const HIDING = ['cr', 'x', 'skip']; // classes, alone or among others

function isPlain(element) {
	return !['hidden', 'popover', 'aria-hidden'].some(name => element.hasAttribute(name));
}
const hides = element => HIDING.some(name => element.classList.contains(name));

/** A piece of a text or value that leaves its characters to be seen. */
function isPiece(element) {
	const text = element.textContent, code = text.codePointAt(0);
	if (!isPlain(element))
		return false;
	if (element.tagName === 'A')
		return text === '';
	if (element.tagName !== 'SPAN')
		return PIECES.has(element.tagName) && !hides(element);
	if (element.className === 'cr')
		return text === '\r';
	if (element.className === 'x')
		return text === String.fromCodePoint(code || 0) && HIDDEN.test(text) &&
			element.dataset.u === 'U+' + code.toString(16).toUpperCase().padStart(4, '0');
	return element.className === '' && element.parentElement.className === 'x';
}

function needShown(element, what, folded) {
	for (let e = element; e; e = e.parentElement)
		need(isPlain(e) && (FRAME.has(e.tagName) || (folded && e.tagName === 'DETAILS')) && !hides(e), what + ' is hidden');
	for (const e of element.querySelectorAll('*'))
		need(isPiece(e), 'a part of ' + what + ' is hidden');
}

/** A text on the page, by the hash of its document's record: its bytes, and the marks of each target with their places. */
const texts = new Map();
async function textOf(id) {
	if (!texts.has(id)) {
		const [element, ...others] = document.querySelectorAll('[data-document="' + id + '"]');
		if (!element)
			throw new Missing('the text of ' + id.slice(0, 8) + ' is not in this page');
		need(others.length === 0, 'the text of ' + id.slice(0, 8) + ' stands in the page more than once');
		const marks = new Map(), pieces = [];
		let length = 0;
		needShown(element, 'the text of ' + id.slice(0, 8), true);
		const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			if (node.nodeType === Node.TEXT_NODE) {
				pieces.push(node.data);
				length += node.data.length;
			} else if (node.tagName === 'MARK') {
				for (const name of (node.dataset.a || '').split(' '))
					marks.set(name, [...marks.get(name) || [], {node, start: length}]);
			}
		}
		const text = pieces.join(''), bytes = utf8(text);
		texts.set(id, {marks, text, bytes, hash: hex(await sha256(bytes))});
	}
	return texts.get(id);
}

async function checkText(id) {
	const shown = await textOf(id), element = recordElement(id);
	need(element, 'the record of the document ' + id.slice(0, 8) + ' is not in this page');
	const document = (await Proved.load(element)).record;
	need(document && document.id === id, 'the record of the document is not ' + id.slice(0, 8));
	need(document.first('sha256') === shown.hash, 'the text shown is not the document\'s: its SHA-256 is ' + shown.hash);
	return shown;
}

async function checkWords(record) {
	if (record.kind === 'document') {
		await checkText(record.id);
		return 'the text shown is the document\'s, by its SHA-256';
	}
	const targets = record.targets();
	for (const target of targets) {
		const {bytes} = await checkText(target.document), {start, end, exact, prefix, suffix} = target;
		need(sameBytes(bytes.subarray(start, end), exact), 'bytes ' + start + ' to ' + end + ' are other words');
		need(sameBytes(bytes.subarray(Math.max(0, start - prefix.length), start), prefix) &&
			sameBytes(bytes.subarray(end, end + suffix.length), suffix), 'the words stand in another context');
	}
	return targets.length + ' of ' + targets.length + ' targets stand in the text that is shown';
}

/** The highlighted words are those of the record, at their place and no other. */
async function checkMarks(record, number) {
	const targets = record.targets();
	for (let n = 0; n < targets.length; n++) {
		const shown = await textOf(targets[n].document), marks = shown.marks.get(number + '.' + n) || [];
		need(marks.length > 0, 'the words are not highlighted in the text');
		need(sameBytes(utf8(marks.map(mark => mark.node.textContent).join('')), targets[n].exact),
			'other words are highlighted in the text');
		let at = marks[0].start;
		for (const {node, start} of marks) {
			need(start === at, 'words elsewhere are highlighted in the text');
			at += node.textContent.length;
		}
		need(utf8(shown.text.slice(0, marks[0].start)).length === targets[n].start, 'words elsewhere are highlighted in the text');
	}
	return 'the words are highlighted where they stand';
}

/** Each value that is shown is the record's, under its name, none is left out or hidden, and there are no others in the list. */
async function checkFields(record, container) {
	const fields = [...container.querySelectorAll('[data-f]')].filter(field => field.closest('[data-of]') === container);
	const wanted = record.cards.filter(card => !REFERENCES.has(card[0])).length, seen = new Set();
	for (const field of fields) {
		const {f: name, n} = field.dataset, value = record.values(name)[Number(n)];
		need(value !== undefined && value === field.textContent, 'card ' + name + ' is shown with another value than was signed');
		needShown(field, 'card ' + name, false);
		seen.add(name + ' ' + Number(n));
	}
	need(seen.size === wanted, wanted - seen.size + ' cards of the record are not shown');
	await checkList(record, container.querySelector('dl.cards'));
	return 'all ' + wanted + ' values shown are those of the record';
}

/** The list has a name and a value for each card, in order, and nothing beside. */
async function checkList(record, list) {
	const own = record.cards.filter(card => !CONTEXT.has(card[0])), items = [...list.children], targets = record.targets();
	const bare = [...list.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
	need(!bare && items.length <= 2 * own.length && items.every((item, i) => item.tagName === (i % 2 ? 'DD' : 'DT')),
		'something stands among the cards that the record does not have');
	for (const [i, item] of items.entries()) {
		const [name, value] = own[Math.floor(i / 2)];
		if (i % 2 === 0) {
			need(item.textContent === (name === 'target' ? 'words' : name), 'card ' + name + ' is shown as ' + item.textContent);
			needShown(item, 'the name of card ' + name, false);
		} else if (name === 'target') {
			await checkTarget(item, targets.shift());
		} else if (REFERENCES.has(name)) {
			await checkReference(item, value);
		} else {
			need(item.dataset.f === name, 'card ' + name + ' is shown with another value than was signed');
		}
	}
}

/** The line below words that says where they stand, and the link into the text. */
async function checkTarget(item, target) {
	const where = item.querySelector('.where'), link = where.querySelector('a'), number = item.closest('article').dataset.number;
	const text = await recordOf(target.document), name = text && text.record ? text.record.values('name')[0] : null;
	const found = /^in (.*)@\d+, bytes (\d+) to (\d+)/s.exec(where.textContent);
	need(found && (name === null || found[1] === name) && Number(found[2]) === target.start && Number(found[3]) === target.end,
		'the words are said to stand elsewhere');
	need(!link || link.getAttribute('href').startsWith('#m' + number + '-'), 'a link leads to other words');
}
