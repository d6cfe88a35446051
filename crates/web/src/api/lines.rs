//! Lines of business and their definitions: what a record holds, what can be done, within which limits, under which
//! rules.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use platform::Platform;
use procedure::{
    ActKind, Allow, Binds, Expr, Field, FieldType, General, Ground, Habit, Lapse, Line, Pending, Rests, Severity,
    Start, Strictness, TrackId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Anyone, Reader};
use super::public;
use super::taking::Parameters;
use super::trouble::{self, Problem, Trouble};
use super::words::{Named, Words, articles};
use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(keys)).routes(routes!(openings))
}

/// A line of business in the list.
#[derive(Serialize, ToSchema)]
struct LineRow {
    code: String,
    title: Words,
    /// The version under which a record is opened today; none where the line is not in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// Its national versions, oldest first.
    versions: Vec<String>,
}

/// All lines of business.
#[derive(Serialize, ToSchema)]
struct LineList {
    lines: Vec<LineRow>,
}

/// Lists the lines of business.
#[utoipa::path(get, path = "/lines", tag = "lines", operation_id = "listLines",
    responses((status = 200, body = LineList)))]
async fn list(State(app): State<App>, _: Anyone) -> Result<Response, Trouble> {
    let government = app.options.government.clone();
    let row = |line: &Arc<Line>| LineRow {
        code: line.code.to_string(),
        title: (&line.title).into(),
        version: app.platform.line_today(&government, &line.code).map(|line| line.version.to_string()),
        versions: app.platform.catalog().versions(&line.code).iter().map(|line| line.version.to_string()).collect(),
    };
    Ok(public(Json(LineList { lines: app.platform.catalog().lines().map(row).collect() })))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichVersion {
    /// A version by its full name (`2023`, `2023+local/632222`); that of today where it is not said.
    version: Option<String>,
}

/// Gives the definition of a line.
#[utoipa::path(get, path = "/lines/{line}", tag = "lines", operation_id = "getLine",
    params(("line" = String, Path, description = "Code of the line.", example = "demo"), WhichVersion),
    responses((status = 200, body = Definition), (status = 404, body = Problem)))]
async fn one(
    State(app): State<App>,
    _: Anyone,
    Path(code): Path<String>,
    Parameters(which): Parameters<WhichVersion>,
) -> Result<Response, Trouble> {
    let catalog = app.platform.catalog();
    let line = match &which.version {
        Some(version) => catalog.version(&code, version),
        None => {
            app.platform.line_today(&app.options.government, &code).or_else(|| catalog.versions(&code).last().cloned())
        }
    };
    let line = line.ok_or(trouble::NOT_FOUND)?;
    Ok(public(Json(Definition::new(&app.platform, &line))))
}

/// A key to choose from.
#[derive(Serialize, ToSchema)]
struct KeyRow {
    key: String,
    /// What the record is called that has it.
    label: String,
}

/// Keys to choose from.
#[derive(Serialize, ToSchema)]
struct KeyList {
    keys: Vec<KeyRow>,
}

/// As many keys as are offered, newest first.
const KEYS: u32 = 200;

/// Lists the keys of a line's records that you may see, newest first, at most 200: what a field of type `key` can hold.
#[utoipa::path(get, path = "/lines/{line}/keys", tag = "lines", operation_id = "listKeys",
    params(("line" = String, Path, description = "Code of the line.", example = "demo")),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = KeyList), (status = 404, body = Problem)))]
async fn keys(State(app): State<App>, reader: Reader, Path(code): Path<String>) -> Result<Json<KeyList>, Trouble> {
    if app.platform.catalog().versions(&code).is_empty() {
        return Err(trouble::NOT_FOUND.into());
    }
    let keys = app.ask(move |platform| platform.keys_to_choose(&reader.person, &code, KEYS)).await?;
    let keys = keys.into_iter().map(|(key, label)| KeyRow { key: key.to_string(), label });
    Ok(Json(KeyList { keys: keys.collect() }))
}

/// A line of which you can open a record.
#[derive(Serialize, ToSchema)]
struct Opening {
    line: Named,
    version: String,
    /// The acts that open one.
    acts: Vec<Named>,
}

/// What you can open.
#[derive(Serialize, ToSchema)]
struct OpeningList {
    openings: Vec<Opening>,
}

/// Lists the lines of which you can open a record, each with the acts that open one.
#[utoipa::path(get, path = "/openings", tag = "lines", operation_id = "listOpenings",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = OpeningList)))]
async fn openings(State(app): State<App>, reader: Reader) -> Result<Json<OpeningList>, Trouble> {
    let all = app.ask(move |platform| platform.openable(&reader.person)).await?;
    let opening = |(line, next): &platform::Openable| Opening {
        line: Named::new(&line.code, &line.title),
        version: line.version.to_string(),
        acts: next.iter().map(|next| line.act(next.act)).map(|act| Named::new(&act.code, &act.title)).collect(),
    };
    Ok(Json(OpeningList { openings: all.iter().map(opening).collect() }))
}

