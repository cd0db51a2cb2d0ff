-- Until when a worker has taken a mail for sending, so that another does not send it too.
ALTER TABLE outbox ADD COLUMN taken_until TEXT;
