//! The sound of a call's preview: Amazon Polly in AWS, espeak-ng where it is installed. No call is placed.

mod espeak;
mod polly;
mod wav;

use std::sync::Arc;

use yam_domain::money::display::Locale;
use yam_platform::problem::{Kind, Problem};
use yam_platform::{Config, Platform};

use espeak::Espeak;
use polly::Polly;
pub(crate) use wav::Wav;

/// Why there is no sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Silence {
    /// No voice speaks this language here, or none is installed.
    NoVoice(String),
    /// The voice is there and did not speak this time.
    Failed(String),
}

impl Silence {
    /// As the caller sees it.
    pub(crate) fn problem(self) -> Problem {
        match self {
            Silence::NoVoice(words) => Problem::new(Kind::VoicePreviewUnavailable).with(words),
            Silence::Failed(why) => {
                tracing::warn!(why, "a voice preview failed");
                Problem::new(Kind::Unavailable).retry_after(5)
            }
        }
    }
}

/// The voice this hub previews calls with.
#[derive(Debug, Clone)]
pub(crate) enum Sound {
    Espeak(Espeak),
    Polly(Arc<Polly>),
    Off,
}

impl Sound {
    /// As `YAM_VOICE_PREVIEW` says; opens nothing.
    pub(crate) fn new(platform: &Platform) -> Self {
        match platform.config.text("YAM_VOICE_PREVIEW") {
            "espeak" => Sound::Espeak(espeak(&platform.config)),
            "polly" => {
                let (http, clock) = (platform.http.clone(), platform.clock.clone());
                Sound::Polly(Arc::new(Polly::new(http, &platform.config, &platform.sdk, clock)))
            }
            _ => Sound::Off,
        }
    }

    /// Speaks a text that is ready for a voice.
    pub(crate) async fn speak(&self, text: &str, locale: Locale, female: bool) -> Result<Wav, Silence> {
        match self {
            Sound::Espeak(espeak) => espeak.speak(text, locale, female).await,
            Sound::Polly(polly) => polly.speak(text, locale, female).await,
            Sound::Off => Err(Silence::NoVoice("Voice previews are switched off at this hub.".into())),
        }
    }
}

fn espeak(config: &Config) -> Espeak {
    Espeak::new(config.text("YAM_ESPEAK"))
}