/// One version of a line of business.
#[derive(Serialize, ToSchema)]
struct Definition {
    code: String,
    version: String,
    title: Words,
    /// `case`, `register` or `journal`.
    habit: &'static str,
    /// First day in force.
    #[schema(format = Date)]
    from: String,
    /// Last day in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    to: Option<String>,
    /// The kind of power-list item that it needs; none where it rests on a duty.
    #[serde(skip_serializing_if = "Option::is_none")]
    power: Option<String>,
    /// The articles that give the power or lay the duty.
    law: Vec<Words>,
    /// What becomes of records opened under an earlier version: `stay` or `move`.
    pending: &'static str,
    stages: Vec<StageView>,
    tracks: Vec<TrackView>,
    fields: Vec<FieldView>,
    acts: Vec<ActView>,
    limits: Vec<LimitView>,
    extensions: Vec<ExtensionView>,
    rules: Vec<RuleView>,
    lookups: Vec<LookupView>,
    publications: Vec<PublicationView>,
    figures: Vec<FigureName>,
}

/// A stage in which a record can stand.
#[derive(Serialize, ToSchema)]
struct StageView {
    code: String,
    title: Words,
    /// Nothing is due in it any more.
    closed: bool,
}

/// A course beside the stage.
#[derive(Serialize, ToSchema)]
struct TrackView {
    code: String,
    title: Words,
    stages: Vec<StageView>,
}

/// Something that a record holds.
#[derive(Serialize, ToSchema)]
struct FieldView {
    code: String,
    title: Words,
    /// `bool`, `number`, `money`, `date`, `moment`, `text`, `choice`, `choices`, `key`, `keys`, `party` or `link`: see
    /// `FieldValue` for the JSON of each.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The unit of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// The line whose records a key or a link names.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Named>,
    /// It is somebody's personal content.
    personal: bool,
    /// Records can be found by it.
    key: bool,
    /// Only one record of the line and government may hold a given value.
    unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Words>,
}

/// A field that an act fills in.
#[derive(Serialize, ToSchema)]
struct Fill {
    field: String,
    /// It must be filled in, unless the record holds it already.
    required: bool,
    /// A number that is given and never filled in.
    given: bool,
}

/// Something that can be done to a record.
#[derive(Serialize, ToSchema)]
struct ActView {
    code: String,
    title: Words,
    /// `power` (the agency decides: refused where the law forbids it), `fact` (it happened: taken, with findings) or
    /// `deemed` (done by a lapse alone).
    kind: &'static str,
    /// It opens a record: `POST /records`.
    opens: bool,
    /// Of an act that every line has: where it is done, as `corrections` under the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<String>,
    /// Stages from which it may be done; empty: any that is not closed.
    from: Vec<String>,
    /// The stage to which it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Posts or parties that do it.
    by: Vec<Named>,
    /// Posts that sign it, from the lowest; it counts from the last signature.
    sign: Vec<Named>,
    fills: Vec<Fill>,
    /// Codes of the rules to hold before it.
    rules: Vec<String>,
    law: Vec<Words>,
}

/// A time limit.
#[derive(Serialize, ToSchema)]
struct LimitView {
    code: String,
    title: Words,
    /// Acts and fields that start it.
    starts: Vec<String>,
    /// Acts that meet it.
    ends: Vec<String>,
    /// How long.
    allow: Words,
    /// `at_most`, `at_least` or `until`.
    measure: &'static str,
    /// Only where this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<Words>,
    /// Whose limit it is: `agency`, `party` or `other`.
    binds: &'static str,
    /// A last day that is a day off moves to the next working day.
    rolls: bool,
    /// Acts that make it stand still.
    stops: Vec<String>,
    /// Acts that let it run again.
    resumes: Vec<String>,
    /// The act that the law deems done when it passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    lapse: Option<String>,
    /// An act that comes too late is refused (`forbids`), done with a reason (`warns`) or noted (`notes`).
    late: &'static str,
    law: Vec<Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<Words>,
}

/// An extension of a limit.
#[derive(Serialize, ToSchema)]
struct ExtensionView {
    limit: String,
    act: String,
    at_most: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u8>,
    law: Vec<Words>,
}

/// What must be true before an act.
#[derive(Serialize, ToSchema)]
struct RuleView {
    code: String,
    /// The condition.
    is: Words,
    /// What follows where it does not hold: `forbids` or `warns`.
    severity: &'static str,
    why: Words,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<Words>,
    law: Vec<Words>,
    /// Where the rule goes beyond the words of the law: what is read into them.
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<Words>,
}

