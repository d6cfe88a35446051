//! Everything that this store says to PostgreSQL. A connection takes a [`Statement`] and nothing else, and only this
//! file makes them: so each one says how far it reaches, and the tests in `distributed.rs` can hold all of them against
//! what a distributed database allows.

use std::borrow::Cow;

use crate::query::{Param, Query, months_wrong, record_columns, values};

/// How far a statement reaches in a database whose tables are distributed by the government.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The rows of one government: one shard of one server.
    Government,
    /// A plain read of every shard.
    FansOut,
    /// A table that belongs to nobody and stands on every server.
    Reference,
    /// No table of ours.
    Session,
    /// Makes tables.
    Schema,
}

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    sql: Cow<'static, str>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests hold the statement against it"))]
    reach: Reach,
}

impl Statement {
    const fn fixed(reach: Reach, sql: &'static str) -> Statement {
        Statement { sql: Cow::Borrowed(sql), reach }
    }

    fn built(reach: Reach, sql: String) -> Statement {
        Statement { sql: Cow::Owned(sql), reach }
    }

    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    #[cfg(test)]
    pub(crate) fn reach(&self) -> Reach {
        self.reach
    }
}

macro_rules! statements {
    ($($reach:ident $name:ident = $sql:expr;)*) => {
        $(pub(crate) static $name: Statement = Statement::fixed(Reach::$reach, $sql);)*

        /// Every constant statement and its name.
        #[cfg(test)]
        pub(crate) static ALL: &[(&str, &Statement)] = &[$((stringify!($name), &$name)),*];
    };
}

macro_rules! event_columns {
    () => {
        "government, record, seq, position, envelope, hash, head"
    };
}
macro_rules! exchange_columns {
    () => {
        "government, id, at, inward, account, line, source, approver, standing, file, digest, row_count, came, repeated, \
         left_out, first, last"
    };
}
macro_rules! account_columns {
    () => {
        "government, name, shown, agency, posts, password"
    };
}
macro_rules! holding_columns {
    () => {
        "government, account, post, since, until"
    };
}
macro_rules! office_columns {
    () => {
        "government, n, at, account, what, subject, before, after"
    };
}
macro_rules! attachment_columns {
    () => {
        "government, digest, size, kind, uses"
    };
}
macro_rules! waiting_columns {
    () => {
        "record, kind, what, who, agency, day"
    };
}
macro_rules! draft_columns {
    () => {
        "account, id, record, line, act, typed, at"
    };
}
macro_rules! remark_columns {
    () => {
        "n, id, record, account, at, text, withdrawn"
    };
}
macro_rules! notice_columns {
    () => {
        "n, account, source, kind, record, line, what, doer, due, at, read"
    };
}
macro_rules! token_columns {
    () => {
        "government, token, account, label, writes, made, expires, used"
    };
}
macro_rules! public_columns {
    () => {
        "government, record, publication, line, published, withdrawn, shown, digest"
    };
}

macro_rules! message_columns {
    () => {
        "government, sent, origin, opener, opened_by, effect, back, n, record, seq, other, line, there, addressee, state, \
         told, bytes, at"
    };
}

