// Who may sign what at which place in the log: libannot/state/authority*.c again, without rules that leave keys as they
// are (policies, withholding). It knows only the records that are in the page.

const NEVER = Infinity;
const AUTHORITY = new Set(['corpus', 'policy', 'key-add', 'key-rotate', 'key-revoke', 'withhold']);
const isName = text => /^[a-z0-9][a-z0-9._-]{0,62}$/.test(text) && !/^[0-9a-f]{8,}$/.test(text);

class Void extends Error {}
function rule(condition, text) {
	if (!condition)
		throw new Void(text);
}

const inForce = (key, index) => key.state !== 'pending' && key.effective <= index && index < key.ended;

/** libannot/state/standing.def: what a record is worth by the state of its key, and by where it stands in the log. */
const STANDING = {
	// before the key counted, while it counted, the same but from a compromise on, after it had ended
	pending: ['unauthorised', 'never', 'never', 'never'],
	active: ['unauthorised', 'good', 'never', 'never'],
	rotated: ['unauthorised', 'good-ended', 'never', 'unauthorised'],
	retired: ['unauthorised', 'good-ended', 'never', 'unauthorised'],
	compromised: ['unauthorised', 'good-stolen', 'disputed', 'unauthorised'],
	left: ['unauthorised', 'good-ended', 'never', 'unauthorised'],
	removed: ['unauthorised', 'good-ended', 'disputed', 'unauthorised'],
};
function standingOf(key, index) {
	const column = index < key.effective ? 0 : !inForce(key, index) ? 3 : index >= key.stolen ? 2 : 1;
	return STANDING[key.state][column];
}

class Authority {
	constructor() {
		this.persons = new Map(); // by name
		this.keys = [];
		this.quorums = new Map(); // by record
		this.logKeys = []; // all that ever were, the newest first
		this.reaffirmed = []; // {on, own, index}
		this.done = new Set(); // records that took effect without votes
	}

	/** The log keys that may sign a checkpoint of this size: the one in force and, after a change, the one before. */
	signing() {
		return this.logKeys.slice(0, 2);
	}

	/** The newest enrolment of an author's key, a pending one only if there is no other. */
	find(author) {
		const all = this.keys.filter(key => key.author === author);
		return all.filter(key => key.state !== 'pending').pop() || all.pop();
	}
	/** The enrolment that was in force at an index. */
	at(author, index) {
		return this.keys.filter(key => key.author === author && inForce(key, index)).pop();
	}
	admins() {
		return [...this.persons.values()].filter(person => person.admin && person.active);
	}

	addKey(person, author, fact) {
		const key = {person, author, event: fact.record.id, index: fact.index, by: fact.record.author, state: 'pending',
			effective: NEVER, ended: NEVER, stolen: NEVER, removal: null};
		this.keys.push(key);
		return key;
	}
	activate(key, person, index) {
		Object.assign(key, {person, state: 'active', effective: index});
		person.active = key;
	}
	end(key, state, index) {
		key.state = state;
		key.ended = Math.min(key.ended, index + 1);
		if (key.person.active === key)
			key.person.active = null;
	}

	// --- what a record must meet ---

	async checkProof(record, name, key) {
		const request = 'annot-enrol/v1\ncorpus ' + this.corpus + '\nname ' + name + '\nkey ' + record.first('key') + '\n';
		rule(await sshSigned(key, 'annot-enrol-v1', utf8(request), base64(record.first('proof'), 64)),
			'proof is not a signature by the new key');
	}

	async ruleKeyAdd(record) {
		const name = record.first('name'), key = keyOfLine(record.first('key'));
		let known = this.find(await authorOf(key));
		if (known && known.state === 'pending')
			known = undefined;
		const taken = this.persons.get(name);
		rule(isName(name), 'not a name');
		rule(!known || (known.state === 'removed' && taken === known.person), 'the key is enrolled already');
		rule(!taken || known, 'the name is taken');
		await this.checkProof(record, name, key);
	}

