-- What a recommendation was opened for by itself: `cause` names the event, such as `compromise/ID`, `subject` the system it hits.
-- Nobody is asked twice for the same.
CREATE TABLE recommendation_cause (
    cause TEXT NOT NULL, subject TEXT NOT NULL, recommendation_id TEXT NOT NULL REFERENCES recommendation (id),
    PRIMARY KEY (cause, subject)
);
