// What the page is made of. A value is compared with the card that it shows (check.js); here it is told that nothing stands beside
// the values: every element, its attributes, its place and the words of its own are such as annotctl writes (page.c, article.c,
// history.c, text.c, record.c). So nobody adds a sentence, covers one, or sends a reader elsewhere.

/** Names and words that stand where a pattern below has them in capitals. */
const PARTS = {
	KIND: '(document|quote|claim|span|link|verdict|review|comment|seal|retract|reaffirm|withhold|corpus|policy|key-add|key-rotate|key-revoke)',
	SHORT: '[0-9a-f]{8}@\\d+',
	NAME: '([a-z0-9][a-z0-9._-]*|\\?)',
	// what the server derived: enum annot_review_state, effects, flags and anchors
	STATE: '(draft|in-review|approved|changes-requested|rejected|retracted|pending|void|superseded|conflict|disputed|withheld|' +
		'compromised|stale|unopened|given-up|opened|exact|moved|changed|ambiguous|orphan|absent|unsearched)',
	MISSING: '(WITHHELD: its bytes were taken away|not there: withheld, or not uploaded yet|' +
		'too long for this page; the words that were quoted stand below|' +
		'not a text that a page can show: it holds U\\+0000|WITHHELD: its bytes were taken away; its leaf stays in the log\\.)',
};
const pattern = text => new RegExp('^' + text.replace(/[A-Z]{4,}/g, name => PARTS[name] || name) + '$', 's');

/**
 * Of each element, by its name and first class or id: the attributes that it may have; its children, in order; and the text with
 * that of its children. Without a text it has none of its own; '*' is looked at elsewhere.
 */
