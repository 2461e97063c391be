/* The sample contract as a file: what the benchmarks seal and send. */
#include "certificate.h"
#include "id.h"

#include <stdio.h>

int
main(void)
{
	struct arena a = {0};
	struct buf b = {0};
	struct sample_place places[2];

	if (id_init() != OK ||
	    sample_contract_draw(&a, STR("株式会社青空商事"), STR("株式会社新宿製作所"), &b, places) != OK)
		return 1;
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	arena_free(&a);
	return 0;
}
