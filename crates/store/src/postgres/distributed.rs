//! What a distributed database refuses, held against every statement and every table. The rules are those that were met
//! by trying Citus; a statement that breaks one is found here, with no such database at hand.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    self, AssignmentTarget, BinaryOperator, ColumnOption, ConflictTarget, Delete, Expr, FromTable, Insert, ObjectName,
    OnConflictAction, OnInsert, Query, Select, SetExpr, TableConstraint, TableFactor, TableObject, TableWithJoins,
    Update, Value, Visit, visit_expressions, visit_relations,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::statement::{ALL, INSERTS, ROWS, Reach, STEPS, listed, published};
use crate::query;

/// Functions that give the same for the same: the others may differ between servers.
const IMMUTABLE: &[&str] = &["coalesce", "length", "excluded"];

type Found = Result<(), String>;

fn refuse(wrong: bool, why: &str) -> Found {
    if wrong { Err(why.to_owned()) } else { Ok(()) }
}

fn distributed(table: &str) -> bool {
    STEPS.iter().any(|step| step.distributed.contains(&table))
}

fn reference(table: &str) -> bool {
    STEPS.iter().any(|step| step.reference.contains(&table))
}

fn last_name(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map_or_else(String::new, |ident| ident.value.to_lowercase())
}

/// What a database distributed by the government says to a statement.
fn judged(sql: &str, reach: Reach) -> Found {
    if reach == Reach::Schema {
        // Tables are judged by themselves, below; guards are not for a distributed database.
        return Ok(());
    }
    let parsed = Parser::parse_sql(&PostgreSqlDialect {}, sql).map_err(|error| error.to_string())?;
    let mut tables = BTreeSet::new();
    let _ = visit_relations(&parsed, |name| {
        tables.insert(last_name(name));
        ControlFlow::<()>::Continue(())
    });
    let unknown = tables.iter().find(|table| !distributed(table) && !reference(table));
    let ours = tables.iter().any(|table| distributed(table));
    if reach == Reach::Session {
        return refuse(tables.iter().any(|table| distributed(table) || reference(table)), "a table");
    }
    refuse(unknown.is_some_and(|table| !sql.contains(&format!("WITH {table} "))), "a table that nobody knows")?;
    refuse(parsed.len() != 1, "not one statement")?;
    refuse(reach == Reach::Reference && ours, "a distributed table")?;
    refuse(reach != Reach::Reference && tables.iter().any(|table| reference(table)), "a table that belongs to nobody")?;
    match &parsed[0] {
        ast::Statement::Query(query) => judged_query(query, reach, &[]),
        _ if reach == Reach::FansOut => Err("more than a plain read".to_owned()),
        ast::Statement::Insert(insert) => judged_insert(insert, reach),
        ast::Statement::Update(update) => judged_update(update, reach),
        ast::Statement::Delete(delete) => judged_delete(delete, reach),
        _ => Err("neither a read nor a write of rows".to_owned()),
    }
}

/// A read; `outer`: tables around it of which the government is fixed.
fn judged_query(query: &Query, reach: Reach, outer: &[String]) -> Found {
    let parts = query.with.iter().flat_map(|with| &with.cte_tables);
    for part in parts {
        judged_query(&part.query, reach, outer)?;
    }
    refuse(reach == Reach::FansOut && !query.locks.is_empty(), "a lock over all governments")?;
    subqueries(&query.order_by, reach, outer)?;
    let judged = judged_set(&query.body, reach, outer);
    if query.locks.is_empty() { judged } else { judged.map_err(|why| format!("a lock: {why}")) }
}

fn judged_set(body: &SetExpr, reach: Reach, outer: &[String]) -> Found {
    match body {
        SetExpr::Select(select) => judged_select(select, reach, outer),
        SetExpr::Query(query) => judged_query(query, reach, outer),
        SetExpr::SetOperation { left, right, .. } => {
            judged_set(left, reach, outer)?;
            judged_set(right, reach, outer)
        }
        SetExpr::Values(_) => Ok(()),
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
            Err("a write within a read".to_owned())
        }
        SetExpr::Table(_) => Err("a whole table".to_owned()),
    }
}

