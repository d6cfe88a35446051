//! Lists and sums as SQL. Whatever a caller gives is a bound parameter; the text depends on the query's shape alone.

use std::collections::BTreeMap;
use std::fmt::Write;

use ledger::{Above, DeltaQuery, DeltaRow, DeltaSum, Fault, GroupBy, Order, Read, RecordQuery, Sight};
use terms::{Code, Date, GovernmentCode, PlaceCode, RecordId};

/// A value to bind, of no particular database.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Param {
    /// A number, a day or a yes or no.
    Integer(i64),
    /// A text.
    Text(String),
}

/// A statement and its parameters, in order. Only this file makes one, each for one government.
#[derive(Debug)]
pub(crate) struct Query {
    sql: String,
    params: Vec<Param>,
}

/// A day as it is stored: 20200715.
pub(crate) fn day(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// A stored day, unless it is none.
pub(crate) fn date(day: i64) -> Option<Date> {
    let (year, rest) = (day.div_euclid(10_000), day.rem_euclid(10_000));
    Date::new(year.try_into().ok()?, (rest / 100).try_into().ok()?, (rest % 100).try_into().ok()?).ok()
}

/// A number as it is stored. Positions stay far below what a signed number holds.
pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Query {
    fn new(sql: &str) -> Query {
        Query { sql: sql.to_owned(), params: Vec::new() }
    }

    /// The text and what is to be bound.
    pub(crate) fn into_parts(self) -> (String, Vec<Param>) {
        (self.sql, self.params)
    }

    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    fn bind(&mut self, param: Param) {
        self.params.push(param);
        // Writing to a string can't fail.
        let _ = write!(self.sql, "${}", self.params.len());
    }

    fn number(&mut self, sql: &str, number: i64) {
        self.push(sql);
        self.bind(Param::Integer(number));
    }

    fn text(&mut self, sql: &str, text: &str) {
        self.push(sql);
        self.bind(Param::Text(text.to_owned()));
    }

    /// A condition that a column holds one of some texts; none given: no condition.
    ///
    /// One text is an equality, which the column's own index answers, newest first. Several texts, or another order,
    /// are a filter (`|| ''` keeps the column's index out of it): with that index the database would have to sort.
    fn any(&mut self, column: &str, texts: &[impl AsRef<str>], order: Order) {
        match texts {
            [] => {}
            [one] if order == Order::Newest => self.text(&format!(" AND {column} = "), one.as_ref()),
            many => {
                self.push(&format!(" AND {column} || '' IN ("));
                for (index, text) in many.iter().enumerate() {
                    self.text(if index == 0 { "" } else { ", " }, text.as_ref());
                }
                self.push(")");
            }
        }
    }

    /// A condition that a column of words holds one of some.
    fn has_word(&mut self, column: &str, word: &str) {
        // As it is written, letter for letter; of `replace` both databases have the same idea.
        self.text(&format!("replace({column}, "), &format!("\n{word}\n"));
        self.push(&format!(", '') <> {column}"));
    }

    /// Whether a record is narrowed to somebody else.
    fn lets(&mut self, by: &[Code]) {
        self.push("(seen_by = ''");
        for one in by {
            self.push(" OR ");
            self.has_word("seen_by", one);
        }
        self.push(")");
    }

    /// What somebody sees; `Sight::sees` says the same of one row.
    fn sight(&mut self, government: &GovernmentCode, sight: &Sight, order: Order) {
        if sight.government != *government || sight.is_nothing() {
            return self.push(" AND 1 = 0");
        }
        // An own agency alone is an equality, which the agency's index answers; see `any`.
        self.push(" AND ");
        if let Some(wide) = &sight.wide {
            self.push("((");
            self.lets(&wide.by);
            if wide.above {
                self.number(" AND above >= ", Above::Reason.number());
            }
            self.push(if sight.near.is_some() { ") OR (" } else { "))" });
        }
        if let Some(near) = &sight.near {
            let agency = if sight.wide.is_none() && order == Order::Newest { "agency = " } else { "agency || '' = " };
            self.text(agency, &near.agency);
            self.push(" AND ");
            self.lets(&near.by);
            if sight.wide.is_some() {
                self.push("))");
            }
        }
        if !sight.names.is_empty() {
            self.push(" AND (hidden = ''");
            for (index, name) in sight.names.iter().enumerate() {
                self.push(if index == 0 { " OR NOT (" } else { " OR " });
                self.has_word("hidden", name);
            }
            self.push("))");
        }
    }

    fn places(&mut self, ranges: &[(PlaceCode, PlaceCode)]) {
        for (index, (first, last)) in ranges.iter().enumerate() {
            self.text(if index == 0 { " AND (place BETWEEN " } else { " OR place BETWEEN " }, first.as_str());
            self.text(" AND ", last.as_str());
        }
        if !ranges.is_empty() {
            self.push(")");
        }
    }
}

/// The columns of a record, in the order in which rows are read.
macro_rules! record_columns {
    () => {
        "government, id, line, definition, agency, handler, place, stage, closed, label, opened, touched, due, seq, \
         hash, state, seen_by, hidden, above"
    };
}
pub(crate) use record_columns;
pub(crate) const RECORD: &str = record_columns!();

/// A page of a list, in one government.
pub(crate) fn records(government: &GovernmentCode, query: &RecordQuery) -> Query {
    let mut sql = Query::new(&format!("SELECT {RECORD} FROM record"));
    conditions(&mut sql, government, query);
    match (query.order, query.after) {
        (_, None) => {}
        (Order::Newest, Some((Some(date), RecordId(id)))) => {
            sql.number(" AND (opened, id) < (", day(date));
            sql.number(", ", integer(id));
            sql.push(")");
        }
        (Order::Due, Some((Some(date), RecordId(id)))) => {
            sql.number(" AND (due, id) > (", day(date));
            sql.number(", ", integer(id));
            sql.push(")");
        }
        // Records without a day come after all others, and neither list has any.
        (_, Some((None, _))) => sql.push(" AND 1 = 0"),
    }
    sql.push(match query.order {
        Order::Newest => " ORDER BY opened DESC, id DESC",
        Order::Due => " ORDER BY due, id",
    });
    sql.number(" LIMIT ", i64::from(query.limit));
    sql
}

/// How many records a list has in one government, counted up to `most`.
pub(crate) fn count(government: &GovernmentCode, query: &RecordQuery, most: u32) -> Query {
    let mut sql = Query::new("SELECT count(*) FROM (SELECT 1 FROM record");
    conditions(&mut sql, government, query);
    sql.number(" LIMIT ", i64::from(most));
    sql.push(") AS counted");
    sql
}

fn conditions(sql: &mut Query, government: &GovernmentCode, query: &RecordQuery) {
    sql.text(" WHERE government = ", government.as_str());
    if let Some(sight) = &query.sight {
        sql.sight(government, sight, query.order);
    }
    sql.any("line", &query.lines, query.order);
    sql.any("agency", &query.agencies, query.order);
    sql.any("handler", query.handler.as_slice(), query.order);
    if let Some(stage) = &query.stage {
        sql.text(" AND stage = ", stage);
    }
    if let Some(closed) = query.closed {
        sql.number(" AND closed = ", i64::from(closed));
    }
    // As above: only a list that is read in the order of `opened` may use its index.
    let opened = if query.order == Order::Newest { "opened" } else { "opened + 0" };
    if let Some(from) = query.opened_from {
        sql.number(&format!(" AND {opened} >= "), day(from));
    }
    if let Some(to) = query.opened_to {
        sql.number(&format!(" AND {opened} <= "), day(to));
    }
    sql.places(&query.places);
    if let Some(text) = &query.text {
        // The letters of ASCII in either case, the others as they are: of this the databases have the same idea.
        sql.text(" AND lower(label) LIKE ", &format!("%{}%", escaped(&text.to_ascii_lowercase())));
        sql.push(" ESCAPE '!'");
    }
    if query.order == Order::Due {
        sql.push(" AND due IS NOT NULL");
    }
}

/// A text in which LIKE finds nothing special.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// A government, and up to which log position its deltas count; `None`: all of them.
pub(crate) type Told = (GovernmentCode, Option<u64>);

/// Of the governments asked for, those that have something to tell: of a list of positions, those on it that had begun.
pub(crate) fn told(governments: Vec<GovernmentCode>, as_of: &[(GovernmentCode, u64)]) -> Vec<Told> {
    if as_of.is_empty() {
        return governments.into_iter().map(|government| (government, None)).collect();
    }
    let positions: BTreeMap<&GovernmentCode, u64> = as_of.iter().map(|(government, at)| (government, *at)).collect();
    let at = |government: &GovernmentCode| positions.get(government).copied().filter(|at| *at > 0);
    governments.into_iter().filter_map(|government| at(&government).map(|at| (government, Some(at)))).collect()
}

/// Gives a row where the sums by month are not what the deltas of a government add up to.
macro_rules! months_wrong {
    () => {
        "SELECT 1 FROM (SELECT figure, month, agency, place, part, amount FROM delta_month \
         WHERE government = $1 AND amount <> 0 EXCEPT \
         SELECT figure, day / 100, agency, place, part, CAST(sum(amount) AS BIGINT) FROM delta \
         WHERE government = $1 GROUP BY figure, day / 100, agency, place, part) AS more UNION ALL \
         SELECT 1 FROM (SELECT figure, day / 100, agency, place, part, CAST(sum(amount) AS BIGINT) FROM delta \
         WHERE government = $1 GROUP BY figure, day / 100, agency, place, part HAVING sum(amount) <> 0 EXCEPT \
         SELECT figure, month, agency, place, part, amount FROM delta_month WHERE government = $1) AS less LIMIT 1"
    };
}
pub(crate) use months_wrong;

/// What deltas add to a month: figure, month, agency, place and part with the amount, each once.
pub(crate) fn by_month<'r>(rows: impl IntoIterator<Item = &'r DeltaRow>) -> Vec<(Month<'r>, i64)> {
    let mut all: BTreeMap<Month<'_>, i64> = BTreeMap::new();
    for row in rows {
        let month = (row.figure.as_str(), month(row.day), row.agency.as_str(), row.place.as_str(), row.part.as_str());
        *all.entry(month).or_default() += row.amount;
    }
    all.into_iter().collect()
}

