/* Certificates from outside: decoded once, and only when they are nothing but a certificate. */
#include "certificate_read.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { MORE_THAN_ARE_SHARED = 40 };

static struct scratch s;

static int
open_keys(void **state)
{
	return scratch_open(&s, KEY_P256) ? 0 : -1;
}

static int
close_keys(void **state)
{
	scratch_close(&s);
	return 0;
}

static void
the_same_bytes_are_the_same_certificate(void **state)
{
	X509 *a = certificate_read(s.certs.seal.leaf), *b = certificate_read(s.certs.seal.leaf);
	X509 *other = certificate_read(s.certs.tsa.leaf);
	assert_non_null(a);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, other);
	X509_free(a);
	X509_free(b);
	X509_free(other);
}

static void
what_is_more_or_less_is_refused(void **state)
{
	struct str der = s.certs.seal.leaf;
	assert_null(certificate_read(str_make(arena_cstr(&s.a, der), der.n + 1)));
	assert_null(certificate_read(str_slice(der, 0, der.n - 1)));
	assert_null(certificate_read(STR_NONE));
}

/* One byte changed is another certificate, also when the good one is remembered. */
static void
a_changed_one_is_not_taken_for_the_good_one(void **state)
{
	struct str der = s.certs.seal.leaf;
	X509 *good = certificate_read(der), *changed;
	for (size_t i = 0; i < MORE_THAN_ARE_SHARED; i++) {
		char *copy = arena_cstr(&s.a, der);
		copy[der.n - 1 - i] ^= 1; /* of the signature: still a certificate, mostly */
		changed = certificate_read(str_make(copy, der.n));
		assert_ptr_not_equal(changed, good);
		X509_free(changed);
	}
	X509_free(good);
	good = certificate_read(der); /* pushed out meanwhile, and read again */
	assert_non_null(good);
	X509_free(good);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_bytes_are_the_same_certificate),
	    cmocka_unit_test(what_is_more_or_less_is_refused),
	    cmocka_unit_test(a_changed_one_is_not_taken_for_the_good_one)};
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
