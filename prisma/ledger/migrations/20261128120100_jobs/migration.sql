-- The process sends, takes up and ends jobs; tables are made here, and nowhere else.
GRANT USAGE ON SCHEMA ledger_jobs TO ledger;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON ledger_jobs.job, ledger_jobs.job_common, ledger_jobs.job_dependency, ledger_jobs.schedule, ledger_jobs.instance, ledger_jobs.warning
  TO ledger;
-- Counts of each queue, and whose turn it is to look after them; the library makes a queue of its own for its schedules.
GRANT SELECT, INSERT, UPDATE ON ledger_jobs.queue TO ledger;
GRANT SELECT, UPDATE ON ledger_jobs.version TO ledger;
GRANT SELECT ON ledger_jobs.subscription, ledger_jobs.bam, ledger_jobs.queue_stats TO ledger;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger_jobs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_jobs.job_now, ledger_jobs.create_queue TO ledger;

-- Looks for what is due, each second: at most one such job waits. It is over in five seconds at most; one whose worker was
-- killed is done again, while the next one has long gone on.
SELECT ledger_jobs.create_queue('settle-due', '{
  "policy": "short", "expireInSeconds": 30, "retryLimit": 2, "retryDelay": 5, "retentionSeconds": 3600, "deleteAfterSeconds": 3600
}');
-- Does what is due for one holder whose due work failed: after 5 s, 10 s, … an hour, for about a day. One that failed for good
-- stays for half a year, or until an operator has it done again.
SELECT ledger_jobs.create_queue('settle-holder', '{
  "policy": "exclusive", "expireInSeconds": 30, "retryLimit": 32, "retryDelay": 5, "retryBackoff": true, "retryDelayMax": 3600,
  "deleteAfterSeconds": 15552000
}');
-- Forgets keys that are older than they are promised, each night. What one night does not finish the next one does.
SELECT ledger_jobs.create_queue('forget-keys', '{
  "policy": "exclusive", "expireInSeconds": 1800, "retryLimit": 5, "retryDelay": 60, "retryBackoff": true, "retryDelayMax": 3600,
  "deleteAfterSeconds": 2592000
}');

-- Serves finding the oldest keys. The keys of a batch share its time, so most entries are one.
CREATE INDEX idempotency_recorded_at_idx ON idempotency (recorded_at);

-- Forgets some of the keys that are past what is promised, the oldest first; answers for how many. The promise stands here, not
-- with the caller: no key that is younger can be deleted by anybody but the owner of the table.
CREATE FUNCTION forget_old_keys(keys_max integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
  forgotten integer;
BEGIN
  DELETE FROM idempotency k USING (
    SELECT scope, key FROM idempotency
    WHERE recorded_at < date_trunc('day', now()) - interval '24 months'
    ORDER BY recorded_at LIMIT keys_max FOR UPDATE SKIP LOCKED
  ) old
  WHERE (k.scope, k.key) = (old.scope, old.key);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END
$$;
REVOKE ALL ON FUNCTION forget_old_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_old_keys TO ledger;
