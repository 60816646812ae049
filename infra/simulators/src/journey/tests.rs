//! Journeys are pure, hang together, and have the shares they were asked for.

use jiff::{SignedDuration, Timestamp};

use super::{Ends, Happening, Journey, Journeys, Network, Office, Outcome, Region, plan};

const fn office(code: &'static str) -> Office {
    Office { code, name: code }
}

static NETWORK: Network = Network {
    name: "test",
    abroad: office("abroad"),
    door: 0.5,
    storage_days: 15,
    line_hours: (10.0, 40.0),
    road_hours: (5.0, 30.0),
    regions: &[
        Region {
            centre: office("A"),
            offices: [office("A1"), office("A2"), office("A3"), office("A4"), office("A5")],
            offset: 3.0,
        },
        Region {
            centre: office("B"),
            offices: [office("B1"), office("B2"), office("B3"), office("B4"), office("B5")],
            offset: 9.5,
        },
    ],
};

fn start() -> Timestamp {
    "2026-12-01T06:00:30Z".parse().unwrap()
}

fn travel(settings: &Journeys, code: u32) -> Journey {
    plan(&NETWORK, settings, &format!("{code:014}"), Ends::default(), start())
}

fn thousands(settings: &Journeys) -> Vec<Journey> {
    (0..4_000).map(|code| travel(settings, code)).collect()
}

fn share(journeys: &[Journey], holds: impl Fn(&Journey) -> bool) -> f64 {
    let hits = journeys.iter().filter(|journey| holds(journey)).count();
    f64::from(u32::try_from(hits).unwrap()) / f64::from(u32::try_from(journeys.len()).unwrap())
}

#[test]
fn the_same_code_has_the_same_journey() {
    let settings = Journeys::default();
    for code in 0..200 {
        assert_eq!(travel(&settings, code), travel(&settings, code));
    }
    assert_ne!(travel(&settings, 1).steps, travel(&settings, 2).steps);
    assert_ne!(travel(&Journeys { seed: 2, ..settings.clone() }, 1).steps, travel(&settings, 1).steps);
}

#[test]
fn asking_later_only_adds_what_became_visible_and_drops_what_is_gone() {
    let settings = Journeys { vanished: 0.5, late: 0.3, ..Journeys::default() };
    for journey in (0..200).map(|code| travel(&settings, code)) {
        for hours in (0..1_500).step_by(13) {
            let asked = start().checked_add(SignedDuration::from_hours(hours)).unwrap();
            for step in &journey.steps {
                let shown = journey.shown(asked).any(|seen| seen == step);
                let should = step.visible <= asked && step.gone.is_none_or(|gone| asked < gone);
                assert_eq!(shown, should, "{step:?} at {asked}");
            }
        }
    }
}

#[test]
fn steps_follow_each_other() {
    let settings = Journeys { late: 0.3, vanished: 0.3, lost: 0.05, ..Journeys::default() };
    for journey in thousands(&settings) {
        let Journey { steps, truth, .. } = &journey;
        assert!(steps.iter().all(|step| step.visible >= step.at && step.at.as_second() % 60 == 0));
        assert!(steps.windows(2).all(|pair| pair[0].at <= pair[1].at), "{steps:?}");
        assert_eq!(truth.outcome == Outcome::Lost, truth.arrived_at.is_none());
        let at = |wanted| steps.iter().find(|step| step.happening == wanted).map(|step| step.at);
        assert_eq!(
            at(Happening::Registered),
            Some(start().checked_sub(SignedDuration::from_secs(30)).unwrap())
        );
        let ending = match truth.outcome {
            Outcome::Delivered => Happening::Delivered,
            Outcome::Collected => Happening::Collected,
            Outcome::ReturnedUncollected | Outcome::ReturnedRefused => Happening::Returned,
            Outcome::Lost => Happening::Lost,
        };
        assert_eq!(at(ending), truth.ended_at, "{truth:?}");
        assert_eq!(steps.last().map(|step| step.at), truth.ended_at);
        assert!(truth.arrived_at >= truth.left_centre_at || truth.arrived_at.is_none());
        if let (Some(arrived), Some(waiting)) = (truth.arrived_at, truth.waiting_since) {
            assert!(arrived <= waiting && Some(waiting) <= truth.ended_at);
        }
        let scanned = steps.iter().any(|step| step.happening == Happening::Arrived && step.gone.is_none());
        assert_eq!(scanned, truth.arrival_scanned);
    }
}

#[test]
fn shares_are_those_of_the_settings() {
    let settings = Journeys { lost: 0.05, silent_offices: 0.5, ..Journeys::default() };
    let journeys = thousands(&settings);
    let near = |share: f64, wanted: f64| assert!((share - wanted).abs() < 0.02, "{share} for {wanted}");
    near(share(&journeys, |journey| journey.truth.outcome == Outcome::Lost), 0.05);
    near(share(&journeys, |journey| journey.truth.outcome == Outcome::ReturnedRefused), 0.03 * 0.95);
    near(share(&journeys, |journey| journey.truth.outcome == Outcome::ReturnedUncollected), 0.07 * 0.92);
    near(share(&journeys, |journey| journey.truth.to_door), 0.5);
    let arrived: Vec<_> =
        journeys.into_iter().filter(|journey| journey.truth.outcome != Outcome::Lost).collect();
    let (silent, others): (Vec<_>, Vec<_>) =
        arrived.into_iter().partition(|journey| journey.truth.silent_office);
    assert!(!silent.is_empty() && !others.is_empty());
    assert!(share(&silent, |journey| journey.truth.arrival_scanned) < 0.15);
    assert!(share(&others, |journey| journey.truth.arrival_scanned) > 0.95);
    let none = Journeys { missed: 0.0, late: 0.0, vanished: 0.0, uncollected: 1.0, refused: 0.0, ..settings };
    for journey in thousands(&none) {
        assert!(journey.steps.iter().all(|step| step.gone.is_none()));
        assert!(matches!(journey.truth.outcome, Outcome::ReturnedUncollected | Outcome::Lost));
    }
}

#[test]
fn borders_are_crossed_in_both_directions() {
    for (from_abroad, to_abroad) in [(true, false), (false, true)] {
        let ends = Ends { from_abroad, to_abroad, ..Ends::default() };
        let settings = Journeys { lost: 0.0, ..Journeys::default() };
        let journey = plan(&NETWORK, &settings, "RA000000014XX", ends, start());
        assert_eq!(
            (journey.truth.from.code == "abroad", journey.truth.office.code == "abroad"),
            (from_abroad, to_abroad)
        );
        for wanted in [Happening::Exported, Happening::Imported, Happening::AtCustoms, Happening::Released] {
            assert!(journey.steps.iter().any(|step| step.happening == wanted), "{wanted:?}");
        }
    }
}

#[test]
fn roads_differ_and_stay_the_same() {
    let settings = Journeys { lost: 0.0, pace: 1.0, ..Journeys::default() };
    let mut by_office = std::collections::BTreeMap::<&str, Vec<i64>>::new();
    for journey in thousands(&settings) {
        let left = journey.truth.left_centre_at.unwrap();
        let hours = journey.truth.arrived_at.unwrap().duration_since(left).as_hours();
        by_office.entry(journey.truth.office.code).or_default().push(hours);
    }
    let medians: Vec<i64> = by_office
        .values_mut()
        .map(|hours| {
            hours.sort_unstable();
            hours[hours.len() / 2]
        })
        .collect();
    assert_eq!(medians.len(), 10);
    assert!(medians.iter().max().unwrap() - medians.iter().min().unwrap() >= 5, "{medians:?}");
}
