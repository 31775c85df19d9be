/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "tamga/version.h"
#include "tools/vcard/chip.h"
#include "tools/vcard/piv.h"

#define TRIES_DEFAULT 3

static const char usage[] =
"usage: tamga-vcard [OPTIONS] --listen PATH | --vpcd HOST:PORT\n"
"       tamga-vcard ctl SOCKET insert|remove|reset|fault N:WHAT|fault none|\n"
"                              mark|count|log|type KEYS...|status\n"
"\n"
"A virtual smart card, for tests.\n"
"\n"
"where it is\n"
"  --listen PATH          a Unix socket for tamga's reader \"vcard\"\n"
"  --vpcd HOST:PORT       joins vpcd, the virtual reader of pcscd\n"
"  --control PATH         a Unix socket for \"tamga-vcard ctl\"\n"
"  --state FILE           keeps everything in FILE; without it nothing is kept\n"
"  --ready-fd N           writes \"ready\" to descriptor N when it can be used\n"
"  --exit-with-parent     ends when the process that started it ends\n"
"  --absent               starts with the card not inserted\n"
"  --keypad               the reader \"vcard\" has one; ctl types on it\n"
"\n"
"what it is\n"
"  --app NAME[,NAME...]   the applications on it: piv, openpgp, pkcs15,\n"
"                         isoapplet, myeid, gids, multiapp, cosmo (piv)\n"
"  --first NAME           the one that is selected from power-up on; else none,\n"
"                         but pkcs15, myeid or multiapp where it is alone\n"
"  --yubikey[=VERSION]    with Yubico's extensions, firmware VERSION (5.4.3)\n"
"  --serial N             serial number\n"
"  --short                no extended length\n"
"  --t0                   speaks T=0; no extended length\n"
"  --no-kdf               OpenPGP: does not know hashed PINs (data object F9)\n"
"  --atr HEX              another ATR\n"
"  --pin-tries N          tries of the PIN (3)\n"
"  --puk-tries N          tries of the PUK (3)\n"
"  --pin-policy WHEN      of new keys but 9C and 9E: never, once, always (once);\n"
"                         of OpenPGP SIG once, or else always\n"
"  --touch auto|never     whether somebody touches it when it asks (auto)\n"
"  --touch-time MS        how long that takes\n"
"  --keygen-time MS       how long making a key seems to take\n"
"  --provision[=ALGS]     keys and certificates from the start, for PIV in 9A, 9C,\n"
"                         9D and 9E, for OpenPGP SIG, DEC and AUT, two for GIDS\n"
"                         and cards with files: one algorithm, or more with / between (ec:p256)\n"
"\n"
"what goes wrong\n"
"  --fault N:WHAT         at the Nth APDU: remove, reset, remove-after,\n"
"                         reset-after, sw=XXXX, garbage, truncated, slow=MS, mute\n"
"  --insecure-seed TEXT   makes \"random\" numbers from TEXT, the same every time\n";

enum {
	OPT_LISTEN = 0x100, OPT_VPCD, OPT_CONTROL, OPT_STATE, OPT_READY, OPT_PARENT,
	OPT_ABSENT, OPT_KEYPAD, OPT_YUBIKEY, OPT_APP, OPT_FIRST, OPT_SERIAL, OPT_SHORT, OPT_T0,
	OPT_NO_KDF, OPT_ATR, OPT_PIN_TRIES,
	OPT_PUK_TRIES, OPT_PIN_POLICY, OPT_TOUCH, OPT_TOUCH_TIME, OPT_KEYGEN_TIME,
	OPT_PROVISION, OPT_FAULT, OPT_SEED, OPT_HELP, OPT_VERSION,
};

