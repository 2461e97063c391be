/* keiin-pdfd: the role that reads documents from outside, a program of its own. Only it holds MuPDF, qpdf and
 * the image decoders, and it holds little else, so that the fork each document costs is a cheap one. */
#include "log.h"
#include "pdfd.h"
#include "roles.h"

#include <stdio.h>
#include <sys/socket.h>

int
main(int argc, char **argv)
{
	int type;
	socklen_t n = sizeof(type);
	if (getsockopt(ROLE_FD_PDFD, SOL_SOCKET, SO_TYPE, &type, &n)) {
		fputs("keiin-pdfd is started by keiin\n", stderr);
		return 2;
	}
	log_init("pdfd", LOG_INFO);
	return pdfd_serve(ROLE_FD_PDFD);
}
