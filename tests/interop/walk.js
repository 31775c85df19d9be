// SPDX-License-Identifier: BSD-2-Clause
// What the walks through the portal share: people with browsers of their own,
// who see pages, read them, fill in forms and press what is written on buttons.
// Every page seen is judged by axe-core, photographed at two widths, and must
// not scroll sideways on a telephone.
'use strict';
const { chromium } = require('playwright-core');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const U = process.env.WALK_URL;
const folder = process.env.WALK_FOLDER;
const pictures = process.env.WALK_PICTURES;
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const NARROW = { width: 320, height: 640 };
const PATIENCE = 20000;
const LONGEST = 240000;

function check(good, words) {
	if (!good)
		throw new Error(words);
}

const tidy = text => text.replace(/\s+/g, ' ').trim();

class Person {
	constructor(walk, name, context, page, keyboard) {
		Object.assign(this, { walk, name, context, page, keyboard });
		// that a refused form's page came with 400 is no complaint
		page.on('console', m => m.type() === 'error' &&
		    !m.text().startsWith('Failed to load resource') && this.complaints.push(m.text()));
		page.on('pageerror', e => this.complaints.push(String(e)));
		this.complaints = [];
		this.twin = null;
	}

	async at(where, status = 200) {
		const answer = await this.page.goto(U + where);
		check(answer.status() === status, `${where}: ${answer.status()}, not ${status}`);
	}

	is(where) {
		const now = new URL(this.page.url());
		check(now.pathname === where, `is at ${now.pathname}, not at ${where}`);
	}

	// ---- reading ----

	async text() {
		return tidy(await this.page.locator('body').innerText());
	}

	async reads(...texts) {
		const page = await this.text();
		for (const text of texts)
			check(page.includes(tidy(text)), `the page does not say "${text}":\n${page}`);
	}

	// Who follows a page sees what comes without touching anything.
	async comes(text) {
		await this.page.getByText(text).first().waitFor();
	}

	async misses(...texts) {
		const page = await this.text();
		for (const text of texts)
			check(!page.includes(tidy(text)), `the page says "${text}":\n${page}`);
	}

	async value(label) {
		return this.page.getByLabel(label, { exact: true }).inputValue();
	}

	// The number that the page shows in large letters.
	async number() {
		return tidy(await this.page.locator('.number').first().innerText());
	}

	// ---- doing ----

	// With the mouse, or by pressing Tab till it is reached.
	async reach(what) {
		check(await what.count() === 1, `${await what.count()} of ${what} on the page`);
		if (!this.keyboard)
			return;
		const radio = await what.evaluate(e => e.type === 'radio' ? e.name : '');
		await this.page.evaluate(() => document.activeElement.blur());
		for (let i = 0; i < 200; i++) {
			await this.page.keyboard.press('Tab');
			if (await what.evaluate((e, name) => e === document.activeElement ||
			    (name !== '' && document.activeElement.name === name), radio))
				return this.sees_focus();
		}
		throw new Error(`no key leads to ${what}`);
	}