static const struct option longs[] = {
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "vpcd", required_argument, NULL, OPT_VPCD },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "ready-fd", required_argument, NULL, OPT_READY },
	{ "exit-with-parent", no_argument, NULL, OPT_PARENT },
	{ "absent", no_argument, NULL, OPT_ABSENT },
	{ "keypad", no_argument, NULL, OPT_KEYPAD },
	{ "yubikey", optional_argument, NULL, OPT_YUBIKEY },
	{ "app", required_argument, NULL, OPT_APP },
	{ "first", required_argument, NULL, OPT_FIRST },
	{ "serial", required_argument, NULL, OPT_SERIAL },
	{ "short", no_argument, NULL, OPT_SHORT },
	{ "t0", no_argument, NULL, OPT_T0 },
	{ "no-kdf", no_argument, NULL, OPT_NO_KDF },
	{ "atr", required_argument, NULL, OPT_ATR },
	{ "pin-tries", required_argument, NULL, OPT_PIN_TRIES },
	{ "puk-tries", required_argument, NULL, OPT_PUK_TRIES },
	{ "pin-policy", required_argument, NULL, OPT_PIN_POLICY },
	{ "touch", required_argument, NULL, OPT_TOUCH },
	{ "touch-time", required_argument, NULL, OPT_TOUCH_TIME },
	{ "keygen-time", required_argument, NULL, OPT_KEYGEN_TIME },
	{ "provision", optional_argument, NULL, OPT_PROVISION },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "insecure-seed", required_argument, NULL, OPT_SEED },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* ---- values: each says whether the text was one ---------------------------------- */
