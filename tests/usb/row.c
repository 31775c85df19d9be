/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tokens, after the descriptors that users sent to the CCID project
 * (github.com/LudovicRousseau/CCID, readers/NAME.txt).  Tokens of one
 * descriptor but for the product id have one row.
 */
#include "tests/usb/row.h"

#include <stddef.h>
#include <string.h>

#define T0 1
#define T1 2
#define BOTH 3

const struct row rows[] = {
	/* name, maker, product, ids, firmware, CCID, before, endpoints,
	 * dwFeatures, protocols, voltage, message, IFSD, traits, bPINSupport, wLcdLayout */
	{ "yubikey", "Yubico", "YubiKey OTP+FIDO+CCID", 0x1050, 0x0407, 0x0543, 0x0100, 2, 3,
	    0x000400fe, T1, 7, 3072, 3062, 0, 0, 0 },
	{ "yubikey-ccid", "Yubico", "YubiKey CCID", 0x1050, 0x0404, 0x0437, 0x0100, 0, 3,
	    0x000400fe, T1, 7, 3072, 3062, 0, 0, 0 },
	{ "yubikey-neo", "Yubico", "Yubikey NEO OTP+U2F+CCID", 0x1050, 0x0116, 0x0349, 0x0100, 2, 3,
	    0x000400fe, T1, 7, 1400, 2038, 0, 0, 0 },
	{ "nitrokey-3", "Nitrokey", "Nitrokey 3", 0x20a0, 0x42b2, 0x0107, 0x0110, 0, 2,
	    0x00040840, T1, 1, 3072, 254, 0, 0, 0 },
	{ "nitrokey-passkey", "Nitrokey", "Nitrokey Passkey", 0x20a0, 0x42f3, 0x0100, 0x0110, 0, 2,
	    0x00040840, T1, 1, 3072, 254, 0, 0, 0 },
	{ "nitrokey-start", "Nitrokey", "Nitrokey Start", 0x20a0, 0x4211, 0x0200, 0x0110, 0, 2,
	    0x00020842, T1, 1, 271, 254, 0, 0, 0 },
	{ "gnuk", "Free Software Initiative of Japan", "Gnuk", 0x234b, 0x0000, 0x0200, 0x0110, 0, 2,
	    0x00040042, T1, 1, 64, 254, 0, 0, 0 },
	{ "nitrokey-pro", "Nitrokey", "Nitrokey Pro", 0x20a0, 0x4108, 0x0101, 0x0110, 0, 3,
	    0x000104ba, T1, 2, 271, 254, 0, 0, 0 },
	{ "nitrokey-storage", "Nitrokey", "Nitrokey Storage", 0x20a0, 0x4109, 0x0100, 0x0110, 0, 3,
	    0x000104ba, T1, 2, 271, 48, 0, 0, 0 },
	{ "nitrokey-hsm", "Nitrokey", "Nitrokey HSM", 0x20a0, 0x4230, 0x0100, 0x0110, 0, 3,
	    0x000104ba, T1, 2, 271, 254, 0, 0, 0 },
	{ "epass2003", "Feitian", "ePass2003", 0x096e, 0x0807, 0x0100, 0x0100, 0, 2,
	    0x00040840, T1, 1, 2100, 254, 0, 0, 0 },
	{ "epass2003-auto", "FT", "ePass2003Auto", 0x096e, 0x080a, 0x0100, 0x0100, 0, 3,
	    0x00040840, T1, 1, 2102, 254, 0, 0, 0 },
	{ "ejava", "Feitian", "eJAVA Token", 0x096e, 0x080f, 0x0100, 0x0110, 0, 2,
	    0x00010230, BOTH, 1, 271, 254, 0, 0, 0 },
	{ "etoken-72k", "Aladdin", "Token JC", 0x0529, 0x0620, 0x0100, 0x0110, 0, 3,
	    0x0001023c, BOTH, 7, 271, 49, 0, 0, 0 },
	{ "etoken-5100-old", "SafeNet", "eToken 5100", 0x0529, 0x0620, 0x0012, 0x0110, 0, 3,
	    0x0001023c, BOTH, 7, 271, 254, TRAIT_NO_IFSD, 0, 0 },
	{ "etoken-5110", "SafeNet", "eToken 5110", 0x0529, 0x0620, 0x0027, 0x0110, 0, 3,
	    0x0001023c, BOTH, 7, 271, 254, 0, 0, 0 },
	{ "etoken-5300", "SafeNet", "eToken 5300", 0x08e6, 0x34cc, 0x0012, 0x0110, 0, 3,
	    0x00010230, T1, 2, 271, 254, 0, 0, 0 },
	{ "etoken-5110-fips", "SafeNet", "eToken 5110+ FIPS", 0x08e6, 0x34cf, 0x0100, 0x0110, 0, 3,
	    0x00010230, T1, 2, 271, 254, 0, 0, 0 },
	{ "etoken-7300", "SafeNet", "eToken 7300", 0x0529, 0x0602, 0x0100, 0x0110, 0, 3,
	    0x000102fc, T1, 7, 271, 254, 0, 0, 0 },
	{ "etoken-fusion", "SafeNet", "eToken Fusion", 0x08e6, 0x34d2, 0x0100, 0x0110, 1, 3,
	    0x00040472, BOTH, 2, 275, 254, 0, 0, 0 },
	{ "rutoken-ecp", "Aktiv", "Rutoken ECP", 0x0a89, 0x0030, 0x0100, 0x0100, 0, 2,
	    0x00020840, T1, 1, 271, 254, 0, 0, 0 },
	{ "rutoken-lite", "Aktiv", "Rutoken lite", 0x0a89, 0x0025, 0x0100, 0x0100, 0, 2,
	    0x00020840, T1, 1, 271, 254, 0, 0, 0 },
	{ "rutoken-magistra", "Aktiv Co., ProgramPark", "Rutoken Magistra", 0x0a89, 0x0060,
	    0x0102, 0x0100, 0, 0, 0x00020840, T1, 1, 261, 254, 0, 0, 0 },
	{ "jacarta", "ARDS", "JaCarta", 0x24dc, 0x0101, 0x0100, 0x0110, 0, 2,
	    0x0001023c, BOTH, 7, 271, 252, 0, 0, 0 },
	{ "jacarta-lt", "Aladdin R.D.", "JaCarta LT", 0x24dc, 0x0102, 0x0100, 0x0110, 0, 2,
	    0x0001023c, BOTH, 7, 271, 252, 0, 0, 0 },
	{ "jacarta-2", "Aladdin R.D.", "JaCarta", 0x24dc, 0x0402, 0x0100, 0x0110, 0, 2,
	    0x00040042, T1, 1, 271, 254, 0, 0, 0 },
	{ "jacarta-webpass", "Aladdin R.D.", "JC-WebPass (JC600)", 0x24dc, 0x0401, 0x0100, 0x0110, 0, 3,
	    0x00040042, BOTH, 7, 271, 254, 0, 0, 0 },
	{ "jacarta-u2f", "Aladdin R.D.", "JaCarta U2F (JC602)", 0x24dc, 0x0501, 0x0100, 0x0110, 1, 3,
	    0x00040042, BOTH, 7, 271, 254, 0, 0, 0 },
	{ "jacarta-3", "Aladdin R.D.", "JaCarta3", 0x24dc, 0x0428, 0x0100, 0x0110, 0, 3,
	    0x00010038, BOTH, 7, 271, 254, 0, 0, 0 },
	{ "jacarta-flash", "Aladdin R.D.", "JaCarta Flash", 0x24dc, 0x100f, 0x0100, 0x0110, 0, 3,
	    0x00010330, BOTH, 2, 271, 254, 0, 0, 0 },
	{ "securetoken", "Avtor", "SecureToken", 0x15cf, 0x0019, 0x0400, 0x0110, 0, 3,
	    0x000204ba, BOTH, 7, 272, 254, 0, 0, 0 },
	{ "securetoken-20", "Avtor", "SecureToken", 0x15cf, 0x0020, 0x0400, 0x0110, 0, 3,
	    0x000207b2, T1, 2, 271, 254, 0, 0, 0 },
	{ "idtoken", "KOBIL Systems", "IDToken", 0x0d46, 0x301d, 0x0100, 0x0110, 0, 3,
	    0x0004047e, BOTH, 7, 273, 254, 0, 0, 0 },
	{ "jtoken", "jNet", "jToken s1", 0x0483, 0x2010, 0x0100, 0x0110, 0, 3,
	    0x00010840, T0, 1, 271, 254, 0, 0, 0 },
	{ "canokey", "Canokeys", "Canokey", 0x20a0, 0x42d4, 0x0100, 0x0110, 0, 2,
	    0x000400fe, T1, 7, 1352, 254, 0, 0, 0 },
	{ "solo-2", "SoloKeys", "Solo 2", 0x1209, 0xbeee, 0x0100, 0x0110, 0, 2,
	    0x00040840, T1, 1, 3072, 254, 0, 0, 0 },
	{ "token2", "Token2", "FIDO2 Security Key", 0x349e, 0x0026, 0x0100, 0x0110, 1, 3,
	    0x00040480, BOTH, 1, 2344, 254, 0, 0, 0 },
	/* Readers with a keypad, two of them with a screen. */
	{ "jcr-770", "Aladdin R.D.", "JCR-770", 0x24dc, 0x0201, 0x0160, 0x0110, 0, 3,
	    0x000404b2, BOTH, 3, 271, 254, 0, 3, 0x0511 },
	{ "xi-sign", "XIRING", "XI-SIGN USB V2", 0x0f14, 0x0011, 0x0000, 0x0110, 0, 3,
	    0x000204ba, BOTH, 7, 271, 254, 0, 3, 0x020c },
	{ "gempc-pinpad", "Gemplus", "USB GemPCPinpad SmartCard Reader", 0x08e6, 0x3478, 0x0100, 0x0100, 0, 3,
	    0x00010230, BOTH, 7, 271, 254, TRAIT_ESCAPES, 3, 0 },
	/* In nobody's list: a token is known by its class alone. */
	{ "unlisted", "Nobody", "Unlisted token", 0x1209, 0x7e55, 0x0100, 0x0110, 0, 3,
	    0x000400fe, T1, 7, 3072, 3062, 0, 0, 0 },
	{ "unlisted-tpdu", "Nobody", "Unlisted TPDU token", 0x1209, 0x7e56, 0x0100, 0x0110, 0, 3,
	    0x00010000, BOTH, 7, 271, 254, 0, 0, 0 },
};

const unsigned row_count = sizeof(rows) / sizeof(rows[0]);

const struct row *
row_find(const char *name)
{
	for (unsigned i = 0; i < row_count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}