/// The tables of a FROM by the names under which columns are called, and the conditions of its joins.
fn from(tables: &[TableWithJoins], reach: Reach, names: &mut Vec<String>, given: &mut Vec<Expr>) -> Found {
    let mut factor = |factor: &TableFactor| match factor {
        TableFactor::Table { name, alias, .. } => {
            let table = last_name(name);
            if distributed(&table) {
                names.push(alias.as_ref().map_or(table, |alias| alias.name.value.to_lowercase()));
            }
            Ok(())
        }
        TableFactor::Derived { subquery, .. } => judged_query(subquery, reach, &[]),
        _ => Err("a source of rows that is no table".to_owned()),
    };
    for table in tables {
        factor(&table.relation)?;
        for join in &table.joins {
            factor(&join.relation)?;
            if let ast::JoinOperator::Inner(on) | ast::JoinOperator::Join(on) = &join.join_operator
                && let ast::JoinConstraint::On(on) = on
            {
                given.push(on.clone());
            }
        }
    }
    Ok(())
}

fn judged_select(select: &Select, reach: Reach, outer: &[String]) -> Found {
    let (mut names, mut given) = (Vec::new(), Vec::new());
    from(&select.from, reach, &mut names, &mut given)?;
    given.extend(select.selection.clone());
    let bound = bound(&names, &given, outer, reach)?;
    subqueries(select, reach, &bound)
}

/// The tables of which the government is fixed: all of them, or it is refused.
fn bound(names: &[String], given: &[Expr], outer: &[String], reach: Reach) -> Result<Vec<String>, String> {
    if reach == Reach::FansOut {
        refuse(names.len() > 1, "a join over all governments")?;
        return Ok(Vec::new());
    }
    let mut equal = Vec::new();
    given.iter().for_each(|expr| equalities(expr, &mut equal));
    let name = |table: &Option<String>| match table {
        Some(table) => Some(table.clone()),
        None if names.len() == 1 => Some(names[0].clone()),
        None => None,
    };
    let mut bound: Vec<String> = outer.to_vec();
    for _ in 0..=names.len() {
        for (left, right) in &equal {
            let Some(left) = name(left) else { continue };
            match right {
                None => bound.push(left),
                Some(right) if bound.contains(right) => bound.push(left),
                Some(right) if bound.contains(&left) => bound.push(right.clone()),
                Some(_) => {}
            }
        }
    }
    let free = names.iter().any(|name| !bound.contains(name));
    refuse(free, "a distributed table without its government")?;
    Ok(bound)
}

/// `table.government = $n` (`None`), or `table.government = other.government`, of conditions that all hold.
fn equalities(expr: &Expr, found: &mut Vec<(Option<String>, Option<String>)>) {
    match expr {
        Expr::Nested(inner) => equalities(inner, found),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            equalities(left, found);
            equalities(right, found);
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            let Some(table) = government(left) else { return };
            match right.as_ref() {
                Expr::Value(value) if matches!(value.value, Value::Placeholder(_)) => found.push((table, None)),
                other => {
                    if let Some(Some(other)) = government(other) {
                        found.push((table, Some(other)));
                    }
                }
            }
        }
        _ => {}
    }
}

/// Whether this is the column `government`, and of which table.
fn government(expr: &Expr) -> Option<Option<String>> {
    match expr {
        Expr::Identifier(column) if column.value.eq_ignore_ascii_case("government") => Some(None),
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [table, column] if column.value.eq_ignore_ascii_case("government") => {
                Some(Some(table.value.to_lowercase()))
            }
            _ => None,
        },
        _ => None,
    }
}

fn subqueries(within: &impl Visit, reach: Reach, bound: &[String]) -> Found {
    let judged = visit_expressions(within, |expr| {
        let query = match expr {
            Expr::Subquery(query)
            | Expr::In { target: ast::InTarget::Subquery(query), .. }
            | Expr::Exists { subquery: query, .. } => query,
            _ => return ControlFlow::Continue(()),
        };
        match judged_query(query, reach, bound) {
            Ok(()) => ControlFlow::Continue(()),
            Err(why) => ControlFlow::Break(why),
        }
    });
    match judged {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(why) => Err(format!("a query within it: {why}")),
    }
}

