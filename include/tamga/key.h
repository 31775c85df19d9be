/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of a token and the certificates beside them.
 */
#ifndef TAMGA_KEY_H
#define TAMGA_KEY_H

#include "tamga/token.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One slot of a token and what is known of it.  Lives as long as its token;
 * what it tells is read when first asked for and kept until the token's
 * generation changes.
 */
typedef struct tmg_key tmg_key;

/* The usable slots, empty ones included, retired ones only when they hold
 * something.  No certificate is read.  Verdicts: see token.h. */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_keys(tmg_token *token, size_t *count);
/* One of those that tmg_token_keys() counted; NULL beyond the last, and before
 * it was called. */
TMG_API tmg_key *
tmg_token_key(tmg_token *token, size_t index);

/*
 * Reads the certificates of all keys that tmg_token_keys() counts and that are
 * not known yet, in the order that takes the fewest commands.  Who goes through
 * every key calls it before; it changes nothing but their number.
 *
 * Verdicts  see token.h; a slot without a certificate, or with a damaged one, is
 *           TMG_OK: tmg_key_cert() says so of that slot
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_certs(tmg_token *token);

/* The slot of that name ("9a"), also a retired one that is empty.
 * Verdicts  TMG_NOT_FOUND */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_slot(tmg_token *token, const char *name, tmg_key **key);

/*
 * The one key that name names: a pkcs11: URI with id or object (RFC 7512), a
 * slot's name, a certificate's label, which is its first common name; "TOKEN/9a"
 * narrows a slot to a token.  A slot is found although it is empty.
 *
 * Verdicts  TMG_NOT_FOUND; TMG_AMBIGUOUS (the words list candidates); those of
 *           token.h when a token cannot be asked and no other one has the key
 * The words stand in tmg_tokens_fault().
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_find_key(tmg_tokens *tokens, const char *name, tmg_key **key);

/* Both live as long as the key. */
TMG_API tmg_token *
tmg_key_token(const tmg_key *key);
TMG_API const tmg_slot *
tmg_key_slot(const tmg_key *key);
/* "pkcs11:...;id=%9A;type=private" (RFC 7512); borrowed from the key until it
 * is asked again.  Asks the card as tmg_token_info() does. */
TMG_API const char *
tmg_key_uri(tmg_key *key);

/* What is known of the key, from the card's metadata or else from the
 * certificate; what nobody knows is ..._UNKNOWN.  An authority's certificate in
 * a retired slot is no witness: it lies there alone, for the chain.
 * Verdicts  TMG_NOT_FOUND (no key, or nothing tells of it); TMG_UNSUPPORTED (a
 *           kind of key that tmg_alg has not)
 * Faults    TMG_E_MALFORMED: the certificate that tells of it is damaged */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_facts_get(tmg_key *key, tmg_key_facts *facts);

/* What kind of key it is, by what was read already: a certificate's word is
 * taken for the key beside it, but for a retired slot, where one may lie without
 * a key; only when nothing tells is the card asked.
 * Verdicts TMG_NOT_FOUND as above. */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_alg(tmg_key *key, tmg_alg *alg);

/* SubjectPublicKeyInfo, DER, borrowed.  Verdicts TMG_NOT_FOUND as above. */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_public(tmg_key *key, tmg_view *spki);

/* Tells a key what its public half is, when the token cannot (a PIV card
 * without metadata before the certificate is there).
 * Verdicts  TMG_MISMATCH  the token knows better */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_set_public(tmg_key *key, tmg_view spki);

/*
 * Takes the caller's word for the public half of a key, so that the card need
 * not be asked what the key is: for a program that has the certificate or the
 * public key in a file.  No APDU; a signature then costs only itself and the
 * login.  Of a certificate: tmg_cert_spki().
 *
 * Nothing wrong is signed unnoticed.  The first signature, and the first after
 * every reset or write, is verified with spki before it is handed out; where a
 * wrong result could not be noticed (decrypt, derive) the card is asked first.
 * When the word was wrong, the use says TMG_MISMATCH and gives nothing away.
 * A PIN is sent at most once on the strength of it: after a refused PIN the
 * card is asked what the key is before another is tried.
 *
 * What only the card knows stays unknown until it is asked: the PIN is wanted
 * as the slot usually wants it, until the card wants it oftener, and nobody is
 * told to touch the token.  tmg_key_facts_get() asks it.
 *
 *   spki    SubjectPublicKeyInfo, DER; copied.  Kept until the token's
 *           generation changes or the key does
 *
 * Verdicts  TMG_MISMATCH  the card already told that it is another key
 *           TMG_REMOVED
 * Faults    TMG_E_USAGE: that is no public key
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_assume(tmg_key *key, tmg_view spki);

/*
 * Asks the token to make a key pair in spec->slot and reports the public half.
 *
 *   spki    out     SubjectPublicKeyInfo, DER (RFC 5280 4.1.2.7), at most
 *                   TMG_SPKI_MAX bytes
 *
 * The private half never leaves the token.  A key already in the slot is
 * replaced, its certificate left alone: ask tmg_key_facts_get() first.  Logs
 * in as TMG_PIN_ADMIN when needed.  Takes 0.1 s (P-256) to a minute (RSA 4096)
 * on a card; TMG_NOTICE_WORKING is given before, TMG_NOTICE_WORKED after.
 *
 * Verdicts  TMG_UNSUPPORTED  the token cannot make this kind of key, or not
 *                            with these policies
 *           those of tmg_token_login()
 * Source    NIST SP 800-73-4 part 2, 3.3.2
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_generate(tmg_token *token, const tmg_keyspec *spec, tmg_out *spki);

/*
 * Puts a private key from outside into spec->slot and over what is there.
 * Nothing is kept of it; wipe pkcs8 yourself.  Logs in as TMG_PIN_ADMIN.
 *
 *   pkcs8   PrivateKeyInfo, DER (RFC 5958), unencrypted, and nothing behind it
 *
 * Verdicts  TMG_MISMATCH     the key is not of the kind spec->alg
 *           TMG_UNSUPPORTED  the token imports no keys, or none like this (PIV:
 *                            RSA of two primes and exponent 65537 only)
 *           those of tmg_token_login()
 * Faults    TMG_E_MALFORMED: it cannot be read, or its parts contradict
 *           each other
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_import(tmg_token *token, const tmg_keyspec *spec, tmg_view pkcs8);

/* Destroys the key for good; its certificate stays.  Logs in as TMG_PIN_ADMIN.
 * Verdicts TMG_NOT_FOUND, TMG_UNSUPPORTED, those of tmg_token_login(). */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_delete(tmg_key *key);

