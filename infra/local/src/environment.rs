//! The environment of each function: what the template says, then the simulators' addresses, then the
//! process environment, then what only the runner knows.

use std::collections::BTreeMap;

use yam_platform::Config;
use yam_platform::config::{ConfigError, SETTINGS};

use crate::template::Function;

/// Settings by their names.
pub(crate) type Variables = BTreeMap<String, String>;

/// Where settings come from, the later the stronger.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    /// Defaults of the runner: the simulators' addresses.
    pub(crate) defaults: Variables,
    /// The process environment.
    pub(crate) process: Variables,
    /// What the runner knows better than anyone.
    pub(crate) fixed: Variables,
}

impl Environment {
    /// The configuration of a function.
    pub(crate) fn config(&self, function: &Function) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| self.get(function, name).cloned())
    }

    fn get<'a>(&'a self, function: &'a Function, name: &str) -> Option<&'a String> {
        if let Some(value) = self.fixed.get(name) {
            return Some(value);
        }
        let sources = [&self.process, &self.defaults, &function.environment];
        sources.into_iter().filter_map(|values| values.get(name)).find(|value| !value.is_empty())
    }

    /// Variables that look like settings and are none.
    pub(crate) fn unknown(&self) -> Vec<&str> {
        let known = |name: &str| SETTINGS.iter().any(|s| s.name == name);
        self.process.keys().map(String::as_str).filter(|name| !known(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_later_source_wins_and_empty_values_count_as_absent() {
        let set = |pairs: &[(&str, &str)]| -> Variables {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let function = Function {
            resource: "F".into(),
            timeout: Duration::from_secs(1),
            memory_mb: 128,
            environment: set(&[("YAM_STAGE", "dev"), ("YAM_KMS_KEY_ID", "arn"), ("YAM_TABLE", "t")]),
            routes: Vec::new(),
            queues: Vec::new(),
            schedules: Vec::new(),
        };
        let environment = Environment {
            defaults: set(&[("YAM_STAGE", "local")]),
            process: set(&[("YAM_TABLE", ""), ("YAM_QUIET_SECONDS", "5"), ("YAM_TYPO", "x")]),
            fixed: set(&[("YAM_KMS_KEY_ID", "")]),
        };
        let config = environment.config(&function).unwrap();
        assert_eq!((config.text("YAM_STAGE"), config.text("YAM_TABLE")), ("local", "t"));
        assert_eq!(config.optional("YAM_KMS_KEY_ID"), None);
        assert_eq!(config.seconds("YAM_QUIET_SECONDS"), Duration::from_secs(5));
        assert_eq!(environment.unknown(), ["YAM_TYPO"]);
    }
}