	// What has the focus is framed, in view, and not covered.
	async sees_focus() {
		const seen = await this.page.evaluate(() => {
			const e = document.activeElement, r = e.getBoundingClientRect();
			const s = getComputedStyle(e);
			const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);

			return { who: e.outerHTML.slice(0, 120), framed: s.outlineStyle !== 'none' &&
			    parseFloat(s.outlineWidth) >= 2, inside: r.bottom > 0 &&
			    r.top < innerHeight && r.width > 0,
			    free: top === e || e.contains(top) || top?.contains(e) };
		});
		check(seen.framed && seen.inside && seen.free,
		    `the focus is not to be seen: ${JSON.stringify(seen)}`);
	}

	// The part of the page under that heading.
	within(heading) {
		const part = this.page.getByRole('region', { name: heading, exact: true });

		return Object.assign(Object.create(this), { part });
	}

	get here() {
		return this.part ?? this.page;
	}

	async fill(label, text) {
		const field = this.here.getByLabel(label, { exact: true });

		await this.reach(field);
		await field.fill('');
		if (this.keyboard)
			await this.page.keyboard.type(text);
		else
			await field.fill(text);
	}

	async pick(label, option) {
		const list = this.here.getByLabel(label, { exact: true });

		await this.reach(list);
		if (this.keyboard)
			await this.page.keyboard.type(option);
		else
			await list.selectOption({ label: option });
		check(await list.evaluate(e => e.selectedOptions[0].text) === option,
		    `${label}: "${option}" is not chosen`);
	}

	async tick(label) {
		const name = { name: label, exact: true };
		const box = this.here.getByRole('checkbox', name).or(this.here.getByRole('radio', name));

		await this.reach(box);
		if (this.keyboard)
			await this.tick_by_keys(box);
		else
			await box.check();
		check(await box.isChecked(), `"${label}" is not ticked`);
	}

	async tick_by_keys(box) {
		if (await box.evaluate(e => e === document.activeElement))
			await this.page.keyboard.press('Space');
		for (let i = 0; i < 9 && !await box.isChecked(); i++)
			await this.page.keyboard.press('ArrowDown');
	}

	async hand_in(label, file) {
		await this.here.getByLabel(label, { exact: true }).setInputFiles(file);
	}

	// What may be done, and is folded away because it cannot be undone.
	async unfold(words) {
		const what = this.here.locator('summary').filter({ hasText: words });

		await this.reach(what);
		await (this.keyboard ? this.page.keyboard.press('Enter') : what.click());
	}

	// A button or a link; the page that comes is waited for.
	async press(words, status = 200) {
		const name = { name: words, exact: true };
		const what = this.here.getByRole('button', name)
			.or(this.here.getByRole('link', name));

		await this.reach(what);
		const [answer] = await Promise.all([
			this.page.waitForResponse(r => r.request().isNavigationRequest() &&
			    r.status() !== 303),
			this.page.waitForEvent('framenavigated'),	// till then the old page is read
			this.keyboard ? this.page.keyboard.press('Enter') : what.click(),
		]);
		await this.page.waitForLoadState('load');
		check(answer.status() === status,
		    `"${words}": ${answer.status()}, not ${status}: ${await this.text()}`);
	}

	// The browser's own checks of a form are set aside: the server has its own.
	async send_anyway() {
		await this.page.evaluate(() => [...document.forms].forEach(f => { f.noValidate = true; }));
	}

	// What a button or a link saves.
	async save(words) {
		const name = { name: words, exact: true };
		const what = this.here.getByRole('button', name).or(this.here.getByRole('link', name));

		await this.reach(what);
		const [download] = await Promise.all([
			this.page.waitForEvent('download'),
			this.keyboard ? this.page.keyboard.press('Enter') : what.click(),
		]);
		const to = path.join(folder, download.suggestedFilename());

		await download.saveAs(to);
		return to;
	}

	// The first key leads past what is on every page.
	async skips() {
		await this.page.keyboard.press('Tab');
		await this.sees_focus();
		await this.page.keyboard.press('Enter');
		check(await this.page.evaluate(() => document.activeElement.id) === 'main',
		    'the first link does not lead to the content');
	}

	// ---- judging ----

	async seen(name) {
		const page = this.page;

		await this.built_well(name);
		await this.accessible(name);
		await this.photographed(name, DESK);
		await page.setViewportSize(NARROW);
		await this.fits(name, NARROW);
		await page.setViewportSize(PHONE);
		await this.fits(name, PHONE);
		await this.photographed(name, PHONE);
		await page.setViewportSize(DESK);
		check(this.complaints.length === 0, `${name}: ${this.complaints}`);
		this.walk.pages++;
	}

	async built_well(name) {
		const found = await this.page.evaluate(() => ({
			title: document.title, lang: document.documentElement.lang,
			headings: document.querySelectorAll('h1').length,
			scripts: document.querySelectorAll('script').length,
			handlers: [...document.querySelectorAll('*')].flatMap(e =>
			    [...e.attributes].filter(a => a.name.startsWith('on') ||
			    a.name === 'style').map(a => e.tagName + ' ' + a.name)),
			ids: [...document.querySelectorAll('[id]')].map(e => e.id)
			    .filter((id, i, all) => all.indexOf(id) !== i),
			dangling: [...document.querySelectorAll('[aria-describedby]')]
			    .flatMap(e => e.getAttribute('aria-describedby').split(' '))
			    .filter(id => document.getElementById(id) === null),
		}));

		check(found.title !== '' && found.lang !== '' && found.headings === 1 &&
		    found.scripts === 0 && found.handlers.length === 0 &&
		    found.ids.length === 0 && found.dangling.length === 0,
		    `${name}: ${JSON.stringify(found)}`);
	}

	async accessible(name) {
		const page = this.twin === null ? this.page : await this.mirrored();

		await page.evaluate(axe);
		const wrong = await page.evaluate(tags => axe.run(document, {
			runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
		}).then(r => r.violations.map(v => `${v.id}: ${v.help}\n` +
		    v.nodes.map(n => `   ${n.html}\n      ${n.failureSummary}`).join('\n'))), RULES);

		check(wrong.length === 0, `${name}: axe-core:\n${wrong.join('\n')}`);
	}

	// Where scripts are off axe-core cannot run either: it judges the same bytes
	// in a browser beside, which asks the server for nothing but the style.
	async mirrored() {
		const where = this.page.url().replace(/#.*/, '');
		const body = await this.page.content();

		await this.twin.unrouteAll();
		await this.twin.route(where, r => r.fulfill({ contentType: 'text/html', body }));
		await this.twin.goto(where);
		return this.twin;
	}

	async fits(name, size) {
		const width = await this.page.evaluate(() => document.documentElement.scrollWidth);

		check(width <= size.width, `${name}: ${width} pixels wide on ${size.width}`);
	}

	async photographed(name, size) {
		const at = String(this.walk.pages + 1).padStart(2, '0');

		await this.page.screenshot({ fullPage: true, animations: 'disabled',
			path: path.join(pictures, `${at}-${name}-${size.width}.png`) });
	}
}

