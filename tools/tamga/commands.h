/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands there are, in the order of the help.  To add one: write
 * cmd-NAME.c with its row, declare the row here, add it to COMMANDS.
 */
#ifndef TAMGA_CLI_COMMANDS_H
#define TAMGA_CLI_COMMANDS_H

#include "tools/tamga/cli.h"

extern const struct command cmd_readers;
extern const struct command cmd_list;
extern const struct command cmd_info;
extern const struct command cmd_setup;
extern const struct command cmd_pin_change;
extern const struct command cmd_pin_unblock;
extern const struct command cmd_pin_verify;
extern const struct command cmd_key_generate;
extern const struct command cmd_key_import;
extern const struct command cmd_key_delete;
extern const struct command cmd_key_move;
extern const struct command cmd_key_policy;
extern const struct command cmd_key_attest;
extern const struct command cmd_csr;
extern const struct command cmd_cert_show;
extern const struct command cmd_cert_export;
extern const struct command cmd_cert_install;
extern const struct command cmd_cert_delete;
extern const struct command cmd_data_list;
extern const struct command cmd_data_read;
extern const struct command cmd_data_write;
extern const struct command cmd_data_delete;
extern const struct command cmd_enroll;
extern const struct command cmd_status;
extern const struct command cmd_application_print;
extern const struct command cmd_application_sent;
extern const struct command cmd_application_cancel;
extern const struct command cmd_application_suspend;
extern const struct command cmd_application_resume;
extern const struct command cmd_renew;
extern const struct command cmd_revoke;
extern const struct command cmd_ca_show;
extern const struct command cmd_ca_next;
extern const struct command cmd_account_show;
extern const struct command cmd_account_contact;
extern const struct command cmd_account_change_key;
extern const struct command cmd_account_deactivate;
extern const struct command cmd_watch;
extern const struct command cmd_sign;
extern const struct command cmd_decrypt;
extern const struct command cmd_reset;
extern const struct command cmd_browser_register;
extern const struct command cmd_browser_status;
extern const struct command cmd_browser_unregister;
extern const struct command cmd_card_report;
extern const struct command cmd_doctor;
extern const struct command cmd_version;

#define COMMANDS \
	&cmd_readers, \
	&cmd_list, \
	&cmd_info, \
	&cmd_setup, \
	&cmd_pin_change, \
	&cmd_pin_unblock, \
	&cmd_pin_verify, \
	&cmd_key_generate, \
	&cmd_key_import, \
	&cmd_key_delete, \
	&cmd_key_move, \
	&cmd_key_policy, \
	&cmd_key_attest, \
	&cmd_csr, \
	&cmd_cert_show, \
	&cmd_cert_export, \
	&cmd_cert_install, \
	&cmd_cert_delete, \
	&cmd_data_list, \
	&cmd_data_read, \
	&cmd_data_write, \
	&cmd_data_delete, \
	&cmd_enroll, \
	&cmd_status, \
	&cmd_application_print, \
	&cmd_application_sent, \
	&cmd_application_cancel, \
	&cmd_application_suspend, \
	&cmd_application_resume, \
	&cmd_renew, \
	&cmd_revoke, \
	&cmd_ca_show, \
	&cmd_ca_next, \
	&cmd_account_show, \
	&cmd_account_contact, \
	&cmd_account_change_key, \
	&cmd_account_deactivate, \
	&cmd_watch, \
	&cmd_sign, \
	&cmd_decrypt, \
	&cmd_reset, \
	&cmd_browser_register, \
	&cmd_browser_status, \
	&cmd_browser_unregister, \
	&cmd_card_report, \
	&cmd_doctor, \
	&cmd_version, \
	NULL

#endif
