/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: load [-a NAME:PASSWORD] [-c CA] [-p PATH] HOST:PORT[,...] CLIENTS TYPE STATUS < FILES
 *
 * POSTs each of FILES (one a line) as media type TYPE to PATH, by so many
 * clients, each over one connection, made before the clock starts; with several
 * servers the clients take them in turn.  With -c over TLS, the server's
 * certificate verified.  An answer that is not STATUS ends it.
 *
 * Prints: answers, microseconds, the clients' own processor time of them.
 * A program of its own because curl takes two thirds of what the server takes,
 * on the same processors.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 64, HOSTS_MAX = 16, FILES_MAX = 100000, BODY_MAX = 65536,
	ANSWER_MAX = 1 << 20 };

static struct {
	const char *path, *type, *status, *hosts[HOSTS_MAX];
	char authorization[512];
	SSL_CTX *tls;
	int clients, count, n_hosts;
	char *files[FILES_MAX];
	pthread_barrier_t ready;
} all = { .path = "/" };

struct client {
	int number;
	BIO *to;
	char *answer;
	size_t have;
};

static void
fail(const char *what, const char *which)
{
	fprintf(stderr, "load: %s: %s\n", which, what);
	exit(EXIT_FAILURE);
}

/* As curl and browsers do.  The server has nothing to say to the end of a handshake,
 * so it is acknowledged late; until then Nagle's algorithm would hold the first
 * request back, for 40 ms. */
static void
hurry(BIO *to)
{
	const int fd = (int)BIO_get_fd(to, NULL), on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
		fail("cannot be hurried", "the connection");
}

static void
reach(struct client *c, const char *host)
{
	if (all.tls == NULL) {
		c->to = BIO_new_connect(host);
	} else {
		char *name = strndup(host, strcspn(host, ":"));
		SSL *ssl;

		c->to = BIO_new_ssl_connect(all.tls);
		BIO_set_conn_hostname(c->to, host);
		BIO_get_ssl(c->to, &ssl);
		X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name);
		free(name);
	}
	if (BIO_do_connect(c->to) != 1)
		fail("cannot be reached", host);
	hurry(c->to);
}

static size_t
read_file(const char *path, char *body)
{
	FILE *in = fopen(path, "rb");
	size_t len;

	if (in == NULL)
		fail("cannot be read", path);
	len = fread(body, 1, BODY_MAX, in);
	fclose(in);
	return len;
}

static void
more(struct client *c)
{
	const int n = BIO_read(c->to, c->answer + c->have, (int)(ANSWER_MAX - 1 - c->have));

	if (n <= 0)
		fail("ended the connection", all.path);
	c->have += (size_t)n;
	c->answer[c->have] = '\0';
}

/* The whole of one answer; what came behind it stays. */
static void
hear(struct client *c, const char *file)
{
	const char *end, *field;
	size_t whole;

	while ((end = strstr(c->answer, "\r\n\r\n")) == NULL)
		more(c);
	field = strcasestr(c->answer, "\r\nContent-Length:");
	if (field == NULL || field > end)
		fail("an answer without Content-Length", file);
	whole = (size_t)(end + 4 - c->answer) + strtoul(field + 17, NULL, 10);
	while (c->have < whole)
		more(c);
	if (strncmp(c->answer + 9, all.status, strlen(all.status)) != 0)
		fail(c->answer, file);
	c->have -= whole;
	memmove(c->answer, c->answer + whole, c->have + 1);
}

static void
ask(struct client *c, const char *file)
{
	char text[BODY_MAX + 2048], body[BODY_MAX];
	const size_t len = read_file(file, body);
	int n = snprintf(text, 2048, "POST %s HTTP/1.1\r\nHost: localhost\r\n"
	    "%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", all.path,
	    all.authorization, all.type, len);

	memcpy(text + n, body, len);
	n += (int)len;
	if (BIO_write(c->to, text, n) != n)
		fail("takes no request", file);
	hear(c, file);
}

static void *
work(void *arg)
{
	struct client *c = arg;

	reach(c, all.hosts[c->number % all.n_hosts]);
	pthread_barrier_wait(&all.ready);
	for (int i = c->number; i < all.count; i += all.clients)
		ask(c, all.files[i]);
	return NULL;
}

static void
prepare_tls(const char *ca)
{
	all.tls = SSL_CTX_new(TLS_client_method());
	if (all.tls == NULL || SSL_CTX_load_verify_file(all.tls, ca) != 1)
		fail("cannot be read", ca);
	SSL_CTX_set_verify(all.tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(all.tls, SSL_MODE_AUTO_RETRY);
}

static void
authorize(const char *who)
{
	char text[400];

	if (strlen(who) > 250)
		fail("too long", who);
	EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)who, (int)strlen(who));
	snprintf(all.authorization, sizeof(all.authorization),
	    "Authorization: Basic %s\r\n", text);
}

static void
read_options(int argc, char **argv)
{
	char *hosts;
	int option;

	while ((option = getopt(argc, argv, "a:c:p:")) != -1) {
		if (option == 'a')
			authorize(optarg);
		else if (option == 'c')
			prepare_tls(optarg);
		else if (option == 'p')
			all.path = optarg;
		else
			exit(2);
	}
	if (argc - optind != 4)
		exit(2);
	for (hosts = strtok(argv[optind], ","); hosts != NULL && all.n_hosts < HOSTS_MAX;
	    hosts = strtok(NULL, ","))
		all.hosts[all.n_hosts++] = hosts;
	all.clients = atoi(argv[optind + 1]);
	all.type = argv[optind + 2];
	all.status = argv[optind + 3];
	if (all.n_hosts == 0 || all.clients < 1 || all.clients > CLIENTS_MAX)
		exit(2);
}

static double
now(clockid_t of)
{
	struct timespec t;

	clock_gettime(of, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
	static struct client client[CLIENTS_MAX];
	pthread_t thread[CLIENTS_MAX];
	char *line = NULL;
	size_t cap = 0;
	double us, cpu;

	read_options(argc, argv);
	while (all.count < FILES_MAX && getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		all.files[all.count++] = strdup(line);
	}
	pthread_barrier_init(&all.ready, NULL, (unsigned)all.clients + 1);
	for (int i = 0; i < all.clients; i++) {
		client[i] = (struct client){ i, NULL, calloc(1, ANSWER_MAX), 0 };
		pthread_create(&thread[i], NULL, work, &client[i]);
	}
	pthread_barrier_wait(&all.ready);
	us = now(CLOCK_MONOTONIC);
	cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < all.clients; i++)
		pthread_join(thread[i], NULL);
	printf("%d %.0f %.0f\n", all.count, now(CLOCK_MONOTONIC) - us,
	    now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	return EXIT_SUCCESS;
}