fn assigned(assignments: &[ast::Assignment], sharded: bool) -> Found {
    for one in assignments {
        let to_government = match &one.target {
            AssignmentTarget::ColumnName(name) => last_name(name) == "government",
            AssignmentTarget::Tuple(names) => names.iter().any(|name| last_name(name) == "government"),
        };
        refuse(to_government && sharded, "a change of the government")?;
        let other = visit_expressions(&one.value, |expr| match expr {
            Expr::Function(call) if !IMMUTABLE.contains(&last_name(&call.name).as_str()) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        refuse(other.is_break(), "a value that may differ between servers")?;
    }
    Ok(())
}

fn judged_insert(insert: &Insert, reach: Reach) -> Found {
    let TableObject::TableName(name) = &insert.table else { return Err("not a table".to_owned()) };
    let sharded = distributed(&last_name(name));
    let first = insert.columns.first().map(last_name);
    refuse(sharded && first.as_deref() != Some("government"), "an insert that does not begin with the government")?;
    let values = insert.source.as_ref().is_some_and(|source| matches!(*source.body, SetExpr::Values(_)));
    let first = insert.source.as_ref().and_then(|source| first_column(source));
    // Rows of one government made of rows of the same one never leave their server.
    let own = reach == Reach::Government && first.as_deref() == Some("government");
    refuse(!values && !own, "an insert of other than given values")?;
    insert.source.as_ref().map_or(Ok(()), |source| judged_query(source, reach, &[]))?;
    subqueries(&insert.source, reach, &[])?;
    let Some(on) = &insert.on else { return Ok(()) };
    let OnInsert::OnConflict(on) = on else { return Err("not PostgreSQL's way".to_owned()) };
    if let Some(ConflictTarget::Columns { columns, .. }) = &on.conflict_target {
        let named = columns.iter().any(|column| column.to_string().to_lowercase() == "government");
        refuse(sharded && !named, "a conflict that leaves out the government")?;
    }
    match &on.action {
        OnConflictAction::DoNothing => Ok(()),
        OnConflictAction::DoUpdate(update) => {
            refuse(on.conflict_target.is_none(), "a conflict that leaves out the government")?;
            assigned(&update.assignments, sharded)?;
            subqueries(update, reach, &[])
        }
    }
}

/// The first column that a plain read gives.
fn first_column(query: &Query) -> Option<String> {
    let SetExpr::Select(select) = &*query.body else { return None };
    select.projection.first().map(|column| column.to_string().to_lowercase())
}

fn judged_update(update: &Update, reach: Reach) -> Found {
    refuse(update.from.is_some(), "an update from other tables")?;
    subqueries(&update.assignments, reach, &[])?;
    assigned(&update.assignments, reach == Reach::Government)?;
    rows_of(std::slice::from_ref(&update.table), update.selection.as_ref(), reach)
}

fn judged_delete(delete: &Delete, reach: Reach) -> Found {
    refuse(delete.using.is_some(), "a deletion by other tables")?;
    let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
    rows_of(tables, delete.selection.as_ref(), reach)
}

fn rows_of(tables: &[TableWithJoins], selection: Option<&Expr>, reach: Reach) -> Found {
    let (mut names, mut given) = (Vec::new(), Vec::new());
    from(tables, reach, &mut names, &mut given)?;
    given.extend(selection.cloned());
    let bound = bound(&names, &given, &[], reach)?;
    subqueries(&given, reach, &bound)
}

#[test]
fn every_statement_can_be_distributed() {
    let mut judged = 0;
    let mut one = |name: &str, statement: &super::statement::Statement| {
        let said = self::judged(statement.sql(), statement.reach());
        assert_eq!(said, Ok(()), "{name}: {}", statement.sql());
        judged += 1;
    };
    ALL.iter().for_each(|(name, statement)| one(name, statement));
    for (name, insert) in INSERTS {
        ROWS.iter().for_each(|rows| one(name, &insert.rows(*rows)));
    }
    for (line, text) in [(false, false), (false, true), (true, false), (true, true)] {
        one("published", &published(line, text));
    }
    for query in query::tests::shapes() {
        one("a list", &listed(query).0);
    }
    assert!(judged > 150, "{judged}");
    let fan_out: Vec<_> = ALL.iter().filter(|(_, statement)| statement.reach() == Reach::FansOut).collect();
    assert_eq!(fan_out.len(), 2, "each further one is read from every shard: {fan_out:?}");
}

const FREE: &str = "a distributed table without its government";

/// Statements that Citus refuses, or answers by going to every server, and the reason found.
const BAD: &[(Reach, &str, &str)] = &[
    (Reach::Government, "SELECT id FROM record WHERE id = $1", FREE),
    (Reach::Government, "SELECT id FROM record", FREE),
    (Reach::Government, "SELECT id FROM record WHERE government = $1 OR id = $2", FREE),
    (Reach::Government, "SELECT id FROM record WHERE government IN ($1, $2)", FREE),
    (Reach::Government, "SELECT id FROM record WHERE government > $1", FREE),
    (Reach::Government, "SELECT id FROM record WHERE NOT government = $1", FREE),
    (Reach::Government, "SELECT e.seq FROM event e, content c WHERE e.government = $1", FREE),
    (Reach::Government, "SELECT e.seq FROM event e JOIN content c ON c.position = e.position", FREE),
    (
        Reach::Government,
        "SELECT 1 FROM event e LEFT JOIN content c ON e.government = $1 AND c.government = e.government",
        FREE,
    ),
    (
        Reach::Government,
        "SELECT line FROM record WHERE government = $1 GROUP BY line HAVING count(*) > (SELECT count(*) FROM due)",
        "a query within it: a distributed table without its government",
    ),
    (
        Reach::Government,
        "SELECT line FROM record WHERE government = $1 ORDER BY (SELECT max(due) FROM due)",
        "a query within it: a distributed table without its government",
    ),
    (
        Reach::Government,
        "INSERT INTO lease (government, duty) VALUES ($1, (SELECT max(name) FROM account))",
        "a query within it: a distributed table without its government",
    ),
    (
        Reach::Government,
        "UPDATE head SET position = (SELECT max(position) FROM event) WHERE government = $1",
        "a query within it: a distributed table without its government",
    ),
    (Reach::Government, "SELECT 1 FROM record WHERE government = $1 UNION SELECT 1 FROM due", FREE),
    (Reach::Government, "SELECT 1 FROM (SELECT 1 FROM due) AS d", FREE),
    (
        Reach::Government,
        "SELECT 1 FROM record WHERE government = $1 AND EXISTS (SELECT 1 FROM due WHERE due.record = record.id)",
        "a query within it: a distributed table without its government",
    ),
    (
        Reach::Government,
        "SELECT (SELECT count(*) FROM due) FROM record WHERE government = $1",
        "a query within it: a distributed table without its government",
    ),
    (Reach::Government, "SELECT position FROM head FOR UPDATE", "a lock: a distributed table without its government"),
    (
        Reach::Government,
        "WITH gone AS (DELETE FROM due WHERE government = $1 RETURNING record) SELECT record FROM gone",
        "a write within a read",
    ),
    (Reach::Government, "UPDATE head SET position = 1", FREE),
    (Reach::Government, "DELETE FROM due WHERE record = ANY($1)", FREE),
    (Reach::Government, "DELETE FROM due USING record WHERE due.government = $1", "a deletion by other tables"),
    (
        Reach::Government,
        "UPDATE head SET position = event.position FROM event WHERE head.government = $1",
        "an update from other tables",
    ),
    (Reach::Government, "UPDATE head SET government = $2 WHERE government = $1", "a change of the government"),
    (
        Reach::Government,
        "UPDATE session SET seen = random() WHERE government = $1",
        "a value that may differ between servers",
    ),
    (
        Reach::Government,
        "INSERT INTO lease (duty, government) VALUES ($1, $2)",
        "an insert that does not begin with the government",
    ),
    (Reach::Government, "INSERT INTO lease VALUES ($1, $2)", "an insert that does not begin with the government"),
    (
        Reach::Government,
        "INSERT INTO due (government, record) SELECT government, id FROM record",
        "a distributed table without its government",
    ),
    (
        Reach::Government,
        "INSERT INTO due (government, record) SELECT agency, id FROM record WHERE government = $1",
        "an insert of other than given values",
    ),
    (
        Reach::Government,
        "INSERT INTO lease (government, duty) VALUES ($1, $2) ON CONFLICT (duty) DO NOTHING",
        "a conflict that leaves out the government",
    ),
    (
        Reach::Government,
        "INSERT INTO lease (government, duty) VALUES ($1, $2) ON CONFLICT (government, duty) \
         DO UPDATE SET government = excluded.government",
        "a change of the government",
    ),
    (
        Reach::Government,
        "INSERT INTO lease (government, duty) VALUES ($1, $2) ON CONFLICT (government, duty) \
         DO UPDATE SET until = clock_timestamp()",
        "a value that may differ between servers",
    ),
    (Reach::Government, "SELECT text FROM note WHERE name = $1", "a table that belongs to nobody"),
    (Reach::Government, "SELECT 1 FROM elsewhere WHERE government = $1", "a table that nobody knows"),
    (Reach::Government, "SELECT 1; SELECT 2", "not one statement"),
    (Reach::Government, "TRUNCATE event", "neither a read nor a write of rows"),
    (Reach::Reference, "SELECT position FROM head WHERE government = $1", "a distributed table"),
    (Reach::FansOut, "DELETE FROM due", "more than a plain read"),
    (Reach::FansOut, "SELECT position FROM head FOR UPDATE SKIP LOCKED", "a lock over all governments"),
    (Reach::FansOut, "SELECT 1 FROM head, agency", "a join over all governments"),
    (Reach::Session, "SELECT 1 FROM head LIMIT 1", "a table"),
];

#[test]
fn what_would_be_refused_is_found() {
    for (reach, sql, why) in BAD {
        assert_eq!(judged(sql, *reach), Err((*why).to_owned()), "{sql}");
    }
}

/// What a distributed database says to the tables of a step.
fn judged_step(sql: &str) -> Result<BTreeSet<String>, String> {
    let mut tables = BTreeSet::new();
    for made in Parser::parse_sql(&PostgreSqlDialect {}, sql).map_err(|error| error.to_string())? {
        match made {
            ast::Statement::CreateTable(table) => {
                let name = last_name(&table.name);
                refuse(!distributed(&name) && !reference(&name), "a table that nobody knows")?;
                if distributed(&name) {
                    judged_table(&table)?;
                }
                tables.insert(name);
            }
            ast::Statement::CreateIndex(index) => {
                let first = index.columns.first().map(|column| column.column.expr.to_string());
                let other = first.as_deref() != Some("government") && distributed(&last_name(&index.table_name));
                refuse(other, "an index that does not begin with the government")?;
            }
            // A column that a table gets later: those who had none hold a plain value from then on.
            ast::Statement::AlterTable(change) => {
                refuse(!distributed(&last_name(&change.name)), "a table that nobody knows")?;
                for operation in &change.operations {
                    let ast::AlterTableOperation::AddColumn { column_def, .. } = operation else {
                        return Err("a change that was not tried".to_owned());
                    };
                    for option in &column_def.options {
                        match &option.option {
                            ColumnOption::NotNull | ColumnOption::Collation(_) => {}
                            ColumnOption::Default(ast::Expr::Value(_)) => {}
                            _ => return Err("a change that was not tried".to_owned()),
                        }
                    }
                }
            }
            // A table filled from another of the government's, before it is distributed.
            ast::Statement::Insert(insert) => {
                let grouped = insert.source.as_ref().is_some_and(|source| {
                    first_column(source).as_deref() == Some("government")
                        && matches!(&*source.body, SetExpr::Select(select)
                            if select.group_by.to_string().to_lowercase().starts_with("group by government"))
                });
                refuse(!grouped, "rows that are not made government by government")?;
            }
            // An index that is made anew with other columns.
            ast::Statement::Drop { object_type: ast::ObjectType::Index, .. } => {}
            _ => return Err("neither a table nor an index".to_owned()),
        }
    }
    Ok(tables)
}

fn judged_table(table: &ast::CreateTable) -> Found {
    let first = table.columns.first().map(|column| column.name.value.as_str());
    refuse(first != Some("government"), "a table that does not begin with the government")?;
    for column in &table.columns {
        let kind = column.data_type.to_string().to_lowercase();
        refuse(kind.contains("serial"), "a sequence")?;
        for option in &column.options {
            match &option.option {
                ColumnOption::PrimaryKey(_) | ColumnOption::Unique(_) => {
                    refuse(column.name.value != "government", "a key that does not begin with the government")?;
                }
                ColumnOption::ForeignKey(_) => return Err("a link that leaves out the government".to_owned()),
                ColumnOption::Generated { .. } | ColumnOption::Identity(_) => return Err("a sequence".to_owned()),
                ColumnOption::Default(_) => return Err("a value of the database's own".to_owned()),
                _ => {}
            }
        }
    }
    for constraint in &table.constraints {
        let key = match constraint {
            TableConstraint::PrimaryKey(key) => &key.columns,
            TableConstraint::Unique(key) => &key.columns,
            TableConstraint::ForeignKey(key) => {
                let place = |columns: &[ast::Ident]| columns.iter().position(|column| column.value == "government");
                let same = place(&key.columns).is_some() && place(&key.columns) == place(&key.referred_columns);
                refuse(!same, "a link that leaves out the government")?;
                continue;
            }
            TableConstraint::Check(_) => continue,
            _ => return Err("a constraint that was not tried".to_owned()),
        };
        let first = key.first().map(|column| column.column.expr.to_string());
        refuse(first.as_deref() != Some("government"), "a key that does not begin with the government")?;
    }
    Ok(())
}

#[test]
fn every_table_can_be_distributed() {
    for step in STEPS {
        let made = judged_step(step.tables.sql()).unwrap();
        let listed = step.distributed.iter().chain(step.reference).filter(|table| **table != "schema_version");
        assert_eq!(made, listed.map(|table| (*table).to_owned()).collect());
    }
    let bad = [
        ("CREATE TABLE other (government text)", "a table that nobody knows"),
        ("CREATE TABLE due (record bigint, government text)", "a table that does not begin with the government"),
        ("CREATE TABLE due (government text, n bigserial)", "a sequence"),
        ("CREATE TABLE due (government text, n bigint GENERATED ALWAYS AS IDENTITY)", "a sequence"),
        ("CREATE TABLE due (government text, n bigint DEFAULT nextval('s'))", "a value of the database's own"),
        ("CREATE TABLE due (government text, n bigint UNIQUE)", "a key that does not begin with the government"),
        (
            "CREATE TABLE due (government text, n bigint, PRIMARY KEY (n, government))",
            "a key that does not begin with the government",
        ),
        (
            "CREATE TABLE due (government text, n bigint REFERENCES record (id))",
            "a link that leaves out the government",
        ),
        (
            "CREATE TABLE due (government text, n bigint, FOREIGN KEY (n, government) REFERENCES record (government, id))",
            "a link that leaves out the government",
        ),
        ("CREATE UNIQUE INDEX number ON record (label)", "an index that does not begin with the government"),
        ("ALTER TABLE other ADD COLUMN n bigint", "a table that nobody knows"),
        ("ALTER TABLE due DROP COLUMN due", "a change that was not tried"),
        ("ALTER TABLE due ADD COLUMN n bigint NOT NULL DEFAULT nextval('s')", "a change that was not tried"),
        ("CREATE SEQUENCE numbers", "neither a table nor an index"),
    ];
    for (sql, why) in bad {
        assert_eq!(judged_step(sql), Err(why.to_owned()), "{sql}");
    }
}