const SHAPES = {
	'body': ['', 'a.skip header section#check nav main footer'],
	'a.skip': ['class href', '', 'Skip to the texts'],
	'header': ['', 'h1 p.scope p.compare'],
	'h1': ['', 'span.x*', '*'],
	'p.scope': ['class', 'code?', '\\d+ annotations? and documents?(, and \\d+ more documents? that their words stand in)?, ' +
		'from a log of \\d+ records\\. (All that the desk has was chosen|Chosen by .*)\\.'],
	'p.compare': ['class', 'code code', 'Is that all\\? No page can show what is not in it\\. Whoever made this one says that ' +
		'(all that was said on it is here|\\d+ records? matched and all of that is here)\\. Who has access to the desk compares: ' +
		'annotctl (history|list --count) \'.*\' (lists it|must say \\d+), and annotctl report .*-o again\\.html makes this very ' +
		'file again, byte for byte, while the log has \\d+ records\\.'],
	'section#check': ['id aria-labelledby', 'div#how details p.fine'],
	'div#how': ['id', '', '*'],
	'nav': ['aria-label', 'ul'],
	'ul': ['', 'li*'],
	'ul>li': ['', 'a'],
	'main': ['id', 'section#claims? section.of* article* section#grounds'],
	'section#claims': ['id aria-labelledby', 'h2 article+'],
	'section.of': ['class id aria-labelledby', 'h2 article details.version* article*'],
	'section#grounds': ['id aria-labelledby', 'h2 p ( p.ground div.record )*'],
	'section#grounds>p': ['', '', 'The records that enrol and revoke keys and set the rules, and others that those above refer to\\.'],
	'p.ground': ['class', 'code ( span.x|span.cr )*', '*'],
	'h2': ['id', 'span.x*', '*'],
	'footer': ['', 'p'],
	'footer>p': ['', '', 'Made by annotctl [0-9a-z.~+-]+\\.'],
	'details.version': ['class open', 'summary p.withheld|div.text'],
	'summary': ['', '', '(Text of version \\d+(, the newest)?, \\d+ places? marked|History: \\d+ versions|The checkpoint of this page|' +
		'Record #\\d+ as signed)'],
	'div.text': ['class id data-document lang', 'p*', '*'],
	'div.text>p': ['dir', '( mark|a.ref|span.x|span.cr )*', '*'],
	'mark': ['class data-a data-b title', '( span.x|span.cr )*', '*'],
	'a.ref': ['class id href data-n aria-label', '', ''],
	'span.x': ['class data-u', 'span', '*'],
	'span.x>span': ['', '', '*'],
	'span.cr': ['class', '', '\\r'],
	'article': ['class id data-of data-number tabindex', 'h3|h4 dl.cards|p.withheld p.ratings? p.judged ( div.record|p.fine )? ' +
		'( h4|h5 section.said+ )* details.history?'],
	'h3': ['', 'a.number code b span.state*', '\\d+ KIND SHORT by NAME( STATE)*'],
	'h4': ['', '( a.number code b span.state* )?', '(\\d+ KIND SHORT by NAME( STATE)*|' +
		'Verdicts, evidence and dissent|Reviews|Relations|Discussion)'],
	'h5': ['', '', '(Verdicts, evidence and dissent|Reviews|Relations|Discussion)'],
	'a.number': ['class href', '', '\\d+'],
	'b': ['data-by', '', 'NAME'],
	'p.ratings': ['class', 'b*', '*'],
	'p.ratings>b': ['', '', '*'],
	'p.judged': ['class', 'code b', 'When this page was made annotctl verify said [A-Z-]+, and the gate was (open|closed: \\d+ ' +
		'things? missing or wrong)\\.'],
	'p.judged>b': ['', '', '[A-Z-]+'],
	'p.fine': ['class', 'a|code', '(Record #\\d+ as signed|Script of annot [0-9a-z.~+-]+, SHA-256 [0-9a-f]{64}\\.)'],
	'p.withheld': ['class', '', 'MISSING'],
	'section.said': ['class data-of', 'p.who dl.cards|p.withheld ( div.record|p.fine )?'],
	'p.who': ['class', 'code b span.state*', 'KIND SHORT by NAME( dissent)?(, blind)?(, on version \\d+)?( \\(replaced since\\))?( STATE)*'],
	'span.state': ['class', '', '(STATE|dissent|…)'],
	'dl.cards': ['class', '( dt dd.target|dd.value|dd )*'],
	'dt': ['', '', '[a-z][a-z0-9-]*'],
	'dd.target': ['class', 'span.context q.value span.context br span.where'],
	'span.context': ['class', 'span.value', '*'],
	'span.where': ['class', 'span.state? a?', 'in [^ ]*@\\d+, bytes \\d+ to \\d+(, anchor STATE( in version \\d+, score \\d+ of 1000)?)?' +
		'( in the text)?'],
	'br': ['', ''],
	'span.value': ['class dir data-f data-n', '( span.x|span.cr )*', '*'],
	'q.value': ['class dir data-f data-n', '( span.x|span.cr )*', '*'],
	'dd.value': ['class dir data-f data-n', '( span.x|span.cr )*', '*'],
	'dl.diff>dd.value': ['class dir', '( ins|del|span.x|span.cr|span.state )*', '*'],
	'ins': ['', '( span.x|span.cr )*', '*'],
	'del': ['', '( span.x|span.cr )*', '*'],
	'dd': ['', 'a|code ( span.x|span.cr )*', '*'],
	'details.history': ['class open', 'summary ol'],
	'ol': ['', 'li+'],
	'ol>li': ['', 'p ( p dl.diff? )* ( div.record|p.fine )?'],
	'li>p': ['', 'code span.state*', '(SHORT by NAME, record #\\d+(, claimed time [0-9TZ:.+-]+)?( STATE)*|' +
		'Compared with SHORT(:|: the same|: WITHHELD)?)'],
	'dl.diff': ['class', '( dt dd.value )*'],
	'div.record': ['class id data-record data-index data-key data-signature data-path', 'details button.check div.result'],
	'details': ['open', 'summary pre'],
	'pre': ['id dir tabindex aria-label', '( span.x|span.cr )*', '*'],
	'button.check': ['type class aria-label', '', 'Check in this browser'],
	'div.result': ['class role aria-live', '', ''],
	'a': ['href', '( span.x|span.cr )*', '*'],
	'code': ['', 'span.x*', '*'],
};
const shapes = new Map(Object.entries(SHAPES).map(([key, [attributes, children, text]]) => [key, {
	attributes: new Set(attributes.split(' ')),
	children: new RegExp('^' + children.replace(/[^ ()]+|\(|\)[*?+]?| /g, token => {
		if (/^[( )]/.test(token))
			return token.trim().replace('(', '(?:');
		const [, names, many] = /^(.*?)([*?+]?)$/.exec(token);
		return '(?:' + names.split('|').map(name => name.replace(/[.]/g, '\\.') + ' ').join('|') + ')' + many;
	}) + '$'),
	text: text === undefined ? null : text === '*' ? '*' : pattern(text),
}]));


