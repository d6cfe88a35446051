//! Access tokens. Outside the ledger's transactions: each statement stands by itself. What makes or takes back a token
//! waits for the disk.

use ledger::{Fault, TokenRow, Tokens};
use rusqlite::params;
use terms::{Digest, GovernmentCode};

use super::open::SqliteStore;
use super::rows;

const COLUMNS: &str = "government, token, account, label, writes, made, expires, used";

fn read(row: &rusqlite::Row<'_>) -> Result<TokenRow, Fault> {
    Ok(TokenRow {
        government: rows::place(row, 0)?,
        token: rows::digest(row, 1)?,
        account: rows::code(row, 2)?,
        label: rows::string(row, 3)?,
        writes: rows::yes(row, 4)?,
        made: rows::integer(row, 5)?,
        expires: rows::integer(row, 6)?,
        used: rows::integer(row, 7)?,
    })
}

impl Tokens for SqliteStore {
    fn token_put(&self, row: &TokenRow) -> Result<(), Fault> {
        self.writing()?.handle.run(
            "INSERT INTO token (government, token, account, label, writes, made, expires, used) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                row.government.as_str(),
                row.token.0,
                row.account.as_str(),
                row.label,
                row.writes,
                row.made,
                row.expires,
                row.used
            ],
        )?;
        self.flush()
    }

    fn token(&self, government: &GovernmentCode, token: Digest) -> Result<Option<TokenRow>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM token WHERE government = $1 AND token = $2");
        self.looking(|handle| handle.one(&sql, params![government.as_str(), token.0], read))
    }

    fn tokens_of(&self, government: &GovernmentCode, account: &str) -> Result<Vec<TokenRow>, Fault> {
        let sql = format!(
            "SELECT {COLUMNS} FROM token WHERE government = $1 AND account = $2 ORDER BY made DESC, token DESC"
        );
        self.looking(|handle| handle.rows(&sql, params![government.as_str(), account], read))
    }

    fn token_used(&self, government: &GovernmentCode, token: Digest, at: i64) -> Result<(), Fault> {
        let sql = "UPDATE token SET used = $1 WHERE government = $2 AND token = $3 AND used < $1";
        self.writing()?.handle.run(sql, params![at, government.as_str(), token.0])?;
        Ok(())
    }

    fn token_end(&self, government: &GovernmentCode, account: &str, token: Digest) -> Result<bool, Fault> {
        let sql = "DELETE FROM token WHERE government = $1 AND token = $2 AND account = $3";
        let gone = self.writing()?.handle.run(sql, params![government.as_str(), token.0, account])?;
        self.flush()?;
        Ok(gone > 0)
    }

    fn tokens_sweep(&self, government: &GovernmentCode, before: i64) -> Result<u64, Fault> {
        let sql = "DELETE FROM token WHERE government = $1 AND expires < $2";
        Ok(self.writing()?.handle.run(sql, params![government.as_str(), before])? as u64)
    }
}
