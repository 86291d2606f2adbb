import {ownOrSystemRows, ownRows, systemRows} from '../policies.ts'

/**
 * People, their documents, memories, tasks, trails and usage.
 *
 * Every table of a person's data begins its primary key with `user_id` and has a policy that shows the rows of `mh.user_id` alone,
 * a setting that lasts as long as a transaction: a statement that forgets the condition, or a connection that set nothing, sees
 * nothing of anybody. Accounts and what is known before somebody is known (sessions) are open where `mh.scope` is 'system'.
 *
 * Records are the very text of the file that they would be, so that versions and copies to files agree byte for byte. What is
 * searched by (`terms` and the columns beside it) is worked out by the program, as the index of files has it.
 */
export const people = `
  CREATE TABLE system (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    settings json NOT NULL DEFAULT '{}',
    accounts integer NOT NULL DEFAULT 0,
    audit_entries bigint NOT NULL DEFAULT 0,
    audit_day text NOT NULL DEFAULT '',
    audit_hash text NOT NULL DEFAULT repeat('0', 64)
  );
  INSERT INTO system DEFAULT VALUES;
  CREATE TABLE system_audit (number bigint PRIMARY KEY, day text NOT NULL, line text NOT NULL);

  CREATE TABLE account (
    user_id text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    role text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    record json NOT NULL
  );
  CREATE INDEX account_owner ON account (user_id) WHERE role = 'owner';

  -- One row a person: its lock is the lock of their profile, and it holds what every change of it changes.
  CREATE TABLE person (
    user_id text COLLATE "C" PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    revision bigint NOT NULL DEFAULT 0,
    language text,
    zone text,
    next_row integer NOT NULL DEFAULT 1,
    memories integer NOT NULL DEFAULT 0,
    unprocessed integer NOT NULL DEFAULT 0,
    terms bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    audit_entries bigint NOT NULL DEFAULT 0,
    audit_day text NOT NULL DEFAULT '',
    audit_hash text NOT NULL DEFAULT repeat('0', 64)
  ) WITH (fillfactor = 50);

  CREATE TABLE audit (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    number bigint NOT NULL,
    day text COLLATE "C" NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (user_id, number)
  );
  -- Trails of people whose account was deleted.
  CREATE TABLE archived_audit (
    user_id text COLLATE "C" NOT NULL,
    archive text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    day text COLLATE "C" NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (user_id, archive, number)
  );
  CREATE TABLE archived_head (
    user_id text COLLATE "C" NOT NULL,
    archive text COLLATE "C" NOT NULL,
    audit_entries bigint NOT NULL,
    audit_day text NOT NULL,
    audit_hash text NOT NULL,
    PRIMARY KEY (user_id, archive)
  );

  CREATE TABLE document (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    path text COLLATE "C" NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (user_id, path)
  );

  CREATE TABLE memory (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    id text COLLATE "C" NOT NULL,
    row integer NOT NULL,
    reversed text COLLATE "C" NOT NULL,
    timestamp bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    session text COLLATE "C",
    speaker text COLLATE "C" NOT NULL,
    processed boolean NOT NULL,
    private boolean NOT NULL,
    flags smallint NOT NULL,
    asking double precision NOT NULL,
    person double precision NOT NULL,
    asked text NOT NULL,
    terms text NOT NULL,
    -- Where its file lay, for memories that came from files.
    place text,
    record text NOT NULL,
    PRIMARY KEY (user_id, id)
  ) WITH (toast_tuple_target = 256);
  -- The text itself is read for what is shown only: beside the row it would stand in the way of every search.
  ALTER TABLE memory ALTER COLUMN record SET STORAGE EXTERNAL;
  ALTER TABLE memory ALTER COLUMN terms SET STORAGE MAIN;
  ALTER TABLE memory ALTER COLUMN asked SET STORAGE MAIN;
  CREATE UNIQUE INDEX memory_row ON memory (user_id, row);
  CREATE INDEX memory_time ON memory (user_id, timestamp, id);
  CREATE INDEX memory_reversed ON memory (user_id, reversed);
  CREATE INDEX memory_type ON memory (user_id, type, timestamp, id);
  CREATE INDEX memory_unprocessed ON memory (user_id, timestamp, id) WHERE NOT processed;
  CREATE INDEX memory_session ON memory (user_id, session, timestamp, id) WHERE session IS NOT NULL;
  CREATE INDEX memory_in_session ON memory (user_id, timestamp, id, session) WHERE session IS NOT NULL;

  -- A term of one person: the same word of another is another key, so that an index over everybody reads one person's rows alone.
  CREATE FUNCTION term_key(person text, term text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT hashtextextended(term, hashtextextended(person, 0)) $$;
  CREATE FUNCTION term_keys(person text, terms text) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
    AS $$ SELECT array_agg(hashtextextended(term, hashtextextended(person, 0))) FROM string_to_table(terms, ' ') term $$;
  CREATE INDEX memory_terms ON memory USING gin (term_keys(user_id, terms)) WITH (fastupdate = off);

  CREATE TABLE tag (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    tag text COLLATE "C" NOT NULL,
    timestamp bigint NOT NULL,
    row integer NOT NULL,
    PRIMARY KEY (user_id, tag, timestamp, row)
  );
  CREATE INDEX tag_row ON tag (user_id, row);
  -- The memory of this row, told at that moment, says that another one is no longer so.
  CREATE TABLE superseded (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    target text COLLATE "C" NOT NULL,
    row integer NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (user_id, target, row)
  );
  CREATE INDEX superseded_row ON superseded (user_id, row);
  -- Runs of agents that made or changed the memory of this row.
  CREATE TABLE touched (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    run text COLLATE "C" NOT NULL,
    row integer NOT NULL,
    PRIMARY KEY (user_id, run, row)
  );
  CREATE INDEX touched_row ON touched (user_id, row);
  -- In how many of the person's memories a term stands.
  CREATE TABLE vocabulary (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    term text COLLATE "C" NOT NULL,
    frequency integer NOT NULL,
    PRIMARY KEY (user_id, term)
  ) WITH (fillfactor = 80);
  CREATE TABLE speaker (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    memories integer NOT NULL,
    PRIMARY KEY (user_id, name)
  );
  CREATE TABLE trash (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    id text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    deleted_at timestamptz NOT NULL,
    place text,
    record text NOT NULL,
    PRIMARY KEY (user_id, id, number)
  );
  CREATE TABLE history (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    id text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    undone boolean NOT NULL,
    at timestamptz NOT NULL,
    place text,
    record text NOT NULL,
    PRIMARY KEY (user_id, id, number)
  );

  CREATE TABLE task (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    id text COLLATE "C" NOT NULL,
    reversed text COLLATE "C" NOT NULL,
    state smallint NOT NULL,
    status text NOT NULL,
    due bigint NOT NULL,
    priority text COLLATE "C" NOT NULL,
    created text COLLATE "C" NOT NULL,
    tags text[] NOT NULL,
    deleted_at timestamptz,
    place text,
    record text NOT NULL,
    PRIMARY KEY (user_id, id)
  );
  CREATE INDEX task_order ON task (user_id, state, due, priority, created, id);
  CREATE INDEX task_created ON task (user_id, created, id);
  CREATE INDEX task_reversed ON task (user_id, reversed);

  -- Files of lines: calls of models, runs of agents, and what else only grows.
  CREATE TABLE line (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    path text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    text text NOT NULL,
    PRIMARY KEY (user_id, path, number)
  );

  -- Rows that hold each of the terms and pass the filter, newest first, as a list with commas. It runs as the owner of the tables
  -- because the operator of the index is not leakproof, and PostgreSQL then looks at the policy first and reads everything: so the
  -- policy's own condition stands in it. The collation is another than that of the indexes, and orders alike: so none of them is used for
  -- the person alone, of whom every row would be read for each term. The keys of the terms are that person's already.
  CREATE FUNCTION postings(
    of_person text, wanted text[], most integer[], since bigint, until bigint, of_type text, with_tag text,
    only_unprocessed boolean, of_session text, beside_session text, current_at bigint
  ) RETURNS TABLE (found text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = mh, pg_temp AS $$
  BEGIN
    IF of_person IS DISTINCT FROM current_setting('mh.user_id', true) THEN RETURN; END IF;
    RETURN QUERY SELECT (
      WITH held AS MATERIALIZED (
        SELECT m.row FROM memory m
        WHERE m.user_id = of_person COLLATE "POSIX" AND term_keys(m.user_id, m.terms) @> ARRAY[term_key(of_person, w.term)]
          AND (since IS NULL OR m.timestamp >= since) AND (until IS NULL OR m.timestamp <= until)
          AND (of_type IS NULL OR m.type = of_type)
          AND (NOT only_unprocessed OR NOT m.processed)
          AND (of_session IS NULL OR m.session = of_session)
          AND (beside_session IS NULL OR m.session IS DISTINCT FROM beside_session)
          AND (with_tag IS NULL OR EXISTS (
            SELECT 1 FROM tag t WHERE t.user_id = of_person AND t.tag = with_tag AND t.timestamp = m.timestamp AND t.row = m.row))
          AND (current_at IS NULL OR NOT EXISTS (
            SELECT 1 FROM superseded s WHERE s.user_id = of_person AND s.target = m.id AND s.at <= current_at))
      )
      SELECT coalesce(string_agg(newest.row::text, ',' ORDER BY newest.row DESC), '')
      FROM (SELECT held.row FROM held ORDER BY held.row DESC LIMIT w.most) newest
    ) FROM unnest(wanted, most) WITH ORDINALITY AS w(term, most, place) ORDER BY w.place;
  END $$;

  ${ownRows(
    'person',
    'audit',
    'document',
    'memory',
    'tag',
    'superseded',
    'touched',
    'vocabulary',
    'speaker',
    'trash',
    'history',
    'task',
    'line'
  )}
  ${ownOrSystemRows('account', 'archived_audit', 'archived_head')}
  ${systemRows('system_audit')}

  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA mh TO mh_program;
  -- Trails only grow; they go with an account, or to the archive.
  REVOKE UPDATE, DELETE ON audit, system_audit, archived_audit, archived_head FROM mh_program;
  REVOKE INSERT, DELETE ON system FROM mh_program;
  REVOKE ALL ON FUNCTION postings FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION postings TO mh_program;
`
