// Where things stand: each annotation in the section of its text, what was said below what it was said about, numbers and links with
// what they mean; and what is counted on the page.

/** Records of the page by their hashes, once their bytes were hashed. */
const loaded = new Map();
async function recordOf(id) {
	const element = recordElement(id);
	if (!element)
		return null;
	if (!loaded.has(id))
		loaded.set(id, Proved.load(element));
	const proved = await loaded.get(id);
	if (!proved.record)
		return proved;
	need(proved.record.id === id, 'the record ' + id.slice(0, 8) + ' is not the one that it is said to be');
	return proved;
}
const annotationOf = proved => proved.record ? proved.record.annotation : proved.leaf.split(' ')[2];

/** The words that stand for a record where others name it (record_telling in out/record.c). */
function telling(record) {
	const first = name => record.values(name)[0];
	switch (record.kind) {
	case 'quote': case 'span':
		return '\u201c' + first('exact') + '\u201d';
	case 'verdict':
		return first('scale') + ' ' + first('rating');
	case 'seal':
		return 'a verdict';
	case 'document':
		return first('title') === undefined ? first('name') : first('name') + ': ' + first('title');
	case 'link':
		return first('relation');
	case 'review':
		return first('decision');
	default:
		return ['text', 'title', 'name', 'reason', 'origin'].map(first).find(text => text !== undefined) || '';
	}
}

/** The value of a card that names a record: a link to it, and its words. */
async function checkReference(item, id) {
	const proved = await recordOf(id), link = item.firstElementChild;
	if (!proved || !proved.record) {
		need(item.textContent === id.slice(0, 8) + ' WITHHELD', 'a record that is not there is called "' + item.textContent + '"');
		return;
	}
	const {record} = proved, [, kind, short, words] = /^(\S+) ([0-9a-f]{8})(?:@\d+)? (.*)$/s.exec(item.textContent) || [];
	const place = link.localName === 'a' ? document.querySelector(link.getAttribute('href')) : null;
	need(kind === record.kind && words === telling(record), 'the record ' + id.slice(0, 8) + ' is called "' + item.textContent + '"');
	need(place, 'the record ' + id.slice(0, 8) + ' is not linked');
	if (place.dataset.record !== undefined) {
		need(place.dataset.record === id && short === id.slice(0, 8), 'a link leads to another record than was named');
		return;
	}
	const there = place.dataset.of ? await recordOf(place.dataset.of) : null;
	need(there && annotationOf(there) === record.annotation && short === record.annotation.slice(0, 8),
		'a link leads to another annotation than was named');
}

const namesOf = record => record.cards.filter(card => REFERENCES.has(card[0]) && card[0] !== 'target').map(card => card[1]);

/** Whether a record names a version of that annotation, or a record that does. */
async function leadsTo(record, annotation, climbs) {
	for (const id of namesOf(record)) {
		const proved = await recordOf(id);
		if (proved && (annotationOf(proved) === annotation ||
			(climbs > 0 && proved.record && await leadsTo(proved.record, annotation, climbs - 1))))
			return true;
	}
	return false;
}
const CLIMBS_MAX = 4; // from a comment on a verdict on a claim to the claim

/** The article of an annotation, or what was said on one: its heading, and where it stands. */
async function checkPlace(proved, container) {
	const {record, element} = proved, article = container.closest('article'), head = container.firstElementChild;
	const [, number, kind, short] = /^(?:(\d+) )?(\S+) ([0-9a-f]{8})@/.exec(head.textContent) || [];
	need(kind === record.kind && short === record.annotation.slice(0, 8), 'its heading names another record');
	need(container.contains(element) || container.querySelector(':scope > p.fine > a[href="#' + element.id + '"]'),
		'another record is said to be the one as signed');
	if (container !== article) {
		const above = await recordOf(article.dataset.of);
		need(above && await leadsTo(record, annotationOf(above), CLIMBS_MAX), 'it was not said about what it stands below');
		return;
	}
	need(number === article.dataset.number && article.id === 'a' + number &&
		head.querySelector('a.number').getAttribute('href') === '#a' + number, 'its number is that of another one');
	need(article.classList[0] === record.kind, 'it is shown as a ' + article.classList[0]);
	await checkSection(record, article);
}

async function checkSection(record, article) {
	const section = article.parentElement, document = section.querySelector(':scope > article.document');
	if (record.kind === 'claim' || section.id === 'claims') {
		need(record.kind === 'claim' && section.id === 'claims', 'it stands below another text');
	} else if (record.kind === 'document') {
		const title = record.values('title')[0] || record.values('name')[0];
		need(section.className === 'of' && document === article && section.querySelector('h2').textContent === title &&
			section.id === 'd' + article.dataset.number, 'its section is called something else');
	} else if (section.className === 'of') {
		const [target] = record.targets(), text = target && await recordOf(target.document);
		const own = document && await recordOf(document.dataset.of);
		need(text && own && annotationOf(text) === annotationOf(own), 'it stands below another text');
	}
}

