//! Numbers that are reported and not counted: by form, by sheet, or read from what was published, each with what it rests on.

use catalog::Quantities;
use figures::Amount;
use ledger::{Fault, Read};
use procedure::{FieldType, Line, Record, Said};
use terms::{Code, GovernmentCode, PlaceCode, RecordId, Stretch, Value};

use crate::Platform;
use crate::kept::period_of;
use crate::reports::{field_of, text_of};
use crate::telling::TellError;

/// A number that somebody reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Whose record.
    pub government: GovernmentCode,
    /// The record.
    pub record: RecordId,
    /// The quantity's code.
    pub quantity: Code,
    /// Its name in the register, or its code.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The number.
    pub amount: Amount,
    /// How exact it is.
    pub qualifier: Option<Said>,
    /// The same by its code; empty where it is not said.
    pub qualifier_code: Code,
    /// The account that reported it, or put it right last.
    pub by: Code,
    /// Where it comes from.
    pub source: Option<Said>,
    /// What it rests on.
    pub evidence: String,
    /// The published report that it was read from, with its line there.
    pub published: Option<(String, u32)>,
    /// Another number of the same quantity says otherwise.
    pub contradicts: bool,
}

impl Platform {
    /// The numbers that were reported of a place and a period, by its own government or by the one above it: never counted
    /// from records, and never added to what is.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn reported(&self, place: &PlaceCode, period: Stretch) -> Result<Vec<Reported>, TellError> {
        let Some(quantities) = self.catalog.reports.first().and_then(|outline| outline.quantities.as_ref()) else {
            return Ok(Vec::new());
        };
        let Some(line) = self.catalog.versions(&quantities.line).last().cloned() else { return Ok(Vec::new()) };
        let Some(by) = field_of(&line, &FieldType::Organ).cloned() else { return Ok(Vec::new()) };
        let regions = &self.catalog.regions;
        let on = period.last();
        let keepers = [regions.government(place, on), regions.superior(place, on)];
        let mut read = self.store.read()?;
        let mut all: Vec<Reported> = Vec::new();
        for government in keepers.into_iter().flatten() {
            for (_, id) in read.keyed(&government, &line.code, &by, &[place.to_string().into()])? {
                let Some((line, record)) = self.stored(read.as_mut(), &government, id)? else { continue };
                if record.closed(&line) || period_of(&line, |field| record.get(field)) != Some(period) {
                    continue;
                }
                all.extend(self.number(read.as_mut(), &government, quantities, &line, &record)?);
            }
        }
        all.sort_by(|left, right| (&left.quantity, left.record).cmp(&(&right.quantity, right.record)));
        let otherwise: Vec<bool> = all
            .iter()
            .map(|one| all.iter().any(|other| other.quantity == one.quantity && other.amount != one.amount))
            .collect();
        for (one, contradicts) in all.iter_mut().zip(otherwise) {
            one.contradicts = contradicts;
        }
        Ok(all)
    }

    fn number(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        quantities: &Quantities,
        line: &Line,
        record: &Record,
    ) -> Result<Option<Reported>, Fault> {
        let held = |code: &Code| record.get(line.field_id(code)?);
        let said = |code: &Code| {
            let field = line.field(line.field_id(code)?);
            match record.get(line.field_id(code)?)? {
                Value::Choice(choice) => field.choice(choice).map(|choice| choice.title.clone()),
                _ => None,
            }
        };
        let (Some(Value::Key(quantity)), Some(Value::Number(units))) =
            (held(&quantities.quantity), held(&quantities.amount))
        else {
            return Ok(None);
        };
        let scale = match held(&quantities.places) {
            Some(Value::Number(places)) => u8::try_from(*places).unwrap_or(0).min(6),
            _ => 0,
        };
        let register = line.field_id(&quantities.quantity).and_then(|id| match &line.field(id).kind {
            FieldType::Key(register) => self.catalog.versions(register).last().cloned(),
            _ => None,
        });
        let published = match held(&quantities.source) {
            Some(Value::Choice(source)) if *source == quantities.published => {
                let at = match held(&quantities.document_line) {
                    Some(Value::Number(at)) => u32::try_from(*at).unwrap_or(0),
                    _ => 0,
                };
                Some((text_of(line, record, &quantities.document).unwrap_or_default(), at))
            }
            _ => None,
        };
        let (mut name, mut unit) = (quantity.to_string(), String::new());
        if let Some(register) = register
            && let Some(key) = register.fields.iter().find(|field| field.unique)
        {
            for (_, id) in read.keyed(government, &register.code, &key.code, std::slice::from_ref(quantity))? {
                let Some((line, entry)) = self.stored(read, government, id)? else { continue };
                name = text_of(&line, &entry, &quantities.name).unwrap_or(name);
                unit = text_of(&line, &entry, &quantities.unit).unwrap_or(unit);
            }
        }
        Ok(Some(Reported {
            government: government.clone(),
            record: record.id,
            quantity: quantity.clone(),
            name,
            unit,
            amount: Amount { units: *units, scale },
            qualifier: said(&quantities.qualifier),
            qualifier_code: match held(&quantities.qualifier) {
                Some(Value::Choice(code)) => code.clone(),
                _ => Code::default(),
            },
            by: record.done.last().map(|done| done.by.clone()).unwrap_or_default(),
            source: said(&quantities.source),
            evidence: text_of(line, record, &quantities.evidence).unwrap_or_default(),
            published,
            contradicts: false,
        }))
    }
}