	async resolveAdmins(record) {
		const ret = [];
		for (const card of record.all('admin')) {
			const space = card.indexOf(' '), name = card.slice(0, space);
			const author = await authorOf(keyOfLine(card.slice(space + 1)));
			const key = this.find(author), named = this.persons.get(name);
			rule(isName(name), 'not a name');
			if (!key || key.state === 'pending') {
				rule(!named, 'the name of an admin is enrolled with another key');
				ret.push({name, author, person: null});
				continue;
			}
			rule(named === key.person, 'the key of an admin is enrolled for another name');
			rule(['removed', 'active'].includes(key.state) || (key.state === 'rotated' && named.active),
				'the key of an admin is not in force');
			ret.push({name, author, person: named});
		}
		return ret;
	}

	async ruleCorpus(record) {
		const threshold = Number(record.first('threshold')), admins = await this.resolveAdmins(record);
		rule(!this.started || (record.parents.length === 1 && record.parents[0] === this.corpusRecord),
			'does not follow the corpus record in force');
		rule(!this.started || record.first('origin') === this.origin, 'another origin');
		for (const field of ['name', 'author'])
			rule(new Set(admins.map(admin => admin[field])).size === admins.length, 'an admin stands twice');
		const persons = admins.map(admin => admin.person).filter(Boolean);
		rule(new Set(persons).size === persons.length, 'a person stands twice');
		rule(threshold <= (this.started ? persons.filter(p => p.active).length : admins.length), 'threshold out of reach');
		return admins;
	}

	/** The key that a revocation means (key_of_revocation in authority_rules.c). */
	ruleRevoke(record, index) {
		const compromised = record.first('reason') === 'compromised', from = record.first('from-index');
		const brought = this.keys.filter(key => key.event === record.on), signer = this.find(record.author);
		const removed = this.keys.filter(k => k.removal === record.on);
		let key = brought.length > 1 ? brought.filter(k => signer && k.person === signer.person).pop()
			: brought[0] || (removed.length === 1 ? removed[0] : undefined);
		if (key && compromised)
			key = this.find(key.author);
		rule(key && key.state !== 'pending', 'names no key');
		rule(from === undefined || Number(from) <= index, 'from-index is after the record');
		if (key.state !== 'active')
			rule(compromised && !(key.state === 'compromised' && (from === undefined || Number(from) >= key.stolen)),
				'the key had ended before');
		rule(key.state !== 'active' || !key.person.admin || this.admins().length > this.threshold, 'too few admins would be left');
		return key;
	}

	// --- what it does ---

	async takeCorpus(fact) {
		const record = fact.record, admins = await this.ruleCorpus(record);
		const named = new Set(admins.map(admin => admin.person).filter(Boolean));
		for (const person of this.persons.values()) {
			person.admin = named.has(person);
			if (!person.admin && !person.byKeyAdd && person.active) {
				person.active.removal = record.id;
				this.end(person.active, 'removed', fact.at);
			}
		}
		for (const admin of admins) {
			const person = admin.person || {name: admin.name, active: null};
			person.admin = true;
			this.persons.set(person.name, person);
			if (!person.active)
				this.activate(this.addKey(person, admin.author, {record, index: fact.at}), person, fact.at);
		}
		const vkey = await parseVkey(record.first('log'));
		if (!this.logKeys.length || !sameBytes(vkey.key, this.logKeys[0].key))
			this.logKeys.unshift(vkey);
		Object.assign(this, {threshold: Number(record.first('threshold')), corpusRecord: record.id, started: true,
			origin: record.first('origin')});
	}

	async takeKeyAdd(fact, pending) {
		await this.ruleKeyAdd(fact.record);
		const name = fact.record.first('name');
		const person = this.persons.get(name) || {name, admin: false, active: null};
		person.byKeyAdd = true;
		this.persons.set(name, person);
		this.activate(pending, person, fact.at);
	}

