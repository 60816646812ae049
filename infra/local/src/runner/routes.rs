//! Which function a request goes to.

use std::collections::HashMap;
use std::sync::Arc;

use super::function::RunningFunction;
use crate::template::Route;

/// The HTTP API's routes. A full path wins over a pattern, a pattern with more fixed parts over one with
/// fewer.
#[derive(Debug)]
pub(super) struct RouteTable<T = RunningFunction> {
    exact: HashMap<String, Vec<Target<T>>>,
    patterns: Vec<(Pattern, Target<T>)>,
}

#[derive(Debug)]
struct Target<T> {
    method: Option<String>,
    function: Arc<T>,
}

impl<T> Target<T> {
    fn takes(&self, method: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m == method)
    }
}

#[derive(Debug)]
struct Pattern {
    /// Fixed parts; `None` stands for any.
    parts: Vec<Option<String>>,
    /// Whether one or more parts may follow.
    greedy: bool,
}

impl Pattern {
    fn fits(&self, path: &str) -> bool {
        let mut given = path.split('/').skip(1);
        for part in &self.parts {
            match (part, given.next()) {
                (Some(fixed), Some(part)) if fixed == part => {}
                (None, Some(part)) if !part.is_empty() => {}
                _ => return false,
            }
        }
        match given.next() {
            None => !self.greedy,
            Some(first) => self.greedy && !(first.is_empty() && given.next().is_none()),
        }
    }

    fn fixed(&self) -> usize {
        self.parts.iter().flatten().count()
    }
}

impl<T> Default for RouteTable<T> {
    fn default() -> Self {
        RouteTable { exact: HashMap::new(), patterns: Vec::new() }
    }
}

impl<T> RouteTable<T> {
    pub(super) fn add(&mut self, route: &Route, function: Arc<T>) {
        let target = Target { method: route.method.clone(), function };
        if !route.path.contains('{') {
            self.exact.entry(route.path.clone()).or_default().push(target);
            return;
        }
        let mut pattern = Pattern { parts: Vec::new(), greedy: false };
        for part in route.path.split('/').skip(1) {
            match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
                Some(name) if name.ends_with('+') => pattern.greedy = true,
                Some(_) => pattern.parts.push(None),
                None => pattern.parts.push(Some(part.to_owned())),
            }
        }
        self.patterns.push((pattern, target));
        self.patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse((!pattern.greedy, pattern.fixed())));
    }

    pub(super) fn find(&self, method: &str, path: &str) -> Option<&Arc<T>> {
        let exact = self.exact.get(path).and_then(|targets| targets.iter().find(|t| t.takes(method)));
        let target = exact.or_else(|| {
            let fitting = self.patterns.iter().find(|(p, t)| t.takes(method) && p.fits(path));
            fitting.map(|(_, target)| target)
        });
        target.map(|t| &t.function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(routes: &[(&str, &str, &str)]) -> RouteTable<String> {
        let mut table = RouteTable::default();
        for (method, path, name) in routes {
            let method = (*method != "ANY").then(|| (*method).to_owned());
            table.add(&Route { method, path: (*path).to_owned() }, Arc::new((*name).to_owned()));
        }
        table
    }

    #[test]
    fn full_paths_win_then_the_more_exact_pattern() {
        let table = table(&[
            ("ANY", "/v1/{proxy+}", "all"),
            ("ANY", "/v1/orders", "orders"),
            ("ANY", "/v1/orders/{proxy+}", "below"),
            ("GET", "/v1/orders/{id}/label", "label"),
        ]);
        let find = |method: &str, path: &str| table.find(method, path).map(|f| f.as_str());
        assert_eq!(find("POST", "/v1/orders"), Some("orders"));
        assert_eq!(find("POST", "/v1/orders/1/release"), Some("below"));
        assert_eq!(find("GET", "/v1/orders/1/label"), Some("label"));
        assert_eq!(find("POST", "/v1/orders/1/label"), Some("below"));
        assert_eq!(find("GET", "/v1/other"), Some("all"));
        assert_eq!(find("GET", "/v1/"), None);
        assert_eq!(find("GET", "/v2"), None);
    }
}
