//! Amazon Polly (`SynthesizeSpeech`, API 2016-06-10): one signed request, bare samples back, which become a WAV file
//! here.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;
use yam_domain::money::display::Locale;
use yam_messengers::signature::Signer;
use yam_platform::http::{Deadline, EffectClient, Outbound};
use yam_platform::{Clock, Platform};

use super::wav::MOST_BYTES;
use super::{Silence, Wav};

/// One request.
const WITHIN: Duration = Duration::from_secs(10);
/// Samples a second; Polly's `pcm` has 8,000 or 16,000.
const RATE: u32 = 16_000;

/// Polly in the hub's region.
#[derive(Debug)]
pub(crate) struct Polly {
    http: EffectClient,
    url: Option<Url>,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl Polly {
    pub(super) fn new(platform: &Platform) -> Self {
        let signer = Signer::new(&platform.sdk, "polly");
        let url = match platform.config.optional("YAM_URL_POLLY") {
            Some(url) => Url::parse(url).ok(),
            None => Url::parse(&format!("https://polly.{}.amazonaws.com", signer.region())).ok(),
        };
        Polly { http: platform.http.clone(), url, signer, clock: platform.clock.clone() }
    }

    pub(super) async fn speak(&self, text: &str, locale: Locale, female: bool) -> Result<Wav, Silence> {
        let Some((language, voice)) = voice(locale, female) else {
            return Err(Silence::NoVoice("Amazon Polly has no voice for this language.".into()));
        };
        let failed = |why: String| Silence::Failed(format!("Polly: {why}"));
        let mut url = self.url.clone().ok_or_else(|| failed("YAM_URL_POLLY is no web address".into()))?;
        let path = format!("{}/v1/speech", url.path().trim_end_matches('/'));
        url.set_path(&path);
        let body = Bytes::from(
            json!({
                "Engine": "standard", "LanguageCode": language, "OutputFormat": "pcm",
                "SampleRate": RATE.to_string(), "Text": text, "TextType": "text", "VoiceId": voice,
            })
            .to_string(),
        );
        let end = Deadline::after(WITHIN);
        let now = self.clock.real_now();
        let signed = self.signer.sign(&Method::POST, &url, &body, now, end).await;
        let headers = signed.map_err(|error| failed(error.to_string()))?;
        let limits = end.limits_for(MOST_BYTES).map_err(|error| failed(error.to_string()))?;
        let request = Outbound {
            system: "POLLY",
            operation: "SynthesizeSpeech",
            method: Method::POST,
            url,
            headers,
            body,
            limits,
        };
        let answer = self.http.send(request).await.map_err(|error| failed(error.to_string()))?;
        if answer.status != StatusCode::OK {
            return Err(failed(format!("{} {}", answer.status, refusal(&answer.body))));
        }
        if !answer.complete {
            return Err(failed("the sound is longer than is read".into()));
        }
        Wav::of_samples(RATE, answer.body).map_err(|wrong| failed(wrong.to_string()))
    }
}

/// What an error's body says.
fn refusal(body: &Bytes) -> String {
    let told: Option<Value> = serde_json::from_slice(body).ok();
    let words = told.as_ref().and_then(|told| told["message"].as_str().or(told["Message"].as_str()));
    words.unwrap_or("without words").chars().take(200).collect()
}

/// Polly's standard voices; Persian has none, and Korean no man's.
const fn voice(locale: Locale, female: bool) -> Option<(&'static str, &'static str)> {
    match (locale, female) {
        (Locale::Ru, true) => Some(("ru-RU", "Tatyana")),
        (Locale::Ru, false) => Some(("ru-RU", "Maxim")),
        (Locale::Ko, _) => Some(("ko-KR", "Seoyeon")),
        (Locale::En, true) => Some(("en-US", "Joanna")),
        (Locale::En, false) => Some(("en-US", "Matthew")),
        (Locale::Fa, _) => None,
    }
}