const IDS = new Set(['check', 'how', 'claims', 'grounds']); // by which an element without a class is known
const KINDS = new Set(['article', 'mark']); // whose class is the kind of annotation
/** Classes that come after the first. */
const MORE_CLASSES = pattern('(KIND|STATE|dissent|gone|again|n2|n3|on)');

function nameOf(element) {
	const tag = element.localName, first = element.classList[0];
	if (first && !KINDS.has(tag))
		return tag + '.' + first;
	return IDS.has(element.id) ? tag + '#' + element.id : tag;
}
const shapeOf = element => shapes.get(nameOf(element.parentElement) + '>' + nameOf(element)) || shapes.get(nameOf(element));

/** What a mark, or the number behind it, says of an annotation. */
const LABEL = 'KIND \\d+ by NAME(, STATE)*';
/** Values that attributes have, beyond those that are compared with records. */
const VALUES = {
	role: /^status$/, type: /^button$/, tabindex: /^(-1|0)$/, open: /^$/, href: /^#./, id: /^[a-z]/, 'data-n': /^\d+$/,
	'aria-label': pattern('(Contents|Record #\\d+|Check record #\\d+ in this browser|' + LABEL + ')'),
	title: pattern(LABEL + '(; ' + LABEL + ')*'), 'data-a': /^\d+\.\d+( \d+\.\d+)*$/, 'data-b': /^\d+\.\d+( \d+\.\d+)*$/,
};

// --- what is drawn in place of what stands here ---

/**
 * Elements that may have a shadow tree, which is drawn instead of their children. One that came with the page and is closed cannot be
 * seen; but then the element takes no other. So each gets one of ours, which draws just its children.
 */
const HOSTS = new Set(['article', 'body', 'div', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'header', 'main', 'nav', 'p', 'section', 'span']);
const sealed = new WeakSet();
function seal(element) {
	if (sealed.has(element) || !HOSTS.has(element.localName))
		return;
	let root = null;
	try {
		root = element.shadowRoot ? null : element.attachShadow({mode: 'open'});
	} catch (error) {
		root = null;
	}
	need(root, 'something else is drawn in place of ' + nameOf(element));
	root.append(document.createElement('slot'));
	sealed.add(element);
}

// --- all of the page ---

/** Characters that nobody sees or that reorder others (escape.c): they stand in a frame that tells which they are. */
const HIDDEN = new RegExp('[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
	'\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}' +
	'\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}' +
	Array.from({length: 17}, (_, plane) => '\\u{' + plane.toString(16) + 'fffe}\\u{' + plane.toString(16) + 'ffff}').join('') + ']', 'u');

const ownText = element => [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data).join('');

