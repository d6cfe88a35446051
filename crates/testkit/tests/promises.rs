//! The promises of the design as properties: random sequences of acts over every line of the catalogue, through the
//! door, with the same seeds every time.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Catalog;
use figures::Period;
use kernel::{Refusal, Standing, due_days, lapses};
use platform::{Answer, Platform, RecordView, Request, RequestAsk};
use procedure::{Act, ActKind, Counted, Field, FieldType, General, Line, Pending};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use terms::{Code, Date, DateTime, Fen, GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::cases::{parse, prepare};
use testkit::{Bench, person};

/// One random move: what, by whom, with which values, how many hours later.
#[derive(Clone, Debug)]
struct Move {
    what: u8,
    pick: u16,
    who: u8,
    values: u64,
    hours: u16,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (any::<u8>(), any::<u16>(), any::<u8>(), any::<u64>(), 0u16..900);
    let one = one.prop_map(|(what, pick, who, values, hours)| Move { what, pick, who, values, hours });
    proptest::collection::vec(one, 4..22)
}

/// `cases` sequences, the same every time.
fn each(cases: u32, test: impl Fn(Vec<Move>) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    if let Err(why) = runner.run(&moves(), test) {
        panic!("{why}");
    }
}

/// How many sequences for each line: `PROMISES=1000` looks harder.
fn sequences() -> u32 {
    std::env::var("PROMISES").ok().and_then(|number| number.parse().ok()).unwrap_or(50)
}

struct World<'a> {
    catalog: &'a Arc<Catalog>,
    bench: Bench,
    government: GovernmentCode,
    code: Code,
    now: DateTime,
    record: Option<RecordId>,
}

const SETUP: &str = "
register power_item @in_force  item_code=P001 name=\"某\" kind=penalty basis_rank=law
register officer @certified  certificate=Q001 name=\"马一\" valid_to=2030-12-31
register officer @certified  certificate=Q002 name=\"李二\" valid_to=2030-12-31
";

fn world<'a>(catalog: &'a Arc<Catalog>, code: &Code) -> World<'a> {
    let text = format!("case c\nline {code}\n{SETUP}\n2026-03-02 handler any\n");
    let (bench, _) = prepare(catalog, &parse(&text).unwrap()).unwrap();
    let now = "2026-03-02T09:00:00".parse().unwrap();
    World { catalog, bench, government: "632222".parse().unwrap(), code: code.clone(), now, record: None }
}

fn pick<T>(items: &[T], at: u64) -> Option<&T> {
    items.get(usize::try_from(at % u64::try_from(items.len().max(1)).unwrap()).unwrap())
}

/// A well-formed value.
fn value(field: &Field, seed: u64, now: DateTime) -> Option<Value> {
    let day = now.date().checked_add((i64::try_from(seed % 40).unwrap() - 12).days()).unwrap();
    Some(match &field.kind {
        FieldType::Bool => Value::Bool(!seed.is_multiple_of(3)),
        FieldType::Number(_) => Value::Number(i64::try_from(seed % 40).unwrap()),
        FieldType::Money => Value::Money(Fen(i64::try_from(seed % 9_000_000).unwrap())),
        FieldType::Date => Value::Date(day),
        FieldType::Moment => Value::Moment(now),
        FieldType::Text | FieldType::Figures => Value::Text(format!("某{}", seed % 50)),
        FieldType::Choice(all) => Value::Choice(pick(&all.choices, seed)?.code.clone()),
        FieldType::Choices(all) => Value::Choices(vec![pick(&all.choices, seed)?.code.clone()]),
        FieldType::Key(_) => Value::Key("P001".into()),
        FieldType::Period => Value::Key("2020".into()),
        FieldType::Organ => Value::Key("632222/agency".into()),
        FieldType::Keys(_) | FieldType::Questions => Value::Keys(vec!["Q001".into(), "Q002".into()]),
        FieldType::Link(_) => Value::Link(RecordId(1)),
        FieldType::Party => Value::Party(Box::new(Party {
            kind: if seed.is_multiple_of(2) { PartyKind::Person } else { PartyKind::Organisation },
            name: "某某".to_owned(),
            number: None,
            phone: None,
            address: None,
        })),
    })
}