/// A question to other records.
#[derive(Serialize, ToSchema)]
struct LookupView {
    code: String,
    title: Words,
    /// The line whose records are asked for.
    line: String,
    /// The field here that holds the keys.
    asks: String,
    /// The field there.
    by: String,
}

/// Something that is published.
#[derive(Serialize, ToSchema)]
struct PublicationView {
    code: String,
    title: Words,
    /// Acts that publish.
    on: Vec<String>,
    /// Acts that withdraw; a stub stays.
    withdraws: Vec<String>,
    /// Fields that are shown, personal ones masked.
    shows: Vec<String>,
    law: Vec<Words>,
}

/// Something that is counted.
#[derive(Serialize, ToSchema)]
struct FigureName {
    code: String,
    title: Words,
    unit: String,
}

/// Where an act that every line has is done, under the record.
pub(super) fn resource(general: General) -> &'static str {
    match general {
        General::Correct => "corrections",
        General::Annul => "annulments",
        General::HandOver => "hand-overs",
        General::StandIn => "stand-ins",
    }
}

impl Definition {
    fn new(platform: &Platform, line: &Line) -> Definition {
        Definition {
            code: line.code.to_string(),
            version: line.version.to_string(),
            title: (&line.title).into(),
            habit: match line.habit {
                Habit::Case => "case",
                Habit::Register => "register",
                Habit::Journal => "journal",
            },
            from: line.from.to_string(),
            to: line.to.map(|to| to.to_string()),
            power: match &line.rests {
                Rests::Power(kind) => Some(kind.to_string()),
                Rests::Duty => None,
            },
            law: articles(&line.law),
            pending: match line.pending {
                Pending::Stay => "stay",
                Pending::Move => "move",
            },
            stages: stages(&line.stages),
            tracks: line.tracks.iter().map(track_view).collect(),
            fields: line.fields.iter().map(field_view).collect(),
            acts: line.acts.iter().map(|act| act_view(platform, line, act)).collect(),
            limits: line.limits.iter().map(|limit| limit_view(line, limit)).collect(),
            extensions: line.extensions.iter().map(|one| extension_view(line, one)).collect(),
            rules: line.rules.iter().map(|rule| rule_view(line, rule)).collect(),
            lookups: line.lookups.iter().map(|one| lookup_view(line, one)).collect(),
            publications: line.publications.iter().map(|one| publication_view(line, one)).collect(),
            figures: line.figures.iter().map(figure_name).collect(),
        }
    }
}

fn stages(all: &[procedure::Stage]) -> Vec<StageView> {
    let view = |stage: &procedure::Stage| StageView {
        code: stage.code.to_string(),
        title: (&stage.title).into(),
        closed: stage.closed,
    };
    all.iter().map(view).collect()
}

fn track_view(track: &procedure::Track) -> TrackView {
    TrackView { code: track.code.to_string(), title: (&track.title).into(), stages: stages(&track.stages) }
}

fn field_view(field: &Field) -> FieldView {
    let (kind, unit, line) = match &field.kind {
        FieldType::Bool => ("bool", None, None),
        FieldType::Number(unit) => ("number", unit.clone(), None),
        FieldType::Money => ("money", None, None),
        FieldType::Date => ("date", None, None),
        FieldType::Moment => ("moment", None, None),
        FieldType::Text => ("text", None, None),
        FieldType::Choice(_) => ("choice", None, None),
        FieldType::Choices(_) => ("choices", None, None),
        FieldType::Key(line) => ("key", None, Some(line.to_string())),
        FieldType::Keys(line) => ("keys", None, Some(line.to_string())),
        FieldType::Party => ("party", None, None),
        FieldType::Organ => ("organ", None, None),
        FieldType::Period => ("period", None, None),
        FieldType::Figures => ("figures", None, None),
        FieldType::Questions => ("questions", None, None),
        FieldType::Link(line) => ("link", None, Some(line.to_string())),
    };
    FieldView {
        code: field.code.to_string(),
        title: (&field.title).into(),
        kind,
        unit,
        line,
        choices: field.choices().iter().map(|choice| Named::new(&choice.code, &choice.title)).collect(),
        personal: field.personal || field.kind == FieldType::Party,
        key: field.key,
        unique: field.unique,
        hint: field.hint.as_ref().map(Words::from),
    }
}

fn stage_code(line: &Line, track: Option<TrackId>, id: procedure::StageId) -> String {
    line.stages_of(track).get(id.index()).map(|stage| stage.code.to_string()).unwrap_or_default()
}

fn acts(line: &Line, ids: &[procedure::ActId]) -> Vec<String> {
    ids.iter().map(|id| line.act(*id).code.to_string()).collect()
}