/// Figure, month (202006), agency, place and part.
pub(crate) type Month<'r> = (&'r str, i64, &'r str, &'r str, &'r str);

/// A month as it is stored: 202006.
fn month(day: Date) -> i64 {
    self::day(day) / 100
}

/// Where sums are taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// The deltas of days.
    Days,
    /// What they add up to by month.
    Months,
}

/// A session that knows how far the logs reach of which it was asked.
pub(crate) trait Heads: Read {
    /// The positions of heads that were asked for; none where they move.
    fn known_heads(&mut self) -> Option<&mut BTreeMap<GovernmentCode, u64>>;

    /// Without a position where everything counts up to it that stands now.
    fn current(&mut self, (government, until): Told) -> Result<Told, Fault> {
        let Some(asked) = until else { return Ok((government, None)) };
        let known = self.known_heads().and_then(|heads| heads.get(&government).copied());
        let head = match known {
            Some(head) => head,
            None => self.head(&government)?.position,
        };
        if let Some(heads) = self.known_heads() {
            heads.insert(government.clone(), head);
        }
        Ok((government, Some(asked).filter(|asked| *asked < head)))
    }
}

/// Sums of deltas in one government, to be added up: rows of a key and an amount. A month is a number, 202007.
///
/// Whole months are read from what they add up to, and the days at both ends from the deltas; as of an earlier position
/// there are the deltas alone.
pub(crate) fn sums(told: &Told, query: &DeltaQuery, by: GroupBy) -> Vec<Query> {
    let (begins, ends) = (query.from.filter(|day| day.day() > 1), query.to.filter(|day| *day < day.last_of_month()));
    // The first and the last day of the whole months, if there are any.
    let first = begins.map_or(query.from, |day| day.last_of_month().tomorrow().ok());
    let last = ends.map_or(query.to, |day| day.first_of_month().yesterday().ok());
    if told.1.is_some() || first.zip(last).is_some_and(|(first, last)| first > last) {
        return vec![sum(told, query, by, From::Days)];
    }
    let part = |from, to| DeltaQuery { from, to, ..query.clone() };
    let mut all = vec![sum(told, &part(first, last), by, From::Months)];
    all.extend(begins.map(|day| sum(told, &part(Some(day), Some(day.last_of_month())), by, From::Days)));
    all.extend(ends.map(|day| sum(told, &part(Some(day.first_of_month()), Some(day)), by, From::Days)));
    all
}

