// SPDX-License-Identifier: BSD-2-Clause
'use strict';
const { check, command_of, folder, mail, run, tamga, tidy, walk } = require('./walk.js');
const { opens_site } = require('./walk-tls.js');
const fs = require('node:fs');

const FIN = '5ABC12D';
const NAME = 'Sınaq Ülviyyə';
const VOEN = 'Taxpayer number (VÖEN)';
const TAXPAYER = 'Certificate of registration as a taxpayer';
const CHARTER = 'Charter of the legal entity';
const READER = /^Order with it: Card reader/;
const here = ['--no-pcsc', '--pin-file', `${folder}/pin`];
const code = `${folder}/code`;

// ---- who goes astray on the way ----

// Whoever does nothing wrong.
const straight = { agreement() {}, identity() {}, form() {}, queue() {}, request() {}, confirm() {} };

// Whoever tries each thing that the guide rules out.
const astray = {
	async agreement(who) {
		await who.send_anyway();
		await who.press('CONTINUE', 400);
		await who.reads('Tick the box');
		await who.seen('agreement-unticked');
	},
	async identity(who, s) {
		await who.fill(s.fin, '7ZZZ99Z');
		await who.tick('Bring PIN data');
		await who.press('CONTINUE', 400);
		await who.reads('There is nobody with this personal identification number in the register.');
		await who.seen('identity-unknown');
	},
	async form(who) {	// a reader is offered with a card only
		await who.tick('USB token');
		await who.tick(READER);
		await who.press('CONFIRM', 400);
		await who.seen('form-wrong');
	},
	async queue(w, number) {	// another registration centre knows nothing of it
		const other = await w.somebody('other', { officer: 'ganja', script: false });

		await other.at(`/desk/case/${number}`, 404);
		await other.seen('desk-elsewhere');
	},
	async request(operator, number) {
		await operator.fill('Certification request (PKCS#10, PEM), made on the carrier', 'nonsense');
		await operator.press('Hand in', 400);
		await operator.at(`/desk/case/${number}`);
	},
	async confirm(operator) {
		await operator.press('Confirm the application', 400);
		await operator.reads('Tick every document');
	},
};

// Whoever takes the taxpayer number of another kind: its last digit tells them apart.
const other_kind = number => ({ ...straight,
	async form(who, s) {
		await who.fill(VOEN, number);
		await who.press('CONFIRM', 400);
		await who.reads('ten digits, the last of them');
		await who.seen(`${s.id}-form-wrong`);
		check(await who.value(VOEN) === number, 'what was entered is gone');
	},
});

// The services: for whom, what is asked and shown beyond the number, what it costs,
// what the operator looks at, and what stands in the certificate.
const SECTIONS = [{
	id: 'citizen', of: 'citizens', price: '18.00 AZN', due: '30.00 AZN', slot: '9a', keyboard: false,
	fin: 'Personal identification number (FİN)', fills: {}, carrier: 'Smart Card', reader: true,
	files: [], papers: ['ID card'], says: [`CN=${NAME}`], detours: astray,
}, {
	id: 'sole-trader', of: 'entrepreneurs', price: '36.00 AZN', due: '36.00 AZN', slot: '84', keyboard: true,
	fin: 'Personal identification number (FİN)', fills: { [VOEN]: '1400057422' },
	carrier: 'USB token', reader: false, files: [], papers: ['ID card', TAXPAYER],
	says: ['OU=VOEN1400057422'], detours: other_kind('1400057421'),
}, {
	id: 'legal', of: 'legal entities', price: '72.00 AZN', due: '72.00 AZN', slot: '82', keyboard: true,
	fin: 'Personal identification number (FİN) of the representative',
	fills: { 'Legal entity': 'Nümunə MMC', [VOEN]: '1400057421', 'Position (optional)': 'Direktor' },
	carrier: 'USB token', reader: false, files: ['Letter of the bank'],
	papers: ['ID card', CHARTER, 'Certificate of state registration',
	    'Extract from the state register', 'Letter of the bank'],
	says: ['O=Nümunə MMC', 'OU=VOEN1400057421', 'title=Direktor'],
	detours: other_kind('1400057422'),
}, {
	id: 'government', of: 'government bodies', price: '80.00 AZN', due: '80.00 AZN', slot: '83', keyboard: true,
	fin: 'Personal identification number (FİN)',
	fills: { 'Government body': 'Nümunə Agentliyi', [VOEN]: '1400057421' },
	carrier: 'Smart Card', reader: false,
	files: ['Letter of the government body that names the employee'],
	papers: ['ID card', 'Letter of the government body that names the employee', TAXPAYER],
	says: ['O=Nümunə Agentliyi', 'OU=VOEN1400057421'], detours: other_kind('1400057422'),
}];