trait Days {
    fn days(self) -> jiff::Span;
}
impl Days for i64 {
    fn days(self) -> jiff::Span {
        jiff::Span::new().days(self)
    }
}

impl World<'_> {
    fn view(&self) -> Option<RecordView> {
        self.record.and_then(|id| self.bench.platform.record_of(&self.government, id).unwrap())
    }

    fn head(&self) -> u64 {
        self.bench.platform.store().read().unwrap().head(&self.government).unwrap().position
    }

    /// The version under which the next act is judged.
    fn line(&self, view: Option<&RecordView>) -> Arc<Line> {
        let newer = self.catalog.line(&self.code, &self.government, self.now.date()).unwrap();
        match view {
            Some(view) if newer.pending != Pending::Move => view.line.clone(),
            _ => newer,
        }
    }

    fn request(&self, step: &Move, line: &Line, view: Option<&RecordView>) -> (Request, Option<Code>) {
        let last = view.and_then(|view| view.record.done.last()).map_or(1, |done| done.seq);
        let proposal = view.and_then(|view| view.record.proposal.clone());
        let reason = "因故".to_owned();
        let (ask, act) = match (step.what % 16, proposal) {
            (0..6, Some(proposal)) => {
                let post = line.act(proposal.act).sign.get(usize::from(proposal.signed)).cloned();
                let who = person(&self.government, "signer", "agency", &[post.unwrap_or_default().as_str()]);
                return (self.bench.request(&who, &self.code, self.record, RequestAsk::Sign), None);
            }
            (6, _) => (RequestAsk::Return(reason), None),
            (7, _) => (RequestAsk::Annul { seq: last, reason }, None),
            (8, _) => (RequestAsk::Correct { time: None, reason }, None),
            (9, _) => (RequestAsk::Correct { time: Some((last, self.now)), reason }, None),
            (10, _) => (RequestAsk::HandOver { to: "other".into(), reason }, None),
            _ => {
                let act = self.choose(step, line, view);
                (RequestAsk::Act(act.code.clone()), Some(act.code.clone()))
            }
        };
        let named = act.as_ref().and_then(|code| line.act_id(code)).map(|id| line.act(id));
        let post = named.and_then(|act| act.by.first().cloned()).unwrap_or_else(|| "head_of_agency".into());
        let post = if step.who.is_multiple_of(16) { "nobody".into() } else { post };
        let who = person(&self.government, &post, "agency", &[post.as_str()]);
        let mut request = self.bench.request(&who, &self.code, self.record.filter(|_| !opens(named)), ask);
        request.inputs = self.inputs(step, line, view, named);
        if step.who % 5 == 1 {
            request.reasons = line.rules.iter().map(|rule| (rule.code.clone(), "有故".to_owned())).collect();
        }
        if step.who % 11 == 3 {
            request.standing = Standing::Import;
        }
        (request, act)
    }

    /// An act: mostly one of the stage.
    fn choose<'l>(&self, step: &Move, line: &'l Line, view: Option<&RecordView>) -> &'l Act {
        let fits = |act: &&Act| match view {
            None => act.opens,
            Some(view) => {
                let stage = line.stage_id(None, &view.row.stage).unwrap_or(view.record.stage);
                let stage = if act.track.is_some() { view.record.stage_of(act.track) } else { stage };
                !act.opens && (act.from.is_empty() || act.from.contains(&stage))
            }
        };
        let own: Vec<&Act> = line.acts.iter().filter(|act| !is_general(act)).collect();
        let here: Vec<&Act> = own.iter().copied().filter(fits).collect();
        let all = if step.what > 240 || here.is_empty() { &own } else { &here };
        pick(all, u64::from(step.pick)).unwrap()
    }

    fn inputs(&self, step: &Move, line: &Line, view: Option<&RecordView>, act: Option<&Act>) -> Vec<(Code, Value)> {
        let mut seed = step.values;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        let mut inputs = Vec::new();
        match act {
            Some(act) => {
                for (id, must) in &act.fills {
                    let (fill, seed) = (next(), next());
                    if *must || fill.is_multiple_of(3) {
                        inputs
                            .extend(value(line.field(*id), seed, self.now).map(|v| (line.field(*id).code.clone(), v)));
                    }
                }
            }
            None if step.what % 16 == 8 => {
                let held = line.fields.iter().filter(|field| {
                    view.is_some_and(|view| {
                        view.line.field_id(&field.code).is_some_and(|id| view.record.get(id).is_some())
                    })
                });
                let held: Vec<&Field> = held.collect();
                let field = pick(&held, next());
                inputs.extend(field.and_then(|field| Some((field.code.clone(), value(field, next(), self.now)?))));
            }
            None => {}
        }
        inputs
    }

    fn step(&mut self, step: &Move) -> Result<(), TestCaseError> {
        self.now = self.now.checked_add(jiff::Span::new().hours(i64::from(step.hours))).unwrap();
        self.bench.clock.set(self.now);
        if step.what % 32 == 31 {
            self.bench.platform.put_through(&self.government, None).unwrap();
        }
        let (before, head) = (self.view(), self.head());
        let line = self.line(before.as_ref());
        let (request, act) = self.request(step, &line, before.as_ref());
        let id = request.record;
        let (standing, who) = (request.standing, request.who.clone());
        let answer = self.bench.submit(request.clone()).unwrap();
        match &answer {
            Answer::Done(receipt) => {
                self.record = Some(receipt.record);
                self.lawful_after(id.and(before.as_ref()))
            }
            other => {
                prop_assert_eq!(head, self.head(), "{:?} wrote something", other);
                prop_assert_eq!(before.map(|view| view.row), self.view().map(|view| view.row));
                self.lawful_no(other, &line, act.as_deref(), standing == Standing::Import, &who)?;
                Ok(())
            }
        }
    }

    /// What holds after every act that was done.
    fn lawful_after(&self, before: Option<&RecordView>) -> Result<(), TestCaseError> {
        let view = self.view().unwrap();
        let calendar = &self.catalog.calendar;
        let (events, after) = lapses(&view.line, &view.record, calendar, self.now);
        let mut stands = view.record.clone();
        for event in &events {
            if let kernel::Kind::Lapsed(id) = event.kind {
                let due = due_days(&view.line, &stands, calendar).into_iter().find(|(limit, _)| *limit == id).unwrap();
                prop_assert_eq!(event.at, due.1.last, "a lapse is dated at its limit");
            }
            stands = kernel::apply(&view.line, Some(stands.clone()), event, stands.id, stands.seq + 1);
        }
        for (id, deadline) in due_days(&view.line, &after, calendar) {
            prop_assert!(
                deadline.provisional || deadline.last >= self.now,
                "{} ran out on {} in silence, now {}",
                view.line.limit(id).code,
                deadline.last,
                self.now
            );
        }
        if let Some(before) = before {
            let moved = self.line(Some(before)).pending == Pending::Move;
            prop_assert!(
                moved || before.row.definition == view.row.definition,
                "the definition changed under a record"
            );
            prop_assert!(view.row.seq > before.row.seq);
        }
        Ok(())
    }

    /// What holds of every no.
    fn lawful_no(
        &self,
        answer: &Answer,
        line: &Line,
        act: Option<&str>,
        import: bool,
        who: &platform::Person,
    ) -> Result<(), TestCaseError> {
        let act = act.and_then(|code| line.act_id(code)).map(|id| line.act(id));
        let fact = act.is_some_and(|act| import || act.kind == ActKind::Fact);
        match answer {
            Answer::Refused(refusals) => {
                for refusal in refusals {
                    cited(refusal, line)?;
                }
                // There is nothing to put a fact on before the record is open.
                let form = refusals.iter().all(|refusal| matches!(refusal.code, "R101" | "R102"));
                prop_assert!(!fact || form, "a fact was refused: {:?} {:?} {:?}", act, who, refusals);
            }
            Answer::Asks(warnings) => {
                prop_assert!(!fact, "a fact was asked for a reason: {act:?}");
                prop_assert!(!warnings.is_empty());
            }
            _ => {}
        }
        Ok(())
    }
}

