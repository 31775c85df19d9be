/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/command.h"

#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/profile/utf8.h"

#define HOME "~/"

bool
ra_folder_holds(const ra_casefile *file)
{
	return strncmp(ra_answers_get(&file->answers, "carrier"), "file:", 5) == 0;
}

/* ---- the folder ---- */

void
ra_folder_read(const ra_visit *v, ra_folder *folder)
{
	size_t count;

	folder->path = ra_posted_get(v->call->query, "folder");
	folder->wrong = strlen(folder->path) > RA_FOLDER_MAX ?
	    _("This is too long.") : ra_utf8_check(folder->path, &count) ?
	    _("There are characters in it that cannot be seen or typed.") : "";
	if (folder->wrong[0] != '\0')
		folder->path = "";
}

void
ra_folder_ask(ra_visit *v, const char *page, const char *label,
    const ra_folder *folder, const char *button)
{
	ra_put(&v->page, "<form method=\"get\" action=\"%s\">\n", page);
	ra_formview_line(v, &(ra_line){ "folder", label, "text", "off",
	    folder->path, folder->wrong, _("For example ~/keys") });
	ra_put(&v->page, "<button>%s</button></form>\n", button);
}

/* ---- the words of a shell ---- */

/* Within single quotes only a single quote means anything (POSIX XCU 2.2.2). */
void
ra_command_word(const char *prefix, const char *path, char word[RA_COMMAND_MAX])
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789/._-+@%:,";
	const bool home = strncmp(path, HOME, strlen(HOME)) == 0;
	const char *rest = home ? path + strlen(HOME) : path;
	const bool quote = rest[strspn(rest, plain)] != '\0';
	FILE *o = fmemopen(word, RA_COMMAND_MAX, "w");

	word[0] = '\0';
	if (o == NULL)
		return;
	fprintf(o, "%s%s%s", prefix, home ? "\"$HOME\"/" : "", quote ? "'" : "");
	for (; *rest != '\0'; rest++)
		if (*rest == '\'')
			fputs("'\\''", o);
		else
			fputc(*rest, o);
	fputs(quote ? "'" : "", o);
	fclose(o);
}

/* ---- the commands ---- */

void
ra_command_make_folder(ra_visit *v, const char *folder)
{
	char word[RA_COMMAND_MAX];

	ra_command_word("", folder, word);
	ra_put(&v->page, "<p>%s</p>\n<pre class=\"command\" id=\"make-folder\">mkdir -p -m 700 -- %s</pre>\n",
	    _("Make the folder, if it is not there; nobody else may read it:"), word);
}

void
ra_command_enroll(ra_visit *v, const ra_casefile *file, const char *folder,
    const char *more)
{
	char word[RA_COMMAND_MAX];

	ra_command_word(" --token file:", folder, word);
	ra_put(&v->page, "<pre class=\"command\" id=\"enroll\">tamga enroll --ca portal+https://%s"
	    " --application %s%s%s</pre>\n", v->call->host, file->app.id,
	    folder[0] != '\0' ? word : "", more);
}
