//! espeak-ng, run as a program with arguments and the text on its input: no shell, and nothing a person typed becomes
//! an argument. Bounded in time and output.

use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdout, Command};
use yam_domain::money::display::Locale;

use super::wav::MOST_BYTES;
use super::{Silence, Wav};

/// One run.
const WITHIN: Duration = Duration::from_secs(10);
/// Words a minute.
const PACE: &str = "150";

/// The program.
#[derive(Debug, Clone)]
pub(crate) struct Espeak {
    program: String,
}

impl Espeak {
    pub(super) fn new(program: &str) -> Self {
        Espeak { program: program.to_owned() }
    }

    pub(super) async fn speak(&self, text: &str, locale: Locale, female: bool) -> Result<Wav, Silence> {
        let spoken = tokio::time::timeout(WITHIN, self.run(text, voice(locale, female))).await;
        spoken.unwrap_or_else(|_| Err(Silence::Failed("espeak-ng took longer than 10 s".into())))
    }

    async fn run(&self, text: &str, voice: &str) -> Result<Wav, Silence> {
        let failed = |error: std::io::Error| Silence::Failed(format!("espeak-ng: {error}"));
        let mut child = Command::new(&self.program)
            .args(["-b", "1", "-v", voice, "-s", PACE, "--stdin", "--stdout"])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_| Silence::NoVoice("espeak-ng is not installed at this hub.".into()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(Silence::Failed("espeak-ng has no pipes".into()));
        };
        let write = async {
            // It may end without reading all of it; what it said counts.
            let _closed_early = input.write_all(text.as_bytes()).await;
            drop(input);
        };
        let ((), read) = tokio::join!(write, read(output));
        let file = read.map_err(failed)?;
        let status = child.wait().await.map_err(failed)?;
        if !status.success() {
            return Err(Silence::Failed(format!("espeak-ng ended with {status}")));
        }
        Wav::read(&file).map_err(|wrong| Silence::Failed(format!("what espeak-ng said: {wrong}")))
    }
}

/// Reads so much that too much is seen as such.
async fn read(output: ChildStdout) -> std::io::Result<Bytes> {
    let mut file = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    output.take(most).read_to_end(&mut file).await?;
    Ok(Bytes::from(file))
}

/// espeak's name of a voice; `+f3` is a woman's variant.
const fn voice(locale: Locale, female: bool) -> &'static str {
    match (locale, female) {
        (Locale::En, true) => "en+f3",
        (Locale::En, false) => "en",
        (Locale::Fa, true) => "fa+f3",
        (Locale::Fa, false) => "fa",
        (Locale::Ru, true) => "ru+f3",
        (Locale::Ru, false) => "ru",
        (Locale::Ko, true) => "ko+f3",
        (Locale::Ko, false) => "ko",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// A program in espeak's place.
    fn program(name: &str, script: &str) -> Espeak {
        let path = std::env::temp_dir().join(format!("yam-espeak-{}-{name}", std::process::id()));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        Espeak::new(path.to_str().unwrap())
    }

    /// The head of a pipe's WAV at 8,000 samples a second, as `printf` writes it.
    const HEAD: &str = r"printf 'RIFF\044\360\377\177WAVEfmt \020\0\0\0\001\0\001\0\100\037\0\0\200\076\0\0\002\0\020\0data\0\360\377\177'";

    #[tokio::test]
    async fn what_the_program_says_is_checked() {
        let espeak =
            program("good", &format!("/bin/cat > /dev/null\n{HEAD}\n/usr/bin/head -c 16000 /dev/zero"));
        let sound = espeak.speak("-v; $(touch /tmp/never)", Locale::Ru, true).await.unwrap();
        assert!((sound.seconds() - 1.0).abs() < 1e-9);

        let espeak = program("silent", &format!("/bin/cat > /dev/null\n{HEAD}"));
        let silence = espeak.speak("x", Locale::Ko, false).await.unwrap_err();
        assert_eq!(silence, Silence::Failed("what espeak-ng said: it holds no sound".into()));

        let espeak = program("broken", "exit 3");
        assert!(matches!(espeak.speak("x", Locale::En, true).await, Err(Silence::Failed(_))));

        let espeak = program("endless", "exec /bin/cat /dev/zero");
        let silence = espeak.speak("x", Locale::En, true).await.unwrap_err();
        assert!(matches!(silence, Silence::Failed(_)), "{silence:?}");
    }

    /// Where it is installed; elsewhere there is nothing to hear.
    #[tokio::test]
    async fn the_real_program_speaks_every_language() {
        let espeak = Espeak::new("espeak-ng");
        for (locale, short, long) in [
            (Locale::Fa, "مرسوله شما رسید", "مرسوله شما رسید و تا پانزدهم در دفتر پست منتظر شماست"),
            (Locale::Ru, "Посылка пришла", "Посылка пришла и ждёт вас на почте до пятнадцатого числа"),
            (Locale::Ko, "소포가 도착했습니다", "소포가 도착하여 십오일까지 우체국에서 기다리고 있습니다"),
            (Locale::En, "Your parcel is here", "Your parcel is here and waits for you until the fifteenth"),
        ] {
            for female in [true, false] {
                let brief = match espeak.speak(short, locale, female).await {
                    Err(Silence::NoVoice(_)) => return,
                    spoken => spoken.unwrap().seconds(),
                };
                let whole = espeak.speak(long, locale, female).await.unwrap().seconds();
                assert!(brief > 0.5 && whole > 1.5 * brief && whole < 15.0, "{locale:?}: {brief} {whole}");
            }
        }
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_no_voice() {
        let espeak = Espeak::new("/nowhere/espeak-ng");
        assert!(matches!(espeak.speak("x", Locale::Fa, true).await, Err(Silence::NoVoice(_))));
    }
}
