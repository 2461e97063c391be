/* keiin-workers: web, jobs, and the subcommands that work on documents. Started by keiin, not by people. */
#include "cli.h"
#include "cli_audit.h"
#include "cli_inkan.h"
#include "cli_renew.h"
#include "cli_tsa.h"
#include "id.h"
#include "package_verify.h"
#include "roles.h"

#include <stdio.h>

static const struct role roles[] = {{"web", role_web}, {"jobs", role_jobs}};

int
main(int argc, char **argv)
{
	struct str command = argc > 1 ? str_c(argv[1]) : STR("");
	if (id_init() != OK)
		return 1;
	if (str_eq(command, STR("role")) && argc == 3)
		return role_main(argv[2], roles, sizeof(roles) / sizeof(roles[0]));
	if (str_eq(command, STR("seal")))
		return cli_seal(argc - 1, argv + 1);
	if (str_eq(command, STR("verify")))
		return cli_verify(argc - 1, argv + 1, package_judge);
	if (str_eq(command, STR("audit")))
		return cli_audit(argc - 1, argv + 1);
	if (str_eq(command, STR("renew")))
		return cli_renew(argc - 1, argv + 1);
	if (str_eq(command, STR("tsa")))
		return cli_tsa(argc - 1, argv + 1);
	if (str_eq(command, STR("inkan")))
		return cli_inkan(argc - 1, argv + 1);
	fputs("keiin-workers is started by keiin\n", stderr);
	return 2;
}
