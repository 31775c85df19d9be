/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/style.h"

#include <stdio.h>

#include "src/base/scope.h"
#include "tools/ra/store/digest.h"

/* Contrast of text 7:1 and more, of borders and focus 3:1 and more (WCAG 2.2,
 * 1.4.3, 1.4.11); targets are 44 pixels high (2.5.8 asks for 24); nothing is
 * told by colour alone (1.4.1). */
static const char *const parts[] = {
":root{color-scheme:light;--ink:#14202b;--soft:#41505f;--line:#6b7a89;"
"--thin:#c3ccd4;--paper:#fff;--wash:#f1f4f7;--deep:#0b3d66;"
"--done:#1c5e35;--warm:#b35900;--bad:#8f1414}\n",
"*{box-sizing:border-box}\n",
"html{font:100%/1.55 system-ui,'Segoe UI',Roboto,'DejaVu Sans',"
"sans-serif;color:var(--ink);background:var(--paper);"
"scroll-padding-top:1rem}\n",
"body{margin:0;display:flex;flex-direction:column;min-height:100vh}\n",
".in,main{width:100%;max-width:62rem;margin:0 auto;padding:0 1rem}\n",
"a{color:var(--deep);text-underline-offset:.15em}\n",
"a:hover{text-decoration-thickness:.15em}\n",
":focus-visible{outline:3px solid var(--warm);outline-offset:2px}\n",
"header :focus-visible{outline-color:#ffb454}\n",
"main:focus{outline:none}\n",
".skip{position:absolute;left:-99em;background:var(--paper);"
"padding:.75rem 1rem}\n",
".skip:focus{left:.5rem;top:.5rem;z-index:1}\n",
"header{background:var(--deep);color:#fff;padding:.5rem 0 .25rem}\n",
"header a,button.link{color:#fff}\n",
".brand{font-weight:700;font-size:1.15rem;margin:.25rem 0 0}\n",
"nav ul,footer ul{list-style:none;margin:0;padding:0;display:flex;"
"flex-wrap:wrap;column-gap:1.5rem}\n",
"nav a,footer a,button.link{display:inline-block;padding:.6rem 0;"
"min-height:2.75rem}\n",
"nav a[aria-current]{font-weight:700;text-decoration:none}\n",
"header a[aria-current]{border-bottom:4px solid #fff;"
"padding-bottom:.35rem}\n",
"nav .end{margin-left:auto}\n",
"nav form{margin:0}\n",
"button.link{background:none;border:0;font-weight:400;"
"text-decoration:underline;text-underline-offset:.15em}\n",
"main{flex:1;padding-top:1rem;padding-bottom:3rem;overflow-wrap:anywhere}\n",
"footer{background:var(--wash);border-top:1px solid var(--thin);"
"padding:.75rem 0}\n",
".caption{color:var(--soft);font-size:1.1rem;margin:.75rem 0 0}\n",
"h1{font-size:2rem;line-height:1.2;margin:.75rem 0 1.5rem}\n",
".caption+h1{margin-top:.1rem}\n",
"h2{font-size:1.35rem;line-height:1.3;margin:2.25rem 0 .75rem}\n",
"p,li,dd,dt,label,legend{max-width:42rem}\n",
".lead{font-size:1.15rem}\n",
"ul.cards{list-style:none;padding:0;margin:0;display:grid;gap:1rem;"
"grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}\n",
"ul.cards li{border:1px solid var(--thin);border-top:4px solid "
"var(--deep);padding:.9rem 1rem;max-width:none}\n",
"ul.cards a{font-size:1.1rem;font-weight:600}\n",
"ul.cards p{margin:.35rem 0 0}\n",
".panel{background:var(--wash);border-left:.4rem solid var(--deep);"
"padding:.75rem 1rem;margin:1rem 0;max-width:44rem}\n",
".panel p{margin:0}\n",
".number{font:700 1.6rem/1.4 ui-monospace,'DejaVu Sans Mono',monospace;"
"letter-spacing:.04em}\n",
".status{font-size:1.15rem;font-weight:700}\n",
".status::first-letter{text-transform:uppercase}\n",
"form{margin:1rem 0}\n",
".field{margin:0 0 1.6rem}\n",
".bad{border-left:.35rem solid var(--bad);padding-left:1rem}\n",
"label,legend,.label{display:block;font-weight:600;padding:0;margin:0 0 .3rem}\n",
"legend{font-size:1.15rem;margin-bottom:.35rem}\n",
".choice{display:flex;gap:.75rem;align-items:center;padding:.5rem 0}\n",
".choice input{width:1.6rem;height:1.6rem;flex:none;margin:0;"
"accent-color:var(--deep)}\n",
".choice label{font-weight:400;padding:.35rem 0;margin:0}\n",
".under{padding-left:2.35rem}\n",
".under>:first-child{margin-top:0}\n",
"fieldset{border:0;margin:0 0 1.6rem;padding:0;min-width:0}\n",
"fieldset.bad{border-left:.35rem solid var(--bad);padding-left:1rem}\n",
"input[type=text],input[type=email],input[type=password],input[type=tel],"
"select,textarea{display:block;width:100%;max-width:32rem;"
"min-height:2.75rem;font:inherit;color:inherit;background:#fff;"
"border:2px solid var(--line);border-radius:.2rem;padding:.35rem .6rem}\n",
"input.short{max-width:6rem}\n",
"input.middle{max-width:18rem}\n",
"input[type=file]{font:inherit;max-width:100%;padding:.5rem 0}\n",
"textarea{min-height:8rem;max-width:42rem;font-family:ui-monospace,"
"'DejaVu Sans Mono',monospace;font-size:.85rem}\n",
"input[readonly]{background:var(--wash);border-color:var(--thin)}\n",
"input[aria-invalid=true],select[aria-invalid=true]{"
"border-color:var(--bad)}\n",
".hint{color:var(--soft);margin:.1rem 0 .4rem}\n",
".wrong{color:var(--bad);font-weight:600;margin:.1rem 0 .4rem}\n",
".note,.summary{border-left:.4rem solid var(--warm);background:#fff6ea;"
"padding:.6rem 1rem;margin:.75rem 0;max-width:44rem}\n",
".summary{border:.25rem solid var(--bad);background:#fff;margin:0 0 "
"1.75rem;padding:1rem}\n",
".summary h2{margin:0 0 .5rem}\n",
".summary ul{margin:0;padding:0;list-style:none}\n",
".summary a{color:var(--bad);font-weight:600}\n",
"button,.button{display:inline-block;min-height:2.75rem;font:inherit;"
"font-weight:600;line-height:1.4;background:var(--deep);color:#fff;"
"border:2px solid var(--deep);border-radius:.2rem;padding:.5rem 1.2rem;"
"text-decoration:none;cursor:pointer}\n",
"button:hover,.button:hover{background:#072a47}\n",
"button.plain,.button.plain{background:#fff;color:var(--deep)}\n",
"button.plain:hover,.button.plain:hover{background:var(--wash)}\n",
"button.small{margin-top:.5rem;padding:.35rem .9rem}\n",
"button.risk{background:var(--bad);border-color:var(--bad)}\n",
".button.risk{background:#fff;color:var(--bad);border-color:var(--bad)}\n",
"button.link:hover{background:none;text-decoration-thickness:.15em}\n",
"ol.way{list-style:none;padding:0;margin:1rem 0}\n",
"ol.way li{position:relative;padding:.15rem 0 .85rem 2.75rem}\n",
"ol.way li+li::before{content:'';position:absolute;left:.75rem;"
"top:-.85rem;height:1.1rem;border-left:2px solid var(--line)}\n",
"ol.way .mark{position:absolute;left:0;top:.15rem;width:1.6rem;"
"height:1.6rem;border-radius:50%;border:2px solid var(--line);"
"background:#fff;text-align:center;line-height:1.35rem;font-weight:700}\n",
"ol.way .done .mark{background:var(--done);border-color:var(--done);"
"color:#fff}\n",
"ol.way .now .mark{border-color:var(--warm);border-width:5px}\n",
"ol.way .now{font-weight:700}\n",
"ol.way .how{color:var(--soft);font-weight:400}\n",
"pre{background:var(--wash);border:1px solid var(--thin);padding:.75rem "
"1rem;white-space:pre-wrap;max-width:44rem;margin:.75rem 0;"
"font:.95rem/1.5 ui-monospace,'DejaVu Sans Mono',monospace}\n",
"pre.command{background:var(--ink);color:#fff;border:0}\n",
".terms{max-height:26rem;overflow:auto;font:inherit;max-width:46rem}\n",
".paper{border-top:1px solid var(--thin);padding:.25rem 0 .5rem;max-width:52rem}\n",
".paper h3,.paper h2{font-size:1.1rem;margin:.75rem 0 .25rem}.paper p{margin:.25rem 0}\n",
"table{border-collapse:collapse;width:100%}\n",
"th,td{text-align:left;padding:.5rem 1rem .5rem 0;border-bottom:1px "
"solid var(--thin);vertical-align:top;overflow-wrap:normal}\n",
"td:first-child{white-space:nowrap}td:last-child{overflow-wrap:anywhere;min-width:12rem}\n",
".wide{overflow-x:auto}\n",
".wide table{min-width:44rem}\n",
"dl{display:grid;grid-template-columns:minmax(9rem,16rem) 1fr;"
"margin:.5rem 0;max-width:52rem}\n",
"dt,dd{border-bottom:1px solid var(--thin);padding:.5rem 1rem .5rem 0;"
"margin:0;max-width:none}\n",
"dt{font-weight:600}\n",
".filter{display:flex;flex-wrap:wrap;gap:1rem;align-items:end}\n",
".filter .field{margin:0}\n",
"details{margin:.75rem 0;max-width:44rem}\n",
"summary{cursor:pointer;padding:.6rem 0;min-height:2.75rem;"
"color:var(--deep);text-decoration:underline;text-underline-offset:.15em}\n",
"details[open]{border-left:.35rem solid var(--thin);padding-left:1rem}\n",
"@media(max-width:40rem){dl{grid-template-columns:1fr}dt{border:0;"
"padding-bottom:0}dd{padding-top:0}h1{font-size:1.6rem}.number{"
"font-size:1.15rem}nav .end{margin-left:0}}\n",
"@media print{header,footer,form,details,.skip{display:none}}\n",
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
