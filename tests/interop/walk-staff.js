// SPDX-License-Identifier: BSD-2-Clause
'use strict';
const { walk } = require('./walk.js');

walk('staff', async w => {
	const olga = await w.somebody('olga', { officer: 'olga', keyboard: true });
	const oskar = await w.somebody('oskar', { officer: 'oskar' });
	const nobody = await w.somebody('nobody');

	for (const [where, status, name] of [
		['/help', 200, 'help'], ['/help/bg-csp', 200, 'help-service'],
		['/policy/bg-csp', 200, 'policy'], ['/suppliers', 200, 'suppliers'],
		 ['/desk', 403, 'desk-closed'], ['/admin', 403, 'admin-closed'],
		['/desk/setup', 200, 'setup'], ['/my', 200, 'login'], ['/service/none', 404, 'not-found']]) {
		await nobody.at(where, status);
		await nobody.seen(name);
	}

	await olga.at('/desk');
	await olga.skips();
	await olga.reads('There are none.');
	await olga.seen('desk-empty');
	await olga.at('/desk/setup');
	await olga.seen('setup-certificate');
	await olga.at('/desk/new');
	await olga.seen('desk-new');
	await olga.at('/desk/new/bg-csp');
	await olga.seen('desk-new-form');
	await olga.fill('Full name of the Signatory', 'Иван Примеров');
	await olga.fill('E-mail address', 'ivan@example.bg');
	await olga.tick('The applicant showed his identity card, and it is he');
	await olga.press('Register');
	const number = await olga.number();
	await olga.seen('desk-new-made');

	for (const [where, name] of [['/admin', 'accounts'], ['/admin/mails', 'mails'],
		['/admin/audit', 'audit'], ['/admin/profiles', 'profiles']]) {
		await oskar.at(where);
		// whose a mail is stands there until it was sent
		for (let i = 0; name === 'mails' && i < 60 &&
		    (await oskar.text()).includes(number); i++) {
			await new Promise(then => setTimeout(then, 250));
			await oskar.at(where);
		}
		if (name !== 'audit')	// which operators may read, and nothing else of a case
			await oskar.misses(number);
		await oskar.seen(`admin-${name}`);
	}
	await oskar.at('/desk', 403);
});
