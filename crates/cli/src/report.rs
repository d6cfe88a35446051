//! `fazhi report`.

use platform::{Asker, ReportFigure, ReportTold};
use procedure::Language;
use terms::Stretch;

use crate::args::{At, Paper, Report};
use crate::failure::{Failure, Found};
use crate::{casefile, open, show};

/// The report of a year, a quarter, a month or a day.
pub fn run(at: &At, asked: &Report) -> Result<Found, Failure> {
    let platform = open::reading(at)?;
    let Some(period) = asked.period.or(asked.year.map(Stretch::Year)) else {
        return Err(Failure::new("no period is named", "write --period 2020, 2020Q3, 2020-07 or 2020-07-15"));
    };
    open::know_place(&platform, &asked.place, period.last())?;
    let told = platform.report(Asker::Operator, &asked.place, period, Language::Zh)?;
    if !asked.number.is_empty() && !composer::is_number(&asked.number) {
        return Err(Failure::new(
            format!("`{}` is no number of an official letter", asked.number),
            "write who, the full year in 〔〕 and the number without noughts before it: 祁政〔2021〕3号",
        ));
    }
    let letter = || platform.report_letter(Asker::Operator, &asked.place, period, &asked.number, &asked.signer);
    let figures = || platform.report_figures(Asker::Operator, &asked.place, period);
    let made = match asked.format {
        Paper::Text => told.report.text().into_bytes(),
        Paper::Md => told.report.markdown().into_bytes(),
        Paper::Docx => papers::sheet(&letter()?.page()),
        Paper::Pdf => {
            let printer = casefile::needed()?;
            (printer.letter)(&letter()?).map_err(|why| Failure::new(why, "mend what is said, and print again"))?
        }
        Paper::Json => json_of(&figures()?).into_bytes(),
        Paper::Xlsx => xlsx_of(&figures()?)?,
    };
    match (&asked.output, String::from_utf8(made)) {
        (None, Ok(text)) => show::say(&text)?,
        (None, Err(_)) => {
            return Err(Failure::new("this kind of file is not for the screen", "name a file with --output"));
        }
        (Some(file), made) => std::fs::write(file, made.map_or_else(|bytes| bytes.into_bytes(), String::into_bytes))
            .map_err(|error| {
                let what = format!("the report cannot be written to {}: {error}", file.display());
                Failure::new(what, "name a file in a folder that is there and may be written")
            })?,
    }
    beside(&told);
    Ok(Found::Nothing)
}

const HEADS: [&str; 11] =
    ["code", "name", "place", "level", "from", "to", "value", "unit", "qualifier", "origin", "definition"];

fn cells(one: &ReportFigure) -> [String; 11] {
    [
        one.code.to_string(),
        one.name.zh.clone(),
        one.place.to_string(),
        if one.own { "own" } else { "all" }.to_owned(),
        one.period.from.to_string(),
        one.period.to.to_string(),
        one.value.to_string(),
        one.unit.clone(),
        one.qualifier.to_string(),
        one.origin.code().to_owned(),
        one.definition.clone().unwrap_or_default(),
    ]
}

fn json_of(all: &[ReportFigure]) -> String {
    let one = |one: &ReportFigure| -> serde_json::Map<String, serde_json::Value> {
        HEADS.iter().zip(cells(one)).map(|(head, cell)| ((*head).to_owned(), cell.into())).collect()
    };
    let all: serde_json::Value = all.iter().map(one).collect::<Vec<_>>().into();
    format!("{all:#}\n")
}

fn xlsx_of(all: &[ReportFigure]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let written = sheets::lines(sheets::FileKind::Xlsx, &mut bytes).and_then(|mut file| {
        file.line(&HEADS.map(str::to_owned))?;
        all.iter().try_for_each(|one| file.line(&cells(one)))?;
        file.finish()
    });
    written.map_err(|error| Failure::new(format!("the sheet cannot be written: {error}"), "free some disk"))?;
    Ok(bytes)
}

/// What belongs beside the text: it is no part of the report.
fn beside(told: &ReportTold) {
    if let Some(signed) = &told.signed {
        let (record, government) = (signed.record, &signed.government);
        show::complain(&format!("signed on {} (record {record} of {government}): its figures stand", signed.on));
        for (title, said) in &signed.said {
            show::complain(&format!("  {}: {said}", title.en));
        }
        for one in &signed.differs {
            let part = one.part.as_ref().map(|part| format!("/{part}")).unwrap_or_default();
            let said = |amount: Option<figures::Amount>| amount.map_or_else(|| "-".to_owned(), |told| told.to_string());
            let (signed, today) = (said(one.signed), said(one.today));
            show::complain(&format!("  {}{part}: signed {signed}, counted today {today}", one.code));
        }
    }
    for one in &told.redefined {
        show::complain(&format!("{} is counted otherwise from {}: before and after do not compare", one.code, one.on));
    }
    for one in &told.reported {
        let mark = if one.contradicts { "; another number contradicts it" } else { "" };
        let (code, amount, unit) = (&one.quantity, one.amount, &one.unit);
        show::complain(&format!("reported, not counted from records: {code} {amount}{unit}{mark}"));
    }
}