walk('Azerbaijan', async w => {
	for (const [i, s] of SECTIONS.entries()) {
		const buyer = await w.somebody(s.id, { script: false, keyboard: s.keyboard });
		const operator = await w.somebody('operator',
		    { officer: 'baku', script: false, keyboard: s.keyboard });
		const number = await ordered(buyer, s);

		await s.detours.queue(w, number);
		await made(operator, number, s);
		await told(buyer, await mail(i + 1), number);
		await handed_over(operator, number, s);
		await buyer.at('/my');
		await buyer.reads('Carrier handed over — done');
		await buyer.seen(`${s.id}-handed-over`);
	}
});

// A page that is the same for all is looked at once.
const looked_at = new Set();

async function once(who, name) {
	if (!looked_at.has(name))
		await who.seen(name);
	looked_at.add(name);
}

// ---- the order ----

async function ordered(who, s) {
	// All services, and the one for citizens
	await who.at('/');
	await who.reads('All services');
	await once(who, 'services');
	await who.press(`Ordering electronic signature certificates for ${s.of}`);
	await who.reads('3 years without any service fees', 'FIPS 140-2', s.price, 'USB token',
	    'Smart Card', ...s.papers);
	await who.seen(`${s.id}-service`);
	await who.press('Submit application');

	// The terms: "I accept the user rules", CONTINUE
	await who.seen(`${s.id}-agreement`);
	await s.detours.agreement(who);
	await who.tick('I accept the user rules');
	await who.press('CONTINUE');
	const number = await who.number();
	await once(who, 'begun');
	await who.press('Continue');
	await who.press('Continue with your identity');
	await identified(who, s);
	await filled_in(who, s);

	// The order waits for its payment
	await who.reads('My application', s.due, 'not paid yet', 'Azerpost, Baku', ...s.papers);
	check((await who.text()).includes('Card reader') === s.reader, 'the card reader');
	await who.misses('Make the key pair');
	await who.seen(`${s.id}-ordered`);
	await papers_sent(who, s);
	return number;
}

// "Bring PIN data": the personal number, which is no PIN of a token
async function identified(who, s) {
	await who.reads(s.fin);
	await who.seen(`${s.id}-identity`);
	await s.detours.identity(who, s);
	await who.fill(s.fin, FIN);
	await who.tick('Bring PIN data');
	await who.press('CONTINUE');
	check(`${await who.value('Surname')} ${await who.value('Given name')}` === NAME &&
	    await who.value('Date of birth') === '1990-12-31', 'what the register knows');
	check(!await who.page.getByLabel('Date of birth', { exact: true }).isEditable(),
	    'it could be changed');
}

// The remaining fields; a reader is offered with a card only
async function filled_in(who, s) {
	await who.reads('A USB token does not require a card reader because it is directly connected to the PC.',
	    'Certification: FIPS 140-2');
	await who.seen(`${s.id}-form`);
	await who.fill('Mobile telephone', '+994 12 345 67 89');
	await who.fill('E-mail (optional)', 'ulviyya@example.az');
	for (const [field, text] of Object.entries(s.fills))
		await who.fill(field, text);
	await who.pick('Region', 'Baku');
	await who.press('Show what is offered there');
	await who.pick('Registration Center', 'Baku');
	await who.tick(s.carrier);
	await s.detours.form(who, s);
	for (const [field, text] of Object.entries(s.fills))
		await who.fill(field, text);
	await who.tick(s.carrier);
	if (s.reader)
		await who.tick(READER);
	await who.press('CONFIRM');
}