fn sum(told: &Told, query: &DeltaQuery, by: GroupBy, from: From) -> Query {
    let key = match (by, from) {
        (GroupBy::Nothing, _) => "''",
        (GroupBy::Part, _) => "part",
        (GroupBy::Agency, _) => "agency",
        (GroupBy::Month, From::Days) => "day / 100",
        (GroupBy::Month, From::Months) => "month",
        (GroupBy::Place, _) => "place",
    };
    let table = if from == From::Days { "delta" } else { "delta_month" };
    let mut sql = Query::new(&format!("SELECT {key}, CAST(coalesce(sum(amount), 0) AS BIGINT) FROM {table}"));
    deltas(&mut sql, told, query, from);
    if by != GroupBy::Nothing {
        sql.push(&format!(" GROUP BY {key} ORDER BY {key}"));
    }
    sql
}

/// The sums of several governments as one list, by key.
pub(crate) fn added(sums: Vec<DeltaSum>, by: GroupBy) -> Vec<DeltaSum> {
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    if by == GroupBy::Nothing {
        // Where nobody has anything to tell it is nothing, not no answer.
        all.insert(String::new(), 0);
    }
    for DeltaSum { key, amount } in sums {
        let sum = all.entry(key).or_insert(0);
        *sum = sum.saturating_add(amount);
    }
    all.into_iter().map(|(key, amount)| DeltaSum { key, amount }).collect()
}

