//! Metrics as CloudWatch embedded metric format: one JSON line on stdout, no agent, no call.

use std::io::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Units CloudWatch knows and we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Time in milliseconds.
    Milliseconds,
    /// Time in seconds.
    Seconds,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Count => "Count",
            Unit::Milliseconds => "Milliseconds",
            Unit::Seconds => "Seconds",
        }
    }
}

/// One figure. Dimensions come from bounded sets (carrier, operation, outcome), never ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric<'a> {
    /// Name in the namespace `Yam`.
    pub name: &'a str,
    /// Unit.
    pub unit: Unit,
    /// Value.
    pub value: f64,
    /// Dimensions.
    pub dimensions: &'a [(&'a str, &'a str)],
}

/// Where the lines go.
pub trait MetricSink: Send + Sync + std::fmt::Debug {
    /// Takes one line without its end.
    fn line(&self, line: &str);
}

#[derive(Debug)]
struct Stdout;

impl MetricSink for Stdout {
    fn line(&self, line: &str) {
        let _lost_with_the_stream = writeln!(std::io::stdout().lock(), "{line}");
    }
}

/// Writes metrics of one service.
#[derive(Debug, Clone)]
pub struct Metrics {
    service: Arc<str>,
    sink: Arc<dyn MetricSink>,
}

impl Metrics {
    /// Writes to stdout, where Lambda picks them up.
    #[must_use]
    pub fn stdout(service: &str) -> Self {
        Metrics { service: service.into(), sink: Arc::new(Stdout) }
    }

    /// Writes elsewhere.
    #[must_use]
    pub fn to(service: &str, sink: Arc<dyn MetricSink>) -> Self {
        Metrics { service: service.into(), sink }
    }

    /// Writes one figure.
    pub fn put(&self, now: Timestamp, metric: &Metric<'_>) {
        self.sink.line(&self.render(now, metric).to_string());
    }

    /// Counts one occurrence.
    pub fn count(&self, now: Timestamp, name: &str, dimensions: &[(&str, &str)]) {
        self.put(now, &Metric { name, unit: Unit::Count, value: 1.0, dimensions });
    }

    fn render(&self, now: Timestamp, metric: &Metric<'_>) -> Value {
        let mut names = vec!["service"];
        names.extend(metric.dimensions.iter().map(|(name, _)| *name));
        let mut line = Map::new();
        line.insert(
            "_aws".into(),
            json!({
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "Yam",
                    "Dimensions": [["service"], names],
                    "Metrics": [{"Name": metric.name, "Unit": metric.unit.name()}],
                }],
            }),
        );
        line.insert("service".into(), json!(&*self.service));
        for (name, value) in metric.dimensions {
            line.insert((*name).into(), json!(value));
        }
        line.insert(metric.name.into(), json!(metric.value));
        Value::Object(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let metrics = Metrics::stdout("dispatch");
        let now = Timestamp::from_millisecond(1_763_717_400_000).unwrap();
        let metric = Metric {
            name: "OutcomeUnknown",
            unit: Unit::Count,
            value: 1.0,
            dimensions: &[("carrier", "iran_post")],
        };
        assert_eq!(
            metrics.render(now, &metric),
            json!({
                "_aws": {"Timestamp": 1_763_717_400_000_i64, "CloudWatchMetrics": [{
                    "Namespace": "Yam", "Dimensions": [["service"], ["service", "carrier"]],
                    "Metrics": [{"Name": "OutcomeUnknown", "Unit": "Count"}]}]},
                "service": "dispatch", "carrier": "iran_post", "OutcomeUnknown": 1.0
            })
        );
    }
}
