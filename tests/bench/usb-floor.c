/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the device alone takes: a command to a CCID token and its answer by the
 * kernel's own calls, nothing checked, nothing locked, no library.
 *
 * usage: usb-floor NODE INTERFACE OUT IN COUNT COMMAND
 *
 * Numbers and the command in hex but for COUNT.  Prints microseconds for each.
 */
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 10, MESSAGE_MAX = 4096 };

static int node;
static unsigned out_at, in_at;
static uint8_t seq;

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
must(int rc, const char *what)
{
	if (rc >= 0)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

static void
transfer(unsigned endpoint, uint8_t *bytes, size_t n)
{
	struct usbdevfs_bulktransfer t = { .ep = endpoint, .len = (unsigned)n,
	    .timeout = 5000, .data = bytes };

	must(ioctl(node, USBDEVFS_BULK, &t), "transfer");
}

static void
exchange(uint8_t type, const uint8_t *data, size_t n)
{
	static uint8_t sent[MESSAGE_MAX], got[MESSAGE_MAX];

	memset(sent, 0, HEAD);
	sent[0] = type;
	sent[1] = (uint8_t)n;
	sent[6] = ++seq;
	if (n > 0)
		memcpy(sent + HEAD, data, n);
	transfer(out_at, sent, HEAD + n);
	transfer(in_at, got, sizeof(got));
}

int
main(int argc, char **argv)
{
	uint8_t command[255];
	size_t n = 0;
	unsigned interface;
	double start;
	int count;

	if (argc != 7)
		return 2;
	interface = (unsigned)strtoul(argv[2], NULL, 16);
	out_at = (unsigned)strtoul(argv[3], NULL, 16);
	in_at = (unsigned)strtoul(argv[4], NULL, 16);
	count = atoi(argv[5]);
	for (const char *hex = argv[6]; n < sizeof(command) &&
	    sscanf(hex, "%2hhx", &command[n]) == 1; hex += 2)
		n++;
	must(node = open(argv[1], O_RDWR), argv[1]);
	/* the one before may not be quite gone */
	for (int i = 0; i < 1000 && ioctl(node, USBDEVFS_CLAIMINTERFACE,
	    &interface) < 0; i++)
		usleep(1000);
	exchange(0x62, NULL, 0);
	start = now_us();
	for (int i = 0; i < count; i++)
		exchange(0x6f, command, n);
	printf("%.0f\n", (now_us() - start) / count);
	exchange(0x63, NULL, 0);
	close(node);		/* which gives the interface back */
	return 0;
}
