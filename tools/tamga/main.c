/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/core.h"
#include "src/base/fail.h"
#include "src/base/std.h"
#include "tools/tamga/cli.h"

static const struct opt program_options[] = {
	{ "version", 'V', OPT_FLAG, NULL, NULL },
	OPT_END
};

static void
log_line(void *arg, tmg_log_level level, const char *line)
{
	static const char letters[] = "EWIDT";

	fprintf(arg, "%c %s\n", letters[level], line);
}

static tmg_rc
open_trace(struct cli *cli)
{
	const char *path = cli_text(cli, "trace");
	int fd;

	if (path == NULL)
		return TMG_OK;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	cli->trace = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (cli->trace == NULL)
		return cli_raise(cli, TMG_E_IO, _("%s cannot be written: %s"),
		    path, strerror(errno));
	setvbuf(cli->trace, NULL, _IOLBF, 0);
	tmg_ctx_set_log(cli->ctx, TMG_LOG_TRACE, log_line, cli->trace);
	return TMG_OK;
}

static tmg_rc
read_conf(struct cli *cli)
{
	const char *named = cli_text(cli, "config");
	char path[4096];
	tmg_rc rc;

	conf_begin(&cli->conf);
	rc = conf_read(&cli->conf, TMG_SYSCONFDIR "/tamga/tamga.conf", &cli->fault);
	if (rc != TMG_OK)
		return rc;
	tmg_settings_user_path(path, sizeof(path));
	return conf_read(&cli->conf, named != NULL ? named : path, &cli->fault);
}

/* Options of PINs, by kind; a command that has none of the new ones knows
 * them not. */
static const struct {
	const char *file, *fd, *new_file, *new_fd;
} pin_options[PIN_KINDS] = {
	[TMG_PIN_USER] = { "pin-file", "pin-fd", "new-pin-file", "new-pin-fd" },
	[TMG_PIN_PUK] = { "puk-file", "puk-fd", "new-puk-file", "new-puk-fd" },
	[TMG_PIN_ADMIN] = { "admin-key-file", "admin-key-fd",
	    "new-admin-key-file", "new-admin-key-fd" },
};

static const char *
text_if_known(const struct cli *cli, const char *option)
{
	return args_knows(&cli->args, option) ? cli_text(cli, option) : NULL;
}

static tmg_rc
take_fd(struct cli *cli, const char *option, int *fd)
{
	const char *text = text_if_known(cli, option);
	char *end;
	long n;

	if (text == NULL)
		return TMG_OK;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || n < 0 || n > 65535 ||
	    fcntl((int)n, F_GETFD) < 0)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--%s %s: no open descriptor has that number"), option, text);
	*fd = (int)n;
	return TMG_OK;
}

static tmg_rc
choose_sources(struct cli *cli, struct pins *pins)
{
	tmg_rc rc;

	for (size_t kind = 0; kind < PIN_KINDS; kind++) {
		pins->file[kind] = text_if_known(cli, pin_options[kind].file);
		pins->new_file[kind] = text_if_known(cli,
		    pin_options[kind].new_file);
		if ((rc = take_fd(cli, pin_options[kind].fd, &pins->fd[kind])) ||
		    (rc = take_fd(cli, pin_options[kind].new_fd,
		    &pins->new_fd[kind])))
			return rc;
	}
	return TMG_OK;
}

/* readers.keypads in tamga.conf(5). */
static bool
trusts_keypad(void *arg, const char *reader)
{
	const struct cli *cli = arg;

	return tmg_texts_match(&cli->conf.module.keypads, reader);
}

/* modules.apart in tamga.conf(5). */
static bool
keeps_apart(void *arg, const char *library, tmg_apart *how)
{
	const struct conf *conf = arg;

	if (conf->apart_seconds > 0)
		how->seconds = (unsigned)conf->apart_seconds;
	if (conf->apart_host[0] != '\0')
		how->host = conf->apart_host;
	return tmg_texts_match(&conf->apart, library);
}

static tmg_rc
choose_pins(struct cli *cli)
{
	const struct conf *conf = &cli->conf;
	struct pins *pins = &cli->pins;
	tmg_rc rc;

	if ((rc = choose_sources(cli, pins)))
		return rc;
	pins->last_try = cli_flag(cli, "last-try");
	pins->nobody = strcmp(conf->pin_source, "none") == 0;
	pins->use_pinentry = cli_flag(cli, "pinentry") ||
	    strcmp(conf->pin_source, "pinentry") == 0;
	pins->pinentry = cli_text(cli, "pinentry");
	if (pins->pinentry == NULL)
		pins->pinentry = conf->pinentry[0] != '\0' ? conf->pinentry
		    : "pinentry";
	tmg_ctx_set_pin(cli->ctx, pins_ask, pins);
	tmg_ctx_set_keypad(cli->ctx, trusts_keypad, cli);
	return TMG_OK;
}

