// SPDX-License-Identifier: BSD-2-Clause
'use strict';
const { check, command_of, folder, mail, run, tamga, tidy, walk } = require('./walk.js');
const { a_month_later, answer, IIN, TEXTS } = require('./walk-kz-guide.js');
const { SISTERS, sister } = require('./walk-kz-sisters.js');
const fs = require('node:fs');
const path = require('node:path');

const DOMAIN = 'www.example.kz';

walk('Kazakhstan', async w => {
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

	await in_a_folder(w, await w.somebody('dana'), officer);
	for (const s of SISTERS)
		await sister(w, s, officer);
});

// ---- "Personal Computer": every step in the browser, tamga beside it ----

const FOLDER = '~/my keys';		// with a blank, as people name folders
const files = () => fs.readdirSync(path.join(folder, 'my keys')).join(' ');

async function in_a_folder(w, dana, officer) {
	await dana.at('/apply/kz-ssl');
	await dana.press('Confirm');
	const number = await dana.number();
	const code = (await dana.page.locator('.code').innerText()).trim();
	fs.writeFileSync(`${folder}/code`, code, { mode: 0o600 });
	await dana.press('Continue');
	await dana.press('Continue with your identity');
	await answer(dana);
	await dana.fill('Individual Identification Number (IIN)', IIN);
	await dana.press('Check IIN');
	await dana.pick('Region', 'Karaganda region');
	await dana.press('Show what is offered there');
	await dana.pick('City', 'Temirtau');
	await dana.fill('Domain name', 'folder.example.kz');

	// 6. The repository with its warning; the folder for the key
	await dana.reads('Keys Repository', TEXTS.computer);
	await dana.tick('Personal Computer');
	await dana.press('Continue');
	await dana.press('Make the key pair');
	await dana.reads(TEXTS.computer, 'The folder in which the private key will be generated');
	await dana.fill('The folder in which the private key will be generated', '\u202e/sevlesruo');
	await dana.press('Show the command', 400);
	await dana.reads('characters in it that cannot be seen or typed');
	await dana.seen('folder-wrong');
	await dana.fill('The folder in which the private key will be generated', FOLDER);
	await dana.press('Show the command');
	await dana.seen('folder');
	const make = await command_at(dana, '#make-folder'), enroll = await command_at(dana, '#enroll');

	// 7-9. Followed in the browser while the command runs: the key is in the folder
	await dana.press('Follow the progress');
	await shell(make);
	await shell(`${enroll} --ca-file "$WALK_FOLDER/ra/ca.pem" --code-file "$WALK_FOLDER/code"`, 6);
	check(files() === 'tamga-1.pem', `in the folder: ${files()}`);
	await dana.comes('waits to be confirmed in the Registration Authority');
	await dana.reads(number, TEXTS.number, TEXTS.month,
	    'You can ascertain its availability by opening the folder.');
	await dana.seen('folder-submitted');
	await officer.at(`/desk/case/${number}`);
	await officer.tick('Printed application');
	await officer.tick('Identity card');
	await officer.press('Confirm the application');

	// 12. It comes to whoever follows
	await dana.comes(TEXTS.issued);

	// 13. The folder, the password with its rule and its warning, "Upload certificates"
	await dana.at('/my');
	await dana.press('Upload certificates');
	await dana.reads(TEXTS.issued, TEXTS.password, TEXTS.lost, 'enter it twice');
	await dana.fill('The path to the folder containing the private key', FOLDER);
	await dana.press('Upload certificates');
	await dana.seen('upload');
	await invents(await command_at(dana, '#enroll'), ['short', 'short', 'sw0rdfish', 'swordfish'],
	    1, [TEXTS.password, TEXTS.lost, 'the two entries differ']);
	check(files() === 'tamga-1.pem', `in the folder: ${files()}`);
	await dana.reads(TEXTS.issued);
	const said = await invents(await command_at(dana, '#enroll'), ['sw0rdfish', 'sw0rdfish'],
	    0, [TEXTS.set_up]);

	// 14, 15. The window that opens; one container in the folder
	await dana.comes(TEXTS.set_up);
	await dana.reads('There is one certificate in the folder containing the private key, ready to be used.');
	await dana.seen('folder-set-up');
	check(files() === 'tamga-1.p12', `in the folder: ${files()}; ${said}`);
	await run('openssl', ['pkcs12', '-in', path.join(folder, 'my keys', 'tamga-1.p12'),
	    '-passin', 'pass:sw0rdfish', '-noout']);
}

const command_at = async (who, at) => tidy(await who.page.locator(at).innerText());

// What a page shows, run by a shell as it stands there.
function shell(command, status = 0) {
	return run('sh', ['-c', command.replace(/^tamga /, '"$WALK_TAMGA" ')], { status });
}

// The command at a terminal, where a person answers each question for a password.
async function invents(command, entries, status, texts) {
	const { out } = await run('expect', ['-c', `
set timeout 40
spawn sh -c $env(INVENTS)
foreach {password again} {${entries.join(' ')}} {
	expect "a new password"
	send "$password\\r"
	expect "the new password again"
	send "$again\\r"
}
expect eof
exit [lindex [wait] 3]`], { status, env: { INVENTS: `${command.replace(/^tamga /, '"$WALK_TAMGA" ')
	    } --ca-file "$WALK_FOLDER/ra/ca.pem" --code-file "$WALK_FOLDER/code"` } });

	for (const text of texts)
		check(tidy(out).includes(text), `the command does not say "${text}": ${out}`);
	return out;
}

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