// --- marks ---

/** What marks and the numbers behind them say of an annotation, and where they lead. */
function checkLabels(record, article, name) {
	const {number} = article.dataset, label = record.kind + ' ' + number + ' by ' + name + ', ';
	const own = 'a.ref[data-n="' + number + '"]';
	for (const ref of page.refs.get(number) || [])
		need(ref.getAttribute('href') === '#a' + number && ref.getAttribute('aria-label').startsWith(label),
			'the number behind its words, ' + own + ', says something else');
	for (const mark of page.marks.get(number) || []) {
		need(mark.title.split('; ').some(title => title.startsWith(label)), 'its words are marked as something else');
		if (numbersOf(mark)[0] === number)
			need(mark.classList[0] === record.kind && mark.classList.contains('gone') === article.classList.contains('gone'),
				'its words are marked as a ' + mark.className);
	}
}

// --- what is said of records that are not articles ---

/** The line of a version in a history: the newest one's record stands above, in the article. */
function lineOf(element, article) {
	const lines = article ? [...article.querySelectorAll(':scope > details.history > ol > li')] : [];
	return element.closest('ol > li') || lines.find(line => !line.querySelector('.record, .fine'));
}

/** The line above a record at the end of the page, and that of a version in a history. */
async function checkLine(proved, article, authority) {
	const {record, element, index} = proved, above = element.previousElementSibling, item = lineOf(element, article);
	const name = authority.author(record, index).name;
	if (above && above.className === 'ground') {
		need(above.textContent === record.kind + ' ' + record.id.slice(0, 8) + ' by ' + name + ' ' + telling(record),
			'the line above it says something else');
		return 'the line above it is right';
	}
	if (!item)
		return null;
	const text = item.firstElementChild.textContent, short = record.annotation.slice(0, 8) + '@';
	const behind = ' by ' + name + ', record #' + index + ', claimed time ' + record.time;
	need(text.startsWith(short) && text.slice(short.length).replace(/^\d+/, '').startsWith(behind), 'the line above it says something else');
	await checkChanges(record, item);
	return 'what the history says of it is right, but for the texts of documents, and versions by their numbers';
}

/** Each change that a history shows: without what was put in it is a value of the version before, without what was taken out one of this. */
async function checkChanges(record, item) {
	const before = new Set(), now = new Set(record.cards.map(card => unescapeValue(card[1])));
	for (const id of record.parents) {
		const proved = await recordOf(id);
		for (const card of proved && proved.record ? proved.record.cards : [])
			before.add(unescapeValue(card[1]));
	}
	for (const value of item.querySelectorAll('dl.diff > dd')) {
		const without = out => [...value.childNodes].filter(node => node.nodeName !== out).map(node => node.textContent).join('');
		const from = without('INS'), to = without('DEL');
		if (record.kind !== 'document' || value.previousElementSibling.textContent !== 'text')
			need((from === '' || before.has(from)) && (to === '' || now.has(to)), 'the history shows a change that was not signed');
	}
}

// --- counts ---