static tmg_rc
check_operands(struct cli *cli)
{
	const struct command *c = cli->command;
	const size_t n = cli->args.operand_count;

	if (n >= c->least && n <= c->most)
		return TMG_OK;
	return cli_raise(cli, TMG_E_USAGE,
	    _("usage: tamga %s [OPTION]...%s%s; tamga %s --help tells more"),
	    c->name, c->operands[0] != '\0' ? " " : "", c->operands, c->name);
}

static tmg_rc
run(struct cli *cli)
{
	tmg_rc rc;

	cli->quiet = cli_flag(cli, "quiet");
	cli->colour = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
	if ((rc = check_operands(cli)))
		return rc;
	if ((rc = read_conf(cli)) && !cli->command->lenient)
		return rc;
	cli->conf_fault = cli->fault;
	if ((rc = tmg_ctx_new(&cli->ctx)))
		return cli_raise(cli, rc, _("libcrypto cannot be started"));

	if ((rc = open_trace(cli)) || (rc = choose_pins(cli)))
		return rc;
	tmg_ctx_set_apart(cli->ctx, keeps_apart, &cli->conf);
	progress_begin(&cli->progress, cli->quiet || cli->json);
	tmg_ctx_set_notice(cli->ctx, progress_notice, &cli->progress);
	rc = cli->command->run(cli);
	progress_end(&cli->progress);
	if (rc == TMG_OK && cli->unsaid)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	return rc;
}

/* What people were told did not reach them: that is a failure too. */
static tmg_rc
flush(struct cli *cli)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return TMG_OK;
	return cli_raise(cli, TMG_E_IO, _("standard output: %s"), strerror(errno));
}

static void
cli_release(struct cli *cli)
{
	tmg_tokens_free(&cli->tokens);
	tmg_ctx_free(&cli->ctx);
	pins_release(&cli->pins);
	args_release(&cli->args);
	if (cli->trace != NULL)
		fclose(cli->trace);
	free(cli->folder);
	json_decref(cli->candidates);
}

static tmg_rc
misused(struct cli *cli)
{
	if (cli->command == NULL)
		return cli_raise(cli, TMG_E_USAGE, _("%s; tamga --help tells more"),
		    cli->args.unknown);
	return cli_raise(cli, TMG_E_USAGE, _("%s; tamga %s --help tells more"),
	    cli->args.unknown, cli->command->name);
}

/* "pin" alone is half a name. */
static tmg_rc
no_command(struct cli *cli, const char *word)
{
	char full[160];

	if (command_list(word, full, sizeof(full)))
		return cli_raise(cli, TMG_E_USAGE, _("tamga %s what? there are: %s"),
		    word, full);
	return cli_raise(cli, TMG_E_USAGE, _("there is no command '%s'; "
	    "tamga --help tells them"), word);
}

/* tamga [OPTION]... COMMAND [OPTION]... [OPERAND]... */
static tmg_rc
read_line(struct cli *cli, int argc, char **argv, bool *help)
{
	struct args *args = &cli->args;
	size_t used;

	args->tables[0] = common_options;
	args->tables[1] = program_options;
	if (args_read(args, argc, argv, true))
		return misused(cli);
	*help = args_flag(args, "help");
	cli->json = args_flag(args, "json");
	if (args_flag(args, "version")) {
		cli->command = command_find((char *[]){ (char[]){ "version" } }, 1,
		    &used);
		args->operand_count = 0;
		args->tables[1] = NULL;
		return TMG_OK;
	}
	if (args->operand_count == 0)
		return *help ? TMG_OK : cli_raise(cli, TMG_E_USAGE,
		    _("which command? tamga --help tells them"));

	cli->command = command_find(args->operands, args->operand_count, &used);
	if (cli->command == NULL)
		return no_command(cli, args->operands[0]);

	args->tables[1] = cli->command->options;
	/* getopt wants a word to skip: the last one of the command's name */
	argv = args->operands + used - 1;
	argc = (int)(args->operand_count - used + 1);
	if (args_read(args, argc, argv, false)) {
		cli->json |= args_flag(args, "json");
		return misused(cli);
	}
	*help = args_flag(args, "help");
	cli->json |= args_flag(args, "json");
	return TMG_OK;
}

int
main(int argc, char **argv)
{
	struct cli cli = { .stage = STAGE_SELF, .tries = -1 };
	bool help = false;
	tmg_rc rc;
	int code;

	tmg_refuse_cores();
	tmg_std_fill();
	setlocale(LC_ALL, "");
	bindtextdomain("tamga", TMG_LOCALEDIR);
	textdomain("tamga");
	cli_json_begin();
	pins_begin(&cli.pins);

	rc = read_line(&cli, argc, argv, &help);
	if (rc == TMG_OK && help && cli.command == NULL)
		help_program(stdout);
	else if (rc == TMG_OK && help)
		help_command(stdout, cli.command);
	else if (rc == TMG_OK)
		rc = run(&cli);
	if (rc == TMG_OK)
		rc = flush(&cli);

	code = cli_report(&cli, rc);
	cli_release(&cli);
	return code;
}
