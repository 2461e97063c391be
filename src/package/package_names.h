/* What the files of a package are called. */
#ifndef PACKAGE_PACKAGE_NAMES_H
#define PACKAGE_PACKAGE_NAMES_H

#define PACKAGE_GUIDE "確かめ方.html"
#define PACKAGE_SUMS "SHA256SUMS"
#define PACKAGE_CONTRACT "contract.pdf"
#define PACKAGE_CERTIFICATE "certificate.pdf"
#define PACKAGE_DOCUMENTS "documents/"
#define PACKAGE_EVENTS "audit/events.jsonl"
#define PACKAGE_PROOFS "audit/proofs.txt"
#define PACKAGE_NOTE "audit/checkpoint.txt"
#define PACKAGE_NOTE_SIGNATURE "signatures/checkpoint.p7s"
#define PACKAGE_ROOTS "certificates/roots.pem"
#define PACKAGE_OTHERS "certificates/others.pem"

#endif