/** The numbers at the top, and the commands: what a reader types is what annotctl wrote. */
function checkTop(size) {
	const scope = document.querySelector('p.scope'), compare = document.querySelector('p.compare');
	const query = scope.querySelector('code') ? scope.querySelector('code').textContent : '';
	const [, n, more] = /^(\d+) annotations? and documents?(?:, and (\d+) more)?/.exec(scope.textContent);
	const articles = document.querySelectorAll('article').length, sizes = [...(scope.textContent + compare.textContent)
		.matchAll(/(?:from a log of|while the log has) (\d+) records/g)].map(found => Number(found[1]));
	need(Number(n) + Number(more || 0) === articles, 'it says that there are ' + scope.textContent.split(',')[0] + ', and has ' + articles);
	need(sizes.length >= 2 && sizes[0] === size && sizes[sizes.length - 1] === size, 'it names another size of the log');
	const word = text => "'" + text.replace(/'/g, "'\\''") + "'", [first, second] = [...compare.querySelectorAll('code')].map(code => code.textContent);
	const asOf = /as-of:#(\d+)'$/.exec(first);
	need(second === 'annotctl report ' + (query && word(query) + ' ') + '-o again.html' && (first === 'annotctl history ' + word(query) ||
		(asOf && Number(asOf[1]) <= size && first === 'annotctl list --count ' + word((query && query + ' ') + 'as-of:#' + asOf[1]))),
		'it names other commands');
}

/** What is counted, and what has no record. */
function checkCounts() {
	for (const link of document.querySelectorAll('nav a')) {
		const target = document.querySelector(link.getAttribute('href')), claims = target.querySelectorAll(':scope > article').length;
		need(link.textContent === (target.id === 'claims' ? claims + (claims === 1 ? ' claim' : ' claims')
			: target.querySelector('h2').textContent), 'its contents name something else');
	}
	need(document.querySelectorAll('nav a').length === document.querySelectorAll('main > section').length, 'its contents leave something out');
	for (const history of document.querySelectorAll('details.history'))
		need(history.querySelector('summary').textContent === 'History: ' + history.querySelector('ol').children.length + ' versions',
			'a history has another number of versions than it says');
	for (const shown of document.querySelectorAll('article, section.said'))
		need(shown.dataset.of && recordElement(shown.dataset.of), 'something is shown that has no record');
	for (const mark of document.querySelectorAll('mark')) {
		const numbers = new Set(numbersOf(mark)), said = mark.title.split('; ').map(title => /^\S+ (\d+)/.exec(title)[1]);
		need(said.length >= numbers.size && said.every(number => numbers.has(number) && document.querySelector('article#a' + number)),
			'words are marked that no annotation is about');
	}
}

/** All that is shown of a withheld record: that it is. */
function checkWithheld(proved, containers, authority) {
	const [, kind, annotation, , , author] = proved.leaf.split(' '), key = authority.at(author, proved.index);
	for (const container of containers) {
		const by = container.querySelector('[data-by]'), [, shown, short] = /^(?:\d+ )?(\S+) ([0-9a-f]{8})@/.exec(container.firstElementChild.textContent) || [];
		need(container.children[1].className === 'withheld', 'something is shown of it');
		need(shown === kind && short === annotation.slice(0, 8) && key && by.textContent === key.person.name, 'its heading names another record');
	}
	return 'nothing is shown of it but whose it is';
}

/** Ratings as the verdicts below give them: each person's last on this version and scale, unless its key was stolen. */
async function ratingsOf(article, record, authority) {
	const last = new Map(), counted = [];
	for (const shown of article.querySelectorAll('section.said.verdict')) {
		const proved = await recordOf(shown.dataset.of), verdict = proved && proved.record;
		const taken = [...shown.querySelectorAll('.who .state')].some(state => state.textContent === 'retracted');
		if (!verdict || verdict.kind !== 'verdict' || taken || verdict.on !== record.id)
			continue;
		const key = authority.at(verdict.author, proved.index);
		if (!key || (standingOf(key, proved.index) === 'disputed' && !authority.stoodBy(verdict, proved.index)))
			continue;
		const who = key.person.name + ' ' + verdict.first('scale');
		if (!last.has(who) || last.get(who).index < proved.index)
			last.set(who, {index: proved.index, scale: verdict.first('scale'), rating: verdict.first('rating')});
	}
	for (const {scale, rating} of [...last.values()].sort((a, b) => a.index - b.index)) {
		const same = counted.find(one => one.scale === scale && one.rating === rating);
		if (same)
			same.persons++;
		else
			counted.push({scale, rating, persons: 1});
	}
	return counted.sort((a, b) => a.scale < b.scale ? -1 : a.scale > b.scale ? 1 : b.persons - a.persons);
}

async function checkRatings(article, record, authority) {
	const counted = await ratingsOf(article, record, authority), line = article.querySelector(':scope > p.ratings');
	const text = counted.map(one => one.rating + ' (' + one.scale + ') by ' + one.persons).join(', ');
	need((line ? line.textContent : '') === (text && 'Rated ' + text), 'it says "' + (line ? line.textContent : 'not rated') +
		'", and the verdicts below say "' + (text || 'nothing') + '"');
	for (const shown of article.querySelectorAll('section.said.verdict')) {
		const {record: verdict} = await recordOf(shown.dataset.of) || {};
		const mine = verdict && counted.find(one => one.scale === verdict.first('scale') && one.rating === verdict.first('rating'));
		const dissent = Boolean(mine) && counted.some(one => one.scale === mine.scale && one.persons > mine.persons);
		need(!verdict || (shown.classList.contains('dissent') === dissent && /^[^,]* dissent/.test(shown.firstElementChild.textContent) === dissent),
			'a verdict is shown as dissent that is none, or the other way round');
	}
	return text ? 'rated by those whose verdicts are in this page: ' + text : null;
}
