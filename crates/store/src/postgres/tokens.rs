//! Access tokens. Outside the ledger's transactions: each statement stands by itself.

use ledger::{Fault, TokenRow, Tokens};
use terms::{Digest, GovernmentCode};

use super::open::PostgresStore;
use super::rows;
use super::statement as say;

fn read(row: &postgres::Row) -> Result<TokenRow, Fault> {
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

impl Tokens for PostgresStore {
    fn token_put(&self, row: &TokenRow) -> Result<(), Fault> {
        let params = [
            row.government.as_str().into(),
            row.token.0.as_slice().into(),
            row.account.as_str().into(),
            row.label.as_str().into(),
            i64::from(row.writes).into(),
            row.made.into(),
            row.expires.into(),
            row.used.into(),
        ];
        self.alone(|handle| handle.run(&say::TOKEN_PUT, &params)).map(|_| ())
    }

    fn token(&self, government: &GovernmentCode, token: Digest) -> Result<Option<TokenRow>, Fault> {
        let params = [government.as_str().into(), token.0.as_slice().into()];
        self.looking(|handle| handle.one(&say::TOKEN, &params, read))
    }

    fn tokens_of(&self, government: &GovernmentCode, account: &str) -> Result<Vec<TokenRow>, Fault> {
        let params = [government.as_str().into(), account.into()];
        self.looking(|handle| handle.rows(&say::TOKENS_OF, &params, read))
    }

    fn token_used(&self, government: &GovernmentCode, token: Digest, at: i64) -> Result<(), Fault> {
        let params = [at.into(), government.as_str().into(), token.0.as_slice().into()];
        self.alone(|handle| handle.run(&say::TOKEN_USED, &params)).map(|_| ())
    }

    fn token_end(&self, government: &GovernmentCode, account: &str, token: Digest) -> Result<bool, Fault> {
        let params = [government.as_str().into(), token.0.as_slice().into(), account.into()];
        Ok(self.alone(|handle| handle.run(&say::TOKEN_END, &params))? > 0)
    }

    fn tokens_sweep(&self, government: &GovernmentCode, before: i64) -> Result<u64, Fault> {
        let params = [government.as_str().into(), before.into()];
        self.alone(|handle| handle.run(&say::SWEEP_TOKENS, &params))
    }
}