statements! {
    // What each session asks of the server: a commit is durable, and a writer that hangs gives up the lock. Every statement
    // of ours is answered by an index; a plan made while a table is new and without statistics would read it as a whole,
    // and would be kept. Such a ban looks costly to the planner, and nothing of ours is worth being compiled.
    Session SETTINGS = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '60s'; \
                        SET statement_timeout = '120s'; SET enable_seqscan = off; SET jit = off";
    Session BEGIN = "BEGIN";
    Session BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    // In a transaction in which a statement failed, COMMIT alone answers with a rollback and no error.
    Session COMMIT = "SELECT 1; COMMIT";
    Session ROLLBACK = "ROLLBACK";
    Session SAVEPOINT = "SAVEPOINT mark";
    Session RELEASE = "RELEASE SAVEPOINT mark";
    Session BACK = "ROLLBACK TO SAVEPOINT mark";
    // Asked for nothing but an answer; in a transaction that reads, its view begins here.
    Session ALIVE = "SELECT 1";
    Session SERVER_VERSION = "SHOW server_version";
    Session LOG_POSITION = "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS bigint)";
    // The tables that stand; what extensions bring along is nobody's.
    Session TABLES =
        "SELECT CAST(relname AS text) FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) \
         AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (SELECT 1 FROM pg_depend \
         WHERE classid = CAST('pg_class' AS regclass) AND objid = pg_class.oid AND deptype = 'e') ORDER BY relname";
    Session HAS_CITUS = "SELECT CAST(to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL AS int)::bigint";
    Session VERSION_COLUMNS =
        "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('schema_version') AND NOT attisdropped \
         AND attname IN ('application', 'version', 'distributed')";
    // What stands in our schema, in the words of `check.rs`. A guard counts only while it is enabled and without a
    // condition; an index while it is valid. Rules, which rewrite statements, are never ours.
    Session PARTS =
        "WITH ours AS ( \
             SELECT oid, CAST(relname AS text) AS name FROM pg_class \
             WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind IN ('r', 'p')) \
         SELECT 'column ' || name || '.' || attname || ' ' || format_type(atttypid, NULL) \
             FROM ours JOIN pg_attribute ON attrelid = ours.oid WHERE attnum > 0 AND NOT attisdropped \
         UNION ALL SELECT 'conditions ' || name || ': ' || count(*) \
             FROM ours JOIN pg_constraint ON conrelid = ours.oid AND contype IN ('p', 'u', 'c') AND convalidated \
             GROUP BY name \
         UNION ALL SELECT 'index ' || indexes.relname FROM ours JOIN pg_index ON indrelid = ours.oid AND indisvalid \
             JOIN pg_class AS indexes ON indexes.oid = indexrelid \
         UNION ALL SELECT 'trigger ' || tgname || ' on ' || name || ' ' || proname || ' ' || tgtype \
             || CASE WHEN tgenabled IN ('O', 'A') AND tgqual IS NULL AND CAST(tgattr AS text) = '' THEN '' ELSE ' off' END \
             FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal \
             JOIN pg_proc ON pg_proc.oid = tgfoid \
         UNION ALL SELECT 'function ' || proname || ' ' || prosrc FROM pg_proc \
             WHERE pronamespace = to_regnamespace(quote_ident(current_schema())) \
             AND prorettype = CAST('trigger' AS regtype) \
         UNION ALL SELECT 'rule ' || rulename || ' on ' || name FROM ours JOIN pg_rewrite ON ev_class = ours.oid";
    // The transaction's number, as old rows bear it; and how many sessions may see what stood before it, as far as this
    // role is told of others' sessions.
    Session TRANSACTION = "SELECT CAST(txid_current() % 4294967296 AS bigint)";
    Session WATCHED =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
         AND age(backend_xmin) >= age(CAST(CAST(CAST($1 AS bigint) AS text) AS xid))";

    // Of several programs that start at once one migrates: the lock is called "Fazh". Large tables take their time.
    Session LOCK_SCHEMA = "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(1180793448)";
    // The number after those that stand for a figure's day at a position; none: no row.
    Government FREE_DELTA =
        "SELECT MAX(n) + 1 FROM delta \
         WHERE government = $1 AND figure = $2 AND day = $3 AND position = $4 HAVING COUNT(*) > 0";

    // Which version stands, and whether the tables were distributed when they were made: then they have no guards,
    // however the ledger is opened later.
    Schema MAKE_VERSION = "CREATE TABLE IF NOT EXISTS schema_version ( \
                           application text PRIMARY KEY, version bigint NOT NULL, distributed bigint NOT NULL)";
    Schema STEP_1 = include_str!("../../../../migrations/postgres/0001_ledger.sql");
    Schema GUARDS_1 = include_str!("../../../../migrations/postgres/0001_guards.sql");
    Schema STEP_2 = include_str!("../../../../migrations/postgres/0002_lease.sql");
    Schema STEP_3 = include_str!("../../../../migrations/postgres/0003_session.sql");
    Schema STEP_4 = include_str!("../../../../migrations/postgres/0004_message.sql");
    Schema STEP_5 = include_str!("../../../../migrations/postgres/0005_rights.sql");
    Schema GUARDS_5 = include_str!("../../../../migrations/postgres/0005_guards.sql");
    Schema STEP_6 = include_str!("../../../../migrations/postgres/0006_attachment.sql");
    Schema GUARDS_6 = include_str!("../../../../migrations/postgres/0006_guards.sql");
    Schema STEP_7 = include_str!("../../../../migrations/postgres/0007_desk.sql");
    Schema STEP_8 = include_str!("../../../../migrations/postgres/0008_intake.sql");
    Schema STEP_9 = include_str!("../../../../migrations/postgres/0009_token.sql");
    Schema STEP_10 = include_str!("../../../../migrations/postgres/0010_erased.sql");
    Schema STEP_11 = include_str!("../../../../migrations/postgres/0011_lists.sql");
    Schema STEP_12 = include_str!("../../../../migrations/postgres/0012_months.sql");
    Reference VERSION = "SELECT version, distributed FROM schema_version WHERE application = 'fazhi'";
    Reference PUT_VERSION = "INSERT INTO schema_version (application, version, distributed) VALUES ('fazhi', $1, $2) \
                             ON CONFLICT (application) DO UPDATE SET version = excluded.version";

    // Every government's head has its own row: what a writer locks.
    Government LOCK_HEAD = "SELECT position, hash FROM head WHERE government = $1 FOR UPDATE";
    Government BEGIN_HEAD =
        "INSERT INTO head (government, position, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING";
    Government MOVE_HEAD = "UPDATE head SET position = $2, hash = $3 WHERE government = $1";
    Government HEAD = "SELECT position, head FROM event WHERE government = $1 ORDER BY position DESC LIMIT 1";
    // Gives the government where its head is not that of its last event.
    Government WRONG_HEAD =
        "SELECT government FROM head WHERE government = $1 AND ((position > 0 AND NOT EXISTS ( \
             SELECT 1 FROM event WHERE event.government = head.government AND event.position = head.position \
             AND event.head = head.hash)) \
         OR EXISTS (SELECT 1 FROM event WHERE event.government = head.government AND event.position > head.position))";
    FansOut HEADS = "SELECT government FROM head ORDER BY government";
    FansOut GOVERNMENTS =
        "SELECT government FROM head WHERE position > 0 UNION SELECT government FROM agency ORDER BY government";

    Government RECORD =
        concat!("SELECT ", record_columns!(), " FROM record WHERE government = $1 AND id = $2");
    Government RECORDS_OF =
        concat!("SELECT ", record_columns!(), " FROM record WHERE government = $1 AND id = ANY($2)");
    Government EVENTS = concat!(
        "SELECT ", event_columns!(), " FROM event WHERE government = $1 AND record = $2 ORDER BY seq"
    );
    Government CONTENTS =
        "SELECT content.position, content.part, content.nonce, content.bytes FROM event CROSS JOIN content \
         WHERE event.government = $1 AND event.record = $2 AND content.government = event.government \
         AND content.position = event.position ORDER BY event.seq, content.part";
    Government LOG = concat!(
        "SELECT ", event_columns!(),
        " FROM event WHERE government = $1 AND position > $2 AND position <= $3 ORDER BY position"
    );
    Government LOG_CONTENTS = "SELECT position, part, nonce, bytes FROM content \
                               WHERE government = $1 AND position > $2 AND position <= $3 ORDER BY position, part";
    Government ERASE = "UPDATE content SET nonce = NULL, bytes = NULL \
                        WHERE government = $1 AND position = $2 AND part = $3";
    Government ERASED = "SELECT count(*) FROM content WHERE government = $1 AND bytes IS NULL";
    Government ERASED_RECORDS =
        "SELECT DISTINCT event.record FROM content JOIN event ON event.government = content.government \
         AND event.position = content.position WHERE content.government = $1 AND content.bytes IS NULL \
         AND event.government = $1 AND event.record > $2 ORDER BY event.record LIMIT $3";
    Government COMMAND = "SELECT record, position FROM command WHERE government = $1 AND id = $2";
    Government COMMANDS = "SELECT id, record, position FROM command WHERE government = $1 AND id = ANY($2)";
    Government KEYED = "SELECT value, record FROM key_value \
                        WHERE government = $1 AND line = $2 AND field = $3 AND value = ANY($4) ORDER BY value, record";
    Government HOLDER = "SELECT record FROM key_value \
                         WHERE government = $1 AND line = $2 AND field = $3 AND value = $4 AND only_one = 1";
    Government KEYS = "SELECT line, field, value, only_one FROM key_value \
                       WHERE government = $1 AND record = $2 ORDER BY line, field, value";
    Government CLEAR_KEYS = "DELETE FROM key_value WHERE government = $1 AND record = ANY($2)";
    Government DUE = "SELECT government, record, limit_code, due, agency FROM due \
                      WHERE government = $1 AND due < $2 ORDER BY due, record, limit_code LIMIT $3";
    Government DUE_OF = "SELECT government, record, limit_code, due, agency FROM due \
                         WHERE government = $1 AND record = $2 ORDER BY limit_code";
    Government CLEAR_DUE = "DELETE FROM due WHERE government = $1 AND record = ANY($2)";
    Government MONTHS_WRONG = months_wrong!();
    Government CLEAR_MONTHS = "DELETE FROM delta_month WHERE government = $1";
    Government MONTHS_ANEW =
        "INSERT INTO delta_month (government, figure, month, agency, place, part, amount) \
         SELECT government, figure, day / 100, agency, place, part, CAST(sum(amount) AS BIGINT) FROM delta \
         WHERE government = $1 GROUP BY government, figure, day / 100, agency, place, part";
    Government DELTAS_OF = "SELECT government, figure, day, position, record, agency, place, part, amount FROM delta \
                            WHERE government = $1 AND record = $2 ORDER BY position, n";
    Government SERIES = "SELECT series, year, last FROM series WHERE government = $1 ORDER BY series, year";
    Government LAST_NUMBER = "SELECT last FROM series WHERE government = $1 AND series = $2 AND year = $3";
    Government PUBLIC_OF = concat!(
        "SELECT ", public_columns!(), " FROM public WHERE government = $1 AND record = $2 ORDER BY publication"
    );
    Government ACCOUNTS = concat!("SELECT ", account_columns!(), " FROM account WHERE government = $1 ORDER BY name");
    Government ACCOUNT = concat!("SELECT ", account_columns!(), " FROM account WHERE government = $1 AND name = $2");
    Government PUT_ACCOUNT = concat!(
        "INSERT INTO account (", account_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (government, name) DO UPDATE SET shown = excluded.shown, agency = excluded.agency, \
         posts = excluded.posts, password = excluded.password"
    );
    Government AGENCIES = "SELECT government, code, name, place FROM agency WHERE government = $1 ORDER BY code";
    Government PUT_AGENCY = "INSERT INTO agency (government, code, name, place) VALUES ($1, $2, $3, $4) \
                             ON CONFLICT (government, code) DO UPDATE SET name = excluded.name, place = excluded.place";
    Government MESSAGE = concat!(
        "SELECT ", message_columns!(), " FROM message WHERE government = $1 AND sent = $2 AND origin = $3 \
         AND opener = $4 AND opened_by = $5 AND effect = $6 AND back = $7 AND n = $8"
    );
    Government MESSAGES_OF = concat!(
        "SELECT ", message_columns!(), " FROM message WHERE government = $1 AND record = $2 \
         ORDER BY at, origin, opener, opened_by, effect, back, n"
    );
    Government MESSAGES = concat!(
        "SELECT ", message_columns!(), " FROM message WHERE government = $1 AND sent = $2 AND state = $3 \
         ORDER BY origin, opener, opened_by, effect, back, n LIMIT $4"
    );
    Government PUT_MESSAGE = concat!(
        "INSERT INTO message (", message_columns!(), ") \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (government, sent, origin, opener, opened_by, effect, back, n) DO UPDATE SET \
         record = excluded.record, seq = excluded.seq, other = excluded.other, line = excluded.line, \
         there = excluded.there, addressee = excluded.addressee, state = excluded.state, told = excluded.told, \
         bytes = excluded.bytes, at = excluded.at"
    );
    Government LOOKS = "SELECT record, account, at, reason FROM look WHERE government = $1 AND record = $2 \
                        ORDER BY at, account";
    // The same look at the same microsecond is one look.
    Government NOTE_LOOK =
        "INSERT INTO look (government, record, at, account, reason) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING";

    Reference DEFINITION = "SELECT bytes FROM definition WHERE digest = $1";
    Reference DEFINITIONS = "SELECT digest, name FROM definition ORDER BY digest";
    Reference NOTE = "SELECT text FROM note WHERE name = $1";
    Reference NOTES = "SELECT name, text FROM note ORDER BY name";
    Reference PUT_NOTE =
        "INSERT INTO note (name, text) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET text = excluded.text";

    Government LEASE = "INSERT INTO lease (government, duty, holder, until) VALUES ($1, $2, $3, $4) \
                        ON CONFLICT (government, duty) DO UPDATE SET holder = excluded.holder, until = excluded.until \
                        WHERE lease.holder = excluded.holder OR lease.until <= $5";
    Government ATTACHMENT = concat!(
        "SELECT ", attachment_columns!(), " FROM attachment WHERE government = $1 AND digest = $2"
    );
    // As above, and nobody else changes it until this transaction ends.
    Government LOCK_ATTACHMENT =
        "SELECT uses FROM attachment WHERE government = $1 AND digest = $2 FOR UPDATE";
    Government ATTACHMENTS = concat!(
        "SELECT ", attachment_columns!(), " FROM attachment \
         WHERE government = $1 AND digest > $2 AND uses > 0 ORDER BY digest LIMIT $3"
    );
    Government PUT_ATTACHMENT = concat!(
        "INSERT INTO attachment (", attachment_columns!(), ") VALUES ($1, $2, $3, $4, 0) ON CONFLICT DO NOTHING"
    );
    Government PUT_PIECE = "INSERT INTO attachment_piece (government, digest, n, bytes) VALUES ($1, $2, $3, $4) \
                            ON CONFLICT DO NOTHING";
    Government PIECE = "SELECT bytes FROM attachment_piece WHERE government = $1 AND digest = $2 AND n = $3";
    Government STAGE = "INSERT INTO staged (government, digest, account, at) VALUES ($1, $2, $3, $4) \
                        ON CONFLICT (government, digest, account) DO UPDATE SET at = excluded.at \
                        WHERE staged.at < excluded.at";
    Government STAGED = "SELECT account FROM staged WHERE government = $1 AND digest = $2 AND account = $3";
    Government STAGED_BY_ANYBODY = "SELECT account FROM staged WHERE government = $1 AND digest = $2 LIMIT 1";
    Government HOLD_ATTACHMENT = "UPDATE attachment SET uses = uses + 1 WHERE government = $1 AND digest = $2";
    Government RELEASE_ATTACHMENT =
        "UPDATE attachment SET uses = uses - 1 WHERE government = $1 AND digest = $2 AND uses > 0";
    Government UNSTAGE = "DELETE FROM staged WHERE government = $1 AND digest = $2";
    Government SWEEP_STAGED = "DELETE FROM staged WHERE government = $1 AND at < $2";
    Government UNUSED = "SELECT digest FROM attachment WHERE government = $1 AND uses = 0 ORDER BY digest";
    Government DROP_PIECES = "DELETE FROM attachment_piece WHERE government = $1 AND digest = $2";
    Government DROP_ATTACHMENT = "DELETE FROM attachment WHERE government = $1 AND digest = $2 AND uses = 0";
    Government SESSION_BEGIN = "INSERT INTO session (government, token, account, secret, begun, seen, told) \
                                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    Government SESSION = "SELECT government, token, account, secret, begun, seen, told FROM session \
                          WHERE government = $1 AND token = $2";
    Government SESSION_SEEN = "UPDATE session SET seen = $1 WHERE government = $2 AND token = $3 AND seen < $1";
    Government SESSION_TELL = "UPDATE session SET told = $1 WHERE government = $2 AND token = $3";
    Government SESSION_END = "DELETE FROM session WHERE government = $1 AND token = $2";
    Government SESSIONS = "SELECT count(*) FROM session WHERE government = $1 AND begun >= $2 AND seen >= $3";
    Government SWEEP_SESSIONS = "DELETE FROM session WHERE government = $1 AND (begun < $2 OR seen < $3)";
    Government ATTEMPTS = "SELECT failed, last FROM attempt WHERE government = $1 AND name = $2";
    Government PUT_ATTEMPTS = "INSERT INTO attempt (government, name, failed, last) VALUES ($1, $2, $3, $4) \
                               ON CONFLICT (government, name) DO UPDATE SET failed = excluded.failed, \
                               last = excluded.last WHERE attempt.failed = $5";
    Government END_ATTEMPTS = "DELETE FROM attempt WHERE government = $1 AND name = $2";
    Government HOLDINGS = concat!("SELECT ", holding_columns!(), " FROM holding \
                                   WHERE government = $1 AND account = $2 ORDER BY post, since");
    Government HOLDERS = concat!("SELECT ", holding_columns!(), " FROM holding \
                                  WHERE government = $1 AND since <= $2 AND (until IS NULL OR until >= $2) \
                                  ORDER BY account, post, since");
    Government PUT_HOLDING = concat!("INSERT INTO holding (", holding_columns!(), ") VALUES ($1, $2, $3, $4, $5) \
                                      ON CONFLICT (government, account, post, since) DO UPDATE SET \
                                      until = excluded.until");
    Government STANDING = "SELECT government, account, closed, renew FROM standing \
                           WHERE government = $1 AND account = $2";
    Government STANDINGS = "SELECT government, account, closed, renew FROM standing WHERE government = $1 \
                            ORDER BY account";
    Government PUT_STANDING = "INSERT INTO standing (government, account, closed, renew) VALUES ($1, $2, $3, $4) \
                               ON CONFLICT (government, account) DO UPDATE SET closed = excluded.closed, \
                               renew = excluded.renew";
    Government AGENCIES_PAST = "SELECT government, code, since, until, name, place FROM agency_past \
                                WHERE government = $1 ORDER BY code, since";
    Government PUT_AGENCY_PAST = "INSERT INTO agency_past (government, code, since, until, name, place) \
                                  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (government, code, since) DO UPDATE \
                                  SET until = excluded.until, name = excluded.name, place = excluded.place";
    Government OFFICE = concat!("SELECT ", office_columns!(), " FROM office WHERE government = $1 AND n < $2 \
                                 ORDER BY n DESC LIMIT $3");
    Government NOTE_OFFICE = concat!("INSERT INTO office (", office_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    Government LAST_OFFICE = "SELECT coalesce(max(n), 0) FROM office WHERE government = $1";
    Government ALL_LOOKS = "SELECT record, account, at, reason FROM look WHERE government = $1 AND at < $2 \
                            ORDER BY at DESC, record DESC, account DESC LIMIT $3";
    Government LOOKS_OF = "SELECT record, account, at, reason FROM look WHERE government = $1 AND at < $2 \
                           AND account = $3 ORDER BY at DESC, record DESC LIMIT $4";
    Government SWEEP_ATTEMPTS = "DELETE FROM attempt WHERE government = $1 AND last < $2";

    // Desks.
    Government WAITING_OF = concat!(
        "SELECT ", waiting_columns!(), " FROM waiting WHERE government = $1 AND record = $2 ORDER BY kind, what, who"
    );
    Government WAITING = concat!(
        "SELECT ", waiting_columns!(), " FROM waiting WHERE government = $1 AND kind = $2 \
         AND (day, record) > ($3, $4) ORDER BY day, record, what, who LIMIT $5"
    );
    Government WAITING_WHO = concat!(
        "SELECT ", waiting_columns!(), " FROM waiting WHERE government = $1 AND kind = $2 AND who = $6 \
         AND (day, record) > ($3, $4) ORDER BY day, record, what, who LIMIT $5"
    );
    Government WAITING_AGENCY = concat!(
        "SELECT ", waiting_columns!(), " FROM waiting WHERE government = $1 AND kind = $2 AND agency = $6 \
         AND (day, record) > ($3, $4) ORDER BY day, record, what, who LIMIT $5"
    );
    Government WAITING_BOTH = concat!(
        "SELECT ", waiting_columns!(), " FROM waiting WHERE government = $1 AND kind = $2 AND who = $6 \
         AND agency || '' = $7 AND (day, record) > ($3, $4) ORDER BY day, record, what, who LIMIT $5"
    );
    Government WAITING_COUNTED =
        "SELECT agency, count(DISTINCT record) FROM waiting WHERE government = $1 AND kind = $2 \
         GROUP BY agency ORDER BY agency";
    Government WAITING_COUNTED_OF =
        "SELECT agency, count(DISTINCT record) FROM waiting WHERE government = $1 AND kind = $2 AND agency = $3 \
         GROUP BY agency ORDER BY agency";
    Government CLEAR_WAITING = "DELETE FROM waiting WHERE government = $1 AND record = ANY($2)";
    Government DUE_COUNTED =
        "SELECT agency, count(*) FROM record WHERE government = $1 AND due BETWEEN $2 AND $3 AND closed = 0 \
         AND ($4 = '' OR agency || '' = $4) GROUP BY agency ORDER BY agency";
    Government DUE_BETWEEN =
        "SELECT government, record, limit_code, due, agency FROM due WHERE government = $1 \
         AND due BETWEEN $2 AND $3 AND agency = 1 AND (due, record, limit_code) > ($4, $5, $6) \
         ORDER BY due, record, limit_code LIMIT $7";
    Government DRAFTS = concat!(
        "SELECT ", draft_columns!(), " FROM draft WHERE government = $1 AND account = $2 ORDER BY at DESC, id"
    );
    Government DRAFT = concat!(
        "SELECT ", draft_columns!(), " FROM draft WHERE government = $1 AND account = $2 AND id = $3"
    );
    Government EVERY_DRAFT = concat!(
        "SELECT ", draft_columns!(), " FROM draft WHERE government = $1 ORDER BY account, id"
    );
    Government PUT_DRAFT =
        "INSERT INTO draft (government, account, id, record, line, act, typed, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (government, account, id) DO UPDATE SET \
         record = excluded.record, line = excluded.line, act = excluded.act, typed = excluded.typed, at = excluded.at";
    Government END_DRAFT = "DELETE FROM draft WHERE government = $1 AND account = $2 AND id = $3";
    Government SWEEP_DRAFTS = "DELETE FROM draft WHERE government = $1 AND at < $2";
    Government ERASE_DRAFTS = "DELETE FROM draft WHERE government = $1 AND record = $2";
    Government REMARKS = concat!(
        "SELECT ", remark_columns!(), " FROM remark WHERE government = $1 AND record = $2 ORDER BY n"
    );
    Government REMARKS_AFTER = concat!(
        "SELECT ", remark_columns!(), " FROM remark WHERE government = $1 AND n > $2 ORDER BY n LIMIT $3"
    );
    Government LAST_REMARK = "SELECT coalesce(max(n), 0) FROM remark WHERE government = $1";
    Government PUT_REMARK =
        "INSERT INTO remark (government, n, id, record, account, at, text, withdrawn) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (government, id) DO NOTHING";
    Government WITHDRAW_REMARK = "UPDATE remark SET text = '', withdrawn = $4 \
                                  WHERE government = $1 AND n = $2 AND account = $3 AND withdrawn IS NULL";
    Government ERASE_REMARKS = "UPDATE remark SET text = '', withdrawn = coalesce(withdrawn, $3) \
                                WHERE government = $1 AND record = $2 AND text <> ''";
    Government NOTICES = concat!(
        "SELECT ", notice_columns!(), " FROM notice WHERE government = $1 AND account = $2 AND n < $3 \
         ORDER BY n DESC LIMIT $4"
    );
    Government NOTICES_AFTER = concat!(
        "SELECT ", notice_columns!(), " FROM notice WHERE government = $1 AND n > $2 ORDER BY n LIMIT $3"
    );
    Government UNREAD =
        "SELECT count(*) FROM (SELECT 1 FROM notice WHERE government = $1 AND account = $2 AND read IS NULL \
         LIMIT $3) AS counted";
    Government LAST_NOTICE = "SELECT coalesce(max(n), 0) FROM notice WHERE government = $1";
    Government ADD_NOTICE =
        "INSERT INTO notice (government, n, account, source, kind, record, line, what, doer, due, at, read) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (government, account, source) DO NOTHING";
    Government READ_NOTICES = "UPDATE notice SET read = $4 \
                               WHERE government = $1 AND account = $2 AND n <= $3 AND read IS NULL";
    Government READ_NOTICE = "UPDATE notice SET read = $4 \
                              WHERE government = $1 AND account = $2 AND n = $3 AND read IS NULL";
    Government SETTLE_NOTICES = "UPDATE notice SET read = $4 \
                                 WHERE government = $1 AND record = $2 AND kind = $3 AND source <> $5 AND read IS NULL";
    Government FOUND = "SELECT position, code, record, agency, day FROM found WHERE government = $1 AND day >= $2 \
                        AND ($3 = '' OR agency = $3) ORDER BY day DESC, position DESC, code DESC LIMIT $4";
    Government ADD_FOUND =
        "INSERT INTO found (government, position, code, record, agency, day) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (government, position, code) DO NOTHING";
    Government SWEEP_FOUND = "DELETE FROM found WHERE government = $1 AND day < $2";
    Government REACHED = "SELECT position FROM reached WHERE government = $1 AND what = $2";
    Government ALL_REACHED = "SELECT what, position FROM reached WHERE government = $1 ORDER BY what";
    Government REACH = "INSERT INTO reached (government, what, position) VALUES ($1, $2, $3) \
                        ON CONFLICT (government, what) DO UPDATE SET position = excluded.position";
    Government EXCHANGES = concat!("SELECT ", exchange_columns!(),
        " FROM exchange WHERE government = $1 ORDER BY at DESC, id LIMIT $2");
    Government PUT_EXCHANGE = concat!("INSERT INTO exchange (", exchange_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (government, id) DO UPDATE SET came = excluded.came, repeated = excluded.repeated, \
         left_out = excluded.left_out, last = excluded.last");
    Government KEEP_SHEET = "INSERT INTO sheet (government, id, at, account, about, bytes) VALUES ($1, $2, $3, $4, $5, $6)";
    Government SHEET = "SELECT government, id, at, account, about, bytes FROM sheet WHERE government = $1 AND id = $2";
    Government END_SHEET = "DELETE FROM sheet WHERE government = $1 AND (id = $2 OR at < $3)";
    // Access tokens.
    Government TOKEN_PUT = "INSERT INTO token (government, token, account, label, writes, made, expires, used) \
                            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    Government TOKEN = concat!("SELECT ", token_columns!(), " FROM token WHERE government = $1 AND token = $2");
    Government TOKENS_OF = concat!(
        "SELECT ", token_columns!(), " FROM token WHERE government = $1 AND account = $2 ORDER BY made DESC, token DESC"
    );
    Government TOKEN_USED = "UPDATE token SET used = $1 WHERE government = $2 AND token = $3 AND used < $1";
    Government TOKEN_END = "DELETE FROM token WHERE government = $1 AND token = $2 AND account = $3";
    Government SWEEP_TOKENS = "DELETE FROM token WHERE government = $1 AND expires < $2";
}

/// A list or a sum of `query.rs`, which are all of one government.
pub(crate) fn listed(query: Query) -> (Statement, Vec<Param>) {
    let (sql, params) = query.into_parts();
    (Statement::built(Reach::Government, sql), params)
}

/// What is published, newest first: the government, then the line and the text where they narrow it, then how many to
/// give and how many to pass over.
pub(crate) fn published(line: bool, text: bool) -> Statement {
    let mut sql = concat!("SELECT ", public_columns!(), " FROM public WHERE government = $1").to_owned();
    let mut next = 2;
    if line {
        sql.push_str(&format!(" AND line = ${next}"));
        next += 1;
    }
    if text {
        // Bytes in bytes: what is shown is the platform's encoding, in which text stands as it is.
        sql.push_str(&format!(" AND position(CAST(${next} AS bytea) in shown) > 0"));
        next += 1;
    }
    let order = "ORDER BY published DESC, record DESC, publication DESC";
    sql.push_str(&format!(" {order} LIMIT ${next} OFFSET ${}", next + 1));
    Statement::built(Reach::Government, sql)
}

/// How many rows one statement inserts: few sizes, so that few statements are prepared.
pub(crate) const ROWS: [usize; 3] = [64, 8, 1];

/// An insert of several rows.
pub(crate) struct Insert {
    reach: Reach,
    into: &'static str,
    columns: usize,
    end: &'static str,
}

impl Insert {
    /// For so many rows, of [`ROWS`].
    pub(crate) fn rows(&self, rows: usize) -> Statement {
        let Insert { reach, into, columns, end } = self;
        Statement::built(*reach, format!("INSERT INTO {into} VALUES {}{end}", values(rows, *columns)))
    }
}

macro_rules! inserts {
    ($($reach:ident $name:ident = $columns:literal $into:expr, $end:expr;)*) => {
        $(pub(crate) static $name: Insert =
            Insert { reach: Reach::$reach, into: $into, columns: $columns, end: $end };)*

        /// Every insert of several rows.
        #[cfg(test)]
        pub(crate) static INSERTS: &[(&str, &Insert)] = &[$((stringify!($name), &$name)),*];
    };
}

inserts! {
    Government INTO_EVENT = 7 "event (government, position, record, seq, hash, head, envelope)", "";
    Government INTO_CONTENT = 5 "content (government, position, part, nonce, bytes)", "";
    Government INTO_RECORD = 19 concat!("record (", record_columns!(), ")"),
        " ON CONFLICT (government, id) DO UPDATE SET line = excluded.line, definition = excluded.definition, \
         agency = excluded.agency, handler = excluded.handler, place = excluded.place, stage = excluded.stage, \
         closed = excluded.closed, label = excluded.label, opened = excluded.opened, touched = excluded.touched, \
         due = excluded.due, seq = excluded.seq, hash = excluded.hash, state = excluded.state, \
         seen_by = excluded.seen_by, hidden = excluded.hidden, above = excluded.above";
    Government INTO_DUE = 5 "due (government, record, limit_code, due, agency)", "";
    Government INTO_WAITING = 7 "waiting (government, record, kind, what, who, agency, day)", "";
    Government INTO_KEY = 6 "key_value (government, line, field, value, record, only_one)", "";
    Government INTO_DELTA = 10
        "delta (government, figure, day, position, n, record, agency, place, part, amount)", "";
    Government INTO_MONTH = 7 "delta_month (government, figure, month, agency, place, part, amount)",
        " ON CONFLICT (government, figure, month, agency, place, part) \
         DO UPDATE SET amount = delta_month.amount + excluded.amount";
    Government INTO_PUBLIC = 8 concat!("public (", public_columns!(), ")"),
        " ON CONFLICT (government, record, publication) DO UPDATE SET line = excluded.line, \
         published = excluded.published, withdrawn = excluded.withdrawn, shown = excluded.shown, \
         digest = excluded.digest";
    Government INTO_COMMAND = 4 "command (government, id, record, position)", "";
    Government INTO_SERIES = 4 "series (government, series, year, last)",
        " ON CONFLICT (government, series, year) DO UPDATE SET last = excluded.last";
    Reference INTO_DEFINITION = 3 "definition (digest, name, bytes)", " ON CONFLICT DO NOTHING";
}

/// A step of the schema.
pub(crate) struct Step {
    pub(crate) tables: &'static Statement,
    /// Guards, which a distributed database leaves out: its tables can have no triggers.
    pub(crate) guards: Option<&'static Statement>,
    /// Its tables that are distributed by the government.
    pub(crate) distributed: &'static [&'static str],
    /// Its tables that belong to nobody.
    pub(crate) reference: &'static [&'static str],
}

