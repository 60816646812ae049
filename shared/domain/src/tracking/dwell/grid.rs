//! The time grids of the model, in hours.

use jiff::SignedDuration;

/// Number of bins of the time from a sorting centre to the next event.
pub(super) const BINS: usize = 40;

/// Their edges: 5 hours to 10 days, each an eleventh longer than the one before; the last bin takes the
/// rest.
pub(super) const EDGES: [f64; BINS + 1] = [
    0.0, 5.0, 5.54, 6.13, 6.79, 7.52, 8.32, 9.21, 10.2, 11.3, 12.51, 13.85, 15.33, 16.98, 18.8, 20.81, 23.05,
    25.52, 28.26, 31.29, 34.64, 38.36, 42.47, 47.02, 52.07, 57.65, 63.83, 70.68, 78.26, 86.65, 95.95, 106.23,
    117.63, 130.24, 144.21, 159.68, 176.8, 195.76, 216.75, 240.0, 480.0,
];

/// Number of bins of the time from an arrival to its scan being visible.
pub(super) const LAGS: usize = 7;

/// Their edges.
pub(super) const LAG_EDGES: [f64; LAGS + 1] = [0.0, 2.0, 6.0, 12.0, 24.0, 48.0, 96.0, 144.0];

/// The bin of a time.
pub(super) fn bin_of(hours: f64) -> usize {
    inner_edges_until(&EDGES, hours)
}

/// The bin of a lag.
pub(super) fn lag_bin_of(hours: f64) -> usize {
    inner_edges_until(&LAG_EDGES, hours)
}

fn inner_edges_until(edges: &[f64], hours: f64) -> usize {
    let last = edges.len().saturating_sub(1);
    edges.get(1..last).unwrap_or_default().partition_point(|edge| *edge <= hours)
}

/// A cumulative figure given at the edges, in between on a straight line.
pub(super) fn at(cumulative: &[f64; BINS + 1], hours: f64) -> f64 {
    let bin = bin_of(hours);
    let (from, to) = (EDGES[bin], EDGES[bin + 1]);
    let part = ((hours - from) / (to - from)).clamp(0.0, 1.0);
    cumulative[bin] + (cumulative[bin + 1] - cumulative[bin]) * part
}

/// The middle of a bin.
pub(super) fn middle(bin: usize) -> f64 {
    (EDGES[bin] + EDGES[bin + 1]) / 2.0
}

/// A duration in hours.
pub(super) fn hours(duration: SignedDuration) -> f64 {
    duration.as_secs_f64() / 3_600.0
}