/*
 * Moves the key, without its certificate, to another slot of the same token.
 * Logs in as TMG_PIN_ADMIN.
 *
 * Verdicts  TMG_OCCUPIED     the new slot holds a key
 *           TMG_NOT_FOUND    the old one holds none
 *           TMG_UNSUPPORTED  the token moves no keys, or not between these;
 *                            or to is another token's
 *           those of tmg_token_login()
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_move(tmg_key *from, tmg_key *to);

/*
 * Chooses when the key that is there wants the PIN and a finger, where its token
 * lets that be changed; TMG_PIN_UNKNOWN and TMG_TOUCH_UNKNOWN leave it as it is.
 * On OpenPGP cards the PIN's is the card's, for every signature key to come.  Logs
 * in as TMG_PIN_ADMIN.
 *
 * Verdicts  TMG_UNSUPPORTED  the token changes none, or has no such policy for
 *                            this key; nothing was changed
 *           TMG_DENIED       it is fixed as long as this key is there
 *           those of tmg_token_login()
 * Source    OpenPGP card 3.4.1, 4.4.3.6 and 4.4.1
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_policy_set(tmg_key *key, tmg_pin_policy pin, tmg_touch_policy touch);

/*
 * An X.509 certificate over the key, DER, at most TMG_CERT_MAX bytes, signed by
 * the token's attestation key: proof that the key was born there.
 *
 * Verdicts  TMG_NOT_FOUND    the slot holds no key
 *           TMG_UNSUPPORTED  the token attests nothing, or not this key (an
 *                            imported one)
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_attest(tmg_key *key, tmg_out *der);

/*
 * The key as a signer, borrowed from the key.  Asks for the PIN by the
 * context's callback when a signature needs it, before the reader is taken;
 * for a TMG_PIN_ALWAYS key before every signature.
 *
 * It lives as long as the key, and it is the same one each time: used goes on
 * counting.  What sign, decrypt and derive answer stands in signer.h; the words
 * are the token's.
 *
 * A signature is verified once with the public half when the key itself did not
 * tell it: TMG_MISMATCH when a certificate, or the caller, was wrong.
 *
 * Verdicts  TMG_NOT_FOUND  nothing tells its public half: tmg_key_set_public()
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_signer(tmg_key *key, tmg_signer **signer);

/*
 * The same signer for who only signs, by PKCS1, PSS, ECDSA or EDDSA, and wants no
 * public half: where the token tells the key's kind for fewer commands, spki stays
 * empty until tmg_key_signer() is called.  Without it TMG_SIGN_RAW and decryption
 * are TMG_E_USAGE and nothing is verified.
 *
 * Verdicts  as tmg_key_signer()
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_signer_lean(tmg_key *key, tmg_signer **signer);

/* Certificate beside the key, DER, at most TMG_CERT_MAX bytes, borrowed from the
 * key until the token's generation changes.  Verdicts TMG_NOT_FOUND. */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_cert(tmg_key *key, tmg_view *der);

/*
 * Tells a token that keeps chains (TMG_CAN_CHAIN) the issuers of the certificate
 * that tmg_key_cert_install() writes next; others have no place for them.
 *
 *   ders   their certificates, DER, the nearest first; copied
 *
 * Verdicts  TMG_UNSUPPORTED
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_cert_chain(tmg_key *key, const tmg_view *ders, size_t count);

/*
 * Writes the certificate beside its key, reads it back and compares.
 *
 *   replace  false: TMG_OCCUPIED when another certificate is there; the same
 *            one is not written again
 *
 * Logs in as TMG_PIN_ADMIN when something is written.
 *
 * Verdicts  TMG_OCCUPIED; TMG_MISMATCH (it is for another key; nothing was
 *           written); TMG_DENIED (it does not fit, even compressed); those of
 *           tmg_token_login()
 * Faults    TMG_E_MALFORMED: der is no certificate; TMG_E_CARD: the token gave
 *           other bytes back than were written
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_cert_install(tmg_key *key, tmg_view der, bool replace);
/* The key stays.  None there is TMG_OK.  Logs in as TMG_PIN_ADMIN. */
TMG_API TMG_MUST_USE tmg_rc
tmg_key_cert_delete(tmg_key *key);

#ifdef __cplusplus
}
#endif

#endif
