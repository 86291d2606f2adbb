import {ownOrSystemRows, ownRows} from '../policies.ts'

/** What doors keep: secrets that were given out, tries to sign in, the inbox, schedules, and files of other kinds. */
export const doors = `
  -- Looked up before anybody is known, so by the hash alone; the system takes away what belongs to somebody who goes.
  CREATE TABLE issued (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    created_at text COLLATE "C" NOT NULL,
    expires_at timestamptz,
    record json NOT NULL,
    PRIMARY KEY (user_id, kind, hash)
  );
  CREATE UNIQUE INDEX issued_hash ON issued (hash, kind);
  -- Hashes of the setup tokens that servers show while nobody has an account.
  ALTER TABLE system ADD COLUMN setup text[] NOT NULL DEFAULT '{}';
  -- Tries to sign in, counted by hashes: nobody is to be read here.
  CREATE TABLE attempts (key text PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint);
  CREATE INDEX attempts_expire ON attempts (expire);

  CREATE TABLE inbox (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    modified timestamptz NOT NULL,
    -- waiting, archived or failed
    state text NOT NULL,
    day text,
    reason text,
    bytes bytea NOT NULL,
    PRIMARY KEY (user_id, name, number)
  );
  ALTER TABLE inbox ALTER COLUMN bytes SET STORAGE EXTERNAL;
  CREATE UNIQUE INDEX inbox_waiting ON inbox (user_id, name) WHERE state = 'waiting';

  -- What the scheduler and the workers know of a person's agents, by their names.
  CREATE TABLE schedule (
    user_id text COLLATE "C" PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    states jsonb NOT NULL
  );
  ALTER TABLE system ADD COLUMN scheduler json;

  -- Everything of a profile that is none of the above, byte for byte.
  CREATE TABLE file (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    path text COLLATE "C" NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (user_id, path)
  );

  ${ownRows('inbox', 'schedule', 'file')}
  ${ownOrSystemRows('issued')}
  GRANT SELECT, INSERT, UPDATE, DELETE ON issued, attempts, inbox, schedule, file TO mh_program;
`
