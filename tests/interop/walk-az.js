// SPDX-License-Identifier: BSD-2-Clause
'use strict';
const { check, command_of, folder, mail, run, tamga, tidy, walk } = require('./walk.js');
const { opens_site } = require('./walk-tls.js');
const fs = require('node:fs');

const FIN = '5ABC12D';
const here = ['--no-pcsc', '--pin-file', `${folder}/pin`];
const code = `${folder}/code`;

walk('Azerbaijan', async w => {
	const ulviyya = await w.somebody('ulviyya', { script: false });
	const operator = await w.somebody('operator', { officer: 'baku', script: false });
	const other = await w.somebody('other', { officer: 'ganja', script: false });

	// All services, and the one for citizens
	await ulviyya.at('/');
	await ulviyya.reads('All services');
	await ulviyya.seen('services');
	await ulviyya.press('Ordering electronic signature certificates for citizens');
	await ulviyya.reads('3 years without any service fees', 'FIPS 140-2', '18.00 AZN', 'USB token',
	    'Smart Card');
	await ulviyya.seen('service');
	await ulviyya.press('Submit application');

	// The terms: "I accept the user rules", CONTINUE
	await ulviyya.seen('agreement');
	await ulviyya.send_anyway();
	await ulviyya.press('CONTINUE', 400);
	await ulviyya.reads('Tick the box');
	await ulviyya.seen('agreement-unticked');
	await ulviyya.tick('I accept the user rules');
	await ulviyya.press('CONTINUE');
	const number = await ulviyya.number();
	await ulviyya.seen('begun');
	await ulviyya.press('Continue');
	await ulviyya.press('Continue with your identity');

	// "Bring PIN data": the personal number, which is no PIN of a token
	await ulviyya.reads('Personal identification number (FİN)');
	await ulviyya.seen('identity');
	await ulviyya.fill('Personal identification number (FİN)', '7ZZZ99Z');
	await ulviyya.tick('Bring PIN data');
	await ulviyya.press('CONTINUE', 400);
	await ulviyya.reads('There is nobody with this personal identification number in the register.');
	await ulviyya.seen('identity-unknown');
	await ulviyya.fill('Personal identification number (FİN)', FIN);
	await ulviyya.tick('Bring PIN data');
	await ulviyya.press('CONTINUE');

	// The remaining fields; a reader is offered with a card only
	check(await ulviyya.value('Surname') === 'Sınaq' &&
	    await ulviyya.value('Given name') === 'Ülviyyə' &&
	    await ulviyya.value('Date of birth') === '1990-12-31', 'what the register knows');
	check(!await ulviyya.page.getByLabel('Date of birth', { exact: true }).isEditable(),
	    'it could be changed');
	await ulviyya.reads('A USB token does not require a card reader because it is directly connected to the PC.',
	    'Certification: FIPS 140-2');
	await ulviyya.fill('Mobile telephone', '+994 12 345 67 89');
	await ulviyya.fill('E-mail (optional)', 'ulviyya@example.az');
	await ulviyya.pick('Region', 'Baku');
	await ulviyya.press('Show what is offered there');
	await ulviyya.pick('Registration Center', 'Baku');
	await ulviyya.tick('USB token');
	const reader = /^Order with it: Card reader/;
	await ulviyya.tick(reader);
	await ulviyya.press('CONFIRM', 400);
	await ulviyya.seen('form-wrong');
	await ulviyya.tick('Smart Card');
	await ulviyya.tick(reader);
	await ulviyya.press('CONFIRM');

	// The order waits for its payment
	await ulviyya.reads('My application', 'AZN', 'not paid yet', 'Azerpost, Baku', 'Card reader',
	    'ID card');
	await ulviyya.misses('Make the key pair');
	await ulviyya.seen('ordered');

	// The registration centre: another one knows nothing of it
	await other.at(`/desk/case/${number}`, 404);
	await other.seen('desk-elsewhere');
	await operator.at('/desk?state=filled');
	await operator.press(number);
	await operator.press('Payment received');
	await operator.seen('desk-paid');

	// The operator makes the key on the carrier: with the command of the page
	await operator.fill('Certification request (PKCS#10, PEM), made on the carrier', 'nonsense');
	await operator.press('Hand in', 400);
	await operator.at(`/desk/case/${number}`);
	const command = await command_of(operator);
	await code_for(operator);
	check(command.includes('FILE'), 'the command takes no access code');
	await tamga([...command.map(word => word === 'FILE' ? code : word),
		'--ca-file', `${folder}/ra/ca.pem`, ...here], { status: 6 });
	const order = await mail(1);
	check(order.to === 'ulviyya@example.az' && order.subject === `Order ${number}` &&
	    order.text.includes('handed over at Azerpost, Baku, only after producing your ID card'),
	    JSON.stringify(order));
	await ulviyya.at('/my');
	await ulviyya.reads('paid');
	await ulviyya.misses('not paid yet');

	// ... and hands it over to who shows the identity card
	await operator.at(`/desk/case/${number}`);
	await operator.press('Confirm the application', 400);
	await operator.reads('Tick every document');
	await operator.tick('ID card');
	await operator.press('Confirm the application');
	await installed();
	await operator.tick('The applicant showed his identity card');
	await operator.press('Carrier handed over, identity card seen');
	await operator.reads('officer:baku', 'hand-over');
	await operator.seen('desk-handed-over');
	await ulviyya.at('/my');
	await ulviyya.reads('Carrier handed over — done');
	await ulviyya.seen('handed-over');
});

// The access code that the command asks for, given at the desk.
async function code_for(operator) {
	await operator.unfold('New access code');
	await operator.tick('Whoever asks for a new code showed his identity card');
	await operator.press('Give a new access code');
	await operator.seen('desk-code');
	fs.writeFileSync(code, tidy(await operator.page.locator('.number.code').innerText()),
	    { mode: 0o600 });
}

// The certificate on the carrier: three years, OpenSSL takes its signature, and
// a site lets it in.
async function installed() {
	const pem = `${folder}/carrier.pem`;

	await tamga(['enroll', '--resume', '--now', ...here, '--code-file', code]);
	await tamga(['cert', 'export', '--no-pcsc', '9a', '-o', pem]);
	await run('openssl', ['verify', '-CAfile', `${folder}/ra/ca.pem`, '-purpose', 'smimesign', pem]);
	const three_years = 3 * 365 * 86400;
	await run('openssl', ['x509', '-in', pem, '-noout', '-checkend', String(three_years - 3600)]);
	await run('openssl', ['x509', '-in', pem, '-noout', '-checkend', String(three_years + 3600)],
	    { status: 1 });
	fs.writeFileSync(`${folder}/text`, 'İmzalandı.\n');
	await tamga(['sign', ...here, '9a', `${folder}/text`, '-o', `${folder}/signature`]);
	await run('openssl', ['x509', '-in', pem, '-noout', '-pubkey', '-out', `${folder}/key`]);
	await run('openssl', ['dgst', '-sha256', '-verify', `${folder}/key`, '-signature',
	    `${folder}/signature`, `${folder}/text`]);
	await opens_site(pem, 'Sınaq Ülviyyə');
}
