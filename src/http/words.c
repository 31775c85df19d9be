/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/words.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/http/header.h"
#include "src/http/status.h"

typedef struct failure {
	long code;
	tmg_rc rc;
	const char *words;
} failure;

/* Reasons of libssl.  The alerts are the server's refusals of our side. */
static const failure tls_reasons[] = {
	{ SSL_R_WRONG_VERSION_NUMBER, TMG_UNSUPPORTED,
	  N_("it does not speak TLS there; is it plain HTTP, or the wrong port?") },
	{ SSL_R_HTTP_REQUEST, TMG_UNSUPPORTED,
	  N_("it speaks plain HTTP where HTTPS is needed; is the port right?") },
	{ SSL_R_UNSUPPORTED_PROTOCOL, TMG_UNSUPPORTED,
	  N_("it speaks only old TLS; tamga needs TLS 1.2 or newer. Its operator must update it") },
	{ SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, TMG_UNSUPPORTED,
	  N_("it speaks only old TLS; tamga needs TLS 1.2 or newer. Its operator must update it") },
	{ SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, TMG_DENIED,
	  N_("it wants a client certificate; name the key that has one") },
	{ SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, TMG_DENIED,
	  N_("it refuses the handshake; it may want a client certificate, or other algorithms than this key's") },
	{ SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, TMG_DENIED,
	  N_("it refuses your certificate as bad, or wants one") },
	{ SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, TMG_DENIED,
	  N_("it does not support your certificate's kind") },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, TMG_DENIED,
	  N_("your certificate is revoked") },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, TMG_DENIED,
	  N_("your certificate has expired; enroll anew instead of renewing") },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, TMG_DENIED,
	  N_("it does not accept your certificate") },
	{ SSL_R_TLSV1_ALERT_UNKNOWN_CA, TMG_DENIED,
	  N_("it does not know the issuer of your certificate") },
	{ SSL_R_TLSV1_ALERT_ACCESS_DENIED, TMG_DENIED,
	  N_("your certificate is known and has no access there") },
	{ SSL_R_TLSV1_ALERT_DECRYPT_ERROR, TMG_DENIED,
	  N_("it could not verify the signature of your key") },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING, TMG_E_IO,
	  N_("it closed the connection in the middle; try again, and ask its operator if it goes on") },
};

static const failure curl_codes[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, TMG_E_IO,
	  N_("there is no host of that name. Check the address, and whether you are online") },
	{ CURLE_COULDNT_RESOLVE_PROXY, TMG_E_IO,
	  N_("the proxy of your environment (https_proxy) cannot be found") },
	{ CURLE_COULDNT_CONNECT, TMG_E_IO,
	  N_("nobody answers there. Is the authority running, and is the port right?") },
	{ CURLE_PROXY, TMG_E_IO,
	  N_("the proxy of your environment (https_proxy) did not let the connection through") },
	{ CURLE_GOT_NOTHING, TMG_E_IO,
	  N_("it closed the connection without an answer; try again, or check whether the port wants HTTPS") },
	{ CURLE_PARTIAL_FILE, TMG_E_IO,
	  N_("its answer was cut off; try again") },
	{ CURLE_RECV_ERROR, TMG_E_IO,
	  N_("the connection broke while reading; try again") },
	{ CURLE_SEND_ERROR, TMG_E_IO,
	  N_("the connection broke while sending; try again") },
	{ CURLE_SSL_CONNECT_ERROR, TMG_E_IO,
	  N_("the TLS handshake failed; is this the HTTPS port?") },
	{ CURLE_UNSUPPORTED_PROTOCOL, TMG_E_MALFORMED,
	  N_("what answers there is not HTTP, or the address is neither http nor https") },
	{ CURLE_WEIRD_SERVER_REPLY, TMG_E_MALFORMED,
	  N_("what answers there is not HTTP") },
	{ CURLE_BAD_CONTENT_ENCODING, TMG_E_MALFORMED,
	  N_("its answer breaks the rules of HTTP") },
	{ CURLE_URL_MALFORMAT, TMG_E_USAGE,
	  N_("this is no address of a server") },
	{ CURLE_OUT_OF_MEMORY, TMG_E_NOMEM, N_("out of memory") },
	{ CURLE_SSL_CACERT_BADFILE, TMG_E_MALFORMED,
	  N_("the certificates you trust cannot be read") },
	{ CURLE_SSL_CIPHER, TMG_UNSUPPORTED,
	  N_("it shares no cipher with us") },
	{ CURLE_PEER_FAILED_VERIFICATION, TMG_MISMATCH,
	  N_("it is not who it should be") },
};