// What is taken as a file, too.
async function papers_sent(who, s) {
	if (s.files.length === 0)
		return;
	await who.press('Send documents as files');
	for (const paper of s.files) {
		const at = `${folder}/${s.id}.pdf`;

		fs.writeFileSync(at, '%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
		await who.within(paper).hand_in('File', at);
		await who.within(paper).press('Send');
		await who.reads(`${s.id}.pdf`);
	}
	await who.seen(`${s.id}-documents`);
}

async function told(who, order, number) {
	check(order.to === 'ulviyya@example.az' && order.subject === `Order ${number}` &&
	    order.text.includes('handed over at Azerpost, Baku, only after producing your ID card'),
	    JSON.stringify(order));
	await who.at('/my');
	await who.reads('paid');
	await who.misses('not paid yet');
}

// ---- at the registration centre ----

// The operator makes the key on the carrier: with the command of the page
async function made(operator, number, s) {
	await operator.at('/desk?state=filled');
	await operator.press(number);
	await operator.press('Payment received');
	await operator.seen(`${s.id}-desk-paid`);
	await s.detours.request(operator, number);
	const command = await command_of(operator);
	await code_for(operator);
	check(command.includes('FILE'), 'the command takes no access code');
	await tamga([...command.map(word => word === 'FILE' ? code : word), '--slot', s.slot,
		'--ca-file', `${folder}/ra/ca.pem`, ...here], { status: 6 });
}

// ... and hands it over to who shows the identity card
async function handed_over(operator, number, s) {
	await operator.at(`/desk/case/${number}`);
	await s.detours.confirm(operator);
	for (const paper of s.papers)
		await operator.tick(paper === CHARTER ? `${paper}, notarised` : paper);
	await operator.press('Confirm the application');
	await installed(s);
	await operator.tick('The applicant showed his identity card');
	await operator.press('Carrier handed over, identity card seen');
	await operator.reads('officer:baku', 'hand-over');
	await operator.seen(`${s.id}-desk-handed-over`);
}

// The access code that the command asks for, given at the desk.
async function code_for(operator) {
	await operator.unfold('New access code');
	await operator.tick('Whoever asks for a new code showed his identity card');
	await operator.press('Give a new access code');
	await once(operator, 'desk-code');
	fs.writeFileSync(code, tidy(await operator.page.locator('.number.code').innerText()),
	    { mode: 0o600 });
}

// The certificate on the carrier: three years, OpenSSL takes its signature, and
// a site lets it in.
async function installed(s) {
	const pem = `${folder}/carrier.pem`;

	await tamga(['enroll', '--resume', '--now', ...here, '--code-file', code]);
	await tamga(['cert', 'export', '--no-pcsc', s.slot, '-o', pem]);
	await run('openssl', ['verify', '-CAfile', `${folder}/ra/ca.pem`, '-purpose', 'smimesign', pem]);
	const three_years = 3 * 365 * 86400;
	await run('openssl', ['x509', '-in', pem, '-noout', '-checkend', String(three_years - 3600)]);
	await run('openssl', ['x509', '-in', pem, '-noout', '-checkend', String(three_years + 3600)],
	    { status: 1 });
	const { out } = await run('openssl', ['x509', '-in', pem, '-noout', '-subject', '-nameopt',
	    'utf8,sep_comma_plus']);
	for (const part of [`CN=${NAME}`, ...s.says])
		check(out.includes(part), `the certificate does not say ${part}: ${out}`);
	fs.writeFileSync(`${folder}/text`, 'İmzalandı.\n');
	await tamga(['sign', ...here, s.slot, `${folder}/text`, '-o', `${folder}/signature`]);
	await run('openssl', ['x509', '-in', pem, '-noout', '-pubkey', '-out', `${folder}/key`]);
	await run('openssl', ['dgst', '-sha256', '-verify', `${folder}/key`, '-signature',
	    `${folder}/signature`, `${folder}/text`]);
	await opens_site(pem, NAME, s.slot);
}
