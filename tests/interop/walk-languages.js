// SPDX-License-Identifier: BSD-2-Clause
'use strict';
const { check, folder, walk } = require('./walk.js');
const fs = require('node:fs');

// What a text is in a language, by the catalogues; the text where they have none.
function speaker(language) {
	const strings = text => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
	    .map(s => JSON.parse(`"${s[1]}"`)).join('');
	const said = new Map();

	for (const at of process.env.WALK_CATALOGUES.split(' '))
		for (const entry of fs.readFileSync(`${at}/${language}.po`, 'utf8').split('\n\n')) {
			const [, id, str] = /^msgid ((?:.|\n)*)\nmsgstr ((?:.|\n)*)$/m.exec(entry) ?? [];

			if (id !== undefined && strings(str) !== '')
				said.set(strings(id), strings(str));
		}
	return text => said.get(text) ?? text;
}

// As a line of its own.
const begins = text => text.charAt(0).toUpperCase() + text.slice(1);

// Everything on the page is in the language but what is a name, a date, a command.
async function speaks(who, language) {
	check(await who.page.evaluate(() => document.documentElement.lang) === language,
	    `not in ${language}`);
	await who.misses('Certificate for', 'Application number', 'Management', 'USB token',
	    'Confirm', 'Name');
}

async function decides(officer, number, words) {
	await officer.at(`/desk/case/${number}`);
	await officer.press(words);
}

// The house's certificate; name: of the pictures, "" none are taken on this way.
async function obtains(who, t, language, name, officers) {
	const seen = async what => {
		await speaks(who, language);
		if (name !== '')
			await who.seen(`${name}-${what}`);
	};

	await who.at('/');
	await seen('services');
	await who.press(t('Certificate for signing in the name of the house'));
	await who.reads(t('Two officers look at each application: one confirms it, another one releases it.'));
	await seen('service');
	await who.press(t('Submit application'));
	await who.reads(t('The certificate signs in the name of the house. Its key stays with the person ' +
	    'named in it, who has it revoked as soon as it is lost, known to others, or not needed any more.'));
	await seen('agreement');
	await who.press(t('Confirm'));
	const number = await who.number();
	await seen('begun');
	await who.at('/my/form');
	await who.send_anyway();
	await who.press(t('Continue'), 400);
	await seen('form-wrong');
	await who.fill(t('Name'), 'Anna Example');
	await who.fill(t('Title'), 'Notary');
	await who.fill(t('E-mail'), 'anna@example.com');
	await who.tick(t('USB token'));
	await who.press(t('Continue'));
	await who.at('/my/key');
	await who.fill(t('Certification request (PKCS#10, PEM)'),
	    fs.readFileSync(`${folder}/${language}.csr`, 'utf8'));
	await seen('key');
	await who.press(t('Submit application'));
	await seen('submitted');
	await decides(officers[0], number, 'Confirm the application');
	await decides(officers[1], number, 'Release for issuing (second officer)');
	await who.at('/my');
	await seen('issued');
}

// What its holder does with it: renewed, suspended, resumed, revoked.
async function lives(who, t, language) {
	const seen = async what => {
		await speaks(who, language);
		await who.seen(`${language}-${what}`);
	};

	await who.at('/my/renew');
	await who.reads(t('A new key pair is recommended; the one that is there may be kept.'));
	await seen('renew');
	await who.fill(t('Certification request (PKCS#10, PEM)'), 'nonsense');
	await who.press(t('Renew the certificate'), 400);
	await who.reads(t('This is no certification request in PEM or DER.'));
	await seen('renew-refused');
	await who.at('/my');
	await who.press(t('Suspend the certificate'));
	await who.reads(begins(t('certificate suspended')));
	check(await who.page.locator('[aria-current=step]').count() === 0,
	    'a suspended certificate goes on with something');
	await seen('suspended');
	await who.press(t('Resume the certificate'));
	await who.press(t('Revoke the certificate'));
	await seen('revoke');
	await who.send_anyway();
	await who.press(t('Revoke the certificate'), 400);
	await seen('revoke-refused');
	await who.pick(t('Reason'), t('the key or its carrier is lost, or known to others'));
	await who.send_anyway();
	await who.press(t('Revoke the certificate'), 400);
	check(await who.page.locator('.summary a').getAttribute('href') === '#f-sure',
	    'the box is not what is told of');
	await who.tick(t('I know that this cannot be undone'));
	await who.press(t('Revoke the certificate'));
	await who.reads(begins(t('certificate revoked')));
	await seen('revoked');
}

// A form with a register, lists and carriers.
async function fills(who, t, language) {
	const seen = async what => {
		await speaks(who, language);
		await who.seen(`${language}-${what}`);
	};

	await who.at('/apply/kz-ssl');
	await who.press(t('Confirm'));
	await who.at('/my/identity');
	await seen('identity');
	const asked = t('How much is %u plus %u?').replace(/[?.()]/g, '\\$&').replaceAll('%u', '(\\d+)');
	const [, a, b] = new RegExp(asked).exec(await who.text());
	await who.fill(t('The code indicated in the picture, or the answer to the question'), String(+a + +b));
	await who.fill(t('Individual Identification Number (IIN)'), '396685245034');
	await who.press(t('Check IIN'));
	await who.pick(t('Region'), t('Karaganda region'));
	await who.press(t('Show what is offered there'));
	await who.pick(t('City'), t('Temirtau'));
	await who.tick(t('Personal Computer'));
	await who.fill(t('Domain name'), 'www.example.kz');
	await seen('form');
	await who.press(t('Continue'));
	await who.reads(t('Registration Authority, Temirtau'), t('Karaganda region'));
	await seen('filled');
}

walk('languages', async w => {
	const officers = [await w.somebody('olga', { officer: 'olga' }),
	    await w.somebody('omar', { officer: 'omar' })];
	const aliya = await w.somebody('aliya', { language: 'kk-KZ' });
	const leyla = await w.somebody('leyla', { language: 'az-AZ' });

	await obtains(aliya, speaker('kk'), 'kk', 'kk', officers);
	await lives(aliya, speaker('kk'), 'kk');
	await fills(aliya, speaker('kk'), 'kk');
	await obtains(leyla, speaker('az'), 'az', '', officers);
	await lives(leyla, speaker('az'), 'az');
});
