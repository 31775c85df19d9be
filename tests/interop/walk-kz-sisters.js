// SPDX-License-Identifier: BSD-2-Clause
// The sections beside that of the guide, walked by keyboard from the home page to a
// certificate at work: whom the register is asked for, and what more is filled in.
'use strict';
const { check, command_of, folder, run, tamga, tidy } = require('./walk.js');
const { a_month_later, answer, IIN, TEXTS } = require('./walk-kz-guide.js');
const { opens_site } = require('./walk-tls.js');
const fs = require('node:fs');

const PERSON = { 'Surname': 'Ермекқызы', 'Given name': 'Әлия' };
const HOLDER = { 'Individual Identification Number (IIN) of the holder': IIN, ...PERSON };
const LEGAL = { number: 'Business Identification Number (BIN)', button: 'Check BIN',
	is: '120340001230', is_not: '120340001231', agree: 'I have read the agreement and accept it',
	known: { 'Legal entity': 'Үлгі ЖШС' } };
const SISTERS = [{
	id: 'individual', title: 'Digital signature keys for individuals', slot: '82', name: 'Ермекқызы Әлия',
	number: 'Individual Identification Number (IIN)', button: 'Check IIN', is: IIN,
	is_not: '396685245035', known: PERSON, fills: {}, refused: {}, purpose: 'smimesign',
	says: ['SN=Ермекқызы', `serialNumber=IIN${IIN}`],
}, {
	...LEGAL, id: 'legal', title: 'Digital signature keys for legal entities', slot: '83',
	name: 'Ермекқызы Әлия', fills: HOLDER, purpose: 'smimesign',
	refused: { 'Individual Identification Number (IIN) of the holder': '396685245035' },
	says: ['O=Үлгі ЖШС', 'OU=BIN120340001230', `serialNumber=IIN${IIN}`],
}, {
	...LEGAL, id: 'ssl-legal', title: 'SSL certificate for legal entities', slot: '84', name: 'shop.example.kz',
	fills: { ...HOLDER, 'Domain name': 'shop.example.kz' }, purpose: 'sslserver',
	refused: { 'Domain name': 'no domain' },
	says: ['O=Үлгі ЖШС', 'OU=BIN120340001230'],
}];

async function sister(w, s, officer) {
	const who = await w.somebody('sister', { keyboard: true });
	const said = name => `${s.id}-${name}`;
	const here = ['--no-pcsc', '--pin-file', `${folder}/pin`, '--code-file', `${folder}/code`];

	await who.at('/');
	await who.press(s.title);
	await who.seen(said('service'));
	await who.press('Submit application');
	if (s.agree) {
		await who.send_anyway();
		await who.press('Confirm', 400);
		await who.reads('Tick the box');
		await who.seen(said('agreement-unticked'));
		await who.tick(s.agree);
	}
	await who.press('Confirm');
	const number = await who.number();
	fs.writeFileSync(`${folder}/code`, tidy(await who.page.locator('.code').innerText()),
	    { mode: 0o600 });
	await who.press('Continue');
	await who.press('Continue with your identity');

	// the number has a check digit; what the register knows stands there for good
	await answer(who);
	await who.fill(s.number, s.is_not);
	await who.press(s.button, 400);
	await who.reads('look for a digit that is wrong');
	await who.seen(said('identity-wrong'));
	await answer(who);
	await who.fill(s.number, s.is);
	await who.press(s.button);
	for (const [field, text] of Object.entries(s.known)) {
		check(await who.value(field) === text, `${field}: what the register knows`);
		check(!await who.page.getByLabel(field, { exact: true }).isEditable(), `${field}: open`);
	}
	await who.seen(said('form'));
	await who.pick('Region', 'Karaganda region');
	await who.press('Show what is offered there');
	await who.pick('City', 'Temirtau');
	await who.tick('USB token');
	await fill_all(who, { ...s.fills, ...s.refused });
	if (Object.keys(s.refused).length > 0) {
		await who.press('Continue', 400);
		await who.reads('Please correct this');
		await who.seen(said('form-wrong'));
		await fill_all(who, s.fills);
	}
	await who.press('Continue');

	// the key is there before the application is
	await who.press('Make the key pair');
	await who.reads('What the certificate will say', s.name);
	await who.seen(said('key'));
	await tamga([...await command_of(who), ...here, '--slot', s.slot, '--ca-file',
	    `${folder}/ra/ca.pem`], { status: 6 });
	await who.at('/my');
	await who.reads(number, TEXTS.number, TEXTS.month, a_month_later(new Date()));
	await who.seen(said('submitted'));

	await officer.at(`/desk/case/${number}`);
	await officer.reads(IIN, ...Object.values({ ...PERSON, ...s.known }));
	await officer.seen(said('desk'));
	await officer.tick('Printed application');
	await officer.tick('Identity card');
	await officer.press('Confirm the application');

	// issued, installed, at work
	await tamga(['enroll', '--resume', '--now', ...here]);
	await who.at('/my');
	await who.reads(TEXTS.set_up);
	await who.seen(said('set-up'));
	const pem = `${folder}/sister.pem`;
	await tamga(['cert', 'export', '--no-pcsc', s.slot, '-o', pem]);
	await run('openssl', ['verify', '-CAfile', `${folder}/ra/ca.pem`, '-purpose', s.purpose, pem]);
	const { out } = await run('openssl', ['x509', '-in', pem, '-noout', '-subject', '-nameopt',
	    'utf8,sep_comma_plus']);
	for (const part of [`CN=${s.name}`, ...s.says])
		check(out.includes(part), `the certificate does not say ${part}: ${out}`);
	await opens_site(pem, s.name, s.slot);
}

async function fill_all(who, fields) {
	for (const [field, text] of Object.entries(fields))
		await who.fill(field, text);
}

module.exports = { SISTERS, sister };
