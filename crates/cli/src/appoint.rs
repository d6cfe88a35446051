//! `fazhi appoint`: the first administrators, who make everybody else.

use platform::{OfficeError, hash_password};

use crate::args::{Appoint, At};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Makes an administrator and prints the first password.
pub fn run(at: &At, asked: &Appoint) -> Result<Found, Failure> {
    let platform = open::writing(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let mut random = [0; 24];
    getrandom::fill(&mut random).map_err(|error| {
        Failure::new(
            format!("the system gives no randomness: {error}"),
            "start the program where /dev/urandom is there",
        )
    })?;
    let (word, salt) = random.split_at(8);
    let groups: Vec<String> =
        word.chunks(2).map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    let password = groups.join("-");
    let mut salted = [0; 16];
    salted.copy_from_slice(salt);
    let hash = hash_password(&password, salted)
        .map_err(|why| Failure::new(format!("the password cannot be kept: {why}"), "free some memory"))?;
    let agency = (asked.agency.as_str(), asked.agency_name.as_str());
    let who = (asked.account.as_str(), asked.name.as_str());
    platform.appoint(&government, who, agency, &asked.post, &hash).map_err(|error| told(error, asked))?;
    show::say(&format!(
        "{} holds {} in {government}; first password: {password}\nIt has to be changed at the first sign-in.\n",
        asked.account, asked.post
    ))?;
    Ok(Found::Nothing)
}

fn told(error: OfficeError, asked: &Appoint) -> Failure {
    match error {
        OfficeError::Fault(fault) => fault.into(),
        OfficeError::Unknown | OfficeError::NotYours => Failure::new(
            format!("`{}` is no administrator's post", asked.post),
            "write system_administrator, security_administrator or security_auditor",
        ),
        OfficeError::Refused("office-taken") => Failure::new(
            format!("there is an account `{}` already", asked.account),
            "choose another name: an account is never given to somebody else",
        ),
        OfficeError::Refused(_) => Failure::new(
            "the account or the agency cannot be called so",
            "a code begins with a small letter and has small letters, digits, - _ and .; a name is not empty",
        ),
    }
}
