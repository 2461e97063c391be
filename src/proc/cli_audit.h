#ifndef PROC_CLI_AUDIT_H
#define PROC_CLI_AUDIT_H

/* keiin audit export: 0 written, 2 not. keiin audit verify: 0 sound, 1 not, 2 wrong usage or unreadable. */
int
cli_audit(int argc, char **argv);

#endif
