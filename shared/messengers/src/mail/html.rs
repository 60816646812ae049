//! HTML that cannot be forgotten to escape: markup is a literal of this program, everything else is text.

/// A body under construction.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup. Only literals have this type, so nothing a person typed gets here.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, or the value of a quoted attribute.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
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
        self
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}