/// A refusal by a rule of law cites an article, or the reading that an authority adopted; R208 is of no act at all.
fn cited(refusal: &Refusal, line: &Line) -> Result<(), TestCaseError> {
    if refusal.code.starts_with("R2") && refusal.code != "R208" && refusal.law.is_empty() {
        let reading = line.acts.iter().any(|act| act.ground.reading.is_some() && act.ground.law.is_empty());
        prop_assert!(reading, "cites nothing: {refusal:?}");
    }
    if refusal.code == "R202" {
        prop_assert!(refusal.why.as_ref().is_some_and(|why| !why.zh.is_empty() && !why.en.is_empty()), "{refusal:?}");
        prop_assert!(refusal.rule.is_some());
    }
    Ok(())
}

fn opens(act: Option<&Act>) -> bool {
    act.is_some_and(|act| act.opens)
}

fn is_general(act: &Act) -> bool {
    matches!(act.general, Some(General::Correct | General::Annul | General::HandOver | General::StandIn))
}

/// Chains, contents, states, due days, keys and deltas all fit; every figure opens into its records and recounts.
fn sound(platform: &Platform, government: &GovernmentCode) -> Result<(), TestCaseError> {
    let verified = platform.verify(government).unwrap();
    prop_assert!(verified.is_ok(), "{}", verified.err().map(|why| why.to_string()).unwrap_or_default());
    let date = |text: &str| text.parse::<Date>().unwrap();
    let period = Period { from: date("2026-01-01"), to: date("2026-12-31") };
    let told = platform.figures(government, period).unwrap();
    let counted = platform.recount(government, period).unwrap();
    let mut by_figure: BTreeMap<Code, i64> = BTreeMap::new();
    for ((figure, _), amount) in &counted {
        *by_figure.entry(figure.clone()).or_insert(0) += amount;
    }
    for value in told.iter().filter(|value| value.opens && value.part.is_none()) {
        let figure = platform.catalog().figures().find(|figure| figure.code == value.code);
        let Some(figure) = figure.filter(|figure| !matches!(figure.counted, Counted::Agencies(_))) else { continue };
        let behind = platform.behind(government, period, &value.code, None, None, 1_000).unwrap();
        let sum: i64 = behind.iter().map(|behind| behind.amount).sum();
        let counted = by_figure.get(&value.code).copied().unwrap_or(0);
        prop_assert_eq!(sum, counted, "{} does not recount", &figure.code);
        let amount = value.value.map(|amount| format!("{amount:?}"));
        prop_assert!(
            amount.is_none_or(|amount| amount.contains(&sum.to_string())),
            "{}: {:?} {sum}",
            value.code,
            value
        );
    }
    Ok(())
}

#[test]
fn random_acts_keep_the_promises() {
    let catalog = testkit::repository().unwrap();
    let codes = catalog.codes();
    std::thread::scope(|scope| {
        for part in codes.chunks(codes.len().div_ceil(2)) {
            let catalog = &catalog;
            scope.spawn(move || {
                for code in part {
                    each(sequences(), |moves| {
                        let mut world = world(catalog, code);
                        for step in &moves {
                            world.step(step)?;
                        }
                        sound(&world.bench.platform, &world.government)
                    });
                }
            });
        }
    });
}

#[test]
fn frozen_definitions_thaw_equal() {
    let catalog = testkit::repository().unwrap();
    for code in catalog.codes() {
        for line in catalog.versions(&code) {
            let bytes = catalog::frozen(&line);
            let thawed = catalog::thaw(&bytes).unwrap();
            assert_eq!(thawed, *line);
            assert_eq!(catalog::frozen(&thawed), bytes);
        }
    }
}