	async takeKeyRotate(fact, old) {
		const record = fact.record, key = keyOfLine(record.first('key')), author = await authorOf(key);
		const known = this.find(author);
		rule(old.event === record.on, 'not signed by the key that it replaces');
		rule(!known || known.state === 'pending', 'the key is enrolled already');
		await this.checkProof(record, old.person.name, key);
		const made = this.addKey(old.person, author, fact);
		made.rotated = true;
		this.end(old, 'rotated', fact.at);
		this.activate(made, old.person, fact.at);
	}

	takeRevoke(fact) {
		const record = fact.record, key = this.ruleRevoke(record, fact.at), from = record.first('from-index');
		this.end(key, record.first('reason'), fact.at);
		if (record.first('reason') !== 'compromised')
			return;
		for (const same of this.keys.filter(k => k.author === key.author && k.effective !== NEVER))
			same.stolen = from === undefined ? key.ended : Number(from);
	}

	revokesItself(record, own) {
		return record.kind === 'key-revoke' && record.on === own.event && record.first('from-index') === undefined;
	}
	/** What everybody may do with their own key. */
	async takeAlone(fact, own) {
		if (fact.record.kind === 'key-rotate')
			await this.takeKeyRotate({...fact, at: fact.index}, own);
		else
			this.takeRevoke({...fact, at: fact.index});
		this.done.add(fact.record.id);
	}

	async take(fact, quorum) {
		if (fact.record.kind === 'corpus')
			await this.takeCorpus(fact);
		else if (fact.record.kind === 'key-add')
			await this.takeKeyAdd(fact, quorum.key);
		else if (fact.record.kind === 'key-revoke')
			this.takeRevoke(fact);
	}

	// --- votes ---

	approves(quorum, person, index) {
		const vote = quorum.votes.filter(v => v.person === person && !v.withdrawn).pop();
		return vote && vote.decision === 'approve' && person.active && inForce(person.active, index) &&
			vote.index < vote.key.stolen;
	}

	async reached(quorum, index) {
		const approving = list => list.filter(person => person && this.approves(quorum, person, index)).length;
		if (approving([...this.persons.values()].filter(person => person.admin)) < this.threshold)
			return false;
		if (quorum.fact.record.kind !== 'corpus')
			return true;
		try {
			const admins = await this.ruleCorpus(quorum.fact.record);
			return approving(admins.map(admin => admin.person)) >= Number(quorum.fact.record.first('threshold'));
		} catch (error) {
			return true; // let it settle: taking effect voids it
		}
	}

	async settle(quorum, index) {
		try {
			await this.take({...quorum.fact, at: index}, quorum);
			quorum.effect = 'effective';
		} catch (error) {
			this.drop(quorum);
		}
	}
	drop(quorum) {
		quorum.effect = 'void';
		this.keys = this.keys.filter(key => key !== quorum.key || key.state !== 'pending');
	}

	async propose(fact, own) {
		const record = fact.record;
		rule(own.person.admin, 'not by an admin');
		if (record.kind === 'key-add')
			await this.ruleKeyAdd(record);
		if (record.kind === 'key-revoke')
			this.ruleRevoke(record, fact.index);
		const admins = record.kind === 'corpus' ? await this.ruleCorpus(record) : null;
		const alone = this.threshold === 1 &&
			(!admins || (admins.some(a => a.person === own.person) && record.first('threshold') === '1'));
		const quorum = {fact, effect: 'pending', votes: [], key: null};
		if (record.kind === 'key-add')
			quorum.key = this.addKey({name: record.first('name'), admin: false, active: null},
				await authorOf(keyOfLine(record.first('key'))), fact);
		this.quorums.set(record.id, quorum);
		if (alone) {
			await this.settle(quorum, fact.index);
			return;
		}
		quorum.votes.push({person: own.person, key: own, index: fact.index, id: record.id, annotation: record.id,
			decision: 'approve'});
	}

	async vote(fact, own) {
		const quorum = this.quorums.get(fact.record.on), decision = fact.record.first('decision');
		if (!quorum || quorum.effect !== 'pending')
			return;
		if (decision === 'reject' && own.person.admin) {
			this.drop(quorum);
			return;
		}
		quorum.votes.push({person: own.person, key: own, index: fact.index, id: fact.record.id,
			annotation: fact.record.annotation, decision});
		if (await this.reached(quorum, fact.index))
			await this.settle(quorum, fact.index);
	}