/// The schema, step by step.
pub(crate) static STEPS: &[Step] = &[
    Step {
        tables: &STEP_1,
        guards: Some(&GUARDS_1),
        distributed: &[
            "event",
            "content",
            "head",
            "command",
            "look",
            "series",
            "delta",
            "record",
            "due",
            "key_value",
            "public",
            "account",
            "agency",
        ],
        reference: &["schema_version", "definition", "note"],
    },
    Step { tables: &STEP_2, guards: None, distributed: &["lease"], reference: &[] },
    Step { tables: &STEP_3, guards: None, distributed: &["session", "attempt"], reference: &[] },
    Step { tables: &STEP_4, guards: None, distributed: &["message"], reference: &[] },
    Step {
        tables: &STEP_5,
        guards: Some(&GUARDS_5),
        distributed: &["holding", "standing", "agency_past", "office"],
        reference: &[],
    },
    Step {
        tables: &STEP_6,
        guards: Some(&GUARDS_6),
        distributed: &["attachment", "staged", "attachment_piece"],
        reference: &[],
    },
    Step {
        tables: &STEP_7,
        guards: None,
        distributed: &["waiting", "draft", "remark", "notice", "found", "reached"],
        reference: &[],
    },
    Step { tables: &STEP_8, guards: None, distributed: &["exchange", "sheet"], reference: &[] },
    Step { tables: &STEP_9, guards: None, distributed: &["token"], reference: &[] },
    Step { tables: &STEP_10, guards: None, distributed: &[], reference: &[] },
    Step { tables: &STEP_11, guards: None, distributed: &[], reference: &[] },
    Step { tables: &STEP_12, guards: None, distributed: &["delta_month"], reference: &[] },
];

/// Distributes a table by the government, beside `event`.
pub(crate) fn distribute(table: &str) -> Statement {
    let beside = if table == "event" { "none" } else { "event" };
    let sql = format!("SELECT create_distributed_table('{table}', 'government', colocate_with => '{beside}')");
    Statement::built(Reach::Schema, sql)
}

/// Keeps a table whole on every server.
pub(crate) fn keep_everywhere(table: &str) -> Statement {
    Statement::built(Reach::Schema, format!("SELECT create_reference_table('{table}')"))
}

/// Clears away the dead rows of a table.
pub(crate) fn vacuum(table: &str) -> Statement {
    Statement::built(Reach::Schema, format!("VACUUM {table}"))
}
