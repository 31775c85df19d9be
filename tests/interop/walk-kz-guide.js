// SPDX-License-Identifier: BSD-2-Clause
// What the guide of the Kazakh authority says, and what everybody does who follows it.
'use strict';

const IIN = '396685245034';
const TEXTS = {	// the guide, letter for letter
	not_found: 'NB! In the event that your data is not available in the “Individuals” Database, please apply to Documentation Unit in your city Department of Justice!',
	email: 'NB! Be careful when filling in the “E-Mail” field, because if there is any error, then notice of successful registration will not come to your email.',
	computer: 'NB!The “Personal Computer” repository is insecure. We recommend using the secure key information media to reduce the risk of compromising the digital signature keys.',
	number: 'NB! Remember the application number which is needed for identification of your application in the Registration Authority, and also for setting up the issued certificate.',
	delivery: 'Please note that NCA is not responsible for delivery of the information message. If you do not receive it, check the spam folder, the correctness of the email address, or ascertain that your mail server is reliable.',
	month: 'NB! Upon submitting the request you need to apply to Registration Authority within the period of one month from the date of application submission. In the event that you do not validate your application in the Registration Authority within the above period, the application will be destroyed.',
	issued: 'Certificates under the application have been issued',
	set_up: 'Certificates have been set up',
	password: 'NB! Password must contain Latin characters and digits. The password length should be 6 to 32 characters. In addition, password may include: Latin upper-case letters and wildcard characters «#$^+=!*()@%&_?-.».',
	lost: 'You must remember the password you indicated! The password shall NOT be recovered! NCA shall not keep your password, and if you lose your password, these digital signature keys must be revoked.',
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

module.exports = { a_month_later, answer, IIN, TEXTS };