function checkElement(element, ids) {
	const name = nameOf(element), shape = shapeOf(element), text = ownText(element);
	need(shape, 'no ' + name + ' belongs there');
	for (const {name: attribute, value} of element.attributes) {
		need(shape.attributes.has(attribute) || (name === 'body' && attribute.startsWith('data-')), name + ' has the attribute ' + attribute);
		need(!VALUES[attribute] || VALUES[attribute].test(value), name + ' has ' + attribute + ' "' + value + '"');
		need(attribute !== 'dir' || value === (element.localName === 'pre' ? 'ltr' : 'auto'), name + ' has dir "' + value + '"');
	}
	for (const more of [...element.classList].slice(KINDS.has(element.localName) ? 0 : 1))
		need(MORE_CLASSES.test(more), name + ' has the class ' + more);
	if (element.id) {
		need(!ids.has(element.id), 'the id ' + element.id + ' stands twice');
		ids.add(element.id);
	}
	const children = [...element.children].map(child => nameOf(child) + ' ').join('');
	need(name === 'div#how' || shape.children.test(children), name + ' holds ' + (children || 'nothing'));
	if (shape.text === null)
		need(text.trim() === '', name + ' says "' + text.trim() + '"');
	else if (shape.text !== '*')
		need(shape.text.test(element.textContent), name + ' says "' + element.textContent + '"');
	need(!HIDDEN.test(text) || element.className === 'cr' || element.parentElement.className === 'x',
		'there is a character that nobody sees in ' + name);
	if (element.className === 'x')
		need(HIDDEN.test(element.textContent) && element.dataset.u === 'U+' +
			element.textContent.codePointAt(0).toString(16).toUpperCase().padStart(4, '0'), 'a part of the text is hidden');
	if (name === 'a.ref')
		need(element.getAttribute('href') === '#a' + element.dataset.n, 'a number in the text leads to another one');
}

const META = ['<meta charset="utf-8">', '<meta http-equiv="Content-Security-Policy" content="POLICY">',
	'<meta name="referrer" content="no-referrer">', '<meta name="viewport" content="width=device-width, initial-scale=1">',
	'<meta name="color-scheme" content="light dark">'];
const REST = ['title', 'style', 'script'];

/** What the browser is told before it reads the page: the policy, one style sheet, one script. */
async function checkHead(origin, size) {
	const head = [...document.head.children], style = document.querySelector('style'), script = document.querySelector('script');
	const base64Of = async text => btoa(String.fromCharCode(...await sha256(utf8(text))));
	need(script && document.querySelector('#check > .fine > code').textContent === hex(await sha256(utf8(script.textContent))),
		'it says that its script is another one');
	need(style && hex(await sha256(utf8(style.textContent))) === STYLE_SHA256, 'its style sheet is another one');
	const policy = "default-src 'none'; script-src 'sha256-" + await base64Of(script.textContent) + "'; style-src 'sha256-" +
		await base64Of(style.textContent) + "'; base-uri 'none'; form-action 'none'";
	for (const [i, element] of head.entries()) {
		const right = i < META.length ? element.outerHTML === META[i].replace('POLICY', policy)
			: element.localName === REST[i - META.length] && element.attributes.length === 0;
		need(right, 'its head holds ' + element.outerHTML.slice(0, 60));
	}
	need(head.length === META.length + REST.length && document.documentElement.children.length === 2, 'its head lacks something');
	need(document.title === origin + ': report as of record #' + (size - 1), 'it has another title');
	for (const {name, value} of document.documentElement.attributes)
		need(name === 'lang' ? value === 'en' : name === 'class' ? value === 'js' : name.startsWith('data-'), 'html has ' + name);
}

/** Throws if the page is not as annotctl writes pages. Before the first result is shown, and once. */
async function checkShape(note) {
	const ids = new Set(), how = document.querySelector('#how');
	await checkHead(note.origin, note.size);
	need(how && hex(await sha256(utf8(how.innerHTML))) === HOW_SHA256, 'what it says about the check is something else');
	for (const element of [document.body, ...document.body.querySelectorAll('*')]) {
		if (!how.contains(element) || element === how)
			checkElement(element, ids);
		else if (element.id)
			ids.add(element.id);
		seal(element);
		await turn();
	}
	need(document.querySelector('h1').textContent === note.origin, 'it names another desk');
	for (const link of document.querySelectorAll('a[href]')) {
		need(ids.has(link.getAttribute('href').slice(1)), 'a link leads to nowhere');
		await turn();
	}
}
