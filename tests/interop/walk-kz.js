// SPDX-License-Identifier: BSD-2-Clause
'use strict';
const { check, command_of, folder, mail, run, tamga, walk } = require('./walk.js');
const fs = require('node:fs');

const IIN = '396685245034';
const DOMAIN = 'www.example.kz';
const TEXTS = {	// the guide, letter for letter
	not_found: 'NB! In the event that your data is not available in the “Individuals” Database, please apply to Documentation Unit in your city Department of Justice!',
	email: 'NB! Be careful when filling in the “E-Mail” field, because if there is any error, then notice of successful registration will not come to your email.',
	computer: 'NB!The “Personal Computer” repository is insecure. We recommend using the secure key information media to reduce the risk of compromising the digital signature keys.',
	number: 'NB! Remember the application number which is needed for identification of your application in the Registration Authority, and also for setting up the issued certificate.',
	delivery: 'Please note that NCA is not responsible for delivery of the information message. If you do not receive it, check the spam folder, the correctness of the email address, or ascertain that your mail server is reliable.',
	month: 'NB! Upon submitting the request you need to apply to Registration Authority within the period of one month from the date of application submission. In the event that you do not validate your application in the Registration Authority within the above period, the application will be destroyed.',
	issued: 'Certificates under the application have been issued',
	set_up: 'Certificates have been set up',
};

// The question beside the picture, answered as a person does who cannot see it.
async function answer(who) {
	const [, a, b] = /How much is (\d+) plus (\d+)\?/.exec(await who.text());

	await who.fill('The code indicated in the picture, or the answer to the question',
	    String(Number(a) + Number(b)));
}

// A month later, as dates are counted: the 31st of January is the 28th of February.
function a_month_later(day) {
	const then = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 2, 0));

	then.setUTCDate(Math.min(day.getUTCDate(), then.getUTCDate()));
	return then.toISOString().slice(0, 10);
}