class Walk {
	pages = 0;

	async open() {
		this.browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
			args: ['--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'], env: { ...process.env, HOME: folder },
			chromiumSandbox: process.getuid() !== 0 });
	}

	// somebody NAME: with an empty browser.  officer: and the certificate of that account.
	async somebody(name, { officer = null, script = true, keyboard = false, language = 'en' } = {}) {
		const file = end => path.join(folder, officer + end);
		const context = await this.browser.newContext({ viewport: DESK, locale: language,
			javaScriptEnabled: script, reducedMotion: 'reduce',
			clientCertificates: officer === null ? undefined :
			    [{ origin: U, certPath: file('.cert'), keyPath: file('.key') }] });

		context.setDefaultTimeout(PATIENCE);
		const person = new Person(this, name, context, await context.newPage(), keyboard);

		if (!script)
			person.twin = await (await this.browser.newContext({ viewport: DESK })).newPage();
		return person;
	}
}

// The mail number N that the server took, once it is there: subject and text.
async function mail(n) {
	const at = path.join(folder, 'mail', `${n}.eml`);

	for (let i = 0; i < PATIENCE / 100 && !fs.existsSync(at); i++)
		await new Promise(wake => setTimeout(wake, 100));
	const { out } = await run('/usr/bin/python3', ['-c', `
import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
print(json.dumps({'to': m['X-To'], 'tls': m['X-Tls'], 'subject': m['Subject'],
    'text': m.get_body(('plain',)).get_content(),
    'files': [p.get_filename() for p in m.iter_attachments()]}))`, at]);
	return JSON.parse(out);
}

// Who runs still when this program ends is ended with it.
const children = new Set();
process.once('exit', () => children.forEach(child => child.kill()));

// run PROGRAM ARGUMENTS: its output, once it has ended with that status.
function run(program, args, { status = 0, input = '', env = {}, timeout = 60000 } = {}) {
	return new Promise((done, failed) => {
		const child = execFile(program, args, { timeout, maxBuffer: 1 << 22,
		    env: { ...process.env, ...env } }, (error, out, said) => {
			const got = error === null ? 0 : error.code;
			children.delete(child);
			if (got === status)
				done({ out, said });
			else
				failed(new Error(`${program} ${args.join(' ')}: status ${got}, ` +
				    `not ${status}\n${out}${said}`));
		});

		children.add(child);
		child.stdin.on('error', () => {});
		child.stdin.end(input);
	});
}

const tamga = (args, more) => run(process.env.WALK_TAMGA, args, more);

// The command that a page shows, as the words that a shell makes of it.
async function command_of(person) {
	const words = tidy(await person.page.locator('pre.command').innerText()).split(' ');

	check(words.shift() === 'tamga', 'the page shows another program');
	return words;
}

async function walk(name, way) {
	const w = new Walk();
	let status = 0;
	const late = new Promise((_, failed) => setTimeout(failed, LONGEST,
	    new Error('this takes too long')).unref());

	try {
		await w.open();
		await Promise.race([way(w), late]);
		console.log(`${name}: all held on ${w.pages} pages; pictures in tests/pictures`);
	} catch (error) {
		console.log(`FAILED: ${error.stack}`);
		status = 1;
	} finally {
		await w.browser?.close();
	}
	process.exit(status);
}

module.exports = { check, command_of, folder, mail, run, tamga, tidy, walk, U };
