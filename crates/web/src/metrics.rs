//! What is counted, as Prometheus reads it. The platform and the requests count; here it is only told.

use std::fmt;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ledger::{Effort, Fault};
use platform::{Counts, Outcome, Platform, Pulse, Spreading};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::sync::Arc;

use crate::app::App;
use crate::requests::Requests;
use crate::wrong::Wrong;

const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted, for Prometheus.
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, Wrong> {
    let requests = app.requests.clone();
    let gathered = app.ask(move |platform| gather(platform, &requests)).await?;
    let mut registry = Registry::default();
    registry.register_collector(Box::new(gathered));
    let mut out = String::new();
    text::encode(&mut out, &registry).map_err(|_| Wrong::broken("metrics"))?;
    Ok(([(header::CONTENT_TYPE, KIND)], out).into_response())
}

/// Everything that is told at once.
#[derive(Debug)]
struct Gathered {
    governments: Vec<(Pulse, Arc<Counts>)>,
    effort: Effort,
    requests: Vec<((String, &'static str, u16), u64)>,
    times: Vec<(String, Spreading)>,
}

fn gather(platform: &Platform, requests: &Requests) -> Result<Gathered, Fault> {
    let pulses = platform.pulses()?;
    let governments = pulses.into_iter().map(|pulse| {
        let counts = platform.watch().of(&pulse.government);
        (pulse, counts)
    });
    Ok(Gathered {
        governments: governments.collect(),
        effort: platform.store().effort(),
        requests: requests.counts(),
        times: requests.times(),
    })
}

/// A family of figures that is being told.
struct Family<'e>(MetricEncoder<'e>);

impl Family<'_> {
    fn counter(&mut self, labels: &impl EncodeLabelSet, value: u64) -> fmt::Result {
        self.0.encode_family(labels)?.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    fn gauge(&mut self, labels: &impl EncodeLabelSet, value: u64) -> fmt::Result {
        self.0.encode_family(labels)?.encode_gauge(&i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// A spread; `unit` is how many of its values make one of what is told.
    #[allow(clippy::cast_precision_loss)] // what is told is for pictures
    fn spread(&mut self, labels: &impl EncodeLabelSet, spread: &Spreading, unit: f64) -> fmt::Result {
        let bound = |bound: Option<u64>| bound.map_or(f64::MAX, |bound| bound as f64 / unit);
        let buckets: Vec<(f64, u64)> = spread.counts.iter().map(|(end, count)| (bound(*end), *count)).collect();
        let sum = spread.sum as f64 / unit;
        self.0.encode_family(labels)?.encode_histogram::<NoLabelSet>(sum, spread.count(), &buckets, None)
    }
}

/// Microseconds in a second.
const MICROS: f64 = 1e6;

impl Gathered {
    fn by_government(
        &self,
        family: &mut Family<'_>,
        value: impl Fn(&mut Family<'_>, &[(&str, String); 1], &(Pulse, Arc<Counts>)) -> fmt::Result,
    ) -> fmt::Result {
        let mut each = self.governments.iter();
        each.try_for_each(|one| value(family, &[("government", one.0.government.to_string())], one))
    }

    fn gauges(&self, e: &mut DescriptorEncoder<'_>) -> fmt::Result {
        type Value = fn(&(Pulse, Arc<Counts>)) -> u64;
        let all: [(&str, &str, Value); 5] = [
            ("fazhi_commands_waiting", "Commands sent and not answered yet", |(_, counts)| counts.waiting()),
            ("fazhi_due_late", "Limits that bind the agency and passed unrecorded, up to 1000", |(p, _)| p.late),
            ("fazhi_due_overdue", "Limits of anybody that passed unrecorded, up to 1000", |(p, _)| p.overdue),
            ("fazhi_log_position", "Position of the last event", |(pulse, _)| pulse.position),
            ("fazhi_sessions", "Signed-in sessions", |(pulse, _)| pulse.sessions),
        ];
        for (name, help, value) in all {
            let mut family = Family(e.encode_descriptor(name, help, None, MetricType::Gauge)?);
            self.by_government(&mut family, |family, labels, one| family.gauge(labels, value(one)))?;
        }
        Ok(())
    }

    fn commits(&self, e: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Commands by what came of them";
        let mut family = Family(e.encode_descriptor("fazhi_commands", help, None, MetricType::Counter)?);
        for (pulse, counts) in &self.governments {
            for outcome in Outcome::ALL {
                let labels = [("government", pulse.government.to_string()), ("outcome", outcome.name().to_owned())];
                family.counter(&labels, counts.answered(outcome))?;
            }
        }
        let help = "Records put through limits that passed, by the scheduler";
        let mut family = Family(e.encode_descriptor("fazhi_put_through", help, None, MetricType::Counter)?);
        self.by_government(&mut family, |family, labels, (_, counts)| family.counter(labels, counts.put_through()))?;
        let help = "Commands in one commit";
        let mut family = Family(e.encode_descriptor("fazhi_commit_commands", help, None, MetricType::Histogram)?);
        self.by_government(&mut family, |family, labels, (_, counts)| family.spread(labels, &counts.batches(), 1.0))?;
        let help = "Seconds until a commit was on disk";
        let mut family = Family(e.encode_descriptor("fazhi_commit_seconds", help, None, MetricType::Histogram)?);
        self.by_government(&mut family, |family, labels, (_, counts)| family.spread(labels, &counts.commits(), MICROS))
    }

    fn served(&self, e: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Requests by route, method and status";
        let mut family = Family(e.encode_descriptor("fazhi_http_requests", help, None, MetricType::Counter)?);
        for ((route, method, status), count) in &self.requests {
            let labels = [("route", route.clone()), ("method", (*method).to_owned()), ("status", status.to_string())];
            family.counter(&labels, *count)?;
        }
        let help = "Seconds until a request was answered";
        let mut family = Family(e.encode_descriptor("fazhi_http_seconds", help, None, MetricType::Histogram)?);
        self.times.iter().try_for_each(|(route, spread)| family.spread(&[("route", route.as_str())], spread, MICROS))
    }

    fn stored(&self, e: &mut DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, value) in [
            ("fazhi_store_statements", "Statements sent to the store", self.effort.statements),
            ("fazhi_store_pages", "Database pages written", self.effort.pages),
        ] {
            let mut encoder = e.encode_descriptor(name, help, None, MetricType::Counter)?;
            encoder.encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        }
        Ok(())
    }
}

impl Collector for Gathered {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.gauges(&mut encoder)?;
        self.commits(&mut encoder)?;
        self.served(&mut encoder)?;
        self.stored(&mut encoder)
    }
}
