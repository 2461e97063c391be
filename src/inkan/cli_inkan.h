/* keiin inkan --text 山田 -o out.png|svg|pdf [--face kointai|gyosho|kaisho|mincho] [--size 12] */
#ifndef INKAN_CLI_INKAN_H
#define INKAN_CLI_INKAN_H

/* argv[0] is "inkan". Answers the exit status: 0 done, 1 not possible, 2 wrong usage. */
int
cli_inkan(int argc, char **argv);

#endif
