//! Amazon Polly (`SynthesizeSpeech`, API 2016-06-10): one signed request, bare samples back, which become a WAV file
//! here.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;
use yam_domain::money::display::Locale;
use yam_messengers::signature::Signer;
use yam_platform::http::{Deadline, EffectClient, Outbound};
use yam_platform::{Clock, Config};

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
    pub(super) fn new(http: EffectClient, config: &Config, sdk: &SdkConfig, clock: Arc<dyn Clock>) -> Self {
        let signer = Signer::new(sdk, "polly");
        let url = match config.optional("YAM_URL_POLLY") {
            Some(url) => Url::parse(url).ok(),
            None => Url::parse(&format!("https://polly.{}.amazonaws.com", signer.region())).ok(),
        };
        Polly { http, url, signer, clock }
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

#[cfg(test)]
mod tests {
    use super::*;
    use aws_config::{BehaviorVersion, Region};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use yam_platform::ManualClock;

    /// A server that gives one answer, and what it was asked.
    async fn ask(status: u16, body: Vec<u8>, locale: Locale) -> (Result<Wav, Silence>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            let mut buffer = [0; 4_096];
            while !seen.ends_with(b"}") {
                let read = stream.read(&mut buffer).await.unwrap();
                seen.extend_from_slice(&buffer[..read]);
            }
            let head =
                format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&body).await.unwrap();
            String::from_utf8(seen).unwrap()
        });
        let config = Config::from_lookup(|name| (name == "YAM_URL_POLLY").then(|| base.clone())).unwrap();
        let role = Credentials::new("AKIDDEMO", "secret-demo", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(role))
            .build();
        let clock = Arc::new(ManualClock::new("2026-11-23T07:05:00Z".parse().unwrap()));
        let polly = Polly::new(EffectClient::new(&config), &config, &sdk, clock);
        let spoken = polly.speak("Заказ один", locale, false).await;
        (spoken, server.await.unwrap())
    }

    #[tokio::test]
    async fn bare_samples_become_a_file() {
        let (spoken, asked) = ask(200, vec![0; 32_000], Locale::Ru).await;
        assert!((spoken.unwrap().seconds() - 1.0).abs() < 1e-9);
        assert!(asked.starts_with("POST /v1/speech HTTP/1.1"), "{asked}");
        let lower = asked.to_lowercase();
        assert!(lower.contains("credential=akiddemo/20261123/eu-central-1/polly/aws4_request"), "{asked}");
        assert!(asked.contains("\"VoiceId\":\"Maxim\"") && asked.contains("\"OutputFormat\":\"pcm\""));
        assert!(asked.contains("Заказ один") && !asked.contains("secret-demo"));
    }

    #[tokio::test]
    async fn a_refusal_and_silence_are_failures() {
        let body = br#"{"message":"The voice is not known"}"#.to_vec();
        let (spoken, _) = ask(400, body, Locale::Ko).await;
        let Err(Silence::Failed(why)) = spoken else { panic!("it spoke") };
        assert!(why.contains("The voice is not known"), "{why}");
        let (spoken, _) = ask(200, vec![], Locale::Ko).await;
        assert_eq!(spoken, Err(Silence::Failed("Polly: it holds no sound".into())));
    }

    #[test]
    fn persian_has_no_voice() {
        assert_eq!((voice(Locale::Fa, true), voice(Locale::Fa, false)), (None, None));
    }
}
