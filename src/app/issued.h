/* The record of every file that left: so that one that comes back is known, byte for byte. */
#ifndef APP_ISSUED_H
#define APP_ISSUED_H

enum issued_kind { ISSUED_CONTRACT, ISSUED_CERTIFICATE };

#endif
