//! A published report read into rows of reported numbers, as a sheet: it comes in through the door of every sheet, previewed
//! row by row.

use catalog::Quantities;
use figures::Period;
use terms::{Code, PlaceCode};

use crate::{Asker, Compared, Platform, TellError};

/// The rows of a published report, as a sheet of a line.
#[derive(Clone, Debug)]
pub struct PublishedSheet {
    /// The line of reported numbers.
    pub line: Code,
    /// The act that opens one.
    pub act: Code,
    /// Its heads: the codes of fields.
    pub heads: Row,
    /// Its rows: the numbers of the report that are ours too.
    pub rows: Vec<Row>,
}

/// A row of eleven cells.
pub type Row = [String; 11];

impl Platform {
    /// Reads what a government published into rows of reported numbers, for the figures that the catalogue knows. `None`:
    /// the catalogue has no line of reported numbers.
    ///
    /// # Errors
    /// Where the file gives no text, the place is unknown in that year, or the store cannot be read.
    pub fn published_sheet(
        &self,
        place: &PlaceCode,
        year: i16,
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<PublishedSheet>, TellError> {
        let outline = self.catalog.reports.iter().find_map(|outline| outline.quantities.as_ref());
        let Some(of) = outline else { return Ok(None) };
        let text = reader::open(name, bytes).map_err(TellError::Unread)?;
        let Some(line) = self.catalog.versions(&of.line).last().cloned() else { return Ok(None) };
        let amount = line.field_id(&of.amount);
        let opens = |act: &&procedure::Act| act.opens && act.fills.iter().any(|(id, _)| Some(*id) == amount);
        let Some(act) = line.acts.iter().find(opens) else { return Ok(None) };
        let kinds = |kind| line.fields.iter().find(|field| field.kind == kind).map(|field| field.code.clone());
        let organ = kinds(procedure::FieldType::Organ).unwrap_or_default();
        let period = kinds(procedure::FieldType::Period).unwrap_or_default();
        let heads = [
            &of.quantity,
            &organ,
            &period,
            &of.amount,
            &of.places,
            &of.qualifier,
            &of.source,
            &of.evidence,
            &of.document,
            &of.digest,
            &of.document_line,
        ];
        let digest = ledger::hash(bytes).to_string();
        let mut rows: Vec<Row> = Vec::new();
        for one in self.compare(Asker::Operator, place, year, name, &text)?.both {
            // A report often says the same number twice: the same quantity, place, period and number is the same row,
            // wherever it stands. Two that differ both come before whoever brings them in.
            if let Some(row) = row(of, place, &one, name, &digest)
                && !rows.iter().any(|other| other[..6] == row[..6])
            {
                rows.push(row);
            }
        }
        let heads = heads.map(ToString::to_string);
        Ok(Some(PublishedSheet { line: line.code.clone(), act: act.code.clone(), heads, rows }))
    }
}

fn row(of: &Quantities, place: &PlaceCode, one: &Compared, name: &str, digest: &str) -> Option<Row> {
    let amount = one.theirs()?;
    // A reported number is of a place with all below it, and of a year.
    let year = one.ours.period.to.year();
    if one.ours.own || Period::year(year) != Some(one.ours.period) {
        return None;
    }
    let part = one.ours.part.as_ref().map(|part| format!("/{part}")).unwrap_or_default();
    Some([
        format!("{}{part}", one.ours.code),
        place.to_string(),
        year.to_string(),
        amount.units.to_string(),
        amount.scale.to_string(),
        one.published.qualifier.name().to_owned(),
        of.published.to_string(),
        one.published.quote.clone(),
        name.to_owned(),
        digest.to_owned(),
        one.published.line.to_string(),
    ])
}