static const failure *
find(const failure *rows, size_t count, long code)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

/* libcurl writes "...error:0A00010B:SSL routines::..." and keeps no number. */
static long
tls_reason(const char *detail)
{
	const char *mark = strstr(detail, "error:");
	const unsigned long e = mark != NULL ? strtoul(mark + 6, NULL, 16) : 0;

	return ERR_GET_LIB(e) == ERR_LIB_SSL ? ERR_GET_REASON(e) : 0;
}

bool
tmg_words_is_version(const char *detail)
{
	return tls_reason(detail) == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION;
}

tmg_rc
tmg_words_curl(CURLcode code, const char *detail, const char *where, tmg_fault *f)
{
	char clean[TMG_TLS_TEXT];
	const failure *row = find(tls_reasons, TMG_COUNT(tls_reasons),
	    tls_reason(detail));

	if (row == NULL)
		row = find(curl_codes, TMG_COUNT(curl_codes), (long)code);
	if (row != NULL)
		return tmg_raise(f, row->rc, 0, _("%s: %s"), where, _(row->words));

	tmg_header_clean(clean, sizeof(clean), tmg_view_str(detail));
	return tmg_raise(f, TMG_E_IO, 0, _("%s: the exchange failed: %s"), where,
	    clean[0] != '\0' ? clean : curl_easy_strerror(code));
}

static tmg_rc
wrong_host(const tmg_tls *t, const char *where, tmg_fault *f)
{
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: its certificate is not for \"%s\" but for %s. Nothing was sent; "
	    "check the address"), where, t->host,
	    t->names[0] != '\0' ? t->names : _("nobody by name"));
}

static tmg_rc
untrusted(const tmg_tls *t, const char *where, tmg_fault *f)
{
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: its certificate comes from \"%s\", which you do not trust. Nothing "
	    "was sent; if that issuer is right, give its CA certificate"), where,
	    t->issuer);
}

tmg_rc
tmg_words_proxy(long status, const char *where, tmg_fault *f)
{
	if (status == TMG_HTTP_PROXY_CREDENTIAL)
		return tmg_raise(f, TMG_DENIED, 0, _("%s: the proxy of your environment wants "
		    "a name and a password, or takes none of these; write them into "
		    "https_proxy or http_proxy: http://NAME:PASSWORD@HOST:PORT"), where);
	return tmg_raise(f, TMG_DENIED, 0, _("%s: the proxy of your environment does not let "
	    "us through (status %ld); ask its operator, or name the authority in "
	    "no_proxy"), where, status);
}

tmg_rc
tmg_words_no_proxy(const char *where, tmg_fault *f)
{
	return tmg_raise(f, TMG_E_IO, 0, _("%s: nobody answers where your environment says "
	    "that a proxy is (https_proxy, http_proxy, all_proxy); correct it, or name the "
	    "authority in no_proxy"), where);
}

static tmg_rc
expired(const tmg_tls *t, const char *where, tmg_fault *f)
{
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: the certificate of \"%s\" expired on %s. Nothing was sent; its "
	    "operator must renew it (is this computer's clock right?)"), where,
	    t->subject, t->until);
}

static tmg_rc
too_early(const tmg_tls *t, const char *where, tmg_fault *f)
{
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: the certificate of \"%s\" is not valid yet. Nothing was sent; is "
	    "this computer's clock right?"), where, t->subject);
}

static const struct {
	int error;
	tmg_rc (*say)(const tmg_tls *t, const char *where, tmg_fault *f);
} verify_errors[] = {
	{ X509_V_ERR_HOSTNAME_MISMATCH, wrong_host },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, wrong_host },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, untrusted },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, untrusted },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, untrusted },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, untrusted },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, untrusted },
	{ X509_V_ERR_CERT_HAS_EXPIRED, expired },
	{ X509_V_ERR_CERT_NOT_YET_VALID, too_early },
};

tmg_rc
tmg_words_verify(const tmg_tls *t, const char *where, tmg_fault *f)
{
	for (size_t i = 0; i < TMG_COUNT(verify_errors); i++)
		if (verify_errors[i].error == t->error)
			return verify_errors[i].say(t, where, f);

	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: the certificate of \"%s\" is not accepted: %s. Nothing was sent"),
	    where, t->subject, X509_verify_cert_error_string(t->error));
}
