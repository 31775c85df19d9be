/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/style.h"

#include <stdio.h>

#include "src/base/scope.h"
#include "tools/ra/store/digest.h"

/* Contrast of text 7:1 and more, of borders and focus 3:1 and more (WCAG 2.2,
 * 1.4.3, 1.4.11); targets are 44 pixels high (2.5.8 asks for 24); nothing is
 * told by colour alone (1.4.1). */
static const char *const parts[] = {
":root{color-scheme:light;--ink:#1a2430;--soft:#41505f;--line:#6b7a89;"
"--paper:#fff;--wash:#f1f4f7;--deep:#0b3d66;--done:#1c5e35;--bad:#8f1414}\n",
"*{box-sizing:border-box}\n",
"html{font:100%/1.55 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;"
"color:var(--ink);background:var(--wash)}\n",
"body{margin:0}\n",
"a{color:var(--deep)}\n",
"a:focus,button:focus,input:focus,select:focus,textarea:focus,"
"summary:focus,main:focus-visible{outline:3px solid #b35900;outline-offset:2px}\n",
"main:focus{outline:none}\n",
".skip{position:absolute;left:-99em;background:var(--paper);padding:.75rem 1rem}\n",
".skip:focus{left:.5rem;top:.5rem;z-index:1}\n",
"header{background:var(--deep);color:#fff;padding:.25rem 1rem}\n",
"header a{color:#fff}\n",
".brand{font-weight:700;margin:.6rem 0 0;max-width:60rem;margin-inline:auto}\n",
"nav ul{list-style:none;margin:0 auto;padding:0;display:flex;flex-wrap:wrap;"
"column-gap:1.25rem;max-width:60rem}\n",
"nav a{display:inline-block;padding:.6rem 0;min-height:2.75rem}\n",
"nav a[aria-current]{font-weight:700;text-decoration:none}\n",
"main{display:block;max-width:60rem;margin:0 auto;padding:1rem 1rem 3rem;"
"background:var(--paper);overflow-wrap:anywhere}\n",
"footer{max-width:60rem;margin:0 auto;padding:0 1rem 1rem;color:var(--soft)}\n",
"h1{font-size:1.7rem;line-height:1.25;margin:.75rem 0 1rem}\n",
"h2{font-size:1.25rem;margin:2rem 0 .5rem}\n",
"p,li,dd,dt,label,legend{max-width:42rem}\n",
"ul.cards{list-style:none;padding:0;display:grid;gap:.75rem}\n",
"ul.cards li{border:1px solid var(--line);border-radius:.4rem;padding:.75rem 1rem;"
"max-width:none}\n",
"ul.cards p{margin:.25rem 0}\n",
".number{font:700 1.5rem/1.4 ui-monospace,'DejaVu Sans Mono',monospace;"
"letter-spacing:.04em}\n",
"form{margin:1rem 0}\n",
".field{margin:0 0 1.25rem}\n",
"label,legend{display:block;font-weight:600;padding:0}\n",
".choice{display:flex;gap:.6rem;align-items:flex-start;padding:.5rem 0}\n",
".choice input{width:1.5rem;height:1.5rem;flex:none;margin:0}\n",
".choice label{font-weight:400}\n",
"fieldset{border:0;margin:0 0 1.25rem;padding:0}\n",
"input[type=text],input[type=email],input[type=password],input[type=tel],"
"select,textarea{display:block;width:100%;max-width:32rem;min-height:2.75rem;"
"font:inherit;color:inherit;background:#fff;border:1px solid var(--line);"
"border-radius:.3rem;padding:.4rem .6rem}\n",
"textarea{min-height:8rem;max-width:42rem;font-family:ui-monospace,"
"'DejaVu Sans Mono',monospace;font-size:.85rem}\n",
"input[readonly]{background:var(--wash)}\n",
"input[aria-invalid=true],select[aria-invalid=true]{border:2px solid "
"var(--bad)}\n",
".hint{color:var(--soft);margin:.15rem 0 .35rem}\n",
".wrong{color:var(--bad);font-weight:600;margin:.15rem 0 .35rem}\n",
".note,.summary{border-left:.35rem solid #b35900;background:#fff6ea;"
"padding:.6rem 1rem;margin:.75rem 0;max-width:44rem}\n",
".summary{border:2px solid var(--bad);background:#fff}\n",
".summary h2{margin:.25rem 0}\n",
"button,.button{display:inline-block;min-height:2.75rem;font:inherit;"
"font-weight:600;background:var(--deep);color:#fff;border:1px solid var(--deep);"
"border-radius:.3rem;padding:.5rem 1.2rem;text-decoration:none;cursor:pointer}\n",
"button.plain{background:#fff;color:var(--deep)}\n",
"button.risk{background:#fff;color:var(--bad);border-color:var(--bad)}\n",
"ol.way{list-style:none;padding:0;margin:1rem 0}\n",
"ol.way li{position:relative;padding:.3rem 0 .8rem 2.6rem;"
"border-left:2px solid var(--line);margin-left:.8rem}\n",
"ol.way li:last-child{border-color:transparent}\n",
"ol.way .mark{position:absolute;left:-.85rem;top:.2rem;width:1.6rem;"
"height:1.6rem;border-radius:50%;border:2px solid var(--line);background:#fff;"
"text-align:center;line-height:1.35rem;font-weight:700}\n",
"ol.way .done .mark{background:var(--done);border-color:var(--done);color:#fff}\n",
"ol.way .now .mark{border-color:#b35900;border-width:4px;line-height:1.1rem}\n",
"ol.way .now{font-weight:700}\n",
"ol.way .how{color:var(--soft);font-weight:400}\n",
"pre{background:var(--wash);border:1px solid var(--line);border-radius:.3rem;"
"padding:.75rem;white-space:pre-wrap;max-width:44rem}\n",
".terms{max-height:26rem;overflow:auto;font:inherit}\n",
"table{border-collapse:collapse;width:100%}\n",
"th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid #b9c3cc;"
"vertical-align:top;overflow-wrap:normal}\n",
"td:last-child{overflow-wrap:anywhere}\n",
".wide{overflow-x:auto}\n",
"dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem}\n",
"dt{color:var(--soft)}dd{margin:0}\n",
".filter{display:flex;flex-wrap:wrap;gap:1rem;align-items:end}\n",
".filter .field{margin:0}\n",
"details{margin:.75rem 0}summary{cursor:pointer;padding:.6rem 0;font-weight:600}\n",
"@media(max-width:34rem){dl{grid-template-columns:1fr}dt{margin-top:.5rem}"
"h1{font-size:1.4rem}.number{font-size:1.2rem}}\n",
"@media print{header,footer,form,.skip{display:none}}\n",
};

void
ra_style_write(tmg_out *out)
{
	for (size_t i = 0; i < TMG_COUNT(parts); i++)
		tmg_put_str(out, parts[i]);
}

void
ra_style_name(char name[RA_STYLE_NAME])
{
	uint8_t text[RA_STYLE_MAX];
	tmg_out o = TMG_OUT(text);
	char hash[RA_HASH_TEXT] = "0000000000000000";

	ra_style_write(&o);
	(void)!ra_sha256_text(tmg_out_view(&o), hash);
	snprintf(name, RA_STYLE_NAME, "%.16s.css", hash);
}