/// The records behind a sum in one government: rows of government, record and amount, in order of the record.
pub(crate) fn counted(told: &Told, query: &DeltaQuery, after: Option<RecordId>, limit: u32) -> Query {
    let mut sql = Query::new("SELECT government, record, CAST(sum(amount) AS BIGINT) FROM delta");
    deltas(&mut sql, told, query, From::Days);
    if let Some(RecordId(after)) = after {
        sql.number(" AND record > ", integer(after));
    }
    sql.push(" GROUP BY record, government HAVING sum(amount) <> 0 ORDER BY record");
    sql.number(" LIMIT ", i64::from(limit));
    sql
}

fn deltas(sql: &mut Query, (government, until): &Told, query: &DeltaQuery, table: From) {
    let (column, number): (_, fn(Date) -> i64) = match table {
        From::Days => ("day", day),
        From::Months => ("month", month),
    };
    sql.text(" WHERE government = ", government.as_str());
    sql.text(" AND figure = ", &query.figure);
    if let Some(from) = query.from {
        sql.number(&format!(" AND {column} >= "), number(from));
    }
    if let Some(to) = query.to {
        sql.number(&format!(" AND {column} <= "), number(to));
    }
    if let Some(until) = until {
        sql.number(" AND position <= ", integer(*until));
    }
    sql.places(&query.places);
    sql.any("agency", &query.agencies, Order::Newest);
    if let Some(part) = &query.part {
        sql.text(" AND part = ", part);
    }
}

/// Cuts a list over several governments to its page. What is equal to its last stays on it, because the next page
/// begins after a record's id (and day), which several governments can have.
pub(crate) fn cut<T>(list: &mut Vec<T>, limit: u32, same: impl Fn(&T, &T) -> bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let Some(last) = limit.checked_sub(1).filter(|last| *last < list.len()) else {
        list.truncate(limit);
        return;
    };
    let ties = list[limit..].iter().take_while(|row| same(&list[last], row)).count();
    list.truncate(limit + ties);
}