static bool
number(const char *text, unsigned long least, unsigned long most, unsigned long *n)
{
	char *end;

	errno = 0;
	*n = strtoul(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *text >= '0' && *text <= '9' &&
	    *n >= least && *n <= most;
}

static bool
small(const char *text, unsigned long least, unsigned long most, unsigned *to)
{
	unsigned long n;

	if (!number(text, least, most, &n))
		return false;
	*to = (unsigned)n;
	return true;
}

static bool
version(vc_profile *p, const char *text)
{
	unsigned part[3];
	int end = 0;

	if (text == NULL)
		return true;
	if (sscanf(text, "%3u.%3u.%3u%n", &part[0], &part[1], &part[2], &end) != 3 ||
	    text[end] != '\0')
		return false;
	for (int i = 0; i < 3; i++) {
		if (part[i] > 0xff)
			return false;
		p->version[i] = (uint8_t)part[i];
	}
	return p->version[0] >= 4;
}

static bool
pin_policy(vc_profile *p, const char *text)
{
	static const char *const words[] = { "", "never", "once", "always" };

	for (uint8_t i = PIN_NEVER; i <= PIN_ALWAYS; i++)
		if (strcmp(text, words[i]) == 0)
			return (p->pin_policy = i) != 0;
	return false;
}

static bool
touch(vc_profile *p, const char *text)
{
	p->touch = strcmp(text, "never") == 0 ? VC_TOUCH_NONE : VC_TOUCH_AUTO;
	return p->touch == VC_TOUCH_NONE || strcmp(text, "auto") == 0;
}

static bool
atr(vc_profile *p, const char *text)
{
	tmg_out out = TMG_OUT(p->atr);

	if (tmg_hex_parse(tmg_view_str(text), &out) || out.len < 2)
		return false;
	p->atr_len = out.len;
	if (!vc_atr_sound(tmg_out_view(&out)))
		fprintf(stderr, _("tamga-vcard: warning: %s is not a sound ATR\n"), text);
	return true;
}

static bool
vpcd(vc_options *o, const char *text)
{
	const char *colon = strrchr(text, ':');
	const size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	unsigned long port;

	if (len == 0 || len >= sizeof(o->vpcd_host) || !number(colon + 1, 1, 65535, &port))
		return false;
	memcpy(o->vpcd_host, text, len);
	o->vpcd_host[len] = '\0';
	o->vpcd_port = colon + 1;
	return true;
}

static bool
serial(vc_profile *p, const char *text)
{
	unsigned long n;

	if (!number(text, 1, 0xffffffff, &n))
		return false;
	p->serial = (uint32_t)n;
	return true;
}

/* ---- one option ---------------------------------------------------------------------- */
static bool
take_place(vc_options *o, int opt, const char *arg)
{
	unsigned fd;

	switch (opt) {
	case OPT_LISTEN:
		o->listen_path = arg;
		return true;
	case OPT_VPCD:
		return vpcd(o, arg);
	case OPT_CONTROL:
		o->ctl_path = arg;
		return true;
	case OPT_STATE:
		o->state_path = arg;
		return true;
	case OPT_READY:
		if (!small(arg, 1, 65535, &fd))
			return false;
		o->ready_fd = (int)fd;
		return true;
	case OPT_PARENT:
		return o->with_parent = true;
	case OPT_ABSENT:
		return o->absent = true;
	case OPT_KEYPAD:
		return o->keypad = true;
	case OPT_PROVISION:
		o->provision = arg != NULL ? arg : "ec:p256";
		return true;
	case OPT_FAULT:
		return vc_fault_add(&o->faults, arg, 0) == TMG_OK;
	default:
		o->seed = arg;
		return true;
	}
}

static bool
take_kind(vc_profile *p, int opt, const char *arg)
{
	switch (opt) {
	case OPT_YUBIKEY:
		return (p->yubikey = true) && version(p, arg);
	case OPT_APP:
		return vc_apps_parse(arg, &p->apps) == TMG_OK;
	case OPT_FIRST:
		return vc_apps_parse(arg, &p->first) == TMG_OK && strchr(arg, ',') == NULL;
	case OPT_SERIAL:
		return serial(p, arg);
	case OPT_T0:
		p->t0 = true;
		/* fall through */
	case OPT_SHORT:
		p->extended = false;
		return true;
	case OPT_NO_KDF:
		return p->no_kdf = true;
	case OPT_ATR:
		return atr(p, arg);
	case OPT_PIN_TRIES:
		return small(arg, 1, 255, &p->pin_tries);
	case OPT_PUK_TRIES:
		return small(arg, 1, 255, &p->puk_tries);
	case OPT_PIN_POLICY:
		return pin_policy(p, arg);
	case OPT_TOUCH:
		return touch(p, arg);
	case OPT_TOUCH_TIME:
		return small(arg, 0, 600000, &p->touch_ms);
	default:
		return small(arg, 0, 600000, &p->keygen_ms);
	}
}

static bool
take(vc_options *o, int opt, const char *arg)
{
	return opt >= OPT_YUBIKEY && opt <= OPT_KEYGEN_TIME ?
	    take_kind(&o->profile, opt, arg) : take_place(o, opt, arg);
}

static int
stop(int *status, int with)
{
	*status = with;
	return -1;
}

static int
finish(vc_options *o, int argc, int *status)
{
	if (optind != argc || (o->listen_path == NULL && o->vpcd_port == NULL)) {
		fputs(usage, stderr);
		return stop(status, 2);
	}
	if ((o->profile.first & ~o->profile.apps) != 0) {
		fputs(_("tamga-vcard: --first names an application that --app does not\n"), stderr);
		return stop(status, 2);
	}
	if (o->profile.atr_len == 0) {
		tmg_out out = TMG_OUT(o->profile.atr);

		vc_atr_make(&o->profile, &out);
		o->profile.atr_len = out.len;
	}
	return 0;
}

int
vc_options_parse(int argc, char **argv, vc_options *o, int *status)
{
	int opt, at = 0;

	*o = (vc_options){
		.profile = {
			.apps = VC_APP_BIT(VC_APP_PIV),
			.version = { 5, 4, 3 }, .extended = true,
			.pin_tries = TRIES_DEFAULT, .puk_tries = TRIES_DEFAULT,
		},
		.ready_fd = -1,
	};
	while ((opt = getopt_long(argc, argv, "", longs, &at)) != -1) {
		switch (opt) {
		case OPT_HELP:
			fputs(usage, stdout);
			return stop(status, 0);
		case OPT_VERSION:
			printf("tamga-vcard %s\n", tmg_version());
			return stop(status, 0);
		case '?':
			return stop(status, 2);
		}
		if (!take(o, opt, optarg)) {
			fprintf(stderr, _("tamga-vcard: --%s cannot be \"%s\"; see --help\n"),
			    longs[at].name, optarg);
			return stop(status, 2);
		}
	}
	return finish(o, argc, status);
}
