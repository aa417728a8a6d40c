// The page: buttons, and marks that know their annotations. Nothing is done before somebody asks for it.

const ui = {ground: null, corpus: null, busy: false};
const WITHOUT_HASH = 'NOT CHECKED: you gave no corpus hash. The page agrees with itself, as a forged one does, too.';

function element(name, className, text) {
	const ret = document.createElement(name);
	ret.className = className;
	ret.textContent = text;
	return ret;
}

/** The reader's corpus hash; throws if it is none. */
function corpusGiven() {
	const text = $('#corpus').value.trim().toLowerCase();
	need(text === '' || HEX64.test(text), 'the corpus hash has 64 hex digits; yours has ' + text.length + ' characters');
	return text;
}

/** Before the first check. */
function clearResults() {
	if (shaped)
		return;
	for (const result of document.querySelectorAll('.result')) {
		page.planted = page.planted || result.hasChildNodes();
		result.replaceChildren();
	}
}

/** What checks have in common is worked out once for each corpus hash. */
function groundFor(corpus) {
	if (ui.corpus !== corpus || !ui.ground) {
		ui.corpus = corpus;
		ui.ground = Ground.load(corpus);
		ui.ground.catch(() => {}); // each check says why
	}
	return ui.ground;
}

function verdictOf(lines, corpus) {
	if (lines.some(line => line.result === 'FAIL'))
		return ['FAILED', 'bad'];
	if (corpus === '')
		return [WITHOUT_HASH, 'unknown'];
	if (lines.some(line => line.result === 'MISSING'))
		return ['NOT ALL of it could be checked', 'unknown'];
	return ['CHECKED, starting from the corpus hash that you gave: this is what was signed. Whether it is all, no page can show.', 'good'];
}

function show(result, lines, corpus) {
	const [verdict, className] = verdictOf(lines, corpus), list = document.createElement('ul');
	for (const line of lines) {
		const item = element('li', line.result, '');
		item.append(element('b', '', line.result), ' ', element('span', 'name', line.name), ' ', line.text);
		list.append(item);
	}
	list.append(element('li', '', NOT_CHECKED));
	result.replaceChildren(element('p', 'word ' + className, verdict), list);
}

async function linesOf(record, corpus, checkpoint) {
	if (!globalThis.crypto || !crypto.subtle)
		throw new Missing('this browser gives pages from such an address no cryptography: open it as a file, or over https');
	return checkAll(record, groundFor(corpus), checkpoint);
}

/** Checks one record and shows the result below it; whether it failed. */
async function check(record) {
	const result = record.querySelector('.result');
	let lines, corpus = '';
	try {
		corpus = corpusGiven();
		lines = await linesOf(record, corpus, $('#checkpoint').value);
	} catch (error) {
		lines = [{result: error instanceof Missing ? 'MISSING' : 'FAIL', name: 'check', text: error.message}];
	}
	show(result, lines, corpus);
	return lines;
}

async function checkOne(record) {
	await shapeOnce().catch(() => {});
	record.querySelector('.result').removeAttribute('aria-live');
	await check(record);
}

async function checkEverything(button) {
	const records = [...document.querySelectorAll('.record')], result = $('#all-result'), label = button.textContent;
	const failed = [];
	let missing = 0;
	if (ui.busy)
		return;
	ui.busy = true;
	await shapeOnce().catch(() => {}); // each check says why
	button.setAttribute('aria-disabled', 'true'); // disabled, it would lose the focus
	for (const [n, record] of records.entries()) {
		record.querySelector('.result').setAttribute('aria-live', 'off'); // one result is read out, not thousands
		const lines = await check(record);
		if (lines.some(line => line.result === 'FAIL'))
			failed.push(record);
		else
			missing += lines.some(line => line.result === 'MISSING');
		if (performance.now() - sliceBegan > SLICE_MS)
			button.textContent = 'Checking: ' + (n + 1) + ' of ' + records.length;
		await turn();
	}
	button.textContent = label;
	button.removeAttribute('aria-disabled');
	ui.busy = false;
	showAll(result, records.length, failed, missing);
}

function showAll(result, n, failed, missing) {
	const good = failed.length === 0 && missing === 0;
	const text = failed.length ? 'FAILED: ' + failed.length + ' of the ' + n + ' records in this page do not hold'
		: good ? 'CHECKED: the ' + n + ' records in this page, starting from the corpus hash that you gave. Whether the page has all ' +
			'that there is, no page can show: compare as it says at the top.'
			: $('#corpus').value.trim() === '' ? WITHOUT_HASH
				: 'NOT ALL of it could be checked: see ' + missing + ' of ' + n + ' records';
	result.replaceChildren(element('p', 'word ' + (failed.length ? 'bad' : good ? 'good' : 'unknown'), text));
	const list = document.createElement('ul');
	for (const record of failed.slice(0, 100)) {
		const link = element('a', '', 'record #' + record.dataset.index), item = document.createElement('li');
		link.href = '#' + record.id;
		item.append(link);
		list.append(item);
	}
	result.append(list);
}

// --- marks and their annotations ---

/** Numbers of the annotations of a mark: the innermost first. */
const numbersOf = mark => ((mark.dataset.a || '') + ' ' + (mark.dataset.b || '')).trim().split(' ').map(name => name.split('.')[0]);

let lit = [];
function light(number) {
	for (const mark of lit)
		mark.classList.remove('on');
	lit = [];
	if (number === null)
		return;
	for (const mark of document.querySelectorAll('mark[data-a*="' + number + '."], mark[data-b*="' + number + '."]'))
		if (numbersOf(mark).includes(number))
			lit.push(mark);
	for (const mark of lit)
		mark.classList.add('on');
}

function numberAt(target) {
	const mark = target.closest('mark'), ref = target.closest('a.ref'), article = target.closest('article[data-number]');
	return mark ? numbersOf(mark)[0] : ref ? ref.dataset.n : article ? article.dataset.number : null;
}

function goTo(number) {
	location.hash = 'a' + number;
	$('#a' + number).focus({preventScroll: true});
}

document.documentElement.classList.add('js');
// A result that came with the page is none. Not while the page is read: that would be one long task.
setTimeout(function clear() {
	if (document.readyState !== 'complete')
		setTimeout(clear, 100);
	else
		clearResults();
});
document.addEventListener('click', event => {
	const button = event.target.closest('button'), mark = event.target.closest('mark');
	if (button && button.id === 'check-all')
		checkEverything(button);
	else if (button && button.className === 'check')
		checkOne(button.closest('.record'));
	else if (mark && String(getSelection()) === '')
		goTo(numbersOf(mark)[0]);
});
for (const kind of ['pointerover', 'focusin'])
	document.addEventListener(kind, event => light(numberAt(event.target)));
// What is folded away prints, too.
addEventListener('beforeprint', () => document.querySelectorAll('details.version:not([open])').forEach(d => { d.open = true; }));