/// `($1, $2), ($3, $4)`: the parameters of several rows.
pub(crate) fn values(rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            // Writing to a string can't fail.
            let _ = write!(sql, "{}${}", if column == 1 { "" } else { ", " }, row * columns + column);
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What somebody sees, with each part there and not there.
    fn sight(n: usize) -> Sight {
        let by = || vec!["a".into(), "b".into()];
        Sight {
            government: "632222".parse().unwrap(),
            near: (n != 1).then(|| ledger::Near { agency: "a".into(), by: by() }),
            wide: (n > 0).then(|| ledger::Wide { by: by(), above: n == 1 }),
            names: by(),
        }
    }

    /// Lists and sums of every shape: each condition there and not there.
    pub(crate) fn shapes() -> Vec<Query> {
        let county: GovernmentCode = "632222".parse().unwrap();
        let day: Date = "2020-07-15".parse().unwrap();
        let codes = |n: usize| -> Vec<terms::Code> { (0..n).map(|n| n.to_string().into()).collect() };
        let mut all = Vec::new();
        for (n, full) in (0..3).flat_map(|n| [(n, false), (n, true)]) {
            for order in [Order::Newest, Order::Due] {
                for after in [None, Some((Some(day), RecordId(1))), Some((None, RecordId(1)))] {
                    let query = RecordQuery {
                        lines: codes(n),
                        agencies: codes(n),
                        places: vec![(county.clone(), county.clone()); n],
                        handler: full.then(|| "a".into()),
                        stage: full.then(|| "a".into()),
                        closed: full.then_some(true),
                        opened_from: full.then_some(day),
                        opened_to: full.then_some(day),
                        text: full.then(|| "a".into()),
                        sight: full.then(|| sight(n)),
                        order,
                        after,
                        ..RecordQuery::default()
                    };
                    all.extend([records(&county, &query), count(&county, &query, 9)]);
                }
            }
            let query = DeltaQuery {
                places: vec![(county.clone(), county.clone()); n],
                from: full.then_some(day),
                to: full.then_some(day),
                agencies: vec!["a".into(); n],
                part: full.then(|| "a".into()),
                ..DeltaQuery::default()
            };
            for told in [(county.clone(), None), (county.clone(), Some(1))] {
                let groups = [GroupBy::Nothing, GroupBy::Part, GroupBy::Agency, GroupBy::Month];
                all.extend(groups.into_iter().flat_map(|by| sums(&told, &query, by)));
                all.extend([None, Some(RecordId(1))].map(|after| counted(&told, &query, after, 9)));
            }
        }
        all
    }

    #[test]
    fn days_read_as_they_are_written() {
        for text in ["2020-07-15", "0001-01-01", "-000001-12-31", "9999-12-31"] {
            let parsed: Date = text.parse().unwrap();
            assert_eq!(date(day(parsed)), Some(parsed));
        }
        assert_eq!(day("2020-07-15".parse().unwrap()), 20_200_715);
        assert_eq!(date(20_200_732), None);
        assert!(day("-000001-12-31".parse().unwrap()) < day("0000-01-01".parse().unwrap()));
    }

    #[test]
    fn nothing_given_is_written_into_the_text() {
        let nasty = "' OR 1=1 --";
        let query = RecordQuery {
            lines: vec![nasty.into(), "b".into()],
            agencies: vec![nasty.into()],
            handler: Some(nasty.into()),
            stage: Some(nasty.into()),
            text: Some(nasty.into()),
            ..RecordQuery::default()
        };
        let sql = records(&"632222".parse().unwrap(), &query);
        assert!(!sql.sql.contains("OR 1"), "{}", sql.sql);
        assert_eq!(sql.params.len(), 8);
    }

    /// How SQLite would run a query.
    fn plan(sql: &Query) -> String {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        crate::sqlite::MIGRATIONS.iter().for_each(|step| database.execute_batch(step).unwrap());
        let mut statement = database.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.sql)).unwrap();
        let lines =
            statement.query_map(rusqlite::params_from_iter(&sql.params), |row| row.get::<_, String>(3)).unwrap();
        lines.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn lists_are_read_in_the_order_of_an_index() {
        let base = RecordQuery { limit: 50, ..RecordQuery::default() };
        let county: GovernmentCode = "632222".parse().unwrap();
        let opened: Date = "2020-07-15".parse().unwrap();
        let queries = [
            (base.clone(), "record_opened"),
            (RecordQuery { after: Some((Some(opened), RecordId(9))), ..base.clone() }, "record_opened"),
            (RecordQuery { opened_from: Some(opened), opened_to: Some(opened), ..base.clone() }, "record_opened"),
            (RecordQuery { closed: Some(false), text: Some("a".into()), ..base.clone() }, "record_opened"),
            (RecordQuery { agencies: vec!["a".into(), "b".into()], ..base.clone() }, "record_opened"),
            (RecordQuery { lines: vec!["a".into()], ..base.clone() }, "record_line"),
            (RecordQuery { agencies: vec!["a".into()], stage: Some("b".into()), ..base.clone() }, "record_agency"),
            (RecordQuery { handler: Some("a".into()), ..base.clone() }, "record_handler"),
        ];
        for (query, index) in queries {
            let plan = plan(&records(&county, &query));
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query:?}: {plan}");
            let due = RecordQuery { order: Order::Due, ..query };
            let plan = self::plan(&records(&county, &due));
            assert!(plan.contains("record_due") && !plan.contains("TEMP B-TREE"), "{due:?}: {plan}");
        }
    }

    #[test]
    fn lists_under_rights_are_counted_in_an_index_alone() {
        for n in 0..3 {
            let query = RecordQuery { sight: Some(sight(n)), ..RecordQuery::default() };
            let plan = plan(&count(&"632222".parse().unwrap(), &query, 1_001));
            assert!(plan.contains("COVERING INDEX"), "{n}: {plan}");
        }
    }

    #[test]
    fn rows_of_parameters() {
        assert_eq!(values(2, 2), "($1, $2), ($3, $4)");
    }
}
