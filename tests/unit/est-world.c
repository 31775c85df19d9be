/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/est-world.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/file.h"

static void
keep_log(void *arg, tmg_log_level level, const char *line)
{
	est_world *w = arg;
	const int n = snprintf(w->log + w->log_len, sizeof(w->log) - w->log_len,
	    "%d %s\n", (int)level, line);

	if (n > 0 && (size_t)n < sizeof(w->log) - w->log_len)
		w->log_len += (size_t)n;
}

static void
child(const int in[2], const int out[2])
{
	char script[512];
	const char *top = getenv("top_srcdir");

	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	close(in[0]), close(in[1]), close(out[0]), close(out[1]);
	snprintf(script, sizeof(script), "%s/tests/unit/est-server.py",
	    top != NULL ? top : "..");
	execlp("python3", "python3", script, (char *)NULL);
	_exit(127);
}

static bool
read_ports(est_world *w, int fd)
{
	FILE *f = fdopen(fd, "r");
	char line[300], name[16], value[256];
	bool ready = false;

	while (f != NULL && !ready && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%15s %255s", name, value) != 2)
			continue;
		ready = strcmp(name, "ready") == 0;
		if (strcmp(name, "dir") == 0) {
			memcpy(w->folder, value, sizeof(value));
		} else if (!ready && w->count < EST_PORTS) {
			memcpy(w->ports[w->count].name, name, sizeof(name));
			w->ports[w->count++].port = atoi(value);
		}
	}
	if (f != NULL)
		fclose(f);
	return ready;
}

static bool
spawn(est_world *w)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		return false;
	w->pid = fork();
	if (w->pid == 0)
		child(in, out);
	close(in[0]);
	close(out[1]);
	w->end = in[1];
	return w->pid > 0 && read_ports(w, out[0]);
}

char *
est_world_file(const est_world *w, const char *name, const char *suffix, size_t *len)
{
	char path[600];
	uint8_t *data = NULL;

	snprintf(path, sizeof(path), "%s/%s%s", w->folder, name, suffix);
	return tmg_file_read(path, 65536, &data, len) == TMG_OK ? (char *)data : NULL;
}

static bool
load_certs(est_world *w, const char *name, tmg_certs **certs)
{
	size_t len = 0;
	char *pem = est_world_file(w, name, ".pem", &len);
	const bool ok = pem != NULL && tmg_certs_new(certs) == TMG_OK &&
	    tmg_certs_add_pem(*certs, (tmg_view){ (uint8_t *)pem, len }) == TMG_OK;

	free(pem);
	return ok;
}

static bool
make_csr(est_world *w)
{
	X509_REQ *req = X509_REQ_new();
	uint8_t *p = w->csr_bytes;
	int n = -1;

	w->key = EVP_EC_gen("P-256");
	if (req != NULL && w->key != NULL &&
	    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(req), "CN",
	    MBSTRING_UTF8, (const unsigned char *)"Айгүл", -1, -1, 0) == 1 &&
	    X509_REQ_set_pubkey(req, w->key) == 1 &&
	    X509_REQ_sign(req, w->key, EVP_sha256()) > 0 &&
	    i2d_X509_REQ(req, NULL) <= (int)sizeof(w->csr_bytes))
		n = i2d_X509_REQ(req, &p);
	X509_REQ_free(req);
	w->csr = (tmg_view){ w->csr_bytes, n > 0 ? (size_t)n : 0 };
	return n > 0;
}

bool
est_world_start(est_world *w)
{
	*w = (est_world){ .end = -1 };
	if (tmg_ctx_new(&w->ctx) != TMG_OK)
		return false;
	tmg_ctx_set_log(w->ctx, TMG_LOG_TRACE, keep_log, w);
	return spawn(w) && load_certs(w, "root", &w->root) &&
	    load_certs(w, "other", &w->other) && make_csr(w);
}

void
est_world_stop(est_world *w)
{
	if (w->end >= 0)
		close(w->end);
	if (w->pid > 0)
		waitpid(w->pid, NULL, 0);
	EVP_PKEY_free(w->key);
	tmg_certs_free(&w->root);
	tmg_certs_free(&w->other);
	tmg_ctx_free(&w->ctx);
}

const char *
est_world_uri(const est_world *w, const char *listener, const char *label)
{
	static char uri[128];
	const char *binding = strcmp(listener, "plain") == 0 ? "est+http" : "est+https";

	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->ports[i].name, listener) == 0) {
			snprintf(uri, sizeof(uri), "%s://127.0.0.1:%d/%s", binding,
			    w->ports[i].port, label);
			return uri;
		}
	abort();
}

void
est_world_fingerprint(const tmg_certs *certs, char text[96])
{
	const tmg_view der = tmg_certs_get(certs, 0);
	uint8_t digest[32];

	SHA256(der.ptr, der.len, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 3 * i, 4, "%02x%s", digest[i], i < 31 ? ":" : "");
}
