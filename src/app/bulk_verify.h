/* 一括検証: what its pages and its job share. */
#ifndef APP_BULK_VERIFY_H
#define APP_BULK_VERIFY_H

#include "app.h"
#include "query.h"

enum bulk_verdict { BULK_SOUND, BULK_UNKNOWN_ISSUER, BULK_PROBLEM };
enum bulk_file { BULK_CONTRACT, BULK_CERTIFICATE };

/* Orders the step of a run that begins when so many contracts are done. */
MUST_CHECK enum err
bulk_verify_order(struct app *a, struct tx *tx, struct str run, int64_t done);
/* Whether its results are in English; else in Japanese. */
bool
bulk_verify_in_english(const struct row_bulk_verification *run);
/* Both results of a run that is at its end, as blobs. */
MUST_CHECK enum err
bulk_verify_report(struct app *a, struct str job, const struct row_bulk_verification *run,
    struct str *ret_csv_sha256, struct str *ret_report_sha256);

#endif