walk('seeds/001', async w => {
	const aliya = await w.somebody('aliya', { keyboard: true });
	const officer = await w.somebody('officer', { officer: 'temirtau', keyboard: true });
	const passer = await w.somebody('passer', { keyboard: true });

	// 1, 2. The home page, the section, its information
	await aliya.at('/');
	await aliya.skips();
	await aliya.reads('Obtainment of digital signature keys');
	await aliya.press('SSL certificate for individuals');
	await aliya.seen('service');
	await aliya.press('Submit application');

	// 3. The agreement
	await aliya.seen('agreement');
	await aliya.press('Confirm');
	const number = await aliya.number();
	const code = (await aliya.page.locator('.code').innerText()).trim();
	await aliya.seen('begun');
	await aliya.press('Continue');
	await aliya.press('Continue with your identity');

	// 4, 5. The code in the picture; the number in the register of individuals
	const FIELD = 'Individual Identification Number (IIN)';
	check(await aliya.page.getByRole('img').evaluate(e => e.naturalWidth) > 0, 'no picture');
	await aliya.seen('identity');
	await aliya.fill(FIELD, IIN);
	await aliya.fill('The code indicated in the picture, or the answer to the question', '0');
	await aliya.press('Check IIN', 400);
	await aliya.reads('This is not the code');
	await aliya.seen('identity-code');
	await answer(aliya);
	await aliya.fill(FIELD, '396685245035');
	await aliya.press('Check IIN', 400);
	await aliya.reads('look for a digit that is wrong');
	await answer(aliya);
	await aliya.fill(FIELD, '396685245044');
	await aliya.press('Check IIN', 400);
	await aliya.reads(TEXTS.not_found);
	await aliya.seen('identity-unknown');
	await answer(aliya);
	await aliya.fill(FIELD, IIN);
	await aliya.press('Check IIN');

	// The name stands there and cannot be changed; region and city in sequence
	check(await aliya.value('Surname') === 'Ермекқызы' && await aliya.value('Given name') === 'Әлия',
	    'the register fills in no name');
	check(!await aliya.page.getByLabel('Surname', { exact: true }).isEditable(), 'a name to change');
	await aliya.reads(TEXTS.email, TEXTS.computer, 'Domain name', 'Java keys repository');
	await aliya.misses('Temirtau');
	await aliya.seen('form');
	await aliya.pick('Region', 'Karaganda region');
	await aliya.press('Show what is offered there');
	await aliya.pick('City', 'Temirtau');
	await aliya.seen('form-city');
	await aliya.fill('E-mail (optional)', 'aliya@example.kz');
	await aliya.fill('Domain name', '<script>alert(1)</script>');
	await aliya.tick('USB token');
	await aliya.press('Continue', 400);
	await aliya.reads('Please correct this', 'a domain name such as www.example.org');
	await aliya.seen('form-wrong');
	await aliya.fill('Domain name', DOMAIN);
	await aliya.press('Continue');

	// 6-9. The key is made before the application is handed in
	await aliya.press('Make the key pair');
	await aliya.reads('What the certificate will say', DOMAIN);
	await aliya.seen('key');
	const command = await command_of(aliya);
	const here = ['--no-pcsc', '--pin-file', `${folder}/pin`];
	fs.writeFileSync(`${folder}/code`, code, { mode: 0o600 });
	await tamga([...command, ...here, '--ca-file', `${folder}/ra/ca.pem`,
	    '--code-file', `${folder}/code`], { status: 6 });
	await aliya.at('/my');
	await aliya.reads(number, TEXTS.number, TEXTS.month, a_month_later(new Date()));
	await aliya.seen('submitted');
	await printed(aliya, number);
	const letter = await mail(1);
	check(letter.to === 'aliya@example.kz' && letter.text.includes(number) &&
	    letter.text.includes('the application for certificate has been submitted on the NCA website'
	        .replace('the', 'The')) && letter.text.includes(TEXTS.number) &&
	    letter.text.includes(TEXTS.delivery) && letter.files.length > 0,
	    `the notice: ${JSON.stringify(letter)}`);

	// 10, 11. Checking request status: the number alone, and nothing of the person
	await passer.at('/');
	await passer.press('Checking request status');
	await passer.seen('status');
	await passer.fill('Application number', 'AAAA-BBBB-CCCC-DDDD');
	await passer.press('Search', 404);
	await passer.seen('status-unknown');
	await passer.fill('Application number', number);
	await passer.press('Search');
	await passer.reads('waits to be confirmed in the Registration Authority');
	await passer.misses('Ермекқызы', 'example.kz');

	// The Registration Authority of that city confirms
	await officer.at('/desk');
	await officer.press(number);
	await officer.reads(DOMAIN, 'Ермекқызы', IIN);
	await officer.misses('Payment received');
	await officer.tick('Printed application');
	await officer.tick('Identity card');
	await officer.seen('desk');
	await officer.press('Confirm the application');

	// 12. Issued
	await passer.fill('Application number', number);
	await passer.press('Search');
	await passer.reads('Application status', TEXTS.issued);
	await passer.seen('status-issued');
	check((await mail(2)).text.includes(TEXTS.issued), 'the second notice');

	// 13-15. Installed, and proven to the authority; the certificate serves
	await tamga(['enroll', '--resume', '--now', ...here, '--code-file', `${folder}/code`]);
	await aliya.at('/my');
	await aliya.reads(TEXTS.set_up);
	await aliya.seen('set-up');
	await passer.fill('Application number', number);
	await passer.press('Search');
	await passer.reads(TEXTS.set_up);
	const pem = await aliya.save('Download the certificate');
	await run('openssl', ['verify', '-CAfile', `${folder}/ra/ca.pem`, '-purpose', 'sslserver',
	    '-verify_hostname', DOMAIN, pem]);
	await tamga(['cert', 'export', '--no-pcsc', '9a', '-o', `${folder}/token.pem`]);
	await run('sh', ['-c', 'cmp "$1" "$2"', 'sh', ...await Promise.all([pem,
	    `${folder}/token.pem`].map(async at => {
		await run('openssl', ['x509', '-in', at, '-outform', 'DER', '-out', `${at}.der`]);
		return `${at}.der`;
	}))]);

	// Later, with number and code, from another browser
	await passer.at('/login');
	await passer.fill('Registration number', number);
	await passer.fill('Access code', code);
	await passer.press('Log in');
	await passer.reads(TEXTS.set_up);
});

// The application as it is saved and printed, in each of its forms.
async function printed(who, number) {
	const pdf = await who.save('PDF, to print');
	const text = (await run('pdftotext', ['-layout', pdf, '-'])).out;
	check(text.includes('Ермекқызы') && text.includes(number) && text.includes(DOMAIN), text);
	await run('pdftoppm', ['-r', '150', '-png', '-singlefile', pdf, `${folder}/printed`]);
	const codes = (await run('zbarimg', ['-q', '--raw', `${folder}/printed.png`])).out;
	check(codes.includes(number), `the QR code says "${codes}"`);
	const plain = fs.readFileSync(await who.save('Plain text'), 'utf8');
	const web = fs.readFileSync(await who.save('Web page (HTML)'), 'utf8');
	check(plain.includes(number) && plain.includes('Ермекқызы'), plain);
	check(web.includes(number) && web.includes('Ермекқызы') && !web.includes('<script'), web);
}
