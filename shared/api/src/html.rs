//! HTML that cannot be forgotten to escape: markup is a literal of this program, everything else is text.

/// A page under construction.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Html(String::with_capacity(8 * 1024))
    }

    /// Markup. Only literals have this type, so nothing a person typed gets here.
    pub fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Text, or the value of a quoted attribute.
    pub fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
    }

    /// Another piece, escaped where it was made.
    pub fn piece(&mut self, piece: &Html) {
        self.0.push_str(&piece.0);
    }

    /// What it came to.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Appends to a page: literals are markup, `(expressions)` are text.
#[macro_export]
macro_rules! put_html {
    ($page:expr $(,)?) => {};
    ($page:expr, ($text:expr) $(, $($rest:tt)*)?) => {
        $page.text(AsRef::<str>::as_ref(&$text));
        $crate::put_html!($page, $($($rest)*)?);
    };
    ($page:expr, $markup:literal $(, $($rest:tt)*)?) => {
        $page.raw($markup);
        $crate::put_html!($page, $($($rest)*)?);
    };
}

#[cfg(test)]
mod tests {
    use super::Html;
    use crate::put_html as put;

    #[test]
    fn what_was_typed_is_text_also_in_attributes() {
        let typed = "\"><script>alert('x')</script>&amp;";
        let mut page = Html::new();
        put!(page, "<input value=\"", (typed), "\"><p>", (typed.to_owned()), "</p>");
        let page = page.into_string();
        assert_eq!(page.matches('<').count(), 3);
        assert_eq!(page.matches('"').count(), 2);
        assert!(page.contains("&amp;amp;") && page.contains("alert(&#39;x&#39;)"));
    }
}