	withdraw(review, person) {
		for (const quorum of this.quorums.values()) {
			const vote = quorum.votes.find(v => v.id === review && v.person === person);
			for (const other of vote ? quorum.votes.filter(v => v.annotation === vote.annotation) : [])
				other.withdrawn = true;
		}
	}

	/** Applies {record, index}: signature and place in the log were checked. Void records change nothing. */
	async apply(fact) {
		const record = fact.record;
		if (!this.started) {
			need(fact.index === 0 && record.kind === 'corpus' && record.corpus === '-', 'no genesis record');
			this.corpus = record.id;
			await this.takeCorpus({...fact, at: 0});
			need(this.find(record.author), 'the genesis record is not signed by one of its admins');
			this.done.add(record.id);
			return;
		}
		const own = this.find(record.author);
		if (record.corpus !== this.corpus || !own || !inForce(own, fact.index) || this.quorums.has(record.id))
			return;
		try {
			if (record.kind === 'review')
				await this.vote(fact, own);
			else if (record.kind === 'retract')
				this.withdraw(record.on, own.person);
			else if (record.kind === 'reaffirm')
				this.reaffirmed.push({on: record.on, own, index: fact.index});
			else if (record.kind === 'key-rotate' || this.revokesItself(record, own))
				await this.takeAlone(fact, own);
			else
				await this.propose(fact, own);
		} catch (error) {
			if (!(error instanceof Void) && !(error instanceof Wrong))
				throw error;
		}
	}

	/** Whether a later key of the same person, not itself known to have been stolen by then, stood by a record. */
	stoodBy(record, index) {
		return this.reaffirmed.some(said => {
			const key = this.keys.filter(k => k.author === record.author && k.effective < said.index).pop();
			return said.on === record.id && index < said.index && key && key.person === said.own.person &&
				key.effective < said.own.effective && standingOf(said.own, said.index) !== 'disputed';
		});
	}

	/** Whether a record about keys or rules is in force, in words; throws if it is void. */
	effect(id) {
		const quorum = this.quorums.get(id), effect = quorum ? quorum.effect : this.done.has(id) ? 'effective' : 'void';
		need(effect !== 'void', 'void: it broke a rule, was rejected, or became impossible');
		return effect === 'pending' ? 'not in force: it waits for more admins' : 'it took effect';
	}

	/** Who signed at an index: {name, text}; throws if the key did not count there. */
	author(record, index) {
		const key = this.at(record.author, index);
		need(key, 'by a key that was not in force at #' + index + ': the record is void');
		const before = this.find(key.by), brought = key.rotated && before && before.stolen <= key.index
			? '; that key was put in place by one that is revoked as compromised from #' + before.stolen + ' on' : '';
		return {name: key.person.name, text: key.person.name + ', by a key of record #' + key.index + brought};
	}

	/** What became of that key, in the words of annotctl verify; throws if the record is disputed. */
	life(record, index, size) {
		const key = this.at(record.author, index), state = key && standingOf(key, index);
		switch (state) {
		case 'good':
			return 'in force at #' + index + ', not revoked as of #' + size;
		case 'good-ended':
			return 'in force at #' + index + '; ' + key.state + ' later, at #' + (key.ended - 1);
		case 'good-stolen':
			return 'in force at #' + index + '; compromised later, from #' + key.stolen + ' on';
		case 'disputed':
			need(this.stoodBy(record, index), 'DISPUTED: revoked as compromised from #' + key.stolen + ' on, so that anyone ' +
				'may have signed this at #' + index + '; nobody in this page stood by it since (reaffirm)');
			return 'revoked as compromised from #' + key.stolen + ' on, but a later key of ' + key.person.name +
				' reaffirmed this record';
		default:
			throw new Wrong('not in force at #' + index);
		}
	}
}
