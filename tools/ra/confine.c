/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tools/ra/confine.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "src/base/core.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

static tmg_rc
system_fail(tmg_fault *f, const char *what)
{
	return tmg_raise(f, TMG_E_IO, 0, "%s: %s", what, strerror(errno));
}

/* ---- who ---- */

/* Real, effective and saved are the account's, and there is no way back. */
static bool
is_for_good(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	return getresuid(&r, &e, &s) == 0 && r == uid && e == uid && s == uid &&
	    getresgid(&gr, &ge, &gs) == 0 && gr == gid && ge == gid && gs == gid &&
	    setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0;
}

static tmg_rc
become(const struct passwd *pw, tmg_fault *f)
{
	/* groups first: only root may, and setuid() ends that */
	if (setgroups(0, NULL) != 0 || initgroups(pw->pw_name, pw->pw_gid) != 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0)
		return system_fail(f, pw->pw_name);
	return is_for_good(pw->pw_uid, pw->pw_gid) ? TMG_OK :
	    tmg_raise(f, TMG_E_IO, 0,
	    _("the rights of root could not be given away"));
}

tmg_rc
ra_confine_user(const char *user, tmg_fault *f)
{
	const struct passwd *pw = getpwnam(user);

	if (pw == NULL || pw->pw_uid == 0 || pw->pw_gid == 0)
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("user: there is no account %s, or it has root's rights"), user);
	if (geteuid() == pw->pw_uid && getuid() == pw->pw_uid)
		return TMG_OK;
	if (geteuid() != 0)
		return tmg_raise(f, TMG_DENIED, 0,
		    _("user: only root can become %s; start as root or as that account"),
		    user);
	return become(pw, f);
}

/* ---- what ---- */

static tmg_rc
refuse_more(tmg_fault *f)
{
	const struct rlimit none = { 0, 0 };

	tmg_refuse_cores();	/* becoming somebody else may have allowed them */
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return system_fail(f, "no_new_privs");
	return TMG_OK;
}

#ifdef WITH_SECCOMP
#include <seccomp.h>

/* By name: a kernel or machine that has not one of them lacks nothing.  A list
 * of what is forbidden and not of what is allowed, because libcurl, libpq, NSS
 * and GnuTLS ask the kernel for more with every release. */
static const char *const refused[] = {
	"execve", "execveat",
#if !defined(__SANITIZE_ADDRESS__)
	"ptrace",	/* LeakSanitizer looks into its process */
#endif
	"process_vm_readv", "process_vm_writev", "pidfd_getfd",
	"process_madvise", "kcmp",
	"mount", "umount", "umount2", "pivot_root", "chroot", "move_mount",
	"fsopen", "fsconfig", "fsmount", "open_tree", "mount_setattr",
	"setns", "unshare",
	"init_module", "finit_module", "delete_module",
	"kexec_load", "kexec_file_load", "reboot",
	"bpf", "perf_event_open", "userfaultfd",
	"io_uring_setup", "io_uring_enter", "io_uring_register",
	"add_key", "request_key", "keyctl",
	"swapon", "swapoff", "acct", "quotactl", "syslog", "nfsservctl",
	"settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime",
	"sethostname", "setdomainname", "vhangup", "personality",
	"open_by_handle_at", "name_to_handle_at", "iopl", "ioperm", "modify_ldt",
	"setuid", "setreuid", "setresuid", "setgid", "setregid", "setresgid",
	"setgroups", "setfsuid", "setfsgid", "capset", "mknod", "mknodat",
};

static void
filter_release(scmp_filter_ctx *filter)
{
	if (*filter != NULL)
		seccomp_release(*filter);
}

static int
forbid(scmp_filter_ctx filter, const char *name)
{
	const int call = seccomp_syscall_resolve_name(name);

	if (call == __NR_SCMP_ERROR)
		return 0;
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
}

static tmg_rc
filter_calls(tmg_fault *f)
{
	__attribute__((__cleanup__(filter_release)))
	    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = filter != NULL ? 0 : -ENOMEM;

	if (rc == 0)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	for (size_t i = 0; i < TMG_COUNT(refused) && rc == 0; i++)
		rc = forbid(filter, refused[i]);
	if (rc == 0)
		rc = seccomp_load(filter);
	return rc == 0 ? TMG_OK : tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("the kernel filters no system calls: %s"), strerror(-rc));
}
#else
static tmg_rc
filter_calls(tmg_fault *f)
{
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("built without libseccomp: system calls are not filtered"));
}
#endif

tmg_rc
ra_confine_calls(tmg_fault *f)
{
	const tmg_rc rc = refuse_more(f);

	return rc ? rc : filter_calls(f);
}
