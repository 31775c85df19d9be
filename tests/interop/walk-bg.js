// SPDX-License-Identifier: BSD-2-Clause
'use strict';
const { check, command_of, folder, mail, run, tamga, walk } = require('./walk.js');
const { opens_site } = require('./walk-tls.js');
const fs = require('node:fs');

const NAME = 'Мария Тестова';
const ADDRESS = 'maria@example.bg';
const CODE = 'correct horse battery';

walk('Bulgaria', async w => {
	const maria = await w.somebody('maria');
	const olga = await w.somebody('olga', { officer: 'olga' });

	// 1. Initial one-time registration
	await maria.at('/');
	await maria.seen('services');
	await maria.press('Universal certificate');
	await maria.reads('There is a particular issuance policy for each certificate',
	    'Application for certificate: by post, notarised', 'Contract: by post, notarised',
	    '30.00 BGN');
	await maria.seen('service');
	await maria.press('Submit application');
	await maria.reads('Full name of the Signatory',
	    'The e-mail address which will be shown in the certificate.');
	await maria.seen('registration');
	await maria.fill('Full name of the Signatory', NAME);
	await maria.fill('E-mail address', 'maria@localhost@example');
	await maria.send_anyway();
	await maria.press('Register', 400);
	await maria.reads('Please correct this');
	await maria.seen('registration-wrong');
	await maria.fill('E-mail address', ADDRESS);
	await maria.press('Register');
	await maria.reads('REGISTRATION NUMBER');
	const number = await maria.number();
	await maria.seen('registered');

	const letter = await mail(1);
	check(letter.to === ADDRESS && letter.tls === 'yes', `the mail: ${JSON.stringify(letter)}`);
	check(letter.text.includes(`REGISTRATION NUMBER: ${number}`), letter.text);
	const first = /Initial access code: (\S+)/.exec(letter.text)[1];
	await maria.misses(first);

	// 2. Change of initial access code
	await maria.press('Log in');
	await maria.seen('login');
	await maria.fill('Registration number', number);
	await maria.fill('Access code', 'wrong');
	await maria.press('Log in', 403);
	await maria.reads('not its code');
	await maria.seen('login-wrong');
	await maria.fill('Access code', first);
	await maria.press('Log in');
	await maria.reads('Process status', 'Management', 'Change the initial access code');
	await maria.misses('Fill in the form');
	await maria.seen('profile-registered');
	await maria.press('Change the initial access code');
	await maria.fill('Access code until now', first);
	await maria.fill('New access code', CODE);
	await maria.fill('New access code, once more', 'another');
	await maria.press('Change the code', 400);
	await maria.reads('The two new codes are not the same.');
	await maria.seen('code-wrong');
	await maria.fill('Access code until now', first);
	await maria.fill('New access code', CODE);
	await maria.fill('New access code, once more', CODE);
	await maria.press('Change the code');

	// 3. Download and submission of documents
	await maria.press('Fill in the form');
	await maria.reads('Smart cards and readers can be bought from the suppliers approved by the CSProvider.');
	await maria.seen('form');
	await maria.fill('Country', 'BG');
	await maria.fill('City (optional)', 'София');
	await maria.tick('Smart card');
	await maria.press('Continue');
	await maria.reads('Documents', 'Application for certificate', 'not paid yet');
	await maria.reads('Print all documents, sign and notarize them and send them via mail to: Spektar AD, Registration Authority.');
	await maria.seen('profile-filled');
	await maria.press('Send documents as files');
	fs.writeFileSync(`${folder}/status.pdf`, '%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
	fs.writeFileSync(`${folder}/status.exe`, 'MZ no document');
	const company = maria.within('Certificate of company status');
	const today = new Date().toISOString().slice(0, 10);
	await company.hand_in('File', `${folder}/status.exe`);
	await company.fill('Day on the document', today);
	await company.press('Send', 400);
	await maria.seen('documents-wrong');
	await company.hand_in('File', `${folder}/status.pdf`);
	await company.fill('Day on the document', today);
	await company.press('Send');
	await maria.reads('status.pdf');
	await maria.seen('documents');

	// 4. Check of documents in the registration authority
	await olga.at('/desk?state=filled');
	await olga.reads(number, 'form filled in');
	await olga.seen('desk-queue');
	await olga.press(number);
	await olga.seen('desk-case');
	await olga.press('Documents are here');
	await olga.press('Documents are complete and genuine', 400);
	await olga.reads('Tick every document');
	await olga.seen('desk-unticked');
	await olga.at(`/desk/case/${number}`);
	await olga.fill('Documents are missing: reason, told to the applicant', 'The contract is not signed.');
	await olga.press('Documents are missing');
	await maria.at('/my');
	await maria.reads('The contract is not signed.');
	await maria.seen('profile-missing');
	await olga.press('Documents are here');
	for (const paper of ['Application for certificate', 'Contract', 'Copy of the identity document'])
		await olga.within(paper).press('Accept');
	const file = await olga.within('Certificate of company status').save('Save the file');
	check(fs.readFileSync(file).equals(fs.readFileSync(`${folder}/status.pdf`)), 'another file');
	await olga.within('Certificate of company status').press('Accept');
	await olga.seen('desk-documents');
	await olga.press('Documents are complete and genuine');

	// 5. Check of the user's data: Process status, Management
	await olga.press('Data is right');
	const asked = await mail(2);
	check(asked.text.includes('If you agree with the input data proceed to generation'), asked.text);

	// 7. Agreement; key pair and electronic application on the token
	await maria.at('/my');
	await maria.reads(NAME, ADDRESS, 'София');
	await maria.seen('profile-checked');
	await maria.press('I agree with the data');
	await maria.press('Make the key pair');
	await maria.reads('What the certificate will say', NAME);
	await maria.seen('key');
	const command = await command_of(maria);
	await maria.press('Follow the progress');
	fs.writeFileSync(`${folder}/code`, CODE, { mode: 0o600 });
	const here = ['--ca-file', `${folder}/ra/ca.pem`, '--no-pcsc', '--pin-file', `${folder}/pin`];
	// nobody touches the browser: the page moves on while the command runs
	let ended = false;
	const running = tamga([...command, ...here, '--code-file', `${folder}/code`, '--wait=200'],
	    { timeout: 200000 }).finally(() => { ended = true; });
	await Promise.race([maria.comes('Application submitted — done'), running]);
	check(!ended, 'the command ended before the page moved on');
	await maria.reads('Application submitted — done');
	await maria.seen('profile-submitted');

	// 8. Check of the electronic application; payment
	await olga.at('/desk');
	await olga.reads(number);
	await olga.press(number);
	await olga.press('Confirm the application');
	await olga.reads('not paid yet', 'officer:olga');
	await olga.press('Payment received');
	await olga.reads('paid');
	await olga.seen('desk-issued');
	const told = await mail(3);
	check(told.text.includes('proceed to download your certificate'), told.text);

	// 9. Download of the requested certificate
	await maria.page.getByRole('button', { name: 'Download the certificate' }).waitFor();
	await maria.seen('profile-issued');
	const pem = await maria.save('Download the certificate');
	const ca = ['-CAfile', `${folder}/ra/ca.pem`];
	await run('openssl', ['verify', ...ca, pem]);

	// ... and its installation; what is signed with it is verified by OpenSSL
	await running;
	await maria.comes('Certificate installed — done');
	await tamga(['cert', 'export', '--no-pcsc', '9a', '-o', `${folder}/token.pem`]);
	const print = at => run('openssl', ['x509', '-in', at, '-noout', '-fingerprint']);
	check((await print(pem)).out === (await print(`${folder}/token.pem`)).out,
	    'the token holds another certificate');
	fs.writeFileSync(`${folder}/text`, 'Подписано.\n');
	await tamga(['sign', '--no-pcsc', '--pin-file', `${folder}/pin`, '9a', `${folder}/text`,
	    '-o', `${folder}/signature`]);
	await run('openssl', ['x509', '-in', pem, '-noout', '-pubkey', '-out', `${folder}/key`]);
	await run('openssl', ['dgst', '-sha256', '-verify', `${folder}/key`, '-signature',
	    `${folder}/signature`, `${folder}/text`]);
	await opens_site(`${folder}/token.pem`, NAME);
	await maria.at('/my');
	await maria.seen('profile-installed');

	// What cannot be undone has a page and a box of its own
	await maria.press('Revoke the certificate');
	await maria.seen('revoke');
	await maria.pick('Reason', await maria.page.locator('#f-why option').nth(1).innerText());
	await maria.tick('I know that this cannot be undone');
	await maria.press('Revoke the certificate');
	await maria.reads('revoked');
	await maria.seen('profile-revoked');
	await maria.press('Log out');
	await maria.at('/my');
	maria.is('/login');
});
