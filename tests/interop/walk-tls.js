// SPDX-License-Identifier: BSD-2-Clause
// A site that lets nobody in without a certificate of the authority, and who
// comes there with the card: curl, over tamga-pkcs11.so.
'use strict';
const { check, folder, run } = require('./walk.js');
const { spawn } = require('node:child_process');
const fs = require('node:fs');

const ours = end => `${folder}/ra/${end}`;

// The address of a site on a free port; it is closed with this program.
function site() {
	const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-www',
		'-cert', ours('server.pem'), '-key', ours('server.key'), '-CAfile', ours('ca.pem'),
		'-Verify', '1', '-verify_return_error'], { stdio: ['ignore', 'pipe', 'ignore'] });
	let said = '';

	process.once('exit', () => server.kill());
	return new Promise((opened, failed) => {
		server.on('error', failed);
		server.on('exit', status => failed(new Error(`the site: status ${status}\n${said}`)));
		server.stdout.setEncoding('utf8').on('data', text => {
			said += text;
			const port = /^ACCEPT \S+:(\d+)$/m.exec(said);

			if (port !== null)
				opened(`https://localhost:${port[1]}/`);
		});
	});
}

const curl = (more, status) => run('curl', ['-q', '--silent', '--show-error', '--max-time', '30',
	'--noproxy', '*', '--cacert', ours('ca.pem'), ...more], { status });

const subject = async pem =>
	(await run('openssl', ['x509', '-noout', '-subject', '-nameopt', 'utf8,sep_comma_plus'],
	    { input: pem })).out;

// The card opens the site with what is in that slot: the site sees the certificate
// that stands in the file, and that name in it.  Without the card it stays closed.
async function opens_site(file, name, slot = '9a') {
	if (process.env.PKCS11_MODULE_PATH === '') {
		console.log('no site: a sanitizer must be in the program that loads the module');
		return;
	}
	const where = await site();
	const pin = fs.readFileSync(`${folder}/pin`, 'utf8').trim();

	await curl([where], 56);
	const { out } = await curl(['--cert', `pkcs11:id=%${slot};type=cert`,
		'--key', `pkcs11:id=%${slot};type=private?pin-value=${pin}`, where], 0);
	const shown = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n/.exec(out);

	check(shown !== null && fs.readFileSync(file, 'utf8').includes(shown[0]),
	    `the site saw another certificate:\n${out}`);
	check((await subject(shown[0])).includes(`CN=${name}`), await subject(shown[0]));
}

module.exports = { opens_site };