/// The fields of an act, in the order of the line.
fn fills(line: &Line, act: &procedure::Act) -> Vec<Fill> {
    let numbered = act.number.map(|series| line.series[series.index()].field);
    let fill = |(id, required): &(procedure::FieldId, bool)| Fill {
        field: line.field(*id).code.to_string(),
        required: *required && numbered != Some(*id),
        given: numbered == Some(*id),
    };
    act.fills.iter().map(fill).collect()
}

fn act_view(platform: &Platform, line: &Line, act: &procedure::Act) -> ActView {
    ActView {
        code: act.code.to_string(),
        title: (&act.title).into(),
        kind: match act.kind {
            ActKind::Power => "power",
            ActKind::Fact => "fact",
            ActKind::Deemed => "deemed",
        },
        opens: act.opens,
        resource: act.general.map(resource),
        track: act.track.map(|track| line.tracks[track.index()].code.to_string()),
        from: act.from.iter().map(|id| stage_code(line, act.track, *id)).collect(),
        to: act.to.map(|id| stage_code(line, act.track, id)),
        by: act.by.iter().map(|post| Named::post(platform, post)).collect(),
        sign: act.sign.iter().map(|post| Named::post(platform, post)).collect(),
        fills: fills(line, act),
        rules: act.rules.iter().map(|id| line.rules[id.index()].code.to_string()).collect(),
        law: articles(&act.ground.law),
    }
}

fn condition(line: &Line, is: &Expr) -> Words {
    Words::each(|language| is.say(line, language))
}

fn period(period: &terms::Period) -> Words {
    Words { zh: period.zh(), en: period.en() }
}

fn reading(ground: &Ground) -> Option<Words> {
    ground.reading.as_ref().map(Words::from)
}

fn limit_view(line: &Line, limit: &procedure::Limit) -> LimitView {
    let (measure, allow) = match &limit.allow {
        Allow::AtMost(longest) => ("at_most", period(longest)),
        Allow::AtLeast(least) => ("at_least", period(least)),
        Allow::Until(field) => ("until", (&line.field(*field).title).into()),
        Allow::Yearly(month, day) => {
            ("yearly", Words { zh: format!("{month}月{day}日"), en: format!("{month:02}-{day:02}") })
        }
    };
    let start = |start: &Start| match start {
        Start::Act(act) => line.act(*act).code.to_string(),
        Start::Field(field) => line.field(*field).code.to_string(),
    };
    LimitView {
        code: limit.code.to_string(),
        title: (&limit.title).into(),
        starts: limit.starts.iter().map(start).collect(),
        ends: acts(line, &limit.ends),
        allow,
        measure,
        when: limit.when.as_ref().map(|when| condition(line, when)),
        binds: match limit.binds {
            Binds::Agency => "agency",
            Binds::Party => "party",
            Binds::Other => "other",
        },
        rolls: limit.rolls,
        stops: acts(line, &limit.stops),
        resumes: acts(line, &limit.resumes),
        lapse: match limit.lapse {
            Lapse::Noted => None,
            Lapse::Does(act) => Some(line.act(act).code.to_string()),
        },
        late: match limit.strictness {
            Strictness::Forbids => "forbids",
            Strictness::Warns => "warns",
            Strictness::Notes => "notes",
        },
        law: articles(&limit.ground.law),
        reading: reading(&limit.ground),
    }
}

fn extension_view(line: &Line, one: &procedure::Extension) -> ExtensionView {
    ExtensionView {
        limit: line.limit(one.limit).code.to_string(),
        act: line.act(one.act).code.to_string(),
        at_most: period(&one.at_most),
        times: one.times,
        law: articles(&one.ground.law),
    }
}

fn rule_view(line: &Line, rule: &procedure::Rule) -> RuleView {
    RuleView {
        code: rule.code.to_string(),
        is: condition(line, &rule.is),
        severity: if rule.severity == Severity::Forbids && rule.forbids() { "forbids" } else { "warns" },
        why: (&rule.why).into(),
        instead: rule.instead.as_ref().map(Words::from),
        law: articles(&rule.ground.law),
        reading: reading(&rule.ground),
    }
}

fn lookup_view(line: &Line, one: &procedure::Lookup) -> LookupView {
    LookupView {
        code: one.code.to_string(),
        title: (&one.title).into(),
        line: one.line.to_string(),
        asks: line.field(one.asks).code.to_string(),
        by: one.by.to_string(),
    }
}

fn publication_view(line: &Line, one: &procedure::Publication) -> PublicationView {
    PublicationView {
        code: one.code.to_string(),
        title: (&one.title).into(),
        on: acts(line, &one.on),
        withdraws: acts(line, &one.withdraws),
        shows: one.shows.iter().map(|id| line.field(*id).code.to_string()).collect(),
        law: articles(&one.ground.law),
    }
}

fn figure_name(figure: &procedure::Figure) -> FigureName {
    FigureName { code: figure.code.to_string(), title: (&figure.title).into(), unit: figure.unit.clone() }
}
