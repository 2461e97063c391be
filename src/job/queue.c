#include "queue.h"
#include "log.h"

enum { LOOK_AGAIN_MS = 30000 };
enum job_class { CLASS_WORK, CLASS_MAIL };

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

enum err
queue_recover(struct store *s)
{
	struct tx tx CLEANUP(tx_end) = {0};
	int64_t recovered;
	TRY(tx_write(s, &tx));
	TRY(q_job_release(&tx, INT64_MAX, &recovered));
	TRY(tx_commit(&tx));
	if (recovered)
		log_event(LOG_INFO, "job-recover", "n=%lld", (long long)recovered);
	return OK;
}

static enum err
end_one(struct tx *tx, const struct queue_result *r)
{
	int64_t changed;
	if (r->result == OK)
		TRY(q_job_done(tx, r->job->id, r->job->fence, &changed));
	else if (r->retry_at_ms)
		TRY(q_job_retry(tx, r->job->id, r->job->fence, r->retry_at_ms, r->words, &changed));
	else
		TRY(q_job_give_up(tx, r->job->id, r->job->fence, r->words, &changed));
	if (!changed)
		log_event(LOG_WARN, "job-fence", "id=%.*s was taken by another worker", STR_ARG(r->job->id));
	return OK;
}

/* Work on contracts first and one by one, so that the other threads take the rest; mails wait for nobody. */
static enum err
lease(struct tx *tx, struct arena *a, int64_t now_ms, unsigned most, struct row_job_list *ret)
{
	TRY(q_job_lease(tx, a, CLASS_WORK, now_ms, now_ms + JOB_LEASE_MS, 1, ret));
	return ret->n ? OK : q_job_lease(tx, a, CLASS_MAIL, now_ms, now_ms + JOB_LEASE_MS, most, ret);
}

enum err
queue_turn(struct store *s, struct arena *a, const struct queue_result *ended, size_t ended_n, int64_t now_ms,
    unsigned most, struct row_job_list *ret, int64_t *ret_next_ms)
{
	struct row_job_next next;
	struct tx read CLEANUP(tx_end) = {0};
	int64_t changed;
	TRY(tx_read(s, &read));
	TRY(q_job_next(&read, a, &next));
	TRY(tx_commit(&read));
	*ret_next_ms = least(least(next.work_ms, next.mail_ms), least(next.lease_ms, now_ms + LOOK_AGAIN_MS));
	*ret = (struct row_job_list){0};
	bool due = most && *ret_next_ms <= now_ms;
	if (!due && !ended_n)
		return OK;
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_write_relaxed(s, &tx));
	for (size_t i = 0; i < ended_n; i++)
		TRY(end_one(&tx, &ended[i]));
	if (next.lease_ms <= now_ms)
		TRY(q_job_release(&tx, now_ms, &changed));
	if (due)
		TRY(lease(&tx, a, now_ms, most, ret));
	return tx_commit(&tx);
}
